#include "proto/ssh_config_file.h"

#include <errno.h>
#include <glob.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/pattern.h"
#include "base/utf8.h"
#include "proto/ssh_algorithms.h"
#include "proto/ssh_config_match.h"
#include "proto/ssh_config_value.h"
#include "proto/ssh_expand.h"
#include "proto/ssh_settings.h"

#define SYSTEM_FOLDER "/etc/ssh"
#define DEPTH_MAX     16                 /* of Include, as in ssh */
#define LINE_MAX_LEN  (64 * 1024)        /* longer than any list of anything */
#define BYTES_MAX     (16 * 1024 * 1024) /* of all that is read: an Include may multiply it */
#define KEYWORDS_MAX  160

/* Where a line stands; `name` is "command line" for -o. */
struct place {
    const char *name;
    int line;
};

/* How a file is read. */
struct mode {
    bool user;  /* relative names and `~` are the user's */
    bool check; /* it must be nobody else's to write */
    bool never; /* its blocks are looked at, and none of them holds */
    int depth;
};

struct reader {
    const struct ssh_options *options;
    const char *name, *home, *local_user;
    char *host;                  /* what Host is about: the name, the second time HostName */
    char **values[KEYWORDS_MAX]; /* by the keyword's place in the table */
    bool final, wants_final;
    size_t bytes;
    struct ssh_settings *out;
};

static bool wrong(const struct place *place, struct err *err, const char *why)
{
    char text[400], name[200];
    utf8_sanitize(text, sizeof text, why, strlen(why), 240, 0);
    utf8_sanitize(name, sizeof name, place->name, strlen(place->name), 150, 0);
    if (place->line)
        return err_set(err, "%s:%d: %s", name, place->line, text);
    return err_set(err, "%s: %s", name, text);
}

/* ---- what has been read so far ---- */

static char ***values_of(struct reader *r, const struct ssh_keyword *keyword)
{
    size_t i = (size_t)(keyword - ssh_keyword_at(0));
    if (i >= KEYWORDS_MAX)
        BUG("too many keywords");
    return &r->values[i];
}

static const char *first_of(struct reader *r, const char *name)
{
    char **values = *values_of(r, ssh_keyword_find(name));
    return values ? values[0] : NULL;
}

/* HostName knows no tokens but %h and %%. NULL: there is another. Caller frees. */
static char *expand_host_name(const char *value, const char *host)
{
    struct buf out = {0};
    for (const char *at = value; *at; at++) {
        if (*at == '%' && at[1] != 'h' && at[1] != '%') {
            buf_release(&out);
            return NULL;
        }
        if (*at == '%' && *++at == 'h')
            buf_puts(&out, host);
        else
            buf_putc(&out, *at);
    }
    char *text = xstrdup(buf_str(&out));
    buf_release(&out);
    return text;
}

/* The name to connect to, as far as it is known. Caller frees. */
static char *host_so_far(struct reader *r)
{
    const char *value = r->final ? NULL : first_of(r, "HostName");
    char *host = value ? expand_host_name(value, r->host) : NULL;
    return host ? host : xstrdup(r->host);
}

/* ---- blocks ---- */

static enum ssh_matched match_block(struct reader *r, char *const *words, const char **unknown,
                                    struct err *err)
{
    char *host = host_so_far(r);
    const char *user = first_of(r, "User"), *tag = first_of(r, "Tag");
    const char *type = first_of(r, "SessionType"), *command = r->options->command;
    bool plain = !type || strcmp(type, "default") == 0;
    struct ssh_match match = {
        .host = host,
        .original = r->name,
        .user = user ? user : r->local_user,
        .local_user = r->local_user,
        .tag = tag ? tag : "",
        .command = command ? command : "",
        .session = !plain    ? type
                   : command ? "exec"
                             : "shell",
        .final = r->final,
    };
    enum ssh_matched matched = ssh_match(words, &match, unknown, &r->wants_final, err);
    free(host);
    return matched;
}

static bool begin_block(struct reader *r, const struct ssh_config_line *line,
                        const struct place *place, const struct mode *mode, bool *active,
                        struct err *err)
{
    const char *unknown = NULL;
    struct err why;
    enum ssh_matched matched = strcasecmp(line->keyword, "Host") == 0
                                   ? ssh_match_host(line->words, r->host, &why)
                                   : match_block(r, line->words, &unknown, &why);
    *active = matched == MATCHED_YES && !mode->never;
    if (matched == MATCHED_UNKNOWN && !mode->never) {
        char *text = xasprintf("Match %s (%s:%d)", unknown, place->name, place->line);
        char shown[200];
        utf8_sanitize(shown, sizeof shown, text, strlen(text), 150, 0);
        ssh_settings_unfollowed(r->out, shown);
        free(text);
    }
    return matched != MATCHED_WRONG || wrong(place, err, why.text);
}

