/* What the host sends: bytes to tokens; tokens to the session or to the screen. */
#include "app/app_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define READ_SIZE    65536
#define ANSWERED_MAX 4096
#define READ_BUDGET  (512 * 1024) /* per turn, so that keys never wait for a flood */

/* Print the line as it was drawn, and go on behind it. */
static void commit_ran(struct app *app)
{
    vscreen_fresh_line(app->vscreen);
    app_commit_line(app, session_typed_back(app->in.session));
}

/* What was typed here since is for what runs now, in its order: then comes what is held. */
static void follow_ran(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    char *text = xstrndup(view.text, view.len);
    for (char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        *at = '\r';
    session_type(app->in.session, text, view.len, app->now);
    if (app->enter_waits)
        session_type(app->in.session, "\r", 1, app->now);
    explicit_bzero(text, view.len);
    free(text);
    editor_clear(app->editor);
    app_complete_close(app);
    app->completion.wanted = app->enter_waits = app->keys_wait = false;
}

static void begin_output(struct app *app)
{
    if (app->console)
        app_windows_align(app);
    vscreen_flag_line(app->vscreen, LINE_OUTPUT);
    app->ran = true;
}

/* How the command ended is known, at the prompt behind it or a little later. */
static void command_ended(struct app *app)
{
    struct session_view view = session_view(app->in.session);
    if (app->ran && view.has_status)
        vscreen_flag_ended(app->vscreen, view.status, view.duration);
    app->ran = false;
    app_remember_end(app);
    history_refresh(app->in.history);
}

static void begin_prompt(struct app *app)
{
    struct session_view view = session_view(app->in.session);
    app_nested_prompt(app);
    /* Raw: the prompt is the shell's, and so are the modes. */
    bool raw = session_is_raw(app->in.session);
    if (!raw)
        vscreen_reset_modes(app->vscreen);
    app_names_prompt(app);
    if (!view.unjudged)
        command_ended(app);
    app_complete_forget(app);
    if (!raw)
        vscreen_fresh_line(app->vscreen);
    vscreen_flag_line(app->vscreen, LINE_PROMPT);
    app->interrupts = 0;
    bool dropped = app->stopped && app_rows_drop(app);
    if (dropped || (app->stopped && view.status == 130 && strchr(view.command, '\n')))
        app_notice(app, "stopped: the lines that had not begun have not run");
    app->stopped = false;
    app_find_close(app);
    app_follow_keys(app);
    editor_set_cwd(app->editor, session_view(app->in.session).cwd);
}

/* The editor may have taken more of the reply than its head: what begins the text and ends the
   reply is not the person's either. */
static void cut_tail(char *text, const char *reply, size_t len)
{
    for (; len > 1; reply++, len--) {
        if (strncmp(text, reply, len) == 0) {
            memmove(text, text + len, strlen(text + len) + 1);
            return;
        }
    }
}

/*
 * Replies of the emulator that no program has read are in the shell's line too, less what its
 * editor took for a key: ESC [ ? and the like. They are not the person's.
 */
static void cut_replies(struct app *app, char *text)
{
    const char *at = (const char *)buf_data(&app->answered);
    const char *end = at + app->answered.len;
    while (at < end) {
        while (at < end && strchr("\033[]P?>", *at))
            at++;
        const char *next = memchr(at, '\033', (size_t)(end - at));
        size_t len = (size_t)((next ? next : end) - at);
        char *found;
        while (len > 1 && (found = memmem(text, strlen(text), at, len)) != NULL)
            memmove(found, found + len, strlen(found + len) + 1);
        cut_tail(text, at, len);
        at += len;
    }
}

static bool has_control(const char *text)
{
    while (*text && (unsigned char)*text >= 0x20)
        text++;
    return *text != '\0';
}

/* What no shell's editor has acted on is for ours: as keys, before what was typed here. */
static void press_typed(struct app *app, const char *text)
{
    struct editor_view view = editor_view(app->editor);
    char *rest = xstrndup(view.text, view.len);
    size_t rest_len = view.len;
    bool enter = app->enter_waits;
    app->enter_waits = app->keys_wait = false;
    editor_clear(app->editor);
    struct keys *keys = keys_new(app->ti);
    struct key key;
    keys_feed(keys, text, strlen(text), app->now);
    while (keys_next(keys, CLOCK_NEVER - 1, &key)) /* nothing comes behind it */
        app_line_key(app, &key);
    keys_free(keys);
    editor_insert(app->editor, rest, rest_len);
    app->enter_waits = enter;
    explicit_bzero(rest, rest_len);
    free(rest);
}

static void give_back(struct app *app)
{
    char *text = xstrdup(session_typed_back(app->in.session));
    if (app->answered.len > 0)
        cut_replies(app, text);
    const struct dialect *dialect = session_view(app->in.session).dialect;
    bool keys = dialect && dialect->take == TAKE_ERASE && has_control(text);
    if (app_macro_postpones(app, text))
        ;
    else if (keys)
        press_typed(app, text);
    else
        editor_prepend(app->editor, text, strlen(text));
    free(text);
}

static void show_rows(struct app *app)
{
    struct buf rows = {0};
    session_rows(app->in.session, &rows);
    app_emulate(app, buf_str(&rows));
    buf_release(&rows);
}

/* The line is what to look for. An Enter that waits is for the list. */
static void search(struct app *app)
{
    static const struct key ctrl_r = {.kind = KEY_CHAR, .code = 'r', .mods = MOD_CTRL};
    static const struct key enter = {.kind = KEY_CHAR, .code = '\r'};
    bool entered = app->enter_waits;
    app->enter_waits = false;
    app_edit_key(app, &ctrl_r);
    if (entered && !app_find_key(app, &enter))
        app_edit_key(app, &enter);
}

void app_do(struct app *app, unsigned todo)
{
    if (!todo)
        return;
    app->dirty = true;
    /* Where the tty echoes, a command's output begins before a secondary prompt. */
    const struct dialect *dialect = session_view(app->in.session).dialect;
    if (todo & (dialect && dialect->echo == ECHO_LINE ? DO_PROMPT : DO_OUTPUT | DO_PROMPT))
        app_remember(app);
    if (todo & DO_ROWS)
        show_rows(app);
    if (todo & DO_SETTLED)
        app_windows_settled(app);
    if (todo & DO_RAN)
        commit_ran(app);
    if (todo & DO_RAN)
        follow_ran(app);
    if (todo & DO_OUTPUT)
        begin_output(app);
    if (todo & DO_PROMPT)
        begin_prompt(app);
    if (todo & DO_ENDED)
        command_ended(app);
    if (todo & DO_TYPED)
        give_back(app);
    if (todo & DO_SEARCH)
        search(app);
    if (todo & DO_STOPPED)
        app_complete_stopped(app);
    if (todo & DO_OUTPUT)
        buf_clear(&app->answered);
}

static unsigned take_hello(struct app *app, const char *dialect)
{
    const char *pid = mark_next(dialect), *user = mark_next(pid), *shell = mark_next(user);
    free(app->in.node);
    app->in.node = xstrdup(mark_next(shell));
    unsigned todo = session_hello(app->in.session, dialect, strtol(pid, NULL, 10), user, shell);
    const struct dialect *d = session_view(app->in.session).dialect;
    if (d && d->starts_twice)
        app_unprint(app);
    return todo;
}

/* A shell that draws its prompt itself takes the cursor to be at the start of a line. */
static void prompt_begins(struct app *app)
{
    if (!app->prompt_begun && session_is_raw(app->in.session) &&
        session_view(app->in.session).state != SESSION_PROMPT)
        vscreen_fresh_line(app->vscreen);
    app->prompt_begun = true;
}

/* The one place where the far side's marks become the session's events. */
static unsigned take_mark(struct app *app, const struct mark *mark)
{
    struct session *s = app->in.session;
    switch (mark->kind) {
    case MARK_HELLO: return take_hello(app, mark->text);
    case MARK_NAMED: app_nested_named(app, mark); return 0;
    case MARK_READY:
        session_ready(s, mark->text);
        app_nested_ready(app);
        return 0;
    case MARK_PROMPT: prompt_begins(app); return session_prompt(s);
    case MARK_INPUT: app->prompt_begun = false; return session_input(s, app->now);
    case MARK_COMMAND: return session_command_line(s, mark->text, app->now);
    case MARK_DONE: return session_done(s, mark->status);
    case MARK_CWD: return session_cwd(s, mark->text);
    case MARK_FIELD: session_field(s, mark->text, mark_next(mark->text)); return 0;
    case MARK_CONTINUE: return session_continue(s);
    case MARK_ASIDE:
        if (app_prompt_is_mode(mark))
            prompt_begins(app);
        session_aside(s, true);
        return 0;
    case MARK_ASIDE_END: session_aside(s, false); return 0;
    case MARK_CONTINUED: return session_continued(s, app->now);
    case MARK_TAKEN: return session_taken(s, mark->text, app->now);
    case MARK_COMPLETION:
        session_answered(s);
        app_complete_answer(app, mark->number, mark->total, mark->text, mark->strings - 1);
        return 0;
    case MARK_NAMES:
        session_named(s);
        app_names_of_shell(app, mark->text, mark->strings);
        return 0;
    case MARK_HISTORY:
        session_answered(s);
        app_host_history_answer(app, mark->text, mark_next(mark->text), mark->strings - 1);
        return 0;
    case MARK_NONE:
    case MARK_IGNORED: return 0;
    }
    return 0;
}

static void take_token(struct app *app, const struct ecma48_token *token)
{
    struct mark mark;
    unsigned todo = 0;
    if (app->console && app_windows_token(app, token))
        return;
    if (app_nested_mark(app, token, &mark) != MARK_NONE) {
        todo = take_mark(app, &mark);
        app_prompt_mark(app, &mark, todo);
    } else if (app_nested_hides(app)) {
        app_nested_hidden(app, token);
    } else if (session_shows(app->in.session, token, app->now, &todo) ||
               session_asks(app->in.session, token)) {
        vscreen_token(app->vscreen, token);
    } else {
        app_prompt_token(app, token);
    }
    app_do(app, todo);
}

/* Plain output, past all that looks at single tokens. */
static void take_lines(struct app *app)
{
    const uint8_t *ahead;
    bool all = session_shows_all(app->in.session) && !app_nested_hides(app) && !app->console;
    size_t len = all ? ecma48_ahead(app->ecma48, &ahead) : 0;
    if (len > 0)
        ecma48_skip(app->ecma48, vscreen_lines(app->vscreen, ahead, len));
}

/* "^C" from the tty is no answer of the program's. */
static bool is_interrupt_echo(const uint8_t *data, size_t len)
{
    return len >= 2 && len <= 8 && len % 2 == 0 && data[0] == '^' && data[len - 1] == 'C';
}

static void take_bytes(struct app *app, const uint8_t *data, size_t len)
{
    struct ecma48_token token;
    if (!is_interrupt_echo(data, len))
        app->interrupts = 0;
    app->heard_at = app->now;
    ecma48_feed(app->ecma48, data, len);
    take_lines(app);
    while (ecma48_next(app->ecma48, &token)) {
        take_token(app, &token);
        if (token.kind == ECMA48_CONTROL && token.final == '\n')
            take_lines(app);
    }
    struct buf *replies = vscreen_replies(app->vscreen);
    bool wanted = !session_line_mode(app->in.session) || session_wants_answers(app->in.session);
    if (replies->len > 0 && !wanted) {
        /* Who asked has ended: the shell's editor would take the answer for keys. */
        buf_clear(replies);
    } else if (replies->len > 0) {
        session_reply(app->in.session, buf_data(replies), replies->len);
        if (app->answered.len + replies->len <= ANSWERED_MAX)
            buf_append(&app->answered, buf_data(replies), replies->len);
        buf_clear(replies);
    }
}

void app_emulate(struct app *app, const char *bytes)
{
    /* A tokeniser of its own: the host's may stand in the middle of a sequence. */
    struct ecma48 *ecma48 = ecma48_new();
    vscreen_feed(app->vscreen, ecma48, (const uint8_t *)bytes, strlen(bytes));
    ecma48_free(ecma48);
}

static void say_seconds(char *out, size_t size, int64_t seconds)
{
    long long s = (long long)seconds;
    if (s < 60)
        snprintf(out, size, "%lld s", s);
    else if (s < 3600)
        snprintf(out, size, "%lld min %lld s", s / 60, s % 60);
    else
        snprintf(out, size, "%lld h %lld min", s / 3600, s / 60 % 60);
}

static void closed(struct app *app)
{
    if (app_refused(app))
        return;
    int status = ssh_channel_status(app->channel);
    if (status < 0) {
        app_lost(app, "%s: the session was closed without a status", app->host);
        return;
    }
    session_ended(app->in.session);
    app_remember(app);
    const char *signal = ssh_channel_signal_name(app->channel);
    char how[64];
    if (signal[0])
        snprintf(how, sizeof how, "signal %.20s", signal);
    else
        snprintf(how, sizeof how, "exit status %d", status);
    char took[64];
    say_seconds(took, sizeof took, (app->now - app->started) / 1000);
    app_end(app, status, "%s: session ended: %s, after %s", app->host, how, took);
}

bool app_read(struct app *app)
{
    static uint8_t data[READ_SIZE];
    if (!app->channel || app->phase != PHASE_SESSION)
        return false;
    size_t budget = READ_BUDGET;
    while (budget > 0) {
        size_t n = ssh_channel_take(app->channel, false, data, sizeof data);
        if (n == 0)
            break;
        take_bytes(app, data, n);
        budget -= n < budget ? n : budget;
    }
    app_copy_clip(app);
    uint64_t changes = vscreen_changes(app->vscreen);
    if (changes != app->vscreen_changes) {
        app->vscreen_changes = changes;
        app->dirty = true;
    }
    if (budget == 0)
        return true;
    if (ssh_channel_state(app->channel) == CHANNEL_CLOSED)
        closed(app);
    return false;
}

void app_send(struct app *app)
{
    struct buf *out = session_to_host(app->in.session);
    if (!app->channel || app->phase != PHASE_SESSION)
        return;
    while (out->len > 0) {
        size_t n = ssh_channel_give(app->channel, buf_data(out), out->len);
        if (n == 0)
            break;
        buf_consume(out, n);
    }
    if (out->len == 0)
        buf_wipe(out);
}
