#include "app/app.h"

#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app_priv.h"
#include "base/clock.h"
#include "base/log.h"
#include "session/prompt.h"

#define QUIET_CONNECT_MS 250 /* a failure within this is told without a flash of the screen */

void app_end(struct app *app, int status, const char *format, ...)
{
    if (app->phase == PHASE_OVER)
        return;
    app->phase = PHASE_OVER;
    app->status = status;
    /* By way of a copy: the ending so far may be an argument. */
    char text[sizeof app->ending];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(app->ending, sizeof app->ending, "%s", text);
}

void app_notice(struct app *app, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(app->notice, sizeof app->notice, format, args);
    va_end(args);
    app->notice_until = app->now + (int64_t)app->options->own->notice * 1000;
    app->dirty = true;
}

/* ---- the screen ---- */

static bool screen_enter(struct app *app, struct err *err)
{
    struct buf enter = {0}, leave = {0};
    display_enter(app->display, &enter);
    display_leave(app->display, &leave);
    bool ok = tty_enter(app->tty, &enter, &leave, err);
    buf_release(&enter);
    buf_release(&leave);
    app->screen_on = ok;
    app->shown_valid = false;
    app->dirty = true;
    log_hold(ok);
    return ok;
}

/* Back to the normal screen; with the page above what comes next. */
static void screen_leave(struct app *app, bool page)
{
    if (app->screen_on) {
        app_terminal_drain(app);
        tty_leave(app->tty);
    }
    if (page)
        app_print_page(app, stdout);
    app->screen_on = false;
    log_hold(false);
}

void app_screen_leave(struct app *app)
{
    screen_leave(app, false);
}

static void take_size(struct app *app)
{
    tty_size(app->tty, &app->rows, &app->cols);
    /* One row is the status line's, where there is room for both. */
    bool status = app->options->own->status != STATUS_OFF && app->rows > 1;
    int rows = status ? app->rows - 1 : app->rows;
    frame_release(&app->shown);
    frame_release(&app->next);
    frame_init(&app->shown, app->glyphs, app->rows, app->cols);
    frame_init(&app->next, app->glyphs, app->rows, app->cols);
    app->shown_valid = false;
    app->dirty = true;
    if (rows == vscreen_rows(app->vscreen) && app->cols == vscreen_cols(app->vscreen))
        return;
    view_resize_begin(app->scroll.view);
    vscreen_resize(app->vscreen, rows, app->cols);
    if (app->console)
        app_windows_resized(app);
    view_resize_end(app->scroll.view);
    if (app->channel)
        ssh_channel_resize(app->channel, rows, app->cols);
    session_resized(app->in.session, app->now);
}

void app_screen_return(struct app *app)
{
    struct err err;
    if (screen_enter(app, &err))
        take_size(app);
    else
        app_end(app, 255, "%s", err.text);
}

/* Stop as Ctrl-Z does: the whole job, and not at all where no shell could continue it (the
   kernel drops SIGTSTP for an orphaned process group). */
static void stop_job(void)
{
    struct sigaction ours, stop = {.sa_handler = SIG_DFL};
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    sigaction(SIGTSTP, &stop, &ours);
    kill(0, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &set, &old); /* stopped here until the local shell's fg */
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    sigaction(SIGTSTP, &ours, NULL);
}

void app_suspend(struct app *app)
{
    screen_leave(app, false);
    /* After `bg` we are still not to touch the terminal. */
    do
        stop_job();
    while (!tty_in_front(app->tty));
    app->now = clock_ms();
    if (!app_external_runs(app)) /* which has stopped with us */
        app_screen_return(app);
}

/* ---- signals ---- */

static void on_resize(void *data, int signo)
{
    (void)signo;
    struct app *app = data;
    app->now = clock_ms();
    take_size(app);
}

static void on_end(void *data, int signo)
{
    struct app *app = data;
    if (signo == SIGQUIT && app_external_runs(app)) /* meant for that */
        return;
    app_end(app, 128 + signo, "%s: ended by a signal (%s)", app->host, strsignal(signo));
}