/* ---- other files ---- */

static bool read_file(struct reader *r, const char *path, const struct mode *mode, bool active,
                      struct err *err);

/* The name of files to include, made absolute; NULL: it cannot be. Caller frees. */
static char *include_path(struct reader *r, const char *word, const struct mode *mode,
                          struct err *err)
{
    const char *port = first_of(r, "Port"), *user = first_of(r, "User");
    char *host = host_so_far(r);
    const struct ssh_expand e = {
        .home = r->home,
        .hostname = host,
        .original = r->name,
        .alias = first_of(r, "HostKeyAlias"),
        .user = user ? user : r->local_user,
        .local_user = r->local_user,
        .port = port ? atoi(port) : 22,
    };
    char *path = NULL;
    if (*word == '~' && !mode->user)
        err_set(err, "Include: '~' is for a user's own file");
    else
        path = ssh_expand(&e, word, err);
    free(host);
    if (!path || *path == '/')
        return path;
    char *whole = mode->user ? xasprintf("%s/.ssh/%s", r->home, path)
                             : xasprintf("%s/%s", SYSTEM_FOLDER, path);
    free(path);
    return whole;
}

static bool include_all(struct reader *r, const char *pattern, const struct place *place,
                        const struct mode *mode, bool active, struct err *err)
{
    glob_t found;
    int rc = glob(pattern, 0, NULL, &found);
    if (rc == GLOB_NOMATCH)
        return true;
    if (rc != 0)
        return wrong(place, err, "Include: the files cannot be listed");
    struct mode inner = *mode;
    inner.check = true;
    inner.never = inner.never || !active;
    inner.depth++;
    bool ok = inner.depth <= DEPTH_MAX || wrong(place, err, "Include: too deep, or in a circle");
    for (size_t i = 0; ok && i < found.gl_pathc; i++)
        ok = read_file(r, found.gl_pathv[i], &inner, active, err);
    globfree(&found);
    return ok;
}

static bool include(struct reader *r, const struct ssh_config_line *line, const struct place *place,
                    const struct mode *mode, bool active, struct err *err)
{
    struct err why;
    bool ok = true;
    for (size_t i = 0; ok && line->words && line->words[i]; i++) {
        char *pattern = include_path(r, line->words[i], mode, &why);
        ok = pattern ? include_all(r, pattern, place, mode, active, err)
                     : wrong(place, err, why.text);
        free(pattern);
    }
    return ok;
}

/* ---- lines ---- */

static bool is_block(const char *keyword)
{
    return strcasecmp(keyword, "Host") == 0 || strcasecmp(keyword, "Match") == 0;
}

static size_t count(char *const *values)
{
    size_t n = 0;
    while (values && values[n])
        n++;
    return n;
}

static void trace(const struct reader *r, const struct ssh_keyword *keyword,
                  const struct place *place)
{
    const struct ssh_trace *t = r->options->trace;
    if (t)
        t->line(t->data, keyword, place->name, place->line);
}

static bool take_value(struct reader *r, const struct ssh_keyword *keyword,
                       const struct ssh_config_line *line, const struct place *place, bool active,
                       struct err *err)
{
    struct err why;
    char **nowhere = NULL, ***values = active ? values_of(r, keyword) : &nowhere;
    /* The two ways exclude each other, "none" too: the first to be set holds. */
    bool jump = keyword->syntax == SYNTAX_JUMP;
    bool late = jump && active && first_of(r, "ProxyCommand");
    size_t before = count(*values);
    bool ok = ssh_config_value(keyword, line, late ? &nowhere : values, &why);
    if (active && count(*values) > before)
        trace(r, keyword, place);
    ssh_list_free(nowhere);
    if (ok && jump && active && !late)
        ssh_list_add(values_of(r, ssh_keyword_find("ProxyCommand")), "none");
    return ok || wrong(place, err, why.text);
}

