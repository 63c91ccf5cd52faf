/* Shared by syntax_fish.c (jobs) and syntax_fish_word.c (the words they are made of). */
#ifndef SESSION_SYNTAX_FISH_H
#define SESSION_SYNTAX_FISH_H

#include "session/syntax_priv.h"

#define FISH_KEYWORD_MAX 16 /* bytes of a keyword with its quotes and backslashes */

enum fish_next { NEXT_END, NEXT_WORD, NEXT_OPTION, NEXT_HELP, NEXT_OTHER };

/* Over the word at the cursor. */
void syntax_fish_word(struct scan *s, enum syntax_kind kind);
/* Over characters that no token can hold. */
void syntax_fish_wrong(struct scan *s, size_t n);

/* ---- what stands ahead, behind the next `n` bytes or at the cursor ---- */

enum fish_next syntax_fish_next(const struct scan *s, size_t n);
/* The length of a redirection's sign, such as 2>>; 0: none; *pipe: it is a pipe, such as 2>| */
size_t syntax_fish_redirection(const struct scan *s, size_t n, bool *pipe);
bool syntax_fish_assigns(const struct scan *s); /* NAME=... */
/* The word without its quotes, and how long it is with them; 0: it is no keyword. */
size_t syntax_fish_bare(const struct scan *s, char out[FISH_KEYWORD_MAX]);

/* ---- jobs (syntax_fish.c) ---- */

/* Up to the ) that closes the ( at `open`, which is before the cursor; SYNTAX_NOWHERE: up to the
   end. False: nothing closes it. */
bool syntax_fish_list(struct scan *s, size_t open);

#endif
