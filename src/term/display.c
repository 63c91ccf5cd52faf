#include "term/display.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "term/pen.h"
#include "term/scroll.h"

#define TITLE_KEEP "\033[22;2t"
#define TITLE_BACK "\033[23;2t"

#define SYNC_MIN   64 /* bytes: a smaller change is drawn at once anyway */
#define REPEAT_MAX 4  /* cells drawn again rather than stepped over */
#define ERASE_MIN  4  /* blanks at a row's end that are worth EL */
#define ECH_MIN    12 /* blanks within a row that are worth ECH and a step */

struct display {
    const struct terminfo *ti;
    struct pen pen;
    bool private_modes;
    bool ansi;                             /* CUP, CUF and friends are ECMA-48's */
    uint8_t kitty_keys, modify_other_keys; /* as the terminal was last told */
    struct cell *was, *want;               /* one row each, normalised */
    int cols;                              /* of these */
    struct buf body;
};

/* One frame being drawn. */
struct drawing {
    struct display *d;
    const struct frame *old; /* NULL: the screen is blank */
    const struct frame *new;
    struct scroll moved;
    struct buf *out;
    int row, col; /* where the terminal's cursor is; row -1: unknown; col == cols: about to wrap */
};

struct display *display_new(const struct terminfo *ti, bool utf8, bool color)
{
    struct display *d = xcalloc(1, sizeof *d);
    d->ti = ti;
    d->private_modes = terminfo_xterm(ti);
    const char *cup = terminfo_string(ti, TI_CUP);
    d->ansi = cup && strcmp(cup, "\033[%i%p1%d;%p2%dH") == 0;
    pen_init(&d->pen, ti, utf8, color);
    return d;
}

void display_free(struct display *d)
{
    if (!d)
        return;
    free(d->was);
    free(d->want);
    buf_release(&d->body);
    free(d);
}

void display_enter(struct display *d, struct buf *out)
{
    terminfo_put(d->ti, out, TI_SMCUP, 0, 0);
    /* The title is kept for later; so is the wheel's meaning, which differs by terminal. */
    if (d->private_modes)
        buf_puts(out, TITLE_KEEP "\033[?2004h\033[?1004l\033[?1007s\033[?1007l");
    terminfo_put(d->ti, out, TI_SGR0, 0, 0);
    terminfo_put(d->ti, out, TI_CLEAR, 0, 0);
}

void display_leave(struct display *d, struct buf *out)
{
    /* It may be written in the middle of anything: CAN ends a sequence cut in half. All that
       could be on is turned off, because nothing is known about when this will be sent. */
    if (d->private_modes)
        buf_puts(out, "\030\033]8;;\033\\\033[?1003;1002;1000;1006l\033[?1004l\033[?2004l"
                      "\033[?1007r\033[0 q\033[=0;1u\033[>4m");
    d->kitty_keys = d->modify_other_keys = 0;
    terminfo_put(d->ti, out, TI_RMACS, 0, 0);
    terminfo_put(d->ti, out, TI_SGR0, 0, 0);
    if (d->ansi && terminfo_string(d->ti, TI_CSR))
        buf_puts(out, "\033[r");
    terminfo_put(d->ti, out, TI_CNORM, 0, 0);
    if (!terminfo_put(d->ti, out, TI_RMCUP, 0, 0))
        terminfo_put(d->ti, out, TI_CLEAR, 0, 0);
    if (d->private_modes)
        buf_puts(out, TITLE_BACK "\033[?2026l");
}

void display_ask(const struct display *d, struct buf *out)
{
    if (!d->private_modes)
        return;
    /* Old terminals take XTQMODKEYS for SGR: the pen is put right behind it. */
    buf_puts(out, "\033[?u\033[?4m\033[m");
    for (int slot = 10; slot <= 12; slot++)
        buf_printf(out, "\033]%d;?\033\\", slot);
    buf_puts(out, "\033]4");
    for (int slot = 0; slot < 16; slot++)
        buf_printf(out, ";%d;?", slot);
    buf_puts(out, "\033\\\033[c");
}

/* --- cells --- */

