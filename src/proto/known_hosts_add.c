/* Adding to known_hosts, beside others who do so at the same time. */
#include "proto/known_hosts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "proto/digest.h"
#include "proto/public_key.h"

#define LOCK_WAIT_MS 3000
#define ATTEMPTS     10 /* as often is a file that is replaced meanwhile written anew */

static void put_hashed(struct buf *out, const char *name)
{
    uint8_t salt[DIGEST_SHA1_LEN], hash[DIGEST_SHA1_LEN];
    if (getrandom(salt, sizeof salt, 0) != (ssize_t)sizeof salt)
        BUG("no random numbers");
    digest_hmac_sha1(salt, sizeof salt, name, strlen(name), hash);
    char *salt64 = base64_encode(salt, sizeof salt), *hash64 = base64_encode(hash, sizeof hash);
    buf_printf(out, "|1|%s|%s", salt64, hash64);
    free(salt64);
    free(hash64);
}

/* Hashed names stand on a line each, others together. */
static void format_entry(struct buf *out, const char *const *names, bool hashed, const char *type,
                         const char *key64)
{
    for (size_t i = 0; names[i]; i++) {
        if (hashed)
            put_hashed(out, names[i]);
        else
            buf_printf(out, "%s%s", i ? "," : "", names[i]);
        if (hashed || !names[i + 1])
            buf_printf(out, " %s %s\n", type, key64);
    }
}

/* What would be read back as something else, or as nothing. */
static bool check_name(const char *name, struct err *err)
{
    bool good = *name && !strchr("!|#@", *name) && !strpbrk(name, ",*?");
    for (const char *c = name; *c; c++)
        good = good && (unsigned char)*c > ' ' && *c != 0x7f;
    return good || err_set(err, "such a name cannot stand in known_hosts");
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

static bool fail_write(const char *file, const char *why, struct err *err)
{
    return err_set(err, "cannot write %.300s: %s", file, why);
}

/* Where there are no locks, as on some file systems, one write is as much as can be done. */
static bool take_lock(int fd, const char *file, struct err *err)
{
    int64_t until = clock_ms() + LOCK_WAIT_MS;
    while (flock(fd, LOCK_EX | LOCK_NB) < 0 && (errno == EWOULDBLOCK || errno == EINTR)) {
        if (clock_ms() > until)
            return err_set(err, "cannot lock %.300s: another program keeps it locked", file);
        poll(NULL, 0, 20);
    }
    return true;
}

/* Take half a line back, unless somebody who knows no locks has written behind it. */
static void take_back(int fd, off_t size, size_t written)
{
    struct stat st;
    if (fstat(fd, &st) == 0 && st.st_size == size + (off_t)written && ftruncate(fd, size) < 0)
        return; /* it stays: a line that is no line, which readers pass over */
}

static bool append(int fd, const char *file, const struct buf *entry, struct err *err)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char last = '\n';
    if (size < 0 || (size > 0 && pread(fd, &last, 1, size - 1) != 1))
        return fail_write(file, strerror(errno), err);
    struct buf whole = {0};
    if (last != '\n')
        buf_putc(&whole, '\n');
    buf_append(&whole, buf_data(entry), entry->len);
    ssize_t n = write(fd, buf_data(&whole), whole.len);
    bool ok = n == (ssize_t)whole.len;
    if (!ok)
        fail_write(file, n < 0 ? strerror(errno) : "the disk is full", err);
    if (n > 0 && !ok)
        take_back(fd, size, (size_t)n);
    buf_release(&whole);
    return ok;
}

/* `replaced`: it was written to what is no longer the file of this name. */
static bool append_once(const char *file, const struct buf *entry, bool *replaced, struct err *err)
{
    struct stat ours, now;
    int fd = open(file, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0)
        return fail_write(file, strerror(errno), err);
    bool ok = fstat(fd, &ours) == 0 || fail_write(file, strerror(errno), err);
    ok = ok && (!S_ISREG(ours.st_mode) || take_lock(fd, file, err)) && append(fd, file, entry, err);
    *replaced =
        ok && (stat(file, &now) < 0 || now.st_ino != ours.st_ino || now.st_dev != ours.st_dev);
    if (close(fd) < 0 && ok)
        ok = fail_write(file, strerror(errno), err);
    return ok;
}

static bool is_there(const char *file, const char *name, const uint8_t *key, size_t key_len)
{
    struct err ignored;
    struct known_place place;
    char *copy = xstrdup(file);
    enum known_host known =
        known_hosts_check((char *[]){copy, NULL}, name, key, key_len, &place, &ignored);
    free(copy);
    return known == KNOWN_MATCH;
}

bool known_hosts_add(const char *file, const char *const *names, bool hashed, const uint8_t *key,
                     size_t key_len, struct err *err)
{
    struct public_key parsed;
    if (!public_key_parse(key, key_len, &parsed))
        return err_set(err, "the key cannot be read");
    for (size_t i = 0; names[i]; i++)
        if (!check_name(names[i], err))
            return false;
    struct buf entry = {0};
    char *key64 = base64_encode(key, key_len);
    format_entry(&entry, names, hashed, parsed.type, key64);
    free(key64);
    make_folder(file);
    bool replaced = false;
    bool ok = append_once(file, &entry, &replaced, err);
    for (int i = 1; ok && replaced && i < ATTEMPTS && !is_there(file, names[0], key, key_len); i++)
        ok = append_once(file, &entry, &replaced, err);
    buf_release(&entry);
    return ok;
}
