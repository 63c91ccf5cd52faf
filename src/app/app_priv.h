/* The program's state, shared by the files of src/app and by nobody else. */
#ifndef APP_APP_PRIV_H
#define APP_APP_PRIV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "app/app.h"
#include "app/app_scroll.h"
#include "app/escape.h"
#include "app/where.h"
#include "base/buf.h"
#include "base/ecma48.h"
#include "base/loop.h"
#include "proto/marks.h"
#include "proto/ssh_channel.h"
#include "proto/ssh_connect.h"
#include "session/answers.h"
#include "session/names.h"
#include "session/secret.h"
#include "session/session.h"
#include "session/syntax.h"
#include "session/windows.h"
#include "term/compose.h"
#include "term/display.h"
#include "term/editor.h"
#include "term/finder.h"
#include "term/history.h"
#include "term/keys.h"
#include "term/shell_prompt.h"
#include "term/tty.h"

#define MARKS_WAIT_MS 2000 /* a shell that has said nothing of itself by then will not */

enum app_phase {
    PHASE_CONNECTING,
    PHASE_OPENING, /* connected; the session's channel is being opened */
    PHASE_SESSION,
    PHASE_LOST, /* the link died; the person may connect again */
    PHASE_OVER,
};

/* What the next key means, when it is not simply typed. */
enum app_prefix { PREFIX_NONE, PREFIX_COMMAND, PREFIX_SIGNAL };

/* A question of the connection, answered line by line. */
struct ask {
    bool active;
    int count, next;
    struct connect_prompt prompt[CONNECT_PROMPTS];
    char *answer[CONNECT_PROMPTS];
    struct buf line;
};

/* A second channel beside the session's, for one question to the host. */
enum side_purpose {
    SIDE_NONE,
    SIDE_SIGNAL,
    SIDE_COMPLETE,
    SIDE_PREVIEW,
    SIDE_HISTORY,
    SIDE_WHO,
    SIDE_LIST,
    SIDE_WINDOWS,
    SIDE_NAMES,
};
struct side {
    enum side_purpose purpose;
    struct ssh_channel *channel;
    struct buf output;
    bool cut; /* there was more of it than is kept */
    int64_t deadline;
};

struct completion {
    bool wanted;        /* Tab was pressed before the shell could be asked */
    bool waiting;       /* an answer is on its way */
    bool lists;         /* it only goes into the menu; the line stays */
    bool told;          /* the person has been told that it is on its way */
    int64_t since;      /* when it was asked for */
    struct buf request; /* the line up to the cursor, as asked */
    struct menu *menu;  /* NULL: closed */
    struct buf head;    /* menu: the line before the word that it completes */
    size_t asked;       /* menu: bytes of that word when it was asked for */
    bool partial;       /* menu: the host has more than it lists */
    struct answers answers;
};

#define PREVIEW_LINES 200
struct preview {
    bool open;
    char **lines;
    size_t count, known; /* `known` of them are no answer of the host's */
    int top;             /* the first one shown */
};

/* The commands that the host has. */
struct known {
    bool asked;    /* the shell was asked */
    bool answered; /* and has answered to that, or has told */
    bool path_due; /* PATH is to be listed */
    bool old;      /* a command was run since: what is not listed may be known by now */
    bool doubted;  /* such a word is in the line: the host is asked again */
    bool unsure;   /* what is not listed may be known all the same, as the shell says; */
    bool cut;      /* because not all was listed; */
    bool lost;     /* because it has run what was not, or may have what it cannot tell */
    char *dirs;    /* PATH; NULL: the shell has not answered yet */
    struct names shell, path;
};
enum known_is { KNOWN_OFF, KNOWN_UNSURE, KNOWN_BEGIN, KNOWN_YES, KNOWN_NO };

/* Keys that wait, with the bytes they came as. */
struct held {
    struct buf keys; /* of struct key, their `raw` not valid */
    struct buf raw;
};

/* The person's editor program, while it has the line. */
struct external {
    pid_t pid; /* 0: none runs */
    char *path;
};

/* The parts of a line with their looks; they borrow its text. */
struct line_text {
    struct span *spans;
    size_t count, cap;
};

/* What stands before the line, and at its right. */
struct line_prompt {
    struct buf text; /* ours */
    struct line_text spans;
    const struct span *right; /* borrowed */
    int right_count;
};

/* The own history of the host's shell. */
struct host_history {
    enum { LIST_UNASKED, LIST_ASKED, LIST_DONE } state; /* of this shell */
    bool now;                                           /* the person looks for it */
    struct history *waiting;                            /* it has come, but has no place yet */
};

