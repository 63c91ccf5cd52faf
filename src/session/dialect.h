/*
 * Dialects: what tether knows about one kind of shell. A dialect is one file of shell code in
 * share/shell/ and one entry of the table in dialect.c. Pure.
 */
#ifndef SESSION_DIALECT_H
#define SESSION_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "session/names.h"
#include "session/syntax.h"

/* How the shell's edit buffer is taken back at a prompt (type-ahead). */
enum dialect_take {
    TAKE_NONE,
    TAKE_MARK,   /* a key whose handler answers with a mark */
    TAKE_ERASE,  /* canonical tty: kill the line; the erasures echoed say how much there was */
    TAKE_REDRAW, /* the shell's own editor: its echo is the text, the redrawn prompt the end */
    TAKE_ROW,    /* the console's: the row that the prompt stands in shows it; the keys erase it */
};

/* How the echo of a submitted line ends. */
enum dialect_echo {
    ECHO_PASTE_OFF,      /* at CSI ? 2004 l; the shell then marks the command's begin */
    ECHO_PASTE_OFF_LINE, /* at the line end behind that */
    ECHO_MARK,           /* at the mark of its begin, or of its end */
    ECHO_LINE,           /* when the line and its line end have come; that is the command's begin */
};

/* A line that is sent in pieces is assembled in a variable of the shell's. */
struct dialect_pieces {
    const char *first, *next;  /* empty it; append what stands behind this */
    const char *newline, *tab; /* variables that hold one */
    const char *last;          /* mark the command's begin and run it, with the status before it */
    bool history;              /* `!` means history in single quotes, too */
    bool drops;                /* an unfinished one is dropped without a word */
};

/* How one that waits is asked for its name and given its hooks, where it does not know sh's
   eval "$(...)": see session/nested.h. */
struct dialect_ask {
    const char *before, *after; /* around the lines of share/shell/nested.sh */
    const char *prompt;         /* its prompt begins so; NULL: as any other */
    const char *program;        /* what may run in its name; NULL: itself */
    const char *complaint;      /* what it says to the line for the others; NULL: its name */
};

struct dialect {
    const char *name;
    const char *login; /* the login shells it is for, as a pattern of sh's case; NULL: none */
    const char *start, *nested, *hooks, *complete; /* its sections; NULL: it has none */
    const struct dialect_ask *ask;                 /* NULL: it knows it */
    const char *history;
    const char *fields; /* and what tells more for the prompt, before the hooks if that is wanted */
    enum dialect_take take;
    const char *take_keys;
    enum dialect_echo echo;
    const char *submit_before, *submit_after; /* around the line */
    size_t line_max;                     /* longer lines (bytes) are sent in pieces; 0: no limit */
    const struct dialect_pieces *pieces; /* so are lines with newlines or tabs; NULL: none is */
    const char *complete_key; /* before a line: asks what it could go on as; NULL: completion is
                                 not the shell's */
    const char *load_key;     /* before code for the shell, run unseen */
    const char *text_end;     /* behind the text of both; NULL: a NUL */
    bool echoes;              /* what is asked of it so may be seen on its screen */
    const char *history_key;  /* asks for its history, without a trace on the screen; NULL: none */
    const char *names_key;    /* the same for the commands that it has */
    bool names_told;          /* it tells them by itself, before its prompt */
    const char *const *names_fixed; /* it cannot tell them, but has these; NULL terminated */
    const struct names_language *names;
    const char *history_file; /* it cannot be asked: its file's name, for sh to expand */
    const char *stop_keys;    /* interrupt what answers a question, which brings two prompts; NULL:
                                 Ctrl-C, which brings one */
    const char *stop_typed;   /* stop a line typed ahead that may not run yet; NULL: Ctrl-C */
    const char *drop_keys;    /* give up a line that waits for its rest; NULL: Ctrl-C */
    bool coded;               /* lines are percent-coded on their way */
    bool counted;             /* behind 100000000 and their length, then, in digits */
    enum syntax_language language;
    const char *filler;       /* printed, with blanks, behind output before a prompt; or NULL */
    bool notices_on_new_line; /* before it speaks at its prompt it leaves that line */
    bool redraws;             /* behind its answer to a key it draws its prompt anew */
    const char *hand_before;  /* around a line that is given to the shell's editor, which then */
    const char *hand_after;   /* draws its prompt and that line */
    size_t hand_max;          /* of so many bytes at once; 0: of any */
    bool hand_each;           /* that editor is there for one line only */
    const char *external_key; /* has the line edited by the user's editor; NULL none */
    bool external_marked;     /* what that made of it is run with a mark, as a typed line is */
    bool asks;                /* it waits for the answers to what it asks the terminal */
    int settle;               /* ms; with TAKE_ROW: the mark that a line is read may overtake what
                                 was printed before it, and is heeded when all is at rest */
    bool asks_status;         /* its status is asked for by a line of its own: windows.h */
    size_t one_line;          /* lines are one row without tabs, of so many bytes at most; 0: any */
    const char *leave;        /* what ends it at an empty line; NULL: Ctrl-D */
    const char *before_cwd;   /* what stands before the directory in its prompt; NULL: nothing */
    bool starts_twice;        /* it runs the profile to run our command, too: what that has printed
                                 before the announcement comes again */
};

