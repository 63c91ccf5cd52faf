/*
 * Which keys do what: struct key to the characters that libedit looks up, the bindings that
 * are there from the start, and the names that ~/.editrc may use.
 *
 * A key that terminals send as an escape sequence is given to libedit as xterm sends it, but
 * with LEAD_IN for the escape: so libedit never waits behind a lone Escape, which in vi mode
 * is a command. All such keys are bound, if only to "ignored", since what libedit cannot
 * match it takes for text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/editor_priv.h"

#define M      L"\x80" /* LEAD_IN, for the tables */
#define LEN(a) (sizeof(a) / sizeof *(a))

_Static_assert(LEAD_IN == 0x80, "M is written out");

/* ---- keys to sequences ---- */

/* How xterm codes the named keys: `CSI n ~`, or a final letter (number 1). */
static const struct {
    uint32_t name;
    int number;
    char final;
} named[] = {
    {KEY_UP, 1, 'A'},       {KEY_DOWN, 1, 'B'},      {KEY_RIGHT, 1, 'C'},    {KEY_LEFT, 1, 'D'},
    {KEY_HOME, 1, 'H'},     {KEY_END, 1, 'F'},       {KEY_INSERT, 2, '~'},   {KEY_DELETE, 3, '~'},
    {KEY_PAGE_UP, 5, '~'},  {KEY_PAGE_DOWN, 6, '~'}, {KEY_BACKTAB, 1, 'Z'},  {KEY_F1, 11, '~'},
    {KEY_F1 + 1, 12, '~'},  {KEY_F1 + 2, 13, '~'},   {KEY_F1 + 3, 14, '~'},  {KEY_F1 + 4, 15, '~'},
    {KEY_F1 + 5, 17, '~'},  {KEY_F1 + 6, 18, '~'},   {KEY_F1 + 7, 19, '~'},  {KEY_F1 + 8, 20, '~'},
    {KEY_F1 + 9, 21, '~'},  {KEY_F1 + 10, 23, '~'},  {KEY_F1 + 11, 24, '~'}, {KEY_F1 + 12, 25, '~'},
    {KEY_F1 + 13, 26, '~'}, {KEY_F1 + 14, 28, '~'},  {KEY_F1 + 15, 29, '~'}, {KEY_F1 + 16, 31, '~'},
    {KEY_F1 + 17, 32, '~'}, {KEY_F1 + 18, 33, '~'},  {KEY_F1 + 19, 34, '~'},
};

static size_t widen(const char *ascii, wchar_t out[16])
{
    size_t n = 0;
    for (; ascii[n]; n++)
        out[n] = (wchar_t)(unsigned char)ascii[n];
    out[n] = L'\0';
    return n;
}

static size_t named_sequence(size_t i, unsigned mods, wchar_t out[16])
{
    char text[16];
    if (mods)
        snprintf(text, sizeof text, "\x80[%d;%u%c", named[i].number, mods + 1, named[i].final);
    else if (named[i].final == '~')
        snprintf(text, sizeof text, "\x80[%d~", named[i].number);
    else
        snprintf(text, sizeof text, "\x80[%c", named[i].final);
    return widen(text, out);
}

/* The control character of Ctrl and a key; 0 if there is none. */
static uint32_t control(uint32_t code)
{
    if (code == '?')
        return 0x7f;
    if (code == '/') /* the same key as C-_ */
        return 0x1f;
    if ((code >= 'a' && code <= 'z') || (code >= '@' && code <= '_'))
        return code & 0x1f;
    return code < 0x20 ? code : 0;
}

static size_t char_sequence(const struct key *key, wchar_t out[16])
{
    uint32_t code = key->code;
    bool alt = key->mods & (MOD_ALT | MOD_META);
    if (code == 0x7f && (key->mods & MOD_CTRL))
        alt = true; /* as Alt-Backspace */
    else if (key->mods & MOD_CTRL)
        code = control(code);
    if (code == '\r' && (key->mods & MOD_SHIFT))
        alt = true; /* as Alt-Enter */
    if (code == 0 || code > 0x7f || (alt && (code == '[' || code == 'O')))
        return 0;
    size_t n = 0;
    if (alt)
        out[n++] = LEAD_IN;
    out[n++] = (wchar_t)code;
    out[n] = L'\0';
    return n;
}

