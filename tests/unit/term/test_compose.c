#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "term/compose.h"

/* An emulator and the frame composed of it. */
struct stage {
    struct glyphs *glyphs;
    struct ecma48 *tokens;
    struct vscreen *screen;
    struct frame f;
    struct compose c;
};

static void stage_init(struct stage *s, int rows, int cols)
{
    *s = (struct stage){.glyphs = glyphs_new(), .tokens = ecma48_new()};
    s->screen = vscreen_new(s->glyphs, rows, cols, 1000);
    frame_init(&s->f, s->glyphs, rows, cols);
    s->c = (struct compose){.screen = s->screen, .scroll = -1};
}

static void stage_release(struct stage *s)
{
    frame_release(&s->f);
    vscreen_free(s->screen);
    ecma48_free(s->tokens);
    glyphs_free(s->glyphs);
    menu_free(s->c.menu);
}

static void host(struct stage *s, const char *bytes)
{
    struct ecma48_token token;
    ecma48_feed(s->tokens, (const uint8_t *)bytes, strlen(bytes));
    while (ecma48_next(s->tokens, &token))
        vscreen_token(s->screen, &token);
}

/* A line of one prompt and one text. */
struct simple_line {
    struct span prompt, text;
    struct line_view view;
};

static void line_init(struct simple_line *l, const char *prompt, const char *text, size_t cursor)
{
    *l = (struct simple_line){
        .prompt = {.text = prompt, .len = strlen(prompt), .style = {.attrs = ATTR_BOLD}},
        .text = {.text = text, .len = strlen(text)},
    };
    l->view = (struct line_view){.prompt = &l->prompt,
                                 .prompt_count = 1,
                                 .text = &l->text,
                                 .text_count = 1,
                                 .cursor = cursor};
}

static void assert_frame(struct stage *s, const char *expected, int row, int col)
{
    compose_frame(&s->c, &s->f);
    struct buf out = {0};
    frame_text(&s->f, &out);
    assert_string_equal(buf_str(&out), expected);
    buf_release(&out);
    if (row < 0) {
        assert_false(s->f.cursor_visible);
        return;
    }
    assert_true(s->f.cursor_visible);
    if (s->f.cursor_row != row || s->f.cursor_col != col)
        fail_msg("cursor at %d,%d, not %d,%d", s->f.cursor_row, s->f.cursor_col, row, col);
}

static void the_screen_is_shown(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 3, 10);
    host(&s, "one\r\ntwo\033[?1002h\033[?1004h\033]2;title\a\a\033[4 q");
    assert_frame(&s, "one\ntwo\n\n", 1, 3);
    assert_int_equal(s.f.mouse, MOUSE_DRAG);
    assert_true(s.f.focus_events);
    assert_string_equal(s.f.title, "title");
    assert_int_equal(s.f.bells, 1);
    assert_int_equal(s.f.cursor_shape, 4);
    assert_ptr_equal(s.f.screen, s.screen);
    host(&s, "\033[?25l");
    assert_frame(&s, "one\ntwo\n\n", -1, 0);
    host(&s, "\033[?5h");
    compose_frame(&s.c, &s.f);
    assert_int_equal(s.f.cells[0].style.attrs, ATTR_REVERSE);
    assert_int_equal(s.f.cells[29].style.attrs, ATTR_REVERSE);
    stage_release(&s);
}

