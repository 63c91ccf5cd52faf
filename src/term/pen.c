#include "term/pen.h"

#include <string.h>

#include "base/utf8.h"
#include "term/color.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LINK_MAX 2048 /* longer URIs are cut off by terminals, which would change them */

/* Attributes of one bit: how to turn them on and off, and terminfo's way to turn them on. */
static const struct {
    uint16_t attr;
    uint8_t on, off;
    enum terminfo_string cap;
} attributes[] = {
    {ATTR_BOLD, 1, 22, TI_BOLD},   {ATTR_DIM, 2, 22, TI_DIM},
    {ATTR_ITALIC, 3, 23, TI_SITM}, {ATTR_BLINK, 5, 25, TI_BLINK},
    {ATTR_REVERSE, 7, 27, TI_REV}, {ATTR_HIDDEN, 8, 28, TI_INVIS},
    {ATTR_STRIKE, 9, 29, TI_SMXX}, {ATTR_OVERLINE, 53, 55, TI_STRINGS},
};

/* The VT100's drawing characters, for terminals that have no UTF-8. */
static const struct {
    uint16_t cp;
    char vt100;
} drawing[] = {
    {0x2500, 'q'}, {0x2501, 'q'}, {0x2502, 'x'}, {0x2503, 'x'}, {0x250c, 'l'}, {0x250f, 'l'},
    {0x2510, 'k'}, {0x2513, 'k'}, {0x2514, 'm'}, {0x2517, 'm'}, {0x2518, 'j'}, {0x251b, 'j'},
    {0x251c, 't'}, {0x2523, 't'}, {0x2524, 'u'}, {0x252b, 'u'}, {0x252c, 'w'}, {0x2533, 'w'},
    {0x2534, 'v'}, {0x253b, 'v'}, {0x253c, 'n'}, {0x254b, 'n'}, {0x2550, 'q'}, {0x2551, 'x'},
    {0x2554, 'l'}, {0x2557, 'k'}, {0x255a, 'm'}, {0x255d, 'j'}, {0x2560, 't'}, {0x2563, 'u'},
    {0x2566, 'w'}, {0x2569, 'v'}, {0x256c, 'n'}, {0x256d, 'l'}, {0x256e, 'k'}, {0x256f, 'j'},
    {0x2570, 'm'}, {0x23ba, 'o'}, {0x23bb, 'p'}, {0x23bc, 'r'}, {0x23bd, 's'}, {0x2591, 'h'},
    {0x2592, 'a'}, {0x2588, '0'}, {0x25c6, '`'}, {0x2260, '|'}, {0x2264, 'y'}, {0x2265, 'z'},
    {0x2190, ','}, {0x2191, '-'}, {0x2192, '+'}, {0x2193, '.'}, {0x00b0, 'f'}, {0x00b1, 'g'},
    {0x00b7, '~'}, {0x00a3, '}'}, {0x03c0, '{'},
};

void pen_init(struct pen *pen, const struct terminfo *ti, bool utf8, bool color)
{
    int colors = color ? terminfo_colors(ti) : 0;
    *pen = (struct pen){
        .ti = ti,
        .utf8 = utf8,
        .sgr = terminfo_xterm(ti),
        .truecolor = terminfo_truecolor(ti),
        .italics = terminfo_string(ti, TI_SITM) != NULL,
        .underlines = terminfo_string(ti, TI_SMULX) != NULL,
        .underline_colors = color && terminfo_string(ti, TI_SETULC) != NULL,
        .colors = colors >= 256  ? 256
                  : colors >= 16 ? 16
                  : colors >= 8  ? 8
                                 : 0,
    };
    const char *acsc = terminfo_string(ti, TI_ACSC);
    if (acsc && terminfo_string(ti, TI_SMACS))
        for (; acsc[0] && acsc[1]; acsc += 2)
            if ((unsigned char)acsc[1] >= ' ') /* a PC console's arrows are controls */
                pen->acs[acsc[0] & 0x7f] = (unsigned char)acsc[1];
}

static const char *link_uri(const struct pen *pen, uint16_t link)
{
    if (link == 0 || !pen->links || !pen->sgr)
        return NULL;
    const char *uri = vscreen_link(pen->links, link);
    size_t len = uri ? strlen(uri) : 0;
    if (len == 0 || len > LINK_MAX)
        return NULL;
    for (size_t i = 0; i < len; i++)
        if (uri[i] <= ' ' || uri[i] > '~')
            return NULL;
    return uri;
}

