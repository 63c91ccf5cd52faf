/*
 * Shells within the session's shell (su, sudo -i, ssh onward, ...): how one that waits at its
 * prompt looks, what is typed to it so that it gets hooks of its own, and what it is called. Pure.
 */
#ifndef SESSION_NESTED_H
#define SESSION_NESTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "session/dialect.h"

/* Does what stands before the cursor look like the prompt of a shell? A guess, good for an offer.
 */
bool nested_prompt_like(const char *row, size_t len);

/* Or like that of a shell which the command that runs names: it may be no more than `>`. */
bool nested_prompt_of(const char *command, const char *row, size_t len);
/* The dialect by whose own line (dialect_ask) the shell is to be asked, as its prompt and that
   command tell; NULL: by the line that the others understand. */
const struct dialect *nested_guess(const char *command, const char *row, size_t len);
/* The same, by what a shell has said to the line of the others. */
const struct dialect *nested_complains(const char *text, size_t len);

/* That of a program which has run the line; NULL: it has none. */
const struct dialect *nested_dialect(const char *program);

/* The line that makes the shell say its name (MARK_NAMED, by `token`) and ask for its hooks.
   `paste`: it has asked for pastes to be marked as such. */
void nested_line(const struct dialect *d, const char *token, bool paste, struct buf *out);

/* The hooks that it then reads; with no dialect (NULL) there are none for it. */
struct nested_values {
    const char *nonce, *token; /* its own */
    const char *fields;        /* what the prompt wants to be told: prompt_wants() */
};
void nested_hooks(const struct dialect *d, const struct nested_values *values, struct buf *out);

/* Who is where. "" where it is not known. */
struct nested_place {
    const char *user, *node, *shell;
};
bool nested_same_place(const struct nested_place *a, const struct nested_place *b);
/* What tells the inner one from the session's first: its user, the host as well; and its shell
   where that is all that tells it from the one around it. */
void nested_label(const struct nested_place *first, const struct nested_place *outer,
                  const struct nested_place *inner, struct buf *out);

#endif
