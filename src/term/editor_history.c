/* Walking the history, searching it, and what else the editor takes from it. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "term/editor_priv.h"

static size_t count(const struct editor *e)
{
    return e->history ? history_count(e->history) : 0;
}

static wchar_t *copy_line(const struct editor *e)
{
    struct editor_line l = editor_line(e);
    wchar_t *copy = xmalloc((l.len + 1) * sizeof *copy);
    wmemcpy(copy, l.text, l.len);
    copy[l.len] = L'\0';
    return copy;
}

/* ---- walking ---- */

bool editor_walks(const struct editor *e)
{
    return e->unfinished || e->search.on;
}

void editor_history_reset(struct editor *e)
{
    free(e->unfinished);
    e->unfinished = NULL;
    e->history_at = SIZE_MAX;
}

/* Show an entry, or behind the last one the line that was being written. */
static void show(struct editor *e, size_t at)
{
    if (at >= count(e)) {
        if (e->unfinished)
            editor_set_wide(e, e->unfinished);
        editor_history_reset(e);
        return;
    }
    if (!e->unfinished)
        e->unfinished = copy_line(e);
    const char *entry = history_entry(e->history, at);
    size_t n;
    wchar_t *wide = wide_from_utf8(entry, strlen(entry), &n);
    editor_set_wide(e, wide);
    free(wide);
    e->history_at = at;
    if (e->vi_command) /* as readline and zsh have it */
        editor_move(e, 0);
}

/* The history may have changed since: it is the caller's. */
static size_t standing_at(const struct editor *e)
{
    return e->history_at < count(e) ? e->history_at : count(e);
}

/* To the row that begins at `start`, to the column where the moving began. */
static void move_to_row(struct editor *e, size_t start)
{
    struct editor_line l = editor_line(e);
    size_t end = wide_row_end(l.text, l.len, start);
    editor_move(e, start + wide_at_column(l.text + start, end - start, e->column));
}

static void begin_vertical(struct editor *e, size_t row_start)
{
    struct editor_line l = editor_line(e);
    if (e->last_deed != DEED_VERTICAL)
        e->column = wide_columns(l.text + row_start, l.cursor - row_start);
    e->deed = DEED_VERTICAL;
}

void editor_do_up(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t start = wide_row_start(l.text, l.cursor);
    if (start > 0) {
        begin_vertical(e, start);
        move_to_row(e, wide_row_start(l.text, start - 1));
    } else if (standing_at(e) > 0) {
        show(e, standing_at(e) - 1);
    }
}

void editor_do_down(struct editor *e)
{
    struct editor_line l = editor_line(e);
    size_t end = wide_row_end(l.text, l.len, l.cursor);
    if (end < l.len) {
        begin_vertical(e, wide_row_start(l.text, l.cursor));
        move_to_row(e, end + 1);
    } else if (e->unfinished) {
        show(e, standing_at(e) + 1);
    }
}

void editor_do_history_first(struct editor *e)
{
    if (count(e) > 0)
        show(e, 0);
}

void editor_do_history_last(struct editor *e)
{
    if (e->unfinished)
        show(e, count(e));
}

void editor_do_vi_history(struct editor *e)
{
    size_t at = e->argument.given ? (size_t)e->times - 1 : 0;
    e->counted = true;
    if (at < count(e))
        show(e, at);
}

void editor_history_keep_next(struct editor *e)
{
    size_t at = standing_at(e) + 1;
    free(e->next);
    e->next = at < count(e) ? xstrdup(history_entry(e->history, at)) : NULL;
}

/* The lines may have moved since, by those that came. */
void editor_history_go_next(struct editor *e)
{
    for (size_t at = count(e); e->next && at-- > 0;) {
        if (strcmp(history_entry(e->history, at), e->next) != 0)
            continue;
        show(e, at);
        editor_undo_clear(e);
        break;
    }
    free(e->next);
    e->next = NULL;
}

/* ---- lines with the same begin ---- */

