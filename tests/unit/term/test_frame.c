#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "term/frame.h"
#include "term/visible.h"

static const struct style plain;

static void assert_text(const struct frame *f, const char *expected)
{
    struct buf out = {0};
    frame_text(f, &out);
    assert_string_equal(buf_str(&out), expected);
    buf_release(&out);
}

static int put(struct frame *f, int row, int col, int limit, const char *text)
{
    return frame_put(f, row, col, limit, &plain, text, strlen(text));
}

static void text_is_put_and_clipped(void **state)
{
    (void)state;
    struct glyphs *glyphs = glyphs_new();
    struct frame f;
    frame_init(&f, glyphs, 3, 6);
    assert_text(&f, "\n\n\n");
    assert_int_equal(put(&f, 0, 0, 100, "hello world"), 6);
    assert_int_equal(put(&f, 1, 1, 2, "xyz"), 2);
    assert_int_equal(put(&f, 2, 4, 100, "end"), 2);
    assert_int_equal(put(&f, 3, 0, 100, "x"), 0);
    assert_int_equal(put(&f, -1, 0, 100, "x"), 0);
    assert_int_equal(put(&f, 0, 6, 100, "x"), 0);
    assert_text(&f, "hello\n xy\n    en\n");
    frame_release(&f);
    glyphs_free(glyphs);
}

static void wide_characters_stay_whole(void **state)
{
    (void)state;
    struct glyphs *glyphs = glyphs_new();
    struct frame f;
    frame_init(&f, glyphs, 2, 5);
    /* The third does not fit. */
    assert_int_equal(put(&f, 0, 0, 100, "\u4e2d\u6587\u5b57"), 4);
    assert_int_equal(frame_row(&f, 0)[0].width, 2);
    assert_int_equal(frame_row(&f, 0)[1].width, 0);
    assert_text(&f, "\u4e2d\u6587\n\n");
    /* Overwriting either half leaves a blank for the other. */
    put(&f, 0, 1, 1, "x");
    assert_text(&f, " x\u6587\n\n");
    put(&f, 0, 2, 1, "y");
    assert_int_equal(frame_row(&f, 0)[3].width, 1);
    assert_text(&f, " xy\n\n");
    put(&f, 1, 0, 100, "\u4e2d\u6587");
    frame_fill(&f, 1, 1, 3, &plain);
    assert_text(&f, " xy\n\n");
    assert_int_equal(frame_row(&f, 1)[0].width, 1);
    assert_int_equal(frame_row(&f, 1)[3].width, 1);
    frame_release(&f);
    glyphs_free(glyphs);
}

static void marks_join_and_controls_are_shown(void **state)
{
    (void)state;
    struct glyphs *glyphs = glyphs_new();
    struct frame f;
    frame_init(&f, glyphs, 1, 20);
    assert_int_equal(put(&f, 0, 0, 100, "e\u0301x"), 2);
    assert_text(&f, "e\u0301x\n");
    /* Controls, bidi overrides, malformed bytes: nothing of these gets through. */
    assert_int_equal(put(&f, 0, 0, 100,
                         "\033[2J\u202e\x9b"
                         "\xc2\x9b\x7f"),
                     8);
    assert_text(&f, "?[2J?\ufffd??\n");
    frame_release(&f);
    glyphs_free(glyphs);
}

static void columns_are_what_put_uses(void **state)
{
    (void)state;
    static const char *const texts[] = {"",        "abc",      "\u4e2d\u6587",
                                        "e\u0301", "a\tb\033", "\xff\xfe"};
    struct glyphs *glyphs = glyphs_new();
    struct frame f;
    frame_init(&f, glyphs, 1, 20);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(frame_columns(texts[i], strlen(texts[i])), put(&f, 0, 0, 100, texts[i]));
    frame_release(&f);
    glyphs_free(glyphs);
}

static void fill_sets_the_style(void **state)
{
    (void)state;
    struct glyphs *glyphs = glyphs_new();
    struct frame f;
    frame_init(&f, glyphs, 1, 4);
    const struct style bar = {.attrs = ATTR_REVERSE};
    frame_fill(&f, 0, 1, 100, &bar);
    assert_int_equal(frame_row(&f, 0)[0].style.attrs, 0);
    for (int col = 1; col < 4; col++)
        assert_int_equal(frame_row(&f, 0)[col].style.attrs, ATTR_REVERSE);
    frame_fill(&f, 0, 4, 9, &bar);
    frame_fill(&f, 1, 0, 4, &bar);
    frame_release(&f);
    glyphs_free(glyphs);
}

static void visible_is_what_cannot_disguise(void **state)
{
    (void)state;
    static const uint32_t seen[] = {' ',    '~',    0xa0,   0xe9,   0x301,
                                    0x200c, 0x200d, 0xfe0f, 0x4e2d, 0x1f600};
    static const uint32_t unseen[] = {0,      0x1b,   0x7f,   0x80,   0x9b,   0xad,
                                      0x200b, 0x200e, 0x200f, 0x2028, 0x202a, 0x202e,
                                      0x2066, 0x2069, 0xfeff, 0xe0041};
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        assert_true(visible_char(seen[i]));
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
        assert_false(visible_char(unseen[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_put_and_clipped),
        cmocka_unit_test(wide_characters_stay_whole),
        cmocka_unit_test(marks_join_and_controls_are_shown),
        cmocka_unit_test(columns_are_what_put_uses),
        cmocka_unit_test(fill_sets_the_style),
        cmocka_unit_test(visible_is_what_cannot_disguise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
