/* What the keys do, but for the history (editor_history.c), undo and kills (editor_undo.c). */
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "term/editor_priv.h"

/* ---- outcomes ---- */

void editor_do_abort(struct editor *e)
{
    editor_macro_drop(e);
}

void editor_do_accept(struct editor *e)
{
    e->did = EDITOR_ACCEPT;
}

/* What comes behind the line in the history is shown for the next one. */
void editor_do_accept_and_next(struct editor *e)
{
    editor_history_keep_next(e);
    e->did = EDITOR_ACCEPT;
}

/* Every row of it, since the shell runs each. */
void editor_do_comment(struct editor *e)
{
    struct editor_line l = editor_line(e);
    for (size_t at = wide_row_start(l.text, l.len);; at = wide_row_start(l.text, at - 1)) {
        editor_splice(e, at, at, L"#");
        l = editor_line(e);
        if (at == 0)
            break;
    }
    editor_move(e, l.len);
    e->did = EDITOR_ACCEPT;
}

void editor_do_complete_next(struct editor *e)
{
    e->did = EDITOR_CYCLE;
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

void editor_do_text_start(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t at = wide_row_start(l.text, l.cursor), end = wide_row_end(l.text, l.len, at);
    while (at < end && wide_is_blank(l.text[at]))
        at++;
    editor_move(e, at);
}

void editor_do_blank_word_left(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, wide_blank_word_left(l.text, l.cursor));
}

void editor_do_blank_word_right(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, wide_blank_word_right(l.text, l.len, l.cursor));
}

void editor_do_shell_word_left(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, wide_shell_word_left(l.text, l.cursor));
}

void editor_do_shell_word_right(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, wide_shell_word_right(l.text, l.len, l.cursor));
}

/* The place of the next one in the row, behind `at` or before it; SIZE_MAX: there is none. */
static size_t next_of(struct editor_line l, size_t at, wchar_t c, bool forward)
{
    size_t start = wide_row_start(l.text, l.cursor), end = wide_row_end(l.text, l.len, l.cursor);
    if (forward)
        while (++at < end)
            if (l.text[at] == c)
                return at;
    if (!forward)
        while (at-- > start)
            if (l.text[at] == c)
                return at;
    return SIZE_MAX;
}

bool editor_go_to_char(struct editor *e, wchar_t how, wchar_t c, int times)
{
    struct editor_line l = editor_line(e);
    bool forward = how == L'f' || how == L't';
    size_t at = l.cursor;
    for (int i = 0; i < times; i++) {
        at = next_of(l, at, c, forward);
        if (at == SIZE_MAX)
            return false;
    }
    if (how == L't')
        at = wide_prev(l.text, at);
    else if (how == L'T')
        at = wide_next(l.text, l.len, at);
    editor_move(e, at);
    return true;
}

static void find_wanted(struct editor *e, wchar_t c)
{
    editor_go_to_char(e, L'f', c, e->wants_times);
}

static void find_back_wanted(struct editor *e, wchar_t c)
{
    editor_go_to_char(e, L'F', c, e->wants_times);
}

void editor_do_find_char(struct editor *e)
{
    editor_want(e, find_wanted);
}

void editor_do_find_char_back(struct editor *e)
{
    editor_want(e, find_back_wanted);
}

/* The bracket at `at` and what belongs to it, or -1. */
static long partner(struct editor_line l, size_t at)
{
    static const wchar_t brackets[] = L"()[]{}";
    const wchar_t *self = wcschr(brackets, l.text[at]);
    bool forward = (self - brackets) % 2 == 0;
    wchar_t other = forward ? self[1] : self[-1];
    int depth = 0;
    for (long i = (long)at; i >= 0 && i < (long)l.len; i += forward ? 1 : -1) {
        if (l.text[i] == *self)
            depth++;
        else if (l.text[i] == other && --depth == 0)
            return i;
    }
    return -1;
}

/* Of the first bracket at the cursor or behind it. */
void editor_do_bracket(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t at = l.cursor, end = wide_row_end(l.text, l.len, at);
    while (at < end && !wcschr(L"()[]{}", l.text[at]))
        at++;
    long to = at < end ? partner(l, at) : -1;
    if (to >= 0)
        editor_move(e, (size_t)to);
}

/* ---- inserting and deleting ---- */

void editor_do_insert(struct editor *e)
{
    editor_drop_selected(e);
    struct editor_line l = editor_line(e);
    bool over = e->overwrite && l.cursor < l.len && l.text[l.cursor] != L'\n';
    editor_splice(e, l.cursor, over ? wide_next(l.text, l.len, l.cursor) : l.cursor,
                  (const wchar_t[]){e->typed, L'\0'});
    e->deed = DEED_TYPE;
}

void editor_do_overwrite(struct editor *e)
{
    e->overwrite = !e->overwrite;
}

void editor_do_insert_newline(struct editor *e)
{
    editor_drop_selected(e);
    size_t at = editor_line(e).cursor;
    editor_splice(e, at, at, L"\n");
}

void editor_do_quote(struct editor *e)
{
    e->quoting = true;
}

void editor_do_backspace(struct editor *e)
{
    if (editor_drop_selected(e))
        return;
    if (e->keys == EDITOR_VI && e->overwrite) {
        editor_vi_restore(e);
        return;
    }
    struct editor_line l = editor_line(e);
    editor_splice(e, wide_prev(l.text, l.cursor), l.cursor, NULL);
}

/* All of it; the history is walked from its end again. */
void editor_do_revert(struct editor *e)
{
    editor_set_wide(e, L"");
    editor_history_reset(e);
}

void editor_do_delete_blanks(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t from = l.cursor, to = l.cursor;
    while (from > 0 && wide_is_blank(l.text[from - 1]))
        from--;
    while (to < l.len && wide_is_blank(l.text[to]))
        to++;
    editor_splice(e, from, to, NULL);
}

void editor_do_delete_char(struct editor *e)
{
    if (editor_drop_selected(e))
        return;
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

static void swap_words(struct editor *e, size_t (*left)(const wchar_t *, size_t),
                       size_t (*right)(const wchar_t *, size_t, size_t))
{
    struct editor_line l = editor_line(e);
    size_t second = left(l.text, right(l.text, l.len, l.cursor));
    size_t first = left(l.text, second);
    size_t first_end = right(l.text, l.len, first);
    size_t second_end = right(l.text, l.len, second);
    if (first < first_end && first_end <= second)
        swap(e, first, first_end, second, second_end);
}

void editor_do_transpose_words(struct editor *e)
{
    swap_words(e, wide_word_left, wide_word_right);
}

void editor_do_swap_shell_words(struct editor *e)
{
    swap_words(e, wide_shell_word_left, wide_shell_word_right);
}

/* ---- capitals ---- */

static void change_case(struct editor *e, wint_t (*first)(wint_t), wint_t (*rest)(wint_t))
{
    struct editor_line l = editor_line(e);
    bool before = e->argument.negative;
    size_t from = before ? wide_word_left(l.text, l.cursor) : l.cursor;
    size_t end = before ? l.cursor : wide_word_right(l.text, l.len, from), n = end - from;
    wchar_t *word = xmalloc((n + 1) * sizeof *word);
    wmemcpy(word, l.text + from, n);
    word[n] = L'\0';
    bool inside = false;
    for (size_t i = 0; i < n; i++) {
        word[i] = (wchar_t)(inside ? rest : first)((wint_t)word[i]);
        inside = inside || wide_is_word(word[i]);
    }
    editor_splice(e, from, end, word);
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
