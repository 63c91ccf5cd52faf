#include "proto/key_pem.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "proto/wire.h"

#define ED25519_LEN 32

static bool is_encrypted(const char *text)
{
    return strstr(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") ||
           (strstr(text, "PRIVATE KEY-----") && strstr(text, "Proc-Type: 4,ENCRYPTED"));
}

/* An mpint (RFC 4251, section 5). */
static bool put_number(struct buf *out, const EVP_PKEY *key, const char *name)
{
    BIGNUM *n = NULL;
    if (!EVP_PKEY_get_bn_param(key, name, &n))
        return false;
    struct buf bytes = {0};
    size_t len = (size_t)BN_num_bytes(n);
    if (BN_num_bits(n) % 8 == 0 && len > 0)
        buf_append(&bytes, "", 1); /* it is no negative number */
    BN_bn2bin(n, buf_reserve(&bytes, len));
    buf_commit(&bytes, len);
    wire_put_string(out, buf_data(&bytes), bytes.len);
    buf_release_secret(&bytes);
    BN_clear_free(n);
    return true;
}

static bool put_rsa(struct buf *out, const EVP_PKEY *key)
{
    static const char *const names[] = {
        OSSL_PKEY_PARAM_RSA_N,       OSSL_PKEY_PARAM_RSA_E,
        OSSL_PKEY_PARAM_RSA_D,       OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
        OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
    };
    bool ok = true;
    wire_put_string(out, "ssh-rsa", strlen("ssh-rsa"));
    for (size_t i = 0; i < sizeof names / sizeof names[0] && ok; i++)
        ok = put_number(out, key, names[i]);
    return ok;
}

static const char *curve_name(const char *library_name)
{
    static const char *const names[][2] = {
        {"prime256v1", "nistp256"}, {"secp384r1", "nistp384"}, {"secp521r1", "nistp521"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(library_name, names[i][0]) == 0)
            return names[i][1];
    return NULL;
}

static bool put_ec(struct buf *out, const EVP_PKEY *key)
{
    char group[64] = "", type[64];
    uint8_t point[256];
    size_t len;
    const char *curve =
        EVP_PKEY_get_group_name(key, group, sizeof group, NULL) ? curve_name(group) : NULL;
    if (!curve || !EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point,
                                                   sizeof point, &len))
        return false;
    snprintf(type, sizeof type, "ecdsa-sha2-%s", curve);
    wire_put_string(out, type, strlen(type));
    wire_put_string(out, curve, strlen(curve));
    wire_put_string(out, point, len);
    return put_number(out, key, OSSL_PKEY_PARAM_PRIV_KEY);
}

static bool put_ed25519(struct buf *out, const EVP_PKEY *key)
{
    uint8_t both[2 * ED25519_LEN];
    size_t private_len = ED25519_LEN, public_len = ED25519_LEN;
    if (!EVP_PKEY_get_raw_private_key(key, both, &private_len) ||
        !EVP_PKEY_get_raw_public_key(key, both + ED25519_LEN, &public_len))
        return false;
    wire_put_string(out, "ssh-ed25519", strlen("ssh-ed25519"));
    wire_put_string(out, both + ED25519_LEN, ED25519_LEN);
    wire_put_string(out, both, sizeof both);
    explicit_bzero(both, sizeof both);
    return true;
}

static enum key_pem put_key(struct buf *out, const EVP_PKEY *key, struct err *err)
{
    bool ok = true;
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: ok = put_rsa(out, key); break;
    case EVP_PKEY_EC: ok = put_ec(out, key); break;
    case EVP_PKEY_ED25519: ok = put_ed25519(out, key); break;
    case EVP_PKEY_DSA:
        err_set(err, "it is a DSA key, which is no longer safe: make another with "
                     "ssh-keygen -t ed25519");
        return KEY_PEM_OTHER;
    default: err_set(err, "it is of a kind that SSH does not use"); return KEY_PEM_OTHER;
    }
    if (ok)
        return KEY_PEM_READ;
    err_set(err, "its numbers cannot be read, or its curve is none of SSH's");
    return KEY_PEM_BAD;
}

/* Never asks by itself, as OpenSSL does where it gets none. */
static int give_passphrase(char *out, int size, int writing, void *data)
{
    const char *passphrase = data;
    (void)writing;
    size_t len = strlen(passphrase);
    if (len > (size_t)size)
        return -1;
    memcpy(out, passphrase, len);
    return (int)len;
}

enum key_pem key_pem_read(const char *text, const char *passphrase, struct buf *fields,
                          struct err *err)
{
    char *secret = xstrdup(passphrase);
    BIO *bio = BIO_new_mem_buf(text, -1);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, secret) : NULL;
    enum key_pem result = KEY_PEM_BAD;
    if (key)
        result = put_key(fields, key, err);
    else if (is_encrypted(text))
        result = KEY_PEM_LOCKED;
    else
        err_set(err, "it is damaged");
    EVP_PKEY_free(key);
    BIO_free(bio);
    ERR_clear_error();
    explicit_bzero(secret, strlen(secret));
    free(secret);
    return result;
}
