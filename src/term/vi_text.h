/* What vi sees in a text: words and text objects. Places are characters. Pure. */
#ifndef TERM_VI_TEXT_H
#define TERM_VI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

struct vi_text {
    const wchar_t *text;
    size_t len;
};

/* 0: a blank; 1: of a word (letters, digits, _); 2: any other. Of one kind are words made. */
int vi_kind(wchar_t c);

/* The begin of the next word, and of the one before. */
size_t vi_word_right(struct vi_text l, size_t at);
size_t vi_word_left(struct vi_text l, size_t at);
/* On the last character of the word, or of the next one. `blank`: words between blanks. */
size_t vi_word_end(struct vi_text l, size_t at, bool blank);

/* The text object of that name about `at` (w W " ' ` ( ) b { } B [ ] < >), with what is `around` it
   or without; false: there is none. */
bool vi_object(struct vi_text l, size_t at, wchar_t name, bool around, size_t *from, size_t *to);

#endif
