/*
 * What a public key's blob (RFC 4253 section 6.6; RFC 5656, RFC 8709, OpenSSH's PROTOCOL.u2f)
 * says of the key, and its fingerprint. Pure.
 */
#ifndef PROTO_PUBLIC_KEY_H
#define PROTO_PUBLIC_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct public_key {
    char type[64]; /* as on the wire: "ssh-ed25519" */
    char word[24]; /* as people say it: "ED25519"; "host" for a type that is not known */
    int bits;      /* as ssh-keygen -l counts them; 0: not known */
};

/* False: not a key. A blob of a type that is not known, or a certificate, is taken for one if
   it begins as a key does. */
bool public_key_parse(const uint8_t *blob, size_t len, struct public_key *key);

/* Whether the blob is this plain key, or a certificate of it. */
bool public_key_covers(const uint8_t *blob, size_t len, const uint8_t *key, size_t key_len);

enum fingerprint_hash { FINGERPRINT_SHA256, FINGERPRINT_MD5 };

/* As FingerprintHash has it: "sha256" or "md5"; NULL: the default. */
enum fingerprint_hash fingerprint_hash_named(const char *name);

/* "SHA256:..." without padding, or "MD5:aa:bb:...", as ssh-keygen -l prints it; caller frees. */
char *fingerprint_text(enum fingerprint_hash hash, const uint8_t *blob, size_t len);

/* The picture of the fingerprint: eleven lines of nineteen columns, as ssh-keygen -lv draws it,
   without a newline at the end; caller frees. */
char *fingerprint_art(enum fingerprint_hash hash, const uint8_t *blob, size_t len);

#endif
