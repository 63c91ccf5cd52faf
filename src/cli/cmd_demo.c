/* tether demo: a host inside the program, entered at once. */
#include "cli/cli.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/letters.h"
#include "proto/demo_host.h"

static int demo(struct cli_options *options, int argc, char **argv)
{
    if (!cli_options_read(options, argc, argv))
        return EXIT_USAGE;
    if (options->rest < argc)
        return cli_usage("demo takes no host: it brings its own");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return cli_usage("a session needs a terminal on standard input and output");
    if (!cli_own_settings(options, "demo"))
        return EXIT_LOCAL;
    struct err err;
    struct demo_host *host = demo_host_start(&err);
    if (!host) {
        fprintf(stderr, "tether: the demo host did not start: %s\n", err.text);
        return EXIT_LOCAL;
    }
    struct ssh_settings settings;
    demo_host_settings(host, &settings);
    letters_apply(options, &settings);
    int status = app_run(&(struct app_options){
        .settings = &settings,
        .own = &options->own,
    });
    ssh_settings_release(&settings);
    demo_host_stop(host);
    return status;
}

int cmd_demo(int argc, char **argv)
{
    struct cli_options options;
    int status = demo(&options, argc, argv);
    cli_options_release(&options);
    return status;
}
