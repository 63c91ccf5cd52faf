/* Key files: a private key's text, which begins with its passphrase and a newline; and the same
   bytes as a public key or certificate. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "proto/key_certificate.h"
#include "proto/private_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A few rounds are enough to see what follows them. */
static bool stop_soon(void *data)
{
    int *left = data;
    return --*left < 0;
}

static void read_private(char *text)
{
    struct private_key key;
    struct err err;
    struct buf blob = {0};
    int left = 4;
    char *passphrase = strsep(&text, "\n");
    const struct private_key_how how = {.passphrase = passphrase, .stop = stop_soon, .data = &left};
    if (!text)
        return;
    private_key_public(text, &blob);
    if (private_key_read(text, &how, &key, &err) == PRIVATE_KEY_READ) {
        struct buf printed = {0};
        struct private_key again;
        private_key_print(&key, &printed);
        left = 0;
        if (private_key_read(buf_str(&printed), &how, &again, &err) != PRIVATE_KEY_READ ||
            again.fields.len != key.fields.len ||
            memcmp(buf_data(&again.fields), buf_data(&key.fields), key.fields.len) != 0)
            abort();
        private_key_release(&again);
        buf_release_secret(&printed);
    }
    private_key_release(&key);
    buf_release(&blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct key_certificate cert;
    char *text = xstrndup((const char *)data, size);
    read_private(text);
    free(text);
    key_rsa_bits(data, size);
    if (key_certificate_read(data, size, &cert)) {
        if (cert.key.len == 0)
            abort();
        key_certificate_release(&cert);
    }
    return 0;
}
