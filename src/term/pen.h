/*
 * The local terminal's pen: styles and characters as bytes for a terminal with these
 * abilities, sending only what changes. Part of display.
 */
#ifndef TERM_PEN_H
#define TERM_PEN_H

#include <stdbool.h>

#include "base/buf.h"
#include "term/cell.h"
#include "term/glyph.h"
#include "term/terminfo.h"
#include "term/vscreen.h"

struct pen {
    const struct terminfo *ti; /* borrowed */
    bool utf8;
    bool sgr; /* takes ECMA-48 SGR in full; else only what terminfo gives */
    bool truecolor, italics, underlines, underline_colors;
    int colors;             /* 0, 8, 16 or 256 */
    unsigned char acs[128]; /* line drawing: from the VT100's letter to the terminal's */

    const struct vscreen *links; /* where `style.link` is looked up; NULL: no links */
    struct style asked;          /* the style last set, as asked for */
    struct style style;          /* as the terminal has it now */
    bool in_acs;
};

void pen_init(struct pen *pen, const struct terminfo *ti, bool utf8, bool color);

/* Make the terminal's pen `style`, as near as it can. */
void pen_set(struct pen *pen, const struct style *style, struct buf *out);
/* Back to the default pen; nothing if it is that. */
void pen_reset(struct pen *pen, struct buf *out);
/* The glyph of a cell of that width, with the pen as it is. Never a control character. */
void pen_glyph(struct pen *pen, const struct glyphs *glyphs, uint32_t glyph, int width,
               struct buf *out);

#endif
