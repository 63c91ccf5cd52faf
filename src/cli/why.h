/* What `tether why` tells of the settings in force. */
#ifndef CLI_WHY_H
#define CLI_WHY_H

#include <stdbool.h>
#include <stdio.h>

#include "proto/ssh_config.h"

/* Where a setting's value came from. */
struct why_sources {
    const struct ssh_settings *all;      /* what is in force */
    const struct ssh_settings *config;   /* without the command line; NULL: cannot be told */
    const struct ssh_settings *defaults; /* without the config too */
};

/* One line for each setting that matters: name, value, source. */
void why_print_settings(FILE *out, const struct why_sources *sources);

/* The value of one setting as text ("" if it is not set), NULL if it has no such name; caller
   frees. */
char *why_value(const struct ssh_settings *s, const char *name);

#endif
