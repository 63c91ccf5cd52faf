/* The options that all commands that connect share: ssh's letters. */
#include "cli/cli.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cli/letters.h"
#include "proto/ssh_name.h"

enum {
    OPT_TIMEOUT = 256,
    OPT_PROFILE,
    OPT_NO_PROFILE,
    OPT_RAW,
    OPT_NO_RAW,
    OPT_SHELL,
    OPT_PRIVATE,
    OPT_SHOW_BOOTSTRAP,
};

static const struct option long_options[] = {
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"profile", no_argument, NULL, OPT_PROFILE},
    {"no-profile", no_argument, NULL, OPT_NO_PROFILE},
    {"raw", no_argument, NULL, OPT_RAW},
    {"no-raw", no_argument, NULL, OPT_NO_RAW},
    {"shell", required_argument, NULL, OPT_SHELL},
    {"private", no_argument, NULL, OPT_PRIVATE},
    {"show-bootstrap", no_argument, NULL, OPT_SHOW_BOOTSTRAP},
    {NULL, 0, NULL, 0},
};

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

static bool read_shell(const char *text, struct cli_options *options)
{
    options->shell = text;
    if (!config_is_shell(text))
        cli_usage("--shell must be " CONFIG_SHELLS ", not '%s'", text);
    return config_is_shell(text);
}

static bool unknown(int argc, char **argv)
{
    if (optopt == 0 || optopt >= 256)
        cli_usage("unknown option '%s': see tether --help", optind <= argc ? argv[optind - 1] : "");
    else
        letters_refuse(optopt);
    return false;
}

static bool read_letters(struct cli_options *options, int argc, char **argv)
{
    int c;
    while ((c = getopt_long(argc, argv, letters_getopt(), long_options, NULL)) != -1) {
        switch (c) {
        case OPT_TIMEOUT:
            if (!read_number(optarg, "--timeout", INT_MAX / 1000, &options->ssh.timeout))
                return false;
            break;
        case OPT_PROFILE: options->profile = 1; break;
        case OPT_NO_PROFILE: options->profile = 0; break;
        case OPT_RAW: options->raw = 1; break;
        case OPT_NO_RAW: options->raw = 0; break;
        case OPT_SHELL:
            if (!read_shell(optarg, options))
                return false;
            break;
        case OPT_PRIVATE: options->secretive = true; break;
        case OPT_SHOW_BOOTSTRAP: options->show_bootstrap = true; break;
        case '?': return unknown(argc, argv);
        default:
            if (!letters_take(options, c, optarg))
                return false;
            break;
        }
    }
    /* Behind it nothing is an option, and the host none of those that may follow it. */
    options->terminated = optind > 1 && strcmp(argv[optind - 1], "--") == 0;
    options->rest = optind;
    options->ssh.identity = (const char *const *)options->identity;
    options->ssh.option = (const char *const *)options->option;
    return true;
}

bool cli_options_read(struct cli_options *options, int argc, char **argv)
{
    *options = (struct cli_options){.profile = -1, .raw = -1, .level = -1};
    opterr = 0;
    optind = 0; /* begin anew, whatever was read before (glibc) */
    return read_letters(options, argc, argv);
}

bool cli_options_more(struct cli_options *options, int argc, char **argv)
{
    options->host_has_user = strchr(argv[options->rest], '@') != NULL;
    optind = options->rest + 1;
    if (!options->terminated)
        return read_letters(options, argc, argv);
    options->rest = optind;
    return true;
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
    *options = (struct cli_options){.profile = -1, .raw = -1, .level = -1};
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
    if (options->shell)
        options->own.shell = options->shell;
    if (options->secretive)
        options->own.history = options->own.suggest = false;
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
    letters_apply(options, settings);
    return true;
}
