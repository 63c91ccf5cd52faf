#include "proto/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

extern char **environ;

/* The signals that the program's loop keeps blocked or ignored must not stay so in a child. */
static void plain_signals(posix_spawnattr_t *attr)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setsigdefault(attr, &all);
    posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int spawn(const char *const *argv, int out, int errors, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
    plain_signals(&attr);
    union {
        const char *const *in;
        char *const *out;
    } args = {.in = argv}; /* execve(2) does not change them, whatever its prototype says */
    int rc = posix_spawnp(pid, argv[0], &files, &attr, args.out, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

/* False: too much, or too late. */
static bool collect(int fds[2], struct buf *into[2], size_t max, int64_t deadline)
{
    struct pollfd polls[2] = {{.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLIN}};
    while (polls[0].fd >= 0 || polls[1].fd >= 0) {
        int64_t left = deadline - clock_ms();
        if (left <= 0)
            return false;
        if (poll(polls, 2, (int)left) < 0 && errno != EINTR)
            return false;
        for (int i = 0; i < 2; i++) {
            if (polls[i].fd < 0 || polls[i].revents == 0)
                continue;
            ssize_t n = read(polls[i].fd, buf_reserve(into[i], 4096), 4096);
            if (n > 0)
                buf_commit(into[i], (size_t)n);
            else if (n == 0 || errno != EINTR)
                polls[i].fd = -1;
            if (into[i]->len > max)
                return false;
        }
    }
    return true;
}

enum capture_result capture_run(const char *const *argv, int seconds, size_t max, struct buf *out,
                                struct buf *errors, int *status, struct err *err)
{
    int pipes[2][2] = {{-1, -1}, {-1, -1}};
    if (pipe2(pipes[0], O_CLOEXEC) < 0 || pipe2(pipes[1], O_CLOEXEC) < 0) {
        err_set(err, "cannot run %s: %s", argv[0], strerror(errno));
        for (int i = 0; i < 2; i++)
            if (pipes[0][i] >= 0)
                close(pipes[0][i]);
        return CAPTURE_FAILED;
    }
    pid_t pid;
    int rc = spawn(argv, pipes[0][1], pipes[1][1], &pid);
    close(pipes[0][1]);
    close(pipes[1][1]);
    bool whole = false;
    if (rc == 0) {
        whole = collect((int[]){pipes[0][0], pipes[1][0]}, (struct buf *[]){out, errors}, max,
                        clock_ms() + (int64_t)seconds * 1000);
        if (!whole)
            kill(pid, SIGKILL);
        while (waitpid(pid, status, 0) < 0 && errno == EINTR)
            ;
    }
    close(pipes[0][0]);
    close(pipes[1][0]);
    if (rc == ENOENT || rc == EACCES || rc == ENOTDIR)
        return CAPTURE_MISSING;
    if (rc != 0)
        err_set(err, "cannot run %s: %s", argv[0], strerror(rc));
    else if (!whole)
        err_set(err, "%s did not finish within %d s", argv[0], seconds);
    return rc == 0 && whole ? CAPTURE_RAN : CAPTURE_FAILED;
}
