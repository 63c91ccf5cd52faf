/* A channel of a connection: opened step by step, read and written without waiting. */
#include "proto/ssh_link_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libssh/libssh.h>

#include "base/utf8.h"
#include "proto/signal_name.h"
#include "proto/ssh_settings.h"

/* What a channel holds that was not taken yet. Beyond it the data stay in libssh, which lets
   the host send its window (1.28 MB) and no more. */
#define UNREAD_MAX  (1024 * 1024)
#define REFILL_SIZE (2 * 1024 * 1024) /* more than that window */
/* More than libssh's window waiting there: the host ignores flow control. */
#define ABUSE_MAX (4 * 1024 * 1024)
#define WRITE_MAX (64 * 1024) /* queued at once */

/* ---- a channel's callbacks: they only set state ---- */

static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t len,
                   int from_stderr, void *user)
{
    (void)session;
    (void)channel;
    struct ssh_channel *ch = user;
    struct stream *s = &ch->streams[from_stderr != 0];
    if (ch->link->impostor)
        return (int)len;
    if (len > ABUSE_MAX)
        ch->link->abused = true;
    size_t room = s->unread.len < UNREAD_MAX ? UNREAD_MAX - s->unread.len : 0;
    size_t n = ch->dropped ? len : len < room ? len : room;
    if (!ch->dropped)
        buf_append(&s->unread, data, n);
    s->held = n < len;
    return (int)n;
}

static void on_close(ssh_session session, ssh_channel channel, void *user)
{
    (void)session;
    (void)channel;
    struct ssh_channel *ch = user;
    ch->closed_by_host = true;
}

static void on_eof(ssh_session session, ssh_channel channel, void *user)
{
    (void)session;
    (void)channel;
    struct ssh_channel *ch = user;
    ch->ended_by_host = true;
}

static void on_status(ssh_session session, ssh_channel channel, int status, void *user)
{
    (void)session;
    (void)channel;
    struct ssh_channel *ch = user;
    if (!ch->link->impostor)
        ch->status = status & 0xff;
}

static void on_signal(ssh_session session, ssh_channel channel, const char *name, int core,
                      const char *message, const char *language, void *user)
{
    (void)session;
    (void)channel;
    (void)core;
    (void)message;
    (void)language;
    struct ssh_channel *ch = user;
    if (ch->link->impostor)
        return;
    name = strncmp(name, "SIG", 3) == 0 ? name + 3 : name;
    utf8_sanitize(ch->signal, sizeof ch->signal, name, strlen(name), 20, 0);
    ch->status = 128 + signal_number(name);
}

/* ---- opening ---- */

void ssh_channel_release(struct ssh_channel *ch)
{
    free(ch->term);
    free(ch->command);
    free(ch->forward_host);
    ssh_list_free(ch->env);
    buf_release(&ch->streams[0].unread);
    buf_release(&ch->streams[1].unread);
    free(ch);
}

static struct ssh_channel *make_channel(struct ssh_link *link)
{
    struct ssh_channel *ch = xcalloc(1, sizeof *ch);
    ch->link = link;
    ch->status = -1;
    ch->channel = ssh_channel_new(link->session);
    if (!ch->channel)
        BUG("no memory for a channel");
    ch->callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = ch,
        .channel_data_function = on_data,
        .channel_close_function = on_close,
        .channel_eof_function = on_eof,
        .channel_exit_status_function = on_status,
        .channel_exit_signal_function = on_signal,
    };
    ssh_callbacks_init(&ch->callbacks);
    if (ssh_add_channel_callbacks(ch->channel, &ch->callbacks) != SSH_OK)
        BUG("no memory for a channel");
    ch->next = link->channels;
    link->channels = ch;
    return ch;
}

struct ssh_channel *ssh_channel_adopt(struct ssh_link *link)
{
    struct ssh_channel *ch = make_channel(link);
    ch->state = CHANNEL_OPEN;
    return ch;
}

struct ssh_channel *ssh_channel_open(struct ssh_link *link, const struct ssh_channel_spec *spec)
{
    struct ssh_channel *ch = make_channel(link);
    ch->pty = spec->pty;
    ch->agent = spec->agent && link->agent_path;
    ch->term = xstrdup(spec->term ? spec->term : "dumb");
    ch->command = spec->command ? xstrdup(spec->command) : NULL;
    ch->subsystem = spec->subsystem;
    for (size_t i = 0; spec->env && spec->env[i]; i++)
        if (strchr(spec->env[i], '='))
            ssh_list_add(&ch->env, spec->env[i]);
    ch->forward_host = spec->forward_host ? xstrdup(spec->forward_host) : NULL;
    ch->forward_port = spec->forward_port;
    ch->step = ch->forward_host ? STEP_FORWARD : STEP_SESSION;
    ch->rows = spec->rows;
    ch->cols = spec->cols;
    ssh_channel_pump(ch);
    return ch;
}

