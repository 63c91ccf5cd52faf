/* Bytes -> tokens -> marks: bounded, and the same marks however the input is split. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ecma48.h"
#include "proto/marks.h"

#define TOKEN "0123456789abcdef0123456789abcdef"
#define HELLO "\033]7770;" TOKEN ";N;" TOKEN ";bash;42;ann;/bin/bash\a"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(struct ecma48 *t, struct marks *m, const uint8_t *data, size_t len,
                 struct buf *seen)
{
    struct ecma48_token token;
    struct mark mark;
    ecma48_feed(t, data, len);
    while (ecma48_next(t, &token)) {
        if (marks_token(m, &token, &mark) == MARK_NONE)
            continue;
        buf_printf(seen, "%d %d %ld %ld;", mark.kind, mark.status, mark.number, mark.total);
        const char *s = mark.text;
        for (size_t i = 0; i < mark.strings; i++, s = mark_next(s))
            buf_printf(seen, "%s,", s);
    }
}

static void run(const uint8_t *data, size_t size, size_t split, struct buf *seen)
{
    struct ecma48 *t = ecma48_new();
    struct marks m;
    marks_init(&m, TOKEN);
    feed(t, &m, (const uint8_t *)HELLO, strlen(HELLO), seen);
    feed(t, &m, data, split, seen);
    feed(t, &m, data + split, size - split, seen);
    marks_release(&m);
    ecma48_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = {0}, parts = {0};
    run(data, size, size, &whole);
    run(data, size, size > 0 ? data[0] % size : 0, &parts);
    if (whole.len != parts.len || memcmp(buf_data(&whole), buf_data(&parts), whole.len) != 0)
        abort();
    buf_release(&whole);
    buf_release(&parts);
    return 0;
}
