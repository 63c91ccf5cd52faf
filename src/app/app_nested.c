/* Shells within the session's shell: offered, entered at the person's word, and left. Each has a
   session of its own; the sessions of the shells around it stand still meanwhile. */
#include "app/app_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "session/nested.h"

#define NAME_MS      2000  /* for a name; and the link has its time */
#define SLOW_NAME_MS 6000  /* PowerShell draws its line for each key of it */
#define PROMPT_MS    10000 /* from there to a prompt: it is a shell, and has much to read */
#define AT_REST_MS   300   /* what has said nothing for so long waits */
#define WHO_AGAIN_MS 500
#define LEVELS_MAX   16

/* ---- the offer ---- */

/* What stands before the cursor; empty if text stands right behind it. (What stands further right
   may be of the prompt.) */
static void cursor_row(const struct app *app, struct buf *row)
{
    struct vscreen_cursor cursor = vscreen_cursor(app->vscreen);
    int64_t line = vscreen_top(app->vscreen) + cursor.row;
    vscreen_text(app->vscreen, line, line, row);
    size_t before = utf8_fitting(buf_str(row), row->len, (size_t)cursor.col);
    row->len = before < row->len && buf_data(row)[before] != ' ' ? 0 : before;
}

static bool stands_at_prompt(const struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    struct buf row = {0};
    cursor_row(app, &row);
    bool like = nested_prompt_like(buf_str(&row), row.len) ||
                nested_prompt_of(view.command, buf_str(&row), row.len);
    buf_release(&row);
    return like;
}

/* The bootstrap has run, and yet there is no prompt of ours: what the terminal shows has been at
   rest, and is a prompt or fills the screen. */
static bool is_astray(const struct app *app, const struct session_view *view)
{
    return app->phase == PHASE_SESSION && view->state == SESSION_STARTING && view->announced &&
           view->pid > 0 && app->around_count == 0 && app->now - app->heard_at >= AT_REST_MS &&
           (vscreen_modes(app->vscreen)->alternate || stands_at_prompt(app));
}

static void ask_who(struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    if (app->who_left == 0 || app->now < app->who_at || !is_astray(app, &view))
        return;
    struct buf command = {0};
    dialect_who_command(view.pid, &command);
    if (app_side_start(app, SIDE_WHO, buf_str(&command)))
        app->who_left--;
    app->who_at = app->now + WHO_AGAIN_MS;
    buf_release(&command);
}

/* A start-up file may have become another shell, which stands at its prompt now: it is that one's
   line that is edited. Nothing is typed to anything else: what has the terminal is that shell, or
   its line editor has it (a helper of fish's at its first start is in front, too). */
void app_nested_who(struct app *app, const char *shell, const char *front, bool keys)
{
    const struct session_view view = session_view(app->in.session);
    const struct dialect *d = dialect_of(shell);
    bool full = vscreen_modes(app->vscreen)->alternate, in_front = strcmp(shell, front) == 0;
    log_line(1, "in the shell's place: %s, in front: %s", shell, front);
    if (!is_astray(app, &view))
        return;
    if (d && d != view.dialect && !full && (in_front || keys) && !session_is_raw(app->in.session))
        app_nested_begin(app);
    else if (full && (!in_front || !d))
        snprintf(app->instead, sizeof app->instead, "%s", front);
    if (!d && in_front)
        app->who_left = 0; /* a shell that is not known, or a host that does not tell */
    app->dirty = true;
}

bool app_nested_offers(const struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    /* (A start-up file may run another shell before ours is even begun.) */
    bool unheard = !view.announced && app->now - view.since > MARKS_WAIT_MS;
    bool plain = view.state == SESSION_STARTING && (!view.dialect || app->who_left == 0) &&
                 (view.announced || app->shell_asked || unheard) && !app->options->own->raw;
    return app->phase == PHASE_SESSION && (view.state == SESSION_RUNNING || plain) &&
           !session_is_raw(app->in.session) && !app->nested_until &&
           !vscreen_modes(app->vscreen)->alternate && app->now - app->heard_at >= AT_REST_MS &&
           app->around_count < LEVELS_MAX && (stands_at_prompt(app) || app_windows_lost(app));
}

/* ---- in and out ---- */

/* What belongs to the shell that the person is in goes aside, and a new one is there. */
static void push(struct app *app)
{
    struct buf *waiting = session_to_host(app->in.session);
    app_names_forget(app);
    app_complete_forget(app);
    app->around = xrealloc(app->around, (app->around_count + 1) * sizeof *app->around);
    app->around[app->around_count++] = app->in;
    app->in = (struct shell){
        .session = session_new(buf_str(&app->fields)),
        .history = app->in.history,
        .elsewhere = app->in.elsewhere,
    };
    session_start(app->in.session, app->now);
    buf_append(session_to_host(app->in.session), buf_data(waiting), waiting->len);
    buf_wipe(waiting);
}

