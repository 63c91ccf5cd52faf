#include "proto/ssh_connect.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "proto/digest.h"
#include "proto/net_connect.h"
#include "proto/ssh_channel.h"
#include "proto/ssh_priv.h"
#include "proto/ssh_settings.h"

#define GREETING_MAX (64 * 1024) /* more than this before the version line is no SSH server */

struct ssh_connect {
    struct connect_worker worker;
    pthread_t thread;
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
    buf_printf(&text, "%s: %s: ", w->s.name, ssh_stage_name(w->stage));
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

void worker_stage(struct connect_worker *w, enum ssh_stage stage)
{
    w->stage = stage;
    log_line(1, "%s: %s", w->s.name, ssh_stage_name(stage));
    mailbox_post(w->mail, &(struct connect_event){.kind = CONNECT_STAGE, .stage = stage});
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

/* Wait until the session's descriptor has something to do. */
static bool wait_network(struct connect_worker *w, int64_t deadline)
{
    int64_t left = deadline - clock_ms();
    if (left <= 0)
        return worker_fail(w, "no answer within %d s: %s", w->s.timeout, stage_patience(w->stage));
    short events = POLLIN;
    if (ssh_get_poll_flags(w->session) & SSH_WRITE_PENDING)
        events |= POLLOUT;
    struct pollfd polls[] = {{.fd = w->fd, .events = events},
                             {.fd = mailbox_cancel_fd(w->mail), .events = POLLIN}};
    poll(polls, 2, (int)left);
    return polls[1].revents ? fail_cancelled(w) : true;
}

bool worker_drive(struct connect_worker *w, worker_call *call, void *data, int again)
{
    int64_t deadline = stage_deadline(w);
    for (;;) {
        w->rc = call(w, data);
        if (w->failure)
            return false;
        /* libssh waits on for the answer of a connection that has ended. */
        if (w->rc == again && (ssh_get_status(w->session) & (SSH_CLOSED | SSH_CLOSED_ERROR)))
            w->rc = SSH_ERROR;
        if (w->rc != again)
            return true;
        if (!wait_network(w, deadline))
            return false;
    }
}

/* Nobody is there to answer: what would have been asked is told. */
static bool fail_unasked(struct connect_worker *w, struct connect_event *question)
{
    char *text = question->text && *question->text ? question->text : question->prompt[0].text;
    for (char *c = text; (c = strchr(c, '\n'));)
        *c = ' ';
    worker_fail(w, "%s A question would have to be asked, and %s", text,
                w->s.no_terminal ? "there is no terminal" : "BatchMode forbids it");
    connect_event_release(question);
    return false;
}

bool worker_ask(struct connect_worker *w, struct connect_event *question,
                char *answers[CONNECT_PROMPTS])
{
    if (w->s.batch)
        return fail_unasked(w, question);
    question->kind = CONNECT_QUESTION;
    question->stage = w->stage;
    switch (mailbox_ask(w->mail, question, answers)) {
    case MAILBOX_ANSWERED: return true;
    case MAILBOX_GIVEN_UP: return worker_fail(w, "given up at the question");
    default: return fail_cancelled(w);
    }
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
    if (w->s.proxy_jump)
        worker_notice(w, "through %s, which can ask nothing: it takes keys only", w->s.proxy_jump);
    return true;
}

static bool open_stream(struct connect_worker *w)
{
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
    r = net_race(addresses, w->s.bind_address, &wait, &w->fd, w->address, &err);
    freeaddrinfo(addresses);
    return net_done(w, r, &err);
}

/* ---- banner, key exchange ---- */

/* Modes that a man in the middle can shorten where either side lacks "strict key exchange"
   (CVE-2023-48795). libssh cannot tell us whether it was agreed, so they are offered only if
   the config leaves nothing else. */
static bool is_weak_mode(const char *name, size_t len)
{
    static const char chacha[] = "chacha20-poly1305@openssh.com", cbc[] = "-cbc";
    return (len == strlen(chacha) && memcmp(name, chacha, len) == 0) ||
           (len > strlen(cbc) && memcmp(name + len - strlen(cbc), cbc, strlen(cbc)) == 0);
}

static char *strong_ciphers(const char *list)
{
    struct buf out = {0};
    for (const char *at = list; *at;) {
        size_t len = strcspn(at, ",");
        if (len > 0 && !is_weak_mode(at, len)) {
            buf_puts(&out, out.len ? "," : "");
            buf_append(&out, at, len);
        }
        at += len + (at[len] == ',');
    }
    char *text = xstrdup(out.len ? buf_str(&out) : list);
    buf_release(&out);
    return text;
}

static bool set_option(struct connect_worker *w, enum ssh_options_e option, const char *name,
                       const void *value)
{
    if (!value || ssh_options_set(w->session, option, value) == SSH_OK)
        return true;
    return worker_fail(w, "none of the %s that the ssh config allows is supported here", name);
}

static bool set_algorithms(struct connect_worker *w)
{
    static const char usual_ciphers[] = "aes256-gcm@openssh.com,aes128-gcm@openssh.com,"
                                        "aes256-ctr,aes192-ctr,aes128-ctr";
    char *host_keys = worker_host_key_algorithms(w);
    char *ciphers = strong_ciphers(w->s.ciphers ? w->s.ciphers : usual_ciphers);
    bool ok = set_option(w, SSH_OPTIONS_HOSTKEYS, "HostKeyAlgorithms", host_keys) &&
              set_option(w, SSH_OPTIONS_KEY_EXCHANGE, "KexAlgorithms", w->s.kex) &&
              set_option(w, SSH_OPTIONS_CIPHERS_C_S, "Ciphers", ciphers) &&
              set_option(w, SSH_OPTIONS_CIPHERS_S_C, "Ciphers", ciphers) &&
              set_option(w, SSH_OPTIONS_HMAC_C_S, "MACs", w->s.macs) &&
              set_option(w, SSH_OPTIONS_HMAC_S_C, "MACs", w->s.macs) &&
              set_option(w, SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, "PubkeyAcceptedAlgorithms",
                         w->s.pubkey_algs);
    free(ciphers);
    free(host_keys);
    return ok;
}

static bool make_session(struct connect_worker *w)
{
    const bool off = false;
    const int on = 1;
    w->session = ssh_new();
    if (!w->session)
        return worker_fail(w, "no memory for a session");
    ssh_set_blocking(w->session, 0);
    /* The names given here are placeholders that keep libssh from looking for its own. */
    if (ssh_options_set(w->session, SSH_OPTIONS_PROCESS_CONFIG, &off) != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_SSH_DIR, "/nonexistent") != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_HOST, "host") != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_USER, "user") != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_NODELAY, &on) != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_FD, &w->fd) != SSH_OK)
        return worker_fail(w, "libssh refused an option: %s", ssh_get_error(w->session));
    return set_algorithms(w);
}

