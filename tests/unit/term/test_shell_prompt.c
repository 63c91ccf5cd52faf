/* The shell's own prompt: what it prints in, text with looks out. */
#include "term/shell_prompt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

struct rig {
    struct glyphs *glyphs;
    struct shell_prompt *prompt;
    struct ecma48 *ecma48;
    struct buf text;
};

static int set_up(void **state)
{
    struct rig *r = xcalloc(1, sizeof *r);
    r->glyphs = glyphs_new();
    r->prompt = shell_prompt_new(r->glyphs);
    r->ecma48 = ecma48_new();
    *state = r;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *r = *state;
    ecma48_free(r->ecma48);
    shell_prompt_free(r->prompt);
    glyphs_free(r->glyphs);
    buf_release(&r->text);
    free(r);
    return 0;
}

static void feed(struct rig *r, const char *bytes, size_t len)
{
    struct ecma48_token token;
    ecma48_feed(r->ecma48, (const uint8_t *)bytes, len);
    while (ecma48_next(r->ecma48, &token))
        shell_prompt_token(r->prompt, &token);
}

static void print(struct rig *r, enum shell_prompt_part part, int cols, const char *bytes)
{
    shell_prompt_begin(r->prompt, part, cols);
    feed(r, bytes, strlen(bytes));
    shell_prompt_end(r->prompt, part, true);
}

static const char *shown(struct rig *r, enum shell_prompt_part part, int cols, int lead)
{
    const struct span *spans;
    int count = shell_prompt_spans(r->prompt, part, cols, lead, &spans);
    buf_clear(&r->text);
    for (int i = 0; i < count; i++)
        buf_append(&r->text, spans[i].text, spans[i].len);
    return buf_str(&r->text);
}

static void what_is_shown(void **state)
{
    struct rig *r = *state;
    static const struct {
        const char *bytes;
        int cols, lead;
        const char *text, *right;
    } cases[] = {
        {"ann@web1:~$ ", 40, 8, "ann@web1:~$ ", ""},
        {"one\r\n\xe2\x9d\xaf ", 40, 8, "one\n\xe2\x9d\xaf ", ""},
        {"wide \xe6\x97\xa5\xe6\x9c\xac e\xcc\x81 ", 40, 8,
         "wide \xe6\x97\xa5\xe6\x9c\xac e\xcc\x81 ", ""},
        /* Motion within the row does what it does; blanks to the cursor belong to the prompt. */
        {"abc\b\bX\033[5C$", 40, 0, "aXc    $", ""},
        {"a\033[4C", 40, 0, "a    ", ""},
        {"\033[10Cnow\ra", 40, 0, "a", "now"},
        {"$ \0337\033[20C12:00\0338", 40, 0, "$ ", "12:00"},
        /* A row that fills the width gives way to what stands before it, in its filling. */
        {"~ ------------ 12:00", 20, 8, "~ ---- 12:00", ""},
        {"~              12:00", 20, 8, "~      12:00", ""},
        {"no filling in this a", 20, 8, "no filling in this a", ""},
        /* So it does where the terminal has become narrower. */
        {"~ ------------ 12:00\r\n~ ------------ 12:00\r\n$ ", 20, 0,
         "~ ------------ 12:00\n~ ------------ 12:00\n$ ", ""},
        /* Rows that the width has broken are one. */
        {"0123456789abc$ ", 10, 0, "0123456789abc$ ", ""},
        {"0123456789", 10, 0, "0123456789", ""},
        {"\r\n\r\n$ ", 40, 8, "$ ", ""},
        {"", 40, 8, "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print(r, SHELL_PROMPT, cases[i].cols, cases[i].bytes);
        assert_string_equal(shown(r, SHELL_PROMPT, cases[i].cols, cases[i].lead), cases[i].text);
        assert_string_equal(shown(r, SHELL_PROMPT_RIGHT, cases[i].cols, 0), cases[i].right);
    }
}

static void a_narrower_terminal(void **state)
{
    struct rig *r = *state;
    print(r, SHELL_PROMPT, 20, "~ ------------ 12:00\r\n~ ------------ 12:00\r\n$ ");
    assert_string_equal(shown(r, SHELL_PROMPT, 12, 0), "~ ---- 12:00\n~ ---- 12:00\n$ ");
    assert_string_equal(shown(r, SHELL_PROMPT, 30, 0),
                        "~ ------------ 12:00\n~ ------------ 12:00\n$ ");
}

static void looks(void **state)
{
    struct rig *r = *state;
    print(r, SHELL_PROMPT, 40,
          "\033[1;31mred\033[0m plain\033]8;;http://x\033\\link\033]8;;\033\\");
    const struct span *spans;
    assert_int_equal(shell_prompt_spans(r->prompt, SHELL_PROMPT, 40, 0, &spans), 2);
    assert_memory_equal(spans[0].text, "red", spans[0].len);
    assert_int_equal(spans[0].style.fg, COLOR_PALETTE(1));
    assert_int_equal(spans[0].style.attrs, ATTR_BOLD);
    assert_memory_equal(spans[1].text, " plainlink", spans[1].len);
    assert_int_equal(spans[1].style.link, 0);
}

/* Nothing but characters and looks leaves it, of however much. */
static void hostile_prompts(void **state)
{
    struct rig *r = *state;
    static const char *const pieces[] = {
        "\033]52;c;eA==\007",  "\033]0;title\007", "\033[2J\033[H",     "\033[?1049h\033[?25l",
        "\033[6n\033[c\033Z",  "\033[999;999H",    "\033c\033[!p",      "\007\007",
        "\033[?1000h\033[?7l", "\033[5;10r",       "\033P+q544e\033\\", "\033[?2026h\033[4h",
        "\033[20t\033[8;1;1t", "\033#8",           "\033[10S\033[10T",  "\016\017",
    };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        char *bytes = xasprintf("$%s ", pieces[i]);
        print(r, SHELL_PROMPT, 40, bytes);
        assert_string_equal(shown(r, SHELL_PROMPT, 40, 8), "$ ");
        free(bytes);
    }
    shell_prompt_begin(r->prompt, SHELL_PROMPT, 40);
    for (int i = 0; i < 8192; i++)
        feed(r, "1234567\n", 8);
    feed(r, "\r$ ", 3);
    shell_prompt_end(r->prompt, SHELL_PROMPT, true);
    shown(r, SHELL_PROMPT, 40, 8);
    assert_true(r->text.len < 4096);
    assert_string_equal(buf_str(&r->text) + r->text.len - 3, "\n$ ");
}

