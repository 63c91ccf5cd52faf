/* Private to proto: how ssh_config.c and the demo host fill the settings. */
#ifndef PROTO_SSH_SETTINGS_H
#define PROTO_SSH_SETTINGS_H

#include "proto/ssh_config.h"

/* The defaults of ssh_config(5). */
void ssh_settings_init(struct ssh_settings *s);
/* One line as `ssh -G` prints it; keys that mean nothing to us are ignored. */
void ssh_settings_line(struct ssh_settings *s, const char *key, const char *value);
/* Add to the notice. */
void ssh_settings_notice(struct ssh_settings *s, const char *text);

/* NULL terminated lists of strings. */
void ssh_list_add(char ***list, const char *text);
void ssh_list_free(char **list);
/* Replace a string by a copy of `text` (NULL: by none). */
void ssh_string_set(char **string, const char *text);

/* The library's own reading of the config, where there is no ssh program to ask. */
bool ssh_library_config(const char *host, const char *user, const char *file,
                        struct ssh_settings *s, struct err *err);

#endif
