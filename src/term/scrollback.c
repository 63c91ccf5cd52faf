#include "term/scrollback.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "term/glyph.h"

#define BLOCK_LINES 256
#define BYTES_FLOOR (16ll * 1024 * 1024)
#define LINE_BYTES  1024 /* a line may take on the average, before old ones go early */

/*
 * A packed line: the header; the text, where each cell is a byte 0..0x7f, UTF-8, or CLUSTER
 * and a glyph's four bytes (right halves are left out: the width of what is before tells);
 * the runs of styles, none if all is in the default style.
 */
struct packed {
    uint16_t cells;
    uint16_t runs;
    uint16_t text; /* bytes */
    bool ascii;    /* one byte is one cell */
    uint32_t flags;
};

struct run {
    uint32_t cells;
    struct style style;
};

enum { CLUSTER = 0xfe, CLUSTER_WIDE = 0xff };

/* What one cell may cost at most. */
#define CELL_BYTES (5 + sizeof(struct run))

struct block {
    uint8_t *data;
    size_t cap;
    uint32_t offset[BLOCK_LINES + 1]; /* where each line begins, and where the last ends */
};

struct scrollback {
    struct block **block;
    size_t blocks, cap;
    int64_t base; /* the number of the first line of block[0] */
    int64_t first, end;
    struct block *last;   /* where the next line goes, */
    unsigned lines_in_it; /* and behind so many; BLOCK_LINES if there is none */
    int64_t lines;        /* kept at most */
    int64_t bytes;        /* in full blocks */
    struct run *runs;     /* of the line being packed */
    int runs_cap;
};

struct scrollback *scrollback_new(int64_t lines, int64_t first)
{
    struct scrollback *sb = xcalloc(1, sizeof *sb);
    sb->lines = lines;
    sb->base = sb->first = sb->end = first;
    sb->lines_in_it = BLOCK_LINES;
    return sb;
}

static void block_free(struct block *b)
{
    free(b->data);
    free(b);
}

void scrollback_free(struct scrollback *sb)
{
    if (!sb)
        return;
    for (size_t i = 0; i < sb->blocks; i++)
        block_free(sb->block[i]);
    free(sb->block);
    free(sb->runs);
    free(sb);
}

int64_t scrollback_first(const struct scrollback *sb)
{
    return sb->first;
}

int64_t scrollback_end(const struct scrollback *sb)
{
    return sb->end;
}

static void drop_front_block(struct scrollback *sb)
{
    sb->bytes -= (int64_t)sb->block[0]->cap;
    block_free(sb->block[0]);
    sb->blocks--;
    memmove(sb->block, sb->block + 1, sb->blocks * sizeof(struct block *));
    sb->base += BLOCK_LINES;
}

static void evict(struct scrollback *sb)
{
    if (sb->end - sb->first > sb->lines)
        sb->first = sb->end - sb->lines;
    int64_t bytes_max = sb->lines * LINE_BYTES;
    if (bytes_max < BYTES_FLOOR)
        bytes_max = BYTES_FLOOR;
    while (sb->blocks > 1 && (sb->first >= sb->base + BLOCK_LINES || sb->bytes > bytes_max))
        drop_front_block(sb);
    if (sb->first < sb->base)
        sb->first = sb->base;
}

/* A new block at the end; the one before it is full and gives back what it does not need. */
static void add_block(struct scrollback *sb)
{
    if (sb->blocks > 0) {
        struct block *full = sb->block[sb->blocks - 1];
        size_t used = full->offset[BLOCK_LINES];
        full->data = xrealloc(full->data, used);
        sb->bytes -= (int64_t)(full->cap - used);
        full->cap = used;
        evict(sb);
    }
    if (sb->blocks == sb->cap) {
        sb->cap = sb->cap ? sb->cap * 2 : 16;
        sb->block = xrealloc(sb->block, sb->cap * sizeof(struct block *));
    }
    struct block *b = xmalloc(sizeof *b);
    b->data = NULL;
    b->cap = 0;
    b->offset[0] = 0;
    sb->block[sb->blocks++] = b;
    sb->last = b;
    sb->lines_in_it = 0;
}

static void grow_block(struct scrollback *sb, size_t needed)
{
    struct block *b = sb->last;
    size_t cap = b->cap ? b->cap : 2048;
    while (cap < needed)
        cap *= 2;
    b->data = xrealloc(b->data, cap);
    sb->bytes += (int64_t)(cap - b->cap);
    b->cap = cap;
}

