#include "term/finder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "term/fuzzy.h"

#define PATTERN_MAX 500
#define SCORES_MAX  65536
#define SHOWN_BYTES 2048 /* of an item: more than any screen's width */

struct fit {
    size_t item;
    int score;
};

struct finder {
    const char **texts;
    size_t text_count;
    bool *fitted;     /* of each: it fits the pattern */
    struct fit *fits; /* the best last */
    size_t count;
    size_t selected; /* from the end: 0 is the best */
    size_t top;      /* the lowest row shown, from the end */
    int page;        /* rows when last drawn */
    struct buf pattern;
};

struct finder *finder_new(void)
{
    struct finder *f = xcalloc(1, sizeof *f);
    f->page = 10;
    return f;
}

void finder_free(struct finder *f)
{
    if (!f)
        return;
    free(f->texts);
    free(f->fits);
    free(f->fitted);
    buf_release_secret(&f->pattern);
    free(f);
}

/* ---- what fits ---- */

/* Equal scores: the newer is the better. */
static int by_score(const void *a, const void *b)
{
    const struct fit *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
}

/* The fits are in the order of their items: a hundred thousand are sorted at each key, so by
   counting where the scores are few. */
static void sort(struct finder *f, int highest)
{
    if (highest >= SCORES_MAX) {
        qsort(f->fits, f->count, sizeof *f->fits, by_score);
        return;
    }
    size_t *begins = xcalloc((size_t)highest + 2, sizeof *begins);
    struct fit *sorted = xcalloc(f->text_count + 1, sizeof *sorted);
    for (size_t i = 0; i < f->count; i++)
        begins[f->fits[i].score + 1]++;
    for (int score = 1; score <= highest; score++)
        begins[score] += begins[score - 1];
    for (size_t i = 0; i < f->count; i++)
        sorted[begins[f->fits[i].score]++] = f->fits[i];
    free(begins);
    free(f->fits);
    f->fits = sorted;
}

/* `again`: what did not fit the shorter pattern does not fit this one. */
static void search(struct finder *f, bool again)
{
    const char *pattern = buf_str(&f->pattern);
    int highest = 0;
    f->count = 0;
    for (size_t i = 0; i < f->text_count; i++) {
        int score = again && !f->fitted[i] ? -1 : fuzzy_score(pattern, f->texts[i]);
        f->fitted[i] = score >= 0;
        if (score >= 0)
            f->fits[f->count++] = (struct fit){i, score};
        highest = score > highest ? score : highest;
    }
    sort(f, highest);
    f->selected = f->top = 0;
}

void finder_set(struct finder *f, const char *const *texts, size_t count)
{
    free(f->texts);
    free(f->fits);
    free(f->fitted);
    f->texts = xcalloc(count + 1, sizeof *f->texts);
    f->fitted = xcalloc(count + 1, sizeof *f->fitted);
    f->fits = xcalloc(count + 1, sizeof *f->fits);
    for (size_t i = 0; i < count; i++)
        f->texts[i] = texts[i];
    f->text_count = count;
    search(f, false);
}

const char *finder_pattern(struct finder *f)
{
    return buf_str(&f->pattern);
}

void finder_set_pattern(struct finder *f, const char *pattern)
{
    buf_clear(&f->pattern);
    buf_puts(&f->pattern, pattern);
    search(f, false);
}

long finder_selected(const struct finder *f)
{
    return f->count > 0 ? (long)f->fits[f->count - 1 - f->selected].item : -1;
}

/* ---- keys ---- */

static void go(struct finder *f, long by)
{
    long to = (long)f->selected + by, last = (long)f->count - 1;
    f->selected = to < 0 || last < 0 ? 0 : (size_t)(to > last ? last : to);
}

static enum finder_did named_key(struct finder *f, uint32_t name)
{
    switch (name) {
    case KEY_UP: go(f, 1); break;
    case KEY_DOWN: go(f, -1); break;
    case KEY_PAGE_UP: go(f, f->page); break;
    case KEY_PAGE_DOWN: go(f, -f->page); break;
    case KEY_HOME: go(f, (long)f->count); break;
    case KEY_END: go(f, -(long)f->count); break;
    default: return FINDER_IGNORED;
    }
    return FINDER_MOVED;
}

static enum finder_did control_key(struct finder *f, uint32_t code)
{
    switch (code) {
    case 'p':
    case 'r': go(f, 1); return FINDER_MOVED;
    case 'n':
    case 's': go(f, -1); return FINDER_MOVED;
    case 'c':
    case 'g': return FINDER_CLOSE;
    case 'h':
        buf_erase_char(&f->pattern);
        search(f, false);
        return FINDER_MOVED;
    case 'u': finder_set_pattern(f, ""); return FINDER_MOVED;
    case 'j':
    case 'm': return FINDER_TAKE;
    default: return FINDER_IGNORED;
    }
}

static void type(struct finder *f, const void *text, size_t len)
{
    const unsigned char *bytes = text;
    for (size_t i = 0; i < len && f->pattern.len < PATTERN_MAX; i++)
        if (bytes[i] >= 0x20 && bytes[i] != 0x7f)
            buf_append(&f->pattern, bytes + i, 1);
    search(f, true);
}