/* Ctrl-R's list. */
struct find {
    struct finder *finder;         /* NULL: closed */
    bool here, own, failed, hosts; /* what is shown: of this directory, session, ...; all hosts */
    bool shell;                    /* what only the host's shell has */
    struct history **others;       /* of the other hosts, once they are wanted; NULL terminated */
    char **names;                  /* theirs */
    struct found *found;           /* what each item of the list is */
    size_t count;
};

/* A shell of the session's, and what belongs to it. */
struct shell {
    struct session *session;
    struct marks marks;
    struct history *history;
    char *node;        /* its host as that calls itself; NULL unknown */
    char *prompt_host; /* what stands for the host in its prompt; NULL: its name */
    bool elsewhere;    /* another user or host than the session's own */
    bool remembered;   /* the command that runs is in the history */
};

struct app {
    const struct app_options *options;
    const char *host; /* as shown */
    enum app_phase phase;
    bool again;        /* connecting, or connected, after a lost link */
    bool ever_open;    /* a session has been open since the start */
    bool greeted;      /* the host has shown a text before the login */
    int status;        /* the process's exit status */
    char ending[1024]; /* how it ended: the closing line, or the error */
    int64_t now, started;

    struct loop *loop;
    struct tty *tty;
    struct terminfo *ti;
    struct display *display;
    struct keys *keys;
    struct glyphs *glyphs;
    struct frame shown, next;
    bool shown_valid, screen_on, dirty;
    int64_t drawn_at, next_frame;
    int rows, cols;

    struct editor *editor;
    struct ecma48 *ecma48;
    struct vscreen *vscreen;
    struct vscreen
        *console;         /* what cmd.exe's console takes the screen for; NULL: it is not there */
    int64_t console_line; /* in it: where a program prints next at the prompt; -1: not known */
    int console_col;

    struct shell in;      /* the one that the person is in */
    struct shell *around; /* those around it, the outermost first */
    size_t around_count;
    int64_t nested_until; /* a nested shell is asked to take hooks; 0: none is */
    const struct dialect *nested_ask, *nested_next; /* by whose line; and by whose once more */
    int who_left;      /* times to ask what runs instead of the shell that was started */
    int64_t who_at;    /* when to */
    char instead[64];  /* it is this; "": it is not known */
    int64_t opened_at; /* the session's channel */
    int64_t heard_at;  /* the host's last bytes */

    struct ssh_connect *connect;
    struct where where;
    char awaited[200]; /* what is waited for in it, such as a touch; "": the host */
    int64_t stage_since;
    struct ssh_link *link;
    int link_fd;
    struct ssh_channel *channel;
    int64_t opened_line;        /* of the page, when the channel was opened */
    enum windows_shell windows; /* of a host with Windows' own server */
    bool shell_asked;           /* the bootstrap was refused: a plain shell was asked for */
    struct side side;

    struct ask ask;
    struct syntax syntax;       /* of the line, when it was looked at last */
    struct line_text line_text; /* the line as it is drawn */
    struct completion completion;
    struct {
        bool on;     /* Tab has asked for it */
        char *typed; /* the word, before candidates came into the line; NULL: none has */
        size_t len;  /* bytes before the cursor that the next one replaces */
    } cycle;
    struct preview preview;
    struct known known;
    struct find find;
    struct host_history host_history;
    int64_t key_at; /* when the last key came */
    struct key command_key;
    char command_name[8];              /* "Ctrl-]" */
    struct shell_prompt *shell_prompt; /* NULL: ours is drawn */
    struct buf fields;                 /* what the prompt wants the shell to tell */
    bool utf8;                         /* the local terminal's */
    enum app_prefix prefix;
    bool keys_wait;            /* one was typed that acts on what comes back of the type-ahead */
    bool enter_waits;          /* Enter was pressed before the type-ahead came back */
    bool warned[SECRET_KINDS]; /* that a line held one of these */
    struct buf due_rows;       /* of a block, to be run when they are asked for */
    int64_t due_rows_line;     /* of the console, in which more was asked for last */
    struct buf block;          /* the command submitted, all of its lines, until the shell has it */
    struct external external;
    struct held begun; /* keys that begin one of the config's host-keys */
    bool refused;      /* the line, for control characters: Enter again takes them out */
    struct held held;  /* keys after that Enter, while a line is handed over, before the session */
    struct escape escape;
    int interrupts;    /* Ctrl-C presses that nothing has answered */
    bool prompt_begun; /* the shell prints its prompt */
    bool stopped;      /* Ctrl-C was pressed since the command began */
    struct scroll_state scroll;
    bool help;
    int help_top, help_over; /* its first line; how many do not fit */
    char notice[256];
    int64_t notice_until;
    uint64_t vscreen_changes;
    bool ran;            /* a command, since the last prompt */
    struct buf answered; /* the emulator's replies since the command began */
    int64_t sync_since;
    bool clip_told; /* that programs may not write to the clipboard */
    struct {
        bool asked, waiting; /* the last answer has not come */
        bool kitty_keys, modify_other_keys;
    } local;
};

