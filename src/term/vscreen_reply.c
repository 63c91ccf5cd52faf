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

void reply_device(struct vscreen *vs, uint8_t prefix)
{
    /* A VT220 with colours; and a version by which vim asks for SGR mouse reports, and emacs
       does not wait for answers to queries that we do not answer. */
    if (prefix == 0)
        reply(vs, "\033[?62;22c");
    else if (prefix == '>')
        reply(vs, "\033[>0;95;0c");
}

void reply_status(struct vscreen *vs, bool private, int what)
{
    const char *mark = private ? "?" : "";
    int row = vs->cursor.row - (vs->origin ? vs->region_top : 0);
    if (what == 5 && !private)
        reply(vs, "\033[0n");
    else if (what == 6)
        reply(vs, "\033[%s%d;%dR", mark, row + 1, vs->cursor.col + 1);
}

void reply_mode(struct vscreen *vs, bool private, int number)
{
    int state = mode_report(vs, private, number);
    if (state != 0) /* so the number is one of our table */
        reply(vs, "\033[%s%d;%d$y", private ? "?" : "", number, state);
}

void reply_version(struct vscreen *vs)
{
    reply(vs, "\033P>|tether\033\\");
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
