#include "term/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"
#include "term/keys_sequence.h"

#define ESC             0x1b
#define LONE_WAIT_MS    25  /* a key of its own that may also begin a sequence */
#define PARTIAL_WAIT_MS 250 /* what can only be the beginning of one: a slow line */
#define STRING_MAX      48  /* terminfo's strings that we keep */

static const uint8_t paste_end[] = "\033[201~";
#define PASTE_END_LEN (sizeof paste_end - 1)

struct key_string {
    char *bytes;
    size_t len;
    uint8_t name, mods;
};

struct keys {
    struct buf in;
    size_t taken; /* bytes at the front of `in` that belong to the key handed out last */
    int64_t fed;  /* when the newest byte came */
    bool pasting;
    struct key_string strings[STRING_MAX];
    size_t string_count;
};

static const struct {
    char capability[6];
    uint8_t name, mods;
} capabilities[] = {
    {"kcuu1", KEY_UP, 0},
    {"kcud1", KEY_DOWN, 0},
    {"kcuf1", KEY_RIGHT, 0},
    {"kcub1", KEY_LEFT, 0},
    {"khome", KEY_HOME, 0},
    {"kend", KEY_END, 0},
    {"kich1", KEY_INSERT, 0},
    {"kdch1", KEY_DELETE, 0},
    {"kpp", KEY_PAGE_UP, 0},
    {"knp", KEY_PAGE_DOWN, 0},
    {"kcbt", KEY_BACKTAB, 0},
    {"kri", KEY_UP, MOD_SHIFT},
    {"kind", KEY_DOWN, MOD_SHIFT},
    {"kLFT", KEY_LEFT, MOD_SHIFT},
    {"kRIT", KEY_RIGHT, MOD_SHIFT},
    {"kHOM", KEY_HOME, MOD_SHIFT},
    {"kEND", KEY_END, MOD_SHIFT},
    {"kIC", KEY_INSERT, MOD_SHIFT},
    {"kDC", KEY_DELETE, MOD_SHIFT},
    {"kPRV", KEY_PAGE_UP, MOD_SHIFT},
    {"kNXT", KEY_PAGE_DOWN, MOD_SHIFT},
};

static bool find_capability(const char *capability, struct key_string *s)
{
    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++) {
        if (strcmp(capabilities[i].capability, capability) == 0) {
            s->name = capabilities[i].name;
            s->mods = capabilities[i].mods;
            return true;
        }
    }
    int number = strncmp(capability, "kf", 2) == 0 ? atoi(capability + 2) : 0;
    s->name = (uint8_t)(KEY_F1 + number - 1);
    return number >= 1 && number <= 20;
}

static void add_string(void *data, const char *capability, const char *bytes)
{
    struct keys *k = data;
    struct key_string s = {.len = strlen(bytes)};
    /* Others begin with a control character, which is a key of its own here. */
    if (s.len < 2 || bytes[0] != ESC || k->string_count == STRING_MAX)
        return;
    if (!find_capability(capability, &s))
        return;
    s.bytes = xstrdup(bytes);
    k->strings[k->string_count++] = s;
}

struct keys *keys_new(const struct terminfo *ti)
{
    struct keys *k = xcalloc(1, sizeof *k);
    if (ti)
        terminfo_each_key(ti, add_string, k);
    return k;
}

void keys_free(struct keys *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < k->string_count; i++)
        free(k->strings[i].bytes);
    buf_release_secret(&k->in); /* passwords are typed too */
    free(k);
}

static void drop_taken(struct keys *k)
{
    buf_consume(&k->in, k->taken);
    k->taken = 0;
}

void keys_feed(struct keys *k, const void *data, size_t len, int64_t now)
{
    if (len == 0)
        return;
    drop_taken(k);
    buf_append(&k->in, data, len);
    k->fed = now;
}

/* A string of terminfo's at the start of data: its length; 0 if there is none. *partial: data
   is the beginning of one. */
static size_t match_string(const struct keys *k, const uint8_t *data, size_t len, struct key *key,
                           bool *partial)
{
    size_t best = 0;
    *partial = false;
    for (size_t i = 0; i < k->string_count; i++) {
        const struct key_string *s = &k->strings[i];
        if (memcmp(s->bytes, data, s->len < len ? s->len : len) != 0)
            continue;
        if (s->len > len) {
            *partial = true;
        } else if (s->len > best) {
            best = s->len;
            *key = (struct key){.kind = KEY_NAMED, .code = s->name, .mods = s->mods};
        }
    }
    return best;
}

