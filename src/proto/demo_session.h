/* Private to the demo host: one connection, in a process of its own. */
#ifndef PROTO_DEMO_SESSION_H
#define PROTO_DEMO_SESSION_H

#include <stdnoreturn.h>

struct ssh_bind_struct;
struct ssh_key_struct;
struct ssh_server_callbacks_struct;
struct ssh_session_struct;

/* Serve the connection on `fd` to whoever holds `client`; ends the process. */
noreturn void demo_session_run(struct ssh_bind_struct *bind, struct ssh_key_struct *client, int fd);

/* The same with a login of another's own, for tests: `prepare` adds its callbacks, and names
   the methods, before the keys are exchanged. */
typedef void demo_login(struct ssh_session_struct *ssh,
                        struct ssh_server_callbacks_struct *callbacks);
noreturn void demo_session_serve(struct ssh_bind_struct *bind, demo_login *prepare, int fd);

#endif
