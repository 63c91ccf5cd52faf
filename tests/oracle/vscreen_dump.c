/* vscreen_dump ROWS COLS < BYTES: the screen that the bytes leave, for test_tmux.py. A row is
   a line of its text and one of its styles, a digit a cell: 1 bold, 2 underlined, 4 reversed. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "base/err.h"
#include "term/vscreen.h"

static void feed_input(struct ecma48 *parser, struct vscreen *vs)
{
    static uint8_t data[4096];
    struct ecma48_token token;
    size_t n;
    while ((n = fread(data, 1, sizeof data, stdin)) > 0) {
        ecma48_feed(parser, data, n);
        while (ecma48_next(parser, &token))
            vscreen_token(vs, &token);
    }
}

static void dump_row(const struct vscreen *vs, const struct glyphs *glyphs, int row)
{
    int cols = vscreen_cols(vs);
    struct cell *cells = xcalloc((size_t)cols, sizeof *cells);
    struct buf text = {0}, styles = {0};
    vscreen_line(vs, vscreen_top(vs) + row, cells);
    for (int col = 0; col < cols; col++) {
        uint16_t attrs = cells[col].style.attrs;
        buf_printf(&styles, "%d",
                   (attrs & ATTR_BOLD ? 1 : 0) | (attrs & ATTR_UNDERLINE ? 2 : 0) |
                       (attrs & ATTR_REVERSE ? 4 : 0));
        char utf8[GLYPH_BYTES];
        if (cells[col].width > 0)
            buf_append(&text, utf8, glyphs_utf8(glyphs, cells[col].glyph, utf8));
    }
    printf("%s\n%s\n", buf_str(&text), buf_str(&styles));
    buf_release(&text);
    buf_release(&styles);
    free(cells);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    struct glyphs *glyphs = glyphs_new();
    struct ecma48 *parser = ecma48_new();
    struct vscreen *vs = vscreen_new(glyphs, atoi(argv[1]), atoi(argv[2]), 1000);
    feed_input(parser, vs);
    struct vscreen_cursor c = vscreen_cursor(vs);
    printf("%d %d\n", c.row, c.col);
    for (int row = 0; row < vscreen_rows(vs); row++)
        dump_row(vs, glyphs, row);
    vscreen_free(vs);
    ecma48_free(parser);
    glyphs_free(glyphs);
    return 0;
}
