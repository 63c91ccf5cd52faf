/* Keys and pastes in, the line out; and what the caller does to the line. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "term/editor_priv.h"

/* ---- keys ---- */

#define TIMES_MAX 9999

static void insert_bytes(struct editor *e, const char *text, size_t len)
{
    size_t n, at = editor_line(e).cursor;
    wchar_t *wide = wide_from_utf8(text, len, &n);
    editor_splice(e, at, at, wide);
    free(wide);
}

/* The key is over: what it changed can be undone from now on. */
static void end_key(struct editor *e)
{
    editor_vi_operate(e);
    editor_vi_settle(e);
    if (!e->keeps_selection)
        e->selected = false;
    editor_undo_record(e, e->deed == DEED_TYPE);
    if (!editor_vi_inserts(e))
        e->undo.group++;
    e->last_deed = e->deed;
    editor_vi_remember(e);
}

static void begin_key(struct editor *e)
{
    e->did = EDITOR_EDITED;
    e->deed = DEED_OTHER;
    e->keeps_selection = false;
    e->undo.cursor = editor_line(e).cursor;
}

void editor_forget_keys(struct editor *e)
{
    e->meta = e->quoting = e->middle = false;
    memset(&e->argument, 0, sizeof e->argument);
    e->wants = NULL;
}

