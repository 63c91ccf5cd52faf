/* The authentication stage of a connection: which methods, in which order. */
#include "proto/ssh_auth_priv.h"

#include <stdlib.h>
#include <string.h>

#include <libssh/libssh.h>

#include "base/log.h"
#include "base/utf8.h"
#include "proto/ssh_settings.h"
#include "proto/ssh_words.h"

#define FACTORS_MAX 16

char *auth_who(const struct connect_worker *w)
{
    char user[200];
    utf8_sanitize(user, sizeof user, w->s.user, strlen(w->s.user), 60, 0);
    return xasprintf("%s@%s", user, w->s.name);
}

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

static void fail_change(struct connect_worker *w)
{
    char *who = auth_who(w);
    worker_fail(w,
                "the password has to be changed before the host lets anybody in, which cannot be "
                "done from here: log in once with ssh %s",
                who);
    free(who);
}

static enum outcome fail_gone(struct auth *a)
{
    struct connect_worker *w = a->w;
    char reason[SSH_WORDS_MAX];
    ssh_words(ssh_guard_error(w->guard), reason);
    /* libssh knows no answer but yes and no; the third is to change it (RFC 4252, 8), message 60.
     */
    if (a->password_sent && strstr(reason, "type 60"))
        fail_change(w);
    else if (strcasestr(reason, "too many authentication failures"))
        worker_fail(w,
                    "the host ended it: too many failed attempts (MaxAuthTries); %d keys were "
                    "offered%s%s; name the right one with -i and set IdentitiesOnly",
                    w->offers, w->tried.len ? ": " : "", buf_str(&w->tried));
    else
        worker_fail(w, "%s", reason);
    return OUTCOME_DEAD;
}

enum outcome auth_request(struct auth *a, worker_call *call, void *data)
{
    struct connect_worker *w = a->w;
    if (!worker_drive(w, call, data, SSH_AUTH_AGAIN))
        return OUTCOME_DEAD;
    show_banner(w);
    if (w->rc == SSH_AUTH_SUCCESS || w->rc == SSH_AUTH_INFO)
        return OUTCOME_SUCCESS;
    if (w->rc == SSH_AUTH_ERROR &&
        (connection_gone(w) || ssh_words_hopeless(ssh_guard_error(w->guard))))
        return fail_gone(a);
    if (w->rc == SSH_AUTH_DENIED || w->rc == SSH_AUTH_PARTIAL)
        a->allowed = ssh_userauth_list(w->session, NULL);
    /* An error on a living connection: the agent would not sign, or the key is of a kind that
       libssh cannot use. The next one may do. */
    return w->rc == SSH_AUTH_PARTIAL ? OUTCOME_PARTIAL : OUTCOME_DENIED;
}

static int call_service(struct connect_worker *w, void *data)
{
    (void)data;
    return ssh_service_request(w->session, "ssh-userauth");
}

static bool request_service(struct auth *a)
{
    if (!worker_drive(a->w, call_service, NULL, SSH_AGAIN))
        return false;
    if (a->w->rc != SSH_OK)
        fail_gone(a);
    return a->w->rc == SSH_OK;
}

static int call_none(struct connect_worker *w, void *data)
{
    (void)data;
    return ssh_userauth_none(w->session, w->s.user);
}

/* ---- methods in order ---- */

struct method {
    const char *name;
    int bit;
    enum outcome (*attempt)(struct auth *a);
};

static const struct method methods[] = {
    {"gssapi-with-mic", SSH_AUTH_METHOD_GSSAPI_MIC, auth_try_gssapi},
    {"publickey", SSH_AUTH_METHOD_PUBLICKEY, auth_try_publickey},
    {"keyboard-interactive", SSH_AUTH_METHOD_INTERACTIVE, auth_try_kbdint},
    {"password", SSH_AUTH_METHOD_PASSWORD, auth_try_password},
};
#define METHODS (sizeof methods / sizeof methods[0])

static bool enabled(const struct auth *a, const struct method *m)
{
    const struct connect_worker *w = a->w;
    switch (m->bit) {
    case SSH_AUTH_METHOD_GSSAPI_MIC:
        return w->s.gssapi_auth && !a->gssapi_done && auth_gssapi_likely();
    case SSH_AUTH_METHOD_PUBLICKEY: return w->s.pubkey_auth || w->s.memory_identity;
    case SSH_AUTH_METHOD_INTERACTIVE:
        return w->s.kbdint_auth && !w->no_passwords && worker_may_ask(w) && a->kbdint_left > 0;
    default:
        return w->s.password_auth && !w->no_passwords && worker_may_ask(w) && a->password_left > 0;
    }
}

