/* What a person types for a host: HOST, USER@HOST, [IPv6], ssh://USER@HOST:PORT. Pure. */
#ifndef PROTO_SSH_NAME_H
#define PROTO_SSH_NAME_H

#include <stdbool.h>

#include "base/err.h"

struct ssh_name {
    char *user; /* NULL: not given */
    char *host; /* without brackets */
    int port;   /* 0: not given */
};

/* False: refused, with the reason. A name goes into command lines, file names and the screen:
   nothing that begins with `-`, no white space, control characters or shell metacharacters. */
bool ssh_name_parse(const char *text, struct ssh_name *name, struct err *err);
void ssh_name_release(struct ssh_name *name);

/* The rule by itself, for names that come from elsewhere; `what` is put into the error. */
bool ssh_name_check_host(const char *host, const char *what, struct err *err);
bool ssh_name_check_user(const char *user, struct err *err);

#endif
