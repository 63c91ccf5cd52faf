#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/ssh_connect.h"

static int cmd_version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    printf("tether %s\n", TETHER_VERSION);
    return 0;
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"enter", cmd_enter},   {"demo", cmd_demo},         {"why", cmd_why},
    {"config", cmd_config}, {"history", cmd_history},   {"help", cmd_help},
    {"--help", cmd_help},   {"--version", cmd_version}, {"-V", cmd_version},
};

int cli_usage(const char *format, ...)
{
    va_list args;
    fputs("tether: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("\n", stderr);
    return EXIT_USAGE;
}

bool cli_busy(void)
{
    return ssh_connect_busy();
}

int cli_main(int argc, char **argv)
{
    if (argc < 2) {
        cmd_help(1, argv);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return cmd_enter(argc, argv);
}
