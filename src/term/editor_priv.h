/*
 * Shared by the files of the editor: editor_input.c (the interface), editor.c (libedit),
 * editor_keys.c and editor_bindings.c (which key does what), and those with what the keys do:
 * editor_command.c, editor_vi.c, editor_history.c, editor_kill.c, editor_undo.c, editor_macro.c.
 *
 * Each key runs through editor_key: it is translated to a key sequence, libedit looks the
 * sequence up and calls a command, the commands change libedit's line with the three functions
 * below, and at the end the change is recorded for undo. libedit knows nothing of vi: in command
 * mode a sequence has one more character before it (COMMAND).
 */
#ifndef TERM_EDITOR_PRIV_H
#define TERM_EDITOR_PRIV_H

#include "base/buf.h"
#include "term/editor.h"
#include "term/editor_commands.h"
#include "term/fiber.h"
#include "term/wide.h"

#define EDITOR_LINE_MAX ((size_t)16 << 20) /* characters */
#define KILL_SLOTS      16

/* What the last key did, for commands that mean more when repeated. */
enum editor_deed {
    DEED_OTHER,
    DEED_TYPE,     /* one undo for what was typed in one go */
    DEED_KILL,     /* kills in a row are one text */
    DEED_YANK,     /* may be replaced by an older kill */
    DEED_LAST_ARG, /* may be replaced by an older line's */
    DEED_VERTICAL, /* keeps its column */
    DEED_PREFIX,   /* keeps its prefix */
    DEED_UNDO,
};

struct editor_change {
    size_t at;
    size_t added; /* characters that came */
    wchar_t *removed;
    size_t removed_len;
    size_t cursor; /* before the change */
    bool typed;
    unsigned long group; /* changes of one group are undone at once */
};

struct editor_changes {
    struct editor_change *list;
    size_t count, cap;
    size_t kept; /* characters in all `removed` */
};

struct editor_undo {
    struct editor_changes done, undone;
    wchar_t *shadow; /* the line as it was last recorded */
    size_t shadow_len, shadow_cap;
    size_t cursor;        /* before this key */
    unsigned long group;  /* of the changes to come */
    unsigned long serial; /* another one after each change */
};

#define EDITOR_KEYS_MAX 4096

/* Keys to be pressed again, at most so many; without the bytes they came as. */
struct editor_keys_list {
    struct key *list;
    size_t count, cap;
};

#define MACROS 27 /* one without a name, and one for each letter */

#define EDITOR_REPLAY_LEVELS 16 /* as many as readline's */

struct editor_replay {
    struct editor_keys_list keys;
    size_t at;
    int times; /* this one included */
};

struct editor_macro {
    struct editor_keys_list slots[MACROS];
    int recording; /* a slot, or -1 */
    size_t from;   /* where in it the keys of this command begin */
    int last;      /* the slot that was run last, or -1 */
    struct editor_replay replay[EDITOR_REPLAY_LEVELS];
    int depth;
    size_t replayed; /* keys, by all of them */
};

enum editor_motion { MOTION_NONE, MOTION_EXCLUSIVE, MOTION_INCLUSIVE };

struct editor_vi {
    wchar_t op;                /* c, d or y was typed: its motion comes next; 0: none was */
    wchar_t waiting;           /* the one that waited before this key */
    int count;                 /* the operator's */
    size_t from;               /* where it was typed */
    enum editor_motion motion; /* what this key was */
    wchar_t find, found;       /* how and what f, F, t or T last looked for; found 0: nothing yet */
    bool around;               /* of a text object: with what is about it */
    size_t marks[26];          /* + 1; 0: not set */
    wchar_t *before;           /* what R replaces: the line as it was */
    size_t before_len, before_from;
    struct editor_keys_list last, now; /* the last change's keys; those of the one going on */
    unsigned long serial; /* of the undo list, and the history's entry, where `now` began */
    size_t history_at;
    int insert_times; /* what is inserted comes so many times */
    size_t insert_from;
    bool once; /* what is going on is not to be done again */
};

struct editor_search {
    bool on, forward, failed;
    bool from_vi; /* Enter ends it, and accepts nothing */
    struct buf pattern, last_pattern;
    struct buf prompt;
    size_t at;     /* the entry that is shown; history_count: the line searched from */
    wchar_t *line; /* that line */
    size_t line_cursor;
};

