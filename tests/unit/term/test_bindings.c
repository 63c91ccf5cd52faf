/*
 * Every key that the editor has bound, keys in and frame out: a binding that no case here presses
 * is a failure. In a frame the cursor is '|', what is selected stands in < and >.
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

#include "base/utf8.h"
#include "term/compose.h"
#include "term/editor_priv.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define COLUMNS  40

/* ---- keys ---- */

static enum editor_did press_key(struct editor *e, struct key key)
{
    editor_typed(e, &key);
    enum editor_did did = editor_key(e, &key);
    while (editor_replay_next(e, &key))
        did = editor_key(e, &key);
    return did;
}

/* "Ctrl-X Ctrl-U" and the like; one that is not a key's name is text, typed. */
static enum editor_did press(struct editor *e, const char *names)
{
    enum editor_did did = EDITOR_EDITED;
    while (*names) {
        size_t len = strcspn(names, " ");
        char *name = xstrndup(names, len);
        struct key key;
        if (keys_parse(name, &key))
            did = press_key(e, key);
        for (size_t at = 0; !keys_parse(name, &key) && at < len;) {
            key = (struct key){.kind = KEY_CHAR};
            at += utf8_decode(name + at, len - at, &key.code);
            key.code = key.code == '_' ? ' ' : key.code;
            did = press_key(e, key);
        }
        free(name);
        names += len + (names[len] == ' ');
    }
    return did;
}

/* What libedit is asked for when these keys are pressed. */
static void sequence_of(const char *names, bool command_mode, wchar_t out[64])
{
    size_t n = 0;
    if (command_mode)
        out[n++] = COMMAND;
    while (*names) {
        size_t len = strcspn(names, " ");
        char *name = xstrndup(names, len);
        struct key key;
        if (!keys_parse(name, &key))
            fail_msg("%s is no key", name);
        n += editor_key_sequence(&key, out + n);
        free(name);
        names += len + (names[len] == ' ');
    }
    out[n] = L'\0';
}

/* ---- frames ---- */

static const char *frame_of(struct editor *e)
{
    static char out[1024];
    static const struct style plain;
    struct glyphs *glyphs = glyphs_new();
    struct vscreen *screen = vscreen_new(glyphs, 4, COLUMNS, 0);
    struct editor_view view = editor_view(e);
    struct span prompt = {.text = "$ ", .len = 2, .style = plain};
    struct span text = {.text = view.text, .len = view.len, .style = plain};
    struct line_view line = {.prompt = &prompt,
                             .prompt_count = 1,
                             .text = &text,
                             .text_count = 1,
                             .cursor = view.cursor,
                             .selected = view.selected,
                             .selected_end = view.selected_end};
    struct frame f;
    frame_init(&f, glyphs, 4, COLUMNS);
    compose_frame(&(struct compose){.screen = screen, .scroll = -1, .line = &line}, &f);
    size_t n = 0;
    bool reversed = false;
    for (int row = 0; row < 2; row++) {
        int last = 0;
        for (int col = 0; col < COLUMNS; col++)
            if (frame_row(&f, row)[col].glyph || (row == f.cursor_row && col <= f.cursor_col))
                last = col + 1;
        for (int col = row == 0 ? 2 : 0; col < last; col++) {
            const struct cell *cell = &frame_row(&f, row)[col];
            bool on = cell->style.attrs & ATTR_REVERSE;
            if (on != reversed)
                out[n++] = on ? '<' : '>';
            reversed = on;
            if (row == f.cursor_row && col == f.cursor_col)
                out[n++] = '|';
            if (cell->glyph || col < last - 1 || row != f.cursor_row)
                out[n++] = cell->glyph ? (char)cell->glyph : ' ';
        }
        if (row == 0 && memchr(view.text, '\n', view.len))
            out[n++] = '/';
    }
    if (reversed)
        out[n++] = '>';
    out[n] = '\0';
    frame_release(&f);
    vscreen_free(screen);
    glyphs_free(glyphs);
    return out;
}

/* ---- cases ---- */

