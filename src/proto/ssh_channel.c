#include "proto/ssh_channel.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "proto/digest.h"
#include "proto/signal_name.h"
#include "proto/ssh_priv.h"
#include "proto/ssh_settings.h"

/* What a channel holds that was not taken yet. Beyond it the data stay in libssh, which lets
   the host send its window (1.28 MB) and no more. */
#define UNREAD_MAX  (1024 * 1024)
#define REFILL_SIZE (2 * 1024 * 1024) /* more than that window */
/* More than libssh's window waiting there: the host ignores flow control. */
#define ABUSE_MAX (4 * 1024 * 1024)
/* What the host may send while it takes nothing of what waits to be sent: each of its packets
   may cost us an answer in memory. */
#define DEAF_MAX  (16 * 1024 * 1024)
#define READS_MAX 64          /* of 4 KiB each, per pump: the loop has other things to do */
#define WRITE_MAX (64 * 1024) /* queued at once */

struct stream {
    struct buf unread;
    bool held; /* libssh has more, which did not fit */
};

struct ssh_channel {
    struct ssh_channel *next;
    struct ssh_link *link;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    enum ssh_channel_state state;
    enum { STEP_SESSION, STEP_PTY, STEP_ENV, STEP_COMMAND } step;
    bool pty;
    char *term, *command;
    char **env; /* NULL terminated */
    size_t env_next;
    int rows, cols;
    bool resized; /* while opening: send the size once open */
    bool eof;     /* to be sent once open */
    bool dropped; /* nobody wants it any more, but it must be closed once open */
    bool closed_by_host;
    struct stream streams[2]; /* stdout, stderr */
    int status;
    char signal[24];
    char error[200];
};

struct ssh_link {
    ssh_session session;
    ssh_event event;
    int fd;
    struct proxy_command proxy;
    struct ssh_callbacks_struct callbacks;
    struct ssh_counter_struct socket, payload;
    struct ssh_channel *channels;
    char server[128];
    uint8_t *host_key;
    size_t host_key_len;
    bool rekeyed, abused, gone;
    char reason[300]; /* once gone */
    uint64_t out_seen, in_at_progress;
    int alive_interval, alive_count, alive_missed;
    uint64_t alive_in;
    int64_t alive_next;
    int64_t unanswered_since; /* -1: all is acknowledged */
};

/* ---- the link ---- */

/* What a host wants to open with us is refused, not queued. */
static int refuse_message(ssh_session session, ssh_message message, void *data)
{
    (void)session;
    (void)message;
    (void)data;
    return 1;
}

static void progress(void *data, float status)
{
    struct ssh_link *link = data;
    if (status >= 1.0f)
        link->rekeyed = true;
}

struct ssh_link *ssh_link_new(struct connect_worker *w)
{
    struct ssh_link *link = xcalloc(1, sizeof *link);
    link->session = w->session;
    link->fd = w->fd;
    link->host_key = w->host_key;
    link->host_key_len = w->host_key_len;
    link->proxy = w->proxy;
    w->session = NULL;
    w->fd = -1;
    w->proxy = (struct proxy_command){.log_fd = -1};
    w->host_key = NULL;
    link->alive_interval = w->s.alive_interval;
    link->alive_count = w->s.alive_count;
    link->alive_next = CLOCK_NEVER;
    link->unanswered_since = -1;
    const char *server = ssh_get_serverbanner(link->session);
    server = server ? server : "";
    utf8_sanitize(link->server, sizeof link->server, server, strlen(server), 100, 0);
    link->callbacks =
        (struct ssh_callbacks_struct){.userdata = link, .connect_status_function = progress};
    ssh_callbacks_init(&link->callbacks);
    ssh_set_callbacks(link->session, &link->callbacks);
    ssh_set_message_callback(link->session, refuse_message, NULL);
    ssh_set_counters(link->session, &link->socket, &link->payload);
    link->event = ssh_event_new();
    if (!link->event || ssh_event_add_session(link->event, link->session) != SSH_OK)
        BUG("no memory for a connection");
    return link;
}

