#include "term/scroll.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define MOVE_COST 20 /* bytes: margins, position, the move, margins back */
#define ROW_COST  4  /* bytes to get to a row, besides its text */

struct row_sum {
    uint64_t hash;
    int cost; /* about how many bytes it takes to draw */
};

static struct row_sum sum_row(const struct frame *f, int row)
{
    const struct cell *cells = frame_row(f, row);
    struct row_sum sum = {.hash = 0x9e3779b97f4a7c15u};
    for (int col = 0; col < f->cols; col++) {
        uint64_t words[3];
        _Static_assert(sizeof words == sizeof(struct cell), "all of it");
        memcpy(words, &cells[col], sizeof words);
        /* (Only one of these steps waits for the cell before.) */
        uint64_t cell = words[0] * 0x9e3779b97f4a7c15u ^ words[1] * 0xc2b2ae3d27d4eb4fu ^
                        words[2] * 0x165667b19e3779f9u;
        sum.hash = (sum.hash ^ cell) * 0xff51afd7ed558ccdu;
        sum.hash ^= sum.hash >> 29;
        sum.cost += cells[col].glyph != 0 && cells[col].glyph != ' ';
    }
    if (sum.cost > 0)
        sum.cost += ROW_COST;
    return sum;
}

/* The best run of rows that are right once moved up by `by`. */
static void try_move(const struct row_sum *old, const struct row_sum *new, int rows, int by,
                     int *best_gain, struct scroll *best)
{
    int distance = abs(by);
    int first = by > 0 ? 0 : distance, last = by > 0 ? rows - 1 - distance : rows - 1;
    for (int from = first; from <= last; from++) {
        int gain = -MOVE_COST - distance, to = from;
        for (; to <= last && new[to].hash == old[to + by].hash; to++)
            if (new[to].hash != old[to].hash)
                gain += new[to].cost;
        if (to == from)
            continue;
        struct scroll move = {
            .top = by > 0 ? from : from - distance,
            .bottom = by > 0 ? to - 1 + distance : to - 1,
            .by = by,
        };
        /* The rows that become blank: what was already right there is drawn again. */
        for (int row = move.top; row <= move.bottom; row++)
            if (scroll_source(&move, row) < 0 && new[row].hash == old[row].hash)
                gain -= new[row].cost;
        if (gain > *best_gain) {
            *best_gain = gain;
            *best = move;
        }
        from = to;
    }
}

bool scroll_find(const struct frame *old, const struct frame *new, struct scroll *best)
{
    if (old->glyphs != new->glyphs || old->screen != new->screen)
        return false;
    int changed = 0;
    for (int row = 0; row < new->rows; row++)
        changed += memcmp(frame_row(old, row), frame_row(new, row),
                          (size_t) new->cols * sizeof(struct cell)) != 0;
    if (changed < 2)
        return false;
    struct row_sum *sums = xcalloc(2 * (size_t) new->rows, sizeof *sums);
    struct row_sum *new_sums = sums + new->rows;
    for (int row = 0; row < new->rows; row++) {
        sums[row] = sum_row(old, row);
        new_sums[row] = sum_row(new, row);
    }
    int gain = 0;
    for (int by = 1; by < new->rows; by++) {
        try_move(sums, new_sums, new->rows, by, &gain, best);
        try_move(sums, new_sums, new->rows, -by, &gain, best);
    }
    free(sums);
    return gain > 0;
}
