#include "proto/watch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/err.h"

void watch_init(struct watch *w)
{
    *w = (struct watch){.fd = epoll_create1(EPOLL_CLOEXEC)};
    if (w->fd < 0)
        BUG("epoll: %s", strerror(errno));
}

void watch_release(struct watch *w)
{
    if (w->fd >= 0)
        close(w->fd);
    *w = (struct watch){.fd = -1};
}

static int find(const struct watch *w, int fd)
{
    int i = 0;
    while (i < w->count && w->of[i].fd != fd)
        i++;
    return i;
}

static void tell(const struct watch *w, int op, int fd, short events)
{
    struct epoll_event event = {.data = {.fd = fd}};
    event.events =
        (events & POLLIN ? (uint32_t)EPOLLIN : 0) | (events & POLLOUT ? (uint32_t)EPOLLOUT : 0);
    /* One that was closed all the same is gone from the kernel's set already. */
    if (epoll_ctl(w->fd, op, fd, &event) < 0 && errno != EBADF && errno != ENOENT)
        BUG("epoll: %s", strerror(errno));
}

void watch_set(struct watch *w, int fd, short events)
{
    int i = find(w, fd);
    bool known = i < w->count;
    if (known && events == 0) {
        tell(w, EPOLL_CTL_DEL, fd, 0);
        w->of[i] = w->of[--w->count];
    } else if (known && w->of[i].events != events) {
        tell(w, EPOLL_CTL_MOD, fd, events);
        w->of[i].events = events;
    } else if (!known && events != 0) {
        if (w->count == WATCH_MAX)
            BUG("more than %d descriptors in one watch", WATCH_MAX);
        tell(w, EPOLL_CTL_ADD, fd, events);
        w->of[w->count].fd = fd;
        w->of[w->count++].events = events;
    }
}
