/*
 * vi: modes, operators with their motions, counts. The mode is ours, as the keys are: libedit only
 * finds which command a key is. What `.` does is in editor_macro.c.
 */
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "term/editor_priv.h"
#include "term/vi_text.h"

/* ---- modes ---- */

bool editor_vi_inserts(const struct editor *e)
{
    return e->keys == EDITOR_VI && !e->vi_command;
}

/* In command mode the cursor is on a character, never behind the row's last. */
void editor_vi_settle(struct editor *e)
{
    struct editor_line l = editor_line(e);
    if (e->vi_command && !e->vi.op && l.cursor == wide_row_end(l.text, l.len, l.cursor) &&
        l.cursor > wide_row_start(l.text, l.cursor))
        editor_move(e, wide_prev(l.text, l.cursor));
}

/* What is typed comes so many times, once Escape is. */
static void insert_mode(struct editor *e, int times)
{
    e->vi_command = false;
    e->vi.insert_times = times;
    e->vi.insert_from = editor_line(e).cursor;
}

static void insert_again(struct editor *e)
{
    struct editor_vi *v = &e->vi;
    struct editor_line l = editor_line(e);
    size_t n = l.cursor > v->insert_from ? l.cursor - v->insert_from : 0;
    if (v->insert_times < 2 || n == 0)
        return;
    wchar_t *text = xmalloc((n + 1) * sizeof *text);
    wmemcpy(text, l.text + v->insert_from, n);
    text[n] = L'\0';
    for (int i = 1; i < v->insert_times; i++)
        editor_splice(e, editor_line(e).cursor, editor_line(e).cursor, text);
    free(text);
}

void editor_do_vi_command(struct editor *e)
{
    if (!e->vi_command)
        insert_again(e);
    e->vi.insert_times = 1;
    struct editor_line l = editor_line(e);
    if (!e->vi_command && l.cursor > wide_row_start(l.text, l.cursor))
        editor_move(e, wide_prev(l.text, l.cursor));
    e->vi_command = true;
    e->overwrite = false;
}

void editor_vi_reset(struct editor *e)
{
    struct editor_vi *v = &e->vi;
    e->vi_command = false;
    v->insert_times = 1;
    v->op = 0;
    v->now.count = 0;
    v->once = true;
    memset(v->marks, 0, sizeof v->marks);
}

void editor_vi_release(struct editor *e)
{
    free(e->vi.before);
    free(e->vi.last.list);
    free(e->vi.now.list);
}

/* ---- words ---- */

static struct vi_text text_of(struct editor_line l)
{
    return (struct vi_text){l.text, l.len};
}

void editor_do_vi_word_right(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, vi_word_right(text_of(l), l.cursor));
}

void editor_do_vi_word_left(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, vi_word_left(text_of(l), l.cursor));
}

void editor_do_vi_word_end(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, vi_word_end(text_of(l), l.cursor, false));
}

void editor_do_vi_blank_word_end(struct editor *e)
{
    struct editor_line l = editor_line(e);
    editor_move(e, vi_word_end(text_of(l), l.cursor, true));
}

void editor_do_vi_column(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t start = wide_row_start(l.text, l.cursor), end = wide_row_end(l.text, l.len, start);
    e->counted = true;
    editor_move(e, start + wide_at_column(l.text + start, end - start, (size_t)e->times - 1));
}

/* ---- finding a character ---- */

static void find(struct editor *e, wchar_t how, wchar_t c, int times)
{
    bool forward = how == L'f' || how == L't';
    if (editor_go_to_char(e, how, c, times))
        e->vi.motion = forward ? MOTION_INCLUSIVE : MOTION_EXCLUSIVE;
}

static void find_wanted(struct editor *e, wchar_t c)
{
    e->vi.found = c;
    find(e, e->vi.find, c, e->wants_times);
}

static void want_find(struct editor *e, wchar_t how)
{
    e->vi.find = how;
    editor_want(e, find_wanted);
}

void editor_do_vi_find(struct editor *e)
{
    want_find(e, L'f');
}

void editor_do_vi_find_back(struct editor *e)
{
    want_find(e, L'F');
}

void editor_do_vi_till(struct editor *e)
{
    want_find(e, L't');
}

void editor_do_vi_till_back(struct editor *e)
{
    want_find(e, L'T');
}

