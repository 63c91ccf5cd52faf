#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "term/wide.h"

static void there_and_back(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",          "abc", "\u00e9\u65e5\U0001f600", "\xff\xc3", "\xed\xb0\x80", "\xef\xbf\xbd",
        "a\x01\x7f",
    };
    static const size_t lengths[] = {0, 3, 3, 2, 3, 1, 3};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t n, bytes = 0;
        wchar_t *wide = wide_from_utf8(texts[i], strlen(texts[i]), &n);
        assert_int_equal(n, lengths[i]);
        assert_int_equal(wcslen(wide), n);
        struct buf back = {0};
        wide_to_utf8(wide, n, &back);
        assert_string_equal(buf_str(&back), texts[i]);
        for (size_t k = 0; k < n; k++)
            bytes += wide_utf8_len(wide[k]);
        assert_int_equal(bytes, back.len);
        buf_release(&back);
        free(wide);
    }
    size_t n;
    wchar_t *wide = wide_from_utf8("a\0b", 3, &n);
    assert_int_equal(n, 3);
    assert_int_equal(wide[1], WIDE_BYTE);
    assert_int_equal(wide_utf8_len(wide[1]), 1);
    free(wide);
}

static void characters(void **state)
{
    (void)state;
    static const wchar_t text[] = L"ae\u0301\u0302\u65e5\u0301";
    static const size_t stops[] = {0, 1, 4, 6};
    for (size_t i = 0; i + 1 < 4; i++) {
        assert_int_equal(wide_next(text, 6, stops[i]), stops[i + 1]);
        assert_int_equal(wide_prev(text, stops[i + 1]), stops[i]);
    }
    assert_int_equal(wide_next(text, 6, 6), 6);
    assert_int_equal(wide_prev(text, 0), 0);
    assert_int_equal(wide_prev(L"\u0301", 1), 0);
}

static void words(void **state)
{
    (void)state;
    static const wchar_t text[] = L"ls  /a-b \u00e9t\u00e9\u3002";
    assert_int_equal(wide_word_right(text, 13, 0), 2);
    assert_int_equal(wide_word_right(text, 13, 2), 6);
    assert_int_equal(wide_word_right(text, 13, 8), 12);
    assert_int_equal(wide_word_right(text, 13, 12), 13);
    assert_int_equal(wide_word_left(text, 13), 9);
    assert_int_equal(wide_word_left(text, 5), 0);
    assert_int_equal(wide_blank_word_left(text, 9), 4);
    assert_int_equal(wide_blank_word_left(text, 4), 0);
    assert_true(wide_is_word(L'\u00fc'));
    assert_true(wide_is_word(L'_') == false);
    assert_false(wide_is_word(L'\u00a0'));
}

static void rows_and_columns(void **state)
{
    (void)state;
    static const wchar_t text[] = L"one\ntwo\n";
    assert_int_equal(wide_row_start(text, 3), 0);
    assert_int_equal(wide_row_start(text, 4), 4);
    assert_int_equal(wide_row_start(text, 8), 8);
    assert_int_equal(wide_row_end(text, 8, 0), 3);
    assert_int_equal(wide_row_end(text, 8, 5), 7);
    assert_int_equal(wide_row_end(text, 8, 8), 8);
    static const wchar_t wide[] = L"a\u65e5e\u0301b";
    assert_int_equal(wide_columns(wide, 5), 5);
    assert_int_equal(wide_at_column(wide, 5, 0), 0);
    assert_int_equal(wide_at_column(wide, 5, 1), 1);
    assert_int_equal(wide_at_column(wide, 5, 2), 1); /* inside the wide one */
    assert_int_equal(wide_at_column(wide, 5, 3), 2);
    assert_int_equal(wide_at_column(wide, 5, 4), 4);
    assert_int_equal(wide_at_column(wide, 5, 99), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(characters),
        cmocka_unit_test(words),
        cmocka_unit_test(rows_and_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