void shell_release(struct shell *shell)
{
    history_close(shell->history);
    session_free(shell->session);
    marks_release(&shell->marks);
    free(shell->node);
    free(shell->prompt_host);
}

static void pop(struct app *app)
{
    struct shell outer = app->around[--app->around_count];
    struct buf *waiting = session_to_host(app->in.session);
    buf_append(session_to_host(outer.session), buf_data(waiting), waiting->len);
    app_remember(app);
    app_complete_close(app);
    app_complete_forget(app);
    app_names_forget(app);
    app_find_close(app);
    app->completion.wanted = app->completion.waiting = app->enter_waits = false;
    if (app->in.history == outer.history)
        app->in.history = NULL;
    else
        editor_set_history(app->editor, outer.history);
    shell_release(&app->in);
    app->in = outer;
    app->ran = false; /* the last prompt's command is the inner shell's */
    app->nested_until = 0;
    app->nested_next = NULL;
    app->dirty = true;
}

void app_nested_leave(struct app *app)
{
    while (app->around_count > 0)
        pop(app);
    free(app->around);
    app->around = NULL;
}

/* (The round trip is the outer shell's.) */
static void wait_for_answer(struct app *app, int64_t ms)
{
    int64_t rtt = session_view(app->around[app->around_count - 1].session).rtt;
    app->nested_until = app->now + ms + (rtt > 0 ? 3 * rtt : 0);
}

/* By that dialect's own line; NULL: by that of the others. */
static void ask(struct app *app, const struct dialect *d)
{
    bool paste = vscreen_modes(app->vscreen)->bracketed_paste;
    nested_line(d, app->in.marks.token, paste, session_to_host(app->in.session));
    app->nested_ask = d;
    app->nested_next = NULL;
    wait_for_answer(app, d ? SLOW_NAME_MS : NAME_MS);
}

void app_nested_begin(struct app *app)
{
    if (app_windows_lost(app)) {
        app_windows_restore(app);
        return;
    }
    char token[MARKS_TOKEN_LEN + 1];
    struct buf row = {0};
    cursor_row(app, &row);
    const struct dialect *d =
        nested_guess(session_view(app->in.session).command, buf_str(&row), row.len);
    buf_release(&row);
    app_make_token(token);
    push(app);
    marks_init(&app->in.marks, token);
    ask(app, d);
}

void app_nested_hidden(struct app *app, const struct ecma48_token *token)
{
    /* For the answer to what it asks the terminal it waits. */
    if (token->kind == ECMA48_CSI && (token->final == 'n' || token->final == 'c'))
        vscreen_token(app->vscreen, token);
    if (token->kind != ECMA48_TEXT)
        return;
    const struct dialect *d = nested_complains((const char *)token->data, token->len);
    if (d && d != app->nested_ask)
        app->nested_next = d;
}

int64_t app_nested_deadline(const struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    int64_t deadline = app->nested_until ? app->nested_until : CLOCK_NEVER;
    if (app->nested_next)
        deadline = clock_earlier(deadline, app->heard_at + AT_REST_MS);
    if (view.state != SESSION_STARTING || !view.announced || app->who_left == 0)
        return deadline;
    int64_t ask_at =
        app->heard_at + AT_REST_MS > app->who_at ? app->heard_at + AT_REST_MS : app->who_at;
    return ask_at > app->now ? clock_earlier(deadline, ask_at) : deadline;
}

/* Keys go to it as they did. */
static void give_up(struct app *app)
{
    char who[100];
    const struct session_view view = session_view(app->in.session);
    utf8_sanitize(who, sizeof who, view.shell, strlen(view.shell), 40, 0);
    /* What may be left of our line goes; and its end, should it have run without being heard of. */
    const char *left = view.announced ? "\025" : "10000\025";
    const char *why = "is no shell that tether knows";
    if (view.dialect)
        why = "has shown no prompt";
    else if (dialect_of(view.shell))
        why = "is restricted";
    pop(app);
    session_type(app->in.session, left, strlen(left), app->now);
    app_notice(app, "%s %s: it stays a plain terminal", who[0] ? who : "what waits here", why);
}

void app_nested_step(struct app *app)
{
    ask_who(app);
    if (app->nested_next && app->now - app->heard_at >= AT_REST_MS)
        ask(app, app->nested_next);
    if (app->nested_until && app->now >= app->nested_until)
        give_up(app);
}

