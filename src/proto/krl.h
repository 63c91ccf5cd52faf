/* OpenSSH's binary key revocation list (PROTOCOL.krl): is a plain key in it? Pure. */
#ifndef PROTO_KRL_H
#define PROTO_KRL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum krl_result { KRL_NO, KRL_REVOKED, KRL_BAD };

/* Whether data[0..len) begins as one. */
bool krl_is(const uint8_t *data, size_t len);

/* What it says of certificates is passed over. KRL_BAD: damaged, or it holds what is not
   understood and may not be ignored. */
enum krl_result krl_check(const uint8_t *data, size_t len, const uint8_t *key, size_t key_len);

#endif
