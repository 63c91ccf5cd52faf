/* The names of the commands that a host has. Pure. */
#ifndef SESSION_NAMES_H
#define SESSION_NAMES_H

#include <stddef.h>

#include "base/buf.h"

struct names {
    struct buf text;
    const char **sorted; /* into the text */
    size_t count;
};

enum names_fit { NAMES_NONE, NAMES_BEGIN, NAMES_WHOLE };

/* `len` bytes of names, each ended by `end`. */
void names_set(struct names *n, const char *text, size_t len, char end);
void names_release(struct names *n);

/* Is the word one of them, or the begin of one? */
enum names_fit names_find(const struct names *n, const char *word, size_t len);

/* What a command that was run may have changed: what it is, by the words of its line. */
enum names_change { NAMES_SAME, NAMES_SHELL, NAMES_PATH };
enum names_change names_changed_by(const char *line);

#endif
