#include "session/prompt.h"

#include <string.h>

#include "base/utf8.h"
#include "session/prompt_path.h"

#define NAME_COLUMNS 200
#define TOLD_COLUMNS 40 /* of what the shell tells */

static void put_safe(const char *text, size_t columns, struct buf *out)
{
    char safe[NAME_COLUMNS * 4 + 4];
    text = text ? text : "";
    utf8_sanitize(safe, sizeof safe, text, strlen(text), columns, 0);
    buf_puts(out, safe);
}

static void put_host(const struct prompt_values *v, struct buf *out)
{
    put_safe(v->host, NAME_COLUMNS, out);
}

static void put_user(const struct prompt_values *v, struct buf *out)
{
    put_safe(v->user, NAME_COLUMNS, out);
}

static void put_before_cwd(const struct prompt_values *v, struct buf *out)
{
    if (v->before_cwd)
        buf_puts(out, v->before_cwd);
}

static void put_cwd(const struct prompt_values *v, struct buf *out)
{
    put_before_cwd(v, out);
    prompt_path(v->cwd, NULL, v->columns / 2, v->ascii, out);
}

static void put_cwd_home(const struct prompt_values *v, struct buf *out)
{
    put_before_cwd(v, out);
    prompt_path(v->cwd, v->home, v->columns / 2, v->ascii, out);
}

static void put_git(const struct prompt_values *v, struct buf *out)
{
    put_safe(v->git, TOLD_COLUMNS, out);
}

static void put_jobs(const struct prompt_values *v, struct buf *out)
{
    if (v->jobs && strcmp(v->jobs, "0") != 0)
        put_safe(v->jobs, TOLD_COLUMNS, out);
}

static void put_venv(const struct prompt_values *v, struct buf *out)
{
    put_safe(v->venv, TOLD_COLUMNS, out);
}

static void put_status(const struct prompt_values *v, struct buf *out)
{
    if (v->status > 0)
        buf_printf(out, "%d", v->status);
}

static void put_duration(const struct prompt_values *v, struct buf *out)
{
    long long s = v->status < 0 ? 0 : v->duration / 1000;
    if (s >= 3600)
        buf_printf(out, "%lldh%02lldm", s / 3600, s / 60 % 60);
    else if (s >= 60)
        buf_printf(out, "%lldm%02llds", s / 60, s % 60);
    else if (s > 0)
        buf_printf(out, "%lld.%llds", s, (long long)(v->duration % 1000 / 100));
}

static void put_sign(const struct prompt_values *v, struct buf *out)
{
    buf_putc(out, strcmp(v->user, "root") == 0 ? '#' : '>');
}

static const struct field {
    const char *name;
    void (*put)(const struct prompt_values *v, struct buf *out);
    const char *wants; /* what the shell must tell for it; NULL: nothing */
} fields[] = {
    {"host", put_host, NULL},         {"user", put_user, NULL},     {"cwd", put_cwd, NULL},
    {"cwd~", put_cwd_home, "home"},   {"git", put_git, "git"},      {"jobs", put_jobs, "jobs"},
    {"venv", put_venv, "venv"},       {"status", put_status, NULL}, {"sign", put_sign, NULL},
    {"duration", put_duration, NULL},
};

static const struct field *find_field(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strlen(fields[i].name) == len && memcmp(fields[i].name, name, len) == 0)
            return &fields[i];
    return NULL;
}

/* What stands at a place of the template. */
struct part {
    size_t len;         /* of it in the template; 1 for a character that is text */
    bool named;         /* braces with a name in them */
    const char *before; /* what goes before the field, from behind the brace on */
    size_t before_len;
    const char *after;
    size_t after_len;
    const struct field *field; /* NULL: there is none of that name */
};

static struct part part_at(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char rest[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_~";
    struct part part = {.len = 1, .before = text + 1};
    size_t inside = *text == '{' ? strcspn(text + 1, "{}") : 0;
    if (*text != '{' || text[1 + inside] != '}')
        return part;
    const char *end = text + 1 + inside, *name = text + 1 + strcspn(text + 1, letters);
    if (name >= end)
        return part;
    size_t len = strspn(name, rest);
    part.len = inside + 2;
    part.named = true;
    part.before_len = (size_t)(name - part.before);
    part.after = name + len;
    part.after_len = (size_t)(end - part.after);
    if (part.after + strcspn(part.after, letters) >= end)
        part.field = find_field(name, len);
    return part;
}

static void put_part(const struct part *part, const struct prompt_values *values, struct buf *out)
{
    size_t begin = out->len;
    buf_append(out, part->before, part->before_len);
    size_t empty = out->len;
    part->field->put(values, out);
    if (out->len > empty)
        buf_append(out, part->after, part->after_len);
    else
        out->len = begin;
}

void prompt_expand(const char *template, const struct prompt_values *values, struct buf *out,
                   struct prompt_range *host)
{
    *host = (struct prompt_range){0};
    while (*template) {
        struct part part = part_at(template);
        size_t from = out->len;
        if (part.field)
            put_part(&part, values, out);
        else
            buf_append(out, template, part.len);
        if (part.field && part.field->put == put_host && host->to == 0)
            *host = (struct prompt_range){from, out->len};
        template += part.len;
    }
}

const char *prompt_unknown(const char *template)
{
    for (struct part part; *template; template += part.len) {
        part = part_at(template);
        if (part.named && !part.field)
            return template;
    }
    return NULL;
}

bool prompt_has_status(const char *template)
{
    for (struct part part; *template; template += part.len) {
        part = part_at(template);
        if (part.field && part.field->put == put_status)
            return true;
    }
    return false;
}

static bool has_word(struct buf *words, const char *word)
{
    const char *at = buf_str(words);
    size_t len = strlen(word);
    for (; (at = strstr(at, word)) != NULL; at += len)
        if (at[len] == ' ' || at[len] == '\0')
            return true;
    return false;
}

void prompt_wants(const char *template, struct buf *out)
{
    for (struct part part; *template; template += part.len) {
        part = part_at(template);
        const char *wants = part.field ? part.field->wants : NULL;
        if (wants && !has_word(out, wants))
            buf_printf(out, "%s%s", out->len > 0 ? " " : "", wants);
    }
}

bool prompt_is_host(const char *template)
{
    return strcmp(template, PROMPT_HOST) == 0;
}
