/* ssh's escape characters: `~.`, `~?`, `~^Z` and `~~` at the begin of a line. Pure. */
#ifndef APP_ESCAPE_H
#define APP_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum escape_command { ESCAPE_NONE, ESCAPE_DROP, ESCAPE_SUSPEND, ESCAPE_HELP };

/* Zero initialised: a session begins as after Enter. */
struct escape {
    bool inside; /* of a line */
    bool tilde;  /* one is held back */
};

/* Append to `out` what is for the host; returns how much of the data was used, which is not all
   of it when a command was found. */
size_t escape_filter(struct escape *e, const uint8_t *data, size_t len, struct buf *out,
                     enum escape_command *command);

#endif
