#include "proto/ssh_tunnel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/ssh_stream.h"

struct ssh_tunnel {
    char *name;
    struct ssh_link *link;
    struct ssh_channel *channel; /* freed with the link */
    int far;                     /* the next connection's end, until it is taken; -1 */
    struct ssh_stream near;      /* ours */
    bool was_open;
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
    t->near.fd = pair[0];
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
    ssh_stream_release(&t->near);
    if (t->far >= 0)
        close(t->far);
    ssh_link_free(t->link);
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

bool ssh_tunnel_pump(struct ssh_tunnel *t, int64_t now, struct err *err)
{
    struct err why = {.text = ""};
    bool alive = ssh_link_pump(t->link, now, &why);
    enum ssh_channel_state state = ssh_channel_state(t->channel);
    if (state == CHANNEL_OPENING)
        return alive;
    t->was_open = t->was_open || state == CHANNEL_OPEN;
    if (t->was_open)
        ssh_stream_pump(&t->near, t->channel, alive);
    return alive || err_set(err, "by way of %s: %s", t->name, why.text);
}

void ssh_tunnel_watch(struct ssh_tunnel *t, struct watch *watch)
{
    watch_set(watch, t->near.fd, ssh_stream_events(&t->near, t->channel));
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
