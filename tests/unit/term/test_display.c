#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/color.h"
#include "term/display.h"

#define ROWS 24
#define COLS 80

static const struct style plain;

/* Two frames and a display between them. */
struct pair {
    struct terminfo *ti;
    struct display *d;
    struct glyphs *glyphs;
    struct frame old, new;
    struct buf out;
};

static void pair_init_as(struct pair *p, const char *term, bool utf8, bool color, int rows,
                         int cols)
{
    struct err err;
    *p = (struct pair){.ti = terminfo_load(term, &err), .glyphs = glyphs_new()};
    assert_non_null(p->ti);
    p->d = display_new(p->ti, utf8, color);
    frame_init(&p->old, p->glyphs, rows, cols);
    frame_init(&p->new, p->glyphs, rows, cols);
}

static void pair_init(struct pair *p)
{
    pair_init_as(p, "xterm-256color", true, true, ROWS, COLS);
}

static void pair_release(struct pair *p)
{
    frame_release(&p->old);
    frame_release(&p->new);
    display_free(p->d);
    terminfo_free(p->ti);
    glyphs_free(p->glyphs);
    buf_release(&p->out);
}

static void put(struct frame *f, int row, int col, const char *text)
{
    frame_put(f, row, col, f->cols, &plain, text, strlen(text));
}

static void put_both(struct pair *p, int row, int col, const char *text)
{
    put(&p->old, row, col, text);
    put(&p->new, row, col, text);
}

static void set_cursor(struct frame *f, int row, int col)
{
    f->cursor_row = row;
    f->cursor_col = col;
}

static const char *draw(struct pair *p)
{
    buf_clear(&p->out);
    display_frame(p->d, &p->old, &p->new, &p->out);
    return buf_str(&p->out);
}

static void equal_frames_cost_nothing(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    put_both(&p, 3, 5, "hello \u4e2d\u6587 e\u0301");
    assert_string_equal(draw(&p), "");
    pair_release(&p);
}

static void a_typed_character_is_one_byte(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    put_both(&p, 5, 0, "$ echo hell");
    set_cursor(&p.old, 5, 11);
    put(&p.new, 5, 11, "o");
    set_cursor(&p.new, 5, 12);
    assert_string_equal(draw(&p), "o");
    /* And back. */
    struct frame old = p.old;
    p.old = p.new;
    p.new = old;
    assert_string_equal(draw(&p), "\b \b");
    pair_release(&p);
}

static void motions_are_the_shortest(void **state)
{
    (void)state;
    static const struct {
        int from_row, from_col, to_row, to_col;
        const char *bytes;
    } moves[] = {
        {5, 5, 5, 5, ""},           {5, 5, 5, 0, "\r"},        {5, 5, 6, 0, "\r\n"},
        {5, 5, 5, 3, "\b\b"},       {5, 5, 5, 6, "\033[C"},    {5, 5, 5, 40, "\033[35C"},
        {5, 5, 0, 0, "\033[H"},     {5, 5, 20, 0, "\033[21H"}, {5, 5, 9, 9, "\033[10;10H"},
        {0, 79, 5, 1, "\033[6;2H"}, {23, 0, 23, 0, ""},        {99, 200, 23, 79, ""},
    };
    struct pair p;
    pair_init(&p);
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        set_cursor(&p.old, moves[i].from_row, moves[i].from_col);
        set_cursor(&p.new, moves[i].to_row, moves[i].to_col);
        assert_string_equal(draw(&p), moves[i].bytes);
    }
    pair_release(&p);
}

static void a_row_cleared_is_erased(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    put(&p.old, 2, 0, "a long line of text that goes away");
    assert_string_equal(draw(&p), "\r\n\n\033[K\033[H");
    put(&p.new, 2, 0, "a long");
    set_cursor(&p.new, 2, 6);
    assert_string_equal(draw(&p), "\033[3;8H\033[K\b");
    pair_release(&p);
}

static void only_what_changed_is_sent(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    put_both(&p, 0, 0, "count: 10017   \u4e2d\u6587   free: 52%   a tail that stays the same");
    put(&p.new, 0, 11, "8");
    put(&p.new, 0, 28, "3");
    assert_string_equal(draw(&p), "\033[11C8\033[16C3\r");
    /* A few cells are written again rather than stepped over. */
    put(&p.old, 0, 11, "8");
    put(&p.old, 0, 28, "3");
    put(&p.new, 0, 7, "2");
    put(&p.new, 0, 9, "1");
    assert_string_equal(draw(&p), "\033[7C201\r");
    pair_release(&p);
}

