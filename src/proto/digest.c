#include "proto/digest.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/err.h"

bool digest_md5(const void *data, size_t len, uint8_t out[DIGEST_MD5_LEN])
{
    return EVP_Digest(data, len, out, NULL, EVP_md5(), NULL) == 1;
}

void digest_sha1(const void *data, size_t len, uint8_t out[DIGEST_SHA1_LEN])
{
    if (!EVP_Digest(data, len, out, NULL, EVP_sha1(), NULL))
        BUG("SHA1 failed");
}

void digest_sha256(const void *data, size_t len, uint8_t out[DIGEST_SHA256_LEN])
{
    if (!EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL))
        BUG("SHA256 failed");
}

void digest_sha512(const void *data, size_t len, uint8_t out[DIGEST_SHA512_LEN])
{
    if (!EVP_Digest(data, len, out, NULL, EVP_sha512(), NULL))
        BUG("SHA512 failed");
}

void digest_hmac_sha1(const void *key, size_t key_len, const void *data, size_t len,
                      uint8_t out[DIGEST_SHA1_LEN])
{
    if (key_len > INT_MAX || !HMAC(EVP_sha1(), key, (int)key_len, data, len, out, NULL))
        BUG("HMAC-SHA1 failed");
}

char *base64_encode(const void *data, size_t len)
{
    if (len > INT_MAX / 2)
        BUG("base64 of %zu bytes", len);
    char *text = xmalloc((len + 2) / 3 * 4 + 1);
    EVP_EncodeBlock((unsigned char *)text, data, (int)len);
    return text;
}

uint8_t *base64_decode(const char *text, size_t text_len, size_t *len)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text_len == 0 || text_len % 4 != 0 || text_len > INT_MAX)
        return NULL;
    size_t pad = text[text_len - 1] != '=' ? 0 : text[text_len - 2] != '=' ? 1 : 2;
    for (size_t i = 0; i < text_len - pad; i++)
        if (!text[i] || !strchr(alphabet, text[i]))
            return NULL;
    uint8_t *data = xmalloc(text_len / 4 * 3);
    if (EVP_DecodeBlock(data, (const unsigned char *)text, (int)text_len) < 0) {
        free(data);
        return NULL;
    }
    *len = text_len / 4 * 3 - pad;
    return data;
}
