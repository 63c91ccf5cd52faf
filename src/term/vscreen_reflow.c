/*
 * Resizing. The main screen's lines, the scrollback's and the screen's, are written anew in
 * the new width into a fresh scrollback, soft-wrapped ones joined first; then the last of
 * them come back onto the screen.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "term/vscreen_priv.h"

/* A cell to be found again. */
struct mark {
    int64_t line; /* -1: not found */
    int col;
};

enum { MARK_CURSOR, MARK_SAVED, MARK_TOP, MARKS };

struct reflow {
    struct scrollback *out;
    struct cell *row; /* being filled; it becomes the line scrollback_end(out) */
    int used, cols;
    unsigned flags;
    bool open; /* the last line was soft-wrapped: the next one joins it */
    struct mark from[MARKS], to[MARKS];
};

static void end_row(struct reflow *r, bool wrapped)
{
    scrollback_push(r->out, r->row, r->used, r->flags | (wrapped ? LINE_WRAPPED : 0));
    r->used = 0;
    r->flags = 0;
}

static void make_room(struct reflow *r, int width)
{
    if (r->used > 0 && r->used + width > r->cols)
        end_row(r, true);
}

static void move_marks(struct reflow *r, int64_t line, int from, int to, int past)
{
    for (int m = 0; m < MARKS; m++) {
        const struct mark *mark = &r->from[m];
        if (mark->line != line || mark->col < from || mark->col >= to)
            continue;
        int col = r->used + (past ? mark->col - from : 0);
        r->to[m] = (struct mark){scrollback_end(r->out), col};
    }
}

static void add_cell(struct reflow *r, const struct cell *cell)
{
    r->row[r->used] = *cell;
    if (cell->width > r->cols) {
        r->row[r->used].glyph = UTF8_REPLACEMENT;
        r->row[r->used].width = 1;
    }
    r->used++;
}

/* The cells of a line but for blanks at its end, which do not wrap. */
static int content_cells(const struct cell *cells, int count)
{
    while (count > 0 && cells[count - 1].glyph == 0 && cells[count - 1].width == 1)
        count--;
    return count;
}

static void add_line(struct reflow *r, int64_t line, const struct cell *cells, int count,
                     unsigned flags)
{
    bool wrapped = flags & LINE_WRAPPED;
    int content = wrapped ? count : content_cells(cells, count);
    make_room(r, content > 0 ? cells[0].width : 1);
    r->flags |= flags & ~(unsigned)LINE_WRAPPED;
    for (int col = 0; col < content; col++) {
        if (cells[col].width == 0 && r->cols < 2)
            continue; /* its left half became a narrow replacement */
        make_room(r, cells[col].width);
        move_marks(r, line, col, col + 1, 0);
        add_cell(r, &cells[col]);
    }
    move_marks(r, line, content, VSCREEN_SIZE_MAX, 1);
    for (int col = content; col < count && r->used < r->cols; col++)
        add_cell(r, &cells[col]);
    r->open = wrapped;
    if (!wrapped)
        end_row(r, false);
}

static void add_scrollback(struct reflow *r, const struct scrollback *from)
{
    struct cell *cells = xmalloc(VSCREEN_SIZE_MAX * sizeof(struct cell));
    for (int64_t line = scrollback_first(from); line < scrollback_end(from); line++) {
        unsigned flags = scrollback_flags(from, line);
        if (!r->open && !(flags & LINE_WRAPPED) && scrollback_count(from, line) <= r->cols) {
            scrollback_push_copy(r->out, from, line);
            continue;
        }
        int count = scrollback_cells(from, line, cells, VSCREEN_SIZE_MAX);
        add_line(r, line, cells, count, flags);
    }
    free(cells);
}

static struct row *rows_new(int rows, int cols)
{
    struct row *ring = xcalloc((size_t)rows, sizeof *ring);
    for (int i = 0; i < rows; i++)
        ring[i].cells = xmalloc((size_t)cols * sizeof(struct cell));
    return ring;
}

static void replace_rows(struct vscreen *vs, struct page *page, struct row *ring)
{
    struct page old = *page;
    page_release(vs, &old);
    page->ring = ring;
    page->head = 0;
}

/* The new top line: where the old one went, but lower if else the end were not shown; a
   screen that was full to its bottom stays so. The cursor is always in sight. */
static int64_t new_top(const struct reflow *r, int rows, bool full)
{
    int64_t top = r->to[MARK_TOP].line;
    int64_t lowest = scrollback_end(r->out) - rows;
    if (full || top < lowest)
        top = lowest;
    if (top > r->to[MARK_CURSOR].line)
        top = r->to[MARK_CURSOR].line;
    return top > scrollback_first(r->out) ? top : scrollback_first(r->out);
}

static void collect(struct vscreen *vs, struct reflow *r, int content)
{
    add_scrollback(r, vs->scrollback);
    int64_t top = scrollback_end(vs->scrollback);
    for (int i = 0; i < content; i++) {
        const struct row *row = row_at(vs, &vs->main, i);
        add_line(r, top + i, row->cells, row->used, row->flags);
    }
    if (r->open)
        end_row(r, false);
}

