/* The command line: one function per subcommand, options in, calls out. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>

#include "app/app.h"
#include "proto/ssh_config.h"
#include "session/config.h"

#define EXIT_USAGE 2
#define EXIT_LOCAL 255 /* as ssh: the connection could not be made or was lost */

/* Run the command that argv names; returns the process's exit status. */
int cli_main(int argc, char **argv);

/* A thread is still in a library, which must not be taken down under it: end by _exit(2). */
bool cli_busy(void);

/* Each takes argv from its own name on. */
int cmd_enter(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_help(int argc, char **argv);

/* What the options shared by all commands that connect have said. */
struct cli_options {
    struct ssh_options ssh;
    char **identity, **option;  /* what ssh's lists hold */
    bool secretive;             /* --private */
    const char *shell;          /* --shell; NULL: not said */
    int profile, raw;           /* --[no-]profile, --[no-]raw: 1, 0; -1: not said */
    struct config *config;      /* our own; NULL before cli_own_settings */
    struct config_settings own; /* what of it is in force, with the command line's word */
    bool show_bootstrap;        /* of `why` */
    enum ssh_request_tty tty;   /* -t -T; AUTO: the config's */
    bool stdin_null;            /* -n */
    int level;                  /* -q -v: enum ssh_log_level; -1: not said */
    bool verbose;               /* -v was given */
    bool has_escape;            /* -e was given, and is: */
    int escape;                 /* as in ssh_settings */
    const char *session_type;   /* -s -N; NULL: the config's */
    bool has_jump;              /* -J was given */
    bool host_has_user;         /* USER@HOST */
    bool terminated;            /* `--` was there */
    int rest;                   /* index in argv of the first word that is not an option */
};

/* False after a message: wrong usage. To be released in any case. */
bool cli_options_read(struct cli_options *options, int argc, char **argv);
void cli_options_release(struct cli_options *options);
/* More options behind the word at `rest`, as ssh takes them; `rest` is then behind them. */
bool cli_options_more(struct cli_options *options, int argc, char **argv);

/* Our own config, checked; `path` gets its name, to be freed (NULL: nobody's home is known).
   NULL after a message: the exit status is EXIT_LOCAL. */
struct config *cli_config(char **path);
/* Fill options->own for a host by the name that was typed. False after a message, as above. */
bool cli_own_settings(struct cli_options *options, const char *host);

/* What is in force for options->ssh.host, command line and configs together; options->own too.
   False after a message, as above. */
bool cli_settings(struct cli_options *options, struct ssh_settings *settings);

/* Why this is done as ssh does it, without a screen, in a few words; NULL: there is one.
   `command` may be NULL; `here`: look at standard input and output too. */
const char *cli_no_screen(const struct ssh_settings *settings, const char *command, bool here);

/* One line on stderr, "tether: ...", and EXIT_USAGE. */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
