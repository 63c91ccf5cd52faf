/* Certificates of keys (OpenSSH's PROTOCOL.certkeys). Pure. */
#ifndef PROTO_KEY_CERTIFICATE_H
#define PROTO_KEY_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct key_certificate {
    struct buf key;                   /* the key that is certified */
    bool for_user;                    /* else it is a host's */
    uint64_t valid_from, valid_until; /* seconds since 1970 */
};

/* False: it is no certificate. */
bool key_certificate_read(const uint8_t *blob, size_t len, struct key_certificate *cert);
void key_certificate_release(struct key_certificate *cert);

/* The bits of an RSA key, or of the one in a certificate; 0: it is of another kind. */
int key_rsa_bits(const uint8_t *blob, size_t len);

#endif
