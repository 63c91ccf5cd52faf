#include "base/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/width_table.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Unicode's Default_Ignorable_Code_Point and the other invisible format characters (bidi
   controls among them): nothing of these is ever seen, so names could hide behind them. */
static const struct {
    uint32_t first, last;
} invisible[] = {
    {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},   {0x115f, 0x1160}, {0x17b4, 0x17b5},
    {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

/* What a lead byte promises: the length, and the range of the second byte (Unicode 15, table
   3-7), by which overlong forms, surrogates and values past U+10FFFF are known at once. */
static inline size_t lead(uint8_t byte, uint8_t *low, uint8_t *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (byte < 0x80)
        return 1;
    if (byte < 0xe0)
        return byte < 0xc2 ? 0 : 2;
    if (byte < 0xf0) {
        *low = byte == 0xe0 ? 0xa0 : 0x80;
        *high = byte == 0xed ? 0x9f : 0xbf;
        return 3;
    }
    *low = byte == 0xf0 ? 0x90 : 0x80;
    *high = byte == 0xf4 ? 0x8f : 0xbf;
    return byte > 0xf4 ? 0 : 4;
}

size_t utf8_prefix(const char *data, size_t len, size_t *whole)
{
    const uint8_t *in = (const uint8_t *)data;
    uint8_t low, high;
    *whole = lead(in[0], &low, &high);
    if (*whole == 2) /* most text that is not ASCII */
        return len > 1 && (in[1] & 0xc0) == 0x80 ? 2 : 1;
    if (*whole == 0)
        return 0;
    size_t n = 1;
    while (n < *whole && n < len && in[n] >= low && in[n] <= high) {
        low = 0x80;
        high = 0xbf;
        n++;
    }
    return n;
}

size_t utf8_decode(const char *data, size_t len, uint32_t *cp)
{
    if (len == 0)
        return 0;
    const uint8_t *in = (const uint8_t *)data;
    if (in[0] < 0x80) {
        *cp = in[0];
        return 1;
    }
    size_t whole;
    if (utf8_prefix(data, len, &whole) != whole || whole == 0) {
        *cp = UTF8_REPLACEMENT;
        return 1;
    }
    if (whole == 2) {
        *cp = (in[0] & 0x1fu) << 6 | (in[1] & 0x3fu);
        return 2;
    }
    uint32_t value = in[0] & (0x7fu >> whole);
    for (size_t i = 1; i < whole; i++)
        value = value << 6 | (in[i] & 0x3fu);
    *cp = value;
    return whole;
}

size_t utf8_missing(const char *data, size_t len)
{
    const uint8_t *in = (const uint8_t *)data;
    size_t back = 0;
    while (back < len && back < 3 && (in[len - 1 - back] & 0xc0) == 0x80)
        back++;
    if (back == len)
        return 0;
    size_t have = back + 1, whole;
    if (utf8_prefix(data + len - have, have, &whole) != have || whole < have)
        return 0;
    return whole - have;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        cp = UTF8_REPLACEMENT;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

int utf8_width(uint32_t cp)
{
    if (cp < 0x300)
        return cp >= 0xa0 || (cp >= 0x20 && cp < 0x7f);
    /* What most text is made of need not be looked up: Greek and Cyrillic, ideographs,
       Hangul, faces. */
    if (cp >= 0x370 && cp < 0x483)
        return 1;
    if ((cp >= 0x4e00 && cp <= 0x9fff) || (cp >= 0xac00 && cp <= 0xd7a3) ||
        (cp >= 0x1f600 && cp <= 0x1f64f))
        return 2;
    size_t low = 0, high = COUNT(width_table);
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (cp > width_table[mid].last)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < COUNT(width_table) && cp >= width_table[low].first)
        return (int)width_table[low].width;
    return 1;
}

size_t utf8_columns(const char *text, size_t len)
{
    size_t columns = 0;
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        at += utf8_decode(text + at, len - at, &cp);
        columns += (size_t)utf8_width(cp);
    }
    return columns;
}

size_t utf8_fitting(const char *text, size_t len, size_t columns)
{
    size_t at = 0;
    while (at < len) {
        uint32_t cp;
        size_t n = utf8_decode(text + at, len - at, &cp), width = (size_t)utf8_width(cp);
        if (width > columns)
            break;
        columns -= width;
        at += n;
    }
    return at;
}

static bool is_invisible(uint32_t cp)
{
    for (size_t i = 0; i < COUNT(invisible) && cp >= invisible[i].first; i++) {
        if (cp <= invisible[i].last)
            return true;
    }
    return false;
}

struct safe_out {
    char *out;
    size_t size, len;
    size_t limit, columns;
    size_t cut_len; /* where "..." would still fit */
    size_t cut_columns;
};

static bool safe_put(struct safe_out *o, const char *piece, size_t len, size_t columns)
{
    if (o->len + 3 < o->size && o->columns + 3 <= o->limit) {
        o->cut_len = o->len;
        o->cut_columns = o->columns;
    }
    if (o->len + len >= o->size || o->columns + columns > o->limit)
        return false;
    memcpy(o->out + o->len, piece, len);
    o->len += len;
    o->columns += columns;
    return true;
}

/* One character of the text as it may be shown. `base`: one stands before it that a combining
   mark can sit on. */
static bool safe_char(struct safe_out *o, const char *in, size_t len, uint32_t cp, bool keep_lines,
                      bool base)
{
    char piece[16];
    bool malformed = cp == UTF8_REPLACEMENT && len == 1;
    bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
    if (keep_lines && (cp == '\n' || cp == '\t'))
        return safe_put(o, in, len, cp == '\t');
    int n = 0;
    if (malformed || cp < 0x80)
        n = control || malformed ? snprintf(piece, sizeof piece, "\\x%02x", (uint8_t)in[0]) : 0;
    else if (control || is_invisible(cp) || (utf8_width(cp) == 0 && !base))
        n = snprintf(piece, sizeof piece, "\\u{%04x}", cp);
    if (n > 0)
        return safe_put(o, piece, (size_t)n, (size_t)n);
    return safe_put(o, in, len, (size_t)utf8_width(cp));
}

void utf8_sanitize(char *out, size_t size, const char *text, size_t len, size_t columns,
                   int keep_lines)
{
    if (size == 0)
        return;
    struct safe_out o = {.out = out, .size = size, .limit = columns};
    bool base = false;
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        size_t n = utf8_decode(text + at, len - at, &cp);
        if (!safe_char(&o, text + at, n, cp, keep_lines != 0, base)) {
            o.len = o.cut_len;
            o.columns = o.cut_columns;
            while (o.len + 1 < size && o.columns < columns && o.len < o.cut_len + 3) {
                out[o.len++] = '.';
                o.columns++;
            }
            break;
        }
        base = cp >= 0x20 && cp != UTF8_REPLACEMENT;
        at += n;
    }
    out[o.len] = '\0';
}
