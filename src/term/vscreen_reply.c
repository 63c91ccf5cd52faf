/*
 * All that the emulator ever sends to the host. Each reply is a fixed text with numbers of
 * our own state in it: nothing that was received is sent back (hostile.md 1-6), so that a
 * file shown on the screen cannot type into the shell.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "term/vscreen_priv.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A host that asks without reading the answers gets no more than this. */
#define REPLIES_MAX 4096

__attribute__((format(printf, 2, 3))) static void reply(struct vscreen *vs, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len > 0 && (size_t)len < sizeof text && vs->replies.len + (size_t)len <= REPLIES_MAX)
        buf_append(&vs->replies, text, (size_t)len);
}

static bool known(const struct vscreen *vs, int slot)
{
    return vs->colors[slot] & COLOR_KNOWN;
}

void reply_device(struct vscreen *vs, uint8_t prefix)
{
    /* A VT220 with colours; a version by which vim asks for SGR mouse reports, and emacs for the
       background, but only where it can be told: it would wait for the answer. */
    if (prefix == 0)
        reply(vs, "\033[?62;22c");
    else if (prefix == '>')
        reply(vs, "\033[>0;%d;0c", known(vs, VSCREEN_BG) ? 276 : 95);
    else
        reply(vs, "\033P!|00000000\033\\");
}

/* 1: dark, 2: light, by the eye's weights for red, green and blue. */
static int color_scheme(uint32_t rgb)
{
    uint32_t light = (rgb >> 16 & 0xff) * 299 + (rgb >> 8 & 0xff) * 587 + (rgb & 0xff) * 114;
    return light < 127500 ? 1 : 2;
}

void reply_status(struct vscreen *vs, bool private, int what)
{
    /* No printer, no locator; user keys are not locked; the keyboard is North American. */
    static const struct {
        int what;
        char text[24];
    } fixed[] = {
        {15, "\033[?13n"}, {25, "\033[?20n"}, {26, "\033[?27;1;0;0n"},
        {53, "\033[?50n"}, {55, "\033[?50n"}, {56, "\033[?57;0n"},
    };
    const char *mark = private ? "?" : "";
    int row = vs->cursor.row - (vs->origin ? vs->region_top : 0);
    if (what == 5 && !private)
        reply(vs, "\033[0n");
    else if (what == 6)
        reply(vs, "\033[%s%d;%dR", mark, row + 1, vs->cursor.col + 1);
    else if (what == 996 && private && known(vs, VSCREEN_BG))
        reply(vs, "\033[?997;%dn", color_scheme(vs->colors[VSCREEN_BG]));
    for (size_t i = 0; i < COUNT(fixed) && private; i++) {
        if (fixed[i].what == what)
            reply(vs, "%s", fixed[i].text);
    }
}

void reply_mode(struct vscreen *vs, bool private, int number)
{
    int state = mode_report(vs, private, number);
    if (state >= 0) /* so the number is one of our table */
        reply(vs, "\033[%s%d;%d$y", private ? "?" : "", number, state);
}

void reply_parameters(struct vscreen *vs, int kind)
{
    reply(vs, "\033[%d;1;1;128;128;1;0x", kind + 2); /* no parity, 8 bits, 38,400 baud */
}

void reply_kitty_keys(struct vscreen *vs)
{
    if (vs->allowed.kitty_keys)
        reply(vs, "\033[?%uu", vs->modes.kitty_keys);
}

void reply_modify_keys(struct vscreen *vs)
{
    reply(vs, "\033[>4;%um", vs->modes.modify_other_keys);
}

/* The colors past the local terminal's own 16 are the same everywhere: a cube, and grays. */
static uint32_t cube_color(int slot)
{
    static const uint8_t level[] = {0, 95, 135, 175, 215, 255};
    int n = slot - 16;
    if (n >= 216)
        return (uint32_t)(8 + (n - 216) * 10) * 0x10101;
    return (uint32_t)(level[n / 36] << 16 | level[n / 6 % 6] << 8 | level[n % 6]);
}

void reply_color(struct vscreen *vs, int slot)
{
    bool fixed = slot >= 16 && slot <= 255;
    if (!fixed && !known(vs, slot))
        return;
    uint32_t rgb = fixed ? cube_color(slot) : vs->colors[slot];
    unsigned r = rgb >> 16 & 0xff, g = rgb >> 8 & 0xff, b = rgb & 0xff;
    if (slot < VSCREEN_FG)
        reply(vs, "\033]4;%d;rgb:%02x%02x/%02x%02x/%02x%02x\033\\", slot, r, r, g, g, b, b);
    else
        reply(vs, "\033]%d;rgb:%02x%02x/%02x%02x/%02x%02x\033\\", slot - VSCREEN_FG + 10, r, r, g,
              g, b, b);
}

void reply_version(struct vscreen *vs)
{
    reply(vs, "\033P>|tether\033\\");
}

void reply_size(struct vscreen *vs)
{
    reply(vs, "\033[8;%d;%dt", vs->rows, vs->cols);
}

