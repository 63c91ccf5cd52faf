/* A list over the whole screen, searched as one types: the best and newest at the bottom, above
   the line with the pattern. Pure. */
#ifndef TERM_FINDER_H
#define TERM_FINDER_H

#include <stdbool.h>
#include <stddef.h>

#include "term/frame.h"
#include "term/keys.h"

#define FINDER_BEFORE 64

struct finder;

struct finder *finder_new(void);
void finder_free(struct finder *f);

/* What is searched and taken, the oldest first; newlines are shown as such. The texts are borrowed
   until they are set anew. The pattern stays. */
void finder_set(struct finder *f, const char *const *texts, size_t count);
const char *finder_pattern(struct finder *f); /* borrowed */
void finder_set_pattern(struct finder *f, const char *pattern);

enum finder_did { FINDER_MOVED, FINDER_TAKE, FINDER_CLOSE, FINDER_IGNORED };
/* Characters and pastes narrow, Backspace and Ctrl-U widen; arrows, Ctrl-P, Ctrl-N, Ctrl-R,
   Ctrl-S, PageUp, PageDown and the wheel move; Enter and Tab take; Escape, Ctrl-C and Ctrl-G close.
 */
enum finder_did finder_key(struct finder *f, const struct key *key);

/* The index of the selected item as it was set; -1: nothing fits. */
long finder_selected(const struct finder *f);

/* What stands around the items when they are drawn. */
struct finder_look {
    const char *title; /* before the pattern */
    const char *help;  /* below it, where there is room */
    /* What is said before an item, in a column; it is asked for those that are seen. NULL: nothing
     */
    void (*describe)(void *data, size_t item, char before[FINDER_BEFORE]);
    void *data;
};

/* Fill `rows` rows of the frame from `first` on. The cursor goes behind the pattern. */
void finder_draw(struct finder *f, struct frame *frame, int first, int rows,
                 const struct finder_look *look);

#endif