/* What came instead of "SSH-", to be named in the error. */
struct greeting {
    char text[80];
    bool seen, is_ssh;
    struct ssh_counter_struct traffic;
};

/* libssh reports its progress by this; it has the version line at 0.4. */
static void progress(void *data, float status)
{
    struct connect_worker *w = data;
    if (w->stage == STAGE_BANNER && status > 0.35f)
        worker_stage(w, STAGE_KEX);
}

static int connect_call(struct connect_worker *w, void *data)
{
    struct greeting *g = data;
    char head[72];
    if (w->stage == STAGE_BANNER && !g->seen) {
        ssize_t n = recv(w->fd, head, sizeof head, MSG_PEEK | MSG_DONTWAIT);
        if (n > 0) {
            size_t line = 0;
            while (line < (size_t)n && head[line] != '\r' && head[line] != '\n')
                line++;
            g->seen = true;
            g->is_ssh = n >= 4 && memcmp(head, "SSH-", 4) == 0;
            utf8_sanitize(g->text, sizeof g->text, head, line, sizeof g->text - 1, 0);
        }
    }
    int rc = ssh_connect(w->session);
    if (w->stage == STAGE_BANNER && g->traffic.in_bytes > GREETING_MAX) {
        worker_fail(w, "it sends without end, and no SSH banner");
        return SSH_ERROR;
    }
    return rc;
}