size_t editor_key_sequence(const struct key *key, wchar_t out[16])
{
    if (key->kind == KEY_CHAR)
        return char_sequence(key, out);
    unsigned mods = key->mods & (MOD_SHIFT | MOD_ALT | MOD_CTRL);
    if (key->mods & MOD_META)
        mods |= MOD_ALT;
    if (key->kind == KEY_NAMED)
        for (size_t i = 0; i < LEN(named); i++)
            if (named[i].name == key->code)
                return named_sequence(i, mods, out);
    return 0;
}

/* ---- the bindings from the start ---- */

enum { EMACS = 1, INSERT = 2, COMMAND = 4, TYPING = EMACS | INSERT, ALL = 7 };

static const struct {
    unsigned modes;
    const wchar_t *sequence, *command;
} bindings[] = {
    {ALL, L"\r", L"tether-accept"},
    {ALL, L"\n", L"tether-accept"},
    {ALL, M L"\r", L"tether-insert-newline"},
    {TYPING, L"\t", L"tether-complete"},
    {ALL, L"\x04", L"tether-delete-or-eof"}, /* C-d */

    {TYPING, L"\x01", L"tether-row-start"},  /* C-a */
    {TYPING, L"\x05", L"tether-row-end"},    /* C-e */
    {TYPING, L"\x02", L"tether-char-left"},  /* C-b */
    {TYPING, L"\x06", L"tether-char-right"}, /* C-f */
    {ALL, M L"[D", L"tether-char-left"},
    {ALL, M L"[C", L"tether-char-right"},
    {ALL, M L"[1;2D", L"tether-char-left"},
    {ALL, M L"[1;2C", L"tether-char-right"},
    {ALL, M L"[H", L"tether-row-start"},
    {ALL, M L"[F", L"tether-row-end"},
    {ALL, M L"[1;5H", L"tether-buffer-start"},
    {ALL, M L"[1;5F", L"tether-buffer-end"},
    {EMACS, M L"b", L"tether-word-left"},
    {EMACS, M L"f", L"tether-word-right"},
    {ALL, M L"[1;5D", L"tether-word-left"}, /* C-Left */
    {ALL, M L"[1;5C", L"tether-word-right"},
    {ALL, M L"[1;3D", L"tether-word-left"}, /* M-Left */
    {ALL, M L"[1;3C", L"tether-word-right"},

    {EMACS, L"\x08", L"tether-backspace"},
    {EMACS, L"\x7f", L"tether-backspace"},
    {ALL, M L"[3~", L"tether-delete-char"},
    {TYPING, L"\x0b", L"tether-kill-row-end"}, /* C-k */
    {ALL, L"\x15", L"tether-kill-row-start"},  /* C-u */
    {ALL, L"\x17", L"tether-kill-blank-word"}, /* C-w */
    {EMACS, M L"d", L"tether-kill-word-right"},
    {ALL, M L"[3;5~", L"tether-kill-word-right"}, /* C-Delete */
    {ALL, M L"[3;3~", L"tether-kill-word-right"}, /* M-Delete */
    {ALL, M L"\x7f", L"tether-kill-word-left"},
    {EMACS, M L"\x08", L"tether-kill-word-left"},
    {TYPING, L"\x19", L"tether-yank"}, /* C-y */
    {EMACS, M L"y", L"tether-yank-pop"},
    {TYPING, L"\x14", L"tether-transpose-chars"}, /* C-t */
    {EMACS, M L"t", L"tether-transpose-words"},
    {EMACS, M L"u", L"tether-upcase"},
    {EMACS, M L"l", L"tether-downcase"},
    {EMACS, M L"c", L"tether-capitalize"},
    {TYPING, L"\x16", L"tether-quote"},           /* C-v */
    {EMACS, L"\x11", L"tether-quote"},            /* C-q */
    {ALL, L"\x1f", L"tether-undo"},               /* C-_ */
    {EMACS, L"\x18\x15", L"tether-undo"},         /* C-x C-u */
    {EMACS, L"\x18\x05", L"tether-external"},     /* C-x C-e */
    {EMACS, L"\x18\x12", L"tether-search-older"}, /* C-x C-r: in the line itself */
    {EMACS, L"\x07", L"tether-nothing"},          /* C-g */

    {ALL, M L"[A", L"tether-up"},
    {ALL, M L"[B", L"tether-down"},
    {ALL, M L"[1;2A", L"tether-up"},
    {ALL, M L"[1;2B", L"tether-down"},
    {ALL, L"\x10", L"tether-up"},   /* C-p */
    {ALL, L"\x0e", L"tether-down"}, /* C-n */
    {EMACS, M L"<", L"tether-history-first"},
    {EMACS, M L">", L"tether-history-last"},
    {EMACS, M L"p", L"tether-prefix-older"},
    {EMACS, M L"n", L"tether-prefix-newer"},
    {ALL, L"\x12", L"tether-find"},         /* C-r */
    {ALL, L"\x13", L"tether-search-newer"}, /* C-s */
    {EMACS, M L".", L"tether-last-argument"},
    {EMACS, M L"_", L"tether-last-argument"},

    {INSERT, L"\x1b", L"vi-command-mode"},
    {INSERT, L"\x08", L"vi-delete-prev-char"},
    {INSERT, L"\x7f", L"vi-delete-prev-char"},
    {INSERT, (const wchar_t[]){PROBE, 0}, L"tether-probe-insert"},
    {COMMAND, (const wchar_t[]){PROBE, 0}, L"tether-probe-command"},
    {COMMAND, L"\x08", L"tether-char-left"},
    {COMMAND, L"\x7f", L"tether-char-left"},
    {COMMAND, L"k", L"tether-up"},
    {COMMAND, L"-", L"tether-up"},
    {COMMAND, L"j", L"tether-down"},
    {COMMAND, L"+", L"tether-down"},
    {COMMAND, L"G", L"tether-history-first"},
    {COMMAND, L"K", L"tether-prefix-older"},
    {COMMAND, L"J", L"tether-prefix-newer"},
    {COMMAND, L"/", L"tether-search-older"},
    {COMMAND, L"?", L"tether-search-newer"},
    {COMMAND, L"n", L"tether-search-again"},
    {COMMAND, L"N", L"tether-search-back-again"},
    {COMMAND, L"u", L"tether-undo"},
    {COMMAND, L"U", L"tether-undo-all"},
    {COMMAND, L"v", L"tether-external"},
    /* libedit's own would read further keys, run a program, or are parts of sequences. */
    {COMMAND, L"_", L"tether-nothing"},
    {COMMAND, L":", L"tether-nothing"},
    {COMMAND, L"@", L"tether-nothing"},
    {COMMAND, L"[", L"tether-nothing"},
    {COMMAND, L"O", L"tether-nothing"},
    {COMMAND, L"\x1b", L"tether-nothing"},
};