/* The end of the last block, with room for `size` bytes. */
static inline uint8_t *begin_line(struct scrollback *sb, size_t size)
{
    if (sb->lines_in_it == BLOCK_LINES)
        add_block(sb);
    size_t at = sb->last->offset[sb->lines_in_it];
    if (at + size > sb->last->cap)
        grow_block(sb, at + size);
    return sb->last->data + at;
}

static inline void end_line(struct scrollback *sb, size_t size)
{
    uint32_t *begin = &sb->last->offset[sb->lines_in_it++];
    begin[1] = begin[0] + (uint32_t)size;
    sb->end++;
    if (sb->end - sb->first > sb->lines) {
        sb->first++;
        if (sb->first >= sb->base + BLOCK_LINES)
            evict(sb);
    }
}

static bool same_style(const struct style *a, const struct style *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static inline uint8_t *pack_glyph(uint8_t *p, const struct cell *cell)
{
    uint32_t cp = cell->glyph;
    if (cp >= 0x800 && cp < 0xd800) { /* most of what is wide */
        p[0] = (uint8_t)(0xe0 | cp >> 12);
        p[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
        p[2] = (uint8_t)(0x80 | (cp & 0x3f));
        return p + 3;
    }
    if (!(cp & GLYPH_CLUSTER))
        return p + utf8_encode(cp, (char *)p);
    *p++ = cell->width == 2 ? CLUSTER_WIDE : CLUSTER;
    memcpy(p, &cell->glyph, sizeof cell->glyph);
    return p + sizeof cell->glyph;
}

/* Finds the runs of styles; returns how many. One in the default style counts as none. */
static int find_runs(struct scrollback *sb, const struct cell *cells, int count)
{
    static const struct style plain;
    if (sb->runs_cap < count) {
        sb->runs_cap = count;
        sb->runs = xrealloc(sb->runs, (size_t)count * sizeof *sb->runs);
    }
    int runs = 0;
    for (int i = 0; i < count;) {
        int start = i;
        do
            i++;
        while (i < count && same_style(&cells[i].style, &cells[start].style));
        if (start == 0 && i == count && same_style(&cells[0].style, &plain))
            return 0;
        sb->runs[runs++] = (struct run){(uint32_t)(i - start), cells[start].style};
    }
    return runs;
}

/* ASCII in the default style, as most lines are: in one go, without a branch for each cell.
   False: it is not. */
static bool pack_plain(const struct cell *cells, int count, uint8_t *text)
{
    uint32_t other = 0;
    for (int i = 0; i < count; i++) {
        const struct cell *c = &cells[i];
        text[i] = (uint8_t)c->glyph;
        other |= (c->glyph & ~0x7fu) | c->style.fg | c->style.bg | c->style.ul | c->style.attrs |
                 c->style.link | (c->width ^ 1u);
    }
    return other == 0;
}

static void push_plain(struct scrollback *sb, uint8_t *start, int count, unsigned flags)
{
    const struct packed head = {
        .cells = (uint16_t)count, .text = (uint16_t)count, .ascii = true, .flags = flags};
    memcpy(start, &head, sizeof head);
    end_line(sb, sizeof head + (size_t)count);
}

void scrollback_push_text(struct scrollback *sb, const uint8_t *text, int count, unsigned flags)
{
    uint8_t *start = begin_line(sb, sizeof(struct packed) + (size_t)count);
    memcpy(start + sizeof(struct packed), text, (size_t)count);
    push_plain(sb, start, count, flags);
}

void scrollback_push(struct scrollback *sb, const struct cell *cells, int count, unsigned flags)
{
    uint8_t *start = begin_line(sb, sizeof(struct packed) + (size_t)count * CELL_BYTES);
    uint8_t *text = start + sizeof(struct packed), *p = text;
    if ((count == 0 || cells[0].glyph < 0x80) && pack_plain(cells, count, text)) {
        push_plain(sb, start, count, flags);
        return;
    }
    int i = 0;
    while (i < count && cells[i].glyph < 0x80 && cells[i].width == 1)
        *p++ = (uint8_t)cells[i++].glyph;
    bool ascii = i == count;
    for (; i < count; i++) {
        if (cells[i].width > 0)
            p = pack_glyph(p, &cells[i]);
    }
    int runs = find_runs(sb, cells, count);
    struct packed head = {.cells = (uint16_t)count,
                          .runs = (uint16_t)runs,
                          .text = (uint16_t)(p - text),
                          .ascii = ascii,
                          .flags = flags};
    memcpy(start, &head, sizeof head);
    if (runs > 0) {
        memcpy(p, sb->runs, (size_t)runs * sizeof *sb->runs);
        p += (size_t)runs * sizeof *sb->runs;
    }
    end_line(sb, (size_t)(p - start));
}

static uint8_t *find_line(const struct scrollback *sb, int64_t line, size_t *size)
{
    if (line < sb->first || line >= sb->end)
        BUG("no such line");
    const struct block *b = sb->block[(line - sb->base) / BLOCK_LINES];
    size_t in_block = (size_t)(line - sb->base) % BLOCK_LINES;
    *size = b->offset[in_block + 1] - b->offset[in_block];
    return b->data + b->offset[in_block];
}

static const uint8_t *read_head(const struct scrollback *sb, int64_t line, struct packed *head)
{
    size_t size;
    const uint8_t *start = find_line(sb, line, &size);
    memcpy(head, start, sizeof *head);
    return start + sizeof *head;
}

void scrollback_push_copy(struct scrollback *sb, const struct scrollback *from, int64_t line)
{
    size_t size;
    const uint8_t *data = find_line(from, line, &size);
    memcpy(begin_line(sb, size), data, size);
    end_line(sb, size);
}

int scrollback_count(const struct scrollback *sb, int64_t line)
{
    struct packed head;
    read_head(sb, line, &head);
    return head.cells;
}

unsigned scrollback_flags(const struct scrollback *sb, int64_t line)
{
    struct packed head;
    read_head(sb, line, &head);
    return head.flags;
}

void scrollback_add_flags(struct scrollback *sb, int64_t line, unsigned flags)
{
    struct packed head;
    size_t size;
    uint8_t *start = find_line(sb, line, &size);
    memcpy(&head, start, sizeof head);
    head.flags |= flags;
    memcpy(start, &head, sizeof head);
}

static const uint8_t *unpack_glyph(const uint8_t *p, const uint8_t *end, struct cell *cell)
{
    *cell = (struct cell){.width = 1};
    if (*p >= CLUSTER) {
        cell->width = *p == CLUSTER_WIDE ? 2 : 1;
        memcpy(&cell->glyph, p + 1, sizeof cell->glyph);
        return p + 1 + sizeof cell->glyph;
    }
    p += utf8_decode((const char *)p, (size_t)(end - p), &cell->glyph);
    if (cell->glyph >= 0x300 && utf8_width(cell->glyph) == 2)
        cell->width = 2;
    return p;
}

static void unpack_text(const uint8_t *p, const uint8_t *end, struct cell *out, int count)
{
    for (int i = 0; i < count && p < end; i++) {
        p = unpack_glyph(p, end, &out[i]);
        if (out[i].width == 2 && i + 1 < count)
            out[++i] = (struct cell){.width = 0};
    }
}

int scrollback_cells(const struct scrollback *sb, int64_t line, struct cell *out, int size)
{
    struct packed head;
    const uint8_t *p = read_head(sb, line, &head);
    int count = head.cells < size ? head.cells : size;
    if (head.ascii) {
        for (int i = 0; i < count; i++)
            out[i] = (struct cell){.glyph = p[i], .width = 1};
    } else {
        unpack_text(p, p + head.text, out, count);
    }
    p += head.text;
    for (int i = 0, run = 0; run < head.runs; run++, p += sizeof(struct run)) {
        struct run r;
        memcpy(&r, p, sizeof r);
        for (uint32_t n = 0; n < r.cells && i < count; n++)
            out[i++].style = r.style;
    }
    return count;
}

void scrollback_truncate(struct scrollback *sb, int64_t end)
{
    if (end >= sb->end)
        return;
    if (end <= sb->first) {
        sb->end = sb->first;
        scrollback_clear(sb);
        return;
    }
    sb->end = end;
    size_t needed = ((size_t)(end - sb->base) + BLOCK_LINES - 1) / BLOCK_LINES;
    while (sb->blocks > needed) {
        struct block *last = sb->block[--sb->blocks];
        sb->bytes -= (int64_t)last->cap;
        block_free(last);
    }
    sb->last = sb->block[needed - 1];
    sb->lines_in_it = (unsigned)(end - sb->base) - (unsigned)(needed - 1) * BLOCK_LINES;
}

void scrollback_limit(struct scrollback *sb, int64_t lines)
{
    sb->lines = lines;
    evict(sb);
}

void scrollback_clear(struct scrollback *sb)
{
    while (sb->blocks > 0) {
        sb->blocks--;
        block_free(sb->block[sb->blocks]);
    }
    sb->bytes = 0;
    sb->base = sb->first = sb->end;
    sb->lines_in_it = BLOCK_LINES;
}
