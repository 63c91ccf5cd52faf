#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

uint8_t buf_nothing[1];

/* Not realloc: what a buffer held may be a secret, and a copy must not stay behind. */
static void move_to(struct buf *b, size_t cap)
{
    uint8_t *data = xmalloc(cap);
    if (b->data) {
        memcpy(data, b->data, b->len);
        explicit_bzero(b->data, b->cap);
        free(b->data);
    }
    b->data = data;
    b->cap = cap;
}

uint8_t *buf_reserve(struct buf *b, size_t len)
{
    if (len > SIZE_MAX / 4 - b->len)
        BUG("buffer of %zu + %zu bytes", b->len, len);
    if (b->start + b->len + len > b->cap) {
        if (b->start > 0) {
            memmove(b->data, b->data + b->start, b->len);
            b->start = 0;
        }
        size_t need = b->len + len;
        if (need > b->cap) {
            size_t cap = b->cap ? b->cap : 64;
            while (cap < need)
                cap *= 2;
            move_to(b, cap);
        }
    }
    return b->data ? b->data + b->start + b->len : buf_nothing;
}

void buf_commit(struct buf *b, size_t len)
{
    if (len > b->cap - b->start - b->len)
        BUG("more bytes committed than reserved");
    b->len += len;
}

void buf_append(struct buf *b, const void *data, size_t len)
{
    if (len == 0)
        return;
    memcpy(buf_reserve(b, len), data, len);
    b->len += len;
}

void buf_puts(struct buf *b, const char *text)
{
    buf_append(b, text, strlen(text));
}

void buf_putc(struct buf *b, char c)
{
    buf_append(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        BUG("bad format");
    vsnprintf((char *)buf_reserve(b, (size_t)n + 1), (size_t)n + 1, format, again);
    va_end(again);
    b->len += (size_t)n;
}

void buf_consume(struct buf *b, size_t len)
{
    if (len >= b->len) {
        buf_clear(b);
        return;
    }
    b->start += len;
    b->len -= len;
}

void buf_erase_char(struct buf *b)
{
    while (b->len > 0 && (buf_data(b)[--b->len] & 0xc0) == 0x80)
        continue;
}

void buf_clear(struct buf *b)
{
    b->start = 0;
    b->len = 0;
}

const char *buf_str(struct buf *b)
{
    *buf_reserve(b, 1) = '\0';
    return (const char *)buf_data(b);
}

void buf_release(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}

void buf_wipe(struct buf *b)
{
    if (b->data)
        explicit_bzero(b->data, b->cap);
    buf_clear(b);
}

void buf_release_secret(struct buf *b)
{
    buf_wipe(b);
    buf_release(b);
}
