/*
 * libedit, run as a coroutine: el_wgets() never returns but by accident; when it has read all
 * that was queued for it, control comes back here. It looks keys up, calls our commands, and
 * is vi. It prints to /dev/null, but it must have a terminal (a pty of our own), or it does
 * not edit.
 */
#include "term/editor.h"

#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"
#include "term/editor_priv.h"

/* ---- the line ---- */

struct editor_line editor_line(const struct editor *e)
{
    const LineInfoW *l = el_wline(e->el);
    return (struct editor_line){
        .text = l->buffer,
        .len = (size_t)(l->lastchar - l->buffer),
        .cursor = (size_t)(l->cursor - l->buffer),
    };
}

void editor_move(struct editor *e, size_t to)
{
    el_cursor(e->el, (int)((ptrdiff_t)to - (ptrdiff_t)editor_line(e).cursor));
}

void editor_splice(struct editor *e, size_t from, size_t to, const wchar_t *with)
{
    size_t len = with ? wcslen(with) : 0;
    if (editor_line(e).len - (to - from) + len > EDITOR_LINE_MAX) {
        e->did = EDITOR_IGNORED;
        return;
    }
    editor_move(e, to);
    el_deletestr(e->el, (int)(to - from));
    if (len > 0 && el_winsertstr(e->el, with) != 0)
        BUG("no memory for the line");
}

void editor_set_wide(struct editor *e, const wchar_t *text)
{
    editor_splice(e, 0, editor_line(e).len, text);
}

/* ---- inside libedit ---- */

static struct editor *editor_of(EditLine *el)
{
    void *data = NULL;
    el_wget(el, EL_CLIENTDATA, &data);
    return data;
}

static int read_char(EditLine *el, wchar_t *c)
{
    struct editor *e = editor_of(el);
    if (e->finished) { /* el_wgets began anew, with an empty line */
        el_winsertstr(el, e->finished);
        free(e->finished);
        e->finished = NULL;
    }
    while (!e->abort && e->taken == e->queued) {
        e->waiting = true;
        fiber_yield(e->fiber);
        e->waiting = false;
    }
    if (e->abort) {
        errno = EINTR;
        return -1;
    }
    *c = e->queue[e->taken++];
    return 1;
}

/* The body of the coroutine. */
static void run_libedit(void *arg)
{
    struct editor *e = arg;
    while (!e->quit) {
        int n;
        const wchar_t *line = el_wgets(e->el, &n);
        if (e->abort) { /* what it returned says nothing */
            e->abort = false;
            continue;
        }
        if (!line && e->taken == 0)
            return; /* it does not read: no terminal */
        /* A function of libedit's, bound in ~/.editrc or vi's own, ended the line. */
        e->did = line && n > 0 ? EDITOR_ACCEPT : EDITOR_EOF;
        if (line && n > 1) {
            e->finished = xcalloc((size_t)n + 1, sizeof *line);
            wmemcpy(e->finished, line, (size_t)n - (line[n - 1] == L'\n'));
        }
    }
}

#define X(function, name, help)                                                                    \
    static unsigned char run_##function(EditLine *el, wint_t c)                                    \
    {                                                                                              \
        struct editor *e = editor_of(el);                                                          \
        e->typed = (wchar_t)c;                                                                     \
        editor_do_##function(e);                                                                   \
        return CC_NORM;                                                                            \
    }
EDITOR_COMMANDS(X)
#undef X

/* Bound to PROBE in the two maps of vi; a command half typed goes on behind it. */
static unsigned char probe_insert(EditLine *el, wint_t c)
{
    (void)c;
    editor_of(el)->vi_command = false;
    return CC_ARGHACK;
}

static unsigned char probe_command(EditLine *el, wint_t c)
{
    (void)c;
    editor_of(el)->vi_command = true;
    return CC_ARGHACK;
}

static void add_commands(struct editor *e)
{
    el_wset(e->el, EL_ADDFN, L"tether-probe-insert", L"Internal", probe_insert);
    el_wset(e->el, EL_ADDFN, L"tether-probe-command", L"Internal", probe_command);
#define X(function, name, help) el_wset(e->el, EL_ADDFN, name, help, run_##function);
    EDITOR_COMMANDS(X)
#undef X
}

static void run(struct editor *e)
{
    fiber_resume(e->fiber);
    e->queued = e->taken = 0;
}

/* Give it characters to read. They all fit: a key's sequence is short. */
static void feed(struct editor *e, const wchar_t *chars, size_t n)
{
    if (n > sizeof e->queue / sizeof *e->queue)
        BUG("a key of %zu characters", n);
    wmemcpy(e->queue, chars, n);
    e->queued = n;
    run(e);
}

/* ---- bindings ---- */

