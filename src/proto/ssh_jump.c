#include "proto/ssh_jump.h"

#include <stdlib.h>
#include <string.h>

#include "proto/ssh_settings.h"

#define HOPS_MAX 16 /* more is a circle */

/* Take over the hops of `from`, and itself as the last. */
static void add_hop(struct ssh_settings *s, struct ssh_settings *from)
{
    size_t count = s->jump_count + from->jump_count + 1;
    s->jump = xrealloc(s->jump, count * sizeof *s->jump);
    for (size_t i = 0; i < from->jump_count; i++)
        s->jump[s->jump_count++] = from->jump[i];
    free(from->jump);
    from->jump = NULL;
    from->jump_count = 0;
    s->jump[s->jump_count++] = *from;
}

/* [USER@]HOST[:PORT], or a URI of that. */
static bool resolve_hop(const struct ssh_options *options, struct ssh_settings *s, const char *text,
                        struct err *err)
{
    static const char *const no_way[] = {"ProxyJump=none", NULL};
    char *uri = strstr(text, "://") ? xstrdup(text) : xasprintf("ssh://%s", text);
    struct ssh_options hop = {
        .host = uri,
        .file = options->file,
        .timeout = options->timeout,
        .usual_timeout = options->usual_timeout,
        .option = s->jump_count > 0 ? no_way : NULL,
        .jump_depth = options->jump_depth + 1,
    };
    struct ssh_settings settings;
    struct err why;
    bool ok = ssh_config_resolve(&hop, &settings, &why);
    free(uri);
    if (!ok)
        return err_set(err, "%s%.480s", options->jump_depth == 0 ? "ProxyJump: " : "", why.text);
    add_hop(s, &settings);
    if (s->jump_count + (size_t)options->jump_depth > HOPS_MAX)
        return err_set(err, "ProxyJump: the way leads over more than %d hosts", HOPS_MAX);
    return true;
}

bool ssh_jump_resolve(const struct ssh_options *options, struct ssh_settings *s, struct err *err)
{
    if (!s->proxy_jump)
        return true;
    if (options->jump_depth > HOPS_MAX)
        return err_set(err, "the way goes in a circle by %s", s->proxy_jump);
    ssh_string_set(&s->proxy_command, NULL);
    char *list = xstrdup(s->proxy_jump), *rest = list;
    bool ok = true;
    for (char *text; ok && (text = strsep(&rest, ","));)
        ok = resolve_hop(options, s, text, err);
    free(list);
    return ok;
}

void ssh_jump_no_terminal(struct ssh_settings *s)
{
    s->no_terminal = !s->batch;
    s->batch = true;
    for (size_t i = 0; i < s->jump_count; i++)
        ssh_jump_no_terminal(&s->jump[i]);
}
