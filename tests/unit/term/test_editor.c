/*
 * Keys in, line out. A script is text, with keys as <C-a> <M-f> <Up> <C-Left> <CR>; a line is
 * compared with its cursor as '|'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "term/editor.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- scripts ---- */

static const struct {
    const char *name;
    enum key_kind kind;
    uint32_t code;
} names[] = {
    {"CR", KEY_CHAR, '\r'},
    {"Tab", KEY_CHAR, '\t'},
    {"Esc", KEY_CHAR, 0x1b},
    {"BS", KEY_CHAR, 0x7f},
    {"lt", KEY_CHAR, '<'},
    {"Up", KEY_NAMED, KEY_UP},
    {"Down", KEY_NAMED, KEY_DOWN},
    {"Left", KEY_NAMED, KEY_LEFT},
    {"Right", KEY_NAMED, KEY_RIGHT},
    {"Home", KEY_NAMED, KEY_HOME},
    {"End", KEY_NAMED, KEY_END},
    {"Del", KEY_NAMED, KEY_DELETE},
    {"Ins", KEY_NAMED, KEY_INSERT},
    {"F5", KEY_NAMED, KEY_F1 + 4},
    {"PgUp", KEY_NAMED, KEY_PAGE_UP},
    {"BackTab", KEY_NAMED, KEY_BACKTAB},
};

static struct key named_key(const char *name, size_t len)
{
    struct key key = {0};
    static const struct {
        char letter;
        uint8_t mod;
    } mods[] = {{'C', MOD_CTRL}, {'M', MOD_ALT}, {'S', MOD_SHIFT}};
    for (bool found = true; found && len > 2 && name[1] == '-';) {
        found = false;
        for (size_t i = 0; i < COUNT(mods); i++)
            if (name[0] == mods[i].letter) {
                key.mods |= mods[i].mod;
                found = true;
            }
        name += 2;
        len -= 2;
    }
    for (size_t i = 0; i < COUNT(names); i++)
        if (strlen(names[i].name) == len && memcmp(names[i].name, name, len) == 0) {
            key.kind = names[i].kind;
            key.code = names[i].code;
            return key;
        }
    assert_int_equal(utf8_decode(name, len, &key.code), len);
    return key;
}

/* The next key of a script. */
static struct key next_key(const char **script)
{
    const char *s = *script, *end = *s == '<' ? strchr(s, '>') : NULL;
    if (end && end[1] == '>') /* <M->> */
        end++;
    if (end) {
        *script = end + 1;
        return named_key(s + 1, (size_t)(end - s) - 1);
    }
    struct key key = {.kind = KEY_CHAR};
    *script += utf8_decode(s, strlen(s), &key.code);
    return key;
}

/* What the last key did: a macro's, if it ran one. */
static enum editor_did type(struct editor *e, const char *script)
{
    enum editor_did did = EDITOR_EDITED;
    while (*script) {
        struct key key = next_key(&script);
        editor_typed(e, &key);
        did = editor_key(e, &key);
        while (editor_replay_next(e, &key))
            did = editor_key(e, &key);
    }
    return did;
}

static const char *shown(struct editor *e)
{
    static char text[4096];
    struct editor_view v = editor_view(e);
    assert_int_equal(strlen(v.text), v.len);
    snprintf(text, sizeof text, "%.*s|%s", (int)v.cursor, v.text, v.text + v.cursor);
    return text;
}

static void paste_piece(struct editor *e, const char *data, size_t len)
{
    editor_key(e,
               &(struct key){.kind = KEY_PASTE_DATA, .raw = (const uint8_t *)data, .raw_len = len});
}

static void paste(struct editor *e, const char *data, size_t len)
{
    editor_key(e, &(struct key){.kind = KEY_PASTE_BEGIN});
    paste_piece(e, data, len);
    editor_key(e, &(struct key){.kind = KEY_PASTE_END});
}

/* ---- fixture: an editor with a history ---- */

static struct history *history;

