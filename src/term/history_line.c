/*
 * An entry of the file is one line. In its text `\\n` stands for a newline and `\\\\` for a
 * backslash; a backslash before anything else stands for itself, so a plain list of commands is a
 * valid file. What is known of a command stands before it between two unit separators (0x1f),
 * which no command holds:
 *
 *     US ID TIME STATUS MILLISECONDS CWD US TEXT
 *
 * -1 is a number that is not known. An entry without a text says how an earlier one ended.
 */
#include "term/history_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US '\x1f'

static void escape_append(struct buf *out, const char *text)
{
    for (;;) {
        size_t plain = strcspn(text, "\\\n");
        buf_append(out, text, plain);
        text += plain;
        if (!*text)
            return;
        buf_puts(out, *text == '\n' ? "\\n" : "\\\\");
        text++;
    }
}

static char *unescape(const char *line, size_t len)
{
    char *text = xmalloc(len + 1), *out = text;
    for (size_t i = 0; i < len; i++) {
        char next = i + 1 < len ? line[i + 1] : '\0';
        bool escaped = line[i] == '\\' && (next == '\\' || next == 'n');
        *out++ = !escaped ? line[i] : next == 'n' ? '\n' : '\\';
        i += escaped;
    }
    *out = '\0';
    return text;
}

/* A folder's name that would not be read back is not written. */
static const char *safe_cwd(const struct entry *e)
{
    const char *cwd = e->info.cwd;
    return cwd && !strchr(cwd, US) ? cwd : "";
}

static void put_info(struct buf *out, const struct entry *e, const char *cwd)
{
    buf_printf(out, "%c%s %lld %d %lld ", US, *e->id ? e->id : "-", (long long)e->info.time,
               e->info.status, (long long)e->info.duration);
    escape_append(out, cwd);
    buf_putc(out, US);
}

void history_line_put(struct buf *out, const struct entry *e)
{
    if (*e->id)
        put_info(out, e, safe_cwd(e));
    escape_append(out, e->text);
    buf_putc(out, '\n');
}

void history_line_put_end(struct buf *out, const struct entry *e)
{
    put_info(out, e, "");
    buf_putc(out, '\n');
}

/* "US ID TIME STATUS MILLISECONDS CWD US"; returns how long it is, 0: it is none. */
static size_t parse_info(const char *line, size_t len, struct entry *out)
{
    const char *end = len > 0 && line[0] == US ? memchr(line + 1, US, len - 1) : NULL;
    if (!end)
        return 0;
    char *text = xstrndup(line + 1, (size_t)(end - line - 1));
    char id[ENTRY_ID];
    long long time, duration;
    int status, cwd = 0;
    bool ok = sscanf(text, "%31s %lld %d %lld %n", id, &time, &status, &duration, &cwd) == 4 && cwd;
    if (ok) {
        snprintf(out->id, sizeof out->id, "%s", strcmp(id, "-") == 0 ? "" : id);
        out->info = (struct history_info){.time = time, .status = status, .duration = duration};
        out->info.cwd = text[cwd] ? unescape(text + cwd, strlen(text + cwd)) : NULL;
    }
    free(text);
    return ok ? (size_t)(end - line) + 1 : 0;
}

bool history_line_parse(const char *line, size_t len, struct entry *out)
{
    *out = (struct entry){.info = {.status = -1, .duration = -1}, .state = ENTRY_SAVED};
    size_t info = parse_info(line, len, out);
    if (info == 0 && len > 0 && line[0] == US) /* a later version's, or damaged */
        return false;
    out->text = unescape(line + info, len - info);
    out->len = strlen(out->text);
    return out->len > 0 || info > 0;
}
