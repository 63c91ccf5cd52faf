/*
 * The lines that left the screen at its top, packed: about their text's bytes plus the runs
 * of styles. Bounded by lines and, against a host that makes every cell costly, by bytes.
 */
#ifndef TERM_SCROLLBACK_H
#define TERM_SCROLLBACK_H

#include <stdint.h>

#include "term/cell.h"

struct scrollback;

/* Keeps the newest `lines` lines; the first one pushed gets the number `first`. */
struct scrollback *scrollback_new(int64_t lines, int64_t first);
void scrollback_free(struct scrollback *sb);

int64_t scrollback_first(const struct scrollback *sb);
int64_t scrollback_end(const struct scrollback *sb); /* one past the newest */

/* The line's first `count` cells; what is left of it is blank. Oldest lines may fall out. */
void scrollback_push(struct scrollback *sb, const struct cell *cells, int count, unsigned flags);
/* The same of a line of printable ASCII in the default style. */
void scrollback_push_text(struct scrollback *sb, const uint8_t *text, int count, unsigned flags);
/* The same from another scrollback, without unpacking. */
void scrollback_push_copy(struct scrollback *sb, const struct scrollback *from, int64_t line);

int scrollback_count(const struct scrollback *sb, int64_t line); /* cells kept of a line */
unsigned scrollback_flags(const struct scrollback *sb, int64_t line);
void scrollback_add_flags(struct scrollback *sb, int64_t line, unsigned flags);
/* Up to `size` cells into `out`; returns how many. */
int scrollback_cells(const struct scrollback *sb, int64_t line, struct cell *out, int size);

/* Drop the lines from `end` on; drop all but the newest `lines`, now and from now on; drop all. */
void scrollback_truncate(struct scrollback *sb, int64_t end);
void scrollback_limit(struct scrollback *sb, int64_t lines);
void scrollback_clear(struct scrollback *sb);

#endif
