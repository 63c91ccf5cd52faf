/* tether why [OPTIONS] [USER@]HOST: what connecting would mean, without connecting. */
#include "cli/cli.h"

#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "cli/why.h"
#include "proto/agent_proxy.h"
#include "proto/key_offers.h"
#include "proto/known_hosts.h"
#include "proto/net_connect.h"
#include "proto/ssh_name.h"
#include "session/dialect.h"
#include "session/prompt.h"
#include "term/terminfo.h"

#define AGENT_MS 4000

static void print_clean(const char *before, const char *text, const char *after)
{
    char shown[1024];
    utf8_sanitize(shown, sizeof shown, text, strlen(text), 600, 0);
    printf("%s%s%s", before, shown, after);
}

/* ---- settings ---- */

/* What is told of the host's settings, beside the settings. */
struct telling {
    const struct cli_options *options;
    const struct ssh_settings *all;
    struct why_places *places;
    struct ssh_settings read, config, defaults;
    bool has_read, has_less;
    char *timeout; /* where our own config sets the usual one */
};

/* Our own reading of the files, which knows each line. */
static void read_places(struct telling *t)
{
    struct err err;
    struct ssh_options options = t->options->ssh;
    struct ssh_trace trace = why_places_trace(t->places);
    options.trace = &trace;
    t->has_read = ssh_config_resolve(&options, &t->read, &err);
}

/* The same host, with less to say about it. */
static bool resolve_less(const char *host, const char *file, struct ssh_settings *settings)
{
    struct err err;
    struct ssh_options less = {.host = host, .file = file};
    return ssh_config_resolve(&less, settings, &err);
}

static void resolve_all_less(struct telling *t)
{
    struct ssh_name name;
    struct err err;
    if (!ssh_name_parse(t->options->ssh.host, &name, &err))
        return;
    t->has_less = resolve_less(name.host, t->options->ssh.file, &t->config) &&
                  resolve_less(name.host, "none", &t->defaults);
    ssh_name_release(&name);
}

static void find_timeout(struct telling *t)
{
    char *path;
    struct config *config = cli_config(&path);
    struct config_item item;
    for (size_t i = 0; config && config_item(config, t->all->name, i, &item); i++)
        if (strcmp(item.name, "timeout") == 0 && item.line > 0)
            t->timeout = xasprintf("%s:%d", path, item.line);
    config_free(config);
    free(path);
}

static void telling_release(struct telling *t)
{
    why_places_free(t->places);
    ssh_settings_release(&t->read);
    ssh_settings_release(&t->config);
    ssh_settings_release(&t->defaults);
    free(t->timeout);
}

static void print_settings(const struct telling *t)
{
    printf("settings\n");
    why_print_settings(stdout, &(struct why_sources){
                                   .all = t->all,
                                   .read = t->has_read ? &t->read : NULL,
                                   .places = t->places,
                                   .config = t->has_less ? &t->config : NULL,
                                   .defaults = t->has_less ? &t->defaults : NULL,
                                   .timeout_given = t->options->ssh.timeout > 0,
                                   .timeout = t->timeout,
                               });
}

/* ---- the way there ---- */

static void print_addresses(const struct ssh_settings *s)
{
    struct addrinfo *list = NULL;
    struct err err;
    struct net_wait wait = {.cancel_fd = -1, .deadline = clock_ms() + (int64_t)s->timeout * 1000};
    enum net_result result = net_resolve(s->hostname, s->port, s->family, &wait, &list, &err);
    if (result != NET_OK)
        printf("  %s\n", result == NET_TIMEOUT ? "the name was not resolved in time" : err.text);
    for (const struct addrinfo *a = list; result == NET_OK && a; a = a->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
            printf("  TCP to %s port %d\n", text, s->port);
    }
    if (result == NET_OK)
        freeaddrinfo(list);
}

static void print_hop(const struct ssh_settings *s, size_t number, bool first)
{
    print_clean("  ", number > 0 ? "by way of " : "", "");
    printf("%s: %s@%s port %d%s\n", s->name, s->user, s->hostname, s->port,
           first ? "" : ", as resolved there");
}

static void print_way(const struct ssh_settings *s)
{
    const struct ssh_settings *first = s->jump_count > 0 ? &s->jump[0] : s;
    printf("\nway there\n");
    if (first->proxy_command)
        print_clean("  by the command: ", first->proxy_command, "\n");
    else
        print_addresses(first);
    for (size_t i = 0; i < s->jump_count; i++)
        print_hop(&s->jump[i], i + 1, i == 0);
    print_hop(s, 0, s->jump_count == 0);
}

/* ---- host keys ---- */