/* A command's end is told at the right of its prompt, where there is room; it is no text. */
static void ends_are_told_at_prompts(void **state)
{
    (void)state;
    static const struct {
        int status;
        int64_t took;
        const char *text;
    } table[] = {
        {0, 0, "$ cmd           0.00 s"},
        {0, 9994, "$ cmd           9.99 s"},
        {1, 120, "$ cmd   exit 1  0.12 s"},
        {0, 10000, "$ cmd           10.0 s"},
        {0, 65000, "$ cmd        1 min 5 s"},
        {0, 3600000, "$ cmd        1 h 0 min"},
        {127, 120, "$ cmd"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct stage s;
        struct buf out = {0};
        stage_init(&s, 2, 22);
        s.c.ended = true;
        vscreen_flag_line(s.screen, LINE_PROMPT);
        host(&s, "$ cmd\r\n");
        vscreen_flag_line(s.screen, LINE_OUTPUT);
        vscreen_flag_ended(s.screen, table[i].status, table[i].took);
        buf_printf(&out, "%s\n\n", table[i].text);
        assert_frame(&s, buf_str(&out), 1, 0);
        buf_clear(&out);
        vscreen_text(s.screen, 0, 0, &out);
        assert_string_equal(buf_str(&out), "$ cmd");
        s.c.ended = false;
        assert_frame(&s, "$ cmd\n\n", 1, 0);
        buf_release(&out);
        stage_release(&s);
    }
}

/* Behind the end of a command that goes on over rows; not over what has a background. */
static void ends_find_their_row(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 4, 12);
    s.c.ended = true;
    vscreen_flag_line(s.screen, LINE_PROMPT);
    host(&s, "$ 0123456789ab\r\n");
    vscreen_flag_line(s.screen, LINE_OUTPUT);
    vscreen_flag_ended(s.screen, 0, 5);
    assert_frame(&s, "$ 0123456789\nab    0.00 s\n\n\n", 2, 0);
    vscreen_flag_line(s.screen, LINE_PROMPT);
    host(&s, "$ \033[41mx\033[K\r\n\033[m");
    vscreen_flag_line(s.screen, LINE_OUTPUT);
    vscreen_flag_ended(s.screen, 0, 5);
    assert_frame(&s, "$ 0123456789\nab    0.00 s\n$ x\n\n", 3, 0);
    stage_release(&s);
}

static void the_alternate_screen_is_shown(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 3, 10);
    host(&s, "1\r\n2\r\n3\r\n4\r\n5\033[?1049h\033[2;3Halt");
    assert_frame(&s, "\n  alt\n\n", 1, 5);
    host(&s, "\033[?1049l");
    assert_frame(&s, "3\n4\n5\n", 2, 1);
    stage_release(&s);
}

static void a_line_is_drawn_at_the_cursor(void **state)
{
    (void)state;
    struct stage s;
    struct simple_line l;
    stage_init(&s, 4, 12);
    host(&s, "out\r\n\r\n\r\nbelow\033[2;1H");
    line_init(&l, "$ ", "echo hi", 4);
    s.c.line = &l.view;
    assert_frame(&s, "out\n$ echo hi\n\nbelow\n", 1, 6);
    assert_int_equal(frame_row(&s.f, 1)[0].style.attrs, ATTR_BOLD);
    assert_int_equal(frame_row(&s.f, 1)[2].style.attrs, 0);
    /* After text of the host's that ends without a newline. */
    host(&s, "xy");
    assert_frame(&s, "out\nxy$ echo hi\n\nbelow\n", 1, 8);
    stage_release(&s);
}

static void long_lines_wrap(void **state)
{
    (void)state;
    struct stage s;
    struct simple_line l;
    stage_init(&s, 4, 6);
    line_init(&l, "$ ", "abcdefgh", 8);
    s.c.line = &l.view;
    assert_frame(&s, "$ abcd\nefgh\n\n\n", 1, 4);
    /* The row is full: the cursor needs the next one. */
    line_init(&l, "$ ", "abcd", 4);
    assert_frame(&s, "$ abcd\n\n\n\n", 1, 0);
    l.view.cursor = 3;
    assert_frame(&s, "$ abcd\n\n\n\n", 0, 5);
    /* A wide character that does not fit goes to the next row, and so does the cursor on it. */
    line_init(&l, "$ ", "abc\u4e2dd", 3);
    assert_frame(&s, "$ abc\n\u4e2dd\n\n\n", 1, 0);
    line_init(&l, "$ ", "one\ntwo\n", 8);
    assert_frame(&s, "$ one\ntwo\n\n\n", 2, 0);
    l.view.cursor = 3;
    assert_frame(&s, "$ one\ntwo\n\n\n", 0, 5);
    stage_release(&s);
}

static void what_cannot_be_seen_is_made_visible(void **state)
{
    (void)state;
    struct stage s;
    struct simple_line l;
    stage_init(&s, 2, 40);
    line_init(&l, "$ ",
              "a\tb\033c\x7f\u202e\xff"
              "e\u0301.",
              3);
    s.c.line = &l.view;
    assert_frame(&s, "$ a     b^[c^?<202e><ff>e\u0301.\n\n", 0, 9);
    assert_int_equal(frame_row(&s.f, 0)[9].style.attrs, ATTR_REVERSE);
    assert_int_equal(frame_row(&s.f, 0)[10].style.attrs, ATTR_REVERSE);
    assert_int_equal(frame_row(&s.f, 0)[11].style.attrs, 0);
    stage_release(&s);
}

