#include "term/search.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define PIECE_CELLS 4096
#define STEP_COST   100000 /* of one step, as piece_cost counts */

/* A piece that has matches. */
struct hit {
    int64_t line;
    int32_t count;
};

struct hits {
    struct hit *hit;
    size_t count, cap;
    int64_t total;
};

struct search {
    const struct vscreen *vs;
    const struct glyphs *glyphs;
    struct pattern *pattern;
    int dir;
    /* The lines lo..hi have been searched: `up` found from the start upwards, `down` below it.
       Those from hi on are not final yet: they are searched again whenever they change. */
    int64_t lo, hi;
    struct hits up, down, live;
    uint64_t changes; /* of the emulator, when `live` was made */
    struct piece piece;
};

/* ---- pieces ---- */

static int piece_limit(const struct vscreen *vs)
{
    int rows = PIECE_CELLS / vscreen_cols(vs);
    return rows < 1 ? 1 : rows;
}

void piece_rows(const struct vscreen *vs, int64_t line, int64_t *from, int64_t *to)
{
    int64_t first = vscreen_first(vs), last = vscreen_top(vs) + vscreen_rows(vs) - 1;
    int limit = piece_limit(vs);
    int64_t start = line;
    while (start > first && (vscreen_line_flags(vs, start - 1) & LINE_WRAPPED))
        start--;
    start += (line - start) / limit * limit;
    int64_t end = start;
    while (end < last && end - start + 1 < limit && (vscreen_line_flags(vs, end) & LINE_WRAPPED))
        end++;
    *from = start;
    *to = end;
}

static void piece_append(struct piece *p, const struct glyphs *glyphs, const struct cell *cells,
                         int count, uint32_t at)
{
    for (int col = 0; col < count; col++) {
        if (cells[col].width == 0)
            continue;
        char utf8[GLYPH_BYTES];
        size_t n = glyphs_utf8(glyphs, cells[col].glyph, utf8);
        while (p->text.len + n + 1 > p->at_cap) {
            p->at_cap = p->at_cap ? p->at_cap * 2 : 1024;
            p->at = xrealloc(p->at, p->at_cap * sizeof *p->at);
        }
        for (size_t i = 0; i < n; i++)
            p->at[p->text.len + i] = at + (uint32_t)col;
        buf_append(&p->text, utf8, n);
    }
}

void piece_read(struct piece *p, const struct vscreen *vs, const struct glyphs *glyphs,
                int64_t line)
{
    int64_t to;
    int cols = vscreen_cols(vs);
    piece_rows(vs, line, &p->line, &to);
    p->rows = (int)(to - p->line) + 1;
    buf_clear(&p->text);
    struct cell *cells = xmalloc((size_t)cols * sizeof *cells);
    for (int row = 0; row < p->rows; row++) {
        int count = vscreen_cells(vs, p->line + row, cells, NULL);
        piece_append(p, glyphs, cells, count, (uint32_t)(row * cols));
    }
    free(cells);
    while (p->text.len > 0 && buf_data(&p->text)[p->text.len - 1] == ' ')
        p->text.len--;
    buf_str(&p->text); /* a NUL behind it */
}

void piece_release(struct piece *p)
{
    buf_release(&p->text);
    free(p->at);
    *p = (struct piece){0};
}

struct place piece_place(const struct piece *p, const struct vscreen *vs, size_t byte)
{
    int cols = vscreen_cols(vs);
    return (struct place){.line = p->line + p->at[byte] / (uint32_t)cols,
                          .col = (int)(p->at[byte] % (uint32_t)cols)};
}

/* ---- hits ---- */

static void hits_add(struct hits *h, int64_t line, int32_t count)
{
    if (h->count == h->cap) {
        h->cap = h->cap ? h->cap * 2 : 64;
        h->hit = xrealloc(h->hit, h->cap * sizeof *h->hit);
    }
    h->hit[h->count++] = (struct hit){.line = line, .count = count};
    h->total += count;
}

static void hits_clear(struct hits *h)
{
    h->count = 0;
    h->total = 0;
}

static size_t hits_all(const struct search *s)
{
    return s->up.count + s->down.count + s->live.count;
}