typedef void bind_fn(struct editor *e, bool alt, const wchar_t *sequence, const wchar_t *command);

/* What is not in the table does nothing, and the caller is told. */
static void bind_the_rest(struct editor *e, bool vi, bind_fn *bind)
{
    wchar_t sequence[16];
    for (wchar_t c = 1; c < 0x80; c++) {
        bool print = c >= 0x20 && c < 0x7f;
        wchar_t single[] = {c, L'\0'}, meta[] = {LEAD_IN, c, L'\0'};
        if (!print && !(c == 0x18 && !vi))
            bind(e, false, single, L"tether-ignored");
        if (!print && vi)
            bind(e, true, single, L"tether-ignored");
        if (print && !vi)
            bind(e, false, single, L"tether-insert");
        if (c != L'[' && c != L'O')
            bind(e, false, meta, L"tether-ignored");
    }
    for (size_t i = 0; i < LEN(named); i++)
        for (unsigned mods = 0; mods < 8; mods++) {
            named_sequence(i, mods, sequence);
            bind(e, false, sequence, L"tether-ignored");
        }
    for (wchar_t c = 0xa0; vi && c <= 0xff; c++)
        bind(e, false, (const wchar_t[]){c, L'\0'}, L"ed-insert"); /* whatever the locale */
}

void editor_default_keys(struct editor *e, bool vi, bind_fn *bind)
{
    bind_the_rest(e, vi, bind);
    for (size_t i = 0; i < LEN(bindings); i++) {
        if (bindings[i].modes & (vi ? INSERT : EMACS))
            bind(e, false, bindings[i].sequence, bindings[i].command);
        if (vi && (bindings[i].modes & COMMAND))
            bind(e, true, bindings[i].sequence, bindings[i].command);
    }
}

/* ---- ~/.editrc ---- */

