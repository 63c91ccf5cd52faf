/*
 * Errors are values: a function that can fail takes a `struct err *` and returns false (or
 * NULL), with one line of text for the person: what happened, to what, and what to do.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stdnoreturn.h>

struct err {
    char text[512];
};

/* Set the text (cut to fit) and return false, so that `return err_set(err, ...)` reads well. */
bool err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A bug or no memory: restore what was registered, print, abort. Never returns. */
#define BUG(...) err_die(__FILE__, __LINE__, __VA_ARGS__)
noreturn void err_die(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What err_die calls first: puts the local terminal back. Must be async-signal-safe. */
void err_on_death(void (*restore)(void));

/* malloc and friends that never return NULL. Freed with free(). */
void *xmalloc(unsigned long size);
void *xcalloc(unsigned long count, unsigned long size);
void *xrealloc(void *old, unsigned long size);
char *xstrdup(const char *text);
/* `text` may be NULL when len is 0. */
char *xstrndup(const char *text, unsigned long len);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