enum finder_did finder_key(struct finder *f, const struct key *key)
{
    char text[4];
    if (key->kind == KEY_PASTE_DATA) {
        type(f, key->raw, key->raw_len);
        return FINDER_MOVED;
    }
    if (key->kind == KEY_PASTE_BEGIN || key->kind == KEY_PASTE_END)
        return FINDER_MOVED;
    if (key->kind == KEY_NAMED)
        return key->mods == 0 ? named_key(f, key->code) : FINDER_IGNORED;
    if (key->kind == KEY_MOUSE && key->mouse.action >= MOUSE_WHEEL_UP) {
        go(f, key->mouse.action == MOUSE_WHEEL_UP ? 3 : -3);
        return FINDER_MOVED;
    }
    if (key->kind != KEY_CHAR)
        return FINDER_IGNORED;
    if (key->mods == MOD_CTRL)
        return control_key(f, key->code);
    if (key->mods & ~MOD_SHIFT)
        return FINDER_IGNORED;
    switch (key->code) {
    case '\r':
    case '\t': return FINDER_TAKE;
    case 0x1b: return FINDER_CLOSE;
    case 0x7f: return control_key(f, 'h');
    default: type(f, text, utf8_encode(key->code, text)); return FINDER_MOVED;
    }
}

/* ---- drawing ---- */

/* Text of one row: a newline is shown as such. Returns the columns used. */
static int put_text(struct frame *frame, int row, int col, const char *text, const char *pattern,
                    bool selected)
{
    uint8_t marks[SHOWN_BYTES];
    size_t len = strnlen(text, sizeof marks);
    int begin = col;
    fuzzy_marks(pattern, text, marks, len);
    for (size_t at = 0; at < len && col < frame->cols;) {
        size_t n = 1;
        while (at + n < len && ((unsigned char)text[at + n] & 0xc0) == 0x80)
            n++;
        struct style style = {.attrs = selected ? ATTR_REVERSE : 0};
        if (marks[at])
            style.attrs |= ATTR_BOLD | 1 << ATTR_UNDERLINE_SHIFT;
        bool newline = text[at] == '\n';
        col += frame_put(frame, row, col, frame->cols - col, &style, newline ? " ; " : text + at,
                         newline ? 3 : n);
        at += n;
    }
    return col - begin;
}

static void draw_item(struct finder *f, struct frame *frame, int row, size_t at,
                      const struct finder_look *look)
{
    static const struct style plain;
    size_t item = f->fits[f->count - 1 - at].item;
    char before[FINDER_BEFORE] = "";
    if (look->describe)
        look->describe(look->data, item, before);
    bool selected = at == f->selected;
    struct style style = {.attrs = selected ? ATTR_REVERSE : 0};
    frame_fill(frame, row, 0, frame->cols, selected ? &style : &plain);
    if (selected)
        frame_put(frame, row, 0, 1, &style, ">", 1);
    int col = 2 + frame_put(frame, row, 2, frame->cols - 2, &style, before, strlen(before));
    put_text(frame, row, col, f->texts[item], finder_pattern(f), selected);
}

static void scroll(struct finder *f)
{
    if (f->selected < f->top)
        f->top = f->selected;
    if (f->selected >= f->top + (size_t)f->page)
        f->top = f->selected - (size_t)f->page + 1;
}

/* "TITLE 12/340> pattern"; the cursor behind it. */
static void draw_pattern(struct finder *f, struct frame *frame, int row, const char *title)
{
    static const struct style plain, bold = {.attrs = ATTR_BOLD};
    char head[120];
    const char *pattern = buf_str(&f->pattern);
    int n = snprintf(head, sizeof head, "%s %zu/%zu> ", title, f->count, f->text_count);
    frame_fill(frame, row, 0, frame->cols, &plain);
    int col = frame_put(frame, row, 0, frame->cols, &bold, head, (size_t)n);
    if (col < frame->cols)
        col += frame_put(frame, row, col, frame->cols - col, &plain, pattern, f->pattern.len);
    frame->cursor_row = row;
    frame->cursor_col = col < frame->cols ? col : frame->cols - 1;
    frame->cursor_visible = true;
    frame->cursor_shape = 0;
}

void finder_draw(struct finder *f, struct frame *frame, int first, int rows,
                 const struct finder_look *look)
{
    static const struct style plain, faint = {.attrs = ATTR_ITALIC};
    int helped = rows > 4 ? 1 : 0, lowest = first + rows - 2 - helped;
    f->page = rows - 1 - helped > 0 ? rows - 1 - helped : 1;
    scroll(f);
    for (int row = first; row < first + rows; row++)
        frame_fill(frame, row, 0, frame->cols, &plain);
    for (int i = 0; lowest - i >= first && f->top + (size_t)i < f->count; i++)
        draw_item(f, frame, lowest - i, f->top + (size_t)i, look);
    draw_pattern(f, frame, lowest + 1, look->title);
    if (helped)
        frame_put(frame, lowest + 2, 0, frame->cols, &faint, look->help, strlen(look->help));
}
