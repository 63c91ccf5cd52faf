#include "proto/private_key.h"

#include <stdlib.h>
#include <string.h>

#include "proto/bcrypt_pbkdf.h"
#include "proto/digest.h"
#include "proto/key_cipher.h"
#include "proto/key_pem.h"
#include "proto/wire.h"

#define FIELDS_MAX 6
#define PADDED_TO  8

static const char begin_mark[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char end_mark[] = "-----END OPENSSH PRIVATE KEY-----";
static const char magic[] = "openssh-key-v1"; /* with its NUL */

/* What follows the type, and which of it, in order, make the public half. */
static const struct layout {
    const char *type;
    int fields, public_count, public[2];
} layouts[] = {
    {"ssh-ed25519", 2, 1, {0}},
    {"ssh-rsa", 6, 2, {1, 0}},
    {"ecdsa-sha2-nistp256", 3, 2, {0, 1}},
    {"ecdsa-sha2-nistp384", 3, 2, {0, 1}},
    {"ecdsa-sha2-nistp521", 3, 2, {0, 1}},
};

static bool is_text(const struct wire *w, const char *text)
{
    return w->len == strlen(text) && memcmp(w->data, text, w->len) == 0;
}

static enum private_key_read bad(struct err *err, const char *text)
{
    err_set(err, "%s", text);
    return PRIVATE_KEY_BAD;
}

static const struct layout *find_layout(const struct wire *type)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
        if (is_text(type, layouts[i].type))
            return &layouts[i];
    return NULL;
}

static enum private_key_read other_kind(const struct wire *type, struct err *err)
{
    if (is_text(type, "ssh-dss"))
        err_set(err, "it is a DSA key, which is no longer safe: make another with "
                     "ssh-keygen -t ed25519");
    else if (type->len > 3 && memcmp(type->data, "sk-", 3) == 0)
        err_set(err, "it lives in a security key, which only an agent can use: add it with "
                     "ssh-add");
    else
        err_set(err, "it is of a kind that is not known here");
    return PRIVATE_KEY_OTHER;
}

/* Take the key's fields from `w`, and make its public half. */
static enum private_key_read take_fields(struct wire *w, struct private_key *key, struct err *err)
{
    const uint8_t *start = w->data;
    struct wire type, field[FIELDS_MAX];
    if (!wire_string(w, &type))
        return bad(err, "it is damaged");
    const struct layout *layout = find_layout(&type);
    if (!layout)
        return other_kind(&type, err);
    for (int i = 0; i < layout->fields; i++)
        if (!wire_string(w, &field[i]))
            return bad(err, "it is damaged");
    buf_append(&key->fields, start, (size_t)(w->data - start));
    wire_put_string(&key->blob, type.data, type.len);
    for (int i = 0; i < layout->public_count; i++) {
        const struct wire *f = &field[layout->public[i]];
        wire_put_string(&key->blob, f->data, f->len);
    }
    return PRIVATE_KEY_READ;
}

/* ---- OpenSSH's own format ---- */

struct container {
    char cipher[64], kdf[16];
    struct wire options, blob, sealed, tag;
};

static bool take_name(struct wire *w, char *name, size_t size)
{
    struct wire string;
    if (!wire_string(w, &string) || string.len >= size)
        return false;
    memcpy(name, string.data, string.len);
    name[string.len] = '\0';
    return true;
}

static bool open_container(const uint8_t *data, size_t len, struct container *c)
{
    struct wire w = {data, len};
    uint32_t count;
    if (!wire_skip(&w, sizeof magic) || memcmp(data, magic, sizeof magic) != 0 ||
        !take_name(&w, c->cipher, sizeof c->cipher) || !take_name(&w, c->kdf, sizeof c->kdf) ||
        !wire_string(&w, &c->options) || !wire_u32(&w, &count) || count != 1 ||
        !wire_string(&w, &c->blob) || !wire_string(&w, &c->sealed))
        return false;
    c->tag = w;
    return true;
}

/* "check, check, fields, comment, 1, 2, 3..." */
static enum private_key_read take_section(const struct container *c, const uint8_t *data,
                                          size_t len, struct private_key *key, struct err *err)
{
    struct wire w = {data, len}, comment;
    uint32_t check[2];
    if (!wire_u32(&w, &check[0]) || !wire_u32(&w, &check[1]) || check[0] != check[1])
        return strcmp(c->cipher, "none") == 0 ? bad(err, "it is damaged") : PRIVATE_KEY_LOCKED;
    enum private_key_read result = take_fields(&w, key, err);
    if (result != PRIVATE_KEY_READ)
        return result;
    bool ok = wire_string(&w, &comment) && w.len < 256;
    for (size_t i = 0; ok && i < w.len; i++)
        ok = w.data[i] == i + 1;
    if (!ok)
        return bad(err, "it is damaged");
    if (key->blob.len != c->blob.len ||
        memcmp(buf_data(&key->blob), c->blob.data, c->blob.len) != 0)
        return bad(err, "its public half is another key's");
    key->comment = xstrndup((const char *)comment.data, comment.len);
    return PRIVATE_KEY_READ;
}

