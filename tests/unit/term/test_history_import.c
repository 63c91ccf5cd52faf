/* The history files of other shells, and how lines from elsewhere find their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "term/history.h"
#include "term/history_import.h"

#define LINES_MAX 8

struct line {
    int64_t time;
    const char *text; /* NULL: damaged; then `time` is the number of the line */
};

static void check_bytes(enum history_format format, const char *file, size_t len,
                        const struct line *lines)
{
    FILE *in = fmemopen((void *)(uintptr_t)file, len, "r");
    assert_non_null(in);
    struct history_import *i = history_import_new(in, format);
    const char *text;
    int64_t time;
    for (; lines->text || lines->time; lines++) {
        enum history_import_did did = history_import_next(i, &text, &time);
        if (!lines->text) {
            assert_int_equal(did, HISTORY_IMPORT_DAMAGED);
            assert_int_equal(history_import_line(i), lines->time);
            continue;
        }
        assert_int_equal(did, HISTORY_IMPORT_LINE);
        assert_string_equal(text, lines->text);
        assert_int_equal(time, lines->time);
    }
    assert_int_equal(history_import_next(i, &text, &time), HISTORY_IMPORT_END);
    history_import_free(i);
    fclose(in);
}

static void check(enum history_format format, const char *file, const struct line *lines)
{
    check_bytes(format, file, strlen(file), lines);
}

#define CHECK(format, file, ...) check(format, file, (const struct line[]){__VA_ARGS__, {0, NULL}})

static void bash(void **state)
{
    (void)state;
    CHECK(HISTORY_BASH, "ls\n\ncd /\nlast", {0, "ls"}, {0, "cd /"}, {0, "last"});
    /* With times from the first line on, what stands between two is one command. */
    CHECK(HISTORY_BASH, "#100\nls\n#200\nfor i in 1; do\n\n  echo $i\ndone\n#300\n#400\ncd /\n",
          {100, "ls"}, {200, "for i in 1; do\n\n  echo $i\ndone"}, {400, "cd /"});
    /* A file that got them later has a command in each line. */
    CHECK(HISTORY_BASH, "ls\n#200\ncd /\nmake\n", {0, "ls"}, {200, "cd /"}, {0, "make"});
    CHECK(HISTORY_BASH, "#no time\n#1x\n#\n", {0, "#no time"}, {0, "#1x"}, {0, "#"});
    CHECK(HISTORY_BASH, "one\nb\033[31m\n\xff\xfe\nb\tc\n", {0, "one"}, {2, NULL}, {3, NULL},
          {0, "b\tc"});
}

static void zsh(void **state)
{
    (void)state;
    CHECK(HISTORY_ZSH, ": 100:0;ls\n: 200:17;for i in 1\\\ndo echo $i\\\ndone\nplain\n",
          {100, "ls"}, {200, "for i in 1\ndo echo $i\ndone"}, {0, "plain"});
    /* Bytes that zsh has for its own use stand behind 0x83. */
    CHECK(HISTORY_ZSH, ": 100:0;echo \xc3\x83\xbc\n", {100, "echo \xc3\x9c"});
    CHECK(HISTORY_ZSH, ": 100:0;echo a\\ \n: 200:0;echo b\n", {100, "echo a\\"}, {200, "echo b"});
    CHECK(HISTORY_ZSH, "\\: a colon\n: no time\n", {0, ": a colon"}, {0, ": no time"});
    CHECK(HISTORY_ZSH, ": 1x:0;ls\n: 12\n: 100:0;cd /\n", {1, NULL}, {2, NULL}, {100, "cd /"});
}

static void fish(void **state)
{
    (void)state;
    CHECK(HISTORY_FISH,
          "- cmd: ls\n  when: 100\n- cmd: echo a\\nb \\\\n \\x\n  when: 200\n  paths:\n    - a\n"
          "    - - cmd: x\n- cmd: last\n",
          {100, "ls"}, {200, "echo a\nb \\n \\x"}, {0, "last"});
    CHECK(HISTORY_FISH, "what\n- cmd: ls\n  when: x\n  when: 100\n  other: y\nwhat\n", {1, NULL},
          {100, "ls"}, {6, NULL});
}

static void told_by_the_first_line(void **state)
{
    (void)state;
    CHECK(HISTORY_ANY, "- cmd: ls\n  when: 5\n", {5, "ls"});
    CHECK(HISTORY_ANY, ": 5:0;ls\n", {5, "ls"});
    CHECK(HISTORY_ANY, "#5\nls\n", {5, "ls"});
    CHECK(HISTORY_ANY, "ls\n", {0, "ls"});
}

static void hostile(void **state)
{
    (void)state;
    const char nul[] = "a\0b\nls\n";
    check_bytes(HISTORY_BASH, nul, sizeof nul - 1,
                (struct line[]){{1, NULL}, {0, "ls"}, {0, NULL}});
    size_t len = 1 << 20;
    char *big = xmalloc(len + 8);
    memset(big, 'x', len);
    memcpy(big + len, "\nls\n", 5);
    CHECK(HISTORY_BASH, big, {1, NULL}, {0, "ls"});
    CHECK(HISTORY_ZSH, big, {1, NULL}, {0, "ls"});
    for (size_t i = 1; i < len; i += 2)
        memcpy(big + i - 1, "\\\n", 2); /* one command without an end */
    CHECK(HISTORY_ZSH, big, {1, NULL}, {0, "ls"});
    free(big);
}

