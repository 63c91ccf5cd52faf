#include "term/history_priv.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOT_FOUND 127 /* a shell's status for a command that it does not know */

/* ---- entries in memory ---- */

struct entry *history_entry_at(const struct history *h, size_t i)
{
    return &h->ring[(h->first + i) % HISTORY_ENTRIES];
}

void history_entry_release(struct entry *e)
{
    free(e->text);
    free(e->info.cwd);
    *e = (struct entry){0};
}

void history_drop_oldest(struct history *h)
{
    h->version++;
    struct entry *e = history_entry_at(h, 0);
    h->bytes -= e->len;
    h->unsaved -= e->state == ENTRY_UNSAVED || e->state == ENTRY_ENDED;
    history_entry_release(e);
    h->first = (h->first + 1) % HISTORY_ENTRIES;
    h->count--;
}

static void drop_newest(struct history *h)
{
    struct entry *e = history_entry_at(h, h->count - 1);
    h->bytes -= e->len;
    h->unsaved -= e->state == ENTRY_UNSAVED || e->state == ENTRY_ENDED;
    history_entry_release(e);
    h->count--;
}

void history_push(struct history *h, struct entry entry)
{
    h->version++;
    if (entry.len > TEXT_MAX_BYTES) {
        history_entry_release(&entry);
        return;
    }
    if (h->count > 0 && strcmp(history_entry_at(h, h->count - 1)->text, entry.text) == 0)
        drop_newest(h);
    while (h->count == HISTORY_ENTRIES || (h->count > 0 && h->bytes + entry.len > TEXT_MAX_BYTES))
        history_drop_oldest(h);
    *history_entry_at(h, h->count++) = entry;
    h->bytes += entry.len;
    h->unsaved += entry.state == ENTRY_UNSAVED;
}

static struct entry *find_id(const struct history *h, const char *id)
{
    for (size_t i = h->count; *id && i-- > 0;)
        if (strcmp(history_entry_at(h, i)->id, id) == 0)
            return history_entry_at(h, i);
    return NULL;
}

void history_set_end(struct history *h, const char *id, int status, int64_t duration)
{
    struct entry *e = find_id(h, id);
    if (!e)
        return;
    e->info.status = status;
    e->info.duration = duration;
    h->version++;
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
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        BUG("no random numbers");
    snprintf(h->session, sizeof h->session, "%08x.", random);
    err->text[0] = '\0';
    if (!path)
        return h;
    if (!history_lock(h, LOCK_SH, err)) {
        notice(h, err);
        return h;
    }
    history_take_file(h);
    history_unlock(h);
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
    if (h->path && h->unsaved > 0 && history_lock(h, LOCK_EX, &err)) {
        history_take_file(h);
        history_flush(h, &err);
    }
    if (h->fd >= 0)
        close(h->fd);
    history_close(h->host);
    while (h->count > 0)
        history_drop_oldest(h);
    free(h->ring);
    free(h->path);
    free(h);
}

/* What others have written comes before what is added: read, and kept locked until end_write.
   True: it is. */
static bool begin_write(struct history *h, struct err *why)
{
    if (!h->path || !history_lock(h, LOCK_EX, why))
        return false;
    history_take_file(h);
    return true;
}

/* Bring the file up to date with us; false: it could not be. */
static bool end_write(struct history *h, bool locked, struct err *why)
{
    if (!locked)
        return !h->path;
    bool ok = history_flush(h, why);
    if (ok)
        history_compact(h, false);
    history_unlock(h);
    return ok;
}

/* What is to be told of it. */
static bool saved(struct history *h, bool ok, const struct err *why, struct err *err)
{
    if (ok) {
        h->told.text[0] = '\0';
        return true;
    }
    *err = *why;
    return notice(h, err);
}

bool history_add(struct history *h, const char *line, const char *cwd, int64_t time,
                 struct err *err)
{
    err->text[0] = '\0';
    if (!*line || *line == ' ')
        return true;
    struct err why = {""};
    struct entry e = {.text = xstrdup(line), .len = strlen(line), .state = ENTRY_UNSAVED};
    e.info = (struct history_info){.time = time, .status = -1, .duration = -1};
    e.info.cwd = cwd && *cwd ? xstrdup(cwd) : NULL;
    if (time > 0) /* else nothing is known that is worth a line's place */
        snprintf(e.id, sizeof e.id, "%s%u", h->session, ++h->added);
    bool is_long = e.len > LINE_MAX_BYTES / 2; /* escaping may double it */
    if (is_long)
        e.state = ENTRY_LONG;
    bool locked = begin_write(h, &why);
    history_push(h, e);
    bool ok = end_write(h, locked, &why);
    if (ok && is_long && h->path)
        ok = err_set(&why, "history %s: a line this long is kept in memory only", h->path);
    return saved(h, ok, &why, err);
}

bool history_ended(struct history *h, int status, int64_t duration, struct err *err)
{
    char id[ENTRY_ID];
    struct err why = {""};
    err->text[0] = '\0';
    snprintf(id, sizeof id, "%s%u", h->session, h->added);
    bool locked = begin_write(h, &why);
    struct entry *e = find_id(h, id);
    if (e && e->info.status < 0) {
        history_set_end(h, id, status, duration);
        h->unsaved += e->state == ENTRY_SAVED;
        e->state = e->state == ENTRY_SAVED ? ENTRY_ENDED : e->state;
    }
    return saved(h, end_write(h, locked, &why), &why, err);
}

