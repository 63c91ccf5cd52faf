/* What is cut out of the line and put back: the kill ring, the mark, the selection. */
#include <stdlib.h>
#include <string.h>

#include "term/editor_priv.h"

#define KEPT_MAX ((size_t)4 << 20) /* characters, in the whole ring */

static wchar_t *copy(const struct editor *e, size_t from, size_t to)
{
    wchar_t *text = xmalloc((to - from + 1) * sizeof *text);
    wmemcpy(text, editor_line(e).text + from, to - from);
    text[to - from] = L'\0';
    return text;
}

/* ---- the ring ---- */

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

/* Kills in a row are joined, but vi's commands are each for itself. */
static bool joins(const struct editor *e)
{
    return e->last_deed == DEED_KILL && e->kills[0] && !e->vi_command;
}

/* This kill before the last if it went to the left. */
static void join(struct editor *e, wchar_t *text, bool leftwards)
{
    const wchar_t *first = leftwards ? text : e->kills[0];
    const wchar_t *second = leftwards ? e->kills[0] : text;
    size_t n = wcslen(first), m = wcslen(second);
    wchar_t *joined = xmalloc((n + m + 1) * sizeof *joined);
    wmemcpy(joined, first, n);
    wmemcpy(joined + n, second, m + 1);
    free(text);
    free(e->kills[0]);
    e->kills[0] = joined;
}

void editor_kill(struct editor *e, size_t from, size_t to, bool leftwards)
{
    e->deed = DEED_KILL;
    if (from >= to) {
        if (e->last_deed != DEED_KILL)
            e->deed = DEED_OTHER;
        return;
    }
    wchar_t *text = copy(e, from, to);
    if (joins(e))
        join(e, text, leftwards);
    else
        push_kill(e, text);
    editor_splice(e, from, to, NULL);
}

void editor_keep(struct editor *e, size_t from, size_t to)
{
    if (from < to)
        push_kill(e, copy(e, from, to));
}

void editor_kills_release(struct editor *e)
{
    for (size_t i = 0; i < KILL_SLOTS; i++)
        free(e->kills[i]);
}

void editor_do_kill_row_end(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t end = wide_row_end(l.text, l.len, l.cursor);
    editor_kill(e, l.cursor, end + (end == l.cursor && end < l.len), false);
}

void editor_do_kill_row_start(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t start = wide_row_start(l.text, l.cursor);
    editor_kill(e, start - (start == l.cursor && start > 0), l.cursor, true);
}

void editor_do_kill_buffer_end(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_kill(e, l.cursor, l.len, false);
}

void editor_do_kill_buffer_start(struct editor *e)
{
    editor_kill(e, 0, editor_line(e).cursor, true);
}

void editor_do_kill_word_left(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_kill(e, wide_word_left(l.text, l.cursor), l.cursor, true);
}

void editor_do_kill_word_right(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_kill(e, l.cursor, wide_word_right(l.text, l.len, l.cursor), false);
}

void editor_do_kill_blank_word(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_kill(e, wide_blank_word_left(l.text, l.cursor), l.cursor, true);
}

void editor_do_kill_shell_word(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_kill(e, l.cursor, wide_shell_word_right(l.text, l.len, l.cursor), false);
}

void editor_do_yank(struct editor *e)
{
    if (!e->kills[0])
        return;
    editor_drop_selected(e);
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

/* ---- the mark ---- */

void editor_do_set_mark(struct editor *e)
{
    e->mark = editor_line(e).cursor;
}

void editor_do_exchange_mark(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, e->mark < l.len ? e->mark : l.len);
    e->mark = l.cursor;
}

/* ---- the selection ---- */

static void select_by(struct editor *e, editor_command *move)
{
    if (!e->selected)
        e->anchor = editor_line(e).cursor;
    move(e);
    e->selected = e->keeps_selection = editor_line(e).cursor != e->anchor;
}

void editor_do_select_char_left(struct editor *e)
{
    select_by(e, editor_do_char_left);
}

/* To take a suggestion is no selecting. */
static void select_right(struct editor *e, editor_command *move)
{
    struct editor_line l = editor_line(e);
    if (l.cursor < l.len)
        select_by(e, move);
    else
        e->keeps_selection = e->selected;
}

void editor_do_select_char_right(struct editor *e)
{
    select_right(e, editor_do_char_right);
}

void editor_do_select_word_left(struct editor *e)
{
    select_by(e, editor_do_word_left);
}

void editor_do_select_word_right(struct editor *e)
{
    select_right(e, editor_do_word_right);
}

void editor_do_select_row_start(struct editor *e)
{
    select_by(e, editor_do_row_start);
}

void editor_do_select_row_end(struct editor *e)
{
    select_right(e, editor_do_row_end);
}

void editor_do_select_buffer_start(struct editor *e)
{
    select_by(e, editor_do_buffer_start);
}

void editor_do_select_buffer_end(struct editor *e)
{
    select_right(e, editor_do_buffer_end);
}

void editor_do_select_all(struct editor *e)
{
    size_t len = editor_line(e).len;
    editor_move(e, len);
    e->anchor = 0;
    e->selected = e->keeps_selection = len > 0;
}

bool editor_drop_selected(struct editor *e)
{
    size_t cursor = editor_line(e).cursor;
    if (!e->selected)
        return false;
    e->selected = false;
    editor_splice(e, e->anchor < cursor ? e->anchor : cursor,
                  e->anchor < cursor ? cursor : e->anchor, NULL);
    return true;
}

void editor_do_copy(struct editor *e)
{
    struct buf text = {0};
    e->keeps_selection = editor_copy(e, &text);
    buf_release_secret(&text);
}

void editor_do_cut(struct editor *e)
{
    struct buf text = {0};
    if (editor_copy(e, &text))
        editor_drop_selected(e);
    buf_release_secret(&text);
}
