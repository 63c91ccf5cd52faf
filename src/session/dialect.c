#include "session/dialect.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "session/quote.h"

#define PASTE_BEGIN "\033[200~"
#define PASTE_END   "\033[201~"
#define EMPTY_LINE  "\033[7775~" /* a line replaces what may stand in the shell's buffer */

/* The private keys are those that share/shell/<name>.sh binds. Adding a dialect: CONTRIBUTING. */
static const struct dialect table[] = {
    {
        .name = "bash",
        .take = TAKE_MARK,
        .take_keys = "\033[7773~",
        .echo = ECHO_PASTE_OFF,
        .submit_before = EMPTY_LINE PASTE_BEGIN,
        .submit_after = PASTE_END "\033[7771~",
        .complete_key = PASTE_END "\033[7772~",
        .redraw_key = "\033[7774~",
    },
    {
        /* bash behind a server that takes no long command: completion goes beside it. */
        .name = "bash-small",
        .take = TAKE_MARK,
        .take_keys = "\033[7773~",
        .echo = ECHO_PASTE_OFF,
        .submit_before = EMPTY_LINE PASTE_BEGIN,
        .submit_after = PASTE_END "\033[7771~",
        .redraw_key = "\033[7774~",
    },
    {
        /* A canonical tty cuts a line at 4095 bytes and runs what is left: n_tty.c. */
        .name = "sh",
        .take = TAKE_ERASE,
        .take_keys = " \025 \025",
        .echo = ECHO_LINE,
        .submit_before = "",
        .submit_after = "\r",
        .line_max = 4000,
        .pieces = true,
        .redraw_key = "",
    },
    {
        /* busybox: Ctrl-E and Ctrl-U of its own editor, which holds 1023 bytes; Tab completes. */
        .name = "ash",
        .take = TAKE_REDRAW,
        .take_keys = "\005 \025",
        .echo = ECHO_LINE,
        .submit_before = "",
        .submit_after = "\r",
        .line_max = 900,
        .pieces = true,
        .redraw_key = "",
    },
};

const struct dialect *dialect_find(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].name, name) == 0)
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

/* What the kernel or a small editor would not take as it is: newlines and tabs by name. */
static void append_piece(struct buf *out, const char *text, size_t len)
{
    size_t start = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != '\n' && text[i] != '\t')
            continue;
        if (i > start)
            quote_single(out, text + start, i - start);
        if (i < len)
            buf_puts(out, text[i] == '\n' ? "$__tt_nl" : "$__tt_tab");
        start = i + 1;
    }
}

/* __tt_l='...'; __tt_l=$__tt_l'...'; ...; and the last line runs it (share/shell/sh.sh). */
static void submit_pieces(const struct dialect *d, const char *text, size_t len, struct buf *out)
{
    /* Each byte may become four, or a variable's name, and the assignment stands before it. */
    const size_t max = d->line_max / 12;
    buf_printf(out, "__tt_s=$? __tt_l=%s", d->submit_after);
    while (len > 0) {
        size_t n = piece_len(text, len, max);
        buf_puts(out, "__tt_l=$__tt_l");
        append_piece(out, text, n);
        buf_puts(out, d->submit_after);
        text += n;
        len -= n;
    }
    buf_printf(out, "__tt_c; eval \"$__tt_l\"%s", d->submit_after);
}

bool dialect_submit(const struct dialect *d, const char *text, size_t len, struct buf *out)
{
    bool special = memchr(text, '\n', len) || memchr(text, '\t', len);
    if ((d->line_max > 0 && len > d->line_max) || (d->pieces && special)) {
        submit_pieces(d, text, len, out);
        return true;
    }
    buf_puts(out, d->submit_before);
    buf_append(out, text, len);
    buf_puts(out, d->submit_after);
    return false;
}

/* From share/shell/, embedded by the build. */
extern const char shell_boot[], shell_start[], shell_sh[];
extern const char shell_bash[], shell_bash_complete[], shell_bash_profile[];
extern const char shell_signal[], shell_complete[];

static void assign(struct buf *script, const char *name, const char *value)
{
    buf_printf(script, "%s=", name);
    quote_single(script, value, strlen(value));
    buf_putc(script, '\n');
}

void dialect_start_script(const struct dialect_start *start, struct buf *script)
{
    struct buf cd = {0};
    if (start->directory) {
        buf_puts(&cd, "cd -- ");
        quote_single(&cd, start->directory, strlen(start->directory));
    }
    for (int i = 0; start->env && start->env[i]; i++) {
        buf_puts(script, "export ");
        quote_single(script, start->env[i], strlen(start->env[i]));
        buf_putc(script, '\n');
    }
    assign(script, "__tt_token", start->token);
    assign(script, "__tt_profile", start->profile ? "1" : "0");
    assign(script, "__tt_again", start->again ? "1" : "0");
    assign(script, "__tt_cd", start->directory ? buf_str(&cd) : ":");
    struct buf bash = {0};
    buf_puts(&bash, shell_bash);
    if (!start->small)
        buf_puts(&bash, shell_bash_complete);
    buf_puts(&bash, shell_bash_profile);
    assign(script, "__tt_bash", buf_str(&bash));
    buf_release(&bash);
    assign(script, "__tt_sh", shell_sh);
    buf_puts(script, shell_boot);
    buf_puts(script, shell_start);
    buf_release(&cd);
}

/*
 * exec sh -c 'eval "$(printf "$0")"' '<script>': inside single quotes only what no login shell
 * gives a meaning to (tcsh expands '!' and cannot hold a newline; fish knows \\ and \'); all
 * else as \ooo for printf(1).
 */
static void wrap_script(struct buf *script, struct buf *out)
{
    buf_puts(out, "exec sh -c 'eval \"$(printf \"$0\")\"' '");
    const uint8_t *data = buf_data(script);
    for (size_t i = 0; i < script->len; i++) {
        uint8_t c = data[i];
        if (c == '\n')
            buf_puts(out, "\\n");
        else if (c < 0x20 || c > 0x7e || strchr("'\"\\!`$", c))
            buf_printf(out, "\\%03o", c);
        else if (c == '%')
            buf_puts(out, "%%");
        else
            buf_putc(out, (char)c);
    }
    buf_putc(out, '\'');
    buf_release(script);
}

void dialect_start_command(const struct dialect_start *start, struct buf *out)
{
    struct buf script = {0};
    dialect_start_script(start, &script);
    wrap_script(&script, out);
}

void dialect_signal_command(long pid, const char *signal, struct buf *out)
{
    struct buf script = {0};
    buf_printf(&script, "__tt_pid=%ld __tt_signal=%s\n%s", pid, signal, shell_signal);
    wrap_script(&script, out);
}

void dialect_complete_command(const char *cwd, const char *line, size_t len, struct buf *out)
{
    struct buf script = {0};
    assign(&script, "__tt_dir", cwd);
    char *text = xstrndup(line, len);
    assign(&script, "__tt_line", text);
    free(text);
    buf_puts(&script, shell_complete);
    wrap_script(&script, out);
}