static void write_editrc(const char *text)
{
    FILE *f = fopen(getenv("EDITRC"), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static struct editor *new_editor(const char *editrc)
{
    struct err err;
    write_editrc(editrc);
    history = history_open(NULL, &err);
    static const char *const lines[] = {"ls -l /tmp", "git commit -m 'two words'",
                                        "echo one\necho two", "git push origin main"};
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_true(history_add(history, lines[i], NULL, 0, &err));
    struct editor *e = editor_new(history, &err);
    if (!e)
        fail_msg("%s", err.text);
    return e;
}

static int setup(void **state)
{
    *state = new_editor("");
    return 0;
}

static int setup_vi(void **state)
{
    *state = new_editor("bind -v\n");
    return 0;
}

static int teardown(void **state)
{
    editor_free(*state);
    history_close(history);
    return 0;
}

struct golden {
    const char *keys, *line;
};

static void check(struct editor *e, const struct golden *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        editor_clear(e);
        type(e, table[i].keys);
        if (strcmp(shown(e), table[i].line) != 0)
            fail_msg("%s\n  gave   %s\n  not    %s", table[i].keys, shown(e), table[i].line);
    }
}

/* ---- Emacs' keys ---- */

static void emacs_keys(void **state)
{
    static const struct golden table[] = {
        {"", "|"},
        {"abc", "abc|"},
        {"abc<C-a>", "|abc"},
        {"abc<Home>", "|abc"},
        {"abc<C-a><C-e>", "abc|"},
        {"abc<C-a><End>", "abc|"},
        {"abc<C-b>", "ab|c"},
        {"abc<Left><Left>", "a|bc"},
        {"abc<C-a><C-f>", "a|bc"},
        {"abc<C-a><Right><Right>", "ab|c"},
        {"abc<C-a><Left>", "|abc"},
        {"abc<C-a><C-d>", "|bc"},
        {"abc<C-a><Del>", "|bc"},
        {"abc<Del>", "abc|"},
        {"abc<BS>", "ab|"},
        {"abc<C-h>", "ab|"},
        {"abc<C-a><BS>", "|abc"},
        {"one two-three<M-b>", "one two-|three"},
        {"one two-three<M-b><M-b><M-b><M-b>", "|one two-three"},
        {"one two-three<C-a><M-f>", "one| two-three"},
        {"one two-three<C-a><C-Right><C-Right>", "one two|-three"},
        {"one two-three<C-Left>", "one two-|three"},
        {"one two-three<M-Left>", "one two-|three"},
        {"one two-three<C-a><M-Right>", "one| two-three"},
        {"one two<Esc>b", "one |two"},
        {"one two<Home><C-k>", "|"},
        {"one two<M-b><C-k>", "one |"},
        {"one two<M-b><C-u>", "|two"},
        {"ls /a/b-c<C-w>", "ls |"},
        {"ls  x<C-w><C-w>", "|"},
        {"ls /a/b-c<M-BS>", "ls /a/b-|"},
        {"ls /a/b-c<C-BS>", "ls /a/b-|"},
        {"ls /a/b<M-C-h>", "ls /a/|"},
        {"one two<C-a><M-d>", "| two"},
        {"one two<C-a><C-Del>", "| two"},
        {"one two<C-w><C-y><C-y>", "one twotwo|"},
        {"one two three<C-w><C-w><C-y>", "one two three|"},
        {"a b<C-w>x<C-w><C-y>", "a x|"},
        {"a b<C-w>x<C-w><C-y><M-y>", "a b|"},
        {"a b<C-w>x<C-w><C-y><M-y>!<M-y>", "a b!|"},
        {"one<C-a><M-d><C-y>", "one|"},
        {"one two<M-b><C-k><C-u><C-y>", "one two|"},
        {"ab<C-t>", "ba|"},
        {"abc<C-b><C-t>", "acb|"},
        {"abc<C-a><C-f><C-t>", "ba|c"},
        {"abc<C-a><C-t>", "|abc"},
        {"one two<M-t>", "two one|"},
        {"one two three<C-a><M-f><M-t>", "two one| three"},
        {"one<M-t>", "one|"},
        {"one two<C-a><M-u>", "ONE| two"},
        {"ONE TWO<C-a><M-l><M-l>", "one two|"},
        {"one tWO<C-a><M-c><M-c>", "One Two|"},
        {"one <C-a><C-v><Tab>", "\t|one "},
        {"a<C-v><C-a>", "a\x01|"},
        {"a<C-v><Esc>[", "a\x1b[|"},
        {"a<C-q><CR>", "a\r|"},
        {"a<M-CR>b", "a\nb|"},
        {"a<S-CR>b", "a\nb|"},
        {"<M-3>x", "xxx|"},
        {"<M-1>0x<M-2><BS>", "xxxxxxxx|"},
        {"<Esc>3x", "xxx|"},
        {"a b c d<M-2><C-w>", "a b |"},
        {"a b c d<M-2><C-w><C-y>", "a b c d|"},
        {"ab<C-g>", "ab|"},
        {"ab<C-x><C-q>c", "abc|"},
        {"ab<lt><M-lt>", "ls -l /tmp|"},
        {"A<S-B>", "AB|"},
    };
    check(*state, table, COUNT(table));
}

static void wide_and_combining(void **state)
{
    static const struct golden table[] = {
        {"日本語<C-b><BS>", "日|語"},
        {"caf\u00e9 \u0416\u0438\u0437\u043d\u044c<C-w>", "caf\u00e9 |"},
        {"caf\u00e9 \u0416\u0438\u0437\u043d\u044c<M-b><M-b>",
         "|caf\u00e9 \u0416\u0438\u0437\u043d\u044c"},
        {"xe\u0301\u0302y<C-b><C-b>", "x|e\u0301\u0302y"},
        {"xe\u0301\u0302y<C-b><BS>", "x|y"},
        {"xe\u0301y<C-a><C-f><Del>", "x|y"},
        {"xe\u0301<C-t>", "e\u0301x|"},
        {"\u00ff\u00e2\u0101<BS>", "\u00ff\u00e2|"}, /* not Alt keys */
        {"\U0001f600<C-b>a", "a|\U0001f600"},
    };
    check(*state, table, COUNT(table));
}

static void undo(void **state)
{
    static const struct golden table[] = {
        {"abc<C-_>", "|"},
        {"abc<C-x><C-u>", "|"},
        {"abc<C-_><C-_>", "|"},
        {"abc<C-a>x<C-_>", "|abc"},
        {"abc<C-a>xy<C-/>", "|abc"},
        {"one two<C-w><C-_>", "one two|"},
        {"one two<C-w><C-u><C-_><C-_>", "one two|"},
        {"one two<C-w>x<C-_><C-_><C-_>", "one |"}, /* a word at a time */
        {"one two  three<C-_>", "one two  |"},
        {"one two<C-_><C-_>", "|"},
        {"one two<C-_><C-_><M-/>", "one |"},
        {"one two<C-_><C-_><M-/><M-/><M-/>", "one two|"},
        {"one two<C-w><C-_><M-C-_>", "one |"},
        {"one two<C-_>x<M-/>", "one x|"}, /* what was typed since is not lost */
        {"one two<C-a><M-d><C-k><C-_><C-_><M-/>", "| two"},
        {"one two<C-w><M-r><M-/>", "one |"},
        {"one two<C-a><M-u><C-_>", "|one two"},
        {"aaaa<C-a><Del><C-_>", "|aaaa"},
        {"x<Up><C-_>", "x|"},
    };
    check(*state, table, COUNT(table));
    struct editor *e = *state;
    editor_clear(e);
    type(e, "x ");
    paste(e, "pasted\ntext", 11);
    assert_string_equal(shown(e), "x pasted\ntext|");
    type(e, "<C-_>");
    assert_string_equal(shown(e), "x |");
    editor_set(e, "whole", 5, 2);
    type(e, "<C-_>");
    assert_string_equal(shown(e), "x |");
    editor_clear(e);
    type(e, "<C-_>");
    assert_string_equal(shown(e), "|"); /* what was cleared is gone */
}

static void undo_is_bounded(void **state)
{
    struct editor *e = *state;
    for (int i = 0; i < 1500; i++)
        type(e, "a<BS>b");
    for (int i = 0; i < 4000; i++)
        type(e, "<C-_>");
    assert_true(editor_view(e).len > 0); /* the oldest changes are forgotten */
}

static void history_keys(void **state)
{
    static const struct golden table[] = {
        {"<Up>", "git push origin main|"},
        {"<C-p>", "git push origin main|"},
        {"<Up><Up>", "echo one\necho two|"},
        {"<Up><Up><Up>", "echo one|\necho two"},
        {"<Up><Up><C-a><Up>", "|echo one\necho two"},
        {"<Up><Up><Up><Up>", "git commit -m 'two words'|"},
        {"<Up><Up><Up><Up><Up><Up><Up><Up>", "ls -l /tmp|"},
        {"mine<Up><Up><Down><Down>", "mine|"},
        {"mine<Up><Down><Down>", "mine|"},
        {"mine<Up><C-n>", "mine|"},
        {"mine<Up>edited<Up><Down>", "git push origin main|"},
        {"mine<M-lt><M->>", "mine|"},
        {"mine<Down>", "mine|"},
        {"one<M-CR>three<M-CR>x<Up><Up>", "o|ne\nthree\nx"},
        {"four<M-CR>x<M-CR>three<Up><Up>", "four|\nx\nthree"}, /* the column is kept */
        {"four<M-CR>x<M-CR>three<Up>", "four\nx|\nthree"},
        {"four<M-CR>x<C-a><Up><Down>", "four\n|x"},
        {"a<M-CR>b<Up><C-e><C-k>", "a|b"},
        {"a<M-CR>bc<C-u>", "a\n|"},
        {"a<M-CR>bc<C-u><C-u>", "a|"},
        {"a<M-CR>b<C-Home>", "|a\nb"},
        {"a<M-CR>b<C-Home><C-End>", "a\nb|"},
        {"g<M-p>", "g|it push origin main"},
        {"g<M-p><M-p>", "g|it commit -m 'two words'"},
        {"g<M-p><M-p><M-n>", "g|it push origin main"},
        {"g<M-p><M-n>", "g|"},
        {"x <M-.>", "x main|"},
        {"x <M-.><M-.>", "x two|"},
        {"x <M-.><M-.><M-.>", "x 'two words'|"},
        {"x <M-.><M-.><M-.><M-.><M-.>", "x /tmp|"},
        {"x <M-.> <M-.>", "x main main|"},
        {"x <M-_>", "x main|"},
    };
    check(*state, table, COUNT(table));
}

static void no_history(void **state)
{
    struct editor *e = *state;
    editor_set_history(e, NULL);
    static const struct golden table[] = {
        {"a<Up><Down><M-.><M-lt><M->><M-p><M-n>", "a|"},
        {"a<C-x><C-r>x<CR>", "a|"},
    };
    check(e, table, COUNT(table));
    assert_null(editor_view(e).suggestion);
    editor_set_history(e, history);
    editor_clear(e);
    type(e, "<Up>");
    assert_string_equal(shown(e), "git push origin main|");
}

static void history_changes_meanwhile(void **state)
{
    struct editor *e = *state;
    struct err err;
    struct history *other = history_open(NULL, &err);
    type(e, "mine<Up><Up><Up><Up><Up><Up>");
    editor_set_history(e, other); /* shorter */
    type(e, "<Up><Down><Down><M-.><C-x><C-r>x<C-r>");
    assert_true(history_add(other, "new", NULL, 0, &err));
    type(e, "<C-g><C-u><Up>");
    assert_string_equal(shown(e), "new|");
    editor_set_history(e, history);
    history_close(other);
}

static void what_keys_do(void **state)
{
    static const struct {
        const char *keys;
        enum editor_did did;
        const char *line;
    } table[] = {
        {"ls<CR>", EDITOR_ACCEPT, "ls|"},       {"ls<C-a><C-j>", EDITOR_ACCEPT, "|ls"},
        {"<CR>", EDITOR_ACCEPT, "|"},           {"<C-d>", EDITOR_EOF, "|"},
        {"ls<C-d>", EDITOR_EDITED, "ls|"},      {"ls<Tab>", EDITOR_COMPLETE, "ls|"},
        {"ls<C-i>", EDITOR_COMPLETE, "ls|"},    {"ls<C-x><C-e>", EDITOR_EXTERNAL, "ls|"},
        {"ls<C-l>", EDITOR_IGNORED, "ls|"},     {"ls<C-c>", EDITOR_IGNORED, "ls|"},
        {"ls<C-z>", EDITOR_IGNORED, "ls|"},     {"ls<C-]>", EDITOR_EDITED, "ls|"},
        {"ls<PgUp>", EDITOR_IGNORED, "ls|"},    {"ls<C-S-PgUp>", EDITOR_IGNORED, "ls|"},
        {"ls<F5>", EDITOR_IGNORED, "ls|"},      {"ls<Ins>", EDITOR_EDITED, "ls|"},
        {"ls<BackTab>", EDITOR_IGNORED, "ls|"}, {"ls<M-x>", EDITOR_IGNORED, "ls|"},
        {"ls<M-[>", EDITOR_IGNORED, "ls|"},     {"ls<M-O>", EDITOR_IGNORED, "ls|"},
        {"ls<C-1>", EDITOR_IGNORED, "ls|"},     {"ls<M-é>", EDITOR_IGNORED, "ls|"},
        {"ls<Esc>", EDITOR_EDITED, "ls|"},
    };
    struct editor *e = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        editor_clear(e);
        enum editor_did did = type(e, table[i].keys);
        if (did != table[i].did || strcmp(shown(e), table[i].line) != 0)
            fail_msg("%s gave %d %s", table[i].keys, did, shown(e));
    }
    static const struct key others[] = {
        {.kind = KEY_MOUSE}, {.kind = KEY_FOCUS}, {.kind = KEY_UNKNOWN}};
    for (size_t i = 0; i < COUNT(others); i++)
        assert_int_equal(editor_key(e, &others[i]), EDITOR_IGNORED);
}

