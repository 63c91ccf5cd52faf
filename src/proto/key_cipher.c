#include "proto/key_cipher.h"

#include <limits.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#define POLY1305_KEY_LEN 32
#define POLY1305_TAG_LEN 16
#define CHACHA_IV_LEN    16 /* OpenSSL's: the counter, then the nonce */

static const struct key_cipher ciphers[] = {
    {"aes128-cbc", 16, 16, 16, 0},
    {"aes192-cbc", 24, 16, 16, 0},
    {"aes256-cbc", 32, 16, 16, 0},
    {"aes128-ctr", 16, 16, 16, 0},
    {"aes192-ctr", 24, 16, 16, 0},
    {"aes256-ctr", 32, 16, 16, 0},
    {"aes128-gcm@openssh.com", 16, 12, 16, 16},
    {"aes256-gcm@openssh.com", 32, 12, 16, 16},
    {"chacha20-poly1305@openssh.com", 64, 0, 8, POLY1305_TAG_LEN},
    {"3des-cbc", 24, 8, 8, 0},
    {"rijndael-cbc@lysator.liu.se", 32, 16, 16, 0},
};

const struct key_cipher *key_cipher_find(const char *name)
{
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++)
        if (strcmp(ciphers[i].name, name) == 0)
            return &ciphers[i];
    return NULL;
}

static const EVP_CIPHER *library_cipher(const struct key_cipher *c)
{
    if (strstr(c->name, "-ctr"))
        return c->key_len == 16   ? EVP_aes_128_ctr()
               : c->key_len == 24 ? EVP_aes_192_ctr()
                                  : EVP_aes_256_ctr();
    if (c->tag_len)
        return c->key_len == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
    if (c->block == 8)
        return EVP_des_ede3_cbc();
    return c->key_len == 16   ? EVP_aes_128_cbc()
           : c->key_len == 24 ? EVP_aes_192_cbc()
                              : EVP_aes_256_cbc();
}

static bool decrypt_aes(const struct key_cipher *c, const uint8_t *material, uint8_t *data,
                        size_t len, const uint8_t *tag)
{
    uint8_t expected[POLY1305_TAG_LEN];
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n;
    bool ok = ctx &&
              EVP_DecryptInit_ex(ctx, library_cipher(c), NULL, material, material + c->key_len) &&
              EVP_CIPHER_CTX_set_padding(ctx, 0);
    if (ok && c->tag_len) {
        memcpy(expected, tag, sizeof expected);
        ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, sizeof expected, expected);
    }
    ok = ok && EVP_DecryptUpdate(ctx, data, &n, data, (int)len) &&
         EVP_DecryptFinal_ex(ctx, data + n, &n);
    EVP_CIPHER_CTX_free(ctx); /* wipes it */
    return ok;
}

/* The key stream from this block on, over `data`. */
static bool chacha20(const uint8_t *key, uint8_t block, uint8_t *data, size_t len)
{
    const uint8_t iv[CHACHA_IV_LEN] = {block};
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n;
    bool ok = ctx && EVP_DecryptInit_ex(ctx, EVP_chacha20(), NULL, key, iv) &&
              EVP_DecryptUpdate(ctx, data, &n, data, (int)len);
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

static bool poly1305(const uint8_t *key, const uint8_t *data, size_t len,
                     uint8_t tag[POLY1305_TAG_LEN])
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "POLY1305", NULL);
    EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
    size_t n;
    bool ok = ctx && EVP_MAC_init(ctx, key, POLY1305_KEY_LEN, NULL) &&
              EVP_MAC_update(ctx, data, len) && EVP_MAC_final(ctx, tag, &n, POLY1305_TAG_LEN);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    return ok;
}

/* As for packet 0 without a header: one half of the key makes both the tag and the stream. */
static bool decrypt_chacha(const uint8_t *key, uint8_t *data, size_t len, const uint8_t *tag)
{
    uint8_t once[POLY1305_KEY_LEN] = {0}, found[POLY1305_TAG_LEN];
    bool ok = chacha20(key, 0, once, sizeof once) && poly1305(once, data, len, found) &&
              CRYPTO_memcmp(found, tag, sizeof found) == 0 && chacha20(key, 1, data, len);
    OPENSSL_cleanse(once, sizeof once);
    return ok;
}

bool key_cipher_decrypt(const struct key_cipher *c, const uint8_t *material, uint8_t *data,
                        size_t len, const uint8_t *tag)
{
    if (len == 0 || len % c->block != 0 || len > INT_MAX)
        return false;
    return c->iv_len == 0 ? decrypt_chacha(material, data, len, tag)
                          : decrypt_aes(c, material, data, len, tag);
}
