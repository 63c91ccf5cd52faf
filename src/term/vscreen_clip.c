/* OSC 52, writing only: a program's text for the person's clipboard. */
#include <string.h>

#include "base/utf8.h"
#include "term/vscreen_priv.h"

#define BASE64_MAX ((VSCREEN_CLIP_MAX + 2) / 3 * 4)

static int digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648; programs also leave out the padding. False: it is not base64. */
static bool decode(const char *text, size_t len, struct buf *out)
{
    uint32_t bits = 0;
    int have = 0;
    for (int pad = 0; pad < 2 && len > 0 && text[len - 1] == '='; pad++)
        len--;
    for (size_t i = 0; i < len; i++) {
        int value = digit((uint8_t)text[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            buf_putc(out, (char)(bits >> have));
        }
    }
    return len % 4 != 1;
}

/* Well-formed text without controls but tab and newline: what is pasted later must not act. */
static bool harmless(const struct buf *text)
{
    const char *data = (const char *)buf_data(text);
    for (size_t at = 0; at < text->len;) {
        uint32_t cp;
        size_t n = utf8_decode(data + at, text->len - at, &cp);
        bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
        if ((control && cp != '\n' && cp != '\t') || (n == 1 && cp == UTF8_REPLACEMENT))
            return false;
        at += n;
    }
    return true;
}

void clip_write(struct vscreen *vs, const char *text, size_t len, bool cut)
{
    const char *data = memchr(text, ';', len); /* behind the names of the selections */
    if (!data)
        return;
    data++;
    len -= (size_t)(data - text);
    /* A question is never answered; no text at all would clear the clipboard. */
    if (len == 0 || (len == 1 && *data == '?'))
        return;
    buf_clear(&vs->clip);
    if (!cut && len <= BASE64_MAX && decode(data, len, &vs->clip) &&
        vs->clip.len <= VSCREEN_CLIP_MAX && harmless(&vs->clip)) {
        vs->clip_state = CLIP_TEXT;
        return;
    }
    buf_clear(&vs->clip);
    vs->clip_state = CLIP_REFUSED;
}

enum vscreen_clip vscreen_take_clip(struct vscreen *vs, struct buf *text)
{
    enum vscreen_clip state = vs->clip_state;
    if (state == CLIP_TEXT)
        buf_append(text, buf_data(&vs->clip), vs->clip.len);
    if (state != CLIP_NONE)
        buf_release(&vs->clip);
    vs->clip_state = CLIP_NONE;
    return state;
}
