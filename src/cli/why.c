#include "cli/why.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/utf8.h"

#define PLACES_MAX 256 /* keywords; more than there are */
#define SOURCE_MAX 200 /* columns */

/* ---- values ---- */

static void put_list(struct buf *out, char *const *list, const char *separator, bool names)
{
    for (size_t i = 0; list && list[i]; i++) {
        /* Variables may hold secrets: only their names are shown. */
        size_t len = names ? strcspn(list[i], "=") : strlen(list[i]);
        buf_puts(out, i ? separator : "");
        buf_append(out, list[i], len);
    }
}

static const char *family_name(int family)
{
    return family == AF_INET ? "inet" : family == AF_INET6 ? "inet6" : "any";
}

static void put_escape(struct buf *out, int c)
{
    if (c < 0)
        buf_puts(out, "none");
    else if (c < ' ' || c == 0x7f)
        buf_printf(out, "^%c", c ^ 0x40);
    else
        buf_putc(out, (char)c);
}

static void put_value(struct buf *out, const struct ssh_settings *s, const struct ssh_keyword *k)
{
    static const char *const strict[] = {[STRICT_ASK] = "ask",
                                         [STRICT_YES] = "yes",
                                         [STRICT_NO] = "no",
                                         [STRICT_ACCEPT_NEW] = "accept-new"};
    static const char *const tty[] = {[REQUEST_TTY_AUTO] = "auto",
                                      [REQUEST_TTY_NO] = "no",
                                      [REQUEST_TTY_YES] = "yes",
                                      [REQUEST_TTY_FORCE] = "force"};
    static const char *const level[] = {"QUIET",   "FATAL",  "ERROR",  "INFO",
                                        "VERBOSE", "DEBUG1", "DEBUG2", "DEBUG3"};
    const void *at = (const char *)s + k->offset;
    bool variables = k->offset == offsetof(struct ssh_settings, set_env);
    const char *string;
    switch (k->field) {
    case FIELD_STRING:
    case FIELD_CHOICE:
        string = *(char *const *)at;
        buf_puts(out, string ? string : "");
        break;
    case FIELD_INT: buf_printf(out, "%d", *(const int *)at); break;
    case FIELD_BOOL: buf_puts(out, *(const bool *)at ? "yes" : "no"); break;
    case FIELD_APPEND:
    case FIELD_FILES:
    case FIELD_SEND_ENV: put_list(out, *(char **const *)at, " ", variables); break;
    case FIELD_COMMAS: put_list(out, *(char **const *)at, ",", false); break;
    case FIELD_STRICT: buf_puts(out, strict[s->strict]); break;
    case FIELD_FAMILY: buf_puts(out, family_name(s->family)); break;
    case FIELD_TTY: buf_puts(out, tty[s->request_tty]); break;
    case FIELD_LEVEL: buf_puts(out, level[s->log_level]); break;
    case FIELD_ESCAPE: put_escape(out, s->escape_char); break;
    }
}

static char *value_of(const struct ssh_settings *s, const struct ssh_keyword *k)
{
    struct buf out = {0};
    put_value(&out, s, k);
    char *text = xstrdup(buf_str(&out));
    buf_release(&out);
    return text;
}

char *why_value(const struct ssh_settings *s, const char *name)
{
    const struct ssh_keyword *k = ssh_keyword_find(name);
    return k && k->fate == FATE_FIELD ? value_of(s, k) : NULL;
}

static bool same(const struct ssh_settings *a, const struct ssh_settings *b,
                 const struct ssh_keyword *k)
{
    char *x = value_of(a, k), *y = value_of(b, k);
    bool equal = strcmp(x, y) == 0;
    free(x);
    free(y);
    return equal;
}

/* ---- places ---- */

struct why_places {
    struct {
        struct buf text;
        char *file;   /* of the last line */
    } of[PLACES_MAX]; /* by the keyword's place in the table */
};

struct why_places *why_places_new(void)
{
    return xcalloc(1, sizeof(struct why_places));
}

void why_places_free(struct why_places *places)
{
    for (size_t i = 0; places && i < PLACES_MAX; i++) {
        buf_release(&places->of[i].text);
        free(places->of[i].file);
    }
    free(places);
}

static void put_file(struct buf *out, const char *file)
{
    const char *home = getenv("HOME");
    size_t len = home ? strlen(home) : 0;
    bool inside = len > 1 && strncmp(file, home, len) == 0 && file[len] == '/';
    char shown[SOURCE_MAX * 4];
    utf8_sanitize(shown, sizeof shown, inside ? file + len : file,
                  strlen(inside ? file + len : file), SOURCE_MAX / 2, 0);
    buf_printf(out, "%s%s", inside ? "~" : "", shown);
}

