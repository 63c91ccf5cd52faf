/* Reading SSH's wire format (RFC 4251, section 5) without ever passing the end. Pure. */
#ifndef PROTO_WIRE_H
#define PROTO_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct wire {
    const uint8_t *data;
    size_t len;
};

static inline bool wire_skip(struct wire *w, size_t n)
{
    if (n > w->len)
        return false;
    w->data += n;
    w->len -= n;
    return true;
}

static inline bool wire_u32(struct wire *w, uint32_t *value)
{
    const uint8_t *p = w->data;
    if (!wire_skip(w, 4))
        return false;
    *value = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return true;
}

/* The string's bytes stay where they are. */
static inline bool wire_string(struct wire *w, struct wire *string)
{
    uint32_t n;
    if (!wire_u32(w, &n) || n > w->len)
        return false;
    *string = (struct wire){w->data, n};
    return wire_skip(w, n);
}

static inline void wire_put_u32(struct buf *out, uint32_t value)
{
    uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                       (uint8_t)value};
    buf_append(out, bytes, sizeof bytes);
}

static inline void wire_put_string(struct buf *out, const void *data, size_t len)
{
    wire_put_u32(out, (uint32_t)len);
    buf_append(out, data, len);
}

#endif