/* ---- search ---- */

static void assert_search(struct editor *e, const char *prompt, const char *line)
{
    struct editor_view v = editor_view(e);
    if (prompt)
        assert_string_equal(v.search, prompt);
    else
        assert_null(v.search);
    assert_null(prompt ? v.suggestion : NULL);
    assert_string_equal(shown(e), line);
}

static void incremental_search(void **state)
{
    struct editor *e = *state;
    type(e, "mine<Left><C-x><C-r>");
    assert_search(e, "(reverse-i-search)`': ", "min|e");
    type(e, "git");
    assert_search(e, "(reverse-i-search)`git': ", "|git push origin main");
    type(e, "<C-r>");
    assert_search(e, "(reverse-i-search)`git': ", "|git commit -m 'two words'");
    type(e, "<C-r>");
    assert_search(e, "(failed reverse-i-search)`git': ", "|git commit -m 'two words'");
    type(e, "<C-s>");
    assert_search(e, "(i-search)`git': ", "|git push origin main");
    type(e, " push<BS><BS><BS><BS><BS><C-r>");
    assert_search(e, "(reverse-i-search)`git': ", "|git commit -m 'two words'");
    type(e, " commit");
    assert_search(e, "(reverse-i-search)`git commit': ", "|git commit -m 'two words'");
    type(e, "<C-g>");
    assert_search(e, NULL, "min|e");
    type(e, "<C-x><C-r>two<Esc>");
    assert_search(e, NULL, "min|e");
    type(e, "<C-x><C-r><C-r>"); /* the last pattern again */
    assert_search(e, "(reverse-i-search)`two': ", "echo one\necho |two");
    type(e, "<C-e>"); /* another key ends it and acts */
    assert_search(e, NULL, "echo one\necho two|");
    type(e, "<M->>"); /* and the history goes on from there */
    assert_string_equal(shown(e), "mine|");
    type(e, "<C-x><C-r>commit<C-a><Up>");
    assert_string_equal(shown(e), "ls -l /tmp|");
    type(e, "<M->>");
    assert_string_equal(shown(e), "mine|");
    assert_int_equal(type(e, "<C-x><C-r>tmp<CR>"), EDITOR_ACCEPT);
    assert_search(e, NULL, "ls -l /|tmp");
    editor_clear(e);
    type(e, "<C-x><C-r>zzz");
    assert_search(e, "(failed reverse-i-search)`zzz': ", "|");
    type(e, "<BS><BS><BS>");
    assert_search(e, "(reverse-i-search)`': ", "|");
    paste(e, "git\nrest", 8);
    assert_search(e, "(reverse-i-search)`git': ", "|git push origin main");
    editor_clear(e);
    assert_search(e, NULL, "|");
    type(e, "<C-x><C-r>git<Up><C-_><C-_>");
    assert_string_equal(shown(e), "|");
}

