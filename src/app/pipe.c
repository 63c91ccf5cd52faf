#include "app/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/ask_tty.h"
#include "app/escape.h"
#include "app/local_io.h"
#include "app/where.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/utf8.h"
#include "proto/ssh_channel.h"
#include "proto/ssh_connect.h"
#include "proto/ssh_jump.h"
#include "term/tty.h"

#define FAILED 255 /* as ssh */

/* What waits for a slow reader here before the host's window is left shut, and what waits for
   a slow host before standard input is no longer read. */
#define OUTPUT_MAX  (256 * 1024)
#define INPUT_MAX   (64 * 1024)
#define PIECE       (32 * 1024)
#define TURN_PIECES 64 /* moved per turn of the loop, which has signals to see to */

struct outlet {
    struct local_io io;
    struct buf buf;
    bool broken; /* nobody reads it any more */
};

struct pipe {
    const struct ssh_settings *settings;
    const char *command;
    bool subsystem;
    struct loop *loop;
    struct ssh_connect *connect;
    struct ssh_link *link;
    struct ssh_channel *channel; /* freed with the link */
    struct tty *tty;             /* with a pty, if there is a terminal here */
    bool pty, raw, can_ask;
    struct escape escape;
    struct local_io in;
    struct buf input; /* for the host */
    bool input_ended, eof_given;
    struct outlet out[2]; /* stdout, stderr */
    int64_t started, now, open_until;
    struct where where;
    bool opened, over;
    bool lost; /* the link, and it was told */
    int status;
    int killed_by; /* the signal by which to end: given up while connecting */
};

/* ---- what we say ourselves: on stderr, as far as LogLevel wants to hear it ---- */

static void say(const struct pipe *p, enum ssh_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void say(const struct pipe *p, enum ssh_log_level level, const char *format, ...)
{
    if (p->settings->log_level < level)
        return;
    va_list args;
    FILE *to = log_stream();
    fputs("tether: ", to);
    va_start(args, format);
    vfprintf(to, format, args);
    va_end(args);
    fputs(p->raw && to == stderr ? "\r\n" : "\n", to);
}

static void end(struct pipe *p, int status)
{
    if (!p->over)
        p->status = status;
    p->over = true;
}

static void show_banner(const struct pipe *p, const char *text)
{
    char shown[8192];
    if (p->settings->log_level < LEVEL_INFO)
        return;
    utf8_sanitize(shown, sizeof shown, text, strlen(text), sizeof shown, 1);
    size_t len = strlen(shown);
    fprintf(stderr, "%s%s", shown, len > 0 && shown[len - 1] != '\n' ? "\n" : "");
}

/* ---- the local terminal, with a pty ---- */

static void on_crash(int signo)
{
    tty_restore_now();
    signal(signo, SIG_DFL);
    raise(signo);
}

static void enter_raw(struct pipe *p)
{
    const struct buf none = {0};
    struct err err;
    if (!p->tty || p->raw)
        return;
    p->raw = tty_enter(p->tty, &none, &none, &err);
    if (!p->raw)
        say(p, LEVEL_ERROR, "%s", err.text);
}

static void leave_raw(struct pipe *p)
{
    if (p->raw)
        tty_leave(p->tty);
    p->raw = false;
}

static void on_resize(void *data, int signo)
{
    (void)signo;
    struct pipe *p = data;
    int rows, cols;
    if (p->channel && p->tty && tty_size(p->tty, &rows, &cols))
        ssh_channel_resize(p->channel, rows, cols);
}

static void suspend(struct pipe *p)
{
    leave_raw(p);
    raise(SIGTSTP);
    /* Stopped here until the local shell's fg. */
    enter_raw(p);
    on_resize(p, SIGWINCH);
}

static void escape_help(const struct pipe *p)
{
    const struct escape_name e = escape_name(p->escape.character);
    say(p, LEVEL_QUIET, "after Enter: %s. drops the connection, %s^Z suspends, %s%s sends one %s",
        e.text, e.text, e.text, e.text, e.text);
}

static void obey(struct pipe *p, enum escape_command command)
{
    switch (command) {
    case ESCAPE_NONE: break;
    case ESCAPE_DROP: end(p, FAILED); break;
    case ESCAPE_SUSPEND: suspend(p); break;
    case ESCAPE_HELP: escape_help(p); break;
    }
}

/* ---- signals ---- */

/* As ssh: it ends us, so that a script sees that it was a signal. But it is told where. */
static void give_up(struct pipe *p)
{
    struct buf where = {0};
    where_put(&p->where, &where);
    say(p, LEVEL_FATAL, "%s: %s: given up", p->settings->name, buf_str(&where));
    buf_release(&where);
    end(p, FAILED);
}

static void on_interrupt(void *data, int signo)
{
    struct pipe *p = data;
    p->killed_by = signo;
}

/* As ssh: the connection is closed, and what runs on the host sees its end. */
static void on_end(void *data, int signo)
{
    struct pipe *p = data;
    if (signo == SIGINT && ssh_channel_state(p->channel) == CHANNEL_OPENING)
        p->killed_by = signo;
    else
        end(p, FAILED);
}

static void catch_interrupt(struct pipe *p)
{
    struct sigaction before;
    sigaction(SIGINT, NULL, &before);
    if (before.sa_handler != SIG_IGN)
        loop_signal(p->loop, SIGINT, on_interrupt, p);
}

static void catch_signals(struct pipe *p)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    if (p->tty) {
        for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
            signal(crashes[i], on_crash);
        err_on_death(tty_restore_now);
        loop_signal(p->loop, SIGWINCH, on_resize, p);
    }
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct sigaction before;
        sigaction(ends[i], NULL, &before);
        if (before.sa_handler != SIG_IGN) /* such as by nohup */
            loop_signal(p->loop, ends[i], on_end, p);
    }
}

