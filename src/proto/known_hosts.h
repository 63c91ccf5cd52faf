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
    KNOWN_MATCH,   /* this very key */
    KNOWN_NEW,     /* nothing about this host */
    KNOWN_CHANGED, /* the host has other keys only, of this type or of others */
    KNOWN_REVOKED, /* this key is marked @revoked */
    KNOWN_ERROR,   /* could not be checked: treat as refused */
};

/* Where the deciding line stands. With KNOWN_NEW: a @cert-authority line that matches, if any
   (host certificates are not supported), else line 0. */
struct known_place {
    const char *file; /* one of `files` */
    long line;
    char word[24]; /* the type of the key there: "RSA" */
};

/* `files` is NULL terminated, or NULL; one that does not exist is empty. `name` as known_hosts
   has it ("host" or "[host]:port"); `key` the raw public key blob (RFC 4253 section 6.6). As in
   ssh a host that is known by keys of other types only is one whose key has changed. */
enum known_host known_hosts_check(char *const *files, const char *name, const uint8_t *key,
                                  size_t key_len, struct known_place *place, struct err *err);

/* The key types known for the host, comma separated, most preferred first, for the key
   exchange to ask for; NULL if none. Caller frees. */
char *known_hosts_types(char *const *files, const char *name);

/* What else this key is known as: a list of "FILE:LINE: NAMES", at most `max`, sanitised; the
   last tells how many were left out. NULL if none. Caller frees with ssh_list_free. */
char **known_hosts_other_names(char *const *files, const char *name, const uint8_t *key,
                               size_t key_len, size_t max);

/* Append one line, under a lock, in one write, making the folder (0700) and file (0600) if
   needed. A last line without a newline is kept whole; a file that is replaced meanwhile (as
   ssh-keygen and ssh's UpdateHostKeys do it) gets the line too. `names`: one or several, NULL
   terminated; hashed ones get a line each. */
bool known_hosts_add(const char *file, const char *const *names, bool hashed, const uint8_t *key,
                     size_t key_len, struct err *err);

/* "host" or "[host]:port", in lower case; caller frees. */
char *known_hosts_name(const char *host, int port);

#endif
