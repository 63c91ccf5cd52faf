#include "proto/key_certificate.h"

#include <string.h>

#include "proto/public_key.h"
#include "proto/wire.h"

/* What of a certificate, between nonce and serial number, is the key. */
static const struct kind {
    const char *cert, *key;
    int fields;
} kinds[] = {
    {"ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", 1},
    {"ssh-rsa-cert-v01@openssh.com", "ssh-rsa", 2},
    {"ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256", 2},
    {"ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp384", 2},
    {"ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521", 2},
    {"sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", 2},
    {"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", 3},
    {"ssh-dss-cert-v01@openssh.com", "ssh-dss", 4},
};

static bool take_u64(struct wire *w, uint64_t *value)
{
    uint32_t high, low;
    if (!wire_u32(w, &high) || !wire_u32(w, &low))
        return false;
    *value = (uint64_t)high << 32 | low;
    return true;
}

static const struct kind *find_kind(const char *type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(type, kinds[i].cert) == 0)
            return &kinds[i];
    return NULL;
}

static bool read_fields(struct wire *w, const struct kind *kind, struct key_certificate *cert)
{
    struct wire field;
    if (!wire_string(w, &field) || !wire_string(w, &field)) /* type, nonce */
        return false;
    wire_put_string(&cert->key, kind->key, strlen(kind->key));
    for (int i = 0; i < kind->fields; i++) {
        if (!wire_string(w, &field))
            return false;
        wire_put_string(&cert->key, field.data, field.len);
    }
    return true;
}

bool key_certificate_read(const uint8_t *blob, size_t len, struct key_certificate *cert)
{
    struct public_key name;
    struct wire w = {blob, len}, skipped;
    uint64_t serial;
    uint32_t role;
    *cert = (struct key_certificate){.for_user = false};
    const struct kind *kind = public_key_parse(blob, len, &name) ? find_kind(name.type) : NULL;
    bool ok = kind && read_fields(&w, kind, cert) && take_u64(&w, &serial) && wire_u32(&w, &role) &&
              wire_string(&w, &skipped) && wire_string(&w, &skipped) &&
              take_u64(&w, &cert->valid_from) && take_u64(&w, &cert->valid_until);
    if (ok)
        cert->for_user = role == 1;
    else
        key_certificate_release(cert);
    return ok;
}

void key_certificate_release(struct key_certificate *cert)
{
    buf_release(&cert->key);
    *cert = (struct key_certificate){.for_user = false};
}

int key_rsa_bits(const uint8_t *blob, size_t len)
{
    struct key_certificate cert;
    struct public_key key;
    bool certified = key_certificate_read(blob, len, &cert);
    bool rsa = certified ? public_key_parse(buf_data(&cert.key), cert.key.len, &key)
                         : public_key_parse(blob, len, &key);
    if (certified)
        key_certificate_release(&cert);
    return rsa && strcmp(key.type, "ssh-rsa") == 0 ? key.bits : 0;
}
