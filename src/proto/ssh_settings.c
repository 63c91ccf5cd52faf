/* The settings as a value: defaults, copy, release; and the lines of `ssh -G` put into them. */
#include "proto/ssh_settings.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/pattern.h"
#include "proto/ssh_keyword.h"

extern char **environ;

/* Where the pointers of the settings are, for copying and releasing. */
static const size_t string_table[] = {
    offsetof(struct ssh_settings, name),
    offsetof(struct ssh_settings, hostname),
    offsetof(struct ssh_settings, user),
    offsetof(struct ssh_settings, bind_address),
    offsetof(struct ssh_settings, bind_interface),
    offsetof(struct ssh_settings, ipqos),
    offsetof(struct ssh_settings, remote_command),
    offsetof(struct ssh_settings, session_type),
    offsetof(struct ssh_settings, rekey_limit),
    offsetof(struct ssh_settings, add_keys),
    offsetof(struct ssh_settings, forward_agent),
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
    offsetof(struct ssh_settings, revoked_host_keys),
    offsetof(struct ssh_settings, preferred_auth),
    offsetof(struct ssh_settings, set_env),
    offsetof(struct ssh_settings, not_followed),
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

/* ssh prints names that hold spaces without quotes. What does not begin as a path goes on with
   the one before it, if that began as one. */
static void set_files(char ***list, const char *value)
{
    struct buf path = {0};
    char *copy = xstrdup(value), *rest = copy;
    ssh_list_free(*list);
    *list = NULL;
    for (char *word; (word = strsep(&rest, " \t"));) {
        bool begins = strchr("/~", *word) || !strchr("/~", *buf_data(&path));
        if (path.len > 0 && (begins && *word)) {
            ssh_list_add(list, buf_str(&path));
            buf_clear(&path);
        }
        buf_puts(&path, path.len > 0 ? " " : "");
        buf_puts(&path, word);
    }
    if (path.len > 0)
        ssh_list_add(list, buf_str(&path));
    buf_release(&path);
    free(copy);
}

static bool is_yes(const char *value)
{
    /* pubkeyauthentication has "unbound" and "host-bound" beside "true". */
    static const char *const yes[] = {"yes", "unbound", "host-bound"};
    for (size_t i = 0; i < COUNT(yes); i++)
        if (strcasecmp(ssh_keyword_plain(value), yes[i]) == 0)
            return true;
    return false;
}

static enum ssh_strict parse_strict(const char *value)
{
    if (strcasecmp(value, "accept-new") == 0)
        return STRICT_ACCEPT_NEW;
    if (strcmp(ssh_keyword_plain(value), "no") == 0)
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
    if (strcmp(ssh_keyword_plain(value), "no") == 0)
        return REQUEST_TTY_NO;
    return is_yes(value) ? REQUEST_TTY_YES : REQUEST_TTY_AUTO;
}

static enum ssh_log_level parse_level(const char *value)
{
    static const struct {
        const char *name;
        enum ssh_log_level level;
    } levels[] = {{"quiet", LEVEL_QUIET},     {"silent", LEVEL_QUIET /* Debian's name */},
                  {"fatal", LEVEL_FATAL},     {"error", LEVEL_ERROR},
                  {"verbose", LEVEL_VERBOSE}, {"debug", LEVEL_DEBUG1},
                  {"debug1", LEVEL_DEBUG1},   {"debug2", LEVEL_DEBUG2},
                  {"debug3", LEVEL_DEBUG3}};
    for (size_t i = 0; i < COUNT(levels); i++)
        if (strcasecmp(value, levels[i].name) == 0)
            return levels[i].level;
    return LEVEL_INFO;
}

int ssh_escape_char(const char *value)
{
    if (strcasecmp(value, "none") == 0)
        return -1;
    const char *at = value[0] == '\\' && value[1] ? value + 1 : value; /* as vis(3) has it */
    int meta = at > value && *at == 'M' && at[1] ? 0x80 : 0;
    if (meta)
        at += 1 + (at[1] == '-');
    if (at[0] == '^' && at[1] && !at[2])
        return (at[1] == '?' ? 0x7f : at[1] & 0x1f) | meta;
    if (at > value && *at >= '0' && *at <= '7')
        return (int)strtol(at, NULL, 8) & 0xff;
    return *at && !at[1] ? (unsigned char)*at | meta : '~';
}

static bool list_has(char *const *list, const char *text)
{
    while (list && *list && strcmp(*list, text) != 0)
        list++;
    return list && *list;
}

/* The variables of our environment that a SendEnv pattern picks; each once, whatever else picks
   it too: a request for one costs a round trip. */
static void send_env(char ***list, const char *patterns)
{
    char *copy = xstrdup(patterns), *rest = copy;
    for (char *pattern; (pattern = strsep(&rest, " \t"));) {
        for (char **e = environ; *pattern && *e; e++) {
            char *name = xstrndup(*e, strcspn(*e, "="));
            if (pattern_match(pattern, name) && !list_has(*list, *e))
                ssh_list_add(list, *e);
            free(name);
        }
    }
    free(copy);
}

static void set_field(struct ssh_settings *s, const struct ssh_keyword *keyword, const char *value)
{
    size_t offset = keyword->offset;
    char *at = (char *)s + offset;
    switch (keyword->field) {
    case FIELD_STRING: ssh_string_set(string_at(s, offset), value); break;
    case FIELD_CHOICE: ssh_string_set(string_at(s, offset), ssh_keyword_plain(value)); break;
    case FIELD_INT: *(int *)(void *)at = (int)strtol(value, NULL, 10); break;
    case FIELD_BOOL: *(bool *)(void *)at = is_yes(value); break;
    case FIELD_APPEND: ssh_list_add(list_at(s, offset), value); break;
    case FIELD_FILES: set_files(list_at(s, offset), value); break;
    case FIELD_COMMAS: replace_list(list_at(s, offset), value, ","); break;
    case FIELD_STRICT: s->strict = parse_strict(value); break;
    case FIELD_FAMILY: s->family = parse_family(value); break;
    case FIELD_TTY: s->request_tty = parse_request_tty(value); break;
    case FIELD_LEVEL: s->log_level = parse_level(value); break;
    case FIELD_ESCAPE: s->escape_char = ssh_escape_char(value); break;
    case FIELD_SEND_ENV: send_env(&s->set_env, value); break;
    }
}

void ssh_settings_notice(struct ssh_settings *s, const char *text)
{
    char *joined = s->notice ? xasprintf("%s; %s", s->notice, text) : xstrdup(text);
    free(s->notice);
    s->notice = joined;
}

void ssh_settings_unfollowed(struct ssh_settings *s, const char *what)
{
    if (!list_has(s->not_followed, what))
        ssh_list_add(&s->not_followed, what);
}

void ssh_settings_line(struct ssh_settings *s, const char *key, const char *value)
{
    const struct ssh_keyword *keyword = ssh_keyword_find(key);
    if (!keyword) {
        /* Of a newer ssh: what it means by default, nobody can know here. */
        log_line(1, "the ssh config has what is not known here: %s %s", key, value);
        return;
    }
    const bool *gate = (const bool *)((const char *)s + keyword->offset);
    if (keyword->fate == FATE_FIELD)
        set_field(s, keyword, value);
    else if (keyword->fate == FATE_NAMED && (keyword->offset == 0 || *gate) &&
             ssh_keyword_asks(keyword, value))
        ssh_settings_unfollowed(s, keyword->name);
}

void ssh_settings_finish(struct ssh_settings *s)
{
    struct buf text = {0};
    for (size_t i = 0; s->not_followed && s->not_followed[i]; i++)
        buf_printf(&text, "%s%s", i ? ", " : "not followed here: ", s->not_followed[i]);
    if (text.len > 0)
        ssh_settings_notice(s, buf_str(&text));
    buf_release(&text);
}

void ssh_settings_init(struct ssh_settings *s)
{
    *s = (struct ssh_settings){.port = 0};
    const struct ssh_keyword *keyword;
    for (size_t i = 0; (keyword = ssh_keyword_at(i)); i++)
        if (keyword->fate == FATE_FIELD && keyword->usual)
            set_field(s, keyword, keyword->usual);
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
