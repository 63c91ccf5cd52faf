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

/* Why the connection must be given up, if it must: the host takes nothing of our answers, which
   wait in libssh without a bound; or it has opened a channel so that libssh would write to it
   for ever. NULL: it need not. Ask often: what waits is judged by what has happened since
   nothing waited. */
const char *ssh_guard_verdict(struct ssh_guard *g);

/*
 * Listen to what libssh, in this thread and for this session, writes into its log until
 * ssh_guard_listen_end. GUARD_ERRORS costs nothing; GUARD_ALL, for the key exchange and the
 * opening of channels, some time with each packet.
 */
enum guard_listen { GUARD_ERRORS = 1, GUARD_ALL = 3 /* libssh's levels */ };
void ssh_guard_listen(struct ssh_guard *g, enum guard_listen what);
void ssh_guard_listen_end(void);

/* What ssh_get_error says; or what was the cause, where libssh has written another error over
   it in closing the connection. Valid until the next call into libssh. */
const char *ssh_guard_error(const struct ssh_guard *g);
/* Heard in the key exchange: was its "strict" form agreed on? */
bool ssh_guard_strict(const struct ssh_guard *g);

#endif
