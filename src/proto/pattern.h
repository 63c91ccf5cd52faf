/* ssh's wildcards (ssh_config(5), PATTERNS): `*` any run, `?` one character. Pure. */
#ifndef PROTO_PATTERN_H
#define PROTO_PATTERN_H

#include <stdbool.h>

bool pattern_match(const char *pattern, const char *text);

#endif