static void search_skips_what_is_shown(void **state)
{
    struct editor *e = *state;
    struct err err;
    assert_true(history_add(history, "make", NULL, 0, &err));
    assert_true(history_add(history, "other", NULL, 0, &err));
    assert_true(history_add(history, "make", NULL, 0, &err));
    assert_true(history_add(history, "make all", NULL, 0, &err));
    type(e, "<C-x><C-r>make<C-r>");
    assert_string_equal(shown(e), "|make");
    type(e, "<C-r>");
    assert_search(e, "(failed reverse-i-search)`make': ", "|make");
    type(e, "<C-g><C-x><C-r>caf\u00e9");
    assert_search(e, "(failed reverse-i-search)`caf\u00e9': ", "e|cho one\necho two");
    type(e, "<C-g>");
}

/* ---- suggestion ---- */

static void suggestion(void **state)
{
    static const struct {
        const char *keys, *suggestion;
    } table[] = {
        {"g", "it push origin main"},
        {"git", " push origin main"},
        {"git c", "ommit -m 'two words'"},
        {"git push origin main", NULL},
        {"", NULL},
        {"x", NULL},
        {"git<Left>", NULL},
        {"echo", NULL}, /* of several rows */
        {"git<M-CR>", NULL},
    };
    struct editor *e = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        editor_clear(e);
        type(e, table[i].keys);
        const char *got = editor_view(e).suggestion;
        if (table[i].suggestion)
            assert_string_equal(got, table[i].suggestion);
        else
            assert_null(got);
    }
    static const struct golden taken[] = {
        {"git<Right>", "git push origin main|"},
        {"git<C-e>", "git push origin main|"},
        {"git<End>", "git push origin main|"},
        {"git<C-f>", "git push origin main|"},
        {"git<M-f>", "git push| origin main"},
        {"git<M-f><M-f>", "git push origin| main"},
        {"git<C-Right>", "git push| origin main"},
        {"git<Right><C-_>", "git|"},
        {"git<Left><Right>", "git|"},
        {"git<Left><C-e>", "git|"},
    };
    /* the word taken stands at the end: what follows is shown, not there */
    for (size_t i = 0; i < COUNT(taken); i++) {
        editor_clear(e);
        type(e, taken[i].keys);
        struct editor_view v = editor_view(e);
        char *with = xasprintf("%s|%s", v.text, v.suggestion ? v.suggestion : "");
        const char *want = taken[i].line;
        if (v.cursor != v.len || strncmp(v.text, want, strcspn(want, "|")) != 0 ||
            v.len != strcspn(want, "|"))
            fail_msg("%s gave %s", taken[i].keys, with);
        free(with);
    }
    struct err err;
    history_add(history, "caf\u00e9 noir", NULL, 0, &err);
    editor_set(e, "caf\xc3", 4, 4); /* half a character is no begin of one */
    assert_null(editor_view(e).suggestion);
    /* The answer is kept from key to key, but not when the history has changed. */
    editor_clear(e);
    type(e, "zq");
    assert_null(editor_view(e).suggestion);
    history_add(history, "zqx in /a", "/a", 5, &err);
    assert_string_equal(editor_view(e).suggestion, "x in /a");
    history_add(history, "zqy in /b", "/b", 6, &err);
    assert_string_equal(editor_view(e).suggestion, "y in /b");
    editor_set_cwd(e, "/a");
    assert_string_equal(editor_view(e).suggestion, "x in /a");
    type(e, "y");
    assert_string_equal(editor_view(e).suggestion, " in /b");
    type(e, "<BS>");
    assert_string_equal(editor_view(e).suggestion, "x in /a");
    assert_true(history_delete(history, "zqx in /a", &err));
    assert_string_equal(editor_view(e).suggestion, "y in /b");
    editor_set_keys(e, EDITOR_VI); /* vi inserts with suggestions too, and commands without */
    assert_string_equal(editor_view(e).suggestion, "y in /b");
    type(e, "<Esc>");
    assert_null(editor_view(e).suggestion);
    type(e, "A<Right>");
    assert_string_equal(shown(e), "zqy in /b|");
    editor_set_keys(e, EDITOR_EMACS);
}

static void offer(void **state)
{
    struct editor *e = *state;
    editor_set_offer(e, "git status");
    assert_string_equal(editor_view(e).suggestion, "git status");
    type(e, "x");
    assert_null(editor_view(e).suggestion);
    type(e, "<BS>");
    assert_string_equal(editor_view(e).suggestion, "git status");
    type(e, "<Up><Down><M-f>");
    assert_string_equal(shown(e), "git|");
    editor_clear(e);
    assert_null(editor_view(e).suggestion);
    editor_set_offer(e, "git status");
    type(e, "<Right>");
    assert_string_equal(shown(e), "git status|");
    assert_int_equal(type(e, "<CR>"), EDITOR_ACCEPT); /* only then is it run */
}

