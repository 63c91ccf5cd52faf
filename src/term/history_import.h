/* Reads the history files of other shells, line after line, in bounded memory. */
#ifndef TERM_HISTORY_IMPORT_H
#define TERM_HISTORY_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum history_format {
    HISTORY_ANY,  /* as its first line looks */
    HISTORY_BASH, /* a line each; behind a line "#SECONDS", up to the next, if the first is one */
    HISTORY_ZSH,  /* ": SECONDS:DURATION;COMMAND" or plain; newlines escaped, bytes "metafied" */
    HISTORY_FISH, /* "- cmd: COMMAND", "  when: SECONDS", ... */
};

enum history_import_did {
    HISTORY_IMPORT_LINE,
    HISTORY_IMPORT_DAMAGED, /* it cannot be a command's: skipped */
    HISTORY_IMPORT_END,
};

struct history_import;

/* `in` is borrowed, and read from where it stands. */
struct history_import *history_import_new(FILE *in, enum history_format format);
void history_import_free(struct history_import *i);

/* The next command: `text` is borrowed until the next call; `time` 0: unknown. */
enum history_import_did history_import_next(struct history_import *i, const char **text,
                                            int64_t *time);
/* The number in the file of the line that was damaged, or that the command begins with. */
size_t history_import_line(const struct history_import *i);

#endif
