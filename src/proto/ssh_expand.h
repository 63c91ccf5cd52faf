/* `~`, %TOKENS and ${VARIABLES} in ssh_config values (ssh_config(5), TOKENS). */
#ifndef PROTO_SSH_EXPAND_H
#define PROTO_SSH_EXPAND_H

#include "base/err.h"

struct ssh_expand {
    const char *home;       /* %d and ~ */
    const char *hostname;   /* %h */
    const char *original;   /* %n */
    const char *alias;      /* %k; NULL: as %n */
    const char *user;       /* %r */
    const char *local_user; /* %u */
    int port;               /* %p */
};

/* The value expanded, or NULL: an unknown token or an unset variable. Caller frees. */
char *ssh_expand(const struct ssh_expand *e, const char *value, struct err *err);

#endif
