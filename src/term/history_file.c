/*
 * The file: one entry per line (history_line.c), the oldest first. A line with a NUL, or longer
 * than LINE_MAX_BYTES, is damaged and skipped. A writer killed half way leaves a line without an
 * end; the next writer closes it with a NUL and a newline, and so it is never taken for an entry.
 *
 * Readers and writers hold flock() on the file. It is only ever appended to (O_APPEND, one
 * write per add), so each session reads on from where it stopped; a file grown far too long is
 * replaced by rename(), which the others see by its inode. A session keeps the file open, so
 * that the number of the inode it knows is not given to another file.
 */
#include "term/history_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_PATIENCE 500 /* ms: whoever holds it longer is stopped or dead slow */

/* ---- reading ---- */

static void take_line(struct history *h, const char *line, size_t len)
{
    struct entry e;
    h->file_lines++;
    const char *nul = memchr(line, '\0', len);
    bool closed = nul && nul == line + len - 1; /* a killed writer's, seen to already */
    if (len > LINE_MAX_BYTES || (nul && !closed))
        h->damaged++;
    if (len == 0 || len > LINE_MAX_BYTES || nul)
        return;
    bool entry = history_line_parse(line, len, &e);
    h->damaged += !entry;
    if (entry && e.len > 0) {
        history_push(h, e);
        return;
    }
    if (entry)
        history_set_end(h, e.id, e.info.status, e.info.duration);
    free(e.text);
    free(e.info.cwd);
}

/* The file was replaced or cut: what it held is read again, our own unwritten lines stay. */
static void forget_saved(struct history *h)
{
    size_t n = h->count;
    struct entry *own = xcalloc(n, sizeof *own);
    size_t kept = 0;
    while (h->count > 0) {
        struct entry *e = history_entry_at(h, 0);
        if (e->state == ENTRY_UNSAVED || e->state == ENTRY_LONG) {
            own[kept++] = *e;
            e->text = xstrdup(""); /* the entry goes, its text stays */
            e->info.cwd = NULL;
        }
        h->host_lost = h->host_lost || e->state == ENTRY_HOST;
        history_drop_oldest(h);
    }
    for (size_t i = 0; i < kept; i++)
        history_push(h, own[i]);
    free(own);
    h->offset = 0;
    h->file_lines = 0;
}

static bool byte_before_is_newline(int fd, off_t offset)
{
    char c;
    return pread(fd, &c, 1, offset - 1) == 1 && c == '\n';
}

/* Take in the whole lines from h->offset on; a last line without an end waits. */
static void take_lines(struct history *h, bool skip_first)
{
    char *chunk = xmalloc(LINE_MAX_BYTES);
    struct buf line = {0};
    off_t at = h->offset;
    ssize_t n;
    while ((n = pread(h->fd, chunk, LINE_MAX_BYTES, at)) > 0) {
        at += n;
        const char *from = chunk, *end = chunk + n, *newline;
        while ((newline = memchr(from, '\n', (size_t)(end - from)))) {
            if (line.len <= LINE_MAX_BYTES)
                buf_append(&line, from, (size_t)(newline - from));
            if (!skip_first)
                take_line(h, buf_str(&line), line.len);
            skip_first = false;
            buf_clear(&line);
            from = newline + 1;
            h->offset = at - (end - from);
        }
        if (line.len <= LINE_MAX_BYTES)
            buf_append(&line, from, (size_t)(end - from));
    }
    buf_release(&line);
    free(chunk);
}

void history_take_file(struct history *h)
{
    struct stat st;
    if (fstat(h->fd, &st) != 0)
        return;
    if (h->offset > 0 && (st.st_size < h->offset || !byte_before_is_newline(h->fd, h->offset)))
        forget_saved(h);
    bool skip_first = st.st_size - h->offset > (off_t)FILE_MAX_BYTES;
    if (skip_first)
        h->offset = st.st_size - (off_t)FILE_MAX_BYTES;
    if (h->offset < st.st_size)
        take_lines(h, skip_first);
    if (h->host_lost)
        history_merge(h, h->host, ENTRY_HOST);
    h->host_lost = false;
}

/* ---- opening and locking ---- */

static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

static int open_path(struct history *h)
{
    /* O_NONBLOCK: a pipe in the file's place must not stop us. */
    const int flags = O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    int fd = open(h->path, flags | O_RDWR | O_CREAT, 0600);
    if (fd < 0 && errno == ENOENT) {
        make_folders(h->path);
        fd = open(h->path, flags | O_RDWR | O_CREAT, 0600);
    }
    h->read_only = fd < 0 && (errno == EACCES || errno == EROFS || errno == EPERM);
    if (h->read_only) {
        int why = errno;
        fd = open(h->path, flags | O_RDONLY);
        errno = why;
    }
    return fd;
}