/* ---- what the caller does to the line ---- */

static void the_callers_changes(void **state)
{
    struct editor *e = *state;
    editor_set(e, "caf\u00e9 x", 7, 5);
    assert_string_equal(shown(e), "caf\u00e9| x");
    editor_insert(e, "!", 1);
    assert_string_equal(shown(e), "caf\u00e9!| x");
    editor_prepend(e, "le ", 3);
    assert_string_equal(shown(e), "le caf\u00e9!| x");
    editor_replace(e, 3, "EE", 2); /* the bytes of é and ! */
    assert_string_equal(shown(e), "le cafEE| x");
    editor_replace(e, 0, "-", 1);
    assert_string_equal(shown(e), "le cafEE-| x");
    editor_replace(e, 99, "", 0);
    assert_string_equal(shown(e), "| x");
    editor_set(e, "", 0, 0);
    assert_string_equal(shown(e), "|");
    editor_prepend(e, "p", 1);
    assert_string_equal(shown(e), "p|");
    editor_set(e, "abc", 3, 99);
    assert_string_equal(shown(e), "abc|");
    type(e, "<C-x><C-r>git");
    editor_insert(e, "X", 1); /* ends the search */
    assert_search(e, NULL, "X|git push origin main");
    editor_clear(e);
    assert_string_equal(shown(e), "|");
    type(e, "<C-x>"); /* in the middle of a key */
    editor_insert(e, "in", 2);
    editor_clear(e);
    type(e, "u");
    assert_string_equal(shown(e), "u|");
    type(e, "<Esc>");
    editor_clear(e);
    type(e, "b<C-v>");
    editor_clear(e);
    type(e, "c<M-5>");
    editor_clear(e);
    type(e, "d<C-a>");
    assert_string_equal(shown(e), "|d");
}

static void every_text_survives(void **state)
{
    struct editor *e = *state;
    char bytes[512];
    for (int i = 0; i < 256; i++) {
        bytes[2 * i] = (char)i;
        bytes[2 * i + 1] = 'x';
    }
    static const char odd[] =
        "\xed\xb2\x80 \xf4\x90\x80\x80 \xc0\x80 \xef\xbf\xbd \xf0\x9f\x98 \xff";
    editor_set(e, bytes, sizeof bytes, 0);
    assert_int_equal(editor_view(e).len, sizeof bytes);
    assert_memory_equal(editor_view(e).text, bytes, sizeof bytes);
    assert_null(editor_view(e).suggestion);
    editor_set(e, odd, sizeof odd - 1, sizeof odd - 1);
    type(e, "a<C-a><C-d><C-_><C-e>");
    struct editor_view v = editor_view(e);
    assert_int_equal(v.len, sizeof odd);
    assert_memory_equal(v.text, odd, sizeof odd - 1);
}

/* ---- paste ---- */

static void pasting(void **state)
{
    struct editor *e = *state;
    type(e, "x<Left>");
    paste(e, "a\rb\r\nc\nd\r\r\ne\te\x1b[A\x03", 18);
    assert_string_equal(shown(e), "a\nb\nc\nd\n\ne\te\x1b[A\x03|x");
    editor_clear(e);
    static const char text[] = "\u00e9\r\n\u65e5\r\r\n\U0001f600\n";
    for (size_t cut = 1; cut < sizeof text - 1; cut++) { /* the same, however it is cut */
        editor_clear(e);
        editor_key(e, &(struct key){.kind = KEY_PASTE_BEGIN});
        paste_piece(e, text, cut);
        paste_piece(e, text + cut, sizeof text - 1 - cut);
        editor_key(e, &(struct key){.kind = KEY_PASTE_END});
        assert_string_equal(shown(e), "\u00e9\n\u65e5\n\n\U0001f600\n|");
        type(e, "<BS><BS>");
        assert_string_equal(shown(e), "\u00e9\n\u65e5\n\n|");
    }
    editor_clear(e);
    editor_key(e, &(struct key){.kind = KEY_PASTE_BEGIN});
    paste_piece(e, "cut \xe6\x97", 6); /* and never ended */
    assert_string_equal(shown(e), "cut |");
    type(e, "x");
    assert_string_equal(shown(e), "cut \xe6\x97x|");
    editor_clear(e);
    type(e, "<C-v>");
    editor_key(e,
               &(struct key){.kind = KEY_MOUSE, .raw = (const uint8_t *)"\x1b[<0", .raw_len = 5});
    editor_key(e,
               &(struct key){.kind = KEY_UNKNOWN, .raw = (const uint8_t *)"\x1b[x", .raw_len = 3});
    type(e, "<C-v>");
    editor_key(
        e, &(struct key){
               .kind = KEY_NAMED, .code = KEY_UP, .raw = (const uint8_t *)"\x1bOA", .raw_len = 3});
    assert_string_equal(shown(e), "\x1b[x\x1bOA|");
    editor_clear(e);
    type(e, "<C-v>");
    paste(e, "p", 1);
    type(e, "<C-a>");
    assert_string_equal(shown(e), "|p");
}

static void long_lines(void **state)
{
    struct editor *e = *state;
    size_t len = 3 << 20;
    char *text = xmalloc(len);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('a' + i % 26);
    editor_key(e, &(struct key){.kind = KEY_PASTE_BEGIN});
    for (size_t at = 0; at < len; at += 4096)
        paste_piece(e, text + at, 4096);
    editor_key(e, &(struct key){.kind = KEY_PASTE_END});
    assert_int_equal(editor_view(e).len, len);
    assert_memory_equal(editor_view(e).text, text, len);
    type(e, "<C-a>x<C-e>y<C-u>");
    assert_int_equal(editor_view(e).len, 0);
    type(e, "<C-y><BS><C-a><Del>");
    assert_int_equal(editor_view(e).len, len);
    assert_memory_equal(editor_view(e).text, text, len);
    editor_clear(e);
    char *huge = xcalloc(17, 1 << 20);
    memset(huge, 'x', 17 << 20);
    type(e, "kept");
    editor_key(e, &(struct key){.kind = KEY_PASTE_BEGIN});
    struct key data = {.kind = KEY_PASTE_DATA, .raw = (uint8_t *)huge, .raw_len = 17 << 20};
    assert_int_equal(editor_key(e, &data), EDITOR_IGNORED); /* there is a bound */
    editor_key(e, &(struct key){.kind = KEY_PASTE_END});
    assert_string_equal(shown(e), "kept|");
    free(huge);
    free(text);
}

