/* The session's state, shared by session.c, session_marks.c and session_output.c only. */
#ifndef SESSION_SESSION_PRIV_H
#define SESSION_SESSION_PRIV_H

#include "session/session.h"
#include "session/typeahead.h"

/* Why what the shell prints at the prompt is not for the screen. */
enum swallow {
    SWALLOW_NOTHING,
    SWALLOW_TO_INPUT,  /* the prompt is redrawn: until it ends */
    SWALLOW_REDRAW,    /* the same, behind an answer: what comes before it is not the prompt's */
    SWALLOW_TO_PROMPT, /* an interrupt's echo: until the next prompt begins */
};

enum session_ask { ASK_NOTHING, ASK_COMPLETION, ASK_NAMES, ASK_HISTORY, ASK_STATUS };

struct session {
    enum session_state state;
    const struct dialect *dialect;
    char *user, *shell, *cwd, *command, *field[SESSION_FIELDS];
    bool wants_fields;
    long pid;
    bool announced, marked;

    bool in_prompt;          /* between the begin and the end of a prompt's text */
    bool continuing;         /* the prompt is a secondary one */
    bool done;               /* the command has ended, its prompt has not come yet */
    bool raw;                /* the person wants raw mode at the prompt too */
    bool filling;            /* the dialect's filler is being printed */
    bool printed;            /* something was printed at the prompt since it was drawn */
    bool raw_once;           /* raw until the next prompt */
    int redraws;             /* prompts to come that are the same one drawn anew; -1: any number */
    enum session_ask asking; /* a question to the shell is on its way */
    int64_t asked_since;
    bool abandoned; /* nobody waits for its answer */
    int stopping;   /* it was interrupted; so many prompts are to come behind that */
    int64_t stopped_at;
    bool interrupted; /* Ctrl-C was typed to it, and no prompt has been taken since */
    bool asks;        /* the shell says that it waits for the terminal's answers */
    bool loaded;      /* the shell has the code that completes */
    bool listed;      /* it was asked for its history */

    enum swallow swallow;
    int64_t swallow_until; /* CLOCK_NEVER: no limit */

    bool settling;     /* a prompt's mark has come; what it belongs to may not have */
    int64_t settle_at; /* when to look at the row; CLOCK_NEVER: once more has come */
    int64_t prompt_at; /* when the mark came */
    int prompts;       /* marks since the command began */
    bool unjudged;     /* its status is to be asked for */
    int unanswered;    /* so many times in a row it did not come */
    bool answered;     /* the answer has come; then comes its prompt */
    int told, level;   /* what it tells, and what the last one told; INT_MIN: nothing */

    bool taking;         /* the take key is on its way */
    int64_t take_at;     /* when to send it, CLOCK_NEVER: not due */
    int64_t taken_since; /* when it was sent */
    bool take_again;     /* it was sent a second time */
    bool take_dropped;   /* the person gave up what it will bring back */
    size_t erased;       /* TAKE_ERASE: columns erased so far */
    size_t erased_tabs;  /* and of those that tabs took */
    int erase_step;      /* TAKE_ERASE: how much of the sync " \b \b" has come */

    bool pieces;       /* the line was sent in pieces: only the mark says it begins */
    bool paste_off;    /* CSI ? 2004 l has come in it */
    bool echo_over;    /* the submitted line's echo has come */
    bool leaving;      /* Ctrl-D went to it: it leaves the row of its prompt, which is left here */
    struct buf expect; /* ECHO_LINE: what of the echo is still to come */

    struct typeahead typed;
    int64_t typed_at;   /* the last of it */
    int64_t entered_at; /* the last Enter among it */
    bool keys_sent;     /* since the start */
    struct buf echoed;  /* at the prompt: what the shell echoed of type-ahead */
    struct buf back;    /* what session_typed_back gives */
    struct buf held;    /* SWALLOW_REDRAW: what session_rows gives, once it is whole rows */

    struct buf to_host;
    size_t droppable; /* so many bytes at its end are typed keys */

    bool has_status;
    int status;
    int64_t started, duration, since, rtt, waiting_since;
};

/* The one place where the state changes. */
void session_set_state(struct session *s, enum session_state state, int64_t now);
void session_set_text(char **field, const char *text);
void session_swallow(struct session *s, enum swallow what, int64_t until);
/* When to look at a console's row. */
int64_t session_settle_time(const struct session *s, int64_t now);
/* Send the take key; forget it; and what was typed came back (or nothing did). */
void session_take(struct session *s, int64_t now);
void session_clear_take(struct session *s);
/* The line goes to the shell's own editor. */
void session_hand(struct session *s, const char *line, size_t len);
unsigned session_take_over(struct session *s, const char *text, size_t len, int64_t now);

/* session_ask.c: when a question has taken too long; stop it then. */
int64_t session_ask_deadline(const struct session *s);
unsigned session_ask_tick(struct session *s, int64_t now);
/* Interrupt the key's command that the shell runs. */
void session_stop(struct session *s, int64_t now);

#endif