/* The reasons are those of RFC 4254 5.1. */
static void forward_failed(struct ssh_channel *ch, const char *text)
{
    static const char *const reasons[] = {
        [1] = "does not forward connections (AllowTcpForwarding and PermitOpen there)",
        [2] = "cannot connect to",
        [4] = "has no room for a connection to",
    };
    char said[SSH_WORDS_MAX];
    unsigned reason = ssh_words_refusal(text, said);
    if (reason >= sizeof reasons / sizeof reasons[0] || !reasons[reason])
        reason = 2;
    if (ch->closed_by_host) /* opened and closed, before we could see it open */
        snprintf(ch->error, sizeof ch->error, "connected to %.80s port %d, which hung up at once",
                 ch->forward_host, ch->forward_port);
    else if (reason == 1)
        snprintf(ch->error, sizeof ch->error, "%s", reasons[reason]);
    else
        snprintf(ch->error, sizeof ch->error, "%s %.80s port %d: %.80s", reasons[reason],
                 ch->forward_host, ch->forward_port, *said ? said : "it does not say why");
}

static void open_failed(struct ssh_channel *ch)
{
    static const char *const what[] = {
        [STEP_SESSION] = "the host opened no channel",
        [STEP_PTY] = "the host gave no terminal",
        [STEP_ENV] = "the host took no environment",
        [STEP_COMMAND] = "the host did not start the command",
    };
    struct ssh_link *link = ch->link;
    const char *text = ssh_guard_error(link->guard);
    char reason[SSH_WORDS_MAX];
    ch->state = CHANNEL_CLOSED;
    if (link->gone || !ssh_link_alive(link)) {
        /* Whatever it may have granted that was not read. */
        snprintf(ch->error, sizeof ch->error, "%s%s",
                 ch->step == STEP_FORWARD ? "lost the connection: " : "", link->reason);
        return;
    }
    if (ch->step == STEP_FORWARD) {
        forward_failed(ch, text);
        return;
    }
    ssh_words(text, reason);
    bool subsystem = ch->step == STEP_COMMAND && ch->subsystem;
    snprintf(ch->error, sizeof ch->error, "%s: %s",
             subsystem ? "the host did not start the subsystem" : what[ch->step],
             ch->closed_by_host ? "it closed the channel" : reason);
}

/* libssh always asks the host for an answer to it. */
static int request_env(struct ssh_channel *ch)
{
    const char *text = ch->env[ch->env_next];
    const char *value = strchr(text, '=');
    char *name = xstrndup(text, (size_t)(value - text));
    int rc = ssh_channel_request_env(ch->channel, name, value + 1);
    free(name);
    return rc;
}

static int open_step(struct ssh_channel *ch)
{
    switch (ch->step) {
    case STEP_FORWARD:
        return ssh_channel_open_forward(ch->channel, ch->forward_host, ch->forward_port,
                                        "127.0.0.1", 0);
    case STEP_SESSION: return ssh_channel_open_session(ch->channel);
    case STEP_PTY: return ssh_channel_request_pty_size(ch->channel, ch->term, ch->cols, ch->rows);
    case STEP_ENV: return request_env(ch);
    default:
        if (ch->subsystem && ch->command)
            return ssh_channel_request_subsystem(ch->channel, ch->command);
        return ch->command ? ssh_channel_request_exec(ch->channel, ch->command)
                           : ssh_channel_request_shell(ch->channel);
    }
}

/* No answer is asked for: what the host makes of it shows when it opens a channel. */
static void ask_agent(struct ssh_channel *ch)
{
    ssh_channel_request_auth_agent(ch->channel);
    ch->link->agent_asked = true;
}

static void next_step(struct ssh_channel *ch)
{
    if (ch->step == STEP_SESSION && ch->agent)
        ask_agent(ch);
    if (ch->step == STEP_ENV)
        ch->env_next++;
    if (ch->step == STEP_SESSION && ch->pty)
        ch->step = STEP_PTY;
    else
        ch->step = ch->env && ch->env[ch->env_next] ? STEP_ENV : STEP_COMMAND;
}

static void advance_opening(struct ssh_channel *ch)
{
    while (ch->state == CHANNEL_OPENING) {
        ssh_link_listen(ch->link);
        int rc = open_step(ch);
        ssh_guard_listen_end();
        if (rc == SSH_AGAIN && !ch->closed_by_host)
            return; /* libssh would wait for an answer on a closed channel, too */
        if (rc != SSH_OK && (ch->step != STEP_ENV || !ssh_link_alive(ch->link))) {
            open_failed(ch);
        } else if (ch->dropped || ch->step == STEP_COMMAND || ch->step == STEP_FORWARD) {
            ch->state = CHANNEL_OPEN;
        } else {
            next_step(ch);
        }
    }
}

/* ---- running ---- */

static void send_deferred(struct ssh_channel *ch)
{
    if (ch->state != CHANNEL_OPEN || ch->closed_by_host)
        return;
    if (ch->resized)
        ssh_channel_change_pty_size(ch->channel, ch->cols, ch->rows);
    if (ch->eof)
        ssh_channel_send_eof(ch->channel);
    ch->resized = ch->eof = false;
}

/*
 * Take over all that libssh still holds, at once and only when nothing else waits: each read
 * opens its window anew, whatever it holds, so that many small reads would let the host send
 * without a bound.
 */
