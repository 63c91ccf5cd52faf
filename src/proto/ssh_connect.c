#include "proto/ssh_connect.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libssh/libssh.h>

#include "base/clock.h"
#include "base/log.h"
#include "proto/crypto_memory.h"
#include "proto/key_ring.h"
#include "proto/net_connect.h"
#include "proto/net_socket.h"
#include "proto/ssh_channel.h"
#include "proto/ssh_priv.h"
#include "proto/ssh_settings.h"
#include "proto/ssh_words.h"

#define END_PATIENCE_S 1
#define PUSH_MS        2000 /* a host that takes longer to judge an answer waits for a person */
#define LOCAL_WAIT_MS  250  /* a call that reads from the network takes much less */

struct ssh_connect {
    struct ssh_settings settings;
    struct mailbox *mail;
    struct key_ring *ring;
    pthread_t thread;
    atomic_int holders;
    _Atomic(struct ssh_link *) link; /* set by the thread before CONNECT_DONE is posted */
};

const char *ssh_stage_name(enum ssh_stage stage)
{
    static const char *const names[] = {
        [STAGE_RESOLVE] = "resolve",   [STAGE_CONNECT] = "connect",
        [STAGE_BANNER] = "banner",     [STAGE_KEX] = "key exchange",
        [STAGE_HOST_KEY] = "host key", [STAGE_AUTH] = "authentication",
        [STAGE_CHANNEL] = "channel",   [STAGE_SHELL] = "shell",
    };
    return names[stage];
}

/* ---- what every stage uses ---- */

bool worker_fail(struct connect_worker *w, const char *format, ...)
{
    if (w->failure)
        return false;
    va_list args;
    va_start(args, format);
    struct buf text = {0};
    buf_printf(&text, "%s: ", w->target);
    if (w->is_hop)
        buf_printf(&text, "by way of %s: ", w->s.name);
    buf_printf(&text, "%s: ", ssh_stage_name(w->stage));
    char *reason;
    if (vasprintf(&reason, format, args) < 0)
        BUG("out of memory");
    va_end(args);
    buf_puts(&text, reason);
    free(reason);
    w->failure = xstrdup(buf_str(&text));
    buf_release(&text);
    return false;
}

void worker_notice(struct connect_worker *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct connect_event event = {.kind = CONNECT_NOTICE, .stage = w->stage};
    if (vasprintf(&event.text, format, args) < 0)
        BUG("out of memory");
    va_end(args);
    mailbox_post(w->mail, &event);
}

void worker_waiting(struct connect_worker *w, const char *format, ...)
{
    va_list args;
    struct connect_event event = {.kind = CONNECT_WAITING, .stage = w->stage};
    va_start(args, format);
    if (format && vasprintf(&event.text, format, args) < 0)
        BUG("out of memory");
    va_end(args);
    mailbox_post(w->mail, &event);
}

/* What the stage that is over has taken. */
static void log_stage_end(struct connect_worker *w)
{
    int64_t now = clock_ms();
    if (w->stage_since)
        log_line(1, "%s: %s took %lld ms", w->s.name, ssh_stage_name(w->stage),
                 (long long)(now - w->stage_since));
    w->stage_since = now;
}

void worker_busy(struct connect_worker *w, const char *text)
{
    struct connect_event event = {.kind = CONNECT_WAITING, .stage = w->stage, .by_machine = true};
    event.text = xstrdup(text);
    mailbox_post(w->mail, &event);
}

void worker_stage(struct connect_worker *w, enum ssh_stage stage)
{
    log_stage_end(w);
    w->stage = stage;
    struct connect_event event = {.kind = CONNECT_STAGE, .stage = stage};
    event.text = w->is_hop ? xstrdup(w->s.name) : NULL;
    mailbox_post(w->mail, &event);
    log_line(1, "%s: %s", w->s.name, ssh_stage_name(stage));
}

