/*
 * Shared by the files of the editor: editor_input.c (the interface), editor.c (libedit),
 * editor_keys.c (which key does what), editor_command.c, editor_history.c and editor_undo.c
 * (what the keys do).
 *
 * Each key runs through editor_key: it is translated to a key sequence, libedit looks the
 * sequence up and calls a command, the commands change libedit's line with the three functions
 * below, and at the end the change is recorded for undo.
 */
#ifndef TERM_EDITOR_PRIV_H
#define TERM_EDITOR_PRIV_H

#include "base/buf.h"
#include "term/editor.h"
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
};

struct editor_undo {
    struct editor_change *changes;
    size_t count, cap;
    size_t kept;     /* characters in all `removed` */
    wchar_t *shadow; /* the line as it was last recorded */
    size_t shadow_len, shadow_cap;
    size_t cursor; /* before this key */
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

    bool vi, vi_command;
    bool vi_char;     /* f, F, t or T was typed: its character comes next */
    bool vi_operator; /* c, d or y was typed: its motion comes next */
    bool meta;        /* Escape was typed: the next key is an Alt key */
    bool quoting;     /* Ctrl-V was typed */
    int argument;     /* Alt-digits */
    struct buf paste; /* an unfinished character's bytes */
    bool paste_cr;    /* the last byte pasted was a CR */

    enum editor_did did;
    wchar_t typed; /* what the self-insert command is to insert */
    enum editor_deed deed, last_deed;

    struct editor_undo undo;
    wchar_t *kills[KILL_SLOTS]; /* the newest first */
    size_t yank_from;           /* DEED_YANK, DEED_LAST_ARG: where the text begins */
    size_t yank_index;          /* which kill, or which entry */
    size_t column;              /* DEED_VERTICAL */
    size_t prefix;              /* DEED_PREFIX: its length */

