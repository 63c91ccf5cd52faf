/* From a host name to an open session; questions on the way; a lost link. */
#include "app/app_priv.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "app/ask_tty.h"
#include "base/log.h"
#include "base/utf8.h"

#define REFUSED_WITHIN_MS 2000 /* a shell that refuses our command does so at once */
#define WHO_TIMES         5
#define SMALL_COMMAND     8900 /* dropbear ends the connection at one of 9000 bytes */

/* ---- questions ---- */

static void ask_release(struct ask *ask)
{
    for (int i = 0; i < ask->count; i++)
        free(ask->prompt[i].text);
    ask_tty_wipe(ask->answer);
    buf_release_secret(&ask->line);
    *ask = (struct ask){0};
}

static void print_page(struct app *app, const char *text)
{
    static const struct style plain;
    vscreen_fresh_line(app->vscreen);
    vscreen_print(app->vscreen, &plain, text, strlen(text));
    vscreen_fresh_line(app->vscreen);
    app->dirty = true;
}

/* What stands above the line that asks goes to the page; the prompt is that line. */
static void ask_show(struct app *app)
{
    struct connect_prompt *prompt = &app->ask.prompt[app->ask.next];
    char *last = strrchr(prompt->text, '\n');
    if (!last)
        return;
    *last = '\0';
    print_page(app, prompt->text);
    memmove(prompt->text, last + 1, strlen(last + 1) + 1);
}

static void ask_begin(struct app *app, struct connect_event *event)
{
    ask_release(&app->ask);
    app_forget_keys(app);
    if (event->text && event->text[0])
        print_page(app, event->text);
    app->ask.active = true;
    app->ask.count = event->prompt_count;
    for (int i = 0; i < event->prompt_count; i++) {
        app->ask.prompt[i] = event->prompt[i];
        event->prompt[i].text = NULL;
    }
    ask_show(app);
    app->dirty = true;
}

static void ask_finish(struct app *app, bool given_up)
{
    const char *answers[CONNECT_PROMPTS];
    for (int i = 0; i < app->ask.count; i++)
        answers[i] = app->ask.answer[i];
    ssh_connect_answer(app->connect, given_up ? NULL : answers, app->ask.count);
    ask_release(&app->ask);
    app->dirty = true;
}

static void ask_enter(struct app *app)
{
    struct ask *ask = &app->ask;
    app_commit_line(app, ask->prompt[ask->next].echo ? buf_str(&ask->line) : "");
    ask->answer[ask->next] = xstrdup(buf_str(&ask->line));
    buf_release_secret(&ask->line);
    if (++ask->next == ask->count)
        ask_finish(app, false);
    else
        ask_show(app);
}

void app_ask_key(struct app *app, const struct key *key)
{
    struct buf *line = &app->ask.line;
    char text[4];
    app->dirty = true;
    if (key->kind == KEY_PASTE_DATA) {
        for (size_t i = 0; i < key->raw_len; i++)
            if (key->raw[i] >= 0x20 && key->raw[i] != 0x7f && line->len < 4096)
                buf_append(line, key->raw + i, 1);
        return;
    }
    if (key->kind != KEY_CHAR)
        return;
    if (key->code == '\r' || (key->code == 'j' && key->mods == MOD_CTRL))
        ask_enter(app);
    else if (key->code == 0x1b || (key->code == 'c' && key->mods == MOD_CTRL) ||
             (key->code == 'd' && key->mods == MOD_CTRL && line->len == 0))
        ask_finish(app, true);
    else if (key->code == 0x7f || (key->code == 'h' && key->mods == MOD_CTRL))
        buf_erase_char(line);
    else if (key->code == 'u' && key->mods == MOD_CTRL)
        buf_release_secret(line);
    else if (key->mods == 0 && key->code >= 0x20 && line->len < 4096)
        buf_append(line, text, utf8_encode(key->code, text));
}

/* ---- connecting ---- */

static void set_stage(struct app *app, enum ssh_stage stage, const char *hop)
{
    where_set(&app->where, stage, hop);
    app->awaited[0] = '\0';
    app->stage_since = app->now;
    app->dirty = true;
}

static void set_awaited(struct app *app, const char *text)
{
    snprintf(app->awaited, sizeof app->awaited, "%s", text ? text : "");
    app->stage_since = app->now;
    app->dirty = true;
}

static void on_ready(void *data, short revents)
{
    /* app_link_step reads the events and pumps the link, once per turn. */
    (void)data;
    (void)revents;
}