/* The next entry in a direction that has the needle (at its begin); -1 if none. */
static long find(const struct editor *e, size_t from, const char *needle, bool newer, bool prefix)
{
    if (!e->history)
        return -1;
    if (!newer)
        return history_search(e->history, from, needle, prefix);
    size_t len = strlen(needle);
    for (size_t i = from + 1; i < count(e); i++) {
        const char *entry = history_entry(e->history, i);
        if (prefix ? strncmp(entry, needle, len) == 0 : strstr(entry, needle) != NULL)
            return (long)i;
    }
    return -1;
}

static void go_prefix(struct editor *e, bool newer)
{
    struct editor_line l = editor_line(e);
    if (e->last_deed != DEED_PREFIX)
        e->prefix = l.cursor;
    e->deed = DEED_PREFIX;
    struct buf prefix = {0};
    wide_to_utf8(l.text, e->prefix, &prefix);
    long at = find(e, standing_at(e), buf_str(&prefix), newer, true);
    buf_release(&prefix);
    if (at >= 0)
        show(e, (size_t)at);
    else if (newer && e->unfinished)
        show(e, count(e));
    editor_move(e, e->prefix);
}

void editor_do_prefix_older(struct editor *e)
{
    go_prefix(e, false);
}

void editor_do_prefix_newer(struct editor *e)
{
    go_prefix(e, true);
}

/* ---- a word of an earlier line ---- */

/* The nth word, the last one for -1, as a shell sees words: quotes and backslashes bind. NULL:
   there are not so many. */
static const char *nth_word(const char *entry, long n, size_t *len)
{
    const char *start = NULL, *end = entry;
    long index = -1;
    char quote = '\0';
    bool inside = false;
    for (const char *p = entry; *p; p++) {
        bool blank = !quote && (*p == ' ' || *p == '\t' || *p == '\n');
        if (blank && inside && index == n)
            break;
        if (!blank) {
            if (!inside) {
                start = p;
                index++;
            }
            if (*p == '\\' && quote != '\'' && p[1])
                p++;
            else if (quote ? *p == quote : *p == '\'' || *p == '"')
                quote = quote ? '\0' : *p;
            end = p + 1;
        }
        inside = !blank;
    }
    *len = start ? (size_t)(end - start) : 0;
    return n < 0 || index == n ? start : NULL;
}

/* Put it in the place of [from, cursor). */
static void insert_word(struct editor *e, const char *entry, size_t from)
{
    size_t len, n;
    const char *word = nth_word(entry, e->yank_word, &len);
    wchar_t *wide = wide_from_utf8(word ? word : "", word ? len : 0, &n);
    editor_splice(e, from, editor_line(e).cursor, wide);
    free(wide);
}

/* With an argument that word; again: of the line before. */
static void insert_argument(struct editor *e, long word)
{
    bool again = e->last_deed == DEED_LAST_ARG;
    size_t from = again ? e->yank_index : standing_at(e);
    e->counted = true;
    if (!again)
        e->yank_word = e->argument.given ? e->argument.n : word;
    if (from > count(e))
        from = count(e);
    if (from == 0) {
        e->deed = again ? DEED_LAST_ARG : DEED_OTHER;
        return;
    }
    if (!again)
        e->yank_from = editor_line(e).cursor;
    insert_word(e, history_entry(e->history, from - 1), e->yank_from);
    e->yank_index = from - 1;
    e->deed = DEED_LAST_ARG;
}

void editor_do_last_argument(struct editor *e)
{
    insert_argument(e, -1);
}

void editor_do_nth_argument(struct editor *e)
{
    insert_argument(e, 1);
}

/* vi's: behind the character, and inserting goes on. */
void editor_do_vi_last_argument(struct editor *e)
{
    size_t from = standing_at(e);
    if (from == 0)
        return;
    editor_do_vi_append(e);
    size_t at = editor_line(e).cursor;
    editor_splice(e, at, at, L" ");
    e->counted = true;
    e->yank_word = e->argument.given ? e->argument.n - 1 : -1; /* the first is 1 here */
    insert_word(e, history_entry(e->history, from - 1), at + 1);
}

