#include "cli/why.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/utf8.h"

enum kind { KIND_STRING, KIND_INT, KIND_BOOL, KIND_LIST, KIND_NAMES, KIND_FAMILY, KIND_STRICT };

static const struct setting {
    const char *name;
    enum kind kind;
    size_t offset;
    bool long_list; /* shown only if it is not the default */
} table[] = {
#define AT(member) offsetof(struct ssh_settings, member)
    {"HostName", KIND_STRING, AT(hostname), false},
    {"Port", KIND_INT, AT(port), false},
    {"User", KIND_STRING, AT(user), false},
    {"AddressFamily", KIND_FAMILY, AT(family), false},
    {"BindAddress", KIND_STRING, AT(bind_address), false},
    {"ConnectTimeout", KIND_INT, AT(timeout), false},
    {"ProxyJump", KIND_STRING, AT(proxy_jump), false},
    {"ProxyCommand", KIND_STRING, AT(proxy_command), false},
    {"BatchMode", KIND_BOOL, AT(batch), false},
    {"HostKeyAlias", KIND_STRING, AT(host_key_alias), false},
    {"StrictHostKeyChecking", KIND_STRICT, AT(strict), false},
    {"UserKnownHostsFile", KIND_LIST, AT(user_known_hosts), false},
    {"GlobalKnownHostsFile", KIND_LIST, AT(global_known_hosts), false},
    {"HashKnownHosts", KIND_BOOL, AT(hash_known_hosts), false},
    {"IdentityFile", KIND_LIST, AT(identity_file), false},
    {"IdentitiesOnly", KIND_BOOL, AT(identities_only), false},
    {"IdentityAgent", KIND_STRING, AT(identity_agent), false},
    {"PreferredAuthentications", KIND_LIST, AT(preferred_auth), false},
    {"PubkeyAuthentication", KIND_BOOL, AT(pubkey_auth), false},
    {"KbdInteractiveAuthentication", KIND_BOOL, AT(kbdint_auth), false},
    {"PasswordAuthentication", KIND_BOOL, AT(password_auth), false},
    {"NumberOfPasswordPrompts", KIND_INT, AT(password_prompts), false},
    {"ServerAliveInterval", KIND_INT, AT(alive_interval), false},
    {"ServerAliveCountMax", KIND_INT, AT(alive_count), false},
    {"SetEnv, SendEnv", KIND_NAMES, AT(set_env), false},
    {"KexAlgorithms", KIND_STRING, AT(kex), true},
    {"HostKeyAlgorithms", KIND_STRING, AT(host_key_algs), true},
    {"Ciphers", KIND_STRING, AT(ciphers), true},
    {"MACs", KIND_STRING, AT(macs), true},
    {"PubkeyAcceptedAlgorithms", KIND_STRING, AT(pubkey_algs), true},
#undef AT
};
#define SETTINGS (sizeof table / sizeof table[0])

static void put_list(struct buf *out, char *const *list, bool names)
{
    for (size_t i = 0; list && list[i]; i++) {
        /* Variables may hold secrets: only their names are shown. */
        size_t len = names ? strcspn(list[i], "=") : strlen(list[i]);
        buf_puts(out, i ? " " : "");
        buf_append(out, list[i], len);
    }
}

static const char *family_name(int family)
{
    return family == AF_INET ? "inet" : family == AF_INET6 ? "inet6" : "any";
}

static const char *strict_name(enum ssh_strict strict)
{
    static const char *const names[] = {[STRICT_ASK] = "ask",
                                        [STRICT_YES] = "yes",
                                        [STRICT_NO] = "no",
                                        [STRICT_ACCEPT_NEW] = "accept-new"};
    return names[strict];
}

static char *value_of(const struct ssh_settings *s, const struct setting *setting)
{
    const void *at = (const char *)s + setting->offset;
    const char *string;
    struct buf out = {0};
    switch (setting->kind) {
    case KIND_STRING:
        string = *(char *const *)at;
        buf_puts(&out, string ? string : "");
        break;
    case KIND_INT: buf_printf(&out, "%d", *(const int *)at); break;
    case KIND_BOOL: buf_puts(&out, *(const bool *)at ? "yes" : "no"); break;
    case KIND_LIST: put_list(&out, *(char **const *)at, false); break;
    case KIND_NAMES: put_list(&out, *(char **const *)at, true); break;
    case KIND_FAMILY: buf_puts(&out, family_name(*(const int *)at)); break;
    case KIND_STRICT: buf_puts(&out, strict_name(*(const enum ssh_strict *)at)); break;
    }
    char *text = xstrdup(buf_str(&out));
    buf_release(&out);
    return text;
}

char *why_value(const struct ssh_settings *s, const char *name)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(table[i].name, name) == 0)
            return value_of(s, &table[i]);
    return NULL;
}

static bool same(const struct ssh_settings *a, const struct ssh_settings *b,
                 const struct setting *setting)
{
    char *x = value_of(a, setting), *y = value_of(b, setting);
    bool equal = strcmp(x, y) == 0;
    free(x);
    free(y);
    return equal;
}

static const char *source_of(const struct why_sources *sources, const struct setting *setting)
{
    if (!sources->config || !sources->defaults)
        return "";
    if (!same(sources->all, sources->config, setting))
        return "command line";
    return same(sources->config, sources->defaults, setting) ? "default" : "config";
}

void why_print_settings(FILE *out, const struct why_sources *sources)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        char *value = value_of(sources->all, &table[i]);
        const char *source = source_of(sources, &table[i]);
        bool usual = *source == '\0' || strcmp(source, "default") == 0;
        if ((*value || !usual) && !(table[i].long_list && usual)) {
            char shown[1024];
            utf8_sanitize(shown, sizeof shown, value, strlen(value), 600, 0);
            fprintf(out, "  %-28s %-13s %s\n", table[i].name, source, *shown ? shown : "none");
        }
        free(value);
    }
}
