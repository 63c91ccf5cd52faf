/* ProxyJump: the settings of each host on the way, as `ssh -J` would find them. */
#ifndef PROTO_SSH_JUMP_H
#define PROTO_SSH_JUMP_H

#include "proto/ssh_config.h"

/* Fill s->jump from s->proxy_jump. The first host may have a way of its own in the config, which
   then comes before it; for the others the list counts, as in ssh. Of the command line only -F
   and --timeout are for them too. False: a name is refused, or the way goes in a circle. */
bool ssh_jump_resolve(const struct ssh_options *options, struct ssh_settings *s, struct err *err);

/* All who are asked on the way know that there is nobody to answer. */
void ssh_jump_no_terminal(struct ssh_settings *s);

#endif
