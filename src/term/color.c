#include "term/color.h"

#include "term/cell.h"

/* The first 16 as xterm has them; every terminal's differ a little. */
static const uint32_t basic[16] = {
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
    0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};

static int distance(uint32_t a, uint32_t b)
{
    int sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        int d = (int)(a >> shift & 0xff) - (int)(b >> shift & 0xff);
        sum += d * d;
    }
    return sum;
}

static uint32_t cube_level(uint32_t i)
{
    return i ? 55 + 40 * i : 0;
}

static uint32_t palette_rgb(uint32_t n)
{
    if (n < 16)
        return basic[n];
    if (n >= 232)
        return (8 + 10 * (n - 232)) * 0x010101u;
    n -= 16;
    return cube_level(n / 36) << 16 | cube_level(n / 6 % 6) << 8 | cube_level(n % 6);
}

static uint32_t nearest_level(uint32_t v)
{
    return v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40;
}

/* The 6x6x6 cube or the grey ramp: the first 16 are the user's to change, so not those. */
static uint32_t nearest_256(uint32_t rgb)
{
    uint32_t r = rgb >> 16 & 0xff, g = rgb >> 8 & 0xff, b = rgb & 0xff;
    uint32_t cube = 16 + 36 * nearest_level(r) + 6 * nearest_level(g) + nearest_level(b);
    uint32_t mean = (r + g + b) / 3;
    uint32_t grey = 232 + (mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10);
    return distance(rgb, palette_rgb(grey)) < distance(rgb, palette_rgb(cube)) ? grey : cube;
}

static uint32_t nearest_basic(uint32_t rgb, int count)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < (uint32_t)count; i++)
        if (distance(rgb, basic[i]) < distance(rgb, basic[best]))
            best = i;
    return best;
}

uint32_t color_fit(uint32_t color, int colors, bool truecolor)
{
    uint32_t value = COLOR_VALUE(color);
    if (color == COLOR_DEFAULT || colors == 0)
        return COLOR_DEFAULT;
    if (COLOR_KIND(color) == 2) {
        if (truecolor)
            return color;
        return COLOR_PALETTE(colors >= 256 ? nearest_256(value) : nearest_basic(value, colors));
    }
    value &= 0xff;
    if (value < 16 || colors >= 256)
        return COLOR_PALETTE(value); /* 8 to 15 of 8 colours: the pen makes them bold */
    return COLOR_PALETTE(nearest_basic(palette_rgb(value), colors));
}
