/*
 * Whole messages to and from an agent (draft-miller-ssh-agent), over a non-blocking socket.
 */
#ifndef PROTO_AGENT_IO_H
#define PROTO_AGENT_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum agent_io { AGENT_IO_OK, AGENT_IO_LATE, AGENT_IO_GONE };

/* How to wait for poll(2) events of `fd`, at most until the deadline (CLOCK_NEVER: without a
   limit); nothing may be ready afterwards. False: give up. */
struct agent_wait {
    bool (*wait)(void *data, int fd, short events, int64_t deadline);
    void *data;
};

/* The socket, or -1: `err` says why. */
int agent_connect(const char *path, struct err *err);

/* `body`: the message without its length. */
enum agent_io agent_send(const struct agent_wait *wait, int fd, const void *body, size_t len,
                         int64_t deadline);
enum agent_io agent_receive(const struct agent_wait *wait, int fd, struct buf *body,
                            int64_t deadline);

#endif
