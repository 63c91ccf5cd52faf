#include "proto/ssh_tunnel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"

#define PIECE       (32 * 1024)
#define TURN_PIECES 64 /* moved per pump: the loop has other things to do */

struct ssh_tunnel {
    char *name;
    struct ssh_link *link;
    struct ssh_channel *channel; /* freed with the link */
    int near, far;               /* our end, and the next connection's until it is taken; -1 */
    struct buf up, down;         /* to the host, and from it: one piece each */
    bool was_open, up_ended, down_ended;
    struct watch watch;
};

struct ssh_tunnel *ssh_tunnel_new(struct ssh_link *link, const char *name, const char *host,
                                  int port, struct err *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) {
        err_set(err, "cannot make a socket pair: %s", strerror(errno));
        ssh_link_free(link);
        return NULL;
    }
    struct ssh_tunnel *t = xcalloc(1, sizeof *t);
    t->name = xstrdup(name);
    t->link = link;
    t->near = pair[0];
    t->far = pair[1];
    watch_init(&t->watch);
    t->channel = ssh_channel_open(
        link, &(struct ssh_channel_spec){.forward_host = host, .forward_port = port});
    return t;
}

void ssh_tunnel_free(struct ssh_tunnel *t)
{
    if (!t)
        return;
    watch_release(&t->watch);
    if (t->near >= 0)
        close(t->near);
    if (t->far >= 0)
        close(t->far);
    ssh_link_free(t->link);
    buf_release(&t->up);
    buf_release(&t->down);
    free(t->name);
    free(t);
}

enum ssh_channel_state ssh_tunnel_state(const struct ssh_tunnel *t)
{
    return ssh_channel_state(t->channel);
}

const char *ssh_tunnel_error(const struct ssh_tunnel *t)
{
    return ssh_channel_error(t->channel);
}

int ssh_tunnel_take(struct ssh_tunnel *t)
{
    int fd = t->far;
    t->far = -1;
    return fd;
}

struct ssh_link *ssh_tunnel_link(const struct ssh_tunnel *t)
{
    return t->link;
}

const char *ssh_tunnel_name(const struct ssh_tunnel *t)
{
    return t->name;
}

/* ---- bytes ---- */

static bool later(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* From the next connection to the host. */
static bool move_up(struct ssh_tunnel *t)
{
    ssize_t n = 0;
    if (!t->up_ended && t->up.len == 0) {
        n = recv(t->near, buf_reserve(&t->up, PIECE), PIECE, 0);
        if (n > 0)
            buf_commit(&t->up, (size_t)n);
        t->up_ended = n == 0 || (n < 0 && !later());
        if (t->up_ended)
            ssh_channel_give_eof(t->channel);
    }
    size_t given = t->up.len ? ssh_channel_give(t->channel, buf_data(&t->up), t->up.len) : 0;
    buf_consume(&t->up, given);
    return n > 0 || given > 0;
}

/* From the host to the next connection. */
static bool move_down(struct ssh_tunnel *t)
{
    bool moved = false;
    if (t->down.len == 0) {
        size_t n = ssh_channel_take(t->channel, false, buf_reserve(&t->down, PIECE), PIECE);
        buf_commit(&t->down, n);
        moved = n > 0;
    }
    while (t->down.len > 0) {
        ssize_t n = send(t->near, buf_data(&t->down), t->down.len, MSG_NOSIGNAL);
        if (n < 0 && !later())
            buf_clear(&t->down); /* nobody reads it any more */
        if (n <= 0)
            break;
        buf_consume(&t->down, (size_t)n);
        moved = true;
    }
    return moved;
}

/* The host has said all: the next connection is to see it once it has read the rest. */
static void end_down(struct ssh_tunnel *t)
{
    if (t->down_ended || t->down.len > 0 || ssh_channel_state(t->channel) != CHANNEL_CLOSED)
        return;
    t->down_ended = true;
    shutdown(t->near, SHUT_WR);
}

bool ssh_tunnel_pump(struct ssh_tunnel *t, int64_t now, struct err *err)
{
    struct err why = {.text = ""};
    bool alive = ssh_link_pump(t->link, now, &why);
    enum ssh_channel_state state = ssh_channel_state(t->channel);
    if (state == CHANNEL_OPENING)
        return alive;
    t->was_open = t->was_open || state == CHANNEL_OPEN;
    for (int i = 0; i < TURN_PIECES && t->was_open; i++) {
        bool moved = move_down(t);
        if (state == CHANNEL_OPEN && alive)
            moved = move_up(t) || moved;
        if (!moved)
            break;
    }
    end_down(t);
    return alive || err_set(err, "by way of %s: %s", t->name, why.text);
}

void ssh_tunnel_watch(struct ssh_tunnel *t, struct watch *watch)
{
    bool open = ssh_channel_state(t->channel) == CHANNEL_OPEN;
    int events =
        (open && !t->up_ended && t->up.len == 0 ? POLLIN : 0) | (t->down.len ? POLLOUT : 0);
    watch_set(watch, t->near, (short)events);
    ssh_link_watch(t->link, watch);
}

int ssh_tunnel_fd(struct ssh_tunnel *t)
{
    ssh_tunnel_watch(t, &t->watch);
    return t->watch.fd;
}

int64_t ssh_tunnel_deadline(const struct ssh_tunnel *t)
{
    return ssh_link_deadline(t->link);
}