/* ---- vi's keys ---- */

/* libedit would do the operator on what it does again, without end. */
static void vi_operator_before_redo(void **state)
{
    struct editor *e = *state;
    static const char *const operators[] = {"y", "d", "c", "y2"};
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        type(e, "one two<Esc>x");
        type(e, operators[i]);
        type(e, ".");
        editor_clear(e);
    }
    type(e, "one two<Esc>0dw.");
    assert_string_equal(shown(e), "|");
}

static void vi_keys(void **state)
{
    static const struct golden table[] = {
        {"abc", "abc|"},
        {"abc<Esc>", "ab|c"},
        {"abc<Esc>h", "a|bc"},
        {"abc<Esc>hl", "ab|c"},
        {"abc<Esc>l", "ab|c"},
        {"abc<Esc>0x", "|bc"},
        {"abc<Esc>0iX", "X|abc"},
        {"abc<Esc>0aX", "aX|bc"},
        {"abc<Esc>0AX", "abcX|"},
        {"abc<Esc>IX", "X|abc"},
        {"one two<Esc>b", "one |two"},
        {"one two<Esc>0w", "one |two"},
        {"one two<Esc>0e", "on|e two"},
        {"one two<Esc>0dw", "|two"},
        {"one two<Esc>0d$", "|"},
        {"one two<Esc>dd", "|"},
        {"one two<Esc>0cwX", "X| two"},
        {"one two<Esc>0D", "|"},
        {"one two<Esc>0Cx", "x|"},
        {"one two<Esc>0fo", "one tw|o"},
        {"one two<Esc>0ft", "one |two"},
        {"one two<Esc>0tt", "one| two"},
        {"one two<Esc>0dft", "|wo"},
        {"one two<Esc>0fjx", "|ne two"},
        {"a\u65e5b<Esc>0f\u65e5x", "a|b"},
        {"abc<Esc>0rX", "|Xbc"},
        {"abc<Esc>0r\u65e5", "|\u65e5bc"},
        {"abc<Esc>0RXY<Esc>", "X|Yc"},
        {"abc<Esc>\u65e5\u00e9", "ab|c"}, /* no commands */
        {"ab<Esc>xu", "a|b"},
        {"abc<Esc>xxuu", "ab|c"},
        {"one two<Esc>0xp", "n|oe two"},
        {"abc<Esc>0s1", "1|bc"},
        {"abc<Esc>~", "ab|C"},
        {"abc<Esc>k", "|git push origin main"},
        {"abc<Esc>kj", "ab|c"},
        {"abc<Esc><Up><Down>", "ab|c"},
        {"abc<Up><Down>", "abc|"},
        {"abc<Left>X", "abX|c"},
        {"abc<Home>X<End>Y", "XabcY|"},
        {"one two<C-w>x", "one x|"},
        {"one two<M-BS>x", "one x|"},
        {"one two<C-u>x", "x|"},
        {"abc<C-v><Esc>", "abc\x1b|"},
        {"abc<BS>d", "abd|"},
        {"abc<C-h>d", "abd|"},
        {"\u00e9\u00e2<BS>\u0101", "\u00e9\u0101|"},
        {"git<Right>", "git push origin main|"},
        {"abc<M-0>x", "|bc"}, /* Escape and 0 typed quickly */
        {"abc<M-0>iX", "X|abc"},
        {"one two<Esc>0<M-f>tx", "one |wo"},
        {"<M-\u00e9>x", "|"},
        {"a<M-CR>b", "a\nb|"},
        {"<Esc>/commit<CR>", "git |commit -m 'two words'"},
        {"<Esc>/git<CR>n", "|git commit -m 'two words'"},
        {"<Esc>/git<CR>nN", "|git push origin main"},
        {"x<C-s>tmp<Esc>", "x|"},
        {"<Esc>G", "|ls -l /tmp"},
        {"abc<Esc>03x", "|"},
        {"abcde<Esc>02x", "|cde"},
        {"ab<Esc>0ix<Esc>l.", "x|xab"},
        {"abc<Esc>0f<Left>x", "|bc"},
        {"<Esc>ix", "x|"},
        {"<Esc>:@_[OUx", "|"},
        {"abc<Esc>xxU", "ab|c"},
        {"<Esc>$ix", "x|"},
    };
    check(*state, table, COUNT(table));
}

static void vi_modes(void **state)
{
    static const struct {
        const char *keys;
        bool command;
    } table[] = {
        {"", false},         {"<Esc>", true},       {"<Esc>i", false},
        {"<Esc>a", false},   {"ab", false},         {"ab<Esc>", true},
        {"ab<Esc>x", true},  {"ab<Esc>0cw", false}, {"ab<Esc>0cwx<Esc>", true},
        {"ab<Esc>ff", true}, {"ab<Esc>f", true},    {"ab<Esc>A", false},
        {"ab<Esc>s", false}, {"ab<Esc>rx", true},   {"ab<Esc>R", false},
        {"ab<Esc>d", true},  {"ab<Esc>3", true},
    };
    struct editor *e = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        editor_clear(e);
        assert_false(editor_view(e).vi_command);
        type(e, table[i].keys);
        if (editor_view(e).vi_command != table[i].command)
            fail_msg("%s", table[i].keys);
    }
    static const struct {
        const char *keys;
        enum editor_did did;
        const char *line;
    } did[] = {
        {"ls<CR>", EDITOR_ACCEPT, "ls|"},    {"ls<Esc><CR>", EDITOR_ACCEPT, "l|s"},
        {"<C-d>", EDITOR_EOF, "|"},          {"<Esc><C-d>", EDITOR_EOF, "|"},
        {"ls<Tab>", EDITOR_COMPLETE, "ls|"}, {"ls<Esc>v", EDITOR_EXTERNAL, "l|s"},
        {"ls<C-l>", EDITOR_IGNORED, "ls|"},  {"ls<Esc><C-l>", EDITOR_IGNORED, "l|s"},
        {"ls<PgUp>", EDITOR_IGNORED, "ls|"}, {"ls<Esc><F5>", EDITOR_IGNORED, "l|s"},
        {"ls<Esc>#", EDITOR_ACCEPT, "#l|s"},
    };
    for (size_t i = 0; i < COUNT(did); i++) {
        editor_clear(e);
        enum editor_did got = type(e, did[i].keys);
        if (got != did[i].did || strcmp(shown(e), did[i].line) != 0)
            fail_msg("%s gave %d %s", did[i].keys, got, shown(e));
    }
    editor_clear(e);
    type(e, "ab<Esc>f");
    editor_clear(e); /* while a character is awaited */
    type(e, "xyz");
    assert_string_equal(shown(e), "xyz|");
    type(e, "<Esc>d");
    editor_set(e, "new", 3, 0);
    type(e, "<Esc>x");
    assert_string_equal(shown(e), "|ew");
}

