/* The host key stage: what known_hosts says of the key, and what the person says. */
#include "proto/ssh_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "proto/known_hosts.h"
#include "proto/ssh_settings.h"

static bool list_holds(const char *list, const char *word, size_t len)
{
    for (const char *at = list; *at; at += strcspn(at, ",")) {
        at += *at == ',';
        if (strcspn(at, ",") == len && memcmp(at, word, len) == 0)
            return true;
    }
    return false;
}

/* Move to the front of `algorithms` those that give a key of one of the known `types`. */
static char *prefer_known(const char *algorithms, const char *types)
{
    static const char rsa[] = "rsa-sha2-512,rsa-sha2-256,ssh-rsa";
    struct buf out = {0};
    for (int pass = 0; pass < 2; pass++)
        for (const char *at = algorithms; *at;) {
            size_t len = strcspn(at, ",");
            bool known = list_holds(types, at, len) ||
                         (list_holds(rsa, at, len) && list_holds(types, "ssh-rsa", 7));
            if (len > 0 && known == (pass == 0)) {
                buf_puts(&out, out.len ? "," : "");
                buf_append(&out, at, len);
            }
            at += len + (at[len] == ',');
        }
    char *text = xstrdup(buf_str(&out));
    buf_release(&out);
    return text;
}

static char **known_hosts_files(const struct connect_worker *w)
{
    char **files = NULL;
    for (size_t i = 0; w->s.user_known_hosts && w->s.user_known_hosts[i]; i++)
        ssh_list_add(&files, w->s.user_known_hosts[i]);
    for (size_t i = 0; w->s.global_known_hosts && w->s.global_known_hosts[i]; i++)
        ssh_list_add(&files, w->s.global_known_hosts[i]);
    return files;
}

/* The name under which the host stands in known_hosts. */
static char *host_entry(const struct connect_worker *w, bool with_port)
{
    if (w->s.host_key_alias)
        return known_hosts_name(w->s.host_key_alias, 22);
    return known_hosts_name(w->s.hostname, with_port ? w->s.port : 22);
}

char *worker_host_key_algorithms(const struct connect_worker *w)
{
    static const char usual[] = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
                                "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256";
    const char *base = w->s.host_key_algs ? w->s.host_key_algs : usual;
    char **files = known_hosts_files(w);
    char *entry = host_entry(w, true), *plain = host_entry(w, false);
    char *types = known_hosts_types(files, entry);
    if (!types)
        types = known_hosts_types(files, plain);
    char *list = types ? prefer_known(base, types) : xstrdup(base);
    free(types);
    free(plain);
    free(entry);
    ssh_list_free(files);
    return list;
}

struct host_key {
    char type[64]; /* as on the wire */
    char word[16]; /* as people say it: ED25519 */
    char *fingerprint;
    char *shown; /* the host and its address */
};

static void name_key_type(struct host_key *k)
{
    static const struct {
        const char *type, *word;
    } table[] = {
        {"ssh-ed25519", "ED25519"}, {"ssh-rsa", "RSA"}, {"ecdsa-", "ECDSA"}, {"ssh-dss", "DSA"}};
    snprintf(k->word, sizeof k->word, "%s", "host");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strncmp(k->type, table[i].type, strlen(table[i].type)) == 0)
            snprintf(k->word, sizeof k->word, "%s", table[i].word);
}

static bool describe_key(struct connect_worker *w, struct host_key *k)
{
    size_t n = w->host_key_len < 4 ? 0 : (size_t)w->host_key[2] << 8 | w->host_key[3];
    if (n == 0 || w->host_key[0] || w->host_key[1] || n >= sizeof k->type ||
        n + 4 > w->host_key_len)
        return worker_fail(w, "the host's key cannot be read");
    memcpy(k->type, w->host_key + 4, n);
    k->type[n] = '\0';
    name_key_type(k);
    k->fingerprint = known_hosts_fingerprint(w->host_key, w->host_key_len);
    char *entry = host_entry(w, true);
    bool same = !w->address[0] || strcmp(w->address, w->s.hostname) == 0;
    k->shown = same ? xstrdup(entry) : xasprintf("%s (%s)", entry, w->address);
    free(entry);
    return true;
}

static bool fail_changed(struct connect_worker *w, const struct host_key *k,
                         const struct known_place *place)
{
    char *entry = host_entry(w, true);
    worker_fail(w,
                "THE HOST'S KEY HAS CHANGED: someone may be listening in, or the host was set "
                "up anew. It showed the %s key %s, but %s:%ld has another. Ask its administrator; "
                "if the new key is right: ssh-keygen -f '%s' -R '%s'",
                k->word, k->fingerprint, place->file, place->line, place->file, entry);
    free(entry);
    return false;
}