/* ---- bytes ---- */

/* The loop is woken, the work is done once per turn. */
static void on_ready(void *data, short revents)
{
    (void)data;
    (void)revents;
}

static void write_failed(struct pipe *p, struct outlet *o)
{
    o->broken = true;
    buf_clear(&o->buf);
    if (o != &p->out[0])
        return;
    /* Nobody reads the output: as a local program that SIGPIPE ends. */
    if (errno != EPIPE && errno != ECONNRESET)
        say(p, LEVEL_ERROR, "standard output: %s", strerror(errno));
    end(p, errno == EPIPE ? 128 + SIGPIPE : FAILED);
}

static bool drain(struct pipe *p, struct outlet *o)
{
    bool moved = false;
    while (o->buf.len > 0) {
        long n = local_io_write(&o->io, buf_data(&o->buf), o->buf.len);
        if (n < 0)
            write_failed(p, o);
        if (n <= 0)
            break;
        buf_consume(&o->buf, (size_t)n);
        moved = true;
    }
    return moved;
}

/* From the host to one outlet, as far as its reader keeps up. */
static bool move_out(struct pipe *p, int which)
{
    struct outlet *o = &p->out[which];
    size_t n = 0;
    if (o->buf.len < OUTPUT_MAX) {
        n = ssh_channel_take(p->channel, which, buf_reserve(&o->buf, PIECE), PIECE);
        if (!o->broken)
            buf_commit(&o->buf, n);
    }
    return drain(p, o) || n > 0;
}

static void filter_input(struct pipe *p, const uint8_t *data, size_t len)
{
    if (!p->pty)
        buf_append(&p->input, data, len);
    while (p->pty && len > 0 && !p->over) {
        enum escape_command command;
        size_t used = escape_filter(&p->escape, data, len, &p->input, &command);
        obey(p, command);
        data += used;
        len -= used;
    }
}

/* From standard input to the host, as far as that keeps up. */
static bool move_in(struct pipe *p)
{
    uint8_t data[PIECE];
    bool moved = false;
    if (!p->input_ended && p->input.len < INPUT_MAX) {
        long n = local_io_read(&p->in, data, sizeof data);
        if (n > 0)
            filter_input(p, data, (size_t)n);
        p->input_ended = n < 0;
        moved = n != 0;
    }
    size_t given = ssh_channel_give(p->channel, buf_data(&p->input), p->input.len);
    buf_consume(&p->input, given);
    if (p->input_ended && p->input.len == 0 && !p->eof_given) {
        ssh_channel_give_eof(p->channel);
        p->eof_given = true;
    }
    return moved || given > 0;
}

/* True: there may be more to do at once. */
static bool move_bytes(struct pipe *p)
{
    for (int i = 0; i < TURN_PIECES; i++) {
        bool moved = move_out(p, 0);
        moved = move_out(p, 1) || moved;
        if (ssh_channel_state(p->channel) == CHANNEL_OPEN)
            moved = move_in(p) || moved;
        if (!moved || p->over)
            return false;
    }
    return true;
}

/* ---- connecting ---- */

static void ask(struct pipe *p, const struct connect_event *question)
{
    char *answers[CONNECT_PROMPTS];
    bool given = !p->killed_by && ask_tty(question, answers);
    ssh_connect_answer(p->connect, given ? (const char *const *)answers : NULL,
                       question->prompt_count);
    ask_tty_wipe(answers);
    if (!given)
        loop_turn(p->loop, p->now, p->now); /* by a signal, which ends us then */
}