/* All of them in the order of their lines. */
static const struct hit *hit_at(const struct search *s, size_t i)
{
    if (i < s->up.count)
        return &s->up.hit[s->up.count - 1 - i];
    i -= s->up.count;
    return i < s->down.count ? &s->down.hit[i] : &s->live.hit[i - s->down.count];
}

/* How many of them are in lines before this one. */
static size_t hits_before(const struct search *s, int64_t line)
{
    size_t low = 0, high = hits_all(s);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (hit_at(s, middle)->line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Lines that the emulator has dropped. */
static void forget_old(struct search *s)
{
    int64_t first = vscreen_first(s->vs);
    while (s->up.count > 0 && s->up.hit[s->up.count - 1].line < first)
        s->up.total -= s->up.hit[--s->up.count].count;
    size_t n = 0;
    while (n < s->down.count && s->down.hit[n].line < first)
        s->down.total -= s->down.hit[n++].count;
    if (n > 0) {
        s->down.count -= n;
        memmove(s->down.hit, s->down.hit + n, s->down.count * sizeof *s->down.hit);
    }
    if (s->lo < first)
        s->lo = first;
    if (s->hi < first)
        s->hi = first;
}

/* ---- the work ---- */

void search_restart(struct search *s, struct place from)
{
    int64_t start, end, top = vscreen_top(s->vs);
    piece_rows(s->vs, from.line < top ? from.line : top, &start, &end);
    hits_clear(&s->up);
    hits_clear(&s->down);
    hits_clear(&s->live);
    s->lo = s->hi = start;
    s->changes = vscreen_changes(s->vs) - 1;
}

struct search *search_new(const struct vscreen *vs, const struct glyphs *glyphs,
                          struct pattern *pattern, struct place from, int dir)
{
    struct search *s = xcalloc(1, sizeof *s);
    *s = (struct search){.vs = vs, .glyphs = glyphs, .pattern = pattern, .dir = dir};
    search_restart(s, from);
    return s;
}

void search_free(struct search *s)
{
    if (!s)
        return;
    pattern_free(s->pattern);
    free(s->up.hit);
    free(s->down.hit);
    free(s->live.hit);
    piece_release(&s->piece);
    free(s);
}

const struct pattern *search_pattern(const struct search *s)
{
    return s->pattern;
}

static int32_t count_matches(const struct search *s)
{
    const struct buf *text = &s->piece.text;
    const char *data = (const char *)buf_data(text);
    int32_t count = 0;
    size_t from = 0, to = 0;
    while (text->len > 0 && pattern_find(s->pattern, data, text->len, to, &from, &to))
        count++;
    return count;
}

/* A regular expression may take time that grows with the square of the length. */
static int64_t piece_cost(const struct piece *p)
{
    int64_t len = (int64_t)p->text.len;
    return 100 + len + len * len / 64;
}

/* The piece that `line` is in; returns the line after it. */
static int64_t search_piece(struct search *s, int64_t line, struct hits *hits)
{
    piece_read(&s->piece, s->vs, s->glyphs, line);
    int32_t count = count_matches(s);
    if (count > 0)
        hits_add(hits, s->piece.line, count);
    return s->piece.line + s->piece.rows;
}

/* Downwards as far as the lines are final. */
static bool step_down(struct search *s)
{
    int64_t top = vscreen_top(s->vs);
    for (int64_t cost = 0; s->hi < top && cost < STEP_COST; cost += piece_cost(&s->piece)) {
        int64_t from, to;
        piece_rows(s->vs, s->hi, &from, &to);
        if (to >= top)
            return false;
        s->hi = search_piece(s, s->hi, &s->down);
    }
    return s->hi < top;
}

static bool step_up(struct search *s)
{
    int64_t first = vscreen_first(s->vs);
    for (int64_t cost = 0; s->lo > first && cost < STEP_COST; cost += piece_cost(&s->piece)) {
        search_piece(s, s->lo - 1, &s->up);
        s->lo = s->piece.line;
    }
    return s->lo > first;
}

static bool down_left(const struct search *s)
{
    int64_t from, to, top = vscreen_top(s->vs);
    if (s->hi >= top)
        return false;
    piece_rows(s->vs, s->hi, &from, &to);
    return to < top;
}

static void search_live(struct search *s)
{
    int64_t end = vscreen_top(s->vs) + vscreen_rows(s->vs);
    s->changes = vscreen_changes(s->vs);
    hits_clear(&s->live);
    for (int64_t line = s->hi; line < end;)
        line = search_piece(s, line, &s->live);
}

bool search_done(const struct search *s)
{
    return !down_left(s) && s->lo <= vscreen_first(s->vs);
}

bool search_step(struct search *s)
{
    forget_old(s);
    bool more = s->dir > 0 ? step_down(s) || step_up(s) : step_up(s) || step_down(s);
    more = more && !search_done(s);
    if (!down_left(s)) {
        if (s->changes != vscreen_changes(s->vs))
            search_live(s);
    } else if (s->live.count > 0) {
        hits_clear(&s->live);
        s->changes = vscreen_changes(s->vs) - 1;
    }
    return more;
}

/* ---- answers ---- */

/* Of the matches in the piece of `line`, the one nearest to `from` on its far side by `dir`. */
static bool find_in_piece(struct search *s, int64_t line, struct place from, int dir, bool here,
                          struct match *match)
{
    struct piece *p = &s->piece;
    piece_read(p, s->vs, s->glyphs, line);
    size_t at = 0, end = 0;
    bool found = false;
    const char *data = (const char *)buf_data(&p->text);
    while (p->text.len > 0 && pattern_find(s->pattern, data, p->text.len, end, &at, &end)) {
        struct match m = {piece_place(p, s->vs, at), piece_place(p, s->vs, end - 1)};
        int side = place_compare(m.from, from) * dir;
        if (side < 0 || (side == 0 && !here)) {
            if (dir < 0)
                break;
            continue;
        }
        *match = m;
        found = true;
        if (dir > 0)
            break;
    }
    return found;
}

/* Hits i, i + dir, ..: the first with a match on that side of `from`. */
static bool find_from(struct search *s, size_t i, struct place from, int dir, bool here,
                      struct match *match)
{
    for (; i < hits_all(s); i += (size_t)dir) /* below 0 it wraps to a large number */
        if (find_in_piece(s, hit_at(s, i)->line, from, dir, here, match))
            return true;
    return false;
}

enum search_result search_find(struct search *s, struct place from, int dir, bool here,
                               struct match *match)
{
    int64_t start, end;
    int64_t first = vscreen_first(s->vs), last = vscreen_top(s->vs) + vscreen_rows(s->vs) - 1;
    from.line = from.line < first ? first : from.line > last ? last : from.line;
    piece_rows(s->vs, from.line, &start, &end);
    bool all_down = !down_left(s), all_up = s->lo <= first;
    size_t before = hits_before(s, dir > 0 ? start : end + 1);
    /* All between `from` and what is found must have been searched. */
    bool known = dir > 0 ? start >= s->lo && (all_down || start <= s->hi) : all_down || end < s->hi;
    if (known && find_from(s, dir > 0 ? before : before - 1, from, dir, here, match))
        return SEARCH_FOUND;
    if (!all_down || !all_up)
        return SEARCH_WAIT;
    size_t all = hits_all(s);
    if (all == 0)
        return SEARCH_NONE;
    struct place edge = {.line = dir > 0 ? first - 1 : last + 1};
    return find_from(s, dir > 0 ? 0 : all - 1, edge, dir, true, match) ? SEARCH_FOUND : SEARCH_NONE;
}

int64_t search_total(const struct search *s)
{
    return s->up.total + s->down.total + s->live.total;
}

int64_t search_index(struct search *s, struct place from)
{
    int64_t start, end, index = 0;
    if (from.line < vscreen_first(s->vs))
        return 0;
    piece_rows(s->vs, from.line, &start, &end);
    size_t before = hits_before(s, start);
    for (size_t i = 0; i < before; i++)
        index += hit_at(s, i)->count;
    struct piece *p = &s->piece;
    piece_read(p, s->vs, s->glyphs, start);
    size_t at = 0, to = 0;
    const char *data = (const char *)buf_data(&p->text);
    while (p->text.len > 0 && pattern_find(s->pattern, data, p->text.len, to, &at, &to)) {
        index++;
        if (place_compare(piece_place(p, s->vs, at), from) == 0)
            return index;
    }
    return 0;
}
