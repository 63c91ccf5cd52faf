#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

int main(int argc, char **argv)
{
    int status = cli_main(argc, argv);
    if (cli_busy()) {
        fflush(NULL);
        _exit(status);
    }
    return status;
}
