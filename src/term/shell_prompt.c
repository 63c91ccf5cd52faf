#include "term/shell_prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "term/vscreen.h"

#define ROWS_MAX 24 /* of a prompt; the last ones are kept */

struct row {
    struct cell *cells;
    int count;
};

struct part {
    struct vscreen *printing; /* NULL: it is not being printed */
    struct row *rows;
    int row_count, empty; /* empty: rows at the beginning */
    struct buf text;
    struct span *spans;
    int span_count, span_cap;
};

struct shell_prompt {
    struct glyphs *glyphs;
    struct part parts[SHELL_PROMPT_PARTS];
    struct vscreen *into; /* of the part being printed; NULL: none is */
};

struct shell_prompt *shell_prompt_new(struct glyphs *glyphs)
{
    struct shell_prompt *p = xcalloc(1, sizeof *p);
    p->glyphs = glyphs;
    return p;
}

static void rows_release(struct part *part)
{
    for (int i = 0; i < part->row_count; i++)
        free(part->rows[i].cells);
    free(part->rows);
    part->rows = NULL;
    part->row_count = part->empty = 0;
}

void shell_prompt_free(struct shell_prompt *p)
{
    if (!p)
        return;
    for (int i = 0; i < SHELL_PROMPT_PARTS; i++) {
        struct part *part = &p->parts[i];
        rows_release(part);
        vscreen_free(part->printing);
        buf_release(&part->text);
        free(part->spans);
    }
    free(p);
}

/* ---- what the shell prints ---- */

void shell_prompt_begin(struct shell_prompt *p, enum shell_prompt_part part, int cols)
{
    struct part *of = &p->parts[part];
    if (!of->printing)
        of->printing = vscreen_new(p->glyphs, ROWS_MAX, cols, 0);
    p->into = of->printing;
}

static bool is_charset(const struct ecma48_token *token)
{
    return token->intermediate[0] && strchr("()*+", token->intermediate[0]);
}

/* DECSC, DECRC */
static bool is_save(const struct ecma48_token *token)
{
    return !token->intermediate[0] && (token->final == '7' || token->final == '8');
}

/* Text, looks, and motion from where the cursor is. */
static bool belongs(const struct ecma48_token *token)
{
    switch (token->kind) {
    case ECMA48_TEXT: return true;
    case ECMA48_CONTROL: return token->final != '\a';
    case ECMA48_ESC: return is_charset(token) || is_save(token);
    case ECMA48_CSI: return token->prefix == 0 && strchr("mABCDGKPX@`asu", token->final);
    default: return false;
    }
}

void shell_prompt_token(struct shell_prompt *p, const struct ecma48_token *token)
{
    if (p->into && belongs(token))
        vscreen_token(p->into, token);
}

void shell_prompt_stop(struct shell_prompt *p)
{
    p->into = NULL;
}

static struct row *add_row(struct part *part)
{
    part->rows = xrealloc(part->rows, (size_t)(part->row_count + 1) * sizeof *part->rows);
    part->rows[part->row_count] = (struct row){0};
    return &part->rows[part->row_count++];
}

static void add_cells(struct row *row, const struct cell *cells, int count)
{
    if (count <= 0)
        return;
    row->cells = xrealloc(row->cells, (size_t)(row->count + count) * sizeof *row->cells);
    memcpy(row->cells + row->count, cells, (size_t)count * sizeof *cells);
    for (int i = row->count; i < row->count + count; i++)
        row->cells[i].style.link = 0; /* its table is the emulator's */
    row->count += count;
}

static bool is_blank(const struct cell *cell)
{
    return (cell->glyph == 0 || cell->glyph == ' ') && cell->width == 1 && cell->style.bg == 0 &&
           !(cell->style.attrs & (ATTR_REVERSE | ATTR_UNDERLINE));
}

/* What was printed, as rows: soft-wrapped ones joined. What stands behind the cursor is not
   before the line: it goes to `right`. */
static void take_rows(const struct vscreen *vs, struct part *part, struct part *right)
{
    struct vscreen_cursor cursor = vscreen_cursor(vs);
    int cols = vscreen_cols(vs), end = cursor.wrap_next ? cols : cursor.col;
    struct cell *cells = xcalloc((size_t)cols, sizeof *cells);
    struct row *row = NULL;
    for (int i = 0; i <= cursor.row; i++) {
        unsigned flags;
        int count = vscreen_cells(vs, vscreen_top(vs) + i, cells, &flags);
        for (int col = count; col < cols; col++)
            cells[col] = (struct cell){.width = 1};
        row = row ? row : add_row(part);
        add_cells(row, cells, i < cursor.row ? count : end);
        if (!(flags & LINE_WRAPPED))
            row = NULL;
        int from = end;
        while (i == cursor.row && from < count && is_blank(&cells[from]))
            from++;
        if (i == cursor.row && from < count)
            add_cells(add_row(right), cells + from, count - from);
    }
    free(cells);
}

