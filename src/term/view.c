#include "term/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* What a cancelled search goes back to. */
struct stand {
    int64_t top;
    struct place cursor;
};

struct view {
    const struct vscreen *vs;
    const struct glyphs *glyphs;
    enum view_mode mode;
    int64_t top;
    int64_t entered_at; /* the line the host's cursor was in */
    int extra;          /* rows that the line being edited needs below the emulator's */
    struct place cursor;
    /* The page as it was drawn last. */
    int page_top, page_rows;
    int page_up; /* rows of the emulator's screen above the page */
    int64_t page_first;
    /* Selection */
    bool selecting;
    enum view_unit unit;
    struct place anchor;
    /* Search */
    struct search *search;
    int pending; /* a direction in which a match is still looked for */
    bool here;   /* one at the cursor counts */
    bool none;
    bool has_match;
    struct match match;
    struct stand before;
    int64_t below; /* resize: lines from the first row to the host's cursor */
};

struct view *view_new(const struct vscreen *vs, const struct glyphs *glyphs)
{
    struct view *v = xcalloc(1, sizeof *v);
    v->vs = vs;
    v->glyphs = glyphs;
    v->page_rows = vscreen_rows(vs);
    return v;
}

void view_free(struct view *v)
{
    if (!v)
        return;
    search_free(v->search);
    free(v);
}

enum view_mode view_mode(const struct view *v)
{
    return v->mode;
}

static int64_t host_line(const struct view *v)
{
    return vscreen_top(v->vs) + vscreen_cursor(v->vs).row;
}

static int64_t last_top(const struct view *v)
{
    return vscreen_top(v->vs) + v->extra;
}

static int64_t last_line(const struct view *v)
{
    return vscreen_top(v->vs) + vscreen_rows(v->vs) - 1;
}

void view_enter(struct view *v, enum view_mode mode)
{
    if (v->mode == VIEW_OFF) {
        int64_t end = vscreen_top(v->vs);
        v->extra = v->page_first > end && v->page_first < end + vscreen_rows(v->vs)
                       ? (int)(v->page_first - end)
                       : 0;
        v->top = last_top(v);
        v->entered_at = host_line(v);
        v->cursor = (struct place){.line = v->entered_at, .col = vscreen_cursor(v->vs).col};
    }
    if (mode > v->mode)
        v->mode = mode;
}

static void drop_search(struct view *v)
{
    search_free(v->search);
    v->search = NULL;
    v->pending = 0;
    v->has_match = v->none = false;
}

void view_leave(struct view *v)
{
    drop_search(v);
    v->selecting = false;
    v->mode = VIEW_OFF;
}

int64_t view_top(const struct view *v)
{
    return v->mode == VIEW_OFF ? -1 : v->top;
}

bool view_at_end(const struct view *v)
{
    return v->mode == VIEW_OFF || v->top >= last_top(v);
}

int64_t view_new_lines(const struct view *v)
{
    int64_t lines = v->mode == VIEW_OFF ? 0 : host_line(v) - v->entered_at;
    return lines > 0 ? lines : 0;
}

/* ---- moving ---- */

static void hold_top(struct view *v)
{
    int64_t first = vscreen_first(v->vs), last = last_top(v);
    if (v->top > last)
        v->top = last;
    if (v->top < first)
        v->top = first;
}

static void hold_cursor(struct view *v)
{
    if (v->cursor.line < v->top)
        v->cursor.line = v->top;
    if (v->cursor.line > v->top + v->page_rows - 1)
        v->cursor.line = v->top + v->page_rows - 1;
    if (v->cursor.line > last_line(v))
        v->cursor.line = last_line(v);
    if (v->cursor.line < vscreen_first(v->vs))
        v->cursor.line = vscreen_first(v->vs);
    if (v->cursor.col >= vscreen_cols(v->vs))
        v->cursor.col = vscreen_cols(v->vs) - 1;
}

/* The cursor goes to the edge that is moved to, so that one more row scrolls. */
void view_scroll(struct view *v, int64_t lines)
{
    v->top += lines;
    hold_top(v);
    if (v->mode != VIEW_DRAG)
        v->cursor.line = lines < 0 ? v->top : v->top + v->page_rows - 1;
    hold_cursor(v);
}

void view_home(struct view *v)
{
    v->top = vscreen_first(v->vs);
    v->cursor = (struct place){.line = v->top};
    hold_cursor(v);
}

void view_end(struct view *v)
{
    v->top = last_top(v);
    v->cursor = (struct place){.line = last_line(v)};
    hold_cursor(v);
}

