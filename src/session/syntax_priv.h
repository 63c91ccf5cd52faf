/* Shared by syntax.c (commands) and syntax_word.c (the words they are made of). */
#ifndef SESSION_SYNTAX_PRIV_H
#define SESSION_SYNTAX_PRIV_H

#include "session/syntax.h"

#define SYNTAX_DEPTH_MAX    200 /* constructs in constructs: a person's line has a few */
#define SYNTAX_HEREDOCS_MAX 16  /* begun on one row */

struct heredoc {
    size_t from, to; /* the delimiter as written */
    bool tabs;       /* <<- : leading tabs do not count */
};

struct scan {
    struct syntax *out;
    const char *text;
    size_t len, at;
    int depth;
    bool unclosed, wrong;
    struct heredoc heredocs[SYNTAX_HEREDOCS_MAX];
    size_t heredoc_count;
};

/* ---- what is found ---- */

void syntax_add_span(struct scan *s, size_t from, size_t to, enum syntax_kind kind);
void syntax_add_pair(struct scan *s, size_t open, size_t close);

/* ---- characters at the cursor ---- */

char syntax_peek(const struct scan *s, size_t ahead); /* '\0' behind the end */
bool syntax_at_end(const struct scan *s);
bool syntax_starts(const struct scan *s, const char *what);
void syntax_skip_blanks(struct scan *s);

/* ---- words: each call goes over what it is about ---- */

void syntax_word(struct scan *s, enum syntax_kind kind);
/* What stands from `open`, which is `n` characters, to `closing`; `nest` opens one more. */
void syntax_enclosed(struct scan *s, size_t open, size_t n, const char *closing, char nest);
/* How long the word is if all of it is plain; 0 if it is not. */
size_t syntax_plain_word(const struct scan *s);
bool syntax_is_assignment(const struct scan *s); /* NAME=, NAME+= or NAME[...]= */
/* `((` does not say by itself whether it is arithmetic. */
bool syntax_is_arithmetic(const struct scan *s, size_t from);

/* ---- commands (syntax.c) ---- */

/* The commands up to the ) that closes the ( at `open`, which is before the cursor. */
void syntax_commands(struct scan *s, size_t open);

#endif
