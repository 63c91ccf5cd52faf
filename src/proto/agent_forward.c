#include "proto/agent_forward.h"

#include <stdlib.h>

#include "base/log.h"
#include "proto/agent_io.h"
#include "proto/ssh_stream.h"

struct agent_forward {
    struct agent_forward *next;
    struct ssh_channel *channel;
    struct ssh_stream stream;
};

static int count(const struct ssh_link *link)
{
    int n = 0;
    for (const struct agent_forward *f = link->forwards; f; f = f->next)
        n++;
    return n;
}

ssh_channel agent_forward_open(struct ssh_link *link)
{
    struct err err;
    if (!link->agent_asked || link->impostor || count(link) >= AGENT_FORWARDS_MAX)
        return NULL;
    int fd = agent_connect(link->agent_path, &err);
    if (fd < 0) {
        log_line(1, "agent forwarding: %s", err.text);
        return NULL;
    }
    struct agent_forward *f = xcalloc(1, sizeof *f);
    f->stream.fd = fd;
    f->channel = ssh_channel_adopt(link);
    f->next = link->forwards;
    link->forwards = f;
    return f->channel->channel;
}

static void end(struct ssh_link *link, struct agent_forward *f)
{
    struct agent_forward **at = &link->forwards;
    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    watch_set(&link->watch, f->stream.fd, 0);
    ssh_stream_release(&f->stream);
    ssh_channel_drop(f->channel);
    free(f);
}

/* The agent has gone, with its last word passed on, or the host has. */
static bool is_over(const struct agent_forward *f)
{
    return ssh_channel_state(f->channel) == CHANNEL_CLOSED ||
           (f->stream.up_ended && f->stream.up.len == 0);
}

void agent_forward_pump(struct ssh_link *link)
{
    for (struct agent_forward *f = link->forwards, *next; f; f = next) {
        next = f->next;
        ssh_stream_pump(&f->stream, f->channel, !link->gone);
        if (is_over(f))
            end(link, f);
    }
}

void agent_forward_watch(struct ssh_link *link, struct watch *watch)
{
    for (struct agent_forward *f = link->forwards; f; f = f->next)
        watch_set(watch, f->stream.fd, ssh_stream_events(&f->stream, f->channel));
}

void agent_forward_release(struct ssh_link *link)
{
    while (link->forwards) {
        struct agent_forward *f = link->forwards;
        link->forwards = f->next;
        ssh_stream_release(&f->stream);
        free(f); /* the channel goes with the link */
    }
}
