#include "term/history_import.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"

#define COMMAND_MAX ((size_t)64 << 10) /* bytes; what the history's own file takes */
#define META        0x83               /* zsh: the next byte has bit 5 inverted */

/* One line of the file. */
struct row {
    struct buf text;
    bool any;     /* there is one */
    bool damaged; /* too long, or with a NUL */
};

struct history_import {
    FILE *in;
    enum history_format format;
    struct row row; /* read, and not used yet */
    size_t number;  /* its number, from 1 */
    size_t begins;  /* that of the command's first line */
    bool blocks;    /* bash: a command goes up to the next time */
    int64_t time;   /* bash: of the next command */
    struct buf command;
};

/* ---- lines ---- */

static void read_row(struct history_import *i)
{
    struct row *row = &i->row;
    int c;
    buf_clear(&row->text);
    row->any = row->damaged = false;
    while ((c = getc_unlocked(i->in)) != EOF) {
        row->any = true;
        if (c == '\n')
            break;
        if (c == '\0' || row->text.len >= COMMAND_MAX)
            row->damaged = true;
        else
            buf_putc(&row->text, (char)c);
    }
    i->number += row->any;
}

void history_import_free(struct history_import *i)
{
    if (!i)
        return;
    buf_release_secret(&i->row.text);
    buf_release_secret(&i->command);
    free(i);
}

size_t history_import_line(const struct history_import *i)
{
    return i->begins;
}

/* Digits alone, as far as `end`; -1: something else. */
static int64_t read_number(const char *text, const char *end)
{
    int64_t value = 0;
    if (text == end || end - text > 15)
        return -1;
    for (; text < end; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        value = value * 10 + (*text - '0');
    }
    return value;
}

/* ---- bash ---- */

/* "#1700000000", as bash sees it: a command may begin so, but then nothing tells it apart. */
static int64_t bash_time(const struct row *row)
{
    const char *text = (const char *)buf_data(&row->text);
    return row->text.len > 1 && *text == '#' ? read_number(text + 1, text + row->text.len) : -1;
}

static bool bash_command(struct history_import *i, int64_t *time)
{
    bool first = i->number == 1;
    while (i->row.any && bash_time(&i->row) >= 0) {
        i->time = bash_time(&i->row);
        i->blocks = i->blocks || first;
        read_row(i);
    }
    *time = i->time;
    i->time = 0;
    i->begins = i->number;
    bool damaged = false;
    for (bool more = i->row.any; more; more = i->blocks && i->row.any && bash_time(&i->row) < 0) {
        if (i->command.len > 0)
            buf_putc(&i->command, '\n');
        damaged = damaged || i->row.damaged || i->command.len + i->row.text.len > COMMAND_MAX;
        if (!damaged)
            buf_append(&i->command, buf_data(&i->row.text), i->row.text.len);
        read_row(i);
    }
    return !damaged;
}

/* ---- zsh ---- */

static void zsh_unmetafy(struct buf *b)
{
    uint8_t *to = b->len > 0 ? (uint8_t *)buf_data(b) : NULL, *from = to, *end = to + b->len;
    for (; from < end; from++) {
        bool meta = *from == META && from + 1 < end;
        from += meta;
        *to++ = meta ? *from ^ 32 : *from;
    }
    b->len -= (size_t)(end - to);
}

static bool ends_with(const struct buf *b, char c)
{
    return b->len > 0 && buf_data(b)[b->len - 1] == (uint8_t)c;
}

/* A backslash at a line's end that is the command's has a space put behind it. */
static void zsh_trim(struct buf *b)
{
    size_t len = b->len;
    while (len > 0 && buf_data(b)[len - 1] == ' ')
        len--;
    if (len > 0 && len < b->len && buf_data(b)[len - 1] == '\\')
        b->len--;
}

/* ": SECONDS:DURATION;": how long it is; 0: it is none; -1: it is damaged. */
static long zsh_head(const char *text, size_t len, int64_t *time)
{
    const char *end = text + len, *from = text + 2;
    if (len < 3 || memcmp(text, ": ", 2) != 0 || *from < '0' || *from > '9')
        return 0;
    const char *colon = memchr(from, ':', (size_t)(end - from));
    const char *semicolon = colon ? memchr(colon, ';', (size_t)(end - colon)) : NULL;
    if (!semicolon || read_number(from, colon) < 0 || read_number(colon + 1, semicolon) < 0)
        return -1;
    *time = read_number(from, colon);
    return semicolon + 1 - text;
}

