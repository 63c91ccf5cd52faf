#include "term/menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define MARK_COLUMNS  1  /* '>' before the selected */
#define GAP_COLUMNS   1  /* between columns, besides the mark's */
#define LABEL_COLUMNS 36 /* longer labels are cut: one of them must not cost all columns */
#define PAGE_ROWS     10 /* until it has been drawn */

struct menu {
    struct menu_item *items;
    size_t item_count;
    size_t *shown; /* indices of the items left by narrowing, in order */
    size_t count;
    int label_columns; /* the widest label of these */
    bool described;    /* some of these have a description: one a row */
    long selected;     /* an index into shown; -1 */
    size_t top;        /* the first row shown of all */
    int page_rows;     /* rows of items when last drawn */
};

static const char *label_of(const struct menu_item *item)
{
    return item->label ? item->label : item->text;
}

static void measure(struct menu *m)
{
    m->label_columns = 1;
    m->described = false;
    for (size_t i = 0; i < m->count; i++) {
        const struct menu_item *item = &m->items[m->shown[i]];
        int columns = frame_columns(label_of(item), strlen(label_of(item)));
        if (columns > LABEL_COLUMNS)
            columns = LABEL_COLUMNS;
        if (columns > m->label_columns)
            m->label_columns = columns;
        if (item->description)
            m->described = true;
    }
}

struct menu *menu_new(struct menu_item *items, size_t count)
{
    struct menu *m = xcalloc(1, sizeof *m);
    m->items = items;
    m->item_count = count;
    m->shown = xcalloc(count, sizeof *m->shown);
    m->count = count;
    for (size_t i = 0; i < count; i++)
        m->shown[i] = i;
    m->selected = -1;
    m->page_rows = PAGE_ROWS;
    measure(m);
    return m;
}

void menu_free(struct menu *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->item_count; i++) {
        free(m->items[i].text);
        free(m->items[i].label);
        free(m->items[i].description);
    }
    free(m->items);
    free(m->shown);
    free(m);
}

size_t menu_count(const struct menu *m)
{
    return m->count;
}

long menu_selected(const struct menu *m)
{
    return m->selected;
}

const struct menu_item *menu_item(const struct menu *m, size_t i)
{
    return i < m->count ? &m->items[m->shown[i]] : NULL;
}

static int column_width(const struct menu *m)
{
    return MARK_COLUMNS + m->label_columns + GAP_COLUMNS;
}

static size_t columns_at(const struct menu *m, int cols)
{
    /* The last column needs no gap behind it. */
    size_t n = m->described ? 1 : (size_t)((cols + GAP_COLUMNS) / column_width(m));
    return n > 0 ? n : 1;
}

static size_t rows_at(const struct menu *m, int cols)
{
    size_t columns = columns_at(m, cols);
    return (m->count + columns - 1) / columns;
}

static void select_item(struct menu *m, long to)
{
    long last = (long)m->count - 1;
    m->selected = to < 0 ? 0 : to > last ? last : to;
}

/* Tab and Shift-Tab go round. */
static void step_round(struct menu *m, long by)
{
    long count = (long)m->count;
    if (m->selected < 0)
        m->selected = by > 0 ? 0 : count - 1;
    else
        m->selected = (m->selected + by + count) % count;
}

/* Up and down stay in their column. */
static void step_row(struct menu *m, long by)
{
    long to = m->selected + by, count = (long)m->count;
    if (m->selected < 0)
        m->selected = by > 0 ? 0 : count - 1;
    else if (to >= 0 && to < count)
        m->selected = to;
    else if (to >= count && m->selected / by != (count - 1) / by)
        m->selected = count - 1; /* the last row is short */
}

static enum menu_did menu_named(struct menu *m, enum key_name name, int cols)
{
    long columns = (long)columns_at(m, cols), page = columns * m->page_rows;
    switch (name) {
    case KEY_UP: step_row(m, -columns); break;
    case KEY_DOWN: step_row(m, columns); break;
    case KEY_LEFT: step_round(m, -1); break;
    case KEY_RIGHT: step_round(m, 1); break;
    case KEY_BACKTAB: step_round(m, -1); break;
    case KEY_PAGE_UP: select_item(m, m->selected - page); break;
    case KEY_PAGE_DOWN: select_item(m, (m->selected < 0 ? 0 : m->selected) + page); break;
    case KEY_HOME: select_item(m, 0); break;
    case KEY_END: select_item(m, (long)m->count - 1); break;
    default: return MENU_IGNORED;
    }
    return MENU_MOVED;
}