/* ---- suggestion ---- */

void editor_set_suggest(struct editor *e, bool suggest)
{
    e->no_suggestion = !suggest;
}

void editor_set_offer(struct editor *e, const char *text)
{
    buf_clear(&e->offer);
    buf_puts(&e->offer, text ? text : "");
}

/* What goes on from the text; asked several times for each key, of a history that may be long. */
static long suggest(struct editor *e, const struct buf *text)
{
    struct editor_suggest *last = &e->suggest;
    bool same = last->version == history_version(e->history) && last->text.len <= text->len &&
                memcmp(buf_data(&last->text), buf_data(text), last->text.len) == 0;
    /* Where nothing went on from its begin, nothing does from the whole. */
    if (same && (last->at < 0 || last->text.len == text->len))
        return last->at;
    buf_clear(&last->text);
    buf_append(&last->text, buf_data(text), text->len);
    last->version = history_version(e->history);
    last->at = history_suggest(e->history, buf_str(&last->text), buf_str(&e->cwd));
    return last->at;
}

void editor_suggest_anew(struct editor *e)
{
    buf_clear(&e->suggest.text);
    e->suggest.version = UINT64_MAX;
}

const char *editor_suggestion(struct editor *e)
{
    struct editor_line l = editor_line(e);
    bool off = !e->history || e->no_suggestion || e->search.on || e->vi_command;
    if (!off && l.len == 0 && !e->unfinished && e->offer.len > 0)
        return buf_str(&e->offer);
    if (off || l.len == 0 || l.cursor < l.len || wmemchr(l.text, L'\n', l.len) ||
        wmemchr(l.text, WIDE_BYTE, l.len))
        return NULL;
    struct buf text = {0};
    wide_to_utf8(l.text, l.len, &text);
    long at = suggest(e, &text);
    const char *rest = at >= 0 ? history_entry(e->history, (size_t)at) + text.len : NULL;
    if (rest && (*rest & 0xc0) == 0x80) /* from the middle of a character */
        rest = NULL;
    buf_release(&text);
    return rest;
}

/* ---- incremental search ---- */

static void search_begin(struct editor *e, bool forward)
{
    struct editor_search *s = &e->search;
    editor_search_end(e); /* a macro of the user's can get here again */
    s->on = true;
    s->forward = forward;
    s->failed = false;
    s->from_vi = e->vi_command;
    buf_clear(&s->pattern);
    s->line = copy_line(e);
    s->line_cursor = editor_line(e).cursor;
    s->at = standing_at(e);
}

static void put_back(struct editor *e)
{
    editor_set_wide(e, e->search.line);
    editor_move(e, e->search.line_cursor);
}

void editor_search_end(struct editor *e)
{
    struct editor_search *s = &e->search;
    if (!s->on)
        return;
    s->on = false;
    if (s->pattern.len > 0) {
        buf_clear(&s->last_pattern);
        buf_append(&s->last_pattern, buf_str(&s->pattern), s->pattern.len);
    }
    if (s->at < count(e)) { /* Up and Down go on from here */
        if (!e->unfinished)
            e->unfinished = s->line;
        else
            free(s->line);
        e->history_at = s->at;
    } else {
        free(s->line);
    }
    s->line = NULL;
}

static void search_cancel(struct editor *e)
{
    put_back(e);
    e->search.at = SIZE_MAX;
    editor_search_end(e);
}

/* Show entry `at` with the cursor on what was found. */
static void show_found(struct editor *e, size_t at)
{
    const char *entry = history_entry(e->history, at);
    const char *found = strstr(entry, buf_str(&e->search.pattern));
    size_t n, before;
    wchar_t *wide = wide_from_utf8(entry, strlen(entry), &n);
    editor_set_wide(e, wide);
    free(wide);
    free(wide_from_utf8(entry, found ? (size_t)(found - entry) : 0, &before));
    editor_move(e, before);
    e->search.at = at;
}

