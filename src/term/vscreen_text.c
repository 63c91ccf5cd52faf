/* The hot path: text, and the controls between lines. */
#include <string.h>

#include "base/utf8.h"
#include "term/vscreen_priv.h"

void text_index(struct vscreen *vs)
{
    vs->cursor.wrap_next = false;
    if (vs->cursor.row == vs->region_bottom - 1)
        grid_scroll_up(vs, vs->region_top, vs->region_bottom, 1);
    else if (vs->cursor.row < vs->rows - 1)
        vs->cursor.row++;
}

void text_reverse_index(struct vscreen *vs)
{
    vs->cursor.wrap_next = false;
    if (vs->cursor.row == vs->region_top)
        grid_scroll_down(vs, vs->region_top, vs->region_bottom, 1);
    else if (vs->cursor.row > 0)
        vs->cursor.row--;
}

static void wrap(struct vscreen *vs)
{
    cursor_row(vs)->flags |= LINE_WRAPPED;
    text_index(vs);
    vs->cursor.col = 0;
}

/* The row under cells col.. col + count - 1 that are about to be written. */
static inline struct row *open_cells(struct vscreen *vs, int col, int count)
{
    struct row *row = cursor_row(vs);
    if (row->used == col) { /* at the end of what is there: the usual case */
        row->used = col + count;
        return row;
    }
    if (vs->insert)
        row_insert(vs, row, col, count);
    row_extend(row, col);
    row_cut_wide(row, col);
    row_cut_wide(row, col + count);
    if (row->used < col + count)
        row->used = col + count;
    return row;
}

static void advance(struct vscreen *vs, int count)
{
    vs->cursor.col += count;
    if (vs->cursor.col >= vs->cols) {
        vs->cursor.col = vs->cols - 1;
        vs->cursor.wrap_next = true;
    }
}

/* Field by field: a cell built aside and copied is several times slower. */
static inline void set_cell(struct cell *cell, uint32_t glyph, const struct style *style,
                            uint8_t width)
{
    cell->glyph = glyph;
    cell->style = *style;
    cell->width = width;
    memset(cell->pad, 0, sizeof cell->pad);
}

static void put_ascii(struct vscreen *vs, const uint8_t *data, size_t len)
{
    const uint32_t last = data[len - 1];
    while (len > 0) {
        if (vs->cursor.wrap_next && vs->autowrap)
            wrap(vs);
        size_t count = (size_t)(vs->cols - vs->cursor.col);
        if (!vs->autowrap && len > count) {
            /* All that does not fit falls on the last column: the last one stays. */
            put_ascii(vs, data, count);
            data += len - 1;
            len = count = 1;
        } else if (count > len) {
            count = len;
        }
        struct cell *out = open_cells(vs, vs->cursor.col, (int)count)->cells + vs->cursor.col;
        const struct style pen = vs->pen;
        for (size_t i = 0; i < count; i++)
            set_cell(&out[i], data[i], &pen, 1);
        advance(vs, (int)count);
        data += count;
        len -= count;
    }
    vs->last = last;
}

/* The character before the cursor takes a mark; the marks that only reorder or hide text are
   left out: they would do it to the local terminal's whole line. */
