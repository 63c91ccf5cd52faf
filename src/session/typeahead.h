/*
 * What a person has typed to a program and that may still wait, unread, in the remote tty's
 * line: a model of the canonical line discipline (termios(3): ERASE, KILL, WERASE), so that
 * the count of characters that the tty erased tells which they were. Pure, bounded.
 */
#ifndef SESSION_TYPEAHEAD_H
#define SESSION_TYPEAHEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define TYPEAHEAD_MAX 4096 /* what a tty's line can hold */

struct typeahead {
    struct buf line; /* the unfinished line */
    struct buf seen; /* what was typed since the last reset, erased or not, as its echo shows it */
    size_t enters;   /* finished lines since the last reset */
    size_t search;   /* where in the line Ctrl-R was typed, + 1; 0: it was not */
    bool literal;    /* LNEXT was typed */
};

void typeahead_add(struct typeahead *t, const char *data, size_t len);
void typeahead_reset(struct typeahead *t);
void typeahead_release(struct typeahead *t);

/* The last characters of the line whose echo took `columns` columns ("\b \b" each; a control
   character's echo takes two) beside what tabs took (a "\b" each). Borrowed. */
const char *typeahead_tail(struct typeahead *t, size_t columns, size_t tabs, size_t *len);

/* Is a search of the history what was typed last? Its pattern; borrowed. (A tty takes Ctrl-R for
   itself: it is not in the line.) */
bool typeahead_search(struct typeahead *t, const char **pattern, size_t *len);

#endif
