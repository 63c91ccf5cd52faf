/*
 * The prompt that the shell on the host prints, as text with looks to be drawn before the line.
 * What it prints goes through an emulator of its own, which nothing leaves but characters and
 * their looks: titles, questions, modes, the clipboard and jumps over the screen stay in it. Pure.
 */
#ifndef TERM_SHELL_PROMPT_H
#define TERM_SHELL_PROMPT_H

#include <stdbool.h>

#include "base/ecma48.h"
#include "term/compose.h"
#include "term/glyph.h"

struct shell_prompt;

enum shell_prompt_part {
    SHELL_PROMPT,       /* what stands before the line */
    SHELL_PROMPT_MORE,  /* the same for the next row of a command that goes on */
    SHELL_PROMPT_RIGHT, /* what stands at the right of the line */
    SHELL_PROMPT_PARTS
};

/* `glyphs` is borrowed and must outlive it. */
struct shell_prompt *shell_prompt_new(struct glyphs *glyphs);
void shell_prompt_free(struct shell_prompt *p);

/* The shell begins to print this part, on a terminal so wide; it goes on with it, if it has
   stopped before its end. Tokens that come while no part is being printed are dropped. */
void shell_prompt_begin(struct shell_prompt *p, enum shell_prompt_part part, int cols);
void shell_prompt_token(struct shell_prompt *p, const struct ecma48_token *token);
void shell_prompt_stop(struct shell_prompt *p);
/* All of what was printed of this part is the prompt from now on, or is none (the drawing of a
   line may hold a prompt that is not whole). A prompt takes the right one of the last away. */
void shell_prompt_end(struct shell_prompt *p, enum shell_prompt_part part, bool use);

/* With how many empty rows the prompt begins; they are not among its spans. */
int shell_prompt_empty_rows(const struct shell_prompt *p);

/* The part as spans, for a width, behind `lead` columns of the first row; 0: it is empty. Where a
   row was filled for a width that there is not, the filling gives way. Valid until the next call
   for this part. */
int shell_prompt_spans(struct shell_prompt *p, enum shell_prompt_part part, int cols, int lead,
                       const struct span **spans);

#endif
