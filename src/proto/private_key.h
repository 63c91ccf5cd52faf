/*
 * A private key, read from the text of its file: OpenSSH's own format and PEM. Pure.
 */
#ifndef PROTO_PRIVATE_KEY_H
#define PROTO_PRIVATE_KEY_H

#include "base/buf.h"
#include "base/err.h"

struct private_key {
    struct buf fields; /* secret: the type and the values, as openssh-key-v1 and an agent have
                          them */
    struct buf blob;   /* the public half */
    char *comment;     /* "" if it has none */
};

enum private_key_read {
    PRIVATE_KEY_READ,
    PRIVATE_KEY_LOCKED,  /* encrypted, with another passphrase */
    PRIVATE_KEY_BAD,     /* `err` goes on "the key PATH is not used: " */
    PRIVATE_KEY_OTHER,   /* the same, because of its kind */
    PRIVATE_KEY_STOPPED, /* by `stop`, which is called with `data` while it takes time */
};

struct private_key_how {
    const char *passphrase; /* "" opens no encrypted key */
    bool (*stop)(void *data);
    void *data;
};

enum private_key_read private_key_read(const char *text, const struct private_key_how *how,
                                       struct private_key *key, struct err *err);
/* The public half, as far as the text tells it without the passphrase; else `blob` stays. */
void private_key_public(const char *text, struct buf *blob);
void private_key_release(struct private_key *key);

/* Its text in OpenSSH's format, not encrypted, into `out`: a secret. */
void private_key_print(const struct private_key *key, struct buf *out);

#endif
