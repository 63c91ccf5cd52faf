/* How well a pattern fits a text: the finder's ranking. Pure. */
#ifndef TERM_FUZZY_H
#define TERM_FUZZY_H

#include <stddef.h>
#include <stdint.h>

/* The words of the pattern, between blanks, must each be found, in any order: as they stand, or
   else letter by letter in that order. Without regard to case unless the word has a capital
   letter. The higher the better; -1: it does not fit; 0: the pattern is empty. */
int fuzzy_score(const char *pattern, const char *text);

/* For the first `max` bytes of the text: which of them are what was found (1) or not (0). */
void fuzzy_marks(const char *pattern, const char *text, uint8_t *marks, size_t max);

#endif
