/* Authentication by the key in a file: opened, asked about where that costs less, signed with. */
#include "proto/ssh_auth_priv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libssh/libssh.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "proto/agent_add.h"
#include "proto/digest.h"
#include "proto/key_offers.h"
#include "proto/key_ring.h"
#include "proto/public_key.h"

#define SLOW_OPENING_MS 1000
#define AGENT_ADD_MS    4000
#define SCRUB_SIZES     48
#define SCRUB_BLOCKS    8
#define SCRUB_STEP      16 /* between sizes that the allocator tells apart */

/* ---- opening ---- */

struct opening {
    struct connect_worker *w;
    int64_t slow;
    bool told;
};

/* Called while the passphrase is turned into a key, which takes as long as its owner wanted. */
static bool stop_opening(void *data)
{
    struct opening *o = data;
    if (!o->told && clock_ms() >= o->slow) {
        worker_busy(o->w, "opening the key, which is made to take long");
        o->told = true;
    }
    return !worker_wait(o->w, -1, 0, clock_ms());
}

/* SUCCESS: *key is the ring's. DENIED: not with this passphrase. NOTHING: not at all. */
static enum outcome open_key(struct auth *a, const char *path, const char *passphrase,
                             const struct private_key **key)
{
    struct connect_worker *w = a->w;
    struct opening opening = {.w = w, .slow = clock_ms() + SLOW_OPENING_MS};
    const struct private_key_how how = {
        .passphrase = passphrase, .stop = stop_opening, .data = &opening};
    struct private_key opened;
    struct err err;
    enum private_key_read result = key_file_open(path, &how, &opened, &err);
    if (opening.told)
        worker_waiting(w, NULL);
    switch (result) {
    case PRIVATE_KEY_READ: *key = key_ring_keep(w->ring, path, &opened); return OUTCOME_SUCCESS;
    case PRIVATE_KEY_LOCKED: return OUTCOME_DENIED;
    case PRIVATE_KEY_STOPPED: return OUTCOME_DEAD;
    default: worker_notice(w, "the key %s is not used: %s", path, err.text); return OUTCOME_NOTHING;
    }
}

/* DENIED: no passphrase given opens it. */
static enum outcome unlock(struct auth *a, const char *path, const struct private_key **key)
{
    struct connect_worker *w = a->w;
    char *who = auth_who(w);
    enum outcome o = OUTCOME_DENIED;
    for (int tries = 0; o == OUTCOME_DENIED && tries < w->s.password_prompts; tries++) {
        struct connect_event question = {
            .text = xstrdup(tries ? "That passphrase does not open the key." : ""),
            .prompt_count = 1,
            .prompt = {{.text = xasprintf("Passphrase for %s (%s): ", path, who)}},
        };
        char *answers[CONNECT_PROMPTS];
        if (!worker_ask(w, &question, answers)) {
            o = OUTCOME_DEAD;
            break;
        }
        /* An empty answer passes the key over, as in ssh. */
        o = answers[0][0] ? open_key(a, path, answers[0], key) : OUTCOME_NOTHING;
        mailbox_wipe(answers);
    }
    if (o == OUTCOME_DENIED)
        worker_notice(w, "the key %s stays locked", path);
    free(who);
    return o == OUTCOME_NOTHING ? OUTCOME_DENIED : o;
}

/* ---- with libssh ---- */

/* NULL: libssh does not know the kind. */
static ssh_key import_public(const struct agent_key *blob)
{
    ssh_key key = NULL;
    struct public_key name;
    if (!public_key_parse(blob->blob, blob->len, &name))
        return NULL;
    char *base64 = base64_encode(blob->blob, blob->len);
    int rc = ssh_pki_import_pubkey_base64(base64, ssh_key_type_from_name(name.type), &key);
    free(base64);
    return rc == SSH_OK ? key : NULL;
}

/* libssh and its crypto library free their copies of a key as they are. What is asked for next
   in such sizes is the same memory, as far as an allocator lets one wipe what is its. */
static void scrub_freed(size_t len)
{
    void *blocks[SCRUB_SIZES * SCRUB_BLOCKS];
    size_t count = 0, step = len / SCRUB_SIZES > SCRUB_STEP ? len / SCRUB_SIZES : SCRUB_STEP;
    for (size_t size = len; count < SCRUB_SIZES * SCRUB_BLOCKS && size > step; size -= step)
        for (int i = 0; i < SCRUB_BLOCKS; i++) {
            blocks[count] = xmalloc(size);
            explicit_bzero(blocks[count++], size);
        }
    while (count > 0)
        free(blocks[--count]);
}

