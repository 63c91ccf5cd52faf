/* Authentication by keys: of files, of the agent, or in memory. */
#include "proto/ssh_auth_priv.h"

#include <stdlib.h>
#include <string.h>

#include <libssh/libssh.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "proto/agent_proxy.h"
#include "proto/digest.h"
#include "proto/key_file.h"

#define AGENT_LIST_MS    4000 /* an agent that does not even list its keys is left out */
#define PASSPHRASE_TRIES 3
#define KEYS_MAX         64

struct candidate {
    const char *path;
    struct key_file file;
    bool in_agent, done;
};

struct auth_keys {
    struct connect_worker *w;
    struct candidate list[KEYS_MAX];
    size_t count;
    struct agent_proxy *agent; /* NULL: none, or none of its keys is permitted */
    bool agent_done;
    bool memory_done;
};

static int call_agent(struct connect_worker *w, void *data)
{
    (void)data;
    return ssh_userauth_agent(w->session, w->s.user);
}

static int call_offer(struct connect_worker *w, void *data)
{
    return ssh_userauth_try_publickey(w->session, w->s.user, data);
}

static int call_sign(struct connect_worker *w, void *data)
{
    return ssh_userauth_publickey(w->session, w->s.user, data);
}

/* ---- keys ---- */

static void note_tried(struct auth *a, const char *name, size_t len)
{
    char shown[96];
    utf8_sanitize(shown, sizeof shown, name, len, 60, 0);
    if (a->w->tried.len < 300)
        buf_printf(&a->w->tried, "%s%s", a->w->tried.len ? ", " : "", shown);
    a->w->offers++;
}

static void load_candidates(struct auth_keys *k)
{
    const struct connect_worker *w = k->w;
    for (size_t i = 0; w->s.identity_file && w->s.identity_file[i]; i++) {
        if (k->count == KEYS_MAX)
            break;
        struct candidate *c = &k->list[k->count];
        *c = (struct candidate){.path = w->s.identity_file[i]};
        key_file_probe(c->path, &c->file);
        if (c->file.state == KEY_UNUSABLE)
            worker_notice(k->w, "the key %s is not used: %s", c->path, c->file.why);
        if (c->file.state == KEY_ABSENT && !c->file.blob)
            key_file_release(&c->file);
        else
            k->count++;
    }
}

static void agent_waits(void *data)
{
    worker_notice(data, "the agent has been asked for a signature: a key may want to be touched, "
                        "or a question answered");
}

/* Connect to the agent and leave only the keys this connection may use, the configured first. */
static bool open_agent(struct auth_keys *k)
{
    struct connect_worker *w = k->w;
    struct err err;
    struct agent_key wanted[KEYS_MAX];
    size_t count = 0;
    if (!w->s.identity_agent)
        return true;
    k->agent = agent_proxy_new(w->s.identity_agent, mailbox_cancel_fd(w->mail),
                               clock_ms() + AGENT_LIST_MS, &err);
    if (!k->agent) {
        if (mailbox_cancelled(w->mail))
            return worker_fail(w, "cancelled");
        if (strstr(err.text, "does not answer"))
            worker_notice(w, "%s", err.text);
        log_line(1, "%s", err.text); /* a stale SSH_AUTH_SOCK is common, and no concern */
        return true;
    }
    for (size_t i = 0; i < k->count; i++) {
        struct agent_key key = {k->list[i].file.blob, k->list[i].file.blob_len};
        if (!key.blob || !agent_proxy_has(k->agent, &key))
            continue;
        k->list[i].in_agent = true;
        wanted[count++] = key;
    }
    int fd = -1;
    if (agent_proxy_choose(k->agent, wanted, count, w->s.identities_only))
        fd = agent_proxy_start(k->agent, agent_waits, w, &err);
    if (fd >= 0) {
        ssh_set_agent_socket(w->session, fd);
        return true;
    }
    agent_proxy_free(k->agent);
    k->agent = NULL;
    return true;
}

static enum outcome try_agent(struct auth *a)
{
    struct agent_key key;
    const char *comment;
    size_t len;
    a->keys->agent_done = true;
    for (size_t i = 0; agent_filter_key(agent_proxy_keys(a->keys->agent), i, &key, &comment, &len);
         i++)
        note_tried(a, comment, len);
    return auth_request(a, call_agent, NULL);
}

static ssh_key import_private(const char *path, const char *passphrase)
{
    ssh_key key = NULL;
    return ssh_pki_import_privkey_file(path, passphrase, NULL, NULL, &key) == SSH_OK ? key : NULL;
}

static enum outcome try_plain(struct auth *a, struct candidate *c)
{
    c->done = true;
    ssh_key key = import_private(c->path, ""); /* never NULL: OpenSSL would ask on the terminal */
    if (!key) {
        worker_notice(a->w, "the key %s is not used: it cannot be read%s", c->path,
                      strncmp(c->file.type, "sk-", 3) == 0
                          ? " without an agent (it lives in a security key)"
                          : "");
        return OUTCOME_NOTHING;
    }
    note_tried(a, c->path, strlen(c->path));
    enum outcome o = auth_request(a, call_sign, key);
    ssh_key_free(key);
    return o;
}