static void suggestions_are_dim_and_secrets_hidden(void **state)
{
    (void)state;
    struct stage s;
    struct simple_line l;
    stage_init(&s, 2, 20);
    line_init(&l, "$ ", "ma", 2);
    l.view.suggestion = "ke all\nnot this";
    s.c.line = &l.view;
    assert_frame(&s, "$ make all\n\n", 0, 4);
    assert_int_equal(frame_row(&s.f, 0)[3].style.attrs, 0);
    assert_int_equal(frame_row(&s.f, 0)[4].style.attrs, ATTR_DIM | 1 << ATTR_UNDERLINE_SHIFT);
    l.view.hidden = true;
    assert_frame(&s, "$\n\n", 0, 2);
    stage_release(&s);
}

static void the_picture_moves_up_for_room(void **state)
{
    (void)state;
    struct stage s;
    struct simple_line l;
    stage_init(&s, 4, 6);
    host(&s, "1\r\n2\r\n3\r\n");
    line_init(&l, "$ ", "abcdefghij", 10);
    s.c.line = &l.view;
    assert_frame(&s, "3\n$ abcd\nefghij\n\n", 3, 0);
    stage_release(&s);
}

static void a_taller_line_shows_the_rows_about_the_cursor(void **state)
{
    (void)state;
    struct stage s;
    struct simple_line l;
    stage_init(&s, 3, 6);
    host(&s, "1\r\n2\r\n");
    line_init(&l, "$ ", "a\nb\nc\nd\ne\nf", 0);
    s.c.line = &l.view;
    assert_frame(&s, "$ a\nb\nc\n", 0, 2);
    l.view.cursor = 6;
    assert_frame(&s, "c\nd\ne\n", 1, 0);
    l.view.cursor = 11;
    assert_frame(&s, "d\ne\nf\n", 2, 1);
    /* Nothing of what lies below shines through. */
    host(&s, "\033[H\033[J      XXXXXX\033[3;1HXXXXXX\033[1;4H");
    l.view.cursor = 6;
    assert_frame(&s, "c\nd\ne\n", 1, 0);
    l.view.cursor = 3;
    assert_frame(&s, "   $ a\nb\nc\n", 1, 1);
    stage_release(&s);
}

static struct menu *make_menu(int count)
{
    struct menu_item *items = xcalloc((size_t)count, sizeof *items);
    for (int i = 0; i < count; i++)
        items[i].text = xasprintf("item%d", i);
    return menu_new(items, (size_t)count);
}

static void a_menu_goes_below_the_line(void **state)
{
    (void)state;
    struct stage s;
    struct simple_line l;
    stage_init(&s, 6, 8);
    host(&s, "1\r\n2\r\n3\r\n4\r\n");
    line_init(&l, "$ ", "ab", 2);
    s.c.line = &l.view;
    s.c.menu = make_menu(2);
    assert_frame(&s, "3\n4\n$ ab\n item0\n item1\n 2 cand~\n", 2, 4);
    menu_free(s.c.menu);
    s.c.menu = make_menu(20);
    assert_frame(&s, "$ ab\n item0\n item1\n item2\n item3\n 1-4 of~\n", 0, 4);
    /* A long line leaves the menu half of the screen. */
    line_init(&l, "$ ", "a\nb\nc\nd\ne\nf\ng", 13);
    assert_frame(&s, "e\nf\ng\n item0\n item1\n 1-2 of~\n", 2, 1);
    stage_release(&s);
}

static void the_past_is_shown_scrolled_back(void **state)
{
    (void)state;
    struct stage s;
    struct simple_line l;
    stage_init(&s, 3, 6);
    host(&s, "1\r\n2\r\n3\r\n4\r\n5\r\n");
    line_init(&l, "$ ", "ab", 2);
    s.c.scroll = 0;
    s.c.line = &l.view;
    assert_frame(&s, "1\n2\n3\n", -1, 0);
    s.c.scroll = 2;
    assert_frame(&s, "3\n4\n5\n", -1, 0);
    s.c.scroll = 3;
    assert_frame(&s, "4\n5\n$ ab\n", 2, 4);
    s.c.scroll = 1000; /* past the end: follows */
    assert_frame(&s, "4\n5\n$ ab\n", 2, 4);
    s.c.line = NULL;
    s.c.scroll = 2;
    assert_frame(&s, "3\n4\n5\n", -1, 0);
    stage_release(&s);
}

