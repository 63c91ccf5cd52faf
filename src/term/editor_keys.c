/*
 * Which keys do what: struct key to the characters that libedit looks up, and the names that
 * ~/.editrc may use. The bindings that are there from the start are in editor_bindings.c.
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

#define LEN(a) (sizeof(a) / sizeof *(a))

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

static size_t widen(const char *ascii, wchar_t out[EDITOR_SEQUENCE])
{
    size_t n = 0;
    for (; ascii[n]; n++)
        out[n] = (wchar_t)(unsigned char)ascii[n];
    out[n] = L'\0';
    return n;
}

static size_t named_sequence(size_t i, unsigned mods, wchar_t out[EDITOR_SEQUENCE])
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

bool editor_named_key(size_t i, unsigned mods, wchar_t out[EDITOR_SEQUENCE])
{
    return i < LEN(named) && named_sequence(i, mods, out) > 0;
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

static size_t char_sequence(const struct key *key, wchar_t out[EDITOR_SEQUENCE])
{
    uint32_t code = key->code;
    bool alt = key->mods & (MOD_ALT | MOD_META);
    if (code == ' ' && (key->mods & MOD_CTRL) && !alt)
        return widen("\x80[@", out); /* CTRL_SPACE */
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

size_t editor_key_sequence(const struct key *key, wchar_t out[EDITOR_SEQUENCE])
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

/* ---- ~/.editrc ---- */

