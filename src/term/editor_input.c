/* Keys and pastes in, the line out; and what the caller does to the line. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "term/editor_priv.h"

/* ---- keys ---- */

static void insert_bytes(struct editor *e, const char *text, size_t len)
{
    size_t n, at = editor_line(e).cursor;
    wchar_t *wide = wide_from_utf8(text, len, &n);
    editor_splice(e, at, at, wide);
    free(wide);
}

/* In command mode the cursor is on a character, never behind the last. */
static void settle_vi(struct editor *e)
{
    if (!e->vi_char)
        editor_feed(e, (const wchar_t[]){PROBE}, 1);
    struct editor_line l = editor_line(e);
    if (e->vi_command && l.cursor == l.len && l.len > 0)
        editor_move(e, l.len - 1);
}

/* The key is over: what it changed can be undone from now on. */
static void end_key(struct editor *e)
{
    if (e->vi)
        settle_vi(e);
    editor_undo_record(e, e->deed == DEED_TYPE);
    e->last_deed = e->deed;
}

static void begin_key(struct editor *e)
{
    e->did = EDITOR_EDITED;
    e->deed = DEED_OTHER;
    e->undo.cursor = editor_line(e).cursor;
}

/* A character beyond ASCII is nobody's key. */
static void type_wide(struct editor *e, wchar_t c)
{
    bool to_libedit = e->vi && c >= 0xa0 && (!e->vi_command || e->vi_char);
    e->vi_char = false;
    if (to_libedit) { /* which may be replacing */
        editor_feed(e, &c, 1);
        e->deed = DEED_TYPE;
    } else if (!e->vi_command) {
        e->typed = c;
        editor_do_insert(e);
    }
}

static void follow_vi(struct editor *e, const wchar_t *sequence, size_t n)
{
    if (e->vi_char && n > 1)
        editor_feed(e, L"\x1b", 1); /* no character to find: give the search up */
    e->vi_char = !e->vi_char && n == 1 && e->vi_command && wcschr(L"fFtT", sequence[0]);
    if (!e->vi_command && n == 1 && sequence[0] >= 0x20 && sequence[0] < 0x7f)
        e->deed = DEED_TYPE;
}

/* An operator (c, d, y) waits for a motion. Its own redo is none: libedit would do the operator on
   it without end. True: the two are given up. */
static bool give_up_operator(struct editor *e, const wchar_t *sequence, size_t n)
{
    wchar_t c = n == 1 && e->vi_command && !e->vi_char ? sequence[0] : L'\0';
    bool waited = e->vi_operator;
    e->vi_operator = c && (wcschr(L"cdy", c) || (waited && wcschr(L"0123456789", c)));
    if (!waited || c != L'.')
        return false;
    editor_feed(e, L"\x1b", 1);
    return true;
}

static void press_one(struct editor *e, const struct key *key)
{
    wchar_t sequence[16];
    bool plain = key->kind == KEY_CHAR && (key->mods & ~MOD_SHIFT) == 0;
    if (plain && key->code >= 0x80) {
        type_wide(e, (wchar_t)key->code);
        return;
    }
    size_t n = editor_key_sequence(key, sequence);
    if (n == 0) {
        e->did = EDITOR_IGNORED;
        return;
    }
    if (e->vi && give_up_operator(e, sequence, n))
        return;
    if (e->vi)
        follow_vi(e, sequence, n);
    editor_feed(e, sequence, n);
}

/* To vi Alt and a character are Escape and the character, typed quickly. */
static void press(struct editor *e, const struct key *key)
{
    bool alt = key->kind == KEY_CHAR && key->code >= 0x20 && key->code != 0x7f &&
               (key->mods & (MOD_ALT | MOD_META));
    if (!e->vi || !alt) {
        press_one(e, key);
        return;
    }
    struct key without = *key;
    without.mods &= (uint8_t) ~(MOD_ALT | MOD_META);
    press_one(e, &(struct key){.kind = KEY_CHAR, .code = 0x1b});
    settle_vi(e);
    press_one(e, &without);
}

/* Escape, then a key, is Alt and the key; Alt-digits say how many times. True: all done. */
static bool take_prefix(struct editor *e, struct key *key)
{
    if (e->vi || key->kind != KEY_CHAR)
        return false;
    if (e->meta)
        key->mods |= MOD_ALT;
    e->meta = !e->meta && key->code == 0x1b && key->mods == 0;
    bool digit = key->code >= '0' && key->code <= '9' &&
                 (key->mods == MOD_ALT || (key->mods == 0 && e->argument > 0));
    if (digit && e->argument < 1000)
        e->argument = e->argument * 10 + (int)key->code - '0';
    return e->meta || digit;
}

static void quote_key(struct editor *e, const struct key *key)
{
    char text[4];
    uint32_t code = key->code;
    e->quoting = false;
    if (key->kind != KEY_CHAR || (key->mods & (MOD_ALT | MOD_META))) {
        insert_bytes(e, (const char *)key->raw, key->raw ? key->raw_len : 0);
        return;
    }
    if (key->mods & MOD_CTRL && code >= '@' && code < 0x7f)
        code &= 0x1f;
    insert_bytes(e, text, utf8_encode(code, text));
}

static void act(struct editor *e, const struct key *key)
{
    int times = e->argument > 0 ? e->argument : 1;
    e->argument = 0;
    for (int i = 0; i < times && e->did == EDITOR_EDITED; i++) {
        if (i > 0)
            e->last_deed = e->deed;
        press(e, key);
    }
}

/* ---- paste ---- */

