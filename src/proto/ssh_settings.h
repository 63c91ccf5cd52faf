/* Private to proto: how ssh_config.c and the demo host fill the settings. */
#ifndef PROTO_SSH_SETTINGS_H
#define PROTO_SSH_SETTINGS_H

#include "proto/ssh_config.h"

/* The defaults of ssh_config(5). */
void ssh_settings_init(struct ssh_settings *s);
/* One line as `ssh -G` prints it: by the table of ssh_keyword.h to a field, to what is not
   followed, or nowhere. */
void ssh_settings_line(struct ssh_settings *s, const char *key, const char *value);
/* Something that is not followed, by a name for the person; each is told once. */
void ssh_settings_unfollowed(struct ssh_settings *s, const char *what);
/* Add to the notice. */
void ssh_settings_notice(struct ssh_settings *s, const char *text);
/* All lines are there: what is not followed goes into the notice. */
void ssh_settings_finish(struct ssh_settings *s);

/* The byte that a value of EscapeChar means, -1: none. "^X" and, since `ssh -G` prints it so,
   vis(3)'s ways to write it too. */
int ssh_escape_char(const char *value);

/* NULL terminated lists of strings. */
void ssh_list_add(char ***list, const char *text);
void ssh_list_free(char **list);
/* Replace a string by a copy of `text` (NULL: by none). */
void ssh_string_set(char **string, const char *text);

#endif
