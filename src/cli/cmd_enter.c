/* tether [enter] [OPTIONS] [USER@]HOST [COMMAND...] */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/pipe.h"
#include "base/buf.h"

/* The words with a space between, as ssh joins them; NULL: there are none. Caller frees. */
static char *join(char **words, int count)
{
    struct buf text = {0};
    for (int i = 0; i < count; i++) {
        buf_puts(&text, i ? " " : "");
        buf_puts(&text, words[i]);
    }
    char *command = count > 0 ? xstrdup(buf_str(&text)) : NULL;
    buf_release(&text);
    return command;
}

/* A terminal without a cursor (emacs' shell, a build log) gets what ssh would give it. */
static bool can_draw(void)
{
    const char *term = getenv("TERM");
    return term && *term && strcmp(term, "dumb") != 0;
}

/* A screen is for a person: one that types here, reads here, and names no command. */
const char *cli_no_screen(const struct ssh_settings *settings, const char *command, bool here)
{
    const struct {
        bool is;
        const char *why;
    } reasons[] = {
        {command, "a command is run"},
        {settings->stdin_null, "standard input is empty (-n, StdinNull)"},
        {settings->request_tty == REQUEST_TTY_NO, "no terminal is asked for (-T, RequestTTY)"},
        {!can_draw(), "TERM names no terminal that can be drawn on"},
        {here && !isatty(STDIN_FILENO), "standard input is no terminal"},
        {here && !isatty(STDOUT_FILENO), "standard output is no terminal"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].is)
            return reasons[i].why;
    return NULL;
}

static bool is_type(const struct ssh_settings *settings, const char *type)
{
    return settings->session_type && strcmp(settings->session_type, type) == 0;
}

static int fail(const struct ssh_settings *settings, const char *why)
{
    if (settings->log_level >= LEVEL_FATAL)
        fprintf(stderr, "tether: %s: %s\n", settings->name, why);
    return EXIT_LOCAL;
}

/* `command` is the command line's. */
static int run(const struct cli_options *options, const struct ssh_settings *settings,
               const char *command)
{
    if (is_type(settings, "none"))
        return fail(settings, "SessionType none (-N) is for forwarding alone, which ssh does");
    if (command && settings->remote_command)
        return fail(settings, "there is a command here and a RemoteCommand in the ssh config: "
                              "-o RemoteCommand=none takes yours");
    if (!command)
        command = settings->remote_command;
    bool subsystem = is_type(settings, "subsystem");
    if (subsystem && !command)
        return fail(settings, "which subsystem (-s)? It takes the place of a command");
    if (!cli_no_screen(settings, command, true))
        return app_run(&(struct app_options){.settings = settings, .own = &options->own});
    return pipe_run(
        &(struct pipe_options){.settings = settings, .command = command, .subsystem = subsystem});
}

static int enter(struct cli_options *options, int argc, char **argv)
{
    if (!cli_options_read(options, argc, argv))
        return EXIT_USAGE;
    if (options->rest == argc)
        return cli_usage("which host? usage: tether [OPTIONS] [USER@]HOST [COMMAND...]");
    options->ssh.host = argv[options->rest];
    if (!cli_options_more(options, argc, argv))
        return EXIT_USAGE;
    if (options->show_bootstrap)
        return cli_usage("--show-bootstrap is for tether why");
    char *command = join(argv + options->rest, argc - options->rest);
    options->ssh.command = command;
    struct ssh_settings settings;
    bool resolved = cli_settings(options, &settings);
    int status = resolved ? run(options, &settings, command) : EXIT_LOCAL;
    if (resolved)
        ssh_settings_release(&settings);
    options->ssh.command = NULL;
    free(command);
    return status;
}

int cmd_enter(int argc, char **argv)
{
    struct cli_options options;
    int status = enter(&options, argc, argv);
    cli_options_release(&options);
    return status;
}