/* libssh: "kex error : no match for method METHOD: server [LIST], client [LIST]" */
static bool fail_no_match(struct connect_worker *w, const char *text)
{
    static const struct {
        const char *method, *option;
    } table[] = {{"kex algos", "KexAlgorithms"},
                 {"server host key algo", "HostKeyAlgorithms"},
                 {"encryption", "Ciphers"},
                 {"mac", "MACs"}};
    const char *server = strstr(text, "server [");
    const char *option = "algorithms";
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strstr(text, table[i].method)) {
            option = table[i].option;
            break;
        }
    char list[300] = "";
    if (server) {
        server += strlen("server [");
        utf8_sanitize(list, sizeof list, server, strcspn(server, "]"), 240, 0);
    }
    return worker_fail(w,
                       "no common %s: the host offers only %s; if you accept one of them, allow "
                       "it with -o %s=+NAME",
                       option, list, option);
}

/* Something answered, but not an SSH server. */
static bool stranger(const struct connect_worker *w, const struct greeting *g)
{
    return g->seen && !g->is_ssh && w->stage == STAGE_BANNER;
}

static bool fail_stranger(struct connect_worker *w, const struct greeting *g)
{
    free(w->failure);
    w->failure = NULL;
    return worker_fail(w, "not an SSH server: it answered '%s'; is %d the right port?", g->text,
                       w->s.port);
}

static bool fail_proxy(struct connect_worker *w)
{
    char *complaint = proxy_command_complaint(&w->proxy);
    worker_fail(w, "%s ended before the host answered%s%s",
                w->s.proxy_jump ? "the connection through the jump host" : "the ProxyCommand",
                *complaint ? ": " : "", complaint);
    free(complaint);
    return false;
}

static bool fail_exchange(struct connect_worker *w, const struct greeting *g)
{
    const char *text = ssh_get_error(w->session);
    char reason[240];
    utf8_sanitize(reason, sizeof reason, text, strlen(text), 200, 0);
    if (stranger(w, g))
        return fail_stranger(w, g);
    if (w->stage == STAGE_BANNER && !g->seen && w->s.proxy_command)
        return fail_proxy(w);
    if (w->stage == STAGE_BANNER && !g->seen)
        return worker_fail(w, "the host closed the connection before saying anything; it may be "
                              "refusing this address or have too many connections");
    if (strstr(text, "no match for method"))
        return fail_no_match(w, text);
    if (strstr(text, "disconnected"))
        return worker_fail(w, "the host closed the connection; its log says why");
    return worker_fail(w, "%s", reason);
}

static bool exchange_keys(struct connect_worker *w)
{
    struct greeting greeting = {.seen = false};
    struct ssh_callbacks_struct callbacks = {.userdata = w, .connect_status_function = progress};
    worker_stage(w, STAGE_BANNER);
    if (!make_session(w))
        return false;
    ssh_callbacks_init(&callbacks);
    ssh_set_callbacks(w->session, &callbacks);
    ssh_set_counters(w->session, &greeting.traffic, NULL);
    bool ok = worker_drive(w, connect_call, &greeting, SSH_AGAIN);
    if (ok && w->rc != SSH_OK)
        ok = fail_exchange(w, &greeting);
    else if (!ok && stranger(w, &greeting) && !mailbox_cancelled(w->mail))
        fail_stranger(w, &greeting); /* says more than that time has run out */
    ssh_set_counters(w->session, NULL, NULL);
    ssh_set_callbacks(w->session, NULL);
    return ok;
}

/* ---- host key ---- */

static bool check_host_key(struct connect_worker *w)
{
    ssh_key key = NULL;
    char *base64 = NULL;
    worker_stage(w, STAGE_HOST_KEY);
    if (ssh_get_server_publickey(w->session, &key) == SSH_OK &&
        ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK)
        w->host_key = base64_decode(base64, strlen(base64), &w->host_key_len);
    ssh_string_free_char(base64);
    ssh_key_free(key);
    if (!w->host_key)
        return worker_fail(w, "the host's key cannot be read");
    log_line(1, "%s: %s at %s, %s, %s", w->s.name, ssh_get_serverbanner(w->session),
             w->address[0] ? w->address : "the proxy's end", ssh_get_kex_algo(w->session),
             ssh_get_cipher_out(w->session));
    return worker_judge_host_key(w);
}

