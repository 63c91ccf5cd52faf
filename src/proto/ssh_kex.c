/* The stages of a connection between the stream and the login: banner, key exchange, host key. */
#include "proto/ssh_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "base/log.h"
#include "base/utf8.h"
#include "proto/digest.h"

#define GREETING_MAX (64 * 1024) /* more than this before the version line is no SSH server */

/* ---- what is offered ---- */

/* Modes that a man in the middle can shorten where either side lacks "strict key exchange"
   (CVE-2023-48795). libssh cannot tell us whether it was agreed, so they are offered only if
   the config leaves nothing else. */
static bool is_weak_mode(const char *name, size_t len)
{
    static const char chacha[] = "chacha20-poly1305@openssh.com", cbc[] = "-cbc";
    return (len == strlen(chacha) && memcmp(name, chacha, len) == 0) ||
           (len > strlen(cbc) && memcmp(name + len - strlen(cbc), cbc, strlen(cbc)) == 0);
}

static char *strong_ciphers(const char *list)
{
    struct buf out = {0};
    for (const char *at = list; *at;) {
        size_t len = strcspn(at, ",");
        if (len > 0 && !is_weak_mode(at, len)) {
            buf_puts(&out, out.len ? "," : "");
            buf_append(&out, at, len);
        }
        at += len + (at[len] == ',');
    }
    char *text = xstrdup(out.len ? buf_str(&out) : list);
    buf_release(&out);
    return text;
}

static bool set_option(struct connect_worker *w, enum ssh_options_e option, const char *name,
                       const void *value)
{
    if (!value || ssh_options_set(w->session, option, value) == SSH_OK)
        return true;
    return worker_fail(w, "none of the %s that the ssh config allows is supported here", name);
}

static bool set_algorithms(struct connect_worker *w)
{
    static const char usual_ciphers[] = "aes256-gcm@openssh.com,aes128-gcm@openssh.com,"
                                        "aes256-ctr,aes192-ctr,aes128-ctr";
    char *host_keys = worker_host_key_algorithms(w);
    char *ciphers = strong_ciphers(w->s.ciphers ? w->s.ciphers : usual_ciphers);
    bool ok = set_option(w, SSH_OPTIONS_HOSTKEYS, "HostKeyAlgorithms", host_keys) &&
              set_option(w, SSH_OPTIONS_KEY_EXCHANGE, "KexAlgorithms", w->s.kex) &&
              set_option(w, SSH_OPTIONS_CIPHERS_C_S, "Ciphers", ciphers) &&
              set_option(w, SSH_OPTIONS_CIPHERS_S_C, "Ciphers", ciphers) &&
              set_option(w, SSH_OPTIONS_HMAC_C_S, "MACs", w->s.macs) &&
              set_option(w, SSH_OPTIONS_HMAC_S_C, "MACs", w->s.macs) &&
              set_option(w, SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, "PubkeyAcceptedAlgorithms",
                         w->s.pubkey_algs);
    free(ciphers);
    free(host_keys);
    return ok;
}

/* "BYTES [SECONDS]", 0 for what the library does by itself: RekeyLimit as `ssh -G` has it. */
static bool set_rekey_limit(struct connect_worker *w)
{
    char *end = NULL;
    const uint64_t bytes = w->s.rekey_limit ? strtoull(w->s.rekey_limit, &end, 10) : 0;
    const unsigned long long time = end ? strtoull(end, NULL, 10) : 0;
    /* libssh counts milliseconds in 32 bits. */
    const uint32_t seconds = time < UINT32_MAX / 1000 ? (uint32_t)time : UINT32_MAX / 1000;
    return set_option(w, SSH_OPTIONS_REKEY_DATA, "RekeyLimit", bytes ? &bytes : NULL) &&
           set_option(w, SSH_OPTIONS_REKEY_TIME, "RekeyLimit", seconds ? &seconds : NULL);
}

static bool make_session(struct connect_worker *w)
{
    const bool off = false;
    const int on = 1;
    w->session = ssh_new();
    if (!w->session)
        return worker_fail(w, "no memory for a session");
    ssh_set_blocking(w->session, 0);
    /* The names given here are placeholders that keep libssh from looking for its own. */
    if (ssh_options_set(w->session, SSH_OPTIONS_PROCESS_CONFIG, &off) != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_SSH_DIR, "/nonexistent") != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_HOST, "host") != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_USER, "user") != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_NODELAY, &on) != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_FD, &w->fd) != SSH_OK)
        return worker_fail(w, "libssh refused an option: %s", ssh_get_error(w->session));
    return set_algorithms(w) && set_rekey_limit(w) &&
           set_option(w, SSH_OPTIONS_COMPRESSION, "Compression", w->s.compression ? "yes" : NULL);
}

/* ---- banner, key exchange ---- */

/* What came instead of "SSH-", to be named in the error. */
struct greeting {
    char text[80];
    bool seen, is_ssh;
    struct ssh_counter_struct traffic;
};

/* libssh reports its progress by this; it has the version line at 0.4. */
static void progress(void *data, float status)
{
    struct connect_worker *w = data;
    if (w->stage == STAGE_BANNER && status > 0.35f)
        worker_stage(w, STAGE_KEX);
}

