/*
 * Searching the lines of an emulator: every match counted, the nearest found first, a bounded
 * piece of work at a time. Soft-wrapped lines are searched as one (very long ones in pieces).
 * Part of view. Pure.
 */
#ifndef TERM_SEARCH_H
#define TERM_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "term/pattern.h"
#include "term/vscreen.h"

struct place {
    int64_t line;
    int col;
};

static inline int place_compare(struct place a, struct place b)
{
    if (a.line != b.line)
        return a.line < b.line ? -1 : 1;
    return a.col < b.col ? -1 : a.col > b.col;
}

/* A whole line, soft-wrapped ones joined, as text. */
struct piece {
    int64_t line; /* its first row */
    int rows;
    struct buf text; /* trailing blanks cut */
    uint32_t *at;    /* of each byte of it, and one more: row * columns + column */
    uint32_t at_cap;
};

/* The piece that `line` is in; *p is reused (begin with zeros). */
void piece_read(struct piece *p, const struct vscreen *vs, const struct glyphs *glyphs,
                int64_t line);
void piece_release(struct piece *p);
struct place piece_place(const struct piece *p, const struct vscreen *vs, size_t byte);
/* The rows alone. */
void piece_rows(const struct vscreen *vs, int64_t line, int64_t *from, int64_t *to);

struct match {
    struct place from, to; /* `to`: its last cell */
};

struct search;

/* `dir` (1 or -1): which side of `from` is searched first. The pattern is the search's. */
struct search *search_new(const struct vscreen *vs, const struct glyphs *glyphs,
                          struct pattern *pattern, struct place from, int dir);
void search_free(struct search *s);
/* All over again: the lines' numbers have changed. */
void search_restart(struct search *s, struct place from);
const struct pattern *search_pattern(const struct search *s);

/* Some more of the work, and whatever the host has changed meanwhile. True: there is more. */
bool search_step(struct search *s);
bool search_done(const struct search *s);

/* The nearest match that begins after (dir > 0) or before `from`, or at it when `here`; from the
   other end when there is none. */
enum search_result { SEARCH_FOUND, SEARCH_WAIT, SEARCH_NONE };
enum search_result search_find(struct search *s, struct place from, int dir, bool here,
                               struct match *match);

int64_t search_total(const struct search *s); /* found so far */
/* Which one it is of them: 1 is the first; 0: none of them begins there. */
int64_t search_index(struct search *s, struct place from);

#endif