static void bind_key(struct editor *e, bool alt, const wchar_t *sequence, const wchar_t *command)
{
    wchar_t quoted[80], *to = quoted; /* \ooo each: '^', '-' and '\' have meanings */
    for (; *sequence; sequence++) {
        *to++ = L'\\';
        for (int shift = 6; shift >= 0; shift -= 3)
            *to++ = L'0' + ((*sequence >> shift) & 7);
    }
    *to = L'\0';
    if (alt)
        el_wset(e->el, EL_BIND, L"-a", quoted, command, NULL);
    else
        el_wset(e->el, EL_BIND, quoted, command, NULL);
}

/* `bind [-a] [-s] [-k] [-r] KEY [COMMAND]` of ~/.editrc, in our terms. */
static void apply_bind(struct editor *e, int argc, const wchar_t **argv)
{
    const wchar_t *new[8] = {L"bind"};
    int n = 1, i = 1;
    bool named = false, string = false;
    for (; i < argc && argv[i][0] == L'-' && n < 5; i++) {
        named = named || argv[i][1] == L'k';
        string = string || argv[i][1] == L's';
        if (argv[i][1] != L'k')
            new[n++] = argv[i];
    }
    if (i + 1 > argc || (i + 1 == argc && !(n > 1 && wcscmp(new[n - 1], L"-r") == 0)))
        return; /* it would print */
    const wchar_t *arrow = named ? editor_named_sequence(argv[i]) : argv[i];
    if (!arrow)
        return;
    wchar_t *key = editor_rewrite_sequence(arrow), *text = NULL;
    new[n++] = key;
    if (i + 1 < argc && string)
        new[n++] = text = e->vi ? wcsdup(argv[i + 1]) : editor_rewrite_sequence(argv[i + 1]);
    else if (i + 1 < argc)
        new[n++] = editor_rewrite_command(argv[i + 1]);
    new[n] = NULL;
    if (key[0])
        el_wparse(e->el, n, new);
    free(key);
    free(text);
}

/* One line of ~/.editrc. `modes`: only `bind -v` and `bind -e` count, else only the others. */
static void take_editrc_line(struct editor *e, TokenizerW *tok, const wchar_t *text, bool modes)
{
    int argc;
    const wchar_t **argv;
    tok_wreset(tok);
    if (tok_wstr(tok, text, &argc, &argv) != 0 || argc < 2)
        return;
    const wchar_t *word = argv[0];
    if (wcsncmp(word, L"tether:", 7) == 0)
        word += 7;
    if (wcscmp(word, L"bind") != 0)
        return;
    bool is_vi = wcscmp(argv[1], L"-v") == 0, is_emacs = wcscmp(argv[1], L"-e") == 0;
    if (modes && (is_vi || is_emacs))
        e->vi = is_vi;
    else if (!modes && !is_vi && !is_emacs)
        apply_bind(e, argc, argv);
}

static FILE *open_editrc(void)
{
    const char *path = getenv("EDITRC"), *home = getenv("HOME");
    if (path)
        return fopen(path, "re");
    if (!home)
        return NULL;
    char *in_home = xasprintf("%s/.editrc", home);
    FILE *file = fopen(in_home, "re");
    free(in_home);
    return file;
}

/* Of ~/.editrc only the keys are meant for us; libedit's own reader would also turn editing
   off, and drop our bindings at a `bind -v`. */
static void read_editrc(struct editor *e, bool modes)
{
    FILE *file = open_editrc();
    if (!file)
        return;
    TokenizerW *tok = tok_winit(NULL);
    char line[1000];
    while (fgets(line, sizeof line, file)) {
        size_t n;
        line[strcspn(line, "\n")] = '\0';
        wchar_t *wide = wide_from_utf8(line, strlen(line), &n);
        const wchar_t *text = wide + wcsspn(wide, L" \t");
        if (*text && *text != L'#')
            take_editrc_line(e, tok, text, modes);
        free(wide);
    }
    tok_wend(tok);
    fclose(file);
}

static void load_keys(struct editor *e)
{
    el_wset(e->el, EL_EDITOR, e->vi ? L"vi" : L"emacs");
    editor_default_keys(e, e->vi, bind_key);
    read_editrc(e, false);
}

/* ---- making and freeing ---- */

static bool open_pty(struct editor *e, struct err *err)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    if (openpty(&e->master, &e->slave, NULL, NULL, &size) != 0)
        return err_set(err, "no pseudo-terminal for the line editor: %s", strerror(errno));
    fcntl(e->master, F_SETFD, FD_CLOEXEC);
    fcntl(e->slave, F_SETFD, FD_CLOEXEC);
    e->null = fopen("/dev/null", "r+e");
    if (!e->null)
        return err_set(err, "/dev/null: %s", strerror(errno));
    return true;
}

