#include "term/glyph.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

#define CLUSTERS_MAX 65536

struct cluster {
    uint32_t point[GLYPH_POINTS]; /* 0 behind the last */
};

struct glyphs {
    struct cluster *cluster;
    size_t count, cap; /* cap: a power of two, or 0 */
    uint32_t *slot;    /* 2 * cap: 1 + an index into cluster, 0: free */
};

struct glyphs *glyphs_new(void)
{
    return xcalloc(1, sizeof(struct glyphs));
}

void glyphs_free(struct glyphs *table)
{
    if (!table)
        return;
    free(table->cluster);
    free(table->slot);
    free(table);
}

static size_t hash(const struct cluster *c)
{
    uint32_t h = 2166136261u;
    for (int i = 0; i < GLYPH_POINTS; i++)
        h = (h ^ c->point[i]) * 16777619u;
    return h ^ h >> 15;
}

/* The slot that holds the cluster, or the free one where it belongs. */
static uint32_t *find_slot(const struct glyphs *table, const struct cluster *c)
{
    size_t mask = table->cap * 2 - 1;
    for (size_t i = hash(c) & mask;; i = (i + 1) & mask) {
        uint32_t at = table->slot[i];
        if (at == 0 || memcmp(&table->cluster[at - 1], c, sizeof *c) == 0)
            return &table->slot[i];
    }
}

static void grow(struct glyphs *table)
{
    table->cap = table->cap ? table->cap * 2 : 64;
    table->cluster = xrealloc(table->cluster, table->cap * sizeof *table->cluster);
    free(table->slot);
    table->slot = xcalloc(table->cap * 2, sizeof *table->slot);
    for (size_t i = 0; i < table->count; i++)
        *find_slot(table, &table->cluster[i]) = (uint32_t)i + 1;
}

static int load(const struct glyphs *table, uint32_t glyph, struct cluster *c)
{
    if (!(glyph & GLYPH_CLUSTER)) {
        *c = (struct cluster){.point = {glyph ? glyph : ' '}};
        return 1;
    }
    size_t i = glyph & ~GLYPH_CLUSTER;
    if (i >= table->count)
        BUG("no such glyph");
    *c = table->cluster[i];
    int n = 0;
    while (n < GLYPH_POINTS && c->point[n])
        n++;
    return n;
}

uint32_t glyphs_join(struct glyphs *table, uint32_t glyph, uint32_t cp)
{
    struct cluster c;
    int n = load(table, glyph, &c);
    if (n == GLYPH_POINTS || cp == 0)
        return glyph;
    c.point[n] = cp;
    if (table->count == table->cap && table->cap < CLUSTERS_MAX)
        grow(table);
    uint32_t *slot = find_slot(table, &c);
    if (*slot == 0) {
        if (table->count == CLUSTERS_MAX)
            return glyph;
        table->cluster[table->count++] = c;
        *slot = (uint32_t)table->count;
    }
    return GLYPH_CLUSTER | (*slot - 1);
}

size_t glyphs_utf8(const struct glyphs *table, uint32_t glyph, char out[GLYPH_BYTES])
{
    struct cluster c;
    int n = load(table, glyph, &c);
    size_t len = 0;
    for (int i = 0; i < n; i++)
        len += utf8_encode(c.point[i], out + len);
    return len;
}
