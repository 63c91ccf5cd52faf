#include "session/dialect.h"

#include <ctype.h>
#include <string.h>

#include "session/quote.h"
#include "session/windows.h"

#define PASTE_BEGIN "\033[200~"
#define PASTE_END   "\033[201~"
#define EMPTY_LINE  "\033[7775~" /* a line replaces what may stand in the shell's buffer */

/* From share/shell/, embedded by the build. */
extern const char shell_bash_start[], shell_bash_nested[], shell_bash_hooks[], shell_bash_fields[],
    shell_bash_complete[];
extern const char shell_zsh_start[], shell_zsh_nested[], shell_zsh_hooks[], shell_zsh_fields[],
    shell_zsh_complete[];
extern const char shell_fish_start[], shell_fish_nested[], shell_fish_hooks[], shell_fish_fields[],
    shell_fish_complete[];
extern const char shell_pwsh_start[], shell_pwsh_nested[], shell_pwsh_hooks[], shell_pwsh_fields[],
    shell_pwsh_complete[], shell_pwsh_history[];
extern const char shell_sh_start[], shell_sh_nested[], shell_sh_hooks[], shell_sh_fields[];
extern const char shell_tcsh_start[], shell_tcsh_nested[], shell_tcsh_hooks[], shell_tcsh_fields[];
extern const char shell_yash_start[], shell_yash_hooks[];
extern const char shell_ksh_start[], shell_ksh_nested[], shell_ksh_hooks[], shell_ksh_fields[],
    shell_ksh_complete[];

/* The variables and the alias are those of the files in share/shell/. */
static const struct dialect_pieces sh_pieces = {
    .first = "__tt_s=$? __tt_l=",
    .next = "__tt_l=$__tt_l",
    .newline = "$__tt_nl",
    .tab = "$__tt_tab",
    .last = "__tt_c; eval \"$__tt_l\"",
};
static const struct dialect_pieces csh_pieces = {
    .first = "set __tt_s=$status __tt_l=",
    .next = "set __tt_l=$__tt_l:q",
    .newline = "$__tt_nl:q",
    .tab = "$__tt_tab:q",
    .last = "__tt_c; eval \"set status=$__tt_s$__tt_nl:q$__tt_l:q\"", /* eval begins with 0 */
    .history = true,
    .drops = true,
};

/* (tcsh evaluates no text of many lines: it is in a file, and removes that.) */
static const struct dialect_ask csh_ask = {
    .before = "source `sh -c 'f=$(mktemp);exec 3>&1 >$f;echo /bin/rm -f $f;",
    .after = ";echo $f >&3'`",
    .complaint = "Illegal variable name.",
};
static const struct dialect_ask pwsh_ask = {
    .before = ". ([scriptblock]::Create((sh -c '",
    .after = "') -join \"`n\"))",
    .prompt = "PS ",
    .program = "dotnet",
};

