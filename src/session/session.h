/*
 * One remote shell as the person sees it: a state machine fed with the shell's marks, the
 * person's lines and keys, and time. No I/O: what is to be sent is queued, what the app must
 * do is returned.
 *
 *   STARTING --prompt--> PROMPT --submit--> SUBMITTED --begins--> RUNNING --prompt--> PROMPT
 *
 * In PROMPT the local editor has the keys (line mode), in all other states the host has them
 * (raw mode), as in PROMPT when the person asked for it (session_set_raw).
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "session/dialect.h"

enum session_state {
    SESSION_STARTING,  /* login, profile: not at a prompt yet */
    SESSION_PROMPT,    /* the shell reads a line */
    SESSION_SUBMITTED, /* a line was handed over; its echo is swallowed */
    SESSION_RUNNING,   /* a command runs */
    SESSION_ENDED,     /* the shell has gone */
};

/* What the app must do now; a set. */
enum {
    DO_OUTPUT = 1 << 0,   /* a command's output begins at the cursor */
    DO_PROMPT = 1 << 1,   /* a new prompt: put the terminal's modes right, show the editor */
    DO_CONTINUE = 1 << 2, /* the shell wants more of this command: show the editor again */
    DO_TYPED = 1 << 3,    /* session_typed_back: put this before what is in the editor */
    DO_RAN = 1 << 4,      /* a line typed ahead was run by itself: session_typed_back has it */
    DO_REDRAWN = 1 << 5,  /* the shell has drawn the prompt anew that it stands at */
    DO_SETTLED = 1 << 6,  /* is the cursor's row a prompt? Then session_settled */
    DO_STOPPED = 1 << 7,  /* a completion that is waited for took too long, and was stopped */
    DO_ENDED = 1 << 8,    /* how the last command ended is known now, or never will be: behind
                             DO_PROMPT with session_view.unjudged */
    DO_ROWS = 1 << 9,     /* a background job has printed: session_rows */
    DO_SEARCH = 1 << 10,  /* a search of the history was typed ahead: begin it */
};

/* What the shell tells for the prompt, if that wants it. Keys: "vi" if its editor has vi's, or
   would. Names and path: where it cannot be asked, what commands it has besides those in PATH, with
   blanks between, and PATH. Among them "()": it cannot list its functions; "..": a directory's name
   is a command. */
enum session_field {
    FIELD_HOME,
    FIELD_GIT,
    FIELD_JOBS,
    FIELD_VENV,
    FIELD_KEYS,
    FIELD_NAMES,
    FIELD_PATH,
    SESSION_FIELDS
};

struct session;

/* `fields`: what the prompt wants the shell to tell (prompt_wants). */
struct session *session_new(const char *fields);
void session_free(struct session *s);

/* A shell is being started (again: after a lost link). */
void session_start(struct session *s, int64_t now);

/* What a round trip takes, ms: believed until one has been measured here. */
void session_guess_trip(struct session *s, int64_t ms);

/* The shell's marks; each returns the set of things to do. */
unsigned session_hello(struct session *s, const char *dialect, long pid, const char *user,
                       const char *shell);
unsigned session_ready(struct session *s, const char *dialect);
unsigned session_prompt(struct session *s);
/* More of the prompt that stands elsewhere (zsh's right prompt) begins or ends. */
void session_aside(struct session *s, bool begins);
unsigned session_input(struct session *s, int64_t now);
/* The row is a prompt of this directory, with this typed ahead behind it; it is to be erased. */
unsigned session_settled(struct session *s, const char *cwd, const char *typed, int64_t now);
/* Behind that, of an unjudged command: this line asks the shell for its status, which comes as
   session_done; NULL: it cannot be asked, and the status stays unknown. */
unsigned session_ask_status(struct session *s, const char *question, int64_t now);
unsigned session_command(struct session *s, int64_t now);
/* The same, where the shell says what it runs ("": it does not). */
unsigned session_command_line(struct session *s, const char *line, int64_t now);
/* `status`: INT_MIN if the shell had none to tell. */
unsigned session_done(struct session *s, int status);
unsigned session_cwd(struct session *s, const char *cwd);
void session_field(struct session *s, const char *name, const char *text);
unsigned session_continue(struct session *s);
unsigned session_continued(struct session *s, int64_t now);
unsigned session_taken(struct session *s, const char *text, int64_t now);
/* It has answered session_complete, session_ask_names or session_history. */
void session_answered(struct session *s);
/* It has told its commands, asked to or not. */
void session_named(struct session *s);
void session_ended(struct session *s);

