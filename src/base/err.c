#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*death_restore)(void);

bool err_set(struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

void err_on_death(void (*restore)(void))
{
    death_restore = restore;
}

void err_die(const char *file, int line, const char *format, ...)
{
    if (death_restore)
        death_restore();
    fprintf(stderr, "tether: bug at %s:%d: ", file, line);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

void *xmalloc(unsigned long size)
{
    void *p = malloc(size ? size : 1);
    if (!p)
        BUG("out of memory (%lu bytes)", size);
    return p;
}

void *xcalloc(unsigned long count, unsigned long size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        BUG("out of memory (%lu times %lu bytes)", count, size);
    return p;
}

void *xrealloc(void *old, unsigned long size)
{
    void *p = realloc(old, size ? size : 1);
    if (!p)
        BUG("out of memory (%lu bytes)", size);
    return p;
}

char *xstrdup(const char *text)
{
    return xstrndup(text, strlen(text));
}

char *xstrndup(const char *text, unsigned long len)
{
    char *copy = xmalloc(len + 1);
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *xasprintf(const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0)
        BUG("out of memory");
    return text;
}
