/*
 * OpenSSH's picture of a fingerprint (the "drunken bishop": a walk on a small board that the
 * hash's bits steer), so that it can be compared with what ssh-keygen -lv draws. Pure.
 */
#ifndef PROTO_RANDOMART_H
#define PROTO_RANDOMART_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* Eleven lines of nineteen columns, without a newline at the end, appended to `out`. The titles
   stand in the upper and lower border, cut if they are wider than it. */
void randomart_draw(const uint8_t *hash, size_t len, const char *upper, const char *lower,
                    struct buf *out);

/* Columns between the borders. */
#define RANDOMART_COLUMNS 17

#endif
