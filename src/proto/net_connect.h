/* From a name to a TCP stream, for a thread that may be told to stop at any moment. */
#ifndef PROTO_NET_CONNECT_H
#define PROTO_NET_CONNECT_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct net_wait {
    int cancel_fd; /* readable: give up at once */
    int64_t deadline;
};

enum net_result { NET_OK, NET_FAILED, NET_TIMEOUT, NET_CANCELLED };

/* The name's addresses, to be freed with freeaddrinfo. The system's resolver cannot be
   interrupted: it runs in a thread of its own, which is left behind when the wait ends. */
enum net_result net_resolve(const char *host, int port, int family, const struct net_wait *wait,
                            struct addrinfo **addresses, struct err *err);

/* What ssh_config(5) has to say about it. */
struct net_options {
    const char *bind_address;   /* BindAddress, a name or an address; NULL: any */
    const char *bind_interface; /* BindInterface, if there is no address; NULL: any */
    bool keepalive;             /* TCPKeepAlive */
    int tos;                    /* IPQoS, by net_tos; -1: the system's */
    int attempts;               /* ConnectionAttempts: all addresses so many times, each with the
                                   time that `wait` leaves the first */
};

/* Connect to whichever address answers first (RFC 8305: families interleaved, a new attempt
   every 250 ms or when one fails). `address` receives it in numbers. The descriptor is
   non-blocking, close-on-exec, with TCP_NODELAY. */
enum net_result net_race(const struct addrinfo *addresses, const struct net_options *options,
                         const struct net_wait *wait, int *fd, char address[NI_MAXHOST],
                         struct err *err);

#endif
