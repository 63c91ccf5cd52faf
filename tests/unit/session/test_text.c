/* Quoting, the prompt's template, the typed-ahead line, and what is typed to the shells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "session/dialect.h"
#include "session/prompt.h"
#include "session/quote.h"
#include "session/typeahead.h"

static const char *const awkward[] = {
    "plain",
    "two words",
    "it's",
    "a\"b",
    "back\\slash",
    "$HOME",
    "`id`",
    "a;b&c|d",
    "*?[x]",
    "#hash",
    "~tilde",
    "new\nline",
    "tab\there",
    "!bang",
    "{a,b}",
    "-leading",
    "\xc3\xa9\xe4\xb8\xad",
    "a=b:c",
    "(x)<y>",
};

/* The shell itself says what a quoted word is. */
static char *shell_says(const char *shell, const char *word)
{
    /* By way of the environment: popen's own shell must not read the word. */
    char script[1024], command[64], out[1024];
    snprintf(script, sizeof script, "printf %%s %s; printf .", word);
    setenv("QUOTED", script, 1);
    snprintf(command, sizeof command, "%s -c \"$QUOTED\"", shell);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t n = fread(out, 1, sizeof out - 1, pipe);
    assert_int_equal(pclose(pipe), 0);
    assert_true(n > 0 && out[n - 1] == '.');
    out[n - 1] = '\0';
    return strdup(out);
}

static void words_survive_the_shell(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof awkward / sizeof awkward[0]; i++) {
        struct buf word = {0};
        quote_single(&word, awkward[i], strlen(awkward[i]));
        char *said = shell_says("sh", buf_str(&word));
        assert_string_equal(said, awkward[i]);
        free(said);
        for (const char *q = " '\""; *q; q++) {
            buf_clear(&word);
            if (*q != ' ')
                buf_putc(&word, *q);
            quote_word(&word, awkward[i], strlen(awkward[i]), *q == ' ' ? 0 : *q);
            if (*q != ' ')
                buf_putc(&word, *q);
            said = shell_says("bash", buf_str(&word));
            /* A leading tilde is left for the shell to expand. */
            if (awkward[i][0] != '~' || *q != ' ')
                assert_string_equal(said, awkward[i]);
            free(said);
        }
        buf_release(&word);
    }
}

static void open_quotes(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        char quote;
    } cases[] = {
        {"", 0},          {"cat 'a b", '\''}, {"cat 'a' b", 0},       {"cat \"a 'b", '"'},
        {"echo \\\"", 0}, {"echo \\' x", 0},  {"echo \"\\\" x", '"'}, {"echo 'a\\", '\''},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(quote_open(cases[i].line, strlen(cases[i].line)), cases[i].quote);
}