static void open_channel(struct pipe *p)
{
    int rows = 0, cols = 0; /* not known, as ssh says it */
    const char *term = getenv("TERM");
    if (p->pty) {
        struct err err;
        p->tty = isatty(STDIN_FILENO) ? tty_open(&err) : NULL;
        if (p->tty && !tty_size(p->tty, &rows, &cols))
            rows = cols = 0;
    }
    catch_signals(p);
    p->channel = ssh_channel_open(p->link, &(struct ssh_channel_spec){
                                               .pty = p->pty,
                                               .agent = true,
                                               .term = term && *term ? term : "dumb",
                                               .rows = rows,
                                               .cols = cols,
                                               .command = p->command,
                                               .subsystem = p->subsystem,
                                               .env = (const char *const *)p->settings->set_env,
                                           });
    where_set(&p->where, STAGE_CHANNEL, NULL);
    log_line(1, "%s: %s", p->settings->name, ssh_stage_name(STAGE_CHANNEL));
    p->open_until = p->now + (int64_t)p->settings->timeout * 1000;
}

static void connected(struct pipe *p)
{
    p->link = ssh_connect_take(p->connect);
    loop_unwatch(p->loop, ssh_connect_fd(p->connect));
    ssh_connect_free(p->connect);
    p->connect = NULL;
    local_io_open(&p->in, STDIN_FILENO, false);
    local_io_open(&p->out[0].io, STDOUT_FILENO, true);
    local_io_open(&p->out[1].io, STDERR_FILENO, true);
    open_channel(p);
}

static void failed(struct pipe *p, const struct connect_event *event)
{
    say(p, LEVEL_FATAL, "%s", event->text);
    end(p, FAILED);
}

static void take_event(struct pipe *p, const struct connect_event *event)
{
    switch (event->kind) {
    case CONNECT_STAGE: where_set(&p->where, event->stage, event->text); break;
    case CONNECT_BANNER: show_banner(p, event->text); break;
    case CONNECT_QUESTION: ask(p, event); break;
    case CONNECT_NOTICE:
        /* Which way it goes is no news to a script. */
        if (event->stage > STAGE_CONNECT)
            say(p, LEVEL_INFO, "%s", event->text);
        break;
    case CONNECT_WAITING:
        if (event->text && !event->by_machine)
            say(p, LEVEL_INFO, "%s", event->text);
        break;
    case CONNECT_DONE: connected(p); break;
    case CONNECT_FAILED: failed(p, event); break;
    }
}

static void connect_step(struct pipe *p)
{
    struct connect_event event;
    while (p->connect && !p->over && ssh_connect_next(p->connect, &event)) {
        take_event(p, &event);
        connect_event_release(&event);
    }
}

/* ---- the session ---- */

static void channel_ended(struct pipe *p)
{
    int status = ssh_channel_status(p->channel);
    const char *error = ssh_channel_error(p->channel);
    if (*error)
        say(p, LEVEL_FATAL, "%s: channel: %s", p->settings->name, error);
    end(p, *error || status < 0 ? FAILED : status);
}

/* Told at once: our reader may take its time with what came before. */
static void tell_loss(struct pipe *p, const char *how)
{
    if (!p->lost && ssh_channel_status(p->channel) < 0 && !*ssh_channel_error(p->channel))
        say(p, LEVEL_FATAL, "%s: the link is lost: %s", p->settings->name, how);
    p->lost = true;
}

/* True: go on at once. */
static bool link_step(struct pipe *p)
{
    struct err err = {.text = ""};
    if (!ssh_link_pump(p->link, p->now, &err))
        tell_loss(p, err.text);
    /* Not before: until then Ctrl-C is for us. */
    if (!p->opened && ssh_channel_state(p->channel) == CHANNEL_OPEN) {
        p->opened = true;
        enter_raw(p);
        log_line(1, "%s: open after %lld ms", p->settings->name, (long long)(p->now - p->started));
    }
    bool more = move_bytes(p);
    enum ssh_channel_state state = ssh_channel_state(p->channel);
    bool written = p->out[0].buf.len == 0 && p->out[1].buf.len == 0;
    if (state == CHANNEL_CLOSED && written && !more) {
        channel_ended(p);
    } else if (state == CHANNEL_OPENING && p->now >= p->open_until) {
        say(p, LEVEL_FATAL, "%s: channel: no answer within %d s", p->settings->name,
            p->settings->timeout);
        end(p, FAILED);
    }
    return more;
}