/* The private keys are those that share/shell/<name>.sh binds. Adding a dialect: CONTRIBUTING. */
static const struct dialect table[] = {
    {
        .name = "bash",
        .login = "bash",
        .start = shell_bash_start,
        .nested = shell_bash_nested,
        .hooks = shell_bash_hooks,
        .fields = shell_bash_fields,
        .complete = shell_bash_complete,
        .history_key = "\033[7778~",
        .names_key = "\033[7779~",
        .names = &names_sh,
        .take = TAKE_MARK,
        .take_keys = "\033[7773~",
        .echo = ECHO_PASTE_OFF,
        .submit_before = EMPTY_LINE PASTE_BEGIN,
        .submit_after = PASTE_END "\033[7771~",
        .complete_key = "\033[7772~",
        .load_key = "\033[7776~",
        .text_end = "\a",
        /* (Behind a Ctrl-C in a key's command bash leaves the terminal cooked up to a line's end.)
         */
        .stop_keys = "\003\n",
        .redraws = true,
        .hand_before = EMPTY_LINE PASTE_BEGIN,
        .hand_after = PASTE_END "\033[7774~",
        .external_key = "\033[7777~",
    },
    {
        /* A canonical tty cuts a line at 4095 bytes and runs what is left: n_tty.c. */
        .name = "sh",
        .login = "sh | dash | ash | busybox | mksh | lksh",
        .start = shell_sh_start,
        .nested = shell_sh_nested,
        .hooks = shell_sh_hooks,
        .fields = shell_sh_fields,
        .names_told = true,
        .names = &names_sh,
        .take = TAKE_ERASE,
        .take_keys = "  \025 \025",
        .echo = ECHO_LINE,
        .submit_before = "",
        .submit_after = "\r",
        .line_max = 4000,
        .pieces = &sh_pieces,
        .hand_before = "",
        .hand_after = "",
    },
    {
        /* busybox, as sh.sh finds out: Ctrl-E and Ctrl-U of its own editor, which holds 1023 bytes;
           Tab completes. */
        .name = "ash",
        .history_file = "${HISTFILE:-$HOME/.ash_history}",
        .names_told = true,
        .names = &names_sh,
        .take = TAKE_REDRAW,
        .take_keys = "\005 \025",
        .echo = ECHO_LINE,
        .submit_before = "",
        .submit_after = "\r",
        .line_max = 900,
        .pieces = &sh_pieces,
        .hand_before = "",
        .hand_after = "",
    },
    {
        /* Its prompt heeds no Ctrl-C: an Enter brings another, and an end of file gives up a line
           that waits for its rest. */
        .name = "yash",
        .login = "yash",
        .start = shell_yash_start,
        .nested = shell_sh_nested,
        .hooks = shell_yash_hooks,
        .fields = shell_sh_fields,
        .names_told = true,
        .names = &names_sh,
        .take = TAKE_ERASE,
        .take_keys = "  \025 \025",
        .echo = ECHO_LINE,
        .submit_before = "",
        .submit_after = "\r",
        .line_max = 4000,
        .pieces = &sh_pieces,
        .stop_typed = "\003\r",
        .drop_keys = "\004",
        .hand_before = "",
        .hand_after = "",
    },
    {
        .name = "zsh",
        .login = "zsh",
        .start = shell_zsh_start,
        .nested = shell_zsh_nested,
        .hooks = shell_zsh_hooks,
        .fields = shell_zsh_fields,
        .complete = shell_zsh_complete,
        .history_key = "\033[7778~",
        .names_key = "\033[7779~",
        .names = &names_sh,
        .take = TAKE_MARK,
        .take_keys = "\033[7773~",
        .echo = ECHO_PASTE_OFF_LINE,
        .submit_before = "\033[7771~",
        .submit_after = PASTE_END,
        .complete_key = "\033[7772~",
        .load_key = "\033[7776~",
        .text_end = PASTE_END,
        .notices_on_new_line = true,
        .hand_before = "\033[7774~",
        .hand_after = PASTE_END,
        .external_key = "\033[7777~",
        .external_marked = true,
    },
    {
        /* Keys of F12, with more modifiers than there are: fish 4 drops those of numbers that it
           does not know. */
        .name = "fish",
        .login = "fish",
        .start = shell_fish_start,
        .nested = shell_fish_nested,
        .hooks = shell_fish_hooks,
        .fields = shell_fish_fields,
        .complete = shell_fish_complete,
        .history_key = "\033[24;64~",
        .names_key = "\033[23;57~",
        .names = &names_fish,
        .take = TAKE_MARK,
        .take_keys = "\033[24;59~",
        .echo = ECHO_MARK,
        .submit_before = PASTE_BEGIN,
        .submit_after = PASTE_END "\033[24;57~",
        .complete_key = "\033[24;58~",
        .load_key = "\033[24;62~",
        .drop_keys = "\033[24;61~",
        .coded = true,
        .language = SYNTAX_FISH,
        .filler = "\u23ce",
        .notices_on_new_line = true,
        .hand_before = PASTE_BEGIN,
        .hand_after = PASTE_END "\033[24;60~",
        .external_key = "\033[24;63~",
        .external_marked = true,
    },
    {
        .name = "pwsh",
        .login = "pwsh | pwsh-preview",
        .start = shell_pwsh_start,
        .nested = shell_pwsh_nested,
        .ask = &pwsh_ask,
        .hooks = shell_pwsh_hooks,
        .fields = shell_pwsh_fields,
        .history = shell_pwsh_history,
        .complete = shell_pwsh_complete,
        .names_key = "\030n",
        .names = &names_pwsh,
        .take = TAKE_MARK,
        .take_keys = "\030t",
        .echo = ECHO_MARK,
        .submit_before = "\030s",
        .submit_after = "\r",
        .complete_key = "\030c",
        .load_key = "\030l",
        .text_end = "\r",
        .echoes = true,
        .drop_keys = "\030d",
        .coded = true,
        .language = SYNTAX_PWSH,
        .notices_on_new_line = true,
        .hand_before = "\030h",
        .hand_after = "\r\030i",
        .hand_each = true,
        .external_key = "\030e",
        .external_marked = true,
        .asks = true,
        .before_cwd = "PS ",
        .starts_twice = true,
    },
    {
        /* Its editor takes 80 bytes at once of what a key stands for, each behind a Ctrl-V. */
        .name = "ksh",
        .login = "ksh | ksh93",
        .start = shell_ksh_start,
        .nested = shell_ksh_nested,
        .hooks = shell_ksh_hooks,
        .fields = shell_ksh_fields,
        .complete = shell_ksh_complete,
        .history_key = "\033[7778~",
        .names_key = "\033[7779~",
        .names = &names_sh,
        .take = TAKE_MARK,
        .take_keys = "\033[7773~\033[7770~",
        .echo = ECHO_MARK,
        .submit_before = "\033[7771~",
        .submit_after = "",
        .complete_key = "\033[7772~",
        .load_key = "\033[7776~",
        .text_end = "",
        .echoes = true,
        .coded = true,
        .counted = true,
        .hand_before = "\033[7774~",
        .hand_after = "",
        .hand_max = 30,
    },
    {
        .name = "tcsh",
        .login = "tcsh | csh",
        .start = shell_tcsh_start,
        .nested = shell_tcsh_nested,
        .ask = &csh_ask,
        .hooks = shell_tcsh_hooks,
        .fields = shell_tcsh_fields,
        .history_file = "$HOME/.history",
        .names_told = true,
        .names = &names_csh,
        .take = TAKE_ERASE,
        .take_keys = "  \025 \025",
        .echo = ECHO_LINE,
        .submit_before = "",
        .submit_after = "\r",
        .line_max = 4000,
        .pieces = &csh_pieces,
        .language = SYNTAX_CSH,
        .hand_before = "",
        .hand_after = "",
    },
    {
        /* cmd.exe: its prompt is all that can be marked. */
        .name = "cmd",
        .names_fixed = windows_builtins,
        .names = &names_cmd,
        .take = TAKE_ROW,
        .take_keys = "\033[F\033[1;5H", /* End, Ctrl-Home */
        .settle = 50,
        .asks_status = true,
        .asks = true,
        .echo = ECHO_LINE,
        .submit_before = "",
        .submit_after = "\r",
        .one_line = 8191,
        .leave = "exit\r",
        .language = SYNTAX_CMD,
        .hand_before = "",
        .hand_after = "",
    },
};

