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

#include "base/err.h"

#define HISTORY_ENTRIES 10000 /* the newest are kept */

struct history;

/* path NULL: in memory only. Folders are made (0700). Never NULL; err->text is "" or the
   notice. */
struct history *history_open(const char *path, struct err *err);
void history_close(struct history *h);

/* `$XDG_STATE_HOME/tether/history/HOST` (or ~/.local/state/...); HOST made safe for a file
   name. Caller frees. NULL without a home. */
char *history_path(const char *host);

/* Keep a line, unless it is empty, begins with a space, or repeats the newest. False with a
   notice if it could not be written (it is kept in memory all the same, and written later if
   that becomes possible); err->text is "" if that notice was given before. */
bool history_add(struct history *h, const char *line, struct err *err);

/* Take in what other sessions have added since. */
void history_refresh(struct history *h);

size_t history_count(const struct history *h);
/* 0 is the oldest. Borrowed until the next add or refresh. */
const char *history_entry(const struct history *h, size_t i);

/* The newest entry before `before` (history_count: from the newest) that contains `needle`,
   or begins with it; -1 if none. */
long history_search(const struct history *h, size_t before, const char *needle, bool prefix);

#endif
