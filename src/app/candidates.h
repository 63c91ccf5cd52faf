/* From the host's answer to Tab to what stands in the menu. Pure. */
#ifndef APP_CANDIDATES_H
#define APP_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

#include "session/answers.h"
#include "term/menu.h"

struct candidates {
    struct menu_item *items; /* by label, each insertion once; NULL: taken over by a menu */
    size_t count;
    bool dropped;  /* some did not go on from the word, and are left out */
    bool corrects; /* none does: they are to replace it (another case, a missing quote) */
};

/* `before` is the quote that is open where the word begins, `quote` the one at its end; 0: none. */
void candidates_make(struct candidates *c, const struct answer *answer, char before, char quote);
void candidates_release(struct candidates *c);

/* How many candidates the answer's strings are. */
size_t candidates_listed(const struct answer *answer);

/* Of those that begin with `typed`: how many there are, the first of them, and the bytes that all
   of them begin with, whole characters. */
size_t candidates_common(const struct candidates *c, const char *typed, size_t *first,
                         size_t *common);

#endif