const struct dialect *dialect_at(size_t i)
{
    return i < sizeof table / sizeof table[0] ? &table[i] : NULL;
}

const struct dialect *dialect_find(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

/* Is it a word of the pattern, as sh's `case` has it? */
static bool is_word_of(const char *pattern, const char *word)
{
    size_t len = strlen(word);
    while (*pattern) {
        size_t n = strcspn(pattern, " ");
        if (n == len && memcmp(pattern, word, n) == 0)
            return true;
        pattern += n;
        pattern += strspn(pattern, " |");
    }
    return false;
}

const struct dialect *dialect_of(const char *program)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].login && is_word_of(table[i].login, program))
            return &table[i];
    return NULL;
}

long dialect_control(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
            return (long)i;
    }
    return -1;
}

/* A piece ends before a character that would be cut by it. */
static size_t piece_len(const char *text, size_t len, size_t max)
{
    if (len <= max)
        return len;
    size_t n = max;
    while (n > 1 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* In single quotes. Where `!` means history even there, a backslash takes that away. */
static void append_quoted(const struct dialect_pieces *p, const char *text, size_t len,
                          struct buf *out)
{
    if (!p->history) {
        quote_single(out, text, len);
        return;
    }
    buf_putc(out, '\'');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\'')
            buf_puts(out, "'\\''");
        else
            buf_printf(out, text[i] == '!' ? "\\%c" : "%c", text[i]);
    }
    buf_putc(out, '\'');
}

