#include "keys_fixture.h"

#include "proto/wire.h"

/* ---- made-up keys, as ssh-keygen takes them for real ---- */

#define MADE 120 /* and those of the fixture */

static unsigned seed = 20261;

static void put_random(struct buf *out, size_t len)
{
    uint8_t data[1024];
    assert_true(len <= sizeof data);
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)rand_r(&seed);
    wire_put_string(out, data, len);
}

/* A positive, odd number of exactly so many bits. */
static void put_number(struct buf *out, int bits)
{
    uint8_t data[600] = {0};
    size_t len = ((size_t)bits + 7) / 8;
    int top = (bits - 1) % 8;
    for (size_t i = 1; i <= len; i++)
        data[i] = (uint8_t)rand_r(&seed);
    data[1] = (uint8_t)((data[1] & ((1 << top) - 1)) | 1 << top);
    data[len] |= 1;
    size_t sign = top == 7; /* a byte of zeros keeps it positive */
    wire_put_string(out, data + 1 - sign, len + sign);
}

static void put_text_string(struct buf *out, const char *text)
{
    wire_put_string(out, text, strlen(text));
}

/* A point of the fixture's key: one that is on the curve. */
static void put_point(struct buf *out, const struct key *key)
{
    struct wire w = {key->blob, key->len}, part = {NULL, 0};
    for (int i = 0; i < 3; i++)
        assert_true(wire_string(&w, &part));
    wire_put_string(out, part.data, part.len);
}

static void make_blob(int i, struct buf *out)
{
    switch (i % 6) {
    case 0:
    case 1:
        put_text_string(out, "ssh-ed25519");
        put_random(out, 32);
        break;
    case 2:
        put_text_string(out, "ssh-rsa");
        put_number(out, 17 + i % 8);
        put_number(out, 1024 + 37 * i % 3072);
        break;
    case 3:
        put_text_string(out, "sk-ssh-ed25519@openssh.com");
        put_random(out, 32);
        put_text_string(out, "ssh:");
        break;
    case 4:
        put_text_string(out, "sk-ecdsa-sha2-nistp256@openssh.com");
        put_text_string(out, "nistp256");
        put_point(out, &keys[i % 4 ? EC1 : EC2]);
        put_text_string(out, i % 8 ? "ssh:" : "ssh:another application");
        break;
    default:
        put_text_string(out, "ssh-dss");
        put_number(out, 1024);
        put_number(out, 160);
        put_number(out, 1020);
        put_number(out, 1000);
        break;
    }
}

/* What ssh-keygen -lv prints of a key. */
static void put_expected(struct buf *out, enum fingerprint_hash hash, const uint8_t *blob,
                         size_t len)
{
    struct public_key key;
    assert_true(public_key_parse(blob, len, &key));
    char *print = fingerprint_text(hash, blob, len), *art = fingerprint_art(hash, blob, len);
    buf_printf(out, "%d %s test (%s)\n%s\n", key.bits, print, key.word, art);
    free(print);
    free(art);
}

static char *output_of(const char *command)
{
    struct buf out = {0};
    char text[4096];
    FILE *f = popen(command, "r");
    assert_non_null(f);
    for (size_t n; (n = fread(text, 1, sizeof text, f)) > 0;)
        buf_append(&out, text, n);
    assert_int_equal(pclose(f), 0);
    char *result = xstrdup(buf_str(&out));
    buf_release(&out);
    return result;
}

static void put_key(FILE *f, struct buf expected[2], const uint8_t *blob, size_t len)
{
    struct public_key key;
    char *base64 = base64_encode(blob, len);
    assert_true(public_key_parse(blob, len, &key));
    fprintf(f, "%s %s test\n", key.type, base64);
    free(base64);
    put_expected(&expected[0], FINGERPRINT_SHA256, blob, len);
    put_expected(&expected[1], FINGERPRINT_MD5, blob, len);
}

static void as_ssh_keygen_draws_it(void **state)
{
    (void)state;
    struct buf expected[2] = {{0}};
    char path[128], command[256];
    snprintf(path, sizeof path, "%s/many.pub", dir);
    FILE *f = fopen(path, "w");
    for (int i = 0; i < MADE; i++) {
        struct buf blob = {0};
        make_blob(i, &blob);
        put_key(f, expected, buf_data(&blob), blob.len);
        buf_release(&blob);
    }
    for (int i = 0; i < KEYS; i++)
        put_key(f, expected, keys[i].blob, keys[i].len);
    for (int bits = 384; bits <= 521; bits += 137) {
        struct key key = {.name = bits == 384 ? "ec384" : "ec521"};
        shell("ssh-keygen -q -t ecdsa -b %d -N '' -f %s/%s", bits, dir, key.name);
        load_key(&key);
        put_key(f, expected, key.blob, key.len);
        free(key.type);
        free(key.base64);
        free(key.blob);
    }
    fclose(f);
    for (int i = 0; i < 2; i++) {
        snprintf(command, sizeof command, "ssh-keygen -lv -E %s -f %s", i ? "md5" : "sha256", path);
        char *theirs = output_of(command);
        assert_string_equal(buf_str(&expected[i]), theirs);
        free(theirs);
        buf_release(&expected[i]);
    }
}

