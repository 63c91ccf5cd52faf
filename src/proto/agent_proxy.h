/*
 * Between libssh and the user's agent: libssh talks to our end of a socket pair, a thread
 * passes on what agent_filter permits. libssh waits for its agent without a time limit, so the
 * thread hangs up on it when the connection is cancelled.
 */
#ifndef PROTO_AGENT_PROXY_H
#define PROTO_AGENT_PROXY_H

#include <stdint.h>

#include "base/err.h"
#include "proto/agent_filter.h"

struct agent_proxy;

/* Connect and ask for the keys; NULL: no agent, or it does not answer until the deadline. */
struct agent_proxy *agent_proxy_new(const char *path, int cancel_fd, int64_t deadline,
                                    struct err *err);
/* Ends the thread. */
void agent_proxy_free(struct agent_proxy *p);

/* Choose the keys; false: none is left. */
bool agent_proxy_choose(struct agent_proxy *p, const struct agent_key *wanted, size_t count,
                        bool only);
/* The answer as shown. */
const struct buf *agent_proxy_keys(const struct agent_proxy *p);
/* Has the agent this key? */
bool agent_proxy_has(const struct agent_proxy *p, const struct agent_key *key);

/* Start the thread; returns the descriptor for libssh, which closes it, or -1. `waiting` is
   called from the thread when a signature takes long: the agent may want a touch. */
int agent_proxy_start(struct agent_proxy *p, void (*waiting)(void *data), void *data,
                      struct err *err);

#endif