/* Keep only what is another text; NULL: nothing. */
static void drop_text(struct history *h, const char *text)
{
    size_t kept = 0, count = h->count;
    h->version++;
    for (size_t i = 0; i < count; i++) {
        struct entry *e = history_entry_at(h, i);
        if (text && strcmp(e->text, text) != 0) {
            struct entry moved = *e;
            *e = (struct entry){0};
            *history_entry_at(h, kept++) = moved;
            continue;
        }
        h->bytes -= e->len;
        h->unsaved -= e->state == ENTRY_UNSAVED || e->state == ENTRY_ENDED;
        explicit_bzero(e->text, e->len);
        history_entry_release(e);
    }
    h->count = kept;
}

static bool forget(struct history *h, const char *wanted, struct err *err)
{
    bool ok = !h->path || history_lock(h, LOCK_EX, err);
    if (ok && h->path) {
        history_take_file(h);
        drop_text(h, wanted);
        ok = !h->read_only && history_compact(h, true);
        if (!ok)
            err_set(err, "history %s: cannot be written anew: the line stays in the file", h->path);
        history_unlock(h);
    }
    drop_text(h, wanted);
    return ok;
}

bool history_clear(struct history *h, struct err *err)
{
    return forget(h, NULL, err);
}

bool history_delete(struct history *h, const char *text, struct err *err)
{
    char *wanted = xstrdup(text); /* it may be an entry's own */
    bool ok = forget(h, wanted, err);
    explicit_bzero(wanted, strlen(wanted));
    free(wanted);
    return ok;
}

bool history_import(struct history *h, const struct history *from, size_t *added, struct err *err)
{
    *added = 0;
    if (h->path && !history_lock(h, LOCK_EX, err))
        return false;
    if (h->path)
        history_take_file(h);
    *added = history_merge(h, from, ENTRY_SAVED);
    for (size_t i = 0; i < h->count; i++) {
        struct entry *e = history_entry_at(h, i);
        if (!*e->id && e->info.time > 0) /* without it the time is not written */
            snprintf(e->id, sizeof e->id, "%s%u", h->session, ++h->added);
    }
    bool ok = !h->path || (!h->read_only && history_compact(h, true));
    if (!ok)
        err_set(err, "history %s: cannot be written anew: nothing was taken in", h->path);
    if (h->path)
        history_unlock(h);
    return ok;
}

void history_set_host(struct history *h, struct history *host)
{
    size_t kept = 0, count = h->count;
    history_close(h->host);
    h->host = host;
    h->version++;
    for (size_t i = 0; i < count; i++) {
        struct entry moved = *history_entry_at(h, i);
        *history_entry_at(h, i) = (struct entry){0};
        if (moved.state != ENTRY_HOST) {
            *history_entry_at(h, kept++) = moved;
            continue;
        }
        h->bytes -= moved.len;
        history_entry_release(&moved);
    }
    h->count = kept;
    if (host)
        history_merge(h, host, ENTRY_HOST);
}

void history_refresh(struct history *h)
{
    struct stat st;
    struct err err;
    if (!h->path || (history_is_current(h) && fstat(h->fd, &st) == 0 && st.st_size == h->offset))
        return;
    if (history_lock(h, LOCK_SH, &err)) {
        history_take_file(h);
        history_unlock(h);
    }
}

uint64_t history_version(const struct history *h)
{
    return h->version;
}

size_t history_count(const struct history *h)
{
    return h->count;
}

const char *history_entry(const struct history *h, size_t i)
{
    if (i >= h->count)
        BUG("history entry %zu of %zu", i, h->count);
    return history_entry_at(h, i)->text;
}

struct history_info history_info(const struct history *h, size_t i)
{
    if (i >= h->count)
        BUG("history entry %zu of %zu", i, h->count);
    return history_entry_at(h, i)->info;
}

bool history_is_own(const struct history *h, size_t i)
{
    return strncmp(history_entry_at(h, i)->id, h->session, strlen(h->session)) == 0;
}

bool history_is_host(const struct history *h, size_t i)
{
    return history_entry_at(h, i)->state == ENTRY_HOST;
}

long history_suggest(const struct history *h, const char *prefix, const char *cwd)
{
    long best = -1, unknown = -1;
    size_t len = strlen(prefix);
    for (long at = (long)h->count; (at = history_search(h, (size_t)at, prefix, true)) >= 0;) {
        const struct entry *e = history_entry_at(h, (size_t)at);
        if (!e->text[len] || strchr(e->text, '\n'))
            continue;
        if (e->info.status == NOT_FOUND) {
            unknown = unknown < 0 ? at : unknown;
            continue;
        }
        if (*cwd && e->info.cwd && strcmp(e->info.cwd, cwd) == 0)
            return at;
        if (best < 0)
            best = at;
    }
    return best >= 0 ? best : unknown;
}

long history_search(const struct history *h, size_t before, const char *needle, bool prefix)
{
    size_t len = strlen(needle);
    for (size_t i = before < h->count ? before : h->count; i-- > 0;) {
        const char *text = history_entry_at(h, i)->text;
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
