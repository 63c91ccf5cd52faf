/*
 * Questions asked on the terminal itself (/dev/tty), never on standard input: what a person
 * answers has nothing to do with the data that pass through.
 */
#ifndef APP_ASK_TTY_H
#define APP_ASK_TTY_H

#include <stdbool.h>

#include "proto/ssh_connect.h"

/* Is there a terminal to ask on? */
bool ask_tty_available(void);

/* Ask all of it, one answer per prompt, without echo where it is a secret. False: given up
   (Ctrl-D), the terminal has gone, or a signal waits that the program's loop catches. The
   terminal is put back before a signal does what it does; stopped and brought to the
   foreground again, the prompt is shown anew. Answers are to
   be wiped with ask_tty_wipe, whatever was returned. */
bool ask_tty(const struct connect_event *question, char *answers[CONNECT_PROMPTS]);
void ask_tty_wipe(char *answers[CONNECT_PROMPTS]);

#endif