/* ---- the thread ---- */

static void worker_release(struct connect_worker *w)
{
    if (w->session)
        ssh_free(w->session); /* closes the descriptor */
    else if (w->fd >= 0)
        close(w->fd);
    proxy_command_end(&w->proxy);
    free(w->host_key);
    free(w->failure);
    free(w->banner_shown);
    buf_release(&w->tried);
    ssh_settings_release(&w->s);
}

static void *run(void *data)
{
    struct ssh_connect *c = data;
    struct connect_worker *w = &c->worker;
    bool ok = open_stream(w) && exchange_keys(w) && check_host_key(w) && worker_authenticate(w);
    struct connect_event event = {.kind = ok ? CONNECT_DONE : CONNECT_FAILED, .stage = w->stage};
    if (ok) {
        c->link = ssh_link_new(w);
    } else {
        event.text = xstrdup(w->failure ? w->failure : "failed");
        log_line(1, "%s", event.text);
    }
    mailbox_post(w->mail, &event);
    return NULL;
}

struct ssh_connect *ssh_connect_start(const struct ssh_settings *settings, struct err *err)
{
    struct ssh_connect *c = xcalloc(1, sizeof *c);
    c->worker.fd = c->worker.proxy.log_fd = -1;
    c->worker.mail = mailbox_new(err);
    if (!c->worker.mail) {
        free(c);
        return NULL;
    }
    ssh_settings_copy(&c->worker.s, settings);
    sigset_t all, old;
    sigfillset(&all); /* signals are for the program's own thread */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = pthread_create(&c->thread, NULL, run, c);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (rc == 0)
        return c;
    err_set(err, "cannot start a thread: %s", strerror(rc));
    worker_release(&c->worker);
    mailbox_free(c->worker.mail);
    free(c);
    return NULL;
}

int ssh_connect_fd(const struct ssh_connect *c)
{
    return mailbox_fd(c->worker.mail);
}

bool ssh_connect_next(struct ssh_connect *c, struct connect_event *event)
{
    return mailbox_next(c->worker.mail, event);
}

void ssh_connect_answer(struct ssh_connect *c, const char *const *answers, int count)
{
    mailbox_answer(c->worker.mail, answers, count);
}

struct ssh_link *ssh_connect_take(struct ssh_connect *c)
{
    return atomic_exchange(&c->link, NULL);
}

void ssh_connect_free(struct ssh_connect *c)
{
    if (!c)
        return;
    mailbox_cancel(c->worker.mail);
    pthread_join(c->thread, NULL);
    ssh_link_free(c->link);
    worker_release(&c->worker);
    mailbox_free(c->worker.mail);
    free(c);
}

/* ---- the library's own reading of the config ---- */

static void take_option(ssh_session session, enum ssh_options_e option, char **into)
{
    char *value = NULL;
    if (ssh_options_get(session, option, &value) == SSH_OK && value)
        ssh_string_set(into, value);
    ssh_string_free_char(value);
}

bool ssh_library_config(const char *host, const char *user, const char *file,
                        struct ssh_settings *s, struct err *err)
{
    ssh_session session = ssh_new();
    if (!session)
        return err_set(err, "no memory for a session");
    bool ok = ssh_options_set(session, SSH_OPTIONS_HOST, host) == SSH_OK &&
              (!user || ssh_options_set(session, SSH_OPTIONS_USER, user) == SSH_OK) &&
              ssh_options_parse_config(session, file) == SSH_OK;
    if (ok) {
        unsigned port = 22;
        char *identity = NULL;
        take_option(session, SSH_OPTIONS_HOST, &s->hostname);
        take_option(session, SSH_OPTIONS_USER, &s->user);
        take_option(session, SSH_OPTIONS_PROXYCOMMAND, &s->proxy_command);
        take_option(session, SSH_OPTIONS_IDENTITY, &identity);
        if (identity)
            ssh_list_add(&s->identity_file, identity);
        free(identity);
        if (ssh_options_get_port(session, &port) == SSH_OK)
            s->port = (int)port;
    } else {
        err_set(err, "the ssh config cannot be read: %s", ssh_get_error(session));
    }
    ssh_free(session);
    return ok;
}