static void join(struct vscreen *vs, uint32_t cp)
{
    if (cp < 0x300 || cp == 0x200b || cp == 0x200e || cp == 0x200f ||
        (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
        cp == 0x61c)
        return;
    int col = vs->cursor.wrap_next ? vs->cursor.col : vs->cursor.col - 1;
    struct row *row = cursor_row(vs);
    if (col >= 0 && col < row->used && row->cells[col].width == 0)
        col--;
    if (col >= 0 && col < row->used)
        row->cells[col].glyph = glyphs_join(vs->glyphs, row->cells[col].glyph, cp);
}

static void put_glyph(struct vscreen *vs, uint32_t cp, int width)
{
    if (width > vs->cols) {
        cp = UTF8_REPLACEMENT;
        width = 1;
    }
    vs->last = cp;
    if (vs->cursor.wrap_next && vs->autowrap)
        wrap(vs);
    if (vs->cursor.col + width > vs->cols) {
        if (!vs->autowrap)
            return;
        wrap(vs);
    }
    struct cell *out = open_cells(vs, vs->cursor.col, width)->cells + vs->cursor.col;
    set_cell(&out[0], cp, &vs->pen, (uint8_t)width);
    if (width == 2)
        set_cell(&out[1], 0, &vs->pen, 0);
    advance(vs, width);
}

void text_put_character(struct vscreen *vs, uint32_t cp)
{
    int width = utf8_width(cp);
    if (width == 0)
        join(vs, cp);
    else
        put_glyph(vs, cp, width);
}

/* The tokeniser's text is well formed: nothing need be checked again. */
static inline size_t decode_known(const uint8_t *p, uint32_t *cp)
{
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    if (p[0] < 0xe0) {
        *cp = (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
        return 2;
    }
    if (p[0] < 0xf0) {
        *cp = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
        return 3;
    }
    *cp = (p[0] & 7u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
    return 4;
}

/* The characters of one and two columns that fit in the row, as put_glyph would do them but
   with the work on the row done once. Returns the bytes taken. */
static size_t put_run(struct vscreen *vs, const uint8_t *data, size_t len)
{
    if (vs->cursor.wrap_next || vs->insert)
        return 0;
    struct row *row = cursor_row(vs);
    int col = vs->cursor.col;
    const struct style pen = vs->pen;
    row_extend(row, col);
    row_cut_wide(row, col);
    size_t at = 0;
    while (at < len) {
        uint32_t cp;
        size_t n = decode_known(data + at, &cp);
        int width = utf8_width(cp);
        if (width == 0 || col + width > vs->cols)
            break;
        set_cell(&row->cells[col], cp, &pen, (uint8_t)width);
        if (width == 2)
            set_cell(&row->cells[col + 1], 0, &pen, 0);
        vs->last = cp;
        col += width;
        at += n;
    }
    if (col < row->used && row->cells[col].width == 0)
        blank_cell(&row->cells[col]); /* its left half was overwritten */
    if (row->used < col)
        row->used = col;
    advance(vs, col - vs->cursor.col);
    return at;
}

/* Text behind what is in the row, not up to its end: what most output is made of. */
static inline bool append_ascii(struct vscreen *vs, const uint8_t *data, size_t len)
{
    struct row *row = cursor_row(vs);
    int col = vs->cursor.col;
    if (row->used != col || len >= (size_t)(vs->cols - col))
        return false;
    struct cell *out = row->cells + col;
    const struct style pen = vs->pen;
    for (size_t i = 0; i < len; i++)
        set_cell(&out[i], data[i], &pen, 1);
    row->used = vs->cursor.col = col + (int)len;
    vs->last = data[len - 1];
    return true;
}

void text_put(struct vscreen *vs, const uint8_t *data, size_t len, bool ascii)
{
    bool plain = charsets_plain(&vs->charsets);
    if (ascii && plain) {
        if (!append_ascii(vs, data, len))
            put_ascii(vs, data, len);
        return;
    }
    for (size_t at = 0; at < len;) {
        size_t run = plain ? put_run(vs, data + at, len - at) : 0;
        at += run;
        if (run > 0)
            continue;
        uint32_t cp;
        at += utf8_decode((const char *)data + at, len - at, &cp);
        if (!plain) {
            cp = charset_map(&vs->charsets, cp);
            vs->charsets.single = 0;
        }
        text_put_character(vs, cp);
    }
}

void text_repeat(struct vscreen *vs, int count)
{
    uint32_t cp = vs->last;
    if (cp == 0)
        return;
    int most = vs->rows * vs->cols;
    for (int i = 0; i < count && i < most; i++)
        text_put_character(vs, cp);
}

static bool can_wrap_back(const struct vscreen *vs)
{
    return vs->reverse_wrap && vs->autowrap;
}

void text_back(struct vscreen *vs, int count)
{
    if (!can_wrap_back(vs)) {
        vs->cursor.col = vs->cursor.col > count ? vs->cursor.col - count : 0;
        vs->cursor.wrap_next = false;
        return;
    }
    int most = vs->rows * vs->cols;
    for (int i = 0; i < count && i < most; i++) {
        if (vs->cursor.wrap_next) {
            vs->cursor.wrap_next = false;
        } else if (vs->cursor.col > 0) {
            vs->cursor.col--;
        } else if (vs->cursor.row > 0) {
            vs->cursor.row--;
            vs->cursor.col = vs->cols - 1;
        }
    }
}

/* A tab at the last column leaves a pending wrap pending, as xterm does. */
void text_tab(struct vscreen *vs, int count)
{
    int step = count < 0 ? -1 : 1;
    int col = vs->cursor.col;
    for (int n = count < 0 ? -count : count; n > 0; n--) {
        int next = col + step;
        while (next > 0 && next < vs->cols - 1 && !vs->tabs[next])
            next += step;
        if (next < 0 || next >= vs->cols)
            break;
        col = next;
    }
    if (col != vs->cursor.col)
        vs->cursor.wrap_next = false;
    vs->cursor.col = col;
}

void text_control(struct vscreen *vs, uint8_t c)
{
    switch (c) {
    case '\n':
    case '\v':
    case '\f':
        text_index(vs);
        if (vs->modes.newline)
            vs->cursor.col = 0;
        break;
    case '\r':
        vs->cursor.col = 0;
        vs->cursor.wrap_next = false;
        break;
    case '\b': text_back(vs, 1); break;
    case '\t': text_tab(vs, 1); break;
    case '\a': vs->bells++; break;
    case 0x0e: vs->charsets.left = 1; break;
    case 0x0f: vs->charsets.left = 0; break;
    default: break;
    }
}