struct golden {
    const char *before; /* pressed first */
    const char *keys;   /* what the case is for; then `after` */
    const char *after;
    const char *frame;
    enum editor_did did; /* of `keys` */
};

static struct history *history;

static struct editor *new_editor(enum editor_keys keys)
{
    static const char *const lines[] = {"ls -l /tmp", "git pull", "make one two", "git push"};
    struct err err;
    history = history_open(NULL, &err);
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_true(history_add(history, lines[i], NULL, 0, &err));
    struct editor *e = editor_new(history, &err);
    assert_non_null(e);
    editor_set_suggest(e, false);
    editor_set_keys(e, keys);
    return e;
}

struct coverage {
    wchar_t pressed[256][64];
    size_t count;
    int missing;
};

static void want_pressed(void *data, const wchar_t *sequence, const wchar_t *command)
{
    struct coverage *c = data;
    for (size_t i = 0; i < c->count; i++)
        if (wcscmp(c->pressed[i], sequence) == 0)
            return;
    fprintf(stderr, "no case presses");
    for (; *sequence; sequence++)
        fprintf(stderr, *sequence > ' ' && *sequence < 0x7f ? " %c" : " \\x%02x",
                (unsigned)*sequence);
    fprintf(stderr, " (%ls)\n", command);
    c->missing++;
}

static void check(enum editor_keys keys, const struct golden *table, size_t n,
                  struct coverage *coverage, bool command_mode)
{
    struct editor *e = new_editor(keys);
    int wrong = 0;
    for (size_t i = 0; i < n; i++) {
        const struct golden *g = &table[i];
        editor_clear(e);
        editor_clear(e); /* and what Ctrl-O has left */
        press(e, g->before);
        if (command_mode)
            press(e, "Esc");
        enum editor_did did = press(e, g->keys);
        if (g->after)
            press(e, g->after);
        const char *frame = frame_of(e);
        if (did != g->did || strcmp(frame, g->frame) != 0) {
            fprintf(stderr, "%s, then %s, then %s: %d %s, not %d %s\n", g->before, g->keys,
                    g->after ? g->after : "nothing", did, frame, g->did, g->frame);
            wrong++;
        }
        assert_true(coverage->count < COUNT(coverage->pressed));
        sequence_of(g->keys, command_mode, coverage->pressed[coverage->count++]);
    }
    editor_free(e);
    history_close(history);
    assert_int_equal(wrong, 0);
}

#define E EDITOR_EDITED

/* The arrows and what else is the same in all. */
#define SHARED                                                                                     \
    {"one_two", "Enter", NULL, "one two|", EDITOR_ACCEPT},                                         \
        {"one_two", "Ctrl-J", NULL, "one two|", EDITOR_ACCEPT},                                    \
        {"one", "Alt-Enter", "two", "one/two|", E}, {"one", "Ctrl-D", NULL, "one|", E},            \
        {"one_two", "Left", NULL, "one tw|o", E}, {"one_two", "Home", NULL, "|one two", E},        \
        {"one_two Home", "Right", NULL, "o|ne two", E},                                            \
        {"one_two Home", "End", NULL, "one two|", E},                                              \
        {"one_two", "Ctrl-Left", NULL, "one |two", E},                                             \
        {"one_two Home", "Ctrl-Right", NULL, "one| two", E},                                       \
        {"one_two", "Alt-Left", NULL, "one |two", E},                                              \
        {"one_two Home", "Alt-Right", NULL, "one| two", E},                                        \
        {"one_two Home", "Delete", NULL, "|ne two", E}, {"one_two", "Ctrl-W", NULL, "one |", E},   \
        {"one_two Home", "Ctrl-Delete", NULL, "| two", E},                                         \
        {"one_two Home", "Alt-Delete", NULL, "| two", E},                                          \
        {"one-two", "Alt-Backspace", NULL, "one-|", E}, {"", "Up", NULL, "git push|", E},          \
        {"Up Up", "Down", NULL, "git push|", E}, {"", "Shift-Up", NULL, "git push|", E},           \
        {"Up Up", "Shift-Down", NULL, "git push|", E},                                             \
    {                                                                                              \
        "Up Up Up", "Ctrl-S", "push", "git |push", E                                               \
    }

