/* The round trip: what display sends, fed into the emulator, shows the frame again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/display.h"

#define ROUNDS 400

/* A terminal of the size, showing what display sent it. */
struct trip {
    struct terminfo *ti;
    struct display *d;
    struct glyphs *glyphs;
    struct ecma48 *tokens;
    struct vscreen *terminal;
    struct buf out;
    int rows, cols;
};

static void trip_init(struct trip *t, const char *term, int rows, int cols)
{
    struct err err;
    *t = (struct trip){.ti = terminfo_load(term, &err), .rows = rows, .cols = cols};
    assert_non_null(t->ti);
    t->d = display_new(t->ti, true, true);
    t->glyphs = glyphs_new();
    t->tokens = ecma48_new();
    t->terminal = vscreen_new(t->glyphs, rows, cols, 100);
}

static void trip_release(struct trip *t)
{
    vscreen_free(t->terminal);
    ecma48_free(t->tokens);
    glyphs_free(t->glyphs);
    display_free(t->d);
    terminfo_free(t->ti);
    buf_release(&t->out);
}

static void send(struct trip *t)
{
    struct ecma48_token token;
    ecma48_feed(t->tokens, buf_data(&t->out), t->out.len);
    while (ecma48_next(t->tokens, &token))
        vscreen_token(t->terminal, &token);
}

/* What can be seen of a cell. */
static struct cell seen(const struct cell *cell)
{
    struct cell c = *cell;
    if (c.glyph == ' ')
        c.glyph = 0;
    const unsigned lines = ATTR_UNDERLINE | ATTR_STRIKE | ATTR_OVERLINE;
    if (c.glyph == 0 && c.width == 1 && !(c.style.attrs & (lines | ATTR_REVERSE))) {
        c.style.attrs = 0;
        c.style.fg = 0;
    }
    if (!(c.style.attrs & ATTR_UNDERLINE))
        c.style.ul = 0;
    if (c.width == 0)
        c = (struct cell){0};
    return c;
}

static void assert_shown(struct trip *t, const struct frame *f, unsigned seed)
{
    struct cell *cells = calloc((size_t)t->cols, sizeof *cells);
    for (int row = 0; row < t->rows; row++) {
        vscreen_line(t->terminal, vscreen_top(t->terminal) + row, cells);
        for (int col = 0; col < t->cols; col++) {
            struct cell got = seen(&cells[col]), want = seen(frame_row(f, row) + col);
            if (memcmp(&got, &want, sizeof got) != 0)
                fail_msg("seed %u: row %d, column %d: glyph %x width %d attrs %x fg %x bg %x, not "
                         "%x %d %x %x %x",
                         seed, row, col, got.glyph, got.width, got.style.attrs, got.style.fg,
                         got.style.bg, want.glyph, want.width, want.style.attrs, want.style.fg,
                         want.style.bg);
        }
    }
    free(cells);
    struct vscreen_cursor cursor = vscreen_cursor(t->terminal);
    if (cursor.row != f->cursor_row || cursor.col != f->cursor_col || cursor.wrap_next)
        fail_msg("seed %u: cursor at %d,%d%s, not %d,%d", seed, cursor.row, cursor.col,
                 cursor.wrap_next ? " about to wrap" : "", f->cursor_row, f->cursor_col);
    assert_int_equal(cursor.visible, f->cursor_visible);
    assert_int_equal(vscreen_modes(t->terminal)->mouse, f->mouse);
    assert_int_equal(vscreen_modes(t->terminal)->focus_events, f->focus_events);
    assert_int_equal(cursor.shape, f->cursor_shape);
    assert_false(vscreen_modes(t->terminal)->sync);
}

static int pick(int below)
{
    return rand() % below;
}

static struct style random_style(void)
{
    static const uint32_t colors[] = {COLOR_DEFAULT,       COLOR_DEFAULT,     COLOR_PALETTE(1),
                                      COLOR_PALETTE(9),    COLOR_PALETTE(33), COLOR_RGB(1, 2, 3),
                                      COLOR_RGB(9, 200, 0)};
    struct style s = {0};
    if (pick(2))
        return s;
    s.fg = colors[pick(7)];
    s.bg = pick(3) ? 0 : colors[pick(7)];
    s.attrs = pick(2) ? 0 : (uint16_t)(pick(256) & ~ATTR_HIDDEN);
    if (!pick(4))
        s.attrs |= (uint16_t)(1 + pick(5)) << ATTR_UNDERLINE_SHIFT;
    if (s.attrs & ATTR_UNDERLINE && !pick(2))
        s.ul = colors[pick(7)];
    return s;
}

static void random_text(struct frame *f)
{
    static const char *const words[] = {
        "a",
        "word",
        "several words of text",
        "\u4e2d\u6587\u5b57",
        "e\u0301e\u0301",
        "\u00e9",
        "\u4e2d",
        "\U0001f600",
        "        ",
        "x   y",
        "\u2764\ufe0f",
        "~~~~~~~~~~~~~~~~~~~~~~",
    };
    const char *word = words[pick(12)];
    struct style style = random_style();
    frame_put(f, pick(f->rows), pick(f->cols), f->cols, &style, word, strlen(word));
}

