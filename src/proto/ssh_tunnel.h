/*
 * The way to a host by another one, as ssh's ProxyJump goes it: a direct-tcpip channel (RFC 4254
 * 7.2) of an authenticated connection carries what the next connection writes into a socket.
 */
#ifndef PROTO_SSH_TUNNEL_H
#define PROTO_SSH_TUNNEL_H

#include <stdint.h>

#include "base/err.h"
#include "proto/ssh_channel.h"

struct ssh_tunnel;

/* Start opening a stream from the link's host, which errors call `name`, to `host` and `port`.
   The link is the tunnel's from now on, also if NULL is returned. */
struct ssh_tunnel *ssh_tunnel_new(struct ssh_link *link, const char *name, const char *host,
                                  int port, struct err *err);
/* Closes the link too. */
void ssh_tunnel_free(struct ssh_tunnel *t);

/* CHANNEL_CLOSED before it was ever open: the error says why. */
enum ssh_channel_state ssh_tunnel_state(const struct ssh_tunnel *t);
const char *ssh_tunnel_error(const struct ssh_tunnel *t);

/* The next connection's descriptor, non-blocking; the caller's from now on. Once. */
int ssh_tunnel_take(struct ssh_tunnel *t);

/* Move bytes; call when the descriptor is readable, and at the deadline. False: the link is gone
   (the next connection sees its end once it has read what came before), `err` says how. */
bool ssh_tunnel_pump(struct ssh_tunnel *t, int64_t now, struct err *err);
int ssh_tunnel_fd(struct ssh_tunnel *t); /* as ssh_link_fd */
void ssh_tunnel_watch(struct ssh_tunnel *t, struct watch *watch);
int64_t ssh_tunnel_deadline(const struct ssh_tunnel *t);

struct ssh_link *ssh_tunnel_link(const struct ssh_tunnel *t);
const char *ssh_tunnel_name(const struct ssh_tunnel *t);

#endif
