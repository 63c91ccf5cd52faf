/* Public keys made by ssh-keygen, in a temporary folder, and files with lines of them. */
#ifndef TEST_KEYS_FIXTURE_H
#define TEST_KEYS_FIXTURE_H

#include "sshd_fixture.h"

#include "proto/digest.h"
#include "proto/public_key.h"

/* Two keys of each of two types, and one of a third. */
static struct key {
    const char *name, *kind;
    char *type, *base64;
    uint8_t *blob;
    size_t len;
} keys[] = {{.name = "ed1", .kind = "ed25519"},
            {.name = "ed2", .kind = "ed25519"},
            {.name = "ec1", .kind = "ecdsa"},
            {.name = "ec2", .kind = "ecdsa"},
            {.name = "rsa", .kind = "rsa -b 1024"}};
enum { ED1, ED2, EC1, EC2, RSA, KEYS };

static char dir[64], file[96]; /* `file`: known_hosts in it */

static inline void load_key(struct key *key)
{
    char path[128], line[1024], *rest = line;
    snprintf(path, sizeof path, "%s/%s.pub", dir, key->name);
    FILE *f = fopen(path, "r");
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    key->type = xstrdup(strsep(&rest, " "));
    key->base64 = xstrdup(strsep(&rest, " "));
    key->blob = base64_decode(key->base64, strlen(key->base64), &key->len);
    assert_non_null(key->blob);
}

static inline int make_keys(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/tether-keys.XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(file, sizeof file, "%s/known_hosts", dir);
    for (int i = 0; i < KEYS; i++) {
        shell("ssh-keygen -q -t %s -C %s -N '' -f %s/%s", keys[i].kind, keys[i].name, dir,
              keys[i].name);
        load_key(&keys[i]);
    }
    return 0;
}

static inline int drop_keys(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++) {
        free(keys[i].type);
        free(keys[i].base64);
        free(keys[i].blob);
    }
    shell("rm -rf %s", dir);
    return 0;
}

/* "$1".."$5" in a text become "TYPE BASE64" of that key, "$0" a NUL. */
static inline void put_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (; *text; text++)
        if (text[0] == '$' && text[1] >= '0' && text[1] <= '0' + KEYS) {
            const struct key *key = &keys[text[1] == '0' ? 0 : text[1] - '1'];
            if (text[1] == '0')
                fputc('\0', f);
            else
                fprintf(f, "%s %s", key->type, key->base64);
            text++;
        } else {
            fputc(*text, f);
        }
    assert_int_equal(fclose(f), 0);
}

static inline void put_lines(const char *text)
{
    put_text(file, text);
}

#endif
