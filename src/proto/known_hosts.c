#include "proto/known_hosts.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pattern.h"
#include "proto/digest.h"

#define FILE_MAX_BYTES (64 * 1024 * 1024)
#define LOCK_WAIT_MS   3000
#define SALT_LEN       DIGEST_SHA1_LEN

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
};
#define TYPES (sizeof type_order / sizeof type_order[0])

enum marker { MARKER_NONE, MARKER_REVOKED, MARKER_AUTHORITY, MARKER_UNKNOWN };

/* ---- one line ---- */

struct line {
    enum marker marker;
    char *hosts;
    char *type;
    uint8_t *key;
    size_t key_len;
};

static char *next_field(char **rest)
{
    char *field = *rest + strspn(*rest, " \t");
    char *end = field + strcspn(field, " \t\r\n");
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return field;
}

/* A key's blob begins with its type's name: the two must agree. */
static bool blob_has_type(const uint8_t *key, size_t len, const char *type)
{
    size_t n = strlen(type);
    return len > 4 + n && key[0] == 0 && key[1] == 0 && key[2] == n >> 8 && key[3] == (n & 0xff) &&
           memcmp(key + 4, type, n) == 0;
}

static enum marker parse_marker(const char *field)
{
    return strcmp(field, "@revoked") == 0          ? MARKER_REVOKED
           : strcmp(field, "@cert-authority") == 0 ? MARKER_AUTHORITY
                                                   : MARKER_UNKNOWN;
}

/* Cuts `text` up. False: a comment, or nothing that can be used. Free line->key. */
static bool parse_line(char *text, struct line *line)
{
    *line = (struct line){0};
    char *field = next_field(&text);
    if (*field == '\0' || *field == '#')
        return false;
    if (*field == '@') {
        line->marker = parse_marker(field);
        field = next_field(&text);
    }
    line->hosts = field;
    line->type = next_field(&text);
    const char *base64 = next_field(&text);
    if (!*line->hosts || !*line->type || line->marker == MARKER_UNKNOWN)
        return false;
    line->key = base64_decode(base64, strlen(base64), &line->key_len);
    if (line->key && blob_has_type(line->key, line->key_len, line->type))
        return true;
    free(line->key);
    line->key = NULL;
    return false;
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

static void lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

/* A list of patterns; one that is negated and matches rules the whole line out. */
static bool match_hosts(char *hosts, const char *name)
{
    if (strncmp(hosts, hash_magic, strlen(hash_magic)) == 0)
        return match_hashed(hosts, name);
    bool match = false;
    lower(hosts);
    for (char *pattern; (pattern = strsep(&hosts, ","));) {
        bool negated = *pattern == '!';
        if (!pattern_match(pattern + negated, name))
            continue;
        if (negated)
            return false;
        match = true;
    }
    return match;
}

/* ---- all lines of all files ---- */

struct scan {
    char *const *files;
    size_t at;
    FILE *file;
    char *text;
    size_t cap;
    long number;
};

/* False: there is none (no error), or it cannot be read. */
static bool open_file(const char *path, FILE **file, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    *file = NULL;
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ||
               err_set(err, "cannot read %s: %s", path, strerror(errno));
    bool ok = fstat(fd, &st) == 0;
    if (!ok || (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)))
        ok = err_set(err, "cannot read %s: it is no plain file", path);
    else if (st.st_size > FILE_MAX_BYTES)
        ok = err_set(err, "cannot read %s: it is too large", path);
    if (ok)
        *file = fdopen(fd, "r");
    if (!*file)
        close(fd);
    return ok;
}

enum scan_result { SCAN_LINE, SCAN_END, SCAN_ERROR };

/* The next line about `name`; free line->key. */
static enum scan_result scan_next(struct scan *s, const char *name, struct line *line,
                                  struct err *err)
{
    for (;;) {
        if (!s->file) {
            if (!s->files || !s->files[s->at])
                return SCAN_END;
            s->number = 0;
            if (!open_file(s->files[s->at], &s->file, err))
                return SCAN_ERROR;
            if (!s->file) {
                s->at++;
                continue;
            }
        }
        errno = 0;
        if (getline(&s->text, &s->cap, s->file) < 0) {
            if (ferror(s->file)) {
                err_set(err, "cannot read %s: %s", s->files[s->at], strerror(errno));
                return SCAN_ERROR;
            }
            fclose(s->file);
            s->file = NULL;
            s->at++;
            continue;
        }
        s->number++;
        if (!parse_line(s->text, line))
            continue;
        if (match_hosts(line->hosts, name))
            return SCAN_LINE;
        free(line->key);
    }
}

static void scan_end(struct scan *s)
{
    if (s->file)
        fclose(s->file);
    free(s->text);
}

static void put_place(const struct scan *s, struct known_place *place)
{
    snprintf(place->file, sizeof place->file, "%s", s->files[s->at]);
    place->line = s->number;
}