/* "FILE:3", and for further lines of it ",7". */
static void note_line(void *data, const struct ssh_keyword *keyword, const char *file, int line)
{
    struct why_places *places = data;
    size_t i = (size_t)(keyword - ssh_keyword_at(0));
    if (i >= PLACES_MAX)
        BUG("too many keywords");
    struct buf *text = &places->of[i].text;
    const char *last = places->of[i].file;
    bool again = last && strcmp(last, file) == 0;
    if (text->len > SOURCE_MAX || (again && line == 0))
        return;
    if (again) {
        buf_printf(text, ",%d", line);
    } else {
        buf_puts(text, text->len ? " " : "");
        put_file(text, file);
        if (line > 0)
            buf_printf(text, ":%d", line);
        free(places->of[i].file);
        places->of[i].file = xstrdup(file);
    }
    buf_str(text); /* a NUL behind it, for whoever borrows it */
}

struct ssh_trace why_places_trace(struct why_places *places)
{
    return (struct ssh_trace){.line = note_line, .data = places};
}

static const char *place_of(const struct why_places *places, const struct ssh_keyword *k)
{
    const struct buf *text = &places->of[k - ssh_keyword_at(0)].text;
    return text->len > 0 ? (const char *)buf_data(text) : NULL;
}

const char *why_place(const struct why_places *places, const char *keyword)
{
    const struct ssh_keyword *k = ssh_keyword_find(keyword);
    return places && k ? place_of(places, k) : NULL;
}

/* ---- sources ---- */

/* Told by comparing what ssh makes of less and less. */
static const char *rough_source(const struct why_sources *sources, const struct ssh_keyword *k)
{
    if (!sources->config || !sources->defaults)
        return "";
    if (!same(sources->all, sources->config, k))
        return "command line";
    return same(sources->config, sources->defaults, k) ? "default" : "config";
}

/* A line is named only if what it says is in force. */
static char *source_of(const struct why_sources *sources, const struct ssh_keyword *k)
{
    bool timeout = k->offset == offsetof(struct ssh_settings, timeout);
    if (timeout && sources->timeout_given)
        return xstrdup("command line");
    if (!sources->read || !same(sources->all, sources->read, k))
        return xstrdup(rough_source(sources, k));
    const char *place = place_of(sources->places, k), *send = NULL;
    if (k->offset == offsetof(struct ssh_settings, set_env))
        send = why_place(sources->places, "SendEnv");
    if (place && send)
        return xasprintf("%s %s", place, send);
    place = place ? place : send;
    if (!place && timeout && sources->timeout)
        place = sources->timeout;
    return xstrdup(place ? place : "default");
}

/* ---- the table ---- */

struct row {
    const char *name;
    char *source, *value;
};

/* Two keywords fill one field. */
static const char *row_name(const struct ssh_keyword *k)
{
    return k->offset == offsetof(struct ssh_settings, set_env) ? "SetEnv, SendEnv" : k->name;
}

/* False: there is nothing to tell. */
static bool make_row(const struct why_sources *sources, const struct ssh_keyword *k,
                     struct row *row)
{
    char *value = value_of(sources->all, k);
    *row = (struct row){.name = row_name(k), .source = source_of(sources, k)};
    bool usual = *row->source == '\0' || strcmp(row->source, "default") == 0;
    bool wanted = !usual || (*value && k->syntax != SYNTAX_ALGORITHMS);
    if (wanted) {
        char shown[4096];
        utf8_sanitize(shown, sizeof shown, value, strlen(value), 1000, 0);
        row->value = xstrdup(*shown ? shown : "none");
    }
    free(value);
    return wanted;
}

void why_print_settings(FILE *out, const struct why_sources *sources)
{
    struct row rows[PLACES_MAX];
    const struct ssh_keyword *k;
    size_t count = 0;
    int width = 0;
    for (size_t i = 0; (k = ssh_keyword_at(i)); i++) {
        if (k->fate != FATE_FIELD || k->field == FIELD_SEND_ENV)
            continue;
        if (!make_row(sources, k, &rows[count])) {
            free(rows[count].source);
            continue;
        }
        int columns = (int)utf8_columns(rows[count].source, strlen(rows[count].source));
        width = columns > width && columns <= 40 ? columns : width;
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "  %-32s  %-*s  %s\n", rows[i].name, width, rows[i].source, rows[i].value);
        free(rows[i].source);
        free(rows[i].value);
    }
}
