/* Colours brought down to what a terminal has. */
#ifndef TERM_COLOR_H
#define TERM_COLOR_H

#include <stdbool.h>
#include <stdint.h>

/* The nearest colour for a terminal of `colors` colours (0, 8, 16 or 256). */
uint32_t color_fit(uint32_t color, int colors, bool truecolor);

#endif