/* What the kernel or a small editor would not take as it is: newlines and tabs by name. */
static void append_piece(const struct dialect_pieces *p, const char *text, size_t len,
                         struct buf *out)
{
    size_t start = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != '\n' && text[i] != '\t')
            continue;
        if (i > start)
            append_quoted(p, text + start, i - start, out);
        if (i < len)
            buf_puts(out, text[i] == '\n' ? p->newline : p->tab);
        start = i + 1;
    }
}

/* As in sh: __tt_l='...'; __tt_l=$__tt_l'...'; ...; and the last line runs it. */
static void submit_pieces(const struct dialect *d, const char *text, size_t len, struct buf *out)
{
    /* Each byte may become four, or a variable's name, and the assignment stands before it. */
    const size_t max = d->line_max / 12;
    buf_printf(out, "%s%s", d->pieces->first, d->submit_after);
    while (len > 0) {
        size_t n = piece_len(text, len, max);
        buf_puts(out, d->pieces->next);
        append_piece(d->pieces, text, n, out);
        buf_puts(out, d->submit_after);
        text += n;
        len -= n;
    }
    buf_printf(out, "%s%s", d->pieces->last, d->submit_after);
}

static void put_coded(const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x80 && (isalnum(c) || strchr("/_.-", c)))
            buf_putc(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

static void put_text(const struct dialect *d, const char *text, size_t len, struct buf *out)
{
    if (!d->coded) {
        buf_append(out, text, len);
        return;
    }
    struct buf coded = {0};
    put_coded(text, len, &coded);
    if (d->counted)
        buf_printf(out, "%zu", 100000000 + coded.len);
    buf_append(out, buf_data(&coded), coded.len);
    buf_release_secret(&coded);
}

static void put_asked(const struct dialect *d, const char *key, const char *text, size_t len,
                      struct buf *out)
{
    buf_puts(out, key);
    put_text(d, text, len, out);
    if (d->text_end)
        buf_puts(out, d->text_end);
    else
        buf_putc(out, '\0');
}

void dialect_load(const struct dialect *d, const char *code, struct buf *out)
{
    put_asked(d, d->load_key, code, strlen(code), out);
}

void dialect_complete(const struct dialect *d, const char *line, size_t len, struct buf *out)
{
    put_asked(d, d->complete_key, line, len, out);
}

void dialect_hand(const struct dialect *d, const char *line, size_t len, struct buf *out)
{
    do {
        size_t n = d->hand_max > 0 ? piece_len(line, len, d->hand_max) : len;
        buf_puts(out, d->hand_before);
        put_text(d, line, n, out);
        buf_puts(out, d->hand_after);
        line += n;
        len -= n;
    } while (len > 0);
}

bool dialect_submit(const struct dialect *d, const char *text, size_t len, struct buf *out)
{
    bool special = memchr(text, '\n', len) || memchr(text, '\t', len);
    if ((d->line_max > 0 && len > d->line_max) || (d->pieces && special)) {
        submit_pieces(d, text, len, out);
        return true;
    }
    buf_puts(out, d->submit_before);
    put_text(d, text, len, out);
    buf_puts(out, d->submit_after);
    return false;
}

void dialect_start_hooks(const struct dialect *d, bool fields, bool coded, struct buf *out)
{
    const char *before = fields ? d->fields : "";
    if (!coded) {
        buf_printf(out, "%zu%s%s", 10000 + strlen(before) + strlen(d->hooks), before, d->hooks);
        return;
    }
    put_coded(before, strlen(before), out);
    put_coded(d->hooks, strlen(d->hooks), out);
    buf_putc(out, '\r');
}
