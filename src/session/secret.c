#include "session/secret.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TOKEN_MIN    20 /* bytes: the shortest of the tokens */
#define VALUE_MIN    3  /* bytes: a shorter value is a switch or a number */

/* Names whose value is secret: NAME=VALUE, --NAME VALUE, --NAME=VALUE, NAME: VALUE. */
static const char *const names[] = {
    "password",   "passwd",         "passphrase",      "passcode",      "pass",
    "pwd",        "secret",         "token",           "authtoken",     "apikey",
    "api_key",    "api-key",        "access_key",      "access-key",    "secretkey",
    "secret_key", "secret-key",     "secret_key_base", "private_key",   "private-key",
    "auth_key",   "encryption_key", "signing_key",     "accountkey",    "sharedaccesskey",
    "bearer",     "credentials",    "pgpassword",      "rediscli_auth", "sshpass",
};

/* What stands before a name in an option that gives no value: --no-password, --ask-password. */
static const char *const no_value[] = {"--no-",  "--ask-",   "--with-", "--use-",  "--prompt-",
                                       "--show", "--print-", "--get-",  "--list-", "--require-"};

/* Values that are none. */
static const char *const switches[] = {"true", "false", "yes", "none", "null", "auto", "required"};

/* How tokens of known kinds begin, and how long the rest is at least. */
static const struct {
    const char *prefix;
    size_t rest;
} tokens[] = {
    {"AKIA", 16},       {"ASIA", 16},        {"ghp_", 30},
    {"gho_", 30},       {"ghs_", 30},        {"ghu_", 30},
    {"ghr_", 30},       {"github_pat_", 30}, {"glpat-", 16},
    {"glrt-", 16},      {"gldt-", 16},       {"glptt-", 16},
    {"xoxa-", 16},      {"xoxb-", 16},       {"xoxp-", 16},
    {"xoxr-", 16},      {"xoxs-", 16},       {"xapp-", 16},
    {"sk-", 24},        {"sk_live_", 16},    {"sk_test_", 16},
    {"rk_live_", 16},   {"whsec_", 24},      {"AIza", 30},
    {"ya29.", 20},      {"GOCSPX-", 20},     {"eyJhbGciOi", 20},
    {"eyJ0eXAiOi", 20}, {"npm_", 30},        {"pypi-", 30},
    {"dop_v1_", 30},    {"doo_v1_", 30},     {"hvs.", 20},
    {"hvb.", 20},       {"SG.", 40},         {"shpat_", 24},
    {"shpss_", 24},     {"hf_", 30},         {"dckr_pat_", 20},
    {"tskey-", 16},     {"lin_api_", 24},    {"figd_", 24},
    {"PMAK-", 24},      {"pul-", 32},        {"AGE-SECRET-KEY-1", 40},
    {"key-", 32},
};

/* What an option's value must look like to be a secret. */
enum form {
    ANY,
    COLON,   /* name:password */
    PERCENT, /* name%password */
    PASS,    /* pass:password */
    FLAG,    /* the option has no value: it says that the password is an argument */
};

#define MYSQL "mysql mysqldump mysqladmin mysqlimport mysqlcheck mariadb mariadb-dump mariadb-admin"
#define LDAP  "ldapsearch ldapmodify ldapadd ldapdelete ldappasswd ldapwhoami"
#define SMB   "smbclient rpcclient smbget net"
#define SEVEN "7z 7za 7zr 7zz rar unrar"
#define MONGO "mongo mongosh mongodump mongorestore mongoexport mongoimport"

