/*
 * The agent's filter. Input: how many bytes the key shown and the one that signs have, these,
 * then what libssh asks; the same bytes also serve as what an agent answered.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/agent_filter.h"
#include "proto/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
    if (!right)
        abort();
}

static bool take_key(struct wire *rest, struct agent_key *key)
{
    size_t len = rest->len > 0 ? rest->data[0] % 16 : 0;
    if (!wire_skip(rest, 1) || len > rest->len)
        return false;
    *key = (struct agent_key){rest->data, len};
    return wire_skip(rest, len);
}

/* What goes through asks for a signature by the key that signs, and nothing else. */
static void check_request(const struct agent_offer *offer, const struct wire *asked)
{
    struct buf request = {0};
    if (agent_filter_translate(offer, asked->data, asked->len, &request)) {
        struct wire w = {buf_data(&request), request.len}, key, text;
        uint32_t flags;
        check(w.data[0] == AGENT_SIGN_REQUEST && wire_skip(&w, 1) && wire_string(&w, &key) &&
              wire_string(&w, &text) && wire_u32(&w, &flags) && w.len == 0);
        check(key.len == offer->signer.len && memcmp(key.data, offer->signer.blob, key.len) == 0);
        check(memmem(asked->data, asked->len, text.data, text.len) != NULL);
    }
    buf_release(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct agent_offer offer;
    struct wire rest = {data, size};
    struct buf answer = {0};
    struct agent_key key;
    const char *comment;
    size_t len;
    if (!take_key(&rest, &offer.shown) || !take_key(&rest, &offer.signer))
        return 0;
    check_request(&offer, &rest);
    agent_filter_asks_keys(rest.data, rest.len);
    buf_append(&answer, rest.data, rest.len);
    for (size_t i = 0; agent_filter_key(&answer, i, &key, &comment, &len); i++) {
        check(i < AGENT_KEYS_MAX);
        check(key.blob >= buf_data(&answer) && key.blob + key.len <= (const uint8_t *)comment &&
              (const uint8_t *)comment + len <= buf_data(&answer) + answer.len);
    }
    buf_clear(&answer);
    agent_filter_show(&offer, &answer);
    check(agent_filter_key(&answer, 0, &key, &comment, &len) && key.len == offer.shown.len);
    buf_release(&answer);
    return 0;
}
