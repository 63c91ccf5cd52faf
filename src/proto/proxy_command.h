/* ProxyCommand: a program of the user's that carries the connection on its standard streams. */
#ifndef PROTO_PROXY_COMMAND_H
#define PROTO_PROXY_COMMAND_H

#include <sys/types.h>

#include "base/err.h"

struct proxy_said; /* what it writes to its standard error: the end of it is kept */

/* Begins as {0}. */
struct proxy_command {
    pid_t pid; /* 0: none */
    struct proxy_said *said;
};

/* Run by the user's shell, as ssh does it, but away from the terminal: it cannot ask there.
   `fd` is our end, non-blocking. */
bool proxy_command_start(struct proxy_command *p, const char *command, int *fd, struct err *err);
/* Its last complaint, one sanitised line; "" if none. Waits a moment for a program that is about
   to end to say it. Caller frees. */
char *proxy_command_complaint(const struct proxy_command *p);
/* After its descriptor has been closed: end it, if it does not end by itself. */
void proxy_command_end(struct proxy_command *p);

#endif
