#include "proto/ssh_config.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "proto/capture.h"
#include "proto/ssh_config_file.h"
#include "proto/ssh_expand.h"
#include "proto/ssh_jump.h"
#include "proto/ssh_name.h"
#include "proto/ssh_settings.h"

#define DEFAULT_TIMEOUT 15
#define CONFIG_MAX      (1024 * 1024)
#define COMMAND_MAX     (64 * 1024) /* longer than what a Match could be about */

/* Connections are not shared here, so its path may tell what `~` and %C are to ssh itself: the
   home from passwd, and a hash that is made in two ways. */
#define PROBE "ControlPath=~/%C"

/* Where the settings came from, as far as it decides what is still to be expanded. */
struct origin {
    bool file;  /* our own reader: nothing is expanded yet */
    bool old;   /* an ssh before 8.5, which prints more values unexpanded */
    char *home; /* `~` */
    char *hash; /* %C; NULL: to be made */
};

/* "none" is how ssh_config writes that there is nothing. */
static void drop_none(char **string)
{
    if (*string && (strcasecmp(*string, "none") == 0 || !**string))
        ssh_string_set(string, NULL);
}

/* ---- asking ssh ---- */

struct argv {
    const char **words;
    size_t count;
};

/* There is room for one more word behind them. */
static void add_words(struct argv *argv, const char *letter, const char *value)
{
    if (!value)
        return;
    argv->words = xrealloc(argv->words, (argv->count + 4) * sizeof *argv->words);
    argv->words[argv->count++] = letter;
    argv->words[argv->count++] = value;
    argv->words[argv->count] = NULL;
}

/* Of several values of one option ssh takes the first. */
static const char **config_argv(const struct ssh_options *o, const struct ssh_name *name,
                                const char *port)
{
    struct argv argv = {NULL, 0};
    add_words(&argv, "ssh", "-G");
    add_words(&argv, "-o", PROBE);
    add_words(&argv, "-F", o->file);
    add_words(&argv, "-l", o->user ? o->user : o->user_in_option ? NULL : name->user);
    add_words(&argv, "-p", o->port ? port : NULL);
    for (size_t i = 0; o->identity && o->identity[i]; i++)
        add_words(&argv, "-i", o->identity[i]);
    for (size_t i = 0; o->option && o->option[i]; i++)
        add_words(&argv, "-o", o->option[i]);
    add_words(&argv, "-p", !o->port && name->port ? port : NULL);
    add_words(&argv, "--", name->host);
    if (o->command && strlen(o->command) < COMMAND_MAX) {
        argv.words[argv.count++] = o->command; /* for Match command */
        argv.words[argv.count] = NULL;
    }
    return argv.words;
}

static void take_probe(struct origin *from, const char *value)
{
    const char *slash = strrchr(value, '/');
    if (!slash)
        return;
    free(from->home);
    from->home = slash > value ? xstrndup(value, (size_t)(slash - value)) : xstrdup("/");
    ssh_string_set(&from->hash, slash + 1);
}

static void parse_output(struct ssh_settings *s, char *text, struct origin *from)
{
    for (char *line; (line = strsep(&text, "\n"));) {
        char *value = strchr(line, ' ');
        if (!value)
            continue;
        *value++ = '\0';
        if (strcmp(line, "controlpath") == 0)
            take_probe(from, value);
        from->old = from->old || strcmp(line, "pubkeyacceptedkeytypes") == 0;
        ssh_settings_line(s, line, value);
    }
}

