#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "session/answers.h"

static void keep(struct answers *a, const char *line, size_t word, bool narrows, size_t total,
                 int64_t at)
{
    struct answer answer = {
        .word = word, .count = 1, .candidates = 1, .total = total, .narrows = narrows, .at = at};
    buf_puts(&answer.line, line);
    buf_append(&answer.strings, "\0it", 4);
    answers_keep(a, &answer);
    assert_int_equal(answer.strings.len, 0);
}

/* Is there an answer for that line, and was it asked for that line ('=') or another ('<')? */
static char found(const struct answers *a, const char *line, int64_t now)
{
    bool exact;
    const struct answer *answer = answers_find(a, line, strlen(line), now, &exact);
    return !answer ? '-' : exact ? '=' : '<';
}

static void the_same_line_is_not_asked_twice(void **state)
{
    (void)state;
    struct answers a = {0};
    assert_int_equal(found(&a, "", 0), '-');
    keep(&a, "", 0, true, 1, 0);
    keep(&a, "git che", 3, false, 20, 100);
    assert_int_equal(found(&a, "", 0), '=');
    assert_int_equal(found(&a, "git che", 100), '=');
    assert_int_equal(found(&a, "git ch", 100), '-');
    assert_int_equal(found(&a, "git che", 100 + ANSWERS_MS - 1), '=');
    assert_int_equal(found(&a, "git che", 100 + ANSWERS_MS), '-');
    answers_clear(&a);
    assert_int_equal(found(&a, "git che", 100), '-');
}

static void more_of_the_word_may_be_answered(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        size_t word;
        const char *more;
        char found;
    } cases[] = {
        {"git che", 3, "c", '<'},
        {"git che", 3, "ckout-it_9.x", '<'},
        {"cat \xc3\xbc", 2, "n\xc3\xaf", '<'},
        /* Another question: another word, path, or kind of it. */
        {"git che", 3, " ", '-'},
        {"cat su", 2, "b/", '-'},
        {"cat su", 2, "'", '-'},
        {"cat su", 2, "\\", '-'},
        {"cat su", 2, "*", '-'},
        {"dd i", 1, "f=", '-'},
        {"scp ho", 2, "st:", '-'},
        {"ssh us", 2, "er@", '-'},
        {"echo a", 1, "$", '-'},
        {"git diff ma", 2, "in..", '-'},
        {"git diff main.", 5, ".", '-'},
        /* Nothing has been begun: options, hidden files and others are not among those. */
        {"git ", 0, "c", '-'},
        {"ls -", 1, "-", '-'},
        {"ls --", 2, "all", '-'},
        {"ls --a", 3, "ll", '<'},
        {"cat .", 1, "hid", '-'},
        {"cat .h", 2, "id", '<'},
        {"cat ../", 3, "x", '-'},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answers a = {0};
        struct buf line = {0};
        keep(&a, cases[i].line, cases[i].word, true, 1, 0);
        buf_printf(&line, "%s%s", cases[i].line, cases[i].more);
        if (found(&a, buf_str(&line), 1) != cases[i].found)
            fail_msg("%s", buf_str(&line));
        buf_release(&line);
        answers_clear(&a);
    }
    struct answers a = {0};
    keep(&a, "cat a", 1, false, 1, 0); /* it corrects */
    keep(&a, "cat b", 1, true, 2, 0);  /* it is not all */
    assert_int_equal(found(&a, "cat ab", 1), '-');
    assert_int_equal(found(&a, "cat bb", 1), '-');
    /* The nearest is the best. */
    keep(&a, "cat c", 1, true, 1, 0);
    keep(&a, "cat cc", 2, true, 1, 0);
    keep(&a, "ca", 2, true, 1, 0);
    bool exact;
    assert_int_equal(answers_find(&a, "cat ccc", 7, 1, &exact)->word, 2);
    answers_clear(&a);
}

static void what_is_kept_is_bounded(void **state)
{
    (void)state;
    struct answers a = {0};
    char line[8] = "x 0";
    for (char c = '0'; c < '0' + ANSWERS_MAX + 1; c++) {
        line[2] = c;
        keep(&a, line, 1, true, 1, 0);
    }
    assert_int_equal(found(&a, "x 0", 0), '-');
    assert_int_equal(found(&a, "x 1", 0), '=');
    struct answer large = {.count = 1};
    buf_puts(&large.line, "large");
    buf_reserve(&large.strings, ANSWERS_BYTES);
    buf_commit(&large.strings, ANSWERS_BYTES - 5);
    memset(buf_data(&large.strings), 0, large.strings.len);
    answers_keep(&a, &large);
    assert_int_equal(found(&a, "x 1", 0), '-');
    assert_int_equal(found(&a, "large", 0), '=');
    answers_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_line_is_not_asked_twice),
        cmocka_unit_test(more_of_the_word_may_be_answered),
        cmocka_unit_test(what_is_kept_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