static void the_status_line_is_a_bar(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 3, 20);
    vscreen_resize(s.screen, 2, 20);
    host(&s, "top\r\nbottom");
    const struct span spans[] = {{"web1 ", 5, {0}}, {"running", 7, {.attrs = ATTR_BOLD}}};
    s.c.status = spans;
    s.c.status_count = 2;
    s.c.status_right = "12 ms";
    s.c.status_row = 1;
    assert_frame(&s, "top\nbottom\nweb1 running   12 ms\n", 1, 6);
    for (int col = 0; col < 20; col++)
        assert_true(frame_row(&s.f, 2)[col].style.attrs & ATTR_REVERSE);
    assert_true(frame_row(&s.f, 2)[5].style.attrs & ATTR_BOLD);
    s.c.status_right = "7 wide!";
    assert_frame(&s, "top\nbottom\nweb1 running 7 wide!\n", 1, 6);
    s.c.status_right = "too long";
    assert_frame(&s, "top\nbottom\nweb1 running\n", 1, 6);
    s.c.status_row = -1;
    assert_frame(&s, "web1 running\ntop\nbottom\n", 2, 6);
    s.c.status_row = 0;
    assert_frame(&s, "top\nbottom\n\n", 1, 6);
    const struct span wide[] = {
        {"a \u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587", 32, {0}}};
    s.c.status = wide;
    s.c.status_count = 1;
    s.c.status_row = 1;
    assert_frame(&s, "top\nbottom\na \u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\n", 1,
                 6);
    stage_release(&s);
}

static void titles_are_cut_at_characters(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 1, 5);
    for (int start = 0; start < 3; start++) {
        host(&s, "\033]2;");
        for (int i = 0; i < start; i++)
            host(&s, "x");
        for (int i = 0; i < 60; i++)
            host(&s, "\u4e2d");
        host(&s, "\a");
        compose_frame(&s.c, &s.f);
        size_t len = strlen(s.f.title);
        assert_true(len > sizeof s.f.title - 4);
        assert_int_equal((len - (size_t)start) % 3, 0);
    }
    stage_release(&s);
}

/* The line stays on the page as it was drawn. */
static void a_committed_line_looks_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "echo hi",
        "abcdefghijklmnop",
        "\u4e2d\u6587\u5b57\u4e2d\u6587\u5b57",
        "a\tb\x01",
        "one\ntwo\n\nthree",
        "e\u0301\u202e\xff",
        "abcdefgh",
        "abcdefg\u4e2d",
        "\u0301x",
        "ab\n\u0301",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (int start = 0; start < 10; start++) {
            struct stage s;
            struct simple_line l;
            stage_init(&s, 12, 10);
            host(&s, "top\r\n");
            for (int n = 0; n < start; n++)
                host(&s, "#");
            line_init(&l, "$ ", texts[i], 0);
            s.c.line = &l.view;
            struct buf drawn = {0}, printed = {0};
            compose_frame(&s.c, &s.f);
            frame_text(&s.f, &drawn);
            struct cell cells[10];
            memcpy(cells, frame_row(&s.f, 1), sizeof cells);
            int rows = vscreen_cursor(s.screen).row;
            compose_commit(&l.view, s.screen);
            s.c.line = NULL;
            compose_frame(&s.c, &s.f);
            frame_text(&s.f, &printed);
            assert_string_equal(buf_str(&drawn), buf_str(&printed));
            assert_memory_equal(cells, frame_row(&s.f, 1), sizeof cells);
            assert_int_equal(vscreen_cursor(s.screen).col, 0);
            assert_true(vscreen_cursor(s.screen).row > rows);
            buf_release(&drawn);
            buf_release(&printed);
            stage_release(&s);
        }
    }
}

static void a_committed_secret_is_not_printed(void **state)
{
    (void)state;
    struct stage s;
    struct simple_line l;
    stage_init(&s, 3, 20);
    line_init(&l, "Password: ", "hunter2", 7);
    l.view.hidden = true;
    l.view.suggestion = "3";
    compose_commit(&l.view, s.screen);
    assert_frame(&s, "Password:\n\n\n", 1, 0);
    stage_release(&s);
}