/* CR and CRLF become LF, also where the pieces are cut. */
static void append_lines(struct editor *e, const char *data, size_t len)
{
    for (size_t i = 0; i < len;) {
        if (data[i] == '\n' && e->paste_cr) {
            e->paste_cr = false;
            i++;
            continue;
        }
        const char *cr = memchr(data + i, '\r', len - i);
        size_t n = cr ? (size_t)(cr - data) - i : len - i;
        buf_append(&e->paste, data + i, n);
        i += n;
        e->paste_cr = cr != NULL;
        if (cr) {
            buf_putc(&e->paste, '\n');
            i++;
        }
    }
}

/* Insert what has come, but not the first half of a character unless `all`. */
static void insert_paste(struct editor *e, bool all)
{
    const char *data = buf_str(&e->paste);
    size_t len = e->paste.len;
    if (!all && utf8_missing(data, len) > 0)
        do
            len--;
        while (len > 0 && ((unsigned char)data[len] & 0xc0) == 0x80);
    if (len == 0)
        return;
    if (e->search.on)
        editor_search_text(e, data, len);
    else
        insert_bytes(e, data, len);
    buf_consume(&e->paste, len);
}

static enum editor_did paste(struct editor *e, const struct key *key)
{
    e->did = EDITOR_EDITED;
    e->quoting = e->meta = false;
    if (key->kind == KEY_PASTE_BEGIN)
        begin_key(e);
    if (key->kind == KEY_PASTE_DATA)
        append_lines(e, (const char *)key->raw, key->raw_len);
    insert_paste(e, key->kind == KEY_PASTE_END);
    if (key->kind == KEY_PASTE_END) {
        e->paste_cr = false;
        e->deed = DEED_OTHER;
        if (!e->search.on)
            end_key(e);
    }
    return e->did;
}

enum editor_did editor_key(struct editor *e, const struct key *key)
{
    if (key->kind >= KEY_PASTE_BEGIN && key->kind <= KEY_PASTE_END)
        return paste(e, key);
    if (e->paste.len > 0) /* a paste that was never ended */
        insert_paste(e, true);
    bool quotable = e->quoting && key->kind == KEY_UNKNOWN;
    if (key->kind != KEY_CHAR && key->kind != KEY_NAMED && !quotable)
        return EDITOR_IGNORED;
    begin_key(e);
    struct key k = *key;
    if (e->quoting)
        quote_key(e, &k);
    else if (e->search.on && editor_search_key(e, &k))
        return EDITOR_EDITED;
    else if (take_prefix(e, &k))
        return EDITOR_EDITED;
    else
        act(e, &k);
    end_key(e);
    return e->did;
}

/* ---- the line, for the caller ---- */

struct editor_view editor_view(struct editor *e)
{
    struct editor_line l = editor_line(e);
    struct editor_search *s = &e->search;
    buf_clear(&e->text);
    wide_to_utf8(l.text, l.cursor, &e->text);
    size_t cursor = e->text.len;
    wide_to_utf8(l.text + l.cursor, l.len - l.cursor, &e->text);
    buf_clear(&s->prompt);
    if (s->on)
        buf_printf(&s->prompt, "(%s%s)`%s': ", s->failed ? "failed " : "",
                   s->forward ? "i-search" : "reverse-i-search", buf_str(&s->pattern));
    return (struct editor_view){
        .text = buf_str(&e->text),
        .len = e->text.len,
        .cursor = cursor,
        .search = s->on ? buf_str(&s->prompt) : NULL,
        .suggestion = editor_suggestion(e),
        .vi_command = e->vi_command,
    };
}

/* The caller's changes can be undone as a key's can. */
static void begin_change(struct editor *e)
{
    editor_search_end(e);
    begin_key(e);
    e->meta = e->quoting = false;
    e->argument = 0;
}

void editor_set(struct editor *e, const char *text, size_t len, size_t cursor)
{
    size_t n, before;
    begin_change(e);
    wchar_t *wide = wide_from_utf8(text, len, &n);
    editor_set_wide(e, wide);
    free(wide);
    free(wide_from_utf8(text, cursor < len ? cursor : len, &before));
    editor_move(e, before);
    end_key(e);
}

void editor_insert(struct editor *e, const char *text, size_t len)
{
    begin_change(e);
    insert_bytes(e, text, len);
    end_key(e);
}

void editor_prepend(struct editor *e, const char *text, size_t len)
{
    begin_change(e);
    size_t n, cursor = editor_line(e).cursor;
    wchar_t *wide = wide_from_utf8(text, len, &n);
    editor_splice(e, 0, 0, wide);
    free(wide);
    editor_move(e, editor_line(e).cursor + cursor);
    end_key(e);
}

void editor_replace(struct editor *e, size_t len, const char *text, size_t text_len)
{
    begin_change(e);
    struct editor_line l = editor_line(e);
    size_t from = l.cursor, bytes = 0, n;
    while (from > 0 && bytes < len)
        bytes += wide_utf8_len(l.text[--from]);
    wchar_t *wide = wide_from_utf8(text, text_len, &n);
    editor_splice(e, from, l.cursor, wide);
    free(wide);
    end_key(e);
}

void editor_clear(struct editor *e)
{
    begin_change(e);
    buf_clear(&e->paste);
    buf_clear(&e->offer);
    e->paste_cr = false;
    editor_restart(e);
    editor_history_reset(e);
    editor_undo_clear(e);
    e->last_deed = DEED_OTHER;
}

void editor_set_vi(struct editor *e, bool vi)
{
    if (e->vi == vi)
        return;
    begin_change(e);
    struct editor_line l = editor_line(e);
    wchar_t *line = xmalloc((l.len + 1) * sizeof *line);
    wmemcpy(line, l.text, l.len);
    line[l.len] = L'\0';
    size_t cursor = l.cursor;
    e->vi = vi;
    editor_restart(e);
    editor_load_keys(e);
    editor_set_wide(e, line);
    editor_move(e, cursor);
    free(line);
}
