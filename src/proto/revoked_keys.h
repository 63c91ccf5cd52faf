/*
 * RevokedHostKeys (ssh_config(5)): a file of keys never to be accepted, as a list of public
 * keys or as a key revocation list (OpenSSH's PROTOCOL.krl, as ssh-keygen -k writes it).
 */
#ifndef PROTO_REVOKED_KEYS_H
#define PROTO_REVOKED_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum revoked {
    REVOKED_NO,
    REVOKED_YES,
    REVOKED_ERROR, /* could not be checked: treat as revoked; err says why */
};

/* `key`: a public key's blob, of no certificate. */
enum revoked revoked_keys_check(const char *file, const uint8_t *key, size_t key_len,
                                struct err *err);

#endif