/* Before or behind the one found already, t and T would stay there. */
static void find_again(struct editor *e, wchar_t how)
{
    struct editor_line l = editor_line(e);
    size_t beside = how == L't' ? l.cursor + 1 : l.cursor - 1;
    bool stays = (how == L't' || how == L'T') && beside < l.len && l.text[beside] == e->vi.found;
    e->counted = true;
    if (e->vi.found)
        find(e, how, e->vi.found, e->times + (stays && e->times == 1));
}

void editor_do_vi_find_again(struct editor *e)
{
    find_again(e, e->vi.find);
}

void editor_do_vi_find_back_again(struct editor *e)
{
    find_again(e, iswupper((wint_t)e->vi.find) ? (wchar_t)towlower((wint_t)e->vi.find)
                                               : (wchar_t)towupper((wint_t)e->vi.find));
}

/* ---- marks ---- */

static void mark_wanted(struct editor *e, wchar_t c)
{
    if (c >= L'a' && c <= L'z')
        e->vi.marks[c - L'a'] = editor_line(e).cursor + 1;
}

static void goto_wanted(struct editor *e, wchar_t c)
{
    size_t mark = c >= L'a' && c <= L'z' ? e->vi.marks[c - L'a'] : 0;
    if (mark == 0 || mark > editor_line(e).len)
        return;
    editor_move(e, mark - 1);
    e->vi.motion = MOTION_EXCLUSIVE;
}

void editor_do_vi_mark(struct editor *e)
{
    editor_want(e, mark_wanted);
}

void editor_do_vi_goto_mark(struct editor *e)
{
    editor_want(e, goto_wanted);
}

/* ---- operators ---- */

static void operate(struct editor *e, wchar_t op, size_t from, size_t to)
{
    if (op == L'y') {
        editor_keep(e, from, to);
        editor_move(e, from);
    } else {
        editor_kill(e, from, to, false);
    }
    if (op == L'c')
        insert_mode(e, 1);
}

/* The row about the cursor; d takes its line end too. */
static void operate_on_row(struct editor *e, wchar_t op)
{
    struct editor_line l = editor_line(e);
    size_t from = wide_row_start(l.text, l.cursor), to = wide_row_end(l.text, l.len, l.cursor);
    if (op == L'd' && to < l.len)
        to++;
    else if (op == L'd' && from > 0)
        from--;
    operate(e, op, from, to);
}

static void begin_operator(struct editor *e, wchar_t op)
{
    struct editor_vi *v = &e->vi;
    e->counted = true;
    if (v->op) { /* twice: the row; another one: nothing */
        bool twice = v->op == op;
        v->op = 0;
        if (twice)
            operate_on_row(e, op);
        return;
    }
    v->op = op;
    v->count = e->times;
    v->from = editor_line(e).cursor;
}

void editor_do_vi_change(struct editor *e)
{
    begin_operator(e, L'c');
}

void editor_do_vi_delete(struct editor *e)
{
    begin_operator(e, L'd');
}

void editor_do_vi_yank(struct editor *e)
{
    begin_operator(e, L'y');
}

static void operate_to_end(struct editor *e, wchar_t op)
{
    struct editor_line l = editor_line(e);
    e->counted = true;
    operate(e, op, l.cursor, wide_row_end(l.text, l.len, l.cursor));
}

void editor_do_vi_change_end(struct editor *e)
{
    operate_to_end(e, L'c');
}

void editor_do_vi_delete_end(struct editor *e)
{
    operate_to_end(e, L'd');
}

void editor_do_vi_yank_end(struct editor *e)
{
    operate_to_end(e, L'y');
}

void editor_do_vi_change_row(struct editor *e)
{
    operate_on_row(e, L'c');
}

static const struct {
    editor_command *command;
    enum editor_motion motion;
} motions[] = {
    {editor_do_char_left, MOTION_EXCLUSIVE},         {editor_do_char_right, MOTION_EXCLUSIVE},
    {editor_do_word_left, MOTION_EXCLUSIVE},         {editor_do_word_right, MOTION_EXCLUSIVE},
    {editor_do_row_start, MOTION_EXCLUSIVE},         {editor_do_row_end, MOTION_EXCLUSIVE},
    {editor_do_buffer_start, MOTION_EXCLUSIVE},      {editor_do_buffer_end, MOTION_EXCLUSIVE},
    {editor_do_text_start, MOTION_EXCLUSIVE},        {editor_do_blank_word_left, MOTION_EXCLUSIVE},
    {editor_do_blank_word_right, MOTION_EXCLUSIVE},  {editor_do_vi_word_left, MOTION_EXCLUSIVE},
    {editor_do_vi_word_right, MOTION_EXCLUSIVE},     {editor_do_vi_word_end, MOTION_INCLUSIVE},
    {editor_do_vi_blank_word_end, MOTION_INCLUSIVE}, {editor_do_vi_column, MOTION_EXCLUSIVE},
    {editor_do_bracket, MOTION_INCLUSIVE},
};

