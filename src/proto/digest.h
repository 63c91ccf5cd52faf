/* Hashes and base64. Pure. */
#ifndef PROTO_DIGEST_H
#define PROTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_MD5_LEN    16
#define DIGEST_SHA1_LEN   20
#define DIGEST_SHA256_LEN 32
#define DIGEST_SHA512_LEN 64

/* False: a policy of this machine (FIPS) forbids it. */
bool digest_md5(const void *data, size_t len, uint8_t out[DIGEST_MD5_LEN]);
void digest_sha1(const void *data, size_t len, uint8_t out[DIGEST_SHA1_LEN]);
void digest_sha256(const void *data, size_t len, uint8_t out[DIGEST_SHA256_LEN]);
void digest_sha512(const void *data, size_t len, uint8_t out[DIGEST_SHA512_LEN]);
void digest_hmac_sha1(const void *key, size_t key_len, const void *data, size_t len,
                      uint8_t out[DIGEST_SHA1_LEN]);

/* RFC 4648 base64 with padding, NUL terminated; caller frees. */
char *base64_encode(const void *data, size_t len);
/* Strict: no other characters, padding as it must be. NULL if malformed; caller frees. */
uint8_t *base64_decode(const char *text, size_t text_len, size_t *len);

#endif