static void show_cursor(struct view *v)
{
    if (v->cursor.line < v->top)
        v->top = v->cursor.line;
    if (v->cursor.line > v->top + v->page_rows - 1)
        v->top = v->cursor.line - v->page_rows + 1;
    hold_top(v);
}

bool view_command(struct view *v, int dir)
{
    int64_t line = vscreen_find_flag(v->vs, v->cursor.line, dir, LINE_PROMPT);
    if (line < 0)
        return false;
    v->top = line;
    hold_top(v);
    v->cursor = (struct place){.line = line};
    hold_cursor(v);
    return true;
}

/* Off the right half of a wide character. */
static void settle(struct view *v, int dir)
{
    struct cell *cells = xmalloc((size_t)vscreen_cols(v->vs) * sizeof *cells);
    vscreen_line(v->vs, v->cursor.line, cells);
    if (cells[v->cursor.col].width == 0) {
        if (dir > 0 && v->cursor.col + 1 < vscreen_cols(v->vs))
            v->cursor.col++;
        else
            v->cursor.col--;
    }
    free(cells);
}

void view_move(struct view *v, int rows, int cols)
{
    int64_t first = vscreen_first(v->vs), last = last_line(v);
    v->cursor.line += rows;
    if (v->cursor.line < first)
        v->cursor.line = first;
    if (v->cursor.line > last)
        v->cursor.line = last;
    v->cursor.col += cols;
    if (v->cursor.col < 0)
        v->cursor.col = 0;
    if (v->cursor.col >= vscreen_cols(v->vs))
        v->cursor.col = vscreen_cols(v->vs) - 1;
    settle(v, cols);
    show_cursor(v);
}

void view_line_start(struct view *v)
{
    v->cursor.col = 0;
}

void view_line_end(struct view *v)
{
    struct cell *cells = xmalloc((size_t)vscreen_cols(v->vs) * sizeof *cells);
    int count = vscreen_cells(v->vs, v->cursor.line, cells, NULL);
    while (count > 0 && (cells[count - 1].glyph == 0 || cells[count - 1].glyph == ' ') &&
           cells[count - 1].width == 1)
        count--;
    free(cells);
    v->cursor.col = count > 0 ? count - 1 : 0;
    settle(v, -1);
}

struct place view_cursor(const struct view *v)
{
    return v->cursor;
}

/* ---- searching ---- */

static void go_to_match(struct view *v, const struct match *match)
{
    v->match = *match;
    v->has_match = true;
    v->cursor = match->from;
    if (match->from.line < v->top || match->from.line > v->top + v->page_rows - 1)
        v->top = match->from.line - v->page_rows / 2;
    hold_top(v);
}

/* What is asked for and known by now. */
static bool answer(struct view *v)
{
    struct match match;
    if (!v->pending)
        return false;
    enum search_result result = search_find(v->search, v->cursor, v->pending, v->here, &match);
    if (result == SEARCH_WAIT)
        return false;
    v->pending = 0;
    v->none = result == SEARCH_NONE;
    if (result == SEARCH_FOUND)
        go_to_match(v, &match);
    return true;
}

void view_search(struct view *v, const char *text, size_t len, int dir)
{
    drop_search(v);
    struct pattern *pattern = pattern_new(text, len);
    if (!pattern)
        return;
    v->search = search_new(v->vs, v->glyphs, pattern, v->cursor, dir);
    v->pending = dir;
    v->here = dir > 0;
}

void view_search_begin(struct view *v)
{
    v->before = (struct stand){.top = v->top, .cursor = v->cursor};
}

void view_search_cancel(struct view *v)
{
    drop_search(v);
    v->top = v->before.top;
    v->cursor = v->before.cursor;
    hold_top(v);
    hold_cursor(v);
}

void view_search_next(struct view *v, int dir)
{
    if (!v->search)
        return;
    v->pending = dir;
    v->here = false;
    answer(v);
}

bool view_step(struct view *v, bool *moved)
{
    *moved = false;
    if (v->mode != VIEW_OFF) {
        /* Lines fall out of the scrollback. */
        hold_top(v);
        if (!v->selecting)
            hold_cursor(v);
    }
    if (!v->search)
        return false;
    int64_t total = search_total(v->search);
    bool done = search_done(v->search);
    bool more = search_step(v->search);
    *moved = answer(v) || total != search_total(v->search) || done != search_done(v->search);
    return more;
}

struct view_matches view_matches(struct view *v)
{
    struct view_matches m = {0};
    if (!v->search)
        return m;
    m.searching = !search_done(v->search);
    m.none = v->none;
    m.total = search_total(v->search);
    if (v->has_match)
        m.index = search_index(v->search, v->match.from);
    return m;
}

