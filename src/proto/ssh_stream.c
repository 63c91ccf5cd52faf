#include "proto/ssh_stream.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE       (32 * 1024)
#define TURN_PIECES 64 /* moved per pump: the loop has other things to do */

void ssh_stream_release(struct ssh_stream *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    buf_release_secret(&s->up);
    buf_release_secret(&s->down);
}

static bool later(void)
{
    return errno == EAGAIN || errno == EINTR;
}

static bool move_up(struct ssh_stream *s, struct ssh_channel *channel)
{
    ssize_t n = 0;
    if (!s->up_ended && s->up.len == 0) {
        n = recv(s->fd, buf_reserve(&s->up, PIECE), PIECE, 0);
        if (n > 0)
            buf_commit(&s->up, (size_t)n);
        s->up_ended = n == 0 || (n < 0 && !later());
        if (s->up_ended)
            ssh_channel_give_eof(channel);
    }
    size_t given = s->up.len ? ssh_channel_give(channel, buf_data(&s->up), s->up.len) : 0;
    buf_consume(&s->up, given);
    return n > 0 || given > 0;
}

static bool move_down(struct ssh_stream *s, struct ssh_channel *channel)
{
    bool moved = false;
    if (s->down.len == 0) {
        size_t n = ssh_channel_take(channel, false, buf_reserve(&s->down, PIECE), PIECE);
        buf_commit(&s->down, n);
        moved = n > 0;
    }
    while (s->down.len > 0) {
        ssize_t n = send(s->fd, buf_data(&s->down), s->down.len, MSG_NOSIGNAL);
        if (n < 0 && !later())
            buf_clear(&s->down); /* nobody reads it any more */
        if (n <= 0)
            break;
        buf_consume(&s->down, (size_t)n);
        moved = true;
    }
    return moved;
}

/* The host has said all: it is to be seen once the rest has been read. */
static void end_down(struct ssh_stream *s, const struct ssh_channel *channel)
{
    if (s->down_ended || s->down.len > 0 || !ssh_channel_at_end(channel))
        return;
    s->down_ended = true;
    shutdown(s->fd, SHUT_WR);
}

void ssh_stream_pump(struct ssh_stream *s, struct ssh_channel *channel, bool alive)
{
    for (int i = 0; i < TURN_PIECES; i++) {
        bool moved = move_down(s, channel);
        if (ssh_channel_state(channel) == CHANNEL_OPEN && alive)
            moved = move_up(s, channel) || moved;
        if (!moved)
            break;
    }
    end_down(s, channel);
}

short ssh_stream_events(const struct ssh_stream *s, const struct ssh_channel *channel)
{
    bool open = ssh_channel_state(channel) == CHANNEL_OPEN;
    int in = open && !s->up_ended && s->up.len == 0 ? POLLIN : 0;
    return (short)(in | (s->down.len ? POLLOUT : 0));
}
