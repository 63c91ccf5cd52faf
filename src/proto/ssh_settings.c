/* The settings as a value: defaults, copy, release; and the lines of `ssh -G` put into them. */
#include "proto/ssh_settings.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/pattern.h"

extern char **environ;

enum field {
    FIELD_STRING,
    FIELD_INT,
    FIELD_BOOL,
    FIELD_APPEND, /* each line adds one value */
    FIELD_WORDS,  /* one line, values separated by spaces */
    FIELD_COMMAS, /* one line, values separated by commas */
    FIELD_STRICT,
    FIELD_FAMILY,
    FIELD_TTY,
    FIELD_QUIET,
    FIELD_SEND_ENV,
};

static const struct option {
    const char *key; /* as `ssh -G` prints it */
    enum field field;
    size_t offset;
} option_table[] = {
#define AT(member) offsetof(struct ssh_settings, member)
    {"hostname", FIELD_STRING, AT(hostname)},
    {"user", FIELD_STRING, AT(user)},
    {"port", FIELD_INT, AT(port)},
    {"connecttimeout", FIELD_INT, AT(timeout)},
    {"addressfamily", FIELD_FAMILY, AT(family)},
    {"bindaddress", FIELD_STRING, AT(bind_address)},
    {"bindinterface", FIELD_STRING, AT(bind_interface)},
    {"connectionattempts", FIELD_INT, AT(attempts)},
    {"tcpkeepalive", FIELD_BOOL, AT(tcp_keepalive)},
    {"ipqos", FIELD_STRING, AT(ipqos)},
    {"proxycommand", FIELD_STRING, AT(proxy_command)},
    {"proxyjump", FIELD_STRING, AT(proxy_jump)},
    {"batchmode", FIELD_BOOL, AT(batch)},
    {"requesttty", FIELD_TTY, AT(request_tty)},
    {"stdinnull", FIELD_BOOL, AT(stdin_null)},
    {"loglevel", FIELD_QUIET, AT(quiet)},
    {"escapechar", FIELD_STRING, AT(escape_char)},
    {"remotecommand", FIELD_STRING, AT(remote_command)},
    {"sessiontype", FIELD_STRING, AT(session_type)},
    {"compression", FIELD_BOOL, AT(compression)},
    {"rekeylimit", FIELD_STRING, AT(rekey_limit)},
    {"identityfile", FIELD_APPEND, AT(identity_file)},
    {"identitiesonly", FIELD_BOOL, AT(identities_only)},
    {"identityagent", FIELD_STRING, AT(identity_agent)},
    {"certificatefile", FIELD_APPEND, AT(certificate_file)},
    {"addkeystoagent", FIELD_STRING, AT(add_keys)},
    {"forwardagent", FIELD_STRING, AT(forward_agent)},
    {"userknownhostsfile", FIELD_WORDS, AT(user_known_hosts)},
    {"globalknownhostsfile", FIELD_WORDS, AT(global_known_hosts)},
    {"hostkeyalias", FIELD_STRING, AT(host_key_alias)},
    {"stricthostkeychecking", FIELD_STRICT, AT(strict)},
    {"hashknownhosts", FIELD_BOOL, AT(hash_known_hosts)},
    {"checkhostip", FIELD_BOOL, AT(check_host_ip)},
    {"nohostauthenticationforlocalhost", FIELD_BOOL, AT(trust_localhost)},
    {"visualhostkey", FIELD_BOOL, AT(visual_host_key)},
    {"updatehostkeys", FIELD_STRING, AT(update_host_keys)},
    {"revokedhostkeys", FIELD_STRING, AT(revoked_host_keys)},
    {"fingerprinthash", FIELD_STRING, AT(fingerprint_hash)},
    {"requiredrsasize", FIELD_INT, AT(required_rsa_size)},
    {"gssapiauthentication", FIELD_BOOL, AT(gssapi_auth)},
    {"gssapidelegatecredentials", FIELD_BOOL, AT(gssapi_delegate)},
    {"preferredauthentications", FIELD_COMMAS, AT(preferred_auth)},
    {"pubkeyauthentication", FIELD_BOOL, AT(pubkey_auth)},
    {"passwordauthentication", FIELD_BOOL, AT(password_auth)},
    {"kbdinteractiveauthentication", FIELD_BOOL, AT(kbdint_auth)},
    {"numberofpasswordprompts", FIELD_INT, AT(password_prompts)},
    {"ciphers", FIELD_STRING, AT(ciphers)},
    {"macs", FIELD_STRING, AT(macs)},
    {"kexalgorithms", FIELD_STRING, AT(kex)},
    {"hostkeyalgorithms", FIELD_STRING, AT(host_key_algs)},
    {"pubkeyacceptedalgorithms", FIELD_STRING, AT(pubkey_algs)},
    {"serveraliveinterval", FIELD_INT, AT(alive_interval)},
    {"serveralivecountmax", FIELD_INT, AT(alive_count)},
    {"setenv", FIELD_APPEND, AT(set_env)},
    {"sendenv", FIELD_SEND_ENV, AT(set_env)},
#undef AT
};

