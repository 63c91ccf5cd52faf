/*
 * The interactive program: one session on one host, full screen. The one place that joins
 * term, session and proto.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "proto/ssh_config.h"
#include "session/config.h"

struct app_options {
    const struct ssh_settings *settings; /* borrowed */
    const struct config_settings *own;   /* borrowed */
};

/* Run until the session ends; returns the process's exit status. */
int app_run(const struct app_options *options);

#endif