/* What one line says of the key, weighed against what those before it said. */
static bool weigh(const struct line *line, const char *type, const uint8_t *key, size_t key_len,
                  enum known_host *verdict)
{
    bool same = line->key_len == key_len && memcmp(line->key, key, key_len) == 0;
    enum known_host says;
    if (line->marker == MARKER_REVOKED)
        says = same ? KNOWN_REVOKED : KNOWN_NEW;
    else if (line->marker == MARKER_AUTHORITY)
        says = KNOWN_NEW;
    else
        says = same                            ? KNOWN_MATCH
               : strcmp(line->type, type) == 0 ? KNOWN_CHANGED
                                               : KNOWN_OTHER_TYPE;
    /* From weak to strong. */
    static const enum known_host order[] = {KNOWN_NEW, KNOWN_OTHER_TYPE, KNOWN_CHANGED, KNOWN_MATCH,
                                            KNOWN_REVOKED};
    size_t old = 0, new = 0;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        old = order[i] == *verdict ? i : old;
        new = order[i] == says ? i : new;
    }
    if (new > old)
        *verdict = says;
    return new > old || (line->marker == MARKER_AUTHORITY && *verdict == KNOWN_NEW);
}

enum known_host known_hosts_check(char *const *files, const char *name, const char *type,
                                  const uint8_t *key, size_t key_len, struct known_place *place,
                                  struct err *err)
{
    enum known_host verdict = KNOWN_NEW;
    struct scan scan = {.files = files};
    struct line line;
    enum scan_result r;
    *place = (struct known_place){0};
    while ((r = scan_next(&scan, name, &line, err)) == SCAN_LINE) {
        if (weigh(&line, type, key, key_len, &verdict))
            put_place(&scan, place);
        free(line.key);
    }
    if (r == SCAN_ERROR) {
        put_place(&scan, place);
        verdict = KNOWN_ERROR;
    }
    scan_end(&scan);
    return verdict;
}

char *known_hosts_types(char *const *files, const char *name)
{
    bool known[TYPES] = {false};
    struct scan scan = {.files = files};
    struct line line;
    struct err ignored;
    while (scan_next(&scan, name, &line, &ignored) == SCAN_LINE) {
        for (size_t i = 0; i < TYPES; i++)
            if (line.marker == MARKER_NONE && strcmp(line.type, type_order[i]) == 0)
                known[i] = true;
        free(line.key);
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

/* ---- adding ---- */

static char *hash_name(const char *name)
{
    uint8_t salt[SALT_LEN], hash[DIGEST_SHA1_LEN];
    if (getrandom(salt, sizeof salt, 0) != (ssize_t)sizeof salt)
        BUG("no random numbers");
    digest_hmac_sha1(salt, sizeof salt, name, strlen(name), hash);
    char *salt64 = base64_encode(salt, sizeof salt), *hash64 = base64_encode(hash, sizeof hash);
    char *text = xasprintf("%s%s|%s", hash_magic, salt64, hash64);
    free(salt64);
    free(hash64);
    return text;
}

static void make_folder(const char *file)
{
    char *folder = xstrdup(file);
    char *slash = strrchr(folder, '/');
    if (slash && slash != folder) {
        *slash = '\0';
        mkdir(folder, 0700); /* where it fails, opening the file says so */
    }
    free(folder);
}

static bool take_lock(int fd, const char *file, struct err *err)
{
    int64_t until = clock_ms() + LOCK_WAIT_MS;
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return err_set(err, "cannot lock %s: %s", file, strerror(errno));
        if (clock_ms() > until)
            return err_set(err, "cannot lock %s: another program keeps it locked", file);
        poll(NULL, 0, 20);
    }
    return true;
}

static bool append_line(int fd, const char *file, struct buf *line, struct err *err)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char last = '\n';
    if (size < 0)
        return err_set(err, "cannot write %s: %s", file, strerror(errno));
    if (size > 0 && pread(fd, &last, 1, size - 1) != 1)
        return err_set(err, "cannot read %s: %s", file, strerror(errno));
    struct buf whole = {0};
    if (last != '\n')
        buf_putc(&whole, '\n');
    buf_append(&whole, buf_data(line), line->len);
    ssize_t n = write(fd, buf_data(&whole), whole.len);
    bool ok = n == (ssize_t)whole.len;
    if (!ok) {
        err_set(err, "cannot write %s: %s", file, n < 0 ? strerror(errno) : "the disk is full");
        if (n > 0 && ftruncate(fd, size) < 0)
            err_set(err, "cannot write %s, and half a line stays in it: %s", file, strerror(errno));
    }
    buf_release(&whole);
    return ok;
}

bool known_hosts_add(const char *file, const char *name, bool hashed, const char *type,
                     const uint8_t *key, size_t key_len, struct err *err)
{
    make_folder(file);
    int fd = open(file, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0)
        return err_set(err, "cannot write %s: %s", file, strerror(errno));
    bool ok = take_lock(fd, file, err);
    if (ok) {
        char *shown = hashed ? hash_name(name) : xstrdup(name);
        char *key64 = base64_encode(key, key_len);
        struct buf line = {0};
        buf_printf(&line, "%s %s %s\n", shown, type, key64);
        ok = append_line(fd, file, &line, err);
        buf_release(&line);
        free(key64);
        free(shown);
    }
    if (close(fd) < 0 && ok)
        ok = err_set(err, "cannot write %s: %s", file, strerror(errno));
    return ok;
}

char *known_hosts_name(const char *host, int port)
{
    char *name = port == 22 ? xstrdup(host) : xasprintf("[%s]:%d", host, port);
    lower(name);
    return name;
}

char *known_hosts_fingerprint(const uint8_t *key, size_t key_len)
{
    uint8_t hash[DIGEST_SHA256_LEN];
    digest_sha256(key, key_len, hash);
    char *base64 = base64_encode(hash, sizeof hash);
    base64[strcspn(base64, "=")] = '\0';
    char *text = xasprintf("SHA256:%s", base64);
    free(base64);
    return text;
}
