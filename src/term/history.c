/*
 * The file: one entry per line, the oldest first. In a line `\n` stands for a newline and `\\`
 * for a backslash; a backslash before anything else stands for itself, so a plain list of
 * commands is a valid file. A line with a NUL, or longer than LINE_MAX_BYTES, is damaged and
 * skipped. A writer killed half way leaves a line without an end; the next writer closes it
 * with a NUL and a newline, and so it is never taken for an entry.
 *
 * Readers and writers hold flock() on the file. It is only ever appended to (O_APPEND, one
 * write per add), so each session reads on from where it stopped; a file grown far too long is
 * replaced by rename(), which the others see by its inode. A session keeps the file open, so
 * that the number of the inode it knows is not given to another file.
 */
#include "term/history.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

#define LINE_MAX_BYTES ((size_t)128 << 10) /* escaped, in the file */
#define TEXT_MAX_BYTES ((size_t)16 << 20)  /* all entries together, in memory */
#define FILE_MAX_BYTES (2 * TEXT_MAX_BYTES)
#define FILE_MAX_LINES (2 * (size_t)HISTORY_ENTRIES)
#define LOCK_PATIENCE  500 /* ms: whoever holds it longer is stopped or dead slow */

enum entry_state {
    ENTRY_SAVED,   /* it is in the file */
    ENTRY_UNSAVED, /* it could not be written yet: tried again with the next add */
    ENTRY_LONG,    /* too long for the file: kept in memory only */
};

struct entry {
    char *text;
    size_t len;
    enum entry_state state;
};

struct history {
    char *path; /* NULL: in memory only */
    int fd;     /* the file as it was last seen; -1 */
    bool read_only;
    off_t offset;      /* the file is taken in up to here: the start of a line */
    size_t file_lines; /* before the offset */
    size_t damaged;
    struct err told;     /* the last notice: each is given once, not with every line */
    struct entry *ring;  /* HISTORY_ENTRIES slots, the oldest in `first` */
    size_t first, count; /* of the ring */
    size_t bytes;        /* of all texts */
    size_t unsaved;      /* entries to be written */
};

/* ---- entries in memory ---- */

static struct entry *entry_at(const struct history *h, size_t i)
{
    return &h->ring[(h->first + i) % HISTORY_ENTRIES];
}

static void drop_oldest(struct history *h)
{
    struct entry *e = entry_at(h, 0);
    h->bytes -= e->len;
    h->unsaved -= e->state == ENTRY_UNSAVED;
    free(e->text);
    *e = (struct entry){0};
    h->first = (h->first + 1) % HISTORY_ENTRIES;
    h->count--;
}

static bool repeats_newest(const struct history *h, const char *text)
{
    return h->count > 0 && strcmp(entry_at(h, h->count - 1)->text, text) == 0;
}

/* Takes `text` over. */
static void push(struct history *h, char *text, enum entry_state state)
{
    size_t len = strlen(text);
    if (len > TEXT_MAX_BYTES || repeats_newest(h, text)) {
        free(text);
        return;
    }
    while (h->count == HISTORY_ENTRIES || (h->count > 0 && h->bytes + len > TEXT_MAX_BYTES))
        drop_oldest(h);
    *entry_at(h, h->count++) = (struct entry){text, len, state};
    h->bytes += len;
    h->unsaved += state == ENTRY_UNSAVED;
}

/* ---- one line of the file ---- */

static void escape_append(struct buf *out, const char *text)
{
    for (;;) {
        size_t plain = strcspn(text, "\\\n");
        buf_append(out, text, plain);
        text += plain;
        if (!*text)
            return;
        buf_puts(out, *text == '\n' ? "\\n" : "\\\\");
        text++;
    }
}

static char *unescape(const char *line, size_t len)
{
    char *text = xmalloc(len + 1), *out = text;
    for (size_t i = 0; i < len; i++) {
        char next = i + 1 < len ? line[i + 1] : '\0';
        bool escaped = line[i] == '\\' && (next == '\\' || next == 'n');
        *out++ = !escaped ? line[i] : next == 'n' ? '\n' : '\\';
        i += escaped;
    }
    *out = '\0';
    return text;
}

