/* The prompt: a template filled in. Pure. */
#ifndef SESSION_PROMPT_H
#define SESSION_PROMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define PROMPT_DEFAULT "[{host}]: {cwd}{sign} "

struct prompt_values {
    const char *host;
    const char *user;
    const char *cwd;
    int status;       /* the last command's; -1: none has ended */
    int64_t duration; /* the last command's, ms */
};

/* {host} {user} {cwd} {status} (empty when 0 or none) {duration} (empty below a second, and when
   there was no command) {sign} ('#' for root, '>' otherwise). An unknown name in braces is left
   as it stands. Values are made safe to show. */
void prompt_expand(const char *template, const struct prompt_values *values, struct buf *out);

/* The first name in braces that there is not; NULL: there is none such. */
const char *prompt_unknown(const char *template);
/* Does it show the status of a command that failed? */
bool prompt_has_status(const char *template);

#endif
