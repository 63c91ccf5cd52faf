/* UTF-8 (RFC 3629) and the one width rule of the program. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffd

/* Decode the character at the start of data[0..len). Returns its length in bytes (1 for a
   malformed byte, with *cp UTF8_REPLACEMENT), or 0 if len is 0. */
size_t utf8_decode(const char *data, size_t len, uint32_t *cp);

/* How many bytes at the start of data[0..len), len > 0, are a character or begin one (the
   "maximal subpart" of Unicode 15, 3.9; 0 if the first byte can begin none); `whole`: how many
   the character has in all. */
size_t utf8_prefix(const char *data, size_t len, size_t *whole);

/* How many bytes are missing at the end of data[0..len) for its last character to be whole:
   0 if it is whole or can never be. */
size_t utf8_missing(const char *data, size_t len);

/* Write cp (anything not a Unicode scalar value as U+FFFD); returns 1 to 4. */
size_t utf8_encode(uint32_t cp, char out[4]);

/* Columns a code point takes, as hosts' wcwidth(3) (glibc) has it, so that a remote program
   and our screen agree: 0 for combining and format characters, 2 for wide, 1 otherwise.
   C0, DEL and C1 controls: 0. */
int utf8_width(uint32_t cp);

/* Columns of a text without control characters. */
size_t utf8_columns(const char *text, size_t len);
/* How many bytes at the start of such a text take at most so many columns. */
size_t utf8_fitting(const char *text, size_t len, size_t columns);

/*
 * Make text from the far side or from a file safe to show outside the emulator (banners,
 * prompts, names, errors): controls, bidi and zero-width characters and malformed bytes are
 * shown as \xNN or \u{NNNN}; at most `columns` columns, "..." at the end if cut. `out` is NUL
 * terminated and never longer than `size`. With keep_lines a newline is kept and tabs too.
 */
void utf8_sanitize(char *out, size_t size, const char *text, size_t len, size_t columns,
                   int keep_lines);

#endif
