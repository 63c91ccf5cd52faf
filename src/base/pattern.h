/* ssh's wildcards (ssh_config(5), PATTERNS): `*` any run, `?` one character. Pure. */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include <stdbool.h>

bool pattern_match(const char *pattern, const char *text);

#endif