static bool same_style(const struct style *a, const struct style *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static bool is_blank(const struct cell *cell)
{
    return cell->glyph == 0 && cell->width == 1;
}

/* A blank that erasing makes: nothing but its background. */
static bool is_erased(const struct cell *cell)
{
    return is_blank(cell) && cell->style.attrs == 0 && cell->style.link == 0 &&
           cell->style.fg == COLOR_DEFAULT && cell->style.ul == COLOR_DEFAULT;
}

/* What a blank's style holds that cannot be seen is dropped, so that more blanks are equal. */
static void strip_blank(struct style *style)
{
    const unsigned lines = ATTR_UNDERLINE | ATTR_STRIKE | ATTR_OVERLINE;
    if (style->attrs & (lines | ATTR_REVERSE))
        return;
    style->attrs = 0;
    style->fg = COLOR_DEFAULT;
    style->ul = COLOR_DEFAULT;
}

/* One row of a frame (NULL, or row -1: blank) in the one form that compares and draws: whole
   wide characters only, blanks as glyph 0. */
static void normal_row(const struct frame *f, int row, int cols, struct cell *out)
{
    static const struct cell blank = {.width = 1};
    const struct cell *in = f && row >= 0 ? frame_row(f, row) : NULL;
    for (int col = 0; col < cols; col++) {
        struct cell cell = in ? in[col] : blank;
        bool wide = cell.width == 2 && col + 1 < cols && in[col + 1].width == 0;
        if (cell.glyph == ' ' || (cell.width != 1 && !wide))
            cell.glyph = 0;
        cell.width = wide ? 2 : 1;
        memset(cell.pad, 0, sizeof cell.pad);
        if (is_blank(&cell))
            strip_blank(&cell.style);
        out[col] = cell;
        if (wide)
            out[++col] = (struct cell){.style = cell.style};
    }
}

static bool same_tables(const struct drawing *g)
{
    return g->old->glyphs == g->new->glyphs && g->old->screen == g->new->screen;
}

/* Indices into another table mean nothing in ours: such cells equal none. */
static void forget_foreign(const struct drawing *g, struct cell *was, int cols)
{
    bool glyphs = g->old->glyphs == g->new->glyphs, links = g->old->screen == g->new->screen;
    if (same_tables(g))
        return;
    for (int col = 0; col < cols; col++)
        if ((!glyphs && was[col].glyph & GLYPH_CLUSTER) || (!links && was[col].style.link))
            memset(&was[col], 0xff, sizeof was[col]);
}

/* --- moving --- */

static void put_cup(struct drawing *g, int row, int col)
{
    if (!g->d->ansi)
        terminfo_put(g->d->ti, g->out, TI_CUP, row, col);
    else if (col > 0)
        buf_printf(g->out, "\033[%d;%dH", row + 1, col + 1);
    else if (row > 0)
        buf_printf(g->out, "\033[%dH", row + 1);
    else
        buf_puts(g->out, "\033[H");
}

/* The cells from the cursor up to `col` as text, if they are plain ones in the pen we have. */
static bool repeat_cells(struct drawing *g, int col)
{
    const struct cell *cells = g->d->want;
    if (col - g->col > REPEAT_MAX)
        return false;
    for (int i = g->col; i < col; i++)
        if (cells[i].width != 1 || cells[i].glyph >= 0x7f ||
            !same_style(&cells[i].style, &g->d->pen.asked) || g->d->pen.in_acs)
            return false;
    for (int i = g->col; i < col; i++)
        buf_putc(g->out, cells[i].glyph ? (char)cells[i].glyph : ' ');
    return true;
}

/* A short way within the row, if there is one. `drawn`: the row is the one being drawn. */
static bool step_in_row(struct drawing *g, int col, bool drawn)
{
    if (g->col >= g->new->cols)
        return false;
    if (col < g->col && g->col - col <= 3) {
        buf_append(g->out, "\b\b\b", (size_t)(g->col - col));
        return true;
    }
    if (col < g->col)
        return false;
    if (drawn && repeat_cells(g, col))
        return true;
    if (!g->d->ansi)
        return false;
    if (col - g->col == 1)
        buf_puts(g->out, "\033[C");
    else
        buf_printf(g->out, "\033[%dC", col - g->col);
    return true;
}

/* Move to row, col. `drawn`: it is the row that want holds, so its cells may be repeated. */
static void move_to(struct drawing *g, int row, int col, bool drawn)
{
    if (g->row == row && g->col == col)
        return;
    bool wrapped = terminfo_auto_margin_bug(g->d->ti) && g->col >= g->new->cols;
    if (g->row >= 0 && !wrapped && row >= g->row && row - g->row <= 2 && col == 0) {
        buf_putc(g->out, '\r');
        buf_append(g->out, "\n\n", (size_t)(row - g->row));
    } else if (g->row != row || wrapped || !step_in_row(g, col, drawn)) {
        put_cup(g, row, col);
    }
    g->row = row;
    g->col = col;
}

/* --- drawing --- */

static void put_cell(struct drawing *g, int row, int col)
{
    const struct cell *cell = &g->d->want[col];
    move_to(g, row, col, true);
    pen_set(&g->d->pen, &cell->style, g->out);
    pen_glyph(&g->d->pen, g->new->glyphs, cell->glyph, cell->width, g->out);
    g->col += cell->width;
    /* Terminals disagree about the width of clusters and emoji: say where we are again. */
    if (cell->glyph & GLYPH_CLUSTER || cell->glyph >= 0x1f000)
        g->row = -1;
}

/* Where blanks begin that erasing to the end of the row makes; cols if it is not worth it. */
static int erase_from(const struct drawing *g, int first, int last)
{
    const struct cell *want = g->d->want;
    int cols = g->new->cols, from = cols;
    const struct style *style = &want[cols - 1].style;
    if (!terminfo_string(g->d->ti, TI_EL) ||
        (style->bg != COLOR_DEFAULT && !terminfo_bce(g->d->ti)))
        return cols;
    while (from > first && is_erased(&want[from - 1]) && same_style(&want[from - 1].style, style))
        from--;
    while (from <= last && same_cell(&want[from], &g->d->was[from]))
        from++;
    return last - from + 1 >= ERASE_MIN ? from : cols;
}

/* How many cells from col to last ECH could blank; 0 if it is not worth it. */
static int erasable_run(const struct drawing *g, int col, int last)
{
    const struct cell *want = g->d->want;
    if (!g->d->ansi || !terminfo_string(g->d->ti, TI_ECH) ||
        (want[col].style.bg != COLOR_DEFAULT && !terminfo_bce(g->d->ti)))
        return 0;
    int end = col;
    while (end <= last && is_erased(&want[end]) && same_style(&want[end].style, &want[col].style))
        end++;
    return end - col >= ECH_MIN ? end - col : 0;
}

static void draw_cells(struct drawing *g, int row, int first, int last)
{
    struct display *d = g->d;
    int erase = erase_from(g, first, last);
    for (int col = first; col <= last;) {
        if (col == erase) {
            move_to(g, row, col, true);
            pen_set(&d->pen, &d->want[col].style, g->out);
            terminfo_put(d->ti, g->out, TI_EL, 0, 0);
            return;
        }
        int width = d->want[col].width == 2 ? 2 : 1;
        if (same_cell(&d->want[col], &d->was[col]) &&
            (width == 1 || same_cell(&d->want[col + 1], &d->was[col + 1]))) {
            col += width;
            continue;
        }
        int run = erasable_run(g, col, last);
        if (run > 0) {
            move_to(g, row, col, true);
            pen_set(&d->pen, &d->want[col].style, g->out);
            terminfo_put(d->ti, g->out, TI_ECH, run, 0);
            col += run;
            continue;
        }
        put_cell(g, row, col);
        col += width;
    }
}

static void draw_row(struct drawing *g, int row)
{
    struct display *d = g->d;
    int cols = g->new->cols, from = scroll_source(&g->moved, row);
    /* Most rows of most frames. */
    if (g->old && from >= 0 && same_tables(g) &&
        memcmp(frame_row(g->old, from), frame_row(g->new, row),
               (size_t)cols * sizeof(struct cell)) == 0)
        return;
    normal_row(g->new, row, cols, d->want);
    normal_row(g->old, from, cols, d->was);
    if (g->old)
        forget_foreign(g, d->was, cols);
    /* There the terminal would scroll: that cell stays blank. */
    if (row == g->new->rows - 1 && terminfo_auto_margin_bug(d->ti)) {
        if (d->want[cols - 1].width == 0)
            d->want[cols - 2] = (struct cell){.width = 1};
        d->want[cols - 1] = d->was[cols - 1] = (struct cell){.width = 1};
    }
    int first = 0, last = cols - 1;
    while (first < cols && same_cell(&d->want[first], &d->was[first]))
        first++;
    if (first == cols)
        return;
    while (same_cell(&d->want[last], &d->was[last]))
        last--;
    if (d->want[first].width == 0)
        first--;
    draw_cells(g, row, first, last);
}

static void put_lines(struct drawing *g, enum terminfo_string cap, int row, int count)
{
    move_to(g, row, 0, false);
    terminfo_put(g->d->ti, g->out, cap, count, 0);
}

/* With margins: one picture moves, the rest stays still. */
static void scroll_margins(struct drawing *g, const struct scroll *s, int count)
{
    bool whole = s->top == 0 && s->bottom == g->new->rows - 1;
    if (!whole)
        terminfo_put(g->d->ti, g->out, TI_CSR, s->top, s->bottom);
    if (g->d->private_modes) {
        buf_printf(g->out, "\033[%d%c", count, s->by > 0 ? 'S' : 'T');
    } else {
        g->row = -1; /* setting margins has moved it */
        move_to(g, s->by > 0 ? s->bottom : s->top, 0, false);
        for (int i = 0; i < count; i++)
            terminfo_put(g->d->ti, g->out, s->by > 0 ? TI_IND : TI_RI, 0, 0);
    }
    if (whole)
        return;
    terminfo_put(g->d->ti, g->out, TI_CSR, 0, g->new->rows - 1);
    g->row = -1;
}

static bool scroll_rows(struct drawing *g, const struct scroll *s)
{
    const struct terminfo *ti = g->d->ti;
    int count = abs(s->by);
    if (terminfo_string(ti, TI_CSR) &&
        (g->d->private_modes || terminfo_string(ti, s->by > 0 ? TI_IND : TI_RI))) {
        scroll_margins(g, s, count);
        return true;
    }
    if (!terminfo_string(ti, TI_IL) || !terminfo_string(ti, TI_DL))
        return false;
    int end = s->bottom - count + 1;
    put_lines(g, TI_DL, s->by > 0 ? s->top : end, count);
    if (s->by < 0 || s->bottom < g->new->rows - 1)
        put_lines(g, TI_IL, s->by > 0 ? end : s->top, count);
    return true;
}

static void scroll_moved(struct drawing *g)
{
    struct scroll s;
    if (!scroll_find(g->old, g->new, &s))
        return;
    /* Where the last cell is never drawn, a row that leaves the last line would lack it. */
    if (s.bottom == g->new->rows - 1 && terminfo_auto_margin_bug(g->d->ti))
        return;
    if (scroll_rows(g, &s))
        g->moved = s;
}

/* --- what is not on the grid --- */

static void put_mouse(enum mouse_mode mode, char set, struct buf *out)
{
    static const int numbers[] = {
        [MOUSE_X10] = 1000, [MOUSE_CLICK] = 1000, [MOUSE_DRAG] = 1002, [MOUSE_MOTION] = 1003};
    if (mode != MOUSE_OFF)
        buf_printf(out, "\033[?%d;1006%c", numbers[mode], set);
}

static void put_title(const struct display *d, const char *title, struct buf *out)
{
    buf_puts(out, "\033]2;");
    for (size_t left = strlen(title), n; left > 0; title += n, left -= n) {
        uint32_t cp;
        n = utf8_decode(title, left, &cp);
        bool plain = cp >= 0x20 && cp < 0x7f;
        if (plain || (cp >= 0xa0 && n > 1 && d->pen.utf8))
            buf_append(out, title, n);
        else
            buf_putc(out, '?');
    }
    buf_putc(out, '\a');
}

/* A terminal that has neither protocol is never told of them. */
static void put_keys(struct display *d, const struct frame *f, struct buf *out)
{
    if (d->kitty_keys != f->kitty_keys)
        buf_printf(out, "\033[=%u;1u", f->kitty_keys);
    if (d->modify_other_keys != f->modify_other_keys)
        buf_printf(out, "\033[>4;%um", f->modify_other_keys);
    d->kitty_keys = f->kitty_keys;
    d->modify_other_keys = f->modify_other_keys;
}

/* Modes that the frame asks for; all of them when `old` is NULL. */
static void draw_modes(struct drawing *g, const struct frame *old)
{
    const struct frame *new = g->new;
    if (old && new->bells > old->bells && !terminfo_put(g->d->ti, g->out, TI_BEL, 0, 0))
        buf_putc(g->out, '\a');
    if (!g->d->private_modes)
        return;
    if (!old)
        put_mouse(MOUSE_MOTION, 'l', g->out);
    if (old && old->mouse != new->mouse)
        put_mouse(old->mouse, 'l', g->out);
    if (!old || old->mouse != new->mouse)
        put_mouse(new->mouse, 'h', g->out);
    if (!old || old->focus_events != new->focus_events)
        buf_puts(g->out, new->focus_events ? "\033[?1004h" : "\033[?1004l");
    put_keys(g->d, new, g->out);
    if (new->title[0] && (!old || strcmp(old->title, new->title) != 0))
        put_title(g->d, new->title, g->out);
    else if (!new->title[0] && old && old->title[0])
        buf_puts(g->out, TITLE_BACK TITLE_KEEP); /* the one that display_enter kept */
    if (!old || old->cursor_shape != new->cursor_shape)
        buf_printf(g->out, "\033[%u q", new->cursor_shape <= 6u ? new->cursor_shape : 0u);
}

static void put_cursor(struct display *d, bool visible, struct buf *out)
{
    /* cnorm of many entries also stops the blinking that the user chose. */
    if (d->private_modes)
        buf_puts(out, visible ? "\033[?25h" : "\033[?25l");
    else
        terminfo_put(d->ti, out, visible ? TI_CNORM : TI_CIVIS, 0, 0);
}

static int held(int value, int limit)
{
    return value < 0 ? 0 : value >= limit ? limit - 1 : value;
}

static void draw_grid(struct drawing *g)
{
    struct display *d = g->d;
    if (g->old) {
        g->row = held(g->old->cursor_row, g->new->rows);
        g->col = held(g->old->cursor_col, g->new->cols);
        scroll_moved(g);
    } else {
        terminfo_put(d->ti, g->out, TI_SGR0, 0, 0);
        terminfo_put(d->ti, g->out, TI_CLEAR, 0, 0);
    }
    for (int row = 0; row < g->new->rows; row++)
        draw_row(g, row);
    pen_reset(&d->pen, g->out);
    move_to(g, held(g->new->cursor_row, g->new->rows), held(g->new->cursor_col, g->new->cols),
            false);
}

void display_frame(struct display *d, const struct frame *old, const struct frame *new,
                   struct buf *out)
{
    bool resized = old && (old->rows != new->rows || old->cols != new->cols);
    if (d->cols != new->cols) {
        d->was = xrealloc(d->was, (size_t) new->cols * sizeof *d->was);
        d->want = xrealloc(d->want, (size_t) new->cols * sizeof *d->want);
        d->cols = new->cols;
    }
    buf_clear(&d->body);
    struct drawing g = {.d = d, .old = resized ? NULL : old, .new = new, .out = &d->body};
    d->pen.links = new->screen;
    draw_modes(&g, old);
    draw_grid(&g);
    bool large = d->body.len >= SYNC_MIN;
    bool shown = !old || old->cursor_visible;
    if (large && d->private_modes)
        buf_puts(out, "\033[?2026h");
    else if (large && shown)
        put_cursor(d, shown = false, out);
    if (d->body.len > 0)
        buf_append(out, buf_data(&d->body), d->body.len);
    if (shown != new->cursor_visible || !old)
        put_cursor(d, new->cursor_visible, out);
    if (large && d->private_modes)
        buf_puts(out, "\033[?2026l");
}

void display_row(struct display *d, const struct cell *cells, int count,
                 const struct glyphs *glyphs, struct buf *out)
{
    static const struct style plain;
    while (count > 0 && (cells[count - 1].glyph == 0 || cells[count - 1].glyph == ' ') &&
           cells[count - 1].width == 1 && same_style(&cells[count - 1].style, &plain))
        count--;
    d->pen.links = NULL;
    for (int col = 0; col < count; col++) {
        if (cells[col].width == 0)
            continue;
        pen_set(&d->pen, &cells[col].style, out);
        pen_glyph(&d->pen, glyphs, cells[col].glyph, cells[col].width, out);
    }
    pen_reset(&d->pen, out);
}
