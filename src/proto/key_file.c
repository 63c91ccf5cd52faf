#include "proto/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "proto/digest.h"
#include "proto/wire.h"

#define KEY_FILE_MAX (256 * 1024)

/* Read a small file whole; the text is NUL terminated. Wipe it: it may hold a key. */
static bool read_whole(int fd, struct buf *out)
{
    for (;;) {
        ssize_t n = read(fd, buf_reserve(out, 4096), 4096);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || out->len > KEY_FILE_MAX)
            return n == 0;
        buf_commit(out, (size_t)n);
    }
}

static void set_blob(struct key_file *key, const uint8_t *blob, size_t len)
{
    struct wire w = {blob, len};
    struct wire type;
    if (key->blob || !wire_string(&w, &type) || type.len == 0 || type.len >= sizeof key->type)
        return;
    memcpy(key->type, type.data, type.len);
    key->type[type.len] = '\0';
    key->blob = xmalloc(len);
    memcpy(key->blob, blob, len);
    key->blob_len = len;
}

/* "TYPE BASE64 comment" */
static void probe_public(const char *path, struct key_file *key)
{
    char *name = xasprintf("%s.pub", path);
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    free(name);
    if (fd < 0)
        return;
    struct buf text = {0};
    if (read_whole(fd, &text)) {
        const char *s = buf_str(&text);
        s += strcspn(s, " \t\n");
        s += strspn(s, " \t");
        size_t len = 0;
        uint8_t *blob = base64_decode(s, strcspn(s, " \t\r\n"), &len);
        if (blob)
            set_blob(key, blob, len);
        free(blob);
    }
    buf_release(&text);
    close(fd);
}

/* The body of "BEGIN OPENSSH PRIVATE KEY": magic, cipher, kdf, options, number, public key. */
static bool probe_openssh(const uint8_t *data, size_t len, struct key_file *key)
{
    static const char magic[] = "openssh-key-v1";
    struct wire w = {data, len};
    struct wire cipher, skipped, blob;
    uint32_t count;
    if (!wire_skip(&w, sizeof magic) || memcmp(data, magic, sizeof magic) != 0 ||
        !wire_string(&w, &cipher) || !wire_string(&w, &skipped) || !wire_string(&w, &skipped) ||
        !wire_u32(&w, &count) || count != 1 || !wire_string(&w, &blob))
        return false;
    bool plain = cipher.len == 4 && memcmp(cipher.data, "none", 4) == 0;
    key->state = plain ? KEY_PLAIN : KEY_ENCRYPTED;
    set_blob(key, blob.data, blob.len);
    return true;
}

/* What stands between the BEGIN and END lines, without line breaks. */
static void probe_text(const char *text, struct key_file *key)
{
    static const char openssh[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
    const char *begin = strstr(text, openssh);
    if (begin) {
        struct buf joined = {0};
        for (const char *s = begin + strlen(openssh); *s && *s != '-'; s++)
            if (*s != '\n' && *s != '\r')
                buf_putc(&joined, *s);
        size_t len = 0;
        uint8_t *data = base64_decode(buf_str(&joined), joined.len, &len);
        if (data && probe_openssh(data, len, key))
            key->why[0] = '\0';
        if (data)
            explicit_bzero(data, len);
        free(data);
        buf_release_secret(&joined);
    } else if (strstr(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") ||
               (strstr(text, "PRIVATE KEY-----") && strstr(text, "Proc-Type: 4,ENCRYPTED"))) {
        key->state = KEY_ENCRYPTED;
    } else if (strstr(text, "PRIVATE KEY-----")) {
        key->state = KEY_PLAIN;
    }
}

static void probe_private(int fd, struct key_file *key)
{
    struct stat st;
    struct buf text = {0};
    key->state = KEY_UNUSABLE;
    if (fd < 0 || fstat(fd, &st) < 0) {
        snprintf(key->why, sizeof key->why, "%s", strerror(errno));
    } else if (st.st_uid == getuid() && (st.st_mode & 077) != 0) {
        snprintf(key->why, sizeof key->why, "others may read it (mode %04o); chmod 600 it",
                 (unsigned)st.st_mode & 07777u);
    } else {
        snprintf(key->why, sizeof key->why, "it is not a private key");
        if (S_ISREG(st.st_mode) && read_whole(fd, &text))
            probe_text(buf_str(&text), key);
    }
    buf_release_secret(&text);
}

void key_file_probe(const char *path, struct key_file *key)
{
    *key = (struct key_file){.state = KEY_ABSENT};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 || (errno != ENOENT && errno != ENOTDIR))
        probe_private(fd, key);
    if (fd >= 0)
        close(fd);
    probe_public(path, key);
}

void key_file_release(struct key_file *key)
{
    free(key->blob);
    *key = (struct key_file){0};
}
