/* Shared by the scanners of the shells' languages: syntax_<language>.c */
#ifndef SESSION_SYNTAX_PRIV_H
#define SESSION_SYNTAX_PRIV_H

#include "session/syntax.h"

#define SYNTAX_DEPTH_MAX    200 /* constructs in constructs: a person's line has a few */
#define SYNTAX_HEREDOCS_MAX 16  /* begun on one row */
#define SYNTAX_NOWHERE      ((size_t)-1)

struct heredoc {
    size_t from, to; /* the delimiter as written */
    bool tabs;       /* <<- : leading tabs do not count */
};

/* One that waits for the other: where it is, and its span. */
struct bracket {
    size_t at, span;
};

struct scan {
    struct syntax *out;
    const char *text;
    size_t len, at;
    int depth;
    bool unclosed, wrong;
    bool quote; /* a quote is what is not closed */
    struct bracket brackets[SYNTAX_DEPTH_MAX];
    size_t bracket_count;
    struct heredoc heredocs[SYNTAX_HEREDOCS_MAX];
    size_t heredoc_count;
};

/* ---- the languages: each scans the whole text; true: its shell would ask for more ---- */

bool syntax_sh(struct scan *s);
bool syntax_fish(struct scan *s);
bool syntax_pwsh(struct scan *s);
bool syntax_csh(struct scan *s);
bool syntax_cmd(struct scan *s);

/* ---- what is found ---- */

void syntax_add_span(struct scan *s, size_t from, size_t to, enum syntax_kind kind);
void syntax_add_pair(struct scan *s, size_t open, size_t close);
/* Nothing closes what begins at `from`, which is `n` characters long. */
void syntax_add_unclosed(struct scan *s, size_t from, size_t n);

/* The bracket at the cursor opens, or closes the one opened last. Too many: the rest of the text
   is not looked at. */
void syntax_open_bracket(struct scan *s, enum syntax_kind kind);
void syntax_close_bracket(struct scan *s, enum syntax_kind kind);
/* Nothing closes those behind the first `count`. */
void syntax_drop_brackets(struct scan *s, size_t count);
/* Which was opened last; '\0': none behind the first `count`. */
char syntax_last_bracket(const struct scan *s, size_t count);

/* ---- characters at the cursor ---- */

/* '\0' behind the end. */
static inline char syntax_peek(const struct scan *s, size_t ahead)
{
    return s->at + ahead < s->len ? s->text[s->at + ahead] : '\0';
}

static inline bool syntax_at_end(const struct scan *s)
{
    return s->at >= s->len;
}

static inline bool syntax_starts(const struct scan *s, const char *what)
{
    /* Asked for every character of a line, and mostly not so from the first one on. */
    for (size_t at = s->at; *what; at++, what++)
        if (at >= s->len || s->text[at] != *what)
            return false;
    return true;
}

/* Blanks, operators and the end: where words end in most languages. */
static inline bool syntax_separates(char c)
{
    switch (c) {
    case '\0':
    case ' ':
    case '\t':
    case '\n':
    case ';':
    case '&':
    case '|':
    case '(':
    case ')':
    case '<':
    case '>': return true;
    default: return false;
    }
}

/* Spaces, tabs and newlines that a backslash hides. */
void syntax_skip_blanks(struct scan *s);
void syntax_skip_row(struct scan *s); /* to its end */
bool syntax_is_name(char c);          /* a letter, a digit or _ */

/* Over the text at the cursor, up to the line that is the delimiter. */
void syntax_heredoc(struct scan *s, const struct heredoc *h);

#endif