/* The style as this terminal can show it. */
static struct style fit(const struct pen *pen, const struct style *want)
{
    struct style s = *want;
    s.fg = color_fit(s.fg, pen->colors, pen->truecolor);
    s.bg = color_fit(s.bg, pen->colors, pen->truecolor);
    s.ul = pen->underline_colors ? color_fit(s.ul, pen->colors, pen->truecolor) : COLOR_DEFAULT;
    if (pen->colors == 8) {
        if (COLOR_VALUE(s.fg) >= 8) {
            s.fg -= 8;
            s.attrs |= ATTR_BOLD;
        }
        if (COLOR_VALUE(s.bg) >= 8)
            s.bg -= 8;
    }
    if (!pen->italics)
        s.attrs &= (uint16_t)~ATTR_ITALIC; /* it would be standout in GNU screen */
    int line = (s.attrs & ATTR_UNDERLINE) >> ATTR_UNDERLINE_SHIFT;
    if (line > 5 || (line > 1 && !pen->underlines))
        s.attrs = (uint16_t)((s.attrs & ~ATTR_UNDERLINE) | 1 << ATTR_UNDERLINE_SHIFT);
    if (line == 0)
        s.ul = COLOR_DEFAULT;
    s.link = link_uri(pen, s.link) ? s.link : 0;
    return s;
}

/* The parameters of one SGR sequence, being put together. */
struct sgr {
    char text[192];
    size_t len;
};

static void add_digits(struct sgr *sgr, unsigned number)
{
    if (number >= 10)
        add_digits(sgr, number / 10);
    sgr->text[sgr->len++] = (char)('0' + number % 10);
}

static void add(struct sgr *sgr, unsigned number)
{
    if (sgr->len > 0)
        sgr->text[sgr->len++] = ';';
    add_digits(sgr, number);
}

/* A part of the parameter before it. */
static void add_part(struct sgr *sgr, unsigned number)
{
    sgr->text[sgr->len++] = ':';
    add_digits(sgr, number);
}

/* base: 30 or 40. */
static void add_color(struct sgr *sgr, unsigned base, uint32_t color)
{
    unsigned value = COLOR_VALUE(color);
    if (color == COLOR_DEFAULT) {
        add(sgr, base + 9);
    } else if (COLOR_KIND(color) == 2) {
        add(sgr, base + 8);
        add(sgr, 2);
        add(sgr, value >> 16);
        add(sgr, value >> 8 & 0xff);
        add(sgr, value & 0xff);
    } else if (value >= 16) {
        add(sgr, base + 8);
        add(sgr, 5);
        add(sgr, value);
    } else {
        add(sgr, base + (value < 8 ? value : value - 8 + 60));
    }
}

static void add_underline_color(struct sgr *sgr, uint32_t color)
{
    unsigned value = COLOR_VALUE(color);
    add(sgr, color == COLOR_DEFAULT ? 59 : 58);
    if (color == COLOR_DEFAULT)
        return;
    if (COLOR_KIND(color) == 2) {
        add_part(sgr, 2);
        sgr->text[sgr->len++] = ':'; /* no colour space */
        add_part(sgr, value >> 16);
        add_part(sgr, value >> 8 & 0xff);
        add_part(sgr, value & 0xff);
    } else {
        add_part(sgr, 5);
        add_part(sgr, value);
    }
}

static void add_underline(struct sgr *sgr, const struct style *from, const struct style *to)
{
    unsigned line = (to->attrs & ATTR_UNDERLINE) >> ATTR_UNDERLINE_SHIFT;
    if ((from->attrs ^ to->attrs) & ATTR_UNDERLINE) {
        add(sgr, line ? 4 : 24);
        if (line > 1)
            add_part(sgr, line);
    }
    if (from->ul != to->ul)
        add_underline_color(sgr, to->ul);
}

static void add_change(struct sgr *sgr, const struct style *from, const struct style *to)
{
    unsigned have = from->attrs, want = to->attrs;
    /* 22 ends both bold and dim: what stays is turned on again. */
    unsigned weight = ATTR_BOLD | ATTR_DIM;
    if (have & ~want & weight) {
        add(sgr, 22);
        have &= ~weight;
    }
    for (size_t i = 0; i < COUNT(attributes); i++) {
        unsigned attr = attributes[i].attr;
        if ((have ^ want) & attr)
            add(sgr, want & attr ? attributes[i].on : attributes[i].off);
    }
    add_underline(sgr, from, to);
    if (from->fg != to->fg)
        add_color(sgr, 30, to->fg);
    if (from->bg != to->bg)
        add_color(sgr, 40, to->bg);
}

static void put_sgr(const struct style *from, const struct style *to, struct buf *out)
{
    static const struct style plain;
    struct sgr change = {.len = 0}, fresh = {.text = "0", .len = 1};
    add_change(&change, from, to);
    if (change.len == 0)
        return; /* only the link differs */
    add_change(&fresh, &plain, to);
    if (fresh.len == 1)
        fresh.len = 0; /* a lone 0 may be left out */
    const struct sgr *best = fresh.len < change.len ? &fresh : &change;
    buf_puts(out, "\033[");
    buf_append(out, best->text, best->len);
    buf_putc(out, 'm');
}

