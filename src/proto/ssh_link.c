/* An authenticated connection: its bytes moved, its liveness and its host key watched. */
#include "proto/ssh_link_priv.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libssh/server.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "proto/agent_forward.h"
#include "proto/agent_io.h"
#include "proto/digest.h"
#include "proto/ssh_priv.h"
#include "proto/ssh_tunnel.h"

#define READS_MAX 64 /* of 4 KiB each, per pump: the loop has other things to do */

/* libssh checks a new key exchange's signature, but not that the key is still the same. */
static bool same_host_key(const struct ssh_link *link)
{
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
    return same;
}

/* Called before any packet under the new keys is read: nothing in them is believed if they are
   another's. */
static void progress(void *data, float status)
{
    struct ssh_link *link = data;
    if (status >= 1.0f && !same_host_key(link))
        link->impostor = true;
}

static ssh_channel open_agent(ssh_session session, void *data)
{
    (void)session;
    return agent_forward_open(data);
}

/* ForwardAgent; but, as ssh, only of one that is there, and to no host whose key is not the known
   one. */
static void take_agent(struct ssh_link *link, struct connect_worker *w)
{
    struct err err;
    if (!w->s.forward_agent || w->is_hop)
        return;
    if (w->no_passwords) {
        worker_notice(w, "the agent is not forwarded: the host's key is not the known one");
        return;
    }
    int fd = agent_connect(w->s.forward_agent, &err);
    if (fd < 0) {
        log_line(1, "agent forwarding: %s", err.text);
        return;
    }
    close(fd);
    link->agent_path = xstrdup(w->s.forward_agent);
}

struct ssh_link *ssh_link_new(struct connect_worker *w)
{
    struct ssh_link *link = xcalloc(1, sizeof *link);
    link->session = w->session;
    link->guard = w->guard;
    link->fd = w->fd;
    link->host_key = w->host_key;
    link->host_key_len = w->host_key_len;
    link->proxy = w->proxy;
    link->via = w->via;
    w->session = NULL;
    w->guard = NULL;
    w->fd = -1;
    w->via = NULL;
    w->proxy = (struct proxy_command){0};
    w->host_key = NULL;
    link->alive_interval = w->s.alive_interval;
    link->alive_count = w->s.alive_count;
    link->alive_next = CLOCK_NEVER;
    link->unanswered_since = -1;
    const char *server = ssh_get_serverbanner(link->session);
    server = server ? server : "";
    utf8_sanitize(link->server, sizeof link->server, server, strlen(server), 100, 0);
    take_agent(link, w);
    link->callbacks = (struct ssh_callbacks_struct){
        .userdata = link,
        .connect_status_function = progress,
        .channel_open_request_auth_agent_function = open_agent,
    };
    ssh_callbacks_init(&link->callbacks);
    ssh_set_callbacks(link->session, &link->callbacks);
    watch_init(&link->watch);
    link->event = ssh_event_new();
    if (!link->event || ssh_event_add_session(link->event, link->session) != SSH_OK)
        BUG("no memory for a connection");
    return link;
}

void ssh_link_free(struct ssh_link *link)
{
    if (!link)
        return;
    agent_forward_release(link);
    while (link->channels) {
        struct ssh_channel *ch = link->channels;
        link->channels = ch->next;
        ssh_remove_channel_callbacks(ch->channel, &ch->callbacks);
        ssh_channel_release(ch);
    }
    /* libssh leaves a descriptor open that it was given. */
    bool open = ssh_is_connected(link->session);
    ssh_event_remove_session(link->event, link->session);
    ssh_event_free(link->event);
    if (open) {
        ssh_disconnect(link->session);
        close(link->fd);
    }
    ssh_guard_free(link->guard);
    ssh_free(link->session);
    watch_release(&link->watch);
    ssh_tunnel_free(link->via);
    proxy_command_end(&link->proxy);
    free(link->host_key);
    free(link->agent_path);
    free(link);
}

static bool write_pending(const struct ssh_link *link)
{
    return (ssh_get_poll_flags(link->session) & SSH_WRITE_PENDING) != 0;
}

/* libssh 0.10.6 leaves its flag set as long as each time that it writes it also reads: under a
   flood for good. The socket itself tells whether all was written. */
static bool all_written(const struct ssh_link *link)
{
    struct pollfd poll_fd = {.fd = link->fd, .events = POLLOUT};
    return write_pending(link) && poll(&poll_fd, 1, 0) == 1 && poll_fd.revents & POLLOUT;
}

