/*
 * How quick the menu of completion is: made, narrowed by a letter, widened again, searched for
 * letters strewn about, moved through and drawn. Prints; fails on nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "term/menu.h"

#define ROWS  50
#define COLS  200
#define MOVES 200

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct menu_item *make_items(size_t count)
{
    struct menu_item *items = xcalloc(count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i].text = xasprintf("candidate-%06zu-of-some-length ", i);
        items[i].label = xasprintf("candidate-%06zu-of-some-length", i);
        items[i].kind = i % 3 ? MENU_FILE : MENU_DIRECTORY;
    }
    return items;
}

static double narrow(struct menu *m, const char *typed, double *total)
{
    double start = now_ms();
    menu_narrow(m, typed);
    double took = now_ms() - start;
    *total += took;
    return took;
}

static void measure(size_t count)
{
    struct glyphs *glyphs = glyphs_new();
    struct frame f;
    static const struct key down = {.kind = KEY_NAMED, .code = KEY_PAGE_DOWN};
    double total = 0;
    frame_init(&f, glyphs, ROWS, COLS);
    struct menu_item *items = make_items(count);
    double start = now_ms();
    struct menu *m = menu_new(items, count);
    double made = now_ms() - start, less = narrow(m, "candidate-00", &total),
           more = narrow(m, "candidate-", &total), strewn = narrow(m, "cnd9len", &total);
    narrow(m, "", &total);
    start = now_ms();
    for (int i = 0; i < MOVES; i++) {
        menu_key(m, &down, COLS);
        menu_draw(m, &f, 0, menu_height(m, COLS, ROWS));
    }
    double drawn = (now_ms() - start) / MOVES;
    printf("%7zu candidates: made %6.2f ms, narrowed %5.2f, widened %5.2f, strewn letters %6.2f; "
           "a page on and drawn %.2f ms\n",
           count, made, less, more, strewn, drawn);
    menu_free(m);
    frame_release(&f);
    glyphs_free(glyphs);
}

int main(void)
{
    static const size_t counts[] = {100, 10000, 100000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        measure(counts[i]);
    return 0;
}