/* Decrypt what is sealed, in place. */
static enum private_key_read unseal(const struct container *c, const struct private_key_how *how,
                                    uint8_t *sealed, struct err *err)
{
    const struct key_cipher *cipher = key_cipher_find(c->cipher);
    uint8_t material[KEY_CIPHER_MATERIAL_MAX];
    struct bcrypt_salt salt;
    struct wire options = c->options, string;
    if (!cipher || strcmp(c->kdf, "bcrypt") != 0)
        return bad(err, "it is encrypted in a way that is not known here");
    if (!wire_string(&options, &string) || !wire_u32(&options, &salt.rounds) || string.len == 0 ||
        salt.rounds == 0 || c->tag.len != cipher->tag_len || c->sealed.len % cipher->block != 0)
        return bad(err, "it is damaged");
    if (!*how->passphrase)
        return PRIVATE_KEY_LOCKED;
    salt.data = string.data;
    salt.len = string.len;
    enum private_key_read result = PRIVATE_KEY_STOPPED;
    if (bcrypt_pbkdf(how->passphrase, &salt, material, cipher->key_len + cipher->iv_len, how->stop,
                     how->data))
        result = key_cipher_decrypt(cipher, material, sealed, c->sealed.len, c->tag.data)
                     ? PRIVATE_KEY_READ
                     : PRIVATE_KEY_LOCKED;
    explicit_bzero(material, sizeof material);
    return result;
}

static enum private_key_read read_container(const struct container *c,
                                            const struct private_key_how *how,
                                            struct private_key *key, struct err *err)
{
    struct buf section = {0};
    enum private_key_read result = PRIVATE_KEY_READ;
    buf_append(&section, c->sealed.data, c->sealed.len);
    if (strcmp(c->cipher, "none") != 0)
        result = unseal(c, how, buf_data(&section), err);
    if (result == PRIVATE_KEY_READ)
        result = take_section(c, buf_data(&section), section.len, key, err);
    buf_release_secret(&section);
    return result;
}

/* The bytes between the marks, which `c` refers to; NULL: it is damaged. Wipe `len` of them. */
static uint8_t *decode_container(const char *text, struct container *c, size_t *len)
{
    struct buf joined = {0};
    for (const char *s = text + strlen(begin_mark); *s && *s != '-'; s++)
        if (*s != '\n' && *s != '\r')
            buf_putc(&joined, *s);
    uint8_t *bytes = base64_decode(buf_str(&joined), joined.len, len);
    buf_release_secret(&joined);
    if (bytes && !open_container(bytes, *len, c)) {
        explicit_bzero(bytes, *len);
        free(bytes);
        return NULL;
    }
    return bytes;
}

static enum private_key_read read_openssh(const char *text, const struct private_key_how *how,
                                          struct private_key *key, struct err *err)
{
    size_t len = 0;
    struct container c;
    uint8_t *bytes = decode_container(text, &c, &len);
    if (!bytes)
        return bad(err, "it is damaged");
    enum private_key_read result = read_container(&c, how, key, err);
    explicit_bzero(bytes, len);
    free(bytes);
    return result;
}

void private_key_public(const char *text, struct buf *blob)
{
    size_t len = 0;
    struct container c;
    const char *begin = strstr(text, begin_mark);
    uint8_t *bytes = begin ? decode_container(begin, &c, &len) : NULL;
    if (bytes) {
        buf_append(blob, c.blob.data, c.blob.len);
        explicit_bzero(bytes, len);
    }
    free(bytes);
}

/* ---- */

static enum private_key_read read_pem(const char *text, const struct private_key_how *how,
                                      struct private_key *key, struct err *err)
{
    struct buf fields = {0};
    enum private_key_read result = PRIVATE_KEY_BAD;
    switch (key_pem_read(text, how->passphrase, &fields, err)) {
    case KEY_PEM_READ: {
        struct wire w = {buf_data(&fields), fields.len};
        result = take_fields(&w, key, err);
        key->comment = xstrdup("");
        break;
    }
    case KEY_PEM_LOCKED: result = PRIVATE_KEY_LOCKED; break;
    case KEY_PEM_OTHER: result = PRIVATE_KEY_OTHER; break;
    case KEY_PEM_BAD: break;
    }
    buf_release_secret(&fields);
    return result;
}

enum private_key_read private_key_read(const char *text, const struct private_key_how *how,
                                       struct private_key *key, struct err *err)
{
    const char *begin = strstr(text, begin_mark);
    *key = (struct private_key){0};
    enum private_key_read result =
        begin ? read_openssh(begin, how, key, err) : read_pem(text, how, key, err);
    if (result != PRIVATE_KEY_READ)
        private_key_release(key);
    return result;
}

void private_key_release(struct private_key *key)
{
    buf_release_secret(&key->fields);
    buf_release(&key->blob);
    free(key->comment);
    *key = (struct private_key){0};
}

void private_key_print(const struct private_key *key, struct buf *out)
{
    struct buf whole = {0}, section = {0};
    wire_put_u32(&section, 0);
    wire_put_u32(&section, 0);
    buf_append(&section, buf_data(&key->fields), key->fields.len);
    wire_put_string(&section, key->comment, strlen(key->comment));
    for (uint8_t i = 1; section.len % PADDED_TO != 0; i++)
        buf_append(&section, &i, 1);
    buf_append(&whole, magic, sizeof magic);
    wire_put_string(&whole, "none", strlen("none"));
    wire_put_string(&whole, "none", strlen("none"));
    wire_put_string(&whole, "", 0);
    wire_put_u32(&whole, 1);
    wire_put_string(&whole, buf_data(&key->blob), key->blob.len);
    wire_put_string(&whole, buf_data(&section), section.len);
    char *base64 = base64_encode(buf_data(&whole), whole.len);
    buf_puts(out, begin_mark);
    buf_puts(out, "\n");
    buf_puts(out, base64);
    buf_puts(out, "\n");
    buf_puts(out, end_mark);
    buf_puts(out, "\n");
    explicit_bzero(base64, strlen(base64));
    free(base64);
    buf_release_secret(&section);
    buf_release_secret(&whole);
}