/* app.c */
void app_end(struct app *app, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void app_notice(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
void app_suspend(struct app *app);
/* Give the terminal to another program, and take it again. */
void app_screen_leave(struct app *app);
void app_screen_return(struct app *app);

/* app_connect.c: from a host name to an open session */
void app_connect(struct app *app);
void app_connect_release(struct app *app);
void app_link_step(struct app *app);
/* MARKS_TOKEN_LEN random hex digits. */
void app_make_token(char token[MARKS_TOKEN_LEN + 1]);
/* Was the bootstrap refused? Then a plain shell is being opened instead. */
bool app_refused(struct app *app);
void app_open_session(struct app *app);
/* Erase what the page got since the channel was opened. */
void app_unprint(struct app *app);
void app_ask_key(struct app *app, const struct key *key);
/* The person's word while connecting: leave with this status, or offer to connect again. */
void app_give_up(struct app *app, int status);
/* How the session ended is known: leave, or offer to connect again. */
void app_lost(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* app_terminal.c: what the local terminal says of itself */
void app_terminal_init(struct app *app);
void app_terminal_ask(struct app *app); /* once */
void app_terminal_report(struct app *app, const struct key *key);
/* Take out of the frame what this terminal does not have. */
void app_terminal_frame(const struct app *app, struct frame *f);
void app_terminal_drain(struct app *app);

/* app_output.c: what the host sends */
bool app_read(struct app *app); /* true: more may be there */
void app_send(struct app *app);
/* A control sequence of our own, for the page. */
void app_emulate(struct app *app, const char *bytes);
void app_do(struct app *app, unsigned todo);

/* app_input.c: what the person types */
void app_keys(struct app *app); /* read what the terminal has */
/* What was typed before a question was on the screen neither answers it nor goes on to the
   host: it may have been a secret (ssh flushes its terminal here too). */
void app_forget_keys(struct app *app);
void app_keys_step(struct app *app); /* use every key that is whole */
void app_take_key(struct app *app, const struct key *key);
/* The keys that the config names, or the live shell has. */
void app_follow_keys(struct app *app);
/* A key for the line; false: it is none of the editor's. The second: and not of host-keys. */
bool app_line_key(struct app *app, const struct key *key);
bool app_edit_key(struct app *app, const struct key *key);
/* A key for the line, while there is no host to submit it to. */
void app_lost_line_key(struct app *app, const struct key *key);
/* A key that waits; what waits already comes before it. */
void app_hold(struct app *app, const struct key *key);
void held_put(struct held *held, const struct key *key);
void held_release(struct held *held);
/* When keys that wait are to be used at the latest. */
int64_t app_held_deadline(const struct app *app);
/* What had to wait for the shell: Enter, Tab, keys. Once per turn. */
void app_go_on(struct app *app);

/* app_macro.c: keys that the editor presses again */
bool app_macro_key(struct app *app, const struct key *key); /* true: it waits for a macro's end */
bool app_macro_holds(const struct app *app);                /* keys typed wait for it */
/* What was typed ahead comes behind the macro that runs. False: none does. */
bool app_macro_postpones(struct app *app, const char *text);
bool app_macro_step(struct app *app); /* once per turn; true: there is more to press at once */

/* app_external.c: the line in an editor program, the host's or ours as the config has it */
void app_external(struct app *app);
bool app_external_runs(const struct app *app); /* ours: it has the terminal */
void app_external_release(struct app *app);

/* app_host_keys.c: keys that give the line to the shell's editor. True: the key was one, or is the
   begin of one. */
bool app_host_key(struct app *app, const struct key *key);

/* app_enter.c: the line is finished */
void app_enter(struct app *app);
bool app_may_enter(const struct app *app); /* else Enter waits */

/* app_rows.c: lines of several rows, for a shell that takes one at a time */
/* A row is longer than it takes, or has what would act: the person is told, and nothing is sent. */
bool app_rows_refuse(struct app *app, const char *text, size_t len);
/* Cut the text behind its first row; the others wait. */
void app_rows_first(struct app *app, char *text);
void app_rows_next(struct app *app); /* once per turn */
bool app_rows_drop(struct app *app); /* true: some were waiting */

/* app_history.c: what is kept of it */
void app_remember(struct app *app);
void app_remember_end(struct app *app); /* at the next prompt */
/* Say, once for each kind, that the line being edited holds a secret. */
void app_warn_secret(struct app *app);

/* app_host_history.c: the own history of the host's shell */
void app_host_history_step(struct app *app); /* once per turn */
int64_t app_host_history_deadline(const struct app *app);
void app_host_history_want(struct app *app);
void app_host_history_reset(struct app *app); /* a new shell */
/* What it has answered: `count` rows from `first`; or the end of its file. */
void app_host_history_answer(struct app *app, const char *options, const char *first, size_t count);
void app_host_history_file(struct app *app, const void *data, size_t len);

/* app_command.c: the command key */
/* Was it the command key, or what that waits for? */
bool app_command_key(struct app *app, const struct key *key);

void app_key_drop(struct app *app);
/* The line goes to the shell's editor, or to the editor program that it starts. */
void app_hand_over(struct app *app, bool external);
struct app_command {
    char key;
    const char *help;
    void (*run)(struct app *app);
    unsigned when; /* it does something */
};
extern const struct app_command app_commands[]; /* ends with key 0 */
/* Does the command do something now? */
bool app_command_is_due(const struct app *app, const struct app_command *command);
/* The letter behind the command key that sends that key itself; 0: it is a command's. */
char app_command_letter(const struct app *app);
struct app_signal {
    char key;
    const char *name;
};
extern const struct app_signal app_signals[]; /* ends with key 0 */

/* app_complete.c */
void app_complete(struct app *app);
/* `word`: bytes at the request's end to replace; `total`: how many candidates there are (those
   listed, if it is less; LONG_MAX: more); the options, and `count` strings of candidates behind
   them. */
void app_complete_answer(struct app *app, long word, long total, const char *strings, size_t count);
/* False: it is no key of the menu's. */
bool app_complete_key(struct app *app, const struct key *key);
/* The line has changed by a key: narrow the menu, widen it, or drop it. */
void app_complete_narrow(struct app *app);
void app_complete_close(struct app *app);   /* the menu */
void app_complete_drop(struct app *app);    /* what is asked for */
void app_complete_forget(struct app *app);  /* what was answered: a command runs */
void app_complete_stopped(struct app *app); /* the session has given it up */
void app_complete_step(struct app *app);    /* once per turn */
/* Tab was pressed again, behind the word that an answer is awaited for: what is typed stands behind
   that Tab. Escape: neither is wanted any more; false: not its key. */
bool app_complete_holds(const struct app *app);
bool app_complete_escape(struct app *app, const struct key *key);
/* An answer is awaited for so long that it is told; when it will be. */
bool app_complete_late(const struct app *app);
int64_t app_complete_deadline(const struct app *app);
void app_complete_release(struct app *app);

/* app_preview.c: what the selected candidate holds or does, in a box */
void app_preview(struct app *app);
bool app_preview_key(struct app *app, const struct key *key); /* false: not its key */
void app_preview_answer(struct app *app, const char *text, size_t len);
void app_preview_draw(struct app *app, struct frame *frame, int first, int rows);
void app_preview_close(struct app *app);

/* app_names.c: the commands that the host has */
void app_names_step(struct app *app); /* once per turn */
void app_names_prompt(
    struct app *app); /* a prompt has come, behind a command that was run or not */
void app_names_forget(struct app *app); /* another shell */
/* The shell's answer: its PATH, an option, and `count` strings in all; what is listed beside the
   session, one name a line; nothing is, or too much. */
void app_names_of_shell(struct app *app, const char *strings, size_t count);
void app_names_in_path(struct app *app, const char *text, size_t len, bool cut);
void app_names_failed(struct app *app);
/* The name of a simple command; `growing`: the cursor stands at its end. */
enum known_is app_names_judge(struct app *app, const char *text, size_t len, bool growing);

/* app_help.c: the keys in force, in a box over the page */
void app_help_open(struct app *app);
bool app_help_key(struct app *app, const struct key *key); /* it moved in it */
void app_help_draw(struct app *app, struct frame *frame, int first, int rows);

/* The word before the cursor that the menu completes; allocated. NULL: the line is another. */
char *app_complete_word(struct app *app);

/* app_cycle.c: candidates in the line itself */
void app_cycle(struct app *app);
void app_cycle_step(struct app *app); /* once per turn */
/* True: the key was for it. */
bool app_cycle_key(struct app *app, const struct key *key);

/* app_find.c: the history in a list over the page */
void app_find(struct app *app);
bool app_find_key(struct app *app, const struct key *key); /* false: it is not open */
void app_find_draw(struct app *app, struct frame *frame, int first, int rows);
void app_find_close(struct app *app);
void app_find_again(struct app *app); /* what is listed has changed */

/* app_nested.c: shells within the session's shell */
bool app_nested_offers(const struct app *app);
void app_nested_begin(struct app *app);
int64_t app_nested_deadline(const struct app *app);
void app_nested_step(struct app *app);        /* once per turn */
bool app_nested_hides(const struct app *app); /* what is printed is the echo of our line */
void app_nested_hidden(struct app *app, const struct ecma48_token *token);
/* marks_token for the shell that speaks, which is the one the person is in from then on. */
enum mark_kind app_nested_mark(struct app *app, const struct ecma48_token *token,
                               struct mark *mark);
void app_nested_named(struct app *app, const struct mark *mark);
void app_nested_ready(struct app *app); /* it has read its hooks, or will not */
void app_nested_prompt(struct app *app);
/* What the session's shell has become, what has its terminal, and whether that reads keys. */
void app_nested_who(struct app *app, const char *shell, const char *front, bool keys);
void app_nested_leave(struct app *app); /* back to the outermost */
void shell_release(struct shell *shell);

/* app_windows.c */
/* Must the host be asked first which shell it has? Then it is being asked. */
bool app_windows_asks(struct app *app);
void app_windows_answer(struct app *app, const char *answer);
/* The session's command; false: the host is none of these. And what is known when it is sent. */
bool app_windows_command(struct app *app, const char *token, const char *directory,
                         struct buf *command);
void app_windows_begun(struct app *app, const char *token);
/* DO_SETTLED */
void app_windows_settled(struct app *app);
/* What its console sends, shown or not. True: it was a question, and is answered. */
bool app_windows_token(struct app *app, const struct ecma48_token *token);
void app_windows_resized(struct app *app);
/* While a command runs: does cmd.exe stand at a prompt that the person has set? It is asked to have
   ours again. */
bool app_windows_lost(const struct app *app);
void app_windows_restore(struct app *app);
/* A command's output begins: the console will place it where it takes the cursor to be. */
void app_windows_align(struct app *app);
/* Files for cmd.exe's lines; false if they cannot be asked for now. */
bool app_windows_complete(struct app *app, const char *line, size_t len);
void app_windows_listed(struct app *app, const char *answer);

/* app_side.c */
bool app_side_start(struct app *app, enum side_purpose purpose, const char *command);
bool app_side_free(const struct app *app); /* app_side_start would be taken now */
void app_side_step(struct app *app);
void app_side_release(struct app *app);
void app_signal(struct app *app, const char *name);
/* Completion for shells that have none of their own; false if it cannot be asked now. */
bool app_side_complete(struct app *app, const char *line, size_t len);
/* The history file of such a shell, as app_side_complete. */
bool app_side_history(struct app *app, const struct dialect *dialect);

/* app_highlight.c */
/* Look at the line (app->syntax). False: it is too long. */
bool app_scan(struct app *app, const char *text, size_t len);
/* One more part of a line, unless it is empty. */
void line_text_add(struct line_text *t, const struct span *span);
/* The line's parts, and the brackets about the cursor (a byte; SIZE_MAX: none) */
void app_highlight(struct app *app, const char *text, size_t len, size_t cursor,
                   struct line_text *out);

/* app_prompt.c */
void app_prompt(struct app *app, struct line_prompt *out);
void app_prompt_release(struct line_prompt *prompt);
/* Of the host's name and its word: in the color that the config has for them. */
struct style app_host_style(const struct app *app);
/* For the shell's own prompt: a mark, when the session has had it; a token that is not shown. */
void app_prompt_mark(struct app *app, const struct mark *mark, unsigned todo);
void app_prompt_token(struct app *app, const struct ecma48_token *token);
/* Does the mark begin the editing mode's name, which stands before the prompt? */
bool app_prompt_is_mode(const struct mark *mark);

/* app_draw.c */
void app_draw(struct app *app);
int64_t app_draw_deadline(const struct app *app);
/* What of the page stays in the normal screen, as the config has it. */
void app_print_page(struct app *app, FILE *out);
/* Print the line being edited into the page, as it stands. */
void app_commit_line(struct app *app, const char *text);

#endif
