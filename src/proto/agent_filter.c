#include "proto/agent_filter.h"

#include <string.h>

#include "proto/wire.h"

#define USERAUTH_REQUEST 50

/* The signature's algorithm for RSA, where the agent is to be told (RFC 8332). */
enum { FLAG_NONE = 0, FLAG_SHA256 = 2, FLAG_SHA512 = 4 };

static bool same(const struct wire *w, const struct agent_key *key)
{
    return w->len == key->len && memcmp(w->data, key->blob, key->len) == 0;
}

static bool is_text(const struct wire *w, const char *text)
{
    return w->len == strlen(text) && memcmp(w->data, text, w->len) == 0;
}

bool agent_filter_key(const struct buf *answer, size_t index, struct agent_key *key,
                      const char **comment, size_t *comment_len)
{
    struct wire w = {buf_data(answer), answer->len}, blob = {0}, text = {0};
    uint32_t count;
    if (w.len == 0 || w.data[0] != AGENT_IDENTITIES_ANSWER || !wire_skip(&w, 1) ||
        !wire_u32(&w, &count) || index >= count || index >= AGENT_KEYS_MAX)
        return false;
    for (size_t i = 0; i <= index; i++)
        if (!wire_string(&w, &blob) || !wire_string(&w, &text))
            return false;
    *key = (struct agent_key){blob.data, blob.len};
    *comment = (const char *)text.data;
    *comment_len = text.len;
    return true;
}

void agent_filter_show(const struct agent_offer *offer, struct buf *answer)
{
    buf_append(answer, &(uint8_t){AGENT_IDENTITIES_ANSWER}, 1);
    wire_put_u32(answer, 1);
    wire_put_string(answer, offer->shown.blob, offer->shown.len);
    wire_put_string(answer, "", 0);
}

bool agent_filter_asks_keys(const uint8_t *body, size_t len)
{
    return body && len == 1 && body[0] == AGENT_REQUEST_IDENTITIES;
}

/* "session, 50, user, service, method, true, algorithm, key" (RFC 4252, section 7) */
static bool read_login(struct wire w, struct wire *algorithm, struct wire *key)
{
    struct wire session, user, service, method;
    uint8_t has_signature = 0;
    if (!wire_string(&w, &session) || w.len == 0 || w.data[0] != USERAUTH_REQUEST ||
        !wire_skip(&w, 1) || !wire_string(&w, &user) || !wire_string(&w, &service) ||
        !wire_string(&w, &method) || w.len == 0)
        return false;
    has_signature = w.data[0];
    wire_skip(&w, 1);
    return has_signature == 1 && is_text(&service, "ssh-connection") &&
           is_text(&method, "publickey") && wire_string(&w, algorithm) && wire_string(&w, key) &&
           w.len == 0;
}

static uint32_t flags_for(const struct wire *algorithm)
{
    static const struct {
        const char *name;
        uint32_t flags;
    } table[] = {{"rsa-sha2-256", FLAG_SHA256},
                 {"rsa-sha2-512", FLAG_SHA512},
                 {"rsa-sha2-256-cert-v01@openssh.com", FLAG_SHA256},
                 {"rsa-sha2-512-cert-v01@openssh.com", FLAG_SHA512}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (is_text(algorithm, table[i].name))
            return table[i].flags;
    return FLAG_NONE;
}

bool agent_filter_translate(const struct agent_offer *offer, const uint8_t *body, size_t len,
                            struct buf *request)
{
    struct wire w = {body, len}, key, data, algorithm, named;
    if (len == 0 || body[0] != AGENT_SIGN_REQUEST || !wire_skip(&w, 1) || !wire_string(&w, &key) ||
        !same(&key, &offer->shown) || !wire_string(&w, &data) ||
        !read_login(data, &algorithm, &named) || !same(&named, &offer->shown))
        return false;
    buf_append(request, &(uint8_t){AGENT_SIGN_REQUEST}, 1);
    wire_put_string(request, offer->signer.blob, offer->signer.len);
    wire_put_string(request, data.data, data.len);
    /* libssh would ask for the strongest that the host knows, whatever it has said above. */
    wire_put_u32(request, flags_for(&algorithm));
    return true;
}
