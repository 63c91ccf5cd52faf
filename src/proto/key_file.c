#include "proto/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "proto/digest.h"
#include "proto/key_certificate.h"
#include "proto/public_key.h"
#include "proto/wire.h"

#define KEY_FILE_MAX (256 * 1024)

/* Read a small file whole; wipe it: it may hold a key. */
static bool read_whole(int fd, struct buf *out)
{
    for (;;) {
        ssize_t n = read(fd, buf_reserve(out, 4096), 4096);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || out->len > KEY_FILE_MAX)
            return n == 0;
        buf_commit(out, (size_t)n);
    }
}

static int open_file(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* ---- the public half ---- */

/* The first line that is "TYPE BASE64 [comment]" with a key of that type. */
static bool parse_public(const char *text, struct buf *blob)
{
    while (*text) {
        struct public_key key;
        size_t line = strcspn(text, "\n"), len = 0;
        const char *word = text + strspn(text, " \t");
        const char *base64 = word + strcspn(word, " \t\n");
        size_t word_len = (size_t)(base64 - word);
        base64 += strspn(base64, " \t");
        uint8_t *data = base64_decode(base64, strcspn(base64, " \t\r\n"), &len);
        bool found = data && public_key_parse(data, len, &key) && strlen(key.type) == word_len &&
                     memcmp(key.type, word, word_len) == 0;
        if (found)
            buf_append(blob, data, len);
        free(data);
        if (found)
            return true;
        text += line + (text[line] == '\n');
    }
    return false;
}

static bool read_public(const char *path, const char *suffix, struct buf *blob)
{
    char *name = xasprintf("%s%s", path, suffix);
    struct buf text = {0};
    int fd = open_file(name);
    bool ok = fd >= 0 && read_whole(fd, &text) && parse_public(buf_str(&text), blob);
    if (fd >= 0)
        close(fd);
    buf_release_secret(&text);
    free(name);
    return ok;
}

static bool same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && memcmp(buf_data(a), buf_data(b), a->len) == 0;
}

/* A certificate of another key is none for this one. */
static void probe_certificate(const char *path, struct key_file *key)
{
    struct key_certificate cert;
    if (!read_public(path, "-cert.pub", &key->certificate))
        return;
    bool ok = key_certificate_read(buf_data(&key->certificate), key->certificate.len, &cert);
    if (ok && key->blob.len == 0)
        buf_append(&key->blob, buf_data(&cert.key), cert.key.len);
    if (!ok || !cert.for_user || !same(&key->blob, &cert.key))
        buf_clear(&key->certificate);
    if (ok)
        key_certificate_release(&cert);
}

static void probe_beside(const char *path, struct key_file *key)
{
    struct buf pub = {0};
    if (read_public(path, ".pub", &pub)) {
        key->stray_pub = key->blob.len > 0 && !same(&key->blob, &pub);
        if (key->blob.len == 0)
            buf_append(&key->blob, buf_data(&pub), pub.len);
    }
    buf_release(&pub);
    if (key->state == KEY_ABSENT && key->blob.len > 0)
        key->state = KEY_PUBLIC;
    probe_certificate(path, key);
}

/* ---- the private half ---- */

static void set_unusable(struct key_file *key, bool wrong_kind, const char *why)
{
    key->state = KEY_UNUSABLE;
    key->wrong_kind = wrong_kind;
    snprintf(key->why, sizeof key->why, "%.199s", why);
}

