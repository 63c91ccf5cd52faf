#include "proto/ask_pass.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_PROGRAM "/usr/bin/ssh-askpass"
#define ANSWER_MAX      1023 /* as ssh */

extern char **environ;

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

bool ask_pass_wanted(bool terminal)
{
    const char *require = getenv("SSH_ASKPASS_REQUIRE");
    bool display = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    require = require ? require : "";
    if (strcasecmp(require, "force") == 0)
        return true;
    if (strcasecmp(require, "never") == 0)
        return false;
    return display && (!terminal || strcasecmp(require, "prefer") == 0);
}

/* The environment with the hint that a yes or no is asked; free the array alone. */
static char **hinted_environment(void)
{
    static char hint[] = "SSH_ASKPASS_PROMPT=confirm";
    size_t n = 0;
    while (environ[n])
        n++;
    char **env = xcalloc(n + 2, sizeof *env);
    memcpy(env, environ, n * sizeof *env);
    env[n] = hint;
    return env;
}

static int spawn(struct ask_pass *p, const char *program, const char *text, int out, bool confirm,
                 bool quiet)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    char *name = xstrdup(program), *question = xstrdup(text);
    char *argv[] = {name, question, NULL};
    char **env = confirm ? hinted_environment() : environ;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (quiet)
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int rc = posix_spawnp(&p->pid, program, &files, &attr, argv, env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    if (env != environ)
        free(env);
    free(name);
    free(question);
    return rc;
}

bool ask_pass_start(struct ask_pass *p, const char *text, bool confirm, bool quiet, struct err *err)
{
    const char *program = is_set("SSH_ASKPASS") ? getenv("SSH_ASKPASS") : DEFAULT_PROGRAM;
    int ends[2];
    *p = (struct ask_pass){.fd = -1};
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_set(err, "cannot make a pipe: %s", strerror(errno));
    int rc = spawn(p, program, text, ends[1], confirm, quiet);
    close(ends[1]);
    if (rc == 0) {
        p->fd = ends[0];
        fcntl(p->fd, F_SETFL, O_NONBLOCK);
        return true;
    }
    close(ends[0]);
    return err_set(err, "cannot ask by %s (SSH_ASKPASS): %s", program, strerror(rc));
}

bool ask_pass_read(struct ask_pass *p)
{
    size_t room = ANSWER_MAX - p->answer.len;
    ssize_t n = room > 0 ? read(p->fd, buf_reserve(&p->answer, room), room) : 0;
    if (n > 0)
        buf_commit(&p->answer, (size_t)n);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

char *ask_pass_finish(struct ask_pass *p, bool give_up)
{
    int status = 0;
    close(p->fd);
    if (give_up)
        kill(p->pid, SIGTERM);
    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    char *answer = NULL;
    if (!give_up && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        const char *text = buf_str(&p->answer);
        answer = xstrndup(text, strcspn(text, "\r\n"));
    }
    buf_release_secret(&p->answer);
    return answer;
}