void app_connect(struct app *app)
{
    struct err err;
    app->phase = PHASE_CONNECTING;
    app->again = app->ever_open;
    app->shell_asked = app->options->own->raw; /* as ssh: nothing of ours is sent */
    set_stage(app, STAGE_RESOLVE, NULL);
    app->connect = ssh_connect_start(app->options->settings, &err);
    if (!app->connect) {
        app_lost(app, "%s", err.text);
        return;
    }
    loop_watch(app->loop, ssh_connect_fd(app->connect), POLLIN, on_ready, app);
}

static void connect_release(struct app *app)
{
    if (!app->connect)
        return;
    loop_unwatch(app->loop, ssh_connect_fd(app->connect));
    ssh_connect_free(app->connect);
    app->connect = NULL;
}

static void link_release(struct app *app)
{
    app_side_release(app);
    app->channel = NULL; /* freed with the link */
    if (app->link_fd >= 0)
        loop_unwatch(app->loop, app->link_fd);
    app->link_fd = -1;
    if (app->link)
        ssh_link_free(app->link);
    app->link = NULL;
}

void app_connect_release(struct app *app)
{
    ask_release(&app->ask);
    connect_release(app);
    link_release(app);
}

void app_lost(struct app *app, const char *format, ...)
{
    /* Written first: what it tells may live in what is released here. */
    char text[sizeof app->ending];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    app_connect_release(app);
    app_complete_close(app);
    app_find_close(app);
    app->completion.wanted = app->completion.waiting = false;
    app->enter_waits = false;
    editor_replay_stop(app->editor);
    app_remember(app);
    if (!app->ever_open) {
        app_end(app, 255, "%s", text);
        return;
    }
    app->phase = PHASE_LOST;
    vscreen_reset_modes(app->vscreen);
    snprintf(app->ending, sizeof app->ending, "%s", text);
    app->dirty = true;
}

void app_give_up(struct app *app, int status)
{
    struct buf where = {0};
    where_put(&app->where, &where);
    if (app->ever_open)
        app_lost(app, "%s: %s: given up", app->host, buf_str(&where));
    else
        app_end(app, status, "%s: %s: given up", app->host, buf_str(&where));
    buf_release(&where);
}

void app_make_token(char token[MARKS_TOKEN_LEN + 1])
{
    uint8_t random[MARKS_TOKEN_LEN / 2];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        BUG("no random numbers");
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(token + 2 * i, 3, "%02x", random[i]);
}

/* Open the session's channel: by the bootstrap, or, where that was refused, a plain shell. */
void app_open_session(struct app *app)
{
    char token[MARKS_TOKEN_LEN + 1];
    if (app_windows_asks(app))
        return;
    app_nested_leave(app);
    app->who_left = WHO_TIMES;
    app->who_at = 0;
    app->instead[0] = '\0';
    app_make_token(token);
    marks_release(&app->in.marks);
    marks_init(&app->in.marks, token);
    ecma48_reset(app->ecma48);
    const struct session_view view = session_view(app->in.session);
    char *directory = app->ever_open && view.cwd[0] ? xstrdup(view.cwd) : NULL;
    struct buf command = {0};
    const struct dialect_start start = {
        .token = token,
        .shell = app->options->own->shell,
        .profile = app->options->own->profile,
        .again = app->ever_open,
        .limit = strstr(ssh_link_server(app->link), "OpenSSH") ? 0 : SMALL_COMMAND,
        .directory = directory,
        .fields = buf_str(&app->fields),
        .env = (const char *const *)app->options->settings->set_env,
    };
    if (!app->shell_asked && !app_windows_command(app, token, directory, &command))
        dialect_start_command(&start, &command);
    app->channel =
        ssh_channel_open(app->link, &(struct ssh_channel_spec){
                                        .pty = true,
                                        .agent = true,
                                        .term = app->options->own->term,
                                        .rows = vscreen_rows(app->vscreen),
                                        .cols = vscreen_cols(app->vscreen),
                                        .command = app->shell_asked ? NULL : buf_str(&command),
                                    });
    free(directory);
    buf_release(&command);
    session_start(app->in.session, app->now);
    app_names_forget(app);
    app_windows_begun(app, token);
    app->opened_line = vscreen_top(app->vscreen) + vscreen_cursor(app->vscreen).row;
    app->phase = PHASE_OPENING;
    set_stage(app, STAGE_CHANNEL, NULL);
    log_line(1, "%s: %s", app->host, ssh_stage_name(STAGE_CHANNEL));
}