    struct history *history;
    struct buf cwd; /* what suggestions prefer */
    bool no_suggestion;
    struct editor_suggest suggest;
    struct buf offer;    /* shown on an empty line */
    size_t history_at;   /* the entry shown; history_count or more: the line of one's own */
    wchar_t *unfinished; /* that line, while an entry is shown */
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
/* An empty line, whatever libedit was in the middle of; vi inserts. */
void editor_restart(struct editor *e);
/* Bind the keys of the mode, and those of ~/.editrc. */
void editor_load_keys(struct editor *e);

/* ---- keys (editor_keys.c) ---- */

/* Escape as the begin of a key's sequence: never the Escape key itself. */
#define LEAD_IN 0x80
/* Read by libedit in vi mode to tell which of its maps it is in. */
#define PROBE 0x81

/* The characters that stand for a key; 0 if it is not one that can be bound. */
size_t editor_key_sequence(const struct key *key, wchar_t out[16]);

/* Call bind(e, alt_map, sequence, command) for all that is bound from the start. */
void editor_default_keys(struct editor *e, bool vi,
                         void (*bind)(struct editor *e, bool alt, const wchar_t *sequence,
                                      const wchar_t *command));

/* A key or a command as ~/.editrc names it, to what it is here. The first is allocated. */
wchar_t *editor_rewrite_sequence(const wchar_t *text);
const wchar_t *editor_named_sequence(const wchar_t *arrow_name);
const wchar_t *editor_rewrite_command(const wchar_t *name);

/* ---- commands (editor_command.c, editor_history.c, editor_undo.c) ---- */

/* X(function, name, help): libedit knows them by name. */
#define EDITOR_COMMANDS(X)                                                                         \
    X(accept, L"tether-accept", L"The line is finished")                                           \
    X(backspace, L"tether-backspace", L"Delete the character before the cursor")                   \
    X(buffer_end, L"tether-buffer-end", L"To the end of all rows")                                 \
    X(buffer_start, L"tether-buffer-start", L"To the begin of all rows")                           \
    X(capitalize, L"tether-capitalize", L"Capitalize the word")                                    \
    X(char_left, L"tether-char-left", L"One character to the left")                                \
    X(char_right, L"tether-char-right", L"One character to the right; take the suggestion")        \
    X(complete, L"tether-complete", L"Complete")                                                   \
    X(delete_char, L"tether-delete-char", L"Delete the character under the cursor")                \
    X(delete_or_eof, L"tether-delete-or-eof", L"The same; on an empty line the end")               \
    X(down, L"tether-down", L"The next row, or the next line of the history")                      \
    X(downcase, L"tether-downcase", L"The word in small letters")                                  \
    X(external, L"tether-external", L"Edit the line in an editor")                                 \
    X(history_first, L"tether-history-first", L"The oldest line of the history")                   \
    X(history_last, L"tether-history-last", L"Back from the history to the line being written")    \
    X(find, L"tether-find", L"Search the history in a list")                                       \
    X(ignored, L"tether-ignored", L"Nothing")                                                      \
    X(insert, L"tether-insert", L"Insert the character")                                           \
    X(insert_newline, L"tether-insert-newline", L"Begin a new row")                                \
    X(kill_blank_word, L"tether-kill-blank-word", L"Kill back to the last blank")                  \
    X(kill_row_end, L"tether-kill-row-end", L"Kill to the end of the row")                         \
    X(kill_row_start, L"tether-kill-row-start", L"Kill to the begin of the row")                   \
    X(kill_word_left, L"tether-kill-word-left", L"Kill the word before the cursor")                \
    X(kill_word_right, L"tether-kill-word-right", L"Kill the word behind the cursor")              \
    X(last_argument, L"tether-last-argument", L"Insert the last word of an earlier line")          \
    X(nothing, L"tether-nothing", L"Nothing, and nobody else is asked")                            \
    X(prefix_newer, L"tether-prefix-newer", L"The next line with the same begin")                  \
    X(prefix_older, L"tether-prefix-older", L"The last line with the same begin")                  \
    X(quote, L"tether-quote", L"Insert the next key as it is")                                     \
    X(row_end, L"tether-row-end", L"To the end of the row; take the suggestion")                   \
    X(row_start, L"tether-row-start", L"To the begin of the row")                                  \
    X(search_again, L"tether-search-again", L"Search the same again")                              \
    X(search_back_again, L"tether-search-back-again", L"Search the same the other way")            \
    X(search_newer, L"tether-search-newer", L"Search the history forward")                         \
    X(search_older, L"tether-search-older", L"Search the history")                                 \
    X(transpose_chars, L"tether-transpose-chars", L"Swap two characters")                          \
    X(transpose_words, L"tether-transpose-words", L"Swap two words")                               \
    X(undo, L"tether-undo", L"Undo")                                                               \
    X(undo_all, L"tether-undo-all", L"Undo all")                                                   \
    X(up, L"tether-up", L"The row above, or the line before in the history")                       \
    X(upcase, L"tether-upcase", L"The word in capitals")                                           \
    X(word_left, L"tether-word-left", L"One word to the left")                                     \
    X(word_right, L"tether-word-right", L"One word to the right; take one of the suggestion")      \
    X(yank, L"tether-yank", L"Insert what was killed last")                                        \
    X(yank_pop, L"tether-yank-pop", L"Replace it by what was killed before")

#define X(function, name, help) void editor_do_##function(struct editor *e);
EDITOR_COMMANDS(X)
#undef X

/* ---- undo and kills (editor_undo.c) ---- */

/* Compare the line with what was recorded; a difference becomes a change to undo. */
void editor_undo_record(struct editor *e, bool typed);
/* Take the line as it is, with nothing to undo. */
void editor_undo_clear(struct editor *e);
void editor_undo_release(struct editor *e);

/* ---- history (editor_history.c) ---- */

/* Stand at the end of it. */
void editor_history_reset(struct editor *e);

/* Give a key, or text, to the search. False: it ended the search and is to be acted on. */
bool editor_search_key(struct editor *e, const struct key *key);
bool editor_search_text(struct editor *e, const char *text, size_t len);
/* End it and keep the line that was found. */
void editor_search_end(struct editor *e);

/* What could follow at the end; NULL if nothing. Borrowed from the history. */
const char *editor_suggestion(struct editor *e);
void editor_suggest_anew(struct editor *e); /* the history or the directory is another */

#endif