/* Programs whose option is a password. Words are separated by spaces. */
static const struct option {
    const char *programs;
    const char *subcommand; /* NULL: any, or none */
    const char *option;
    bool next, joined; /* the value is the next word, or joined to the option */
    enum form form;
    const char *safer;
} options[] = {
    {MYSQL, NULL, "-p", false, true, ANY, "-p alone asks for it"},
    {"sshpass", NULL, "-p", true, true, ANY, "a key needs none, sshpass -f FILE reads it"},
    {"curl", NULL, "-u --user -U --proxy-user", true, true, COLON, "-u NAME alone asks for it"},
    {"http https xh", NULL, "-a --auth", true, true, COLON, "-a NAME alone asks for it"},
    {"redis-cli", NULL, "-a", true, false, ANY, "the variable REDISCLI_AUTH is read for it"},
    {MONGO, NULL, "-p", true, false, ANY, "-p alone asks for it"},
    {"docker podman buildah nerdctl helm oras skopeo az", "login", "-p", true, true, ANY,
     "without it the program asks for it, or reads --password-stdin"},
    {LDAP, NULL, "-w", true, true, ANY, "-W asks for it"},
    {SMB, NULL, "-U --user", true, true, PERCENT, "without it the program asks"},
    {"htpasswd", NULL, "-b -bc -cb -nb -bn -bB -Bb -nbB -bnB -bBn -cbB -bcB", true, false, FLAG,
     "without -b it asks"},
    {"openssl", NULL, "-pass -passin -passout", true, false, PASS,
     "file:NAME and env:NAME read it"},
    {"openssl", NULL, "-k", true, false, ANY, "without it openssl asks"},
    {"zip unzip zipcloak", NULL, "-P", true, true, ANY, "zip -e asks for it"},
    {SEVEN, NULL, "-p -hp", false, true, ANY, "-p alone asks for it"},
    {"ipmitool", NULL, "-P", true, true, ANY, "-f FILE reads it, -a asks"},
    {"snmpget snmpwalk snmpset snmpbulkwalk", NULL, "-A -X", true, false, ANY,
     "~/.snmp/snmp.conf holds it too"},
    {"sqlcmd bcp osql", NULL, "-P", true, true, ANY, "without it the program asks"},
    {"rdesktop", NULL, "-p", true, false, ANY, "-p - asks for it"},
    {"xfreerdp xfreerdp3", NULL, "/p: /gp:", false, true, ANY, "without it the program asks"},
    {"ssh-keygen", NULL, "-N -P", true, false, ANY, "without it ssh-keygen asks"},
    {"keytool", NULL, "-storepass -keypass -srcstorepass -deststorepass", true, false, ANY,
     "without it keytool asks"},
    {"x11vnc", NULL, "-passwd", true, false, ANY, "-rfbauth FILE reads it"},
    {"setx set setenv", NULL, "", true, false, ANY, ""}, /* of a variable named like one */
    {"aws", "configure", "", true, false, ANY, "aws configure alone asks for it"},
};

/* They take a password on their standard input, if an option says so. */
static const struct {
    const char *program, *option; /* "": any; NULL: without one */
} sinks[] = {
    {"sudo", "-S"},     {"sudo", "--stdin"},      {"passwd", "--stdin"},
    {"chpasswd", NULL}, {"", "--password-stdin"}, {"gpg", "--passphrase-fd"},
    {"kinit", NULL},    {"smbpasswd", "-s"},
};

/* What they are given is searched for, or said: it is not set. */
static const char searchers[] = "grep egrep fgrep zgrep rg ag ack man git apropos";

struct word {
    const char *text;
    size_t len;
};