static bool fail_cancelled(struct connect_worker *w)
{
    return worker_fail(w, "cancelled");
}

static int64_t stage_deadline(const struct connect_worker *w)
{
    return clock_ms() + (int64_t)w->s.timeout * 1000;
}

static const char *stage_patience(enum ssh_stage stage)
{
    switch (stage) {
    case STAGE_BANNER:
        return "the port is open but nothing there speaks SSH; is it the right port?";
    case STAGE_KEX:
        return "the host stopped answering; it may be overloaded, or a firewall or a "
               "wrong MTU drops large packets";
    default: return "the host stopped answering; try again, or a longer --timeout";
    }
}

bool worker_wait(struct connect_worker *w, int fd, short events, int64_t deadline)
{
    struct pollfd polls[] = {{.fd = mailbox_cancel_fd(w->mail), .events = POLLIN},
                             {.fd = fd, .events = events},
                             {.fd = -1, .events = POLLIN}};
    int64_t until = deadline, now = clock_ms();
    if (w->via) {
        polls[2].fd = ssh_tunnel_fd(w->via);
        until = clock_earlier(deadline, ssh_tunnel_deadline(w->via));
    }
    int64_t left = until > now ? until - now : 0;
    poll(polls, 3, until == CLOCK_NEVER ? -1 : left < INT_MAX ? (int)left : INT_MAX);
    if (polls[0].revents)
        return fail_cancelled(w);
    struct err err;
    return !w->via || ssh_tunnel_pump(w->via, clock_ms(), &err) || worker_fail(w, "%s", err.text);
}

/* How long one answer may take; and when to say that it takes long where there is no limit. */
struct patience {
    int64_t deadline, tell;
    bool told;
};

/* Wait until the session's descriptor has something to do. */
static bool wait_network(struct connect_worker *w, struct patience *p)
{
    int64_t now = clock_ms();
    if (now >= p->deadline)
        return worker_fail(w, "no answer within %d s: %s", w->s.timeout, stage_patience(w->stage));
    if (now >= p->tell) {
        worker_waiting(w, "waiting for the host: a push or a second factor may be awaited");
        p->told = true;
        p->tell = CLOCK_NEVER;
    }
    short events = POLLIN;
    if (ssh_get_poll_flags(w->session) & SSH_WRITE_PENDING)
        events |= POLLOUT;
    return worker_wait(w, w->fd, events, clock_earlier(p->deadline, p->tell));
}

