/*
 * Text for the person's clipboard: through the local terminal (OSC 52), and by the window
 * system's own tool where there is one.
 */
#ifndef TERM_CLIPBOARD_H
#define TERM_CLIPBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"

#define CLIPBOARD_TERMINAL_MAX (100 * 1024)       /* bytes that terminals take */
#define CLIPBOARD_TOOL_MAX     (16 * 1024 * 1024) /* bytes that a tool is given */

struct clipboard {
    pid_t pid; /* the tool at work; 0: none */
    const char *tool;
};

/* The sequence for the terminal. */
void clipboard_sequence(const void *data, size_t len, struct buf *out);

/* Start the tool with the text as its input, which it reads by itself: nothing waits for it.
   False if there is none, or it did not start. */
bool clipboard_start(struct clipboard *c, const void *data, size_t len);
/* Has the tool ended badly? Its name, once; else NULL. */
const char *clipboard_failed(struct clipboard *c);
void clipboard_release(struct clipboard *c);

#endif
