/*
 * One coroutine: a function with a stack of its own, which gives control back in the middle
 * and goes on from there. For libraries that want to wait for input where we must not.
 */
#ifndef TERM_FIBER_H
#define TERM_FIBER_H

struct fiber;

/* `run` begins at the first fiber_resume. It must have returned before fiber_free. */
struct fiber *fiber_new(void (*run)(void *arg), void *arg);
void fiber_free(struct fiber *f);

/* Run it until it yields or returns; nothing happens if it has returned. */
void fiber_resume(struct fiber *f);
/* Called inside: back to whoever resumed. */
void fiber_yield(struct fiber *f);

#endif
