/* The options that all commands that connect share: ssh's letters. */
#include "cli/cli.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"

enum { OPT_TIMEOUT = 256, OPT_NO_PROFILE, OPT_RAW };

static const struct option long_options[] = {
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"no-profile", no_argument, NULL, OPT_NO_PROFILE},
    {"raw", no_argument, NULL, OPT_RAW},
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

static void add(const char ***list, const char *item)
{
    size_t n = 0;
    while (*list && (*list)[n])
        n++;
    *list = xrealloc(*list, (n + 2) * sizeof **list);
    (*list)[n] = item;
    (*list)[n + 1] = NULL;
}

static bool unknown(int argc, char **argv)
{
    if (optopt == 0 || optopt >= 256) {
        cli_usage("unknown option '%s': see tether --help", optind <= argc ? argv[optind - 1] : "");
    } else if (strchr("Filop", optopt)) {
        cli_usage("option -%c needs a value", optopt);
    } else if (strchr(ssh_letters, optopt)) {
        cli_usage("option -%c is ssh's and not there yet in tether", optopt);
    } else {
        cli_usage("unknown option '-%c': see tether --help", optopt);
    }
    return false;
}

bool cli_options_read(struct cli_options *options, int argc, char **argv)
{
    int verbose = 0, c;
    *options = (struct cli_options){.profile = true};
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "+F:i:l:o:p:v", long_options, NULL)) != -1) {
        switch (c) {
        case 'F': options->ssh.file = optarg; break;
        case 'i': add(&options->ssh.identity, optarg); break;
        case 'l': options->ssh.user = optarg; break;
        case 'o': add(&options->ssh.option, optarg); break;
        case 'p':
            if (!read_number(optarg, "the port (-p)", 65535, &options->ssh.port))
                return false;
            break;
        case 'v': log_set_level(++verbose); break;
        case OPT_TIMEOUT:
            if (!read_number(optarg, "--timeout", INT_MAX / 1000, &options->ssh.timeout))
                return false;
            break;
        case OPT_NO_PROFILE: options->profile = false; break;
        case OPT_RAW: options->raw = true; break;
        default: return unknown(argc, argv);
        }
    }
    options->rest = optind;
    return true;
}
