/* A path for the prompt: safe to show, and not too wide. Pure. */
#ifndef SESSION_PROMPT_PATH_H
#define SESSION_PROMPT_PATH_H

#include <stdbool.h>

#include "base/buf.h"

/* Append `path` with "~" for `home` (NULL: as it is). What takes more than `columns` (0: no limit)
   loses its middle, whole names if that will do. */
void prompt_path(const char *path, const char *home, int columns, bool ascii, struct buf *out);

#endif
