/* Shared by syntax_sh.c (commands) and syntax_sh_word.c (the words they are made of). */
#ifndef SESSION_SYNTAX_SH_H
#define SESSION_SYNTAX_SH_H

#include "session/syntax_priv.h"

/* ---- words: each call goes over what it is about ---- */

void syntax_word(struct scan *s, enum syntax_kind kind);
/* What stands from `open`, which is `n` characters, to `closing`; `nest` opens one more. */
void syntax_enclosed(struct scan *s, size_t open, size_t n, const char *closing, char nest);
/* How long the word is if all of it is plain; 0 if it is not. */
size_t syntax_plain_word(const struct scan *s);
bool syntax_is_assignment(const struct scan *s); /* NAME=, NAME+= or NAME[...]= */
/* `((` does not say by itself whether it is arithmetic. */
bool syntax_is_arithmetic(const struct scan *s, size_t from);

/* ---- commands ---- */

/* The commands up to the ) that closes the ( at `open`, which is before the cursor;
   SYNTAX_NOWHERE: up to the end. */
void syntax_commands(struct scan *s, size_t open);

#endif
