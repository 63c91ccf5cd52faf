/* ssh's option letters: what each stands for here, or what to use instead. */
#ifndef CLI_LETTERS_H
#define CLI_LETTERS_H

#include "cli/cli.h"

/* All of them, as getopt(3) wants them. */
const char *letters_getopt(void);

/* One letter with its value (NULL: it has none) into the options. False after a message. */
bool letters_take(struct cli_options *options, int letter, const char *value);

/* Say what is wrong with an option that getopt(3) did not take; `letter` is its optopt. */
void letters_refuse(int letter);

/* What the letters said that is no matter of the config's. */
void letters_apply(const struct cli_options *options, struct ssh_settings *settings);

#endif
