#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "term/menu.h"

/* Words separated by spaces; "label=text" and "label/description". */
static struct menu *make(const char *words)
{
    struct menu_item *items = xcalloc(100, sizeof *items);
    size_t count = 0;
    char *copy = xstrdup(words), *rest = copy;
    for (char *word; (word = strsep(&rest, " "));) {
        char *text = strchr(word, '='), *description = strchr(word, '/');
        if (text)
            *text++ = '\0';
        if (description)
            *description++ = '\0';
        items[count++] = (struct menu_item){
            .text = xstrdup(text ? text : word),
            .label = text ? xstrdup(word) : NULL,
            .description = description ? xstrdup(description) : NULL,
        };
    }
    free(copy);
    return menu_new(items, count);
}

static enum menu_did press(struct menu *m, const char *name, int cols)
{
    struct key key;
    assert_true(keys_parse(name, &key));
    return menu_key(m, &key, cols);
}

static void assert_drawn(struct menu *m, int rows, int cols, int height, const char *expected)
{
    struct glyphs *glyphs = glyphs_new();
    struct frame f;
    frame_init(&f, glyphs, rows, cols);
    menu_draw(m, &f, 0, height);
    struct buf out = {0};
    frame_text(&f, &out);
    assert_string_equal(buf_str(&out), expected);
    /* The selected one is marked twice. */
    for (int i = 0; i < rows * cols; i++)
        if (f.cells[i].glyph == '>')
            assert_int_equal(f.cells[i].style.attrs & ATTR_REVERSE, ATTR_REVERSE);
    buf_release(&out);
    frame_release(&f);
    glyphs_free(glyphs);
}

static void columns_fill_the_width(void **state)
{
    (void)state;
    struct menu *m = make("alpha beta gamma delta eps");
    /* One row more tells of them. */
    assert_int_equal(menu_height(m, 80, 10), 2);
    assert_int_equal(menu_height(m, 24, 10), 3);
    assert_int_equal(menu_height(m, 8, 10), 6);
    assert_int_equal(menu_height(m, 8, 3), 3);
    assert_int_equal(menu_height(m, 1, 10), 6);
    assert_int_equal(menu_height(m, 80, 0), 0);
    assert_drawn(m, 3, 24, 3, " alpha  beta   gamma\n delta  eps\n 5 candidates\n");
    press(m, "Tab", 24);
    press(m, "Down", 24);
    assert_drawn(m, 3, 24, 3, " alpha  beta   gamma\n>delta  eps\n 4 of 5 candidates\n");
    menu_free(m);
}

static void labels_and_descriptions_are_shown(void **state)
{
    (void)state;
    struct menu *m = make("one=usr-one two=usr-two");
    assert_drawn(m, 1, 20, 1, " one  two\n");
    assert_string_equal(menu_item(m, 1)->text, "usr-two");
    assert_null(menu_item(m, 2));
    menu_free(m);
    m = make("add/stage rm/unstage");
    assert_int_equal(menu_height(m, 80, 10), 3);
    assert_drawn(m, 2, 14, 2, " add  stage\n 1-1 of 2 can~\n");
    /* What is cut is told below once it is selected. */
    press(m, "Tab", 10);
    assert_drawn(m, 3, 10, 3, ">add  sta~\n rm   uns~\n 1 of 2 c~\n");
    assert_drawn(m, 3, 32, 3, ">add  stage\n rm   unstage\n 1 of 2 candidates\n");
    menu_free(m);
    m = make("add/very-long-words-for-it");
    press(m, "Tab", 40);
    assert_drawn(m, 2, 22, 2, ">add  very-long-words~\n 1 of 1 candidates; v~\n");
    menu_free(m);
    m = make("a\033[2Jb \u4e2d\u6587");
    assert_drawn(m, 1, 20, 1, " a?[2Jb  \u4e2d\u6587\n");
    menu_free(m);
}

static struct menu *of_kinds(const enum menu_kind *kinds, const char *const *labels, size_t count)
{
    struct menu_item *items = xcalloc(count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct menu_item){.text = xstrdup(labels[i]), .kind = kinds[i]};
    return menu_new(items, count);
}

