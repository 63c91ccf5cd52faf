/*
 * ssh's escape characters: `~.`, `~?`, `~^Z` and `~~` at the begin of a line, with whatever
 * EscapeChar says in place of `~`. One machine for bytes and for keys. Pure.
 */
#ifndef APP_ESCAPE_H
#define APP_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum escape_command { ESCAPE_NONE, ESCAPE_DROP, ESCAPE_SUSPEND, ESCAPE_HELP };

/* A session begins as after Enter. */
struct escape {
    int character; /* -1: there is none */
    bool inside;   /* of a line */
    bool held;     /* the character was typed, and waits for what follows */
};

struct escape_step {
    enum escape_command command;
    bool release; /* the character that was held goes to the host first */
    bool taken;   /* of this key itself nothing goes to the host */
};

/* One byte that was typed; -1 for a key that is no single byte. */
struct escape_step escape_take(struct escape *e, int byte);

/* Append to `out` what is for the host; returns how much of the data was used, which is not all
   of it when a command was found. */
size_t escape_filter(struct escape *e, const uint8_t *data, size_t len, struct buf *out,
                     enum escape_command *command);

/* The character as it is shown: `~`, `^B`. */
struct escape_name {
    char text[8];
};
struct escape_name escape_name(int character);

#endif
