/* Authentication by keys: the list of them tried in order, and the agent's. */
#include "proto/ssh_auth_priv.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libssh/libssh.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "proto/agent_proxy.h"
#include "proto/key_certificate.h"
#include "proto/key_offers.h"
#include "proto/public_key.h"

#define AGENT_LIST_MS 4000 /* an agent that does not even list its keys is left out */
#define NAME_COLUMNS  60

struct auth_keys {
    struct connect_worker *w;
    struct agent_proxy *agent; /* NULL: there is none */
    bool agent_served;         /* libssh has been given our end of it */
    bool agent_empty;
    struct key_offers *list; /* NULL: only the key in memory */
    size_t next, left;       /* of the list, which begins anew behind its end */
    bool memory_done;
};

/* ---- the agent ---- */

static bool agent_wait(void *data, int fd, short events, int64_t deadline)
{
    return worker_wait(data, fd, events, deadline);
}

static void open_agent(struct auth_keys *k)
{
    struct connect_worker *w = k->w;
    struct err err;
    struct agent_key key;
    const char *comment;
    size_t len;
    const struct agent_wait wait = {.wait = agent_wait, .data = w};
    if (!w->s.identity_agent)
        return;
    k->agent = agent_proxy_new(w->s.identity_agent, &wait, clock_ms() + AGENT_LIST_MS, &err);
    if (!k->agent) {
        /* A stale SSH_AUTH_SOCK is common, and no concern. */
        if (!strstr(err.text, "no agent at"))
            worker_notice(w, "%s", err.text);
        log_line(1, "%s", err.text);
        return;
    }
    k->agent_empty = !agent_filter_key(agent_proxy_keys(k->agent), 0, &key, &comment, &len);
}

static void clean_name(const char *name, char shown[4 * NAME_COLUMNS])
{
    utf8_sanitize(shown, 4 * NAME_COLUMNS, name, strlen(name), NAME_COLUMNS, 0);
}

/* Called from the proxy's thread, while libssh waits in ours. */
static void signature_waits(void *data, bool begins)
{
    struct auth_keys *k = data;
    char name[4 * NAME_COLUMNS];
    struct public_key key;
    const struct key_offer *offer = key_offers_at(k->list, k->next - 1);
    if (!begins) {
        worker_waiting(k->w, NULL);
        return;
    }
    clean_name(offer->name, name);
    if (public_key_parse(offer->keys.signer.blob, offer->keys.signer.len, &key) &&
        strncmp(key.type, "sk-", 3) == 0)
        worker_waiting(k->w, "touch the security key %s", name);
    else
        worker_waiting(k->w,
                       "the agent waits before it signs with %s: does it ask for a "
                       "confirmation, or a key for a touch?",
                       name);
}

/* libssh closes the descriptor with its session. */
static bool serve_agent(struct auth_keys *k)
{
    struct err err;
    if (k->agent_served)
        return true;
    int fd = agent_proxy_start(k->agent, signature_waits, k, &err);
    if (fd < 0) {
        worker_notice(k->w, "the agent is left out: %s", err.text);
        return false;
    }
    ssh_set_agent_socket(k->w->session, fd);
    k->agent_served = true;
    return true;
}

static int call_agent(struct connect_worker *w, void *data)
{
    (void)data;
    return ssh_userauth_agent(w->session, w->s.user);
}

static enum outcome try_held(struct auth *a, const struct key_offer *offer)
{
    struct auth_keys *k = a->keys;
    char name[4 * NAME_COLUMNS];
    if (agent_proxy_lost(k->agent) || !serve_agent(k))
        return OUTCOME_NOTHING;
    auth_note_tried(a, offer);
    agent_proxy_offer(k->agent, &offer->keys);
    enum outcome o = auth_request(a, call_agent, NULL);
    clean_name(offer->name, name);
    if (o != OUTCOME_DENIED)
        return o;
    if (agent_proxy_lost(k->agent))
        worker_notice(k->w, "the agent hung up: its keys are left out");
    else if (agent_proxy_refused(k->agent))
        worker_notice(k->w, "the agent would not sign with %s", name);
    return o;
}

/* ---- all of them ---- */

static const char *certificate_note(const struct key_offer *offer)
{
    struct key_certificate cert;
    uint64_t now = (uint64_t)time(NULL);
    if (!offer->certificate ||
        !key_certificate_read(offer->keys.shown.blob, offer->keys.shown.len, &cert))
        return "";
    bool valid = now >= cert.valid_from && now < cert.valid_until;
    key_certificate_release(&cert);
    return valid ? " (certificate)" : " (certificate, not valid now)";
}

void auth_note_tried(struct auth *a, const struct key_offer *offer)
{
    char name[4 * NAME_COLUMNS];
    struct connect_worker *w = a->w;
    const char *note = certificate_note(offer);
    clean_name(offer->name, name);
    log_line(1, "%s: offering %s%s%s", w->s.name, name, note, offer->path ? "" : " of the agent");
    if (w->tried.len < 300)
        buf_printf(&w->tried, "%s%s%s", w->tried.len ? ", " : "", name, note);
    w->offers++;
}

static int call_sign(struct connect_worker *w, void *data)
{
    return ssh_userauth_publickey(w->session, w->s.user, data);
}

static enum outcome try_memory(struct auth *a)
{
    a->keys->memory_done = true;
    return auth_request(a, call_sign, a->w->s.memory_identity);
}

bool auth_keys_left(const struct auth *a)
{
    const struct auth_keys *k = a->keys;
    if (!k)
        return false;
    return k->list ? k->left > 0 : !k->memory_done;
}

void auth_keys_again(struct auth *a)
{
    struct auth_keys *k = a->keys;
    for (size_t i = 0; k && k->list && key_offers_at(k->list, i); i++)
        k->left = i + 1;
}

bool auth_agent_empty(const struct auth *a)
{
    return a->keys && a->keys->agent_empty;
}

static enum outcome try_next(struct auth *a)
{
    struct auth_keys *k = a->keys;
    if (!k->list)
        return try_memory(a);
    if (!key_offers_at(k->list, k->next))
        k->next = 0;
    const struct key_offer *offer = key_offers_at(k->list, k->next++);
    k->left--;
    return offer->path ? auth_try_file(a, offer) : try_held(a, offer);
}

enum outcome auth_try_publickey(struct auth *a)
{
    enum outcome o = OUTCOME_NOTHING;
    while (auth_keys_left(a) && (a->allowed == 0 || (a->allowed & SSH_AUTH_METHOD_PUBLICKEY))) {
        o = try_next(a);
        if (o != OUTCOME_DENIED && o != OUTCOME_NOTHING)
            return o;
    }
    return o;
}

static void tell(void *data, bool chosen, const char *text)
{
    if (chosen)
        worker_notice(data, "%s", text);
    log_line(1, "%s", text);
}

struct auth_keys *auth_keys_load(struct connect_worker *w)
{
    struct auth_keys *k = xcalloc(1, sizeof *k);
    k->w = w;
    if (w->s.memory_identity)
        return k;
    open_agent(k);
    if (!w->failure)
        k->list = key_offers_new(&w->s, k->agent ? agent_proxy_keys(k->agent) : NULL, tell, w);
    if (k->list)
        return k;
    auth_keys_free(k);
    return NULL;
}

void auth_keys_free(struct auth_keys *k)
{
    if (!k)
        return;
    agent_proxy_free(k->agent);
    key_offers_free(k->list);
    free(k);
}