/* Store the key; that it cannot be stored is told but does not end the connection. */
static void remember_key(struct connect_worker *w, const struct host_key *k)
{
    struct err err;
    if (!w->s.user_known_hosts || !w->s.user_known_hosts[0])
        return;
    char *entry = host_entry(w, true);
    const char *file = w->s.user_known_hosts[0];
    if (!known_hosts_add(file, entry, w->s.hash_known_hosts, k->type, w->host_key, w->host_key_len,
                         &err))
        worker_notice(w, "the host's key was not stored: %s", err.text);
    else
        worker_notice(w, "the %s key of %s is now in %s", k->word, k->shown, file);
    free(entry);
}

/* yes, no or the fingerprint, asked until it is one of them. */
static bool ask_unknown(struct connect_worker *w, const struct host_key *k, bool other_type)
{
    for (const char *prompt = "Connect (yes/no/fingerprint)? ";;) {
        struct connect_event question = {
            .text = xasprintf("%s is not a known host%s.\nIts %s key is %s.", k->shown,
                              other_type ? " by this type of key, but by others" : "", k->word,
                              k->fingerprint),
            .prompt_count = 1,
            .prompt = {{.text = xstrdup(prompt), .echo = true}},
        };
        char *answers[CONNECT_PROMPTS];
        if (!worker_ask(w, &question, answers))
            return false;
        char *answer = answers[0] + strspn(answers[0], " \t");
        answer[strcspn(answer, " \t\r\n")] = '\0';
        bool yes = strcasecmp(answer, "yes") == 0 || strcmp(answer, k->fingerprint) == 0;
        bool no = strcasecmp(answer, "no") == 0;
        mailbox_wipe(answers);
        if (yes)
            return true;
        if (no)
            return worker_fail(w, "the host's key was not accepted");
        prompt = "Please answer 'yes', 'no' or the fingerprint: ";
    }
}

static bool accept_unknown(struct connect_worker *w, const struct host_key *k, bool other_type,
                           const struct known_place *place)
{
    if (w->s.strict == STRICT_YES)
        return worker_fail(w,
                           "the host's %s key %s is not in known_hosts, and "
                           "StrictHostKeyChecking is yes%s; check the key and add it",
                           k->word, k->fingerprint,
                           place->line && !other_type
                               ? " (a @cert-authority line matches, but host certificates are "
                                 "not supported)"
                               : "");
    if (w->s.strict == STRICT_ASK && !ask_unknown(w, k, other_type))
        return false;
    remember_key(w, k);
    return true;
}

/* A host on another port than 22 may stand in the file without its port, as ssh allows. */
static enum known_host look_up(struct connect_worker *w, const struct host_key *k,
                               struct known_place *place, struct err *err)
{
    char **files = known_hosts_files(w);
    char *entry = host_entry(w, true), *plain = host_entry(w, false);
    enum known_host known =
        known_hosts_check(files, entry, k->type, w->host_key, w->host_key_len, place, err);
    if (known == KNOWN_NEW && strcmp(entry, plain) != 0) {
        struct known_place other;
        enum known_host without =
            known_hosts_check(files, plain, k->type, w->host_key, w->host_key_len, &other, err);
        if (without == KNOWN_MATCH || without == KNOWN_REVOKED || without == KNOWN_ERROR) {
            known = without;
            *place = other;
        }
    }
    free(plain);
    free(entry);
    ssh_list_free(files);
    return known;
}

static bool judge_key(struct connect_worker *w, const struct host_key *k)
{
    if (w->s.pinned_key)
        return strcmp(w->s.pinned_key, k->fingerprint) == 0 ||
               worker_fail(w, "the host showed another key than the one it must have");
    struct known_place place;
    struct err err;
    enum known_host known = look_up(w, k, &place, &err);
    switch (known) {
    case KNOWN_MATCH: return true;
    case KNOWN_NEW:
    case KNOWN_OTHER_TYPE: return accept_unknown(w, k, known == KNOWN_OTHER_TYPE, &place);
    case KNOWN_REVOKED:
        return worker_fail(w,
                           "the host's %s key %s IS REVOKED by %s:%ld: whoever has it must not "
                           "be trusted",
                           k->word, k->fingerprint, place.file, place.line);
    case KNOWN_ERROR: return worker_fail(w, "the host's key cannot be checked: %s", err.text);
    case KNOWN_CHANGED:
        if (w->s.strict != STRICT_NO)
            return fail_changed(w, k, &place);
        /* As ssh does it: go on where the config says so, but give away no password. */
        w->no_passwords = true;
        worker_notice(w,
                      "THE HOST'S KEY HAS CHANGED (%s:%ld has another than %s); going on since "
                      "StrictHostKeyChecking is no, but no password will be sent",
                      place.file, place.line, k->fingerprint);
        return true;
    }
    return worker_fail(w, "the host's key cannot be checked");
}

bool worker_judge_host_key(struct connect_worker *w)
{
    struct host_key k = {.fingerprint = NULL};
    bool ok = describe_key(w, &k) && judge_key(w, &k);
    free(k.fingerprint);
    free(k.shown);
    return ok;
}
