/* The host key algorithms that the key exchange asks for. */
#include "proto/host_key_priv.h"

#include <stdlib.h>
#include <string.h>

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

/* Host certificates are not supported, and libssh would be left without any algorithm. */
static bool is_certificate(const char *name, size_t len)
{
    static const char suffix[] = "-cert-v01@openssh.com";
    size_t n = strlen(suffix);
    return len > n && memcmp(name + len - n, suffix, n) == 0;
}

/* Put first those that give a key of one of the known `types`: by another one a host that is
   known would show a key that is not. */
static char *prefer_known(const char *algorithms, const char *types)
{
    static const char rsa[] = "rsa-sha2-512,rsa-sha2-256,ssh-rsa";
    struct buf out = {0};
    for (int pass = 0; pass < 2; pass++)
        for (const char *at = algorithms; *at;) {
            size_t len = strcspn(at, ",");
            bool known = list_holds(types, at, len) ||
                         (list_holds(rsa, at, len) && list_holds(types, "ssh-rsa", 7));
            if (len > 0 && known == (pass == 0) && !is_certificate(at, len)) {
                buf_puts(&out, out.len ? "," : "");
                buf_append(&out, at, len);
            }
            at += len + (at[len] == ',');
        }
    char *text = xstrdup(buf_str(&out));
    buf_release(&out);
    return text;
}

char *worker_host_key_algorithms(const struct connect_worker *w)
{
    static const char usual[] = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
                                "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256";
    const char *base = w->s.host_key_algs ? w->s.host_key_algs : usual;
    char **files = worker_known_hosts_files(w);
    char *name = worker_known_hosts_name(w, true), *plain = worker_known_hosts_name(w, false);
    char *types = known_hosts_types(files, name);
    if (!types)
        types = known_hosts_types(files, plain);
    char *list = prefer_known(base, types ? types : "");
    free(types);
    free(plain);
    free(name);
    ssh_list_free(files);
    return list;
}