static size_t print_files(char *const *list, char **files, size_t n, size_t max)
{
    for (size_t i = 0; list && list[i] && n < max; i++) {
        print_clean("  ", list[i], "");
        printf("%s\n", access(list[i], R_OK) == 0   ? ""
                       : access(list[i], F_OK) == 0 ? " (cannot be read: connecting is refused)"
                                                    : " (not there)");
        files[n++] = list[i];
    }
    return n;
}

static void print_host_keys(const struct ssh_settings *s, const char *of)
{
    char *files[64];
    printf("\nhost keys%s\n", of);
    size_t n = print_files(s->user_known_hosts, files, 0, 32);
    n = print_files(s->global_known_hosts, files, n, 63);
    files[n] = NULL;
    char *name = s->host_key_alias ? known_hosts_name(s->host_key_alias, 22)
                                   : known_hosts_name(s->hostname, s->port);
    char *types = known_hosts_types(files, name);
    if (!types && !s->host_key_alias && s->port != 22) {
        free(name);
        name = known_hosts_name(s->hostname, 22);
        types = known_hosts_types(files, name);
    }
    printf("  known as %s: %s\n", name, types ? types : "no key");
    free(types);
    free(name);
}

/* ---- authentication ---- */

static void print_unused(void *data, bool chosen, const char *text)
{
    (void)data;
    (void)chosen;
    print_clean("  ", text, "\n");
}

static bool wait_agent(void *data, int fd, short events, int64_t deadline)
{
    (void)data;
    struct pollfd polls[] = {{.fd = fd, .events = events}};
    int64_t left = deadline - clock_ms();
    return poll(polls, 1, left > 0 ? (int)left : 0) >= 0;
}

static struct agent_proxy *open_agent(const struct ssh_settings *s)
{
    struct err err;
    static const struct agent_wait wait = {.wait = wait_agent};
    struct agent_proxy *agent =
        s->identity_agent ? agent_proxy_new(s->identity_agent, &wait, clock_ms() + AGENT_MS, &err)
                          : NULL;
    if (!agent)
        printf("  agent: %s\n", s->identity_agent ? err.text : "none");
    return agent;
}

static void print_keys(const struct ssh_settings *s)
{
    struct agent_proxy *agent = open_agent(s);
    struct key_offers *list =
        key_offers_new(s, agent ? agent_proxy_keys(agent) : NULL, print_unused, NULL);
    const struct key_offer *offer;
    printf("  keys, in the order of being offered:%s\n", key_offers_at(list, 0) ? "" : " none");
    for (size_t i = 0; (offer = key_offers_at(list, i)); i++) {
        printf("  %4zu. ", i + 1);
        print_clean("", offer->name, "");
        printf(" (%s%s%s)\n", offer->certificate ? "certificate; " : "",
               offer->path ? "file" : "agent", offer->encrypted ? "; asks for its passphrase" : "");
    }
    key_offers_free(list);
    agent_proxy_free(agent);
}

static bool uses_method(const struct ssh_settings *s, const char *name)
{
    const struct {
        const char *name;
        bool used;
    } methods[] = {
        {"gssapi-with-mic", s->gssapi_auth},
        {"publickey", s->pubkey_auth},
        {"keyboard-interactive", s->kbdint_auth && !s->batch},
        {"password", s->password_auth && !s->batch},
    };
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(methods[i].name, name) == 0)
            return methods[i].used;
    return false;
}

static void print_methods(const struct ssh_settings *s)
{
    bool any = false;
    printf("  methods, in this order as far as the host takes them:");
    for (size_t i = 0; s->preferred_auth && s->preferred_auth[i]; i++) {
        if (!uses_method(s, s->preferred_auth[i]))
            continue;
        printf("%s %s", any ? "," : "", s->preferred_auth[i]);
        any = true;
    }
    printf("%s\n", any ? "" : " none");
}

static void print_authentication(const struct ssh_settings *s, const char *of)
{
    printf("\nauthentication%s\n", of);
    print_methods(s);
    if (s->pubkey_auth)
        print_keys(s);
}

/* ---- the shell ---- */

/* `fields` keeps what the prompt wants to be told. */
static struct dialect_start bootstrap(const struct cli_options *options,
                                      const struct ssh_settings *s, struct buf *fields)
{
    prompt_wants(options->own.prompt, fields);
    return (struct dialect_start){
        .token = "0123456789abcdef0123456789abcdef", /* made anew for each session */
        .shell = options->own.shell,
        .profile = options->own.profile,
        .fields = buf_str(fields),
        .env = (const char *const *)s->set_env,
    };
}

