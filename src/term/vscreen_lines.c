/*
 * Whole lines of plain text, many at a time: what floods are made of. A line that scrolls off
 * before anybody can see it goes to the scrollback as it came, without having been cells.
 */
#include "base/plain.h"
#include "term/vscreen_priv.h"

struct line {
    const uint8_t *text;
    size_t len;
    int64_t rows; /* that it takes on the screen */
};

/* Lines read and not yet dealt with: at most as many as the screen has rows, and one. */
struct waiting {
    struct line line[VSCREEN_SIZE_MAX + 1];
    int size; /* of what is used of it */
    int first, count;
    int64_t rows;
};

static void push(struct waiting *w, const struct line *line)
{
    int at = w->first + w->count++;
    w->line[at < w->size ? at : at - w->size] = *line;
    w->rows += line->rows;
}

static struct line pop(struct waiting *w)
{
    struct line line = w->line[w->first];
    w->first = w->first + 1 < w->size ? w->first + 1 : 0;
    w->count--;
    w->rows -= line.rows;
    return line;
}

/* As its tokens do it. */
static void put(struct vscreen *vs, const struct line *line)
{
    if (line->len > 0)
        text_put(vs, line->text, line->len, true);
    text_control(vs, '\r');
    text_control(vs, '\n');
}

static bool pen_plain(const struct vscreen *vs)
{
    static const struct style plain;
    return memcmp(&vs->pen, &plain, sizeof plain) == 0;
}

/* Does text just fill rows from the cursor on, at the bottom of all that can be seen? */
static bool at_the_end(const struct vscreen *vs)
{
    const struct row *row = cursor_row(vs);
    return vs->page == &vs->main && vs->region_top == 0 && vs->region_bottom == vs->rows &&
           vs->cursor.row == vs->rows - 1 && vs->cursor.col == 0 && row->used == 0 &&
           row->flags == 0 && vs->autowrap && !vs->insert && charsets_plain(&vs->charsets) &&
           pen_plain(vs);
}

/* All that is on the screen scrolls off; the cursor's row, which is blank, becomes the first. */
static void leave_screen(struct vscreen *vs)
{
    grid_scroll_up(vs, 0, vs->rows, vs->rows - 1);
    vs->cursor.row = 0;
}

static void keep(struct vscreen *vs, const struct line *line)
{
    const uint8_t *text = line->text;
    size_t len = line->len, cols = (size_t)vs->cols;
    for (; len > cols; text += cols, len -= cols)
        scrollback_push_text(vs->scrollback, text, vs->cols, LINE_WRAPPED);
    scrollback_push_text(vs->scrollback, text, (int)len, 0);
}

/* A line with a screenful behind it. `left`: the screen is empty, the cursor at its top. */
static void put_early(struct vscreen *vs, const struct line *line, bool *left)
{
    if (!*left && at_the_end(vs)) {
        leave_screen(vs);
        *left = true;
    }
    if (*left)
        keep(vs, line);
    else
        put(vs, line);
}

size_t vscreen_lines(struct vscreen *vs, const uint8_t *data, size_t len)
{
    struct waiting w;
    w.size = vs->rows + 1;
    w.first = w.count = 0;
    w.rows = 0;
    const uint8_t *at = data, *end = data + len;
    bool left = false;
    for (;;) {
        const uint8_t *stop = plain_end(at, end);
        if (end - stop < 2 || stop[0] != '\r' || stop[1] != '\n')
            break;
        struct line line = {at, (size_t)(stop - at), 1};
        if (line.len > (size_t)vs->cols)
            line.rows = ((int64_t)line.len + vs->cols - 1) / vs->cols;
        push(&w, &line);
        while (w.rows - w.line[w.first].rows >= vs->rows) {
            line = pop(&w);
            put_early(vs, &line, &left);
        }
        at = stop + 2;
    }
    while (w.count > 0) {
        struct line line = pop(&w);
        put(vs, &line);
    }
    if (at == data)
        return 0;
    vs->changes++;
    vs->last = 0; /* REP is for the character right before it */
    return (size_t)(at - data);
}

static void take_lines(struct vscreen *vs, struct ecma48 *parser)
{
    const uint8_t *ahead;
    size_t len = ecma48_ahead(parser, &ahead);
    ecma48_skip(parser, vscreen_lines(vs, ahead, len));
}

void vscreen_feed(struct vscreen *vs, struct ecma48 *parser, const uint8_t *data, size_t len)
{
    struct ecma48_token token;
    ecma48_feed(parser, data, len);
    take_lines(vs, parser);
    while (ecma48_next(parser, &token)) {
        vscreen_token(vs, &token);
        if (token.kind == ECMA48_CONTROL && token.final == '\n')
            take_lines(vs, parser);
    }
}
