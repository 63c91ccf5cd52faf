#include <string.h>

#include "term/vscreen_priv.h"

static int hold(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

void cursor_to(struct vscreen *vs, int row, int col)
{
    vs->cursor.row = hold(row, 0, vs->rows - 1);
    vs->cursor.col = hold(col, 0, vs->cols - 1);
    vs->cursor.wrap_next = false;
}

void cursor_to_origin(struct vscreen *vs, int row, int col)
{
    if (vs->origin)
        row = hold(row + vs->region_top, vs->region_top, vs->region_bottom - 1);
    cursor_to(vs, row, col);
}

void cursor_save(struct vscreen *vs)
{
    vs->page->saved = (struct saved){vs->cursor, vs->pen, vs->charsets, vs->origin};
}

void cursor_restore(struct vscreen *vs)
{
    const struct saved *saved = &vs->page->saved;
    vs->pen = saved->pen;
    vs->charsets = saved->charsets;
    vs->origin = saved->origin;
    int low = vs->origin ? vs->region_top : 0;
    int high = vs->origin ? vs->region_bottom - 1 : vs->rows - 1;
    cursor_to(vs, hold(saved->at.row, low, high), saved->at.col);
    vs->cursor.wrap_next = saved->at.wrap_next && vs->cursor.col == vs->cols - 1;
}

void tabs_reset(struct vscreen *vs, int from)
{
    for (int col = from; col < vs->cols; col++)
        vs->tabs[col] = col > 0 && col % 8 == 0;
}

void page_show(struct vscreen *vs, bool alternate)
{
    struct page *page = alternate ? &vs->alternate : &vs->main;
    if (page == vs->page)
        return;
    vs->page->left_at = vs->cursor;
    vs->page = page;
    vs->modes.alternate = alternate;
    kitty_show(vs);
}

void soft_reset(struct vscreen *vs)
{
    vs->pen = (struct style){0};
    vs->charsets = (struct charsets){0};
    vs->region_top = 0;
    vs->region_bottom = vs->rows;
    vs->origin = false;
    vs->insert = false;
    vs->autowrap = true;
    vs->reverse_wrap = false;
    vs->cursor_visible = true;
    vs->cursor.wrap_next = false;
    vs->modes.app_cursor = false;
    vs->modes.app_keypad = false;
    vs->page->saved = (struct saved){0};
}

void full_reset(struct vscreen *vs)
{
    page_show(vs, false);
    soft_reset(vs);
    grid_save_screen(vs);
    for (int r = 0; r < vs->rows; r++) {
        row_clear(vs, row_at(vs, &vs->main, r));
        row_clear(vs, row_at(vs, &vs->alternate, r));
    }
    vs->main.saved = vs->alternate.saved = (struct saved){0};
    modes_reset(vs);
    tabs_reset(vs, 0);
    cursor_to(vs, 0, 0);
    vs->title[0] = '\0';
    vs->title_count = 0;
}

void vscreen_reset_modes(struct vscreen *vs)
{
    vs->changes++;
    if (vs->modes.alternate) {
        page_show(vs, false);
        vs->cursor = vs->main.left_at;
    }
    soft_reset(vs);
    modes_reset(vs);
    /* It did not put back the title that it had kept. */
    while (vs->title_count > 0)
        title_pop(vs);
}