static struct row *take_rows(struct reflow *r, int64_t top, int rows, int cols)
{
    struct row *ring = rows_new(rows, cols);
    int64_t end = scrollback_end(r->out);
    for (int i = 0; i < rows && top + i < end; i++) {
        ring[i].used = scrollback_cells(r->out, top + i, ring[i].cells, cols);
        ring[i].flags = scrollback_flags(r->out, top + i);
    }
    if (top + rows < end) /* what it went on with is lost */
        ring[rows - 1].flags &= ~(unsigned)LINE_WRAPPED;
    scrollback_truncate(r->out, top);
    return ring;
}

static struct pos new_pos(const struct reflow *r, int m, const struct pos *old, int64_t top,
                          int rows, int cols)
{
    struct pos pos = {(int)(r->to[m].line - top), r->to[m].col, false};
    if (r->to[m].line < 0) /* below all content */
        pos = (struct pos){old->row, old->col, false};
    if (old->wrap_next)
        pos.col++;
    pos.wrap_next = pos.col == cols; /* right behind a full row */
    pos.row = pos.row < 0 ? 0 : pos.row < rows ? pos.row : rows - 1;
    pos.col = pos.col < cols ? pos.col : cols - 1;
    return pos;
}

static void resize_main(struct vscreen *vs, int rows, int cols)
{
    struct pos *cursor = vs->page == &vs->main ? &vs->cursor : &vs->main.left_at;
    struct pos *saved = &vs->main.saved.at;
    int64_t old_top = scrollback_end(vs->scrollback);
    int content = grid_content_rows(vs, &vs->main);
    bool full = content == vs->rows;
    if (content <= cursor->row)
        content = cursor->row + 1;

    struct reflow r = {.cols = cols};
    r.row = xmalloc((size_t)cols * sizeof(struct cell));
    r.out = scrollback_new(vs->scrollback_lines + (int64_t)vs->rows * vs->cols + rows,
                           scrollback_first(vs->scrollback));
    r.from[MARK_CURSOR] = (struct mark){old_top + cursor->row, cursor->col};
    r.from[MARK_SAVED] = (struct mark){old_top + saved->row, saved->col};
    r.from[MARK_TOP] = (struct mark){old_top, 0};
    for (int m = 0; m < MARKS; m++)
        r.to[m] = (struct mark){-1, 0};
    collect(vs, &r, content);

    int64_t top = new_top(&r, rows, full);
    *cursor = new_pos(&r, MARK_CURSOR, cursor, top, rows, cols);
    *saved = new_pos(&r, MARK_SAVED, saved, top, rows, cols);
    replace_rows(vs, &vs->main, take_rows(&r, top, rows, cols));
    scrollback_limit(r.out, vs->scrollback_lines);
    scrollback_free(vs->scrollback);
    vs->scrollback = r.out;
    free(r.row);
}

static void hold(struct pos *pos, int rows, int cols)
{
    if (pos->row >= rows)
        pos->row = rows - 1;
    if (pos->col >= cols)
        pos->col = cols - 1;
    pos->wrap_next = false;
}

/* Cut or padded at the right and at the bottom; at the top if else the cursor were cut off. */
static void resize_alternate(struct vscreen *vs, int rows, int cols)
{
    struct pos *cursor = vs->page == &vs->alternate ? &vs->cursor : &vs->alternate.left_at;
    int skip = cursor->row >= rows ? cursor->row - rows + 1 : 0;
    struct row *ring = rows_new(rows, cols);
    for (int i = 0; i < rows && i + skip < vs->rows; i++) {
        struct row *old = row_at(vs, &vs->alternate, i + skip);
        row_cut_wide(old, cols);
        ring[i].used = old->used < cols ? old->used : cols;
        ring[i].flags = old->flags & ~(unsigned)LINE_WRAPPED;
        memcpy(ring[i].cells, old->cells, (size_t)ring[i].used * sizeof(struct cell));
    }
    replace_rows(vs, &vs->alternate, ring);
    cursor->row -= skip;
    hold(cursor, rows, cols);
    hold(&vs->alternate.saved.at, rows, cols);
}

void vscreen_resize(struct vscreen *vs, int rows, int cols)
{
    rows = rows < 1 ? 1 : rows > VSCREEN_SIZE_MAX ? VSCREEN_SIZE_MAX : rows;
    cols = cols < 1 ? 1 : cols > VSCREEN_SIZE_MAX ? VSCREEN_SIZE_MAX : cols;
    if (rows == vs->rows && cols == vs->cols)
        return;
    resize_main(vs, rows, cols);
    resize_alternate(vs, rows, cols);
    int old_cols = vs->cols;
    vs->rows = rows;
    vs->cols = cols;
    vs->scratch = xrealloc(vs->scratch, (size_t)rows * sizeof *vs->scratch);
    vs->tabs = xrealloc(vs->tabs, (size_t)cols * sizeof *vs->tabs);
    tabs_reset(vs, old_cols);
    vs->region_top = 0;
    vs->region_bottom = rows;
    vs->changes++;
}
