/* Undo and redo, by the difference between the line before and after each key. */
#include <stdlib.h>
#include <string.h>

#include "term/editor_priv.h"

#define CHANGES_MAX 1000
#define KEPT_MAX    ((size_t)4 << 20) /* characters, by all changes */

static wchar_t *copy(const wchar_t *text, size_t n)
{
    wchar_t *to = xmalloc((n + 1) * sizeof *to);
    wmemcpy(to, text, n);
    to[n] = L'\0';
    return to;
}

static void forget_oldest(struct editor_changes *changes)
{
    changes->kept -= changes->list[0].removed_len;
    free(changes->list[0].removed);
    memmove(changes->list, changes->list + 1, --changes->count * sizeof *changes->list);
}

static void forget_all(struct editor_changes *changes)
{
    while (changes->count > 0)
        free(changes->list[--changes->count].removed);
    changes->kept = 0;
}

static void append(struct editor_changes *changes, struct editor_change change)
{
    if (changes->count == changes->cap) {
        changes->cap = changes->cap ? 2 * changes->cap : 16;
        changes->list = xrealloc(changes->list, changes->cap * sizeof *changes->list);
    }
    changes->list[changes->count++] = change;
    changes->kept += change.removed_len;
    while (changes->count > 1 && (changes->count > CHANGES_MAX || changes->kept > KEPT_MAX))
        forget_oldest(changes);
}

/* `joins`: it goes on with the word, if it is typed right behind it. */
static void push(struct editor_undo *u, struct editor_change change, bool joins)
{
    struct editor_changes *done = &u->done;
    struct editor_change *last = done->count > 0 ? &done->list[done->count - 1] : NULL;
    u->serial++;
    forget_all(&u->undone);
    if (last && joins && last->typed && change.typed && change.removed_len == 0 &&
        last->at + last->added == change.at) {
        last->added += change.added;
        free(change.removed);
        return;
    }
    append(done, change);
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
    bool begins_word = at > 0 && at < line.len && wide_is_blank(line.text[at - 1]) &&
                       !wide_is_blank(line.text[at]);
    /* What vi inserts in one go is one group. */
    bool same =
        e->keys != EDITOR_VI || !u->done.count || u->done.list[u->done.count - 1].group == u->group;
    push(u,
         (struct editor_change){
             .at = at,
             .added = line.len - tail - at,
             .removed = removed ? copy(u->shadow + at, removed) : NULL,
             .removed_len = removed,
             .cursor = u->cursor,
             .typed = typed,
             .group = u->group,
         },
         same && !begins_word);
    follow(u, line, at);
}

/* Take the last change back; what that changes can be taken back too. */
static void go_back(struct editor *e, struct editor_changes *from, struct editor_changes *to)
{
    struct editor_undo *u = &e->undo;
    struct editor_change change = from->list[--from->count];
    struct editor_line line = editor_line(e);
    from->kept -= change.removed_len;
    append(to, (struct editor_change){
                   .at = change.at,
                   .added = change.removed_len,
                   .removed = copy(line.text + change.at, change.added),
                   .removed_len = change.added,
                   /* Redo goes behind what it brings back. */
                   .cursor = from == &u->done ? change.at + change.added : line.cursor,
                   .group = change.group,
               });
    editor_splice(e, change.at, change.at + change.added, change.removed);
    editor_move(e, change.cursor);
    follow(u, editor_line(e), change.at);
    free(change.removed);
    u->serial++;
}

/* A whole group; but while vi inserts, what is done there is not one yet. */
static void go_back_group(struct editor *e, struct editor_changes *from, struct editor_changes *to)
{
    e->deed = DEED_UNDO;
    if (from->count == 0)
        return;
    unsigned long group = from->list[from->count - 1].group;
    do
        go_back(e, from, to);
    while (from->count > 0 && from->list[from->count - 1].group == group && !editor_vi_inserts(e));
}

void editor_do_undo(struct editor *e)
{
    go_back_group(e, &e->undo.done, &e->undo.undone);
}

void editor_do_redo(struct editor *e)
{
    go_back_group(e, &e->undo.undone, &e->undo.done);
}

/* In vi's command mode but for what was inserted at first. */
void editor_do_undo_all(struct editor *e)
{
    struct editor_changes *done = &e->undo.done;
    unsigned long first = e->vi_command && done->count > 0 ? done->list[0].group : 0;
    while (done->count > 0 && done->list[done->count - 1].group != first)
        editor_do_undo(e);
}

void editor_undo_clear(struct editor *e)
{
    struct editor_undo *u = &e->undo;
    forget_all(&u->done);
    forget_all(&u->undone);
    u->group++; /* never 0 */
    u->serial++;
    follow(u, editor_line(e), 0);
}

void editor_undo_release(struct editor *e)
{
    forget_all(&e->undo.done);
    forget_all(&e->undo.undone);
    free(e->undo.done.list);
    free(e->undo.undone.list);
    free(e->undo.shadow);
}