static void take_event(struct app *app, struct connect_event *event)
{
    char text[8192];
    switch (event->kind) {
    case CONNECT_STAGE: set_stage(app, event->stage, event->text); break;
    case CONNECT_BANNER:
        utf8_sanitize(text, sizeof text, event->text, strlen(event->text), sizeof text, 1);
        print_page(app, text);
        app->greeted = true;
        break;
    case CONNECT_QUESTION: ask_begin(app, event); break;
    case CONNECT_NOTICE: app_notice(app, "%s", event->text); break;
    case CONNECT_WAITING: set_awaited(app, event->text); break;
    case CONNECT_DONE:
        app->link = ssh_connect_take(app->connect);
        connect_release(app);
        app->link_fd = ssh_link_fd(app->link);
        app_open_session(app);
        break;
    case CONNECT_FAILED:
        /* The status line has no room for a changed key and what to do about it. */
        if (app->ever_open && event->stage == STAGE_HOST_KEY)
            print_page(app, event->text);
        app_lost(app, "%s", event->text);
        break;
    }
}

static void connect_step(struct app *app)
{
    struct connect_event event;
    while (app->connect && ssh_connect_next(app->connect, &event)) {
        take_event(app, &event);
        connect_event_release(&event);
    }
}

/* Only a host that was entered gets a history of its own. */
static void open_history(struct app *app)
{
    struct err notice = {.text = ""};
    char *path = history_path(app->host);
    struct history *empty = app->in.history;
    app->in.history = history_open(path, &notice);
    editor_set_history(app->editor, app->in.history);
    history_close(empty);
    free(path);
    if (notice.text[0])
        app_notice(app, "%s", notice.text);
}

static void opened(struct app *app)
{
    app->phase = PHASE_SESSION;
    app->opened_at = app->now;
    /* The channel, its terminal and the command were asked for one after the other. */
    session_guess_trip(app->in.session, (app->now - session_view(app->in.session).since) / 3);
    app_host_history_reset(app);
    if (!app->ever_open && app->options->own->history)
        open_history(app);
    if (app->again && !app->shell_asked)
        print_page(app, "-- connected again --");
    app->ever_open = true;
    app->dirty = true;
    log_line(1, "%s: session open after %lld ms", app->host, (long long)(app->now - app->started));
}

void app_unprint(struct app *app)
{
    int64_t rows = app->opened_line - vscreen_top(app->vscreen);
    char erase[32];
    snprintf(erase, sizeof erase, "\033[%d;1H\033[J", rows > 0 ? (int)rows + 1 : 1);
    app_emulate(app, erase);
}

static void ask_shell(struct app *app)
{
    log_line(1, "%s: our command was refused: a plain shell", app->host);
    ssh_channel_drop(app->channel);
    app_unprint(app);
    app->shell_asked = true;
    app_open_session(app);
}

/* Whose server runs a command with a shell, or its owner's in its place, which is not to be run
   twice. An appliance may say of any command that all is well. */
static bool runs_commands(const struct app *app)
{
    const char *server = ssh_link_server(app->link);
    return strstr(server, "OpenSSH") || strstr(server, "dropbear");
}

/*
 * A restricted shell or a menu has refused the bootstrap before it could announce itself:
 * ask for what ssh would have asked for. The first answer is not shown: it is about our
 * command, not about the person's.
 */
bool app_refused(struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    if (app->shell_asked || view.announced || view.typed ||
        app->now - app->opened_at > REFUSED_WITHIN_MS ||
        (ssh_channel_status(app->channel) == 0 && runs_commands(app)))
        return false;
    ask_shell(app);
    return true;
}

static int64_t opening_deadline(const struct app *app)
{
    return app->stage_since + (int64_t)app->options->settings->timeout * 1000;
}

void app_link_step(struct app *app)
{
    struct err err = {.text = ""};
    connect_step(app);
    if (!app->link)
        return;
    if (!ssh_link_pump(app->link, app->now, &err)) {
        /* What came before the end is still to be read. */
        while (app->phase == PHASE_SESSION && app_read(app))
            continue;
        if (app->phase != PHASE_OVER)
            app_lost(app, "%s: the link is lost: %s", app->host, err.text);
        return;
    }
    if (app->phase == PHASE_OPENING) {
        if (ssh_channel_state(app->channel) == CHANNEL_OPEN)
            opened(app);
        else if (ssh_channel_state(app->channel) == CHANNEL_CLOSED && !app->shell_asked)
            ask_shell(app);
        else if (ssh_channel_state(app->channel) == CHANNEL_CLOSED)
            app_lost(app, "%s: channel: %s", app->host, ssh_channel_error(app->channel));
        else if (app->now >= opening_deadline(app))
            app_lost(app, "%s: channel: no answer within %d s", app->host,
                     app->options->settings->timeout);
    }
    if (app->link)
        loop_watch(app->loop, ssh_link_fd(app->link), POLLIN, on_ready, app);
}
