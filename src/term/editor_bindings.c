/*
 * The keys from the start. Emacs' are bash's (`bind -p` of 5.2), vi's are bash's too with what vi
 * itself has more, Windows' are PSReadLine's.
 */
#include <wchar.h>

#include "term/editor_priv.h"

#define LEN(a) (sizeof(a) / sizeof *(a))

_Static_assert(LEAD_IN == 0x80 && COMMAND == 0x81, "M and V are written out");

enum { EM = 1, IN = 2, CO = 4, WI = 8, SHELL = EM | IN | CO, TYPING = EM | IN | WI, ALL = 15 };

static const struct {
    unsigned modes;
    const wchar_t *sequence, *command;
} bindings[] = {
    {ALL, L"\r", L"accept"},
    {ALL, L"\n", L"accept"},
    {ALL, M L"\r", L"insert-newline"},
    {EM, L"\x0f", L"accept-and-next"}, /* C-o */
    {EM | IN, L"\t", L"complete"},
    {WI, L"\t", L"complete-next"},
    {WI, M L"[Z", L"complete-next"}, /* BackTab */
    {WI, CTRL_SPACE, L"complete"},
    {ALL, L"\x04", L"delete-or-eof"}, /* C-d */
    {EM, M L"#", L"comment"},
    {CO, L"#", L"comment"},

    /* moving */
    {EM | IN, L"\x01", L"row-start"},  /* C-a */
    {EM | IN, L"\x05", L"row-end"},    /* C-e */
    {EM | IN, L"\x02", L"char-left"},  /* C-b */
    {EM | IN, L"\x06", L"char-right"}, /* C-f */
    {ALL, M L"[D", L"char-left"},
    {ALL, M L"[C", L"char-right"},
    {SHELL, M L"[1;2D", L"char-left"},
    {SHELL, M L"[1;2C", L"char-right"},
    {ALL, M L"[H", L"row-start"},
    {ALL, M L"[F", L"row-end"},
    {SHELL, M L"[1;5H", L"buffer-start"},
    {SHELL, M L"[1;5F", L"buffer-end"},
    {EM, M L"b", L"word-left"},
    {EM, M L"f", L"word-right"},
    {ALL, M L"[1;5D", L"word-left"}, /* C-Left */
    {ALL, M L"[1;5C", L"word-right"},
    {ALL, M L"[1;3D", L"word-left"}, /* M-Left */
    {ALL, M L"[1;3C", L"word-right"},
    {EM, M L"\x02", L"shell-word-left"},  /* M-C-b */
    {EM, M L"\x06", L"shell-word-right"}, /* M-C-f */
    {EM, L"\x1d", L"find-char"},          /* C-] */
    {EM, M L"\x1d", L"find-char-back"},
    {EM, CTRL_SPACE, L"set-mark"},
    {EM, M L" ", L"set-mark"},
    {EM, L"\x18\x18", L"exchange-mark"}, /* C-x C-x */

    /* deleting, killing, changing */
    {TYPING, L"\x08", L"backspace"},
    {TYPING, L"\x7f", L"backspace"},
    {ALL, M L"[3~", L"delete-char"},
    {SHELL, L"\x0b", L"kill-row-end"},     /* C-k */
    {SHELL, L"\x15", L"kill-row-start"},   /* C-u */
    {ALL, L"\x17", L"kill-blank-word"},    /* C-w */
    {EM, L"\x18\x7f", L"kill-row-start"},  /* C-x Backspace */
    {EM | WI, M L"d", L"kill-word-right"}, /* M-d */
    {ALL, M L"[3;5~", L"kill-word-right"}, /* C-Delete */
    {ALL, M L"[3;3~", L"kill-word-right"}, /* M-Delete */
    {ALL, M L"\x7f", L"kill-word-left"},   /* M-Backspace, C-Backspace */
    {EM, M L"\x08", L"kill-word-left"},
    {EM, M L"\x04", L"kill-shell-word"}, /* M-C-d */
    {EM, M L"\\", L"delete-blanks"},
    {SHELL, L"\x19", L"yank"}, /* C-y */
    {EM, M L"y", L"yank-pop"},
    {SHELL, L"\x14", L"transpose-chars"}, /* C-t */
    {EM, M L"t", L"transpose-words"},
    {EM, M L"\x14", L"swap-shell-words"}, /* M-C-t */
    {EM, M L"u", L"upcase"},
    {EM, M L"l", L"downcase"},
    {EM, M L"c", L"capitalize"},
    {EM | IN, L"\x16", L"quote"}, /* C-v */
    {EM, L"\x11", L"quote"},      /* C-q */
    {EM, M L"[2~", L"quote"},     /* Insert, as bash has it */
    {IN | WI, M L"[2~", L"overwrite"},
    {SHELL, L"\x1f", L"undo"},  /* C-_ */
    {EM, L"\x18\x15", L"undo"}, /* C-x C-u */
    {EM, M L"/", L"redo"},      /* fish's */
    {EM, M L"\x1f", L"redo"},   /* C-M-_: Emacs' */
    {EM, M L"r", L"undo-all"},
    {EM, M L"\x12", L"undo-all"}, /* M-C-r */

    /* others */
    {EM | IN, L"\x18\x05", L"external"}, /* C-x C-e */
    {EM | WI, M L"e", L"external"},
    {EM | IN, L"\x18(", L"macro-begin"}, /* C-x ( */
    {EM | IN, L"\x18)", L"macro-end"},   /* C-x ) */
    {EM | IN,
     L"\x18"
     L"e",
     L"macro-run"},             /* C-x e */
    {SHELL, L"\x07", L"abort"}, /* C-g */
    {EM, L"\x18\x07", L"abort"},
    {EM, M L"\x07", L"abort"},

    /* the shell's ways to complete, which Tab does all of */
    {EM, M L"!", L"complete"},
    {EM, M L"$", L"complete"},
    {EM, M L"*", L"complete"},
    {EM, M L"=", L"complete"},
    {EM, M L"?", L"complete"},
    {EM, M L"@", L"complete"},
    {EM, M L"g", L"complete"},
    {EM, M L"{", L"complete"},
    {EM, M L"~", L"complete"},
    {EM, L"\x18!", L"complete"}, /* C-x ! */
    {EM, L"\x18$", L"complete"},
    {EM, L"\x18*", L"complete"},
    {EM, L"\x18/", L"complete"},
    {EM, L"\x18@", L"complete"},
    {EM, L"\x18g", L"complete"},
    {EM, L"\x18~", L"complete"},

    /* the history */
    {ALL, M L"[A", L"up"},
    {ALL, M L"[B", L"down"},
    {ALL, M L"[1;2A", L"up"},
    {ALL, M L"[1;2B", L"down"},
    {SHELL, L"\x10", L"up"},   /* C-p */
    {SHELL, L"\x0e", L"down"}, /* C-n */
    {EM, M L"<", L"history-first"},
    {EM, M L">", L"history-last"},
    {EM, M L"p", L"prefix-older"},
    {EM, M L"n", L"prefix-newer"},
    {TYPING, L"\x12", L"find"},         /* C-r */
    {ALL, L"\x13", L"search-newer"},    /* C-s */
    {EM, L"\x18\x12", L"search-older"}, /* C-x C-r: in the line itself */
    {EM | WI, M L".", L"last-argument"},
    {EM, M L"_", L"last-argument"},
    {EM, M L"\x19", L"nth-argument"}, /* M-C-y */

    /* vi */
    {IN, L"\x1b", L"vi-command"},
    {CO, L"\x08", L"char-left"},
    {CO, L"\x7f", L"char-left"},
    {CO, L"h", L"char-left"},
    {CO, L"l", L"char-right"},
    {CO, L" ", L"char-right"},
    {CO, L"0", L"row-start"},
    {CO, L"^", L"text-start"},
    {CO, L"$", L"row-end"},
    {CO, L"|", L"vi-column"},
    {CO, L"w", L"vi-word-right"},
    {CO, L"W", L"blank-word-right"},
    {CO, L"b", L"vi-word-left"},
    {CO, L"B", L"blank-word-left"},
    {CO, L"e", L"vi-word-end"},
    {CO, L"E", L"vi-blank-word-end"},
    {CO, L"%", L"bracket"},
    {CO, L"f", L"vi-find"},
    {CO, L"F", L"vi-find-back"},
    {CO, L"t", L"vi-till"},
    {CO, L"T", L"vi-till-back"},
    {CO, L";", L"vi-find-again"},
    {CO, L",", L"vi-find-back-again"},
    {CO, L"m", L"vi-mark"},
    {CO, L"`", L"vi-goto-mark"},
    {CO, L"i", L"vi-insert"},
    {CO, L"I", L"vi-insert-start"},
    {CO, L"a", L"vi-append"},
    {CO, L"A", L"vi-append-end"},
    {CO, L"c", L"vi-change"},
    {CO, L"C", L"vi-change-end"},
    {CO, L"d", L"vi-delete"},
    {CO, L"D", L"vi-delete-end"},
    {CO, L"y", L"vi-yank"},
    {CO, L"Y", L"vi-yank-end"},
    {CO, L"s", L"vi-substitute"},
    {CO, L"S", L"vi-change-row"},
    {CO, L"x", L"vi-delete-char"},
    {CO, L"X", L"vi-delete-char-left"},
    {CO, L"r", L"vi-replace-char"},
    {CO, L"R", L"vi-replace"},
    {CO, L"~", L"change-case"},
    {CO, L"p", L"vi-put"},
    {CO, L"P", L"vi-put-before"},
    {CO, L"u", L"undo"},
    {CO, L"U", L"undo-all"},
    {CO, L"\x12", L"redo"}, /* C-r: vi's */
    {CO, L".", L"vi-again"},
    {CO, L"q", L"vi-macro"},
    {CO, L"@", L"vi-macro-run"},
    {CO, L"_", L"vi-last-argument"},
    {CO, L"v", L"external"},
    {CO, L"k", L"up"},
    {CO, L"-", L"up"},
    {CO, L"j", L"down"},
    {CO, L"+", L"down"},
    {CO, L"G", L"vi-history"},
    {CO, L"K", L"prefix-older"},
    {CO, L"J", L"prefix-newer"},
    {CO, L"/", L"search-older"},
    {CO, L"?", L"search-newer"},
    {CO, L"n", L"search-again"},
    {CO, L"N", L"search-back-again"},
    {CO, L"*", L"complete"},
    {CO, L"=", L"complete"},
    {CO, L"\\", L"complete"},

    /* Windows */
    {WI, L"\x1b", L"revert"},
    {WI, L"\x01", L"select-all"}, /* C-a */
    {WI, L"\x03", L"copy"},       /* C-c, where the caller leaves it to us */
    {WI, L"\x18", L"cut"},        /* C-x */
    {WI, L"\x16", L"yank"},       /* C-v */
    {WI, L"\x1a", L"undo"},       /* C-z */
    {WI, L"\x19", L"redo"},       /* C-y */
    {WI, M L"[1;2D", L"select-char-left"},
    {WI, M L"[1;2C", L"select-char-right"},
    {WI, M L"[1;6D", L"select-word-left"}, /* C-S-Left */
    {WI, M L"[1;6C", L"select-word-right"},
    {WI, M L"[1;2H", L"select-row-start"},
    {WI, M L"[1;2F", L"select-row-end"},
    {WI, M L"[1;6H", L"select-buffer-start"},
    {WI, M L"[1;6F", L"select-buffer-end"},
    {WI, M L"[1;5H", L"kill-buffer-start"}, /* C-Home */
    {WI, M L"[1;5F", L"kill-buffer-end"},
    {WI, M L"[19~", L"prefix-older"}, /* F8 */
    {WI, M L"[19;2~", L"prefix-newer"},
    {WI, M L"[13~", L"find-char"}, /* F3 */
    {WI, M L"[13;2~", L"find-char-back"},
};