static void blanks_within_a_row_are_erased(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    put(&p.old, 0, 0, "left                    middle of the row          right");
    put(&p.new, 0, 0, "left                                               right");
    assert_string_equal(draw(&p), "\033[24C\033[17X\r");
    pair_release(&p);
}

/* A page of lines, all moved up by one with a new one at the bottom. */
static void a_scrolled_line_costs_little(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    const struct style bar = {.attrs = ATTR_REVERSE};
    char text[80];
    for (int row = 0; row < ROWS - 1; row++) {
        snprintf(text, sizeof text, "%d: a line of a log that scrolls, %d", row, row * 7919);
        put(&p.old, row, 0, text);
        if (row > 0)
            put(&p.new, row - 1, 0, text);
    }
    put(&p.new, ROWS - 2, 0, "the new line");
    frame_fill(&p.old, ROWS - 1, 0, COLS, &bar);
    frame_fill(&p.new, ROWS - 1, 0, COLS, &bar);
    set_cursor(&p.old, ROWS - 2, 40);
    set_cursor(&p.new, ROWS - 2, 12);
    assert_string_equal(draw(&p), "\033[1;23r\033[1S\033[1;24r\033[23Hthe new line");
    /* The other way. */
    struct frame old = p.old;
    p.old = p.new;
    p.new = old;
    draw(&p);
    assert_non_null(strstr(buf_str(&p.out), "\033[1;23r\033[1T\033[1;24r"));
    assert_true(p.out.len < 90);
    pair_release(&p);
}

/* Without a status line there are no margins to set. */
static void a_whole_page_scrolls_for_less(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    for (int row = 0; row < ROWS; row++) {
        put(&p.old, row, 0, "row ");
        frame_put(&p.old, row, 4, 1, &plain, &"abcdefghijklmnopqrstuvwxyz"[row], 1);
        if (row > 0)
            memcpy(frame_row(&p.new, row - 1), frame_row(&p.old, row), COLS * sizeof(struct cell));
    }
    put(&p.new, ROWS - 1, 0, "end");
    set_cursor(&p.old, ROWS - 1, 0);
    set_cursor(&p.new, ROWS - 1, 3);
    assert_string_equal(draw(&p), "\033[1Send");
    pair_release(&p);
}

/* Terminals without xterm's sequences scroll by their own. */
static void plain_terminals_scroll_too(void **state)
{
    (void)state;
    static const char *const terms[] = {"linux", "vt220", "screen"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        struct pair p;
        pair_init_as(&p, terms[i], true, true, ROWS, COLS);
        char text[80];
        for (int row = 0; row < ROWS; row++) {
            snprintf(text, sizeof text, "%d: a line of a log that scrolls, %d", row, row * 7919);
            put(&p.old, row, 0, text);
            if (row > 0)
                put(&p.new, row - 1, 0, text);
        }
        draw(&p);
        assert_true(p.out.len < 30);
        pair_release(&p);
    }
}

static void put_styled(struct frame *f, int col, const char *text, struct style style)
{
    frame_put(f, 0, col, f->cols, &style, text, strlen(text));
}

static void styles_are_sent_as_changes(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    set_cursor(&p.new, 1, 0);
    put_styled(&p.new, 0, "a", (struct style){.attrs = ATTR_BOLD});
    put_styled(&p.new, 1, "b", (struct style){.attrs = ATTR_BOLD, .fg = COLOR_PALETTE(1)});
    put_styled(&p.new, 2, "c", (struct style){.attrs = ATTR_DIM, .fg = COLOR_PALETTE(1)});
    put_styled(&p.new, 3, "d", (struct style){.fg = COLOR_PALETTE(12), .bg = COLOR_PALETTE(200)});
    put_styled(&p.new, 4, "e", (struct style){.attrs = ATTR_STRIKE | ATTR_OVERLINE});
    put_styled(&p.new, 5, "f", (struct style){.attrs = ATTR_ITALIC | ATTR_REVERSE});
    put_styled(&p.new, 6, "g", (struct style){.attrs = 3 << ATTR_UNDERLINE_SHIFT});
    assert_string_equal(draw(&p),
                        "\033[?2026h\033[1ma\033[31mb\033[22;2mc\033[0;94;48;5;200md\033[0;9;53me"
                        "\033[0;3;7mf\033[0;4mg\033[m\r\n\033[?2026l");
    pair_release(&p);
}

