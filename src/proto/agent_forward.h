/*
 * Agent forwarding (ssh's -A): the host opens channels to the agent here
 * (draft-ietf-secsh-agent; "auth-agent@openssh.com"). Only for a link that has asked for it.
 */
#ifndef PROTO_AGENT_FORWARD_H
#define PROTO_AGENT_FORWARD_H

#include "proto/ssh_link_priv.h"

#define AGENT_FORWARDS_MAX 16 /* at once; more are refused */

/* The host wants to open one: the channel to be confirmed, or NULL to refuse it. */
ssh_channel agent_forward_open(struct ssh_link *link);

/* As the link's own. */
void agent_forward_pump(struct ssh_link *link);
void agent_forward_watch(struct ssh_link *link, struct watch *watch);
/* Before its channels are freed. */
void agent_forward_release(struct ssh_link *link);

#endif
