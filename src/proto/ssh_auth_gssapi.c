/* Authentication by a Kerberos ticket (RFC 4462), where libssh is built with it. */
#include "proto/ssh_auth_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libssh/libssh.h>

#define DEFAULT_CONFIG "/etc/krb5.conf"

/* Does the configuration keep tickets elsewhere than in /tmp? */
static bool names_cache(const char *path)
{
    char line[512];
    bool found = false;
    FILE *file = fopen(path, "re");
    while (file && !found && fgets(line, sizeof line, file))
        found = strstr(line, "default_ccache_name") != NULL;
    if (file)
        fclose(file);
    return found;
}

/* Only where there may be a ticket is the host worth asking whether it takes one. */
bool auth_gssapi_likely(void)
{
    static const char in_file[] = "FILE:";
    char path[64];
    const char *cache = getenv("KRB5CCNAME"), *config = getenv("KRB5_CONFIG");
    if (!cache || !*cache) {
        snprintf(path, sizeof path, "/tmp/krb5cc_%u", (unsigned)getuid());
        cache = path;
        if (names_cache(config && *config ? config : DEFAULT_CONFIG))
            return true;
    }
    if (strncmp(cache, in_file, strlen(in_file)) == 0)
        cache += strlen(in_file);
    /* Another kind of cache is not ours to look into. */
    return *cache != '/' || access(cache, R_OK) == 0;
}

static int call_gssapi(struct connect_worker *w, void *data)
{
    (void)data;
    return ssh_userauth_gssapi(w->session);
}

enum outcome auth_try_gssapi(struct auth *a)
{
    struct connect_worker *w = a->w;
    const int delegate = w->s.gssapi_delegate;
    a->gssapi_done = true;
    if (ssh_options_set(w->session, SSH_OPTIONS_USER, w->s.user) != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_GSSAPI_SERVER_IDENTITY, w->s.hostname) != SSH_OK ||
        ssh_options_set(w->session, SSH_OPTIONS_GSSAPI_DELEGATE_CREDENTIALS, &delegate) != SSH_OK)
        return OUTCOME_NOTHING;
    worker_busy(w, "asking the Kerberos server for a ticket");
    enum outcome o = auth_request(a, call_gssapi, NULL);
    worker_waiting(w, NULL);
    return o;
}