static void colors_fit_the_terminal(void **state)
{
    (void)state;
    const uint32_t orange = COLOR_RGB(255, 135, 0);
    assert_int_equal(color_fit(orange, 256, true), orange);
    assert_int_equal(color_fit(orange, 256, false), COLOR_PALETTE(208));
    assert_int_equal(color_fit(COLOR_RGB(128, 128, 128), 256, false), COLOR_PALETTE(244));
    assert_int_equal(color_fit(COLOR_RGB(0, 0, 0), 256, false), COLOR_PALETTE(16));
    assert_int_equal(color_fit(COLOR_RGB(255, 255, 255), 256, false), COLOR_PALETTE(231));
    assert_int_equal(color_fit(COLOR_RGB(250, 10, 10), 16, false), COLOR_PALETTE(9));
    assert_int_equal(color_fit(COLOR_PALETTE(196), 8, false), COLOR_PALETTE(1));
    assert_int_equal(color_fit(COLOR_PALETTE(196), 0, false), COLOR_DEFAULT);
    assert_int_equal(color_fit(COLOR_DEFAULT, 256, true), COLOR_DEFAULT);
    /* Every colour of the cube and the ramp is its own nearest. */
    static const uint32_t levels[] = {0, 95, 135, 175, 215, 255};
    for (uint32_t n = 16; n < 232; n++) {
        uint32_t r = levels[(n - 16) / 36], g = levels[(n - 16) / 6 % 6], b = levels[(n - 16) % 6];
        assert_int_equal(color_fit(COLOR_RGB(r, g, b), 256, false), COLOR_PALETTE(n));
    }
}

static void italics_are_for_those_that_have_them(void **state)
{
    (void)state;
    struct pair p;
    pair_init_as(&p, "screen-256color", true, true, 1, 9);
    put_styled(&p.new, 0, "a", (struct style){.attrs = ATTR_ITALIC});
    assert_string_equal(draw(&p), "a\r");
    pair_release(&p);
}

static void no_color_keeps_attributes(void **state)
{
    (void)state;
    struct pair p;
    pair_init_as(&p, "xterm-256color", true, false, 2, 10);
    const struct style red = {.fg = COLOR_PALETTE(1), .bg = COLOR_RGB(1, 2, 3)};
    const struct style loud = {.fg = COLOR_PALETTE(1), .attrs = ATTR_REVERSE};
    put_styled(&p.new, 0, "a", red);
    put_styled(&p.new, 1, "b", loud);
    set_cursor(&p.new, 1, 0);
    assert_string_equal(draw(&p), "a\033[7mb\033[m\r\n");
    pair_release(&p);
    pair_init_as(&p, "vt220", true, true, 2, 10);
    put_styled(&p.new, 0, "a", red);
    put_styled(&p.new, 1, "b", loud);
    put_styled(&p.new, 2, "c", plain);
    set_cursor(&p.new, 1, 0);
    draw(&p);
    assert_null(strstr(buf_str(&p.out), "38"));
    assert_null(strstr(buf_str(&p.out), "31"));
    assert_non_null(strstr(buf_str(&p.out), "\033[7m"));
    pair_release(&p);
    pair_init_as(&p, "linux", true, true, 2, 10);
    put_styled(&p.new, 0, "a", (struct style){.fg = COLOR_PALETTE(9)});
    draw(&p);
    assert_non_null(strstr(buf_str(&p.out), "\033[1m\033[31ma"));
    pair_release(&p);
}

static void other_charsets_get_line_drawing(void **state)
{
    (void)state;
    struct pair p;
    pair_init_as(&p, "xterm", false, true, 2, 20);
    put(&p.new, 0, 0, "\u250c\u2500\u2510x\u2502\u00e9\u4e2dy");
    set_cursor(&p.new, 1, 0);
    assert_string_equal(draw(&p), "\033(0lqk\033(Bx\033(0x\033(B???y\r\n");
    pair_release(&p);
    pair_init_as(&p, "linux", true, true, 2, 20);
    put(&p.new, 0, 0, "\u250c\u00e9");
    assert_non_null(strstr(draw(&p), "\u250c\u00e9"));
    pair_release(&p);
}

