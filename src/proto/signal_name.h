/* Signals by the names SSH gives them (RFC 4254, section 6.10), without SIG. Pure. */
#ifndef PROTO_SIGNAL_NAME_H
#define PROTO_SIGNAL_NAME_H

/* The number Linux gives it, whatever this system's; 0: unknown. */
int signal_number(const char *name);
/* NULL: it has none. */
const char *signal_name(int number);

#endif
