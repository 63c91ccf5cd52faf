#include "term/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "term/layout.h"

#define ENDED_GAP 3 /* blanks before what tells how a command ended */

/* Where everything goes, decided before anything is drawn. */
struct plan {
    int top, rows;  /* the frame's rows that are not the status line's */
    int status_row; /* -1: none */
    int64_t first;  /* the emulator's line in the first of these rows */
    int line_row;   /* the row of them where the line's row line_from goes (may be outside) */
    int line_col;   /* where the line's very first row begins */
    int line_from, line_rows;
    int menu_rows; /* just below the line */
    struct layout layout;
};

static void plan_status(const struct compose *c, const struct frame *f, struct plan *p)
{
    p->rows = f->rows;
    p->status_row = -1;
    if (!c->status || c->status_row == 0 || f->rows < 2)
        return;
    p->rows--;
    p->top = c->status_row < 0 ? 1 : 0;
    p->status_row = c->status_row < 0 ? 0 : f->rows - 1;
}

/* The line stands at the emulator's cursor; if it needs room, the picture moves up. */
static void plan_follow(const struct compose *c, const struct frame *f, int cursor_row,
                        struct plan *p)
{
    int end = cursor_row + 1;
    if (c->line) {
        int lines = p->layout.rows, least = p->rows > 1 ? p->rows / 2 : 1;
        int room = p->rows - (lines < least ? lines : least);
        if (c->menu && room > 0)
            p->menu_rows = menu_height(c->menu, f->cols, room);
        p->line_rows = lines < p->rows - p->menu_rows ? lines : p->rows - p->menu_rows;
        int from = p->layout.cursor_row - p->line_rows / 2;
        if (from > lines - p->line_rows)
            from = lines - p->line_rows;
        p->line_from = from < 0 ? 0 : from;
        end = cursor_row + p->line_rows + p->menu_rows;
    }
    int up = end > p->rows ? end - p->rows : 0;
    p->first = vscreen_top(c->screen) + up;
    p->line_row = cursor_row - up;
}

static struct plan make_plan(const struct compose *c, const struct frame *f)
{
    struct plan p = {0};
    plan_status(c, f, &p);
    struct vscreen_cursor cursor = vscreen_cursor(c->screen);
    int row = cursor.row + (cursor.wrap_next && c->line);
    p.line_col = cursor.wrap_next ? 0 : cursor.col < f->cols ? cursor.col : f->cols - 1;
    if (c->line)
        p.layout = layout_measure(c->line, f->cols, p.line_col);
    int64_t top = vscreen_top(c->screen);
    if (c->scroll < 0 || (!c->view && c->scroll >= top)) {
        plan_follow(c, f, row, &p);
        return p;
    }
    p.first = c->scroll;
    p.line_rows = p.layout.rows;
    int64_t away = top + row - c->scroll;
    p.line_row = away < p.rows ? (int)away : p.rows; /* far below is all the same */
    return p;
}

/* Returns the line's flags. */
static unsigned copy_line(const struct vscreen *screen, int64_t line, struct cell *buffer,
                          struct cell *out, int cols)
{
    static const struct cell blank = {.width = 1};
    int have = vscreen_cols(screen);
    unsigned flags = vscreen_line(screen, line, buffer);
    for (int col = 0; col < cols; col++) {
        out[col] = col < have ? buffer[col] : blank;
        if (out[col].glyph == ' ')
            out[col].glyph = 0; /* one form of a blank, so that rows can be compared */
    }
    if (cols < have && out[cols - 1].width == 2)
        out[cols - 1] = blank;
    if (vscreen_modes(screen)->reverse_screen)
        for (int col = 0; col < cols; col++)
            out[col].style.attrs ^= ATTR_REVERSE;
    return flags;
}

static void say_time(int64_t ms, char *out, size_t size)
{
    long long s = (long long)(ms / 1000);
    if (s < 60)
        snprintf(out, size, "%lld.%0*d s", s, s < 10 ? 2 : 1,
                 (int)(ms % 1000) / (s < 10 ? 10 : 100));
    else if (s < 3600)
        snprintf(out, size, "%lld min %lld s", s / 60, s % 60);
    else
        snprintf(out, size, "%lld h %lld min", s / 3600, s / 60 % 60);
}

