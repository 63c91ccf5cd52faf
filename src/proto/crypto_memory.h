/* What libcrypto frees is overwritten. */
#ifndef PROTO_CRYPTO_MEMORY_H
#define PROTO_CRYPTO_MEMORY_H

#include <stdbool.h>

/* libcrypto (3.0) and libssh in using it free private numbers as they are: in OSSL_PARAM_free, for
   one. Its own way of being given other functions (CRYPTO_set_mem_functions(3)) is open only until
   it allocates for the first time, which libssh's constructor makes it do before main(). So they
   are set before that; false: they could not be, where the loader knows no .preinit_array. */
bool crypto_memory_is_wiped(void);

#endif
