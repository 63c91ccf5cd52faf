/* The authentication stage of a connection: which methods and keys, in which order. */
#include "proto/ssh_priv.h"

#include <stdlib.h>
#include <string.h>

#include <libssh/libssh.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "proto/agent_proxy.h"
#include "proto/digest.h"
#include "proto/key_file.h"
#include "proto/ssh_settings.h"

#define AGENT_LIST_MS     4000 /* an agent that does not even list its keys is left out */
#define PASSPHRASE_TRIES  3
#define KEYS_MAX          64
#define FACTORS_MAX       16
#define KBDINT_ROUNDS_MAX 20 /* question after question: no host needs more */

struct candidate {
    const char *path;
    struct key_file file;
    bool in_agent, done;
};

struct auth {
    struct connect_worker *w;
    int allowed; /* SSH_AUTH_METHOD_*; 0: the host has not said yet */
    struct candidate keys[KEYS_MAX];
    size_t key_count;
    struct agent_proxy *agent; /* NULL: none, or none of its keys is permitted */
    bool agent_done;
    bool memory_done;
    int kbdint_left, password_left;
    const char *asked_text; /* of the running call */
    ssh_key key;
};

enum outcome {
    OUTCOME_SUCCESS,
    OUTCOME_PARTIAL,
    OUTCOME_DENIED,  /* this try, or all this method has */
    OUTCOME_NOTHING, /* the method had nothing to try */
    OUTCOME_DEAD,    /* the failure is set */
};

/* ---- one request ---- */

/* The text a host shows before login, each new one once. */
static void show_banner(struct connect_worker *w)
{
    char *text = ssh_get_issue_banner(w->session);
    if (text && *text && (!w->banner_shown || strcmp(text, w->banner_shown) != 0)) {
        struct connect_event event = {
            .kind = CONNECT_BANNER, .stage = w->stage, .text = xstrdup(text)};
        mailbox_post(w->mail, &event);
        ssh_string_set(&w->banner_shown, text);
    }
    ssh_string_free_char(text);
}

