#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "session/names.h"

static enum names_fit find(const struct names *n, const char *word)
{
    return names_find(n, word, strlen(word));
}

static void names_are_found(void **state)
{
    (void)state;
    struct names n = {0};
    assert_int_equal(find(&n, "ls"), NAMES_NONE);
    static const char list[] = "ls\nlsattr\n[\n\ngit-shell\ngit\nls\n\xc3\xbc";
    names_set(&n, list, strlen(list), '\n');
    assert_int_equal(n.count, 7);
    assert_int_equal(find(&n, "ls"), NAMES_WHOLE);
    assert_int_equal(find(&n, "l"), NAMES_BEGIN);
    assert_int_equal(find(&n, "lsb"), NAMES_NONE);
    assert_int_equal(find(&n, "git-s"), NAMES_BEGIN);
    assert_int_equal(find(&n, "git"), NAMES_WHOLE);
    assert_int_equal(find(&n, "["), NAMES_WHOLE);
    assert_int_equal(find(&n, "\xc3\xbc"), NAMES_WHOLE);
    assert_int_equal(find(&n, "\xc3\xbd"), NAMES_NONE);
    assert_int_equal(find(&n, "zz"), NAMES_NONE);
    assert_int_equal(find(&n, ""), NAMES_BEGIN);
    names_set(&n, "one\0two", 8, '\0');
    assert_int_equal(n.count, 2);
    assert_int_equal(find(&n, "two"), NAMES_WHOLE);
    assert_int_equal(find(&n, "ls"), NAMES_NONE);
    names_set(&n, "", 0, '\n');
    assert_int_equal(n.count, 0);
    names_release(&n);
}

static void what_a_command_changes(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum names_change change;
    } cases[] = {
        {"", NAMES_SAME},
        {"ls -l", NAMES_SAME},
        {"echo installed", NAMES_SAME},
        {"alias ll='ls -l'", NAMES_SHELL},
        {"cd x && . ./env", NAMES_SHELL},
        {"f() { :; }", NAMES_SHELL},
        {"PATH=$PATH:~/bin", NAMES_SHELL},
        {"sudo apt install jq", NAMES_PATH},
        {"alias x=y;make", NAMES_PATH},
        {"(chmod +x ~/bin/x)", NAMES_PATH},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (names_changed_by(cases[i].line) != cases[i].change)
            fail_msg("%s", cases[i].line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(what_a_command_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
