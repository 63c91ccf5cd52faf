/* How far connecting has come: the stage, and the host on the way that it is about. */
#ifndef APP_WHERE_H
#define APP_WHERE_H

#include "base/buf.h"
#include "proto/ssh_connect.h"

struct where {
    enum ssh_stage stage;
    char hop[64]; /* the jump host; "": the host itself */
};

/* `hop` may be NULL. */
void where_set(struct where *w, enum ssh_stage stage, const char *hop);
/* "by way of jump: banner", as the errors of connecting have it. */
void where_put(const struct where *w, struct buf *out);

#endif
