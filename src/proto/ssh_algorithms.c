#include "proto/ssh_algorithms.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/pattern.h"

/* OpenSSH 9's, without what the library could not do anyway. */
#define CERTIFICATES                                                                               \
    "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"                   \
    "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"           \
    "sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"             \
    "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com"
#define KEYS                                                                                       \
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"                     \
    "sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256"

/* What patterns are about, in ssh's order. */
#define ALL_KEYS                                                                                   \
    "ssh-ed25519,ssh-ed25519-cert-v01@openssh.com,sk-ssh-ed25519@openssh.com,"                     \
    "sk-ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256,"                                     \
    "ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384,"                                \
    "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521,"                                \
    "ecdsa-sha2-nistp521-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,"                 \
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com,"     \
    "ssh-dss,ssh-dss-cert-v01@openssh.com,ssh-rsa,ssh-rsa-cert-v01@openssh.com,rsa-sha2-256,"      \
    "rsa-sha2-256-cert-v01@openssh.com,rsa-sha2-512,rsa-sha2-512-cert-v01@openssh.com"

static const struct {
    const char *keyword, *usual;
    const char *all; /* NULL: ssh takes no patterns there */
} table[] = {
    {"Ciphers",
     "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,"
     "aes256-gcm@openssh.com",
     NULL},
    {"MACs",
     "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,"
     "hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com,"
     "umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1",
     NULL},
    {"KexAlgorithms",
     "sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-sha256,"
     "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
     "diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,"
     "diffie-hellman-group18-sha512,diffie-hellman-group14-sha256",
     NULL},
    {"HostKeyAlgorithms", CERTIFICATES "," KEYS, ALL_KEYS},
    {"PubkeyAcceptedAlgorithms", CERTIFICATES "," KEYS, ALL_KEYS},
};

const char *ssh_algorithms_usual(const char *keyword)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].keyword, keyword) == 0)
            return table[i].usual;
    return NULL;
}

static bool contains(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == len && strncmp(at, name, len) == 0)
            return true;
    return false;
}

static void add_name(struct buf *out, const char *name)
{
    if (!*name || contains(buf_str(out), name))
        return;
    buf_puts(out, out->len ? "," : "");
    buf_puts(out, name);
}

/* The names of the list for which the patterns hold, or do not. */
static void add_matching(struct buf *out, const char *list, const char *patterns, bool holds)
{
    char *copy = xstrdup(list), *rest = copy;
    for (char *name; (name = strsep(&rest, ","));)
        if (pattern_list_match(patterns, ",", name) == holds)
            add_name(out, name);
    free(copy);
}

/* A name stands for itself, known or not; a pattern for the known ones. */
static void add_all(struct buf *out, size_t entry, const char *list)
{
    char *copy = xstrdup(list), *rest = copy;
    for (char *name; (name = strsep(&rest, ","));) {
        if (strpbrk(name, "*?") && table[entry].all)
            add_matching(out, table[entry].all, name, true);
        else
            add_name(out, name);
    }
    free(copy);
}

char *ssh_algorithms(const char *keyword, const char *value)
{
    struct buf out = {0};
    size_t entry = 0;
    while (entry < sizeof table / sizeof table[0] && strcmp(table[entry].keyword, keyword) != 0)
        entry++;
    if (entry == sizeof table / sizeof table[0])
        BUG("%s has no list", keyword);
    const char *usual = table[entry].usual;
    if (*value == '-') {
        add_matching(&out, usual, value + 1, false);
    } else {
        if (*value == '+')
            add_all(&out, entry, usual);
        add_all(&out, entry, value + (*value == '+' || *value == '^'));
        if (*value == '^')
            add_all(&out, entry, usual);
    }
    char *text = out.len ? xstrdup(buf_str(&out)) : NULL;
    buf_release(&out);
    return text;
}