/* ---- places ---- */

static struct history *make(const struct line *lines)
{
    struct err err;
    struct history *h = history_open(NULL, &err);
    for (; lines->text; lines++)
        assert_true(history_add(h, lines->text, "/", lines->time, &err));
    return h;
}

#define MAKE(...) make((const struct line[]){__VA_ARGS__, {0, NULL}})

static void assert_texts(const struct history *h, const char *texts)
{
    struct buf all = {0};
    for (size_t i = 0; i < history_count(h); i++)
        buf_printf(&all, "%s%s%s", i > 0 ? " " : "", history_entry(h, i),
                   history_is_host(h, i) ? "*" : "");
    assert_string_equal(buf_str(&all), texts);
    buf_release(&all);
}

static void host_lines_have_places(void **state)
{
    (void)state;
    struct err err;
    struct history *h = MAKE({10, "a"}, {20, "b"}, {30, "c"});
    /* By their times; what both have is ours. */
    history_set_host(h, MAKE({5, "old"}, {10, "a"}, {15, "x"}, {16, "y"}, {40, "new"}));
    assert_texts(h, "old* a x* y* b c new*");
    /* Without times, by what both have. */
    history_set_host(h, MAKE({0, "old"}, {0, "a"}, {0, "x"}, {0, "b"}, {0, "c"}, {0, "new"}));
    assert_texts(h, "old* a x* b c new*");
    history_set_host(h, MAKE({0, "old"}, {0, "b"}, {0, "x"}, {0, "x"}, {0, "y"}, {0, "x"}));
    assert_texts(h, "old* a b y* x* c");
    /* A session that has not ended yet has not given its lines to the shell's file. */
    history_set_host(h, MAKE({0, "a"}, {0, "x"}));
    assert_texts(h, "a x* b c");
    history_set_host(h, MAKE({0, "w"}, {12, "x"}, {0, "y"}, {0, "c"}, {0, "z"}));
    assert_texts(h, "w* a x* y* b c z*");
    /* Nothing in common: older than all. */
    history_set_host(h, MAKE({0, "old"}, {0, "new"}));
    assert_texts(h, "old* new* a b c");
    assert_true(history_add(h, "d", NULL, 50, &err));
    assert_texts(h, "old* new* a b c d");
    history_set_host(h, NULL);
    assert_texts(h, "a b c d");
    /* bash joins the rows of a command. */
    assert_true(history_add(h, "for i in 1\ndo x\ndone", NULL, 60, &err));
    history_set_host(h, MAKE({0, "for i in 1; do x; done"}, {0, "for i in 1; do y; done"}));
    assert_int_equal(history_count(h), 6);
    history_set_host(h, NULL);
    assert_int_equal(history_count(h), 5);
    history_close(h);
}

static void not_written(void **state)
{
    (void)state;
    struct err err;
    char dir[] = "/tmp/test_import.XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/web1", dir);
    struct history *a = history_open(path, &err), *b = history_open(path, &err);
    assert_true(history_add(a, "one", "/", 10, &err));
    history_set_host(a, MAKE({5, "theirs"}, {15, "later"}));
    assert_true(history_add(a, "two", "/", 20, &err));
    assert_true(history_ended(a, 0, 1, &err));
    assert_true(history_delete(a, "one", &err)); /* writes the file anew */
    assert_texts(a, "theirs* later* two");
    history_refresh(b);
    assert_texts(b, "two");
    assert_true(history_delete(b, "none", &err)); /* so does this: all is read again by the other */
    history_refresh(a);
    assert_texts(a, "theirs* later* two");
    size_t added;
    struct history *more = MAKE({5, "theirs"}, {20, "two"}, {30, "three"}, {0, "untimed"});
    assert_true(history_import(b, more, &added, &err));
    assert_int_equal(added, 3);
    assert_true(history_import(b, more, &added, &err));
    assert_int_equal(added, 0);
    assert_texts(b, "theirs two three untimed");
    history_refresh(a);
    assert_texts(a, "theirs later* two three untimed");
    struct history *c = history_open(path, &err);
    assert_texts(c, "theirs two three untimed");
    assert_int_equal(history_info(c, 2).time, 30);
    assert_true(history_clear(c, &err));
    assert_texts(c, "");
    history_close(more);
    history_close(a);
    history_close(b);
    history_close(c);
    unlink(path);
    assert_int_equal(rmdir(dir), 0); /* nothing else was left */
}

/* A hundred thousand of each. */
static void many(void **state)
{
    (void)state;
    struct err err;
    struct history *h = history_open(NULL, &err), *from = history_open(NULL, &err);
    char line[32];
    for (int i = 0; i < 2 * HISTORY_ENTRIES; i++) {
        snprintf(line, sizeof line, "line %d", i / 2 % 1000 ? i : 0);
        history_add(i % 2 ? h : from, line, NULL, i % 7 ? i : 0, &err);
    }
    size_t ours = history_count(h), theirs = history_count(from);
    history_set_host(h, from);
    assert_int_equal(history_count(h), HISTORY_ENTRIES);
    assert_true(ours + theirs > HISTORY_ENTRIES);
    history_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bash),        cmocka_unit_test(zsh),
        cmocka_unit_test(fish),        cmocka_unit_test(told_by_the_first_line),
        cmocka_unit_test(hostile),     cmocka_unit_test(host_lines_have_places),
        cmocka_unit_test(not_written), cmocka_unit_test(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