/* `cw` on a word leaves the blanks behind it: it is `ce`, which does not leave a word of one
   character. */
static void change_words(struct editor *e, bool blank)
{
    struct editor_line l = editor_line(e);
    size_t at = l.cursor;
    int kind = vi_kind(l.text[at]);
    e->counted = true;
    while (at + 1 < l.len &&
           (blank ? vi_kind(l.text[at + 1]) != 0 : vi_kind(l.text[at + 1]) == kind))
        at++;
    for (int i = 1; i < e->times; i++)
        at = vi_word_end(text_of(l), at, blank);
    editor_move(e, at);
    e->vi.motion = MOTION_INCLUSIVE;
}

static void change_word(struct editor *e)
{
    change_words(e, false);
}

static void change_blank_word(struct editor *e)
{
    change_words(e, true);
}

static editor_command *instead(const struct editor *e, editor_command *command)
{
    struct editor_line l = editor_line(e);
    if (e->vi.op != L'c' || l.cursor >= l.len || wide_is_blank(l.text[l.cursor]))
        return command;
    if (command == editor_do_vi_word_right)
        return change_word;
    return command == editor_do_blank_word_right ? change_blank_word : command;
}

/* What may come behind an operator and is no motion by itself. */
static editor_command *const after_operator[] = {
    change_word,
    change_blank_word,
    editor_do_vi_find,
    editor_do_vi_find_back,
    editor_do_vi_till,
    editor_do_vi_till_back,
    editor_do_vi_find_again,
    editor_do_vi_find_back_again,
    editor_do_vi_goto_mark,
    editor_do_vi_change,
    editor_do_vi_delete,
    editor_do_vi_yank,
    editor_do_vi_insert,
    editor_do_vi_append,
};

editor_command *editor_vi_command_for(struct editor *e, editor_command *command)
{
    if (!e->vi_command)
        return command;
    command = instead(e, command);
    bool allowed = !e->vi.op;
    for (size_t i = 0; i < sizeof motions / sizeof motions[0]; i++) {
        if (motions[i].command != command)
            continue;
        e->vi.motion = motions[i].motion;
        allowed = true;
    }
    for (size_t i = 0; i < sizeof after_operator / sizeof after_operator[0]; i++)
        allowed = allowed || after_operator[i] == command;
    if (allowed)
        return command;
    e->vi.op = 0;
    return editor_do_nothing;
}

void editor_vi_operate(struct editor *e)
{
    struct editor_vi *v = &e->vi;
    if (!v->waiting || v->op != v->waiting || e->wants || e->middle)
        return;
    struct editor_line l = editor_line(e);
    wchar_t op = v->op;
    size_t from = v->from < l.cursor ? v->from : l.cursor;
    size_t to = v->from < l.cursor ? l.cursor : v->from;
    v->op = 0;
    if (v->motion == MOTION_NONE || to > l.len)
        return;
    if (v->motion == MOTION_INCLUSIVE)
        to = wide_next(l.text, l.len, to);
    operate(e, op, from, to);
}

/* ---- text objects ---- */

static void object_wanted(struct editor *e, wchar_t c)
{
    struct editor_line l = editor_line(e);
    size_t from, to;
    wchar_t op = e->vi.op;
    e->vi.op = 0;
    if (!vi_object(text_of(l), l.cursor, c, e->vi.around, &from, &to))
        return;
    editor_move(e, from);
    operate(e, op, from, to);
}

/* i and a behind an operator: a text object. False: there is none. */
static bool want_object(struct editor *e, bool around)
{
    if (!e->vi.op)
        return false;
    e->vi.around = around;
    editor_want(e, object_wanted);
    return true;
}

/* ---- inserting ---- */

void editor_do_vi_insert(struct editor *e)
{
    e->counted = true;
    if (!want_object(e, false))
        insert_mode(e, e->times);
}