static void take_line(struct history *h, const char *line, size_t len)
{
    h->file_lines++;
    const char *nul = memchr(line, '\0', len);
    bool closed = nul && nul == line + len - 1; /* a killed writer's, seen to already */
    if (len > LINE_MAX_BYTES || (nul && !closed))
        h->damaged++;
    else if (len > 0 && !nul)
        push(h, unescape(line, len), ENTRY_SAVED);
}

/* ---- reading the file ---- */

/* The file was replaced or cut: what it held is read again, our own unwritten lines stay. */
static void forget_saved(struct history *h)
{
    size_t n = h->count;
    struct entry *own = xcalloc(n, sizeof *own);
    size_t kept = 0;
    while (h->count > 0) {
        struct entry *e = entry_at(h, 0);
        if (e->state != ENTRY_SAVED) {
            own[kept] = *e;
            own[kept++].text = xstrdup(e->text);
        }
        drop_oldest(h);
    }
    for (size_t i = 0; i < kept; i++)
        push(h, own[i].text, own[i].state);
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

static void take_file(struct history *h)
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

static bool is_current(const struct history *h)
{
    struct stat named, open;
    return h->fd >= 0 && lstat(h->path, &named) == 0 && fstat(h->fd, &open) == 0 &&
           named.st_ino == open.st_ino && named.st_dev == open.st_dev;
}

/* Have the file open that bears the name now. */
static bool open_current(struct history *h, struct err *err)
{
    if (is_current(h))
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
static bool lock_current(struct history *h, int how, struct err *err)
{
    for (int tries = 0; tries < 100; tries++) {
        if (!open_current(h, err))
            return false;
        if (!lock_fd(h->fd, how))
            break;
        if (is_current(h))
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

static void append_entry(struct buf *out, const struct entry *e)
{
    escape_append(out, e->text);
    buf_putc(out, '\n');
}

/* Append the entries not yet in the file. Locked, and read up to the end. */
static bool flush_unsaved(struct history *h, struct err *err)
{
    if (h->unsaved == 0)
        return true;
    struct stat st;
    if (h->read_only || fstat(h->fd, &st) != 0)
        return err_set(err, "history %s: not writable; lines are kept in memory only", h->path);
    struct buf out = {0};
    if (st.st_size > h->offset)
        buf_append(&out, "\0\n", 2);
    size_t torn = out.len;
    for (size_t i = 0; i < h->count; i++)
        if (entry_at(h, i)->state == ENTRY_UNSAVED)
            append_entry(&out, entry_at(h, i));
    bool ok = write_all(h->fd, &out);
    if (!ok) {
        err_set(err, "history %s: %s; lines are kept in memory for now", h->path, strerror(errno));
        if (ftruncate(h->fd, st.st_size) != 0) /* the next writer closes what was left */
            h->read_only = true;
    } else {
        for (size_t i = 0; i < h->count; i++)
            if (entry_at(h, i)->state == ENTRY_UNSAVED)
                entry_at(h, i)->state = ENTRY_SAVED;
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
        if (entry_at(h, i)->state == ENTRY_SAVED) {
            append_entry(&out, entry_at(h, i));
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

/*
 * Replace a file grown far too long by what is kept of it. Locked: whoever waits for the lock
 * finds, when it has it, that the name belongs to another file by then. If it fails, the long
 * file goes on.
 */
static void compact(struct history *h)
{
    if (h->file_lines <= FILE_MAX_LINES && h->offset <= (off_t)FILE_MAX_BYTES)
        return;
    char *temporary = temporary_path(h);
    unlink(temporary); /* a killed session's */
    int fd = open(temporary, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0) {
        off_t offset = h->offset;
        size_t lines = h->file_lines;
        if (write_compacted(h, fd) && rename(temporary, h->path) == 0) {
            flock(h->fd, LOCK_UN); /* a forked child may have it open too */
            close(h->fd);
            h->fd = fd;
        } else {
            h->offset = offset;
            h->file_lines = lines;
            unlink(temporary);
            close(fd);
        }
    }
    free(temporary);
}

/* ---- the interface ---- */

/* The same notice again is not given again. */
static bool notice(struct history *h, struct err *err)
{
    if (strcmp(h->told.text, err->text) == 0)
        err->text[0] = '\0';
    else
        h->told = *err;
    return false;
}

struct history *history_open(const char *path, struct err *err)
{
    struct history *h = xcalloc(1, sizeof *h);
    h->fd = -1;
    h->ring = xcalloc(HISTORY_ENTRIES, sizeof *h->ring);
    h->path = path ? xstrdup(path) : NULL;
    err->text[0] = '\0';
    if (!path)
        return h;
    if (!lock_current(h, LOCK_SH, err)) {
        notice(h, err);
        return h;
    }
    take_file(h);
    flock(h->fd, LOCK_UN);
    if (h->read_only)
        err_set(err, "history %s: not writable; lines are kept in memory only", path);
    else if (h->damaged > 0)
        err_set(err, "history %s: %zu damaged %s skipped", path, h->damaged,
                h->damaged == 1 ? "line was" : "lines were");
    notice(h, err);
    return h;
}

void history_close(struct history *h)
{
    if (!h)
        return;
    struct err err;
    if (h->path && h->unsaved > 0 && lock_current(h, LOCK_EX, &err)) {
        take_file(h);
        flush_unsaved(h, &err);
    }
    if (h->fd >= 0)
        close(h->fd);
    while (h->count > 0)
        drop_oldest(h);
    free(h->ring);
    free(h->path);
    free(h);
}

bool history_add(struct history *h, const char *line, struct err *err)
{
    err->text[0] = '\0';
    if (!*line || *line == ' ')
        return true;
    struct err why = {""};
    bool locked = h->path && lock_current(h, LOCK_EX, &why);
    if (locked)
        take_file(h);
    bool is_long = strlen(line) > LINE_MAX_BYTES / 2; /* escaping may double it */
    push(h, xstrdup(line), is_long ? ENTRY_LONG : ENTRY_UNSAVED);
    bool ok = !h->path;
    if (locked) {
        ok = flush_unsaved(h, &why);
        if (ok)
            compact(h);
        flock(h->fd, LOCK_UN);
    }
    if (ok && is_long && h->path)
        ok = err_set(&why, "history %s: a line this long is kept in memory only", h->path);
    if (ok) {
        h->told.text[0] = '\0';
        return true;
    }
    *err = why;
    return notice(h, err);
}

void history_refresh(struct history *h)
{
    struct stat st;
    struct err err;
    if (!h->path || (is_current(h) && fstat(h->fd, &st) == 0 && st.st_size == h->offset))
        return;
    if (lock_current(h, LOCK_SH, &err)) {
        take_file(h);
        flock(h->fd, LOCK_UN);
    }
}

size_t history_count(const struct history *h)
{
    return h->count;
}

const char *history_entry(const struct history *h, size_t i)
{
    if (i >= h->count)
        BUG("history entry %zu of %zu", i, h->count);
    return entry_at(h, i)->text;
}

long history_search(const struct history *h, size_t before, const char *needle, bool prefix)
{
    size_t len = strlen(needle);
    for (size_t i = before < h->count ? before : h->count; i-- > 0;) {
        const char *text = entry_at(h, i)->text;
        if (prefix ? strncmp(text, needle, len) == 0 : strstr(text, needle) != NULL)
            return (long)i;
    }
    return -1;
}

/* ---- the name ---- */

#define NAME_MAX_BYTES 200 /* leaves room for the temporary file's suffix */

/* Letters, digits and a few signs as they are, all else as %XX; two hosts never share a name
   but by chance of a 64-bit hash, which names too long are cut to. */
static void append_file_name(struct buf *out, const char *host)
{
    size_t start = out->len;
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    for (const char *p = host; *p; p++) {
        unsigned char c = (unsigned char)*p;
        bool plain = c < 0x80 && (isalnum(c) || strchr("-_@:", c) || (c == '.' && p != host));
        buf_printf(out, plain ? "%c" : "%%%02X", c);
        hash = (hash ^ c) * 0x100000001b3;
    }
    if (out->len == start)
        buf_putc(out, '%');
    if (out->len - start > NAME_MAX_BYTES) {
        out->len = start + NAME_MAX_BYTES - 20;
        buf_printf(out, "%%-%016llx", (unsigned long long)hash);
    }
}

char *history_path(const char *host)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    struct buf path = {0};
    if (state && *state == '/')
        buf_printf(&path, "%s/tether/history/", state);
    else if (home && *home == '/')
        buf_printf(&path, "%s/.local/state/tether/history/", home);
    else
        return NULL;
    append_file_name(&path, host);
    char *text = xstrdup(buf_str(&path));
    buf_release(&path);
    return text;
}