static ssh_key import_private(const struct private_key *key, const struct key_offer *offer)
{
    struct buf text = {0};
    ssh_key private = NULL;
    private_key_print(key, &text);
    int rc = ssh_pki_import_privkey_base64(buf_str(&text), NULL, NULL, NULL, &private);
    size_t len = text.len;
    buf_release_secret(&text);
    scrub_freed(len);
    if (rc != SSH_OK || !offer->certificate)
        return private;
    ssh_key cert = import_public(&offer->keys.shown);
    if (!cert || ssh_pki_copy_cert_to_privkey(cert, private) != SSH_OK) {
        ssh_key_free(private);
        private = NULL;
    }
    ssh_key_free(cert);
    return private;
}

static int call_offer(struct connect_worker *w, void *data)
{
    return ssh_userauth_try_publickey(w->session, w->s.user, data);
}

static int call_sign(struct connect_worker *w, void *data)
{
    return ssh_userauth_publickey(w->session, w->s.user, data);
}

/* Would the host accept this key? NOTHING: that cannot be asked. */
static enum outcome ask_host(struct auth *a, const struct key_offer *offer)
{
    ssh_key key = offer->keys.shown.blob ? import_public(&offer->keys.shown) : NULL;
    if (!key)
        return OUTCOME_NOTHING;
    enum outcome o = auth_request(a, call_offer, key);
    ssh_key_free(key);
    return o;
}

static enum outcome sign(struct auth *a, const struct key_offer *offer,
                         const struct private_key *key)
{
    ssh_key private = import_private(key, offer);
    if (!private) {
        worker_notice(a->w, "the key %s is not used: libssh does not know its kind", offer->path);
        return OUTCOME_NOTHING;
    }
    enum outcome o = auth_request(a, call_sign, private);
    ssh_key_free(private);
    return o;
}

/* ---- AddKeysToAgent ---- */

static bool wait_agent(void *data, int fd, short events, int64_t deadline)
{
    return worker_wait(data, fd, events, deadline);
}

/* As ssh has it: an empty answer is a yes, too. SUCCESS or DENIED: the answer. */
static enum outcome ask_to_add(struct connect_worker *w, const char *path, const char *comment)
{
    char shown[200], *answers[CONNECT_PROMPTS];
    utf8_sanitize(shown, sizeof shown, comment, strlen(comment), 60, 0);
    struct connect_event question = {
        .text = xstrdup(""),
        .confirm = true,
        .prompt_count = 1,
        .prompt = {{.text = xasprintf("Add the key %s (%s) to the agent? ", path, shown),
                    .echo = true}},
    };
    if (!worker_ask(w, &question, answers))
        return OUTCOME_DEAD;
    bool yes = !*answers[0] || strcasecmp(answers[0], "yes") == 0;
    mailbox_wipe(answers);
    return yes ? OUTCOME_SUCCESS : OUTCOME_DENIED;
}

/* A key that the host took, in whole or as one factor. DEAD: the person gave up. */
static enum outcome add_to_agent(struct connect_worker *w, const char *path,
                                 const struct private_key *key)
{
    struct agent_add how = agent_add_parse(w->s.add_keys);
    const struct agent_wait wait = {.wait = wait_agent, .data = w};
    const char *comment = *key->comment ? key->comment : path;
    struct buf message = {0};
    struct err err;
    if (!how.wanted || !w->s.identity_agent || (how.ask && !worker_may_ask(w)))
        return OUTCOME_NOTHING;
    enum outcome o = how.ask ? ask_to_add(w, path, comment) : OUTCOME_SUCCESS;
    if (o != OUTCOME_SUCCESS)
        return o;
    agent_add_print(&how, key, comment, &message);
    bool ok = agent_add_send(w->s.identity_agent, &message, &wait, clock_ms() + AGENT_ADD_MS, &err);
    buf_release_secret(&message);
    log_line(1, "%s: %s%s", path,
             ok ? "added to the agent" : "not added to the agent: ", ok ? "" : err.text);
    return w->failure ? OUTCOME_DEAD : OUTCOME_NOTHING;
}

/* ---- */

/* One that is open is signed with at once: that is the round trip that asking would cost. */
enum outcome auth_try_file(struct auth *a, const struct key_offer *offer)
{
    const struct private_key *key = key_ring_find(a->w->ring, offer->path);
    if (!key && offer->encrypted && !worker_may_ask(a->w))
        return OUTCOME_NOTHING;
    auth_note_tried(a, offer);
    enum outcome o = OUTCOME_SUCCESS;
    if (!key && offer->encrypted) {
        o = ask_host(a, offer);
        if (o == OUTCOME_SUCCESS || o == OUTCOME_NOTHING)
            o = unlock(a, offer->path, &key);
    } else if (!key) {
        o = open_key(a, offer->path, "", &key);
    }
    if (o != OUTCOME_SUCCESS)
        return o;
    o = sign(a, offer, key);
    if ((o == OUTCOME_SUCCESS || o == OUTCOME_PARTIAL) &&
        add_to_agent(a->w, offer->path, key) == OUTCOME_DEAD)
        return OUTCOME_DEAD;
    return o;
}
