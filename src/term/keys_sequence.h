/* The escape sequences that keyboards and mice send, as tables. Part of keys. */
#ifndef TERM_KEYS_SEQUENCE_H
#define TERM_KEYS_SEQUENCE_H

#include "term/keys.h"

/*
 * data begins with ESC [, ESC O or ESC ]. Fills the key (but for raw) and returns how many bytes it
 * takes; 0 if more bytes are needed. `whole`: none will come, so never 0.
 */
size_t keys_sequence(const uint8_t *data, size_t len, bool whole, struct key *key);

/* A C0 control or DEL as a key. */
void keys_control(uint8_t byte, struct key *key);

#endif