static bool connection_gone(struct connect_worker *w)
{
    return !ssh_is_connected(w->session) ||
           (ssh_get_status(w->session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0;
}

static enum outcome fail_gone(struct auth *a)
{
    struct connect_worker *w = a->w;
    const char *text = ssh_get_error(w->session);
    char reason[200];
    utf8_sanitize(reason, sizeof reason, text, strlen(text), 180, 0);
    if (strcasestr(reason, "too many authentication failures"))
        worker_fail(w,
                    "the host ended it: too many failed attempts (MaxAuthTries); %d keys were "
                    "offered%s%s; name the right one with -i and set IdentitiesOnly",
                    w->offers, w->tried.len ? ": " : "", buf_str(&w->tried));
    else
        worker_fail(w, "the host ended the connection: %s", reason);
    return OUTCOME_DEAD;
}

static enum outcome request(struct auth *a, worker_call *call)
{
    struct connect_worker *w = a->w;
    if (!worker_drive(w, call, a, SSH_AUTH_AGAIN))
        return OUTCOME_DEAD;
    show_banner(w);
    if (w->rc == SSH_AUTH_SUCCESS || w->rc == SSH_AUTH_INFO)
        return OUTCOME_SUCCESS;
    if (w->rc == SSH_AUTH_ERROR && connection_gone(w))
        return fail_gone(a);
    if (w->rc == SSH_AUTH_DENIED || w->rc == SSH_AUTH_PARTIAL)
        a->allowed = ssh_userauth_list(w->session, NULL);
    /* An error on a living connection: the agent would not sign, or the key is of a kind that
       libssh cannot use. The next one may do. */
    return w->rc == SSH_AUTH_PARTIAL ? OUTCOME_PARTIAL : OUTCOME_DENIED;
}

static int call_none(struct connect_worker *w, void *data)
{
    (void)data;
    return ssh_userauth_none(w->session, w->s.user);
}

static int call_agent(struct connect_worker *w, void *data)
{
    (void)data;
    return ssh_userauth_agent(w->session, w->s.user);
}

static int call_offer(struct connect_worker *w, void *data)
{
    const struct auth *a = data;
    return ssh_userauth_try_publickey(w->session, w->s.user, a->key);
}

static int call_sign(struct connect_worker *w, void *data)
{
    const struct auth *a = data;
    return ssh_userauth_publickey(w->session, w->s.user, a->key);
}

static int call_password(struct connect_worker *w, void *data)
{
    const struct auth *a = data;
    return ssh_userauth_password(w->session, w->s.user, a->asked_text);
}

static int call_kbdint(struct connect_worker *w, void *data)
{
    (void)data;
    return ssh_userauth_kbdint(w->session, w->s.user, NULL);
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

static void load_candidates(struct auth *a)
{
    struct connect_worker *w = a->w;
    for (size_t i = 0; w->s.identity_file && w->s.identity_file[i]; i++) {
        if (a->key_count == KEYS_MAX)
            break;
        struct candidate *c = &a->keys[a->key_count];
        *c = (struct candidate){.path = w->s.identity_file[i]};
        key_file_probe(c->path, &c->file);
        if (c->file.state == KEY_UNUSABLE)
            worker_notice(w, "the key %s is not used: %s", c->path, c->file.why);
        if (c->file.state == KEY_ABSENT && !c->file.blob)
            key_file_release(&c->file);
        else
            a->key_count++;
    }
}

static void agent_waits(void *data)
{
    worker_notice(data, "the agent has been asked for a signature: a key may want to be touched, "
                        "or a question answered");
}

/* Connect to the agent and leave only the keys this connection may use, the configured first. */
static bool open_agent(struct auth *a)
{
    struct connect_worker *w = a->w;
    struct err err;
    struct agent_key wanted[KEYS_MAX];
    size_t count = 0;
    if (!w->s.identity_agent)
        return true;
    a->agent = agent_proxy_new(w->s.identity_agent, mailbox_cancel_fd(w->mail),
                               clock_ms() + AGENT_LIST_MS, &err);
    if (!a->agent) {
        if (mailbox_cancelled(w->mail))
            return worker_fail(w, "cancelled");
        if (strstr(err.text, "does not answer"))
            worker_notice(w, "%s", err.text);
        log_line(1, "%s", err.text); /* a stale SSH_AUTH_SOCK is common, and no concern */
        return true;
    }
    for (size_t i = 0; i < a->key_count; i++) {
        struct agent_key key = {a->keys[i].file.blob, a->keys[i].file.blob_len};
        if (!key.blob || !agent_proxy_has(a->agent, &key))
            continue;
        a->keys[i].in_agent = true;
        wanted[count++] = key;
    }
    int fd = -1;
    if (agent_proxy_choose(a->agent, wanted, count, w->s.identities_only))
        fd = agent_proxy_start(a->agent, agent_waits, w, &err);
    if (fd >= 0) {
        ssh_set_agent_socket(w->session, fd);
        return true;
    }
    agent_proxy_free(a->agent);
    a->agent = NULL;
    return true;
}

static enum outcome try_agent(struct auth *a)
{
    struct agent_key key;
    const char *comment;
    size_t len;
    a->agent_done = true;
    for (size_t i = 0; agent_filter_key(agent_proxy_keys(a->agent), i, &key, &comment, &len); i++)
        note_tried(a, comment, len);
    return request(a, call_agent);
}

static ssh_key import_private(const char *path, const char *passphrase)
{
    ssh_key key = NULL;
    return ssh_pki_import_privkey_file(path, passphrase, NULL, NULL, &key) == SSH_OK ? key : NULL;
}

static enum outcome try_plain(struct auth *a, struct candidate *c)
{
    c->done = true;
    a->key = import_private(c->path, ""); /* never NULL: OpenSSL would ask on the terminal */
    if (!a->key) {
        worker_notice(a->w, "the key %s is not used: it cannot be read%s", c->path,
                      strncmp(c->file.type, "sk-", 3) == 0
                          ? " without an agent (it lives in a security key)"
                          : "");
        return OUTCOME_NOTHING;
    }
    note_tried(a, c->path, strlen(c->path));
    enum outcome o = request(a, call_sign);
    ssh_key_free(a->key);
    a->key = NULL;
    return o;
}

/* Would the host accept this key? NOTHING: the public half is not known. */
static enum outcome offer_public(struct auth *a, const struct candidate *c)
{
    if (!c->file.blob)
        return OUTCOME_NOTHING;
    char *base64 = base64_encode(c->file.blob, c->file.blob_len);
    int rc = ssh_pki_import_pubkey_base64(base64, ssh_key_type_from_name(c->file.type), &a->key);
    free(base64);
    if (rc != SSH_OK)
        return OUTCOME_NOTHING;
    enum outcome o = request(a, call_offer);
    ssh_key_free(a->key);
    a->key = NULL;
    return o;
}

/* OUTCOME_SUCCESS: a->key is the private key. */
static enum outcome unlock(struct auth *a, const struct candidate *c)
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
            a->key = import_private(c->path, answers[0]);
        mailbox_wipe(answers);
        if (a->key)
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
    o = unlock(a, c);
    if (o != OUTCOME_SUCCESS)
        return o;
    o = request(a, call_sign);
    ssh_key_free(a->key);
    a->key = NULL;
    return o;
}

/* Are these the names ssh tries when nothing is configured? */
static bool default_identities(const struct auth *a)
{
    size_t n = 0;
    for (char **f = a->w->s.identity_file; f && *f; f++) {
        const char *slash = strrchr(*f, '/');
        n += slash && strncmp(slash, "/id_", 4) == 0;
    }
    return n > 2;
}

/* A key that was chosen for this host goes before what the agent happens to hold: it can be
   signed with at once, without asking the host first. */
static struct candidate *next_early(struct auth *a)
{
    if (a->agent && !a->agent_done && default_identities(a))
        return NULL;
    for (size_t i = 0; i < a->key_count; i++) {
        struct candidate *c = &a->keys[i];
        if (c->in_agent && !a->agent_done)
            return NULL;
        if (!c->done && !c->in_agent && c->file.state == KEY_PLAIN)
            return c;
    }
    return NULL;
}

static struct candidate *next_late(struct auth *a)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < a->key_count; i++) {
            struct candidate *c = &a->keys[i];
            bool plain = c->file.state == KEY_PLAIN, locked = c->file.state == KEY_ENCRYPTED;
            if (!c->done && !c->in_agent && (pass == 0 ? plain : locked))
                return c;
        }
    return NULL;
}

