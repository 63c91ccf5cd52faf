#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "term/vscreen_priv.h"

void page_init(struct vscreen *vs, struct page *page)
{
    *page = (struct page){.ring = xcalloc((size_t)vs->rows, sizeof(struct row))};
    for (int r = 0; r < vs->rows; r++)
        page->ring[r].cells = xmalloc((size_t)vs->cols * sizeof(struct cell));
}

void page_release(struct vscreen *vs, struct page *page)
{
    for (int r = 0; r < vs->rows; r++)
        free(page->ring[r].cells);
    free(page->ring);
    page->ring = NULL;
}

static void fill(struct row *row, int from, int to, uint32_t background)
{
    for (int col = from; col < to; col++)
        row->cells[col] = (struct cell){.style = {.bg = background}, .width = 1};
}

void row_extend(struct row *row, int col)
{
    if (row->used < col) {
        fill(row, row->used, col, COLOR_DEFAULT);
        row->used = col;
    }
}

void row_cut_wide(struct row *row, int col)
{
    if (col > 0 && col < row->used && row->cells[col].width == 0) {
        blank_cell(&row->cells[col - 1]);
        blank_cell(&row->cells[col]);
    }
}

void row_erase(struct vscreen *vs, struct row *row, int from, int to)
{
    if (from >= to)
        return;
    row_cut_wide(row, from);
    row_cut_wide(row, to);
    if (to == vs->cols)
        row->flags &= ~(unsigned)LINE_WRAPPED;
    if (vs->pen.bg == COLOR_DEFAULT && to >= row->used) {
        if (row->used > from)
            row->used = from;
        return;
    }
    row_extend(row, from);
    fill(row, from, to, vs->pen.bg);
    if (row->used < to)
        row->used = to;
}

void row_clear(struct vscreen *vs, struct row *row)
{
    row->flags = 0;
    row->used = 0;
    if (vs->pen.bg != COLOR_DEFAULT)
        row_erase(vs, row, 0, vs->cols);
}

void row_insert(struct vscreen *vs, struct row *row, int col, int count)
{
    if (count > vs->cols - col)
        count = vs->cols - col;
    row_cut_wide(row, col);
    if (row->used > col) {
        int used = row->used + count < vs->cols ? row->used + count : vs->cols;
        row_cut_wide(row, used - count);
        memmove(row->cells + col + count, row->cells + col,
                (size_t)(used - col - count) * sizeof(struct cell));
        row->used = used;
    } else if (vs->pen.bg == COLOR_DEFAULT) {
        return;
    } else {
        row_extend(row, col);
        row->used = col + count;
    }
    fill(row, col, col + count, vs->pen.bg);
}

void row_delete(struct vscreen *vs, struct row *row, int col, int count)
{
    if (count > vs->cols - col)
        count = vs->cols - col;
    row->flags &= ~(unsigned)LINE_WRAPPED;
    row_cut_wide(row, col);
    row_cut_wide(row, col + count);
    if (row->used > col + count) {
        memmove(row->cells + col, row->cells + col + count,
                (size_t)(row->used - col - count) * sizeof(struct cell));
        row->used -= count;
    } else if (row->used > col) {
        row->used = col;
    }
    if (vs->pen.bg != COLOR_DEFAULT)
        row_erase(vs, row, vs->cols - count, vs->cols);
}

/* What is worth keeping of a row: not the blanks at its end. */
static int kept_cells(const struct row *row)
{
    static const struct style plain;
    int used = row->used;
    while (used > 0 && row->cells[used - 1].glyph == 0 && row->cells[used - 1].width == 1 &&
           memcmp(&row->cells[used - 1].style, &plain, sizeof plain) == 0)
        used--;
    return used;
}

static void push_rows(struct vscreen *vs, int count)
{
    for (int r = 0; r < count; r++) {
        const struct row *row = row_at(vs, &vs->main, r);
        scrollback_push(vs->scrollback, row->cells, kept_cells(row), row->flags);
    }
}

/* Moves rows top.. bottom - 1 by `count` places, upwards, the first ones coming round to the
   end. Only the rows' headers move. */
static void rotate(struct vscreen *vs, int top, int bottom, int count)
{
    for (int r = top; r < bottom; r++)
        vs->scratch[r] = *row_at(vs, vs->page, r);
    for (int r = top; r < bottom; r++) {
        int from = r + count < bottom ? r + count : r + count - (bottom - top);
        *row_at(vs, vs->page, r) = vs->scratch[from];
    }
}

void grid_break_wraps(struct vscreen *vs, int top, int bottom)
{
    if (top > 0)
        row_at(vs, vs->page, top - 1)->flags &= ~(unsigned)LINE_WRAPPED;
    row_at(vs, vs->page, bottom - 1)->flags &= ~(unsigned)LINE_WRAPPED;
}

/* The whole main screen by one line: what every line of long output does. */
static void scroll_line(struct vscreen *vs)
{
    struct row *row = row_at(vs, &vs->main, 0);
    scrollback_push(vs->scrollback, row->cells, kept_cells(row), row->flags);
    vs->main.head = vs->main.head + 1 < vs->rows ? vs->main.head + 1 : 0;
    row_clear(vs, row);
}

void grid_scroll_up(struct vscreen *vs, int top, int bottom, int count)
{
    if (count == 1 && top == 0 && bottom == vs->rows && vs->page == &vs->main) {
        scroll_line(vs);
        return;
    }
    if (count > bottom - top)
        count = bottom - top;
    if (top == 0 && vs->page == &vs->main)
        push_rows(vs, count);
    grid_delete_rows(vs, top, bottom, count);
}

void grid_delete_rows(struct vscreen *vs, int top, int bottom, int count)
{
    if (count > bottom - top)
        count = bottom - top;
    if (top == 0 && bottom == vs->rows) {
        vs->page->head += count;
        if (vs->page->head >= vs->rows)
            vs->page->head -= vs->rows;
    } else {
        if (top > 0)
            row_at(vs, vs->page, top - 1)->flags &= ~(unsigned)LINE_WRAPPED;
        rotate(vs, top, bottom, count);
    }
    for (int r = bottom - count; r < bottom; r++)
        row_clear(vs, row_at(vs, vs->page, r));
}

void grid_scroll_down(struct vscreen *vs, int top, int bottom, int count)
{
    if (count > bottom - top)
        count = bottom - top;
    grid_break_wraps(vs, top, bottom);
    if (count < bottom - top)
        row_at(vs, vs->page, bottom - 1 - count)->flags &= ~(unsigned)LINE_WRAPPED;
    rotate(vs, top, bottom, bottom - top - count);
    for (int r = top; r < top + count; r++)
        row_clear(vs, row_at(vs, vs->page, r));
}

int grid_content_rows(const struct vscreen *vs, const struct page *page)
{
    int rows = vs->rows;
    while (rows > 0 && row_at(vs, page, rows - 1)->used == 0 &&
           row_at(vs, page, rows - 1)->flags == 0)
        rows--;
    return rows;
}

void grid_save_screen(struct vscreen *vs)
{
    if (vs->page != &vs->main)
        return;
    int rows = grid_content_rows(vs, &vs->main);
    if (rows > 0)
        row_at(vs, &vs->main, rows - 1)->flags &= ~(unsigned)LINE_WRAPPED;
    push_rows(vs, rows);
}
