#include "term/vscreen.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "term/vscreen_priv.h"

static int hold(int size)
{
    return size < 1 ? 1 : size > VSCREEN_SIZE_MAX ? VSCREEN_SIZE_MAX : size;
}

struct vscreen *vscreen_new(struct glyphs *glyphs, int rows, int cols, int64_t scrollback)
{
    struct vscreen *vs = xcalloc(1, sizeof *vs);
    vs->glyphs = glyphs;
    vs->rows = hold(rows);
    vs->cols = hold(cols);
    vs->scrollback_lines = scrollback < 0 ? 0 : scrollback;
    vs->scrollback = scrollback_new(vs->scrollback_lines, 0);
    page_init(vs, &vs->main);
    page_init(vs, &vs->alternate);
    vs->page = &vs->main;
    vs->scratch = xcalloc((size_t)vs->rows, sizeof *vs->scratch);
    vs->tabs = xcalloc((size_t)vs->cols, sizeof *vs->tabs);
    full_reset(vs);
    return vs;
}

void vscreen_free(struct vscreen *vs)
{
    if (!vs)
        return;
    page_release(vs, &vs->main);
    page_release(vs, &vs->alternate);
    scrollback_free(vs->scrollback);
    links_release(&vs->links);
    buf_release(&vs->replies);
    buf_release(&vs->clip);
    free(vs->scratch);
    free(vs->tabs);
    free(vs);
}

/* DECRQSS and XTGETTCAP */
static void dcs_dispatch(struct vscreen *vs, const struct ecma48_token *token)
{
    if (token->final != 'q' || token->prefix || token->intermediate[1])
        return;
    if (token->intermediate[0] == '$')
        reply_setting(vs, token);
    else if (token->intermediate[0] == '+')
        reply_capabilities(vs, token);
}

void vscreen_token(struct vscreen *vs, const struct ecma48_token *token)
{
    vs->changes++;
    if (token->kind == ECMA48_TEXT) {
        text_put(vs, token->data, token->len, token->ascii);
        return;
    }
    switch (token->kind) {
    case ECMA48_CONTROL: text_control(vs, token->final); break;
    case ECMA48_ESC: esc_dispatch(vs, token); break;
    case ECMA48_CSI: csi_dispatch(vs, token); break;
    case ECMA48_OSC: osc_dispatch(vs, token); break;
    case ECMA48_DCS: dcs_dispatch(vs, token); break;
    default: break;
    }
    vs->last = 0; /* REP is for the character right before it */
}

int vscreen_rows(const struct vscreen *vs)
{
    return vs->rows;
}

int vscreen_cols(const struct vscreen *vs)
{
    return vs->cols;
}

struct vscreen_cursor vscreen_cursor(const struct vscreen *vs)
{
    return (struct vscreen_cursor){.row = vs->cursor.row,
                                   .col = vs->cursor.col,
                                   .wrap_next = vs->cursor.wrap_next,
                                   .visible = vs->cursor_visible,
                                   .shape = vs->cursor_shape};
}

const struct vscreen_modes *vscreen_modes(const struct vscreen *vs)
{
    return &vs->modes;
}

int64_t vscreen_first(const struct vscreen *vs)
{
    return scrollback_first(vs->scrollback);
}

int64_t vscreen_top(const struct vscreen *vs)
{
    return scrollback_end(vs->scrollback);
}

int vscreen_cells(const struct vscreen *vs, int64_t line, struct cell *out, unsigned *flags)
{
    unsigned ignored;
    if (!flags)
        flags = &ignored;
    int64_t top = vscreen_top(vs);
    *flags = 0;
    if (line < vscreen_first(vs) || line >= top + vs->rows)
        return 0;
    if (line < top) {
        *flags = scrollback_flags(vs->scrollback, line);
        return scrollback_cells(vs->scrollback, line, out, vs->cols);
    }
    const struct row *row = row_at(vs, vs->page, (int)(line - top));
    *flags = row->flags;
    memcpy(out, row->cells, (size_t)row->used * sizeof *out);
    return row->used;
}

