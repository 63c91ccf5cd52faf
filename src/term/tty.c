#include "term/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"

#define LEAVE_WAIT_MS  1000
#define DEATH_WAIT_MS  200
#define SIZE_MAX_CELLS 1000 /* as vscreen and frames hold it */

struct tty {
    int fd;
    bool entered;
    struct termios saved;
    struct buf out;
    struct buf leave;
};

/* What a signal handler needs: set before `armed`, unchanged while it is set. */
static struct {
    volatile sig_atomic_t armed;
    int fd;
    struct termios saved;
    const uint8_t *leave;
    size_t leave_len;
} death;

struct tty *tty_open(struct err *err)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        if (errno == ENXIO || errno == ENODEV)
            err_set(err, "there is no terminal to show a screen on (no controlling terminal)");
        else
            err_set(err, "cannot open the terminal /dev/tty: %s", strerror(errno));
        return NULL;
    }
    struct tty *tty = xcalloc(1, sizeof *tty);
    tty->fd = fd;
    return tty;
}

void tty_close(struct tty *tty)
{
    if (!tty)
        return;
    tty_leave(tty);
    close(tty->fd);
    buf_release(&tty->out);
    buf_release(&tty->leave);
    free(tty);
}

bool tty_in_front(const struct tty *tty)
{
    return tcgetpgrp(tty->fd) == getpgrp();
}

int tty_fd(const struct tty *tty)
{
    return tty->fd;
}

bool tty_size(const struct tty *tty, int *rows, int *cols)
{
    struct winsize size = {0};
    *rows = 24;
    *cols = 80;
    if (ioctl(tty->fd, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
        return false;
    *rows = size.ws_row < SIZE_MAX_CELLS ? size.ws_row : SIZE_MAX_CELLS;
    *cols = size.ws_col < SIZE_MAX_CELLS ? size.ws_col : SIZE_MAX_CELLS;
    return true;
}

static void make_raw(struct termios *t)
{
    t->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | INPCK | ISTRIP | INLCR | IGNCR | ICRNL |
                              IXON | IXOFF);
    t->c_oflag &= ~(tcflag_t)OPOST;
    t->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    t->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
    t->c_cflag |= CS8;
    t->c_cc[VMIN] = 1;
    t->c_cc[VTIME] = 0;
}

bool tty_enter(struct tty *tty, const struct buf *enter, const struct buf *leave, struct err *err)
{
    if (tty->entered)
        return true;
    /* Changing the settings from the background would stop us (SIGTTOU) half way. */
    pid_t front = tcgetpgrp(tty->fd);
    if (front >= 0 && front != getpgrp())
        return err_set(err, "the terminal is in use: tether was started in the background, "
                            "bring it to the foreground");
    if (tcgetattr(tty->fd, &tty->saved) < 0)
        return err_set(err, "the terminal is gone: %s", strerror(errno));
    buf_clear(&tty->leave);
    buf_append(&tty->leave, buf_data(leave), leave->len);
    death.fd = tty->fd;
    death.saved = tty->saved;
    death.leave = tty->leave.data;
    death.leave_len = tty->leave.len;
    death.armed = 1;
    struct termios raw = tty->saved;
    make_raw(&raw);
    if (tcsetattr(tty->fd, TCSANOW, &raw) < 0) {
        death.armed = 0;
        return err_set(err, "cannot set the terminal to raw mode: %s", strerror(errno));
    }
    tty->entered = true;
    buf_append(&tty->out, buf_data(enter), enter->len);
    tty_flush(tty);
    return true;
}

/* Only write, poll and tcsetattr: all may be called from a signal handler. */
static size_t write_within(int fd, const uint8_t *data, size_t len, int wait_ms)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = write(fd, data + done, len - done);
        if (n > 0) {
            done += (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            if (poll(&ready, 1, wait_ms) <= 0)
                break;
        } else if (n == 0 || errno != EINTR) {
            break;
        }
    }
    return done;
}

void tty_restore_now(void)
{
    if (!death.armed)
        return;
    death.armed = 0;
    int saved_errno = errno;
    sigset_t output, before;
    sigemptyset(&output);
    sigaddset(&output, SIGTTOU);
    sigprocmask(SIG_BLOCK, &output, &before);
    size_t done = write_within(death.fd, death.leave, death.leave_len, DEATH_WAIT_MS);
    if (done < death.leave_len) {
        /* Nobody reads: what waits in the kernel is dropped so that this gets through. */
        tcflush(death.fd, TCOFLUSH);
        write_within(death.fd, death.leave + done, death.leave_len - done, DEATH_WAIT_MS);
    }
    tcsetattr(death.fd, TCSANOW, &death.saved);
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = saved_errno;
}

void tty_leave(struct tty *tty)
{
    if (!tty->entered)
        return;
    tty->entered = false;
    int64_t limit = clock_ms() + LEAVE_WAIT_MS;
    while (tty->out.len > 0 && tty_flush(tty) && tty->out.len > 0) {
        int64_t left = limit - clock_ms();
        struct pollfd ready = {.fd = tty->fd, .events = POLLOUT};
        if (left <= 0 || (poll(&ready, 1, (int)left) < 0 && errno != EINTR))
            break;
    }
    buf_clear(&tty->out);
    tty_restore_now();
}

long tty_read(struct tty *tty, void *data, size_t size)
{
    for (;;) {
        ssize_t n = read(tty->fd, data, size);
        if (n > 0)
            return n;
        if (n == 0)
            return size == 0 ? 0 : -1;
        if (errno == EAGAIN)
            return 0;
        if (errno != EINTR)
            return -1;
    }
}

struct buf *tty_out(struct tty *tty)
{
    return &tty->out;
}

bool tty_busy(const struct tty *tty)
{
    return tty->out.len > 0;
}

bool tty_flush(struct tty *tty)
{
    while (tty->out.len > 0) {
        ssize_t n = write(tty->fd, buf_data(&tty->out), tty->out.len);
        if (n > 0)
            buf_consume(&tty->out, (size_t)n);
        else if (n < 0 && errno == EINTR)
            continue;
        else
            return n < 0 && errno == EAGAIN;
    }
    return true;
}
