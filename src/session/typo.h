/* A command that was mistyped: which word of a line it is, and which others are near it. Pure. */
#ifndef SESSION_TYPO_H
#define SESSION_TYPO_H

#include <stddef.h>

/* The word that names the line's command, behind assignments: where it begins, and its length;
   0: there is none, or it is a path, quoted, or made by the shell. */
size_t typo_command(const char *line, size_t *len);

/* How many letters are wrong, missing, too many, or have changed places; 0: it is the same word;
   -1: too many to be a slip. */
int typo_distance(const char *word, size_t len, const char *other, size_t other_len);

#endif