/* Never by colour: by a sign, a word, or once for all of them. */
static void kinds_are_told(void **state)
{
    (void)state;
    static const char *const names[] = {"bin/", "link", "run", "sock", "text"};
    static const enum menu_kind files[] = {MENU_DIRECTORY, MENU_LINK, MENU_PROGRAM, MENU_SPECIAL,
                                           MENU_FILE};
    struct menu *m = of_kinds(files, names, 5);
    assert_drawn(m, 2, 50, 2, " bin/   link@  run*   sock=  text\n 5 files and directories\n");
    press(m, "Tab", 50);
    assert_drawn(m, 2, 60, 2,
                 ">bin/   link@  run*   sock=  text\n"
                 " 1 of 5 files and directories; directory\n");
    menu_free(m);
    static const char *const commands[] = {"ls", "ll", "f", "cd", "if"};
    static const enum menu_kind found[] = {MENU_COMMAND, MENU_ALIAS, MENU_FUNCTION, MENU_BUILTIN,
                                           MENU_KEYWORD};
    m = of_kinds(found, commands, 5);
    assert_drawn(m, 2, 70, 2,
                 " ls          ll alias    f()         cd builtin  if keyword\n 5 candidates\n");
    menu_free(m);
    static const enum menu_kind hosts[] = {MENU_HOST, MENU_HOST};
    m = of_kinds(hosts, commands, 2);
    assert_drawn(m, 2, 70, 2, " ls  ll\n 2 hosts\n");
    menu_set_total(m, 40);
    assert_drawn(m, 2, 70, 2, " ls  ll\n the first 2 of 40 hosts\n");
    menu_set_total(m, MENU_MANY);
    assert_drawn(m, 2, 70, 2, " ls  ll\n 2 among the first 2 hosts\n");
    menu_free(m);
}

static void keys_move_the_selection(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        long selected;
    } walk[] = {
        /* three columns: a b c / d e f / g */
        {"Tab", 0},   {"Tab", 1}, {"Down", 4}, {"Down", 6},  {"Down", 6},     {"Up", 3},
        {"Up", 0},    {"Up", 0},  {"Left", 6}, {"Right", 0}, {"Right", 1},    {"S-Tab", 0},
        {"S-Tab", 6}, {"Tab", 0}, {"End", 6},  {"Home", 0},  {"PageDown", 6}, {"PageUp", 0},
    };
    struct menu *m = make("a b c d e f g");
    assert_int_equal(menu_selected(m), -1);
    assert_int_equal(press(m, "Enter", 10), MENU_IGNORED);
    for (size_t i = 0; i < sizeof walk / sizeof *walk; i++) {
        assert_int_equal(press(m, walk[i].key, 10), MENU_MOVED);
        if (menu_selected(m) != walk[i].selected)
            fail_msg("step %zu, %s: at %ld", i, walk[i].key, menu_selected(m));
    }
    assert_int_equal(press(m, "Enter", 10), MENU_TAKE);
    assert_int_equal(press(m, "Esc", 10), MENU_CLOSE);
    assert_int_equal(press(m, "x", 10), MENU_IGNORED);
    assert_int_equal(press(m, "F1", 10), MENU_PREVIEW);
    assert_int_equal(press(m, "C-Space", 10), MENU_PREVIEW);
    assert_int_equal(press(m, "F2", 10), MENU_IGNORED);
    assert_int_equal(press(m, "C-Up", 10), MENU_IGNORED);
    assert_int_equal(press(m, "M-Enter", 10), MENU_IGNORED);
    menu_free(m);
    m = make("a b c");
    assert_int_equal(press(m, "Up", 10), MENU_MOVED);
    assert_int_equal(menu_selected(m), 2);
    menu_free(m);
}

static void long_menus_scroll_and_count(void **state)
{
    (void)state;
    struct menu *m = make("a b c d e f g h");
    assert_drawn(m, 4, 4, 4, " a\n b\n c\n 1-~\n");
    assert_drawn(m, 4, 30, 4, " a  b  c  d  e  f  g  h\n\n\n 8 candidates\n");
    for (int i = 0; i < 5; i++)
        press(m, "Tab", 4);
    assert_drawn(m, 4, 3, 4, " c\n d\n>e\n 5~\n");
    press(m, "Home", 3);
    assert_drawn(m, 3, 3, 3, ">a\n b\n 1~\n");
    press(m, "PageDown", 3); /* as many as were seen */
    assert_int_equal(menu_selected(m), 2);
    /* One row has no room to count. */
    assert_drawn(m, 1, 3, 1, ">c\n");
    press(m, "End", 3);
    assert_drawn(m, 4, 3, 4, " f\n g\n>h\n 8~\n");
    menu_free(m);
}

