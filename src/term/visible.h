/* Which characters are shown as they are in text of our own, or of a name we were given. */
#ifndef TERM_VISIBLE_H
#define TERM_VISIBLE_H

#include <stdbool.h>
#include <stdint.h>

/* False for controls, and for format characters that are invisible or reorder what stands
   around them (bidi controls, zero-width spaces, tags): they could disguise a text. The
   joiners of emoji and scripts, and variation selectors, are no danger and are kept. */
static inline bool visible_char(uint32_t cp)
{
    static const struct {
        uint32_t first, last;
    } unseen[] = {
        {0x0, 0x1f},      {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
        {0x180e, 0x180e}, {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e},
        {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };
    for (unsigned i = 0; i < sizeof unseen / sizeof unseen[0]; i++)
        if (cp >= unseen[i].first && cp <= unseen[i].last)
            return false;
    return true;
}

#endif
