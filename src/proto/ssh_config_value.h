/* Values of an ssh config as `ssh -G` prints them (ssh_config(5)). Pure. */
#ifndef PROTO_SSH_CONFIG_VALUE_H
#define PROTO_SSH_CONFIG_VALUE_H

#include <stdbool.h>

#include "base/err.h"
#include "proto/ssh_keyword.h"

/*
 * One line of a config in its parts: the keyword, the rest, and the words of the rest without
 * quotes, escapes and a comment at the end. A blank line or comment has no keyword.
 */
struct ssh_config_line {
    char *keyword; /* NULL: there is none */
    char *rest;    /* never empty if there is a keyword */
    char **words;  /* NULL terminated; NULL: none */
};

/* False: a quote is not closed, or nothing follows the keyword. To be released in any case. */
bool ssh_config_line_parse(struct ssh_config_line *line, const char *text, struct err *err);
void ssh_config_line_release(struct ssh_config_line *line);

/*
 * Check a line's value, and put it into what its keyword has so far: the first value holds,
 * but for keywords whose lines add up. `values` is a NULL terminated list, NULL while it is
 * empty, of one string for each line that ssh would print (of file names: one for each).
 */
bool ssh_config_value(const struct ssh_keyword *keyword, const struct ssh_config_line *line,
                      char ***values, struct err *err);

#endif
