#include "proto/agent_proxy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

/* No machine takes so long by itself. */
#define SLOW_SIGNATURE_MS 700

struct agent_proxy {
    int agent; /* the real one */
    int ours;  /* our end of the pair; -1: not started */
    struct agent_wait wait;
    struct buf keys; /* what the agent answered */
    pthread_t thread;
    bool running;
    void (*waiting)(void *data, bool begins);
    void *data;
    pthread_mutex_t lock; /* of what follows */
    struct agent_offer offer;
    bool offered, refused, lost;
};

struct agent_proxy *agent_proxy_new(const char *path, const struct agent_wait *wait,
                                    int64_t deadline, struct err *err)
{
    int fd = agent_connect(path, err);
    if (fd < 0)
        return NULL;
    struct agent_proxy *p = xcalloc(1, sizeof *p);
    *p = (struct agent_proxy){.agent = fd, .ours = -1, .wait = *wait};
    pthread_mutex_init(&p->lock, NULL);
    uint8_t request = AGENT_REQUEST_IDENTITIES;
    enum agent_io io = agent_send(wait, fd, &request, 1, deadline);
    if (io == AGENT_IO_OK)
        io = agent_receive(wait, fd, &p->keys, deadline);
    if (io == AGENT_IO_OK && buf_data(&p->keys)[0] == AGENT_IDENTITIES_ANSWER)
        return p;
    err_set(err, "the agent at %s %s", path,
            io == AGENT_IO_LATE ? "does not answer" : "lists no keys");
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
    pthread_mutex_destroy(&p->lock);
    buf_release(&p->keys);
    free(p);
}

const struct buf *agent_proxy_keys(const struct agent_proxy *p)
{
    return &p->keys;
}

void agent_proxy_offer(struct agent_proxy *p, const struct agent_offer *offer)
{
    pthread_mutex_lock(&p->lock);
    p->offer = *offer;
    p->offered = true;
    p->refused = false;
    pthread_mutex_unlock(&p->lock);
}

bool agent_proxy_refused(struct agent_proxy *p)
{
    pthread_mutex_lock(&p->lock);
    bool refused = p->refused;
    pthread_mutex_unlock(&p->lock);
    return refused;
}

bool agent_proxy_lost(struct agent_proxy *p)
{
    pthread_mutex_lock(&p->lock);
    bool lost = p->lost;
    pthread_mutex_unlock(&p->lock);
    return lost;
}

/* ---- the thread ---- */

/* For the next request, which the connecting thread takes its time to make. */
static bool wait_for_request(void *data, int fd, short events, int64_t deadline)
{
    (void)data;
    (void)deadline; /* there is none */
    struct pollfd polls[] = {{.fd = fd, .events = events}};
    return poll(polls, 1, -1) >= 0 || errno == EINTR;
}

static bool has_answered(const struct agent_proxy *p)
{
    struct pollfd polls[] = {{.fd = p->agent, .events = POLLIN}};
    return poll(polls, 1, 0) > 0;
}

/* The answer of the agent, however long a person takes to touch a key or to confirm. */
static enum agent_io await_signature(struct agent_proxy *p, struct buf *answer)
{
    int64_t slow = clock_ms() + SLOW_SIGNATURE_MS;
    while (!has_answered(p) && clock_ms() < slow)
        if (!p->wait.wait(p->wait.data, p->agent, POLLIN, slow))
            return AGENT_IO_GONE;
    bool person = !has_answered(p);
    if (person)
        p->waiting(p->data, true);
    enum agent_io io = agent_receive(&p->wait, p->agent, answer, CLOCK_NEVER);
    if (person)
        p->waiting(p->data, false);
    return io;
}

/* The answer for libssh. False: the agent has gone. */
static bool answer_request(struct agent_proxy *p, const struct buf *message, struct buf *answer)
{
    struct buf request = {0};
    pthread_mutex_lock(&p->lock);
    struct agent_offer offer = p->offer;
    bool offered = p->offered;
    pthread_mutex_unlock(&p->lock);
    buf_clear(answer);
    bool ok = true;
    if (offered && agent_filter_asks_keys(buf_data(message), message->len)) {
        agent_filter_show(&offer, answer);
    } else if (offered &&
               agent_filter_translate(&offer, buf_data(message), message->len, &request)) {
        ok = agent_send(&p->wait, p->agent, buf_data(&request), request.len, CLOCK_NEVER) ==
                 AGENT_IO_OK &&
             await_signature(p, answer) == AGENT_IO_OK;
    } else {
        buf_append(answer, &(uint8_t){AGENT_FAILURE}, 1);
    }
    buf_release_secret(&request);
    pthread_mutex_lock(&p->lock);
    p->lost = !ok;
    p->refused = ok && buf_data(answer)[0] == AGENT_FAILURE;
    pthread_mutex_unlock(&p->lock);
    return ok;
}

static void *run(void *data)
{
    struct agent_proxy *p = data;
    struct buf message = {0}, answer = {0};
    static const struct agent_wait libssh = {.wait = wait_for_request};
    while (agent_receive(&libssh, p->ours, &message, CLOCK_NEVER) == AGENT_IO_OK &&
           answer_request(p, &message, &answer) &&
           agent_send(&libssh, p->ours, buf_data(&answer), answer.len, CLOCK_NEVER) == AGENT_IO_OK)
        continue;
    shutdown(p->ours, SHUT_RDWR); /* wakes libssh, which waits without limit */
    buf_release_secret(&message);
    buf_release_secret(&answer);
    return NULL;
}

int agent_proxy_start(struct agent_proxy *p, void (*waiting)(void *data, bool begins), void *data,
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
