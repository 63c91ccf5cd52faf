/* A frame: one whole picture of the local terminal, a plain value that tests compare. */
#ifndef TERM_FRAME_H
#define TERM_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "term/cell.h"
#include "term/glyph.h"
#include "term/vscreen.h"

struct frame {
    int rows, cols;
    struct cell *cells; /* rows * cols */
    int cursor_row, cursor_col;
    bool cursor_visible;
    uint8_t cursor_shape;         /* DECSCUSR */
    enum mouse_mode mouse;        /* what to ask of the local terminal; always coded SGR */
    bool focus_events;            /* */
    uint8_t kitty_keys;           /* the flags of kitty's keyboard protocol */
    uint8_t modify_other_keys;    /* xterm's level */
    unsigned bells;               /* a larger number than the last frame's rings once */
    char title[128];              /* "": the local title as it was */
    struct glyphs *glyphs;        /* borrowed: where cluster glyphs are found */
    const struct vscreen *screen; /* borrowed: where hyperlinks are found; NULL: no links */
};

/* A blank frame of that size (embedded; release it). */
void frame_init(struct frame *f, struct glyphs *glyphs, int rows, int cols);
void frame_release(struct frame *f);

static inline struct cell *frame_row(const struct frame *f, int row)
{
    return f->cells + (size_t)row * (size_t)f->cols;
}

/* Put UTF-8 text (no controls; they are shown as '?') at row, col; clipped at the frame's
   edge, or at `limit` columns from col when that is smaller. Returns columns used. */
int frame_put(struct frame *f, int row, int col, int limit, const struct style *style,
              const char *text, size_t len);
/* Put printable ASCII, which has to fit into the row. */
void frame_plain(struct frame *f, int row, int col, const struct style *style, const char *text,
                 size_t len);
/* The columns frame_put would use for the text if there were no edge. */
int frame_columns(const char *text, size_t len);
/* One glyph of 1 or 2 columns, which must fit in the row; half-covered neighbours are blanked. */
void frame_set(struct frame *f, int row, int col, const struct style *style, uint32_t glyph,
               int width);
/* Blank cells in `style` from col up to (not including) `end`. */
void frame_fill(struct frame *f, int row, int col, int end, const struct style *style);

/* The frame as plain text, one line per row, trailing blanks cut: for tests and transcripts. */
void frame_text(const struct frame *f, struct buf *out);

#endif
