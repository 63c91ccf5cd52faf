#include "proto/agent_io.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "proto/agent_filter.h"
#include "proto/wire.h"

int agent_connect(const char *path, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        err_set(err, "no agent at %s: %s", path, strerror(ENAMETOOLONG));
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    err_set(err, "no agent at %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static enum agent_io transfer(const struct agent_wait *w, int fd, uint8_t *data, size_t len,
                              bool writing, int64_t deadline)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = writing ? send(fd, data + done, len - done, MSG_NOSIGNAL | MSG_DONTWAIT)
                            : recv(fd, data + done, len - done, MSG_DONTWAIT);
        if (n > 0) {
            done += (size_t)n;
            continue;
        }
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return AGENT_IO_GONE;
        if (clock_ms() >= deadline)
            return AGENT_IO_LATE;
        if (!w->wait(w->data, fd, writing ? POLLOUT : POLLIN, deadline))
            return AGENT_IO_GONE;
    }
    return AGENT_IO_OK;
}

enum agent_io agent_send(const struct agent_wait *wait, int fd, const void *body, size_t len,
                         int64_t deadline)
{
    struct buf whole = {0};
    wire_put_string(&whole, body, len);
    enum agent_io io = transfer(wait, fd, buf_data(&whole), whole.len, true, deadline);
    buf_release_secret(&whole);
    return io;
}

enum agent_io agent_receive(const struct agent_wait *wait, int fd, struct buf *body,
                            int64_t deadline)
{
    uint8_t head[4];
    buf_clear(body);
    enum agent_io io = transfer(wait, fd, head, sizeof head, false, deadline);
    if (io != AGENT_IO_OK)
        return io;
    uint32_t len = 0;
    struct wire w = {head, sizeof head};
    wire_u32(&w, &len);
    if (len == 0 || len > AGENT_MESSAGE_MAX)
        return AGENT_IO_GONE;
    io = transfer(wait, fd, buf_reserve(body, len), len, false, deadline);
    if (io == AGENT_IO_OK)
        buf_commit(body, len);
    return io;
}