/* Its debugging, and what it thinks of its own standard input. */
static bool is_idle_talk(const char *line)
{
    static const char *const begins[] = {"debug", "Pseudo-terminal will not"};
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
        if (strncmp(line, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

/* The next line of what ssh says, cleaned. False: no more. */
static bool next_line(const char **text, char *line, size_t size)
{
    while (**text) {
        size_t len = strcspn(*text, "\r\n");
        bool idle = is_idle_talk(*text);
        utf8_sanitize(line, size, *text, len, size - 1, 0);
        *text += len + strspn(*text + len, "\r\n");
        if (!idle)
            return true;
    }
    return false;
}

static bool config_refused(struct buf *errors, struct err *err)
{
    const char *text = buf_str(errors);
    char line[400];
    bool told = next_line(&text, line, sizeof line);
    return err_set(err, "the ssh config is not accepted by ssh: %s", told ? line : "no reason");
}

/* An identity file that is not there, an option that ssh no longer has; what else it prints
   concerns its own run. */
static void note_warnings(struct ssh_settings *s, const char *text)
{
    static const char mark[] = "Warning: ";
    char line[300];
    while (next_line(&text, line, sizeof line)) {
        if (strncmp(line, mark, strlen(mark)) == 0)
            ssh_settings_notice(s, line + strlen(mark));
        else if (strstr(line, ": Unsupported option "))
            ssh_settings_notice(s, line);
    }
}

static enum capture_result ask_ssh(const struct ssh_options *o, const struct ssh_name *name,
                                   struct ssh_settings *s, struct origin *from, struct err *err)
{
    char port[12];
    snprintf(port, sizeof port, "%d", o->port ? o->port : name->port);
    const char **argv = config_argv(o, name, port);
    struct buf out = {0}, errors = {0};
    int status = 0;
    enum capture_result result = capture_run(argv, o->timeout > 0 ? o->timeout : DEFAULT_TIMEOUT,
                                             CONFIG_MAX, &out, &errors, &status, err);
    if (result == CAPTURE_RAN && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        config_refused(&errors, err);
        result = CAPTURE_FAILED;
    }
    if (result == CAPTURE_RAN) {
        char *text = xstrdup(buf_str(&out));
        note_warnings(s, buf_str(&errors));
        parse_output(s, text, from);
        free(text);
    }
    buf_release(&out);
    buf_release(&errors);
    free(argv);
    return result;
}

/* ---- without ssh ---- */

static bool read_files(const struct ssh_options *o, const struct ssh_name *name,
                       struct ssh_settings *s, struct origin *from, struct err *err)
{
    from->file = true;
    ssh_settings_notice(s, "no ssh program here: tether reads the ssh config itself");
    return ssh_config_file_read(o, name, from->home, s, err);
}

/* ---- making it whole ---- */

static bool expand_string(const struct ssh_expand *e, char **string, const char *what,
                          struct err *err)
{
    struct err why;
    char *value = *string ? ssh_expand(e, *string, &why) : NULL;
    if (*string && !value)
        return err_set(err, "%s in the ssh config: %s", what, why.text);
    free(*string);
    *string = value;
    return true;
}

typedef char *expand(const struct ssh_expand *e, const char *value, struct err *err);

static bool expand_list(expand *with, const struct ssh_expand *e, char ***list, const char *what,
                        struct err *err)
{
    char **old = *list;
    struct err why;
    bool ok = true;
    *list = NULL;
    for (size_t i = 0; ok && old && old[i]; i++) {
        if (strcasecmp(old[i], "none") == 0)
            continue;
        char *value = with(e, old[i], &why);
        if (value)
            ssh_list_add(list, value);
        else
            ok = err_set(err, "%s in the ssh config: %s", what, why.text);
        free(value);
    }
    ssh_list_free(old);
    return ok;
}

/* The path of an agent's socket: SSH_AUTH_SOCK, $NAME, or a path; NULL: none. */
static bool resolve_socket(const struct ssh_expand *e, const struct origin *from, char **path,
                           const char *what, struct err *err)
{
    const char *value = *path;
    const char *variable = strcmp(value, "SSH_AUTH_SOCK") == 0  ? value
                           : value[0] == '$' && value[1] != '{' ? value + 1
                                                                : NULL;
    if (variable) {
        char *name = xstrdup(variable);
        const char *found = getenv(name);
        ssh_string_set(path, found && *found ? found : NULL);
        free(name);
        return true;
    }
    drop_none(path);
    bool whole = *path && **path != '~' && !from->file && !from->old;
    return whole || expand_string(e, path, what, err);
}

/* IdentityAgent: none, or where it is; ForwardAgent: yes (that one), no, or where it is. */
static bool resolve_agents(const struct ssh_expand *e, const struct origin *from,
                           struct ssh_settings *s, struct err *err)
{
    if (!s->identity_agent)
        ssh_string_set(&s->identity_agent, "SSH_AUTH_SOCK");
    if (!resolve_socket(e, from, &s->identity_agent, "IdentityAgent", err))
        return false;
    const char *forward = s->forward_agent ? s->forward_agent : "no";
    if (strcasecmp(forward, "yes") == 0)
        ssh_string_set(&s->forward_agent, s->identity_agent);
    else if (strcasecmp(forward, "no") == 0)
        ssh_string_set(&s->forward_agent, NULL);
    else
        return resolve_socket(e, from, &s->forward_agent, "ForwardAgent", err);
    return true;
}

/* What ssh leaves as it was written, or, in an older one, did not know how to expand. */
static bool resolve_files(const struct ssh_expand *e, const struct origin *from,
                          struct ssh_settings *s, struct err *err)
{
    expand *rest = from->file ? ssh_expand : ssh_expand_tilde;
    return expand_list(ssh_expand, e, &s->identity_file, "IdentityFile", err) &&
           expand_list(ssh_expand, e, &s->certificate_file, "CertificateFile", err) &&
           expand_list(rest, e, &s->revoked_host_keys, "RevokedHostKeys", err) &&
           expand_list(rest, e, &s->user_known_hosts, "UserKnownHostsFile", err) &&
           expand_list(ssh_expand_tilde, e, &s->global_known_hosts, "GlobalKnownHostsFile", err);
}

/* Only tokens: the rest is the shell's. */
static bool expand_command(const struct ssh_expand *e, char **command, const char *what,
                           struct err *err)
{
    struct err why;
    char *value = *command ? ssh_expand_tokens(e, *command, &why) : NULL;
    if (*command && !value)
        return err_set(err, "%s in the ssh config: %s", what, why.text);
    free(*command);
    *command = value;
    return true;
}

/* The values that %h, %r and %p put into a shell's command line must be harmless there. */
static bool resolve_proxy(const struct ssh_expand *e, struct ssh_settings *s, struct err *err)
{
    drop_none(&s->proxy_command);
    drop_none(&s->proxy_jump);
    if (!s->proxy_command)
        return true;
    return ssh_name_check_user(s->user, err) &&
           expand_command(e, &s->proxy_command, "ProxyCommand", err);
}

/* %j: the name of the last host on the way. Caller frees; NULL: there is none. */
static char *last_jump(const struct ssh_settings *s)
{
    struct ssh_name hop;
    struct err err;
    const char *comma = s->proxy_jump ? strrchr(s->proxy_jump, ',') : NULL;
    const char *last = comma ? comma + 1 : s->proxy_jump;
    if (!last || strcasecmp(last, "none") == 0)
        return NULL;
    char *uri = strstr(last, "://") ? xstrdup(last) : xasprintf("ssh://%s", last);
    char *host = ssh_name_parse(uri, &hop, &err) ? xstrdup(hop.host) : NULL;
    free(uri);
    if (host)
        ssh_name_release(&hop);
    return host;
}

static bool complete(const struct ssh_options *o, const struct ssh_name *name,
                     const struct origin *from, struct ssh_settings *s, struct err *err)
{
    const struct passwd *pw = getpwuid(getuid());
    const char *local_user = pw ? pw->pw_name : getenv("USER");
    ssh_string_set(&s->name, name->host);
    if (!s->hostname)
        ssh_string_set(&s->hostname, name->host);
    if (!s->user)
        ssh_string_set(&s->user, local_user ? local_user : "root");
    for (char *c = s->host_key_alias; c && *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    drop_none(&s->bind_address);
    drop_none(&s->remote_command);
    s->timeout = o->timeout > 0         ? o->timeout
                 : s->timeout > 0       ? s->timeout
                 : o->usual_timeout > 0 ? o->usual_timeout
                                        : DEFAULT_TIMEOUT;
    if (s->port < 1 || s->port > 65535)
        return err_set(err, "port %d is none: 1 to 65535", s->port);
    if (!ssh_name_check_host(s->hostname, "HostName", err))
        return false;
    char *jump = last_jump(s);
    const struct ssh_expand e = {.home = from->home,
                                 .hostname = s->hostname,
                                 .original = name->host,
                                 .alias = s->host_key_alias,
                                 .user = s->user,
                                 .local_user = local_user ? local_user : "",
                                 .jump = jump,
                                 .hash = from->hash,
                                 .port = s->port};
    bool ok = resolve_agents(&e, from, s, err) && resolve_files(&e, from, s, err) &&
              resolve_proxy(&e, s, err) &&
              (!from->file || expand_command(&e, &s->remote_command, "RemoteCommand", err));
    free(jump);
    ssh_settings_finish(s);
    return ok;
}

/* ssh asks passwd, not the environment; where it can be asked, its own answer replaces this. */
static char *find_home(void)
{
    const struct passwd *pw = getpwuid(getuid());
    const char *home = getenv("HOME");
    return xstrdup(home && *home ? home : pw ? pw->pw_dir : "/");
}

bool ssh_config_resolve(const struct ssh_options *options, struct ssh_settings *out,
                        struct err *err)
{
    struct ssh_name name;
    *out = (struct ssh_settings){0};
    if (!ssh_name_parse(options->host, &name, err))
        return false;
    struct origin from = {.home = find_home()};
    ssh_settings_init(out);
    bool ok = !options->user || ssh_name_check_user(options->user, err);
    if (ok) {
        enum capture_result asked =
            options->trace ? CAPTURE_MISSING : ask_ssh(options, &name, out, &from, err);
        ok = asked == CAPTURE_RAN ||
             (asked == CAPTURE_MISSING && read_files(options, &name, out, &from, err));
    }
    ok = ok && complete(options, &name, &from, out, err) &&
         (options->trace || ssh_jump_resolve(options, out, err));
    free(from.home);
    free(from.hash);
    ssh_name_release(&name);
    if (!ok)
        ssh_settings_release(out);
    return ok;
}
