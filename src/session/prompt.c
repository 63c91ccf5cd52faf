#include "session/prompt.h"

#include <string.h>

#include "base/utf8.h"

#define VALUE_COLUMNS 200

static void put_safe(struct buf *out, const char *text)
{
    char safe[VALUE_COLUMNS * 4 + 4];
    utf8_sanitize(safe, sizeof safe, text, strlen(text), VALUE_COLUMNS, 0);
    buf_puts(out, safe);
}

static void put_host(const struct prompt_values *v, struct buf *out)
{
    put_safe(out, v->host);
}

static void put_user(const struct prompt_values *v, struct buf *out)
{
    put_safe(out, v->user);
}

static void put_cwd(const struct prompt_values *v, struct buf *out)
{
    put_safe(out, v->cwd);
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

static const struct {
    const char *name;
    void (*put)(const struct prompt_values *v, struct buf *out);
} names[] = {
    {"{host}", put_host},     {"{user}", put_user},         {"{cwd}", put_cwd},
    {"{status}", put_status}, {"{duration}", put_duration}, {"{sign}", put_sign},
};
#define NAMES (sizeof names / sizeof names[0])

/* The name that stands at `text`; NAMES: none. */
static size_t find_name(const char *text)
{
    size_t i = 0;
    while (i < NAMES && strncmp(text, names[i].name, strlen(names[i].name)) != 0)
        i++;
    return i;
}

void prompt_expand(const char *template, const struct prompt_values *values, struct buf *out)
{
    while (*template) {
        size_t i = find_name(template);
        if (i < NAMES) {
            names[i].put(values, out);
            template += strlen(names[i].name);
        } else {
            buf_putc(out, *template ++);
        }
    }
}

const char *prompt_unknown(const char *template)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    for (const char *at = template; (at = strchr(at, '{')); at++) {
        size_t len = strspn(at + 1, letters);
        if (len > 0 && at[1 + len] == '}' && find_name(at) == NAMES)
            return at;
    }
    return NULL;
}

bool prompt_has_status(const char *template)
{
    return strstr(template, "{status}") != NULL;
}