static const struct method *find_method(const char *name)
{
    for (size_t i = 0; i < METHODS; i++)
        if (strcmp(methods[i].name, name) == 0)
            return &methods[i];
    return NULL;
}

/* The methods that the host has named. */
static void put_allowed(const struct auth *a, struct buf *out)
{
    static const struct {
        int bit;
        const char *name;
    } names[] = {{SSH_AUTH_METHOD_PUBLICKEY, "publickey"},
                 {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"},
                 {SSH_AUTH_METHOD_PASSWORD, "password"},
                 {SSH_AUTH_METHOD_HOSTBASED, "hostbased"},
                 {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (a->allowed & names[i].bit)
            buf_printf(out, "%s%s", out->len ? ", " : "", names[i].name);
}

static void log_outcome(const struct auth *a, const char *method, enum outcome o)
{
    static const char *const names[] = {[OUTCOME_SUCCESS] = "accepted",
                                        [OUTCOME_PARTIAL] = "accepted, and more is wanted",
                                        [OUTCOME_DENIED] = "denied",
                                        [OUTCOME_NOTHING] = "nothing to try",
                                        [OUTCOME_DEAD] = "not to the end"};
    struct buf allowed = {0};
    put_allowed(a, &allowed);
    log_line(1, "%s: %s: %s%s%s", a->w->s.name, method, names[o],
             allowed.len && o != OUTCOME_SUCCESS ? "; the host takes " : "",
             o != OUTCOME_SUCCESS ? buf_str(&allowed) : "");
    buf_release(&allowed);
}

static enum outcome ask_methods(struct auth *a)
{
    if (a->allowed != 0)
        return OUTCOME_NOTHING;
    enum outcome o = auth_request(a, call_none, NULL);
    log_outcome(a, "none", o);
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
        if (m->bit != SSH_AUTH_METHOD_PUBLICKEY || !auth_keys_left(a)) {
            enum outcome o = ask_methods(a);
            if (o != OUTCOME_NOTHING)
                return o;
        }
        if (a->allowed != 0 && !(a->allowed & m->bit))
            continue;
        enum outcome o = m->attempt(a);
        log_outcome(a, m->name, o);
        if (o != OUTCOME_DENIED && o != OUTCOME_NOTHING)
            return o;
    }
    return ask_methods(a) == OUTCOME_SUCCESS ? OUTCOME_SUCCESS : OUTCOME_DENIED;
}

static bool fail_denied(struct auth *a)
{
    struct connect_worker *w = a->w;
    struct buf list = {0};
    put_allowed(a, &list);
    worker_fail(
        w, "permission denied for %s: the host accepts %s; %s%s%s; check the user name%s%s",
        w->s.user, list.len ? buf_str(&list) : "no method that it names",
        w->tried.len ? "keys tried: " : "no key was tried", w->tried.len ? buf_str(&w->tried) : "",
        auth_agent_empty(a) ? "; the agent holds no key, or is locked" : "",
        w->tried.len ? " and the host's authorized_keys" : ", or name a key with -i",
        w->s.no_terminal ? " (there is no terminal to ask for a password or passphrase on)" : "");
    buf_release(&list);
    return false;
}

static bool run_methods(struct auth *a)
{
    for (int factor = 0; factor < FACTORS_MAX; factor++) {
        switch (go_through(a)) {
        case OUTCOME_SUCCESS: return true;
        case OUTCOME_PARTIAL: auth_keys_again(a); break; /* the host has named what is next */
        case OUTCOME_DEAD: return false;
        default: return fail_denied(a);
        }
    }
    return worker_fail(a->w, "the host asks for one more proof without end");
}

bool worker_authenticate(struct connect_worker *w)
{
    struct auth a = {
        .w = w, .kbdint_left = w->s.password_prompts, .password_left = w->s.password_prompts};
    worker_stage(w, STAGE_AUTH);
    /* Before any key is offered: which signatures the host knows comes ahead of the answer. The
       keys are looked at while it is on its way. */
    ssh_guard_listen(w->guard, GUARD_ALL);
    call_service(w, NULL);
    ssh_guard_listen_end();
    if (w->s.pubkey_auth || w->s.memory_identity) {
        a.keys = auth_keys_load(w);
        if (!a.keys)
            return false;
    }
    auth_keys_again(&a);
    bool ok = request_service(&a) && run_methods(&a);
    auth_keys_free(a.keys);
    return ok;
}
