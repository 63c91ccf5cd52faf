/* Private to the demo host: the program a channel runs, started as sshd would start it. */
#ifndef PROTO_DEMO_SHELL_H
#define PROTO_DEMO_SHELL_H

#include <stdbool.h>
#include <sys/types.h>

struct demo_shell {
    pid_t pid;
    int in, out, err; /* ours, non-blocking; with a pty in and out are the same and err is -1 */
    bool pty;
};

struct demo_shell_spec {
    bool pty;
    const char *term;
    int rows, cols;
    const char *command;    /* NULL: the login shell */
    const char *connection; /* SSH_CONNECTION: "ADDRESS PORT ADDRESS PORT" */
    char *const *env;       /* NAME=VALUE that the client asked for, NULL terminated; NULL */
};

bool demo_shell_start(struct demo_shell *shell, const struct demo_shell_spec *spec);
void demo_shell_resize(const struct demo_shell *shell, int rows, int cols);
/* Close what is open; a program that still runs is hung up on. It is reaped by the caller. */
void demo_shell_close(struct demo_shell *shell);

#endif