static bool zsh_command(struct history_import *i, int64_t *time)
{
    bool damaged = false, more = true;
    i->begins = i->number;
    while (more && i->row.any) {
        damaged = damaged || i->row.damaged || i->command.len + i->row.text.len > COMMAND_MAX;
        if (!damaged)
            buf_append(&i->command, buf_data(&i->row.text), i->row.text.len);
        more = ends_with(&i->row.text, '\\');
        if (more && !damaged) {
            i->command.len--;
            buf_putc(&i->command, '\n');
        }
        read_row(i);
    }
    zsh_trim(&i->command);
    zsh_unmetafy(&i->command);
    const char *text = buf_str(&i->command);
    long head = zsh_head(text, i->command.len, time);
    if (head == 0 && i->command.len > 1 && text[0] == '\\' && text[1] == ':')
        head = 1;
    if (head > 0)
        buf_consume(&i->command, (size_t)head);
    return !damaged && head >= 0;
}

/* ---- fish ---- */

static const char *fish_field(const struct row *row, const char *name)
{
    size_t len = strlen(name);
    const char *text = (const char *)buf_data(&row->text);
    return row->text.len >= len && memcmp(text, name, len) == 0 ? text + len : NULL;
}

/* "\\n" is a newline, "\\\\" a backslash. */
static void fish_unescape(struct buf *out, const char *text, const char *end)
{
    for (; text < end; text++) {
        bool escaped = *text == '\\' && text + 1 < end && (text[1] == 'n' || text[1] == '\\');
        text += escaped;
        buf_putc(out, escaped && *text == 'n' ? '\n' : *text);
    }
}

static bool fish_command(struct history_import *i, int64_t *time)
{
    const char *command = fish_field(&i->row, "- cmd: ");
    bool damaged = i->row.damaged || !command;
    i->begins = i->number;
    if (!damaged)
        fish_unescape(&i->command, command, (const char *)buf_data(&i->row.text) + i->row.text.len);
    read_row(i);
    while (i->row.any && !damaged && fish_field(&i->row, "  ")) {
        const char *when = fish_field(&i->row, "  when: ");
        if (when)
            *time = read_number(when, (const char *)buf_data(&i->row.text) + i->row.text.len);
        read_row(i);
    }
    *time = *time < 0 ? 0 : *time;
    return !damaged;
}

/* ---- all of them ---- */

/* What holds control characters could not be run from here, and is nothing that was typed. */
static bool is_command(const struct buf *b)
{
    const char *data = (const char *)buf_data(b);
    uint32_t cp;
    for (size_t i = 0, n; i < b->len; i += n) {
        n = utf8_decode(data + i, b->len - i, &cp);
        bool malformed = n == 1 && cp == UTF8_REPLACEMENT;
        if (malformed || (cp < 0x20 && cp != '\t' && cp != '\n') || (cp >= 0x7f && cp < 0xa0))
            return false;
    }
    return true;
}

enum history_import_did history_import_next(struct history_import *i, const char **text,
                                            int64_t *time)
{
    static bool (*const readers[])(struct history_import *, int64_t *) = {
        [HISTORY_BASH] = bash_command, [HISTORY_ZSH] = zsh_command, [HISTORY_FISH] = fish_command};
    while (i->row.any) {
        *time = 0;
        buf_clear(&i->command);
        bool ok = readers[i->format](i, time);
        while (ends_with(&i->command, '\n'))
            i->command.len--;
        if (!ok || !is_command(&i->command))
            return HISTORY_IMPORT_DAMAGED;
        if (i->command.len > 0) {
            *text = buf_str(&i->command);
            return HISTORY_IMPORT_LINE;
        }
    }
    return HISTORY_IMPORT_END;
}

/* By the first line; a plain list is anybody's. */
static enum history_format format_of(const struct row *row)
{
    int64_t time;
    if (fish_field(row, "- cmd: "))
        return HISTORY_FISH;
    const char *text = (const char *)buf_data(&row->text);
    return zsh_head(text, row->text.len, &time) > 0 ? HISTORY_ZSH : HISTORY_BASH;
}

struct history_import *history_import_new(FILE *in, enum history_format format)
{
    struct history_import *i = xcalloc(1, sizeof *i);
    i->in = in;
    read_row(i);
    i->format = format == HISTORY_ANY ? format_of(&i->row) : format;
    return i;
}
