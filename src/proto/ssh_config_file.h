/*
 * The ssh config read by ourselves, where there is no ssh program to ask: ssh_config(5) with
 * Host, Match, Include, quotes and lists, put into settings just as the lines of `ssh -G` are.
 */
#ifndef PROTO_SSH_CONFIG_FILE_H
#define PROTO_SSH_CONFIG_FILE_H

#include <stdbool.h>

#include "base/err.h"
#include "proto/ssh_config.h"
#include "proto/ssh_name.h"

/*
 * The command line, then the user's file and the system's, or -F. What can only be found out by
 * running something, or about the network, is taken for not the case, and named among what is
 * not followed. False: `err` says what is wrong, and in which file and line.
 */
bool ssh_config_file_read(const struct ssh_options *options, const struct ssh_name *name,
                          const char *home, struct ssh_settings *out, struct err *err);

#endif