static void switching_modes(void **state)
{
    struct editor *e = *state;
    type(e, "one two<Left>");
    editor_set_keys(e, EDITOR_VI);
    assert_string_equal(shown(e), "one tw|o");
    type(e, "<Esc>bx");
    assert_string_equal(shown(e), "one |wo");
    assert_true(editor_view(e).vi_command);
    editor_set_keys(e, EDITOR_EMACS);
    assert_false(editor_view(e).vi_command);
    type(e, "<C-a><M-d>");
    assert_string_equal(shown(e), "| wo");
    editor_set_keys(e, EDITOR_EMACS);
    type(e, "<C-_>");
    assert_string_equal(shown(e), "|one wo");
}

/* ---- ~/.editrc ---- */

static void editrc(void **state)
{
    (void)state;
    struct editor *e =
        new_editor("# a comment\n"
                   "\n"
                   "edit off\n"
                   "bind \"^[[A\" ed-search-prev-history\n"
                   "  bind \"\\eOB\" ed-search-next-history\n"
                   "bind ^X^W ed-delete-prev-word\n"
                   "bind ^N ed-newline\n"
                   "bind -s ^O \"echo \\eb\"\n"
                   "tether:bind ^] ed-move-to-beg\n"
                   "other:bind ^A ed-newline\n"
                   "bind -k home ed-move-to-end\n"
                   "bind -r ^E\n"
                   "bind \"\\ex\" vi-undo\n"
                   "bind ^Z no-such-command\n"
                   "bind\nbind ^A\nbind -l\nbind -k nowhere ed-newline\nnonsense \"\n"
                   "bind \"\" ed-newline\n");
    static const struct golden table[] = {
        {"g<Up>", "g|it push origin main"},
        {"g<Up><Up>", "g|it commit -m 'two words'"},
        {"g<Up><Up><Down>", "g|it push origin main"},
        {"a b-c<C-x><C-w><C-y>", "a b-c|"},
        {"x<C-o>y", "xyecho |"},
        {"abc<C-]>", "|abc"},
        {"abc<C-a><Home>", "abc|"},
    };
    /* the macro goes a word back: the y comes before it */
    check(e, table, 4);
    editor_clear(e);
    type(e, "x <C-o>y");
    assert_string_equal(shown(e), "x y|echo ");
    check(e, table + 5, 2);
    editor_clear(e);
    assert_int_equal(type(e, "ab<C-n>"), EDITOR_ACCEPT);
    void *p = e;
    teardown(&p);

    e = new_editor("bind \"^[[A\" ed-search-prev-history\nbind -v\nbind -a Z ed-move-to-beg\n");
    type(e, "g<Up>");
    assert_string_equal(shown(e), "g|it push origin main");
    type(e, "<Esc>AX<Esc>ZiY");
    assert_string_equal(shown(e), "Y|git push origin mainX");
    p = e;
    teardown(&p);

    /* Any key to any of our commands, in each of the maps. */
    e = new_editor("bind ^G tether-redo\nbind ^@ tether-upcase\nbind ^X^X tether-select-all\n"
                   "bind -a gg tether-buffer-start\n");
    static const struct golden ours[] = {
        {"one two<C-_><C-g>", "one two|"},
        {"one two<C-a><C- >", "ONE| two"},
        {"one two<C-x><C-x>x", "x|"},
    };
    check(e, ours, COUNT(ours));
    p = e;
    teardown(&p);

    e = new_editor("bind -v\nbind -a gg tether-buffer-start\nbind ^G tether-redo\n");
    static const struct golden vi[] = {
        {"one two<Esc>ggx", "|ne two"},
        {"one two<Esc>dggx", "|"}, /* a motion of one's own */
        {"one<C-_><C-g>", "one|"},
    };
    check(e, vi, COUNT(vi));
    p = e;
    teardown(&p);

    e = new_editor("bind -v\nbind -e\n");
    type(e, "ab<C-a><Esc>f");
    assert_string_equal(shown(e), "ab|");
    p = e;
    teardown(&p);
}

/* Keys of libedit's own that end the line: it begins anew, and nobody notices. */
static void libedit_ends_the_line(void **state)
{
    (void)state;
    struct editor *e = new_editor("bind ^O vi-comment-out\n");
    assert_int_equal(type(e, "abc<C-o>"), EDITOR_ACCEPT);
    assert_string_equal(shown(e), "#abc|");
    editor_clear(e);
    type(e, "x");
    assert_string_equal(shown(e), "x|");
    void *p = e;
    teardown(&p);
}

static void one_after_another(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct editor *e = new_editor(i % 2 ? "bind -v\n" : "");
        type(e, i % 3 ? "abc<Esc>f" : "abc<C-x>");
        void *p = e;
        teardown(&p);
    }
    editor_free(NULL);
}

/* ---- any keys ---- */

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)*seed * n) >> 32);
}

static struct key random_key(uint32_t *seed)
{
    static const uint32_t odd[] = {0xe9, 0x301, 0x65e5, 0x1f600, 0x80, 0x81, 0xff, 0x200b, 0};
    static const char common[] = "abc xyz.'\"\\-_/\r\t\x1b\x7f\x1b\x1b"
                                 "0123";
    struct key key = {.kind = KEY_CHAR};
    switch (random_below(seed, 6)) {
    case 0: key.code = odd[random_below(seed, COUNT(odd))]; break;
    case 1:
        key.kind = KEY_NAMED;
        key.code = random_below(seed, KEY_F20 + 2);
        key.mods = (uint8_t)random_below(seed, 16);
        break;
    case 2:
        key.code = random_below(seed, 0x80);
        key.mods = (uint8_t)random_below(seed, 16);
        break;
    case 3:
        key.code = 'a' + random_below(seed, 26);
        key.mods = MOD_CTRL;
        break;
    case 4:
        key.code = ' ' + random_below(seed, 95);
        key.mods = random_below(seed, 2) ? MOD_ALT : 0;
        break;
    default: key.code = (uint32_t)common[random_below(seed, sizeof common - 1)]; break;
    }
    return key;
}

