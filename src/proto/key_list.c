#include "proto/key_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/digest.h"

#define FILE_MAX_BYTES (64 * 1024 * 1024)
#define PIECE          (64 * 1024)

/* Other devices never end, or wait for somebody. */
static bool is_null_device(const struct stat *st)
{
    struct stat null;
    return S_ISCHR(st->st_mode) && stat("/dev/null", &null) == 0 && st->st_rdev == null.st_rdev;
}

static bool read_all(int fd, const char *path, struct buf *out, struct err *err)
{
    size_t before = out->len;
    for (;;) {
        ssize_t n = read(fd, buf_reserve(out, PIECE), PIECE);
        if (n == 0)
            return true;
        if (n < 0 && errno != EINTR)
            return err_set(err, "cannot read %.300s: %s", path, strerror(errno));
        buf_commit(out, n > 0 ? (size_t)n : 0);
        if (out->len - before > FILE_MAX_BYTES)
            return err_set(err, "cannot read %.300s: it is too large", path);
    }
}

enum key_list_file key_list_read(const char *path, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return KEY_LIST_ABSENT;
    if (fd < 0) {
        err_set(err, "cannot read %.300s: %s", path, strerror(errno));
        return KEY_LIST_ERROR;
    }
    bool ok = fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || is_null_device(&st));
    if (!ok)
        err_set(err, "cannot read %.300s: it is no plain file", path);
    ok = ok && read_all(fd, path, out, err);
    close(fd);
    return ok ? KEY_LIST_READ : KEY_LIST_ERROR;
}

char *key_list_line(struct buf *text, struct buf *line)
{
    if (text->len == 0)
        return NULL;
    const uint8_t *start = buf_data(text), *end = memchr(start, '\n', text->len);
    size_t len = end ? (size_t)(end - start) : text->len;
    size_t used = len + (end != NULL);
    while (len > 0 && start[len - 1] == '\r')
        len--;
    buf_clear(line);
    buf_append(line, start, len);
    buf_putc(line, '\0');
    buf_consume(text, used);
    return (char *)buf_data(line);
}

char *key_list_field(char **rest)
{
    char *field = *rest + strspn(*rest, " \t");
    char *end = field + strcspn(field, " \t");
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return field;
}

/* Signature algorithms that ssh takes for the name of a key's type. */
static const char *type_of(const char *name)
{
    static const char *const aliases[][2] = {
        {"rsa-sha2-256", "ssh-rsa"},
        {"rsa-sha2-512", "ssh-rsa"},
        {"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"},
    };
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (strcmp(aliases[i][0], name) == 0)
            return aliases[i][1];
    return name;
}

uint8_t *key_list_key(const char *type, const char *base64, size_t *len, struct public_key *key)
{
    uint8_t *blob = base64_decode(base64, strlen(base64), len);
    if (blob && public_key_parse(blob, *len, key) && strcmp(key->type, type_of(type)) == 0)
        return blob;
    free(blob);
    return NULL;
}
