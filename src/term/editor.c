/*
 * libedit, run as a coroutine: el_wgets() never returns but by accident; when it has read all
 * that was queued for it, control comes back here. It looks keys up and calls our commands. It
 * prints to /dev/null, but it must have a terminal (a pty of our own), or it does
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
        /* A function of libedit's, bound in ~/.editrc, ended the line. */
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
        editor_run(e, editor_do_##function);                                                       \
        return CC_NORM;                                                                            \
    }
EDITOR_COMMANDS(X)
#undef X

static void add_commands(struct editor *e)
{
#define X(function, name, help) el_wset(e->el, EL_ADDFN, L"tether-" name, help, run_##function);
    EDITOR_COMMANDS(X)
#undef X
}

static void resume(struct editor *e)
{
    fiber_resume(e->fiber);
    e->queued = e->taken = 0;
}

void editor_feed(struct editor *e, const wchar_t *chars, size_t n)
{
    if (n > sizeof e->queue / sizeof *e->queue)
        BUG("a key of %zu characters", n);
    wmemcpy(e->queue, chars, n);
    e->queued = n;
    resume(e);
}

void editor_restart(struct editor *e)
{
    e->abort = true;
    resume(e);
}

/* ---- bindings ---- */

static void bind_key(void *data, const wchar_t *sequence, const wchar_t *command)
{
    struct editor *e = data;
    wchar_t quoted[4 * EDITOR_SEQUENCE], *to = quoted; /* \ooo: '^', '-' and '\' have meanings */
    for (; *sequence; sequence++) {
        *to++ = L'\\';
        for (int shift = 6; shift >= 0; shift -= 3)
            *to++ = L'0' + ((*sequence >> shift) & 7);
    }
    *to = L'\0';
    el_wset(e->el, EL_BIND, quoted, command, NULL);
}

/* `bind [-a] [-s] [-k] [-r] KEY [COMMAND]` of ~/.editrc, in our terms. */
static void apply_bind(struct editor *e, int argc, const wchar_t **argv)
{
    const wchar_t *new[8] = {L"bind"};
    int n = 1, i = 1;
    bool named = false, string = false, command = false;
    for (; i < argc && argv[i][0] == L'-' && n < 5; i++) {
        named = named || argv[i][1] == L'k';
        string = string || argv[i][1] == L's';
        command = command || argv[i][1] == L'a';
        if (!wcschr(L"ka", argv[i][1]))
            new[n++] = argv[i];
    }
    if (command && e->keys != EDITOR_VI)
        return;
    if (i + 1 > argc || (i + 1 == argc && !(n > 1 && wcscmp(new[n - 1], L"-r") == 0)))
        return; /* it would print */
    const wchar_t *arrow = named ? editor_named_sequence(argv[i]) : argv[i];
    if (!arrow)
        return;
    wchar_t *key = editor_rewrite_sequence(arrow, command), *text = NULL;
    new[n++] = key;
    if (i + 1 < argc && string)
        new[n++] = text = e->keys == EDITOR_VI ? wcsdup(argv[i + 1])
                                               : editor_rewrite_sequence(argv[i + 1], false);
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
    if (modes && (is_vi || is_emacs)) {
        e->keys = is_vi ? EDITOR_VI : EDITOR_EMACS;
        e->keys_chosen = true;
    } else if (!modes && !is_vi && !is_emacs) {
        apply_bind(e, argc, argv);
    }
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

void editor_load_keys(struct editor *e)
{
    el_wset(e->el, EL_EDITOR, L"emacs"); /* without what was bound before */
    editor_default_keys(e->keys, bind_key, e);
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
    editor_load_keys(e);
    el_wset(e->el, EL_EDITMODE, 1);
    e->fiber = fiber_new(run_libedit, e);
    resume(e);
    if (!e->waiting)
        return err_set(err, "the line editor (libedit) cannot use its terminal");
    return true;
}

struct editor *editor_new(struct history *history, struct err *err)
{
    struct editor *e = xcalloc(1, sizeof *e);
    e->master = e->slave = -1;
    e->history = history;
    e->macro.recording = e->macro.last = -1;
    editor_history_reset(e);
    editor_suggest_anew(e);
    if (open_pty(e, err) && start_libedit(e, err)) {
        editor_undo_clear(e);
        return e;
    }
    editor_free(e);
    return NULL;
}

void editor_free(struct editor *e)
{
    if (!e)
        return;
    if (e->fiber) {
        e->abort = e->quit = true;
        resume(e);
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
    buf_release(&e->cwd);
    buf_release(&e->suggest.text);
    buf_release(&e->offer);
    buf_release(&e->paste);
    buf_release(&e->text);
    free(e->next);
    editor_undo_release(e);
    editor_kills_release(e);
    editor_vi_release(e);
    editor_macro_release(e);
    free(e);
}

void editor_set_history(struct editor *e, struct history *history)
{
    editor_search_end(e);
    e->history = history;
    editor_history_reset(e);
}

void editor_set_cwd(struct editor *e, const char *cwd)
{
    buf_clear(&e->cwd);
    buf_puts(&e->cwd, cwd);
    editor_suggest_anew(e);
}