static bool call_once(struct connect_worker *w, worker_call *call, void *data, int again,
                      struct patience *p)
{
    int64_t before = clock_ms();
    ssh_guard_listen(w->guard, GUARD_ALL);
    w->rc = call(w, data);
    ssh_guard_listen_end();
    /* What an agent, a ticket server or a person takes is not the host's time; what its packets
       take is, however many it sends. */
    int64_t took = clock_ms() - before;
    if (p->deadline != CLOCK_NEVER && took > LOCAL_WAIT_MS)
        p->deadline += took;
    if (w->failure)
        return false;
    if (ssh_guard_verdict(w->guard))
        return worker_fail(w, "%s", ssh_guard_verdict(w->guard));
    /* libssh waits on for the answer of a connection that has ended, or that it cannot read. */
    if (w->rc == again && ((ssh_get_status(w->session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) ||
                           ssh_words_hopeless(ssh_get_error(w->session))))
        w->rc = SSH_ERROR;
    return true;
}

bool worker_drive(struct connect_worker *w, worker_call *call, void *data, int again)
{
    struct patience p = {.deadline = w->patient ? CLOCK_NEVER : stage_deadline(w),
                         .tell = w->patient ? clock_ms() + PUSH_MS : CLOCK_NEVER};
    while (call_once(w, call, data, again, &p) && w->rc == again && wait_network(w, &p))
        continue;
    if (p.told)
        worker_waiting(w, NULL);
    return !w->failure;
}

/* ---- resolve, connect ---- */

static bool net_done(struct connect_worker *w, enum net_result result, const struct err *err)
{
    switch (result) {
    case NET_OK: return true;
    case NET_CANCELLED: return fail_cancelled(w);
    case NET_TIMEOUT:
        if (w->stage == STAGE_RESOLVE)
            return worker_fail(w,
                               "the name '%s' was not resolved within %d s: does the DNS "
                               "answer?",
                               w->s.hostname, w->s.timeout);
        return worker_fail(w, "timed out after %d s: %s", w->s.timeout, err->text);
    default: return worker_fail(w, "%s", err->text);
    }
}

static bool open_proxy(struct connect_worker *w)
{
    struct err err;
    worker_stage(w, STAGE_CONNECT);
    if (!proxy_command_start(&w->proxy, w->s.proxy_command, &w->fd, &err))
        return worker_fail(w, "%s", err.text);
    return true;
}

/* By the host before this one, which looks the name up. */
static bool open_way(struct connect_worker *w)
{
    worker_stage(w, STAGE_CONNECT);
    int64_t deadline = stage_deadline(w);
    while (ssh_tunnel_state(w->via) == CHANNEL_OPENING) {
        if (clock_ms() >= deadline)
            return worker_fail(w, "%s did not connect to %s port %d within %d s",
                               ssh_tunnel_name(w->via), w->s.hostname, w->s.port, w->s.timeout);
        if (!worker_wait(w, -1, 0, deadline))
            return false;
    }
    if (ssh_tunnel_state(w->via) == CHANNEL_CLOSED && *ssh_tunnel_error(w->via))
        return worker_fail(w, "%s %s", ssh_tunnel_name(w->via), ssh_tunnel_error(w->via));
    w->fd = ssh_tunnel_take(w->via);
    return true;
}

static bool open_stream(struct connect_worker *w)
{
    if (w->via)
        return open_way(w);
    if (w->s.proxy_command)
        return open_proxy(w);
    struct err err = {""};
    struct addrinfo *addresses = NULL;
    worker_stage(w, STAGE_RESOLVE);
    struct net_wait wait = {mailbox_cancel_fd(w->mail), stage_deadline(w)};
    enum net_result r = net_resolve(w->s.hostname, w->s.port, w->s.family, &wait, &addresses, &err);
    if (!net_done(w, r, &err))
        return false;
    worker_stage(w, STAGE_CONNECT);
    wait.deadline = stage_deadline(w);
    const struct net_options options = {.bind_address = w->s.bind_address,
                                        .bind_interface = w->s.bind_interface,
                                        .keepalive = w->s.tcp_keepalive,
                                        .tos = net_tos(w->s.ipqos, w->s.bulk),
                                        .attempts = w->s.attempts};
    r = net_race(addresses, &options, &wait, &w->fd, w->address, &err);
    freeaddrinfo(addresses);
    return net_done(w, r, &err);
}

/* ---- the thread ---- */

static void worker_release(struct connect_worker *w)
{
    ssh_guard_free(w->guard);
    if (w->session)
        ssh_free(w->session); /* closes the descriptor */
    else if (w->fd >= 0)
        close(w->fd);
    ssh_tunnel_free(w->via);
    proxy_command_end(&w->proxy);
    free(w->host_key);
    free(w->failure);
    free(w->banner_shown);
    buf_release(&w->tried);
}

/* Through all stages; NULL: CONNECT_FAILED has been posted. */
static struct ssh_link *connect_one(struct connect_worker *w)
{
    if (open_stream(w) && worker_exchange_keys(w) && worker_check_host_key(w) &&
        worker_authenticate(w)) {
        log_stage_end(w);
        return ssh_link_new(w);
    }
    struct connect_event event = {.kind = CONNECT_FAILED, .stage = w->stage};
    event.text = xstrdup(w->failure ? w->failure : "failed");
    log_line(1, "%s", event.text);
    mailbox_post(w->mail, &event);
    return NULL;
}

/* Threads that nobody waits for any more. */
static atomic_int left_behind;

/* The program and the thread hold it; true: this was the last to. */
static bool connect_leave(struct ssh_connect *c)
{
    if (atomic_fetch_sub(&c->holders, 1) > 1)
        return false;
    ssh_link_free(c->link);
    ssh_settings_release(&c->settings);
    key_ring_free(c->ring);
    mailbox_free(c->mail);
    free(c);
    return true;
}

/* One hop after the other, each reached by the one before. */
static void connect_all(struct ssh_connect *c)
{
    struct ssh_link *link = NULL;
    for (size_t i = 0; i <= c->settings.jump_count; i++) {
        bool is_hop = i < c->settings.jump_count;
        struct connect_worker w = {.s = is_hop ? c->settings.jump[i] : c->settings,
                                   .target = c->settings.name,
                                   .is_hop = is_hop,
                                   .mail = c->mail,
                                   .ring = c->ring,
                                   .fd = -1};
        struct err err;
        bool ok = !link || (w.via = ssh_tunnel_new(link, c->settings.jump[i - 1].name, w.s.hostname,
                                                   w.s.port, &err));
        link = ok ? connect_one(&w) : NULL;
        worker_release(&w);
        if (!ok)
            mailbox_post(c->mail, &(struct connect_event){.kind = CONNECT_FAILED,
                                                          .stage = STAGE_CONNECT,
                                                          .text = xstrdup(err.text)});
        if (!link)
            return;
    }
    c->link = link;
    mailbox_post(c->mail, &(struct connect_event){.kind = CONNECT_DONE, .stage = STAGE_AUTH});
}

static void *run(void *data)
{
    struct ssh_connect *c = data;
    connect_all(c);
    if (connect_leave(c))
        atomic_fetch_sub(&left_behind, 1);
    return NULL;
}

struct ssh_connect *ssh_connect_start(const struct ssh_settings *settings, struct err *err)
{
    struct ssh_connect *c = xcalloc(1, sizeof *c);
    c->mail = mailbox_new(err);
    if (!c->mail) {
        free(c);
        return NULL;
    }
    if (!crypto_memory_is_wiped())
        log_line(1, "what libcrypto frees is not overwritten here");
    c->ring = key_ring_new();
    atomic_init(&c->holders, 2);
    ssh_settings_copy(&c->settings, settings);
    sigset_t all, old;
    sigfillset(&all); /* signals are for the program's own thread */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = pthread_create(&c->thread, NULL, run, c);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (rc == 0)
        return c;
    err_set(err, "cannot start a thread: %s", strerror(rc));
    atomic_init(&c->holders, 1);
    connect_leave(c);
    return NULL;
}

int ssh_connect_fd(const struct ssh_connect *c)
{
    return mailbox_fd(c->mail);
}

bool ssh_connect_next(struct ssh_connect *c, struct connect_event *event)
{
    return mailbox_next(c->mail, event);
}

void ssh_connect_answer(struct ssh_connect *c, const char *const *answers, int count)
{
    mailbox_answer(c->mail, answers, count);
}

struct ssh_link *ssh_connect_take(struct ssh_connect *c)
{
    return atomic_exchange(&c->link, NULL);
}

bool ssh_connect_busy(void)
{
    return atomic_load(&left_behind) > 0;
}

void ssh_connect_free(struct ssh_connect *c)
{
    if (!c)
        return;
    struct timespec until;
    mailbox_cancel(c->mail);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += END_PATIENCE_S;
    /* It gives up at once, unless a library keeps it, such as one that asks a Kerberos server. */
    bool late = pthread_clockjoin_np(c->thread, NULL, CLOCK_MONOTONIC, &until) == ETIMEDOUT;
    if (late) {
        atomic_fetch_add(&left_behind, 1);
        pthread_detach(c->thread);
    }
    if (connect_leave(c) && late)
        atomic_fetch_sub(&left_behind, 1);
}