static void prompts(void **state)
{
    (void)state;
    static const struct {
        const char *template;
        struct prompt_values values;
        const char *text;
    } cases[] = {
#define VALUES(...) {.host = "h", .user = "u", .cwd = "/", __VA_ARGS__}
        {PROMPT_DEFAULT, {"web1", "ann", "/var/log", .status = -1}, "[web1]: /var/log> "},
        {PROMPT_DEFAULT, {"web1", "root", "/root", .status = 0}, "[web1]: /root# "},
        {"{user}@{host} {status}{sign}", VALUES(.status = 7), "u@h 7>"},
        {"{nope}{", VALUES(), "{nope}{"},
        {"{cwd}", {"h", "u", "/a\033[31m", .status = 0}, "/a\\x1b[31m"},
        {"<{duration}>", VALUES(.status = -1, .duration = 5000), "<>"},
        {"<{duration}>", VALUES(.duration = 999), "<>"},
        {"<{duration}>", VALUES(.duration = 1250), "<1.2s>"},
        {"<{duration}>", VALUES(.duration = 61000), "<1m01s>"},
        {"<{duration}>", VALUES(.duration = 7500000), "<2h05m>"},
        /* What stands in the braces goes with the field. */
        {"a{ (git)}{ venv}b", VALUES(.git = "main", .venv = ""), "a (main)b"},
        {"a{ (git)}{ venv}b", VALUES(.venv = "env"), "a envb"},
        {"{[jobs]}", VALUES(.jobs = "0"), ""},
        {"{[jobs]}", VALUES(.jobs = "2"), "[2]"},
        {"{ \u00bbstatus}>", VALUES(.status = 3), " \u00bb3>"},
        {"{git}", VALUES(.git = "a\033]0;x\007\u202e"), "a\\x1b]0;x\\x07\\u{202e}"},
        {"{} { } {-}", VALUES(), "{} { } {-}"},
        /* The home directory. */
        {"{cwd~}", {"h", "u", "/home/ann/src", .home = "/home/ann"}, "~/src"},
        {"{cwd~}", {"h", "u", "/home/ann", .home = "/home/ann/"}, "~"},
        {"{cwd~}", {"h", "u", "/home/anna", .home = "/home/ann"}, "/home/anna"},
        {"{cwd~}", {"h", "u", "/etc", .home = "/"}, "/etc"},
        {"{cwd}", {"h", "u", "/home/ann", .home = "/home/ann"}, "/home/ann"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out = {0};
        struct prompt_range host;
        prompt_expand(cases[i].template, &cases[i].values, &out, &host);
        assert_string_equal(buf_str(&out), cases[i].text);
        buf_release(&out);
    }
}

/* At most half of the width: whole names go, as long as one fits. */
static void prompt_paths(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int columns;
        const char *text;
        bool ascii;
    } cases[] = {
        {"/usr/share/doc/bash", 40, "/usr/share/doc/bash", false},
        {"/usr/share/doc/bash", 36, "/usr/\u2026/doc/bash", false},
        {"/usr/share/doc/bash", 24, "/usr/\u2026/bash", false},
        {"/usr/share/doc/bash", 20, "\u2026/doc/bash", false},
        {"/usr/share/doc/bash", 12, "\u2026/bash", false},
        {"/usr/share/doc/bash", 10, "/u\u2026sh", false},
        {"/usr/share/doc/bash", 2, "\u2026", false},
        {"/usr/share/doc/bash", 30, "/usr/.../bash", true},
        {"/a-very-long-name-in-the-root", 20, "/a-v\u2026-root", false},
        /* Wide characters are not cut in two, marks stay where they are. */
        {"/\u65e5\u672c/\u65e5\u672c\u8a9e/\u672c", 20, "/\u65e5\u672c/\u2026/\u672c", false},
        {"/\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e", 20, "/\u65e5\u2026\u672c\u8a9e",
         false},
        {"/aaaaaaaaaaaaaaaaaaaae\u0301", 10, "/a\u2026ae\u0301", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct prompt_values values = {
            .cwd = cases[i].path, .columns = cases[i].columns, .ascii = cases[i].ascii};
        struct buf out = {0};
        struct prompt_range host;
        prompt_expand("{cwd}", &values, &out, &host);
        assert_string_equal(buf_str(&out), cases[i].text);
        assert_true(utf8_columns(buf_str(&out), out.len) <= (size_t)cases[i].columns / 2);
        buf_release(&out);
    }
}

static void prompt_names(void **state)
{
    (void)state;
    static const struct {
        const char *template, *unknown;
    } cases[] = {
        {PROMPT_DEFAULT, NULL},    {"{status}{duration}{user}", NULL},
        {"{nope} x", "{nope} x"},  {"a {cwd} {hots}", "{hots}"},
        {"{} { {-} {a", NULL},     {"{A}", "{A}"},
        {"{cwd~}{ (git) }", NULL}, {"{git~}", "{git~}"},
        {"{on git}", "{on git}"},  {"{git on}", "{git on}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *unknown = prompt_unknown(cases[i].template);
        assert_int_equal(unknown != NULL, cases[i].unknown != NULL);
        if (unknown)
            assert_string_equal(unknown, cases[i].unknown);
    }
    assert_true(prompt_has_status("{cwd} {status}>"));
    assert_true(prompt_has_status("{ [status]}"));
    assert_false(prompt_has_status(PROMPT_DEFAULT));
    struct buf wants = {0};
    struct prompt_range host;
    prompt_expand(PROMPT_DEFAULT "{host}", &(struct prompt_values){"web1", "ann", "/", .status = 0},
                  &wants, &host);
    assert_int_equal(host.from, 1);
    assert_int_equal(host.to, 5);
    buf_clear(&wants);
    prompt_wants(PROMPT_DEFAULT, &wants);
    assert_string_equal(buf_str(&wants), "");
    prompt_wants("{git}{cwd~}{(git)}{venv}{jobs}", &wants);
    assert_string_equal(buf_str(&wants), "git home venv jobs");
    buf_release(&wants);
}

static void typed_ahead(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        size_t columns;
        const char *tail;
        size_t enters, tabs;
        const char *search;
    } cases[] = {
        {"abc", 3, "abc", 0, 0, NULL},
        {"abc", 2, "bc", 0, 0, NULL},
        {"abc", 9, "abc", 0, 0, NULL},
        {"ab\x7f"
         "c",
         2, "ac", 0, 0, NULL},
        {"one two\x17x", 5, "one x", 0, 0, NULL},
        {"drop\x15kept", 4, "kept", 0, 0, NULL},
        {"drop\003kept", 4, "kept", 0, 0, NULL},
        {"first\rsecond", 6, "second", 1, 0, NULL},
        {"\xc3\xa9\xe4\xb8\xad\x7f", 1, "\xc3\xa9", 0, 0, NULL},
        {"a\001", 3, "a\001", 0, 0, NULL},
        {"\033[Ax", 5, "\033[Ax", 0, 0, NULL},
        {"\026\025x", 3, "\025x", 0, 0, NULL},
        {"a\023\021b", 2, "ab", 0, 0, NULL},
        {"ab\tc", 3, "ab\tc", 0, 6, NULL},
        {"a\t\tc", 2, "a\t\tc", 0, 15, NULL},
        {"\tab", 3, "\tab", 0, 4, NULL},
        {"read\ttab", 2, "ab", 0, 0, NULL},
        {"ab\022cd", 4, "abcd", 0, 0, "cd"},
        {"\022", 0, "", 0, 0, ""},
        {"x\022\022cd\177", 2, "xc", 0, 0, "c"},
        {"\022cd\rx", 1, "x", 1, 0, NULL},
        {"\022c\003", 0, "", 0, 0, NULL},
        {"\022c\033x", 4, "c\033x", 0, 0, NULL},
        {"ab\022cd\027", 0, "", 0, 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct typeahead t = {0};
        size_t len;
        typeahead_add(&t, cases[i].typed, strlen(cases[i].typed));
        const char *tail = typeahead_tail(&t, cases[i].columns, cases[i].tabs, &len);
        assert_int_equal(len, strlen(cases[i].tail));
        assert_memory_equal(tail, cases[i].tail, len);
        assert_int_equal(t.enters, cases[i].enters);
        const char *pattern = NULL;
        bool search = typeahead_search(&t, &pattern, &len);
        assert_int_equal(search, cases[i].search != NULL);
        if (search) {
            assert_int_equal(len, strlen(cases[i].search));
            assert_memory_equal(pattern, cases[i].search, len);
        }
        typeahead_release(&t);
    }
}

static void control_characters(void **state)
{
    (void)state;
    assert_int_equal(dialect_control("a\tb\nc", 5), -1);
    assert_int_equal(dialect_control("a\003", 2), 1);
    assert_int_equal(dialect_control("\033[201~", 6), 0);
    assert_int_equal(dialect_control("ab\x7f", 3), 2);
}

/* No line that a canonical tty gets is too long for it, and none cuts a character. */
static void pieces_are_short(void **state)
{
    (void)state;
    static const char *const names[] = {"sh", "ash"};
    char text[30000];
    for (size_t i = 0; i < sizeof text; i += 3)
        memcpy(text + i, i % 5 == 0 ? "'''" : i % 7 == 0 ? "\n\n\t" : "\xe4\xb8\xad", 3);
    for (size_t n = 0; n < 2; n++) {
        const struct dialect *d = dialect_find(names[n]);
        struct buf out = {0};
        assert_true(dialect_submit(d, text, sizeof text, &out));
        const char *line = buf_str(&out), *end;
        for (; (end = strchr(line, '\r')) != NULL; line = end + 1) {
            assert_true((size_t)(end - line) < d->line_max);
            assert_true(((unsigned char)end[1] & 0xc0) != 0x80);
        }
        assert_string_equal(line, "");
        buf_release(&out);
    }
}

/* ksh's editor takes little at once, and is told how much comes behind a key. */
static void counted_pieces(void **state)
{
    (void)state;
    const struct dialect *d = dialect_find("ksh");
    struct buf out = {0};
    assert_false(dialect_submit(d, "a b\n", 4, &out));
    assert_string_equal(buf_str(&out), "\033[7771~100000008a%20b%0A");
    buf_clear(&out);
    dialect_hand(d, "", 0, &out);
    assert_string_equal(buf_str(&out), "\033[7774~100000000");
    buf_clear(&out);
    dialect_hand(d, "abcdefghijklmnopqrstuvwxyzabc\xc3\xa9.", 32, &out);
    assert_string_equal(buf_str(&out), "\033[7774~100000029abcdefghijklmnopqrstuvwxyzabc"
                                       "\033[7774~100000007%C3%A9.");
    buf_release(&out);
}

/* The bootstrap's command holds only what passes every login shell. */
static void start_command(void **state)
{
    (void)state;
    struct buf out = {0};
    dialect_start_command(
        &(struct dialect_start){
            .token = "0123456789abcdef0123456789abcdef",
            .profile = true,
            .directory = "/tmp/it's here! \xc3\xa9",
        },
        &out);
    const char *command = buf_str(&out);
    const char head[] = "exec sh -c 'eval \"$(printf \"$0\")\"' '";
    assert_memory_equal(command, head, strlen(head));
    size_t len = strlen(command);
    assert_int_equal(command[len - 1], '\'');
    for (size_t i = strlen(head); i < len - 1; i++) {
        assert_true(command[i] >= 0x20 && command[i] < 0x7f);
        assert_null(strchr("'!", command[i]));
        if (command[i] == '\\')
            assert_true(command[i + 1] == 'n' || (command[i + 1] >= '0' && command[i + 1] <= '3'));
    }
    buf_release(&out);
}

/* dropbear ends the connection at a string of 9000 bytes: what has no room is asked for. */
static void start_command_within_a_limit(void **state)
{
    (void)state;
    struct dialect_start start = {.token = "0123456789abcdef0123456789abcdef", .profile = true};
    struct buf whole = {0}, out = {0};
    dialect_start_command(&start, &whole);
    assert_null(strstr(buf_str(&whole), "_d=bash\\134?"));
    for (size_t limit = 6000; limit < whole.len; limit += 500) {
        start.limit = limit;
        dialect_start_command(&start, &out);
        assert_in_range(out.len, 1000, limit);
        assert_non_null(strstr(buf_str(&out), "\\134?"));
        buf_clear(&out);
    }
    start.limit = 1;
    dialect_start_command(&start, &out);
    assert_non_null(strstr(buf_str(&out), "_d=bash\\134?"));
    buf_clear(&out);
    const struct dialect *d = dialect_find("bash");
    dialect_start_hooks(d, false, false, &out);
    assert_int_equal(out.len, 5 + strlen(d->hooks));
    char digits[6] = "";
    memcpy(digits, buf_str(&out), 5);
    assert_int_equal(atol(digits), 10000 + strlen(d->hooks));
    assert_string_equal(buf_str(&out) + 5, d->hooks);
    buf_release(&whole);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_survive_the_shell),
        cmocka_unit_test(open_quotes),
        cmocka_unit_test(prompts),
        cmocka_unit_test(prompt_names),
        cmocka_unit_test(prompt_paths),
        cmocka_unit_test(typed_ahead),
        cmocka_unit_test(control_characters),
        cmocka_unit_test(pieces_are_short),
        cmocka_unit_test(counted_pieces),
        cmocka_unit_test(start_command),
        cmocka_unit_test(start_command_within_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
