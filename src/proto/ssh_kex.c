/* The stages of a connection between the stream and the login: banner, key exchange, host key. */
#include "proto/ssh_priv.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "base/log.h"
#include "base/utf8.h"
#include "proto/digest.h"
#include "proto/ssh_words.h"

#define GREETING_MAX (64 * 1024) /* more than this before the version line is no SSH server */

/* ---- what is offered ---- */

/* Modes that a man in the middle can shorten where either side lacks "strict key exchange"
   (CVE-2023-48795): asked for behind all others, and refused then if it was not agreed on. */
static bool is_weak_mode(const char *name, size_t len)
{
    static const char chacha[] = "chacha20-poly1305@openssh.com", cbc[] = "-cbc";
    return (len == strlen(chacha) && memcmp(name, chacha, len) == 0) ||
           (len > strlen(cbc) && memcmp(name + len - strlen(cbc), cbc, strlen(cbc)) == 0);
}

static void add_ciphers(struct buf *out, const char *list, bool weak)
{
    for (const char *at = list; *at;) {
        size_t len = strcspn(at, ",");
        if (len > 0 && is_weak_mode(at, len) == weak) {
            buf_puts(out, out->len ? "," : "");
            buf_append(out, at, len);
        }
        at += len + (at[len] == ',');
    }
}

static char *weak_ciphers_last(const char *list)
{
    struct buf out = {0};
    add_ciphers(&out, list, false);
    add_ciphers(&out, list, true);
    char *text = xstrdup(buf_str(&out));
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
                                        "aes256-ctr,aes192-ctr,aes128-ctr,"
                                        "chacha20-poly1305@openssh.com";
    char *host_keys = worker_host_key_algorithms(w);
    char *ciphers = weak_ciphers_last(w->s.ciphers ? w->s.ciphers : usual_ciphers);
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
    w->guard = ssh_guard_new(w->session);
    ssh_set_blocking(w->session, 0);
    /* The names given here are placeholders that keep libssh from looking for its own. */
    if (ssh_options_set(w->session, SSH_OPTIONS_PROCESS_CONFIG, &off) != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_SSH_DIR, "/nonexistent") != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_IDENTITY_AGENT, "/nonexistent") != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_HOST, "host") != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_USER, "user") != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_NODELAY, &on) != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_FD, &w->fd) != SSH_OK)
        return worker_fail(w, "libssh refused an option: %s", ssh_get_error(w->session));
    return set_algorithms(w) && set_rekey_limit(w) &&
           set_option(w, SSH_OPTIONS_COMPRESSION, "Compression", w->s.compression ? "yes" : NULL);
}

/* ---- banner, key exchange ---- */

/* The beginning of the first line, to be named in the error if it is no "SSH-". */
struct greeting {
    char text[72];
    size_t len;
    bool whole; /* the line has ended, or is longer than that */
};

/* libssh reports its progress by this; it has the version line at 0.4, and approves of it
   before 0.5. */
static void progress(void *data, float status)
{
    struct connect_worker *w = data;
    if (w->stage == STAGE_BANNER && status > 0.45f)
        worker_stage(w, STAGE_KEX);
}

static void greeting_add(struct greeting *g, const char *data, size_t len)
{
    for (size_t i = 0; i < len && !g->whole; i++) {
        g->whole = data[i] == '\r' || data[i] == '\n';
        if (!g->whole)
            g->text[g->len++] = data[i];
        g->whole = g->whole || g->len == sizeof g->text;
    }
}

