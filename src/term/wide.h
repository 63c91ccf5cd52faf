/*
 * The editor's text: wide characters, one for each code point, as libedit wants them. A byte
 * that is not UTF-8 becomes WIDE_BYTE + byte, and so does a NUL; every text survives the way
 * there and back, whatever the locale.
 */
#ifndef TERM_WIDE_H
#define TERM_WIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#include "base/buf.h"

#define WIDE_BYTE 0xdc00

/* Converts text[0..len); NUL terminated. Caller frees. *n: how many characters. */
wchar_t *wide_from_utf8(const char *text, size_t len, size_t *n);
void wide_to_utf8(const wchar_t *text, size_t n, struct buf *out);
size_t wide_utf8_len(wchar_t c);

/* The next and the previous place for a cursor: a base character keeps its combining ones. */
size_t wide_next(const wchar_t *text, size_t len, size_t at);
size_t wide_prev(const wchar_t *text, size_t at);

/* A letter or digit, of any script. */
bool wide_is_word(wchar_t c);
/* Behind the end of the next word, or at the begin of the one before. */
size_t wide_word_right(const wchar_t *text, size_t len, size_t at);
size_t wide_word_left(const wchar_t *text, size_t at);
/* The same for words between blanks. */
size_t wide_blank_word_left(const wchar_t *text, size_t at);
size_t wide_blank_word_right(const wchar_t *text, size_t len, size_t at);
/* The same for words as the shell sees them: quotes and backslashes bind. */
size_t wide_shell_word_left(const wchar_t *text, size_t at);
size_t wide_shell_word_right(const wchar_t *text, size_t len, size_t at);
bool wide_is_blank(wchar_t c);

/* The bounds of the row (of a text with newlines) that `at` is in. */
size_t wide_row_start(const wchar_t *text, size_t at);
size_t wide_row_end(const wchar_t *text, size_t len, size_t at);

size_t wide_columns(const wchar_t *text, size_t n);
/* The place in a row of n characters that is nearest to the column, from the left. */
size_t wide_at_column(const wchar_t *text, size_t n, size_t column);

#endif