static enum outcome try_memory(struct auth *a)
{
    a->memory_done = true;
    a->key = a->w->s.memory_identity;
    enum outcome o = request(a, call_sign);
    a->key = NULL;
    return o;
}

/* One key, the next that has not been tried. */
static enum outcome try_next_key(struct auth *a)
{
    if (a->w->s.memory_identity)
        return a->memory_done ? OUTCOME_NOTHING : try_memory(a);
    struct candidate *c = next_early(a);
    if (c)
        return try_plain(a, c);
    if (a->agent && !a->agent_done)
        return try_agent(a);
    c = next_late(a);
    if (!c)
        return OUTCOME_NOTHING;
    return c->file.state == KEY_PLAIN ? try_plain(a, c) : try_encrypted(a, c);
}

static bool have_keys(struct auth *a)
{
    if (a->w->s.memory_identity)
        return !a->memory_done;
    return next_early(a) || (a->agent && !a->agent_done) || next_late(a);
}

static enum outcome try_publickey(struct auth *a)
{
    enum outcome o = OUTCOME_NOTHING;
    while (have_keys(a) && (a->allowed == 0 || (a->allowed & SSH_AUTH_METHOD_PUBLICKEY))) {
        o = try_next_key(a);
        if (o != OUTCOME_DENIED && o != OUTCOME_NOTHING)
            return o;
    }
    return o;
}

/* ---- what a person answers ---- */

