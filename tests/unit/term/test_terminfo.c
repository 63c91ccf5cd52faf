#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "term/terminfo.h"

static struct terminfo *load(const char *term)
{
    struct err err = {0};
    struct terminfo *ti = terminfo_load(term, &err);
    if (!ti)
        fail_msg("%s: %s", term, err.text);
    return ti;
}

static int set_up(void **state)
{
    (void)state;
    static const char *const names[] = {"COLORTERM", "TERM_PROGRAM", "VTE_VERSION",
                                        "KITTY_WINDOW_ID", "TMUX"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    return 0;
}

static void assert_put(const struct terminfo *ti, enum terminfo_string s, int a, int b,
                       const char *bytes)
{
    struct buf out = {0};
    assert_true(terminfo_put(ti, &out, s, a, b));
    assert_string_equal(buf_str(&out), bytes);
    buf_release(&out);
}

static void xterm_is_read(void **state)
{
    (void)state;
    struct terminfo *ti = load("xterm-256color");
    assert_put(ti, TI_CUP, 4, 9, "\033[5;10H");
    assert_put(ti, TI_SETAF, 3, 0, "\033[33m");
    assert_put(ti, TI_SETAF, 200, 0, "\033[38;5;200m");
    assert_put(ti, TI_BOLD, 0, 0, "\033[1m");
    assert_int_equal(terminfo_colors(ti), 256);
    assert_true(terminfo_xterm(ti));
    assert_true(terminfo_bce(ti));
    assert_false(terminfo_auto_margin_bug(ti));
    assert_false(terminfo_truecolor(ti));
    terminfo_free(ti);
}

static void plain_terminals_are_not_xterm(void **state)
{
    (void)state;
    struct terminfo *ti = load("linux");
    assert_false(terminfo_xterm(ti));
    assert_int_equal(terminfo_colors(ti), 8);
    terminfo_free(ti);
    ti = load("vt220");
    assert_false(terminfo_xterm(ti));
    assert_int_equal(terminfo_colors(ti), 0);
    struct buf out = {0};
    assert_false(terminfo_put(ti, &out, TI_SETAF, 1, 0));
    assert_int_equal(out.len, 0);
    terminfo_free(ti);
    ti = load("vt100");
    assert_put(ti, TI_CUP, 0, 0, "\033[1;1H");
    /* Padding is not for us: no terminal we meet needs its delays. */
    assert_null(strstr(terminfo_string(ti, TI_CUP), "$<"));
    assert_null(strstr(terminfo_string(ti, TI_CLEAR), "$<"));
    terminfo_free(ti);
}

static void the_environment_adds_what_the_entry_lacks(void **state)
{
    (void)state;
    struct terminfo *ti = load("xterm-256color");
    assert_null(terminfo_string(ti, TI_SMULX));
    terminfo_free(ti);
    setenv("COLORTERM", "truecolor", 1);
    setenv("VTE_VERSION", "7200", 1);
    ti = load("xterm-256color");
    assert_true(terminfo_truecolor(ti));
    assert_put(ti, TI_SMULX, 3, 0, "\033[4:3m");
    assert_put(ti, TI_SETULC, 0x102030, 0, "\033[58:2::16:32:48m");
    terminfo_free(ti);
    ti = load("vt220");
    assert_false(terminfo_truecolor(ti));
    terminfo_free(ti);
}

static void bad_terminals_are_named(void **state)
{
    (void)state;
    struct err err = {0};
    assert_null(terminfo_load("no-such-terminal", &err));
    assert_non_null(strstr(err.text, "no-such-terminal"));
    assert_null(terminfo_load("dumb", &err));
    assert_non_null(strstr(err.text, "dumb"));
    assert_null(terminfo_load("", &err));
    assert_non_null(strstr(err.text, "TERM"));
    assert_null(terminfo_load(NULL, &err));
}

static void find_up(void *data, const char *capability, const char *bytes)
{
    if (strcmp(capability, "kcuu1") == 0)
        *(const char **)data = bytes;
}

static void keys_are_listed(void **state)
{
    (void)state;
    struct terminfo *ti = load("xterm");
    const char *up = NULL;
    terminfo_each_key(ti, find_up, &up);
    assert_string_equal(up, "\033OA");
    terminfo_free(ti);
}

static void several_are_loaded_at_once(void **state)
{
    (void)state;
    struct terminfo *a = load("xterm-256color"), *b = load("linux"), *c = load("xterm-256color");
    terminfo_free(a);
    assert_put(b, TI_CUP, 0, 0, "\033[1;1H");
    assert_put(c, TI_SETAF, 100, 0, "\033[38;5;100m");
    terminfo_free(c);
    terminfo_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(xterm_is_read, set_up),
        cmocka_unit_test_setup(plain_terminals_are_not_xterm, set_up),
        cmocka_unit_test_setup_teardown(the_environment_adds_what_the_entry_lacks, set_up, set_up),
        cmocka_unit_test(bad_terminals_are_named),
        cmocka_unit_test_setup(keys_are_listed, set_up),
        cmocka_unit_test_setup(several_are_loaded_at_once, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
