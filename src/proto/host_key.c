/* The host key stage: what is known of the key, and what the config and the person say. */
#include "proto/ssh_priv.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "proto/host_key_priv.h"
#include "proto/revoked_keys.h"
#include "proto/ssh_settings.h"

/* ---- the names a host stands under ---- */

char **worker_known_hosts_files(const struct connect_worker *w)
{
    char **files = NULL;
    for (size_t i = 0; w->s.user_known_hosts && w->s.user_known_hosts[i]; i++)
        ssh_list_add(&files, w->s.user_known_hosts[i]);
    for (size_t i = 0; w->s.global_known_hosts && w->s.global_known_hosts[i]; i++)
        ssh_list_add(&files, w->s.global_known_hosts[i]);
    return files;
}

char *worker_known_hosts_name(const struct connect_worker *w, bool with_port)
{
    if (w->s.host_key_alias)
        return known_hosts_name(w->s.host_key_alias, 22);
    return known_hosts_name(w->s.hostname, with_port ? w->s.port : 22);
}

static bool is_loopback(const char *address)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, address, &four) == 1)
        return ntohl(four.s_addr) >> 24 == IN_LOOPBACKNET;
    return inet_pton(AF_INET6, address, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* CheckHostIP, where there is an address to be checked beside the name; NULL: there is none. */
static char *address_name(const struct connect_worker *w)
{
    if (!w->s.check_host_ip || !w->address[0] || is_loopback(w->address) ||
        strcmp(w->address, w->s.hostname) == 0)
        return NULL;
    return known_hosts_name(w->address, w->s.port);
}

/* ---- what is known ---- */

static void look_up_name(struct host_key *k, const char *name, struct finding *found)
{
    found->known = known_hosts_check(k->files, name, k->w->host_key, k->w->host_key_len,
                                     &found->place, &found->err);
}

/* A host on another port than 22 may stand in the file without its port, as ssh allows. */
static void look_up_host(struct host_key *k)
{
    look_up_name(k, k->name, &k->host);
    if (k->host.known != KNOWN_NEW || strcmp(k->name, k->plain) == 0)
        return;
    struct finding plain;
    look_up_name(k, k->plain, &plain);
    if (plain.known != KNOWN_NEW && plain.known != KNOWN_CHANGED)
        k->host = plain;
}

static bool check_size(struct host_key *k)
{
    return strcmp(k->key.type, "ssh-rsa") != 0 || k->key.bits >= k->w->s.required_rsa_size ||
           worker_fail(k->w, "its RSA key has %d bits, and RequiredRSASize asks for %d",
                       k->key.bits, k->w->s.required_rsa_size);
}

static bool check_revoked(struct host_key *k)
{
    struct connect_worker *w = k->w;
    for (size_t i = 0; w->s.revoked_host_keys && w->s.revoked_host_keys[i]; i++) {
        const char *file = w->s.revoked_host_keys[i];
        struct err err;
        enum revoked revoked = revoked_keys_check(file, w->host_key, w->host_key_len, &err);
        if (revoked == REVOKED_YES)
            return worker_fail(w,
                               "its %s key %s IS REVOKED by %s: whoever has it must not be trusted",
                               k->key.word, k->fingerprint, file);
        if (revoked != REVOKED_NO)
            return worker_fail(w, "its key cannot be checked: RevokedHostKeys: %s", err.text);
    }
    return true;
}

static bool check_found(struct host_key *k, const struct finding *found)
{
    if (found->known == KNOWN_ERROR)
        return worker_fail(k->w, "its key cannot be checked: %s", found->err.text);
    return found->known != KNOWN_REVOKED ||
           worker_fail(k->w,
                       "its %s key %s IS REVOKED by %s:%ld: whoever has it must not be trusted",
                       k->key.word, k->fingerprint, found->place.file, found->place.line);
}

/* ---- what is done about it ---- */

/* Store the key; that it cannot be stored is told but does not end the connection. */
static void remember(struct host_key *k, const char *const *names, const char *shown)
{
    struct connect_worker *w = k->w;
    struct err err;
    char *const *files = w->s.user_known_hosts;
    if (!files || !files[0])
        return;
    if (!known_hosts_add(files[0], names, w->s.hash_known_hosts, w->host_key, w->host_key_len,
                         &err))
        worker_notice(w, "the host's key was not stored: %s", err.text);
    else
        worker_notice(w, "the %s key of %s is now in %s", k->key.word, shown, files[0]);
}

/* The address is known by another key: as ssh, unless the config says that nothing is checked
   this is for the person to decide. */
static bool accept_address(struct host_key *k)
{
    if (!k->address_name || k->address.known != KNOWN_CHANGED)
        return true;
    switch (k->w->s.strict) {
    case STRICT_ASK: return host_key_ask_address(k);
    case STRICT_NO: host_key_tell_address(k); return true;
    default: return host_key_fail_address(k);
    }
}

static bool accept_known(struct host_key *k)
{
    if (!accept_address(k))
        return false;
    if (k->address_name && k->address.known == KNOWN_NEW)
        remember(k, (const char *[]){k->address_name, NULL}, k->address_name);
    if (k->w->s.visual_host_key)
        host_key_show(k);
    return true;
}

static bool accept_new(struct host_key *k)
{
    struct connect_worker *w = k->w;
    if (w->s.strict == STRICT_YES)
        return host_key_fail_unknown(k, "StrictHostKeyChecking is yes");
    if (!w->s.user_known_hosts || !w->s.user_known_hosts[0])
        return host_key_fail_unknown(k, "UserKnownHostsFile names no file to put it in");
    if ((w->s.strict == STRICT_ASK && !host_key_ask_unknown(k)) || !accept_address(k))
        return false;
    bool with_address = k->address_name && k->address.known == KNOWN_NEW;
    remember(k, (const char *[]){k->name, with_address ? k->address_name : NULL, NULL}, k->shown);
    return true;
}

static bool accept_changed(struct host_key *k)
{
    if (k->w->s.strict != STRICT_NO)
        return host_key_fail_changed(k);
    /* As ssh does it: go on where the config says so, but give away no password. */
    k->w->no_passwords = true;
    host_key_tell_changed(k);
    return true;
}

static bool judge(struct host_key *k)
{
    struct connect_worker *w = k->w;
    if (!check_size(k) || !check_revoked(k))
        return false;
    if (w->s.trust_localhost && is_loopback(w->address) && !w->s.host_key_alias) {
        log_line(1, "%s: NoHostAuthenticationForLocalhost: the key is not checked", w->s.name);
        return true;
    }
    look_up_host(k);
    if (k->address_name)
        look_up_name(k, k->address_name, &k->address);
    if (!check_found(k, &k->host) || (k->address_name && !check_found(k, &k->address)))
        return false;
    switch (k->host.known) {
    case KNOWN_MATCH: return accept_known(k);
    case KNOWN_NEW: return accept_new(k);
    default: return accept_changed(k);
    }
}

static bool judge_pinned(struct connect_worker *w)
{
    char *print = fingerprint_text(FINGERPRINT_SHA256, w->host_key, w->host_key_len);
    bool right = strcmp(w->s.pinned_key, print) == 0;
    free(print);
    return right || worker_fail(w, "the host showed another key than the one it must have");
}

bool worker_judge_host_key(struct connect_worker *w)
{
    struct host_key k = {.w = w, .hash = fingerprint_hash_named(w->s.fingerprint_hash)};
    if (!public_key_parse(w->host_key, w->host_key_len, &k.key))
        return worker_fail(w, "the host's key cannot be read");
    if (w->s.pinned_key)
        return judge_pinned(w);
    k.files = worker_known_hosts_files(w);
    k.name = worker_known_hosts_name(w, true);
    k.plain = worker_known_hosts_name(w, false);
    k.address_name = address_name(w);
    k.fingerprint = fingerprint_text(k.hash, w->host_key, w->host_key_len);
    k.shown = host_key_shown(&k);
    log_line(1, "%s: the host's %s key is %s", w->s.name, k.key.word, k.fingerprint);
    bool ok = judge(&k);
    free(k.shown);
    free(k.fingerprint);
    free(k.address_name);
    free(k.plain);
    free(k.name);
    ssh_list_free(k.files);
    return ok;
}
