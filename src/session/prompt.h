/* The prompt: a template filled in. Pure. */
#ifndef SESSION_PROMPT_H
#define SESSION_PROMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define PROMPT_DEFAULT "[{host}]: {cwd}{sign} "
#define PROMPT_HOST    "host" /* no template: the shell's own prompt is drawn, behind: */
#define PROMPT_LEAD    "[{host}]: "

struct prompt_values {
    const char *host;
    const char *user;
    const char *cwd;
    int status;                           /* the last command's; -1: none has ended */
    int64_t duration;                     /* the last command's, ms */
    const char *home, *git, *jobs, *venv; /* as the host told them; NULL or "": it did not */
    int columns;                          /* the terminal's; 0: as many as it takes */
    const char *before_cwd;               /* the shell's word before the directory; NULL: none */
    bool ascii;                           /* what is left out is "...", not an ellipsis */
};

/* A part of the prompt. */
struct prompt_range {
    size_t from, to;
};

/*
 * Fields: {host} {user} {cwd} {cwd~} ("~" for the home directory) {git} {jobs} (empty when there
 * are none) {venv} {status} (empty when 0 or none) {duration} (empty below a second, and when
 * there was no command) {sign} ('#' for root, '>' otherwise). What stands in the braces beside the
 * name, and is no letter, goes with it: "{ (git)}" is nothing where there is no branch. A path
 * that takes more than half of the columns loses its middle. Values are made safe to show. *host
 * becomes where {host} stands first; empty: nowhere.
 */
void prompt_expand(const char *template, const struct prompt_values *values, struct buf *out,
                   struct prompt_range *host);

/* The first pair of braces whose name there is not; NULL: there is none such. Braces without a
   letter are text. */
const char *prompt_unknown(const char *template);
/* Is the status of a command that failed shown? */
bool prompt_has_status(const char *template);
/* The names of the fields that the host's shell must tell, with blanks between; "": none. */
void prompt_wants(const char *template, struct buf *out);
/* Is it PROMPT_HOST? */
bool prompt_is_host(const char *template);

#endif
