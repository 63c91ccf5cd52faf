/*
 * From a host's bytes to the local terminal: 0xff in the input (which no UTF-8 holds) is a frame,
 * 0xfe, rows and columns a new size and a frame. What display sends goes to a second emulator as
 * the local terminal: that must show the frame, with nothing left to say.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "base/err.h"
#include "term/compose.h"
#include "term/display.h"

struct world {
    struct glyphs *glyphs;
    struct ecma48 *host, *local;
    struct vscreen *screen, *terminal;
    struct frame shown, next;
    bool valid; /* shown */
    struct display *display;
    struct buf out;
};

static struct terminfo *terminal_kind(void)
{
    static struct terminfo *ti;
    struct err err;
    setenv("COLORTERM", "truecolor", 1);
    setenv("VTE_VERSION", "7200", 1);
    if (!ti)
        ti = terminfo_load("xterm-256color", &err);
    if (!ti)
        BUG("%s", err.text);
    return ti;
}

static void send(struct ecma48 *parser, struct vscreen *vs, const uint8_t *data, size_t len)
{
    struct ecma48_token token;
    ecma48_feed(parser, data, len);
    while (ecma48_next(parser, &token))
        vscreen_token(vs, &token);
}

static void flush(struct world *w)
{
    send(w->local, w->terminal, buf_data(&w->out), w->out.len);
    buf_clear(&w->out);
}

static void resize(struct world *w, int rows, int cols)
{
    frame_release(&w->shown);
    frame_release(&w->next);
    frame_init(&w->shown, w->glyphs, rows, cols);
    frame_init(&w->next, w->glyphs, rows, cols);
    w->valid = false;
    vscreen_resize(w->screen, rows, cols);
    vscreen_resize(w->terminal, rows, cols);
}

static struct world world_new(void)
{
    struct world w = {.glyphs = glyphs_new(), .host = ecma48_new(), .local = ecma48_new()};
    w.screen = vscreen_new(w.glyphs, 5, 16, 20);
    w.terminal = vscreen_new(w.glyphs, 5, 16, 20);
    w.display = display_new(terminal_kind(), true, true);
    resize(&w, 5, 16);
    display_enter(w.display, &w.out);
    flush(&w);
    return w;
}

static void world_free(struct world *w)
{
    frame_release(&w->shown);
    frame_release(&w->next);
    display_free(w->display);
    vscreen_free(w->screen);
    vscreen_free(w->terminal);
    ecma48_free(w->host);
    ecma48_free(w->local);
    glyphs_free(w->glyphs);
    buf_release(&w->out);
}

/* What can be seen of a cell, but for its glyph and link. */
static struct style seen(const struct cell *cell)
{
    struct style s = cell->style;
    const unsigned lines = ATTR_UNDERLINE | ATTR_STRIKE | ATTR_OVERLINE;
    bool blank = (cell->glyph == 0 || cell->glyph == ' ') && cell->width == 1;
    s.link = 0;
    if (blank && !(s.attrs & (lines | ATTR_REVERSE))) {
        s.attrs = 0;
        s.fg = 0;
    }
    if (!(s.attrs & ATTR_UNDERLINE))
        s.ul = 0;
    return cell->width ? s : (struct style){0};
}

/* A joiner at the end is not sent. */
static size_t text_of(const struct world *w, const struct cell *cell, char text[GLYPH_BYTES])
{
    size_t len = glyphs_utf8(w->glyphs, cell->glyph ? cell->glyph : ' ', text);
    while (len > 3 && memcmp(text + len - 3, "\u200d", 3) == 0)
        len -= 3;
    return cell->width ? len : 0;
}

static void check_cell(const struct world *w, const struct cell *got, const struct cell *want)
{
    char a[GLYPH_BYTES], b[GLYPH_BYTES];
    size_t len = text_of(w, got, a);
    struct style x = seen(got), y = seen(want);
    if (got->width != want->width || len != text_of(w, want, b) || memcmp(a, b, len) != 0)
        BUG("another glyph: %x, width %d, not %x, %d", got->glyph, got->width, want->glyph,
            want->width);
    if (memcmp(&x, &y, sizeof x) != 0)
        BUG("another style: %x %x %x %x, not %x %x %x %x", x.fg, x.bg, x.ul, x.attrs, y.fg, y.bg,
            y.ul, y.attrs);
    const char *link = vscreen_link(w->terminal, got->style.link);
    const char *asked = vscreen_link(w->screen, want->style.link);
    bool blank = !got->glyph && got->width == 1;
    if (got->width && !blank && strcmp(link ? link : "", asked ? asked : "") != 0)
        BUG("another link");
}

static void check_shown(const struct world *w)
{
    const struct frame *f = &w->next;
    struct cell *cells = xcalloc((size_t)f->cols, sizeof *cells);
    for (int row = 0; row < f->rows; row++) {
        vscreen_line(w->terminal, vscreen_top(w->terminal) + row, cells);
        for (int col = 0; col < f->cols; col++)
            check_cell(w, &cells[col], frame_row(f, row) + col);
    }
    free(cells);
    struct vscreen_cursor c = vscreen_cursor(w->terminal);
    if (c.row != f->cursor_row || c.col != f->cursor_col || c.wrap_next)
        BUG("cursor at %d,%d, not %d,%d", c.row, c.col, f->cursor_row, f->cursor_col);
    const struct vscreen_modes *modes = vscreen_modes(w->terminal);
    if (c.visible != f->cursor_visible || modes->mouse == MOUSE_OFF != (f->mouse == MOUSE_OFF) ||
        modes->focus_events != f->focus_events || modes->sync || !modes->alternate)
        BUG("modes are not the frame's");
}

static void draw(struct world *w)
{
    const struct compose c = {.screen = w->screen, .scroll = -1};
    compose_frame(&c, &w->next);
    display_frame(w->display, w->valid ? &w->shown : NULL, &w->next, &w->out);
    flush(w);
    check_shown(w);
    display_frame(w->display, &w->next, &w->next, &w->out);
    if (w->out.len > 0)
        BUG("more to say of the same frame");
    struct frame drawn = w->next;
    w->next = w->shown;
    w->shown = drawn;
    w->valid = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world w = world_new();
    for (size_t at = 0; at < size;) {
        size_t end = at;
        while (end < size && data[end] < 0xfe)
            end++;
        send(w.host, w.screen, data + at, end - at);
        buf_clear(vscreen_replies(w.screen));
        if (end + 2 < size && data[end] == 0xfe) {
            resize(&w, 1 + data[end + 1] % 9, 1 + data[end + 2] % 30);
            end += 2;
        }
        draw(&w);
        at = end + 1;
    }
    display_leave(w.display, &w.out);
    flush(&w);
    if (vscreen_modes(w.terminal)->alternate || vscreen_modes(w.terminal)->mouse != MOUSE_OFF)
        BUG("the terminal is not left as it was");
    world_free(&w);
    return 0;
}