/* Would the host accept this key? NOTHING: the public half is not known. */
static enum outcome offer_public(struct auth *a, const struct candidate *c)
{
    if (!c->file.blob)
        return OUTCOME_NOTHING;
    ssh_key key = NULL;
    char *base64 = base64_encode(c->file.blob, c->file.blob_len);
    int rc = ssh_pki_import_pubkey_base64(base64, ssh_key_type_from_name(c->file.type), &key);
    free(base64);
    if (rc != SSH_OK)
        return OUTCOME_NOTHING;
    enum outcome o = auth_request(a, call_offer, key);
    ssh_key_free(key);
    return o;
}

/* OUTCOME_SUCCESS: *key is the private key. */
static enum outcome unlock(struct auth *a, const struct candidate *c, ssh_key *key)
{
    for (int tries = 0; tries < PASSPHRASE_TRIES; tries++) {
        struct connect_event question = {
            .text = xstrdup(tries ? "That passphrase does not open the key." : ""),
            .prompt_count = 1,
            .prompt = {{.text = xasprintf("Passphrase for %s: ", c->path)}},
        };
        char *answers[CONNECT_PROMPTS];
        if (!worker_ask(a->w, &question, answers))
            return OUTCOME_DEAD;
        bool given = answers[0][0] != '\0';
        if (given)
            *key = import_private(c->path, answers[0]);
        mailbox_wipe(answers);
        if (*key)
            return OUTCOME_SUCCESS;
        if (!given)
            return OUTCOME_DENIED; /* an empty answer passes the key over, as in ssh */
    }
    worker_notice(a->w, "the key %s stays locked", c->path);
    return OUTCOME_DENIED;
}

static enum outcome try_encrypted(struct auth *a, struct candidate *c)
{
    c->done = true;
    if (a->w->s.batch)
        return OUTCOME_NOTHING;
    note_tried(a, c->path, strlen(c->path));
    enum outcome o = offer_public(a, c);
    if (o != OUTCOME_SUCCESS && o != OUTCOME_NOTHING)
        return o;
    ssh_key key = NULL;
    o = unlock(a, c, &key);
    if (o != OUTCOME_SUCCESS)
        return o;
    o = auth_request(a, call_sign, key);
    ssh_key_free(key);
    return o;
}

/* Are these the names ssh tries when nothing is configured? */
static bool default_identities(const struct auth_keys *k)
{
    size_t n = 0;
    for (char **f = k->w->s.identity_file; f && *f; f++) {
        const char *slash = strrchr(*f, '/');
        n += slash && strncmp(slash, "/id_", 4) == 0;
    }
    return n > 2;
}

/* A key that was chosen for this host goes before what the agent happens to hold: it can be
   signed with at once, without asking the host first. */
static struct candidate *next_early(struct auth_keys *k)
{
    if (k->agent && !k->agent_done && default_identities(k))
        return NULL;
    for (size_t i = 0; i < k->count; i++) {
        struct candidate *c = &k->list[i];
        if (c->in_agent && !k->agent_done)
            return NULL;
        if (!c->done && !c->in_agent && c->file.state == KEY_PLAIN)
            return c;
    }
    return NULL;
}

static struct candidate *next_late(struct auth_keys *k)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < k->count; i++) {
            struct candidate *c = &k->list[i];
            bool plain = c->file.state == KEY_PLAIN, locked = c->file.state == KEY_ENCRYPTED;
            if (!c->done && !c->in_agent && (pass == 0 ? plain : locked))
                return c;
        }
    return NULL;
}

static enum outcome try_memory(struct auth *a)
{
    a->keys->memory_done = true;
    return auth_request(a, call_sign, a->w->s.memory_identity);
}

/* One key, the next that has not been tried. */
static enum outcome try_next_key(struct auth *a)
{
    struct auth_keys *k = a->keys;
    if (a->w->s.memory_identity)
        return k->memory_done ? OUTCOME_NOTHING : try_memory(a);
    struct candidate *c = next_early(k);
    if (c)
        return try_plain(a, c);
    if (k->agent && !k->agent_done)
        return try_agent(a);
    c = next_late(k);
    if (!c)
        return OUTCOME_NOTHING;
    return c->file.state == KEY_PLAIN ? try_plain(a, c) : try_encrypted(a, c);
}

bool auth_keys_left(const struct auth *a)
{
    struct auth_keys *k = a->keys;
    if (!k)
        return false;
    if (a->w->s.memory_identity)
        return !k->memory_done;
    return next_early(k) || (k->agent && !k->agent_done) || next_late(k);
}

enum outcome auth_try_publickey(struct auth *a)
{
    enum outcome o = OUTCOME_NOTHING;
    while (auth_keys_left(a) && (a->allowed == 0 || (a->allowed & SSH_AUTH_METHOD_PUBLICKEY))) {
        o = try_next_key(a);
        if (o != OUTCOME_DENIED && o != OUTCOME_NOTHING)
            return o;
    }
    return o;
}

struct auth_keys *auth_keys_load(struct connect_worker *w)
{
    struct auth_keys *k = xcalloc(1, sizeof *k);
    k->w = w;
    if (w->s.memory_identity)
        return k;
    load_candidates(k);
    if (open_agent(k))
        return k;
    auth_keys_free(k);
    return NULL;
}

void auth_keys_free(struct auth_keys *k)
{
    if (!k)
        return;
    agent_proxy_free(k->agent);
    for (size_t i = 0; i < k->count; i++)
        key_file_release(&k->list[i].file);
    free(k);
}
