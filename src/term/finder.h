/* A list over the whole screen, searched as one types: the best and newest at the bottom, above
   the line with the pattern. Pure. */
#ifndef TERM_FINDER_H
#define TERM_FINDER_H

#include <stdbool.h>
#include <stddef.h>

#include "term/frame.h"
#include "term/keys.h"

/* One row. Strings are borrowed until the items are set anew. */
struct finder_item {
    const char *text;   /* what is searched and taken; newlines are shown as such */
    const char *before; /* shown before it, in a column; "" */
};

struct finder;

struct finder *finder_new(void);
void finder_free(struct finder *f);

/* The oldest first; the items are copied, their strings are not. The pattern stays. */
void finder_set(struct finder *f, const struct finder_item *items, size_t count);
const char *finder_pattern(struct finder *f); /* borrowed */
void finder_set_pattern(struct finder *f, const char *pattern);

enum finder_did { FINDER_MOVED, FINDER_TAKE, FINDER_CLOSE, FINDER_IGNORED };
/* Characters and pastes narrow, Backspace and Ctrl-U widen; arrows, Ctrl-P, Ctrl-N, Ctrl-R,
   Ctrl-S, PageUp, PageDown and the wheel move; Enter and Tab take; Escape, Ctrl-C and Ctrl-G close.
 */
enum finder_did finder_key(struct finder *f, const struct key *key);

/* The index of the selected item as it was set; -1: nothing fits. */
long finder_selected(const struct finder *f);

/* Fill `rows` rows of the frame from `first` on; `title` stands before the pattern, `help` below it
   where there is room. The cursor goes behind the pattern. */
void finder_draw(struct finder *f, struct frame *frame, int first, int rows, const char *title,
                 const char *help);

#endif
