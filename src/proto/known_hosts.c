#include "proto/known_hosts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pattern.h"
#include "base/utf8.h"
#include "proto/digest.h"
#include "proto/key_list.h"
#include "proto/public_key.h"
#include "proto/ssh_settings.h"

#define SALT_LEN DIGEST_SHA1_LEN

static const char hash_magic[] = "|1|";

/* Most preferred first. */
static const char *const type_order[] = {
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-dss",
};
#define TYPES (sizeof type_order / sizeof type_order[0])

enum marker { MARKER_NONE, MARKER_REVOKED, MARKER_AUTHORITY, MARKER_UNKNOWN };

/* ---- one line ---- */

struct line {
    enum marker marker;
    const char *hosts;
    const char *type, *base64;
    struct public_key key;
    uint8_t *blob;
    size_t blob_len;
};

static enum marker parse_marker(const char *field)
{
    return strcmp(field, "@revoked") == 0          ? MARKER_REVOKED
           : strcmp(field, "@cert-authority") == 0 ? MARKER_AUTHORITY
                                                   : MARKER_UNKNOWN;
}

/* Cuts `text` up. False: a comment, or nothing that can be used. */
static bool parse_fields(char *text, struct line *line)
{
    *line = (struct line){.marker = MARKER_NONE};
    char *field = key_list_field(&text);
    if (*field == '\0' || *field == '#')
        return false;
    if (*field == '@') {
        line->marker = parse_marker(field);
        field = key_list_field(&text);
    }
    line->hosts = field;
    line->type = key_list_field(&text);
    line->base64 = key_list_field(&text);
    return *line->base64 && line->marker != MARKER_UNKNOWN;
}

static bool parse_key(struct line *line)
{
    line->blob = key_list_key(line->type, line->base64, &line->blob_len, &line->key);
    return line->blob != NULL;
}

static bool match_hashed(const char *entry, const char *name)
{
    const char *salt64 = entry + strlen(hash_magic);
    const char *bar = strchr(salt64, '|');
    if (!bar)
        return false;
    size_t salt_len = 0, hash_len = 0;
    uint8_t *salt = base64_decode(salt64, (size_t)(bar - salt64), &salt_len);
    uint8_t *hash = base64_decode(bar + 1, strlen(bar + 1), &hash_len);
    bool match = false;
    if (salt && hash && salt_len == SALT_LEN && hash_len == DIGEST_SHA1_LEN) {
        uint8_t own[DIGEST_SHA1_LEN];
        digest_hmac_sha1(salt, salt_len, name, strlen(name), own);
        match = memcmp(own, hash, sizeof own) == 0;
    }
    free(salt);
    free(hash);
    return match;
}

static bool is_hashed(const char *hosts)
{
    return strncmp(hosts, hash_magic, strlen(hash_magic)) == 0;
}

static void lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

/* A list of patterns; one that is negated and matches rules the whole line out. */
static bool match_hosts(const char *hosts, const char *name)
{
    if (is_hashed(hosts))
        return match_hashed(hosts, name);
    bool match = false, ruled_out = false;
    char *copy = xstrdup(hosts), *rest = copy;
    lower(copy);
    for (char *pattern; !ruled_out && (pattern = strsep(&rest, ","));) {
        bool negated = *pattern == '!';
        if (pattern_match(pattern + negated, name)) {
            match = true;
            ruled_out = negated;
        }
    }
    free(copy);
    return match && !ruled_out;
}

/* ---- all lines of all files ---- */

struct scan {
    char *const *files;
    size_t next; /* the file to be opened */
    const char *file;
    struct buf text, line;
    long number;
};

enum scan_result { SCAN_LINE, SCAN_END, SCAN_ERROR };

/* The next line that can be used, its key not yet looked at. */
static enum scan_result scan_next(struct scan *s, struct line *line, struct err *err)
{
    for (;;) {
        char *text = key_list_line(&s->text, &s->line);
        if (text) {
            s->number++;
            if (parse_fields(text, line))
                return SCAN_LINE;
        } else {
            if (!s->files || !s->files[s->next])
                return SCAN_END;
            s->file = s->files[s->next++];
            s->number = 0;
            if (key_list_read(s->file, &s->text, err) == KEY_LIST_ERROR)
                return SCAN_ERROR;
        }
    }
}

/* The next line about `name`; free line->blob. */
static enum scan_result scan_about(struct scan *s, const char *name, struct line *line,
                                   struct err *err)
{
    enum scan_result result;
    do
        result = scan_next(s, line, err);
    while (result == SCAN_LINE && !(match_hosts(line->hosts, name) && parse_key(line)));
    return result;
}

static void scan_end(struct scan *s)
{
    buf_release(&s->text);
    buf_release(&s->line);
}

static void put_place(const struct scan *s, const struct line *line, struct known_place *place)
{
    place->file = s->file;
    place->line = s->number;
    memcpy(place->word, line->key.word, sizeof place->word);
}

