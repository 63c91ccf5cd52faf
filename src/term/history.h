/*
 * One host's history of lines: a file shared by concurrent sessions. Appended under a lock,
 * re-read when another session wrote, 0600, bounded. An entry may have several lines. A file
 * that cannot be read or written costs nothing but the notice in `err`: the history then
 * lives in memory.
 */
#ifndef TERM_HISTORY_H
#define TERM_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define HISTORY_ENTRIES 100000 /* the newest are kept */

struct history;

/* path NULL: in memory only. Folders are made (0700). Never NULL; err->text is "" or the
   notice. */
struct history *history_open(const char *path, struct err *err);
void history_close(struct history *h);

/* `$XDG_STATE_HOME/tether/history/HOST` (or ~/.local/state/...); HOST made safe for a file
   name. Caller frees. NULL without a home. */
char *history_path(const char *host);

/* What is known of a command. */
struct history_info {
    int64_t time;     /* when it was entered, seconds since 1970; 0 unknown */
    int status;       /* -1: unknown, or it runs */
    int64_t duration; /* ms; -1 unknown */
    char *cwd;        /* NULL unknown */
};

/* Keep a line, entered in the folder `cwd` (NULL: unknown), unless it is empty or begins with a
   space. One that repeats the newest takes its place. False with a notice if it could not be
   written (it is kept in memory all the same, and written later if that becomes possible);
   err->text is "" if that notice was given before. */
bool history_add(struct history *h, const char *line, const char *cwd, int64_t time,
                 struct err *err);
/* The command added last here has ended. As history_add. */
bool history_ended(struct history *h, int status, int64_t duration, struct err *err);
/* Forget all entries with this text, in the file too, which is written anew. False: the file
   could not be. */
bool history_delete(struct history *h, const char *text, struct err *err);
/* The same for all entries. */
bool history_clear(struct history *h, struct err *err);

/* Take in the lines of another history (in memory), at their times, and write the file anew. Lines
   that are there already are not taken again; `added` says how many were not. */
bool history_import(struct history *h, const struct history *from, size_t *added, struct err *err);

/* The own history of the host's shell (in memory, taken over; NULL: none): its lines that we do not
   have stand among ours, but are never written. */
void history_set_host(struct history *h, struct history *host);

/* Take in what other sessions have added since. */
void history_refresh(struct history *h);

size_t history_count(const struct history *h);
/* Another number whenever an entry has come, gone or changed. */
uint64_t history_version(const struct history *h);
/* 0 is the oldest. Borrowed until the next add or refresh. */
const char *history_entry(const struct history *h, size_t i);
struct history_info history_info(const struct history *h, size_t i); /* borrowed as well */
/* Was it entered in this session? */
bool history_is_own(const struct history *h, size_t i);
/* Is it only the host's shell that has it? */
bool history_is_host(const struct history *h, size_t i);

/* The newest entry before `before` (history_count: from the newest) that contains `needle`,
   or begins with it; -1 if none. */
long history_search(const struct history *h, size_t before, const char *needle, bool prefix);

/* The entry of one row that best goes on from `prefix`: the newest that was entered in this folder,
   else the newest; last of all one whose command was not found. -1 if none. */
long history_suggest(const struct history *h, const char *prefix, const char *cwd);

#endif
