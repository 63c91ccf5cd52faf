/*
 * What of the user's agent a connection may use: which keys are shown to libssh, in which
 * order, and which requests go through (draft-miller-ssh-agent). Pure.
 */
#ifndef PROTO_AGENT_FILTER_H
#define PROTO_AGENT_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define AGENT_MESSAGE_MAX (256 * 1024)
#define AGENT_KEYS_MAX    256

enum {
    AGENT_FAILURE = 5,
    AGENT_REQUEST_IDENTITIES = 11,
    AGENT_IDENTITIES_ANSWER = 12,
    AGENT_SIGN_REQUEST = 13,
};

struct agent_key {
    const uint8_t *blob;
    size_t len;
};

/* From the agent's answer (its body, without the length) make the one to show: the wanted keys
   in their order, then the others unless `only`. False: malformed. */
bool agent_filter_answer(const uint8_t *body, size_t len, const struct agent_key *wanted,
                         size_t wanted_count, bool only, struct buf *answer);

/* The key at `index` of an answer made above, with its comment; false: there is none. */
bool agent_filter_key(const struct buf *answer, size_t index, struct agent_key *key,
                      const char **comment, size_t *comment_len);

/* Does this request (its body) ask for the list of keys? */
bool agent_filter_asks_keys(const uint8_t *body, size_t len);
/* May this request (its body) go to the agent? Only a signature by a key that was shown. */
bool agent_filter_permits(const struct buf *answer, const uint8_t *body, size_t len);

#endif