/* Any other token: is it for the screen? Prompts and echoes are not. Sets *todo too. */
bool session_shows(struct session *s, const struct ecma48_token *token, int64_t now,
                   unsigned *todo);

/* DO_ROWS: append what is for the screen, and was not shown when it came. */
void session_rows(struct session *s, struct buf *out);

/* Is all text for the screen, until the next mark or key? */
bool session_shows_all(const struct session *s);
/* Is this token a question to the terminal whose answer the shell itself waits for, be it
   shown or not? */
bool session_asks(const struct session *s, const struct ecma48_token *token);
/* Does the shell's editor ask such questions, and take their answers for no keys? */
bool session_wants_answers(const struct session *s);

/* The text of DO_TYPED or DO_RAN; borrowed until the next call. */
const char *session_typed_back(struct session *s);

/* Line mode: may the line be submitted, or must Enter wait for what was typed ahead, or for a
   completion? */
bool session_can_submit(const struct session *s);
void session_submit(struct session *s, const char *line, size_t len, int64_t now);
/* Ctrl-C at the prompt, also for what was typed ahead: true if the shell must hear of it (a
 * continued command). */
bool session_drop(struct session *s);
/* Ctrl-D on an empty line. */
void session_eof(struct session *s, int64_t now);
/* Ask for completions of `line` at its end; false if this dialect has none of its own. */
bool session_complete(struct session *s, const char *line, size_t len, int64_t now);
/* Nobody waits for that answer any more: a completion that hangs is stopped the sooner. */
void session_abandon(struct session *s);
/* Ask what commands the shell has; false if it cannot be asked now, or has no answer to that. */
bool session_ask_names(struct session *s, int64_t now);
/* Ask for the shell's own history, once; false if it cannot be asked now, was asked, or has none to
   tell. */
bool session_history(struct session *s, int64_t now);

/* Raw mode: bytes typed. An interrupt drops what was typed and not sent yet. */
void session_type(struct session *s, const void *data, size_t len, int64_t now);
/* What the terminal answers to a program's question. Dropped while much is waiting already. */
void session_reply(struct session *s, const void *data, size_t len);
/* Hand the line at the prompt to the host's own editor, or take it back. */
void session_set_raw(struct session *s, bool raw, const char *line, size_t len, int64_t now);
/* The same until the next prompt, with the cursor at byte `cursor` of the line;
   `external`: into the editor program that the shell starts for lines. False, and nothing is done:
   it starts none. */
bool session_hand_over(struct session *s, const char *line, size_t len, size_t cursor,
                       bool external, int64_t now);
bool session_is_raw(const struct session *s); /* as asked for, whatever the state */
/* The terminal's size has changed. */
void session_resized(struct session *s, int64_t now);

/* Keys go to the local editor. */
bool session_line_mode(const struct session *s);

/* Time: when session_tick must be called. */
int64_t session_deadline(const struct session *s);
unsigned session_tick(struct session *s, int64_t now);

/* Bytes for the host; the app consumes what it has sent. */
struct buf *session_to_host(struct session *s);

struct session_view {
    enum session_state state;
    const struct dialect *dialect;     /* NULL: a plain terminal */
    const char *user, *shell;          /* "" until known */
    const char *cwd;                   /* "" until known */
    const char *field[SESSION_FIELDS]; /* "" until known */
    long pid;                          /* the shell's; 0 until known */
    bool marked;                       /* a prompt has been seen */
    bool announced;                    /* the bootstrap has run */
    bool continuing;                   /* the prompt is a secondary one */
    bool has_status;                   /* a command has ended since the start */
    int status;                        /* the last command's */
    int64_t duration;                  /* the last command's, ms */
    bool asking;                       /* the shell's answer to a question is awaited */
    bool unjudged;                     /* how the last command ended is not known yet */
    int64_t settling_since;            /* the cursor's row may be a prompt since; 0: it is not */
    bool once;                         /* this line is edited on the host, until the next prompt */
    bool typed;                        /* keys have gone to the host since the start */
    bool owes;                         /* some of them may come back: DO_TYPED */
    const char *command;               /* the command running or run last, "" if unknown */
    int64_t since;                     /* when the state began */
    int64_t rtt;                       /* how long the last take took; -1 unknown */
    int64_t waiting_since;             /* an answer of the shell is awaited since; 0: none is */
};
struct session_view session_view(const struct session *s);

const char *session_state_name(enum session_state state);

#endif
