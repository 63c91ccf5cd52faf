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

static void put_sign(const struct prompt_values *v, struct buf *out)
{
    buf_putc(out, strcmp(v->user, "root") == 0 ? '#' : '>');
}

static const struct {
    const char *name;
    void (*put)(const struct prompt_values *v, struct buf *out);
} names[] = {
    {"{host}", put_host},     {"{user}", put_user}, {"{cwd}", put_cwd},
    {"{status}", put_status}, {"{sign}", put_sign},
};

void prompt_expand(const char *template, const struct prompt_values *values, struct buf *out)
{
    while (*template) {
        size_t i = 0, count = sizeof names / sizeof names[0];
        while (i < count && strncmp(template, names[i].name, strlen(names[i].name)) != 0)
            i++;
        if (i < count) {
            names[i].put(values, out);
            template += strlen(names[i].name);
        } else {
            buf_putc(out, *template ++);
        }
    }
}