static void typing_narrows_and_widens(void **state)
{
    (void)state;
    struct menu *m = make("checkout cherry clone cherry-pick");
    press(m, "Tab", 80);
    assert_true(menu_narrow(m, "c"));
    assert_int_equal(menu_selected(m), 0);
    assert_true(menu_narrow(m, "che"));
    assert_int_equal(menu_count(m), 3);
    assert_drawn(m, 1, 50, 1, ">checkout     cherry       cherry-pick\n");
    /* The selected one stays selected while it is there; then the first is. */
    press(m, "End", 80);
    assert_true(menu_narrow(m, "cherry"));
    assert_int_equal(menu_selected(m), 1);
    assert_string_equal(menu_item(m, 1)->text, "cherry-pick");
    assert_true(menu_narrow(m, "cl"));
    assert_int_equal(menu_selected(m), 0);
    assert_true(menu_narrow(m, "c"));
    assert_int_equal(menu_count(m), 4);
    assert_string_equal(menu_item(m, (size_t)menu_selected(m))->text, "clone");
    /* None begins so: those that it fits otherwise. */
    assert_true(menu_narrow(m, "pick"));
    assert_int_equal(menu_count(m), 1);
    assert_drawn(m, 2, 50, 2, ">cherry-pick\n 1 of 1 similar candidates    Ctrl-Space shows it\n");
    assert_true(menu_narrow(m, "chkt"));
    assert_string_equal(menu_item(m, 0)->text, "checkout");
    assert_false(menu_narrow(m, "xyz"));
    assert_int_equal(menu_count(m), 0);
    assert_int_equal(menu_selected(m), -1);
    assert_int_equal(menu_height(m, 80, 10), 0);
    assert_int_equal(press(m, "Tab", 80), MENU_IGNORED);
    assert_drawn(m, 1, 10, 1, "\n");
    menu_free(m);
    /* Of a path the folders are not guessed at. */
    struct menu_item *items = xcalloc(2, sizeof *items);
    items[0] = (struct menu_item){.text = xstrdup("src/main.c"), .label = xstrdup("main.c")};
    items[1] = (struct menu_item){.text = xstrdup("src/menu.c"), .label = xstrdup("menu.c")};
    m = menu_new(items, 2);
    assert_true(menu_narrow(m, "src/nu"));
    assert_int_equal(menu_count(m), 1);
    assert_false(menu_narrow(m, "sr/nu"));
    menu_free(m);
    menu_free(menu_new(NULL, 0));
}

static void any_size_is_drawn(void **state)
{
    (void)state;
    struct glyphs *glyphs = glyphs_new();
    struct menu *m = make("alpha/first \u4e2d\u6587\u5b57 x gamma/third d e f g h i j");
    for (int rows = 1; rows < 8; rows++) {
        for (int cols = 1; cols < 30; cols++) {
            struct frame f;
            frame_init(&f, glyphs, rows, cols);
            for (int i = 0; i < 12; i++) {
                press(m, "Tab", cols);
                for (int height = 0; height <= rows; height++)
                    menu_draw(m, &f, rows - height, height);
            }
            frame_release(&f);
        }
    }
    menu_free(m);
    glyphs_free(glyphs);
}

static void ten_thousand_items_stay_quick(void **state)
{
    (void)state;
    const size_t count = 10000;
    struct menu_item *items = xcalloc(count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i].text = xasprintf("item-%05zu", i);
    struct glyphs *glyphs = glyphs_new();
    struct frame f;
    frame_init(&f, glyphs, 20, 200);
    int64_t start = clock_ms();
    struct menu *m = menu_new(items, count);
    for (int i = 0; i < 1000; i++) {
        press(m, i % 2 ? "PageDown" : "Tab", 200);
        menu_draw(m, &f, 0, menu_height(m, 200, 20));
    }
    assert_true(menu_narrow(m, "item-0"));
    assert_true(menu_narrow(m, "item-0123"));
    assert_int_equal(menu_count(m), 10);
    /* About 0.1 s here under ASan: a draw that looked at every item would take a minute. */
    assert_true(clock_ms() - start < 5000);
    frame_release(&f);
    menu_free(m);
    glyphs_free(glyphs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_fill_the_width),
        cmocka_unit_test(labels_and_descriptions_are_shown),
        cmocka_unit_test(keys_move_the_selection),
        cmocka_unit_test(long_menus_scroll_and_count),
        cmocka_unit_test(typing_narrows_and_widens),
        cmocka_unit_test(kinds_are_told),
        cmocka_unit_test(any_size_is_drawn),
        cmocka_unit_test(ten_thousand_items_stay_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