/* A drawing that is not the prompt's, one that was broken off, and one in two pieces. */
static void parts(void **state)
{
    struct rig *r = *state;
    print(r, SHELL_PROMPT, 40, "$ ");
    print(r, SHELL_PROMPT_RIGHT, 40, "right");
    print(r, SHELL_PROMPT_MORE, 40, "quote> ");
    shell_prompt_begin(r->prompt, SHELL_PROMPT, 40);
    feed(r, "half", 4);
    shell_prompt_end(r->prompt, SHELL_PROMPT, false);
    feed(r, "outside", 7);
    assert_string_equal(shown(r, SHELL_PROMPT, 40, 0), "$ ");
    assert_string_equal(shown(r, SHELL_PROMPT_RIGHT, 40, 0), "right");
    assert_string_equal(shown(r, SHELL_PROMPT_MORE, 40, 0), "quote> ");
    shell_prompt_begin(r->prompt, SHELL_PROMPT, 40);
    feed(r, "[I] ", 4);
    shell_prompt_stop(r->prompt);
    feed(r, "outside", 7);
    print(r, SHELL_PROMPT, 40, "> ");
    assert_string_equal(shown(r, SHELL_PROMPT, 40, 0), "[I] > ");
    assert_string_equal(shown(r, SHELL_PROMPT_RIGHT, 40, 0), "");
    print(r, SHELL_PROMPT, 40, "\r\n\r\n\r\nup\r\n> ");
    assert_int_equal(shell_prompt_empty_rows(r->prompt), 3);
    print(r, SHELL_PROMPT, 40, "\r\n");
    assert_int_equal(shell_prompt_empty_rows(r->prompt), 1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(what_is_shown), T(a_narrower_terminal), T(looks), T(hostile_prompts), T(parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
