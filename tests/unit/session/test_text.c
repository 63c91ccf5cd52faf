/* Quoting, the prompt's template, the typed-ahead line, and what is typed to the shells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
        {PROMPT_DEFAULT, {"web1", "ann", "/var/log", -1, 0}, "[web1]: /var/log> "},
        {PROMPT_DEFAULT, {"web1", "root", "/root", 0, 0}, "[web1]: /root# "},
        {"{user}@{host} {status}{sign}", {"h", "u", "/", 7, 0}, "u@h 7>"},
        {"{nope}{", {"h", "u", "/", 0, 0}, "{nope}{"},
        {"{cwd}", {"h", "u", "/a\033[31m", 0, 0}, "/a\\x1b[31m"},
        {"<{duration}>", {"h", "u", "/", -1, 5000}, "<>"},
        {"<{duration}>", {"h", "u", "/", 0, 999}, "<>"},
        {"<{duration}>", {"h", "u", "/", 0, 1250}, "<1.2s>"},
        {"<{duration}>", {"h", "u", "/", 0, 61000}, "<1m01s>"},
        {"<{duration}>", {"h", "u", "/", 0, 7500000}, "<2h05m>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out = {0};
        prompt_expand(cases[i].template, &cases[i].values, &out);
        assert_string_equal(buf_str(&out), cases[i].text);
        buf_release(&out);
    }
}

static void prompt_names(void **state)
{
    (void)state;
    static const struct {
        const char *template, *unknown;
    } cases[] = {
        {PROMPT_DEFAULT, NULL},   {"{status}{duration}{user}", NULL},
        {"{nope} x", "{nope} x"}, {"a {cwd} {hots}", "{hots}"},
        {"{} { {A} {a", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *unknown = prompt_unknown(cases[i].template);
        assert_int_equal(unknown != NULL, cases[i].unknown != NULL);
        if (unknown)
            assert_string_equal(unknown, cases[i].unknown);
    }
    assert_true(prompt_has_status("{cwd} {status}>"));
    assert_false(prompt_has_status(PROMPT_DEFAULT));
}

static void typed_ahead(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        size_t columns;
        const char *tail;
        size_t enters;
    } cases[] = {
        {"abc", 3, "abc", 0},
        {"abc", 2, "bc", 0},
        {"abc", 9, "abc", 0},
        {"ab\x7f"
         "c",
         2, "ac", 0},
        {"one two\x17x", 5, "one x", 0},
        {"drop\x15kept", 4, "kept", 0},
        {"drop\003kept", 4, "kept", 0},
        {"first\rsecond", 6, "second", 1},
        {"\xc3\xa9\xe4\xb8\xad\x7f", 1, "\xc3\xa9", 0},
        {"a\001", 3, "a\001", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct typeahead t = {0};
        size_t len;
        typeahead_add(&t, cases[i].typed, strlen(cases[i].typed));
        const char *tail = typeahead_tail(&t, cases[i].columns, &len);
        assert_int_equal(len, strlen(cases[i].tail));
        assert_memory_equal(tail, cases[i].tail, len);
        assert_int_equal(t.enters, cases[i].enters);
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
    for (size_t limit = 5000; limit < whole.len; limit += 500) {
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
    dialect_start_hooks(d, &out);
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
        cmocka_unit_test(typed_ahead),
        cmocka_unit_test(control_characters),
        cmocka_unit_test(pieces_are_short),
        cmocka_unit_test(start_command),
        cmocka_unit_test(start_command_within_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
