#include "term/clipboard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"

extern char **environ;

#define TOOL_WORDS 4

/* Tried in order: `when` is a variable that must be set ("": always). */
static const struct tool {
    const char *when;
    const char *word[TOOL_WORDS];
} tools[] = {
    {"WAYLAND_DISPLAY", {"wl-copy", "--type", "text/plain;charset=utf-8"}},
    {"DISPLAY", {"xclip", "-selection", "clipboard", "-in"}},
    {"DISPLAY", {"xsel", "--clipboard", "--input"}},
    {"", {"pbcopy"}},
};

static void put_base64(const uint8_t *data, size_t len, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i;
        uint32_t bits = (uint32_t)data[i] << 16;
        if (have > 1)
            bits |= (uint32_t)data[i + 1] << 8;
        if (have > 2)
            bits |= data[i + 2];
        buf_putc(out, digits[bits >> 18]);
        buf_putc(out, digits[bits >> 12 & 63]);
        buf_putc(out, have > 1 ? digits[bits >> 6 & 63] : '=');
        buf_putc(out, have > 2 ? digits[bits & 63] : '=');
    }
}

void clipboard_sequence(const void *data, size_t len, struct buf *out)
{
    buf_puts(out, "\033]52;c;");
    put_base64(data, len, out);
    buf_putc(out, '\a');
}

/* A file without a name that holds the text. */
static int text_file(const void *data, size_t len)
{
    int fd = memfd_create("tether-copy", MFD_CLOEXEC);
    const char *at = data;
    while (fd >= 0 && len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            close(fd);
            return -1;
        }
        at += n;
        len -= (size_t)n;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

/* In a session of its own, so that it and what it leaves running outlive ours. */
static bool spawn(const struct tool *tool, int input, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    char *argv[TOOL_WORDS + 1] = {NULL};
    for (int i = 0; i < TOOL_WORDS && tool->word[i]; i++)
        argv[i] = xstrdup(tool->word[i]);
    int error = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
    for (int i = 0; i < TOOL_WORDS; i++)
        free(argv[i]);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return error == 0;
}

bool clipboard_start(struct clipboard *c, const void *data, size_t len)
{
    clipboard_release(c);
    int input = text_file(data, len);
    for (size_t i = 0; input >= 0 && i < sizeof tools / sizeof *tools; i++) {
        const char *value = *tools[i].when ? getenv(tools[i].when) : "yes";
        if (value && *value && spawn(&tools[i], input, &c->pid)) {
            c->tool = tools[i].word[0];
            break;
        }
        c->pid = 0;
    }
    if (input >= 0)
        close(input);
    return c->pid > 0;
}

const char *clipboard_failed(struct clipboard *c)
{
    int status;
    if (c->pid <= 0 || waitpid(c->pid, &status, WNOHANG) == 0)
        return NULL;
    c->pid = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? NULL : c->tool;
}

void clipboard_release(struct clipboard *c)
{
    if (c->pid > 0 && waitpid(c->pid, NULL, WNOHANG) == 0) {
        kill(c->pid, SIGKILL);
        waitpid(c->pid, NULL, 0);
    }
    c->pid = 0;
}
