/* Shared by syntax_pwsh.c (statements), syntax_pwsh_value.c (expressions) and syntax_pwsh_word.c
   (what both are made of). */
#ifndef SESSION_SYNTAX_PWSH_H
#define SESSION_SYNTAX_PWSH_H

#include "session/syntax_priv.h"

/* What comes next in a frame. */
enum pwsh_state {
    AT_STATEMENT, /* a command, an expression or a keyword */
    AT_ASSIGNED,  /* the same, and it must come */
    AT_PIPED,     /* the same, but no keyword */
    AT_NAME,      /* of the command, behind & */
    AT_ARGUMENT,
    AT_LIST,     /* an argument must come */
    AT_VALUE,    /* a part of an expression must come */
    AT_MEMBER,   /* the name of one must come */
    AT_CAST,     /* a value may come, or an operator */
    AT_OPERATOR, /* or the end of the expression */
    AT_KEY,      /* any word */
};

enum pwsh_tail { TAIL_NONE, TAIL_IF, TAIL_TRY };

enum pwsh_kind {
    FRAME_LINE,
    FRAME_PAREN, /* ( ) */
    FRAME_LIST,  /* $( ) @( ) */
    FRAME_BLOCK, /* { } */
    FRAME_WORDS, /* { } or ( ) where words are no commands: of switch and class, @{ }, [A()] */
    FRAME_TYPE,  /* [ ] */
    FRAME_INDEX, /* [ ] */
    FRAME_STRING,
    FRAME_HERE, /* @" "@ */
};

struct pwsh_frame {
    enum pwsh_kind kind;
    size_t at, span; /* the bracket or quote, and its span */
    enum pwsh_state state;
    const char *want;    /* what a keyword wants yet; "": nothing */
    enum pwsh_tail tail; /* which keywords may go on with the statement before */
    bool loop;           /* the ( ) of a foreach: `in` is a keyword */
    bool row;            /* a row has ended, and the next may begin with | */
    size_t choices;      /* ? without its : */
};

struct pwsh {
    struct scan *s;
    struct pwsh_frame frames[SYNTAX_DEPTH_MAX];
    size_t depth; /* the line itself is the first */
};

/* Its sign is `n` characters. NULL: too deep, the rest of the text is not looked at. */
struct pwsh_frame *pwsh_open(struct pwsh *p, enum pwsh_kind kind, size_t n);
void pwsh_close(struct pwsh *p, enum syntax_kind kind);
void pwsh_drop(struct pwsh *p); /* nothing closes it */

/* A quote, a variable or a bracket that begins a value, behind which the frame goes on as `then`.
   False: there is none here. */
bool pwsh_operand(struct pwsh *p, struct pwsh_frame *f, enum pwsh_state then);
/* In a string: what is up to its next part, or its end. False: no string is open. */
bool pwsh_string(struct pwsh *p);

/* ---- the length of what stands at the cursor; 0: it is none ---- */

size_t pwsh_word(const struct scan *s, const struct pwsh_frame *f); /* of a command */
size_t pwsh_name(const struct scan *s);                             /* letters and digits */
size_t pwsh_number(const struct scan *s);

bool pwsh_is(const struct scan *s, size_t n, const char *word); /* the next `n` bytes are it */
void pwsh_blanks(struct scan *s); /* and newlines that a backtick hides */

/* ---- statements and expressions; what gives a bool: it was here, and is taken ---- */

void pwsh_end_statement(struct pwsh_frame *f);
bool pwsh_wanted(const struct pwsh_frame *f); /* something must come */
/* A sign of `n` bytes, behind which the frame goes on as `then`. */
void pwsh_take(struct scan *s, struct pwsh_frame *f, size_t n, enum pwsh_state then);
void pwsh_wrong(struct scan *s, size_t n);
bool pwsh_separator(struct scan *s, struct pwsh_frame *f);   /* ; | || && & */
bool pwsh_redirection(struct scan *s, struct pwsh_frame *f); /* > >> 2> *> 2>&1 */
bool pwsh_unary(struct scan *s, struct pwsh_frame *f);       /* + - ! , ++ -- -not */
void pwsh_value(struct pwsh *p, struct pwsh_frame *f);
void pwsh_operator(struct pwsh *p, struct pwsh_frame *f);

#endif
