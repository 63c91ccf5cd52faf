/* Several descriptors seen as one, which is readable while any of them is ready (epoll(7)). Not
   one inside the other: the kernel allows five levels, and a way may have more hops. */
#ifndef PROTO_WATCH_H
#define PROTO_WATCH_H

#define WATCH_MAX 64 /* two for each hop of a long way, and some more */

struct watch {
    int fd;
    int count;
    struct {
        int fd;
        short events;
    } of[WATCH_MAX]; /* what the kernel was told, so that it is told only what is new */
};

/* Aborts when the process has no descriptors left: nothing can be done without one. */
void watch_init(struct watch *w);
void watch_release(struct watch *w);

/* Wait for these poll(2) events (POLLIN, POLLOUT) of fd; 0: for none. At most WATCH_MAX at once.
   A descriptor is to be forgotten by 0 before it is closed. */
void watch_set(struct watch *w, int fd, short events);

#endif
