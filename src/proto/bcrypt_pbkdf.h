/*
 * The key derivation of encrypted OpenSSH keys: bcrypt_pbkdf(3) of OpenBSD. Pure. It may take
 * minutes with many rounds, so it asks now and then whether to go on.
 */
#ifndef PROTO_BCRYPT_PBKDF_H
#define PROTO_BCRYPT_PBKDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BCRYPT_PBKDF_KEY_MAX 1024

struct bcrypt_salt {
    const uint8_t *data;
    size_t len;
    uint32_t rounds;
};

/* False: the parameters are none (an empty pass or salt, no rounds, a longer key), or `stop`
   said so; it is called with `data` after each round. */
bool bcrypt_pbkdf(const char *pass, const struct bcrypt_salt *salt, uint8_t *key, size_t key_len,
                  bool (*stop)(void *data), void *data);

#endif