static void print_shell(const struct cli_options *options, const struct ssh_settings *s)
{
    printf("\nshell\n");
    if (cli_no_screen(s, s->remote_command, false)) {
        print_clean("  as ssh does it, nothing of ours is sent",
                    s->remote_command ? "; the command is: " : "", "");
        print_clean("", s->remote_command ? s->remote_command : "", "\n");
        return;
    }
    if (options->own.raw) {
        printf("  the login shell, as ssh starts it; nothing of ours is sent\n");
        return;
    }
    struct buf command = {0}, fields = {0};
    struct dialect_start start = bootstrap(options, s, &fields);
    dialect_start_command(&start, &command);
    printf("  the login shell gets one command of %zu bytes (--show-bootstrap prints it);\n"
           "  lines are edited here if that is a shell that tether knows (see tether(1)), else\n"
           "  it is a plain terminal. With a COMMAND nothing is sent but that.\n",
           command.len);
    buf_release(&command);
    buf_release(&fields);
}

static void show_bootstrap(const struct cli_options *options, const struct ssh_settings *s)
{
    struct buf script = {0}, fields = {0};
    struct dialect_start start = bootstrap(options, s, &fields);
    dialect_start_script(&start, &script);
    fwrite(buf_data(&script), 1, script.len, stdout);
    buf_release(&script);
    buf_release(&fields);
}

/* ---- what is less than it could be ---- */

/* Of the terminal that this is typed on. */
static int print_terminal(void)
{
    struct err err;
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    struct terminfo *ti = terminfo_load(term ? term : "", &err);
    int lines = 0;
    if (!ti)
        lines += printf("  the local terminal is taken for an xterm: TERM names none that is "
                        "known here\n");
    terminfo_free(ti);
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        lines += printf("  what is not ASCII is shown as '?': the locale (LC_ALL, LC_CTYPE, LANG) "
                        "is not UTF-8\n");
    if (no_color && *no_color)
        lines += printf("  no colors: NO_COLOR is set\n");
    return lines;
}

static int print_session(const struct cli_options *options, const struct ssh_settings *s)
{
    const char *why = cli_no_screen(s, s->remote_command, false);
    if (why)
        return printf("  no screen, no line editing: %s\n", why);
    return (options->own.raw ? printf("  no line editing: raw is asked for (--raw, or the "
                                      "setting raw)\n")
            : strcmp(options->own.shell, "plain") == 0
                ? printf("  no line editing: the shell is taken for a plain one (--shell, or the "
                         "setting shell)\n")
                : 0) +
           print_terminal();
}

/* What is not as in ssh. */
static int print_notices(const struct telling *t, const struct ssh_settings *s)
{
    int lines = 0;
    if (s->notice) {
        printf("  %s%s", s == t->all ? "" : s->name, s == t->all ? "" : ": ");
        print_clean("", s->notice, "\n");
        lines++;
    }
    for (size_t i = 0; s == t->all && s->not_followed && s->not_followed[i]; i++) {
        const char *place = why_place(t->places, s->not_followed[i]);
        if (place)
            printf("  %s is asked for by %s\n", s->not_followed[i], place);
    }
    return lines;
}

static void print_degraded(const struct telling *t)
{
    printf("\ndegraded, and why\n");
    int lines = print_session(t->options, t->all);
    for (size_t i = 0; i < t->all->jump_count; i++)
        lines += print_notices(t, &t->all->jump[i]);
    lines += print_notices(t, t->all);
    if (lines == 0)
        printf("  nothing\n");
}

static void print_host(const struct ssh_settings *s, bool alone)
{
    char *of = alone ? xstrdup("") : xasprintf(" of %s", s->name);
    print_host_keys(s, of);
    free(of);
    of = alone ? xstrdup("") : xasprintf(" at %s", s->name);
    print_authentication(s, of);
    free(of);
}

static void print_all(const struct cli_options *options, const struct ssh_settings *s)
{
    struct telling t = {.options = options, .all = s, .places = why_places_new()};
    read_places(&t);
    resolve_all_less(&t);
    find_timeout(&t);
    print_settings(&t);
    print_way(s);
    for (size_t i = 0; i < s->jump_count; i++)
        print_host(&s->jump[i], false);
    print_host(s, s->jump_count == 0);
    print_shell(options, s);
    print_degraded(&t);
    telling_release(&t);
}

static int why(struct cli_options *options, int argc, char **argv)
{
    if (!cli_options_read(options, argc, argv))
        return EXIT_USAGE;
    if (options->rest < argc) {
        options->ssh.host = argv[options->rest];
        if (!cli_options_more(options, argc, argv))
            return EXIT_USAGE;
    }
    if (!options->ssh.host || options->rest < argc)
        return cli_usage("usage: tether why [OPTIONS] [USER@]HOST");
    struct ssh_settings settings;
    if (!cli_settings(options, &settings))
        return EXIT_LOCAL;
    if (options->show_bootstrap)
        show_bootstrap(options, &settings);
    else
        print_all(options, &settings);
    ssh_settings_release(&settings);
    return 0;
}

int cmd_why(int argc, char **argv)
{
    struct cli_options options;
    int status = why(&options, argc, argv);
    cli_options_release(&options);
    return status;
}
