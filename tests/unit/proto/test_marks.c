#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <string.h>

#include "base/ecma48.h"
#include "proto/marks.h"

#define TOKEN      "0123456789abcdef0123456789abcdef"
#define NONCE      "fedcba9876543210fedcba9876543210"
#define HELLO      "\033]7770;" TOKEN ";N;" NONCE ";bash;42;ann;/bin/bash;n1\a"
#define MARK(data) "\033]7770;" NONCE ";" data "\a"

/* Feed bytes; the last token's mark. */
static enum mark_kind feed(struct marks *m, struct mark *mark, const char *bytes)
{
    struct ecma48 *t = ecma48_new();
    struct ecma48_token token;
    enum mark_kind kind = MARK_NONE;
    ecma48_feed(t, (const uint8_t *)bytes, strlen(bytes));
    while (ecma48_next(t, &token))
        kind = marks_token(m, &token, mark);
    ecma48_free(t);
    return kind;
}

static void hello_needs_the_token(void **state)
{
    (void)state;
    struct marks m;
    struct mark mark;
    marks_init(&m, TOKEN);
    assert_int_equal(feed(&m, &mark, "\033]7770;" NONCE ";N;" NONCE ";bash;1;x;y\a"), MARK_IGNORED);
    assert_int_equal(feed(&m, &mark, MARK("A")), MARK_IGNORED);
    assert_int_equal(feed(&m, &mark, "\033]7770;;A\a"), MARK_IGNORED);
    assert_int_equal(feed(&m, &mark, "\033]7770;" TOKEN ";A\a"), MARK_IGNORED);
    assert_int_equal(feed(&m, &mark, "\033]7770;" TOKEN ";N;short;bash\a"), MARK_IGNORED);
    assert_int_equal(feed(&m, &mark, HELLO), MARK_HELLO);
    const char *s = mark.text;
    assert_int_equal(mark.strings, 5);
    assert_string_equal(s, "bash");
    s = mark_next(s);
    assert_string_equal(s, "42");
    s = mark_next(s);
    assert_string_equal(s, "ann");
    s = mark_next(s);
    assert_string_equal(s, "/bin/bash");
    assert_string_equal(mark_next(s), "n1");
    marks_release(&m);
}

static void a_nested_shell_is_named_by_the_token(void **state)
{
    (void)state;
    struct marks m;
    struct mark mark;
    marks_init(&m, TOKEN);
    assert_int_equal(feed(&m, &mark, "\033]7770;" NONCE ";I;zsh;7;root;db1\a"), MARK_IGNORED);
    assert_int_equal(feed(&m, &mark, "\033]7770;" TOKEN ";I;zsh;7;root;db1\a"), MARK_NAMED);
    assert_int_equal(mark.strings, 4);
    assert_string_equal(mark.text, "zsh");
    assert_string_equal(mark_next(mark_next(mark_next(mark.text))), "db1");
    assert_int_equal(feed(&m, &mark, MARK("A")), MARK_IGNORED);
    marks_know(&m, NONCE);
    assert_int_equal(feed(&m, &mark, MARK("A")), MARK_PROMPT);
    assert_int_equal(feed(&m, &mark, "\033]7770;" TOKEN ";I;zsh;7;root;db1\a"), MARK_IGNORED);
    marks_release(&m);
}

static void hello_counts_once(void **state)
{
    (void)state;
    struct marks m;
    struct mark mark;
    marks_init(&m, TOKEN);
    assert_int_equal(feed(&m, &mark, HELLO), MARK_HELLO);
    assert_int_equal(
        feed(&m, &mark, "\033]7770;" TOKEN ";N;00000000000000000000000000000000;bash;1;x;y\a"),
        MARK_IGNORED);
    assert_int_equal(feed(&m, &mark, MARK("A")), MARK_PROMPT);
    marks_release(&m);
}

static void others_marks_are_nothing(void **state)
{
    (void)state;
    struct marks m;
    struct mark mark;
    marks_init(&m, TOKEN);
    feed(&m, &mark, HELLO);
    static const char *const forged[] = {
        "\033]7770;00000000000000000000000000000000;D;0\a",
        "\033]7770;;D;0\a",
        "\033]7770;D;0\a",
        "\033]7770;" NONCE "\a",
        "\033]7770;" NONCE ";\a",
        "\033]7770;" NONCE ";AA\a",
        "\033]7770;" NONCE ";Z\a",
    };
    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++)
        assert_int_equal(feed(&m, &mark, forged[i]), MARK_IGNORED);
    static const char *const foreign[] = {
        "\033]133;A\a",       "\033]133;D;0\a", "\033]633;P;Cwd=/\a",
        "\033]7;file://h/\a", "7770;x",         "\033]777\a",
    };
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        assert_int_equal(feed(&m, &mark, foreign[i]), MARK_NONE);
    marks_release(&m);
}