bool view_has_search(const struct view *v)
{
    return v->search != NULL;
}

/* ---- the mouse ---- */

void view_point(struct view *v, int row, int col)
{
    int at = row - v->page_top;
    at = at < 0 ? 0 : at >= v->page_rows ? v->page_rows - 1 : at;
    int64_t first = v->mode == VIEW_OFF ? v->page_first : v->top;
    v->cursor.line = first + at;
    if (v->cursor.line > last_line(v))
        v->cursor.line = last_line(v);
    v->cursor.col = col < 0 ? 0 : col >= vscreen_cols(v->vs) ? vscreen_cols(v->vs) - 1 : col;
    settle(v, -1);
}

int view_outside(const struct view *v, int row)
{
    return row < v->page_top ? -1 : row >= v->page_top + v->page_rows ? 1 : 0;
}

int view_screen_row(const struct view *v, int row)
{
    return row - v->page_top + v->page_up;
}

/* ---- selection ---- */

void view_select(struct view *v, enum view_unit unit)
{
    v->selecting = true;
    v->unit = unit;
    v->anchor = v->cursor;
}

void view_select_none(struct view *v)
{
    v->selecting = false;
}

bool view_selecting(const struct view *v)
{
    return v->selecting;
}

static bool is_word(const struct piece *p, size_t byte)
{
    return !strchr(" \t()[]{}<>\"'`|;,", buf_data(&p->text)[byte]);
}

/* The word at a place of the piece: what has no blanks, quotes or brackets in it. */
static struct match word_at(const struct view *v, const struct piece *p, struct place place)
{
    uint32_t cell =
        (uint32_t)(place.line - p->line) * (uint32_t)vscreen_cols(v->vs) + (uint32_t)place.col;
    size_t byte = 0, len = p->text.len;
    while (byte < len && p->at[byte] < cell)
        byte++;
    if (byte == len || !is_word(p, byte))
        return (struct match){place, place};
    size_t from = byte, to = byte;
    while (from > 0 && is_word(p, from - 1))
        from--;
    while (to + 1 < len && is_word(p, to + 1))
        to++;
    return (struct match){piece_place(p, v->vs, from), piece_place(p, v->vs, to)};
}

static struct match unit_at(const struct view *v, struct place place)
{
    struct match m = {place, place};
    if (v->unit == UNIT_WORD) {
        struct piece piece = {0};
        piece_read(&piece, v->vs, v->glyphs, place.line);
        m = word_at(v, &piece, place);
        piece_release(&piece);
    } else if (v->unit == UNIT_LINE) {
        piece_rows(v->vs, place.line, &m.from.line, &m.to.line);
        m.from.col = 0;
        m.to.col = vscreen_cols(v->vs) - 1;
    }
    return m;
}

static struct match selection(const struct view *v)
{
    struct match a = unit_at(v, v->anchor), b = unit_at(v, v->cursor);
    return (struct match){
        .from = place_compare(a.from, b.from) < 0 ? a.from : b.from,
        .to = place_compare(a.to, b.to) > 0 ? a.to : b.to,
    };
}

static void trim(struct buf *out, size_t start)
{
    while (out->len > start && buf_data(out)[out->len - 1] == ' ')
        out->len--;
}

void view_selected(const struct view *v, struct buf *out)
{
    if (!v->selecting)
        return;
    struct match m = selection(v);
    int cols = vscreen_cols(v->vs);
    struct cell *cells = xmalloc((size_t)cols * sizeof *cells);
    size_t start = out->len; /* of the line, soft-wrapped ones being one */
    int64_t line = m.from.line, first = vscreen_first(v->vs);
    for (line = line < first ? first : line; line <= m.to.line; line++) {
        unsigned flags;
        int count = vscreen_cells(v->vs, line, cells, &flags);
        int end = line == m.to.line && m.to.col + 1 < count ? m.to.col + 1 : count;
        for (int col = line == m.from.line ? m.from.col : 0; col < end; col++) {
            char utf8[GLYPH_BYTES];
            if (cells[col].width > 0)
                buf_append(out, utf8, glyphs_utf8(v->glyphs, cells[col].glyph, utf8));
        }
        if ((flags & LINE_WRAPPED) && line < m.to.line)
            continue;
        trim(out, start);
        if (line < m.to.line)
            buf_putc(out, '\n');
        start = out->len;
    }
    free(cells);
}