/* The next word, its quotes in it; false: there is none. */
static bool next_word(const char **at, const char *end, struct word *w)
{
    while (*at < end && strchr(" \t\n;|&()", **at))
        ++*at;
    if (*at >= end)
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

static bool begins(const struct word *w, const char *text)
{
    size_t len = strlen(text);
    return w->len >= len && memcmp(w->text, text, len) == 0;
}

/* The next of a list of words; false: there is none. */
static bool list_next(const char **list, struct word *w)
{
    *list += strspn(*list, " ");
    *w = (struct word){*list, strcspn(*list, " ")};
    *list += w->len;
    return w->len > 0;
}

static bool is_one_of(const struct word *w, const char *list)
{
    for (struct word one; list_next(&list, &one);)
        if (one.len == w->len && memcmp(one.text, w->text, w->len) == 0)
            return true;
    return false;
}

/* Without the quotes about it. */
static struct word bare(struct word w)
{
    while (w.len > 0 && (*w.text == '\'' || *w.text == '"')) {
        w.text++;
        w.len--;
    }
    while (w.len > 0 && (w.text[w.len - 1] == '\'' || w.text[w.len - 1] == '"'))
        w.len--;
    return w;
}

/* Is the value given here, and not read from somewhere: $NAME, $(...), a file? */
static bool is_value(const char *text, size_t len)
{
    struct word w = bare((struct word){text, len});
    while (w.len > 0 && *w.text == ' ') {
        w.text++;
        w.len--;
    }
    if (w.len < VALUE_MIN || strchr("$`<>@/-", *w.text))
        return false;
    for (size_t i = 0; i < COUNT(switches); i++)
        if (w.len == strlen(switches[i]) && strncasecmp(w.text, switches[i], w.len) == 0)
            return false;
    return true;
}

/* Does the name, or what stands behind its last sign, name a secret? */
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

/* NAME=VALUE, --NAME=VALUE; in quotes also NAME: VALUE and "NAME": "VALUE". */
static bool is_assignment(const struct word *w)
{
    bool quoted = false;
    for (size_t i = 0; i + 1 < w->len; i++) {
        char c = w->text[i];
        quoted = quoted || c == '\'' || c == '"';
        if (c != '=' && !(c == ':' && quoted))
            continue;
        struct word name = bare((struct word){w->text, i});
        if (names_secret(name.text, name.len) && is_value(w->text + i + 1, w->len - i - 1))
            return true;
    }
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
    return colon && colon + 1 < at && (!path || at < path) && !strchr("$`<", colon[1]);
}

static bool is_token(const struct word *w)
{
    if (w->len < TOKEN_MIN)
        return false;
    for (size_t k = 0; k < COUNT(tokens); k++) {
        size_t n = strlen(tokens[k].prefix);
        const char *at = memmem(w->text, w->len, tokens[k].prefix, n);
        if (!at || (at > w->text && isalnum((unsigned char)at[-1])))
            continue;
        size_t rest = 0, left = w->len - (size_t)(at - w->text) - n;
        bool digit = false;
        for (; rest < left && (isalnum((unsigned char)at[n + rest]) || strchr("_-.", at[n + rest]));
             rest++)
            digit = digit || isdigit((unsigned char)at[n + rest]);
        if (rest >= tokens[k].rest && digit)
            return true;
    }
    return false;
}

/* -H 'Authorization: Bearer ...' */
static bool is_header(const struct word *w)
{
    const char *at = memmem(w->text, w->len, "uthorization: ", 14);
    return at && !memchr(w->text, '$', w->len);
}

static struct word base_name(struct word w)
{
    const char *slash = memrchr(w.text, '/', w.len);
    if (slash)
        w = (struct word){slash + 1, w.len - (size_t)(slash + 1 - w.text)};
    return w;
}

/* ---- a command and its words ---- */

struct command {
    struct word program;
    uint64_t options;            /* a bit for each of the table that is this program's */
    struct word word;            /* the one looked at */
    bool prefixed;               /* sudo, env or NAME=VALUE: the program comes yet */
    bool skip;                   /* the word is the value of such a prefix's option */
    const struct option *option; /* the word is its value */
    bool named;                  /* the word is the value of an option named like a secret */
    bool said;                   /* echo has said something that could be a password */
    bool fed;                    /* what was said is piped into this command */
    bool sink;                   /* it reads a password from its standard input */
    bool here;                   /* the word is a here-string */
};

static bool fits(const struct option *o, const struct word *value)
{
    struct word w = bare(*value);
    const char *colon = memchr(w.text, ':', w.len), *end = w.text + w.len;
    switch (o->form) {
    case FLAG: return true;
    case COLON: return colon && colon + 1 < end && !strchr("$`", colon[1]) && *w.text != '$';
    case PERCENT: return memchr(w.text, '%', w.len) && !memchr(w.text, '$', w.len);
    case PASS: return begins(&w, "pass:") && is_value(w.text + 5, w.len - 5);
    case ANY: break;
    }
    return is_value(w.text, w.len);
}

/* Is the option one of this program's, with the subcommand that it wants? */
static bool belongs(size_t i, const struct command *c)
{
    const struct option *o = &options[i];
    const char *at = c->program.text;
    if (!(c->options >> i & 1))
        return false;
    bool found = !o->subcommand;
    for (struct word w; !found && next_word(&at, c->word.text, &w);)
        found = is(&w, o->subcommand);
    return found;
}

static const struct option *joined_option(const struct command *c)
{
    for (size_t i = 0; c->options && i < COUNT(options); i++) {
        const char *list = options[i].option;
        if (!options[i].joined || !belongs(i, c))
            continue;
        for (struct word one; list_next(&list, &one);) {
            struct word rest = {c->word.text + one.len, c->word.len - one.len};
            if (c->word.len > one.len && memcmp(c->word.text, one.text, one.len) == 0 &&
                fits(&options[i], &rest))
                return &options[i];
        }
    }
    return NULL;
}

/* The option whose value is the next word. */
static const struct option *next_option(const struct command *c)
{
    const struct word *w = &c->word;
    for (size_t i = 0; c->options && i < COUNT(options); i++) {
        const struct option *o = &options[i];
        bool named =
            *o->option ? is_one_of(w, o->option) : *w->text != '-' && names_secret(w->text, w->len);
        if (o->next && named && w->text != c->program.text && belongs(i, c))
            return o;
    }
    return NULL;
}

static bool announces(const struct word *w)
{
    for (size_t i = 0; i < COUNT(no_value); i++)
        if (begins(w, no_value[i]))
            return false;
    return begins(w, "--") && names_secret(w->text, w->len);
}

static bool is_sink(const struct command *c)
{
    for (size_t i = 0; i < COUNT(sinks); i++) {
        const char *program = sinks[i].program, *option = sinks[i].option;
        if ((!*program || is(&c->program, program)) && (!option || is(&c->word, option)))
            return true;
    }
    return false;
}

/* What stands before the word, if it begins a command: a sign, or the line's begin. */
static const char *begins_command(const char *line, const struct word *w)
{
    const char *p = w->text;
    while (p > line && (p[-1] == ' ' || p[-1] == '\t'))
        p--;
    return p == line ? p : strchr("\n;|&(", p[-1]) ? p - 1 : NULL;
}

static bool is_prefix(const struct word *w)
{
    static const char programs[] = "sudo doas env export time nohup exec command nice";
    const char *equals = memchr(w->text, '=', w->len);
    bool name = isalpha((unsigned char)*w->text) || *w->text == '_';
    return is_one_of(w, programs) || (equals && name);
}

static void set_program(struct command *c, struct word w)
{
    _Static_assert(COUNT(options) <= 64, "a bit for each");
    c->program = base_name(w);
    c->prefixed = is_prefix(&w);
    c->options = 0;
    for (size_t i = 0; i < COUNT(options); i++)
        c->options |= (uint64_t)is_one_of(&c->program, options[i].programs) << i;
}

/* The word begins a command, or goes on with one. */
static void take_word(struct command *c, const char *line, struct word w)
{
    static const char valued[] = "-u -g -U -p -h -C -D -R -T -n --user --group";
    const char *before = begins_command(line, &w);
    bool skipped = c->skip;
    c->skip = false;
    c->word = w;
    if (before) {
        bool piped = before > line && *before == '|' && before[-1] != '|';
        *c = (struct command){.word = w, .fed = piped && c->said};
        set_program(c, w);
    } else if (c->prefixed && *w.text == '-') {
        c->skip = is_one_of(&w, valued);
    } else if (c->prefixed && !skipped) {
        set_program(c, w);
    }
}

/* echo, and what it says, which may be a password. */
static bool says(const struct command *c)
{
    struct word w = bare(c->word);
    return (is(&c->program, "echo") || is(&c->program, "printf")) &&
           c->word.text != c->program.text && is_value(w.text, w.len) && *w.text != '%';
}

/* What the word is. */
static struct secret look(const struct command *c)
{
    const struct word *w = &c->word;
    const struct option *joined = joined_option(c), *of = c->option ? c->option : joined;
    bool valued = joined || (c->option && fits(c->option, w)), option = begins(w, "--");
    bool assigned = is_assignment(w) && !is_one_of(&c->program, searchers);
    if (valued && *of->option)
        return (struct secret){SECRET_OPTION, "a password option", of->safer};
    if ((c->named && is_value(w->text, w->len)) || (option && assigned))
        return (struct secret){SECRET_OPTION, "a password option", ""};
    if (valued || assigned)
        return (struct secret){SECRET_VALUE, "a password or token", ""};
    if (is_url(w))
        return (struct secret){SECRET_URL, "a password in a URL", ""};
    if (is_token(w))
        return (struct secret){SECRET_TOKEN, "a token", ""};
    if (is_header(w))
        return (struct secret){SECRET_HEADER, "an authorization header", ""};
    if (c->sink && (c->fed || (c->here && is_value(w->text, w->len))))
        return (struct secret){SECRET_PIPED, "a password that is echoed", ""};
    return (struct secret){SECRET_NONE, "", ""};
}

/* What it says of those to come. */
static void note(struct command *c)
{
    c->said = c->said || says(c);
    c->option = next_option(c);
    c->named = announces(&c->word);
    c->here = is(&c->word, "<<<");
}

struct secret secret_in(const char *line, size_t len)
{
    const char *at = line, *end = line + len;
    struct command c = {.program = {"", 0}};
    const char *key = memmem(line, len, "PRIVATE KEY-----", 16);
    if (key && memmem(line, (size_t)(key - line), "-----BEGIN ", 11))
        return (struct secret){SECRET_KEY, "a private key", ""};
    for (struct word w; next_word(&at, end, &w);) {
        take_word(&c, line, w);
        c.sink = c.sink || is_sink(&c);
        struct secret found = look(&c);
        if (found.kind != SECRET_NONE)
            return found;
        note(&c);
    }
    return (struct secret){SECRET_NONE, "", ""};
}
