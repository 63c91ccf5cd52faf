/* The command line: one function per subcommand, options in, calls out. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Run the command that argv names; returns the process's exit status. */
int cli_main(int argc, char **argv);

#endif
