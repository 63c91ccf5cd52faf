#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ecma48.h"
#include "base/err.h"
#include "term/clipboard.h"
#include "term/view.h"

struct stage {
    struct glyphs *glyphs;
    struct ecma48 *tokens;
    struct vscreen *vs;
    struct view *v;
    struct frame f;
};

static void stage_init(struct stage *s, int rows, int cols, int64_t scrollback)
{
    *s = (struct stage){.glyphs = glyphs_new(), .tokens = ecma48_new()};
    s->vs = vscreen_new(s->glyphs, rows, cols, scrollback);
    s->v = view_new(s->vs, s->glyphs);
    frame_init(&s->f, s->glyphs, rows, cols);
}

static void stage_release(struct stage *s)
{
    view_free(s->v);
    frame_release(&s->f);
    vscreen_free(s->vs);
    ecma48_free(s->tokens);
    glyphs_free(s->glyphs);
}

static void host(struct stage *s, const char *bytes)
{
    struct ecma48_token token;
    ecma48_feed(s->tokens, (const uint8_t *)bytes, strlen(bytes));
    while (ecma48_next(s->tokens, &token))
        vscreen_token(s->vs, &token);
}

static void lines(struct stage *s, int from, int to)
{
    char line[32];
    for (int i = from; i <= to; i++) {
        snprintf(line, sizeof line, "line %d\r\n", i);
        host(s, line);
    }
}

static int finish(struct stage *s)
{
    bool moved;
    int steps = 1;
    while (view_step(s->v, &moved))
        steps++;
    /* Once it is done nothing moves: it is not drawn again and again. */
    view_step(s->v, &moved);
    assert_false(moved);
    return steps;
}

static void search(struct stage *s, const char *text, int dir)
{
    view_search(s->v, text, strlen(text), dir);
    finish(s);
}

static void assert_match(struct stage *s, int64_t line, int col, int64_t index, int64_t total)
{
    struct view_matches m = view_matches(s->v);
    struct place at = view_cursor(s->v);
    if (at.line != line || at.col != col || m.index != index || m.total != total)
        fail_msg("at %d,%d: %d of %d; not %d,%d: %d of %d", (int)at.line, at.col, (int)m.index,
                 (int)m.total, (int)line, col, (int)index, (int)total);
}

static void draw(struct stage *s)
{
    int64_t first = view_top(s->v) < 0 ? vscreen_top(s->vs) : view_top(s->v);
    for (int row = 0; row < s->f.rows; row++)
        vscreen_line(s->vs, first + row, frame_row(&s->f, row));
    view_draw(s->v, &s->f, 0, s->f.rows, first);
}

/* The reversed cells of the frame as text, a '|' between rows. */
static void assert_marked(struct stage *s, const char *expected)
{
    struct buf out = {0};
    draw(s);
    for (int row = 0; row < s->f.rows; row++) {
        for (int col = 0; col < s->f.cols; col++) {
            const struct cell *cell = &frame_row(&s->f, row)[col];
            char utf8[GLYPH_BYTES];
            if ((cell->style.attrs & ATTR_REVERSE) && cell->width > 0)
                buf_append(&out, utf8, glyphs_utf8(s->glyphs, cell->glyph, utf8));
        }
        buf_putc(&out, '|');
    }
    assert_string_equal(buf_str(&out), expected);
    buf_release(&out);
}

static void assert_selected(struct stage *s, const char *expected)
{
    struct buf out = {0};
    view_selected(s->v, &out);
    assert_string_equal(buf_str(&out), expected);
    buf_release(&out);
}

