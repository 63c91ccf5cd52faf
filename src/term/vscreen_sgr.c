/* Select Graphic Rendition: the pen. */
#include "term/vscreen_priv.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Parameters that set and clear attributes and nothing else. */
static const struct {
    int code;
    uint16_t set, clear;
} attributes[] = {
    {1, ATTR_BOLD, 0},
    {2, ATTR_DIM, 0},
    {3, ATTR_ITALIC, 0},
    {4, 1 << ATTR_UNDERLINE_SHIFT, ATTR_UNDERLINE},
    {5, ATTR_BLINK, 0},
    {6, ATTR_BLINK, 0},
    {7, ATTR_REVERSE, 0},
    {8, ATTR_HIDDEN, 0},
    {9, ATTR_STRIKE, 0},
    {21, 2 << ATTR_UNDERLINE_SHIFT, ATTR_UNDERLINE},
    {22, 0, ATTR_BOLD | ATTR_DIM},
    {23, 0, ATTR_ITALIC},
    {24, 0, ATTR_UNDERLINE},
    {25, 0, ATTR_BLINK},
    {27, 0, ATTR_REVERSE},
    {28, 0, ATTR_HIDDEN},
    {29, 0, ATTR_STRIKE},
    {53, ATTR_OVERLINE, 0},
    {55, 0, ATTR_OVERLINE},
};

static bool byte(int value)
{
    return value >= 0 && value <= 255;
}

static int value_at(const struct ecma48_token *token, int i)
{
    if (i >= token->param_count)
        return -1;
    return token->param[i].value < 0 ? 0 : token->param[i].value;
}

/* The colour behind a 38, 48 or 58 at i, whose `subs` colon parts follow it. Returns how many
   parameters it took, itself included; a malformed colour leaves *color alone. */
static int read_color(const struct ecma48_token *token, int i, int subs, uint32_t *color)
{
    int kind = value_at(token, i + 1);
    int taken = subs > 0 ? subs + 1 : kind == 2 ? 5 : kind == 5 ? 3 : 2;
    /* With colons a colour space may stand before red, green and blue. */
    int rgb = i + (subs >= 5 ? 3 : 2);
    int last = subs > 0 ? i + subs : token->param_count - 1;
    if (kind == 5 && i + 2 <= last && byte(value_at(token, i + 2)))
        *color = COLOR_PALETTE(value_at(token, i + 2));
    if (kind == 2 && rgb + 2 <= last && byte(value_at(token, rgb)) &&
        byte(value_at(token, rgb + 1)) && byte(value_at(token, rgb + 2)))
        *color =
            COLOR_RGB(value_at(token, rgb), value_at(token, rgb + 1), value_at(token, rgb + 2));
    return taken;
}

static bool plain_color(struct style *pen, int code)
{
    if (code >= 30 && code <= 37)
        pen->fg = COLOR_PALETTE(code - 30);
    else if (code >= 40 && code <= 47)
        pen->bg = COLOR_PALETTE(code - 40);
    else if (code >= 90 && code <= 97)
        pen->fg = COLOR_PALETTE(code - 90 + 8);
    else if (code >= 100 && code <= 107)
        pen->bg = COLOR_PALETTE(code - 100 + 8);
    else if (code == 39)
        pen->fg = COLOR_DEFAULT;
    else if (code == 49)
        pen->bg = COLOR_DEFAULT;
    else if (code == 59)
        pen->ul = COLOR_DEFAULT;
    else
        return false;
    return true;
}

static void attribute(struct style *pen, int code)
{
    if (code == 0) {
        *pen = (struct style){.link = pen->link};
        return;
    }
    if (plain_color(pen, code))
        return;
    for (size_t a = 0; a < COUNT(attributes); a++) {
        if (attributes[a].code == code)
            pen->attrs = (uint16_t)((pen->attrs & ~attributes[a].clear) | attributes[a].set);
    }
}

static int colon_parts(const struct ecma48_token *token, int i)
{
    int n = 0;
    while (i + 1 + n < token->param_count && token->param[i + 1 + n].sub)
        n++;
    return n;
}

void sgr_apply(struct style *pen, const struct ecma48_token *token)
{
    if (token->param_count == 0)
        attribute(pen, 0);
    for (int i = 0; i < token->param_count;) {
        int code = value_at(token, i);
        int subs = colon_parts(token, i);
        if (code == 38 || code == 48 || code == 58) {
            i += read_color(token, i, subs,
                            code == 38   ? &pen->fg
                            : code == 48 ? &pen->bg
                                         : &pen->ul);
            continue;
        }
        if (subs == 0)
            attribute(pen, code);
        else if (code == 4 && subs == 1 && value_at(token, i + 1) <= 5)
            pen->attrs = (uint16_t)((pen->attrs & ~ATTR_UNDERLINE) | value_at(token, i + 1)
                                                                         << ATTR_UNDERLINE_SHIFT);
        i += subs + 1;
    }
}
