/* What one character cell looks like: shared by the emulator, frames and display. */
#ifndef TERM_CELL_H
#define TERM_CELL_H

#include <stdint.h>

/* A colour: the terminal's default, one of its 256, or 24 bits. */
#define COLOR_DEFAULT      0u
#define COLOR_PALETTE(n)   (0x01000000u | (uint32_t)(n))
#define COLOR_RGB(r, g, b) (0x02000000u | (uint32_t)(r) << 16 | (uint32_t)(g) << 8 | (uint32_t)(b))
#define COLOR_KIND(c)      ((c) >> 24) /* 0, 1 or 2, as above */
#define COLOR_VALUE(c)     ((c)&0xffffffu)

enum {
    ATTR_BOLD = 1 << 0,
    ATTR_DIM = 1 << 1,
    ATTR_ITALIC = 1 << 2,
    ATTR_BLINK = 1 << 3,
    ATTR_REVERSE = 1 << 4,
    ATTR_HIDDEN = 1 << 5,
    ATTR_STRIKE = 1 << 6,
    ATTR_OVERLINE = 1 << 7,
    ATTR_UNDERLINE = 7 << 8, /* a number: 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed */
    ATTR_UNDERLINE_SHIFT = 8,
};

struct style {
    uint32_t fg, bg, ul; /* COLOR_*; ul: the underline's, default as the text's */
    uint16_t attrs;
    uint16_t link; /* hyperlink, an index into the screen's table; 0 none */
};

struct cell {
    uint32_t glyph;     /* a code point, or a cluster (glyph.h); 0 is a blank */
    struct style style; /* */
    uint8_t width;      /* 1; 2: this and the next; 0: the right half of the one before */
    uint8_t pad[3];     /* always 0, so that cells can be compared as bytes */
};

#endif
