/*
 * What ssh does: a command, or a shell without a terminal, with exact bytes both ways, no
 * screen and nothing of ours in the output.
 */
#ifndef APP_PIPE_H
#define APP_PIPE_H

#include <stdbool.h>

#include "proto/ssh_config.h"

struct pipe_options {
    const struct ssh_settings *settings; /* borrowed; RequestTTY, StdinNull and LogLevel too */
    const char *command;                 /* NULL: the login shell */
    bool subsystem;                      /* the command is the name of one (RFC 4254 6.5) */
};

/* Run to the end; returns the process's exit status: the command's, 128+N if signal N ended it,
   255 if it could not be run or the link was lost. */
int pipe_run(const struct pipe_options *options);

/* Is a terminal asked for on the host? As ssh decides it. */
enum pipe_pty { PIPE_NO_PTY, PIPE_PTY, PIPE_PTY_REFUSED /* asked for, but input is no terminal */ };
enum pipe_pty pipe_wants_pty(const struct ssh_settings *settings, bool command, bool stdin_tty);

#endif
