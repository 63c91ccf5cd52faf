#include "proto/proxy_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

#define END_PATIENCE_MS 200
#define SAID_KEPT       2048

extern char **environ;

/* ---- its standard error ---- */

/*
 * Read by a thread of its own, so that a program with much to say is never held up, and takes
 * no memory; it notices when we are gone. Shared with that thread: the last to leave frees it.
 */
struct proxy_said {
    atomic_int holders;
    int fd;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool ended;
    char text[2 * SAID_KEPT];
    size_t len;
};

static void said_leave(struct proxy_said *said)
{
    if (atomic_fetch_sub(&said->holders, 1) > 1)
        return;
    close(said->fd);
    pthread_cond_destroy(&said->changed);
    pthread_mutex_destroy(&said->lock);
    free(said);
}

static void *said_read(void *data)
{
    struct proxy_said *said = data;
    char text[SAID_KEPT];
    ssize_t n;
    while ((n = read(said->fd, text, sizeof text)) > 0) {
        pthread_mutex_lock(&said->lock);
        if (said->len + (size_t)n > sizeof said->text) {
            size_t drop = said->len + (size_t)n - sizeof said->text;
            memmove(said->text, said->text + drop, said->len - drop);
            said->len -= drop;
        }
        memcpy(said->text + said->len, text, (size_t)n);
        said->len += (size_t)n;
        pthread_mutex_unlock(&said->lock);
    }
    pthread_mutex_lock(&said->lock);
    said->ended = true;
    pthread_cond_signal(&said->changed);
    pthread_mutex_unlock(&said->lock);
    said_leave(said);
    return NULL;
}

/* Reads `fd` from now on, and closes it in the end. NULL: errno says why; it is closed. */
static struct proxy_said *said_start(int fd)
{
    struct proxy_said *said = xcalloc(1, sizeof *said);
    said->holders = 2;
    said->fd = fd;
    pthread_mutex_init(&said->lock, NULL);
    pthread_cond_init(&said->changed, NULL);
    pthread_t thread;
    int rc = pthread_create(&thread, NULL, said_read, said);
    if (rc == 0) {
        pthread_detach(thread);
        return said;
    }
    said_leave(said);
    said_leave(said);
    errno = rc;
    return NULL;
}

char *proxy_command_complaint(const struct proxy_command *p)
{
    char line[200];
    struct timespec until;
    struct proxy_said *said = p->said;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += END_PATIENCE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&said->lock);
    while (!said->ended && pthread_cond_timedwait(&said->changed, &said->lock, &until) == 0)
        continue;
    size_t end = said->len;
    while (end > 0 && strchr("\r\n", said->text[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && said->text[start - 1] != '\n')
        start--;
    utf8_sanitize(line, sizeof line, said->text + start, end - start, 180, 0);
    pthread_mutex_unlock(&said->lock);
    return xstrdup(line);
}

/* ---- the program ---- */

static int spawn(const char *command, int stream, int log_fd, pid_t *pid)
{
    const char *shell = getenv("SHELL");
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, stream, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, stream, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, log_fd, STDERR_FILENO);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    char *path = xstrdup(shell && *shell ? shell : "/bin/sh"), *line = xstrdup(command);
    char flag[] = "-c";
    int rc = posix_spawn(pid, path, &files, &attr, (char *[]){path, flag, line, NULL}, environ);
    free(path);
    free(line);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

bool proxy_command_start(struct proxy_command *p, const char *command, int *fd, struct err *err)
{
    int stream[2], errors[2];
    *p = (struct proxy_command){0};
    if (pipe2(errors, O_CLOEXEC) < 0)
        return err_set(err, "cannot run the ProxyCommand: %s", strerror(errno));
    p->said = said_start(errors[0]);
    if (!p->said || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream) < 0) {
        err_set(err, "cannot run the ProxyCommand: %s", strerror(errno));
        close(errors[1]);
        proxy_command_end(p);
        return false;
    }
    int rc = spawn(command, stream[1], errors[1], &p->pid);
    close(errors[1]);
    close(stream[1]);
    if (rc != 0) {
        close(stream[0]);
        p->pid = 0;
        proxy_command_end(p);
        return err_set(err, "cannot run the ProxyCommand: %s", strerror(rc));
    }
    fcntl(stream[0], F_SETFL, fcntl(stream[0], F_GETFL) | O_NONBLOCK);
    *fd = stream[0];
    return true;
}

void proxy_command_end(struct proxy_command *p)
{
    int signals[] = {0, SIGTERM, SIGKILL};
    for (size_t i = 0; p->pid > 0 && i < sizeof signals / sizeof signals[0]; i++) {
        if (signals[i])
            kill(-p->pid, signals[i]); /* it leads a session of its own */
        for (int waited = 0; p->pid > 0 && waited < END_PATIENCE_MS / 2; waited += 10) {
            pid_t rc = waitpid(p->pid, NULL, WNOHANG);
            if (rc != 0 && (rc > 0 || errno != EINTR))
                p->pid = 0;
            else
                poll(NULL, 0, 10);
        }
    }
    if (p->said)
        said_leave(p->said);
    *p = (struct proxy_command){0};
}