bool ssh_link_full(const struct ssh_link *link)
{
    return write_pending(link) && !link->written;
}

void ssh_link_watch(struct ssh_link *link, struct watch *watch)
{
    int events = link->gone ? 0 : POLLIN | (write_pending(link) ? POLLOUT : 0);
    watch_set(watch, link->fd, (short)events);
    agent_forward_watch(link, watch);
    if (link->via)
        ssh_tunnel_watch(link->via, watch);
}

int ssh_link_fd(struct ssh_link *link)
{
    ssh_link_watch(link, &link->watch);
    return link->watch.fd;
}

const char *ssh_link_server(const struct ssh_link *link)
{
    return link->server;
}

uint64_t ssh_link_received(const struct ssh_link *link)
{
    return ssh_guard_received(link->guard);
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
    if (link->via)
        return ssh_link_unanswered(ssh_tunnel_link(link->via));
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
    return tcp_state(link, &info) && info.tcpi_rtt > 0 ? ((int64_t)info.tcpi_rtt + 999) / 1000 : -1;
}

static bool link_lost(struct ssh_link *link, const char *reason)
{
    if (!link->gone)
        snprintf(link->reason, sizeof link->reason, "%s", reason);
    link->gone = true;
    return false;
}

void ssh_link_listen(struct ssh_link *link)
{
    enum guard_listen what = GUARD_ERRORS;
    for (const struct ssh_channel *ch = link->channels; ch; ch = ch->next)
        if (ch->state == CHANNEL_OPENING && ch->step <= STEP_SESSION)
            what = GUARD_ALL;
    ssh_guard_listen(link->guard, what);
}

bool ssh_link_alive(struct ssh_link *link)
{
    char reason[SSH_WORDS_MAX];
    if (ssh_is_connected(link->session) &&
        !(ssh_get_status(link->session) & (SSH_CLOSED | SSH_CLOSED_ERROR)))
        return true;
    ssh_words(ssh_guard_error(link->guard), reason);
    return link_lost(link, link->way[0] ? link->way : reason);
}

/* Read and write until there is nothing to do now. */
static bool move_bytes(struct ssh_link *link)
{
    int rc = SSH_OK;
    ssh_link_listen(link);
    for (int i = 0; i < READS_MAX && rc == SSH_OK && !link->abused && !link->impostor; i++)
        rc = ssh_event_dopoll(link->event, 0);
    ssh_guard_listen_end();
    link->written = all_written(link);
    if (link->impostor)
        return link_lost(link, "the host's key changed during the session: someone may be "
                               "listening in");
    if (!ssh_link_alive(link))
        return false;
    if (link->abused)
        return link_lost(link, "the host sends more than it may: the connection was given up");
    return true;
}

static bool check_greed(struct ssh_link *link)
{
    const char *verdict = ssh_guard_verdict(link->guard);
    return !verdict || link_lost(link, verdict);
}

/* ServerAliveInterval and ServerAliveCountMax, as ssh counts them. */
static bool keep_alive(struct ssh_link *link, int64_t now)
{
    if (link->alive_interval <= 0)
        return true;
    int64_t interval = (int64_t)link->alive_interval * 1000;
    if (link->alive_next == CLOCK_NEVER || ssh_guard_received(link->guard) != link->alive_in) {
        link->alive_in = ssh_guard_received(link->guard);
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

bool ssh_link_pump(struct ssh_link *link, int64_t now, struct err *err)
{
    struct err way;
    if (!link->gone && link->via && !ssh_tunnel_pump(link->via, now, &way))
        snprintf(link->way, sizeof link->way, "%.*s", (int)sizeof link->way - 1, way.text);
    if (!link->gone && move_bytes(link) && check_greed(link) && keep_alive(link, now))
        watch_acks(link, now);
    for (struct ssh_channel *ch = link->channels, *next; ch; ch = next) {
        next = ch->next;
        ssh_channel_pump(ch);
    }
    agent_forward_pump(link);
    return !link->gone || err_set(err, "%s", link->reason);
}

int64_t ssh_link_deadline(const struct ssh_link *link)
{
    if (link->gone)
        return CLOCK_NEVER;
    return link->via ? clock_earlier(link->alive_next, ssh_tunnel_deadline(link->via))
                     : link->alive_next;
}
