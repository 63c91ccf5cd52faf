/*
 * How the edited line is laid out in rows: wrapped at the width, control characters made
 * visible. Measured first, then drawn or printed by the same walk. Part of compose.
 */
#ifndef TERM_LAYOUT_H
#define TERM_LAYOUT_H

#include "term/compose.h"

struct layout {
    int rows;                   /* in all, the row that the cursor needs included */
    int cursor_row, cursor_col; /* within them */
};

/* The line drawn from column `col` of its first row on, in `cols` columns. */
struct layout layout_measure(const struct line_view *line, int cols, int col);

/* Draw its rows `from` on, `count` of them, into f's rows from `row` on; what lies outside of
   limit_from..limit_to (f's rows, the latter not included) is left out. */
void layout_draw(const struct line_view *line, int col, struct frame *f, int from, int count,
                 int row, int limit_from, int limit_to);

/* Print the line and a newline. */
void layout_print(const struct line_view *line, struct vscreen *screen);

#endif
