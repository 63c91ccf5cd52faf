/* Host and Match of an ssh config (ssh_config(5)). Pure. */
#ifndef PROTO_SSH_CONFIG_MATCH_H
#define PROTO_SSH_CONFIG_MATCH_H

#include <stdbool.h>

#include "base/err.h"

/* What a block may depend on; all of them known, "" for what there is none of. */
struct ssh_match {
    const char *host;     /* HostName as far as it is known, or the name */
    const char *original; /* the name as typed */
    const char *user, *local_user;
    const char *tag, *command;
    const char *session; /* shell, exec, subsystem, none */
    bool final;          /* the second time that the config is read */
};

enum ssh_matched {
    MATCHED_NO,
    MATCHED_YES,
    MATCHED_UNKNOWN, /* it depends on what cannot be told here */
    MATCHED_WRONG,   /* an error in the config */
};

/* Words of a Host line. */
enum ssh_matched ssh_match_host(char *const *words, const char *host, struct err *err);

/* Words of a Match line. `unknown` gets the name of what cannot be told, `wants_final` whether
   the config is to be read a second time. */
enum ssh_matched ssh_match(char *const *words, const struct ssh_match *match, const char **unknown,
                           bool *wants_final, struct err *err);

#endif
