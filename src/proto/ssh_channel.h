/*
 * An authenticated SSH connection in the program's loop: channels opened, read and written
 * without ever blocking (RFC 4254).
 */
#ifndef PROTO_SSH_CHANNEL_H
#define PROTO_SSH_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "proto/watch.h"

struct ssh_link;
struct ssh_channel;

/* Frees its channels too, and closes the connection. */
void ssh_link_free(struct ssh_link *link);

/* Readable when ssh_link_pump has something to do. Ask anew before every poll: what is waited
   for is brought up to date here. The descriptor stays the same. */
int ssh_link_fd(struct ssh_link *link);
/* The same in a watch of the caller's. */
void ssh_link_watch(struct ssh_link *link, struct watch *watch);

/* Take in what the network has and send what is queued; call when the descriptor is ready
   and once per turn of the loop. False: the connection is gone, `err` says how. */
bool ssh_link_pump(struct ssh_link *link, int64_t now, struct err *err);
/* When ssh_link_pump must be called again although nothing came (keep-alive). */
int64_t ssh_link_deadline(const struct ssh_link *link);

const char *ssh_link_server(const struct ssh_link *link); /* its banner, sanitised */
/* Payload bytes so far, for judging liveness. */
uint64_t ssh_link_received(const struct ssh_link *link);
/* Milliseconds that sent data has been waiting to be acknowledged by the peer's TCP (by way of
   jump hosts: the first one's); 0: all is acknowledged, or the system cannot tell. And the
   smoothed round trip in full milliseconds, -1 if unknown. */
int64_t ssh_link_unanswered(const struct ssh_link *link);
int64_t ssh_link_rtt(const struct ssh_link *link);

struct ssh_channel_spec {
    const char *forward_host; /* a stream from the host to this name and port (direct-tcpip, RFC
                                 4254 7.2), instead of what follows; NULL: a session */
    int forward_port;
    bool pty;
    bool agent; /* offer the agent that ForwardAgent names, if it names one */
    const char *term;
    int rows, cols;
    const char *command;    /* NULL: a shell */
    bool subsystem;         /* the command is a subsystem's name (RFC 4254 6.5) */
    const char *const *env; /* NAME=VALUE, NULL terminated, each an `env` request (which costs
                               a round trip; a refusal is passed over, as in ssh); NULL: none */
};

enum ssh_channel_state {
    CHANNEL_OPENING, /* opened, pty, exec: each asked in turn */
    CHANNEL_OPEN,
    CHANNEL_CLOSED, /* all output has been read, or opening failed (see the error) */
};

/* Start opening a channel. Freed by ssh_channel_drop or with the link. */
struct ssh_channel *ssh_channel_open(struct ssh_link *link, const struct ssh_channel_spec *spec);
/* Close and free. (libssh itself owns the names ssh_channel_free and ssh_channel_send_eof.) */
void ssh_channel_drop(struct ssh_channel *ch);
/* The same once the host has closed it: what is still to come is discarded. (What libssh answers to
   data on a channel that we have closed ends the whole connection to dropbear.) */
void ssh_channel_leave(struct ssh_channel *ch);

enum ssh_channel_state ssh_channel_state(const struct ssh_channel *ch);
const char *ssh_channel_error(const struct ssh_channel *ch); /* why opening failed; "" */

/* Read what is there: stdout, or stderr (exec without a pty). 0: nothing now. */
size_t ssh_channel_take(struct ssh_channel *ch, bool from_stderr, void *data, size_t size);
/* The host sends no more, and all has been taken. */
bool ssh_channel_at_end(const struct ssh_channel *ch);
/* Bytes accepted now (bounded by the remote window); 0: ask again after the next pump. */
size_t ssh_channel_give(struct ssh_channel *ch, const void *data, size_t len);
void ssh_channel_give_eof(struct ssh_channel *ch);
void ssh_channel_resize(struct ssh_channel *ch, int rows, int cols);

/* The exit status once closed: 0..255, 128+N if signal N ended it, -1 if the host never said. */
int ssh_channel_status(const struct ssh_channel *ch);
/* The signal's name without SIG, or "". */
const char *ssh_channel_signal_name(const struct ssh_channel *ch);

#endif
