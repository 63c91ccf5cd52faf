/* Does a command line hold a secret, by its looks? Such a line is not kept in the history. Pure. */
#ifndef SESSION_SECRET_H
#define SESSION_SECRET_H

#include <stddef.h>

/* What in it looks like one, in words for the person ("a password option"); NULL: nothing. It
   errs on the side of yes: a line too much forgotten costs less. */
const char *secret_in(const char *line, size_t len);

#endif