static void modes_follow_the_frame(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    p.new.mouse = MOUSE_DRAG;
    assert_string_equal(draw(&p), "\033[?1002;1006h");
    p.old.mouse = MOUSE_DRAG;
    p.new.mouse = MOUSE_MOTION;
    assert_string_equal(draw(&p), "\033[?1002;1006l\033[?1003;1006h");
    p.new.mouse = MOUSE_OFF;
    assert_string_equal(draw(&p), "\033[?1002;1006l");
    p.old.mouse = MOUSE_OFF;
    p.new.focus_events = true;
    assert_string_equal(draw(&p), "\033[?1004h");
    p.new.focus_events = false;
    p.new.bells = 7;
    assert_string_equal(draw(&p), "\a");
    p.old.bells = 7;
    strcpy(p.new.title, "a\033]2;b\x9b\u00e9");
    assert_string_equal(draw(&p), "\033]2;a?]2;b?\u00e9\a");
    strcpy(p.old.title, "was");
    p.new.title[0] = '\0';
    assert_string_equal(draw(&p), "\033[23;2t\033[22;2t");
    p.old.title[0] = '\0';
    p.new.kitty_keys = 5;
    assert_string_equal(draw(&p), "\033[=5;1u");
    assert_string_equal(draw(&p), "");
    p.new.kitty_keys = 0;
    p.new.modify_other_keys = 2;
    assert_string_equal(draw(&p), "\033[=0;1u\033[>4;2m");
    p.new.modify_other_keys = 0;
    assert_string_equal(draw(&p), "\033[>4;0m");
    p.new.cursor_shape = 5;
    assert_string_equal(draw(&p), "\033[5 q");
    p.new.cursor_shape = 0;
    p.new.cursor_visible = false;
    assert_string_equal(draw(&p), "\033[?25l");
    p.old.cursor_visible = false;
    p.new.cursor_visible = true;
    assert_string_equal(draw(&p), "\033[?25h");
    pair_release(&p);
}

/* Nothing private goes to terminals that are not known to take it. */
static void plain_terminals_get_terminfo_only(void **state)
{
    (void)state;
    static const char *const terms[] = {"linux", "vt220", "vt100", "cons25"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        struct pair p;
        pair_init_as(&p, terms[i], true, true, 5, 20);
        p.new.mouse = MOUSE_MOTION;
        p.new.focus_events = true;
        p.new.cursor_shape = 2;
        strcpy(p.new.title, "title");
        display_ask(p.d, &p.out);
        assert_int_equal(p.out.len, 0);
        put(&p.new, 0, 0, "text");
        display_enter(p.d, &p.out);
        display_frame(p.d, NULL, &p.new, &p.out);
        display_leave(p.d, &p.out);
        const char *bytes = buf_str(&p.out);
        assert_null(strstr(bytes, "\033]"));
        assert_null(strstr(bytes, "\033[?1000"));
        assert_null(strstr(bytes, "\033[?1003"));
        assert_null(strstr(bytes, "\033[?2026"));
        assert_null(strstr(bytes, "\033[?2004"));
        assert_null(strstr(bytes, " q"));
        assert_non_null(strstr(bytes, "text"));
        pair_release(&p);
    }
}

static void large_changes_are_synchronised(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    for (int row = 0; row < ROWS; row++)
        put(&p.new, row, 0, "all of it is new");
    const char *bytes = draw(&p);
    static const char begin[] = "\033[?2026h", end[] = "\033[?2026l";
    assert_memory_equal(bytes, begin, sizeof begin - 1);
    assert_string_equal(bytes + p.out.len - (sizeof end - 1), end);
    pair_release(&p);
}

static void the_last_cell_is_left_alone_where_it_scrolls(void **state)
{
    (void)state;
    struct pair p;
    pair_init_as(&p, "cons25", true, true, 2, 5); /* am without xenl */
    put(&p.new, 0, 0, "abcde");
    put(&p.new, 1, 0, "vwxyz");
    draw(&p);
    assert_non_null(strstr(buf_str(&p.out), "abcde"));
    assert_non_null(strstr(buf_str(&p.out), "vwxy"));
    assert_null(strchr(buf_str(&p.out), 'z'));
    pair_release(&p);
}

