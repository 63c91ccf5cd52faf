/* Does a command line hold a secret, by its looks? Such a line is not kept in the history, and the
   person is told once what would be safer. Pure. */
#ifndef SESSION_SECRET_H
#define SESSION_SECRET_H

#include <stddef.h>

enum secret_kind {
    SECRET_NONE,
    SECRET_OPTION, /* a program's option, such as mysql's -p */
    SECRET_URL,    /* scheme://user:password@host */
    SECRET_TOKEN,  /* of a known form, such as ghp_... */
    SECRET_HEADER, /* Authorization: ... */
    SECRET_PIPED,  /* echo PASSWORD | sudo -S */
    SECRET_VALUE,  /* NAME=VALUE: a variable, or a setting */
    SECRET_KEY,    /* a private key's text */
    SECRET_KINDS,
};

struct secret {
    enum secret_kind kind;
    const char *what;  /* "a password option" */
    const char *safer; /* how it is done without, a whole sentence; "": no better way is known */
};

/* The first secret of the line. It errs on the side of yes: a line too much forgotten costs
   less. */
struct secret secret_in(const char *line, size_t len);

#endif