static void random_scroll(struct frame *f)
{
    int top = pick(f->rows), count = 1 + pick(f->rows - top), by = 1 + pick(count);
    size_t row = (size_t)f->cols * sizeof *f->cells;
    struct style style = random_style();
    if (pick(2)) {
        memmove(frame_row(f, top), frame_row(f, top + by), (size_t)(count - by) * row);
        for (int i = 0; i < by; i++)
            frame_fill(f, top + count - by + i, 0, f->cols, &style);
    } else {
        memmove(frame_row(f, top + by), frame_row(f, top), (size_t)(count - by) * row);
        for (int i = 0; i < by; i++)
            frame_fill(f, top + i, 0, f->cols, &style);
    }
}

static void random_change(struct frame *f)
{
    for (int i = pick(6); i > 0; i--)
        random_text(f);
    if (!pick(3))
        random_scroll(f);
    if (!pick(3)) {
        struct style style = random_style();
        int from = pick(f->cols);
        frame_fill(f, pick(f->rows), from, pick(2) ? f->cols : from + pick(f->cols), &style);
    }
    f->cursor_row = pick(f->rows);
    f->cursor_col = pick(f->cols);
    f->cursor_visible = pick(4) != 0;
    f->cursor_shape = (uint8_t)(pick(5) ? 0 : pick(7));
    f->mouse = pick(5) ? f->mouse : (enum mouse_mode)(pick(2) ? MOUSE_OFF : MOUSE_CLICK + pick(3));
    f->focus_events = !pick(4);
}

static void copy_frame(struct frame *to, const struct frame *from)
{
    struct cell *cells = to->cells;
    memcpy(cells, from->cells, (size_t)from->rows * (size_t)from->cols * sizeof *cells);
    *to = *from;
    to->cells = cells;
}

static void run(const char *term, int rows, int cols, unsigned seed)
{
    struct trip t;
    struct frame old, new;
    srand(seed);
    trip_init(&t, term, rows, cols);
    frame_init(&old, t.glyphs, rows, cols);
    frame_init(&new, t.glyphs, rows, cols);
    display_enter(t.d, &t.out);
    send(&t);
    for (int i = 0; i < 30; i++) {
        copy_frame(&old, &new);
        random_change(&new);
        buf_clear(&t.out);
        display_frame(t.d, i == 0 || !pick(20) ? NULL : &old, &new, &t.out);
        send(&t);
        assert_shown(&t, &new, seed);
        /* Nothing is left to say. */
        buf_clear(&t.out);
        display_frame(t.d, &new, &new, &t.out);
        assert_int_equal(t.out.len, 0);
    }
    frame_release(&old);
    frame_release(&new);
    trip_release(&t);
}

static void random_frames_come_back(void **state)
{
    (void)state;
    setenv("COLORTERM", "truecolor", 1);
    setenv("VTE_VERSION", "7200", 1);
    for (unsigned seed = 0; seed < ROUNDS; seed++) {
        srand(seed);
        int rows = 1 + pick(12), cols = 1 + pick(40);
        run("xterm-256color", rows, cols, seed);
    }
    run("xterm-256color", 50, 200, 1);
    unsetenv("COLORTERM");
    unsetenv("VTE_VERSION");
}

/* The other means: no private modes, no ECH, IL and DL or CSR, terminfo's strings. Colours and
   styles that they lack cannot come back; the text must. */
static void plain_terminals_show_the_text(void **state)
{
    (void)state;
    static const char *const terms[] = {"vt100", "vt220", "linux", "screen", "xterm", "cygwin"};
    for (unsigned seed = 0; seed < 120; seed++) {
        struct trip t;
        struct frame old, new;
        srand(seed);
        int rows = 1 + pick(12), cols = 1 + pick(40);
        trip_init(&t, terms[seed % 6], rows, cols);
        frame_init(&old, t.glyphs, rows, cols);
        frame_init(&new, t.glyphs, rows, cols);
        for (int i = 0; i < 20; i++) {
            copy_frame(&old, &new);
            random_text(&new);
            if (pick(2))
                random_scroll(&new);
            buf_clear(&t.out);
            display_frame(t.d, i == 0 ? NULL : &old, &new, &t.out);
            send(&t);
            struct frame got;
            frame_init(&got, t.glyphs, rows, cols);
            for (int row = 0; row < rows; row++)
                vscreen_line(t.terminal, vscreen_top(t.terminal) + row, frame_row(&got, row));
            for (int c = 0; c < rows * cols; c++)
                got.cells[c].glyph = got.cells[c].glyph == ' ' ? 0 : got.cells[c].glyph;
            struct frame want;
            frame_init(&want, t.glyphs, rows, cols);
            copy_frame(&want, &new);
            /* Where writing the last cell would scroll it is left blank. */
            if (terminfo_auto_margin_bug(t.ti))
                frame_fill(&want, rows - 1, cols - 1, cols, &(struct style){0});
            struct buf a = {0}, b = {0};
            frame_text(&got, &a);
            frame_text(&want, &b);
            if (strcmp(buf_str(&a), buf_str(&b)) != 0)
                fail_msg("%s, seed %u:\n%s---\n%s", terms[seed % 6], seed, buf_str(&a),
                         buf_str(&b));
            buf_release(&a);
            buf_release(&b);
            frame_release(&got);
            frame_release(&want);
        }
        frame_release(&old);
        frame_release(&new);
        trip_release(&t);
    }
}

