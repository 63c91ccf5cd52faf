/* tether why [OPTIONS] [USER@]HOST: what connecting would mean, without connecting. */
#include "cli/cli.h"

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

#define AGENT_MS 4000

static void print_clean(const char *before, const char *text, const char *after)
{
    char shown[1024];
    utf8_sanitize(shown, sizeof shown, text, strlen(text), 600, 0);
    printf("%s%s%s", before, shown, after);
}

/* ---- settings ---- */

/* The same host, with less to say about it. */
static bool resolve_less(const char *host, const char *file, struct ssh_settings *settings)
{
    struct err err;
    struct ssh_options less = {.host = host, .file = file};
    return ssh_config_resolve(&less, settings, &err);
}

static void print_settings(const struct cli_options *options, const struct ssh_settings *settings)
{
    struct ssh_settings config = {0}, defaults = {0};
    struct ssh_name name;
    struct err err;
    bool told = ssh_name_parse(options->ssh.host, &name, &err);
    if (told) {
        told = resolve_less(name.host, options->ssh.file, &config) &&
               resolve_less(name.host, "none", &defaults);
        ssh_name_release(&name);
    }
    printf("settings\n");
    why_print_settings(stdout, &(struct why_sources){.all = settings,
                                                     .config = told ? &config : NULL,
                                                     .defaults = told ? &defaults : NULL});
    ssh_settings_release(&config);
    ssh_settings_release(&defaults);
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

static void print_way(const struct ssh_settings *s)
{
    printf("\nway there\n");
    if (!s->proxy_command && s->jump_count == 0) {
        print_addresses(s);
        return;
    }
    if (s->proxy_command)
        print_clean("  by the command: ", s->proxy_command, "\n");
    for (size_t i = 0; i < s->jump_count; i++)
        printf("  by way of %s: %s@%s port %d\n", s->jump[i].name, s->jump[i].user,
               s->jump[i].hostname, s->jump[i].port);
    printf("  then %s port %d, as resolved there\n", s->hostname, s->port);
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

static void print_host_keys(const struct ssh_settings *s)
{
    char *files[64];
    printf("\nhost keys\n");
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

static void print_authentication(const struct ssh_settings *s)
{
    char *methods = why_value(s, "PreferredAuthentications");
    printf("\nauthentication\n");
    print_clean("  methods, in this order as far as the host takes them: ", methods, "\n");
    free(methods);
    if (s->pubkey_auth)
        print_keys(s);
}

/* ---- the shell ---- */

static struct dialect_start bootstrap(const struct cli_options *options,
                                      const struct ssh_settings *s)
{
    return (struct dialect_start){
        .token = "0123456789abcdef0123456789abcdef", /* made anew for each session */
        .profile = options->own.profile,
        .env = (const char *const *)s->set_env,
    };
}

static void print_shell(const struct cli_options *options, const struct ssh_settings *s)
{
    struct buf command = {0};
    struct dialect_start start = bootstrap(options, s);
    dialect_start_command(&start, &command);
    printf("\nshell\n"
           "  the login shell gets one command of %zu bytes (--show-bootstrap prints it);\n"
           "  it edits lines here if that shell is bash, zsh, dash or busybox's ash, else it is\n"
           "  a plain terminal. With a COMMAND nothing is sent but that.\n",
           command.len);
    buf_release(&command);
}

static void show_bootstrap(const struct cli_options *options, const struct ssh_settings *s)
{
    struct buf script = {0};
    struct dialect_start start = bootstrap(options, s);
    dialect_start_script(&start, &script);
    fwrite(buf_data(&script), 1, script.len, stdout);
    buf_release(&script);
}

static void print_all(const struct cli_options *options, const struct ssh_settings *s)
{
    print_settings(options, s);
    print_way(s);
    print_host_keys(s);
    print_authentication(s);
    print_shell(options, s);
    printf("\nnot as in ssh\n");
    print_clean("  ", s->notice ? s->notice : "nothing", "\n");
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
