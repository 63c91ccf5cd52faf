/* Undo, by the difference between the line before and after each key; and the kill ring. */
#include <stdlib.h>
#include <string.h>

#include "term/editor_priv.h"

#define CHANGES_MAX 1000
#define KEPT_MAX    ((size_t)4 << 20) /* characters, by all changes; and so for the kills */

static wchar_t *copy(const wchar_t *text, size_t n)
{
    wchar_t *to = xmalloc((n + 1) * sizeof *to);
    wmemcpy(to, text, n);
    to[n] = L'\0';
    return to;
}

/* ---- undo ---- */

static void forget_oldest(struct editor_undo *u)
{
    u->kept -= u->changes[0].removed_len;
    free(u->changes[0].removed);
    memmove(u->changes, u->changes + 1, --u->count * sizeof *u->changes);
}

static void push(struct editor_undo *u, struct editor_change change)
{
    struct editor_change *last = u->count > 0 ? &u->changes[u->count - 1] : NULL;
    if (last && last->typed && change.typed && last->at + last->added == change.at &&
        change.removed_len == 0) {
        last->added += change.added;
        free(change.removed);
        return;
    }
    if (u->count == u->cap) {
        u->cap = u->cap ? 2 * u->cap : 16;
        u->changes = xrealloc(u->changes, u->cap * sizeof *u->changes);
    }
    u->changes[u->count++] = change;
    u->kept += change.removed_len;
    while (u->count > 1 && (u->count > CHANGES_MAX || u->kept > KEPT_MAX))
        forget_oldest(u);
}

/* Make the shadow the line again, in which only [at, ...) differs. */
static void follow(struct editor_undo *u, struct editor_line line, size_t at)
{
    if (line.len >= u->shadow_cap) {
        u->shadow_cap = 2 * line.len + 64;
        u->shadow = xrealloc(u->shadow, u->shadow_cap * sizeof *u->shadow);
    }
    if (line.len > at)
        wmemcpy(u->shadow + at, line.text + at, line.len - at);
    u->shadow_len = line.len;
}

static size_t common_start(const wchar_t *a, const wchar_t *b, size_t n)
{
    size_t i = 0;
    while (i + 64 <= n && memcmp(a + i, b + i, 64 * sizeof *a) == 0)
        i += 64;
    while (i < n && a[i] == b[i])
        i++;
    return i;
}

static size_t common_end(const wchar_t *a_end, const wchar_t *b_end, size_t n)
{
    size_t i = 0;
    while (i < n && a_end[-1 - (ptrdiff_t)i] == b_end[-1 - (ptrdiff_t)i])
        i++;
    return i;
}

/* One character typed is known without a comparison, which for a long line would be long. */
static bool is_one_more(const struct editor_undo *u, struct editor_line line)
{
    return line.len == u->shadow_len + 1 && line.cursor == u->cursor + 1;
}

void editor_undo_record(struct editor *e, bool typed)
{
    struct editor_undo *u = &e->undo;
    struct editor_line line = editor_line(e);
    size_t shorter = line.len < u->shadow_len ? line.len : u->shadow_len, at, tail;
    if (typed && is_one_more(u, line)) {
        at = u->cursor;
        tail = u->shadow_len - at;
    } else {
        at = common_start(u->shadow, line.text, shorter);
        if (at == line.len && at == u->shadow_len)
            return;
        tail = common_end(u->shadow + u->shadow_len, line.text + line.len, shorter - at);
    }
    size_t removed = u->shadow_len - tail - at;
    push(u, (struct editor_change){
                .at = at,
                .added = line.len - tail - at,
                .removed = removed ? copy(u->shadow + at, removed) : NULL,
                .removed_len = removed,
                .cursor = u->cursor,
                .typed = typed,
            });
    follow(u, line, at);
}

void editor_do_undo(struct editor *e)
{
    struct editor_undo *u = &e->undo;
    e->deed = DEED_UNDO;
    if (u->count == 0)
        return;
    struct editor_change change = u->changes[--u->count];
    u->kept -= change.removed_len;
    editor_splice(e, change.at, change.at + change.added, change.removed);
    editor_move(e, change.cursor);
    follow(u, editor_line(e), change.at);
    free(change.removed);
}

