#include "proto/net_socket.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- IPQoS ---- */

/* The last three are RFC 1349's, which newer ssh no longer prints. */
static const struct {
    const char *name;
    int tos;
} tos_table[] = {{"none", -1},       {"af11", 0x28},       {"af12", 0x30},       {"af13", 0x38},
                 {"af21", 0x48},     {"af22", 0x50},       {"af23", 0x58},       {"af31", 0x68},
                 {"af32", 0x70},     {"af33", 0x78},       {"af41", 0x88},       {"af42", 0x90},
                 {"af43", 0x98},     {"cs0", 0x00},        {"cs1", 0x20},        {"cs2", 0x40},
                 {"cs3", 0x60},      {"cs4", 0x80},        {"cs5", 0xa0},        {"cs6", 0xc0},
                 {"cs7", 0xe0},      {"ef", 0xb8},         {"le", 0x04},         {"va", 0xb0},
                 {"lowdelay", 0x10}, {"throughput", 0x08}, {"reliability", 0x04}};

bool net_tos_parse(const char *value, int *tos)
{
    for (size_t i = 0; i < sizeof tos_table / sizeof tos_table[0]; i++)
        if (strcasecmp(value, tos_table[i].name) == 0) {
            *tos = tos_table[i].tos;
            return true;
        }
    char *end;
    long n = strtol(value, &end, 0);
    *tos = n >= 0 && n <= 255 ? (int)n : -1;
    return *value >= '0' && *value <= '9' && !*end && *tos >= 0;
}

int net_tos(const char *ipqos, bool bulk)
{
    char first[16], second[16];
    int tos;
    if (!ipqos)
        return -1;
    size_t len = strcspn(ipqos, " \t");
    const char *rest = ipqos + len + strspn(ipqos + len, " \t");
    size_t rest_len = strcspn(rest, " \t");
    if (len >= sizeof first || rest_len >= sizeof second)
        return -1;
    memcpy(first, ipqos, len);
    memcpy(second, rest, rest_len);
    first[len] = second[rest_len] = '\0';
    return net_tos_parse(bulk && *second ? second : first, &tos) ? tos : -1;
}

static void set_tos(int fd, int family, int tos)
{
    if (tos < 0)
        return;
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof tos);
    else
        setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
}

/* ---- the local end ---- */

static bool bind_address(int fd, int family, const struct addrinfo *list)
{
    for (const struct addrinfo *a = list; a; a = a->ai_next)
        if (a->ai_family == family)
            return bind(fd, a->ai_addr, a->ai_addrlen) == 0;
    errno = EADDRNOTAVAIL;
    return false;
}

/* Loopback and link-local addresses are an interface's last choice. */
static bool is_plain(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)a;
        return v4->sin_addr.s_addr != htonl(INADDR_LOOPBACK);
    }
    const struct sockaddr_in6 *v6 = (const void *)a;
    return !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr) && !IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

static const struct sockaddr *find_address(const struct ifaddrs *list, const char *name, int family)
{
    const struct sockaddr *found = NULL;
    for (const struct ifaddrs *a = list; a; a = a->ifa_next) {
        bool ours = a->ifa_addr && a->ifa_name && (a->ifa_flags & IFF_UP) &&
                    a->ifa_addr->sa_family == family && strcmp(a->ifa_name, name) == 0;
        if (ours && is_plain(a->ifa_addr))
            return a->ifa_addr;
        if (ours && !found)
            found = a->ifa_addr;
    }
    return found;
}

static bool bind_interface(int fd, int family, const char *name)
{
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) != 0)
        return false;
    const struct sockaddr *address = find_address(list, name, family);
    socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    bool ok = address && bind(fd, address, len) == 0;
    if (!address)
        errno = ENODEV;
    int error = errno;
    freeifaddrs(list);
    errno = error;
    return ok;
}

static bool bind_local(int fd, int family, const struct net_socket *wanted)
{
    if (wanted->bind)
        return bind_address(fd, family, wanted->bind);
    return !wanted->bind_interface || bind_interface(fd, family, wanted->bind_interface);
}

int net_socket_connect(const struct addrinfo *to, const struct net_socket *wanted)
{
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0)
        return -1;
    const int on = 1, keepalive = wanted->keepalive;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &keepalive, sizeof keepalive);
    set_tos(fd, to->ai_family, wanted->tos);
    if (bind_local(fd, to->ai_family, wanted) &&
        (connect(fd, to->ai_addr, to->ai_addrlen) == 0 || errno == EINPROGRESS))
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}
