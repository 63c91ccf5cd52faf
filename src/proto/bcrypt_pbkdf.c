#include "proto/bcrypt_pbkdf.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "proto/blowfish_table.h"
#include "proto/digest.h"
#include "proto/wire.h"

#define SUBKEYS  18
#define BOX      256
#define HASH_LEN 32
#define SALT_MAX (1 << 20)

/* ---- Blowfish ---- */

struct blowfish {
    uint32_t p[SUBKEYS], s[4 * BOX];
};

/* Bytes read round and round, four at a time. */
struct cycle {
    const uint8_t *data;
    size_t len, at;
};

static uint32_t next_word(struct cycle *c)
{
    uint32_t word = 0;
    for (int i = 0; i < 4; i++) {
        word = word << 8 | c->data[c->at];
        c->at = c->at + 1 == c->len ? 0 : c->at + 1;
    }
    return word;
}

static void encipher(const struct blowfish *b, uint32_t pair[2])
{
    uint32_t left = pair[0], right = pair[1];
    for (int i = 0; i < SUBKEYS - 2; i += 2) {
        left ^= b->p[i];
        right ^= ((b->s[left >> 24] + b->s[BOX + (left >> 16 & 0xff)]) ^
                  b->s[2 * BOX + (left >> 8 & 0xff)]) +
                 b->s[3 * BOX + (left & 0xff)];
        right ^= b->p[i + 1];
        left ^= ((b->s[right >> 24] + b->s[BOX + (right >> 16 & 0xff)]) ^
                 b->s[2 * BOX + (right >> 8 & 0xff)]) +
                b->s[3 * BOX + (right & 0xff)];
    }
    pair[0] = right ^ b->p[SUBKEYS - 1];
    pair[1] = left ^ b->p[SUBKEYS - 2];
}

static void refill(struct blowfish *b, uint32_t *words, size_t count, uint32_t pair[2],
                   struct cycle *salt)
{
    for (size_t i = 0; i < count; i += 2) {
        if (salt) {
            pair[0] ^= next_word(salt);
            pair[1] ^= next_word(salt);
        }
        encipher(b, pair);
        words[i] = pair[0];
        words[i + 1] = pair[1];
    }
}

/* The expensive key schedule; the salt is mixed in the first time only. */
static void expand(struct blowfish *b, const uint8_t key[DIGEST_SHA512_LEN], struct cycle *salt)
{
    struct cycle k = {key, DIGEST_SHA512_LEN, 0};
    uint32_t pair[2] = {0, 0};
    for (int i = 0; i < SUBKEYS; i++)
        b->p[i] ^= next_word(&k);
    refill(b, b->p, SUBKEYS, pair, salt);
    refill(b, b->s, 4 * BOX, pair, salt);
}

/* ---- bcrypt ---- */

static void bcrypt_hash(const uint8_t pass[DIGEST_SHA512_LEN],
                        const uint8_t salt[DIGEST_SHA512_LEN], uint8_t out[HASH_LEN])
{
    static const uint8_t magic[] = "OxychromaticBlowfishSwatDynamite";
    struct blowfish b;
    struct cycle mixed = {salt, DIGEST_SHA512_LEN, 0}, text = {magic, HASH_LEN, 0};
    uint32_t words[HASH_LEN / 4];
    memcpy(b.p, blowfish_pi, sizeof b.p);
    memcpy(b.s, blowfish_pi + SUBKEYS, sizeof b.s);
    expand(&b, pass, &mixed);
    for (int i = 0; i < 64; i++) {
        expand(&b, salt, NULL);
        expand(&b, pass, NULL);
    }
    for (int i = 0; i < HASH_LEN / 4; i++)
        words[i] = next_word(&text);
    for (int i = 0; i < 64; i++)
        for (int k = 0; k < HASH_LEN / 4; k += 2)
            encipher(&b, words + k);
    for (int i = 0; i < HASH_LEN; i++)
        out[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
    explicit_bzero(&b, sizeof b);
    explicit_bzero(words, sizeof words);
}

struct derivation {
    uint8_t pass[DIGEST_SHA512_LEN];
    const struct bcrypt_salt *salt;
    bool (*stop)(void *data);
    void *data;
};

/* The block with this number: all rounds, folded into one. */
static bool derive_block(const struct derivation *d, uint32_t number, uint8_t out[HASH_LEN])
{
    uint8_t salt[DIGEST_SHA512_LEN], last[HASH_LEN];
    struct buf counted = {0};
    buf_append(&counted, d->salt->data, d->salt->len);
    wire_put_u32(&counted, number);
    digest_sha512(buf_data(&counted), counted.len, salt);
    buf_release(&counted);
    memset(out, 0, HASH_LEN);
    uint32_t round = 0;
    for (; round < d->salt->rounds && !d->stop(d->data); round++) {
        bcrypt_hash(d->pass, salt, last);
        digest_sha512(last, sizeof last, salt);
        for (int i = 0; i < HASH_LEN; i++)
            out[i] ^= last[i];
    }
    explicit_bzero(last, sizeof last);
    explicit_bzero(salt, sizeof salt);
    return round == d->salt->rounds;
}

bool bcrypt_pbkdf(const char *pass, const struct bcrypt_salt *salt, uint8_t *key, size_t key_len,
                  bool (*stop)(void *data), void *data)
{
    struct derivation d = {.salt = salt, .stop = stop, .data = data};
    uint8_t block[HASH_LEN];
    size_t blocks = (key_len + HASH_LEN - 1) / HASH_LEN;
    if (!*pass || salt->len == 0 || salt->len > SALT_MAX || salt->rounds == 0 || key_len == 0 ||
        key_len > BCRYPT_PBKDF_KEY_MAX)
        return false;
    digest_sha512(pass, strlen(pass), d.pass);
    bool ok = true;
    /* The bytes of the blocks are dealt out in turn, so that no part of the key comes cheaper. */
    for (size_t n = 0; n < blocks && ok; n++) {
        ok = derive_block(&d, (uint32_t)n + 1, block);
        for (size_t i = 0; ok && i < HASH_LEN && i * blocks + n < key_len; i++)
            key[i * blocks + n] = block[i];
    }
    explicit_bzero(block, sizeof block);
    explicit_bzero(&d, sizeof d);
    return ok;
}