enum menu_did menu_key(struct menu *m, const struct key *key, int cols)
{
    if (key->mods != 0 || m->count == 0)
        return MENU_IGNORED;
    if (key->kind == KEY_NAMED)
        return menu_named(m, (enum key_name)key->code, cols > 0 ? cols : 1);
    if (key->kind != KEY_CHAR)
        return MENU_IGNORED;
    switch (key->code) {
    case '\t': step_round(m, 1); return MENU_MOVED;
    case '\r': return m->selected >= 0 ? MENU_TAKE : MENU_IGNORED;
    case 0x1b: return MENU_CLOSE;
    default: return MENU_IGNORED;
    }
}

bool menu_narrow(struct menu *m, const char *prefix)
{
    size_t len = strlen(prefix), kept = 0;
    for (size_t i = 0; i < m->count; i++)
        if (strncmp(m->items[m->shown[i]].text, prefix, len) == 0)
            m->shown[kept++] = m->shown[i];
    if (kept != m->count) {
        m->count = kept;
        m->selected = -1;
        m->top = 0;
        measure(m);
    }
    return kept > 0;
}

int menu_height(const struct menu *m, int cols, int max)
{
    size_t rows = rows_at(m, cols > 0 ? cols : 1);
    if (max < 0)
        max = 0;
    return rows < (size_t)max ? (int)rows : max;
}

/* Keep the selected in view, and no empty rows at the end. */
static void scroll_to_selected(struct menu *m, size_t rows, size_t columns, size_t visible)
{
    size_t at = m->selected < 0 ? 0 : (size_t)m->selected / columns;
    if (at < m->top)
        m->top = at;
    if (at >= m->top + visible)
        m->top = at - visible + 1;
    if (m->top + visible > rows)
        m->top = rows > visible ? rows - visible : 0;
}

static void draw_item(const struct menu *m, size_t i, struct frame *f, int row, int col, int width)
{
    const struct menu_item *item = &m->items[m->shown[i]];
    bool selected = (long)i == m->selected;
    struct style style = {.attrs = selected ? ATTR_REVERSE : 0};
    struct style faint = {.attrs = selected ? ATTR_REVERSE : ATTR_DIM};
    int end = col + width < f->cols ? col + width : f->cols;
    if (selected) {
        frame_fill(f, row, col, end, &style);
        frame_put(f, row, col, 1, &style, ">", 1);
    }
    const char *label = label_of(item);
    int room = end - col - MARK_COLUMNS;
    if (room > m->label_columns)
        room = m->label_columns;
    frame_put(f, row, col + MARK_COLUMNS, room, &style, label, strlen(label));
    if (room > 0 && frame_columns(label, strlen(label)) > room)
        frame_put(f, row, col + room, 1, &style, "~", 1);
    int after = col + MARK_COLUMNS + m->label_columns + 2;
    if (item->description && after < end)
        frame_put(f, row, after, end - after, &faint, item->description, strlen(item->description));
}

void menu_draw(struct menu *m, struct frame *f, int row, int height)
{
    static const struct style plain;
    size_t columns = columns_at(m, f->cols), rows = rows_at(m, f->cols);
    if (height <= 0)
        return;
    bool counted = rows > (size_t)height && height > 1;
    size_t visible = (size_t)height - (counted ? 1 : 0);
    m->page_rows = (int)visible;
    scroll_to_selected(m, rows, columns, visible);
    int width = m->described ? f->cols : column_width(m) - GAP_COLUMNS;
    for (int r = 0; r < height; r++)
        frame_fill(f, row + r, 0, f->cols, &plain);
    size_t first = m->top * columns, last = (m->top + visible) * columns;
    last = last < m->count ? last : m->count;
    for (size_t i = first; i < last; i++)
        draw_item(m, i, f, row + (int)((i - first) / columns),
                  (int)((i - first) % columns) * column_width(m), width);
    if (counted) {
        struct style faint = {.attrs = ATTR_DIM};
        char text[80];
        int n = snprintf(text, sizeof text, " %zu-%zu of %zu", first + 1, last, m->count);
        frame_put(f, row + height - 1, 0, f->cols, &faint, text, (size_t)n);
    }
}