static bool check_file(struct history *h, int fd, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set(err, "history %s: %s", h->path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(err, "history %s: not a file; lines are kept in memory only", h->path);
    if (st.st_uid != geteuid() && geteuid() != 0)
        return err_set(err, "history %s: the file is another user's; lines are kept in memory only",
                       h->path);
    if ((st.st_mode & 07777) != 0600 && !h->read_only)
        fchmod(fd, 0600);
    return true;
}

bool history_is_current(const struct history *h)
{
    struct stat named, open;
    return h->fd >= 0 && lstat(h->path, &named) == 0 && fstat(h->fd, &open) == 0 &&
           named.st_ino == open.st_ino && named.st_dev == open.st_dev;
}

/* Have the file open that bears the name now. */
static bool open_current(struct history *h, struct err *err)
{
    if (history_is_current(h))
        return true;
    int fd = open_path(h);
    if (fd < 0)
        return err_set(err, "history %s: %s; lines are kept in memory only", h->path,
                       errno == ELOOP ? "it is a symbolic link" : strerror(errno));
    if (!check_file(h, fd, err)) {
        close(fd);
        return false;
    }
    if (h->fd >= 0)
        close(h->fd);
    h->fd = fd;
    forget_saved(h);
    return true;
}

static bool lock_fd(int fd, int how)
{
    for (int waited = 0; flock(fd, how | LOCK_NB) != 0; waited++) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || waited >= LOCK_PATIENCE)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return true;
}

/* Locked, and still the file of that name: it may be replaced while we wait. */
bool history_lock(struct history *h, int how, struct err *err)
{
    for (int tries = 0; tries < 100; tries++) {
        if (!open_current(h, err))
            return false;
        if (!lock_fd(h->fd, how))
            break;
        if (history_is_current(h))
            return true;
        flock(h->fd, LOCK_UN);
    }
    return err_set(err,
                   "history %s: another program keeps it locked; lines are kept in memory "
                   "for now",
                   h->path);
}

/* ---- writing ---- */

static bool write_all(int fd, const struct buf *b)
{
    ssize_t n;
    do
        n = write(fd, buf_data(b), b->len);
    while (n < 0 && errno == EINTR);
    if (n >= 0 && (size_t)n < b->len)
        errno = ENOSPC;
    return n >= 0 && (size_t)n == b->len;
}

/* They are among the newest of many. */
static size_t first_unsaved(const struct history *h)
{
    size_t i = h->count;
    for (size_t left = h->unsaved; left > 0 && i > 0;) {
        enum entry_state state = history_entry_at(h, --i)->state;
        left -= state == ENTRY_UNSAVED || state == ENTRY_ENDED;
    }
    return i;
}

/* Append the entries not yet in the file. Locked, and read up to the end. */
bool history_flush(struct history *h, struct err *err)
{
    if (h->unsaved == 0)
        return true;
    struct stat st;
    if (h->read_only || fstat(h->fd, &st) != 0)
        return err_set(err, "history %s: not writable; lines are kept in memory only", h->path);
    struct buf out = {0};
    if (st.st_size > h->offset)
        buf_append(&out, "\0\n", 2);
    size_t torn = out.len, first = first_unsaved(h);
    for (size_t i = first; i < h->count; i++) {
        const struct entry *e = history_entry_at(h, i);
        if (e->state == ENTRY_UNSAVED)
            history_line_put(&out, e);
        else if (e->state == ENTRY_ENDED)
            history_line_put_end(&out, e);
    }
    bool ok = write_all(h->fd, &out);
    if (!ok) {
        err_set(err, "history %s: %s; lines are kept in memory for now", h->path, strerror(errno));
        if (ftruncate(h->fd, st.st_size) != 0) /* the next writer closes what was left */
            h->read_only = true;
    } else {
        for (size_t i = first; i < h->count; i++)
            if (history_entry_at(h, i)->state < ENTRY_LONG)
                history_entry_at(h, i)->state = ENTRY_SAVED;
        h->file_lines += h->unsaved + (torn > 0);
        h->unsaved = 0;
        h->offset = st.st_size + (off_t)out.len;
    }
    buf_release(&out);
    return ok;
}

/* A '%' that no host name yields keeps it apart from the histories. */
static char *temporary_path(const struct history *h)
{
    return xasprintf("%s%%new", h->path);
}

static bool write_compacted(struct history *h, int fd)
{
    struct stat st;
    if (fstat(h->fd, &st) != 0 || fchmod(fd, 0600) != 0)
        return false;
    if (st.st_uid != geteuid() && fchown(fd, st.st_uid, st.st_gid) != 0)
        return false;
    struct buf out = {0};
    size_t lines = 0;
    for (size_t i = 0; i < h->count; i++)
        if (history_entry_at(h, i)->state <= ENTRY_ENDED) {
            history_line_put(&out, history_entry_at(h, i));
            lines++;
        }
    bool ok = write_all(fd, &out) && fsync(fd) == 0;
    if (ok) {
        h->offset = (off_t)out.len;
        h->file_lines = lines;
    }
    buf_release(&out);
    return ok;
}

bool history_compact(struct history *h, bool always)
{
    if (!always && h->file_lines <= FILE_MAX_LINES && h->offset <= (off_t)FILE_MAX_BYTES)
        return true;
    char *temporary = temporary_path(h);
    unlink(temporary); /* a killed session's */
    int fd = open(temporary, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    off_t offset = h->offset;
    size_t lines = h->file_lines;
    bool ok = fd >= 0 && write_compacted(h, fd) && rename(temporary, h->path) == 0;
    if (ok) {
        flock(h->fd, LOCK_UN); /* a forked child may have it open too */
        close(h->fd);
        h->fd = fd;
    } else if (fd >= 0) {
        h->offset = offset;
        h->file_lines = lines;
        unlink(temporary);
        close(fd);
    }
    free(temporary);
    return ok;
}

void history_unlock(struct history *h)
{
    flock(h->fd, LOCK_UN);
}
