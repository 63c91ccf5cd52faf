/*
 * The keyboard protocol of kitty (https://sw.kovidgoyal.net/kitty/keyboard-protocol): its flags,
 * a stack of them for each page. Only where the local terminal has it: then that is asked for the
 * same, and what it sends passes unchanged.
 */
#include <string.h>

#include "term/vscreen_priv.h"

#define FLAGS_ALL 31

void kitty_show(struct vscreen *vs)
{
    const struct page *page = vs->page;
    vs->modes.kitty_keys = page->kitty_count > 0 ? page->kitty[page->kitty_count - 1] : 0;
}

void kitty_push(struct vscreen *vs, int flags)
{
    struct page *page = vs->page;
    if (!vs->allowed.kitty_keys)
        return;
    if (page->kitty_count == KITTY_MAX) { /* the oldest falls out */
        memmove(page->kitty, page->kitty + 1, KITTY_MAX - 1);
        page->kitty_count--;
    }
    page->kitty[page->kitty_count++] = flags & FLAGS_ALL;
    kitty_show(vs);
}

void kitty_pop(struct vscreen *vs, int count)
{
    struct page *page = vs->page;
    page->kitty_count -= count < page->kitty_count ? count : page->kitty_count;
    kitty_show(vs);
}

void kitty_set(struct vscreen *vs, int flags, int how)
{
    struct page *page = vs->page;
    if (!vs->allowed.kitty_keys || how < 1 || how > 3)
        return;
    if (page->kitty_count == 0)
        page->kitty[page->kitty_count++] = 0;
    uint8_t *top = &page->kitty[page->kitty_count - 1];
    flags &= FLAGS_ALL;
    *top = (uint8_t)(how == 1 ? flags : how == 2 ? *top | flags : *top & ~flags);
    kitty_show(vs);
}

void kitty_reset(struct vscreen *vs)
{
    vs->main.kitty_count = vs->alternate.kitty_count = 0;
    kitty_show(vs);
}