/* libedit's names of what is done here, so that a user's keys do the same as ours. */
static const struct {
    const wchar_t *theirs, *ours;
} commands[] = {
    {L"ed-argument-digit", L"tether-insert"},
    {L"ed-clear-screen", L"tether-ignored"},
    {L"ed-command", L"tether-nothing"},
    {L"ed-delete-next-char", L"tether-delete-char"},
    {L"ed-delete-prev-char", L"tether-backspace"},
    {L"ed-delete-prev-word", L"tether-kill-word-left"},
    {L"ed-digit", L"tether-insert"},
    {L"ed-end-of-file", L"tether-delete-or-eof"},
    {L"ed-ignore", L"tether-nothing"},
    {L"ed-insert", L"tether-insert"},
    {L"ed-kill-line", L"tether-kill-row-end"},
    {L"ed-move-to-beg", L"tether-row-start"},
    {L"ed-move-to-end", L"tether-row-end"},
    {L"ed-newline", L"tether-accept"},
    {L"ed-next-char", L"tether-char-right"},
    {L"ed-next-history", L"tether-down"},
    {L"ed-next-line", L"tether-down"},
    {L"ed-prev-char", L"tether-char-left"},
    {L"ed-prev-history", L"tether-up"},
    {L"ed-prev-line", L"tether-up"},
    {L"ed-prev-word", L"tether-word-left"},
    {L"ed-quoted-insert", L"tether-quote"},
    {L"ed-redisplay", L"tether-ignored"},
    {L"ed-search-next-history", L"tether-prefix-newer"},
    {L"ed-search-prev-history", L"tether-prefix-older"},
    {L"ed-start-over", L"tether-revert"},
    {L"ed-transpose-chars", L"tether-transpose-chars"},
    {L"ed-unassigned", L"tether-ignored"},
    {L"em-capitol-case", L"tether-capitalize"},
    {L"em-copy-prev-word", L"tether-last-argument"},
    {L"em-copy-region", L"tether-nothing"},
    {L"em-delete-next-word", L"tether-kill-word-right"},
    {L"em-delete-or-list", L"tether-delete-or-eof"},
    {L"em-delete-prev-char", L"tether-backspace"},
    {L"em-exchange-mark", L"tether-exchange-mark"},
    {L"em-inc-search-next", L"tether-search-newer"},
    {L"em-inc-search-prev", L"tether-search-older"},
    {L"em-kill-line", L"tether-kill-row-start"},
    {L"em-kill-region", L"tether-nothing"},
    {L"em-lower-case", L"tether-downcase"},
    {L"em-meta-next", L"tether-nothing"},
    {L"em-next-word", L"tether-word-right"},
    {L"em-set-mark", L"tether-set-mark"},
    {L"em-toggle-overwrite", L"tether-overwrite"},
    {L"em-universal-argument", L"tether-nothing"},
    {L"em-upper-case", L"tether-upcase"},
    {L"em-yank", L"tether-yank"},
    {L"rl_complete", L"tether-complete"},
    {L"vi-add", L"tether-vi-append"},
    {L"vi-add-at-eol", L"tether-vi-append-end"},
    {L"vi-alias", L"tether-vi-macro-run"},
    {L"vi-change-case", L"tether-change-case"},
    {L"vi-change-meta", L"tether-vi-change"},
    {L"vi-change-to-eol", L"tether-vi-change-end"},
    {L"vi-command-mode", L"tether-vi-command"},
    {L"vi-comment-out", L"tether-comment"},
    {L"vi-delete-meta", L"tether-vi-delete"},
    {L"vi-delete-prev-char", L"tether-backspace"},
    {L"vi-end-big-word", L"tether-vi-blank-word-end"},
    {L"vi-end-word", L"tether-vi-word-end"},
    {L"vi-histedit", L"tether-external"},
    {L"vi-history-word", L"tether-vi-last-argument"},
    {L"vi-insert", L"tether-vi-insert"},
    {L"vi-insert-at-bol", L"tether-vi-insert-start"},
    {L"vi-kill-line-prev", L"tether-kill-row-start"},
    {L"vi-list-or-eof", L"tether-delete-or-eof"},
    {L"vi-match", L"tether-bracket"},
    {L"vi-next-big-word", L"tether-blank-word-right"},
    {L"vi-next-char", L"tether-vi-find"},
    {L"vi-next-word", L"tether-vi-word-right"},
    {L"vi-paste-next", L"tether-vi-put"},
    {L"vi-paste-prev", L"tether-vi-put-before"},
    {L"vi-prev-big-word", L"tether-blank-word-left"},
    {L"vi-prev-char", L"tether-vi-find-back"},
    {L"vi-prev-word", L"tether-vi-word-left"},
    {L"vi-redo", L"tether-vi-again"},
    {L"vi-repeat-next-char", L"tether-vi-find-again"},
    {L"vi-repeat-prev-char", L"tether-vi-find-back-again"},
    {L"vi-repeat-search-next", L"tether-search-again"},
    {L"vi-repeat-search-prev", L"tether-search-back-again"},
    {L"vi-replace-char", L"tether-vi-replace-char"},
    {L"vi-replace-mode", L"tether-vi-replace"},
    {L"vi-search-next", L"tether-search-newer"},
    {L"vi-search-prev", L"tether-search-older"},
    {L"vi-substitute-char", L"tether-vi-substitute"},
    {L"vi-substitute-line", L"tether-vi-change-row"},
    {L"vi-to-column", L"tether-vi-column"},
    {L"vi-to-history-line", L"tether-vi-history"},
    {L"vi-to-next-char", L"tether-vi-till"},
    {L"vi-to-prev-char", L"tether-vi-till-back"},
    {L"vi-undo", L"tether-undo"},
    {L"vi-undo-line", L"tether-undo-all"},
    {L"vi-yank", L"tether-vi-yank"},
    {L"vi-yank-end", L"tether-vi-yank-end"},
    {L"vi-zero", L"tether-row-start"},
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
wchar_t *editor_rewrite_sequence(const wchar_t *text, bool command)
{
    static const wchar_t *const space[] = {L"^@", L"\\000", L"\\0"};
    for (size_t i = 0; i < LEN(space); i++)
        if (wcscmp(text, space[i]) == 0)
            text = CTRL_SPACE;
    wchar_t *new = xmalloc((wcslen(text) + 2) * sizeof *new), *to = new;
    if (command && *text)
        *to++ = COMMAND;
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
