/* Private to the demo host: one connection, in a process of its own. */
#ifndef PROTO_DEMO_SESSION_H
#define PROTO_DEMO_SESSION_H

#include <stdnoreturn.h>

struct ssh_bind_struct;
struct ssh_key_struct;

/* Serve the connection on `fd` to whoever holds `client`; ends the process. */
noreturn void demo_session_run(struct ssh_bind_struct *bind, struct ssh_key_struct *client, int fd);

#endif