static void watch(struct pipe *p, int fd, bool wanted, short events)
{
    if (wanted)
        loop_watch(p->loop, fd, events, on_ready, p);
    else
        loop_unwatch(p->loop, fd);
}

static void watch_all(struct pipe *p)
{
    if (!p->link)
        return;
    bool open = ssh_channel_state(p->channel) == CHANNEL_OPEN;
    watch(p, ssh_link_fd(p->link), true, POLLIN);
    watch(p, p->in.fd, open && !p->input_ended && p->input.len < INPUT_MAX, POLLIN);
    for (int i = 0; i < 2; i++)
        watch(p, p->out[i].io.fd, p->out[i].buf.len > 0, POLLOUT);
}

static int64_t deadline(const struct pipe *p, bool more)
{
    if (more || p->over)
        return p->now;
    if (!p->link)
        return CLOCK_NEVER;
    bool opening = ssh_channel_state(p->channel) == CHANNEL_OPENING;
    return clock_earlier(ssh_link_deadline(p->link), opening ? p->open_until : CLOCK_NEVER);
}

static void run(struct pipe *p)
{
    while (!p->over) {
        p->now = clock_ms();
        connect_step(p);
        if (p->killed_by && !p->over)
            give_up(p);
        bool more = p->link && !p->over && link_step(p);
        if (p->over)
            break;
        watch_all(p);
        loop_turn(p->loop, p->now, deadline(p, more));
    }
}

/* ---- begin and end ---- */

enum pipe_pty pipe_wants_pty(const struct ssh_settings *settings, bool command, bool stdin_tty)
{
    enum ssh_request_tty request = settings->request_tty;
    bool input_is_tty = stdin_tty && !settings->stdin_null;
    if (request == REQUEST_TTY_FORCE)
        return PIPE_PTY;
    if (request == REQUEST_TTY_NO || (request == REQUEST_TTY_AUTO && (command || !input_is_tty)))
        return PIPE_NO_PTY;
    return input_is_tty ? PIPE_PTY : PIPE_PTY_REFUSED;
}

/* The three exist, so that no descriptor of ours takes their place. */
static void sane_descriptors(bool stdin_null)
{
    int fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = open("/dev/null", O_RDWR);
    if (stdin_null)
        dup2(fd, STDIN_FILENO);
    if (fd >= 0)
        close(fd);
}

static bool start(struct pipe *p, const struct ssh_settings *settings)
{
    struct err err;
    p->can_ask = ask_tty_available();
    struct ssh_settings s;
    ssh_settings_copy(&s, settings);
    if (!p->can_ask)
        ssh_jump_no_terminal(&s);
    s.bulk = !p->pty;
    catch_interrupt(p); /* before the thread tells of anything that could be given up */
    p->connect = ssh_connect_start(&s, &err);
    ssh_settings_release(&s);
    if (!p->connect) {
        say(p, LEVEL_FATAL, "%s", err.text);
        return false;
    }
    loop_watch(p->loop, ssh_connect_fd(p->connect), POLLIN, on_ready, p);
    return true;
}

static void release(struct pipe *p)
{
    leave_raw(p);
    ssh_connect_free(p->connect);
    ssh_link_free(p->link);
    tty_close(p->tty);
    loop_free(p->loop);
    buf_release_secret(&p->input);
    local_io_close(&p->in);
    for (int i = 0; i < 2; i++) {
        buf_release(&p->out[i].buf);
        local_io_close(&p->out[i].io);
    }
}

int pipe_run(const struct pipe_options *options)
{
    const struct ssh_settings *settings = options->settings;
    struct pipe p = {.settings = settings,
                     .command = options->command,
                     .subsystem = options->subsystem,
                     .escape = {.character = settings->escape_char},
                     .in = {.fd = -1},
                     .out = {{.io = {.fd = -1}}, {.io = {.fd = -1}}},
                     .status = FAILED};
    sane_descriptors(settings->stdin_null);
    signal(SIGPIPE, SIG_IGN);
    enum pipe_pty pty =
        pipe_wants_pty(settings, options->command != NULL, isatty(STDIN_FILENO) != 0);
    p.pty = pty == PIPE_PTY;
    if (pty == PIPE_PTY_REFUSED)
        say(&p, LEVEL_INFO,
            "no terminal on the host, since standard input is none (-tt asks all the same)");
    if (settings->notice)
        say(&p, LEVEL_INFO, "%s", settings->notice);
    p.loop = loop_new();
    p.started = clock_ms();
    if (start(&p, settings))
        run(&p);
    release(&p);
    if (p.killed_by)
        raise(p.killed_by);
    return p.status;
}