static enum outcome try_password(struct auth *a)
{
    struct connect_worker *w = a->w;
    bool again = false;
    while (a->password_left > 0 && (a->allowed & SSH_AUTH_METHOD_PASSWORD)) {
        a->password_left--;
        struct connect_event question = {
            .text = xstrdup(again ? "Permission denied, please try again." : ""),
            .prompt_count = 1,
            .prompt = {{.text = xasprintf("%s@%s's password: ", w->s.user, w->s.name)}},
        };
        char *answers[CONNECT_PROMPTS];
        if (!worker_ask(w, &question, answers))
            return OUTCOME_DEAD;
        a->asked_text = answers[0];
        enum outcome o = request(a, call_password);
        a->asked_text = NULL;
        mailbox_wipe(answers);
        if (o != OUTCOME_DENIED)
            return o;
        again = true;
    }
    return OUTCOME_DENIED;
}

static char *clean(const char *text, int keep_lines)
{
    size_t len = text ? strlen(text) : 0;
    len = len > 4096 ? 4096 : len;
    char out[4096];
    utf8_sanitize(out, sizeof out, text ? text : "", len, 2000, keep_lines);
    return xstrdup(out);
}

/* The host's questions of one round, as it words them. */
static void kbdint_question(struct connect_worker *w, struct connect_event *question)
{
    char *name = clean(ssh_userauth_kbdint_getname(w->session), 0);
    char *instruction = clean(ssh_userauth_kbdint_getinstruction(w->session), 1);
    *question = (struct connect_event){
        .text = xasprintf("%s%s%s", name, *name && *instruction ? "\n" : "", instruction)};
    free(name);
    free(instruction);
    int n = ssh_userauth_kbdint_getnprompts(w->session);
    for (int i = 0; i < n && i < CONNECT_PROMPTS; i++) {
        char echo = 0;
        const char *prompt = ssh_userauth_kbdint_getprompt(w->session, (unsigned)i, &echo);
        question->prompt[question->prompt_count++] =
            (struct connect_prompt){.text = clean(prompt, 0), .echo = echo != 0};
    }
}

/* Answer one round; without prompts (a mere notice) the answer is empty and nobody asked. */
static bool kbdint_answer(struct connect_worker *w)
{
    struct connect_event question;
    int n = ssh_userauth_kbdint_getnprompts(w->session);
    if (n > CONNECT_PROMPTS)
        return worker_fail(w, "the host asks %d questions at once", n);
    kbdint_question(w, &question);
    if (n <= 0) {
        if (*question.text)
            worker_notice(w, "%s", question.text);
        connect_event_release(&question);
        return true;
    }
    char *answers[CONNECT_PROMPTS];
    if (!worker_ask(w, &question, answers))
        return false;
    bool ok = true;
    for (int i = 0; i < n && ok; i++)
        ok = ssh_userauth_kbdint_setanswer(w->session, (unsigned)i, answers[i]) == 0;
    mailbox_wipe(answers);
    return ok || worker_fail(w, "the answers could not be taken");
}

static enum outcome try_kbdint(struct auth *a)
{
    while (a->kbdint_left > 0 && (a->allowed & SSH_AUTH_METHOD_INTERACTIVE)) {
        a->kbdint_left--;
        enum outcome o = request(a, call_kbdint);
        for (int round = 0; a->w->rc == SSH_AUTH_INFO && o == OUTCOME_SUCCESS; round++) {
            if (round == KBDINT_ROUNDS_MAX) {
                worker_fail(a->w, "the host asks question after question");
                return OUTCOME_DEAD;
            }
            if (!kbdint_answer(a->w))
                return OUTCOME_DEAD;
            o = request(a, call_kbdint);
        }
        if (o != OUTCOME_DENIED)
            return o;
    }
    return OUTCOME_DENIED;
}

/* ---- methods in order ---- */

struct method {
    const char *name;
    int bit;
    enum outcome (*attempt)(struct auth *a);
};

static const struct method methods[] = {
    {"publickey", SSH_AUTH_METHOD_PUBLICKEY, try_publickey},
    {"keyboard-interactive", SSH_AUTH_METHOD_INTERACTIVE, try_kbdint},
    {"password", SSH_AUTH_METHOD_PASSWORD, try_password},
};
#define METHODS (sizeof methods / sizeof methods[0])