static size_t put_color(char *out, size_t size, int code, uint32_t color)
{
    uint32_t value = COLOR_VALUE(color);
    int len = 0;
    if (COLOR_KIND(color) == 1)
        len = snprintf(out, size, ";%d:5:%u", code, value);
    else if (COLOR_KIND(color) == 2)
        len = snprintf(out, size, ";%d:2::%u:%u:%u", code, value >> 16, value >> 8 & 0xff,
                       value & 0xff);
    return (size_t)len;
}

static void reply_pen(struct vscreen *vs)
{
    static const struct {
        uint16_t attr;
        char code[4];
    } names[] = {
        {ATTR_BOLD, ";1"},    {ATTR_DIM, ";2"},    {ATTR_ITALIC, ";3"}, {ATTR_BLINK, ";5"},
        {ATTR_REVERSE, ";7"}, {ATTR_HIDDEN, ";8"}, {ATTR_STRIKE, ";9"}, {ATTR_OVERLINE, ";53"},
    };
    char sgr[128] = "0";
    size_t len = 1;
    for (size_t i = 0; i < COUNT(names); i++) {
        if (vs->pen.attrs & names[i].attr)
            len += (size_t)snprintf(sgr + len, sizeof sgr - len, "%s", names[i].code);
    }
    int underline = (vs->pen.attrs & ATTR_UNDERLINE) >> ATTR_UNDERLINE_SHIFT;
    if (underline)
        len += (size_t)snprintf(sgr + len, sizeof sgr - len, ";4:%d", underline);
    len += put_color(sgr + len, sizeof sgr - len, 38, vs->pen.fg);
    len += put_color(sgr + len, sizeof sgr - len, 48, vs->pen.bg);
    put_color(sgr + len, sizeof sgr - len, 58, vs->pen.ul);
    reply(vs, "\033P1$r%sm\033\\", sgr);
}

void reply_setting(struct vscreen *vs, const struct ecma48_token *token)
{
    static const char *const known[] = {"m", "r", " q", "\"p"};
    size_t what = 0;
    while (what < COUNT(known) &&
           (token->len != strlen(known[what]) || memcmp(token->data, known[what], token->len) != 0))
        what++;
    switch (what) {
    case 0: reply_pen(vs); break;
    case 1: reply(vs, "\033P1$r%d;%dr\033\\", vs->region_top + 1, vs->region_bottom); break;
    case 2: reply(vs, "\033P1$r%d q\033\\", vs->cursor_shape); break;
    case 3: reply(vs, "\033P1$r62;1\"p\033\\"); break;
    default: reply(vs, "\033P0$r\033\\"); break;
    }
}

/* What XTGETTCAP is told: the name as it is asked for, in hexadecimal, and the value. */
static const struct {
    char name[16];
    const char *value; /* NULL: a flag */
    bool clipboard;    /* only where that is allowed */
} capabilities[] = {
    {"TN", "xterm-256color", false},
    {"Co", "256", false},
    {"colors", "256", false},
    {"RGB", "8", false},
    {"Tc", NULL, false},
    {"Su", NULL, false},
    {"Smulx", "\033[4:%p1%dm", false},
    {"Setulc", "\033[58:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%dm", false},
    {"smxx", "\033[9m", false},
    {"rmxx", "\033[29m", false},
    {"Ss", "\033[%p1%d q", false},
    {"Se", "\033[0 q", false},
    {"Ms", "\033]52;%p1%s;%p2%s\a", true},
};

static void put_hex(struct buf *out, const char *text)
{
    for (; *text; text++)
        buf_printf(out, "%02x", (uint8_t)*text);
}

static bool tell_capability(struct vscreen *vs, const char *hex, size_t len)
{
    struct buf name = {0}, text = {0};
    bool found = false;
    for (size_t i = 0; i < COUNT(capabilities) && !found; i++) {
        buf_clear(&name);
        put_hex(&name, capabilities[i].name);
        found = name.len == len && strncasecmp(buf_str(&name), hex, len) == 0 &&
                (!capabilities[i].clipboard || vs->allowed.clipboard);
        if (!found)
            continue;
        if (capabilities[i].value) {
            buf_putc(&text, '=');
            put_hex(&text, capabilities[i].value);
        }
        reply(vs, "\033P1+r%s%s\033\\", buf_str(&name), buf_str(&text));
    }
    buf_release(&name);
    buf_release(&text);
    return found;
}

/* One answer for each name, up to the first that is not of the table. */
void reply_capabilities(struct vscreen *vs, const struct ecma48_token *token)
{
    const char *text = (const char *)token->data;
    size_t len = token->len;
    bool found = len > 0;
    while (len > 0 && found) {
        const char *end = memchr(text, ';', len);
        size_t n = end ? (size_t)(end - text) : len;
        found = tell_capability(vs, text, n);
        n += end ? 1 : 0;
        text += n;
        len -= n;
    }
    if (!found)
        reply(vs, "\033P0+r\033\\");
}
