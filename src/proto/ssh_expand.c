#include "proto/ssh_expand.h"

#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "proto/digest.h"

/* A value as it may be shown in an error. */
struct shown {
    char text[256];
};

static struct shown show(const char *value)
{
    struct shown s;
    utf8_sanitize(s.text, sizeof s.text, value, strlen(value), 200, 0);
    return s;
}

/* This machine's name; `whole`: with its domain, as far as it has one. */
static void put_machine(struct buf *out, bool whole)
{
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    buf_append(out, name, whole ? strlen(name) : strcspn(name, "."));
}

/* SHA-1 of %l%h%p%r%j, in hexadecimal. */
static void put_hash(const struct ssh_expand *e, struct buf *out)
{
    struct buf text = {0};
    uint8_t hash[DIGEST_SHA1_LEN];
    if (e->hash) {
        buf_puts(out, e->hash);
        return;
    }
    put_machine(&text, true);
    buf_printf(&text, "%s%d%s%s", e->hostname, e->port, e->user, e->jump ? e->jump : "");
    digest_sha1(buf_data(&text), text.len, hash);
    buf_release(&text);
    for (size_t i = 0; i < sizeof hash; i++)
        buf_printf(out, "%02x", hash[i]);
}

static bool put_token(const struct ssh_expand *e, char token, struct buf *out)
{
    switch (token) {
    case '%': buf_putc(out, '%'); return true;
    case 'C': put_hash(e, out); return true;
    case 'd': buf_puts(out, e->home); return true;
    case 'h': buf_puts(out, e->hostname); return true;
    case 'i': buf_printf(out, "%lu", (unsigned long)getuid()); return true;
    case 'j': buf_puts(out, e->jump ? e->jump : ""); return true;
    case 'k': buf_puts(out, e->alias ? e->alias : e->original); return true;
    case 'L': put_machine(out, false); return true;
    case 'l': put_machine(out, true); return true;
    case 'n': buf_puts(out, e->original); return true;
    case 'p': buf_printf(out, "%d", e->port); return true;
    case 'r': buf_puts(out, e->user); return true;
    case 'u': buf_puts(out, e->local_user); return true;
    default: return false;
    }
}

/* ${NAME}; returns what follows, NULL if it is not closed or not set. */
static const char *put_variable(const char *value, struct buf *out, struct err *err)
{
    const char *end = strchr(value, '}');
    if (!end) {
        err_set(err, "'%s' lacks a '}'", show(value).text);
        return NULL;
    }
    char *name = xstrndup(value + 2, (unsigned long)(end - value - 2));
    const char *text = getenv(name);
    if (text)
        buf_puts(out, text);
    else
        err_set(err, "the environment variable '%s' is not set", show(name).text);
    free(name);
    return text ? end + 1 : NULL;
}

/* `~` and `~user` at the start; returns what follows, NULL: there is no such user. */
static const char *put_home(const struct ssh_expand *e, const char *value, struct buf *out,
                            struct err *err)
{
    if (*value != '~')
        return value;
    size_t len = strcspn(value, "/");
    char *name = xstrndup(value + 1, len - 1);
    const struct passwd *pw = *name ? getpwnam(name) : NULL;
    const char *home = *name ? (pw ? pw->pw_dir : NULL) : e->home;
    if (home)
        buf_puts(out, home);
    else
        err_set(err, "'%s': there is no user '%s' here", show(value).text, show(name).text);
    free(name);
    if (!home)
        return NULL;
    /* One slash between, whatever stands there. */
    if (out->len > 0 && buf_data(out)[out->len - 1] != '/')
        buf_putc(out, '/');
    return value + len + strspn(value + len, "/");
}

static const char *put_rest(const struct ssh_expand *e, const char *value, bool variables,
                            struct buf *out, struct err *err)
{
    for (const char *at = value; at && *at;) {
        if (at[0] == '%') {
            if (!put_token(e, at[1], out)) {
                err_set(err, "'%s': the token '%s' is not known here", show(value).text,
                        show((const char[]){'%', at[1], '\0'}).text);
                return NULL;
            }
            at += 2;
        } else if (variables && at[0] == '$' && at[1] == '{') {
            at = put_variable(at, out, err);
            if (!at)
                return NULL;
        } else {
            buf_putc(out, *at++);
        }
    }
    return value;
}

static char *finish(struct buf *out, const char *ok)
{
    char *text = ok ? xstrdup(buf_str(out)) : NULL;
    buf_release(out);
    return text;
}

char *ssh_expand(const struct ssh_expand *e, const char *value, struct err *err)
{
    struct buf out = {0};
    const char *at = put_home(e, value, &out, err);
    return finish(&out, at ? put_rest(e, at, true, &out, err) : NULL);
}

char *ssh_expand_tilde(const struct ssh_expand *e, const char *value, struct err *err)
{
    struct buf out = {0};
    const char *at = put_home(e, value, &out, err);
    if (at)
        buf_puts(&out, at);
    return finish(&out, at);
}

char *ssh_expand_tokens(const struct ssh_expand *e, const char *value, struct err *err)
{
    struct buf out = {0};
    return finish(&out, put_rest(e, value, false, &out, err));
}
