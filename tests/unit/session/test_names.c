#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "session/dialect.h"
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
    names_set(&n, list, strlen(list), '\n', false);
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
    names_set(&n, "one\0two", 8, '\0', false);
    assert_int_equal(n.count, 2);
    assert_int_equal(find(&n, "two"), NAMES_WHOLE);
    assert_int_equal(find(&n, "ls"), NAMES_NONE);
    names_set(&n, "", 0, '\n', false);
    assert_int_equal(n.count, 0);
    names_release(&n);
}

static void what_a_command_changes(void **state)
{
    (void)state;
    static const struct {
        const struct names_language *language;
        const char *line;
        enum names_change change;
    } cases[] = {
        {&names_sh, "", NAMES_SAME},
        {&names_sh, "ls -l", NAMES_SAME},
        {&names_sh, "echo installed", NAMES_SAME},
        {&names_sh, "alias ll='ls -l'", NAMES_SHELL},
        {&names_sh, "cd x && . ./env", NAMES_SHELL},
        {&names_sh, "f() { :; }", NAMES_SHELL},
        {&names_sh, "PATH=$PATH:~/bin", NAMES_SHELL},
        {&names_sh, "hash -r", NAMES_PATH},
        {&names_sh, "sudo apt install jq", NAMES_PATH},
        {&names_sh, "alias x=y;make", NAMES_PATH},
        {&names_sh, "(chmod +x ~/bin/x)", NAMES_PATH},
        {&names_fish, "function greet; echo hi; end", NAMES_SHELL},
        {&names_fish, "abbr -a gco git checkout", NAMES_SHELL},
        {&names_fish, "fish_add_path ~/bin", NAMES_SHELL},
        {&names_fish, "echo (hash)", NAMES_SAME},
        {&names_csh, "alias ll 'ls -l'", NAMES_SHELL},
        {&names_csh, "set path = (~/bin $path)", NAMES_SHELL},
        {&names_csh, "rehash", NAMES_PATH},
        {&names_csh, "echo f()", NAMES_SAME},
        {&names_pwsh, "Function greet { 'hi' }", NAMES_SHELL},
        {&names_pwsh, "SET-ALIAS ll Get-ChildItem", NAMES_SHELL},
        {&names_pwsh, "$env:Path += ';C:\\x'", NAMES_SHELL},
        {&names_pwsh, "Install-Module PSReadLine", NAMES_PATH},
        {&names_pwsh, "Get-ChildItem | Select-Object Name", NAMES_SAME},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (names_changed_by(cases[i].language, cases[i].line) != cases[i].change)
            fail_msg("%s", cases[i].line);
}

static void names_in_one_case(void **state)
{
    (void)state;
    struct names n = {0};
    names_set(&n, "Get-Item\nGIT\n", 13, '\n', true);
    assert_int_equal(find(&n, "get-item"), NAMES_WHOLE);
    assert_int_equal(find(&n, "git"), NAMES_WHOLE);
    assert_int_equal(find(&n, "GIT"), NAMES_NONE);
    names_release(&n);
}

static void every_dialect_has_a_language(void **state)
{
    (void)state;
    const struct dialect *d;
    for (size_t i = 0; (d = dialect_at(i)) != NULL; i++)
        if (!d->names || (!d->names_key && !d->names_told && !d->names_fixed))
            fail_msg("%s", d->name);
}

static void what_may_define_a_function(void **state)
{
    (void)state;
    static const char *const may[] = {"f() { :; }", ". ./env", "true && eval \"$(x)\"", "source x"},
                             *const not [] = {"", "ls ./x", "echo evaluate", "alias x=y",
                                              "export X=1"};
    for (size_t i = 0; i < sizeof may / sizeof *may; i++)
        assert_true(names_may_define(may[i]));
    for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
        assert_false(names_may_define(not [i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(names_in_one_case),
        cmocka_unit_test(what_a_command_changes),
        cmocka_unit_test(every_dialect_has_a_language),
        cmocka_unit_test(what_may_define_a_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
