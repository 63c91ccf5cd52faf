/* The options that all commands that connect share: ssh's letters. */
#include "cli/cli.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "proto/ssh_name.h"

enum {
    OPT_TIMEOUT = 256,
    OPT_PROFILE,
    OPT_NO_PROFILE,
    OPT_RAW,
    OPT_NO_RAW,
    OPT_SHOW_BOOTSTRAP,
};

static const struct option long_options[] = {
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"profile", no_argument, NULL, OPT_PROFILE},
    {"no-profile", no_argument, NULL, OPT_NO_PROFILE},
    {"raw", no_argument, NULL, OPT_RAW},
    {"no-raw", no_argument, NULL, OPT_NO_RAW},
    {"show-bootstrap", no_argument, NULL, OPT_SHOW_BOOTSTRAP},
    {NULL, 0, NULL, 0},
};

/* ssh's other letters: told by name instead of being guessed at. */
static const char ssh_letters[] = "1246AaBbCcDEefGgIiJKkLMmNnOPQqRSsTtVWwXxYy";

static bool read_number(const char *text, const char *what, int max, int *out)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (end == text || *end || n < 1 || n > max) {
        cli_usage("%s must be a number from 1 to %d, not '%s'", what, max, text);
        return false;
    }
    *out = (int)n;
    return true;
}

static void add(char ***list, const char *item)
{
    size_t n = 0;
    while (*list && (*list)[n])
        n++;
    *list = xrealloc(*list, (n + 2) * sizeof **list);
    (*list)[n] = xstrdup(item);
    (*list)[n + 1] = NULL;
}

static bool unknown(int argc, char **argv)
{
    if (optopt == 0 || optopt >= 256) {
        cli_usage("unknown option '%s': see tether --help", optind <= argc ? argv[optind - 1] : "");
    } else if (strchr("FJilop", optopt)) {
        cli_usage("option -%c needs a value", optopt);
    } else if (strchr(ssh_letters, optopt)) {
        cli_usage("option -%c is ssh's and not there yet in tether", optopt);
    } else {
        cli_usage("unknown option '-%c': see tether --help", optopt);
    }
    return false;
}

/* A letter that ssh itself has as an option of its config. */
static void add_option(struct cli_options *options, const char *key, const char *value)
{
    char *item = xasprintf("%s=%s", key, value);
    add(&options->option, item);
    free(item);
}

static bool read_letters(struct cli_options *options, int argc, char **argv)
{
    int verbose = 0, c;
    while ((c = getopt_long(argc, argv, "+46F:J:Ti:l:no:p:qtv", long_options, NULL)) != -1) {
        switch (c) {
        case '4': add_option(options, "AddressFamily", "inet"); break;
        case '6': add_option(options, "AddressFamily", "inet6"); break;
        case 'F': options->ssh.file = optarg; break;
        case 'J': add_option(options, "ProxyJump", optarg); break;
        case 'T': options->tty = REQUEST_TTY_NO; break;
        case 'i': add(&options->identity, optarg); break;
        case 'l': options->ssh.user = optarg; break;
        case 'n': options->stdin_null = true; break;
        case 'o': add(&options->option, optarg); break;
        case 'p':
            if (!read_number(optarg, "the port (-p)", 65535, &options->ssh.port))
                return false;
            break;
        case 'q': options->quiet = true; break;
        case 't':
            options->tty = options->tty == REQUEST_TTY_YES ? REQUEST_TTY_FORCE : REQUEST_TTY_YES;
            break;
        case 'v': log_set_level(++verbose); break;
        case OPT_TIMEOUT:
            if (!read_number(optarg, "--timeout", INT_MAX / 1000, &options->ssh.timeout))
                return false;
            break;
        case OPT_PROFILE: options->profile = 1; break;
        case OPT_NO_PROFILE: options->profile = 0; break;
        case OPT_RAW: options->raw = 1; break;
        case OPT_NO_RAW: options->raw = 0; break;
        case OPT_SHOW_BOOTSTRAP: options->show_bootstrap = true; break;
        default: return unknown(argc, argv);
        }
    }
    options->rest = optind;
    options->ssh.identity = (const char *const *)options->identity;
    options->ssh.option = (const char *const *)options->option;
    return true;
}

bool cli_options_read(struct cli_options *options, int argc, char **argv)
{
    *options = (struct cli_options){.profile = -1, .raw = -1};
    opterr = 0;
    optind = 0; /* begin anew, whatever was read before (glibc) */
    return read_letters(options, argc, argv);
}

bool cli_options_more(struct cli_options *options, int argc, char **argv)
{
    optind = options->rest + 1;
    return read_letters(options, argc, argv);
}

static void list_free(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

void cli_options_release(struct cli_options *options)
{
    list_free(options->identity);
    list_free(options->option);
    config_free(options->config);
    *options = (struct cli_options){.profile = -1, .raw = -1};
}

bool cli_own_settings(struct cli_options *options, const char *host)
{
    char *path;
    options->config = cli_config(&path);
    free(path);
    if (!options->config)
        return false;
    config_resolve(options->config, host, &options->own);
    if (options->profile >= 0)
        options->own.profile = options->profile;
    if (options->raw >= 0)
        options->own.raw = options->raw;
    options->ssh.usual_timeout = options->own.timeout;
    return true;
}

/* The sections of our config are for the name without its user. */
static bool own_settings_of(struct cli_options *options, struct err *err)
{
    struct ssh_name name;
    if (!ssh_name_parse(options->ssh.host, &name, err)) {
        fprintf(stderr, "tether: %s\n", err->text);
        return false;
    }
    bool ok = cli_own_settings(options, name.host);
    ssh_name_release(&name);
    return ok;
}

bool cli_settings(struct cli_options *options, struct ssh_settings *settings)
{
    struct err err;
    if (!own_settings_of(options, &err))
        return false;
    if (!ssh_config_resolve(&options->ssh, settings, &err)) {
        fprintf(stderr, "tether: %s\n", err.text);
        return false;
    }
    if (options->tty != REQUEST_TTY_AUTO)
        settings->request_tty = options->tty;
    settings->stdin_null = settings->stdin_null || options->stdin_null;
    if (options->quiet)
        settings->log_level = LEVEL_QUIET;
    if (settings->log_level >= LEVEL_DEBUG1)
        log_set_level((int)(settings->log_level - LEVEL_DEBUG1) + 1);
    return true;
}