static bool enabled(const struct auth *a, const struct method *m)
{
    const struct connect_worker *w = a->w;
    switch (m->bit) {
    case SSH_AUTH_METHOD_PUBLICKEY: return w->s.pubkey_auth || w->s.memory_identity;
    case SSH_AUTH_METHOD_INTERACTIVE:
        return w->s.kbdint_auth && !w->no_passwords && !w->s.batch && a->kbdint_left > 0;
    default: return w->s.password_auth && !w->no_passwords && !w->s.batch && a->password_left > 0;
    }
}

static const struct method *find_method(const char *name)
{
    for (size_t i = 0; i < METHODS; i++)
        if (strcmp(methods[i].name, name) == 0)
            return &methods[i];
    return NULL;
}

static enum outcome ask_methods(struct auth *a)
{
    if (a->allowed != 0)
        return OUTCOME_NOTHING;
    enum outcome o = request(a, call_none);
    return o == OUTCOME_DENIED ? OUTCOME_NOTHING : o;
}

/* Go once through the methods in the preferred order. */
static enum outcome go_through(struct auth *a)
{
    for (char **name = a->w->s.preferred_auth; name && *name; name++) {
        const struct method *m = find_method(*name);
        if (!m || !enabled(a, m))
            continue;
        /* Only keys are worth a try before the host has said what it takes. */
        if (m->bit != SSH_AUTH_METHOD_PUBLICKEY || !have_keys(a)) {
            enum outcome o = ask_methods(a);
            if (o != OUTCOME_NOTHING)
                return o;
        }
        if (a->allowed != 0 && !(a->allowed & m->bit))
            continue;
        enum outcome o = m->attempt(a);
        if (o != OUTCOME_DENIED && o != OUTCOME_NOTHING)
            return o;
    }
    return ask_methods(a) == OUTCOME_SUCCESS ? OUTCOME_SUCCESS : OUTCOME_DENIED;
}

static bool fail_denied(struct auth *a)
{
    static const struct {
        int bit;
        const char *name;
    } names[] = {{SSH_AUTH_METHOD_PUBLICKEY, "publickey"},
                 {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"},
                 {SSH_AUTH_METHOD_PASSWORD, "password"},
                 {SSH_AUTH_METHOD_HOSTBASED, "hostbased"},
                 {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"}};
    struct connect_worker *w = a->w;
    struct buf list = {0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (a->allowed & names[i].bit)
            buf_printf(&list, "%s%s", list.len ? ", " : "", names[i].name);
    worker_fail(w, "permission denied for %s: the host accepts %s; %s%s; check the user name%s",
                w->s.user, list.len ? buf_str(&list) : "no method that it names",
                w->tried.len ? "keys tried: " : "no key was tried",
                w->tried.len ? buf_str(&w->tried) : "",
                w->tried.len ? " and the host's authorized_keys" : ", or name a key with -i");
    buf_release(&list);
    return false;
}

static bool run_methods(struct auth *a)
{
    for (int factor = 0; factor < FACTORS_MAX; factor++) {
        switch (go_through(a)) {
        case OUTCOME_SUCCESS: return true;
        case OUTCOME_PARTIAL: continue; /* one factor done: the host has named what is next */
        case OUTCOME_DEAD: return false;
        default: return fail_denied(a);
        }
    }
    return worker_fail(a->w, "the host asks for one more proof without end");
}

bool worker_authenticate(struct connect_worker *w)
{
    struct auth *a = xcalloc(1, sizeof *a);
    a->w = w;
    a->kbdint_left = a->password_left = w->s.password_prompts;
    worker_stage(w, STAGE_AUTH);
    bool ok = true;
    if (w->s.pubkey_auth && !w->s.memory_identity) {
        load_candidates(a);
        ok = open_agent(a);
    }
    ok = ok && run_methods(a);
    agent_proxy_free(a->agent);
    for (size_t i = 0; i < a->key_count; i++)
        key_file_release(&a->keys[i].file);
    free(a);
    return ok;
}
