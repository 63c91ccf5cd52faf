/* The prompt: a template filled in. Pure. */
#ifndef SESSION_PROMPT_H
#define SESSION_PROMPT_H

#include "base/buf.h"

#define PROMPT_DEFAULT "[{host}]: {cwd}{sign} "

struct prompt_values {
    const char *host;
    const char *user;
    const char *cwd;
    int status; /* the last command's; -1: none has ended */
};

/* {host} {user} {cwd} {status} (empty when 0 or none) {sign} ('#' for root, '>' otherwise).
   An unknown name in braces is left as it stands. Values are made safe to show. */
void prompt_expand(const char *template, const struct prompt_values *values, struct buf *out);

#endif