static void patterns_match(void **state)
{
    static const struct {
        const char *pattern, *text;
        int from, to; /* -1: no match */
    } cases[] = {
        {"abc", "xabcx", 1, 4},
        {"abc", "xABCx", 1, 4},
        {"Abc", "xabcx", -1, -1},
        {"Abc", "xAbcx", 1, 4},
        {"a.c", "xaXc", 1, 4},
        {"^x", "axx", -1, -1},
        {"x$", "xax", 2, 3},
        {"a|b", "zzb", 2, 3},
        {"[0-9]+ms", "took 120ms", 5, 10},
        {"(", "f(x)", 1, 2},
        {"[a", "x[A]", 1, 3},
        {"*", "a*b", 1, 2},
        {"a{2}", "aba{2}aa", 6, 8},
        {"\\W", "ab c", 2, 3},
        {"x*", "aaxx", 2, 4},
        {"x*", "aaa", -1, -1},
        /* Too dear for the C library: plain text. */
        {"(a)\\1", "aa(a)\\1", 2, 7},
        {"(a{9}){9}", "(a{9}){9}", 0, 9},
        {"a{30000}", "a{30000}", 0, 8},
        {"abc", "", -1, -1},
        {"abc", "ab", -1, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t from = 0, to = 0;
        struct pattern *p = pattern_new(cases[i].pattern, strlen(cases[i].pattern));
        bool found = pattern_find(p, cases[i].text, strlen(cases[i].text), 0, &from, &to);
        if (found != (cases[i].from >= 0) ||
            (found && ((int)from != cases[i].from || (int)to != cases[i].to)))
            fail_msg("%s in %s: %d %d..%d", cases[i].pattern, cases[i].text, found, (int)from,
                     (int)to);
        pattern_free(p);
    }
    assert_null(pattern_new("", 0));
}

static void the_page_stays_still(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 4, 20, 100);
    lines(&s, 0, 49);
    assert_int_equal(view_top(s.v), -1);
    view_enter(s.v, VIEW_PAGE);
    view_scroll(s.v, -3);
    assert_int_equal(view_top(s.v), 44);
    lines(&s, 50, 59);
    finish(&s);
    assert_int_equal(view_top(s.v), 44);
    assert_int_equal(view_new_lines(s.v), 10);
    assert_false(view_at_end(s.v));
    view_end(s.v);
    assert_true(view_at_end(s.v));
    assert_int_equal(view_top(s.v), vscreen_top(s.vs));
    view_home(s.v);
    assert_int_equal(view_top(s.v), 0);
    /* Lines that fall out of the scrollback take the page along. */
    lines(&s, 60, 199);
    finish(&s);
    assert_int_equal(view_top(s.v), vscreen_first(s.vs));
    assert_int_equal(view_cursor(s.v).line, vscreen_first(s.vs));
    view_leave(s.v);
    assert_int_equal(view_top(s.v), -1);
    assert_int_equal(view_new_lines(s.v), 0);
    stage_release(&s);
}

static void the_cursor_scrolls_the_page(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 4, 20, 100);
    lines(&s, 0, 19);
    view_enter(s.v, VIEW_STAY);
    assert_int_equal(view_cursor(s.v).line, 20);
    view_move(s.v, -3, 0);
    assert_int_equal(view_top(s.v), 17);
    view_move(s.v, -1, 0);
    assert_int_equal(view_top(s.v), 16);
    view_scroll(s.v, -5);
    assert_int_equal(view_cursor(s.v).line, 11);
    view_move(s.v, -1, 3);
    assert_int_equal(view_top(s.v), 10);
    view_line_end(s.v);
    assert_int_equal(view_cursor(s.v).col, 6);
    view_line_start(s.v);
    assert_int_equal(view_cursor(s.v).col, 0);
    view_move(s.v, -100, -5);
    assert_int_equal(view_top(s.v), 0);
    view_move(s.v, 1000, 500);
    assert_int_equal(view_cursor(s.v).line, 20);
    assert_int_equal(view_cursor(s.v).col, 19);
    assert_true(view_at_end(s.v));
    stage_release(&s);
}

static void search_goes_from_match_to_match(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 4, 20, 1000);
    lines(&s, 0, 99);
    view_enter(s.v, VIEW_STAY);
    search(&s, "line 4", -1);
    assert_match(&s, 49, 0, 11, 11);
    view_search_next(s.v, -1);
    finish(&s);
    assert_match(&s, 48, 0, 10, 11);
    view_search_next(s.v, 1);
    finish(&s);
    view_search_next(s.v, 1); /* round */
    finish(&s);
    assert_match(&s, 4, 0, 1, 11);
    view_search_next(s.v, -1);
    finish(&s);
    assert_match(&s, 49, 0, 11, 11);
    search(&s, "[37]", 1);
    assert_match(&s, 53, 6, 21, 40);
    search(&s, "no such", 1);
    assert_true(view_matches(s.v).none);
    assert_match(&s, 53, 6, 0, 0);
    /* What comes later is found too. */
    search(&s, "line 100", 1);
    assert_true(view_matches(s.v).none);
    lines(&s, 100, 109);
    view_search_next(s.v, 1);
    finish(&s);
    assert_match(&s, 100, 0, 1, 1);
    stage_release(&s);
}

