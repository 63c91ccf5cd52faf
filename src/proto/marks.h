/*
 * Marks: the private sequences by which the shell on the host says where it is.
 *
 *   OSC 7770 ; <nonce> ; <letter> [; <data>] BEL
 *
 * The bootstrap makes the nonce on the host and announces it once, in a mark whose nonce
 * field is the one-time token from its arguments (letter N); a nested shell's is made here, and
 * told to it when it has proved by a token that it is there (letter I). From then on only that
 * nonce counts: file content and programs that know the format but not the nonce change nothing.
 * OSC 133, 633 and 7 never change state. Pure.
 */
#ifndef PROTO_MARKS_H
#define PROTO_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/ecma48.h"

#define MARKS_TOKEN_LEN 32 /* hex digits; nonces have the same length */

enum mark_kind {
    MARK_NONE,       /* the token is not a mark */
    MARK_IGNORED,    /* in the form of a mark, but not with our nonce: neither shown nor obeyed */
    MARK_HELLO,      /* N: dialect, pid, user, shell, node (uname -n) */
    MARK_PROMPT,     /* A: the prompt's text begins */
    MARK_INPUT,      /* B: the prompt has ended, the shell reads a line */
    MARK_COMMAND,    /* C: a command begins, what follows is its output; text: the line, or "" */
    MARK_DONE,       /* D: it ended; status */
    MARK_CWD,        /* P or W: text is the working directory (P: percent-coded) */
    MARK_CONTINUE,   /* F: the secondary prompt's text begins */
    MARK_CONTINUED,  /* G: and ends */
    MARK_ASIDE,      /* H: text of the prompt's that stands behind the line begins; text: "mode"
                        where it stands before the prompt's own */
    MARK_ASIDE_END,  /* I: and ends */
    MARK_TAKEN,      /* T: the shell's edit buffer, emptied; text, decoded, and cursor */
    MARK_COMPLETION, /* K: candidates */
    MARK_HISTORY,    /* L: lines of the shell's own history */
    MARK_NAMES,      /* M: the commands that the shell has */
    MARK_READY,      /* R: the shell has read its hooks; text: its dialect */
    MARK_FIELD,      /* V: something for the prompt: its name, its value */
    MARK_NAMED, /* I, by the token: a nested shell asks for its hooks; program, pid, user, node */
};

struct mark {
    enum mark_kind kind;
    int status;  /* DONE; INT_MIN: it tells none */
    long number; /* COMPLETION: bytes to replace; TAKEN: the cursor, in characters */
    long total;  /* COMPLETION: how many there are, beyond what is listed */
    /* CWD, TAKEN, READY, COMMAND: the text. COMPLETION, HISTORY: the options, then one candidate,
       or one row, a string; NAMES: PATH, the options, then one name a string. HELLO, NAMED, FIELD:
       as said above. Decoded, NUL terminated, `strings` of them one behind the other; valid until
       the next call. */
    const char *text;
    size_t strings;
};

/* The string behind `s` in mark.text. */
static inline const char *mark_next(const char *s)
{
    return s + strlen(s) + 1;
}

struct marks {
    char token[MARKS_TOKEN_LEN + 1];
    char nonce[MARKS_TOKEN_LEN + 1]; /* "" until announced */
    struct buf text;
    struct buf parts; /* of the next mark's data */
};

/* `token`: MARKS_TOKEN_LEN hex digits, made by the caller from a good random source. */
void marks_init(struct marks *m, const char *token);
void marks_release(struct marks *m);

/* The nonce of a nested shell, that it will be told now. */
void marks_know(struct marks *m, const char *nonce);

enum mark_kind marks_token(struct marks *m, const struct ecma48_token *token, struct mark *mark);

#endif
