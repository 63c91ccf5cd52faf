/*
 * Our emulator beside libvterm's: random sequences out of what both support must leave the
 * same screen. What libvterm 0.1 does otherwise than xterm is not generated; each such case
 * says so below.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <vterm.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "base/utf8.h"
#include "term/vscreen.h"

#define ROWS   12
#define COLS   30
#define STEPS  40
#define ROUNDS 4000

static uint64_t state;

static unsigned random_to(unsigned limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % limit;
}

/* No wide characters: libvterm leaves one half of them when the other is overwritten.
   No combining ones: it loses them at a pending wrap. */
static void put_text(struct buf *out)
{
    static const char *const words[] = {
        "hello", "x", "a longer word ", "0123456789", "\xd0\x96\xd0\xb8", "caf\xc3\xa9 "};
    for (unsigned n = 1 + random_to(4); n > 0; n--)
        buf_puts(out, words[random_to(6)]);
}

static void put_control(struct buf *out)
{
    /* A pending wrap does not outlive these in libvterm as it does in xterm: a carriage return
       comes first. */
    static const char *const controls[] = {"\r",      "\r\n\n",  "\r\n", "\r\t",
                                           "\r\033D", "\r\033M", "\033E"};
    buf_puts(out, controls[random_to(7)]);
}

static void put_motion(struct buf *out)
{
    /* Not A, B, E and F: libvterm lets them leave the scroll region. */
    static const char finals[] = "CDG`ade";
    if (random_to(2))
        buf_printf(out, "\033[%u;%uH", random_to(ROWS + 3), random_to(COLS + 3));
    else
        buf_printf(out, "\033[%u%c", random_to(8), finals[random_to(sizeof finals - 1)]);
}

/* Erasing and editing end a pending wrap in xterm, not in libvterm; and IL and DL go to the
   first column in xterm. So the position is always set before and after. ICH and DCH it does
   only inside the scroll region: there is none. */
static void put_edit(struct buf *out)
{
    static const char counted[] = "XLMST";
    buf_printf(out, "\033[%u;%uH", 1 + random_to(ROWS), 1 + random_to(COLS));
    switch (random_to(4)) {
    case 0: buf_printf(out, "\033[%uJ", random_to(3)); break;
    case 1: buf_printf(out, "\033[%uK", random_to(3)); break;
    case 2: buf_printf(out, "\033[%u%c", 1 + random_to(5), counted[random_to(5)]); break;
    default:
        buf_printf(out, "\033[r\033[%u;%uH", 1 + random_to(ROWS), 1 + random_to(COLS));
        buf_printf(out, "\033[%u%c", 1 + random_to(5), "@P"[random_to(2)]);
        break;
    }
    buf_printf(out, "\033[%u;%uH", 1 + random_to(ROWS), 1 + random_to(COLS));
}

/* libvterm's saved cursor does not hold DECOM: it is left at once. */
static void put_region(struct buf *out)
{
    unsigned top = 1 + random_to(ROWS - 3);
    if (random_to(3) == 0)
        buf_puts(out, "\033[r");
    else
        buf_printf(out, "\033[%u;%ur", top, top + 1 + random_to(ROWS - top - 1));
    if (random_to(4) == 0)
        buf_printf(out, "\033[?6h\033[%u;3Hxy\033[?6l", random_to(ROWS));
}

static void put_pen(struct buf *out)
{
    static const char *const pens[] = {
        "0",        "1",       "3",          "4",          "5",   "7",  "9",  "22",
        "24",       "27",      "39",         "49",         "31",  "42", "95", "106",
        "38;5;200", "48;5;17", "38;2;1;2;3", "48:2:9:8:7", "4:3", "21"};
    buf_printf(out, "\033[%sm", pens[random_to(22)]);
}

static void put_other(struct buf *out)
{
    /* libvterm's saved cursor keeps no pending wrap, so one is ended first; and it has one for
       both screens, so the alternate one is left at once. */
    static const char *const others[] = {
        "\033(0lqk\033(B",
        "\r\0337",
        "\0338",
        "\r\033[?1049h\033[31mxyz\033[?1049l",
        "\033[4hins\033[4l",
        "\r\033[5C\033H",
        "\033[3g",
        "\r\033[?7l0123456789abcdefghijklmnopqrstuvwxyz\r\033[?7h"};
    buf_puts(out, others[random_to(8)]);
}

static void make_input(struct buf *out)
{
    static void (*const makers[])(struct buf *) = {put_text, put_text,   put_control, put_motion,
                                                   put_edit, put_region, put_pen,     put_other};
    buf_puts(out, "\0337"); /* to libvterm a cursor never saved has a black pen */
    for (int i = 0; i < STEPS; i++)
        makers[random_to(8)](out);
}

struct both {
    struct glyphs *glyphs;
    struct ecma48 *parser;
    struct vscreen *vs;
    VTerm *vt;
    VTermScreen *screen;
};

/* libvterm gives a default colour as what it would look like: as one that nobody else sets. */
static const uint8_t default_fg[3] = {1, 2, 250}, default_bg[3] = {250, 2, 1};

static VTermColor vterm_rgb(const uint8_t rgb[3])
{
    VTermColor color;
    vterm_color_rgb(&color, rgb[0], rgb[1], rgb[2]);
    return color;
}