static void a_cancelled_search_goes_back(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 4, 20, 1000);
    lines(&s, 0, 99);
    view_enter(s.v, VIEW_STAY);
    view_scroll(s.v, -20);
    int64_t top = view_top(s.v);
    view_search_begin(s.v);
    search(&s, "line 7$", -1);
    assert_int_equal(view_cursor(s.v).line, 7);
    view_search_cancel(s.v);
    assert_int_equal(view_top(s.v), top);
    assert_false(view_has_search(s.v));
    stage_release(&s);
}

static void soft_wrapped_lines_are_one(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 6, 10, 1000);
    host(&s, "0123456needle9012\r\n012345678\u4e2dx\r\nend");
    view_enter(s.v, VIEW_STAY);
    search(&s, "needle", -1);
    assert_match(&s, 0, 7, 1, 1);
    view_home(s.v);
    assert_marked(&s, "nee|dle|||||");
    search(&s, "8\u4e2dx$", 1);
    assert_match(&s, 2, 8, 1, 1);
    assert_marked(&s, "||8 |\u4e2dx|||");
    search(&s, "9012$", -1);
    assert_match(&s, 1, 3, 1, 1);
    stage_release(&s);
}

static void the_current_match_differs_without_colour(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 3, 10, 100);
    host(&s, "ab ab");
    view_enter(s.v, VIEW_STAY);
    view_home(s.v);
    search(&s, "ab", 1);
    draw(&s);
    assert_int_equal(frame_row(&s.f, 0)[0].style.attrs,
                     ATTR_REVERSE | ATTR_BOLD | 1 << ATTR_UNDERLINE_SHIFT);
    assert_int_equal(frame_row(&s.f, 0)[2].style.attrs, 0);
    assert_int_equal(frame_row(&s.f, 0)[3].style.attrs, ATTR_REVERSE);
    stage_release(&s);
}

static void what_is_selected_is_copied_unwrapped(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 6, 10, 1000);
    host(&s, "one  \r\n0123456789abc  \r\n\r\n  x\u4e2dy");
    draw(&s);
    view_enter(s.v, VIEW_DRAG);
    view_point(s.v, 0, 1);
    view_select(s.v, UNIT_CHAR);
    view_point(s.v, 4, 4); /* the right half of the wide one */
    assert_selected(&s, "ne\n0123456789abc\n\n  x\u4e2d");
    assert_marked(&s, "ne       |0123456789|abc       |          |  x\u4e2d||");
    view_point(s.v, 0, 0);
    assert_selected(&s, "on");
    view_point(s.v, 1, 3);
    view_select(s.v, UNIT_CHAR);
    view_point(s.v, 2, 1);
    assert_selected(&s, "3456789ab");
    view_select_none(s.v);
    assert_selected(&s, "");
    stage_release(&s);
}

static void words_and_lines_are_selected(void **state)
{
    static const struct {
        int row, col;
        enum view_unit unit;
        const char *expected;
    } cases[] = {
        {0, 0, UNIT_WORD, "cat"},
        {0, 3, UNIT_WORD, ""},
        {0, 8, UNIT_WORD, "/usr/share/doc"},
        {1, 1, UNIT_WORD, "/usr/share/doc"},
        {1, 9, UNIT_WORD, "x=1"},
        {2, 5, UNIT_WORD, ""},
        {0, 2, UNIT_LINE, "cat /usr/share/doc (x=1)"},
        {1, 2, UNIT_LINE, "cat /usr/share/doc (x=1)"},
        {4, 0, UNIT_LINE, ""},
    };
    (void)state;
    struct stage s;
    stage_init(&s, 6, 11, 1000);
    host(&s, "cat /usr/share/doc (x=1)");
    draw(&s);
    view_enter(s.v, VIEW_DRAG);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        view_point(s.v, cases[i].row, cases[i].col);
        view_select(s.v, cases[i].unit);
        assert_selected(&s, cases[i].expected);
    }
    /* A word, dragged on, goes by words. */
    view_point(s.v, 0, 1);
    view_select(s.v, UNIT_WORD);
    view_point(s.v, 0, 8);
    assert_selected(&s, "cat /usr/share/doc");
    stage_release(&s);
}

