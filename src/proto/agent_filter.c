#include "proto/agent_filter.h"

#include <string.h>

#include "proto/wire.h"

struct identity {
    struct wire blob, comment;
};

static bool same_blob(const struct wire *blob, const struct agent_key *key)
{
    return blob->len == key->len && memcmp(blob->data, key->blob, key->len) == 0;
}

/* The number of keys that follow, the type and the count having been read. */
static bool open_answer(struct wire *w, const uint8_t *body, size_t len, uint32_t *count)
{
    *w = (struct wire){body, len};
    return len > 0 && body[0] == AGENT_IDENTITIES_ANSWER && wire_skip(w, 1) && wire_u32(w, count);
}

static bool next_identity(struct wire *w, struct identity *id)
{
    return wire_string(w, &id->blob) && wire_string(w, &id->comment);
}

static void put_identity(struct buf *answer, const struct identity *id)
{
    wire_put_string(answer, id->blob.data, id->blob.len);
    wire_put_string(answer, id->comment.data, id->comment.len);
}

bool agent_filter_answer(const uint8_t *body, size_t len, const struct agent_key *wanted,
                         size_t wanted_count, bool only, struct buf *answer)
{
    struct identity ids[AGENT_KEYS_MAX];
    bool used[AGENT_KEYS_MAX] = {false};
    struct wire w;
    uint32_t count, kept = 0;
    if (!open_answer(&w, body, len, &count))
        return false;
    if (count > AGENT_KEYS_MAX)
        count = AGENT_KEYS_MAX;
    for (uint32_t i = 0; i < count; i++)
        if (!next_identity(&w, &ids[i]))
            return false;
    struct buf list = {0};
    for (size_t k = 0; k <= wanted_count; k++)
        for (uint32_t i = 0; i < count; i++) {
            bool take = k < wanted_count ? same_blob(&ids[i].blob, &wanted[k]) : !only;
            if (!take || used[i])
                continue;
            used[i] = true;
            put_identity(&list, &ids[i]);
            kept++;
        }
    buf_clear(answer);
    buf_append(answer, &(uint8_t){AGENT_IDENTITIES_ANSWER}, 1);
    wire_put_u32(answer, kept);
    buf_append(answer, list.data ? buf_data(&list) : NULL, list.len);
    buf_release(&list);
    return true;
}

bool agent_filter_key(const struct buf *answer, size_t index, struct agent_key *key,
                      const char **comment, size_t *comment_len)
{
    struct wire w;
    struct identity id;
    uint32_t count;
    if (!answer->data || !open_answer(&w, buf_data(answer), answer->len, &count) || index >= count)
        return false;
    for (size_t i = 0; i <= index; i++)
        if (!next_identity(&w, &id))
            return false;
    *key = (struct agent_key){id.blob.data, id.blob.len};
    *comment = (const char *)id.comment.data;
    *comment_len = id.comment.len;
    return true;
}

bool agent_filter_asks_keys(const uint8_t *body, size_t len)
{
    return body && len == 1 && body[0] == AGENT_REQUEST_IDENTITIES;
}

bool agent_filter_permits(const struct buf *answer, const uint8_t *body, size_t len)
{
    struct wire w = {body, len};
    struct wire blob;
    if (len == 0 || body[0] != AGENT_SIGN_REQUEST || !wire_skip(&w, 1) || !wire_string(&w, &blob))
        return false;
    struct agent_key key;
    const char *comment;
    size_t comment_len;
    for (size_t i = 0; agent_filter_key(answer, i, &key, &comment, &comment_len); i++)
        if (same_blob(&blob, &key))
            return true;
    return false;
}
