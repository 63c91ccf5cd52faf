/*
 * What is searched for: a POSIX extended regular expression; plain text where it is none, or
 * where the C library would take too long over it. Smart case: a capital makes it exact.
 */
#ifndef TERM_PATTERN_H
#define TERM_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

struct pattern;

/* NULL if there is nothing to look for. */
struct pattern *pattern_new(const char *text, size_t len);
void pattern_free(struct pattern *p);

/* The leftmost match in text[from..len), a NUL behind it, that is not empty; what stands before
   `from` is seen by anchors and word boundaries. */
bool pattern_find(const struct pattern *p, const char *text, size_t len, size_t from,
                  size_t *match_from, size_t *match_to);

#endif
