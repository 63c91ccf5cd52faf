/* Keys that the config names: the line goes to the shell's own editor, and the key behind it. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

enum matched { MATCH_NONE, MATCH_BEGIN, MATCH_WHOLE };

static struct key key_at(const struct buf *keys, size_t i)
{
    struct key key;
    memcpy(&key, buf_data(keys) + i * sizeof key, sizeof key);
    return key;
}

/* Are the keys typed so far those of this sequence? Its names were checked with the config. */
static enum matched match_sequence(const char *names, size_t len, const struct buf *typed)
{
    size_t count = typed->len / sizeof(struct key), i = 0;
    for (const char *end = names + len;; i++) {
        while (names < end && strchr(" \t", *names))
            names++;
        size_t n = strcspn(names, " \t,");
        if (names == end || n == 0)
            return i == count ? MATCH_WHOLE : MATCH_NONE;
        if (i == count)
            return MATCH_BEGIN;
        char *name = xstrndup(names, n);
        struct key wanted, key = key_at(typed, i);
        bool same = keys_parse(name, &wanted) && key.kind == wanted.kind &&
                    key.code == wanted.code && key.mods == wanted.mods;
        free(name);
        if (!same)
            return MATCH_NONE;
        names += n;
    }
}

static enum matched match_any(const char *names, const struct buf *typed)
{
    enum matched best = MATCH_NONE;
    while (*names && best != MATCH_WHOLE) {
        size_t len = strcspn(names, ",");
        enum matched match = match_sequence(names, len, typed);
        best = match > best ? match : best;
        names += len + (names[len] == ',');
    }
    return best;
}

/* The line, and then the keys: the shell's editor acts on them. */
static void give(struct app *app, struct held *keys)
{
    struct buf bytes = {0};
    app_complete_close(app);
    app_hand_over(app, false);
    for (size_t i = 0, at = 0; i * sizeof(struct key) < keys->keys.len; i++) {
        struct key key = key_at(&keys->keys, i);
        key.raw = buf_data(&keys->raw) + at;
        at += key.raw_len;
        keys_encode(&key, vscreen_modes(app->vscreen), &bytes);
    }
    if (!session_line_mode(app->in.session))
        session_type(app->in.session, buf_data(&bytes), bytes.len, app->now);
    buf_release(&bytes);
}

/* They were none of the config's after all. */
static bool edit(struct app *app, struct held *keys)
{
    bool known = false;
    for (size_t i = 0, at = 0; i * sizeof(struct key) < keys->keys.len; i++) {
        struct key key = key_at(&keys->keys, i);
        key.raw = buf_data(&keys->raw) + at;
        at += key.raw_len;
        known = app_edit_key(app, &key);
    }
    return known;
}

bool app_host_key(struct app *app, const struct key *key)
{
    const char *names = app->options->own->host_keys;
    if (!*names || (key->kind != KEY_CHAR && key->kind != KEY_NAMED))
        return false;
    struct held *begun = &app->begun;
    held_put(begun, key);
    enum matched match = match_any(names, &begun->keys);
    if (match == MATCH_BEGIN)
        return true;
    struct held keys = *begun;
    bool first = keys.keys.len == sizeof *key, known = match == MATCH_WHOLE;
    *begun = (struct held){0};
    if (match == MATCH_WHOLE)
        give(app, &keys);
    else if (!first)
        known = edit(app, &keys);
    held_release(&keys);
    return known;
}
