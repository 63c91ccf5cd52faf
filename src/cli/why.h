/* What `tether why` tells: the settings in force, and the keys in the order of being offered. */
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

/* A key that could be offered. */
struct why_key {
    const char *name; /* file, or the agent's comment */
    bool in_agent;    /* of a file: the agent has it, and it is offered from there */
    bool agent;       /* it is the agent's */
    bool locked;      /* needs its passphrase */
};

/* Put them into the order in which authentication tries them: `files` and `agent` are each in
   their own order. Returns how many `order` got, which has room for all. */
size_t why_order_keys(const struct why_key *files, size_t file_count, const struct why_key *agent,
                      size_t agent_count, bool defaults, const struct why_key **order);

#endif