/* ---- what is no key ---- */

static bool parses(const struct buf *blob)
{
    struct public_key key;
    return public_key_parse(buf_data(blob), blob->len, &key);
}

/* Cut anywhere, or with something behind it, a key is none. */
static void whole_or_not_at_all(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        struct buf blob = {0};
        make_blob(i, &blob);
        assert_true(parses(&blob));
        for (size_t cut = 0; cut < blob.len; cut++) {
            struct public_key key;
            assert_false(public_key_parse(buf_data(&blob), cut, &key));
        }
        buf_putc(&blob, 'x');
        assert_false(parses(&blob));
        buf_release(&blob);
    }
}

static void malformed(void **state)
{
    (void)state;
    static const char *const blobs[] = {
        "",
        "\0\0\0\0",
        "\0\0\0\1",
        "\xff\xff\xff\xffssh-ed25519",
        "\0\0\0\7ssh-rsa\0\0\0\1\3\0\0\0\0",         /* no size */
        "\0\0\0\7ssh-rsa\0\0\0\1\x83\0\0\0\2\0\x80", /* a negative exponent */
        "\0\0\0\4a\nb \0\0\0\0",                     /* no type */
        "\0\0\0\4abcd",                              /* nothing behind it */
    };
    static const size_t lengths[] = {0, 4, 4, 15, 20, 22, 12, 8};
    for (size_t i = 0; i < sizeof blobs / sizeof blobs[0]; i++) {
        struct public_key key;
        assert_false(public_key_parse((const uint8_t *)blobs[i], lengths[i], &key));
    }
}

/* What is not known is named by its type, and can have a fingerprint. */
static void unknown_types(void **state)
{
    (void)state;
    static const struct {
        const char *type, *word, *title;
    } cases[] = {
        {"ssh-ed25519-cert-v01@openssh.com", "ED25519-CERT", "[ED25519-CERT]"},
        {"ecdsa-sha2-nistp521-cert-v01@openssh.com", "ECDSA-CERT", "[ECDSA-CERT]"},
        {"sk-ssh-ed25519-cert-v01@openssh.com", "ED25519-SK-CERT", "[ED25519-SK-CERT]"},
        {"ssh-new@example.org", "host", "[host]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct public_key key;
        struct buf blob = {0};
        put_text_string(&blob, cases[i].type);
        put_random(&blob, 20);
        assert_true(public_key_parse(buf_data(&blob), blob.len, &key));
        assert_string_equal(key.type, cases[i].type);
        assert_string_equal(key.word, cases[i].word);
        assert_int_equal(key.bits, 0);
        char *art = fingerprint_art(FINGERPRINT_SHA256, buf_data(&blob), blob.len);
        assert_non_null(strstr(art, cases[i].title));
        assert_int_equal(strlen(art), 11 * 20 - 1);
        free(art);
        buf_release(&blob);
    }
}

/* A certificate of a key counts as it where it is revoked; no other's does, nor half of one. */
static void certificates(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++) {
        char name[16];
        struct key cert = {.name = name};
        snprintf(name, sizeof name, "%s-cert", keys[i].name);
        shell("ssh-keygen -q -s %s/ed2 -I x -h %s/%s.pub", dir, dir, keys[i].name);
        load_key(&cert);
        for (int k = 0; k < KEYS; k++) {
            assert_int_equal(public_key_covers(cert.blob, cert.len, keys[k].blob, keys[k].len),
                             k == i);
            assert_int_equal(
                public_key_covers(keys[i].blob, keys[i].len, keys[k].blob, keys[k].len), k == i);
            assert_false(public_key_covers(keys[k].blob, keys[k].len, cert.blob, cert.len));
        }
        for (size_t cut = 0; cut < keys[i].len; cut++)
            assert_false(public_key_covers(cert.blob, cut, keys[i].blob, keys[i].len));
        free(cert.type);
        free(cert.base64);
        free(cert.blob);
    }
}

static void hash_names(void **state)
{
    (void)state;
    assert_int_equal(fingerprint_hash_named(NULL), FINGERPRINT_SHA256);
    assert_int_equal(fingerprint_hash_named("SHA256"), FINGERPRINT_SHA256);
    assert_int_equal(fingerprint_hash_named("MD5"), FINGERPRINT_MD5);
    assert_int_equal(fingerprint_hash_named("md5"), FINGERPRINT_MD5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_ssh_keygen_draws_it),
        cmocka_unit_test(whole_or_not_at_all),
        cmocka_unit_test(malformed),
        cmocka_unit_test(unknown_types),
        cmocka_unit_test(certificates),
        cmocka_unit_test(hash_names),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
