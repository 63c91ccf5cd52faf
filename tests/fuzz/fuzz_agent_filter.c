/*
 * The agent's filter. Input: how many bytes each of two wanted keys has, the keys, whether only
 * they are permitted, then what the agent answered; the same bytes also serve as a request.
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

static bool same(const struct agent_key *a, const struct agent_key *b)
{
    return a->len == b->len && memcmp(a->blob, b->blob, a->len) == 0;
}

static bool may_sign(const struct buf *answer, const struct agent_key *key)
{
    struct buf request = {0};
    buf_append(&request, &(uint8_t){AGENT_SIGN_REQUEST}, 1);
    wire_put_string(&request, key->blob, key->len);
    bool may = agent_filter_permits(answer, buf_data(&request), request.len);
    buf_release(&request);
    return may;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct agent_key wanted[2];
    struct wire rest = {data, size};
    for (int i = 0; i < 2; i++) {
        size_t len = rest.len > 0 ? rest.data[0] % 16 : 0;
        if (!wire_skip(&rest, 1) || len > rest.len)
            return 0;
        wanted[i] = (struct agent_key){rest.data, len};
        wire_skip(&rest, len);
    }
    bool only = rest.len > 0 && rest.data[0] % 2;
    if (!wire_skip(&rest, 1))
        return 0;
    struct buf answer = {0}, again = {0};
    if (agent_filter_answer(rest.data, rest.len, wanted, 2, only, &answer)) {
        struct agent_key key;
        const char *comment;
        size_t len, count = 0;
        for (; agent_filter_key(&answer, count, &key, &comment, &len); count++) {
            check(!only || same(&key, &wanted[0]) || same(&key, &wanted[1]));
            check(memmem(rest.data, rest.len, key.blob, key.len) != NULL);
            check(may_sign(&answer, &key));
        }
        check(count <= AGENT_KEYS_MAX);
        static const uint8_t stranger[] = "a key that no agent would have, so long that it is not";
        check(!may_sign(&answer, &(struct agent_key){stranger, sizeof stranger}));
        /* What was filtered once stays as it is. */
        check(agent_filter_answer(buf_data(&answer), answer.len, wanted, 2, only, &again));
        check(again.len == answer.len &&
              memcmp(buf_data(&again), buf_data(&answer), answer.len) == 0);
    }
    agent_filter_permits(&answer, rest.data, rest.len);
    buf_release(&answer);
    buf_release(&again);
    return 0;
}