/* Formats of others, by what their files begin with. */
static bool probe_foreign(const char *text, struct key_file *key)
{
    static const struct {
        const char *mark, *why;
    } table[] = {
        {"PuTTY-User-Key-File-", "it is a PuTTY key; convert it with: puttygen KEY -O "
                                 "private-openssh -o NEWKEY (in PuTTYgen: Conversions, Export "
                                 "OpenSSH key)"},
        {"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY",
         "it is an ssh.com key; convert it with: ssh-keygen -i -f KEY > NEWKEY"},
        {"SSH PRIVATE KEY FILE FORMAT 1.1",
         "it is for SSH's protocol 1, which is gone: make another with ssh-keygen -t ed25519"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strncmp(text, table[i].mark, strlen(table[i].mark)) == 0) {
            set_unusable(key, false, table[i].why);
            return true;
        }
    return false;
}

static void probe_private(const char *text, struct key_file *key)
{
    struct private_key private;
    struct err err;
    const struct private_key_how how = {.passphrase = ""};
    private_key_public(text, &key->blob);
    enum private_key_read result = private_key_read(text, &how, &private, &err);
    switch (result) {
    case PRIVATE_KEY_READ:
        key->state = KEY_PLAIN;
        if (key->blob.len == 0)
            buf_append(&key->blob, buf_data(&private.blob), private.blob.len);
        private_key_release(&private);
        break;
    case PRIVATE_KEY_BAD:
    case PRIVATE_KEY_OTHER: set_unusable(key, result == PRIVATE_KEY_OTHER, err.text); break;
    default: key->state = KEY_ENCRYPTED; break;
    }
}

static void probe_text(const char *text, struct key_file *key)
{
    if (probe_foreign(text, key))
        return;
    if (strstr(text, "PRIVATE KEY-----"))
        probe_private(text, key);
    else if (parse_public(text, &key->blob))
        key->state = KEY_PUBLIC;
    else
        set_unusable(key, false, "it is not a private key");
}

/* The file's text. False: it is none that can be read. */
static bool read_text(int fd, struct stat *st, struct buf *text, struct err *err)
{
    if (fd < 0 || fstat(fd, st) < 0)
        return err_set(err, "%s", strerror(errno));
    return (S_ISREG(st->st_mode) && read_whole(fd, text)) ||
           err_set(err, "it is not a private key");
}

/* As ssh: root may read a key of others. */
static bool check_mode(const struct stat *st, struct err *err)
{
    return st->st_uid != getuid() || (st->st_mode & 077) == 0 ||
           err_set(err, "others may read it (mode %04o); chmod 600 it",
                   (unsigned)st->st_mode & 07777u);
}

void key_file_probe(const char *path, struct key_file *key)
{
    struct buf text = {0};
    struct stat st;
    struct err err;
    *key = (struct key_file){.state = KEY_ABSENT};
    int fd = open_file(path);
    bool absent = fd < 0 && (errno == ENOENT || errno == ENOTDIR);
    if (read_text(fd, &st, &text, &err)) {
        probe_text(buf_str(&text), key);
        if ((key->state == KEY_PLAIN || key->state == KEY_ENCRYPTED) && !check_mode(&st, &err))
            set_unusable(key, false, err.text);
    } else if (!absent) {
        set_unusable(key, false, err.text);
    }
    if (fd >= 0)
        close(fd);
    buf_release_secret(&text);
    probe_beside(path, key);
}

void key_file_release(struct key_file *key)
{
    buf_release(&key->blob);
    buf_release(&key->certificate);
    *key = (struct key_file){.state = KEY_ABSENT};
}

enum private_key_read key_file_open(const char *path, const struct private_key_how *how,
                                    struct private_key *key, struct err *err)
{
    struct buf text = {0};
    struct stat st;
    enum private_key_read result = PRIVATE_KEY_BAD;
    *key = (struct private_key){.comment = NULL};
    int fd = open_file(path);
    if (read_text(fd, &st, &text, err) && check_mode(&st, err))
        result = private_key_read(buf_str(&text), how, key, err);
    if (fd >= 0)
        close(fd);
    buf_release_secret(&text);
    return result;
}

bool key_file_certificate(const char *path, struct buf *blob, struct err *err)
{
    struct key_certificate cert;
    if (!read_public(path, "", blob) && !read_public(path, ".pub", blob))
        return err_set(err, "it cannot be read, or is none");
    if (!key_certificate_read(buf_data(blob), blob->len, &cert))
        return err_set(err, "it is a key, no certificate");
    bool ok = cert.for_user || err_set(err, "it is a host's");
    key_certificate_release(&cert);
    return ok;
}
