/*
 * A growable queue of bytes: append at the end, consume at the front. Embedded, zero
 * initialised (`struct buf b = {0}`), released with buf_release.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
    uint8_t *data; /* the bytes begin at data + start */
    size_t start;
    size_t len;
    size_t cap;
};

extern uint8_t buf_nothing[1];

/* Never NULL, so that it may be given to memcpy and its kin with length 0. */
static inline uint8_t *buf_data(const struct buf *b)
{
    return b->data ? b->data + b->start : buf_nothing;
}

void buf_append(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for at least `len` more bytes at the end; returns where to write them. */
uint8_t *buf_reserve(struct buf *b, size_t len);
/* `len` bytes were written where buf_reserve said. */
void buf_commit(struct buf *b, size_t len);

/* Drop `len` bytes (at most all) at the front. */
void buf_consume(struct buf *b, size_t len);
/* Drop the last UTF-8 character, if there is one. */
void buf_erase_char(struct buf *b);
void buf_clear(struct buf *b);

/* The content as a C string (a NUL is kept behind the end); valid until the next append. */
const char *buf_str(struct buf *b);

/* Empty it, and leave nothing of what it held in memory. */
void buf_wipe(struct buf *b);

void buf_release(struct buf *b);
/* The same for secrets: the memory is wiped first. */
void buf_release_secret(struct buf *b);

#endif