bool view_last_output(const struct vscreen *vs, int64_t *from, int64_t *to)
{
    int64_t end = vscreen_top(vs) + vscreen_rows(vs);
    int64_t prompt = vscreen_find_flag(vs, end, -1, LINE_PROMPT);
    int64_t output = prompt < 0 ? -1 : vscreen_find_flag(vs, prompt + 1, -1, LINE_OUTPUT);
    if (output < 0)
        return false;
    *from = output;
    /* A command that printed nothing: the next prompt stands where its output began. */
    int64_t next = vscreen_find_flag(vs, output - 1, 1, LINE_PROMPT);
    *to = next - 1;
    return next >= 0;
}

/* ---- size ---- */

/* How many of the lines from..to are not soft-wrapped: that does not change with the width. */
static int64_t count_lines(const struct view *v, int64_t from, int64_t to)
{
    int64_t count = 0;
    for (int64_t line = from; line < to; line++)
        count += !(vscreen_line_flags(v->vs, line) & LINE_WRAPPED);
    return count;
}

void view_resize_begin(struct view *v)
{
    v->below = v->mode == VIEW_OFF ? 0 : count_lines(v, v->top, host_line(v));
}

void view_resize_end(struct view *v)
{
    v->extra = 0;
    v->page_rows = vscreen_rows(v->vs);
    v->page_first = vscreen_top(v->vs);
    if (v->mode == VIEW_OFF)
        return;
    v->selecting = false;
    int64_t line = host_line(v), first = vscreen_first(v->vs);
    for (int64_t left = v->below; line > first; line--) {
        if (!(vscreen_line_flags(v->vs, line - 1) & LINE_WRAPPED) && --left < 0)
            break;
    }
    v->top = line;
    v->entered_at = host_line(v);
    hold_top(v);
    v->cursor = (struct place){.line = v->top};
    v->has_match = false;
    if (v->search)
        search_restart(v->search, v->cursor);
}

/* ---- drawing ---- */

/* Reversed, whatever the cells were; the text about them is not. */
static void mark(const struct view *v, struct frame *f, struct place from, struct place to,
                 uint16_t attrs)
{
    int64_t last = v->page_first + v->page_rows - 1;
    int64_t line = from.line < v->page_first ? v->page_first : from.line;
    for (; line <= to.line && line <= last; line++) {
        struct cell *cells = frame_row(f, v->page_top + (int)(line - v->page_first));
        int col = line == from.line ? from.col : 0;
        int end = line == to.line ? to.col + 1 : f->cols;
        if (col < end && end < f->cols && cells[end].width == 0)
            end++;
        for (; col < end && col < f->cols; col++) {
            cells[col].style.attrs ^= ATTR_REVERSE;
            cells[col].style.attrs |= attrs;
        }
    }
}

static void draw_matches(const struct view *v, struct frame *f)
{
    struct piece p = {0};
    const struct pattern *pattern = search_pattern(v->search);
    int64_t end = v->page_first + v->page_rows;
    for (int64_t line = v->page_first; line < end && line <= last_line(v); line = p.line + p.rows) {
        piece_read(&p, v->vs, v->glyphs, line);
        const char *data = (const char *)buf_data(&p.text);
        size_t at = 0, to = 0;
        while (p.text.len > 0 && pattern_find(pattern, data, p.text.len, to, &at, &to)) {
            struct match m = {piece_place(&p, v->vs, at), piece_place(&p, v->vs, to - 1)};
            bool current = v->has_match && place_compare(m.from, v->match.from) == 0;
            mark(v, f, m.from, m.to, current ? ATTR_BOLD | 1 << ATTR_UNDERLINE_SHIFT : 0);
        }
    }
    piece_release(&p);
}

void view_draw(struct view *v, struct frame *f, int top, int rows, int64_t first)
{
    v->page_top = top;
    v->page_rows = rows;
    v->page_first = first;
    v->page_up = (int)(first - vscreen_top(v->vs));
    if (v->mode == VIEW_OFF)
        return;
    if (v->selecting) {
        struct match m = selection(v);
        mark(v, f, m.from, m.to, 0);
    } else if (v->search) {
        draw_matches(v, f);
    }
}

void view_place_cursor(const struct view *v, struct frame *f)
{
    int64_t row = v->cursor.line - v->page_first;
    f->cursor_visible = v->mode >= VIEW_PAGE && row >= 0 && row < v->page_rows;
    f->cursor_row = v->page_top + (f->cursor_visible ? (int)row : v->page_rows - 1);
    f->cursor_col = v->cursor.col < f->cols ? v->cursor.col : f->cols - 1;
    f->cursor_shape = 0;
}