static bool is_ignored(struct reader *r, const char *keyword)
{
    const char *patterns = first_of(r, "IgnoreUnknown");
    char *name = xstrdup(keyword);
    for (char *c = name; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    bool ignored = patterns && pattern_list_match(patterns, ",", name);
    free(name);
    return ignored;
}

static bool take_keyword(struct reader *r, const struct ssh_config_line *line,
                         const struct place *place, bool active, struct err *err)
{
    const struct ssh_keyword *keyword = ssh_keyword_find(line->keyword);
    if (!keyword) {
        char *why = xasprintf("there is no option '%.60s'", line->keyword);
        bool ok = is_ignored(r, line->keyword) || wrong(place, err, why);
        free(why);
        return ok;
    }
    if (active && strcmp(keyword->name, "RefuseConnection") == 0) {
        char *why = xasprintf("RefuseConnection: %.200s", line->rest);
        wrong(place, err, why);
        free(why);
        return false;
    }
    return take_value(r, keyword, line, place, active, err);
}

/* `mode` is NULL for the command line. */
static bool take_line(struct reader *r, const char *text, const struct place *place,
                      const struct mode *mode, bool *active, struct err *err)
{
    struct ssh_config_line line;
    struct err why;
    bool ok = ssh_config_line_parse(&line, text, &why) || wrong(place, err, why.text);
    if (ok && line.keyword) {
        bool block = is_block(line.keyword), file = strcasecmp(line.keyword, "Include") == 0;
        if ((block || file) && !mode)
            ok = wrong(place, err, "Host, Match and Include are for files");
        else if (block)
            ok = begin_block(r, &line, place, mode, active, err);
        else if (file)
            ok = include(r, &line, place, mode, *active, err);
        else
            ok = take_keyword(r, &line, place, *active, err);
    }
    ssh_config_line_release(&line);
    return ok;
}

static bool read_lines(struct reader *r, FILE *f, const char *path, const struct mode *mode,
                       bool active, struct err *err)
{
    struct place place = {path, 0};
    char *line = xmalloc(LINE_MAX_LEN);
    bool ok = true;
    while (ok && fgets(line, LINE_MAX_LEN, f)) {
        size_t len = strlen(line);
        place.line++;
        r->bytes += len + 1;
        if (len == LINE_MAX_LEN - 1 || r->bytes > BYTES_MAX)
            ok = wrong(&place, err, "too long to be a config");
        ok = ok && take_line(r, line, &place, mode, &active, err);
    }
    free(line);
    return ok;
}

/* As ssh: a file that others may write to is no config. */
static bool is_safe(FILE *f)
{
    struct stat st;
    return fstat(fileno(f), &st) == 0 && (st.st_uid == 0 || st.st_uid == getuid()) &&
           (st.st_mode & 022) == 0;
}

/* A file that is not there is none, unless it was asked for by name. */
static bool read_file(struct reader *r, const char *path, const struct mode *mode, bool active,
                      struct err *err)
{
    const struct place place = {path, 0};
    FILE *f = fopen(path, "re");
    bool asked = r->options->file && mode->depth == 0;
    if (!f && (errno != ENOENT || asked))
        return wrong(&place, err, strerror(errno));
    if (!f)
        return true;
    log_line(2, "reading %s", path);
    bool ok = (!mode->check || is_safe(f) ||
               wrong(&place, err, "others may write to it: chmod go-w, or chown")) &&
              read_lines(r, f, path, mode, active, err);
    fclose(f);
    return ok;
}

/* ---- all of it ---- */

static bool read_files(struct reader *r, struct err *err)
{
    const char *file = r->options->file;
    struct mode mode = {.user = true, .check = !file};
    if (file)
        return strcasecmp(file, "none") == 0 || read_file(r, file, &mode, true, err);
    char *path = xasprintf("%s/.ssh/config", r->home);
    bool ok = read_file(r, path, &mode, true, err);
    free(path);
    mode = (struct mode){.user = false};
    return ok && read_file(r, SYSTEM_FOLDER "/ssh_config", &mode, true, err);
}

static const struct place command_line = {"command line", 0};

static void set_first(struct reader *r, const char *keyword, const char *value)
{
    const struct ssh_keyword *k = ssh_keyword_find(keyword);
    char ***values = values_of(r, k);
    if (!value || *values)
        return;
    ssh_list_add(values, value);
    trace(r, k, &command_line);
}

/* -i FILE: told, and left out, if it is not there. */
static void add_identity(struct reader *r, const char *file)
{
    const struct ssh_expand e = {.home = r->home};
    struct err err;
    char *path = ssh_expand_tilde(&e, file, &err);
    if (path && access(path, F_OK) == 0) {
        const struct ssh_keyword *k = ssh_keyword_find("IdentityFile");
        ssh_list_add(values_of(r, k), path);
        trace(r, k, &command_line);
    } else {
        char shown[300];
        char *text = xasprintf("Identity file %s not accessible: %s", path ? path : file,
                               path ? strerror(errno) : err.text);
        utf8_sanitize(shown, sizeof shown, text, strlen(text), 250, 0);
        ssh_settings_notice(r->out, shown);
        free(text);
    }
    free(path);
}

/* What it says comes first. */
static bool read_command_line(struct reader *r, const struct ssh_name *name, struct err *err)
{
    const struct ssh_options *o = r->options;
    char port[12];
    bool ok = true, active = true;
    snprintf(port, sizeof port, "%d", o->port);
    set_first(r, "Port", o->port ? port : NULL);
    set_first(r, "User", o->user_in_option ? NULL : o->user ? o->user : name->user);
    for (size_t i = 0; o->identity && o->identity[i]; i++)
        add_identity(r, o->identity[i]);
    for (size_t i = 0; ok && o->option && o->option[i]; i++)
        ok = take_line(r, o->option[i], &command_line, NULL, &active, err);
    snprintf(port, sizeof port, "%d", name->port);
    set_first(r, "Port", name->port ? port : NULL);
    set_first(r, "User", o->user_in_option ? name->user : NULL);
    return ok;
}

/* The host to connect to is known after the first reading. */
static bool settle_host(struct reader *r, struct err *err)
{
    const char *value = first_of(r, "HostName");
    char *host = value ? expand_host_name(value, r->host) : xstrdup(r->host);
    if (!host) {
        char shown[200];
        utf8_sanitize(shown, sizeof shown, value, strlen(value), 100, 0);
        return err_set(err, "HostName in the ssh config: '%s' has a token that is not %%h", shown);
    }
    for (char *c = host; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    free(r->host);
    r->host = host;
    ssh_list_free(*values_of(r, ssh_keyword_find("HostName")));
    *values_of(r, ssh_keyword_find("HostName")) = NULL;
    ssh_list_add(values_of(r, ssh_keyword_find("HostName")), host);
    return true;
}

/* ---- into the settings ---- */

static void set_usual(struct reader *r)
{
    static const char *const lists[][7] = {
        {"IdentityFile", "~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ecdsa_sk",
         "~/.ssh/id_ed25519", "~/.ssh/id_ed25519_sk"},
        {"UserKnownHostsFile", "~/.ssh/known_hosts", "~/.ssh/known_hosts2"},
        {"GlobalKnownHostsFile", "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        char ***values = values_of(r, ssh_keyword_find(lists[i][0]));
        bool none = !*values;
        for (size_t k = 1; none && lists[i][k]; k++)
            ssh_list_add(values, lists[i][k]);
    }
}

static bool is_set(struct reader *r, const char *keyword)
{
    const char *value = first_of(r, keyword);
    return value && strcmp(ssh_keyword_plain(value), "no") != 0 && strcasecmp(value, "none") != 0;
}

/* Names of files go on one line, as ssh prints them. */
static void put_line(struct reader *r, const struct ssh_keyword *keyword, char **values)
{
    struct buf line = {0};
    for (size_t i = 0; values && values[i]; i++) {
        buf_puts(&line, line.len ? " " : "");
        buf_puts(&line, values[i]);
        if (keyword->syntax == SYNTAX_REKEY && !strchr(values[i], ' '))
            buf_puts(&line, " 0");
        if (keyword->syntax == SYNTAX_FILES && values[i + 1])
            continue;
        ssh_settings_line(r->out, keyword->name, buf_str(&line));
        buf_clear(&line);
    }
    buf_release(&line);
}

static void put_all(struct reader *r)
{
    const struct ssh_keyword *keyword;
    static const char *const forwards[] = {"LocalForward", "RemoteForward", "DynamicForward",
                                           "Tunnel"};
    for (size_t i = 0; is_set(r, "ClearAllForwardings") && i < 4; i++) {
        ssh_list_free(*values_of(r, ssh_keyword_find(forwards[i])));
        *values_of(r, ssh_keyword_find(forwards[i])) = NULL;
    }
    for (size_t i = 0; (keyword = ssh_keyword_at(i)); i++) {
        const char *usual = ssh_algorithms_usual(keyword->name);
        if (keyword->syntax == SYNTAX_ALGORITHMS && !r->values[i])
            ssh_settings_line(r->out, keyword->name, usual);
        put_line(r, keyword, r->values[i]);
    }
    if (is_set(r, "CanonicalizeHostname"))
        ssh_settings_unfollowed(r->out, "CanonicalizeHostname");
    if (is_set(r, "CanonicalizePermittedCNAMEs"))
        ssh_settings_unfollowed(r->out, "CanonicalizePermittedCNAMEs");
}

bool ssh_config_file_read(const struct ssh_options *options, const struct ssh_name *name,
                          const char *home, struct ssh_settings *out, struct err *err)
{
    const struct passwd *pw = getpwuid(getuid());
    const char *user = pw ? pw->pw_name : getenv("USER");
    struct reader r = {
        .options = options,
        .name = name->host,
        .home = home,
        .local_user = user ? user : "",
        .host = xstrdup(name->host),
        .out = out,
    };
    bool ok = read_command_line(&r, name, err) && read_files(&r, err) && settle_host(&r, err);
    if (ok && r.wants_final) {
        r.final = true;
        ok = read_files(&r, err);
    }
    if (ok) {
        set_usual(&r);
        put_all(&r);
    }
    free(r.host);
    for (size_t i = 0; i < KEYWORDS_MAX; i++)
        ssh_list_free(r.values[i]);
    return ok;
}
