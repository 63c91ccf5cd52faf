/* Finds the rows of a frame that only moved up or down since the last. Part of display. */
#ifndef TERM_SCROLL_H
#define TERM_SCROLL_H

#include <stdbool.h>

#include "term/frame.h"

struct scroll {
    int top, bottom; /* the rows that take part, both included */
    int by;          /* rows up; negative: down */
};

/* The one move that saves most, if any saves more than it costs. Frames of one size. */
bool scroll_find(const struct frame *old, const struct frame *new, struct scroll *best);

/* The row of the old picture that stands in `row` after the move; -1: a blank one. */
static inline int scroll_source(const struct scroll *s, int row)
{
    if (s->by == 0 || row < s->top || row > s->bottom)
        return row;
    int from = row + s->by;
    return from < s->top || from > s->bottom ? -1 : from;
}

#endif
