/* What the keys do, but for the history (editor_history.c), undo and kills (editor_undo.c). */
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "term/editor_priv.h"

/* ---- outcomes ---- */

void editor_do_accept(struct editor *e)
{
    e->did = EDITOR_ACCEPT;
}

void editor_do_complete(struct editor *e)
{
    e->did = EDITOR_COMPLETE;
}

void editor_do_external(struct editor *e)
{
    e->did = EDITOR_EXTERNAL;
}

void editor_do_find(struct editor *e)
{
    e->did = EDITOR_FIND;
}

void editor_do_ignored(struct editor *e)
{
    e->did = EDITOR_IGNORED;
}

void editor_do_nothing(struct editor *e)
{
    e->did = EDITOR_EDITED;
}

/* ---- suggestion ---- */

/* Insert it, or its first word; false if there is none. */
static bool take_suggestion(struct editor *e, bool word)
{
    const char *rest = editor_suggestion(e);
    if (!rest)
        return false;
    size_t n, at = editor_line(e).cursor;
    wchar_t *wide = wide_from_utf8(rest, strlen(rest), &n);
    if (word)
        wide[wide_word_right(wide, n, 0)] = L'\0';
    editor_splice(e, at, at, wide);
    free(wide);
    return true;
}

/* ---- moving ---- */

void editor_do_char_left(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, wide_prev(l.text, l.cursor));
}

void editor_do_char_right(struct editor *e)
{
    struct editor_line l = editor_line(e);
    if (l.cursor < l.len || !take_suggestion(e, false))
        editor_move(e, wide_next(l.text, l.len, l.cursor));
}

void editor_do_word_left(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, wide_word_left(l.text, l.cursor));
}

void editor_do_word_right(struct editor *e)
{
    struct editor_line l = editor_line(e);
    if (l.cursor < l.len || !take_suggestion(e, true))
        editor_move(e, wide_word_right(l.text, l.len, l.cursor));
}

void editor_do_row_start(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, wide_row_start(l.text, l.cursor));
}

void editor_do_row_end(struct editor *e)
{
    struct editor_line l = editor_line(e);
    if (l.cursor < l.len || !take_suggestion(e, false))
        editor_move(e, wide_row_end(l.text, l.len, l.cursor));
}

void editor_do_buffer_start(struct editor *e)
{
    editor_move(e, 0);
}

void editor_do_buffer_end(struct editor *e)
{
    editor_move(e, editor_line(e).len);
}

/* ---- inserting and deleting ---- */

void editor_do_insert(struct editor *e)
{
    size_t at = editor_line(e).cursor;
    editor_splice(e, at, at, (const wchar_t[]){e->typed, L'\0'});
    e->deed = DEED_TYPE;
}

void editor_do_insert_newline(struct editor *e)
{
    size_t at = editor_line(e).cursor;
    editor_splice(e, at, at, L"\n");
}

void editor_do_quote(struct editor *e)
{
    e->quoting = true;
}

void editor_do_backspace(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_splice(e, wide_prev(l.text, l.cursor), l.cursor, NULL);
}

void editor_do_delete_char(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_splice(e, l.cursor, wide_next(l.text, l.len, l.cursor), NULL);
}

void editor_do_delete_or_eof(struct editor *e)
{
    if (editor_line(e).len == 0)
        e->did = EDITOR_EOF;
    else
        editor_do_delete_char(e);
}

/* ---- swapping ---- */

/* Swap [a, b) and [c, d), which follow in this order; the cursor goes to d. */
static void swap(struct editor *e, size_t a, size_t b, size_t c, size_t d)
{
    struct editor_line l = editor_line(e);
    wchar_t *new = xmalloc((d - a + 1) * sizeof *new), *to = new;
    to = wmempcpy(to, l.text + c, d - c);
    to = wmempcpy(to, l.text + b, c - b);
    to = wmempcpy(to, l.text + a, b - a);
    *to = L'\0';
    editor_splice(e, a, d, new);
    free(new);
}

void editor_do_transpose_chars(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t middle = l.cursor < l.len ? l.cursor : wide_prev(l.text, l.len);
    if (middle > 0)
        swap(e, wide_prev(l.text, middle), middle, middle, wide_next(l.text, l.len, middle));
}

void editor_do_transpose_words(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t end = wide_word_right(l.text, l.len, l.cursor);
    size_t second = wide_word_left(l.text, end);
    size_t first = wide_word_left(l.text, second);
    size_t first_end = wide_word_right(l.text, l.len, first);
    size_t second_end = wide_word_right(l.text, l.len, second);
    if (first < first_end && first_end <= second)
        swap(e, first, first_end, second, second_end);
}

/* ---- capitals ---- */

static void change_case(struct editor *e, wint_t (*first)(wint_t), wint_t (*rest)(wint_t))
{
    struct editor_line l = editor_line(e);
    size_t end = wide_word_right(l.text, l.len, l.cursor), n = end - l.cursor;
    wchar_t *word = xmalloc((n + 1) * sizeof *word);
    wmemcpy(word, l.text + l.cursor, n);
    word[n] = L'\0';
    bool inside = false;
    for (size_t i = 0; i < n; i++) {
        word[i] = (wchar_t)(inside ? rest : first)((wint_t)word[i]);
        inside = inside || wide_is_word(word[i]);
    }
    editor_splice(e, l.cursor, end, word);
    free(word);
}

void editor_do_upcase(struct editor *e)
{
    change_case(e, towupper, towupper);
}

void editor_do_downcase(struct editor *e)
{
    change_case(e, towlower, towlower);
}

void editor_do_capitalize(struct editor *e)
{
    change_case(e, towupper, towlower);
}
