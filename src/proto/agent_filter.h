/*
 * What of the user's agent a connection may use: one key at a time is shown to libssh, and
 * only a login by that key goes through to be signed (draft-miller-ssh-agent). Pure.
 */
#ifndef PROTO_AGENT_FILTER_H
#define PROTO_AGENT_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define AGENT_MESSAGE_MAX (256 * 1024)
#define AGENT_KEYS_MAX    256 /* further ones of an agent are not looked at */

enum {
    AGENT_FAILURE = 5,
    AGENT_SUCCESS = 6,
    AGENT_REQUEST_IDENTITIES = 11,
    AGENT_IDENTITIES_ANSWER = 12,
    AGENT_SIGN_REQUEST = 13,
    AGENT_SIGN_RESPONSE = 14,
    AGENT_ADD_IDENTITY = 17,
    AGENT_ADD_ID_CONSTRAINED = 25,
};

struct agent_key {
    const uint8_t *blob;
    size_t len;
};

/* What is offered to the host, and what signs for it. They differ where the certificate is a
   file and the agent has only its key. */
struct agent_offer {
    struct agent_key shown, signer;
};

/* The key at `index` of an agent's answer (its body, without the length), with its comment.
   False: there is none, or the answer is malformed there. */
bool agent_filter_key(const struct buf *answer, size_t index, struct agent_key *key,
                      const char **comment, size_t *comment_len);

/* Append the answer that shows only this. */
void agent_filter_show(const struct agent_offer *offer, struct buf *answer);

/* Does this request (its body) ask for the list of keys? */
bool agent_filter_asks_keys(const uint8_t *body, size_t len);
/* Append what the agent is to be asked for this request (its body). False: it goes no further,
   since it is not the login by the key shown that is to be signed. */
bool agent_filter_translate(const struct agent_offer *offer, const uint8_t *body, size_t len,
                            struct buf *request);

#endif