static void channel_release(struct ssh_channel *ch)
{
    free(ch->term);
    free(ch->command);
    ssh_list_free(ch->env);
    buf_release(&ch->streams[0].unread);
    buf_release(&ch->streams[1].unread);
    free(ch);
}

void ssh_link_free(struct ssh_link *link)
{
    if (!link)
        return;
    while (link->channels) {
        struct ssh_channel *ch = link->channels;
        link->channels = ch->next;
        ssh_remove_channel_callbacks(ch->channel, &ch->callbacks);
        channel_release(ch);
    }
    /* libssh leaves a descriptor open that it was given. */
    bool open = ssh_is_connected(link->session);
    ssh_event_remove_session(link->event, link->session);
    ssh_event_free(link->event);
    ssh_set_counters(link->session, NULL, NULL);
    if (open) {
        ssh_disconnect(link->session);
        close(link->fd);
    }
    ssh_free(link->session);
    proxy_command_end(&link->proxy);
    free(link->host_key);
    free(link);
}

int ssh_link_fd(const struct ssh_link *link)
{
    return link->fd;
}

static bool write_pending(const struct ssh_link *link)
{
    return (ssh_get_poll_flags(link->session) & SSH_WRITE_PENDING) != 0;
}

short ssh_link_events(const struct ssh_link *link)
{
    if (link->gone)
        return 0;
    return (short)(POLLIN | (write_pending(link) ? POLLOUT : 0));
}

const char *ssh_link_server(const struct ssh_link *link)
{
    return link->server;
}

uint64_t ssh_link_received(const struct ssh_link *link)
{
    return link->payload.in_bytes;
}

static bool tcp_state(const struct ssh_link *link, struct tcp_info *info)
{
    socklen_t len = sizeof *info;
    memset(info, 0, sizeof *info);
    return !link->gone && getsockopt(link->fd, IPPROTO_TCP, TCP_INFO, info, &len) == 0;
}

int64_t ssh_link_unanswered(const struct ssh_link *link)
{
    struct tcp_info info;
    if (!tcp_state(link, &info) || info.tcpi_unacked == 0)
        return 0;
    int64_t since_ack = info.tcpi_last_ack_recv;
    int64_t waiting = link->unanswered_since < 0 ? (int64_t)info.tcpi_last_data_sent
                                                 : clock_ms() - link->unanswered_since;
    return waiting < since_ack ? waiting : since_ack;
}

int64_t ssh_link_rtt(const struct ssh_link *link)
{
    struct tcp_info info;
    return tcp_state(link, &info) && info.tcpi_rtt > 0 ? (int64_t)info.tcpi_rtt / 1000 : -1;
}

static bool link_lost(struct ssh_link *link, const char *reason)
{
    if (!link->gone)
        snprintf(link->reason, sizeof link->reason, "%s", reason);
    link->gone = true;
    return false;
}

/* Read and write until there is nothing to do now. */
static bool move_bytes(struct ssh_link *link)
{
    int rc = SSH_OK;
    for (int i = 0; i < READS_MAX && rc == SSH_OK && !link->abused; i++)
        rc = ssh_event_dopoll(link->event, 0);
    if (!ssh_is_connected(link->session) ||
        (ssh_get_status(link->session) & (SSH_CLOSED | SSH_CLOSED_ERROR))) {
        const char *text = ssh_get_error(link->session);
        char reason[sizeof link->reason];
        utf8_sanitize(reason, sizeof reason, text, strlen(text), 200, 0);
        return link_lost(link, strstr(reason, "Socket error: disconnected") || !*reason
                                   ? "the host closed the connection"
                                   : reason);
    }
    if (link->abused)
        return link_lost(link, "the host sends more than it may: the connection was given up");
    return true;
}

/* A hostile host could send requests without end and never read our answers. */
static bool check_deaf(struct ssh_link *link)
{
    if (link->socket.out_bytes != link->out_seen || !write_pending(link)) {
        link->out_seen = link->socket.out_bytes;
        link->in_at_progress = link->payload.in_bytes;
    }
    return link->payload.in_bytes - link->in_at_progress < DEAF_MAX ||
           link_lost(link, "the host sends without reading: the connection was given up");
}