static void hostile_cells_stay_harmless(void **state)
{
    (void)state;
    struct pair p;
    pair_init_as(&p, "xterm-256color", true, true, 2, 6);
    static const uint32_t bad[] = {0x1b, 0x9b, '\n', 0x110000, 0x301};
    for (int i = 0; i < 5; i++)
        frame_row(&p.new, 0)[i].glyph = bad[i];
    frame_row(&p.new, 0)[5] = (struct cell){.glyph = 0x4e2d, .width = 2}; /* cut by the edge */
    frame_row(&p.new, 1)[0] = (struct cell){.width = 0};                  /* half of nothing */
    frame_row(&p.new, 1)[1].glyph = 0x4e2d;                               /* wide, said narrow */
    frame_row(&p.new, 1)[2].width = 9;
    frame_row(&p.new, 1)[3] = (struct cell){.glyph = 'a', .width = 2};
    frame_row(&p.new, 1)[4] = (struct cell){.width = 0};
    set_cursor(&p.new, 0, 0);
    assert_string_equal(draw(&p), "???\ufffd\033[1;5H \u0301\033[2;2H? ??\033[H");
    pair_release(&p);
}

static void a_joiner_is_not_left_open(void **state)
{
    (void)state;
    struct pair p;
    pair_init_as(&p, "xterm-256color", true, true, 1, 10);
    put(&p.new, 0, 0, "\U0001f469\u200d\U0001f4bb");
    assert_string_equal(draw(&p), "\U0001f469\033[1;3H\U0001f4bb\033[H");
    pair_release(&p);
}

static void enter_and_leave_match(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    display_enter(p.d, &p.out);
    const char *bytes = buf_str(&p.out);
    assert_non_null(strstr(bytes, "\033[?1049h"));
    assert_non_null(strstr(bytes, "\033[?2004h"));
    assert_non_null(strstr(bytes, "\033[?1007s"));
    buf_clear(&p.out);
    display_leave(p.d, &p.out);
    static const char *const undone[] = {
        "\033[?2026l", "\033]8;;\033\\", "\033[?1004l", "\033[?2004l",
        "\033[?1007r", "\033[r",         "\033[0 q",    "25h",
        "\033[?1049l", "\033[=0;1u",     "\033[>4m",    "\033[23;2t"};
    for (size_t i = 0; i < sizeof undone / sizeof *undone; i++)
        if (!strstr(buf_str(&p.out), undone[i]))
            fail_msg("display_leave does not send %s", undone[i] + 1);
    pair_release(&p);
}

static void rows_are_left_as_text(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p);
    put(&p.new, 0, 0, "plain \u4e2d ");
    put_styled(&p.new, 9, "red", (struct style){.fg = COLOR_PALETTE(1)});
    buf_clear(&p.out);
    display_row(p.d, frame_row(&p.new, 0), COLS, p.glyphs, &p.out);
    assert_string_equal(buf_str(&p.out), "plain \u4e2d \033[31mred\033[m");
    buf_clear(&p.out);
    display_row(p.d, frame_row(&p.new, 1), COLS, p.glyphs, &p.out);
    assert_string_equal(buf_str(&p.out), "");
    pair_release(&p);
}

int main(void)
{
    unsetenv("COLORTERM");
    unsetenv("VTE_VERSION");
    unsetenv("TERM_PROGRAM");
    unsetenv("KITTY_WINDOW_ID");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_frames_cost_nothing),
        cmocka_unit_test(a_typed_character_is_one_byte),
        cmocka_unit_test(motions_are_the_shortest),
        cmocka_unit_test(a_row_cleared_is_erased),
        cmocka_unit_test(only_what_changed_is_sent),
        cmocka_unit_test(blanks_within_a_row_are_erased),
        cmocka_unit_test(a_scrolled_line_costs_little),
        cmocka_unit_test(a_whole_page_scrolls_for_less),
        cmocka_unit_test(plain_terminals_scroll_too),
        cmocka_unit_test(styles_are_sent_as_changes),
        cmocka_unit_test(colors_fit_the_terminal),
        cmocka_unit_test(italics_are_for_those_that_have_them),
        cmocka_unit_test(no_color_keeps_attributes),
        cmocka_unit_test(other_charsets_get_line_drawing),
        cmocka_unit_test(modes_follow_the_frame),
        cmocka_unit_test(plain_terminals_get_terminfo_only),
        cmocka_unit_test(large_changes_are_synchronised),
        cmocka_unit_test(the_last_cell_is_left_alone_where_it_scrolls),
        cmocka_unit_test(hostile_cells_stay_harmless),
        cmocka_unit_test(a_joiner_is_not_left_open),
        cmocka_unit_test(enter_and_leave_match),
        cmocka_unit_test(rows_are_left_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
