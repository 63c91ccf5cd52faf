#include "proto/net_connect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "proto/net_socket.h"

#define ATTEMPT_DELAY_MS 250  /* RFC 8305, section 5 */
#define ATTEMPTS_MAX     16   /* further addresses are not tried */
#define ATTEMPTS_REST_MS 1000 /* before ConnectionAttempts tries all of them again, as ssh */

/* ---- names ---- */

/* Shared by the resolving thread and the one that waits; the last to leave frees it. */
struct lookup {
    atomic_int holders;
    char *host;
    char port[8];
    struct addrinfo hints;
    struct addrinfo *found;
    int rc, error;
    atomic_bool done; /* orders what stands above for the one that waits */
    int pipe[2];
};

static void lookup_leave(struct lookup *l)
{
    if (atomic_fetch_sub(&l->holders, 1) > 1)
        return;
    if (l->found)
        freeaddrinfo(l->found);
    close(l->pipe[0]);
    close(l->pipe[1]);
    free(l->host);
    free(l);
}

static void *lookup_run(void *data)
{
    struct lookup *l = data;
    l->rc = getaddrinfo(l->host, l->port, &l->hints, &l->found);
    l->error = errno;
    atomic_store(&l->done, true);
    if (write(l->pipe[1], "", 1) < 0)
        BUG("resolver: %s", strerror(errno));
    lookup_leave(l);
    return NULL;
}

static struct lookup *lookup_start(const char *host, int port, int family, struct err *err)
{
    struct lookup *l = xcalloc(1, sizeof *l);
    l->holders = 2;
    l->host = xstrdup(host);
    snprintf(l->port, sizeof l->port, "%d", port);
    l->hints = (struct addrinfo){.ai_family = family, .ai_socktype = SOCK_STREAM};
    if (pipe2(l->pipe, O_CLOEXEC) < 0) {
        err_set(err, "cannot make a pipe: %s", strerror(errno));
        free(l->host);
        free(l);
        return NULL;
    }
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    int rc = pthread_create(&thread, &attr, lookup_run, l);
    pthread_attr_destroy(&attr);
    if (rc == 0)
        return l;
    err_set(err, "cannot start a thread: %s", strerror(rc));
    lookup_leave(l);
    lookup_leave(l);
    return NULL;
}

/* Wait for fd; NET_OK when it is ready. */
static enum net_result wait_for(int fd, const struct net_wait *wait)
{
    for (;;) {
        int64_t left = wait->deadline - clock_ms();
        if (left <= 0)
            return NET_TIMEOUT;
        struct pollfd polls[] = {{.fd = fd, .events = POLLIN},
                                 {.fd = wait->cancel_fd, .events = POLLIN}};
        int n = poll(polls, 2, (int)left);
        if (n > 0 && polls[1].revents)
            return NET_CANCELLED;
        if (n > 0)
            return NET_OK;
    }
}

static enum net_result lookup_failed(const char *host, int rc, int error, struct err *err)
{
    if (rc == EAI_SYSTEM)
        err_set(err, "the name '%s' cannot be looked up: %s", host, strerror(error));
    else if (rc == EAI_AGAIN)
        err_set(err,
                "the name '%s' cannot be looked up now: no answer from the DNS; is the "
                "network up?",
                host);
    else if (rc == EAI_NONAME || rc == EAI_NODATA)
        err_set(err,
                "there is no host named '%s': neither the DNS nor /etc/hosts nor your ssh "
                "config knows it; check the spelling",
                host);
    else
        err_set(err, "the name '%s' cannot be looked up: %s", host, gai_strerror(rc));
    return NET_FAILED;
}

