/* The commands that the host's login shell is asked to run. */
#include "session/dialect.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "session/quote.h"

/* From share/shell/, embedded by the build. */
extern const char shell_boot[], shell_start[], shell_signal[], shell_who[], shell_history[];
extern const char shell_word[], shell_complete[], shell_preview[], shell_names[];

#define NAMES_MAX 3000 /* dropbear takes a command of 9000 bytes */

static void assign(struct buf *script, const char *name, const char *value)
{
    buf_printf(script, "%s=", name);
    quote_single(script, value, strlen(value));
    buf_putc(script, '\n');
}

/* The choice of a dialect, as start.sh wants it. */
static void append_choice(const struct dialect *d, bool hooks, bool fields, struct buf *script)
{
    buf_printf(script, "%s)\n__tt_d=%s%s\n__tt_start() {\n%s}\n", d->login, d->name,
               hooks ? "" : "\\?", d->start);
    if (hooks)
        buf_printf(script, "exec 8<<'__tt_end'\n%s%s__tt_end\n", fields ? d->fields : "", d->hooks);
    buf_puts(script, ";;\n");
}

/* With the hooks of the first dialects only. */
static void append_script(const struct dialect_start *start, size_t hooks, struct buf *script)
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
    assign(script, "__tt_want", start->fields ? start->fields : "");
    assign(script, "__tt_cd", start->directory ? buf_str(&cd) : ":");
    buf_release(&cd);
    buf_puts(script, shell_boot);
    bool by_name = !start->shell || strcmp(start->shell, "auto") == 0;
    buf_printf(script, "case %s in\n", by_name ? "$__tt_shell" : start->shell);
    const struct dialect *d, *only = by_name ? NULL : dialect_of(start->shell);
    for (size_t i = 0; (d = dialect_at(i)) != NULL; i++)
        if (d->login && (by_name || d == only))
            append_choice(d, i < hooks, start->fields && *start->fields, script);
    buf_puts(script, "*) __tt_d=plain ;;\nesac\n");
    buf_puts(script, shell_start);
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
        else if (c < 0x20 || c > 0x7e || strchr("'\\!", c))
            buf_printf(out, "\\%03o", c);
        else if (c == '%')
            buf_puts(out, "%%");
        else
            buf_putc(out, (char)c);
    }
    buf_putc(out, '\'');
    buf_release(script);
}

/* How many dialects' hooks the command has room for. */
static size_t hooks_that_fit(const struct dialect_start *start)
{
    size_t hooks = 0;
    while (dialect_at(hooks))
        hooks++;
    for (; start->limit > 0 && hooks > 0; hooks--) {
        struct buf script = {0}, command = {0};
        append_script(start, hooks, &script);
        wrap_script(&script, &command);
        bool fits = command.len <= start->limit;
        buf_release(&command);
        if (fits)
            break;
    }
    return hooks;
}

void dialect_start_script(const struct dialect_start *start, struct buf *script)
{
    append_script(start, hooks_that_fit(start), script);
}

void dialect_start_command(const struct dialect_start *start, struct buf *out)
{
    struct buf script = {0};
    dialect_start_script(start, &script);
    wrap_script(&script, out);
}

void dialect_who_command(long pid, struct buf *out)
{
    struct buf script = {0};
    buf_printf(&script, "__tt_pid=%ld\n%s", pid, shell_who);
    wrap_script(&script, out);
}

void dialect_signal_command(long first, long pid, const char *signal, struct buf *out)
{
    struct buf script = {0};
    buf_printf(&script, "__tt_first=%ld __tt_pid=%ld __tt_signal=%s\n%s", first, pid, signal,
               shell_signal);
    wrap_script(&script, out);
}

void dialect_complete_command(const char *cwd, const char *names, const char *line, size_t len,
                              struct buf *out)
{
    struct buf script = {0};
    assign(&script, "__tt_names", strlen(names) <= NAMES_MAX ? names : "");
    char *text = xstrndup(line, len);
    assign(&script, "__tt_dir", cwd);
    assign(&script, "__tt_line", text);
    buf_puts(&script, shell_word);
    buf_puts(&script, shell_complete);
    wrap_script(&script, out);
    free(text);
}

void dialect_preview_command(const char *cwd, const char *line, const char *kind, struct buf *out)
{
    struct buf script = {0};
    assign(&script, "__tt_dir", cwd);
    assign(&script, "__tt_line", line);
    assign(&script, "__tt_kind", kind);
    buf_puts(&script, shell_word);
    buf_puts(&script, shell_preview);
    wrap_script(&script, out);
}

void dialect_names_command(const char *cwd, const char *path, bool functions, struct buf *out)
{
    struct buf script = {0};
    assign(&script, "__tt_dir", cwd);
    assign(&script, "__tt_path", path);
    assign(&script, "__tt_functions", functions ? "1" : "");
    buf_puts(&script, shell_names);
    wrap_script(&script, out);
}

void dialect_history_command(const struct dialect *d, struct buf *out)
{
    struct buf script = {0};
    assign(&script, "__tt_file", d->history_file);
    buf_puts(&script, shell_history);
    wrap_script(&script, out);
}
