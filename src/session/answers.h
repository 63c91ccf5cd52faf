/*
 * What the host has answered to Tab, kept so that the next Tab costs no round trip: until a
 * command has been run, for a while (others make files too), and for lines that the answer
 * holds for. That is the very line, or one with more typed to the same word, where nothing that
 * completes could answer otherwise than with those candidates that go on from there. Pure.
 */
#ifndef SESSION_ANSWERS_H
#define SESSION_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define ANSWERS_MAX   16
#define ANSWERS_BYTES (4 * 1024 * 1024) /* of all of them */
#define ANSWERS_MS    30000

struct answer {
    struct buf line;    /* up to the cursor, as asked */
    size_t word;        /* bytes at its end that a candidate replaces */
    struct buf strings; /* the options, then `count` strings of candidates; each ends in NUL */
    size_t count;
    size_t candidates, total; /* how many it lists, of how many */
    bool narrows;             /* every candidate goes on from the word */
    int64_t at;
};

struct answers {
    struct answer kept[ANSWERS_MAX]; /* a ring; without strings: none */
    size_t next;
};

/* All is forgotten: a command has been run, or the directory is another. */
void answers_clear(struct answers *a);

/* Takes the answer's buffers over. */
void answers_keep(struct answers *a, struct answer *answer);

/* The one for this line, asked for at `now`; NULL: the host must be asked. *exact: it was asked
   for this very line; else its candidates are to be narrowed, and if none is left the host must
   be asked too. Borrowed until the next call. */
const struct answer *answers_find(const struct answers *a, const char *line, size_t len,
                                  int64_t now, bool *exact);

#endif