/* libssh checks a new key exchange's signature, but not that the key is still the same. */
static bool check_host_key(struct ssh_link *link)
{
    if (!link->rekeyed)
        return true;
    link->rekeyed = false;
    ssh_key key = NULL;
    char *base64 = NULL;
    size_t len = 0;
    uint8_t *blob = NULL;
    if (ssh_get_server_publickey(link->session, &key) == SSH_OK &&
        ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK)
        blob = base64_decode(base64, strlen(base64), &len);
    bool same = blob && len == link->host_key_len && memcmp(blob, link->host_key, len) == 0;
    free(blob);
    ssh_string_free_char(base64);
    ssh_key_free(key);
    return same || link_lost(link, "the host's key changed during the session: someone may be "
                                   "listening in");
}

/* ServerAliveInterval and ServerAliveCountMax, as ssh counts them. */
static bool keep_alive(struct ssh_link *link, int64_t now)
{
    if (link->alive_interval <= 0)
        return true;
    int64_t interval = (int64_t)link->alive_interval * 1000;
    if (link->alive_next == CLOCK_NEVER || link->payload.in_bytes != link->alive_in) {
        link->alive_in = link->payload.in_bytes;
        link->alive_missed = 0;
        link->alive_next = now + interval;
    }
    if (now < link->alive_next)
        return true;
    if (++link->alive_missed > link->alive_count) {
        char reason[120];
        snprintf(reason, sizeof reason,
                 "no answer for %lld s (ServerAliveInterval %d, CountMax %d)",
                 (long long)link->alive_interval * link->alive_missed, link->alive_interval,
                 link->alive_count);
        return link_lost(link, reason);
    }
    link->alive_next = now + interval;
    /* The first call takes in the answer to the last request, the second sends a new one. */
    ssh_send_keepalive(link->session);
    ssh_send_keepalive(link->session);
    return true;
}

static void watch_acks(struct ssh_link *link, int64_t now)
{
    struct tcp_info info;
    if (!tcp_state(link, &info) || info.tcpi_unacked == 0)
        link->unanswered_since = -1;
    else if (link->unanswered_since < 0)
        link->unanswered_since = now - info.tcpi_last_data_sent;
}

static void channel_pump(struct ssh_channel *ch);
static void channel_end(struct ssh_channel *ch);

bool ssh_link_pump(struct ssh_link *link, int64_t now, struct err *err)
{
    if (!link->gone && move_bytes(link) && check_deaf(link) && check_host_key(link) &&
        keep_alive(link, now))
        watch_acks(link, now);
    for (struct ssh_channel *ch = link->channels, *next; ch; ch = next) {
        next = ch->next;
        channel_pump(ch);
    }
    return !link->gone || err_set(err, "%s", link->reason);
}

int64_t ssh_link_deadline(const struct ssh_link *link)
{
    return link->gone ? CLOCK_NEVER : link->alive_next;
}

/* ---- a channel's callbacks: they only set state ---- */

static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t len,
                   int from_stderr, void *user)
{
    (void)session;
    (void)channel;
    struct ssh_channel *ch = user;
    struct stream *s = &ch->streams[from_stderr != 0];
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

static void on_status(ssh_session session, ssh_channel channel, int status, void *user)
{
    (void)session;
    (void)channel;
    struct ssh_channel *ch = user;
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
    name = strncmp(name, "SIG", 3) == 0 ? name + 3 : name;
    utf8_sanitize(ch->signal, sizeof ch->signal, name, strlen(name), 20, 0);
    ch->status = 128 + signal_number(name);
}

/* ---- opening ---- */

struct ssh_channel *ssh_channel_open(struct ssh_link *link, const struct ssh_channel_spec *spec)
{
    struct ssh_channel *ch = xcalloc(1, sizeof *ch);
    ch->link = link;
    ch->pty = spec->pty;
    ch->term = xstrdup(spec->term ? spec->term : "dumb");
    ch->command = spec->command ? xstrdup(spec->command) : NULL;
    for (size_t i = 0; spec->env && spec->env[i]; i++)
        if (strchr(spec->env[i], '='))
            ssh_list_add(&ch->env, spec->env[i]);
    ch->rows = spec->rows;
    ch->cols = spec->cols;
    ch->status = -1;
    ch->channel = ssh_channel_new(link->session);
    if (!ch->channel)
        BUG("no memory for a channel");
    ch->callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = ch,
        .channel_data_function = on_data,
        .channel_close_function = on_close,
        .channel_exit_status_function = on_status,
        .channel_exit_signal_function = on_signal,
    };
    ssh_callbacks_init(&ch->callbacks);
    if (ssh_add_channel_callbacks(ch->channel, &ch->callbacks) != SSH_OK)
        BUG("no memory for a channel");
    ch->next = link->channels;
    link->channels = ch;
    channel_pump(ch);
    return ch;
}

