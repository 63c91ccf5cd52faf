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
#include "proto/agent_io.h"

struct agent_proxy;

/* Connect and ask for the keys; NULL: no agent, or it does not answer until the deadline.
   While libssh waits for a signature, `wait` is called from the proxy's thread. */
struct agent_proxy *agent_proxy_new(const char *path, const struct agent_wait *wait,
                                    int64_t deadline, struct err *err);
/* Ends the thread. */
void agent_proxy_free(struct agent_proxy *p);

/* The agent's answer: agent_filter_key reads it. */
const struct buf *agent_proxy_keys(const struct agent_proxy *p);

/* Start the thread; returns the descriptor for libssh, which closes it, or -1. `waiting` is
   called from the thread with true when a signature takes longer than a machine alone would,
   and then with false when it has come. */
int agent_proxy_start(struct agent_proxy *p, void (*waiting)(void *data, bool begins), void *data,
                      struct err *err);

/* From now on show this to libssh, and nothing else. Not while it waits for an answer; what
   the offer refers to must stay as long as it is shown. */
void agent_proxy_offer(struct agent_proxy *p, const struct agent_offer *offer);
/* Since the last offer, has the agent refused to sign? */
bool agent_proxy_refused(struct agent_proxy *p);
/* Has it hung up? */
bool agent_proxy_lost(struct agent_proxy *p);

#endif