/* With the map's prefix, and the name as libedit has it. */
static void bind_one(editor_bind *bind, void *data, bool command_mode, const wchar_t *sequence,
                     const wchar_t *name)
{
    wchar_t whole[EDITOR_SEQUENCE + 1], command[40];
    swprintf(whole, LEN(whole), L"%ls%ls", command_mode ? V : L"", sequence);
    swprintf(command, LEN(command), L"tether-%ls", name);
    bind(data, whole, command);
}

/* What is not in the table does nothing, and the caller is told. `ctrl_x`: it is a key by itself.
 */
static void bind_the_rest(bool ctrl_x, bool command_mode, editor_bind *bind, void *data)
{
    wchar_t sequence[EDITOR_SEQUENCE];
    for (wchar_t c = 1; c < 0x80; c++) {
        bool print = c >= 0x20 && c < 0x7f;
        wchar_t single[] = {c, L'\0'}, meta[] = {LEAD_IN, c, L'\0'};
        if (c != 0x18 || ctrl_x)
            bind_one(bind, data, command_mode, single,
                     !print         ? L"ignored"
                     : command_mode ? L"nothing"
                                    : L"insert");
        if (c != L'[' && c != L'O')
            bind_one(bind, data, command_mode, meta, L"ignored");
    }
    for (size_t i = 0; editor_named_key(i, 0, sequence); i++)
        for (unsigned mods = 0; mods < 8; mods++) {
            editor_named_key(i, mods, sequence);
            bind_one(bind, data, command_mode, sequence, L"ignored");
        }
    bind_one(bind, data, command_mode, CTRL_SPACE, L"ignored");
}

void editor_main_keys(enum editor_keys keys, editor_bind *bind, void *data)
{
    static const unsigned modes[] = {[EDITOR_EMACS] = EM, [EDITOR_VI] = IN, [EDITOR_WINDOWS] = WI};
    for (size_t i = 0; i < LEN(bindings); i++) {
        if (bindings[i].modes & modes[keys])
            bind_one(bind, data, false, bindings[i].sequence, bindings[i].command);
        if (keys == EDITOR_VI && bindings[i].modes & CO)
            bind_one(bind, data, true, bindings[i].sequence, bindings[i].command);
    }
}

void editor_default_keys(enum editor_keys keys, editor_bind *bind, void *data)
{
    bind_the_rest(keys == EDITOR_WINDOWS, false, bind, data);
    if (keys == EDITOR_VI)
        bind_the_rest(true, true, bind, data);
    editor_main_keys(keys, bind, data);
}
