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
#include "proto/ssh_expand.h"
#include "proto/ssh_jump.h"
#include "proto/ssh_name.h"
#include "proto/ssh_settings.h"

#define DEFAULT_TIMEOUT 15
#define CONFIG_MAX      (1024 * 1024)

/* "none" is how ssh_config writes that there is nothing. */
static void drop_none(char **string)
{
    if (*string && (strcasecmp(*string, "none") == 0 || !**string))
        ssh_string_set(string, NULL);
}

/* ---- asking ssh ---- */

static const char **config_argv(const struct ssh_options *o, const struct ssh_name *name,
                                const char *port)
{
    size_t n = 0, extra = 0;
    while (o->identity && o->identity[extra])
        extra++;
    for (size_t i = 0; o->option && o->option[i]; i++)
        extra++;
    const char **argv = xcalloc(2 * extra + 16, sizeof *argv);
    argv[n++] = "ssh";
    argv[n++] = "-G";
    const char *const given[][2] = {
        {"-F", o->file}, {"-l", o->user ? o->user : name->user}, {"-p", port}};
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        if (given[i][1]) {
            argv[n++] = given[i][0];
            argv[n++] = given[i][1];
        }
    for (size_t i = 0; o->identity && o->identity[i]; i++) {
        argv[n++] = "-i";
        argv[n++] = o->identity[i];
    }
    for (size_t i = 0; o->option && o->option[i]; i++) {
        argv[n++] = "-o";
        argv[n++] = o->option[i];
    }
    argv[n++] = "--";
    argv[n] = name->host;
    return argv;
}

static void parse_output(struct ssh_settings *s, char *text)
{
    for (char *line; (line = strsep(&text, "\n"));) {
        char *value = strchr(line, ' ');
        if (!value)
            continue;
        *value++ = '\0';
        ssh_settings_line(s, line, value);
    }
}

/* ssh's own complaint, its first line. */
static bool config_refused(struct buf *errors, struct err *err)
{
    const char *text = buf_str(errors);
    char line[400];
    utf8_sanitize(line, sizeof line, text, strcspn(text, "\r\n"), sizeof line, 0);
    return err_set(err, "the ssh config is not accepted by ssh: %s", *line ? line : "no reason");
}

/* Such as an identity file that is not there; what else it prints concerns its own run. */
static void note_warnings(struct ssh_settings *s, const char *text)
{
    static const char mark[] = "Warning: ";
    while (text && *text) {
        size_t len = strcspn(text, "\r\n");
        if (strncmp(text, mark, strlen(mark)) == 0) {
            char line[300];
            utf8_sanitize(line, sizeof line, text + strlen(mark), len - strlen(mark), 250, 0);
            ssh_settings_notice(s, line);
        }
        text += len + strspn(text + len, "\r\n");
    }
}

static enum capture_result ask_ssh(const struct ssh_options *o, const struct ssh_name *name,
                                   struct ssh_settings *s, struct err *err)
{
    char port[12];
    snprintf(port, sizeof port, "%d", o->port ? o->port : name->port);
    const char **argv = config_argv(o, name, port[0] != '0' ? port : NULL);
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
        parse_output(s, text);
        free(text);
    }
    buf_release(&out);
    buf_release(&errors);
    free(argv);
    return result;
}

/* ---- without ssh ---- */

static bool ask_library(const struct ssh_options *o, const struct ssh_name *name, const char *home,
                        struct ssh_settings *s, struct err *err)
{
    const char *user = o->user ? o->user : name->user;
    for (size_t i = 0; o->identity && o->identity[i]; i++)
        ssh_list_add(&s->identity_file, o->identity[i]);
    if (!ssh_library_config(name->host, user, o->file, s, err))
        return false;
    for (size_t i = 0; o->option && o->option[i]; i++) {
        char *line = xstrdup(o->option[i]);
        size_t key = strcspn(line, "= \t");
        const char *value = line + key + strspn(line + key, "= \t");
        line[key] = '\0';
        ssh_settings_line(s, line, value);
        free(line);
    }
    if (o->port || name->port)
        s->port = o->port ? o->port : name->port;
    char *file = xasprintf("%s/.ssh/known_hosts", home);
    if (!s->user_known_hosts)
        ssh_list_add(&s->user_known_hosts, file);
    free(file);
    if (!s->global_known_hosts)
        ssh_list_add(&s->global_known_hosts, "/etc/ssh/ssh_known_hosts");
    ssh_settings_notice(s, "no ssh program here: of the ssh config only HostName, Port, User, "
                           "IdentityFile and ProxyCommand are followed");
    return true;
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

/* A value that cannot be expanded is left out with a notice, unlike `strict` ones. */
static void expand_list(const struct ssh_expand *e, char ***list, struct ssh_settings *s)
{
    char **old = *list;
    *list = NULL;
    for (size_t i = 0; old && old[i]; i++) {
        struct err why;
        char *value = strcasecmp(old[i], "none") == 0 ? NULL : ssh_expand(e, old[i], &why);
        if (value)
            ssh_list_add(list, value);
        else if (strcasecmp(old[i], "none") != 0)
            ssh_settings_notice(s, why.text);
        free(value);
    }
    ssh_list_free(old);
}

/* The path of an agent's socket: SSH_AUTH_SOCK, $NAME, or a path; NULL: none. */
static bool resolve_socket(const struct ssh_expand *e, char **path, const char *what,
                           struct err *err)
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
    return expand_string(e, path, what, err);
}