/* What a line may say of a key, from weak to strong. */
enum weight { SAYS_NOTHING, SAYS_AUTHORITY, SAYS_OTHER_TYPE, SAYS_OTHER, SAYS_SAME, SAYS_REVOKED };

static enum weight weigh(const struct line *line, const struct public_key *key, const uint8_t *blob,
                         size_t len)
{
    if (line->marker == MARKER_REVOKED)
        return public_key_covers(line->blob, line->blob_len, blob, len) ? SAYS_REVOKED
                                                                        : SAYS_NOTHING;
    if (line->marker == MARKER_AUTHORITY)
        return SAYS_AUTHORITY;
    bool same = line->blob_len == len && memcmp(line->blob, blob, len) == 0;
    return same ? SAYS_SAME : strcmp(line->key.type, key->type) == 0 ? SAYS_OTHER : SAYS_OTHER_TYPE;
}

enum known_host known_hosts_check(char *const *files, const char *name, const uint8_t *key,
                                  size_t key_len, struct known_place *place, struct err *err)
{
    static const enum known_host verdicts[] = {
        [SAYS_NOTHING] = KNOWN_NEW,        [SAYS_AUTHORITY] = KNOWN_NEW,
        [SAYS_OTHER_TYPE] = KNOWN_CHANGED, [SAYS_OTHER] = KNOWN_CHANGED,
        [SAYS_SAME] = KNOWN_MATCH,         [SAYS_REVOKED] = KNOWN_REVOKED,
    };
    enum weight all = SAYS_NOTHING;
    struct scan scan = {.files = files};
    struct public_key parsed;
    struct line line;
    enum scan_result result;
    *place = (struct known_place){.line = 0};
    if (!public_key_parse(key, key_len, &parsed)) {
        err_set(err, "the key cannot be read");
        return KNOWN_ERROR;
    }
    while ((result = scan_about(&scan, name, &line, err)) == SCAN_LINE) {
        enum weight says = weigh(&line, &parsed, key, key_len);
        if (says > all) {
            all = says;
            put_place(&scan, &line, place);
        }
        free(line.blob);
    }
    scan_end(&scan);
    return result == SCAN_ERROR ? KNOWN_ERROR : verdicts[all];
}

char *known_hosts_types(char *const *files, const char *name)
{
    bool known[TYPES] = {false};
    struct scan scan = {.files = files};
    struct line line;
    struct err ignored;
    while (scan_about(&scan, name, &line, &ignored) == SCAN_LINE) {
        for (size_t i = 0; i < TYPES; i++)
            if (line.marker == MARKER_NONE && strcmp(line.key.type, type_order[i]) == 0)
                known[i] = true;
        free(line.blob);
    }
    scan_end(&scan);
    struct buf list = {0};
    for (size_t i = 0; i < TYPES; i++)
        if (known[i])
            buf_printf(&list, "%s%s", list.len ? "," : "", type_order[i]);
    char *text = list.len ? xstrdup(buf_str(&list)) : NULL;
    buf_release(&list);
    return text;
}

/* ---- the same key under other names ---- */

/* ~/.ssh/known_hosts:3: web2,10.0.0.2 */
static char *describe_line(const struct scan *s, const struct line *line)
{
    const char *home = getenv("HOME");
    size_t len = home ? strlen(home) : 0;
    bool under = len > 1 && strncmp(s->file, home, len) == 0 && s->file[len] == '/';
    char *text = xasprintf("%s%s:%ld: %s", under ? "~" : "", s->file + (under ? len : 0), s->number,
                           is_hashed(line->hosts) ? "[hashed name]" : line->hosts);
    char shown[400];
    utf8_sanitize(shown, sizeof shown, text, strlen(text), 100, 0);
    free(text);
    return xstrdup(shown);
}

char **known_hosts_other_names(char *const *files, const char *name, const uint8_t *key,
                               size_t key_len, size_t max)
{
    char **names = NULL;
    size_t count = 0;
    struct scan scan = {.files = files};
    struct line line;
    struct err ignored;
    while (scan_next(&scan, &line, &ignored) == SCAN_LINE) {
        if (line.marker != MARKER_NONE || match_hosts(line.hosts, name) || !parse_key(&line))
            continue;
        bool same = line.blob_len == key_len && memcmp(line.blob, key, key_len) == 0;
        free(line.blob);
        if (!same || count++ >= max)
            continue;
        char *text = describe_line(&scan, &line);
        ssh_list_add(&names, text);
        free(text);
    }
    scan_end(&scan);
    if (count > max) {
        char *more = xasprintf("(and %zu more)", count - max);
        ssh_list_add(&names, more);
        free(more);
    }
    return names;
}

char *known_hosts_name(const char *host, int port)
{
    char *name = port == 22 ? xstrdup(host) : xasprintf("[%s]:%d", host, port);
    lower(name);
    return name;
}
