/*
 * A shell line as it is being written: what its parts are, for colours, which bracket belongs to
 * which, and whether the shell would want more of it (an open quote, a here-document, `do`, `{`).
 * Follows the grammars of bash (POSIX XCU 2.10, with bash's additions), fish (3.6), PowerShell (7),
 * tcsh (6) and cmd.exe. Pure; linear in time.
 *
 * A guess by design: aliases may change what a word means. Nothing but colour and the meaning of
 * Enter depends on it.
 */
#ifndef SESSION_SYNTAX_H
#define SESSION_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

enum syntax_language {
    SYNTAX_SH,
    SYNTAX_FISH,
    SYNTAX_PWSH,
    SYNTAX_CSH,
    SYNTAX_CMD,
    SYNTAX_LANGUAGES, /* how many */
};

enum syntax_kind {
    SYNTAX_PLAIN,
    SYNTAX_COMMAND, /* the name of a simple command */
    SYNTAX_KEYWORD, /* if, then, {, [[, ... */
    SYNTAX_OPTION,  /* a word that begins with - */
    SYNTAX_STRING,  /* quoted, the quotes included */
    SYNTAX_EXPAND,  /* $NAME, ${...}, $((...)); what stands in $(...) is scanned as commands */
    SYNTAX_OPERATOR,
    SYNTAX_COMMENT,
    SYNTAX_UNCLOSED, /* a quote or bracket that nothing closes: the opening characters only */
    SYNTAX_WRONG,    /* what cannot stand here, such as `done` without `do` */
};

/* In the order of their begins, without overlap; what is in none is plain. */
struct syntax_span {
    size_t from, to; /* bytes */
    enum syntax_kind kind;
};

struct syntax_pair {
    size_t open, close; /* bytes: of the bracket characters ( ) { } [ ] */
};

struct syntax {
    struct syntax_span *spans;
    size_t count, cap;
    struct syntax_pair *pairs;
    size_t pair_count, pair_cap;
    bool incomplete; /* the shell would ask for more */
};

/* Zero initialised before the first call; may be used again. */
void syntax_scan(struct syntax *s, enum syntax_language language, const char *text, size_t len);
void syntax_release(struct syntax *s);

/* Blanks, operators and the end stand behind a word. */
bool syntax_ends_word(enum syntax_language language, char c);

/* The bracket that belongs to the one at `at`, or just before it; -1: none. *self is the one it
   belongs to. */
long syntax_match(const struct syntax *s, size_t at, size_t *self);

#endif
