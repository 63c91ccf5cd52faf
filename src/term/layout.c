#include "term/layout.h"

#include <stdio.h>
#include <string.h>

#include "base/plain.h"
#include "base/utf8.h"
#include "term/visible.h"

#define SHOWN_MAX 16
#define TAB_STOPS 8

/* One walk over the line. */
struct walk {
    int cols, row, col; /* where the next character goes; col == cols: about to wrap */
    bool cursor_known;
    int cursor_row, cursor_col;
    struct frame *f; /* NULL: only measured */
    int from, count, at, limit_from, limit_to;
    size_t before; /* bytes of the line's text before this one */
    size_t selected, selected_end;
    struct cell *last; /* the cell that marks are joined to; NULL if it is not drawn */
    int text_row;      /* where the text begins, and how many columns of that row are used */
    int text_end;
};

/* A character that must not be shown as it is, as text: ^C, <202e>, <ff> for a bad byte.
   "" if it is fine. */
static void show_char(uint32_t cp, bool malformed, uint8_t byte, char out[SHOWN_MAX])
{
    if (malformed)
        snprintf(out, SHOWN_MAX, "<%02x>", byte);
    else if (visible_char(cp))
        out[0] = '\0';
    else if (cp < 0x20 || cp == 0x7f)
        snprintf(out, SHOWN_MAX, "^%c", (char)(cp ^ 0x40));
    else
        snprintf(out, SHOWN_MAX, "<%x>", cp);
}

/* Decode the next character of a text; *shown as above. Returns its length. */
static size_t next_char(const char *text, size_t len, uint32_t *cp, char shown[SHOWN_MAX])
{
    size_t n = utf8_decode(text, len, cp);
    bool malformed = n == 1 && (uint8_t)text[0] >= 0x80;
    show_char(*cp, malformed, (uint8_t)text[0], shown);
    return n;
}

static struct style reversed(const struct style *style)
{
    struct style s = *style;
    s.attrs ^= ATTR_REVERSE;
    return s;
}

static void next_row(struct walk *w)
{
    if (w->row == w->text_row)
        w->text_end = w->col;
    w->row++;
    w->col = 0;
}

static void wrap_for(struct walk *w, int width)
{
    if (w->col + width > w->cols)
        next_row(w);
}

static void mark_cursor(struct walk *w)
{
    if (w->cursor_known)
        return;
    w->cursor_known = true;
    w->cursor_row = w->row;
    w->cursor_col = w->col < w->cols ? w->col : w->cols - 1;
}

/* The row of the frame that the walk is in; -1 if it is not to be drawn. */
static int frame_row_of(const struct walk *w)
{
    int row = w->at + w->row - w->from;
    bool shown = w->f && w->row >= w->from && w->row < w->from + w->count && row >= w->limit_from &&
                 row < w->limit_to;
    return shown ? row : -1;
}

static void put_char(struct walk *w, const struct style *style, uint32_t cp)
{
    int width = utf8_width(cp);
    if (width == 0) {
        if (w->last)
            w->last->glyph = glyphs_join(w->f->glyphs, w->last->glyph, cp);
        return;
    }
    if (width > w->cols) {
        width = 1;
        cp = UTF8_REPLACEMENT; /* as the emulator has it */
    }
    wrap_for(w, width);
    int row = frame_row_of(w);
    w->last = NULL;
    if (row >= 0) {
        frame_set(w->f, row, w->col, style, cp, width);
        w->last = frame_row(w->f, row) + w->col;
    }
    w->col += width;
}

/* Columns that a tab takes from `col` on: it never reaches into the next row. */
static int tab_columns(int col, int cols)
{
    int width = TAB_STOPS - col % TAB_STOPS;
    return col + width < cols ? width : cols - col;
}

static void put_tab(struct walk *w, const struct style *style)
{
    wrap_for(w, 1);
    for (int n = tab_columns(w->col, w->cols); n > 0; n--)
        put_char(w, style, ' ');
}

/* As it is shown at that byte of the line. */
static struct style style_at(const struct walk *w, const struct style *style, size_t place)
{
    struct style chosen = *style;
    if (place >= w->selected && place < w->selected_end)
        chosen.attrs |= ATTR_REVERSE;
    return chosen;
}

/* How many bytes are plain: characters of one byte and one column. They are most of every text. */
static size_t plain_run(const char *text, size_t len)
{
    const uint8_t *from = (const uint8_t *)text;
    return (size_t)(plain_end(from, from + len) - from);
}

/* How many of the bytes from this one on are all selected, or all not. */
static size_t alike(const struct walk *w, size_t place, size_t len)
{
    size_t end = place < w->selected ? w->selected : w->selected_end;
    return place < end && end - place < len ? end - place : len;
}

/* Of rows that are not drawn nothing is looked at. */
static void put_plain(struct walk *w, const struct style *style, const char *text, size_t len,
                      size_t place)
{
    while (len > 0) {
        wrap_for(w, 1);
        size_t n = (size_t)(w->cols - w->col);
        n = alike(w, place, n < len ? n : len);
        int row = frame_row_of(w);
        if (row >= 0) {
            struct style chosen = style_at(w, style, place);
            frame_plain(w->f, row, w->col, &chosen, text, n);
        }
        w->col += (int)n;
        w->last = row >= 0 ? frame_row(w->f, row) + w->col - 1 : NULL;
        text += n;
        place += n;
        len -= n;
    }
}