/* NULL for a shell without a dialect; for an index behind the last. */
const struct dialect *dialect_find(const char *name);
const struct dialect *dialect_at(size_t i);
/* That of a shell's program, by its name without folders. */
const struct dialect *dialect_of(const char *program);

/* The line as it is typed to the shell, its Enter included. True if it was sent in pieces:
   the command's begin is then marked by the last of them. */
bool dialect_submit(const struct dialect *d, const char *text, size_t len, struct buf *out);

/* The same, for what is asked of the live shell: code that it runs unseen; and, once it has the
   code for that, completion. */
void dialect_load(const struct dialect *d, const char *code, struct buf *out);
void dialect_complete(const struct dialect *d, const char *line, size_t len, struct buf *out);
/* The line goes to the shell's own editor. */
void dialect_hand(const struct dialect *d, const char *line, size_t len, struct buf *out);

/* What a line must not hold: control characters would act on the way instead of being read.
   The first one's offset, or -1. Tab and newline are fine. */
long dialect_control(const char *text, size_t len);

struct dialect_start {
    const char *token;      /* the one-time token, hex */
    const char *shell;      /* what the login shell is taken for; NULL or "auto": by its name */
    bool profile;           /* run the user's profile */
    bool again;             /* after a lost link: no login texts */
    size_t limit;           /* bytes that the server takes for a command; 0: as many as we have */
    const char *directory;  /* where to start; NULL: as the login has it */
    const char *fields;     /* what the prompt wants to be told: prompt_wants() */
    const char *const *env; /* NAME=VALUE, NULL terminated; NULL: none */
};

/* The command for the SSH exec request: passes every login shell's quoting (bash, zsh, fish,
   ksh, mksh, dash, ash, tcsh) unharmed. */
void dialect_start_command(const struct dialect_start *start, struct buf *out);
/* The script in it, for a person to read. */
void dialect_start_script(const struct dialect_start *start, struct buf *script);

/* What the script is sent if its announcement asks for a dialect's hooks, for which the limit left
   no room. `fields`: the prompt wants any. */
void dialect_start_hooks(const struct dialect *d, bool fields, bool coded, struct buf *out);

/* Commands for a second channel, under any login shell as above. The first prints the names of what
   runs as `pid` and of what has its terminal's foreground, a line each; the second sends a signal
   to the foreground job of the shell `pid`, which is `first` or below that, and prints what it did;
   the third prints what a path, command or variable could go on as at the end of `line`; the third
   the end of a history file. */
void dialect_who_command(long pid, struct buf *out);
void dialect_signal_command(long first, long pid, const char *signal, struct buf *out);
void dialect_complete_command(const char *cwd, const char *names, const char *line, size_t len,
                              struct buf *out);
void dialect_history_command(const struct dialect *d, struct buf *out);
/* Prints what the word at the end of `line` is, which a menu calls a `kind`. */
void dialect_preview_command(const char *cwd, const char *line, const char *kind, struct buf *out);
/* Prints the commands that are found in `path`, a PATH; `functions`: and the functions that sh's
   start-up files define, with a "/" if there may be more. */
void dialect_names_command(const char *cwd, const char *path, bool functions, struct buf *out);

#endif
