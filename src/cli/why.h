/* What `tether why` tells of the ssh settings in force, and of where each came from. */
#ifndef CLI_WHY_H
#define CLI_WHY_H

#include <stdbool.h>
#include <stdio.h>

#include "proto/ssh_config.h"
#include "proto/ssh_keyword.h"

/* The lines that set a keyword's value. */
struct why_places;
struct why_places *why_places_new(void);
void why_places_free(struct why_places *places);
/* To be given to ssh_config_resolve. */
struct ssh_trace why_places_trace(struct why_places *places);
/* "~/.ssh/config:3,7"; NULL: nobody set it. Borrowed. */
const char *why_place(const struct why_places *places, const char *keyword);

struct why_sources {
    const struct ssh_settings *all;  /* what is in force */
    const struct ssh_settings *read; /* as we read the files; NULL: they could not be read */
    const struct why_places *places; /* of `read` */
    /* Where the two do not agree: without the command line, and without the config too. NULL:
       cannot be told. */
    const struct ssh_settings *config, *defaults;
    bool timeout_given;  /* --timeout */
    const char *timeout; /* where our own config sets the usual one; NULL */
};

/* One line for each setting: name, source, value. */
void why_print_settings(FILE *out, const struct why_sources *sources);

/* The value of one setting as text ("" if it is not set), NULL if it has no such name; caller
   frees. */
char *why_value(const struct ssh_settings *s, const char *name);

#endif
