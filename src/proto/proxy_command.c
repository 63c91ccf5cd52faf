#include "proto/proxy_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/utf8.h"

#define END_PATIENCE_MS 200

extern char **environ;

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
    int pair[2];
    *p = (struct proxy_command){.log_fd = memfd_create("proxy", MFD_CLOEXEC)};
    if (p->log_fd < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        err_set(err, "cannot run the ProxyCommand: %s", strerror(errno));
        proxy_command_end(p);
        return false;
    }
    int rc = spawn(command, pair[1], p->log_fd, &p->pid);
    close(pair[1]);
    if (rc != 0) {
        close(pair[0]);
        p->pid = 0;
        proxy_command_end(p);
        return err_set(err, "cannot run the ProxyCommand: %s", strerror(rc));
    }
    fcntl(pair[0], F_SETFL, fcntl(pair[0], F_GETFL) | O_NONBLOCK);
    *fd = pair[0];
    return true;
}

char *proxy_command_complaint(const struct proxy_command *p)
{
    char text[2048], line[200];
    off_t size = lseek(p->log_fd, 0, SEEK_END);
    off_t from = size > (off_t)sizeof text ? size - (off_t)sizeof text : 0;
    ssize_t n = pread(p->log_fd, text, sizeof text, from);
    size_t end = n > 0 ? (size_t)n : 0;
    while (end > 0 && (text[end - 1] == '\n' || text[end - 1] == '\r'))
        end--;
    size_t start = end;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    utf8_sanitize(line, sizeof line, text + start, end - start, 180, 0);
    return xstrdup(line);
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
    if (p->log_fd >= 0)
        close(p->log_fd);
    *p = (struct proxy_command){.log_fd = -1};
}