static void refill(struct ssh_channel *ch, int which)
{
    struct stream *s = &ch->streams[which];
    if (!s->held || s->unread.len > 0)
        return;
    /* Not read into s->unread: the read takes in packets too, and their callback appends what
       stands before this to it. */
    uint8_t *data = xmalloc(REFILL_SIZE);
    s->held = false;
    ssh_link_listen(ch->link);
    int n = ssh_channel_read_nonblocking(ch->channel, data, REFILL_SIZE, which);
    ssh_guard_listen_end();
    if (n > 0)
        buf_append(&s->unread, data, (size_t)n);
    if (n == REFILL_SIZE)
        s->held = true;
    free(data);
}

static bool drained(const struct ssh_channel *ch)
{
    for (int i = 0; i < 2 && !ch->dropped; i++)
        if (ch->streams[i].unread.len > 0 || (ch->streams[i].held && !ch->link->gone))
            return false;
    return true;
}

static void channel_end(struct ssh_channel *ch);

void ssh_channel_pump(struct ssh_channel *ch)
{
    if (ch->link->gone && ch->state == CHANNEL_OPENING)
        open_failed(ch);
    advance_opening(ch);
    send_deferred(ch);
    if (ch->state == CHANNEL_OPEN && (ch->closed_by_host || ch->link->gone) && drained(ch)) {
        ch->state = CHANNEL_CLOSED;
        if (!ch->link->gone)
            ssh_channel_close(ch->channel);
    }
    if (ch->dropped && ch->state != CHANNEL_OPENING && !(ch->left && ch->state == CHANNEL_OPEN))
        channel_end(ch);
}

static void channel_end(struct ssh_channel *ch)
{
    struct ssh_link *link = ch->link;
    struct ssh_channel **at = &link->channels;
    while (*at != ch)
        at = &(*at)->next;
    *at = ch->next;
    ssh_remove_channel_callbacks(ch->channel, &ch->callbacks);
    if (!link->gone && ch->error[0] == '\0') {
        /* With a full socket the first call sends only the end of file. */
        ssh_channel_close(ch->channel);
        ssh_channel_close(ch->channel);
    }
    ssh_channel_free(ch->channel);
    ssh_channel_release(ch);
}

void ssh_channel_drop(struct ssh_channel *ch)
{
    if (!ch)
        return;
    /* A channel that is being opened must be closed when the host has opened it: libssh would
       forget it and leave it open there. */
    ch->dropped = true;
    if (ch->state != CHANNEL_OPENING || ch->link->gone)
        channel_end(ch);
}

void ssh_channel_leave(struct ssh_channel *ch)
{
    bool runs = ch && ch->step == STEP_COMMAND && ch->state != CHANNEL_CLOSED;
    if (!runs || ch->link->gone) {
        ssh_channel_drop(ch);
        return;
    }
    ch->dropped = ch->left = true;
}

enum ssh_channel_state ssh_channel_state(const struct ssh_channel *ch)
{
    return ch->state;
}

const char *ssh_channel_error(const struct ssh_channel *ch)
{
    return ch->error;
}

bool ssh_channel_at_end(const struct ssh_channel *ch)
{
    return (ch->ended_by_host || ch->closed_by_host || ch->link->gone) && drained(ch);
}

size_t ssh_channel_take(struct ssh_channel *ch, bool from_stderr, void *data, size_t size)
{
    struct stream *s = &ch->streams[from_stderr];
    size_t n = s->unread.len < size ? s->unread.len : size;
    if (n > 0) {
        memcpy(data, buf_data(&s->unread), n);
        buf_consume(&s->unread, n);
    }
    if (!ch->link->gone)
        refill(ch, from_stderr);
    if (ch->closed_by_host || ch->link->gone)
        ssh_channel_pump(ch);
    return n;
}

size_t ssh_channel_give(struct ssh_channel *ch, const void *data, size_t len)
{
    if (ch->state != CHANNEL_OPEN || ch->closed_by_host || ch->link->gone ||
        ssh_link_full(ch->link) || ssh_guard_verdict(ch->link->guard))
        return 0;
    size_t window = ssh_channel_window_size(ch->channel);
    size_t n = len < window ? len : window;
    n = n < WRITE_MAX ? n : WRITE_MAX;
    ssh_link_listen(ch->link);
    int rc = n > 0 ? ssh_channel_write(ch->channel, data, (uint32_t)n) : 0;
    ssh_guard_listen_end();
    ch->link->written = false;
    return rc > 0 ? (size_t)rc : 0;
}

void ssh_channel_give_eof(struct ssh_channel *ch)
{
    ch->eof = true;
    if (!ch->link->gone)
        send_deferred(ch);
}

void ssh_channel_resize(struct ssh_channel *ch, int rows, int cols)
{
    ch->resized = ch->resized || rows != ch->rows || cols != ch->cols;
    ch->rows = rows;
    ch->cols = cols;
    if (!ch->link->gone)
        send_deferred(ch);
}

int ssh_channel_status(const struct ssh_channel *ch)
{
    return ch->status;
}

const char *ssh_channel_signal_name(const struct ssh_channel *ch)
{
    return ch->signal;
}
