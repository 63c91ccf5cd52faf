/* Shells within the session's shell: what looks like their prompt, what is typed to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "session/nested.h"

#define TOKEN "0123456789abcdef0123456789abcdef"
#define NONCE "fedcba9876543210fedcba9876543210"

static void prompts_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        bool like;
    } rows[] = {
        {"ann@web1:~$ ", true},
        {"# ", true},
        {"web1%", true},
        {"~/src \u276f ", true},
        {"ann@web1 ~> ", true},
        {"[root@web1 ~]#", true},
        {"web1:~> ", true},
        {"\u279c  src git:(main) ", true},
        {" ~ \ue0b0 ", true},
        {"PS /home/ann> ", true},
        {"", false},
        {"   ", false},
        {">>> ", false},
        {"mysql> ", false},
        {"Password: ", false},
        {"Continue? [y/N] ", false},
        {"-- More --(42)", false},
        {"In [1]: ", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (nested_prompt_like(rows[i].row, strlen(rows[i].row)) != rows[i].like)
            fail_msg("%s", rows[i].row);
}

static void assert_guess(const char *command, const char *row, bool prompt, const char *dialect)
{
    size_t len = strlen(row);
    const struct dialect *d = nested_guess(command, row, len);
    if (nested_prompt_of(command, row, len) != prompt)
        fail_msg("%s: %s", command, row);
    assert_string_equal(d ? d->name : "", dialect);
}

/* Its own line for a shell that would not understand the others'. */
static void a_shell_is_guessed(void **state)
{
    (void)state;
    assert_guess("", "PS C:\\Users> ", false, "pwsh");
    assert_guess("ssh win1", "(base) PS /srv>", false, "pwsh");
    assert_guess("/opt/pwsh/pwsh -NoLogo", "> ", true, "pwsh");
    assert_guess("exec /usr/bin/tcsh -f", "> ", true, "tcsh");
    assert_guess("tcsh", "web1:~> ", true, "tcsh");
    assert_guess("tcsh", "ann@web1:~$ ", false, "");
    assert_guess("bash", "> ", true, "");
    assert_guess("cat /etc/tcsh/x", "> ", false, "");
    assert_guess("node", "> ", false, "");
    assert_guess("", "", false, "");
    assert_string_equal(nested_complains("x\rIllegal variable name.", 24)->name, "tcsh");
    assert_null(nested_complains("Illegal", 7));
    assert_string_equal(nested_dialect("dotnet")->name, "pwsh");
    assert_string_equal(nested_dialect("bash")->name, "bash");
    assert_null(nested_dialect("python3"));
}

/* One line, which every editor on the way takes as it is: see share/shell/nested.sh. */
static void the_line_is_plain(void **state)
{
    (void)state;
    static const struct {
        const char *shell, *begin;
    } lines[] = {{"", " \033[200~eval"}, {"tcsh", " \033[200~source"}, {"pwsh", " \033[200~. ("}};
    for (size_t l = 0; l < sizeof lines / sizeof lines[0]; l++) {
        const struct dialect *d = dialect_find(lines[l].shell);
        struct buf out = {0};
        nested_line(d, TOKEN, false, &out);
        const char *line = buf_str(&out);
        assert_true(out.len < 900);
        assert_true(line[0] == ' ' && line[out.len - 1] == '\r');
        for (size_t i = 0; i + 1 < out.len; i++)
            assert_true(line[i] >= ' ' && line[i] <= '~' && line[i] != '!');
        assert_non_null(strstr(line, TOKEN));
        assert_null(strstr(line, "TOKEN"));
        const char *quote = strchr(line, '\'');
        assert_non_null(quote);
        assert_ptr_equal(strrchr(line, '\''), strchr(quote + 1, '\''));
        buf_clear(&out);
        nested_line(d, TOKEN, true, &out);
        assert_memory_equal(buf_data(&out), lines[l].begin, strlen(lines[l].begin));
        assert_string_equal(buf_str(&out) + out.len - 7, "\033[201~\r");
        buf_release(&out);
    }
}

static void the_hooks_have_their_nonce(void **state)
{
    (void)state;
    static const char *const shells[] = {"bash", "zsh",     "fish", "sh",
                                         "dash", "busybox", "tcsh", "pwsh"};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        struct buf out = {0};
        const struct dialect *d = dialect_of(shells[i]);
        assert_non_null(d);
        const struct nested_values values = {NONCE, TOKEN, i % 2 ? "home git" : ""};
        nested_hooks(d, &values, &out);
        /* Five digits: the length and 10000. */
        char digits[6] = {0};
        memcpy(digits, buf_str(&out), 5);
        assert_int_equal(strtoul(digits, NULL, 10), 10000 + out.len - 5);
        assert_non_null(strstr(buf_str(&out), NONCE));
        assert_null(strstr(buf_str(&out), "NONCE"));
        assert_null(strstr(buf_str(&out), "TOKEN"));
        assert_null(strstr(buf_str(&out), "WANT"));
        assert_true((strstr(buf_str(&out), "home git") != NULL) == i % 2);
        buf_release(&out);
    }
}

static void a_shell_that_is_not_known_gets_nothing(void **state)
{
    (void)state;
    struct buf out = {0};
    assert_null(dialect_of("python3"));
    assert_null(dialect_of(""));
    assert_null(dialect_of("|"));
    nested_hooks(NULL, &(struct nested_values){NONCE, TOKEN, ""}, &out);
    assert_string_equal(buf_str(&out), "10000");
    buf_release(&out);
}

static void assert_label(const struct nested_place *outer, const struct nested_place *inner,
                         const char *label)
{
    static const struct nested_place first = {"ann", "web1", "/bin/bash"};
    struct buf out = {0};
    nested_label(&first, outer, inner, &out);
    assert_string_equal(buf_str(&out), label);
    buf_release(&out);
}

static void the_label_tells_what_differs(void **state)
{
    (void)state;
    const struct nested_place ann = {"ann", "web1", "/bin/bash"}, dash = {"ann", "web1", "dash"},
                              root = {"root", "web1", "bash"}, db = {"root", "db1", "bash"},
                              there = {"ann", "db1", "bash"};
    assert_label(&ann, &dash, "dash");
    assert_label(&ann, &root, "root");
    assert_label(&root, &root, "root bash");
    assert_label(&root, &db, "root@db1");
    assert_label(&db, &db, "root@db1 bash");
    assert_label(&db, &there, "ann@db1");
    assert_label(&root, &dash, "ann");
    assert_label(&there, &dash, "ann");
    assert_true(nested_same_place(&ann, &dash));
    assert_false(nested_same_place(&root, &db));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prompts_are_recognised),
        cmocka_unit_test(a_shell_is_guessed),
        cmocka_unit_test(the_line_is_plain),
        cmocka_unit_test(the_hooks_have_their_nonce),
        cmocka_unit_test(a_shell_that_is_not_known_gets_nothing),
        cmocka_unit_test(the_label_tells_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
