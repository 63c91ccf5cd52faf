/*
 * Key files: what a private key's file and those beside it say without the passphrase, and
 * opening it with one. Pure but for reading.
 */
#ifndef PROTO_KEY_FILE_H
#define PROTO_KEY_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "proto/private_key.h"

enum key_state {
    KEY_ABSENT,   /* nothing there: silently passed over, as ssh does */
    KEY_UNUSABLE, /* the private half is of no use here: see `why` */
    KEY_PUBLIC,   /* only the public half is there: it names a key of the agent */
    KEY_PLAIN,
    KEY_ENCRYPTED,
};

struct key_file {
    enum key_state state;
    char why[200];          /* goes on "the key PATH is not used: " */
    bool wrong_kind;        /* ... because of its kind, which is no news where nobody named it */
    bool stray_pub;         /* PATH.pub is another key's, and not heeded */
    struct buf blob;        /* the public key; empty if it is not known without the passphrase */
    struct buf certificate; /* PATH-cert.pub; empty if there is none */
};

/* Looks at PATH, PATH.pub and PATH-cert.pub. */
void key_file_probe(const char *path, struct key_file *key);
void key_file_release(struct key_file *key);

/* The whole key. PRIVATE_KEY_BAD too if it cannot be read, or others may read it. */
enum private_key_read key_file_open(const char *path, const struct private_key_how *how,
                                    struct private_key *key, struct err *err);

/* The certificate in PATH, or in PATH.pub. False: there is none for a user's key. */
bool key_file_certificate(const char *path, struct buf *blob, struct err *err);

#endif
