/*
 * The local terminal's capabilities, copied out of terminfo once (the only file that sees
 * ncurses). Load it after the editor is made: libedit's tgetent replaces ncurses' terminal.
 */
#ifndef TERM_TERMINFO_H
#define TERM_TERMINFO_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct terminfo;

enum terminfo_string {
    TI_SMCUP,
    TI_RMCUP,
    TI_CLEAR,
    TI_CUP,
    TI_CIVIS,
    TI_CNORM,
    TI_SGR0,
    TI_BOLD,
    TI_DIM,
    TI_SITM,
    TI_SMUL,
    TI_BLINK,
    TI_REV,
    TI_INVIS,
    TI_SMXX,
    TI_SETAF,
    TI_SETAB,
    TI_EL,
    TI_ED,
    TI_ECH,
    TI_IL,
    TI_DL,
    TI_CSR,
    TI_IND,
    TI_RI,
    TI_BEL,
    TI_SMKX,
    TI_RMKX,
    TI_SMACS,
    TI_RMACS,
    TI_ACSC,
    TI_SS,
    TI_SE,
    TI_SMULX,
    TI_SETULC,
    TI_OP,
    TI_STRINGS, /* how many */
};

/* NULL with a clear error if the terminal is unknown or cannot address its cursor. */
struct terminfo *terminfo_load(const char *term, struct err *err);
void terminfo_free(struct terminfo *ti);

/* The raw capability; NULL if the terminal lacks it. */
const char *terminfo_string(const struct terminfo *ti, enum terminfo_string s);
/* Append the capability with its parameters filled in; false if lacking. */
bool terminfo_put(const struct terminfo *ti, struct buf *out, enum terminfo_string s, int a, int b);

int terminfo_colors(const struct terminfo *ti);     /* 0 if monochrome */
bool terminfo_truecolor(const struct terminfo *ti); /* Tc or RGB, or COLORTERM says so */
bool terminfo_auto_margin_bug(
    const struct terminfo *ti);               /* am without xenl: the last cell is dangerous */
bool terminfo_bce(const struct terminfo *ti); /* erasing fills with the background */
bool terminfo_xterm(
    const struct terminfo *ti); /* speaks xterm's private modes (mouse, paste, title) */

/* Key capabilities: calls back with the terminal's byte string for each key name ("kcuu1",
   "kf12", ...) that it defines. */
typedef void terminfo_key(void *data, const char *capability, const char *bytes);
void terminfo_each_key(const struct terminfo *ti, terminfo_key *each, void *data);

#endif