/* Somebody else's kill -TSTP: the terminal is put right first. */
static void on_stop(void *data, int signo)
{
    (void)signo;
    app_suspend(data);
}

/* Before the terminal is ours, Ctrl-C comes as a signal. */
static void on_interrupt(void *data, int signo)
{
    struct app *app = data;
    if (app->phase == PHASE_CONNECTING || app->phase == PHASE_OPENING)
        app_give_up(app, 128 + signo);
}

static void on_crash(int signo)
{
    /* SA_RESETHAND has put the default back. */
    tty_restore_now();
    raise(signo);
}

static void catch_signals(struct app *app)
{
    static const int crashes[] = {SIGSEGV, SIGBUS,  SIGILL, SIGFPE,
                                  SIGABRT, SIGTRAP, SIGSYS, SIGXCPU};
    /* On a stack of its own: the program's may be what has run out. */
    static char stack[64 * 1024];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_handler = on_crash,
                               .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND | SA_NODEFER)};
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        sigaction(crashes[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    loop_signal(app->loop, SIGWINCH, on_resize, app);
    loop_signal(app->loop, SIGTERM, on_end, app);
    loop_signal(app->loop, SIGHUP, on_end, app);
    loop_signal(app->loop, SIGQUIT, on_end, app);
    loop_signal(app->loop, SIGINT, on_interrupt, app);
    loop_signal(app->loop, SIGTSTP, on_stop, app);
    err_on_death(tty_restore_now);
}

/* ---- the loop ---- */

static void on_tty(void *data, short revents)
{
    (void)revents;
    struct app *app = data;
    app->now = clock_ms();
    app_keys(app);
}

static int64_t app_deadline(const struct app *app, bool more)
{
    if (more || app->phase == PHASE_OVER || app->known.doubted)
        return app->now;
    int64_t deadline = app_draw_deadline(app);
    deadline = clock_earlier(deadline, keys_deadline(app->keys));
    deadline = clock_earlier(deadline, session_deadline(app->in.session));
    deadline = clock_earlier(deadline, app_held_deadline(app));
    deadline = clock_earlier(deadline, app_nested_deadline(app));
    deadline = clock_earlier(deadline, app_host_history_deadline(app));
    deadline = clock_earlier(deadline, app_complete_deadline(app));
    if (app->side.purpose != SIDE_NONE)
        deadline = clock_earlier(deadline, app->side.deadline);
    if (app->link)
        deadline = clock_earlier(deadline, ssh_link_deadline(app->link));
    /* The status line counts seconds. */
    return clock_earlier(deadline, app->now + 1000);
}

static void turn(struct app *app)
{
    app->now = clock_ms();
    app_keys_step(app);
    app_link_step(app);
    bool more = app_read(app);
    more = app_scroll_step(app) || more;
    app_do(app, session_tick(app->in.session, app->now));
    app_nested_step(app);
    app_go_on(app);
    app_cycle_step(app);
    more = app_macro_step(app) || more;
    app_side_step(app);
    app_host_history_step(app);
    app_send(app);
    bool early = app->phase == PHASE_CONNECTING && !app->ask.active && !app->screen_on &&
                 app->now < app->started + QUIET_CONNECT_MS;
    if (!app->screen_on && !early && !app_external_runs(app) && app->phase != PHASE_OVER) {
        struct err err;
        if (!screen_enter(app, &err))
            app_end(app, 255, "%s", err.text);
    }
    if (app->screen_on && app->phase != PHASE_OVER) {
        app_draw(app);
        app_terminal_ask(app);
        if (!tty_flush(app->tty))
            app_end(app, 128 + SIGHUP, "the local terminal has gone");
    }
    if (app->phase == PHASE_OVER)
        return;
    short events = (short)(POLLIN | (tty_busy(app->tty) ? POLLOUT : 0));
    loop_watch(app->loop, tty_fd(app->tty), app->screen_on ? events : 0, on_tty, app);
    int64_t deadline = app_deadline(app, more);
    if (early)
        deadline = clock_earlier(deadline, app->started + QUIET_CONNECT_MS);
    loop_turn(app->loop, app->now, deadline);
}

/* ---- begin and end ---- */

static bool open_terminal(struct app *app, struct err *err)
{
    const char *term = getenv("TERM");
    app->tty = tty_open(err);
    if (!app->tty)
        return false;
    app->editor = editor_new(app->in.history, err);
    if (!app->editor)
        return false;
    editor_set_suggest(app->editor, app->options->own->suggest);
    app_follow_keys(app);
    app->ti = terminfo_load(term ? term : "", err);
    struct err other;
    if (!app->ti && (app->ti = terminfo_load("xterm-256color", &other)))
        app_notice(app, "terminal '%s' is not known on this machine: taken for an xterm", term);
    if (!app->ti)
        return false;
    const char *no_color = getenv("NO_COLOR");
    app->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    app->display = display_new(app->ti, app->utf8, !no_color || !*no_color);
    app->keys = keys_new(app->ti);
    return true;
}

static bool app_start(struct app *app, const struct app_options *options, struct err *err)
{
    setlocale(LC_CTYPE, "");
    *app = (struct app){.options = options, .host = options->settings->name};
    app->escape.character = options->settings->escape_char;
    app->started = app->now = clock_ms();
    app->loop = loop_new();
    app->glyphs = glyphs_new();
    app->vscreen = vscreen_new(app->glyphs, 23, 80, options->own->scrollback);
    app_terminal_init(app);
    app_scroll_init(app);
    app->ecma48 = ecma48_new();
    if (prompt_is_host(options->own->prompt))
        app->shell_prompt = shell_prompt_new(app->glyphs);
    prompt_wants(options->own->prompt, &app->fields);
    app->in.session = session_new(buf_str(&app->fields));
    app->link_fd = -1;
    struct err none;
    app->in.history = history_open(NULL, &none);
    snprintf(app->command_name, sizeof app->command_name, "Ctrl-%c",
             options->own->command_key + '@');
    if (!keys_parse(app->command_name, &app->command_key))
        BUG("%s is no key", app->command_name);
    if (!open_terminal(app, err))
        return false;
    take_size(app);
    if (options->settings->notice)
        app_notice(app, "%s", options->settings->notice);
    if (options->own->raw || options->own->edit == EDIT_HOST)
        session_set_raw(app->in.session, true, "", 0, app->now);
    catch_signals(app);
    return true;
}

static void app_release(struct app *app)
{
    app_complete_release(app);
    app_names_forget(app);
    app_find_close(app);
    app_host_history_reset(app);
    app_scroll_release(app);
    app_connect_release(app);
    app_nested_leave(app);
    free(app->cycle.typed);
    syntax_release(&app->syntax);
    free(app->line_text.spans);
    buf_release(&app->block);
    buf_release(&app->fields);
    buf_release(&app->answered);
    held_release(&app->held);
    held_release(&app->begun);
    frame_release(&app->shown);
    frame_release(&app->next);
    keys_free(app->keys);
    display_free(app->display);
    editor_free(app->editor);
    terminfo_free(app->ti);
    tty_close(app->tty);
    shell_release(&app->in);
    ecma48_free(app->ecma48);
    vscreen_free(app->vscreen);
    vscreen_free(app->console);
    buf_release_secret(&app->due_rows);
    shell_prompt_free(app->shell_prompt);
    glyphs_free(app->glyphs);
    loop_free(app->loop);
}

int app_run(const struct app_options *options)
{
    struct app app;
    struct err err = {.text = ""};
    if (!app_start(&app, options, &err)) {
        fprintf(stderr, "tether: %s\n", err.text);
        app_release(&app);
        return 255;
    }
    app_connect(&app);
    while (app.phase != PHASE_OVER)
        turn(&app);
    app_external_release(&app);
    screen_leave(&app, app.ever_open || app.greeted);
    fprintf(stderr, "tether: %s\n", app.ending);
    int status = app.status;
    app_release(&app);
    return status;
}
