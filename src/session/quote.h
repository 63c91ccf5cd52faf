/* Quoting for POSIX shells. Pure. */
#ifndef SESSION_QUOTE_H
#define SESSION_QUOTE_H

#include <stddef.h>

#include "base/buf.h"

/* The text as one word in single quotes. */
void quote_single(struct buf *out, const char *text, size_t len);

/* The text as one word, as a person would have typed it: a backslash before each character
   that needs one; bare if none does; a leading `~user/` is left alone. `quote` is the quote
   that is open where the word stands: '\'', '"' or 0. */
void quote_word(struct buf *out, const char *text, size_t len, char quote);

/* The quote that is open at the end of a line: '\'', '"' or 0. */
char quote_open(const char *text, size_t len);

#endif
