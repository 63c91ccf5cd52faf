#include "proto/ssh_expand.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

static bool expand_token(const struct ssh_expand *e, char token, struct buf *out)
{
    char local[256] = "";
    switch (token) {
    case '%': buf_putc(out, '%'); return true;
    case 'd': buf_puts(out, e->home); return true;
    case 'h': buf_puts(out, e->hostname); return true;
    case 'k': buf_puts(out, e->alias ? e->alias : e->original); return true;
    case 'n': buf_puts(out, e->original); return true;
    case 'p': buf_printf(out, "%d", e->port); return true;
    case 'r': buf_puts(out, e->user); return true;
    case 'u': buf_puts(out, e->local_user); return true;
    case 'i': buf_printf(out, "%ld", (long)getuid()); return true;
    case 'L':
    case 'l':
        gethostname(local, sizeof local - 1);
        if (token == 'L')
            local[strcspn(local, ".")] = '\0';
        buf_puts(out, local);
        return true;
    default: return false;
    }
}

/* `~` and `~user` at the start; returns what follows. */
static const char *expand_tilde(const struct ssh_expand *e, const char *value, struct buf *out)
{
    if (*value != '~')
        return value;
    size_t len = strcspn(value, "/");
    const char *home = e->home;
    char *name = xstrndup(value + 1, len - 1);
    if (*name) {
        struct passwd *pw = getpwnam(name);
        home = pw ? pw->pw_dir : NULL;
    }
    free(name);
    if (!home)
        return value;
    buf_puts(out, home);
    return value + len;
}

/* ${NAME}; NULL if it is not closed or not set. */
static const char *expand_variable(const char *value, struct buf *out, struct err *err)
{
    const char *end = strchr(value, '}');
    if (!end) {
        err_set(err, "'%s' lacks a '}'", value);
        return NULL;
    }
    char *name = xstrndup(value + 2, (unsigned long)(end - value - 2));
    const char *text = getenv(name);
    if (text)
        buf_puts(out, text);
    else
        err_set(err, "the environment variable %s is not set", name);
    free(name);
    return text ? end + 1 : NULL;
}

char *ssh_expand(const struct ssh_expand *e, const char *value, struct err *err)
{
    struct buf out = {0};
    const char *at = expand_tilde(e, value, &out);
    while (at && *at) {
        if (at[0] == '%') {
            if (!expand_token(e, at[1], &out)) {
                err_set(err, "'%s': the token %%%c is not known here", value, at[1]);
                at = NULL;
            } else {
                at += 2;
            }
        } else if (at[0] == '$' && at[1] == '{') {
            at = expand_variable(at, &out, err);
        } else {
            buf_putc(&out, *at++);
        }
    }
    char *text = at ? xstrdup(buf_str(&out)) : NULL;
    buf_release(&out);
    return text;
}
