/*
 * The local terminal device: raw mode and back, size, non-blocking reads and writes. It is
 * opened anew (/dev/tty), so that O_NONBLOCK does not leak into the shell that started us.
 */
#ifndef TERM_TTY_H
#define TERM_TTY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct tty;

/* NULL with an error if there is no controlling terminal. One per process. */
struct tty *tty_open(struct err *err);
/* Restores if needed. */
void tty_close(struct tty *tty);

int tty_fd(const struct tty *tty);
/* We are in the terminal's foreground process group. */
bool tty_in_front(const struct tty *tty);
bool tty_size(const struct tty *tty, int *rows, int *cols); /* 24x80 and false if unknown */

/* Raw mode, then `enter` bytes. `leave` is kept for tty_leave and for dying. */
bool tty_enter(struct tty *tty, const struct buf *enter, const struct buf *leave, struct err *err);
/* What is queued and `leave`, written out (waiting at most a second for a terminal that does
   not read), and the saved settings. Harmless if not entered. */
void tty_leave(struct tty *tty);
/* The same from a signal handler or a crash: async-signal-safe, no queue. */
void tty_restore_now(void);

/* Up to `size` bytes; 0: nothing now; -1: the terminal is gone. */
long tty_read(struct tty *tty, void *data, size_t size);

/* The queue of bytes to write. Frames are appended only while tty_busy is false: a terminal
   that does not read makes frames be skipped, never queued. */
struct buf *tty_out(struct tty *tty);
bool tty_busy(const struct tty *tty); /* bytes are queued: ask for POLLOUT */
/* Write what the terminal takes now. False: the terminal is gone. */
bool tty_flush(struct tty *tty);

#endif
