/*
 * AddKeysToAgent: a key that was opened is given to the agent (draft-miller-ssh-agent, 4.2).
 */
#ifndef PROTO_AGENT_ADD_H
#define PROTO_AGENT_ADD_H

#include "proto/agent_io.h"
#include "proto/private_key.h"

struct agent_add {
    bool wanted;
    bool ask;          /* first */
    bool confirm;      /* each use of the key is to be confirmed */
    uint32_t lifetime; /* seconds; 0: for ever */
};

/* "yes", "ask", "confirm", "no" or a time, "confirm" also before a time: as ssh_config(5) has it,
   or `ssh -G`. What it does not know is "no". */
struct agent_add agent_add_parse(const char *text);

/* Append the message: a secret. */
void agent_add_print(const struct agent_add *how, const struct private_key *key,
                     const char *comment, struct buf *message);

/* Give it the key. False: it cannot be reached or refused, `err` says so. */
bool agent_add_send(const char *path, const struct buf *message, const struct agent_wait *wait,
                    int64_t deadline, struct err *err);

#endif
