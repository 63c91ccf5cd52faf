#include "term/frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "term/visible.h"

static const struct cell blank = {.width = 1};

void frame_init(struct frame *f, struct glyphs *glyphs, int rows, int cols)
{
    if (rows < 1 || cols < 1)
        BUG("a frame of %d rows and %d columns", rows, cols);
    *f = (struct frame){.rows = rows, .cols = cols, .cursor_visible = true, .glyphs = glyphs};
    size_t count = (size_t)rows * (size_t)cols;
    f->cells = xcalloc(count, sizeof *f->cells);
    for (size_t i = 0; i < count; i++)
        f->cells[i] = blank;
}

void frame_release(struct frame *f)
{
    free(f->cells);
    *f = (struct frame){0};
}

/* Before the cells from..to are overwritten: a wide character cut by that leaves a blank. */
static void cut_wide(struct cell *cells, int cols, int from, int to)
{
    if (cells[from].width == 0 && from > 0) {
        cells[from - 1].glyph = 0;
        cells[from - 1].width = 1;
    }
    if (to + 1 < cols && cells[to + 1].width == 0) {
        cells[to + 1].glyph = 0;
        cells[to + 1].width = 1;
    }
}

void frame_set(struct frame *f, int row, int col, const struct style *style, uint32_t glyph,
               int width)
{
    struct cell *cells = frame_row(f, row);
    cut_wide(cells, f->cols, col, col + width - 1);
    cells[col] =
        (struct cell){.glyph = glyph == ' ' ? 0 : glyph, .style = *style, .width = (uint8_t)width};
    if (width == 2)
        cells[col + 1] = (struct cell){.style = *style};
}

void frame_plain(struct frame *f, int row, int col, const struct style *style, const char *text,
                 size_t len)
{
    struct cell *cells = frame_row(f, row), cell = {.style = *style, .width = 1};
    cut_wide(cells, f->cols, col, col + (int)len - 1);
    for (size_t i = 0; i < len; i++) {
        cells[col + (int)i] = cell;
        cells[col + (int)i].glyph = text[i] == ' ' ? 0 : (uint8_t)text[i];
    }
}

int frame_put(struct frame *f, int row, int col, int limit, const struct style *style,
              const char *text, size_t len)
{
    if (row < 0 || row >= f->rows || col < 0 || col >= f->cols)
        return 0;
    int end = limit < f->cols - col ? col + limit : f->cols;
    int at = col, last = -1; /* last: the column of the character that marks are joined to */
    while (len > 0) {
        uint32_t cp;
        size_t n = utf8_decode(text, len, &cp);
        text += n;
        len -= n;
        if (!visible_char(cp))
            cp = '?';
        int width = utf8_width(cp);
        if (width == 0) {
            if (last >= 0) {
                struct cell *cell = frame_row(f, row) + last;
                cell->glyph = glyphs_join(f->glyphs, cell->glyph, cp);
            }
            continue;
        }
        if (at + width > end)
            break;
        frame_set(f, row, at, style, cp, width);
        last = at;
        at += width;
    }
    return at - col;
}

int frame_columns(const char *text, size_t len)
{
    int columns = 0;
    while (len > 0) {
        uint32_t cp;
        size_t n = utf8_decode(text, len, &cp);
        text += n;
        len -= n;
        columns += visible_char(cp) ? utf8_width(cp) : 1;
    }
    return columns;
}

void frame_fill(struct frame *f, int row, int col, int end, const struct style *style)
{
    if (end > f->cols)
        end = f->cols;
    if (row < 0 || row >= f->rows || col < 0 || col >= end)
        return;
    struct cell *cells = frame_row(f, row);
    cut_wide(cells, f->cols, col, end - 1);
    for (int i = col; i < end; i++)
        cells[i] = (struct cell){.style = *style, .width = 1};
}

void frame_text(const struct frame *f, struct buf *out)
{
    for (int row = 0; row < f->rows; row++) {
        const struct cell *cells = frame_row(f, row);
        int end = f->cols;
        while (end > 0 && cells[end - 1].width == 1 && cells[end - 1].glyph == 0)
            end--;
        for (int col = 0; col < end; col++) {
            if (cells[col].width == 0)
                continue;
            char glyph[GLYPH_BYTES];
            buf_append(out, glyph, glyphs_utf8(f->glyphs, cells[col].glyph, glyph));
        }
        buf_putc(out, '\n');
    }
}
