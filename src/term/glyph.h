/*
 * Clusters: a character with its combining marks, or characters joined by ZWJ, held in one
 * cell. A glyph is a code point, or GLYPH_CLUSTER plus an index into this table. The table is
 * bounded: when it is full, or a cluster grows past GLYPH_POINTS code points, further marks
 * are dropped.
 */
#ifndef TERM_GLYPH_H
#define TERM_GLYPH_H

#include <stddef.h>
#include <stdint.h>

#define GLYPH_CLUSTER 0x80000000u
#define GLYPH_POINTS  8
#define GLYPH_BYTES   (GLYPH_POINTS * 4)

struct glyphs;

struct glyphs *glyphs_new(void);
void glyphs_free(struct glyphs *table);

/* The glyph that `glyph` becomes with `cp` added at its end. */
uint32_t glyphs_join(struct glyphs *table, uint32_t glyph, uint32_t cp);

/* The glyph as UTF-8 (a blank as one space); returns the length. */
size_t glyphs_utf8(const struct glyphs *table, uint32_t glyph, char out[GLYPH_BYTES]);

#endif
