/* Time. Only the program's outermost loop reads the clock: everything else is given `now`. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_NEVER INT64_MAX

/* Milliseconds that never go back (CLOCK_MONOTONIC). */
int64_t clock_ms(void);

/* The earlier of two deadlines. */
static inline int64_t clock_earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

#endif
