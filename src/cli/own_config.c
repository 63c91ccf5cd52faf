/* The file of our own settings: where it is, and whether it may be trusted. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define FILE_MAX_BYTES (64 * 1024)

/* NULL: nobody's home is known. */
static char *find_path(void)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    const struct passwd *pw = getpwuid(getuid());
    if (config && *config == '/') /* a relative one is to be ignored: XDG Base Directory */
        return xasprintf("%s/tether/config", config);
    home = home && *home ? home : pw ? pw->pw_dir : NULL;
    return home ? xasprintf("%s/.config/tether/config", home) : NULL;
}

/* As ssh has it for its own: who else may write the file decides what we do. */
static bool check(const char *path, int fd, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(err, "%s is not a plain file", path);
    if (st.st_uid != 0 && st.st_uid != getuid())
        return err_set(err, "%s belongs to another user: it is not followed", path);
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return err_set(err, "%s may be written by others: chmod go-w it", path);
    if (st.st_size > FILE_MAX_BYTES)
        return err_set(err, "%s is larger than %d KiB", path, FILE_MAX_BYTES / 1024);
    return true;
}

static bool read_all(const char *path, int fd, struct buf *text, struct err *err)
{
    while (text->len <= FILE_MAX_BYTES) {
        ssize_t n = read(fd, buf_reserve(text, 4096), 4096);
        if (n == 0)
            return true;
        if (n < 0 && errno != EINTR)
            return err_set(err, "%s: %s", path, strerror(errno));
        buf_commit(text, n > 0 ? (size_t)n : 0);
    }
    return err_set(err, "%s is larger than %d KiB", path, FILE_MAX_BYTES / 1024);
}

static bool load(struct config *config, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    if (fd < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    struct buf text = {0};
    bool ok = check(path, fd, err) && read_all(path, fd, &text, err) &&
              config_parse(config, path, (const char *)buf_data(&text), text.len, err);
    close(fd);
    buf_release(&text);
    return ok;
}

struct config *cli_config(char **path)
{
    struct err err;
    struct config *config = config_new();
    *path = find_path();
    if (!*path || load(config, *path, &err))
        return config;
    fprintf(stderr, "tether: %s\n", err.text);
    config_free(config);
    free(*path);
    *path = NULL;
    return NULL;
}
