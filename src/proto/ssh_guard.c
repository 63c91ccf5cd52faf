#include "proto/ssh_guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include "base/err.h"

#define QUEUE_MAX    (512 * 1024) /* of answers that wait to be sent */
#define PACKET_EXTRA 32           /* what a packet has on the wire beside its payload, at least */
/* libssh takes 10 bytes off for the head of each packet and loops for ever if nothing is left.
   RFC 4254 5.1 leaves the size to the host; less than this makes no sense. */
#define PACKET_MIN 64

struct ssh_guard {
    ssh_session session;
    struct ssh_counter_struct socket, payload;
    uint64_t sent_before; /* by the counters, when nothing waited */
    bool strict;
    bool stingy, confused; /* a channel was opened with absurd sizes, or twice */
    char *error;           /* the first fatal one while we listen; NULL: none */
    char *cause;           /* one that was written over; NULL: none */
};

/* What a host wants to open with us is refused, not queued. */
static int refuse_message(ssh_session session, ssh_message message, void *data)
{
    (void)session;
    (void)message;
    (void)data;
    return 1;
}

struct ssh_guard *ssh_guard_new(struct ssh_session_struct *session)
{
    struct ssh_guard *g = xcalloc(1, sizeof *g);
    g->session = session;
    ssh_set_counters(session, &g->socket, &g->payload);
    ssh_set_message_callback(session, refuse_message, NULL);
    return g;
}

void ssh_guard_free(struct ssh_guard *g)
{
    if (!g)
        return;
    ssh_set_counters(g->session, NULL, NULL);
    free(g->error);
    free(g->cause);
    free(g);
}

uint64_t ssh_guard_arrived(const struct ssh_guard *g)
{
    return g->socket.in_bytes;
}

uint64_t ssh_guard_received(const struct ssh_guard *g)
{
    return g->payload.in_bytes;
}

/* The counters say what was given to libssh to send, and what has gone out. */
static bool flooded(struct ssh_guard *g)
{
    uint64_t given = g->payload.out_bytes + g->payload.out_packets * PACKET_EXTRA;
    uint64_t waiting = given - g->socket.out_bytes;
    if (!(ssh_get_poll_flags(g->session) & SSH_WRITE_PENDING))
        g->sent_before = waiting;
    return (int64_t)(waiting - g->sent_before) > QUEUE_MAX;
}

const char *ssh_guard_verdict(struct ssh_guard *g)
{
    if (flooded(g))
        return "the host sends without reading: the connection was given up";
    if (g->stingy)
        return "the host takes only a few bytes at once: the connection was given up";
    return g->confused ? "the host opened a channel in a way that makes no sense" : NULL;
}

/* ---- libssh's log ---- */

/* With something still to be sent, libssh closes the connection and then, in the same turn,
   finds that it cannot send: that is not what has happened. */
static void hear_error(struct ssh_guard *g, const char *function, const char *text)
{
    /* It has taken over the sizes by then, whatever it thinks of the rest. */
    g->confused = g->confused || strcmp(function, "ssh_packet_channel_open_conf") == 0;
    if (strcmp(function, "ssh_socket_exception_callback") != 0) {
        if (!g->error)
            g->error = xstrdup(text);
    } else if (g->error && !g->cause) {
        g->cause = g->error;
        g->error = NULL;
    }
}

/* Whole lines, or beginnings with the function's name: a host's own text is in some. */
static void listen_to(int level, const char *function, const char *line, void *data)
{
    (void)level;
    struct ssh_guard *g = data;
    const char *text = strstr(line, ": ") ? strstr(line, ": ") + 2 : "";
    unsigned packet;
    if (ssh_get_error_code(g->session) == SSH_FATAL && strcmp(text, ssh_get_error(g->session)) == 0)
        hear_error(g, function, text);
    if (strcmp(line, "ssh_packet_kexinit: Server supports strict kex, enabling.") == 0)
        g->strict = true;
    if (sscanf(line, "ssh_packet_channel_open_conf: Remote window : %*u, maxpacket : %u",
               &packet) == 1)
        g->stingy = g->stingy || packet < PACKET_MIN;
}

void ssh_guard_listen(struct ssh_guard *g, enum guard_listen what)
{
    /* What has closed it already is the cause of all that follows. */
    if (ssh_is_connected(g->session)) {
        free(g->error);
        g->error = NULL;
    }
    ssh_set_log_userdata(g);
    ssh_set_log_callback(listen_to);
    ssh_set_log_level(what);
}

void ssh_guard_listen_end(void)
{
    ssh_set_log_level(SSH_LOG_NOLOG);
}

const char *ssh_guard_error(const struct ssh_guard *g)
{
    return g->cause ? g->cause : ssh_get_error(g->session);
}

bool ssh_guard_strict(const struct ssh_guard *g)
{
    return g->strict;
}
