/*
 * The keys that were opened on the way to one host, so that each passphrase is asked for once,
 * whatever the number of hops. Used by one thread at a time; wiped when it is freed.
 */
#ifndef PROTO_KEY_RING_H
#define PROTO_KEY_RING_H

#include "proto/private_key.h"

struct key_ring;

struct key_ring *key_ring_new(void);
void key_ring_free(struct key_ring *ring);

/* NULL: that file has not been opened yet. */
const struct private_key *key_ring_find(const struct key_ring *ring, const char *path);
/* The key is the ring's from now on. */
const struct private_key *key_ring_keep(struct key_ring *ring, const char *path,
                                        struct private_key *key);

#endif
