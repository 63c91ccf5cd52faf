/*
 * The emulator: bytes of a host, and 0xff (which no UTF-8 holds) followed by an operation of
 * ours. Two screens get the same input, one of them byte by byte: they must stay equal and
 * keep their promises.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "base/err.h"
#include "base/utf8.h"
#include "term/vscreen.h"

#define SCROLLBACK 40

struct side {
    struct glyphs *glyphs;
    struct ecma48 *parser;
    struct vscreen *vs;
};

static struct side side_new(void)
{
    struct side s = {glyphs_new(), ecma48_new(), NULL};
    s.vs = vscreen_new(s.glyphs, 6, 20, SCROLLBACK);
    return s;
}

static void side_free(struct side *s)
{
    vscreen_free(s->vs);
    ecma48_free(s->parser);
    glyphs_free(s->glyphs);
}

static void side_feed(struct side *s, const uint8_t *data, size_t len)
{
    vscreen_feed(s->vs, s->parser, data, len);
}

static void side_do(struct side *s, uint8_t op, uint8_t a, uint8_t b)
{
    static const struct style style = {.fg = COLOR_PALETTE(1), .attrs = ATTR_BOLD};
    switch (op % 9) {
    case 0: vscreen_resize(s->vs, a % 12, b % 40); break;
    case 1: vscreen_print(s->vs, &style, "[web1]: \xe4\xb8\xad\n$ ", 14); break;
    case 2: vscreen_fresh_line(s->vs); break;
    case 3: vscreen_flag_line(s->vs, a & 14u); break;
    case 4:
        vscreen_reset_modes(s->vs);
        ecma48_reset(s->parser);
        break;
    case 5:
        vscreen_allow(s->vs, &(struct vscreen_allowed){.clear_scrollback = a & 1,
                                                       .clipboard = a & 2,
                                                       .kitty_keys = a & 4});
        break;
    case 6: vscreen_know_color(s->vs, a + b, a * 0x10101u + b); break;
    case 7: vscreen_flag_ended(s->vs, a, (int64_t)b << (a & 31)); break;
    default: buf_clear(vscreen_replies(s->vs)); break;
    }
}

/* What every line promises: exact widths, whole wide characters, links that exist. */
static void check_line(const struct vscreen *vs, const struct cell *cells)
{
    static const uint8_t zero[3];
    int cols = vscreen_cols(vs);
    for (int col = 0; col < cols; col++) {
        const struct cell *c = &cells[col];
        if (c->width > 2 || memcmp(c->pad, zero, sizeof zero) != 0)
            BUG("a cell of width %d", c->width);
        if (c->width == 0 && (col == 0 || cells[col - 1].width != 2))
            BUG("a right half without its left");
        if (c->width == 2 && (col + 1 == cols || cells[col + 1].width != 0))
            BUG("a left half without its right");
        if (c->style.link && !vscreen_link(vs, c->style.link))
            BUG("a link that is not there");
        if (!(c->glyph & GLYPH_CLUSTER) && c->glyph && utf8_width(c->glyph) != c->width)
            BUG("U+%04X in a cell of width %d", c->glyph, c->width);
    }
}

/* Well-formed, without controls but newline and tab. */
static void check_clean(const struct buf *text)
{
    for (size_t at = 0; at < text->len;) {
        uint32_t cp;
        size_t n = utf8_decode((const char *)buf_data(text) + at, text->len - at, &cp);
        if ((n == 1 && cp == UTF8_REPLACEMENT) || cp == 0x7f || (cp >= 0x80 && cp < 0xa0) ||
            (cp < 0x20 && cp != '\n' && cp != '\t'))
            BUG("text that is none");
        at += n;
    }
}

static void check_equal(const struct side *a, const struct side *b)
{
    int cols = vscreen_cols(a->vs), rows = vscreen_rows(a->vs);
    int64_t first = vscreen_first(a->vs), top = vscreen_top(a->vs);
    if (first != vscreen_first(b->vs) || top != vscreen_top(b->vs))
        BUG("scrollback differs by the split");
    if (top - first > SCROLLBACK)
        BUG("too much scrollback");
    struct cell *x = xcalloc((size_t)cols, sizeof *x), *y = xcalloc((size_t)cols, sizeof *y);
    for (int64_t line = first; line < top + rows; line++) {
        if (vscreen_line(a->vs, line, x) != vscreen_line(b->vs, line, y) ||
            memcmp(x, y, (size_t)cols * sizeof *x) != 0)
            BUG("line %lld differs by the split", (long long)line);
        check_line(a->vs, x);
    }
    free(x);
    free(y);
    struct vscreen_cursor c = vscreen_cursor(a->vs), d = vscreen_cursor(b->vs);
    if (c.row != d.row || c.col != d.col || c.wrap_next != d.wrap_next)
        BUG("cursor differs by the split");
    if (c.row < 0 || c.row >= rows || c.col < 0 || c.col >= cols ||
        (c.wrap_next && c.col != cols - 1))
        BUG("cursor at %d,%d", c.row, c.col);
    if (memcmp(vscreen_modes(a->vs), vscreen_modes(b->vs), sizeof(struct vscreen_modes)) != 0)
        BUG("modes differ by the split");
    if (strcmp(vscreen_title(a->vs), vscreen_title(b->vs)) != 0)
        BUG("titles differ by the split");
    struct buf x_clip = {0}, y_clip = {0};
    if (vscreen_take_clip(a->vs, &x_clip) != vscreen_take_clip(b->vs, &y_clip) ||
        strcmp(buf_str(&x_clip), buf_str(&y_clip)) != 0)
        BUG("the clipboard differs by the split");
    check_clean(&x_clip);
    buf_release(&x_clip);
    buf_release(&y_clip);
}

/* No escape sequence of ours may hold what came from the host: replies are ASCII and short. */
static void check_replies(struct vscreen *vs)
{
    const struct buf *replies = vscreen_replies(vs);
    if (replies->len > 4096)
        BUG("%zu bytes of replies", replies->len);
    for (size_t i = 0; i < replies->len; i++) {
        uint8_t c = buf_data(replies)[i];
        if (c != 0x1b && (c < 0x20 || c > 0x7e))
            BUG("byte %02x in a reply", c);
    }
}

static void check_text(const struct side *s)
{
    struct buf text = {0};
    vscreen_text(s->vs, vscreen_first(s->vs), vscreen_top(s->vs) + vscreen_rows(s->vs), &text);
    check_clean(&text);
    buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct side whole = side_new(), split = side_new();
    for (size_t at = 0; at < size;) {
        const uint8_t *op = memchr(data + at, 0xff, size - at);
        size_t end = op ? (size_t)(op - data) : size;
        side_feed(&whole, data + at, end - at);
        for (size_t i = at; i < end; i++)
            side_feed(&split, data + i, 1);
        check_equal(&whole, &split);
        at = end;
        if (op && size - end >= 4) {
            side_do(&whole, op[1], op[2], op[3]);
            side_do(&split, op[1], op[2], op[3]);
            check_equal(&whole, &split);
            at += 4;
        } else if (op) {
            break;
        }
    }
    check_replies(whole.vs);
    check_text(&whole);
    side_free(&whole);
    side_free(&split);
    return 0;
}
