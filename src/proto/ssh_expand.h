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
    const char *jump;       /* %j: the last jump host's name; NULL: there is none */
    const char *hash;       /* %C, as ssh has it; NULL: made here */
    int port;               /* %p */
};

/* The value with `~`, `~user`, tokens and variables expanded, or NULL: an unknown token or user,
   an unset variable. Caller frees. */
char *ssh_expand(const struct ssh_expand *e, const char *value, struct err *err);
/* Only `~` and `~user`. */
char *ssh_expand_tilde(const struct ssh_expand *e, const char *value, struct err *err);
/* Only tokens, as in a command: what is unknown is an error too. */
char *ssh_expand_tokens(const struct ssh_expand *e, const char *value, struct err *err);

#endif