enum net_result net_resolve(const char *host, int port, int family, const struct net_wait *wait,
                            struct addrinfo **addresses, struct err *err)
{
    char service[8];
    snprintf(service, sizeof service, "%d", port);
    struct addrinfo numeric = {.ai_family = family,
                               .ai_socktype = SOCK_STREAM,
                               .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    if (getaddrinfo(host, service, &numeric, addresses) == 0)
        return NET_OK; /* an address in numbers needs no thread */
    struct lookup *l = lookup_start(host, port, family, err);
    if (!l)
        return NET_FAILED;
    enum net_result result = wait_for(l->pipe[0], wait);
    if (result == NET_OK && !atomic_load(&l->done))
        BUG("resolver woke too early");
    if (result == NET_OK && l->rc != 0) {
        result = lookup_failed(host, l->rc, l->error, err);
    } else if (result == NET_OK) {
        *addresses = l->found;
        l->found = NULL;
    }
    lookup_leave(l);
    return result;
}

/* ---- racing the addresses ---- */

struct race {
    const struct addrinfo *order[ATTEMPTS_MAX];
    int fds[ATTEMPTS_MAX]; /* -1: not under way */
    int count, started;
    int first_error;
    const struct addrinfo *first_failed;
};

/* The system's order (RFC 6724) kept within a family, the families taken in turn. */
static void order_addresses(struct race *race, const struct addrinfo *all)
{
    const struct addrinfo *next[2] = {all, all};
    int first = all->ai_family;
    for (int turn = 0; race->count < ATTEMPTS_MAX && (next[0] || next[1]); turn++) {
        const struct addrinfo **at = &next[turn % 2];
        while (*at && ((*at)->ai_family == first) != (turn % 2 == 0))
            *at = (*at)->ai_next;
        if (*at) {
            race->order[race->count++] = *at;
            *at = (*at)->ai_next;
        }
    }
}

static void attempt_failed(struct race *race, int i, int error)
{
    if (race->fds[i] >= 0)
        close(race->fds[i]);
    race->fds[i] = -1;
    if (!race->first_failed) {
        race->first_failed = race->order[i];
        race->first_error = error;
    }
}

static void start_next(struct race *race, const struct net_socket *wanted)
{
    int i = race->started++;
    race->fds[i] = net_socket_connect(race->order[i], wanted);
    if (race->fds[i] < 0)
        attempt_failed(race, i, errno);
}

/* Which attempt has won, or -1; those that failed are closed. */
static int judge(struct race *race, const struct pollfd *polls, const int *attempt, int n)
{
    for (int k = 0; k < n; k++) {
        if (!polls[k].revents)
            continue;
        int error = 0;
        socklen_t len = sizeof error;
        getsockopt(polls[k].fd, SOL_SOCKET, SO_ERROR, &error, &len);
        if (error == 0)
            return attempt[k];
        attempt_failed(race, attempt[k], error);
    }
    return -1;
}

/* One wait. NET_OK with *winner -1: go on. */
static enum net_result race_turn(struct race *race, const struct net_wait *wait, int64_t next,
                                 int *winner)
{
    struct pollfd polls[ATTEMPTS_MAX + 1];
    int attempt[ATTEMPTS_MAX], n = 0;
    for (int i = 0; i < race->started; i++)
        if (race->fds[i] >= 0) {
            polls[n] = (struct pollfd){.fd = race->fds[i], .events = POLLOUT};
            attempt[n++] = i;
        }
    *winner = -1;
    if (n == 0)
        return race->started < race->count ? NET_OK : NET_FAILED;
    polls[n] = (struct pollfd){.fd = wait->cancel_fd, .events = POLLIN};
    int64_t now = clock_ms();
    if (now >= wait->deadline)
        return NET_TIMEOUT;
    int64_t until = clock_earlier(next, wait->deadline);
    if (poll(polls, (nfds_t)n + 1, until > now ? (int)(until - now) : 0) <= 0)
        return NET_OK;
    if (polls[n].revents)
        return NET_CANCELLED;
    *winner = judge(race, polls, attempt, n);
    return NET_OK;
}

static void numeric(const struct addrinfo *a, char address[NI_MAXHOST], char port[NI_MAXSERV])
{
    if (getnameinfo(a->ai_addr, a->ai_addrlen, address, NI_MAXHOST, port, NI_MAXSERV,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        snprintf(address, NI_MAXHOST, "?");
        snprintf(port, NI_MAXSERV, "?");
    }
}

static const char *advice(int error)
{
    switch (error) {
    case ECONNREFUSED: return "is sshd running there, and is the port right?";
    case ENETUNREACH:
    case EHOSTUNREACH: return "is the network up, and is the address right?";
    case EADDRNOTAVAIL: return "is BindAddress an address of this machine, of the right family?";
    case ENODEV: return "is BindInterface an interface that is up and has an address?";
    case ETIMEDOUT: return "is the host up, or does a firewall drop the connection?";
    default: return "check the host and the port";
    }
}

static void race_error(const struct race *race, enum net_result result, struct err *err)
{
    char address[NI_MAXHOST], port[NI_MAXSERV];
    numeric(race->first_failed ? race->first_failed : race->order[0], address, port);
    char more[48] = "";
    if (race->count > 1)
        snprintf(more, sizeof more, " (and %d more)", race->count - 1);
    if (result == NET_TIMEOUT)
        err_set(err, "no answer from %s port %s%s; %s", address, port, more, advice(ETIMEDOUT));
    else
        err_set(err, "%s port %s%s: %s; %s", address, port, more, strerror(race->first_error),
                advice(race->first_error));
}

/* All addresses once. */
static enum net_result race_once(const struct addrinfo *addresses, const struct net_socket *wanted,
                                 const struct net_wait *wait, int *fd, char address[NI_MAXHOST],
                                 struct err *err)
{
    struct race race = {.count = 0};
    order_addresses(&race, addresses);
    enum net_result result = NET_OK;
    int winner = -1;
    int64_t next = 0;
    while (result == NET_OK && winner < 0) {
        int started = race.started;
        bool idle = true;
        for (int i = 0; i < started; i++)
            idle = idle && race.fds[i] < 0;
        if (started < race.count && (idle || clock_ms() >= next)) {
            start_next(&race, wanted);
            next = clock_ms() + ATTEMPT_DELAY_MS;
        }
        if (race.started == race.count)
            next = CLOCK_NEVER;
        result = race_turn(&race, wait, next, &winner);
    }
    for (int i = 0; i < race.started; i++)
        if (i != winner && race.fds[i] >= 0)
            close(race.fds[i]);
    if (winner >= 0) {
        *fd = race.fds[winner];
        numeric(race.order[winner], address, (char[NI_MAXSERV]){0});
    } else {
        race_error(&race, result, err);
    }
    return result;
}

/* NET_OK: the time is over. */
static enum net_result rest(int cancel_fd, int64_t until)
{
    struct pollfd cancel = {.fd = cancel_fd, .events = POLLIN};
    for (int64_t now; (now = clock_ms()) < until;)
        if (poll(&cancel, 1, (int)(until - now)) > 0)
            return NET_CANCELLED;
    return NET_OK;
}

enum net_result net_race(const struct addrinfo *addresses, const struct net_options *options,
                         const struct net_wait *wait, int *fd, char address[NI_MAXHOST],
                         struct err *err)
{
    struct addrinfo *local = NULL;
    struct net_socket wanted = {.bind_interface = options->bind_interface,
                                .keepalive = options->keepalive,
                                .tos = options->tos};
    struct net_wait each = *wait;
    int64_t patience = wait->deadline - clock_ms();
    enum net_result result = NET_OK;
    if (options->bind_address)
        result = net_resolve(options->bind_address, 0, AF_UNSPEC, wait, &local, err);
    wanted.bind = local;
    if (result == NET_OK)
        result = race_once(addresses, &wanted, &each, fd, address, err);
    for (int i = 1; i < options->attempts && (result == NET_FAILED || result == NET_TIMEOUT); i++) {
        if (rest(wait->cancel_fd, clock_ms() + ATTEMPTS_REST_MS) != NET_OK) {
            result = NET_CANCELLED;
            break;
        }
        each.deadline = clock_ms() + patience;
        result = race_once(addresses, &wanted, &each, fd, address, err);
    }
    if (local)
        freeaddrinfo(local);
    return result;
}