static void leave_acs(struct pen *pen, struct buf *out)
{
    if (pen->in_acs)
        terminfo_put(pen->ti, out, TI_RMACS, 0, 0);
    pen->in_acs = false;
}

/* All off, then what is wanted, by terminfo's means. */
static void put_caps(struct pen *pen, const struct style *to, struct buf *out)
{
    leave_acs(pen, out);
    if (!terminfo_put(pen->ti, out, TI_SGR0, 0, 0))
        return; /* what cannot be ended is not begun */
    for (size_t i = 0; i < COUNT(attributes); i++)
        if (to->attrs & attributes[i].attr && attributes[i].cap != TI_STRINGS)
            terminfo_put(pen->ti, out, attributes[i].cap, 0, 0);
    if (to->attrs & ATTR_UNDERLINE)
        terminfo_put(pen->ti, out, TI_SMUL, 0, 0);
    if (to->fg != COLOR_DEFAULT)
        terminfo_put(pen->ti, out, TI_SETAF, (int)COLOR_VALUE(to->fg), 0);
    if (to->bg != COLOR_DEFAULT)
        terminfo_put(pen->ti, out, TI_SETAB, (int)COLOR_VALUE(to->bg), 0);
}

static void put_link(struct pen *pen, uint16_t link, struct buf *out)
{
    const char *uri = link_uri(pen, link);
    if (uri)
        buf_printf(out, "\033]8;id=t%u;%s\033\\", (unsigned)link, uri);
    else
        buf_puts(out, "\033]8;;\033\\");
}

static bool same(const struct style *a, const struct style *b)
{
    return a->fg == b->fg && a->bg == b->bg && a->ul == b->ul && a->attrs == b->attrs &&
           a->link == b->link;
}

void pen_set(struct pen *pen, const struct style *style, struct buf *out)
{
    if (same(style, &pen->asked))
        return;
    pen->asked = *style;
    struct style to = fit(pen, style);
    if (same(&to, &pen->style))
        return;
    if (to.link != pen->style.link)
        put_link(pen, to.link, out);
    if (pen->sgr) {
        put_sgr(&pen->style, &to, out);
    } else {
        to.link = pen->style.link;
        put_caps(pen, &to, out);
    }
    pen->style = to;
}

void pen_reset(struct pen *pen, struct buf *out)
{
    static const struct style plain;
    leave_acs(pen, out);
    pen_set(pen, &plain, out);
}

static char acs_of(const struct pen *pen, uint32_t cp)
{
    for (size_t i = 0; i < COUNT(drawing); i++)
        if (drawing[i].cp == cp)
            return (char)pen->acs[drawing[i].vt100 & 0x7f];
    return '\0';
}

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

static void put_cluster(const struct glyphs *glyphs, uint32_t glyph, struct buf *out)
{
    char text[GLYPH_BYTES];
    size_t len = glyphs_utf8(glyphs, glyph, text);
    /* A joiner at the end reaches for the next cell, which some terminals then join. */
    while (len > 3 && memcmp(text + len - 3, "\u200d", 3) == 0)
        len -= 3;
    for (size_t at = 0, n; at < len; at += n) {
        uint32_t cp;
        n = utf8_decode(text + at, len - at, &cp);
        if (!is_control(cp))
            buf_append(out, text + at, n);
    }
}

static void put_utf8(const struct glyphs *glyphs, uint32_t glyph, int width, struct buf *out)
{
    if (glyph & GLYPH_CLUSTER) {
        put_cluster(glyphs, glyph, out);
        return;
    }
    int columns = utf8_width(glyph);
    if (is_control(glyph) || (columns == 2) != (width == 2)) {
        buf_append(out, "??", (size_t)width);
        return;
    }
    if (columns == 0)
        buf_putc(out, ' '); /* a mark alone: give it a place to stand */
    char text[4];
    buf_append(out, text, utf8_encode(glyph, text));
}

void pen_glyph(struct pen *pen, const struct glyphs *glyphs, uint32_t glyph, int width,
               struct buf *out)
{
    if (glyph == 0)
        glyph = ' ';
    char acs = pen->utf8 ? '\0' : acs_of(pen, glyph);
    if (acs != '\0') {
        if (!pen->in_acs)
            terminfo_put(pen->ti, out, TI_SMACS, 0, 0);
        pen->in_acs = true;
        buf_putc(out, acs);
        return;
    }
    leave_acs(pen, out);
    if (glyph < 0x7f && glyph >= ' ' && width == 1)
        buf_putc(out, (char)glyph);
    else if (pen->utf8)
        put_utf8(glyphs, glyph, width, out);
    else
        buf_append(out, "??", (size_t)width);
}
