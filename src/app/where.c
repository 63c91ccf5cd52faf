#include "app/where.h"

#include <stdio.h>

void where_set(struct where *w, enum ssh_stage stage, const char *hop)
{
    w->stage = stage;
    snprintf(w->hop, sizeof w->hop, "%s", hop ? hop : "");
}

void where_put(const struct where *w, struct buf *out)
{
    if (w->hop[0])
        buf_printf(out, "by way of %s: ", w->hop);
    buf_puts(out, ssh_stage_name(w->stage));
}
