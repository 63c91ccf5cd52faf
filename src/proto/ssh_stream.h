/* Bytes both ways between a channel and a socket of ours, with back pressure. */
#ifndef PROTO_SSH_STREAM_H
#define PROTO_SSH_STREAM_H

#include "base/buf.h"
#include "proto/ssh_channel.h"

/* Zero initialised but for the descriptor, which is non-blocking and the stream's from then on. */
struct ssh_stream {
    int fd;
    struct buf up, down; /* to the host, and from it: one piece each */
    bool up_ended, down_ended;
};

void ssh_stream_release(struct ssh_stream *s);

/* Move what can be moved now, and pass ends on; once per pump of the link. `alive`: the link is. */
void ssh_stream_pump(struct ssh_stream *s, struct ssh_channel *channel, bool alive);
/* What to poll the descriptor for: POLLIN, POLLOUT. */
short ssh_stream_events(const struct ssh_stream *s, const struct ssh_channel *channel);

#endif
