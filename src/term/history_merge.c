/*
 * Lines of another history find their place among ours: by their time; where that is not known,
 * by the lines that both have. A line that we have is not taken again.
 */
#include "term/history_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- which texts we have, and where ---- */

#define NONE SIZE_MAX

struct text {
    const char *text; /* borrowed; NULL: a free slot */
    size_t newest;    /* the newest entry with it that is older than what was asked for; NONE */
};

struct texts {
    struct text *slots;
    size_t mask;
    size_t *older; /* of each entry: the next older one with the same text, or NONE */
};

static uint64_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325; /* FNV-1a */
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3;
    return h ^ h >> 32;
}

static struct text *find(const struct texts *t, const char *text)
{
    size_t i = (size_t)hash(text) & t->mask;
    while (t->slots[i].text && strcmp(t->slots[i].text, text) != 0)
        i = (i + 1) & t->mask;
    return &t->slots[i];
}

/* Room for all that both have. */
static struct texts texts_new(const struct history *h, size_t more)
{
    size_t size = 16;
    while (size < 2 * (h->count + more))
        size *= 2;
    struct texts t = {.slots = xcalloc(size, sizeof *t.slots), .mask = size - 1};
    t.older = xcalloc(h->count + 1, sizeof *t.older);
    for (size_t i = 0; i < h->count; i++) {
        struct text *slot = find(&t, history_entry_at(h, i)->text);
        t.older[i] = slot->text ? slot->newest : NONE;
        *slot = (struct text){history_entry_at(h, i)->text, i};
    }
    return t;
}

/* ---- places ---- */

struct place {
    struct entry *entry;
    size_t before; /* so many of our entries are older */
};

/* When each of our entries was entered, as far as the ones before it tell that. */
static int64_t *guess_times(const struct history *h)
{
    int64_t *times = xcalloc(h->count + 1, sizeof *times), last = 0;
    for (size_t i = 0; i < h->count; i++) {
        int64_t time = history_entry_at(h, i)->info.time;
        times[i] = last = time > 0 ? time : last;
    }
    return times;
}

/* Those whose time is not known stand behind what is older than they in their own history. */
static void place_waiting(struct place *places, size_t count, size_t *waiting, size_t before)
{
    for (; *waiting > 0; --*waiting)
        places[count - *waiting].before = before;
}

/* What of `from` we do not have, the newest first, and where it belongs. */
static struct place *find_places(const struct history *h, const struct history *from, size_t *count)
{
    struct texts t = texts_new(h, from->count);
    struct place *places = xcalloc(from->count + 1, sizeof *places);
    int64_t *times = guess_times(h);
    size_t before = h->count, waiting = 0;
    *count = 0;
    for (size_t i = from->count; i-- > 0;) {
        struct entry *e = history_entry_at(from, i);
        struct text *ours = find(&t, e->text);
        bool is_new = !ours->text, timed = e->info.time > 0;
        while (!is_new && ours->newest != NONE && ours->newest >= before)
            ours->newest = t.older[ours->newest];
        while (timed && before > 0 && times[before - 1] > e->info.time)
            before--;
        if (timed)
            place_waiting(places, *count, &waiting, before);
        if (!is_new && !timed && ours->newest != NONE) {
            place_waiting(places, *count, &waiting, ours->newest + 1);
            before = ours->newest;
        }
        if (!is_new)
            continue;
        *ours = (struct text){e->text, NONE};
        places[(*count)++] = (struct place){e, before};
        waiting += !timed;
    }
    place_waiting(places, *count, &waiting, 0);
    free(times);
    free(t.slots);
    free(t.older);
    return places;
}

static struct entry copy_of(const struct entry *e, enum entry_state state)
{
    struct entry copy = {.text = xstrdup(e->text), .len = e->len, .info = e->info, .state = state};
    copy.info.cwd = e->info.cwd ? xstrdup(e->info.cwd) : NULL;
    return copy;
}

size_t history_merge(struct history *h, const struct history *from, enum entry_state state)
{
    size_t count, ours = h->count, at = 0;
    struct place *places = find_places(h, from, &count);
    struct entry *all = xcalloc(ours + count + 1, sizeof *all);
    for (size_t i = 0, p = count; i <= ours; i++) {
        for (; p > 0 && places[p - 1].before == i; p--)
            all[at++] = copy_of(places[p - 1].entry, state);
        if (i < ours)
            all[at++] = *history_entry_at(h, i);
    }
    for (size_t i = 0; i < ours; i++)
        *history_entry_at(h, i) = (struct entry){0};
    h->first = h->count = h->bytes = h->unsaved = 0;
    for (size_t i = 0; i < at; i++) {
        bool ended = all[i].state == ENTRY_ENDED;
        history_push(h, all[i]);
        h->unsaved += ended;
    }
    free(places);
    free(all);
    return count;
}