/* What ssh would do and we do not: named in the notice when it is asked for. */
static const struct unsupported {
    const char *key, *unless; /* the value that asks for nothing */
} unsupported_table[] = {
    {"dynamicforward", "none"},    {"forwardx11", "no"},      {"localforward", "none"},
    {"pkcs11provider", "none"},    {"remoteforward", "none"}, {"tunnel", "false"},
    {"knownhostscommand", "none"},
};

/* Where the pointers of the settings are, for copying and releasing. */
static const size_t string_table[] = {
    offsetof(struct ssh_settings, name),
    offsetof(struct ssh_settings, hostname),
    offsetof(struct ssh_settings, user),
    offsetof(struct ssh_settings, bind_address),
    offsetof(struct ssh_settings, bind_interface),
    offsetof(struct ssh_settings, ipqos),
    offsetof(struct ssh_settings, escape_char),
    offsetof(struct ssh_settings, remote_command),
    offsetof(struct ssh_settings, session_type),
    offsetof(struct ssh_settings, rekey_limit),
    offsetof(struct ssh_settings, add_keys),
    offsetof(struct ssh_settings, forward_agent),
    offsetof(struct ssh_settings, update_host_keys),
    offsetof(struct ssh_settings, revoked_host_keys),
    offsetof(struct ssh_settings, fingerprint_hash),
    offsetof(struct ssh_settings, proxy_command),
    offsetof(struct ssh_settings, proxy_jump),
    offsetof(struct ssh_settings, identity_agent),
    offsetof(struct ssh_settings, host_key_alias),
    offsetof(struct ssh_settings, ciphers),
    offsetof(struct ssh_settings, macs),
    offsetof(struct ssh_settings, kex),
    offsetof(struct ssh_settings, host_key_algs),
    offsetof(struct ssh_settings, pubkey_algs),
    offsetof(struct ssh_settings, pinned_key),
    offsetof(struct ssh_settings, notice),
};

