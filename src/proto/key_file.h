/* What a private key file says of itself without its passphrase. Pure but for reading it. */
#ifndef PROTO_KEY_FILE_H
#define PROTO_KEY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_state {
    KEY_ABSENT,   /* no such file: silently passed over, as ssh does */
    KEY_UNUSABLE, /* not a private key, or others may read it: see `why` */
    KEY_PLAIN,
    KEY_ENCRYPTED,
};

struct key_file {
    enum key_state state;
    char why[160];
    char type[64]; /* "" if unknown */
    uint8_t *blob; /* the public key, if it is known without the passphrase; else NULL */
    size_t blob_len;
};

/* Looks at PATH and, for the public half, PATH.pub. */
void key_file_probe(const char *path, struct key_file *key);
void key_file_release(struct key_file *key);

#endif