/* IdentityAgent: none, or where it is; ForwardAgent: yes, no, or where it is. */
static bool resolve_agents(const struct ssh_expand *e, struct ssh_settings *s, struct err *err)
{
    if (!s->identity_agent)
        ssh_string_set(&s->identity_agent, "SSH_AUTH_SOCK");
    const char *forward = s->forward_agent ? s->forward_agent : "no";
    if (strcasecmp(forward, "yes") == 0)
        ssh_string_set(&s->forward_agent, "SSH_AUTH_SOCK");
    else if (strcasecmp(forward, "no") == 0)
        ssh_string_set(&s->forward_agent, "none");
    return resolve_socket(e, &s->identity_agent, "IdentityAgent", err) &&
           resolve_socket(e, &s->forward_agent, "ForwardAgent", err);
}

/* The values that %h, %r and %p put into a shell's command line must be harmless there. */
static bool resolve_proxy(const struct ssh_expand *e, struct ssh_settings *s, struct err *err)
{
    drop_none(&s->proxy_command);
    drop_none(&s->proxy_jump);
    if (!s->proxy_command)
        return true;
    return ssh_name_check_user(s->user, err) &&
           expand_string(e, &s->proxy_command, "ProxyCommand", err);
}

static bool complete(const struct ssh_options *o, const struct ssh_name *name, const char *home,
                     struct ssh_settings *s, struct err *err)
{
    const struct passwd *pw = getpwuid(getuid());
    const char *local_user = pw ? pw->pw_name : getenv("USER");
    ssh_string_set(&s->name, name->host);
    if (!s->hostname)
        ssh_string_set(&s->hostname, name->host);
    if (!s->user)
        ssh_string_set(&s->user, local_user ? local_user : "root");
    drop_none(&s->host_key_alias);
    drop_none(&s->bind_address);
    if (!ssh_name_check_host(s->hostname, "HostName", err))
        return false;
    struct ssh_expand e = {.home = home,
                           .hostname = s->hostname,
                           .original = name->host,
                           .alias = s->host_key_alias,
                           .user = s->user,
                           .local_user = local_user ? local_user : "",
                           .port = s->port};
    if (!expand_string(&e, &s->host_key_alias, "HostKeyAlias", err) ||
        !resolve_agents(&e, s, err) || !resolve_proxy(&e, s, err))
        return false;
    expand_list(&e, &s->identity_file, s);
    expand_list(&e, &s->certificate_file, s);
    expand_list(&e, &s->user_known_hosts, s);
    expand_list(&e, &s->global_known_hosts, s);
    s->timeout = o->timeout > 0         ? o->timeout
                 : s->timeout > 0       ? s->timeout
                 : o->usual_timeout > 0 ? o->usual_timeout
                                        : DEFAULT_TIMEOUT;
    if (s->port < 1 || s->port > 65535)
        return err_set(err, "port %d is none: 1 to 65535", s->port);
    return true;
}

bool ssh_config_resolve(const struct ssh_options *options, struct ssh_settings *out,
                        struct err *err)
{
    struct ssh_name name;
    *out = (struct ssh_settings){0};
    if (!ssh_name_parse(options->host, &name, err))
        return false;
    const struct passwd *pw = getpwuid(getuid());
    const char *home = getenv("HOME");
    home = home && *home ? home : pw ? pw->pw_dir : "/";
    ssh_settings_init(out);
    bool ok = !options->user || ssh_name_check_user(options->user, err);
    if (ok) {
        enum capture_result asked = ask_ssh(options, &name, out, err);
        ok = asked == CAPTURE_RAN ||
             (asked == CAPTURE_MISSING && ask_library(options, &name, home, out, err));
    }
    ok = ok && complete(options, &name, home, out, err) && ssh_jump_resolve(options, out, err);
    ssh_name_release(&name);
    if (!ok)
        ssh_settings_release(out);
    return ok;
}