void editor_do_vi_append(struct editor *e)
{
    struct editor_line l = editor_line(e);
    e->counted = true;
    if (want_object(e, true))
        return;
    if (l.cursor < wide_row_end(l.text, l.len, l.cursor))
        editor_move(e, wide_next(l.text, l.len, l.cursor));
    insert_mode(e, e->times);
}

void editor_do_vi_insert_start(struct editor *e)
{
    e->counted = true;
    editor_do_text_start(e);
    insert_mode(e, e->times);
}

void editor_do_vi_append_end(struct editor *e)
{
    struct editor_line l = editor_line(e);
    e->counted = true;
    editor_move(e, wide_row_end(l.text, l.len, l.cursor));
    insert_mode(e, e->times);
}

/* So many characters from the cursor on, in its row. */
static size_t characters_end(const struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t end = wide_row_end(l.text, l.len, l.cursor), at = l.cursor;
    for (int i = 0; i < e->times && at < end; i++)
        at = wide_next(l.text, end, at);
    return at;
}

void editor_do_vi_substitute(struct editor *e)
{
    e->counted = true;
    operate(e, L'c', editor_line(e).cursor, characters_end(e));
}

void editor_do_vi_delete_char(struct editor *e)
{
    e->counted = true;
    operate(e, L'd', editor_line(e).cursor, characters_end(e));
}

void editor_do_vi_delete_char_left(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t start = wide_row_start(l.text, l.cursor), at = l.cursor;
    e->counted = true;
    for (int i = 0; i < e->times && at > start; i++)
        at = wide_prev(l.text, at);
    operate(e, L'd', at, l.cursor);
}

void editor_do_vi_replace(struct editor *e)
{
    struct editor_line l = editor_line(e);
    struct editor_vi *v = &e->vi;
    free(v->before);
    v->before = xmalloc((l.len + 1) * sizeof *v->before);
    wmemcpy(v->before, l.text, l.len);
    v->before_len = l.len;
    v->before_from = l.cursor;
    e->counted = e->overwrite = true;
    insert_mode(e, 1);
}

void editor_vi_restore(struct editor *e)
{
    struct editor_vi *v = &e->vi;
    struct editor_line l = editor_line(e);
    if (l.cursor == 0)
        return;
    size_t at = wide_prev(l.text, l.cursor);
    wchar_t was[] = {at < v->before_len ? v->before[at] : L'\0', L'\0'};
    if (at >= v->before_from)
        editor_splice(e, at, l.cursor, was);
    editor_move(e, at);
}

/* All of them, or none. */
static void replace_wanted(struct editor *e, wchar_t c)
{
    struct editor_line l = editor_line(e);
    size_t n = (size_t)e->wants_times;
    if (n > wide_row_end(l.text, l.len, l.cursor) - l.cursor)
        return;
    wchar_t *text = xmalloc((n + 1) * sizeof *text);
    wmemset(text, c, n);
    text[n] = L'\0';
    size_t end = l.cursor;
    for (size_t i = 0; i < n; i++)
        end = wide_next(l.text, l.len, end);
    editor_splice(e, l.cursor, end, text);
    editor_move(e, l.cursor + n - 1);
    free(text);
}

void editor_do_vi_replace_char(struct editor *e)
{
    editor_want(e, replace_wanted);
}

void editor_do_change_case(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t end = characters_end(e), n = end - l.cursor;
    wchar_t *text = xmalloc((n + 1) * sizeof *text);
    e->counted = true;
    for (size_t i = 0; i < n; i++) {
        wint_t c = (wint_t)l.text[l.cursor + i];
        text[i] = (wchar_t)(iswupper(c) ? towlower(c) : towupper(c));
    }
    text[n] = L'\0';
    editor_splice(e, l.cursor, end, text);
    free(text);
}

/* ---- putting ---- */

static void put(struct editor *e, size_t at)
{
    e->counted = true;
    if (!e->kills[0] || !e->kills[0][0])
        return;
    for (int i = 0; i < e->times; i++)
        editor_splice(e, at, at, e->kills[0]);
    size_t end = at + wcslen(e->kills[0]) * (size_t)e->times;
    editor_move(e, wide_prev(editor_line(e).text, end));
}

void editor_do_vi_put(struct editor *e)
{
    struct editor_line l = editor_line(e);
    put(e, wide_next(l.text, wide_row_end(l.text, l.len, l.cursor), l.cursor));
}

void editor_do_vi_put_before(struct editor *e)
{
    put(e, editor_line(e).cursor);
}