static bool shows(const struct editor *e, size_t at, const char *text)
{
    return at < count(e) && strcmp(history_entry(e->history, at), text) == 0;
}

/* Search on from entry `from` (not this one); the same line again is no news. */
static void search_from(struct editor *e, size_t from, bool forward)
{
    struct editor_search *s = &e->search;
    const char *pattern = buf_str(&s->pattern);
    long at = (long)from;
    do
        at = find(e, (size_t)at, pattern, forward, false);
    while (at >= 0 && s->at != (size_t)at &&
           shows(e, s->at, history_entry(e->history, (size_t)at)));
    s->failed = at < 0;
    if (at >= 0)
        show_found(e, (size_t)at);
}

static size_t search_at(const struct editor *e)
{
    return e->search.at < count(e) ? e->search.at : count(e);
}

/* The pattern is longer: what is shown may fit still. */
static void search_narrow(struct editor *e)
{
    struct editor_search *s = &e->search;
    if (s->at < count(e) && strstr(history_entry(e->history, s->at), buf_str(&s->pattern)))
        show_found(e, s->at);
    else
        search_from(e, search_at(e), s->forward);
}

/* The pattern is shorter: search it anew, from the newest line. */
static void search_widen(struct editor *e)
{
    struct editor_search *s = &e->search;
    s->at = count(e);
    s->failed = false;
    put_back(e);
    if (s->pattern.len > 0)
        search_from(e, s->at, false);
}

static void search_repeat(struct editor *e, bool forward)
{
    struct editor_search *s = &e->search;
    s->forward = forward;
    if (s->pattern.len == 0)
        buf_append(&s->pattern, buf_str(&s->last_pattern), s->last_pattern.len);
    if (s->pattern.len > 0)
        search_from(e, search_at(e), forward);
}

bool editor_search_text(struct editor *e, const char *text, size_t len)
{
    struct editor_search *s = &e->search;
    const char *end = memchr(text, '\r', len);
    if (!end)
        end = memchr(text, '\n', len);
    buf_append(&s->pattern, text, end ? (size_t)(end - text) : len);
    search_narrow(e);
    return true;
}

static void search_backspace(struct editor *e)
{
    buf_erase_char(&e->search.pattern);
    search_widen(e);
}

static bool is_control(const struct key *key, char c)
{
    return key->kind == KEY_CHAR && key->code == (uint32_t)c && key->mods == MOD_CTRL;
}

static bool is_plain(const struct key *key, uint32_t code)
{
    return key->kind == KEY_CHAR && key->code == code && (key->mods & ~MOD_SHIFT) == 0;
}

bool editor_search_key(struct editor *e, const struct key *key)
{
    if (is_control(key, 'r') || is_control(key, 's')) {
        search_repeat(e, key->code == 's');
    } else if (is_control(key, 'g') || is_plain(key, 0x1b)) {
        search_cancel(e);
    } else if (is_control(key, 'h') || is_plain(key, 0x7f)) {
        search_backspace(e);
    } else if (key->kind == KEY_CHAR && key->code >= 0x20 && (key->mods & ~MOD_SHIFT) == 0) {
        char text[4];
        editor_search_text(e, text, utf8_encode(key->code, text));
    } else {
        bool done = e->search.from_vi && is_plain(key, '\r');
        editor_search_end(e);
        return done;
    }
    return true;
}

void editor_do_search_older(struct editor *e)
{
    search_begin(e, false);
}

void editor_do_search_newer(struct editor *e)
{
    search_begin(e, true);
}

static void search_once(struct editor *e, bool other_way)
{
    bool forward = e->search.forward != other_way;
    bool kept = e->search.forward;
    search_begin(e, forward);
    search_repeat(e, forward);
    editor_search_end(e);
    e->search.forward = kept;
}

void editor_do_search_again(struct editor *e)
{
    search_once(e, false);
}

void editor_do_search_back_again(struct editor *e)
{
    search_once(e, true);
}
