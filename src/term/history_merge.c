/*
 * Lines of another history find their place among ours: by their time; where that is not known,
 * by the lines that both have. A line that we have is not taken again.
 */
#include "term/history_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/text_map.h"

/* ---- which of its texts we have, and where ---- */

#define NONE SIZE_MAX       /* nowhere */
#define USED (SIZE_MAX - 1) /* nowhere that counts any more, or it has its place */

struct texts {
    struct text_map at; /* of its texts: our newest entry that may count, or one of the above */
    size_t *older;      /* of such an entry: the next older one with the same text */
    char **folded;      /* ours of several rows, in one; NULL at the end */
    struct text_map rows;
};

/* bash keeps the rows of a command in one, joined by blanks or semicolons. */
static char *fold(const char *text)
{
    struct buf out = {0};
    for (; *text; text++)
        if (!strchr("; \t\n", *text))
            buf_putc(&out, *text);
        else if (out.len > 0 && buf_data(&out)[out.len - 1] != ' ')
            buf_putc(&out, ' ');
    char *folded = xstrdup(buf_str(&out));
    buf_release_secret(&out);
    return folded;
}

static void note_rows(struct texts *t, const struct history *h)
{
    size_t count = 0;
    for (size_t i = 0; i < h->count; i++)
        count += strchr(history_entry_at(h, i)->text, '\n') != NULL;
    t->folded = xcalloc(count + 1, sizeof *t->folded);
    text_map_init(&t->rows, count);
    count = 0;
    for (size_t i = 0; i < h->count; i++) {
        const char *text = history_entry_at(h, i)->text;
        if (strchr(text, '\n')) {
            t->folded[count] = fold(text);
            text_map_at(&t->rows, t->folded[count])->text = t->folded[count];
            count++;
        }
    }
}

/* Do we have it in several rows? */
static bool has_rows(const struct texts *t, const char *text)
{
    if (!t->folded[0])
        return false;
    char *folded = fold(text);
    bool has = text_map_at(&t->rows, folded)->text != NULL;
    free(folded);
    return has;
}

static struct texts texts_new(const struct history *h, const struct history *from)
{
    struct texts t = {.older = xcalloc(h->count + 1, sizeof *t.older)};
    text_map_init(&t.at, from->count);
    note_rows(&t, h);
    for (size_t i = 0; i < from->count; i++) {
        const char *text = history_entry_at(from, i)->text;
        *text_map_at(&t.at, text) = (struct text_map_slot){text, has_rows(&t, text) ? USED : NONE};
    }
    for (size_t i = 0; i < h->count; i++) {
        struct text_map_slot *slot = text_map_at(&t.at, history_entry_at(h, i)->text);
        if (!slot->text)
            continue;
        t.older[i] = slot->value == NONE ? USED : slot->value;
        slot->value = i;
    }
    return t;
}

static void texts_release(struct texts *t)
{
    for (size_t i = 0; t->folded[i]; i++)
        free(t->folded[i]);
    free(t->folded);
    free(t->older);
    text_map_release(&t->rows);
    text_map_release(&t->at);
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
    struct texts t = texts_new(h, from);
    struct place *places = xcalloc(from->count + 1, sizeof *places);
    int64_t *times = guess_times(h);
    size_t before = h->count, waiting = 0;
    *count = 0;
    for (size_t i = from->count; i-- > 0;) {
        struct entry *e = history_entry_at(from, i);
        size_t *ours = &text_map_at(&t.at, e->text)->value;
        bool is_new = *ours == NONE, timed = e->info.time > 0;
        while (!is_new && *ours != USED && *ours >= before)
            *ours = t.older[*ours];
        while (timed && before > 0 && times[before - 1] > e->info.time)
            before--;
        if (timed)
            place_waiting(places, *count, &waiting, before);
        if (!is_new && !timed && *ours != USED) {
            place_waiting(places, *count, &waiting, *ours + 1);
            before = *ours;
        }
        if (!is_new)
            continue;
        *ours = USED;
        places[(*count)++] = (struct place){e, before};
        waiting += !timed;
    }
    place_waiting(places, *count, &waiting, 0);
    free(times);
    texts_release(&t);
    return places;
}

static struct entry copy_of(const struct entry *e, enum entry_state state)
{
    struct entry copy = {.text = xstrdup(e->text), .len = e->len, .info = e->info, .state = state};
    copy.info.cwd = e->info.cwd ? xstrdup(e->info.cwd) : NULL;
    return copy;
}

/* As many of the newest as there is room for. No two neighbours are the same line. */
static void put_all(struct history *h, struct entry *all, size_t count)
{
    size_t bytes = 0, first = count;
    while (first > 0 && count - first < HISTORY_ENTRIES &&
           bytes + all[first - 1].len < TEXT_MAX_BYTES)
        bytes += all[--first].len;
    for (size_t i = 0; i < first; i++)
        history_entry_release(&all[i]);
    h->version++;
    h->first = h->unsaved = 0;
    h->count = count - first;
    h->bytes = bytes;
    for (size_t i = 0; i < h->count; i++) {
        struct entry *e = history_entry_at(h, i);
        *e = all[first + i];
        h->unsaved += e->state == ENTRY_UNSAVED || e->state == ENTRY_ENDED;
    }
}

/* The host's lines push none of ours out. */
static size_t room_for(const struct history *h, const struct history *from)
{
    return h->bytes + from->bytes < TEXT_MAX_BYTES ? HISTORY_ENTRIES - h->count : 0;
}

size_t history_merge(struct history *h, const struct history *from, enum entry_state state)
{
    size_t count, ours = h->count, at = 0;
    struct place *places = find_places(h, from, &count);
    if (state == ENTRY_HOST && count > room_for(h, from))
        count = room_for(h, from);
    struct entry *all = xcalloc(ours + count + 1, sizeof *all);
    for (size_t i = 0, p = count; i <= ours; i++) {
        for (; p > 0 && places[p - 1].before == i; p--)
            all[at++] = copy_of(places[p - 1].entry, state);
        if (i < ours)
            all[at++] = *history_entry_at(h, i);
    }
    for (size_t i = 0; i < ours; i++)
        *history_entry_at(h, i) = (struct entry){0};
    put_all(h, all, at);
    free(places);
    free(all);
    return count;
}