unsigned vscreen_line(const struct vscreen *vs, int64_t line, struct cell *out)
{
    unsigned flags;
    for (int col = vscreen_cells(vs, line, out, &flags); col < vs->cols; col++)
        out[col] = (struct cell){.width = 1};
    return flags;
}

unsigned vscreen_line_flags(const struct vscreen *vs, int64_t line)
{
    int64_t top = vscreen_top(vs);
    if (line < vscreen_first(vs) || line >= top + vs->rows)
        return 0;
    return line < top ? scrollback_flags(vs->scrollback, line)
                      : row_at(vs, vs->page, (int)(line - top))->flags;
}

void vscreen_flag_line(struct vscreen *vs, unsigned flags)
{
    int row = vs->page == &vs->main ? vs->cursor.row : vs->main.left_at.row;
    row_at(vs, &vs->main, row)->flags |= flags & ~(unsigned)LINE_WRAPPED;
    vs->changes++;
}

/* In a line's flags, above LINE_ENDED: status, then the time as digits and power of ten. */
enum { STATUS_SHIFT = 5, TOOK_SHIFT = 19, POWER_SHIFT = 29, TOOK_MASK = 0x3ff, POWER_MAX = 7 };

void line_ended(unsigned flags, int *status, int64_t *took)
{
    *status = flags >> STATUS_SHIFT & LINE_STATUS_OTHER;
    *took = flags >> TOOK_SHIFT & TOOK_MASK;
    for (unsigned power = flags >> POWER_SHIFT; power > 0; power--)
        *took *= 10;
}

static unsigned ended_flags(int status, int64_t took)
{
    unsigned power = 0;
    took = took < 0 ? 0 : took;
    for (; took > TOOK_MASK && power < POWER_MAX; power++)
        took /= 10;
    if (took > TOOK_MASK)
        took = TOOK_MASK;
    unsigned kept = status < 0 || status > LINE_STATUS_OTHER ? LINE_STATUS_OTHER : (unsigned)status;
    return LINE_ENDED | kept << STATUS_SHIFT | (unsigned)took << TOOK_SHIFT | power << POWER_SHIFT;
}

void vscreen_flag_ended(struct vscreen *vs, int status, int64_t took)
{
    int64_t top = vscreen_top(vs);
    int64_t output = vscreen_find_flag(vs, top + vs->rows, -1, LINE_OUTPUT);
    int64_t prompt = output < 0 ? -1 : vscreen_find_flag(vs, output + 1, -1, LINE_PROMPT);
    if (prompt < 0 || vscreen_line_flags(vs, prompt) & LINE_ENDED)
        return;
    unsigned flags = ended_flags(status, took);
    if (prompt < top)
        scrollback_add_flags(vs->scrollback, prompt, flags);
    else
        row_at(vs, &vs->main, (int)(prompt - top))->flags |= flags;
    vs->changes++;
}

int64_t vscreen_find_flag(const struct vscreen *vs, int64_t line, int dir, unsigned flags)
{
    int64_t top = vscreen_top(vs), end = top + vs->rows, first = vscreen_first(vs);
    int64_t step = dir < 0 ? -1 : 1;
    if (line < first - 1)
        line = first - 1;
    if (line > end)
        line = end;
    for (line += step; line >= first && line < end; line += step) {
        unsigned has = line < top ? scrollback_flags(vs->scrollback, line)
                                  : row_at(vs, &vs->main, (int)(line - top))->flags;
        if (has & flags)
            return line;
    }
    return -1;
}

static void append_cells(const struct vscreen *vs, const struct cell *cells, int count,
                         struct buf *out)
{
    for (int col = 0; col < count; col++) {
        if (cells[col].width == 0)
            continue;
        char utf8[GLYPH_BYTES];
        buf_append(out, utf8, glyphs_utf8(vs->glyphs, cells[col].glyph, utf8));
    }
}

