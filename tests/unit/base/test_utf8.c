#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gnu/libc-version.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void every_scalar_value_survives(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        if (cp >= 0xd800 && cp <= 0xdfff)
            continue;
        char bytes[4];
        uint32_t back = 0;
        size_t len = utf8_encode(cp, bytes);
        assert_int_equal(utf8_decode(bytes, len, &back), len);
        assert_int_equal(back, cp);
        for (size_t cut = 1; cut < len; cut++) {
            assert_int_equal(utf8_missing(bytes, cut), len - cut);
            assert_int_equal(utf8_decode(bytes, cut, &back), 1);
            assert_int_equal(back, UTF8_REPLACEMENT);
        }
        assert_int_equal(utf8_missing(bytes, len), 0);
    }
}

static void what_is_no_scalar_value_becomes_the_replacement(void **state)
{
    (void)state;
    static const uint32_t bad[] = {0xd800, 0xdfff, 0x110000, 0xffffffff};
    for (size_t i = 0; i < COUNT(bad); i++) {
        char bytes[4];
        assert_int_equal(utf8_encode(bad[i], bytes), 3);
        assert_memory_equal(bytes, "\xef\xbf\xbd", 3);
    }
}

static void malformed_bytes_are_taken_one_by_one(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80",
        "\xf5\x80\x80",
        "\xfe",
        "\xff",
        "\xe2(\xa1",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        uint32_t cp = 0;
        assert_int_equal(utf8_decode(bad[i], strlen(bad[i]), &cp), 1);
        assert_int_equal(cp, UTF8_REPLACEMENT);
        assert_int_equal(utf8_missing(bad[i], strlen(bad[i])), 0);
    }
    uint32_t cp = 7;
    assert_int_equal(utf8_decode("", 0, &cp), 0);
    assert_int_equal(cp, 7);
}

static void missing_looks_only_at_the_end(void **state)
{
    (void)state;
    assert_int_equal(utf8_missing("", 0), 0);
    assert_int_equal(utf8_missing("abc", 3), 0);
    assert_int_equal(utf8_missing("\xe2\x82"
                                  "a\xe2",
                                  4),
                     2);
    assert_int_equal(utf8_missing("\xe2\x82\xac\xf0\x9f", 5), 2);
    assert_int_equal(utf8_missing("\x80\x80\x80\x80", 4), 0);
}

static void widths_are_those_of_the_hosts(void **state)
{
    (void)state;
    static const struct {
        uint32_t cp;
        int width;
    } known[] = {
        {'\0', 0},   {0x1b, 0},    {' ', 1},      {'~', 1},     {0x7f, 0},    {0x9b, 0},
        {0xa0, 1},   {0xe9, 1},    {0x301, 0},    {0x200b, 0},  {0x200d, 0},  {0xfe0f, 0},
        {0x1160, 0}, {0x4e2d, 2},  {0x3042, 2},   {0xac00, 2},  {0xff21, 2},  {0xff71, 1},
        {0x2502, 1}, {0x1f600, 2}, {0x20000, 2},  {0x3fffd, 1}, {0xe000, 1},  {0xfffd, 1},
        {0x231a, 2}, {0x2764, 1},  {0x10ffff, 1}, {0xe0020, 0}, {0x1f1e6, 1},
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        if (utf8_width(known[i].cp) != known[i].width)
            fail_msg("U+%04X is %d wide", known[i].cp, utf8_width(known[i].cp));
    }
}

/* A newer glibc knows more characters: only the one the table was made from must agree. */
static void table_agrees_with_this_machine(void **state)
{
    (void)state;
    if (strcmp(gnu_get_libc_version(), "2.36") != 0 || !setlocale(LC_CTYPE, "C.UTF-8"))
        skip();
    for (uint32_t cp = 0xa0; cp <= 0x10ffff; cp++) {
        int host = wcwidth((wchar_t)cp);
        if ((host >= 0 ? host : 1) != utf8_width(cp))
            fail_msg("U+%04X: host %d, table %d", cp, host, utf8_width(cp));
    }
}