static void data_is_decoded(void **state)
{
    (void)state;
    struct marks m;
    struct mark mark;
    marks_init(&m, TOKEN);
    feed(&m, &mark, HELLO);
    assert_int_equal(feed(&m, &mark, MARK("D;130")), MARK_DONE);
    assert_int_equal(mark.status, 130);
    feed(&m, &mark, MARK("D;-1073741510"));
    assert_int_equal(mark.status, -1073741510);
    static const char *const none[] = {MARK("D;x"), MARK("D;-"), MARK("D;"), MARK("D;2147483648"),
                                       MARK("D;99999999999999999999")};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        feed(&m, &mark, none[i]);
        assert_int_equal(mark.status, INT_MIN);
    }
    assert_int_equal(feed(&m, &mark, MARK("P;/a%25b%0Ac;d")), MARK_CWD);
    assert_string_equal(mark.text, "/a%b\nc;d");
    assert_int_equal(feed(&m, &mark, MARK("W;/a%25b")), MARK_CWD);
    assert_string_equal(mark.text, "/a%25b");
    assert_int_equal(feed(&m, &mark, MARK("T;3;rm%09-\xc3\xa9")), MARK_TAKEN);
    assert_int_equal(mark.number, 3);
    assert_string_equal(mark.text, "rm\t-\xc3\xa9");
    assert_int_equal(feed(&m, &mark, MARK("H")), MARK_ASIDE);
    assert_int_equal(feed(&m, &mark, MARK("I")), MARK_ASIDE_END);
    feed(&m, &mark, MARK("T;0;%00a%"));
    assert_string_equal(mark.text, "%00a%");
    marks_release(&m);
}

static void a_mark_in_parts(void **state)
{
    (void)state;
    struct marks m;
    struct mark mark;
    marks_init(&m, TOKEN);
    feed(&m, &mark, HELLO);
    assert_int_equal(feed(&m, &mark, MARK("+;/a%2") MARK("+;0b")), MARK_IGNORED);
    /* (Another's is no part of it.) */
    assert_int_equal(feed(&m, &mark, "\033]7770;" TOKEN ";+;x\a"), MARK_IGNORED);
    assert_int_equal(feed(&m, &mark, MARK("P;/c")), MARK_CWD);
    assert_string_equal(mark.text, "/a b/c");
    assert_int_equal(feed(&m, &mark, MARK("P;/c")), MARK_CWD);
    assert_string_equal(mark.text, "/c");
    marks_release(&m);
}

static void candidates(void **state)
{
    (void)state;
    struct marks m;
    struct mark mark;
    marks_init(&m, TOKEN);
    feed(&m, &mark, HELLO);
    /* OSC payloads hold C0 controls as they came: the tty has made LF into CR LF. */
    assert_int_equal(feed(&m, &mark, MARK("K;3;2;nospace filenames\r\na b/\r\nc%0Ad")),
                     MARK_COMPLETION);
    assert_int_equal(mark.number, 3);
    assert_int_equal(mark.total, 2);
    assert_int_equal(mark.strings, 3);
    const char *s = mark.text;
    assert_string_equal(s, "nospace filenames");
    s = mark_next(s);
    assert_string_equal(s, "a b/");
    assert_string_equal(mark_next(s), "c\nd");
    assert_int_equal(feed(&m, &mark, MARK("+;4;1;typ") MARK("K;ed\037fa b")), MARK_COMPLETION);
    assert_int_equal(mark.number, 4);
    assert_int_equal(mark.strings, 2);
    assert_string_equal(mark_next(mark.text), "fa b");
    assert_int_equal(feed(&m, &mark, MARK("K;0;0;")), MARK_COMPLETION);
    assert_int_equal(mark.strings, 1);
    assert_int_equal(feed(&m, &mark, MARK("L;0;0;5 newest\r\n%015%01ls")), MARK_HISTORY);
    assert_string_equal(mark.text, "5 newest");
    assert_string_equal(mark_next(mark.text), "\x01"
                                              "5\x01ls");
    assert_int_equal(feed(&m, &mark, MARK("K")), MARK_COMPLETION);
    assert_int_equal(mark.number, -1);
    marks_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_needs_the_token),
        cmocka_unit_test(a_nested_shell_is_named_by_the_token),
        cmocka_unit_test(hello_counts_once),
        cmocka_unit_test(others_marks_are_nothing),
        cmocka_unit_test(data_is_decoded),
        cmocka_unit_test(a_mark_in_parts),
        cmocka_unit_test(candidates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
