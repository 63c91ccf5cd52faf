/*
 * Private keys in PEM: PKCS#1, SEC1 and PKCS#8, encrypted or not. Pure.
 */
#ifndef PROTO_KEY_PEM_H
#define PROTO_KEY_PEM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

enum key_pem {
    KEY_PEM_READ,
    KEY_PEM_LOCKED, /* encrypted, with another passphrase */
    KEY_PEM_BAD,    /* `err` says what it is */
    KEY_PEM_OTHER,  /* the same: a key of a kind that is of no use here */
};

/* Into `fields`: the type and the values, as openssh-key-v1 and an agent have them. */
enum key_pem key_pem_read(const char *text, const char *passphrase, struct buf *fields,
                          struct err *err);
#endif
