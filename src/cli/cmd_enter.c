/* tether [enter] [OPTIONS] [USER@]HOST */
#include "cli/cli.h"

#include <stdio.h>
#include <unistd.h>

int cmd_enter(int argc, char **argv)
{
    struct cli_options options;
    if (!cli_options_read(&options, argc, argv))
        return EXIT_USAGE;
    int words = argc - options.rest;
    if (words == 0)
        return cli_usage("which host? usage: tether [OPTIONS] [USER@]HOST");
    if (words > 1)
        return cli_usage("running a command on a host is not there yet: use ssh for '%s'",
                         argv[options.rest + 1]);
    options.ssh.host = argv[options.rest];
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return cli_usage("a session needs a terminal on standard input and output");
    struct err err;
    struct ssh_settings settings;
    if (!ssh_config_resolve(&options.ssh, &settings, &err)) {
        fprintf(stderr, "tether: %s\n", err.text);
        return EXIT_LOCAL;
    }
    int status = app_run(&(struct app_options){
        .settings = &settings,
        .profile = options.profile,
        .raw = options.raw,
    });
    ssh_settings_release(&settings);
    return status;
}
