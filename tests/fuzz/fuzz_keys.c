/* The keyboard decoder: any bytes, split anywhere, give keys whose raw bytes together are the
   input, and the same keys for every split. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "term/keys.h"

#define SPLITS_MAX 64 /* cuts tried of a long input */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
    if (!right)
        abort();
}

struct run {
    struct buf keys, raw, encoded;
    enum key_kind last;
};

static void take(struct keys *k, int64_t now, struct run *run)
{
    struct vscreen_modes modes = {.app_cursor = true, .mouse = MOUSE_MOTION};
    struct key key;
    while (keys_next(k, now, &key)) {
        check(key.raw_len > 0);
        buf_append(&run->raw, key.raw, key.raw_len);
        /* A paste's data may come in any pieces. */
        if (key.kind != KEY_PASTE_DATA || run->last != KEY_PASTE_DATA)
            buf_printf(&run->keys, "%d %x %x %d %d %d %d;", key.kind, key.code, key.mods,
                       key.mouse.action, key.mouse.button, key.mouse.row, key.mouse.col);
        run->last = key.kind;
        keys_encode(&key, &modes, &run->encoded);
    }
}

static struct run run_split(const uint8_t *data, size_t size, size_t cut)
{
    struct run run = {.last = KEY_UNKNOWN};
    struct keys *k = keys_new(NULL);
    keys_feed(k, data, cut, 0);
    take(k, 0, &run);
    keys_feed(k, data + cut, size - cut, 1);
    take(k, 1, &run);
    take(k, INT64_MAX / 2, &run);
    keys_free(k);
    return run;
}

static void run_release(struct run *run)
{
    buf_release(&run->keys);
    buf_release(&run->raw);
    buf_release(&run->encoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run whole = run_split(data, size, size);
    size_t step = size / SPLITS_MAX + 1;
    for (size_t cut = 0; cut <= size; cut += step) {
        struct run run = run_split(data, size, cut);
        /* Only an unclosed paste may hold back what could be the beginning of its end. */
        check(run.raw.len == whole.raw.len && run.raw.len + 6 > size && run.raw.len <= size);
        check(run.raw.len == 0 || memcmp(buf_data(&run.raw), data, run.raw.len) == 0);
        check(strcmp(buf_str(&run.keys), buf_str(&whole.keys)) == 0);
        check(run.encoded.len == whole.encoded.len);
        run_release(&run);
    }
    run_release(&whole);
    return 0;
}
