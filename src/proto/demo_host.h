/*
 * The demo host: an SSH server (libssh's server side) in a child of this program, for one
 * person on this machine: 127.0.0.1, a free port, throwaway keys that live only in memory,
 * the user's own shell on a pty. It ends with its parent
 * (PR_SET_PDEATHSIG) and leaves nothing behind.
 */
#ifndef PROTO_DEMO_HOST_H
#define PROTO_DEMO_HOST_H

#include "base/err.h"
#include "proto/ssh_config.h"

struct demo_host;

/* Fork the child and wait until it listens. Call before any thread is started. */
struct demo_host *demo_host_start(struct err *err);
/* Stop it and wait for it. */
void demo_host_stop(struct demo_host *d);

/* Settings that reach it: address, port, its key pinned, the client key. Shown as `demo`. */
void demo_host_settings(const struct demo_host *d, struct ssh_settings *out);

#endif
