/* What a host can make the emulator keep is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "term/vscreen.h"

struct terminal {
    struct glyphs *glyphs;
    struct ecma48 *parser;
    struct vscreen *vs;
};

static struct terminal terminal_new(int rows, int cols, int64_t scrollback)
{
    struct terminal t = {glyphs_new(), ecma48_new(), NULL};
    t.vs = vscreen_new(t.glyphs, rows, cols, scrollback);
    return t;
}

static void terminal_free(struct terminal *t)
{
    vscreen_free(t->vs);
    ecma48_free(t->parser);
    glyphs_free(t->glyphs);
}

static void feed(struct terminal *t, struct buf *data)
{
    struct ecma48_token token;
    ecma48_feed(t->parser, buf_data(data), data->len);
    while (ecma48_next(t->parser, &token))
        vscreen_token(t->vs, &token);
    buf_clear(data);
}

/* More clusters than there is room for: the old ones stay, of the new ones the mark is lost. */
static void clusters_are_bounded(void **state)
{
    (void)state;
    struct glyphs *table = glyphs_new();
    uint32_t first = glyphs_join(table, 'a', 0x301);
    assert_true(first & GLYPH_CLUSTER);
    uint32_t most = 0;
    for (uint32_t cp = 0x4e00; cp < 0x4e00 + 200000; cp++) {
        uint32_t glyph = glyphs_join(table, cp, 0x300);
        if (!(glyph & GLYPH_CLUSTER))
            assert_int_equal(glyph, cp);
        else if ((glyph & ~GLYPH_CLUSTER) > most)
            most = glyph & ~GLYPH_CLUSTER;
    }
    assert_int_equal(most, 65535);
    assert_int_equal(glyphs_join(table, 'a', 0x301), first);
    char utf8[GLYPH_BYTES];
    assert_int_equal(glyphs_utf8(table, first, utf8), 3);
    assert_memory_equal(utf8, "a\xcc\x81", 3);
    glyphs_free(table);
    glyphs_free(NULL);
}

static void a_cluster_holds_eight_points(void **state)
{
    (void)state;
    struct glyphs *table = glyphs_new();
    uint32_t glyph = 'a';
    for (int i = 0; i < 100; i++)
        glyph = glyphs_join(table, glyph, 0x10ffff);
    char utf8[GLYPH_BYTES];
    assert_int_equal(glyphs_utf8(table, glyph, utf8), 1 + 4 * (GLYPH_POINTS - 1));
    assert_int_equal(glyphs_utf8(table, 0, utf8), 1);
    assert_int_equal(utf8[0], ' ');
    glyphs_free(table);
}

static uint16_t link_in_corner(struct terminal *t)
{
    struct cell cells[20];
    vscreen_line(t->vs, vscreen_top(t->vs), cells);
    return cells[0].style.link;
}

static void links_are_bounded(void **state)
{
    (void)state;
    struct terminal t = terminal_new(2, 20, 0);
    struct buf data = {0};
    unsigned links = 0;
    for (int i = 0; i < 20000; i++) {
        buf_printf(&data, "\033]8;;https://example.org/%d\a\033[HX\033]8;;\a", i);
        feed(&t, &data);
        char uri[64];
        snprintf(uri, sizeof uri, "https://example.org/%d", i);
        uint16_t link = link_in_corner(&t);
        if (link) {
            links++;
            assert_string_equal(vscreen_link(t.vs, link), uri);
        }
    }
    assert_int_equal(links, 8192);
    /* Those that are known still work. */
    buf_puts(&data, "\033]8;;https://example.org/7\a\033[HX");
    feed(&t, &data);
    assert_string_equal(vscreen_link(t.vs, link_in_corner(&t)), "https://example.org/7");
    assert_null(vscreen_link(t.vs, 0));
    assert_null(vscreen_link(t.vs, 65535));
    buf_release(&data);
    terminal_free(&t);
}

/* Every cell in another colour: such lines cost much, so fewer are kept. */
static void costly_lines_go_early(void **state)
{
    (void)state;
    struct terminal t = terminal_new(2, 1000, 5000);
    struct buf data = {0};
    for (int line = 0; line < 3000; line++) {
        for (int col = 0; col < 500; col++)
            buf_puts(&data, col % 2 ? "\033[32m\xe4\xb8\xad" : "\033[31m\xe4\xb8\xad");
        buf_puts(&data, "\r\n");
        feed(&t, &data);
    }
    int64_t kept = vscreen_top(t.vs) - vscreen_first(t.vs);
    assert_in_range(kept, 500, 2000);
    buf_release(&data);
    terminal_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clusters_are_bounded),
        cmocka_unit_test(a_cluster_holds_eight_points),
        cmocka_unit_test(links_are_bounded),
        cmocka_unit_test(costly_lines_go_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
