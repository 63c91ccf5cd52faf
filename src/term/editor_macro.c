/* Keys that are pressed again: macros, and what vi's `.` does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/editor_priv.h"

#define REPLAYED_MAX 100000 /* by one key: macros may run macros */

void editor_keys_push(struct editor_keys_list *keys, const struct key *key)
{
    if (keys->count == EDITOR_KEYS_MAX)
        return;
    if (keys->count == keys->cap) {
        keys->cap = keys->cap ? 2 * keys->cap : 16;
        keys->list = xrealloc(keys->list, keys->cap * sizeof *keys->list);
    }
    keys->list[keys->count] = *key;
    keys->list[keys->count].raw = NULL;
    keys->list[keys->count++].raw_len = 0;
}

/* ---- replay ---- */

void editor_replay_stop(struct editor *e)
{
    for (int i = 0; i < e->macro.depth; i++)
        free(e->macro.replay[i].keys.list);
    e->macro.depth = 0;
    e->macro.replayed = 0;
}

static bool is_over(const struct editor_replay *r)
{
    return r->at == r->keys.count && r->times == 1;
}

bool editor_replays(const struct editor *e)
{
    for (int i = 0; i < e->macro.depth; i++)
        if (!is_over(&e->macro.replay[i]))
            return true;
    return false;
}

/* One whose last key runs it again is a level deeper each time too: so that it ends. */
static void replay(struct editor *e, const struct editor_keys_list *keys, int times)
{
    struct editor_macro *m = &e->macro;
    size_t n = keys->count * (size_t)times;
    if (n == 0)
        return;
    if (m->depth == EDITOR_REPLAY_LEVELS || m->replayed + n > REPLAYED_MAX) {
        editor_replay_stop(e);
        e->did = EDITOR_RUNAWAY;
        return;
    }
    struct key *list = xmalloc(keys->count * sizeof *list);
    memcpy(list, keys->list, keys->count * sizeof *list);
    m->replay[m->depth++] = (struct editor_replay){
        .keys = {.list = list, .count = keys->count, .cap = keys->count},
        .times = times,
    };
    m->replayed += n;
}

bool editor_replay_next(struct editor *e, struct key *key)
{
    struct editor_macro *m = &e->macro;
    while (m->depth > 0 && is_over(&m->replay[m->depth - 1]))
        free(m->replay[--m->depth].keys.list);
    if (m->depth == 0) {
        m->replayed = 0;
        return false;
    }
    struct editor_replay *r = &m->replay[m->depth - 1];
    if (r->at == r->keys.count) {
        r->at = 0;
        r->times--;
    }
    *key = r->keys.list[r->at++];
    return true;
}

/* ---- macros ---- */

static void record(struct editor *e, const struct key *key)
{
    struct editor_macro *m = &e->macro;
    bool middle = e->middle || e->meta || e->wants || e->quoting || e->argument.given;
    if (!middle)
        m->from = m->slots[m->recording].count;
    editor_keys_push(&m->slots[m->recording], key);
}

/* Alt and a character are two keys to vi, of which the second may end the macro. */
void editor_typed(struct editor *e, const struct key *key)
{
    if (!editor_replays(e))
        editor_replay_stop(e);
    if (e->macro.recording < 0 || (key->kind != KEY_CHAR && key->kind != KEY_NAMED))
        return;
    struct key last = *key;
    if (editor_key_is_two(e, key)) {
        record(e, &(struct key){.kind = KEY_CHAR, .code = 0x1b});
        last.mods &= (uint8_t) ~(MOD_ALT | MOD_META);
    }
    record(e, &last);
}

static void begin(struct editor *e, int slot)
{
    e->macro.recording = slot;
    e->macro.slots[slot].count = e->macro.from = 0;
}

/* Without the keys that end it. */
static void end(struct editor *e)
{
    if (e->macro.recording >= 0)
        e->macro.slots[e->macro.recording].count = e->macro.from;
    e->macro.recording = -1;
}

void editor_macro_drop(struct editor *e)
{
    struct editor_macro *m = &e->macro;
    editor_replay_stop(e);
    if (m->recording >= 0)
        m->slots[m->recording].count = 0;
    m->recording = -1;
}

/* One that runs itself while it is being made would never be whole. */
static void run(struct editor *e, int slot, int times)
{
    if (slot < 0 || slot == e->macro.recording)
        return;
    e->macro.last = slot;
    replay(e, &e->macro.slots[slot], times);
}

void editor_do_macro_begin(struct editor *e)
{
    begin(e, 0);
}

void editor_do_macro_end(struct editor *e)
{
    end(e);
}

void editor_do_macro_run(struct editor *e)
{
    e->counted = true;
    if (e->macro.recording == 0)
        end(e);
    run(e, 0, e->times);
}

static int letter_slot(wchar_t c)
{
    return c >= L'a' && c <= L'z' ? (int)(c - L'a') + 1 : -1;
}

static void begin_letter(struct editor *e, wchar_t c)
{
    if (letter_slot(c) > 0)
        begin(e, letter_slot(c));
}

static void run_letter(struct editor *e, wchar_t c)
{
    run(e, c == L'@' ? e->macro.last : letter_slot(c), e->wants_times);
}

void editor_do_vi_macro(struct editor *e)
{
    if (e->macro.recording >= 0)
        end(e);
    else
        editor_want(e, begin_letter);
}

void editor_do_vi_macro_run(struct editor *e)
{
    editor_want(e, run_letter);
}

/* ---- vi's `.` ---- */

static bool idle(const struct editor *e)
{
    return e->vi_command && !e->vi.op && !e->wants && !e->middle && !e->quoting &&
           !e->argument.given && !e->search.on;
}

void editor_vi_begin(struct editor *e, const struct key *key)
{
    struct editor_vi *v = &e->vi;
    v->waiting = v->op;
    v->motion = MOTION_NONE;
    if (e->keys != EDITOR_VI)
        return;
    if (idle(e)) {
        v->now.count = 0;
        v->serial = e->undo.serial;
        v->history_at = e->history_at;
        v->once = false;
    }
    editor_keys_push(&v->now, key);
}

/* A change is over; walking the history and undoing are none. */
void editor_vi_remember(struct editor *e)
{
    struct editor_vi *v = &e->vi;
    bool whole = v->now.count < EDITOR_KEYS_MAX;
    if (e->deed == DEED_UNDO || v->history_at != e->history_at || !whole)
        v->once = true;
    if (!idle(e) || v->once || v->serial == e->undo.serial)
        return;
    struct editor_keys_list last = v->last;
    v->last = v->now;
    v->now = last;
    v->now.count = 0;
    v->once = true;
}

/* A count in place of the one it had. */
void editor_do_vi_again(struct editor *e)
{
    struct editor_keys_list keys = {0};
    const struct editor_keys_list *last = &e->vi.last;
    size_t at = 0;
    e->counted = e->vi.once = true;
    if (e->argument.given) {
        char count[16];
        snprintf(count, sizeof count, "%d", e->times);
        for (const char *c = count; *c; c++)
            editor_keys_push(&keys, &(struct key){.kind = KEY_CHAR, .code = (uint32_t)*c});
        while (at < last->count && last->list[at].kind == KEY_CHAR && last->list[at].code >= '0' &&
               last->list[at].code <= '9')
            at++;
    }
    for (; at < last->count; at++)
        editor_keys_push(&keys, &last->list[at]);
    replay(e, &keys, 1);
    free(keys.list);
}

void editor_macro_release(struct editor *e)
{
    editor_replay_stop(e);
    for (size_t i = 0; i < MACROS; i++)
        free(e->macro.slots[i].list);
}
