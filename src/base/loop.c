#include "base/loop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"

#define WATCH_MAX  32
#define SIGNAL_MAX 65

struct watch {
    int fd; /* -1: free */
    short events;
    loop_ready *ready;
    void *data;
};

struct catcher {
    loop_caught *caught;
    void *data;
};

struct loop {
    struct watch watches[WATCH_MAX];
    struct catcher catchers[SIGNAL_MAX];
    sigset_t open; /* the mask in force while waiting */
    bool turning;
};

/* Signal dispositions are the process's, so their flags are too. */
static volatile sig_atomic_t pending[SIGNAL_MAX];

static void note_signal(int signo)
{
    pending[signo] = 1;
}

struct loop *loop_new(void)
{
    struct loop *loop = xcalloc(1, sizeof *loop);
    for (int i = 0; i < WATCH_MAX; i++)
        loop->watches[i].fd = -1;
    pthread_sigmask(SIG_SETMASK, NULL, &loop->open);
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    for (int signo = 1; signo < SIGNAL_MAX; signo++)
        if (loop->catchers[signo].caught)
            signal(signo, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &loop->open, NULL);
    free(loop);
}

static struct watch *find_watch(struct loop *loop, int fd)
{
    for (int i = 0; i < WATCH_MAX; i++)
        if (loop->watches[i].fd == fd)
            return &loop->watches[i];
    return NULL;
}

void loop_watch(struct loop *loop, int fd, short events, loop_ready *ready, void *data)
{
    struct watch *watch = find_watch(loop, fd);
    if (!watch)
        watch = find_watch(loop, -1);
    if (!watch || fd < 0)
        BUG("cannot watch descriptor %d", fd);
    *watch = (struct watch){.fd = fd, .events = events, .ready = ready, .data = data};
}

void loop_unwatch(struct loop *loop, int fd)
{
    struct watch *watch = fd >= 0 ? find_watch(loop, fd) : NULL;
    if (watch)
        watch->fd = -1;
}

void loop_signal(struct loop *loop, int signo, loop_caught *caught, void *data)
{
    loop->catchers[signo] = (struct catcher){.caught = caught, .data = data};
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signo);
    pthread_sigmask(SIG_BLOCK, &one, NULL);
    sigdelset(&loop->open, signo);
    struct sigaction action = {.sa_handler = note_signal};
    sigfillset(&action.sa_mask);
    sigaction(signo, &action, NULL);
}

static void run_signals(struct loop *loop)
{
    for (int signo = 1; signo < SIGNAL_MAX; signo++) {
        if (!pending[signo] || !loop->catchers[signo].caught)
            continue;
        pending[signo] = 0;
        loop->catchers[signo].caught(loop->catchers[signo].data, signo);
    }
}

static void wait_ready(struct loop *loop, struct pollfd *polls, int64_t now, int64_t deadline)
{
    for (int i = 0; i < WATCH_MAX; i++)
        polls[i] = (struct pollfd){.fd = loop->watches[i].fd, .events = loop->watches[i].events};
    int64_t wait = deadline == CLOCK_NEVER ? -1 : deadline > now ? deadline - now : 0;
    struct timespec limit = {.tv_sec = wait / 1000, .tv_nsec = wait % 1000 * 1000000};
    if (ppoll(polls, WATCH_MAX, wait < 0 ? NULL : &limit, &loop->open) < 0) {
        if (errno != EINTR)
            BUG("ppoll: %s", strerror(errno));
        for (int i = 0; i < WATCH_MAX; i++)
            polls[i].revents = 0;
    }
}

void loop_turn(struct loop *loop, int64_t now, int64_t deadline)
{
    if (loop->turning)
        BUG("nested loop_turn");
    loop->turning = true;
    struct pollfd polls[WATCH_MAX];
    wait_ready(loop, polls, now, deadline);
    run_signals(loop);
    for (int i = 0; i < WATCH_MAX; i++) {
        /* A callback before this one may have unwatched or replaced the descriptor. */
        struct watch *watch = &loop->watches[i];
        if (polls[i].revents != 0 && watch->fd >= 0 && watch->fd == polls[i].fd)
            watch->ready(watch->data, polls[i].revents);
    }
    loop->turning = false;
}
