/*
 * Drawing, pure: from what the local terminal shows to what it should show, as bytes. The
 * terminal's charset (UTF-8 or not), colours and abilities come from `struct display`.
 */
#ifndef TERM_DISPLAY_H
#define TERM_DISPLAY_H

#include <stdbool.h>

#include "base/buf.h"
#include "term/frame.h"
#include "term/terminfo.h"

struct display;

/* `ti` is borrowed. utf8: the locale's charset; colour: false under NO_COLOR. */
struct display *display_new(const struct terminfo *ti, bool utf8, bool color);
void display_free(struct display *d);

/* Bytes that take the local terminal from the normal screen to ours (alternate screen, our
   modes, cleared), and back to exactly what it was (modes reset, pen reset, cursor shown). */
void display_enter(struct display *d, struct buf *out);
void display_leave(struct display *d, struct buf *out);

/* Questions about what terminfo does not know, on a terminal that will not mistake them: the
   keyboard protocols it has, its colors; the answers come as KEY_REPORTs, the one to DA1 last.
   Nothing is appended for other terminals. Between two frames. */
void display_ask(const struct display *d, struct buf *out);

/* Bytes from `old` (NULL: unknown, draw all) to `new`. Nothing is appended if they are equal.
   When `old` has another size all is drawn. Wrapped in synchronised output where the terminal
   is known to have it. Scrolls by the terminal's own means when rows only moved. */
void display_frame(struct display *d, const struct frame *old, const struct frame *new,
                   struct buf *out);

/* One row of cells as text with its styles and a reset behind, no cursor motion, trailing
   blanks cut: what is left in the normal screen when the program ends. */
void display_row(struct display *d, const struct cell *cells, int count,
                 const struct glyphs *glyphs, struct buf *out);

#endif
