#include "term/wide.h"

#include <wctype.h>

#include "base/err.h"
#include "base/utf8.h"

static bool is_byte(wchar_t c)
{
    return c == WIDE_BYTE || (c >= WIDE_BYTE + 0x80 && c <= WIDE_BYTE + 0xff);
}

wchar_t *wide_from_utf8(const char *text, size_t len, size_t *n)
{
    wchar_t *wide = xmalloc((len + 1) * sizeof *wide), *out = wide;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t used = utf8_decode(text + i, len - i, &cp);
        bool bad = cp == 0 || (cp == UTF8_REPLACEMENT && used == 1);
        *out++ = bad ? WIDE_BYTE + (unsigned char)text[i] : (wchar_t)cp;
        i += used;
    }
    *out = L'\0';
    *n = (size_t)(out - wide);
    return wide;
}

static size_t encode(wchar_t c, char out[4])
{
    if (!is_byte(c))
        return utf8_encode((uint32_t)c, out);
    out[0] = (char)(c - WIDE_BYTE);
    return 1;
}

void wide_to_utf8(const wchar_t *text, size_t n, struct buf *out)
{
    char *to = (char *)buf_reserve(out, n * 4 + 1);
    size_t len = 0;
    for (size_t i = 0; i < n; i++)
        if (text[i] > 0 && text[i] < 0x80)
            to[len++] = (char)text[i];
        else
            len += encode(text[i], to + len);
    buf_commit(out, len);
}

size_t wide_utf8_len(wchar_t c)
{
    char out[4];
    return encode(c, out);
}

static bool is_combining(wchar_t c)
{
    return c >= 0x300 && !is_byte(c) && utf8_width((uint32_t)c) == 0;
}

size_t wide_next(const wchar_t *text, size_t len, size_t at)
{
    if (at < len)
        at++;
    while (at < len && is_combining(text[at]))
        at++;
    return at;
}

size_t wide_prev(const wchar_t *text, size_t at)
{
    while (at > 0 && is_combining(text[--at]))
        ;
    return at;
}

bool wide_is_blank(wchar_t c)
{
    return c == L' ' || c == L'\t' || c == L'\n';
}

/* By the ASCII table and a few ranges, not by the locale: C knows no letters beyond ASCII. */
bool wide_is_word(wchar_t c)
{
    if (c < 0x80)
        return (c >= L'0' && c <= L'9') || (c >= L'A' && c <= L'Z') || (c >= L'a' && c <= L'z');
    bool punctuation = c < 0xc0 || (c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x303f);
    return !punctuation || c == 0xaa || c == 0xb5 || c == 0xba;
}

size_t wide_word_right(const wchar_t *text, size_t len, size_t at)
{
    while (at < len && !wide_is_word(text[at]))
        at++;
    while (at < len && wide_is_word(text[at]))
        at++;
    return at;
}

size_t wide_word_left(const wchar_t *text, size_t at)
{
    while (at > 0 && !wide_is_word(text[at - 1]))
        at--;
    while (at > 0 && wide_is_word(text[at - 1]))
        at--;
    return at;
}

size_t wide_blank_word_left(const wchar_t *text, size_t at)
{
    while (at > 0 && wide_is_blank(text[at - 1]))
        at--;
    while (at > 0 && !wide_is_blank(text[at - 1]))
        at--;
    return at;
}

size_t wide_blank_word_right(const wchar_t *text, size_t len, size_t at)
{
    while (at < len && !wide_is_blank(text[at]))
        at++;
    while (at < len && wide_is_blank(text[at]))
        at++;
    return at;
}

/* Behind the word of the shell that begins at `at`. */
static size_t shell_word_end(const wchar_t *text, size_t len, size_t at)
{
    wchar_t quote = L'\0';
    for (; at < len && (quote || !wide_is_blank(text[at])); at++) {
        if (text[at] == L'\\' && quote != L'\'' && at + 1 < len)
            at++;
        else if (quote ? text[at] == quote : text[at] == L'\'' || text[at] == L'"')
            quote = quote ? L'\0' : text[at];
    }
    return at;
}

/* Only from the begin can be known what is quoted: the word in which `at` is, or that ends at or
   before it. *end is where it ends. */
static size_t shell_word_about(const wchar_t *text, size_t len, size_t at, size_t *end)
{
    size_t start = 0, next = 0;
    *end = 0;
    for (;;) {
        while (next < len && wide_is_blank(text[next]))
            next++;
        if (next == len || next >= at)
            return start;
        start = next;
        *end = next = shell_word_end(text, len, next);
    }
}

size_t wide_shell_word_left(const wchar_t *text, size_t at)
{
    size_t end;
    return shell_word_about(text, at, at, &end);
}

size_t wide_shell_word_right(const wchar_t *text, size_t len, size_t at)
{
    size_t end;
    shell_word_about(text, len, at + 1, &end);
    if (end > at)
        return end;
    while (at < len && wide_is_blank(text[at]))
        at++;
    return shell_word_end(text, len, at);
}

size_t wide_row_start(const wchar_t *text, size_t at)
{
    while (at > 0 && text[at - 1] != L'\n')
        at--;
    return at;
}

size_t wide_row_end(const wchar_t *text, size_t len, size_t at)
{
    while (at < len && text[at] != L'\n')
        at++;
    return at;
}

/* A control or a broken byte is drawn in more than one column; one is near enough here. */
static size_t columns_of(wchar_t c)
{
    return c < 0x300 || is_byte(c) ? 1 : (size_t)utf8_width((uint32_t)c);
}

size_t wide_columns(const wchar_t *text, size_t n)
{
    size_t columns = 0;
    for (size_t i = 0; i < n; i++)
        columns += columns_of(text[i]);
    return columns;
}

size_t wide_at_column(const wchar_t *text, size_t n, size_t column)
{
    size_t at = 0, seen = 0;
    while (at < n) {
        size_t next = wide_next(text, n, at);
        seen += wide_columns(text + at, next - at);
        if (seen > column)
            break;
        at = next;
    }
    return at;
}
