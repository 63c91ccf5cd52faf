/* Text that leaves the page: to the clipboard, and the transcript to a file. */
#include "app/app_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

/* "12 lines", or for less than one "5 characters". */
static void measure(const struct buf *text, char *out, size_t size)
{
    const char *data = (const char *)buf_data(text);
    size_t lines = 0, characters = 0;
    for (size_t i = 0; i < text->len; i++) {
        lines += data[i] == '\n';
        characters += ((unsigned char)data[i] & 0xc0) != 0x80;
    }
    if (lines > 0)
        snprintf(out, size, "%zu lines", lines + 1);
    else
        snprintf(out, size, "%zu character%s", characters, characters == 1 ? "" : "s");
}

/* May and can the terminal be given a copy? */
static bool has_terminal(const struct app *app)
{
    return app->options->own->clipboard != CLIPBOARD_TOOL && terminfo_xterm(app->ti);
}

void app_copy(struct app *app, const struct buf *text)
{
    char amount[64];
    measure(text, amount, sizeof amount);
    if (text->len == 0) {
        app_notice(app, "nothing copied: there is no text");
        return;
    }
    struct clipboard *clipboard = &app->scroll.clipboard;
    enum config_clipboard where = app->options->own->clipboard;
    bool tool = where != CLIPBOARD_TERMINAL && text->len <= CLIPBOARD_TOOL_MAX &&
                clipboard_start(clipboard, buf_data(text), text->len);
    bool terminal = has_terminal(app) && text->len <= CLIPBOARD_TERMINAL_MAX;
    if (terminal)
        clipboard_sequence(buf_data(text), text->len, tty_out(app->tty));
    if (tool || terminal)
        app_notice(app, "copied %s", amount);
    else if (where == CLIPBOARD_TOOL)
        app_notice(app, "not copied: there is no wl-copy, xclip or xsel to take it (w saves to a "
                        "file)");
    else if (has_terminal(app))
        app_notice(app, "not copied: %zu KB, and the terminal takes %d KB (w saves to a file)",
                   text->len / 1024, CLIPBOARD_TERMINAL_MAX / 1024);
    else
        app_notice(app, "not copied: this terminal has no clipboard (w saves to a file)");
}

void app_copy_step(struct app *app)
{
    const char *failed = clipboard_failed(&app->scroll.clipboard);
    if (failed && !has_terminal(app))
        app_notice(app, "not copied: %s failed", failed);
}

void app_copy_clip(struct app *app)
{
    struct buf text = {0};
    enum vscreen_clip clip = vscreen_take_clip(app->vscreen, &text);
    if (clip != CLIP_NONE && !app->options->own->osc52) {
        if (!app->clip_told)
            app_notice(app, "a program wants to set the clipboard: osc52 = yes lets it");
        app->clip_told = true;
    } else if (clip == CLIP_REFUSED) {
        app_notice(app, "a program's text for the clipboard was too long, or no plain text");
    } else if (clip == CLIP_TEXT) {
        app_copy(app, &text);
    }
    buf_release(&text);
}

void app_copy_output(struct app *app)
{
    int64_t from, to;
    struct buf text = {0};
    if (!view_last_output(app->vscreen, &from, &to)) {
        app_notice(app, "no command's output to copy yet");
        return;
    }
    if (vscreen_modes(app->vscreen)->alternate && to >= vscreen_top(app->vscreen)) {
        app_notice(app, "not copied: a full-screen program covers that output");
        return;
    }
    if (to >= from)
        vscreen_text(app->vscreen, from, to, &text);
    if (text.len == 0)
        app_notice(app, "the last command printed nothing");
    else
        app_copy(app, &text);
    buf_release(&text);
}

/* ---- the transcript ---- */

void app_save_name(struct app *app, struct buf *out)
{
    char date[32];
    time_t now = time(NULL);
    struct tm tm;
    strftime(date, sizeof date, "%Y-%m-%d", localtime_r(&now, &tm));
    buf_puts(out, "tether-");
    for (const char *p = app->host; *p; p++) {
        bool plain = strchr("/\\ \"'*?[]$&;|<>~`!", *p) == NULL && (unsigned char)*p > ' ';
        buf_putc(out, *p == 0x7f || !plain ? '_' : *p);
    }
    buf_printf(out, "-%s.txt", date);
}

static char *expand_home(const char *path)
{
    const char *home = getenv("HOME");
    if (strncmp(path, "~/", 2) == 0 && home && *home)
        return xasprintf("%s%s", home, path + 1);
    return xstrdup(path);
}

/* A new file; or, when told to, an existing one, if it is a plain file. */
static int open_file(const char *path, bool overwrite)
{
    int flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    int fd = open(path, flags | O_CREAT | O_EXCL, 0600);
    if (fd >= 0 || errno != EEXIST || !overwrite)
        return fd;
    struct stat st;
    fd = open(path, flags);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    if (ftruncate(fd, 0) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool write_all(int fd, const struct buf *text)
{
    size_t at = 0;
    while (at < text->len) {
        ssize_t n = write(fd, buf_data(text) + at, text->len - at);
        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* The page down to the last row with text. */
static void transcript(struct app *app, struct buf *out)
{
    const struct vscreen *vs = app->vscreen;
    vscreen_text(vs, vscreen_first(vs), vscreen_top(vs) + vscreen_rows(vs) - 1, out);
    while (out->len > 0 && buf_data(out)[out->len - 1] == '\n')
        out->len--;
    buf_putc(out, '\n');
}

bool app_save(struct app *app, const char *typed, bool overwrite, bool *exists)
{
    char shown[256];
    char *path = expand_home(typed);
    struct buf text = {0};
    utf8_sanitize(shown, sizeof shown, typed, strlen(typed), 60, 0);
    int fd = open_file(path, overwrite);
    *exists = fd < 0 && errno == EEXIST;
    bool ok = false;
    if (fd >= 0) {
        transcript(app, &text);
        ok = write_all(fd, &text);
        ok = close(fd) == 0 && ok;
    }
    if (ok)
        app_notice(app, "saved to %s", shown);
    else if (!*exists)
        app_notice(app, "not saved to %s: %s", shown,
                   errno == EINVAL ? "not a plain file" : strerror(errno));
    buf_release(&text);
    free(path);
    return ok;
}
