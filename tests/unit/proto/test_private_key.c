/* Private keys of every kind that ssh-keygen and openssl write, read and given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/bcrypt_pbkdf.h"
#include "proto/digest.h"
#include "proto/key_certificate.h"
#include "proto/private_key.h"
#include "proto/wire.h"

static char dir[] = "/tmp/tether-keys.XXXXXX";

static void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void shell(const char *format, ...)
{
    char command[1024];
    va_list args;
    va_start(args, format);
    size_t n = (size_t)snprintf(command, sizeof command, "cd %s && exec >/dev/null && ", dir);
    vsnprintf(command + n, sizeof command - n, format, args);
    va_end(args);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

static char *contents(const char *name)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char *text = calloc(1, 65536);
    assert_non_null(text);
    assert_true(fread(text, 1, 65535, f) > 0);
    fclose(f);
    return text;
}

static bool never(void *data)
{
    (void)data;
    return false;
}

static enum private_key_read read_key(const char *text, const char *passphrase,
                                      struct private_key *key, struct err *err)
{
    const struct private_key_how how = {.passphrase = passphrase, .stop = never};
    return private_key_read(text, &how, key, err);
}

/* The file opens with the passphrase and with nothing else, has the public half that stands in
   PUB, and what is printed of it is the same key to ssh-keygen. */
static void expect_key(const char *name, const char *passphrase, const char *pub)
{
    struct private_key key;
    struct err err = {.text = ""};
    char *text = contents(name), *line = contents(pub);
    if (*passphrase) {
        assert_int_equal(read_key(text, "", &key, &err), PRIVATE_KEY_LOCKED);
        assert_int_equal(read_key(text, "wrong", &key, &err), PRIVATE_KEY_LOCKED);
    }
    if (read_key(text, passphrase, &key, &err) != PRIVATE_KEY_READ)
        fail_msg("%s: %s", name, err.text);
    char *base64 = base64_encode(buf_data(&key.blob), key.blob.len);
    char *at = strchr(line, ' ') + 1;
    at[strcspn(at, " \n")] = '\0';
    assert_string_equal(base64, at);
    char path[96];
    struct buf printed = {0};
    private_key_print(&key, &printed);
    snprintf(path, sizeof path, "%s/printed", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fwrite(buf_data(&printed), 1, printed.len, f);
    fclose(f);
    shell("chmod 600 printed && ssh-keygen -y -f printed > again && "
          "test \"$(cut -d' ' -f2 again)\" = %s",
          base64);
    buf_release_secret(&printed);
    free(base64);
    free(text);
    free(line);
    private_key_release(&key);
}

static void every_kind(void **state)
{
    (void)state;
    static const char *const kinds[] = {"-t ed25519",      "-t rsa -b 1024",  "-t rsa -b 2048",
                                        "-t ecdsa -b 256", "-t ecdsa -b 384", "-t ecdsa -b 521"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        shell("rm -f k* && ssh-keygen -q %s -N '' -C 'a b' -f k && cp k plain && "
              "ssh-keygen -q -p -P '' -N 'sec ret' -a 2 -f k",
              kinds[i]);
        expect_key("plain", "", "k.pub");
        expect_key("k", "sec ret", "k.pub");
        shell("sed 's/$/\\r/' k > crlf");
        expect_key("crlf", "sec ret", "k.pub");
        if (strstr(kinds[i], "ed25519"))
            continue;
        /* PEM: PKCS#1 or SEC1, then PKCS#8, each in the clear and not. */
        shell("cp plain pem && ssh-keygen -q -p -m PEM -P '' -N '' -f pem && "
              "cp pem locked && ssh-keygen -q -p -m PEM -P '' -N 'sec ret' -f locked");
        expect_key("pem", "", "k.pub");
        expect_key("locked", "sec ret", "k.pub");
        shell("cp plain pem && ssh-keygen -q -p -m PKCS8 -P '' -N '' -f pem && "
              "cp pem locked && ssh-keygen -q -p -m PKCS8 -P '' -N 'sec ret' -f locked");
        expect_key("pem", "", "k.pub");
        expect_key("locked", "sec ret", "k.pub");
    }
}

static void every_cipher(void **state)
{
    (void)state;
    static const char *const ciphers[] = {"aes128-cbc",
                                          "aes192-cbc",
                                          "aes256-cbc",
                                          "aes128-ctr",
                                          "aes192-ctr",
                                          "aes256-ctr",
                                          "3des-cbc",
                                          "aes128-gcm@openssh.com",
                                          "aes256-gcm@openssh.com",
                                          "chacha20-poly1305@openssh.com"};
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++) {
        shell("rm -f k* && ssh-keygen -q -t ed25519 -a %d -Z %s -N pass -f k", (int)(i % 3) + 1,
              ciphers[i]);
        expect_key("k", "pass", "k.pub");
    }
}