static int connect_call(struct connect_worker *w, void *data)
{
    struct greeting *g = data;
    char head[72];
    if (w->stage == STAGE_BANNER && !g->seen) {
        ssize_t n = recv(w->fd, head, sizeof head, MSG_PEEK | MSG_DONTWAIT);
        if (n > 0) {
            size_t line = 0;
            while (line < (size_t)n && head[line] != '\r' && head[line] != '\n')
                line++;
            g->seen = true;
            g->is_ssh = n >= 4 && memcmp(head, "SSH-", 4) == 0;
            utf8_sanitize(g->text, sizeof g->text, head, line, sizeof g->text - 1, 0);
        }
    }
    int rc = ssh_connect(w->session);
    if (w->stage == STAGE_BANNER && g->traffic.in_bytes > GREETING_MAX) {
        worker_fail(w, "it sends without end, and no SSH banner");
        return SSH_ERROR;
    }
    return rc;
}

/* libssh: "kex error : no match for method METHOD: server [LIST], client [LIST]" */
static bool fail_no_match(struct connect_worker *w, const char *text)
{
    static const struct {
        const char *method, *option;
    } table[] = {{"kex algos", "KexAlgorithms"},
                 {"server host key algo", "HostKeyAlgorithms"},
                 {"encryption", "Ciphers"},
                 {"mac", "MACs"}};
    const char *server = strstr(text, "server [");
    const char *option = "algorithms";
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strstr(text, table[i].method)) {
            option = table[i].option;
            break;
        }
    char list[300] = "";
    if (server) {
        server += strlen("server [");
        utf8_sanitize(list, sizeof list, server, strcspn(server, "]"), 240, 0);
    }
    return worker_fail(w,
                       "no common %s: the host offers only %s; if you accept one of them, allow "
                       "it with -o %s=+NAME",
                       option, list, option);
}

/* Something answered, but not an SSH server. */
static bool stranger(const struct connect_worker *w, const struct greeting *g)
{
    return g->seen && !g->is_ssh && w->stage == STAGE_BANNER;
}

static bool fail_stranger(struct connect_worker *w, const struct greeting *g)
{
    free(w->failure);
    w->failure = NULL;
    return worker_fail(w, "not an SSH server: it answered '%s'; is %d the right port?", g->text,
                       w->s.port);
}

static bool fail_proxy(struct connect_worker *w)
{
    char *complaint = proxy_command_complaint(&w->proxy);
    worker_fail(w, "%s ended before the host answered%s%s",
                w->s.proxy_jump ? "the connection through the jump host" : "the ProxyCommand",
                *complaint ? ": " : "", complaint);
    free(complaint);
    return false;
}

static bool fail_exchange(struct connect_worker *w, const struct greeting *g)
{
    const char *text = ssh_get_error(w->session);
    char reason[240];
    utf8_sanitize(reason, sizeof reason, text, strlen(text), 200, 0);
    if (stranger(w, g))
        return fail_stranger(w, g);
    if (w->stage == STAGE_BANNER && !g->seen && w->s.proxy_command)
        return fail_proxy(w);
    if (w->stage == STAGE_BANNER && !g->seen)
        return worker_fail(w, "the host closed the connection before saying anything; it may be "
                              "refusing this address or have too many connections");
    if (strstr(text, "no match for method"))
        return fail_no_match(w, text);
    if (strstr(text, "disconnected"))
        return worker_fail(w, "the host closed the connection; its log says why");
    return worker_fail(w, "%s", reason);
}

bool worker_exchange_keys(struct connect_worker *w)
{
    struct greeting greeting = {.seen = false};
    struct ssh_callbacks_struct callbacks = {.userdata = w, .connect_status_function = progress};
    worker_stage(w, STAGE_BANNER);
    if (!make_session(w))
        return false;
    ssh_callbacks_init(&callbacks);
    ssh_set_callbacks(w->session, &callbacks);
    ssh_set_counters(w->session, &greeting.traffic, NULL);
    bool ok = worker_drive(w, connect_call, &greeting, SSH_AGAIN);
    if (ok && w->rc != SSH_OK)
        ok = fail_exchange(w, &greeting);
    else if (!ok && stranger(w, &greeting) && !mailbox_cancelled(w->mail))
        fail_stranger(w, &greeting); /* says more than that time has run out */
    ssh_set_counters(w->session, NULL, NULL);
    ssh_set_callbacks(w->session, NULL);
    return ok;
}

/* ---- host key ---- */

bool worker_check_host_key(struct connect_worker *w)
{
    ssh_key key = NULL;
    char *base64 = NULL;
    worker_stage(w, STAGE_HOST_KEY);
    if (ssh_get_server_publickey(w->session, &key) == SSH_OK &&
        ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK)
        w->host_key = base64_decode(base64, strlen(base64), &w->host_key_len);
    ssh_string_free_char(base64);
    ssh_key_free(key);
    if (!w->host_key)
        return worker_fail(w, "the host's key cannot be read");
    log_line(1, "%s: %s at %s, %s, %s", w->s.name, ssh_get_serverbanner(w->session),
             w->address[0] ? w->address : "the proxy's end", ssh_get_kex_algo(w->session),
             ssh_get_cipher_out(w->session));
    return worker_judge_host_key(w);
}