/* With a negative argument the command does it the other way. */
static editor_command *opposite(editor_command *command)
{
    static editor_command *const pairs[][2] = {
        {editor_do_char_left, editor_do_char_right},
        {editor_do_word_left, editor_do_word_right},
        {editor_do_shell_word_left, editor_do_shell_word_right},
        {editor_do_kill_word_left, editor_do_kill_word_right},
        {editor_do_kill_row_start, editor_do_kill_row_end},
        {editor_do_backspace, editor_do_delete_char},
        {editor_do_find_char, editor_do_find_char_back},
        {editor_do_up, editor_do_down},
        {editor_do_prefix_older, editor_do_prefix_newer},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        for (int side = 0; side < 2; side++)
            if (pairs[i][side] == command)
                return pairs[i][!side];
    return command;
}

void editor_run(struct editor *e, editor_command *command)
{
    e->ran = true;
    if (e->argument.negative)
        command = opposite(command);
    editor_vi_command_for(e, command)(e);
}

/* A character beyond ASCII is nobody's key. */
static void type_wide(struct editor *e, wchar_t c)
{
    e->typed = c;
    editor_run(e, e->vi_command ? editor_do_nothing : editor_do_insert);
}

static void press_one(struct editor *e, const struct key *key)
{
    wchar_t sequence[1 + EDITOR_SEQUENCE] = {COMMAND};
    bool plain = key->kind == KEY_CHAR && (key->mods & ~MOD_SHIFT) == 0;
    if (plain && key->code >= 0x80) {
        type_wide(e, (wchar_t)key->code);
        return;
    }
    size_t n = editor_key_sequence(key, sequence + 1);
    if (n == 0)
        e->did = EDITOR_IGNORED;
    else if (e->vi_command && !e->middle)
        editor_feed(e, sequence, n + 1);
    else
        editor_feed(e, sequence + 1, n);
}

static void set_argument(struct editor *e, uint32_t digit)
{
    if (e->argument.n < 1000)
        e->argument.n = e->argument.n * 10 + (int)(digit - '0');
    e->argument.given = true;
}

/* Escape, then a key, is Alt and the key; Alt-digits say how many times, as digits do in vi's
   command mode. True: all done. */
static bool take_prefix(struct editor *e, struct key *key)
{
    if (e->keys == EDITOR_VI || key->kind != KEY_CHAR)
        return false;
    if (e->meta)
        key->mods |= MOD_ALT;
    e->meta = !e->meta && e->keys == EDITOR_EMACS && key->code == 0x1b && key->mods == 0;
    if (e->meta)
        return true;
    bool minus = key->code == '-' && key->mods == MOD_ALT && !e->argument.given;
    bool digit =
        key->code >= '0' && key->code <= '9' &&
        (key->mods == MOD_ALT || (key->mods == 0 && (e->argument.given || e->argument.negative)));
    if (minus)
        e->argument.negative = !e->argument.negative;
    if (digit)
        set_argument(e, key->code);
    return minus || digit;
}

static bool take_count(struct editor *e, const struct key *key)
{
    bool digit = e->vi_command && key->kind == KEY_CHAR && key->mods == 0 && key->code <= '9' &&
                 key->code >= (e->argument.given ? '0' : '1');
    if (digit)
        set_argument(e, key->code);
    return digit;
}

void editor_want(struct editor *e, void (*wants)(struct editor *e, wchar_t c))
{
    e->wants = wants;
    e->wants_times = e->times;
    e->counted = true;
}

/* A character, or a key that gives up what waits for one. */
static void give_wanted(struct editor *e, const struct key *key)
{
    void (*wants)(struct editor * e, wchar_t c) = e->wants;
    bool plain = key->kind == KEY_CHAR && (key->mods & ~MOD_SHIFT) == 0 && key->code >= ' ' &&
                 key->code != 0x7f;
    e->wants = NULL;
    if (plain)
        wants(e, (wchar_t)key->code);
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

/* How many times the command is done; an operator's count and its motion's are multiplied. */
static int times(const struct editor *e)
{
    int n = e->argument.given ? e->argument.n : 1;
    if (e->vi.op)
        n *= e->vi.count;
    return n < 1 ? 1 : n < TIMES_MAX ? n : TIMES_MAX;
}

static void act(struct editor *e, const struct key *key)
{
    e->times = times(e);
    e->counted = e->ran = false;
    for (int i = 0; i < e->times && e->did == EDITOR_EDITED && !e->counted; i++) {
        if (i > 0)
            e->last_deed = e->deed;
        press_one(e, key);
        e->middle = !e->ran && e->did == EDITOR_EDITED;
        if (e->middle) /* of a sequence: its end has the argument still */
            return;
    }
    memset(&e->argument, 0, sizeof e->argument);
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
    editor_forget_keys(e);
    if (key->kind == KEY_PASTE_BEGIN) {
        begin_key(e);
        editor_drop_selected(e);
    }
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

static enum editor_did press(struct editor *e, const struct key *key)
{
    struct key k = *key;
    editor_vi_begin(e, key);
    begin_key(e);
    if (e->search.on && editor_search_key(e, &k))
        return EDITOR_EDITED;
    if (e->quoting)
        quote_key(e, &k);
    else if (e->wants)
        give_wanted(e, &k);
    else if (take_prefix(e, &k) || take_count(e, &k))
        return EDITOR_EDITED;
    else
        act(e, &k);
    end_key(e);
    return e->did;
}

static bool is_alt_char(const struct key *key)
{
    return key->kind == KEY_CHAR && key->code >= ' ' && key->code != 0x7f &&
           (key->mods & (MOD_ALT | MOD_META));
}

bool editor_key_is_two(const struct editor *e, const struct key *key)
{
    return e->keys == EDITOR_VI && !e->quoting && is_alt_char(key);
}

static enum editor_did press_two(struct editor *e, const struct key *key)
{
    struct key second = *key;
    second.mods &= (uint8_t) ~(MOD_ALT | MOD_META);
    press(e, &(struct key){.kind = KEY_CHAR, .code = 0x1b});
    return press(e, &second);
}

/* Alt and a character may be Escape and the character, typed quickly: to vi they always are, and
   where Escape is a key by itself, if Alt and the character are none. */
enum editor_did editor_key(struct editor *e, const struct key *key)
{
    if (key->kind >= KEY_PASTE_BEGIN && key->kind <= KEY_PASTE_END)
        return paste(e, key);
    if (e->paste.len > 0) /* a paste that was never ended */
        insert_paste(e, true);
    bool quotable = e->quoting && key->kind == KEY_UNKNOWN;
    if (key->kind != KEY_CHAR && key->kind != KEY_NAMED && !quotable)
        return EDITOR_IGNORED;
    if (editor_key_is_two(e, key))
        return press_two(e, key);
    bool may_be_two = e->keys == EDITOR_WINDOWS && !e->quoting && is_alt_char(key);
    enum editor_did did = press(e, key);
    return did == EDITOR_IGNORED && may_be_two ? press_two(e, key) : did;
}

/* ---- the line, for the caller ---- */

static const char *mode(const struct editor *e)
{
    if (e->keys != EDITOR_VI)
        return e->overwrite ? "overwrite" : NULL;
    return e->vi_command ? "command" : e->overwrite ? "replace" : "insert";
}

/* Of the character at `to`, by way of another whose byte is known. */
static size_t byte_offset(const struct editor *e, size_t byte, size_t at, size_t to)
{
    struct editor_line l = editor_line(e);
    for (; at < to; at++)
        byte += wide_utf8_len(l.text[at]);
    for (; at > to; at--)
        byte -= wide_utf8_len(l.text[at - 1]);
    return byte;
}

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
    size_t anchor = e->selected ? byte_offset(e, cursor, l.cursor, e->anchor) : cursor;
    return (struct editor_view){
        .text = buf_str(&e->text),
        .len = e->text.len,
        .cursor = cursor,
        .selected = anchor < cursor ? anchor : cursor,
        .selected_end = anchor < cursor ? cursor : anchor,
        .search = s->on ? buf_str(&s->prompt) : NULL,
        .suggestion = editor_suggestion(e),
        .vi_command = e->vi_command,
        .keys = e->keys,
        .mode = mode(e),
        .recording = e->macro.recording >= 0,
    };
}

/* The caller's changes can be undone as a key's can. */
static void begin_change(struct editor *e)
{
    editor_search_end(e);
    begin_key(e);
    editor_forget_keys(e);
    e->vi.op = 0;
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
    editor_vi_reset(e);
    e->overwrite = e->selected = false;
    e->mark = 0;
    editor_history_reset(e);
    editor_undo_clear(e);
    editor_history_go_next(e);
    e->last_deed = DEED_OTHER;
}

bool editor_copy(struct editor *e, struct buf *out)
{
    if (!e->selected)
        return false;
    struct editor_line l = editor_line(e);
    size_t from = e->anchor < l.cursor ? e->anchor : l.cursor;
    size_t to = e->anchor < l.cursor ? l.cursor : e->anchor;
    wide_to_utf8(l.text + from, to - from, out);
    editor_keep(e, from, to);
    return true;
}

bool editor_keys_chosen(const struct editor *e)
{
    return e->keys_chosen;
}

void editor_set_keys(struct editor *e, enum editor_keys keys)
{
    if (e->keys == keys)
        return;
    begin_change(e);
    struct editor_line l = editor_line(e);
    wchar_t *line = xmalloc((l.len + 1) * sizeof *line);
    wmemcpy(line, l.text, l.len);
    line[l.len] = L'\0';
    size_t cursor = l.cursor;
    e->keys = keys;
    editor_restart(e);
    editor_vi_reset(e);
    editor_load_keys(e);
    editor_set_wide(e, line);
    editor_move(e, cursor);
    free(line);
}
