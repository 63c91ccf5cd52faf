#include "proto/public_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "proto/digest.h"
#include "proto/randomart.h"
#include "proto/wire.h"

/* What follows the type's name, a letter per string: e a key of 32 bytes, c the curve that the
   type names, p a point on it, a any text, m a number, s the number that is the key's size. */
static const struct kind {
    const char *type, *word, *shape, *curve;
    int bits; /* 0: those of `s` */
} kinds[] = {
    {"ssh-ed25519", "ED25519", "e", NULL, 256},
    {"ssh-rsa", "RSA", "ms", NULL, 0},
    {"ecdsa-sha2-nistp256", "ECDSA", "cp", "nistp256", 256},
    {"ecdsa-sha2-nistp384", "ECDSA", "cp", "nistp384", 384},
    {"ecdsa-sha2-nistp521", "ECDSA", "cp", "nistp521", 521},
    {"sk-ssh-ed25519@openssh.com", "ED25519-SK", "ea", NULL, 256},
    {"sk-ecdsa-sha2-nistp256@openssh.com", "ECDSA-SK", "cpa", "nistp256", 256},
    {"ssh-dss", "DSA", "smmm", NULL, 0},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static const struct kind *find_kind(const char *type)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].type, type) == 0)
            return &kinds[i];
    return NULL;
}

/* The bits of a positive number (RFC 4251 section 5, mpint); 0: it is none. */
static int count_bits(struct wire number)
{
    if (number.len == 0 || number.data[0] >= 0x80)
        return 0;
    while (number.len > 0 && number.data[0] == 0)
        wire_skip(&number, 1);
    if (number.len == 0 || number.len > 4096)
        return 0;
    int bits = (int)number.len * 8;
    for (unsigned top = number.data[0]; top < 0x80; top <<= 1)
        bits--;
    return bits;
}

static bool fits(const struct kind *kind, char letter, struct wire part, int *size)
{
    switch (letter) {
    case 'e': return part.len == 32;
    case 'c': return part.len == strlen(kind->curve) && !memcmp(part.data, kind->curve, part.len);
    case 'p': return part.len == 1 + 2 * (((size_t)kind->bits + 7) / 8) && part.data[0] == 4;
    case 's': *size = count_bits(part); return *size > 0;
    case 'm': return count_bits(part) > 0;
    default: return true;
    }
}

static bool parse_known(const struct kind *kind, struct wire rest, struct public_key *key)
{
    int size = kind->bits;
    struct wire part;
    for (const char *letter = kind->shape; *letter; letter++)
        if (!wire_string(&rest, &part) || !fits(kind, *letter, part, &size))
            return false;
    snprintf(key->word, sizeof key->word, "%s", kind->word);
    key->bits = size;
    return rest.len == 0;
}

/* A certificate bears the name of what it certifies: ssh-ed25519-cert-v01@openssh.com. False:
   it is none. */
static bool certified_type(const char *type, char plain[64])
{
    static const char suffix[] = "-cert-v01@openssh.com";
    const char *cut = strstr(type, suffix);
    if (!cut || strcmp(cut, suffix) != 0)
        return false;
    snprintf(plain, 64, "%.*s%s", (int)(cut - type), type,
             strncmp(type, "sk-", 3) == 0 ? "@openssh.com" : "");
    return true;
}

static void name_unknown(struct public_key *key)
{
    char plain[64];
    const struct kind *kind = certified_type(key->type, plain) ? find_kind(plain) : NULL;
    if (kind)
        snprintf(key->word, sizeof key->word, "%s-CERT", kind->word);
    else
        snprintf(key->word, sizeof key->word, "host");
    key->bits = 0;
}

static bool take_type(struct wire *blob, char type[64])
{
    struct wire name;
    if (!wire_string(blob, &name) || name.len == 0 || name.len >= 64)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] <= ' ' || name.data[i] >= 0x7f)
            return false;
    memcpy(type, name.data, name.len);
    type[name.len] = '\0';
    return true;
}

bool public_key_parse(const uint8_t *blob, size_t len, struct public_key *key)
{
    struct wire rest = {blob, len};
    *key = (struct public_key){.bits = 0};
    if (!take_type(&rest, key->type) || rest.len == 0)
        return false;
    const struct kind *kind = find_kind(key->type);
    if (kind)
        return parse_known(kind, rest, key);
    name_unknown(key);
    return true;
}

/* A certificate has a nonce before the key's own parts, and more behind them. */
bool public_key_covers(const uint8_t *blob, size_t len, const uint8_t *key, size_t key_len)
{
    char type[64], wanted[64], plain[64];
    struct wire rest = {blob, len}, parts = {key, key_len}, nonce;
    if (len == key_len && memcmp(blob, key, len) == 0)
        return true;
    return take_type(&rest, type) && take_type(&parts, wanted) && certified_type(type, plain) &&
           strcmp(plain, wanted) == 0 && wire_string(&rest, &nonce) && rest.len >= parts.len &&
           memcmp(rest.data, parts.data, parts.len) == 0;
}

/* ---- fingerprints ---- */

struct print {
    const char *name;
    uint8_t hash[DIGEST_SHA256_LEN];
    size_t len;
};

static struct print take_print(enum fingerprint_hash hash, const uint8_t *blob, size_t len)
{
    struct print print = {"MD5", {0}, DIGEST_MD5_LEN};
    if (hash == FINGERPRINT_MD5 && digest_md5(blob, len, print.hash))
        return print;
    print.name = "SHA256";
    print.len = DIGEST_SHA256_LEN;
    digest_sha256(blob, len, print.hash);
    return print;
}

enum fingerprint_hash fingerprint_hash_named(const char *name)
{
    return name && strcasecmp(name, "md5") == 0 ? FINGERPRINT_MD5 : FINGERPRINT_SHA256;
}

char *fingerprint_text(enum fingerprint_hash hash, const uint8_t *blob, size_t len)
{
    struct print print = take_print(hash, blob, len);
    struct buf text = {0};
    buf_puts(&text, print.name);
    if (print.len == DIGEST_MD5_LEN) {
        for (size_t i = 0; i < print.len; i++)
            buf_printf(&text, ":%02x", print.hash[i]);
    } else {
        char *base64 = base64_encode(print.hash, print.len);
        base64[strcspn(base64, "=")] = '\0';
        buf_printf(&text, ":%s", base64);
        free(base64);
    }
    char *result = xstrdup(buf_str(&text));
    buf_release(&text);
    return result;
}

char *fingerprint_art(enum fingerprint_hash hash, const uint8_t *blob, size_t len)
{
    struct print print = take_print(hash, blob, len);
    struct public_key key;
    char upper[64], lower[16];
    if (!public_key_parse(blob, len, &key))
        snprintf(key.word, sizeof key.word, "host");
    /* A size that leaves no room for itself is left out. */
    if (snprintf(upper, sizeof upper, "[%s %d]", key.word, key.bits) > RANDOMART_COLUMNS ||
        key.bits == 0)
        snprintf(upper, sizeof upper, "[%s]", key.word);
    snprintf(lower, sizeof lower, "[%s]", print.name);
    struct buf art = {0};
    randomart_draw(print.hash, print.len, upper, lower, &art);
    char *text = xstrdup(buf_str(&art));
    buf_release(&art);
    return text;
}
