#include "proto/agent_proxy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "proto/wire.h"

#define SLOW_SIGNATURE_MS 1500

struct agent_proxy {
    int agent; /* the real one */
    int ours;  /* our end of the pair; -1: not started */
    int cancel_fd;
    struct buf all;   /* what the agent answered */
    struct buf shown; /* what libssh gets */
    bool running;
    pthread_t thread;
    void (*waiting)(void *data);
    void *data;
};

/* ---- whole messages over a non-blocking descriptor ---- */

enum io { IO_OK, IO_LATE, IO_GONE };

static enum io wait_io(const struct agent_proxy *p, int fd, short events, int64_t deadline)
{
    int64_t left = deadline == CLOCK_NEVER ? -1 : deadline - clock_ms();
    if (deadline != CLOCK_NEVER && left <= 0)
        return IO_LATE;
    struct pollfd polls[] = {{.fd = fd, .events = events}, {.fd = p->cancel_fd, .events = POLLIN}};
    if (poll(polls, 2, (int)left) < 0 && errno != EINTR)
        return IO_GONE;
    return polls[1].revents ? IO_GONE : IO_OK;
}

static enum io transfer(const struct agent_proxy *p, int fd, uint8_t *data, size_t len,
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
            return IO_GONE;
        enum io io = wait_io(p, fd, writing ? POLLOUT : POLLIN, deadline);
        if (io != IO_OK)
            return io;
    }
    return IO_OK;
}

static enum io send_message(const struct agent_proxy *p, int fd, const void *body, size_t len,
                            int64_t deadline)
{
    struct buf whole = {0};
    wire_put_string(&whole, body, len);
    enum io io = transfer(p, fd, buf_data(&whole), whole.len, true, deadline);
    buf_release_secret(&whole);
    return io;
}

static enum io receive_message(const struct agent_proxy *p, int fd, struct buf *body,
                               int64_t deadline)
{
    uint8_t head[4];
    buf_clear(body);
    enum io io = transfer(p, fd, head, sizeof head, false, deadline);
    if (io != IO_OK)
        return io;
    uint32_t len = 0;
    struct wire w = {head, sizeof head};
    wire_u32(&w, &len);
    if (len == 0 || len > AGENT_MESSAGE_MAX)
        return IO_GONE;
    io = transfer(p, fd, buf_reserve(body, len), len, false, deadline);
    if (io == IO_OK)
        buf_commit(body, len);
    return io;
}

/* ---- */

static int connect_agent(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

struct agent_proxy *agent_proxy_new(const char *path, int cancel_fd, int64_t deadline,
                                    struct err *err)
{
    int fd = connect_agent(path);
    if (fd < 0) {
        err_set(err, "no agent at %s: %s", path, strerror(errno));
        return NULL;
    }
    struct agent_proxy *p = xcalloc(1, sizeof *p);
    *p = (struct agent_proxy){.agent = fd, .ours = -1, .cancel_fd = cancel_fd};
    uint8_t request = AGENT_REQUEST_IDENTITIES;
    enum io io = send_message(p, fd, &request, 1, deadline);
    if (io == IO_OK)
        io = receive_message(p, fd, &p->all, deadline);
    if (io == IO_OK &&
        agent_filter_answer(buf_data(&p->all), p->all.len, NULL, 0, false, &p->shown))
        return p;
    err_set(err, "the agent at %s %s", path, io == IO_LATE ? "does not answer" : "refused");
    agent_proxy_free(p);
    return NULL;
}

void agent_proxy_free(struct agent_proxy *p)
{
    if (!p)
        return;
    if (p->running) {
        shutdown(p->ours, SHUT_RDWR);
        shutdown(p->agent, SHUT_RDWR);
        pthread_join(p->thread, NULL);
    }
    if (p->ours >= 0)
        close(p->ours);
    close(p->agent);
    buf_release(&p->all);
    buf_release(&p->shown);
    free(p);
}

bool agent_proxy_choose(struct agent_proxy *p, const struct agent_key *wanted, size_t count,
                        bool only)
{
    struct agent_key key;
    const char *comment;
    size_t len;
    agent_filter_answer(buf_data(&p->all), p->all.len, wanted, count, only, &p->shown);
    return agent_filter_key(&p->shown, 0, &key, &comment, &len);
}

const struct buf *agent_proxy_keys(const struct agent_proxy *p)
{
    return &p->shown;
}

bool agent_proxy_has(const struct agent_proxy *p, const struct agent_key *key)
{
    struct agent_key own;
    const char *comment;
    size_t len;
    for (size_t i = 0; agent_filter_key(&p->all, i, &own, &comment, &len); i++)
        if (own.len == key->len && memcmp(own.blob, key->blob, key->len) == 0)
            return true;
    return false;
}

static bool sign(struct agent_proxy *p, struct buf *message)
{
    if (send_message(p, p->agent, buf_data(message), message->len, CLOCK_NEVER) != IO_OK)
        return false;
    int64_t slow = clock_ms() + SLOW_SIGNATURE_MS;
    enum io io = wait_io(p, p->agent, POLLIN, slow);
    if (clock_ms() >= slow)
        p->waiting(p->data);
    return io != IO_GONE && receive_message(p, p->agent, message, CLOCK_NEVER) == IO_OK;
}

static void *run(void *data)
{
    struct agent_proxy *p = data;
    struct buf message = {0};
    static const uint8_t refused = AGENT_FAILURE;
    while (receive_message(p, p->ours, &message, CLOCK_NEVER) == IO_OK) {
        const void *body = &refused;
        size_t len = 1;
        if (agent_filter_asks_keys(buf_data(&message), message.len)) {
            body = buf_data(&p->shown);
            len = p->shown.len;
        } else if (agent_filter_permits(&p->shown, buf_data(&message), message.len)) {
            if (!sign(p, &message))
                break;
            body = buf_data(&message);
            len = message.len;
        }
        if (send_message(p, p->ours, body, len, CLOCK_NEVER) != IO_OK)
            break;
    }
    shutdown(p->ours, SHUT_RDWR); /* wakes libssh, which waits without limit */
    buf_release_secret(&message);
    return NULL;
}

int agent_proxy_start(struct agent_proxy *p, void (*waiting)(void *data), void *data,
                      struct err *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        err_set(err, "cannot make a socket pair: %s", strerror(errno));
        return -1;
    }
    p->ours = pair[0];
    p->waiting = waiting;
    p->data = data;
    int rc = pthread_create(&p->thread, NULL, run, p);
    p->running = rc == 0;
    if (rc == 0)
        return pair[1];
    err_set(err, "cannot start a thread: %s", strerror(rc));
    close(pair[1]);
    return -1;
}
