/* Shared by the files of the history: history.c (entries in memory, the interface), history_merge.c
   (lines from elsewhere), history_line.c (one line of the file) and history_file.c (reading,
   locking, writing). */
#ifndef TERM_HISTORY_PRIV_H
#define TERM_HISTORY_PRIV_H

#include <sys/types.h>

#include "base/buf.h"
#include "term/history.h"

#define LINE_MAX_BYTES ((size_t)128 << 10) /* escaped, in the file */
#define TEXT_MAX_BYTES ((size_t)16 << 20)  /* all entries together, in memory */
#define FILE_MAX_BYTES (2 * TEXT_MAX_BYTES)
#define FILE_MAX_LINES (2 * (size_t)HISTORY_ENTRIES)

enum entry_state {
    ENTRY_SAVED,   /* it is in the file */
    ENTRY_ENDED,   /* it is, but not yet how its command ended */
    ENTRY_UNSAVED, /* it could not be written yet: tried again with the next add */
    ENTRY_LONG,    /* too long for the file: kept in memory only */
    ENTRY_HOST,    /* of the host's shell: never written */
};

#define ENTRY_ID 32

struct entry {
    char *text;
    size_t len;               /* of text */
    struct history_info info; /* its cwd is the entry's */
    char id[ENTRY_ID];        /* the session that added it, and a number; "" unknown */
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
    char session[16];    /* what our ids begin with */
    unsigned added;      /* how many we have added */
    uint64_t version;
    struct history *host; /* the host's shell's own, in memory; NULL: not known */
    bool host_lost;       /* it is not among the entries now */
};

/* ---- entries in memory (history.c) ---- */

struct entry *history_entry_at(const struct history *h, size_t i);
void history_entry_release(struct entry *e);
void history_drop_oldest(struct history *h);
/* Takes text and cwd over. One that repeats the newest takes its place. */
void history_push(struct history *h, struct entry entry);
/* How the command of that id ended. */
void history_set_end(struct history *h, const char *id, int status, int64_t duration);

/* ---- lines from elsewhere (history_merge.c) ---- */

/* Copies of what `from` has and we do not, at their places. Returns how many. */
size_t history_merge(struct history *h, const struct history *from, enum entry_state state);

/* ---- one line of the file (history_line.c) ---- */

void history_line_put(struct buf *out, const struct entry *e);
/* That a command has ended: an entry without text. */
void history_line_put_end(struct buf *out, const struct entry *e);
/* Text and cwd are allocated. False: it is no entry. */
bool history_line_parse(const char *line, size_t len, struct entry *out);

/* ---- the file (history_file.c) ---- */

/* Locked, and still the file of that name: it may be replaced while we wait. `how`: LOCK_SH or
   LOCK_EX of flock(2). */
bool history_lock(struct history *h, int how, struct err *err);
void history_unlock(struct history *h);
bool history_is_current(const struct history *h);
/* Take in what the file has and we do not. Locked. */
void history_take_file(struct history *h);
/* Append what the file does not have yet. Locked, and read up to the end. */
bool history_flush(struct history *h, struct err *err);
/* Replace a file grown far too long by what is kept of it, or in any case. Locked: whoever waits
   for the lock finds, when it has it, that the name belongs to another file by then. False: it
   stays as it is. */
bool history_compact(struct history *h, bool always);

#endif
