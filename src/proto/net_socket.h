/* One socket of a connection being made, as ssh_config(5) wants it. Pure but for the socket. */
#ifndef PROTO_NET_SOCKET_H
#define PROTO_NET_SOCKET_H

#include <netdb.h>
#include <stdbool.h>

struct net_socket {
    const struct addrinfo *bind; /* BindAddress, resolved: the first of the right family is
                                    taken; NULL: any */
    const char *bind_interface;  /* BindInterface, used without `bind`; NULL: any */
    bool keepalive;              /* TCPKeepAlive */
    int tos;                     /* IPQoS; -1: the system's */
};

/* A non-blocking, close-on-exec socket with TCP_NODELAY that is connecting, or -1 with errno. */
int net_socket_connect(const struct addrinfo *to, const struct net_socket *wanted);

/* The byte that `IPQoS INTERACTIVE [BULK]` means: names of ssh_config(5) or a number; -1: none,
   or no value of IPQoS. */
int net_tos(const char *ipqos, bool bulk);
/* One value of IPQoS. False: it is none. */
bool net_tos_parse(const char *value, int *tos);

#endif