/* Everything at once at every size: nothing outside of the frame is touched (ASan), the
   cursor is inside, and where it is visible the row is one of the picture's. */
static void any_size_is_composed(void **state)
{
    (void)state;
    const struct span status[] = {{"web1:1 \u4e2d\u6587", 13, {0}}, {"state", 5, {0}}};
    struct simple_line l;
    for (int rows = 1; rows < 9; rows++) {
        for (int cols = 1; cols < 24; cols++) {
            for (unsigned with = 0; with < 32; with++) {
                struct stage s;
                stage_init(&s, rows, cols);
                if (with & 1)
                    vscreen_resize(s.screen, rows + 3, cols + 2);
                host(&s,
                     "\u4e2d\u6587 text that wraps \u4e2d\u6587\r\n2\r\n3\r\n4\r\n5\r\nthe last");
                line_init(&l, "[web1]: \u4e2d> ", "echo \u4e2d\u6587 \t and\nmore\u0301 text", 9);
                l.view.suggestion = with & 2 ? "and a suggestion" : NULL;
                s.c.line = with & 4 ? &l.view : NULL;
                s.c.menu = with & 4 ? make_menu(30) : NULL;
                s.c.status = status;
                s.c.status_count = 2;
                s.c.status_right = "right";
                s.c.status_row = with & 8 ? 1 : -1;
                s.c.scroll = with & 16 ? 1 : -1;
                compose_frame(&s.c, &s.f);
                assert_in_range(s.f.cursor_row, 0, rows - 1);
                assert_in_range(s.f.cursor_col, 0, cols - 1);
                if (s.c.line && s.c.scroll < 0)
                    assert_true(s.f.cursor_visible);
                for (int i = 0; i < rows; i++)
                    assert_int_not_equal(frame_row(&s.f, i)[cols - 1].width, 2);
                if (s.c.line)
                    compose_commit(s.c.line, s.screen);
                stage_release(&s);
            }
        }
    }
}

/* At the right of the row in which the text begins, until that comes near. */
static void a_right_prompt(void **state)
{
    (void)state;
    struct stage s;
    struct simple_line l;
    const struct span right[] = {{.text = "12", .len = 2}, {.text = ":\xe6\x97\xa5", .len = 4}};
    stage_init(&s, 3, 16);
    line_init(&l, "up\n> ", "abc", 3);
    l.view.right = right;
    l.view.right_count = 2;
    s.c.line = &l.view;
    assert_frame(&s, "up\n> abc     12:\xe6\x97\xa5\n\n", 1, 5);
    line_init(&l, "up\n> ", "abcdefg", 7);
    l.view.right = right;
    l.view.right_count = 2;
    assert_frame(&s, "up\n> abcdefg 12:\xe6\x97\xa5\n\n", 1, 9);
    static const char *const texts[] = {"abcdefgh", "abc\ndefghijklmn", "0123456789abcdef"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        line_init(&l, "> ", texts[i], 0);
        l.view.right = right;
        l.view.right_count = 2;
        compose_frame(&s.c, &s.f);
        struct buf out = {0};
        frame_text(&s.f, &out);
        assert_int_equal(strstr(buf_str(&out), "12:") != NULL, i == 1);
        buf_release(&out);
    }
    stage_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_screen_is_shown),
        cmocka_unit_test(the_alternate_screen_is_shown),
        cmocka_unit_test(a_line_is_drawn_at_the_cursor),
        cmocka_unit_test(long_lines_wrap),
        cmocka_unit_test(what_cannot_be_seen_is_made_visible),
        cmocka_unit_test(suggestions_are_dim_and_secrets_hidden),
        cmocka_unit_test(the_picture_moves_up_for_room),
        cmocka_unit_test(a_taller_line_shows_the_rows_about_the_cursor),
        cmocka_unit_test(a_menu_goes_below_the_line),
        cmocka_unit_test(the_past_is_shown_scrolled_back),
        cmocka_unit_test(the_status_line_is_a_bar),
        cmocka_unit_test(titles_are_cut_at_characters),
        cmocka_unit_test(ends_are_told_at_prompts),
        cmocka_unit_test(ends_find_their_row),
        cmocka_unit_test(a_committed_line_looks_the_same),
        cmocka_unit_test(a_committed_secret_is_not_printed),
        cmocka_unit_test(a_right_prompt),
        cmocka_unit_test(any_size_is_composed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