static void columns_add_up(void **state)
{
    (void)state;
    assert_int_equal(utf8_columns("", 0), 0);
    assert_int_equal(utf8_columns("abc", 3), 3);
    const char *mixed = "a\xe4\xb8\xad"
                        "e\xcc\x81\xff!";
    assert_int_equal(utf8_columns(mixed, strlen(mixed)), 6);
    static const size_t fitting[] = {0, 1, 1, 4, 7, 8, 9, 9};
    for (size_t i = 0; i < sizeof fitting / sizeof fitting[0]; i++)
        assert_int_equal(utf8_fitting(mixed, strlen(mixed), i), fitting[i]);
}

static void sanitised_text_is_safe_to_show(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        size_t columns;
        int keep_lines;
        const char *out;
    } cases[] = {
        {"plain", 80, 0, "plain"},
        {"", 80, 0, ""},
        {"\033[2Jx\x7f", 80, 0, "\\x1b[2Jx\\x7f"},
        {"a\nb\tc\r", 80, 0, "a\\x0ab\\x09c\\x0d"},
        {"a\nb\tc\r", 80, 1, "a\nb\tc\\x0d"},
        {"\xc2\x9b"
         "2J",
         80, 0, "\\u{009b}2J"},
        {"user\xe2\x80\xae"
         "gpj",
         80, 0, "user\\u{202e}gpj"},
        {"a\xe2\x80\x8b"
         "b\xef\xbb\xbf",
         80, 0, "a\\u{200b}b\\u{feff}"},
        {"\xf0\x80\x80\x80", 80, 0, "\\xf0\\x80\\x80\\x80"},
        {"\xed\xa0\x80", 80, 0, "\\xed\\xa0\\x80"},
        {"e\xcc\x81", 80, 0, "e\xcc\x81"},
        {"\xcc\x81", 80, 0, "\\u{0301}"},
        {"\xef\xbf\xbd", 80, 0, "\xef\xbf\xbd"},
        {"abcdef", 6, 0, "abcdef"},
        {"abcdefg", 6, 0, "abc..."},
        {"abcdefg", 2, 0, ".."},
        {"abcdefg", 0, 0, ""},
        {"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 5, 0, "\xe4\xb8\xad..."},
        {"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 6, 0, "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[64];
        utf8_sanitize(out, sizeof out, cases[i].in, strlen(cases[i].in), cases[i].columns,
                      cases[i].keep_lines);
        assert_string_equal(out, cases[i].out);
    }
}

static void sanitised_text_never_passes_its_room(void **state)
{
    (void)state;
    const char *in = "ab\033\xe4\xb8\xad\xe2\x80\xae"
                     "end\n\xff";
    for (size_t size = 1; size < 48; size++) {
        char out[64];
        memset(out, '#', sizeof out);
        utf8_sanitize(out, size, in, strlen(in), 100, 0);
        assert_true(strlen(out) < size);
        for (size_t i = size; i < sizeof out; i++)
            assert_int_equal(out[i], '#');
        assert_int_equal(utf8_missing(out, strlen(out)), 0);
    }
    char untouched = '#';
    utf8_sanitize(&untouched, 0, in, strlen(in), 100, 0);
    assert_int_equal(untouched, '#');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_value_survives),
        cmocka_unit_test(what_is_no_scalar_value_becomes_the_replacement),
        cmocka_unit_test(malformed_bytes_are_taken_one_by_one),
        cmocka_unit_test(missing_looks_only_at_the_end),
        cmocka_unit_test(widths_are_those_of_the_hosts),
        cmocka_unit_test(table_agrees_with_this_machine),
        cmocka_unit_test(columns_add_up),
        cmocka_unit_test(sanitised_text_is_safe_to_show),
        cmocka_unit_test(sanitised_text_never_passes_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
