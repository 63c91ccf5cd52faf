/*
 * The line editor: libedit as an engine behind our own keys and our own drawing (the only
 * file that sees histedit.h). libedit runs in a coroutine on a private pty; each key runs it
 * until it wants the next one; then the line and cursor are read and drawn by us.
 *
 * Made before terminfo is loaded (libedit's tgetent replaces ncurses' terminal).
 */
#ifndef TERM_EDITOR_H
#define TERM_EDITOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "term/history.h"
#include "term/keys.h"

struct editor;

enum editor_did {
    EDITOR_EDITED,   /* the line or cursor may have changed (or nothing did) */
    EDITOR_ACCEPT,   /* Enter: editor_line is the finished line */
    EDITOR_EOF,      /* Ctrl-D on an empty line */
    EDITOR_COMPLETE, /* Tab: completion is wanted at the cursor */
    EDITOR_CYCLE,    /* Tab of Windows' keys: the same, one candidate after the other in the line */
    EDITOR_FIND,     /* Ctrl-R: the history is wanted in a list */
    EDITOR_RUNAWAY,  /* a macro was stopped: it runs itself, or presses too many keys */
    EDITOR_EXTERNAL, /* Ctrl-X Ctrl-E: the line is to be edited in the user's editor */
    EDITOR_IGNORED,  /* not a key of the editor (PageUp, F-keys, mouse): the caller's to use */
};

/* Whose keys. */
enum editor_keys { EDITOR_EMACS, EDITOR_VI, EDITOR_WINDOWS };

struct editor_view {
    const char *text; /* UTF-8, may hold '\n'; borrowed until the next call */
    size_t len;
    size_t cursor;                 /* byte offset */
    size_t selected, selected_end; /* bytes; the same: nothing is selected */
    const char *search;     /* incremental search: its prompt and pattern; NULL if not searching */
    const char *suggestion; /* what could follow at the end, from the history; NULL if none */
    bool vi_command;        /* vi mode, not inserting */
    enum editor_keys keys;
    const char *mode; /* "insert", "command", "replace", or of other keys "overwrite"; NULL */
    bool recording;   /* keys are recorded, for a macro */
};

/* One per process at a time. `history` is borrowed, may be changed later. */
struct editor *editor_new(struct history *history, struct err *err);
void editor_free(struct editor *e);
void editor_set_history(struct editor *e, struct history *history);

/* The working directory, whose lines are suggested first. */
void editor_set_cwd(struct editor *e, const char *cwd);

/* At first as ~/.editrc says, else Emacs'. */
void editor_set_keys(struct editor *e, enum editor_keys keys);
/* Has ~/.editrc said so (`bind -v`, `bind -e`)? */
bool editor_keys_chosen(const struct editor *e);

/* Is an entry of the history shown or searched for? Then its entries had better stay where they
   are. */
bool editor_walks(const struct editor *e);

/* Show what could follow, from the history; at first it is shown. */
void editor_set_suggest(struct editor *e, bool suggest);

/* A line to be suggested while there is none; NULL: none. */
void editor_set_offer(struct editor *e, const char *text);

/* One key. Ctrl-C is the caller's: it calls editor_clear. Paste data is inserted as it is but
   for line ends (CR and CRLF become '\n'); control characters in it are kept in the line
   (drawn visibly) and refused at submit by the caller. A line has at most 16 Mi characters: a
   piece of a paste that would not fit is dropped, and EDITOR_IGNORED says so. */
enum editor_did editor_key(struct editor *e, const struct key *key);

/*
 * Macros, and what vi's `.` does: keys that the caller is to press as if they were typed, each
 * when it would take a typed one (behind Enter: at the next prompt). So many are left that
 * editor_replay_next is false in the end.
 */
bool editor_replays(const struct editor *e);
bool editor_replay_next(struct editor *e, struct key *key);
void editor_replay_stop(struct editor *e);
/* A key that was typed, be it for editor_key or for a menu of the caller's: a macro that is being
   recorded has it. To be told before the key is used. */
void editor_typed(struct editor *e, const struct key *key);
/* Ctrl-C: the macro that runs is stopped, the one that is recorded forgotten. */
void editor_macro_drop(struct editor *e);

struct editor_view editor_view(struct editor *e);

/* Replace the line. The cursor goes to byte `cursor` (a character's start). */
void editor_set(struct editor *e, const char *text, size_t len, size_t cursor);
/* Insert at the cursor; or before everything, keeping the cursor on its character. */
void editor_insert(struct editor *e, const char *text, size_t len);
void editor_prepend(struct editor *e, const char *text, size_t len);
/* Replace the `len` bytes before the cursor (completion). */
void editor_replace(struct editor *e, size_t len, const char *text, size_t text_len);
/* Empty the line, leave searches, stand at the end of the history; after Ctrl-O, show what came
   behind the line it was pressed on. */
void editor_clear(struct editor *e);

/* What is selected goes to the kill ring, and to *out; false: nothing is selected. */
bool editor_copy(struct editor *e, struct buf *out);

#endif
