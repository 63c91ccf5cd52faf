#include "term/finder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "term/fuzzy.h"

static void better(const char *pattern, const char *a, const char *b)
{
    int x = fuzzy_score(pattern, a), y = fuzzy_score(pattern, b);
    if (x <= y)
        fail_msg("'%s': '%s' (%d) is not before '%s' (%d)", pattern, a, x, b, y);
}

static void scores(void **state)
{
    (void)state;
    assert_int_equal(fuzzy_score("", "anything"), 0);
    assert_int_equal(fuzzy_score("xyz", "abc"), -1);
    assert_int_equal(fuzzy_score("ba", "ab"), -1);
    assert_true(fuzzy_score("gco", "git checkout") > 0);
    assert_true(fuzzy_score("main git", "git push origin main") > 0);
    assert_int_equal(fuzzy_score("main x", "git push origin main"), -1);
    assert_true(fuzzy_score("git", "GIT") > 0);
    assert_int_equal(fuzzy_score("GIT", "git"), -1);
    better("push", "git push", "p u s h");
    better("log", "git log", "catalog");
    better("git", "git log", "digit");
    better("gl", "git log", "g....................l");
    uint8_t marks[8];
    fuzzy_marks("bd", "abcd", marks, sizeof marks);
    assert_memory_equal(marks, "\0\1\0\1\0\0\0\0", 8);
}

static void press(struct finder *f, const char *text, uint8_t mods)
{
    for (; *text; text++)
        finder_key(f, &(struct key){.kind = KEY_CHAR, .code = (uint32_t)*text, .mods = mods});
}

static enum finder_did name(struct finder *f, uint32_t code)
{
    return finder_key(f, &(struct key){.kind = KEY_NAMED, .code = code});
}

static const char *const texts[] = {"make all", "git status", "git log\n-p", "ls"};

static void describe(void *data, size_t item, char before[FINDER_BEFORE])
{
    const char *const *ages = data;
    snprintf(before, FINDER_BEFORE, " %s  ", ages[item]);
}

static void keys(void **state)
{
    (void)state;
    struct finder *f = finder_new();
    assert_int_equal(finder_selected(f), -1);
    finder_set(f, texts, 4);
    assert_int_equal(finder_selected(f), 3);
    name(f, KEY_UP);
    assert_int_equal(finder_selected(f), 2);
    name(f, KEY_HOME);
    assert_int_equal(finder_selected(f), 0);
    name(f, KEY_UP);
    assert_int_equal(finder_selected(f), 0);
    name(f, KEY_END);
    press(f, "git", 0);
    assert_int_equal(finder_selected(f), 2);
    press(f, "r", MOD_CTRL);
    assert_int_equal(finder_selected(f), 1);
    press(f, " zz", 0);
    assert_int_equal(finder_selected(f), -1);
    name(f, KEY_UP);
    assert_int_equal(finder_selected(f), -1);
    press(f, "u", MOD_CTRL);
    assert_int_equal(finder_selected(f), 3);
    finder_key(
        f, &(struct key){.kind = KEY_PASTE_DATA, .raw = (const uint8_t *)"ma\nke", .raw_len = 5});
    assert_string_equal(finder_pattern(f), "make");
    assert_int_equal(finder_key(f, &(struct key){.kind = KEY_CHAR, .code = '\r'}), FINDER_TAKE);
    assert_int_equal(finder_key(f, &(struct key){.kind = KEY_CHAR, .code = 0x1b}), FINDER_CLOSE);
    assert_int_equal(name(f, KEY_DELETE), FINDER_IGNORED);
    assert_int_equal(finder_key(f, &(struct key){.kind = KEY_CHAR, .code = 'd', .mods = MOD_ALT}),
                     FINDER_IGNORED);
    finder_free(f);
}

static void picture(struct finder *f, int first, int rows, int cols, const char *wanted)
{
    struct glyphs *glyphs = glyphs_new();
    struct frame frame;
    struct buf text = {0};
    frame_init(&frame, glyphs, rows + first, cols);
    const char *ages[] = {"3d", "2d", "1d", "1h"};
    const struct finder_look look = {"history", "help", describe, ages};
    finder_draw(f, &frame, first, rows, &look);
    frame_text(&frame, &text);
    assert_string_equal(buf_str(&text), wanted);
    buf_release(&text);
    frame_release(&frame);
    glyphs_free(glyphs);
}

static void pictures(void **state)
{
    (void)state;
    struct finder *f = finder_new();
    finder_set(f, texts, 4);
    picture(
        f, 0, 6, 30,
        "   3d  make all\n   2d  git status\n   1d  git log ; -p\n>  1h  ls\nhistory 4/4>\nhelp\n");
    press(f, "git", 0);
    picture(f, 1, 4, 30, "\n\n   2d  git status\n>  1d  git log ; -p\nhistory 2/4> git\n");
    picture(f, 0, 2, 12, ">  1d  git l\nhistory 2/4>\n");
    picture(f, 0, 1, 12, "history 2/4>\n");
    finder_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores),
        cmocka_unit_test(keys),
        cmocka_unit_test(pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
