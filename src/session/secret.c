#include "session/secret.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Names whose value is secret: NAME=VALUE, --NAME VALUE, --NAME=VALUE, NAME: VALUE. */
static const char *const names[] = {
    "password",      "passwd",        "passphrase", "pass",        "pwd",
    "secret",        "token",         "apikey",     "api_key",     "api-key",
    "access_key",    "access-key",    "secretkey",  "private_key", "private-key",
    "client_secret", "client-secret", "auth_key",   "bearer",      "credentials",
};

/* How tokens of known kinds begin, and how long the rest is at least. */
static const struct {
    const char *prefix;
    size_t rest;
} tokens[] = {
    {"AKIA", 16},       {"ASIA", 16},        {"ghp_", 30},     {"gho_", 30},    {"ghs_", 30},
    {"ghu_", 30},       {"github_pat_", 30}, {"glpat-", 16},   {"xoxb-", 16},   {"xoxp-", 16},
    {"sk-", 24},        {"sk_live_", 16},    {"rk_live_", 16}, {"AIza", 30},    {"ya29.", 20},
    {"eyJhbGciOi", 20}, {"npm_", 30},        {"pypi-", 30},    {"dop_v1_", 30}, {"hvs.", 20},
};

/* Programs whose -p is a password, joined to it. */
static const char *const joined[] = {"mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump"};
/* Programs whose option's next word is a secret. */
static const struct {
    const char *program, *option;
} options[] = {
    {"sshpass", "-p"},   {"curl", "-u"},         {"curl", "--user"},   {"wget", "--password"},
    {"redis-cli", "-a"}, {"ldapsearch", "-w"},   {"ldapmodify", "-w"}, {"htpasswd", "-b"},
    {"smbclient", "-U"}, {"openssl", "-passin"}, {"openssl", "-pass"},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct word {
    const char *text;
    size_t len;
};

/* The next word, without its quotes; false: there is none. */
static bool next_word(const char **at, const char *end, struct word *w)
{
    while (*at < end && strchr(" \t\n;|&()", **at))
        ++*at;
    if (*at == end)
        return false;
    const char *from = *at;
    char quote = 0;
    for (; *at < end && (quote || !strchr(" \t\n;|&()", **at)); ++*at) {
        if (quote ? **at == quote : **at == '\'' || **at == '"')
            quote = quote ? 0 : **at;
        else if (**at == '\\' && quote != '\'' && *at + 1 < end)
            ++*at;
    }
    *w = (struct word){from, (size_t)(*at - from)};
    return true;
}

static bool is(const struct word *w, const char *text)
{
    return w->len == strlen(text) && memcmp(w->text, text, w->len) == 0;
}

/* Is the value given here, and not read from somewhere: $NAME, $(...), a file? */
static bool is_value(const char *text, size_t len)
{
    while (len > 0 && (*text == '\'' || *text == '"')) {
        text++;
        len--;
    }
    return len > 0 && !strchr("$`<@/-", *text);
}

/* Does the name, or what stands behind its last _, - or blank, name a secret? */
static bool names_secret(const char *name, size_t len)
{
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t n = strlen(names[i]);
        if (len < n || strncasecmp(name + len - n, names[i], n) != 0)
            continue;
        if (len == n || !isalnum((unsigned char)name[len - n - 1]))
            return true;
    }
    return false;
}

/* NAME=VALUE, --NAME=VALUE, NAME:VALUE */
static bool is_assignment(const struct word *w)
{
    for (size_t i = 1; i + 1 < w->len; i++)
        if ((w->text[i] == '=' || w->text[i] == ':') && names_secret(w->text, i) &&
            is_value(w->text + i + 1, w->len - i - 1))
            return true;
    return false;
}

/* scheme://user:password@host */
static bool is_url(const struct word *w)
{
    const char *end = w->text + w->len, *slashes = memmem(w->text, w->len, "://", 3);
    if (!slashes)
        return false;
    const char *rest = slashes + 3, *at = memchr(rest, '@', (size_t)(end - rest));
    const char *colon = at ? memchr(rest, ':', (size_t)(at - rest)) : NULL;
    const char *path = memchr(rest, '/', (size_t)(end - rest));
    return colon && colon + 1 < at && (!path || at < path) &&
           is_value(colon + 1, (size_t)(at - colon - 1));
}

static bool is_token(const struct word *w)
{
    for (size_t k = 0; k < COUNT(tokens); k++) {
        size_t n = strlen(tokens[k].prefix);
        const char *at = memmem(w->text, w->len, tokens[k].prefix, n);
        if (!at || (at > w->text && isalnum((unsigned char)at[-1])))
            continue;
        size_t rest = 0, left = w->len - (size_t)(at - w->text) - n;
        while (rest < left && (isalnum((unsigned char)at[n + rest]) || strchr("_-.", at[n + rest])))
            rest++;
        if (rest >= tokens[k].rest)
            return true;
    }
    return false;
}

static struct word base_name(struct word w)
{
    const char *slash = memrchr(w.text, '/', w.len);
    if (slash)
        w = (struct word){slash + 1, w.len - (size_t)(slash + 1 - w.text)};
    return w;
}

static bool takes_joined(const struct word *program, const struct word *w)
{
    for (size_t i = 0; i < COUNT(joined); i++)
        if (is(program, joined[i]) && w->len > 2 && memcmp(w->text, "-p", 2) == 0 &&
            is_value(w->text + 2, w->len - 2))
            return true;
    return false;
}

/* The next word is secret, after this option. */
static bool announces(const struct word *program, const struct word *w)
{
    for (size_t i = 0; i < COUNT(options); i++)
        if (is(program, options[i].program) && is(w, options[i].option))
            return true;
    return w->len > 2 && memcmp(w->text, "--", 2) == 0 && names_secret(w->text, w->len);
}

static bool begins_command(const char *line, const struct word *w)
{
    const char *p = w->text;
    while (p > line && (p[-1] == ' ' || p[-1] == '\t'))
        p--;
    return p == line || strchr("\n;|&(", p[-1]);
}

const char *secret_in(const char *line, size_t len)
{
    const char *at = line, *end = line + len;
    struct word w, program = {"", 0};
    bool announced = false;
    while (next_word(&at, end, &w)) {
        if (begins_command(line, &w) || is(&program, "sudo") || is(&program, "env"))
            program = base_name(w);
        if (announced && is_value(w.text, w.len))
            return "a password option";
        announced = announces(&program, &w);
        if (takes_joined(&program, &w))
            return "a password option";
        if (is_assignment(&w))
            return "a password or token";
        if (is_url(&w))
            return "a password in a URL";
        if (is_token(&w))
            return "a token";
        /* -H 'Authorization: Bearer ...' */
        if (memmem(w.text, w.len, "uthorization: ", 14) && !memchr(w.text, '$', w.len))
            return "an authorization header";
    }
    return NULL;
}
