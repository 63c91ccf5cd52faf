/* The names of the commands that a host has. Pure. */
#ifndef SESSION_NAMES_H
#define SESSION_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct names {
    struct buf text;
    const char **sorted; /* into the text */
    size_t count;
};

enum names_fit { NAMES_NONE, NAMES_BEGIN, NAMES_WHOLE };

/* `len` bytes of names, each ended by `end`; all in lower case if `folded`. */
void names_set(struct names *n, const char *text, size_t len, char end, bool folded);
void names_release(struct names *n);

/* Is the word one of them, or the begin of one? */
enum names_fit names_find(const struct names *n, const char *word, size_t len);

/* What a shell's language says of the names of its commands. */
struct names_language {
    const char *shell;   /* words, with blanks between, that make or remove commands of the shell */
    const char *path;    /* those that put files into PATH, beside what does so in all of them */
    const char *defines; /* what stands in a function's definition; or NULL */
    const char *prefix;  /* what is not found is looked for behind this, too; or NULL */
    bool folded;         /* upper and lower case are the same */
    int not_found;       /* the status of a command that is not found */
};
extern const struct names_language names_sh, names_fish, names_csh, names_pwsh, names_cmd;

/* What a command that was run may have changed, by the words of its line. */
enum names_change { NAMES_SAME, NAMES_SHELL, NAMES_PATH };
enum names_change names_changed_by(const struct names_language *language, const char *line);
/* May it have defined one of sh's functions? */
bool names_may_define(const char *line);

#endif
