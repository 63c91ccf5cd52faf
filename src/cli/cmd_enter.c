/* tether [enter] [OPTIONS] [USER@]HOST [COMMAND...] */
#include "cli/cli.h"

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
static bool wants_screen(const struct ssh_settings *settings, const char *command)
{
    return !command && can_draw() && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
           !settings->stdin_null && settings->request_tty != REQUEST_TTY_NO;
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
    struct ssh_settings settings;
    if (!cli_settings(options, &settings))
        return EXIT_LOCAL;
    char *command = join(argv + options->rest, argc - options->rest);
    int status = wants_screen(&settings, command)
                     ? app_run(&(struct app_options){
                           .settings = &settings,
                           .own = &options->own,
                       })
                     : pipe_run(&(struct pipe_options){.settings = &settings, .command = command});
    free(command);
    ssh_settings_release(&settings);
    return status;
}

int cmd_enter(int argc, char **argv)
{
    struct cli_options options;
    int status = enter(&options, argc, argv);
    cli_options_release(&options);
    return status;
}