static void open_failed(struct ssh_channel *ch)
{
    static const char *const what[] = {
        [STEP_SESSION] = "the host opened no channel",
        [STEP_PTY] = "the host gave no terminal",
        [STEP_ENV] = "the host took no environment",
        [STEP_COMMAND] = "the host did not start the command",
    };
    const char *text = ssh_get_error(ch->link->session);
    char reason[120];
    utf8_sanitize(reason, sizeof reason, text, strlen(text), 100, 0);
    snprintf(ch->error, sizeof ch->error, "%s: %.120s", what[ch->step],
             ch->link->gone ? ch->link->reason : reason);
    ch->state = CHANNEL_CLOSED;
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
    case STEP_SESSION: return ssh_channel_open_session(ch->channel);
    case STEP_PTY: return ssh_channel_request_pty_size(ch->channel, ch->term, ch->cols, ch->rows);
    case STEP_ENV: return request_env(ch);
    default:
        return ch->command ? ssh_channel_request_exec(ch->channel, ch->command)
                           : ssh_channel_request_shell(ch->channel);
    }
}

static void next_step(struct ssh_channel *ch)
{
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
        int rc = open_step(ch);
        if (rc == SSH_AGAIN)
            return;
        if (rc != SSH_OK && ch->step != STEP_ENV) {
            open_failed(ch);
        } else if (ch->dropped || ch->step == STEP_COMMAND) {
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
    int n = ssh_channel_read_nonblocking(ch->channel, data, REFILL_SIZE, which);
    if (n > 0)
        buf_append(&s->unread, data, (size_t)n);
    if (n == REFILL_SIZE)
        s->held = true;
    free(data);
}

static bool drained(const struct ssh_channel *ch)
{
    for (int i = 0; i < 2; i++)
        if (ch->streams[i].unread.len > 0 || (ch->streams[i].held && !ch->link->gone))
            return false;
    return true;
}

static void channel_pump(struct ssh_channel *ch)
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
    if (ch->dropped && ch->state != CHANNEL_OPENING)
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
    channel_release(ch);
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

enum ssh_channel_state ssh_channel_state(const struct ssh_channel *ch)
{
    return ch->state;
}

const char *ssh_channel_error(const struct ssh_channel *ch)
{
    return ch->error;
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
        channel_pump(ch);
    return n;
}

size_t ssh_channel_give(struct ssh_channel *ch, const void *data, size_t len)
{
    if (ch->state != CHANNEL_OPEN || ch->closed_by_host || ch->link->gone ||
        write_pending(ch->link))
        return 0;
    size_t window = ssh_channel_window_size(ch->channel);
    size_t n = len < window ? len : window;
    n = n < WRITE_MAX ? n : WRITE_MAX;
    int rc = n > 0 ? ssh_channel_write(ch->channel, data, (uint32_t)n) : 0;
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

void ssh_channel_signal(struct ssh_channel *ch, const char *name)
{
    if (ch->state == CHANNEL_OPEN && !ch->closed_by_host && !ch->link->gone)
        ssh_channel_request_send_signal(ch->channel, name);
}

int ssh_channel_status(const struct ssh_channel *ch)
{
    return ch->status;
}

const char *ssh_channel_signal_name(const struct ssh_channel *ch)
{
    return ch->signal;
}
