#include "term/popup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static const char *const lines[] = {"d  detach", "?  help", "3", "4", "5", "6", "7", "8"};

/* Draw `count` of them over a page of dots, and compare what is then to be seen. */
static int check(int rows, int cols, int count, int top, const char *wanted)
{
    static const struct style plain;
    struct glyphs *glyphs = glyphs_new();
    struct frame f;
    frame_init(&f, glyphs, rows, cols);
    for (int row = 0; row < rows; row++)
        for (int col = 0; col < cols; col++)
            frame_put(&f, row, col, 1, &plain, ".", 1);
    f.cursor_visible = true;
    int over = popup_draw(&f, 0, rows, lines, count, top);
    struct buf text = {0};
    frame_text(&f, &text);
    assert_string_equal(buf_str(&text), wanted);
    assert_false(f.cursor_visible);
    buf_release(&text);
    frame_release(&f);
    glyphs_free(glyphs);
    return over;
}

static void a_box_over_the_middle(void **state)
{
    (void)state;
    assert_int_equal(
        check(8, 16, 2, 0,
              "................\n................\n"
              ".\u250c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2510..\n"
              ".\u2502 d  detach \u2502..\n"
              ".\u2502 ?  help   \u2502..\n"
              ".\u2514\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2518..\n"
              "................\n................\n"),
        0);
}

static void a_low_page(void **state)
{
    (void)state;
    assert_int_equal(check(4, 20, 8, 0,
                           "d  detach\n?  help\n"
                           "3\n1-3 of 8: Up, Down\n"),
                     5);
    assert_int_equal(check(4, 20, 8, 9,
                           "6\n7\n"
                           "8\n6-8 of 8: Up, Down\n"),
                     5);
}

static void any_size(void **state)
{
    (void)state;
    static const struct style plain;
    struct glyphs *glyphs = glyphs_new();
    for (int rows = 0; rows < 12; rows++)
        for (int cols = 1; cols < 20; cols++)
            for (int count = 0; count < 9; count++)
                for (int top = 0; top < 10; top++) {
                    struct frame f;
                    frame_init(&f, glyphs, rows + 1, cols);
                    frame_put(&f, 0, 0, 1, &plain, "x", 1);
                    int over = popup_draw(&f, 1, rows, lines, count, top);
                    assert_in_range(over, 0, count);
                    assert_int_equal(frame_row(&f, 0)[0].glyph, 'x');
                    frame_release(&f);
                }
    glyphs_free(glyphs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_over_the_middle),
        cmocka_unit_test(a_low_page),
        cmocka_unit_test(any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
