/*
 * known_hosts, read, matched and written by our own code (sshd(8), SSH_KNOWN_HOSTS FILE
 * FORMAT): plain, hashed, [host]:port, wildcards, negation, several key types, @revoked.
 * Anything that cannot be read fails closed.
 */
#ifndef PROTO_KNOWN_HOSTS_H
#define PROTO_KNOWN_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum known_host {
    KNOWN_MATCH,      /* this very key */
    KNOWN_NEW,        /* nothing about this host */
    KNOWN_OTHER_TYPE, /* the host is known, by keys of other types only */
    KNOWN_CHANGED,    /* the host has another key of this type */
    KNOWN_REVOKED,    /* this key is marked @revoked */
    KNOWN_ERROR,      /* could not be checked: treat as refused */
};

/* Where the deciding line stands. With KNOWN_NEW: a @cert-authority line that matches, if any
   (host certificates are not supported), else line 0. */
struct known_place {
    char file[256];
    long line;
};

/* `name` as known_hosts has it ("host" or "[host]:port"); `key` the raw public key blob (RFC
   4253 section 6.6), `type` its name. A file that does not exist is empty. */
enum known_host known_hosts_check(char *const *files, const char *name, const char *type,
                                  const uint8_t *key, size_t key_len, struct known_place *place,
                                  struct err *err);

/* The key types known for the host, comma separated, most preferred first, for the key
   exchange to ask for; NULL if none. Caller frees. */
char *known_hosts_types(char *const *files, const char *name);

/* Append one line, under a lock, in one write, making the folder (0700) and file (0600) if
   needed. A last line without a newline is kept whole. */
bool known_hosts_add(const char *file, const char *name, bool hashed, const char *type,
                     const uint8_t *key, size_t key_len, struct err *err);

/* "host" or "[host]:port", in lower case; caller frees. */
char *known_hosts_name(const char *host, int port);

/* "SHA256:..." without padding, as ssh-keygen -l prints it; caller frees. */
char *known_hosts_fingerprint(const uint8_t *key, size_t key_len);

#endif
