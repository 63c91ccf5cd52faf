/*
 * Which keys are offered to a host, and in which order: the one place that decides it, for
 * connecting and for telling what connecting would do. Reads key files, connects to nothing.
 *
 * The order is ssh's: certificates that are configured; the agent's keys that are configured,
 * then its others; then the files, each before the certificate that lies beside it. But of the
 * agent's keys those that are configured come in the config's order, not the agent's.
 */
#ifndef PROTO_KEY_OFFERS_H
#define PROTO_KEY_OFFERS_H

#include "proto/agent_filter.h"
#include "proto/key_file.h"
#include "proto/ssh_config.h"

struct key_offer {
    const char *name;        /* the file, or the agent's comment; not clean to be shown */
    struct agent_offer keys; /* what is offered; .shown.blob NULL: not known before the file is
                                opened. And what signs in the agent; .signer.blob NULL: the
                                file does */
    const char *path;        /* the file that signs; NULL: the agent does */
    bool encrypted;          /* that file asks for its passphrase */
    bool certificate;
};

struct key_offers;

/* What of the files is not used is told, a line each; `chosen` if somebody named the file. */
typedef void key_offers_tell(void *data, bool chosen, const char *text);

/* `agent`: an agent's answer, which must stay; NULL: there is none. */
struct key_offers *key_offers_new(const struct ssh_settings *s, const struct buf *agent,
                                  key_offers_tell *tell, void *data);
void key_offers_free(struct key_offers *list);

/* NULL: there are no more. */
const struct key_offer *key_offers_at(const struct key_offers *list, size_t index);

#endif
