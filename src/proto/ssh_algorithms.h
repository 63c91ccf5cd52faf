/* The lists of algorithms that `+`, `-` and `^` in an ssh config begin with. Pure. */
#ifndef PROTO_SSH_ALGORITHMS_H
#define PROTO_SSH_ALGORITHMS_H

/* What ssh tries if the keyword (as ssh_config(5) spells it) is not set; NULL: it has no list. */
const char *ssh_algorithms_usual(const char *keyword);

/* The list that a keyword's value means: names, patterns among the known ones, or a change to
   the usual list. Caller frees; NULL: nothing is left. */
char *ssh_algorithms(const char *keyword, const char *value);

#endif
