/*
 * vscreen_dump ROWS COLS: the screens that bytes leave, for the oracles' tests. On standard
 * input pieces, each its length on a line and then so many bytes; for each of them is printed:
 * the cursor's row and column and how many bytes of replies follow, on a line; the replies; and
 * two lines a row, its text and its styles, a digit a cell: 1 bold, 2 underlined, 4 reversed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "base/err.h"
#include "term/vscreen.h"

/* All that a program can be told is known and allowed. */
static void tell_all(struct vscreen *vs)
{
    for (int slot = 0; slot < VSCREEN_COLORS; slot++)
        vscreen_know_color(vs, slot, 0x102030);
    vscreen_allow(vs, &(struct vscreen_allowed){.clipboard = true, .kitty_keys = true});
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

static void dump(struct vscreen *vs, const struct glyphs *glyphs)
{
    struct vscreen_cursor c = vscreen_cursor(vs);
    struct buf *replies = vscreen_replies(vs);
    printf("%d %d %zu\n", c.row, c.col, replies->len);
    fwrite(buf_data(replies), 1, replies->len, stdout);
    buf_clear(replies);
    for (int row = 0; row < vscreen_rows(vs); row++)
        dump_row(vs, glyphs, row);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    struct glyphs *glyphs = glyphs_new();
    struct ecma48 *parser = ecma48_new();
    struct vscreen *vs = vscreen_new(glyphs, atoi(argv[1]), atoi(argv[2]), 1000);
    if (argc > 3)
        tell_all(vs);
    size_t len;
    while (scanf("%zu", &len) == 1 && getchar() == '\n') {
        uint8_t *data = xmalloc(len);
        if (fread(data, 1, len, stdin) != len)
            BUG("the piece is cut short");
        vscreen_feed(vs, parser, data, len);
        free(data);
        dump(vs, glyphs);
    }
    vscreen_free(vs);
    ecma48_free(parser);
    glyphs_free(glyphs);
    return 0;
}
