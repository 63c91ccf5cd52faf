/*
 * Questions asked by a program, as ssh has it: SSH_ASKPASS, SSH_ASKPASS_REQUIRE and DISPLAY
 * (ssh(1)) say whether.
 */
#ifndef PROTO_ASK_PASS_H
#define PROTO_ASK_PASS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Is the program to be asked, where there is a terminal or is none? */
bool ask_pass_wanted(bool terminal);

struct ask_pass {
    pid_t pid;
    int fd; /* readable when ask_pass_read is to be called */
    struct buf answer;
};

/* `confirm`: a yes or no is all that is asked. `quiet`: the terminal is not its. */
bool ask_pass_start(struct ask_pass *p, const char *text, bool confirm, bool quiet,
                    struct err *err);
/* False: all has been read. */
bool ask_pass_read(struct ask_pass *p);
/* Wait for its end, or end it. The answer, to be wiped: "" if it has none; NULL: it was refused.
   The caller frees. */
char *ask_pass_finish(struct ask_pass *p, bool give_up);

#endif
