/*
 * What a hostile host may cost, and what libssh tells nobody but its log. One for each
 * connection, from its making to its end.
 */
#ifndef PROTO_SSH_GUARD_H
#define PROTO_SSH_GUARD_H

#include <stdbool.h>
#include <stdint.h>

struct ssh_session_struct;
struct ssh_guard;

/* Counts what the session moves, and refuses what the host wants of us (channels of its own,
   forwarding): nothing of it is queued. */
struct ssh_guard *ssh_guard_new(struct ssh_session_struct *session);
/* Before the session is freed. NULL is allowed. */
void ssh_guard_free(struct ssh_guard *g);

uint64_t ssh_guard_arrived(const struct ssh_guard *g);  /* bytes from the network */
uint64_t ssh_guard_received(const struct ssh_guard *g); /* payload in them */

/* Does the host send and send, and take nothing of our answers? They wait in libssh without a
   bound. Ask often: it is judged by what has happened since nothing waited. */
bool ssh_guard_flooded(struct ssh_guard *g);

/* Listen to the log of what libssh does in this thread from now on (it costs some time with
   each packet); one session at a time. */
void ssh_guard_listen(struct ssh_guard *g);
void ssh_guard_listen_end(void);
/* Heard in the key exchange: was its "strict" form agreed on? */
bool ssh_guard_strict(const struct ssh_guard *g);
/* Heard in the opening of a channel: does one take so little at once that libssh would write
   to it for ever? */
bool ssh_guard_stingy(const struct ssh_guard *g);

#endif
