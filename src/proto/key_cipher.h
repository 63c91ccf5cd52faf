/*
 * What an OpenSSH private key file may be encrypted with (PROTOCOL.key of OpenSSH). Pure.
 */
#ifndef PROTO_KEY_CIPHER_H
#define PROTO_KEY_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_CIPHER_MATERIAL_MAX 64

struct key_cipher {
    const char *name;
    size_t key_len, iv_len; /* the material: the key, then where the cipher starts */
    size_t block, tag_len;
};

/* NULL: not one of OpenSSH's. */
const struct key_cipher *key_cipher_find(const char *name);

/* Decrypt in place. False: the tag says that the key is another, or the length is none. */
bool key_cipher_decrypt(const struct key_cipher *cipher, const uint8_t *material, uint8_t *data,
                        size_t len, const uint8_t *tag);

#endif