/* The last answer of the history: its entry for a text, or -1. */
struct editor_suggest {
    struct buf text;
    uint64_t version; /* of the history */
    long at;
};

struct editor {
    struct editline *el;
    void *null; /* the FILE that libedit prints to */
    int master, slave;
    struct fiber *fiber;
    wchar_t queue[64]; /* what libedit is to read */
    size_t queued, taken;
    bool waiting; /* libedit has read all and wants more */
    bool abort, quit;
    wchar_t *finished; /* a line accepted by a libedit function */

    enum editor_keys keys;
    bool keys_chosen; /* by ~/.editrc */
    bool vi_command;
    bool overwrite;
    bool meta;    /* Escape was typed: the next key is an Alt key */
    bool quoting; /* Ctrl-V was typed */
    bool middle;  /* of a sequence of keys */
    struct {
        int n;
        bool given, negative;
    } argument;   /* Alt-digits, or vi's count */
    int times;    /* what it means for this key; 1 without one */
    bool counted; /* the command has heeded it: it is not to be done so many times */
    bool ran;     /* this key has run a command */
    void (*wants)(struct editor *e, wchar_t c); /* the next character is for it */
    int wants_times;
    struct buf paste; /* an unfinished character's bytes */
    bool paste_cr;    /* the last byte pasted was a CR */

    enum editor_did did;
    wchar_t typed; /* what the self-insert command is to insert */
    enum editor_deed deed, last_deed;

    struct editor_undo undo;
    struct editor_vi vi;
    struct editor_macro macro;
    size_t mark;
    bool selected, keeps_selection; /* from `anchor` to the cursor; by this key */
    size_t anchor;
    wchar_t *kills[KILL_SLOTS]; /* the newest first */
    size_t yank_from;           /* DEED_YANK, DEED_LAST_ARG: where the text begins */
    size_t yank_index;          /* which kill, or which entry */
    long yank_word;             /* DEED_LAST_ARG: which word; -1: the last */
    size_t column;              /* DEED_VERTICAL */
    size_t prefix;              /* DEED_PREFIX: its length */

    struct history *history;
    struct buf cwd; /* what suggestions prefer */
    bool no_suggestion;
    struct editor_suggest suggest;
    struct buf offer;    /* shown on an empty line */
    size_t history_at;   /* the entry shown; history_count or more: the line of one's own */
    wchar_t *unfinished; /* that line, while an entry is shown */
    char *next;          /* Ctrl-O: the entry to be shown for the next line; NULL: none */
    struct editor_search search;
    struct buf text; /* what editor_view shows */
};

/* ---- libedit and its line (editor.c) ---- */

struct editor_line {
    const wchar_t *text; /* valid until the line is changed */
    size_t len, cursor;
};

struct editor_line editor_line(const struct editor *e);
/* Put `with` (NUL terminated) in the place of [from, to); the cursor goes behind it. */
void editor_splice(struct editor *e, size_t from, size_t to, const wchar_t *with);
void editor_move(struct editor *e, size_t to);
/* The whole line; the cursor goes to its end. */
void editor_set_wide(struct editor *e, const wchar_t *text);

/* Let libedit read the n characters (they are few) and act on them. */
void editor_feed(struct editor *e, const wchar_t *chars, size_t n);
/* An empty line, whatever libedit was in the middle of. */
void editor_restart(struct editor *e);
/* Bind the keys of the mode, and those of ~/.editrc. */
void editor_load_keys(struct editor *e);

/* ---- keys (editor_keys.c) ---- */

/* Escape as the begin of a key's sequence: never the Escape key itself. */
#define LEAD_IN 0x80
/* Before a key of vi's command mode. */
#define COMMAND 0x81

/* For the tables: the two, and Ctrl-Space, which is no character for libedit. */
#define M          L"\x80"
#define V          L"\x81"
#define CTRL_SPACE L"\x80[@"

#define EDITOR_SEQUENCE 16 /* characters, the NUL included */