void vscreen_text(const struct vscreen *vs, int64_t from, int64_t to, struct buf *out)
{
    int64_t first = vscreen_first(vs), last = vscreen_top(vs) + vs->rows - 1;
    from = from < first ? first : from;
    to = to > last ? last : to;
    struct cell *cells = xmalloc((size_t)vs->cols * sizeof *cells);
    size_t start = out->len; /* of the line, soft-wrapped ones being one */
    for (int64_t line = from; line <= to; line++) {
        unsigned flags;
        int count = vscreen_cells(vs, line, cells, &flags);
        append_cells(vs, cells, count, out);
        if (flags & LINE_WRAPPED)
            continue;
        while (out->len > start && buf_data(out)[out->len - 1] == ' ')
            out->len--;
        if (line < to)
            buf_putc(out, '\n');
        start = out->len;
    }
    free(cells);
}

/* What the host set and our own text must neither obey nor change. */
struct own_text {
    struct page *page;
    struct pos cursor;
    struct style pen;
    struct charsets charsets;
    int region_top, region_bottom;
    bool autowrap, insert;
};

static struct own_text begin_own_text(struct vscreen *vs, const struct style *style)
{
    struct own_text kept = {vs->page,       vs->cursor,        vs->pen,      vs->charsets,
                            vs->region_top, vs->region_bottom, vs->autowrap, vs->insert};
    if (vs->page != &vs->main) {
        vs->page = &vs->main;
        vs->cursor = vs->main.left_at;
    }
    vs->pen = *style;
    vs->charsets = (struct charsets){0};
    vs->region_top = 0;
    vs->region_bottom = vs->rows;
    vs->autowrap = true;
    vs->insert = false;
    vs->last = 0;
    vs->changes++;
    return kept;
}

static void end_own_text(struct vscreen *vs, const struct own_text *kept)
{
    if (kept->page != &vs->main) {
        vs->main.left_at = vs->cursor;
        vs->page = kept->page;
        vs->cursor = kept->cursor;
    }
    vs->pen = kept->pen;
    vs->charsets = kept->charsets;
    vs->region_top = kept->region_top;
    vs->region_bottom = kept->region_bottom;
    vs->autowrap = kept->autowrap;
    vs->insert = kept->insert;
    vs->last = 0;
}

static void new_line(struct vscreen *vs)
{
    /* The rows that scroll in are blank whatever the text's background. */
    struct style pen = vs->pen;
    vs->pen.bg = COLOR_DEFAULT;
    text_index(vs);
    vs->cursor.col = 0;
    vs->pen = pen;
}

/* Not from the tokeniser: it may be malformed. */
static void put_unchecked(struct vscreen *vs, const char *text, size_t len)
{
    uint32_t cp;
    for (size_t at = 0; at < len;) {
        at += utf8_decode(text + at, len - at, &cp);
        text_put_character(vs, cp);
    }
}

void vscreen_print(struct vscreen *vs, const struct style *style, const char *text, size_t len)
{
    struct own_text kept = begin_own_text(vs, style);
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t n = end ? (size_t)(end - text) - at : len - at;
        put_unchecked(vs, text + at, n);
        at += n;
        if (end) {
            new_line(vs);
            at++;
        }
    }
    end_own_text(vs, &kept);
}

void vscreen_fresh_line(struct vscreen *vs)
{
    struct own_text kept = begin_own_text(vs, &(struct style){0});
    if (vs->cursor.col > 0)
        new_line(vs);
    end_own_text(vs, &kept);
}

struct buf *vscreen_replies(struct vscreen *vs)
{
    return &vs->replies;
}

const char *vscreen_title(const struct vscreen *vs)
{
    return vs->title;
}

void vscreen_allow(struct vscreen *vs, const struct vscreen_allowed *allowed)
{
    vs->allowed = *allowed;
}

void vscreen_know_color(struct vscreen *vs, int slot, uint32_t rgb)
{
    if (slot >= 0 && slot < VSCREEN_COLORS)
        vs->colors[slot] = COLOR_KNOWN | (rgb & 0xffffff);
}

unsigned vscreen_bells(const struct vscreen *vs)
{
    return vs->bells;
}

uint64_t vscreen_changes(const struct vscreen *vs)
{
    return vs->changes;
}

const char *vscreen_link(const struct vscreen *vs, uint16_t link)
{
    return link > 0 && link <= vs->links.count ? vs->links.uri[link - 1] : NULL;
}
