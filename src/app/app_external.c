/*
 * The line in the person's own editor program, on this machine: in a file that nobody else may
 * read and that is gone afterwards. The terminal is the program's meanwhile; the session goes on.
 */
#include "app/app_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define LINE_MAX_BYTES (16 * 1024 * 1024)

static const char *editor_program(void)
{
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
    if (visual && *visual)
        return visual;
    return editor && *editor ? editor : "vi";
}

/* ---- the file ---- */

static bool write_all(int fd, const char *text, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, text + done, len - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* Its name tells editors that it is shell code. NULL: it could not be made. */
static char *make_file(const char *text, size_t len, struct err *err)
{
    const char *folder = getenv("TMPDIR");
    char *path = xasprintf("%s/tether-XXXXXX.sh", folder && *folder ? folder : "/tmp");
    int fd = mkostemps(path, (int)strlen(".sh"), O_CLOEXEC); /* with mode 0600 */
    bool ok = fd >= 0 && write_all(fd, text, len) && write_all(fd, "\n", 1);
    if (!ok)
        err_set(err, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && !ok)
        unlink(path);
    if (ok)
        return path;
    free(path);
    return NULL;
}

/* Without the line ends at its end: editors add one. */
static bool read_file(const char *path, struct buf *text, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = -1;
    while (fd >= 0 && text->len <= LINE_MAX_BYTES) {
        n = read(fd, buf_reserve(text, 65536), 65536);
        if (n == 0 || (n < 0 && errno != EINTR))
            break;
        buf_commit(text, n > 0 ? (size_t)n : 0);
    }
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return err_set(err, "%s: %s", path, strerror(error));
    if (n > 0)
        return err_set(err, "%s is larger than %d MB", path, LINE_MAX_BYTES >> 20);
    while (text->len > 0 && strchr("\r\n", buf_str(text)[text->len - 1]))
        text->len--;
    return true;
}

/* ---- the program ---- */

/* As a shell starts it, since it may have arguments; in our job, so that Ctrl-Z stops both. */
static bool start_program(struct app *app, const char *path, struct err *err)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/tty", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&files, STDIN_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, STDIN_FILENO, STDERR_FILENO);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    char *command = xasprintf("%s \"$@\"", editor_program());
    char *argv[] = {xstrdup("sh"), xstrdup("-c"), command, xstrdup("tether"), xstrdup(path), NULL};
    int error = posix_spawn(&app->external.pid, "/bin/sh", &files, &attr, argv, environ);
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    if (error)
        app->external.pid = 0;
    return !error || err_set(err, "cannot start an editor: %s", strerror(error));
}

static void forget_file(struct app *app)
{
    if (app->external.path)
        unlink(app->external.path);
    free(app->external.path);
    app->external.path = NULL;
    app->external.pid = 0;
}

static void take_result(struct app *app, int status)
{
    struct buf text = {0};
    struct err err;
    if (WIFSIGNALED(status))
        app_notice(app, "the editor was ended by a signal (%s): the line is as it was",
                   strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        app_notice(app, "%s failed (exit %d): the line is as it was", editor_program(),
                   WEXITSTATUS(status));
    else if (!read_file(app->external.path, &text, &err))
        app_notice(app, "%s: the line is as it was", err.text);
    else
        editor_set(app->editor, buf_str(&text), text.len, text.len);
    buf_release_secret(&text);
}

static void on_child(void *data, int signo)
{
    (void)signo;
    struct app *app = data;
    int status;
    if (app->external.pid <= 0 || waitpid(app->external.pid, &status, WNOHANG) <= 0)
        return;
    app->now = clock_ms();
    take_result(app, status);
    forget_file(app);
    app_screen_return(app);
}

bool app_external_runs(const struct app *app)
{
    return app->external.pid > 0;
}

void app_external(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    struct err err;
    if (app->options->own->editor == EDITOR_ON_HOST) {
        app_hand_over(app, true);
        return;
    }
    app->external.path = make_file(view.text, view.len, &err);
    if (!app->external.path) {
        app_notice(app, "%s", err.text);
        return;
    }
    app_complete_close(app);
    loop_signal(app->loop, SIGCHLD, on_child, app);
    app_screen_leave(app);
    if (start_program(app, app->external.path, &err))
        return;
    app_notice(app, "%s", err.text);
    forget_file(app);
    app_screen_return(app);
}

/* The terminal is not ours again before the program has gone. */
void app_external_release(struct app *app)
{
    while (app->external.pid > 0 && waitpid(app->external.pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    forget_file(app);
}