static void ed25519_in_pem(void **state)
{
    (void)state;
    static const char text[] = "-----BEGIN PRIVATE KEY-----\n"
                               "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
                               "-----END PRIVATE KEY-----\n"; /* RFC 8410, 10.3 */
    struct private_key key;
    struct err err;
    assert_int_equal(read_key(text, "", &key, &err), PRIVATE_KEY_READ);
    char *base64 = base64_encode(buf_data(&key.blob) + key.blob.len - 32, 32);
    assert_string_equal(base64, "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=");
    free(base64);
    private_key_release(&key);
}

/* ---- what is no key for us ---- */

static void expect_none(const char *text, enum private_key_read result, const char *why)
{
    struct private_key key;
    struct err err = {.text = ""};
    assert_int_equal(read_key(text, "", &key, &err), result);
    if (!strstr(err.text, why))
        fail_msg("'%s' is not in: %s", why, err.text);
    assert_null(key.fields.data);
}

static void refused(void **state)
{
    (void)state;
    shell("rm -f k* && ssh-keygen -q -t dsa -N '' -f k && cp k pem && "
          "ssh-keygen -q -p -m PEM -P '' -N '' -f pem && openssl ecparam -name secp256k1 -genkey "
          "-noout > odd 2>/dev/null && openssl genpkey -algorithm x25519 > other 2>/dev/null");
    static const struct {
        const char *name;
        enum private_key_read result;
        const char *why;
    } cases[] = {{"k", PRIVATE_KEY_OTHER, "DSA"},
                 {"pem", PRIVATE_KEY_OTHER, "DSA"},
                 {"odd", PRIVATE_KEY_BAD, "curve"},
                 {"other", PRIVATE_KEY_OTHER, "kind that SSH does not use"},
                 {"k.pub", PRIVATE_KEY_BAD, "damaged"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = contents(cases[i].name);
        expect_none(text, cases[i].result, cases[i].why);
        free(text);
    }
}

/* A container whose key is of this type, as one that a security key has made. */
static void a_security_key(void **state)
{
    (void)state;
    static const char type[] = "sk-ssh-ed25519@openssh.com";
    struct buf whole = {0}, section = {0}, blob = {0}, text = {0};
    wire_put_string(&blob, type, strlen(type));
    wire_put_string(&blob, "0123456789abcdef0123456789abcdef", 32);
    wire_put_string(&blob, "ssh:", 4);
    wire_put_u32(&section, 7);
    wire_put_u32(&section, 7);
    buf_append(&section, buf_data(&blob), blob.len);
    buf_append(&whole, "openssh-key-v1", 15);
    wire_put_string(&whole, "none", 4);
    wire_put_string(&whole, "none", 4);
    wire_put_string(&whole, "", 0);
    wire_put_u32(&whole, 1);
    wire_put_string(&whole, buf_data(&blob), blob.len);
    wire_put_string(&whole, buf_data(&section), section.len);
    char *base64 = base64_encode(buf_data(&whole), whole.len);
    buf_printf(&text,
               "-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----\n",
               base64);
    expect_none(buf_str(&text), PRIVATE_KEY_OTHER, "security key");
    free(base64);
    buf_release(&text);
    buf_release(&blob);
    buf_release(&section);
    buf_release(&whole);
}

/* Each byte changed in turn, and each length: an error, never a crash or another key. */
static void damaged(void **state)
{
    (void)state;
    shell("rm -f k* && ssh-keygen -q -t ed25519 -N '' -f k");
    char *text = contents("k");
    size_t len = strlen(text);
    struct private_key key;
    struct err err;
    for (size_t i = 36; i < len - 36; i++) {
        char saved = text[i];
        text[i] = saved == 'A' ? 'B' : 'A';
        enum private_key_read result = read_key(text, "", &key, &err);
        if (result == PRIVATE_KEY_READ)
            private_key_release(&key); /* the comment, or a byte of the private half */
        text[i] = '\0';
        assert_int_not_equal(read_key(text, "", &key, &err), PRIVATE_KEY_READ);
        text[i] = saved;
    }
    free(text);
}

/* ---- bcrypt_pbkdf ---- */

static bool count_down(void *data)
{
    int *left = data;
    return --*left < 0;
}

static void derivation(void **state)
{
    (void)state;
    const struct bcrypt_salt salt = {(const uint8_t *)"salt", 4, 4};
    uint8_t key[32];
    /* OpenBSD's regress/lib/libutil/bcrypt_pbkdf */
    static const uint8_t expected[] = {0x5b, 0xbf, 0x0c, 0xc2, 0x93, 0x58, 0x7f, 0x1c,
                                       0x36, 0x35, 0x55, 0x5c, 0x27, 0x79, 0x65, 0x98,
                                       0xd4, 0x7e, 0x57, 0x90, 0x71, 0xbf, 0x42, 0x7e,
                                       0x9d, 0x8f, 0xbe, 0x84, 0x2a, 0xba, 0x34, 0xd9};
    assert_true(bcrypt_pbkdf("password", &salt, key, sizeof key, never, NULL));
    assert_memory_equal(key, expected, sizeof key);
    int left = 3;
    assert_false(bcrypt_pbkdf("password", &salt, key, sizeof key, count_down, &left));
    assert_false(bcrypt_pbkdf("", &salt, key, sizeof key, never, NULL));
}

/* A key of a million rounds is given up at once when told so. */
static void stopped(void **state)
{
    (void)state;
    shell("rm -f k* && ssh-keygen -q -t ed25519 -a 1 -N pass -f k");
    char *text = contents("k");
    int left = 0;
    const struct private_key_how how = {.passphrase = "pass", .stop = count_down, .data = &left};
    struct private_key key;
    struct err err;
    assert_int_equal(private_key_read(text, &how, &key, &err), PRIVATE_KEY_STOPPED);
    free(text);
}

/* ---- public keys and certificates ---- */

static uint8_t *public_blob(const char *name, size_t *len)
{
    char *line = contents(name), *at = strchr(line, ' ') + 1;
    uint8_t *blob = base64_decode(at, strcspn(at, " \n"), len);
    assert_non_null(blob);
    free(line);
    return blob;
}

static void certificates(void **state)
{
    (void)state;
    static const char *const kinds[] = {"-t ed25519", "-t rsa -b 1024", "-t ecdsa -b 384"};
    shell("rm -f ca* && ssh-keygen -q -t ed25519 -N '' -f ca");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct key_certificate cert;
        size_t len, cert_len;
        shell("rm -f k* && ssh-keygen -q %s -N '' -f k && "
              "ssh-keygen -q -s ca -I id -n ann,bob -V 20200101000000Z:20210101000000Z k.pub",
              kinds[i]);
        uint8_t *blob = public_blob("k.pub", &len),
                *signed_blob = public_blob("k-cert.pub", &cert_len);
        assert_true(key_certificate_read(signed_blob, cert_len, &cert));
        assert_true(cert.for_user);
        assert_int_equal(cert.valid_from, 1577836800);
        assert_int_equal(cert.valid_until, 1609459200);
        assert_int_equal(cert.key.len, len);
        assert_memory_equal(buf_data(&cert.key), blob, len);
        int bits = strstr(kinds[i], "rsa") ? 1024 : 0;
        assert_int_equal(key_rsa_bits(blob, len), bits);
        assert_int_equal(key_rsa_bits(signed_blob, cert_len), bits);
        key_certificate_release(&cert);
        assert_false(key_certificate_read(blob, len, &cert));
        for (size_t n = 0; n < 100; n++) /* up to the times it is valid */
            assert_false(key_certificate_read(signed_blob, n, &cert));
        shell("ssh-keygen -q -h -s ca -I id k.pub");
        free(signed_blob);
        signed_blob = public_blob("k-cert.pub", &cert_len);
        assert_true(key_certificate_read(signed_blob, cert_len, &cert));
        assert_false(cert.for_user);
        key_certificate_release(&cert);
        free(blob);
        free(signed_blob);
    }
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    shell("rm -rf %s", dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind),     cmocka_unit_test(every_cipher),
        cmocka_unit_test(ed25519_in_pem), cmocka_unit_test(refused),
        cmocka_unit_test(a_security_key), cmocka_unit_test(damaged),
        cmocka_unit_test(derivation),     cmocka_unit_test(stopped),
        cmocka_unit_test(certificates),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
