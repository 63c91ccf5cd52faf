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

#include <limits.h>
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

/* A blank and a number of at most 18 digits; *at is then behind it. */
static bool parse_number(const char **at, const char *end, int64_t *number)
{
    const char *p = *at;
    if (p == end || *p++ != ' ')
        return false;
    bool negative = p < end && *p == '-';
    const char *digits = p += negative;
    for (*number = 0; p < end && *p >= '0' && *p <= '9' && p - digits < 18; p++)
        *number = *number * 10 + (*p - '0');
    *number = negative ? -*number : *number;
    *at = p;
    return p > digits;
}

/* "US ID TIME STATUS MILLISECONDS CWD US"; returns how long it is, 0: it is none. */
static size_t parse_info(const char *line, size_t len, struct entry *out)
{
    const char *end = len > 0 && line[0] == US ? memchr(line + 1, US, len - 1) : NULL;
    if (!end)
        return 0;
    const char *at = memchr(line, ' ', (size_t)(end - line));
    size_t id = at ? (size_t)(at - line) - 1 : 0;
    int64_t number[3]; /* time, status, duration */
    if (id == 0 || id >= sizeof out->id)
        return 0;
    for (int i = 0; i < 3; i++)
        if (!parse_number(&at, end, &number[i]))
            return 0;
    if (at++ == end)
        return 0;
    if (id > 1 || line[1] != '-')
        memcpy(out->id, line + 1, id);
    out->info = (struct history_info){
        .time = number[0], .status = (int)(number[1] & INT_MAX), .duration = number[2]};
    out->info.status = number[1] < 0 ? -1 : out->info.status;
    out->info.cwd = at < end ? unescape(at, (size_t)(end - at)) : NULL;
    return (size_t)(end - line) + 1;
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