static void both_open(struct both *b)
{
    b->glyphs = glyphs_new();
    b->parser = ecma48_new();
    b->vs = vscreen_new(b->glyphs, ROWS, COLS, 100);
    b->vt = vterm_new(ROWS, COLS);
    vterm_set_utf8(b->vt, 1);
    b->screen = vterm_obtain_screen(b->vt);
    vterm_screen_enable_altscreen(b->screen, 1);
    const VTermColor fg = vterm_rgb(default_fg), bg = vterm_rgb(default_bg);
    vterm_state_set_default_colors(vterm_obtain_state(b->vt), &fg, &bg);
    vterm_screen_reset(b->screen, 1);
}

static void both_close(struct both *b)
{
    vterm_free(b->vt);
    vscreen_free(b->vs);
    ecma48_free(b->parser);
    glyphs_free(b->glyphs);
}

/* Input is whole characters and short: libvterm breaks a character split over two writes. */
static void both_feed(struct both *b, const struct buf *in)
{
    struct ecma48_token token;
    assert_true(in->len <= 4096);
    ecma48_feed(b->parser, buf_data(in), in->len);
    while (ecma48_next(b->parser, &token))
        vscreen_token(b->vs, &token);
    vterm_input_write(b->vt, (const char *)buf_data(in), in->len);
}

static uint32_t their_color(VTermColor color, const uint8_t otherwise[3])
{
    if (VTERM_COLOR_IS_INDEXED(&color))
        return COLOR_PALETTE(color.indexed.idx);
    if (color.rgb.red == otherwise[0] && color.rgb.green == otherwise[1] &&
        color.rgb.blue == otherwise[2])
        return COLOR_DEFAULT;
    return COLOR_RGB(color.rgb.red, color.rgb.green, color.rgb.blue);
}

static uint16_t their_attrs(const VTermScreenCell *cell)
{
    return (uint16_t)((cell->attrs.bold ? ATTR_BOLD : 0) | (cell->attrs.italic ? ATTR_ITALIC : 0) |
                      (cell->attrs.blink ? ATTR_BLINK : 0) |
                      (cell->attrs.reverse ? ATTR_REVERSE : 0) |
                      (cell->attrs.strike ? ATTR_STRIKE : 0) |
                      cell->attrs.underline << ATTR_UNDERLINE_SHIFT);
}

/* A cell as text: character, colours and attributes; of blanks the background alone. */
static void put_cell(struct buf *out, const char *utf8, size_t len, uint32_t fg, uint32_t bg,
                     uint16_t attrs)
{
    bool blank = len == 1 && *utf8 == ' ';
    buf_printf(out, "%.*s[%x,%x,%x]", (int)len, utf8, blank ? 0 : fg, bg, blank ? 0u : attrs);
}

static void put_ours(struct buf *out, const struct both *b, const struct cell *cell)
{
    char utf8[GLYPH_BYTES];
    size_t len = glyphs_utf8(b->glyphs, cell->glyph, utf8);
    if (cell->width > 0)
        put_cell(out, utf8, len, cell->style.fg, cell->style.bg, cell->style.attrs);
}

static void put_theirs(struct buf *out, const struct both *b, int row, int col)
{
    VTermScreenCell cell;
    vterm_screen_get_cell(b->screen, (VTermPos){row, col}, &cell);
    if (cell.chars[0] == (uint32_t)-1)
        return;
    char utf8[VTERM_MAX_CHARS_PER_CELL * 4];
    size_t len = 0;
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
        len += utf8_encode(cell.chars[i], utf8 + len);
    if (len == 0)
        utf8[len++] = ' ';
    put_cell(out, utf8, len, their_color(cell.fg, default_fg), their_color(cell.bg, default_bg),
             their_attrs(&cell));
}

static void compare(const struct both *b, const struct buf *in, int round)
{
    for (int row = 0; row < ROWS; row++) {
        struct buf ours = {0}, theirs = {0};
        struct cell cells[COLS];
        vscreen_line(b->vs, vscreen_top(b->vs) + row, cells);
        for (int col = 0; col < COLS; col++) {
            put_ours(&ours, b, &cells[col]);
            put_theirs(&theirs, b, row, col);
        }
        if (ours.len != theirs.len || memcmp(ours.data, theirs.data, ours.len) != 0) {
            print_message("input of round %d:\n", round);
            for (size_t i = 0; i < in->len; i++)
                print_message(buf_data(in)[i] < 0x20 ? "\\x%02x" : "%c", buf_data(in)[i]);
            size_t same = 0;
            while (same < ours.len && same < theirs.len && ours.data[same] == theirs.data[same])
                same++;
            print_message("\nrow %d, from byte %zu on\nours   %s\ntheirs %s\n", row, same,
                          buf_str(&ours) + same, buf_str(&theirs) + same);
            fail();
        }
        buf_release(&ours);
        buf_release(&theirs);
    }
    VTermPos theirs;
    vterm_state_get_cursorpos(vterm_obtain_state(b->vt), &theirs);
    struct vscreen_cursor ours = vscreen_cursor(b->vs);
    assert_int_equal(ours.row, theirs.row);
    assert_int_equal(ours.col, theirs.col);
}

static void random_sequences_leave_the_same_screen(void **unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        state = 88172645463325252u + (uint64_t)round * 7919;
        struct both b;
        struct buf in = {0};
        both_open(&b);
        make_input(&in);
        both_feed(&b, &in);
        compare(&b, &in, round);
        buf_release(&in);
        both_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_sequences_leave_the_same_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
