#include "app/local_io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another open file description of the same pipe or terminal; -1: not to be had. */
static int reopen(int fd, bool output)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, (output ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void local_io_open(struct local_io *io, int fd, bool output)
{
    struct stat st;
    *io = (struct local_io){.fd = fd};
    if (fstat(fd, &st) < 0)
        return;
    io->socket = S_ISSOCK(st.st_mode);
    if (!S_ISFIFO(st.st_mode) && !isatty(fd))
        return;
    int again = reopen(fd, output);
    io->own = again >= 0;
    if (io->own)
        io->fd = again;
    else
        io->write_max = PIPE_BUF; /* a pipe that is ready takes as much */
}

void local_io_close(struct local_io *io)
{
    if (io->own)
        close(io->fd);
    io->own = false;
    io->fd = -1;
}

static bool ready(int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};
    return poll(&p, 1, 0) > 0;
}

static bool try_later(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

long local_io_read(const struct local_io *io, void *data, size_t size)
{
    if (!io->own && !ready(io->fd, POLLIN))
        return 0;
    ssize_t n = io->socket ? recv(io->fd, data, size, MSG_DONTWAIT) : read(io->fd, data, size);
    if (n > 0)
        return n;
    return n < 0 && try_later() ? 0 : -1;
}

long local_io_write(const struct local_io *io, const void *data, size_t len)
{
    if (!io->own && !ready(io->fd, POLLOUT))
        return 0;
    if (io->write_max > 0 && len > io->write_max)
        len = io->write_max;
    ssize_t n = io->socket ? send(io->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL)
                           : write(io->fd, data, len);
    if (n >= 0)
        return n;
    return try_later() ? 0 : -1;
}