/* One character, no escape sequence. */
static size_t decode_char(const uint8_t *data, size_t len, bool whole, struct key *key)
{
    if (data[0] < 0x20 || data[0] == 0x7f) {
        keys_control(data[0], key);
        return 1;
    }
    uint32_t cp;
    size_t n = utf8_decode((const char *)data, len, &cp);
    *key = (struct key){.kind = KEY_CHAR, .code = cp};
    if (n > 1 || data[0] < 0x80)
        return n;
    size_t expect = data[0] >= 0xf0 ? 4 : data[0] >= 0xe0 ? 3 : data[0] >= 0xc2 ? 2 : 0;
    if (!whole && len < expect && utf8_missing((const char *)data, len) == expect - len)
        return 0;
    key->kind = KEY_UNKNOWN;
    return 1;
}

static size_t escape_key(struct key *key)
{
    *key = (struct key){.kind = KEY_CHAR, .code = ESC};
    return 1;
}

/* ESC ESC [ A is rxvt's Alt with a named key; any other second ESC is a key by itself. */
static size_t decode_double_escape(const uint8_t *data, size_t len, bool whole, struct key *key)
{
    if (len == 2 && !whole)
        return 0;
    if (len == 2 || (data[2] != '[' && data[2] != 'O'))
        return escape_key(key);
    size_t n = keys_sequence(data + 1, len - 1, whole, key);
    if (n == 0)
        return 0;
    if (key->kind != KEY_NAMED)
        return escape_key(key);
    key->mods |= MOD_ALT;
    return n + 1;
}

static size_t decode_escape(const struct keys *k, const uint8_t *data, size_t len, bool whole,
                            struct key *key)
{
    if (len == 1)
        return whole ? escape_key(key) : 0;
    bool partial;
    struct key named;
    size_t string = match_string(k, data, len, &named, &partial);
    if (data[1] == '[' || data[1] == 'O' || data[1] == ']') {
        size_t n = keys_sequence(data, len, whole, key);
        /* Ours come first: terminfo calls Shift-F1 F13. */
        bool known = n > 0 && key->kind != KEY_UNKNOWN && !(key->kind == KEY_CHAR && n == 2);
        if (known || string == 0)
            return n;
    }
    if (string > 0) {
        *key = named;
        return string;
    }
    if (partial && !whole)
        return 0;
    if (data[1] == ESC)
        return decode_double_escape(data, len, whole, key);
    size_t n = decode_char(data + 1, len - 1, whole, key);
    if (n == 0)
        return 0;
    if (key->kind == KEY_UNKNOWN)
        return escape_key(key);
    key->mods |= MOD_ALT;
    return n + 1;
}

/* Inside a paste all is data but the closing bracket; a character that has not come whole is
   held back, so that each piece can be inserted by itself. */
static size_t decode_paste(const uint8_t *data, size_t len, struct key *key)
{
    key->kind = KEY_PASTE_DATA;
    const uint8_t *esc = memchr(data, ESC, len);
    for (; esc; esc = memchr(esc + 1, ESC, len - (size_t)(esc + 1 - data))) {
        size_t before = (size_t)(esc - data), left = len - before;
        size_t compare = left < PASTE_END_LEN ? left : PASTE_END_LEN;
        if (memcmp(esc, paste_end, compare) != 0)
            continue;
        if (before > 0)
            return before;
        if (compare < PASTE_END_LEN)
            return 0;
        key->kind = KEY_PASTE_END;
        return PASTE_END_LEN;
    }
    if (utf8_missing((const char *)data, len) == 0)
        return len;
    do
        len--;
    while ((data[len] & 0xc0) == 0x80);
    return len;
}

bool keys_next(struct keys *k, int64_t now, struct key *key)
{
    drop_taken(k);
    size_t len = k->in.len;
    if (len == 0)
        return false;
    const uint8_t *data = buf_data(&k->in);
    *key = (struct key){0};
    size_t n;
    if (k->pasting) {
        n = decode_paste(data, len, key);
    } else {
        bool whole = now >= keys_deadline(k);
        n = data[0] == ESC ? decode_escape(k, data, len, whole, key)
                           : decode_char(data, len, whole, key);
    }
    if (n == 0)
        return false;
    if (key->kind == KEY_PASTE_BEGIN)
        k->pasting = true;
    else if (key->kind == KEY_PASTE_END)
        k->pasting = false;
    key->raw = data;
    key->raw_len = n;
    k->taken = n;
    return true;
}

int64_t keys_deadline(const struct keys *k)
{
    size_t len = k->in.len - k->taken;
    if (len == 0 || k->pasting)
        return CLOCK_NEVER;
    const uint8_t *data = buf_data(&k->in) + k->taken;
    bool lone = data[0] == ESC && (len == 1 || (len == 2 && data[1] < 0x80));
    return k->fed + (lone ? LONE_WAIT_MS : PARTIAL_WAIT_MS);
}
