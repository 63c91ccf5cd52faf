/*
 * What a person has typed to a program and that may still wait, unread, in the remote tty's
 * line: a model of the canonical line discipline (termios(3): ERASE, KILL, WERASE), so that
 * the count of characters that the tty erased tells which they were. Pure, bounded.
 */
#ifndef SESSION_TYPEAHEAD_H
#define SESSION_TYPEAHEAD_H

#include <stddef.h>

#include "base/buf.h"

#define TYPEAHEAD_MAX 4096 /* what a tty's line can hold */

struct typeahead {
    struct buf line; /* the unfinished line */
    struct buf seen; /* the characters typed since the last reset, erased or not: their echo */
    size_t enters;   /* finished lines since the last reset */
};

void typeahead_add(struct typeahead *t, const char *data, size_t len);
void typeahead_reset(struct typeahead *t);
void typeahead_release(struct typeahead *t);

/* The last characters of the line whose echo took `columns` columns ("\b \b" each; a control
   character's echo takes two). Borrowed. */
const char *typeahead_tail(struct typeahead *t, size_t columns, size_t *len);

#endif