/* Walk over a text. `cursor`: the offset in it where the cursor stands, if that is inside. */
static void put_text(struct walk *w, const struct style *style, const char *text, size_t len,
                     const size_t *cursor)
{
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        char shown[SHOWN_MAX];
        size_t plain = plain_run(text + at, (cursor && *cursor >= at ? *cursor : len) - at);
        if (plain > 0) {
            put_plain(w, style, text + at, plain, w->before + at);
            at += plain;
            continue;
        }
        size_t n = next_char(text + at, len - at, &cp, shown);
        bool here = cursor && *cursor >= at && *cursor < at + n;
        struct style chosen = style_at(w, style, w->before + at);
        at += n;
        if (cp == '\n') {
            if (here)
                mark_cursor(w);
            next_row(w);
            w->last = NULL;
            continue;
        }
        if (here) {
            int width = shown[0] || cp == '\t' ? 1 : utf8_width(cp);
            wrap_for(w, width < w->cols ? width : w->cols);
            mark_cursor(w);
        }
        if (cp == '\t') {
            put_tab(w, &chosen);
            continue;
        }
        struct style marked = reversed(&chosen);
        for (const char *s = shown; *s; s++)
            put_char(w, &marked, (uint8_t)*s);
        if (!shown[0])
            put_char(w, &chosen, cp);
    }
}

/* Underlined too: not every terminal has dim, nor can every eye tell it. */
static void put_suggestion(struct walk *w, const char *suggestion)
{
    static const struct style hint = {.attrs = ATTR_DIM | 1 << ATTR_UNDERLINE_SHIFT};
    put_text(w, &hint, suggestion, strcspn(suggestion, "\n"), NULL);
}

static void walk_line(struct walk *w, const struct line_view *line)
{
    for (int i = 0; i < line->prompt_count; i++)
        put_text(w, &line->prompt[i].style, line->prompt[i].text, line->prompt[i].len, NULL);
    w->text_row = w->row;
    w->selected = line->selected;
    w->selected_end = line->selected_end;
    for (int i = 0; i < line->text_count && !line->hidden; i++) {
        const struct span *span = &line->text[i];
        size_t cursor = line->cursor - w->before;
        bool inside = line->cursor >= w->before && cursor < span->len;
        put_text(w, &span->style, span->text, span->len, inside ? &cursor : NULL);
        w->before += span->len;
    }
    if (!w->cursor_known) {
        wrap_for(w, 1);
        mark_cursor(w);
    }
    w->selected = w->selected_end = 0;
    if (line->suggestion && !line->hidden)
        put_suggestion(w, line->suggestion);
    if (w->row == w->text_row)
        w->text_end = w->col;
}

/* One column stays free at the edge, as zsh leaves it, and one behind the text. */
static void put_right(struct walk *w, const struct line_view *line)
{
    int width = 0;
    for (int i = 0; i < line->right_count; i++)
        width += frame_columns(line->right[i].text, line->right[i].len);
    int col = w->cols - 1 - width;
    w->row = w->text_row;
    int row = frame_row_of(w);
    if (width == 0 || row < 0 || w->text_end >= col)
        return;
    for (int i = 0; i < line->right_count; i++) {
        const struct span *span = &line->right[i];
        col += frame_put(w->f, row, col, w->cols - col, &span->style, span->text, span->len);
    }
}

struct layout layout_measure(const struct line_view *line, int cols, int col)
{
    struct walk w = {.cols = cols, .col = col, .text_row = -1};
    walk_line(&w, line);
    return (struct layout){w.row + 1, w.cursor_row, w.cursor_col};
}

void layout_draw(const struct line_view *line, int col, struct frame *f, int from, int count,
                 int row, int limit_from, int limit_to)
{
    static const struct style plain;
    for (int i = 0; i < count; i++)
        if (row + i >= limit_from && row + i < limit_to)
            frame_fill(f, row + i, from + i == 0 ? col : 0, f->cols, &plain);
    struct walk w = {.cols = f->cols,
                     .col = col,
                     .f = f,
                     .from = from,
                     .count = count,
                     .at = row,
                     .limit_from = limit_from,
                     .limit_to = limit_to,
                     .text_row = -1};
    walk_line(&w, line);
    put_right(&w, line);
}

static void print_tab(struct vscreen *screen, const struct style *style)
{
    static const char spaces[TAB_STOPS + 1] = "        ";
    struct vscreen_cursor cursor = vscreen_cursor(screen);
    int col = cursor.wrap_next ? 0 : cursor.col;
    vscreen_print(screen, style, spaces, (size_t)tab_columns(col, vscreen_cols(screen)));
}

static void print_span(const struct span *span, struct vscreen *screen)
{
    size_t plain = 0; /* where what is printed as it is begins */
    for (size_t at = 0; at < span->len;) {
        uint32_t cp;
        char shown[SHOWN_MAX];
        size_t n = next_char(span->text + at, span->len - at, &cp, shown);
        if (shown[0] && cp != '\n') {
            struct style marked = reversed(&span->style);
            vscreen_print(screen, &span->style, span->text + plain, at - plain);
            if (cp == '\t')
                print_tab(screen, &span->style);
            else
                vscreen_print(screen, &marked, shown, strlen(shown));
            plain = at + n;
        }
        at += n;
    }
    vscreen_print(screen, &span->style, span->text + plain, span->len - plain);
}

void layout_print(const struct line_view *line, struct vscreen *screen)
{
    static const struct style plain;
    for (int i = 0; i < line->prompt_count; i++)
        print_span(&line->prompt[i], screen);
    for (int i = 0; i < line->text_count && !line->hidden; i++)
        print_span(&line->text[i], screen);
    vscreen_print(screen, &plain, "\n", 1);
}