void app_nested_ready(struct app *app)
{
    /* It is restricted, and its prompt is to come. */
    if (app->nested_until && !session_view(app->in.session).dialect)
        app->nested_until = app->now + AT_REST_MS;
}

bool app_nested_hides(const struct app *app)
{
    return app->nested_until != 0;
}

enum mark_kind app_nested_mark(struct app *app, const struct ecma48_token *token, struct mark *mark)
{
    enum mark_kind kind = marks_token(&app->in.marks, token, mark);
    for (size_t i = app->around_count; kind == MARK_IGNORED && i > 0; i--) {
        kind = marks_token(&app->around[i - 1].marks, token, mark);
        if (kind == MARK_IGNORED)
            continue;
        /* A shell around this one speaks: this one has ended, and all between. */
        while (app->around_count >= i)
            pop(app);
    }
    return kind;
}

/* ---- who it is ---- */

static struct nested_place place_of(const struct session *s, const char *node)
{
    const struct session_view view = session_view(s);
    return (struct nested_place){.user = view.user, .node = node ? node : "", .shell = view.shell};
}

static void set_place(struct app *app, const char *user, const char *node, const char *shell)
{
    const struct shell *outer = &app->around[app->around_count - 1];
    const struct nested_place around = place_of(outer->session, outer->node),
                              first = place_of(app->around[0].session, app->around[0].node),
                              here = {.user = user, .node = node, .shell = shell};
    app->in.node = xstrdup(node);
    app->in.elsewhere = !nested_same_place(&first, &here);
    /* In place of the session's own shell. */
    if (!session_view(outer->session).marked && !app->in.elsewhere)
        return;
    struct buf label = {0};
    nested_label(&first, &around, &here, &label);
    app->in.prompt_host = xasprintf("%s %s", app->host, buf_str(&label));
    buf_release(&label);
}

/* A program that has only repeated our line does not get its word for a name. */
static bool is_name(const char *text)
{
    return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789.+_-")] == '\0';
}

void app_nested_named(struct app *app, const struct mark *mark)
{
    if (!app->nested_until || !is_name(mark->text))
        return;
    const char *shell = mark->text, *pid = mark_next(shell), *user = mark_next(pid);
    const char *node = mark_next(user);
    const struct dialect *dialect = nested_dialect(shell);
    if (dialect && !dialect_of(shell))
        shell = dialect->name;
    if (dialect && dialect->ask && dialect != app->nested_ask) {
        /* It has run the line, but cannot read what comes of it. */
        nested_hooks(NULL, NULL, session_to_host(app->in.session));
        app->nested_next = dialect;
        return;
    }
    char nonce[MARKS_TOKEN_LEN + 1], token[MARKS_TOKEN_LEN + 1];
    memcpy(token, app->in.marks.token, sizeof token);
    app_make_token(nonce);
    set_place(app, user, node, shell);
    /* On another host its number is somebody else's here. */
    bool near = strcmp(node, app->around[0].node ? app->around[0].node : "") == 0;
    session_hello(app->in.session, dialect ? dialect->name : "plain",
                  near ? strtol(pid, NULL, 10) : 0, user, shell);
    nested_hooks(
        dialect,
        &(struct nested_values){.nonce = nonce, .token = token, .fields = buf_str(&app->fields)},
        session_to_host(app->in.session));
    marks_know(&app->in.marks, nonce);
    explicit_bzero(nonce, sizeof nonce);
    if (dialect)
        wait_for_answer(app, PROMPT_MS);
    else
        app->nested_until = app->now + AT_REST_MS; /* once its prompt is there again */
}

/* The same person's lines on the same host are one history. */
static void open_history(struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    if (!app->in.elsewhere || !app->options->own->history)
        return;
    struct err notice = {.text = ""};
    bool same_node = strcmp(app->in.node, app->around[0].node ? app->around[0].node : "") == 0;
    char *name = xasprintf("%s%s%s@%s", view.user, same_node ? "" : "@",
                           same_node ? "" : app->in.node, app->host);
    char *path = history_path(name);
    app->in.history = history_open(path, &notice);
    editor_set_history(app->editor, app->in.history);
    free(path);
    free(name);
    if (notice.text[0])
        app_notice(app, "%s", notice.text);
}

void app_nested_prompt(struct app *app)
{
    if (!app->nested_until)
        return;
    app->nested_until = 0;
    /* Ours takes the place of the prompt at which it waited. */
    app_emulate(app, "\r\033[K");
    open_history(app);
}