static int connect_call(struct connect_worker *w, void *data)
{
    struct greeting *g = data;
    char head[sizeof g->text];
    uint64_t before = ssh_guard_arrived(w->guard);
    ssize_t n = 0;
    if (w->stage == STAGE_BANNER && !g->whole)
        n = recv(w->fd, head, sizeof head, MSG_PEEK | MSG_DONTWAIT);
    int rc = ssh_connect(w->session);
    /* libssh makes it blocking, and would sleep in a send() that is larger than what the socket
       takes: with a host that does not read, for ever. (It writes to sockets that are ready only,
       of which EAGAIN does not come.) */
    if (rc == SSH_AGAIN || rc == SSH_OK)
        fcntl(w->fd, F_SETFL, O_NONBLOCK);
    /* What was seen is added once libssh has taken it, so that nothing is seen twice. */
    uint64_t taken = ssh_guard_arrived(w->guard) - before;
    greeting_add(g, head, n > 0 && (uint64_t)n < taken ? (size_t)n : n > 0 ? (size_t)taken : 0);
    if (w->stage == STAGE_BANNER && ssh_guard_arrived(w->guard) > GREETING_MAX) {
        worker_fail(w, "it sends without end, and no SSH banner");
        return SSH_ERROR;
    }
    return rc;
}

/* Something answered, but not an SSH server. */
static bool stranger(const struct connect_worker *w, const struct greeting *g)
{
    size_t n = g->len < 4 ? g->len : 4;
    return w->stage == STAGE_BANNER && (g->len > 0 || g->whole) &&
           (memcmp(g->text, "SSH-", n) != 0 || (g->whole && n < 4));
}

static bool fail_stranger(struct connect_worker *w, const struct greeting *g)
{
    char shown[4 * sizeof g->text];
    free(w->failure);
    w->failure = NULL;
    utf8_sanitize(shown, sizeof shown, g->text, g->len, sizeof g->text, 0);
    return worker_fail(w, "not an SSH server: it answered '%s'; is %d the right port?", shown,
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
    char reason[SSH_WORDS_MAX];
    bool closed = ssh_words(ssh_guard_error(w->guard), reason);
    if (stranger(w, g))
        return fail_stranger(w, g);
    if (closed && w->stage == STAGE_BANNER && w->s.proxy_command && !w->via)
        return fail_proxy(w);
    if (closed && ssh_guard_arrived(w->guard) == 0)
        return worker_fail(w, "the host closed the connection before saying anything; it may be "
                              "refusing this address or have too many connections");
    return worker_fail(w, "%s%s", reason, closed ? "; its log says why" : "");
}

/* What weak_ciphers_last could not keep from being agreed on. */
static bool check_strict(struct connect_worker *w)
{
    const char *cipher[] = {ssh_get_cipher_in(w->session), ssh_get_cipher_out(w->session)};
    const char *mac[] = {ssh_get_hmac_in(w->session), ssh_get_hmac_out(w->session)};
    for (int i = 0; i < 2 && !ssh_guard_strict(w->guard); i++) {
        /* Without -etm a CBC mode cannot be shortened. */
        bool safe = !is_weak_mode(cipher[i], strlen(cipher[i])) ||
                    (strstr(cipher[i], "-cbc") && !(mac[i] && strstr(mac[i], "-etm")));
        if (!safe)
            return worker_fail(w,
                               "with %s the host cannot keep messages from being cut out on the "
                               "way (CVE-2023-48795): update it, or allow an aes-gcm or aes-ctr "
                               "cipher",
                               cipher[i]);
    }
    return true;
}

bool worker_exchange_keys(struct connect_worker *w)
{
    struct greeting greeting = {.len = 0};
    struct ssh_callbacks_struct callbacks = {.userdata = w, .connect_status_function = progress};
    worker_stage(w, STAGE_BANNER);
    if (!make_session(w))
        return false;
    ssh_callbacks_init(&callbacks);
    ssh_set_callbacks(w->session, &callbacks);
    bool ok = worker_drive(w, connect_call, &greeting, SSH_AGAIN);
    if (ok && w->rc != SSH_OK)
        ok = fail_exchange(w, &greeting);
    else if (!ok && stranger(w, &greeting) && !mailbox_cancelled(w->mail))
        fail_stranger(w, &greeting); /* says more than that time has run out */
    ssh_set_callbacks(w->session, NULL);
    return ok && check_strict(w);
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