/* libedit's names of what is done here, so that a user's keys do the same as ours. */
static const struct {
    const wchar_t *theirs, *ours;
} commands[] = {
    {L"ed-newline", L"tether-accept"},
    {L"ed-prev-history", L"tether-up"},
    {L"ed-next-history", L"tether-down"},
    {L"ed-prev-line", L"tether-up"},
    {L"ed-next-line", L"tether-down"},
    {L"ed-search-prev-history", L"tether-prefix-older"},
    {L"ed-search-next-history", L"tether-prefix-newer"},
    {L"vi-to-history-line", L"tether-history-first"},
    {L"em-inc-search-prev", L"tether-search-older"},
    {L"em-inc-search-next", L"tether-search-newer"},
    {L"vi-search-prev", L"tether-search-older"},
    {L"vi-search-next", L"tether-search-newer"},
    {L"vi-repeat-search-next", L"tether-search-again"},
    {L"vi-repeat-search-prev", L"tether-search-back-again"},
    {L"vi-histedit", L"tether-external"},
    {L"vi-list-or-eof", L"tether-delete-or-eof"},
    {L"em-delete-or-list", L"tether-delete-or-eof"},
    {L"ed-end-of-file", L"tether-delete-or-eof"},
    {L"ed-quoted-insert", L"tether-quote"},
    {L"ed-move-to-beg", L"tether-row-start"},
    {L"ed-move-to-end", L"tether-row-end"},
    {L"ed-kill-line", L"tether-kill-row-end"},
    {L"em-kill-line", L"tether-kill-row-start"},
    {L"vi-kill-line-prev", L"tether-kill-row-start"},
    {L"ed-delete-prev-word", L"tether-kill-word-left"},
    {L"em-delete-next-word", L"tether-kill-word-right"},
    {L"ed-prev-word", L"tether-word-left"},
    {L"em-next-word", L"tether-word-right"},
    {L"em-yank", L"tether-yank"},
    {L"em-upper-case", L"tether-upcase"},
    {L"em-lower-case", L"tether-downcase"},
    {L"em-capitol-case", L"tether-capitalize"},
    {L"em-copy-prev-word", L"tether-last-argument"},
    {L"ed-transpose-chars", L"tether-transpose-chars"},
    {L"ed-clear-screen", L"tether-ignored"},
    {L"ed-redisplay", L"tether-ignored"},
    {L"vi-undo", L"tether-undo"},
    {L"vi-undo-line", L"tether-undo-all"},
    {L"vi-alias", L"tether-nothing"},
    {L"vi-history-word", L"tether-last-argument"},
    {L"ed-command", L"tether-nothing"},
    {L"rl_complete", L"tether-complete"},
    {L"em-meta-next", L"tether-nothing"},
};

const wchar_t *editor_rewrite_command(const wchar_t *name)
{
    for (size_t i = 0; i < LEN(commands); i++)
        if (wcscmp(commands[i].theirs, name) == 0)
            return commands[i].ours;
    return name;
}

/* `bind -k up`: libedit's names of the arrow keys. */
const wchar_t *editor_named_sequence(const wchar_t *arrow_name)
{
    static const struct {
        const wchar_t *name, *sequence;
    } arrows[] = {
        {L"up", M L"[A"},   {L"down", M L"[B"}, {L"right", M L"[C"},   {L"left", M L"[D"},
        {L"home", M L"[H"}, {L"end", M L"[F"},  {L"delete", M L"[3~"},
    };
    for (size_t i = 0; i < LEN(arrows); i++)
        if (wcscmp(arrows[i].name, arrow_name) == 0)
            return arrows[i].sequence;
    return NULL;
}

/* How many characters write an escape at `text`: 0 if none does. */
static size_t escape_at(const wchar_t *text)
{
    static const wchar_t *const forms[] = {L"\\e", L"^[", L"\\033", L"\x1b"};
    for (size_t i = 0; i < LEN(forms); i++)
        if (wcsncmp(text, forms[i], wcslen(forms[i])) == 0)
            return wcslen(forms[i]);
    return 0;
}

/* An escape that begins a sequence becomes LEAD_IN; the arrows' other form (`ESC O A`) the
   one we use. A lone escape is the Escape key. */
wchar_t *editor_rewrite_sequence(const wchar_t *text)
{
    wchar_t *new = xmalloc((wcslen(text) + 1) * sizeof *new), *to = new;
    while (*text) {
        size_t escape = escape_at(text);
        if (escape > 0 && text[escape]) {
            *to++ = LEAD_IN;
            text += escape;
            if (text[0] == L'O' && text[1] && wcschr(L"ABCDHF", text[1])) {
                *to++ = L'[';
                text++;
            }
        } else {
            *to++ = *text++;
        }
    }
    *to = L'\0';
    return new;
}
