/*
 * The event loop: descriptors and signals, one ppoll. Signals are open only inside it.
 * A callback may watch and unwatch anything, itself included; it must not call loop_turn.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdint.h>

struct loop;

struct loop *loop_new(void);
void loop_free(struct loop *loop);

/* Call `ready` with poll(2)'s revents when `fd` has any of `events` (or an error). A second
   call for the same descriptor replaces the first; events 0 keeps it but waits for nothing. */
typedef void loop_ready(void *data, short revents);
void loop_watch(struct loop *loop, int fd, short events, loop_ready *ready, void *data);
void loop_unwatch(struct loop *loop, int fd);

/* Call `caught` from loop_turn, not from a handler, when the signal came. */
typedef void loop_caught(void *data, int signo);
void loop_signal(struct loop *loop, int signo, loop_caught *caught, void *data);

/* Wait until something is ready or `deadline` (clock_ms; CLOCK_NEVER waits for ever), then
   call back for all that is ready. */
void loop_turn(struct loop *loop, int64_t now, int64_t deadline);

#endif