static void random_call(struct editor *e, uint32_t *seed)
{
    static const char text[] = "w\xc3\xa9\xff \xe6\x97\xa5\nx\r\n\xcc\x81g";
    size_t from = random_below(seed, sizeof text),
           len = random_below(seed, sizeof text - (uint32_t)from);
    switch (random_below(seed, 9)) {
    case 0: editor_clear(e); break;
    case 1: editor_set(e, text + from, len, random_below(seed, 20)); break;
    case 2: editor_insert(e, text + from, len); break;
    case 3: editor_prepend(e, text + from, len); break;
    case 4: editor_replace(e, random_below(seed, 9), text + from, len); break;
    case 5: paste(e, text + from, len); break;
    case 6: paste_piece(e, text + from, len); break;
    case 7: editor_set_keys(e, (enum editor_keys)random_below(seed, 3)); break;
    default: editor_set_history(e, random_below(seed, 4) ? history : NULL); break;
    }
}

/* Pressed one by one, by the caller: also behind a line that was accepted. */
static void macros(void **state)
{
    struct editor *e = *state;
    type(e, "<C-x>(ab<CR>c<Tab><C-x>)");
    assert_true(editor_view(e).text[0] && !editor_view(e).recording);
    editor_clear(e);
    struct key key = {.kind = KEY_CHAR, .code = 'x', .mods = MOD_CTRL};
    editor_typed(e, &key);
    editor_key(e, &key);
    key = (struct key){.kind = KEY_CHAR, .code = 'e'};
    editor_typed(e, &key);
    assert_int_equal(editor_key(e, &key), EDITOR_EDITED);
    static const enum editor_did dids[] = {EDITOR_EDITED, EDITOR_EDITED, EDITOR_ACCEPT,
                                           EDITOR_EDITED, EDITOR_COMPLETE};
    for (size_t i = 0; i < COUNT(dids); i++) {
        assert_true(editor_replays(e) && editor_replay_next(e, &key));
        assert_int_equal(editor_key(e, &key), dids[i]);
    }
    assert_false(editor_replays(e) || editor_replay_next(e, &key));

    /* As in bash, what is given up is forgotten. */
    editor_clear(e);
    type(e, "<C-x>(no<C-g><C-x>e|");
    assert_string_equal(shown(e), "no||");
    type(e, "<C-x>(no");
    editor_macro_drop(e);
    editor_clear(e);
    type(e, "<C-x>e");
    assert_string_equal(shown(e), "|");
}

static void vi_macros(void **state)
{
    struct editor *e = *state;
    /* Escape and q at once, which is Alt-q to the keyboard: the first one is the macro's. */
    type(e, "<Esc>qaA-<M-q>@a@a");
    assert_string_equal(shown(e), "--|-");
    /* One that runs itself, at its end or not, and one that is too long. */
    assert_int_equal(type(e, "qaA+<Esc>@aq@a"), EDITOR_RUNAWAY);
    assert_string_equal(shown(e), "---++++++++++++++++|+");
    assert_int_equal(type(e, "<Esc>ddqbx<Esc>x<Esc>x<Esc>x<Esc>x<Esc>x<Esc>q9999@b"),
                     EDITOR_RUNAWAY);
    assert_int_equal(type(e, "ix<Esc>"), EDITOR_EDITED);
    /* Many times in a row is no depth. */
    for (int i = 0; i < 40; i++)
        assert_int_not_equal(type(e, "@b"), EDITOR_RUNAWAY);
}

static void any_keys(void **state)
{
    struct editor *e = *state;
    for (uint32_t seed = 1, i = 0; i < 40000; i++) {
        struct key key = random_key(&seed);
        if (random_below(&seed, 20) == 0)
            random_call(e, &seed);
        else if (random_below(&seed, 3) == 0)
            editor_replay_next(e, &key);
        else
            editor_typed(e, &key);
        editor_key(e, &key);
        struct editor_view v = editor_view(e);
        assert_true(v.cursor <= v.len);
        assert_int_equal(v.text[v.len], '\0');
        if (v.suggestion)
            assert_true(v.cursor == v.len && *v.suggestion);
        if (v.len > 5000)
            editor_clear(e);
    }
    editor_clear(e);
    type(e, "abc<C-a>");
    assert_string_equal(shown(e), "|abc");
}

#define TEST(f)    cmocka_unit_test_setup_teardown(f, setup, teardown)
#define VI_TEST(f) cmocka_unit_test_setup_teardown(f, setup_vi, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(emacs_keys),
        TEST(wide_and_combining),
        TEST(undo),
        TEST(undo_is_bounded),
        TEST(history_keys),
        TEST(no_history),
        TEST(history_changes_meanwhile),
        TEST(what_keys_do),
        TEST(incremental_search),
        TEST(search_skips_what_is_shown),
        TEST(suggestion),
        TEST(offer),
        TEST(the_callers_changes),
        TEST(every_text_survives),
        TEST(pasting),
        TEST(long_lines),
        TEST(macros),
        VI_TEST(vi_macros),
        TEST(any_keys),
        VI_TEST(vi_operator_before_redo),
        VI_TEST(vi_keys),
        VI_TEST(vi_modes),
        TEST(switching_modes),
        cmocka_unit_test(editrc),
        cmocka_unit_test(libedit_ends_the_line),
        cmocka_unit_test(one_after_another),
    };
    char path[64];
    snprintf(path, sizeof path, "/tmp/test_editor.%ld", (long)getpid());
    setenv("EDITRC", path, 1);
    /* All of it in the C locale first, then in the user's way. */
    int failed = cmocka_run_group_tests_name("C", tests, NULL, NULL);
    if (setlocale(LC_ALL, "C.UTF-8"))
        failed += cmocka_run_group_tests_name("C.UTF-8", tests, NULL, NULL);
    unlink(path);
    return failed;
}