static void emacs(void **state)
{
    (void)state;
    static const struct golden table[] = {
        SHARED,
        {"Up Up", "Ctrl-O", NULL, "make one two|", EDITOR_ACCEPT},
        {"one", "Tab", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Alt-#", NULL, "#one|", EDITOR_ACCEPT},
        {"one_two", "Ctrl-A", NULL, "|one two", E},
        {"one_two Home", "Ctrl-E", NULL, "one two|", E},
        {"one_two", "Ctrl-B", NULL, "one tw|o", E},
        {"one_two Home", "Ctrl-F", NULL, "o|ne two", E},
        {"one_two", "Shift-Left", NULL, "one tw|o", E},
        {"one_two Home", "Shift-Right", NULL, "o|ne two", E},
        {"one Alt-Enter two", "Ctrl-Home", NULL, "|one/two", E},
        {"one Alt-Enter two Up", "Ctrl-End", NULL, "one/two|", E},
        {"one_two", "Alt-b", NULL, "one |two", E},
        {"one_two Home", "Alt-f", NULL, "one| two", E},
        {"one_'a_b'", "Ctrl-Alt-B", NULL, "one |'a b'", E},
        {"'a_b'_one Home", "Ctrl-Alt-F", NULL, "'a b'| one", E},
        {"one_two Home", "Ctrl-]", "t", "one |two", E},
        {"one_two", "Ctrl-Alt-]", "n", "o|ne two", E},
        {"one_two Left", "Ctrl-Space", "Home Ctrl-X Ctrl-X", "one tw|o", E},
        {"one_two Left", "Alt-Space", "Home Ctrl-X Ctrl-X", "one tw|o", E},
        {"one_two", "Ctrl-X Ctrl-X", NULL, "|one two", E},
        {"one_two", "Backspace", NULL, "one tw|", E},
        {"one_two", "Ctrl-H", NULL, "one tw|", E},
        {"one_two Alt-b", "Ctrl-K", NULL, "one |", E},
        {"one_two Alt-b", "Ctrl-U", NULL, "|two", E},
        {"one_two Alt-b", "Ctrl-X Backspace", NULL, "|two", E},
        {"one_two Home", "Alt-d", NULL, "| two", E},
        {"one-two", "Ctrl-Alt-H", NULL, "one-|", E},
        {"'a_b'_one Home", "Ctrl-Alt-D", NULL, "| one", E},
        {"one__two Alt-b Left", "Alt-\\", NULL, "one|two", E},
        {"one_two Ctrl-W", "Ctrl-Y", NULL, "one two|", E},
        {"one_two Ctrl-W x Ctrl-W Ctrl-Y", "Alt-y", NULL, "one two|", E},
        {"one", "Ctrl-T", NULL, "oen|", E},
        {"one_two", "Alt-t", NULL, "two one|", E},
        {"one_'a_b'", "Ctrl-Alt-T", NULL, "'a b' one|", E},
        {"one Home", "Alt-u", NULL, "ONE|", E},
        {"ONE Home", "Alt-l", NULL, "one|", E},
        {"one Home", "Alt-c", NULL, "One|", E},
        {"one", "Ctrl-V", "Ctrl-A", "one<^A>|", E},
        {"one", "Ctrl-Q", "Ctrl-A", "one<^A>|", E},
        {"one", "Insert", "Ctrl-A", "one<^A>|", E},
        {"one_two", "Ctrl-_", NULL, "one |", E},
        {"one_two", "Ctrl-X Ctrl-U", NULL, "one |", E},
        {"one_two Ctrl-_", "Alt-/", NULL, "one two|", E},
        {"one_two Ctrl-_", "Ctrl-Alt-_", NULL, "one two|", E},
        {"one_two", "Alt-r", NULL, "|", E},
        {"one_two", "Ctrl-Alt-R", NULL, "|", E},
        {"one", "Ctrl-X Ctrl-E", NULL, "one|", EDITOR_EXTERNAL},
        {"one", "Alt-e", NULL, "one|", EDITOR_EXTERNAL},
        {"one", "Ctrl-X (", "xx Ctrl-X ) Ctrl-X e", "onexxxx|", E},
        {"one Ctrl-X ( xx", "Ctrl-X )", "Ctrl-X e", "onexxxx|", E},
        {"one Ctrl-X ( xx Ctrl-X )", "Ctrl-X e", NULL, "onexxxx|", E},
        {"one", "Ctrl-G", NULL, "one|", E},
        {"one", "Ctrl-X Ctrl-G", NULL, "one|", E},
        {"one", "Ctrl-Alt-G", NULL, "one|", E},
        {"one", "Alt-!", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Alt-$", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Alt-*", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Alt-=", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Alt-?", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Alt-@", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Alt-g", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Alt-{", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Alt-~", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Ctrl-X !", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Ctrl-X $", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Ctrl-X *", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Ctrl-X /", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Ctrl-X @", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Ctrl-X g", NULL, "one|", EDITOR_COMPLETE},
        {"one", "Ctrl-X ~", NULL, "one|", EDITOR_COMPLETE},
        {"", "Ctrl-P", NULL, "git push|", E},
        {"Up Up", "Ctrl-N", NULL, "git push|", E},
        {"", "Alt-<", NULL, "ls -l /tmp|", E},
        {"one Up", "Alt->", NULL, "one|", E},
        {"git Alt-p", "Alt-p", NULL, "git| pull", E},
        {"git Alt-p Alt-p", "Alt-n", NULL, "git| push", E},
        {"one", "Ctrl-R", NULL, "one|", EDITOR_FIND},
        {"", "Ctrl-X Ctrl-R", "pull", "git |pull", E},
        {"x_ Alt-.", "Alt-.", NULL, "x two|", E},
        {"xx", "Alt-_", NULL, "xxpush|", E},
        {"xx Up Down", "Ctrl-Alt-Y", NULL, "xxpush|", E},
    };
    static struct coverage coverage;
    check(EDITOR_EMACS, table, COUNT(table), &coverage, false);
    editor_main_keys(EDITOR_EMACS, want_pressed, &coverage);
    assert_int_equal(coverage.missing, 0);
}

static void vi(void **state)
{
    (void)state;
    static const struct golden insert[] = {
        SHARED,
        {"one", "Tab", NULL, "one|", EDITOR_COMPLETE},
        {"one_two", "Ctrl-A", NULL, "|one two", E},
        {"one_two Home", "Ctrl-E", NULL, "one two|", E},
        {"one_two", "Ctrl-B", NULL, "one tw|o", E},
        {"one_two Home", "Ctrl-F", NULL, "o|ne two", E},
        {"one_two", "Shift-Left", NULL, "one tw|o", E},
        {"one_two Home", "Shift-Right", NULL, "o|ne two", E},
        {"one Alt-Enter two", "Ctrl-Home", NULL, "|one/two", E},
        {"one Alt-Enter two Up", "Ctrl-End", NULL, "one/two|", E},
        {"one_two", "Backspace", NULL, "one tw|", E},
        {"one_two", "Ctrl-H", NULL, "one tw|", E},
        {"one_two Ctrl-Left", "Ctrl-K", NULL, "one |", E},
        {"one_two Ctrl-Left", "Ctrl-U", NULL, "|two", E},
        {"one_two Ctrl-W", "Ctrl-Y", NULL, "one two|", E},
        {"one", "Ctrl-T", NULL, "oen|", E},
        {"one", "Ctrl-V", "Ctrl-A", "one<^A>|", E},
        {"one Home", "Insert", "xy", "xy|e", E},
        {"one_two", "Ctrl-_", NULL, "one |", E},
        {"one", "Ctrl-X Ctrl-E", NULL, "one|", EDITOR_EXTERNAL},
        {"one", "Ctrl-X (", "xx Ctrl-X ) Ctrl-X e", "onexxxx|", E},
        {"one Ctrl-X ( xx", "Ctrl-X )", "Ctrl-X e", "onexxxx|", E},
        {"one Ctrl-X ( xx Ctrl-X )", "Ctrl-X e", NULL, "onexxxx|", E},
        {"one", "Ctrl-G", NULL, "one|", E},
        {"", "Ctrl-P", NULL, "git push|", E},
        {"Up Up", "Ctrl-N", NULL, "git push|", E},
        {"one", "Ctrl-R", NULL, "one|", EDITOR_FIND},
        {"one_two", "Esc", NULL, "one tw|o", E},
    };
    /* Behind an Escape. */
    static const struct golden command[] = {
        {"one_two", "Enter", NULL, "one tw|o", EDITOR_ACCEPT},
        {"one_two", "Ctrl-J", NULL, "one tw|o", EDITOR_ACCEPT},
        {"one", "Alt-Enter", "ix", "on/x|e", E},
        {"one", "Ctrl-D", NULL, "o|n", E},
        {"one", "#", NULL, "#on|e", EDITOR_ACCEPT},
        {"one_two", "Left", NULL, "one t|wo", E},
        {"one_two Home", "Right", NULL, "o|ne two", E},
        {"one_two", "Shift-Left", NULL, "one t|wo", E},
        {"one_two Home", "Shift-Right", NULL, "o|ne two", E},
        {"one_two", "Home", NULL, "|one two", E},
        {"one_two Home", "End", NULL, "one tw|o", E},
        {"one Alt-Enter two", "Ctrl-Home", NULL, "|one/two", E},
        {"one Alt-Enter two Up", "Ctrl-End", NULL, "one/tw|o", E},
        {"one_two", "Ctrl-Left", NULL, "one |two", E},
        {"one_two Home", "Ctrl-Right", NULL, "one| two", E},
        {"one_two", "Alt-Left", NULL, "one |two", E},
        {"one_two Home", "Alt-Right", NULL, "one| two", E},
        {"one_two Home", "Delete", NULL, "|ne two", E},
        {"one_two Ctrl-Left", "Ctrl-K", NULL, "on|e", E},
        {"one_two Ctrl-Left", "Ctrl-U", NULL, "| two", E},
        {"one_two", "Ctrl-W", NULL, "one |o", E},
        {"one_two Home", "Ctrl-Delete", NULL, "| two", E},
        {"one_two Home", "Alt-Delete", NULL, "| two", E},
        {"one-two", "Alt-Backspace", NULL, "one-|o", E},
        {"one_two Ctrl-W", "Ctrl-Y", NULL, "onetwo|", E},
        {"one", "Ctrl-T", NULL, "oe|n", E},
        {"one_two", "Ctrl-_", NULL, "|", E},
        {"one", "Ctrl-G", NULL, "on|e", E},
        {"", "Up", NULL, "|git push", E},
        {"Up Up", "Down", NULL, "|git push", E},
        {"", "Shift-Up", NULL, "|git push", E},
        {"Up Up", "Shift-Down", NULL, "|git push", E},
        {"", "Ctrl-P", NULL, "|git push", E},
        {"Up Up", "Ctrl-N", NULL, "|git push", E},
        {"Up Up Up", "Ctrl-S", "push", "git |push", E},
        {"one", "Ctrl-H", NULL, "o|ne", E},
        {"one", "Backspace", NULL, "o|ne", E},
        {"one", "h", NULL, "o|ne", E},
        {"one Home", "l", NULL, "o|ne", E},
        {"one Home", "Space", NULL, "o|ne", E},
        {"one", "0", NULL, "|one", E},
        {"__one", "^", NULL, "  |one", E},
        {"one Home", "$", NULL, "on|e", E},
        {"one_two Home", "|", NULL, "|one two", E},
        {"one.two Home", "w", NULL, "one|.two", E},
        {"one.two_six Home", "W", NULL, "one.two |six", E},
        {"one.two", "b", NULL, "one.|two", E},
        {"six_one.two", "B", NULL, "six |one.two", E},
        {"one.two Home", "e", NULL, "on|e.two", E},
        {"one.two_six Home", "E", NULL, "one.tw|o six", E},
        {"f(one)", "%", NULL, "f|(one)", E},
        {"one_two Home", "f", "t", "one |two", E},
        {"one_two", "F", "n", "o|ne two", E},
        {"one_two Home", "t", "t", "one| two", E},
        {"one_two", "T", "n", "on|e two", E},
        {"one_two_ten Home Esc f t", ";", NULL, "one two |ten", E},
        {"one_two_ten Home Esc f t ;", ",", NULL, "one |two ten", E},
        {"one_two", "m", "a 0 ` a", "one tw|o", E},
        {"one_two Esc m a 0", "`", "a", "one tw|o", E},
        {"one", "i", "x", "onx|e", E},
        {"__one", "I", "x", "  x|one", E},
        {"one", "a", "x", "onex|", E},
        {"one Home", "A", "x", "onex|", E},
        {"one_two Home", "c", "wx", "x| two", E},
        {"one_two Ctrl-Left", "C", "x", "onex|", E},
        {"one_two Home", "d", "w", "|two", E},
        {"one_two Ctrl-Left", "D", NULL, "on|e", E},
        {"one_two Home", "y", "wP", "one| one two", E},
        {"one_two Ctrl-Left", "Y", "0P", " tw|oone two", E},
        {"one Home", "s", "x", "x|ne", E},
        {"one", "S", "x", "x|", E},
        {"one Home", "x", NULL, "|ne", E},
        {"one", "X", NULL, "o|e", E},
        {"one Home", "r", "x", "|xne", E},
        {"one Home", "R", "xy", "xy|e", E},
        {"one Home", "~", NULL, "O|ne", E},
        {"one Home Esc x", "p", NULL, "n|oe", E},
        {"one Home Esc x", "P", NULL, "|one", E},
        {"one Home Esc x", "u", NULL, "|one", E},
        {"one Home Esc x x", "U", NULL, "|one", E},
        {"one Home Esc x u", "Ctrl-R", NULL, "|ne", E},
        {"one Home Esc x", ".", NULL, "|e", E},
        {"one", "q", "a x q @ a", "|o", E},
        {"one_two Esc q a x q", "@", "a", "one |t", E},
        {"one", "_", NULL, "one push|", E},
        {"one", "v", NULL, "on|e", EDITOR_EXTERNAL},
        {"", "k", NULL, "|git push", E},
        {"", "-", NULL, "|git push", E},
        {"Up Up", "j", NULL, "|git push", E},
        {"Up Up", "+", NULL, "|git push", E},
        {"", "G", NULL, "|ls -l /tmp", E},
        {"git", "K", NULL, "gi|t push", E},
        {"git Esc K K", "J", NULL, "gi|t push", E},
        {"", "/", "pull Enter", "git |pull", E},
        {"Up Up Up Up", "?", "push Enter", "git |push", E},
        {"Esc / git Enter", "n", NULL, "|git pull", E},
        {"Esc / git Enter n", "N", NULL, "|git push", E},
        {"one", "*", NULL, "on|e", EDITOR_COMPLETE},
        {"one", "=", NULL, "on|e", EDITOR_COMPLETE},
        {"one", "\\", NULL, "on|e", EDITOR_COMPLETE},
    };
    static struct coverage coverage;
    check(EDITOR_VI, insert, COUNT(insert), &coverage, false);
    check(EDITOR_VI, command, COUNT(command), &coverage, true);
    editor_main_keys(EDITOR_VI, want_pressed, &coverage);
    assert_int_equal(coverage.missing, 0);
}

static void windows(void **state)
{
    (void)state;
    static const struct golden table[] = {
        SHARED,
        {"one", "Tab", NULL, "one|", EDITOR_CYCLE},
        {"one", "BackTab", NULL, "one|", EDITOR_CYCLE},
        {"one", "Ctrl-Space", NULL, "one|", EDITOR_COMPLETE},
        {"one_two", "Backspace", NULL, "one tw|", E},
        {"one_two", "Ctrl-H", NULL, "one tw|", E},
        {"one_two Home", "Alt-d", NULL, "| two", E},
        {"one Home", "Insert", "xy", "xy|e", E},
        {"one", "Ctrl-R", NULL, "one|", EDITOR_FIND},
        {"one", "Alt-.", NULL, "onepush|", E},
        {"one", "Alt-e", NULL, "one|", EDITOR_EXTERNAL},
        {"one_two", "Esc", NULL, "|", E},
        {"one_two", "Ctrl-A", NULL, "<one two>|", E},
        {"one_two Ctrl-A", "Ctrl-C", "End Ctrl-V", "one twoone two|", E},
        {"one_two Shift-Left", "Ctrl-X", "Home Ctrl-V", "o|one tw", E},
        {"one_two Ctrl-W", "Ctrl-V", NULL, "one two|", E},
        {"one_two", "Ctrl-Z", NULL, "one |", E},
        {"one_two Ctrl-Z", "Ctrl-Y", NULL, "one two|", E},
        {"one_two", "Shift-Left", NULL, "one tw<|o>", E},
        {"one_two Home", "Shift-Right", NULL, "<o>|ne two", E},
        {"one_two", "Ctrl-Shift-Left", NULL, "one <|two>", E},
        {"one_two Home", "Ctrl-Shift-Right", NULL, "<one>| two", E},
        {"one_two Left", "Shift-Home", NULL, "<|one tw>o", E},
        {"one_two Home Right", "Shift-End", NULL, "o<ne two>|", E},
        {"one Alt-Enter two", "Ctrl-Shift-Home", NULL, "<|one/two>", E},
        {"one Alt-Enter two Up Left", "Ctrl-Shift-End", NULL, "on<e/two>|", E},
        {"one_two Left", "Ctrl-Home", NULL, "|o", E},
        {"one_two Home Right", "Ctrl-End", NULL, "o|", E},
        {"git F8", "F8", NULL, "git| pull", E},
        {"git F8 F8", "Shift-F8", NULL, "git| push", E},
        {"one_two Home", "F3", "t", "one |two", E},
        {"one_two", "Shift-F3", "n", "o|ne two", E},
        {"one_two Alt-x", "End", NULL, "x|", E}, /* Escape and x, typed quickly */
        /* what a selection does to other keys */
        {"one_two Ctrl-Shift-Left", "x", NULL, "one x|", E},
        {"one_two Ctrl-Shift-Left", "Delete", NULL, "one |", E},
        {"one_two Ctrl-Shift-Left", "Backspace", NULL, "one |", E},
        {"one_two Ctrl-Shift-Left x", "Ctrl-Z", NULL, "one |two", E},
        {"one_two Shift-Left Shift-Left", "Shift-Right", NULL, "one tw<|o>", E},
        {"one_two Shift-Left", "Left", NULL, "one t|wo", E},
    };
    static struct coverage coverage;
    check(EDITOR_WINDOWS, table, COUNT(table), &coverage, false);
    editor_main_keys(EDITOR_WINDOWS, want_pressed, &coverage);
    assert_int_equal(coverage.missing, 0);
}

static void ctrl_o(void **state)
{
    (void)state;
    struct editor *e = new_editor(EDITOR_EMACS);
    assert_int_equal(press(e, "Up Up Up Ctrl-O"), EDITOR_ACCEPT);
    assert_string_equal(frame_of(e), "git pull|");
    editor_clear(e);
    assert_string_equal(frame_of(e), "make one two|");
    assert_int_equal(press(e, "Ctrl-O"), EDITOR_ACCEPT);
    editor_clear(e);
    assert_string_equal(frame_of(e), "git push|");
    assert_int_equal(press(e, "Ctrl-O"), EDITOR_ACCEPT); /* nothing comes behind it */
    editor_clear(e);
    assert_string_equal(frame_of(e), "|");
    editor_free(e);
    history_close(history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emacs),
        cmocka_unit_test(vi),
        cmocka_unit_test(windows),
        cmocka_unit_test(ctrl_o),
    };
    setenv("EDITRC", "/dev/null", 1);
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