static void commands_are_found(void **state)
{
    (void)state;
    struct stage s;
    int64_t from, to;
    stage_init(&s, 4, 20, 1000);
    assert_false(view_last_output(s.vs, &from, &to));
    for (int i = 0; i < 3; i++) {
        vscreen_flag_line(s.vs, LINE_PROMPT);
        host(&s, "$ cmd\r\n");
        vscreen_flag_line(s.vs, LINE_OUTPUT);
        assert_int_equal(view_last_output(s.vs, &from, &to), i > 0);
        lines(&s, 0, 9);
    }
    vscreen_flag_line(s.vs, LINE_PROMPT); /* line 33 */
    assert_true(view_last_output(s.vs, &from, &to));
    assert_int_equal(from, 23);
    assert_int_equal(to, 32);
    view_enter(s.v, VIEW_STAY);
    static const int up[] = {22, 11, 0};
    for (int i = 0; i < 3; i++) {
        assert_true(view_command(s.v, -1));
        assert_int_equal(view_top(s.v), up[i]);
    }
    assert_false(view_command(s.v, -1));
    assert_true(view_command(s.v, 1));
    assert_int_equal(view_top(s.v), 11);
    assert_true(view_command(s.v, 1));
    assert_true(view_command(s.v, 1));
    assert_int_equal(view_cursor(s.v).line, 33);
    assert_false(view_command(s.v, 1));
    /* A command that prints nothing; then a line that is dropped. */
    host(&s, "$ true\r\n");
    vscreen_flag_line(s.vs, LINE_OUTPUT);
    vscreen_flag_line(s.vs, LINE_PROMPT);
    assert_true(view_last_output(s.vs, &from, &to));
    assert_true(to < from);
    host(&s, "$ drop^C\r\n");
    vscreen_flag_line(s.vs, LINE_PROMPT);
    assert_true(view_last_output(s.vs, &from, &to));
    assert_true(to < from);
    stage_release(&s);
}

static void a_resize_keeps_the_place(void **state)
{
    (void)state;
    struct stage s;
    char line[80];
    stage_init(&s, 5, 40, 1000);
    for (int i = 0; i < 60; i++) {
        snprintf(line, sizeof line, "%02d abcdefghijklmnopqrstuvwxyz0123\r\n", i);
        host(&s, line);
    }
    view_enter(s.v, VIEW_STAY);
    view_scroll(s.v, -30);
    struct buf text = {0};
    vscreen_text(s.vs, view_top(s.v), view_top(s.v), &text);
    search(&s, "[05]0 abc", 1);
    assert_match(&s, 50, 0, 2, 2);
    view_scroll(s.v, -23);
    buf_clear(&text);
    vscreen_text(s.vs, view_top(s.v), view_top(s.v), &text);
    static const int widths[] = {13, 7, 80, 40};
    for (int i = 0; i < 4; i++) {
        struct buf now = {0};
        view_resize_begin(s.v);
        vscreen_resize(s.vs, 5, widths[i]);
        view_resize_end(s.v);
        int64_t to = view_top(s.v);
        while (vscreen_line_flags(s.vs, to) & LINE_WRAPPED)
            to++;
        vscreen_text(s.vs, view_top(s.v), to, &now);
        assert_string_equal(buf_str(&now), buf_str(&text));
        buf_release(&now);
        finish(&s);
        assert_int_equal(view_matches(s.v).total, 2);
    }
    buf_release(&text);
    stage_release(&s);
}

/* Every match of a text that stands in memory as one string. */
static int64_t naive_count(const struct vscreen *vs, const char *pattern, const char *from_text,
                           int64_t *before)
{
    struct buf all = {0};
    vscreen_text(vs, vscreen_first(vs), vscreen_top(vs) + vscreen_rows(vs) - 1, &all);
    regex_t regex;
    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE), 0);
    int64_t count = 0;
    const char *p = buf_str(&all);
    regmatch_t m;
    bool begin = true;
    while (regexec(&regex, p, 1, &m, begin ? 0 : REG_NOTBOL) == 0) {
        if (m.rm_eo == m.rm_so)
            break;
        if (from_text && strncmp(p + m.rm_so, from_text, strlen(from_text)) == 0)
            *before = count + 1;
        count++;
        p += m.rm_eo;
        begin = p[-1] == '\n';
    }
    regfree(&regex);
    buf_release(&all);
    return count;
}

