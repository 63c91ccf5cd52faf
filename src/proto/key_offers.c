#include "proto/key_offers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "proto/key_certificate.h"

#define FILES_MAX 100 /* as ssh */

struct identity {
    const char *path;
    struct key_file file;
    bool held; /* by the agent */
};

struct certificate {
    const char *path;
    struct buf blob, key; /* the certificate, and what it certifies */
};

struct held_key {
    struct agent_key blob;
    char *comment;
};

struct key_offers {
    const struct ssh_settings *s;
    key_offers_tell *tell;
    void *data;
    bool chosen; /* somebody named the identity files */
    struct identity identity[FILES_MAX];
    struct certificate certificate[FILES_MAX];
    struct held_key held[AGENT_KEYS_MAX];
    size_t identity_count, certificate_count, held_count;
    struct key_offer offer[3 * FILES_MAX + AGENT_KEYS_MAX];
    size_t count;
};

static void say(const struct key_offers *l, bool chosen, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void say(const struct key_offers *l, bool chosen, const char *format, ...)
{
    va_list args;
    char *line;
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        BUG("out of memory");
    va_end(args);
    l->tell(l->data, chosen, line);
    free(line);
}

static bool same(const struct agent_key *a, const struct agent_key *b)
{
    return a->blob && b->blob && a->len == b->len && memcmp(a->blob, b->blob, a->len) == 0;
}

static struct agent_key key_of(const struct buf *blob)
{
    return blob->len ? (struct agent_key){buf_data(blob), blob->len} : (struct agent_key){NULL, 0};
}

/* ---- what there is ---- */

/* RequiredRSASize */
static bool is_long(const struct key_offers *l, const struct agent_key *key)
{
    int bits = key->blob ? key_rsa_bits(key->blob, key->len) : 0;
    return bits == 0 || bits >= l->s->required_rsa_size;
}

static const struct held_key *find_held(const struct key_offers *l, const struct agent_key *key)
{
    for (size_t i = 0; i < l->held_count; i++)
        if (same(&l->held[i].blob, key))
            return &l->held[i];
    return NULL;
}

static void load_agent(struct key_offers *l, const struct buf *answer)
{
    struct agent_key key;
    const char *comment;
    size_t len;
    for (size_t i = 0; agent_filter_key(answer, i, &key, &comment, &len); i++) {
        if (!is_long(l, &key)) {
            say(l, false, "the agent's key %.*s is not used: RequiredRSASize asks for %d bits",
                (int)(len < 60 ? len : 60), comment, l->s->required_rsa_size);
            continue;
        }
        l->held[l->held_count++] = (struct held_key){key, xstrndup(comment, len)};
    }
}

static void note_file(const struct key_offers *l, const struct identity *id)
{
    struct agent_key key = key_of(&id->file.blob);
    if (id->file.state == KEY_UNUSABLE && !id->held)
        say(l, l->chosen || !id->file.wrong_kind, "the key %s is not used: %s", id->path,
            id->file.why);
    else if (id->file.stray_pub)
        say(l, l->chosen, "%s.pub is not the public half of %s, and not heeded", id->path,
            id->path);
    else if (!is_long(l, &key))
        say(l, l->chosen, "the key %s is not used: RequiredRSASize asks for %d bits, it has %d",
            id->path, l->s->required_rsa_size, key_rsa_bits(key.blob, key.len));
}

static bool is_listed(const struct key_offers *l, const char *path)
{
    for (size_t i = 0; i < l->identity_count; i++)
        if (strcmp(l->identity[i].path, path) == 0)
            return true;
    return false;
}

static void load_identities(struct key_offers *l)
{
    for (char **f = l->s->identity_file; f && *f && l->identity_count < FILES_MAX; f++) {
        if (is_listed(l, *f))
            continue;
        struct identity *id = &l->identity[l->identity_count++];
        *id = (struct identity){.path = *f};
        key_file_probe(*f, &id->file);
        struct agent_key key = key_of(&id->file.blob), cert = key_of(&id->file.certificate);
        id->held = find_held(l, &key) || find_held(l, &cert);
        note_file(l, id);
    }
}

static void load_certificates(struct key_offers *l)
{
    for (char **f = l->s->certificate_file; f && *f && l->certificate_count < FILES_MAX; f++) {
        struct certificate *c = &l->certificate[l->certificate_count];
        struct key_certificate cert;
        struct err err;
        *c = (struct certificate){.path = *f};
        if (key_file_certificate(*f, &c->blob, &err) &&
            key_certificate_read(buf_data(&c->blob), c->blob.len, &cert)) {
            c->key = cert.key;
            l->certificate_count++;
        } else {
            say(l, true, "the certificate %s is not used: %s", *f, err.text);
            buf_release(&c->blob);
        }
    }
}

/* Are these the names ssh tries when nothing is configured? */
static bool default_identities(const struct ssh_settings *s)
{
    size_t n = 0;
    for (char **f = s->identity_file; f && *f; f++) {
        const char *slash = strrchr(*f, '/');
        n += strncmp(slash ? slash + 1 : *f, "id_", 3) == 0;
    }
    return n > 2;
}

/* ---- in which order ---- */

static bool is_offered(const struct key_offers *l, const struct agent_key *key)
{
    for (size_t i = 0; i < l->count; i++)
        if (same(&l->offer[i].keys.shown, key))
            return true;
    return false;
}

/* An offer of `shown`, which the agent signs with `signer`. */
static void offer_held(struct key_offers *l, const char *name, const struct agent_key *shown,
                       const struct agent_key *signer, bool certificate)
{
    if (!is_offered(l, shown))
        l->offer[l->count++] =
            (struct key_offer){.name = name, .keys = {*shown, *signer}, .certificate = certificate};
}

/* The same, which the file signs. */
static void offer_file(struct key_offers *l, const char *name, const struct agent_key *shown,
                       const struct identity *id, bool certificate)
{
    bool usable = id->file.state == KEY_PLAIN || id->file.state == KEY_ENCRYPTED;
    if (usable && is_long(l, shown) && !is_offered(l, shown))
        l->offer[l->count++] = (struct key_offer){.name = name,
                                                  .keys.shown = *shown,
                                                  .path = id->path,
                                                  .encrypted = id->file.state == KEY_ENCRYPTED,
                                                  .certificate = certificate};
}

/* A certificate needs a key that signs: the agent's, or that of a file. */
static bool offer_certificate(struct key_offers *l, const char *name, const struct agent_key *cert,
                              const struct agent_key *key)
{
    const struct held_key *held = find_held(l, key);
    held = held ? held : find_held(l, cert);
    size_t before = l->count;
    if (held && is_long(l, cert))
        offer_held(l, name, cert, &held->blob, true);
    for (size_t i = 0; i < l->identity_count && l->count == before && !is_offered(l, cert); i++) {
        struct agent_key own = key_of(&l->identity[i].file.blob);
        if (same(&own, key))
            offer_file(l, name, cert, &l->identity[i], true);
    }
    return is_offered(l, cert);
}

/* What the agent holds of an identity: the key, or the certificate beside it. */
static void offer_held_identity(struct key_offers *l, const struct identity *id)
{
    struct agent_key key = key_of(&id->file.blob), cert = key_of(&id->file.certificate);
    const struct held_key *own = find_held(l, &key), *certified = find_held(l, &cert);
    if (own)
        offer_held(l, id->path, &key, &own->blob, false);
    if (certified && l->certificate_count == 0)
        offer_held(l, id->path, &cert, &certified->blob, true);
}

/* The rest: the key, then the certificate beside it if none is configured. */
static void offer_identity(struct key_offers *l, const struct identity *id)
{
    struct agent_key key = key_of(&id->file.blob), cert = key_of(&id->file.certificate);
    offer_file(l, id->path, &key, id, false);
    if (cert.blob && l->certificate_count == 0)
        offer_certificate(l, id->path, &cert, &key);
}

static void order(struct key_offers *l)
{
    for (size_t i = 0; i < l->certificate_count; i++) {
        const struct certificate *c = &l->certificate[i];
        struct agent_key cert = key_of(&c->blob), key = key_of(&c->key);
        if (!offer_certificate(l, c->path, &cert, &key))
            say(l, true,
                "the certificate %s is not used: its key is neither a file nor the "
                "agent's",
                c->path);
    }
    for (size_t i = 0; i < l->identity_count; i++)
        offer_held_identity(l, &l->identity[i]);
    for (size_t i = 0; i < l->held_count && !l->s->identities_only; i++) {
        const struct agent_key *key = &l->held[i].blob;
        struct key_certificate cert;
        bool certified = key_certificate_read(key->blob, key->len, &cert);
        if (certified)
            key_certificate_release(&cert);
        offer_held(l, l->held[i].comment, key, key, certified);
    }
    for (size_t i = 0; i < l->identity_count; i++)
        offer_identity(l, &l->identity[i]);
}

struct key_offers *key_offers_new(const struct ssh_settings *s, const struct buf *agent,
                                  key_offers_tell *tell, void *data)
{
    struct key_offers *l = xcalloc(1, sizeof *l);
    l->s = s;
    l->tell = tell;
    l->data = data;
    l->chosen = !default_identities(s);
    if (agent)
        load_agent(l, agent);
    load_identities(l);
    load_certificates(l);
    order(l);
    return l;
}

void key_offers_free(struct key_offers *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->identity_count; i++)
        key_file_release(&l->identity[i].file);
    for (size_t i = 0; i < l->certificate_count; i++) {
        buf_release(&l->certificate[i].blob);
        buf_release(&l->certificate[i].key);
    }
    for (size_t i = 0; i < l->held_count; i++)
        free(l->held[i].comment);
    free(l);
}

const struct key_offer *key_offers_at(const struct key_offers *l, size_t index)
{
    return index < l->count ? &l->offer[index] : NULL;
}