/* Links go out with their address and end where the text does. */
static void links_come_back(void **state)
{
    (void)state;
    struct trip host, t;
    struct frame old, new;
    trip_init(&host, "xterm", 3, 20);
    buf_puts(&host.out, "\033]8;;https://example.org/\033\\link\033]8;;\033\\ text");
    send(&host);
    trip_init(&t, "xterm-256color", 3, 20);
    frame_init(&old, host.glyphs, 3, 20);
    frame_init(&new, host.glyphs, 3, 20);
    new.screen = host.terminal;
    for (int row = 0; row < 3; row++)
        vscreen_line(host.terminal, row, frame_row(&new, row));
    display_frame(t.d, NULL, &new, &t.out);
    send(&t);
    struct cell cells[20];
    vscreen_line(t.terminal, 0, cells);
    const char *uri = vscreen_link(t.terminal, cells[0].style.link);
    assert_non_null(uri);
    assert_string_equal(uri, "https://example.org/");
    assert_int_equal(cells[3].style.link, cells[0].style.link);
    assert_int_equal(cells[4].style.link, 0);
    assert_int_equal(cells[5].glyph, 't');
    frame_release(&old);
    frame_release(&new);
    trip_release(&t);
    trip_release(&host);
}

/* A frame of another session: its glyphs and links are other tables' numbers. */
static void tables_are_not_mixed_up(void **state)
{
    (void)state;
    static const struct style plain;
    struct trip t;
    trip_init(&t, "xterm-256color", 2, 10);
    struct glyphs *others = glyphs_new();
    struct frame old, new;
    frame_init(&old, t.glyphs, 2, 10);
    frame_init(&new, others, 2, 10);
    frame_put(&old, 0, 0, 10, &plain, "e\u0301", strlen("e\u0301"));
    frame_put(&new, 0, 0, 10, &plain, "o\u0308", strlen("o\u0308"));
    assert_int_equal(frame_row(&old, 0)[0].glyph, frame_row(&new, 0)[0].glyph);
    display_frame(t.d, &old, &new, &t.out);
    assert_non_null(strstr(buf_str(&t.out), "o\u0308"));
    frame_release(&old);
    frame_release(&new);
    glyphs_free(others);
    trip_release(&t);
}

static void leaving_undoes_everything(void **state)
{
    (void)state;
    struct trip t;
    struct frame f;
    trip_init(&t, "xterm-256color", 5, 20);
    buf_puts(&t.out, "shell$ ");
    send(&t);
    buf_clear(&t.out);
    display_enter(t.d, &t.out);
    frame_init(&f, t.glyphs, 5, 20);
    f.mouse = MOUSE_MOTION;
    f.focus_events = true;
    f.cursor_visible = false;
    f.cursor_shape = 4;
    frame_put(&f, 0, 0, 20, &(struct style){.attrs = ATTR_BOLD}, "ours", 4);
    display_frame(t.d, NULL, &f, &t.out);
    send(&t);
    assert_true(vscreen_modes(t.terminal)->alternate);
    assert_true(vscreen_modes(t.terminal)->bracketed_paste);
    buf_clear(&t.out);
    buf_puts(&t.out, "\033[2;3r\033[?2026h\033]2;cut off"); /* died in the middle of this */
    display_leave(t.d, &t.out);
    buf_puts(&t.out, "x");
    send(&t);
    const struct vscreen_modes *modes = vscreen_modes(t.terminal);
    assert_false(modes->alternate);
    assert_false(modes->bracketed_paste);
    assert_false(modes->focus_events);
    assert_false(modes->sync);
    assert_int_equal(modes->mouse, MOUSE_OFF);
    assert_true(vscreen_cursor(t.terminal).visible);
    assert_int_equal(vscreen_cursor(t.terminal).shape, 0);
    assert_int_equal(vscreen_cursor(t.terminal).row, 0);
    struct cell cells[20];
    vscreen_line(t.terminal, vscreen_top(t.terminal), cells);
    assert_int_equal(cells[0].glyph, 's');
    assert_int_equal(cells[7].glyph, 'x');
    assert_int_equal(cells[7].style.attrs, 0);
    frame_release(&f);
    trip_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_frames_come_back),
        cmocka_unit_test(plain_terminals_show_the_text),
        cmocka_unit_test(links_come_back),
        cmocka_unit_test(tables_are_not_mixed_up),
        cmocka_unit_test(leaving_undoes_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
