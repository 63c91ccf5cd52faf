#include "proto/demo_shell.h"

#include <fcntl.h>
#include <pty.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"

#define USER_PATH "/usr/local/bin:/usr/bin:/bin:/usr/games"
#define ROOT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* What a login would have besides what sshd sets: the locale (PAM reads it from a file). */
static void keep_locale(char ***env, char **old)
{
    for (size_t i = 0; old && old[i]; i++)
        if (strncmp(old[i], "LANG=", 5) == 0 || strncmp(old[i], "LANGUAGE=", 9) == 0 ||
            strncmp(old[i], "LC_", 3) == 0)
            *(*env)++ = old[i];
}

static const char *user_shell(const struct passwd *pw)
{
    return pw && pw->pw_shell && *pw->pw_shell ? pw->pw_shell : "/bin/sh";
}

/* Where the person is at home now: the demo host is this very machine. */
static const char *user_home(const struct passwd *pw)
{
    const char *home = getenv("HOME");
    if (home && home[0] == '/')
        return home;
    return pw ? pw->pw_dir : "/";
}

static char **make_env(const struct demo_shell_spec *spec, const struct passwd *pw, const char *tty)
{
    extern char **environ;
    size_t n = 16;
    for (size_t i = 0; environ && environ[i]; i++)
        n++;
    for (size_t i = 0; spec->env && spec->env[i]; i++)
        n++;
    char **env = xcalloc(n, sizeof *env), **at = env;
    const char *name = pw ? pw->pw_name : "user";
    /* SSH_CLIENT is the first, second and fourth word of SSH_CONNECTION. */
    char address[64] = "", from[16] = "", to[16] = "";
    sscanf(spec->connection, "%63s %15s %*s %15s", address, from, to);
    *at++ = xasprintf("HOME=%s", user_home(pw));
    *at++ = xasprintf("USER=%s", name);
    *at++ = xasprintf("LOGNAME=%s", name);
    *at++ = xasprintf("SHELL=%s", user_shell(pw));
    *at++ = xasprintf("PATH=%s", getuid() == 0 ? ROOT_PATH : USER_PATH);
    *at++ = xasprintf("SSH_CONNECTION=%s", spec->connection);
    *at++ = xasprintf("SSH_CLIENT=%s %s %s", address, from, to);
    if (spec->pty) {
        *at++ = xasprintf("TERM=%s", spec->term);
        *at++ = xasprintf("SSH_TTY=%s", tty);
    }
    keep_locale(&at, environ);
    for (size_t i = 0; spec->env && spec->env[i]; i++)
        *at++ = spec->env[i];
    return env;
}

/* In the child, for good. */
static void become_shell(const struct demo_shell_spec *spec, const int fds[3], const char *tty,
                         pid_t parent)
{
    setsid();
    if (spec->pty)
        ioctl(fds[0], TIOCSCTTY, 0);
    for (int i = 0; i < 3; i++)
        if (dup2(fds[i], i) < 0)
            _exit(126);
    closefrom(3);
    sigset_t none;
    sigemptyset(&none);
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGHUP);
    if (getppid() != parent)
        _exit(126);
    const struct passwd *pw = getpwuid(getuid());
    const char *path = user_shell(pw);
    const char *base = strrchr(path, '/');
    char *name = xasprintf("%s%s", spec->command ? "" : "-", base ? base + 1 : path);
    if (chdir(user_home(pw)) < 0 && chdir("/") < 0)
        _exit(126);
    char *command = spec->command ? xstrdup(spec->command) : NULL;
    char flag[] = "-c";
    char *argv[] = {name, command ? flag : NULL, command, NULL};
    execve(path, argv, make_env(spec, pw, tty));
    _exit(127);
}

static bool open_pty(const struct demo_shell_spec *spec, int *master, int fds[3], char tty[64])
{
    struct winsize size = {.ws_row = (unsigned short)spec->rows,
                           .ws_col = (unsigned short)spec->cols};
    int slave;
    if (openpty(master, &slave, NULL, NULL, &size) < 0)
        return false;
    if (ttyname_r(slave, tty, 64) != 0)
        tty[0] = '\0';
    fds[0] = fds[1] = fds[2] = slave;
    return true;
}

/* Socket pairs as sshd uses them; fds[] is the child's end. */
static bool open_pipes(int ours[3], int fds[3])
{
    for (int i = 0; i < 3; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
            for (; i > 0; i--) {
                close(ours[i - 1]);
                close(fds[i - 1]);
            }
            return false;
        }
        ours[i] = pair[0];
        fds[i] = pair[1];
    }
    return true;
}

bool demo_shell_start(struct demo_shell *shell, const struct demo_shell_spec *spec)
{
    int ours[3] = {-1, -1, -1}, fds[3];
    char tty[64] = "";
    if (spec->pty ? !open_pty(spec, &ours[0], fds, tty) : !open_pipes(ours, fds))
        return false;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become_shell(spec, fds, tty, parent);
    for (int i = 0; i < (spec->pty ? 1 : 3); i++)
        close(fds[i]);
    if (spec->pty)
        ours[1] = ours[0];
    *shell = (struct demo_shell){
        .pid = pid, .in = ours[0], .out = ours[1], .err = ours[2], .pty = spec->pty};
    for (int i = 0; i < 3; i++)
        if (ours[i] >= 0) {
            fcntl(ours[i], F_SETFL, fcntl(ours[i], F_GETFL) | O_NONBLOCK);
            fcntl(ours[i], F_SETFD, FD_CLOEXEC);
        }
    if (pid > 0)
        return true;
    shell->pid = 0;
    demo_shell_close(shell);
    return false;
}

void demo_shell_resize(const struct demo_shell *shell, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    if (shell->pty && shell->out >= 0)
        ioctl(shell->out, TIOCSWINSZ, &size);
}

void demo_shell_close(struct demo_shell *shell)
{
    if (shell->in >= 0 && shell->in != shell->out)
        close(shell->in);
    if (shell->out >= 0)
        close(shell->out);
    if (shell->err >= 0)
        close(shell->err);
    shell->in = shell->out = shell->err = -1;
    if (shell->pid > 0)
        kill(-shell->pid, SIGHUP);
}
