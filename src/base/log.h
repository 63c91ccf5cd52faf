/*
 * The log that -v turns on: stages and timings, never secrets, never what was typed. Lines
 * are kept while the screen is ours and printed when it is given back.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

/* 0: nothing is logged. Lines tell the seconds since the level was first another one. May be
   called from the connecting thread too. */
void log_set_level(int level);
bool log_enabled(int level);

/* Append to this file instead of standard error; nothing is held then. */
bool log_to(const char *path, struct err *err);
/* Where the log goes, for what else is to stand there. */
FILE *log_stream(void);

/* While held, lines are kept (the oldest dropped past a limit); released, they go to stderr. */
void log_hold(bool held);

void log_line(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