/* The characters that stand for a key; 0 if it is not one that can be bound. */
size_t editor_key_sequence(const struct key *key, wchar_t out[EDITOR_SEQUENCE]);
/* The i-th of the keys that have names, with those modifiers; false: there are not so many. */
bool editor_named_key(size_t i, unsigned mods, wchar_t out[EDITOR_SEQUENCE]);

/* Call bind(data, sequence, command) for all that is bound from the start. */
typedef void editor_bind(void *data, const wchar_t *sequence, const wchar_t *command);
void editor_default_keys(enum editor_keys keys, editor_bind *bind, void *data);
/* The same without what only types, or does nothing. */
void editor_main_keys(enum editor_keys keys, editor_bind *bind, void *data);

/* A key or a command as ~/.editrc names it, to what it is here. The first is allocated.
   `command`: it is a key of vi's command mode. */
wchar_t *editor_rewrite_sequence(const wchar_t *text, bool command);
const wchar_t *editor_named_sequence(const wchar_t *arrow_name);
const wchar_t *editor_rewrite_command(const wchar_t *name);

/* ---- commands ---- */

typedef void editor_command(struct editor *e);

/* What libedit has found for a key. */
void editor_run(struct editor *e, editor_command *command);

/* The line is a new one: what was half typed is forgotten. */
void editor_forget_keys(struct editor *e);

/* Is it Escape and a character, typed quickly? */
bool editor_key_is_two(const struct editor *e, const struct key *key);

#define X(function, name, help) void editor_do_##function(struct editor *e);
EDITOR_COMMANDS(X)
#undef X

/* The next character typed is for `wants`. */
void editor_want(struct editor *e, void (*wants)(struct editor *e, wchar_t c));

/* Delete what is selected; false: nothing is. */
bool editor_drop_selected(struct editor *e);

/* To the next (f, t) or last (F, T) of a character in the row, or to just before it (t, T), so
   many times; false: there are not so many. */
bool editor_go_to_char(struct editor *e, wchar_t how, wchar_t c, int times);

/* ---- vi (editor_vi.c) ---- */

/* The key is over: an operator acts on what it went over. */
void editor_vi_operate(struct editor *e);
/* What libedit has found, in the light of an operator before it. */
editor_command *editor_vi_command_for(struct editor *e, editor_command *command);
bool editor_vi_inserts(const struct editor *e);
void editor_vi_settle(struct editor *e);
/* Backspace while replacing: what stood there comes back. */
void editor_vi_restore(struct editor *e);
void editor_vi_reset(struct editor *e);
void editor_vi_release(struct editor *e);

/* ---- keys done again (editor_macro.c) ---- */

void editor_keys_push(struct editor_keys_list *keys, const struct key *key);
/* For vi's `.`: a key begins; it is over, and what it changed is recorded for undo. */
void editor_vi_begin(struct editor *e, const struct key *key);
void editor_vi_remember(struct editor *e);
void editor_macro_release(struct editor *e);

/* ---- kills (editor_kill.c) ---- */

/* [from, to) goes to the kill ring, and out of the line. */
void editor_kill(struct editor *e, size_t from, size_t to, bool leftwards);
void editor_keep(struct editor *e, size_t from, size_t to);
void editor_kills_release(struct editor *e);

/* ---- undo (editor_undo.c) ---- */

/* Compare the line with what was recorded; a difference becomes a change to undo. */
void editor_undo_record(struct editor *e, bool typed);
/* Take the line as it is, with nothing to undo. */
void editor_undo_clear(struct editor *e);
void editor_undo_release(struct editor *e);

/* ---- history (editor_history.c) ---- */

/* Stand at the end of it. */
void editor_history_reset(struct editor *e);
/* Keep the entry behind the one that is shown; and show it, if one was kept. */
void editor_history_keep_next(struct editor *e);
void editor_history_go_next(struct editor *e);

/* Give a key, or text, to the search. False: it ended the search and is to be acted on. */
bool editor_search_key(struct editor *e, const struct key *key);
bool editor_search_text(struct editor *e, const char *text, size_t len);
/* End it and keep the line that was found. */
void editor_search_end(struct editor *e);

/* What could follow at the end; NULL if nothing. Borrowed from the history. */
const char *editor_suggestion(struct editor *e);
void editor_suggest_anew(struct editor *e); /* the history or the directory is another */

#endif