static const size_t list_table[] = {
    offsetof(struct ssh_settings, identity_file),
    offsetof(struct ssh_settings, certificate_file),
    offsetof(struct ssh_settings, user_known_hosts),
    offsetof(struct ssh_settings, global_known_hosts),
    offsetof(struct ssh_settings, preferred_auth),
    offsetof(struct ssh_settings, set_env),
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char **string_at(struct ssh_settings *s, size_t offset)
{
    return (char **)(void *)((char *)s + offset);
}

static char ***list_at(struct ssh_settings *s, size_t offset)
{
    return (char ***)(void *)((char *)s + offset);
}

void ssh_list_add(char ***list, const char *text)
{
    size_t n = 0;
    while (*list && (*list)[n])
        n++;
    *list = xrealloc(*list, (n + 2) * sizeof **list);
    (*list)[n] = xstrdup(text);
    (*list)[n + 1] = NULL;
}

void ssh_list_free(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

static void replace_list(char ***list, const char *value, const char *separators)
{
    ssh_list_free(*list);
    *list = NULL;
    char *copy = xstrdup(value), *rest = copy;
    for (char *word; (word = strsep(&rest, separators));)
        if (*word)
            ssh_list_add(list, word);
    free(copy);
}

void ssh_string_set(char **string, const char *text)
{
    char *copy = text ? xstrdup(text) : NULL;
    free(*string);
    *string = copy;
}

static bool is_yes(const char *value)
{
    /* pubkeyauthentication has "unbound" and "host-bound" beside "true". */
    static const char *const yes[] = {"yes", "true", "unbound", "host-bound"};
    for (size_t i = 0; i < COUNT(yes); i++)
        if (strcasecmp(value, yes[i]) == 0)
            return true;
    return false;
}

static enum ssh_strict parse_strict(const char *value)
{
    if (strcasecmp(value, "accept-new") == 0)
        return STRICT_ACCEPT_NEW;
    if (strcasecmp(value, "no") == 0 || strcasecmp(value, "off") == 0 ||
        strcasecmp(value, "false") == 0)
        return STRICT_NO;
    return is_yes(value) ? STRICT_YES : STRICT_ASK;
}

static int parse_family(const char *value)
{
    return strcasecmp(value, "inet") == 0    ? AF_INET
           : strcasecmp(value, "inet6") == 0 ? AF_INET6
                                             : AF_UNSPEC;
}

static enum ssh_request_tty parse_request_tty(const char *value)
{
    if (strcasecmp(value, "force") == 0)
        return REQUEST_TTY_FORCE;
    if (strcasecmp(value, "no") == 0 || strcasecmp(value, "false") == 0)
        return REQUEST_TTY_NO;
    return is_yes(value) ? REQUEST_TTY_YES : REQUEST_TTY_AUTO;
}

/* The variables of our environment that a SendEnv pattern picks. */
static void send_env(char ***list, const char *patterns)
{
    char *copy = xstrdup(patterns), *rest = copy;
    for (char *pattern; (pattern = strsep(&rest, " \t"));) {
        for (char **e = environ; *pattern && *e; e++) {
            char *name = xstrndup(*e, strcspn(*e, "="));
            if (pattern_match(pattern, name))
                ssh_list_add(list, *e);
            free(name);
        }
    }
    free(copy);
}

static void set_field(struct ssh_settings *s, const struct option *option, const char *value)
{
    char *at = (char *)s + option->offset;
    switch (option->field) {
    case FIELD_STRING: ssh_string_set(string_at(s, option->offset), value); break;
    case FIELD_INT: *(int *)(void *)at = (int)strtol(value, NULL, 10); break;
    case FIELD_BOOL: *(bool *)(void *)at = is_yes(value); break;
    case FIELD_APPEND: ssh_list_add(list_at(s, option->offset), value); break;
    case FIELD_WORDS: replace_list(list_at(s, option->offset), value, " \t"); break;
    case FIELD_COMMAS: replace_list(list_at(s, option->offset), value, ","); break;
    case FIELD_STRICT: s->strict = parse_strict(value); break;
    case FIELD_FAMILY: s->family = parse_family(value); break;
    case FIELD_TTY: s->request_tty = parse_request_tty(value); break;
    case FIELD_QUIET: s->quiet = strcasecmp(value, "quiet") == 0; break;
    case FIELD_SEND_ENV: send_env(&s->set_env, value); break;
    }
}

void ssh_settings_notice(struct ssh_settings *s, const char *text)
{
    char *joined = s->notice ? xasprintf("%s; %s", s->notice, text) : xstrdup(text);
    free(s->notice);
    s->notice = joined;
}

static void note_unsupported(struct ssh_settings *s, const char *key, const char *value)
{
    for (size_t i = 0; i < COUNT(unsupported_table); i++) {
        const struct unsupported *u = &unsupported_table[i];
        if (strcasecmp(key, u->key) != 0 || strcasecmp(value, u->unless) == 0)
            continue;
        char *text = xasprintf("%s in the ssh config is not followed", u->key);
        if (!s->notice || !strstr(s->notice, text))
            ssh_settings_notice(s, text);
        free(text);
    }
}

void ssh_settings_line(struct ssh_settings *s, const char *key, const char *value)
{
    for (size_t i = 0; i < COUNT(option_table); i++)
        if (strcasecmp(key, option_table[i].key) == 0) {
            set_field(s, &option_table[i], value);
            return;
        }
    note_unsupported(s, key, value);
}

void ssh_settings_init(struct ssh_settings *s)
{
    *s = (struct ssh_settings){
        .port = 22,
        .family = AF_UNSPEC,
        .strict = STRICT_ASK,
        .pubkey_auth = true,
        .password_auth = true,
        .kbdint_auth = true,
        .password_prompts = 3,
        .alive_count = 3,
        .attempts = 1,
        .tcp_keepalive = true,
        .required_rsa_size = 1024,
    };
    replace_list(&s->preferred_auth, "publickey,keyboard-interactive,password", ",");
}

void ssh_settings_copy(struct ssh_settings *to, const struct ssh_settings *from)
{
    struct ssh_settings copy = *from;
    for (size_t i = 0; i < COUNT(string_table); i++) {
        char **string = string_at(&copy, string_table[i]);
        *string = *string ? xstrdup(*string) : NULL;
    }
    for (size_t i = 0; i < COUNT(list_table); i++) {
        char ***list = list_at(&copy, list_table[i]);
        char **old = *list;
        *list = NULL;
        for (size_t k = 0; old && old[k]; k++)
            ssh_list_add(list, old[k]);
    }
    copy.jump = xcalloc(copy.jump_count + 1, sizeof *copy.jump);
    for (size_t i = 0; i < copy.jump_count; i++)
        ssh_settings_copy(&copy.jump[i], &from->jump[i]);
    *to = copy;
}

void ssh_settings_release(struct ssh_settings *s)
{
    for (size_t i = 0; i < COUNT(string_table); i++)
        free(*string_at(s, string_table[i]));
    for (size_t i = 0; i < COUNT(list_table); i++)
        ssh_list_free(*list_at(s, list_table[i]));
    for (size_t i = 0; i < s->jump_count; i++)
        ssh_settings_release(&s->jump[i]);
    free(s->jump);
    *s = (struct ssh_settings){0};
}