/* At the right of a finished command's prompt: how it ended, where the row has room for it. */
static void draw_ended(unsigned flags, struct frame *f, int row)
{
    static const struct style ok = {.attrs = ATTR_DIM}, failed = {.fg = COLOR_PALETTE(1)};
    int status;
    int64_t took;
    char time[32], text[64];
    line_ended(flags, &status, &took);
    say_time(took, time, sizeof time);
    if (status == LINE_STATUS_OTHER)
        snprintf(text, sizeof text, "failed  %s", time);
    else if (status)
        snprintf(text, sizeof text, "exit %d  %s", status, time);
    else
        snprintf(text, sizeof text, "%s", time);
    int width = (int)strlen(text), at = f->cols - width;
    for (int col = at - ENDED_GAP; col < f->cols; col++) {
        const struct cell *cell = &frame_row(f, row)[col < 0 ? 0 : col];
        if (col < 0 || cell->glyph || cell->width != 1 || cell->style.bg || cell->style.attrs)
            return;
    }
    frame_put(f, row, at, width, status ? &failed : &ok, text, (size_t)width);
}

static void draw_screen(const struct compose *c, const struct plan *p, struct frame *f)
{
    struct cell *buffer = xcalloc((size_t)vscreen_cols(c->screen), sizeof *buffer);
    unsigned ended = 0; /* the flags of a prompt whose command goes on over more rows */
    for (int row = 0; row < p->rows; row++) {
        unsigned flags =
            copy_line(c->screen, p->first + row, buffer, frame_row(f, p->top + row), f->cols);
        if (flags & LINE_ENDED && c->ended)
            ended = flags;
        if (!ended || flags & LINE_WRAPPED)
            continue;
        draw_ended(ended, f, p->top + row);
        ended = 0;
    }
    free(buffer);
}

static void draw_line(const struct compose *c, const struct plan *p, struct frame *f)
{
    int end = p->top + p->rows;
    layout_draw(c->line, p->line_col, f, p->line_from, p->line_rows, p->top + p->line_row, p->top,
                end);
    int row = p->top + p->line_row + p->layout.cursor_row - p->line_from;
    f->cursor_visible = row >= p->top && row < end;
    f->cursor_row = f->cursor_visible ? row : end - 1;
    f->cursor_col = p->layout.cursor_col;
    f->cursor_shape = c->line->cursor_shape;
    if (p->menu_rows > 0)
        menu_draw(c->menu, f, p->top + p->line_row + p->line_rows, p->menu_rows);
}

static void place_cursor(const struct compose *c, const struct plan *p, struct frame *f)
{
    struct vscreen_cursor cursor = vscreen_cursor(c->screen);
    int64_t row = vscreen_top(c->screen) + cursor.row - p->first;
    bool inside = row >= 0 && row < p->rows;
    f->cursor_row = p->top + (inside ? (int)row : p->rows - 1);
    f->cursor_col = cursor.col < f->cols ? cursor.col : f->cols - 1;
    f->cursor_visible = inside && cursor.visible;
    f->cursor_shape = cursor.shape;
}

static void draw_status(const struct compose *c, int row, struct frame *f)
{
    const struct style bar = {.attrs = ATTR_REVERSE};
    frame_fill(f, row, 0, f->cols, &bar);
    int col = 0;
    for (int i = 0; i < c->status_count && col < f->cols; i++) {
        struct style style = c->status[i].style;
        style.attrs |= ATTR_REVERSE;
        col += frame_put(f, row, col, f->cols - col, &style, c->status[i].text, c->status[i].len);
    }
    if (!c->status_right)
        return;
    size_t len = strlen(c->status_right);
    int width = frame_columns(c->status_right, len);
    if (width > 0 && col + 1 + width <= f->cols)
        frame_put(f, row, f->cols - width, width, &bar, c->status_right, len);
}

static void copy_modes(const struct vscreen *screen, struct frame *f)
{
    const struct vscreen_modes *modes = vscreen_modes(screen);
    f->screen = screen;
    f->mouse = modes->mouse;
    f->focus_events = modes->focus_events;
    f->kitty_keys = modes->kitty_keys;
    f->modify_other_keys = modes->modify_other_keys;
    f->bells = vscreen_bells(screen);
    const char *title = vscreen_title(screen);
    size_t len = strlen(title);
    if (len >= sizeof f->title) {
        len = sizeof f->title - 1;
        while (len > 0 && ((unsigned char)title[len] & 0xc0) == 0x80)
            len--;
    }
    memcpy(f->title, title, len);
    f->title[len] = '\0';
}

void compose_frame(const struct compose *c, struct frame *f)
{
    struct plan p = make_plan(c, f);
    copy_modes(c->screen, f);
    draw_screen(c, &p, f);
    if (c->view)
        view_draw(c->view, f, p.top, p.rows, p.first);
    if (c->line)
        draw_line(c, &p, f);
    else
        place_cursor(c, &p, f);
    if (c->view && c->scroll >= 0)
        view_place_cursor(c->view, f);
    if (p.status_row >= 0)
        draw_status(c, p.status_row, f);
}

void compose_commit(const struct line_view *line, struct vscreen *screen)
{
    layout_print(line, screen);
}