static bool is_empty(const struct row *row)
{
    for (int i = 0; i < row->count; i++)
        if (!is_blank(&row->cells[i]))
            return false;
    return true;
}

/* The last row is never empty: the line stands in it. */
static int count_empty(const struct part *part)
{
    int n = 0;
    while (n + 1 < part->row_count && is_empty(&part->rows[n]))
        n++;
    return n;
}

void shell_prompt_end(struct shell_prompt *p, enum shell_prompt_part part, bool use)
{
    struct part *of = &p->parts[part], *right = &p->parts[SHELL_PROMPT_RIGHT];
    struct part behind = {0};
    p->into = NULL;
    if (!of->printing)
        return;
    if (use) {
        rows_release(of);
        take_rows(of->printing, of, &behind);
        of->empty = part == SHELL_PROMPT ? count_empty(of) : 0;
    }
    if (use && part == SHELL_PROMPT) {
        rows_release(right);
        right->rows = behind.rows;
        right->row_count = behind.row_count;
        behind = (struct part){0};
    }
    rows_release(&behind);
    vscreen_free(of->printing);
    of->printing = NULL;
}

int shell_prompt_empty_rows(const struct shell_prompt *p)
{
    return p->parts[SHELL_PROMPT].empty;
}

/* ---- as spans ---- */

/* The longest stretch of one and the same cell; its length. */
static int longest_run(const struct row *row, int *at)
{
    int longest = 0;
    for (int from = 0, i = 1; i <= row->count; i++) {
        if (i < row->count && row->cells[i].width == 1 &&
            memcmp(&row->cells[i], &row->cells[from], sizeof row->cells[i]) == 0)
            continue;
        if (i - from > longest) {
            longest = i - from;
            *at = from;
        }
        from = i;
    }
    return longest;
}

static void add_span(struct part *part, size_t from, const struct style *style)
{
    if (part->span_count == part->span_cap) {
        part->span_cap = part->span_cap ? 2 * part->span_cap : 16;
        part->spans = xrealloc(part->spans, (size_t)part->span_cap * sizeof *part->spans);
    }
    part->spans[part->span_count++] = (struct span){.len = part->text.len - from, .style = *style};
}

/* Cells from..to as text, a span for each change of looks. */
static void put_cells(struct shell_prompt *p, struct part *part, const struct cell *cells,
                      int count)
{
    for (int i = 0; i < count;) {
        const struct style *style = &cells[i].style;
        size_t from = part->text.len;
        for (; i < count && memcmp(&cells[i].style, style, sizeof *style) == 0; i++) {
            char utf8[GLYPH_BYTES];
            if (cells[i].width > 0)
                buf_append(&part->text, utf8, glyphs_utf8(p->glyphs, cells[i].glyph, utf8));
        }
        add_span(part, from, style);
    }
}

static void put_row(struct shell_prompt *p, struct part *part, const struct row *row, int room)
{
    int at = 0, over = row->count - room, run = over > 0 ? longest_run(row, &at) : 0;
    if (over <= 0 || run <= over) {
        put_cells(p, part, row->cells, row->count);
        return;
    }
    put_cells(p, part, row->cells, at);
    put_cells(p, part, row->cells + at + over, row->count - at - over);
}

int shell_prompt_spans(struct shell_prompt *p, enum shell_prompt_part part, int cols, int lead,
                       const struct span **spans)
{
    static const struct style plain;
    struct part *of = &p->parts[part];
    buf_clear(&of->text);
    of->span_count = 0;
    for (int i = of->empty; i < of->row_count; i++) {
        size_t from = of->text.len;
        if (i > of->empty) {
            buf_putc(&of->text, '\n');
            add_span(of, from, &plain);
        }
        put_row(p, of, &of->rows[i], i == of->empty ? cols - lead : cols);
    }
    const char *text = (const char *)buf_data(&of->text);
    for (int i = 0; i < of->span_count; i++) {
        of->spans[i].text = text;
        text += of->spans[i].len;
    }
    *spans = of->spans;
    return of->span_count;
}
