#include "proto/krl.h"

#include <string.h>

#include "proto/digest.h"
#include "proto/wire.h"

static const char magic[8] = {'S', 'S', 'H', 'K', 'R', 'L', '\n', '\0'};

#define FORMAT_VERSION 1

enum section {
    SECTION_CERTIFICATES = 1,
    SECTION_KEYS = 2,
    SECTION_SHA1 = 3,
    SECTION_SHA256 = 5,
    SECTION_EXTENSION = 255,
};

struct sought {
    struct wire key;
    uint8_t sha1[DIGEST_SHA1_LEN], sha256[DIGEST_SHA256_LEN];
};

bool krl_is(const uint8_t *data, size_t len)
{
    return len >= sizeof magic && memcmp(data, magic, sizeof magic) == 0;
}

static bool same(struct wire a, struct wire b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

/* A section is a row of strings; `len`: what each must have, 0: any. */
static enum krl_result find(struct wire section, struct wire wanted, size_t len)
{
    enum krl_result result = KRL_NO;
    struct wire entry;
    while (section.len > 0) {
        if (!wire_string(&section, &entry) || entry.len == 0 || (len > 0 && entry.len != len))
            return KRL_BAD;
        if (same(entry, wanted))
            result = KRL_REVOKED;
    }
    return result;
}

/* One that is critical may change the meaning of the rest. */
static enum krl_result check_extension(struct wire section)
{
    struct wire name, contents;
    const uint8_t *critical;
    if (!wire_string(&section, &name))
        return KRL_BAD;
    critical = section.data;
    bool whole = wire_skip(&section, 1) && wire_string(&section, &contents) && section.len == 0;
    return whole && *critical == 0 ? KRL_NO : KRL_BAD;
}

static enum krl_result check_section(uint8_t type, struct wire section, const struct sought *sought)
{
    switch (type) {
    case SECTION_CERTIFICATES: return KRL_NO;
    case SECTION_KEYS: return find(section, sought->key, 0);
    case SECTION_SHA1:
        return find(section, (struct wire){sought->sha1, DIGEST_SHA1_LEN}, DIGEST_SHA1_LEN);
    case SECTION_SHA256:
        return find(section, (struct wire){sought->sha256, DIGEST_SHA256_LEN}, DIGEST_SHA256_LEN);
    case SECTION_EXTENSION: return check_extension(section);
    default: return KRL_BAD; /* such as signatures, which OpenSSH refuses too */
    }
}

/* Magic, format, version, date and flags, a reserved string, a comment. */
static bool skip_header(struct wire *list)
{
    uint32_t format;
    struct wire text;
    return wire_skip(list, sizeof magic) && wire_u32(list, &format) && format == FORMAT_VERSION &&
           wire_skip(list, 3 * sizeof(uint64_t)) && wire_string(list, &text) &&
           wire_string(list, &text);
}

enum krl_result krl_check(const uint8_t *data, size_t len, const uint8_t *key, size_t key_len)
{
    struct wire list = {data, len}, section;
    struct sought sought = {.key = {key, key_len}};
    enum krl_result all = KRL_NO;
    if (!krl_is(data, len) || !skip_header(&list))
        return KRL_BAD;
    digest_sha1(key, key_len, sought.sha1);
    digest_sha256(key, key_len, sought.sha256);
    while (list.len > 0) {
        uint8_t type = list.data[0];
        if (!wire_skip(&list, 1) || !wire_string(&list, &section))
            return KRL_BAD;
        enum krl_result result = check_section(type, section, &sought);
        if (result == KRL_BAD)
            return KRL_BAD;
        all = result == KRL_REVOKED ? KRL_REVOKED : all;
    }
    return all;
}