/* As if on a dumb terminal: what it prints is not seen, and its keys are ours. */
static void init_libedit(struct editor *e)
{
    const char *term = getenv("TERM");
    char *kept = term ? xstrdup(term) : NULL;
    setenv("TERM", "dumb", 1);
    e->el = el_init_fd("tether", e->null, e->null, e->null, e->slave, e->slave, e->slave);
    if (kept)
        setenv("TERM", kept, 1);
    else
        unsetenv("TERM");
    free(kept);
}

static bool start_libedit(struct editor *e, struct err *err)
{
    init_libedit(e);
    if (!e->el)
        return err_set(err, "the line editor (libedit) could not be started");
    el_wset(e->el, EL_CLIENTDATA, e);
    el_wset(e->el, EL_GETCFN, read_char);
    add_commands(e);
    read_editrc(e, true);
    load_keys(e);
    el_wset(e->el, EL_EDITMODE, 1);
    e->fiber = fiber_new(run_libedit, e);
    run(e);
    if (!e->waiting)
        return err_set(err, "the line editor (libedit) cannot use its terminal");
    return true;
}

struct editor *editor_new(struct history *history, struct err *err)
{
    struct editor *e = xcalloc(1, sizeof *e);
    e->master = e->slave = -1;
    e->history = history;
    editor_history_reset(e);
    if (open_pty(e, err) && start_libedit(e, err))
        return e;
    editor_free(e);
    return NULL;
}

void editor_free(struct editor *e)
{
    if (!e)
        return;
    if (e->fiber) {
        e->abort = e->quit = true;
        run(e);
        fiber_free(e->fiber);
    }
    if (e->el) {
        el_wset(e->el, EL_EDITOR, L"emacs"); /* el_end would forget to free macros */
        el_end(e->el);
    }
    if (e->null)
        fclose(e->null);
    if (e->master >= 0) {
        close(e->master);
        close(e->slave);
    }
    free(e->finished);
    free(e->unfinished);
    free(e->search.line);
    buf_release(&e->search.pattern);
    buf_release(&e->search.last_pattern);
    buf_release(&e->search.prompt);
    buf_release(&e->paste);
    buf_release(&e->text);
    editor_undo_release(e);
    free(e);
}

void editor_set_history(struct editor *e, struct history *history)
{
    editor_search_end(e);
    e->history = history;
    editor_history_reset(e);
}

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
        feed(e, (const wchar_t[]){PROBE}, 1);
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
        feed(e, &c, 1);
        e->deed = DEED_TYPE;
    } else if (!e->vi_command) {
        e->typed = c;
        editor_do_insert(e);
    }
}

static void follow_vi(struct editor *e, const wchar_t *sequence, size_t n)
{
    if (e->vi_char && n > 1)
        feed(e, L"\x1b", 1); /* no character to find: give the search up */
    e->vi_char = !e->vi_char && n == 1 && e->vi_command && wcschr(L"fFtT", sequence[0]);
    if (!e->vi_command && n == 1 && sequence[0] >= 0x20 && sequence[0] < 0x7f)
        e->deed = DEED_TYPE;
}

static void press(struct editor *e, const struct key *key)
{
    wchar_t sequence[16];
    bool plain = key->kind == KEY_CHAR && (key->mods & ~MOD_SHIFT) == 0;
    if (plain && key->code >= 0x80) {
        type_wide(e, (wchar_t)key->code);
        return;
    }
    size_t n = editor_key_sequence(key, e->vi, sequence);
    if (n == 0) {
        e->did = EDITOR_IGNORED;
        return;
    }
    if (e->vi)
        follow_vi(e, sequence, n);
    feed(e, sequence, n);
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
    if (key->kind != KEY_CHAR && key->kind != KEY_NAMED && !e->quoting)
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

/* el_wgets begins anew, whatever it was in the middle of. */
static void restart(struct editor *e)
{
    e->abort = true;
    run(e);
    e->vi_command = e->vi_char = false;
}

void editor_clear(struct editor *e)
{
    begin_change(e);
    buf_clear(&e->paste);
    e->paste_cr = false;
    restart(e);
    editor_history_reset(e);
    editor_undo_clear(e);
    e->last_deed = DEED_OTHER;
}

void editor_set_vi(struct editor *e, bool vi)
{
    if (e->vi == vi)
        return;
    struct editor_line l = editor_line(e);
    wchar_t *line = xmalloc((l.len + 1) * sizeof *line);
    wmemcpy(line, l.text, l.len);
    line[l.len] = L'\0';
    size_t cursor = l.cursor;
    e->vi = vi;
    restart(e);
    load_keys(e);
    editor_set_wide(e, line);
    editor_move(e, cursor);
    free(line);
}