static void random_searches_equal_a_naive_one(void **state)
{
    static const char *const patterns[] = {"ab", "a+", "ba*b", "[ac]b", "c$", "b.b", "abcab"};
    (void)state;
    srand(7);
    for (int round = 0; round < 200; round++) {
        struct stage s;
        stage_init(&s, 1 + rand() % 8, 2 + rand() % 12, rand() % 2 ? 1000 : 20);
        view_enter(s.v, VIEW_STAY);
        const char *pattern = patterns[rand() % 7];
        bool early = rand() % 2;
        if (early)
            view_search(s.v, pattern, strlen(pattern), rand() % 2 ? 1 : -1);
        for (int i = 0, n = rand() % 900; i < n; i++) {
            char c[3] = {(char)('a' + rand() % 3), 0, 0};
            if (rand() % 9 == 0)
                memcpy(c, "\r\n", 3);
            host(&s, c);
            if (rand() % 50 == 0)
                finish(&s);
            if (rand() % 20 == 0)
                view_move(s.v, rand() % 21 - 10, rand() % 5 - 2);
        }
        if (!early)
            view_search(s.v, pattern, strlen(pattern), rand() % 2 ? 1 : -1);
        finish(&s);
        int64_t total = naive_count(s.vs, pattern, NULL, NULL);
        /* A line half of which has fallen out is counted only in the part that was kept. */
        if (vscreen_first(s.vs) == 0)
            assert_int_equal(view_matches(s.v).total, total);
        /* Round by the matches: each is met once, in order. */
        if (vscreen_first(s.vs) == 0 && total > 0) {
            int dir = rand() % 2 ? 1 : -1;
            view_search_next(s.v, dir);
            finish(&s);
            int64_t index = view_matches(s.v).index;
            assert_in_range(index, 1, total);
            for (int64_t i = 0; i < total; i++) {
                view_search_next(s.v, dir);
                finish(&s);
                index += dir;
                index = index < 1 ? total : index > total ? 1 : index;
                assert_int_equal(view_matches(s.v).index, index);
            }
        }
        stage_release(&s);
    }
}

static void a_long_scrollback_is_searched_in_steps(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, 24, 80, 100000);
    lines(&s, 0, 100022);
    view_enter(s.v, VIEW_STAY);
    view_search(s.v, "line 77777$", strlen("line 77777$"), -1);
    assert_in_range(finish(&s), 50, 1000);
    assert_match(&s, 77777, 0, 1, 1);
    stage_release(&s);
}

static void any_size_is_drawn(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 2}, {2, 1}, {5, 20}, {200, 500}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct stage s;
        stage_init(&s, sizes[i][0], sizes[i][1], 100);
        host(&s, "some text \u4e2d\u4e2d that wraps");
        view_enter(s.v, VIEW_STAY);
        view_home(s.v);
        search(&s, "t", 1);
        draw(&s);
        view_place_cursor(s.v, &s.f);
        assert_true(s.f.cursor_row < s.f.rows && s.f.cursor_col < s.f.cols);
        view_select(s.v, UNIT_LINE);
        draw(&s);
        stage_release(&s);
    }
}

static void the_clipboard_sequence_is_base64(void **state)
{
    static const struct {
        const char *text, *coded;
    } cases[] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd>", "//79Pg=="},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};
        char expected[64];
        clipboard_sequence(cases[i].text, strlen(cases[i].text), &out);
        snprintf(expected, sizeof expected, "\033]52;c;%s\a", cases[i].coded);
        assert_string_equal(buf_str(&out), expected);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match),
        cmocka_unit_test(the_page_stays_still),
        cmocka_unit_test(the_cursor_scrolls_the_page),
        cmocka_unit_test(search_goes_from_match_to_match),
        cmocka_unit_test(a_cancelled_search_goes_back),
        cmocka_unit_test(soft_wrapped_lines_are_one),
        cmocka_unit_test(the_current_match_differs_without_colour),
        cmocka_unit_test(what_is_selected_is_copied_unwrapped),
        cmocka_unit_test(words_and_lines_are_selected),
        cmocka_unit_test(commands_are_found),
        cmocka_unit_test(a_resize_keeps_the_place),
        cmocka_unit_test(random_searches_equal_a_naive_one),
        cmocka_unit_test(a_long_scrollback_is_searched_in_steps),
        cmocka_unit_test(any_size_is_drawn),
        cmocka_unit_test(the_clipboard_sequence_is_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
