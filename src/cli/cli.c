#include "cli/cli.h"

#include <stdio.h>

int cli_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    printf("tether %s\n", TETHER_VERSION);
    return 0;
}
