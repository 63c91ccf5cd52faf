/* ssh's wildcards (ssh_config(5), PATTERNS): `*` any run, `?` one character. Pure. */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include <stdbool.h>

bool pattern_match(const char *pattern, const char *text);

/* A list of patterns with any of `separators` between them: true if one matches, and none of
   those that a `!` negates does. */
bool pattern_list_match(const char *list, const char *separators, const char *text);

#endif