void editor_do_undo_all(struct editor *e)
{
    while (e->undo.count > 0)
        editor_do_undo(e);
}

void editor_undo_clear(struct editor *e)
{
    struct editor_undo *u = &e->undo;
    while (u->count > 0)
        free(u->changes[--u->count].removed);
    u->kept = 0;
    follow(u, editor_line(e), 0);
}

void editor_undo_release(struct editor *e)
{
    while (e->undo.count > 0)
        free(e->undo.changes[--e->undo.count].removed);
    free(e->undo.changes);
    free(e->undo.shadow);
    for (size_t i = 0; i < KILL_SLOTS; i++)
        free(e->kills[i]);
}

/* ---- kills ---- */

static void push_kill(struct editor *e, wchar_t *text)
{
    free(e->kills[KILL_SLOTS - 1]);
    memmove(e->kills + 1, e->kills, (KILL_SLOTS - 1) * sizeof *e->kills);
    e->kills[0] = text;
    size_t total = wcslen(text);
    for (size_t i = 1; i < KILL_SLOTS && e->kills[i]; i++) {
        total += wcslen(e->kills[i]);
        if (total > KEPT_MAX) {
            free(e->kills[i]);
            e->kills[i] = NULL;
        }
    }
}

/* Kills in a row are joined: this one before the last if it went to the left. */
static void kill_range(struct editor *e, size_t from, size_t to, bool leftwards)
{
    e->deed = DEED_KILL;
    if (from >= to) {
        if (e->last_deed != DEED_KILL)
            e->deed = DEED_OTHER;
        return;
    }
    struct editor_line line = editor_line(e);
    wchar_t *text = copy(line.text + from, to - from);
    if (e->last_deed == DEED_KILL && e->kills[0]) {
        const wchar_t *first = leftwards ? text : e->kills[0];
        const wchar_t *second = leftwards ? e->kills[0] : text;
        size_t n = wcslen(first), m = wcslen(second);
        wchar_t *joined = xmalloc((n + m + 1) * sizeof *joined);
        wmemcpy(joined, first, n);
        wmemcpy(joined + n, second, m + 1);
        free(text);
        free(e->kills[0]);
        e->kills[0] = joined;
    } else {
        push_kill(e, text);
    }
    editor_splice(e, from, to, NULL);
}

void editor_do_kill_row_end(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t end = wide_row_end(l.text, l.len, l.cursor);
    kill_range(e, l.cursor, end + (end == l.cursor && end < l.len), false);
}

void editor_do_kill_row_start(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t start = wide_row_start(l.text, l.cursor);
    kill_range(e, start - (start == l.cursor && start > 0), l.cursor, true);
}

void editor_do_kill_word_left(struct editor *e)
{
    struct editor_line l = editor_line(e);
    kill_range(e, wide_word_left(l.text, l.cursor), l.cursor, true);
}

void editor_do_kill_word_right(struct editor *e)
{
    struct editor_line l = editor_line(e);
    kill_range(e, l.cursor, wide_word_right(l.text, l.len, l.cursor), false);
}

void editor_do_kill_blank_word(struct editor *e)
{
    struct editor_line l = editor_line(e);
    kill_range(e, wide_blank_word_left(l.text, l.cursor), l.cursor, true);
}

void editor_do_yank(struct editor *e)
{
    if (!e->kills[0])
        return;
    e->yank_from = editor_line(e).cursor;
    e->yank_index = 0;
    editor_splice(e, e->yank_from, e->yank_from, e->kills[0]);
    e->deed = DEED_YANK;
}

void editor_do_yank_pop(struct editor *e)
{
    if (e->last_deed != DEED_YANK)
        return;
    e->yank_index++;
    if (e->yank_index == KILL_SLOTS || !e->kills[e->yank_index])
        e->yank_index = 0;
    editor_splice(e, e->yank_from, editor_line(e).cursor, e->kills[e->yank_index]);
    e->deed = DEED_YANK;
}
