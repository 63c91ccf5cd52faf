/* The tokeniser: the first byte says where the rest is split; the tokens must be the same. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "base/err.h"

struct writer {
    struct buf out;
    bool in_text;
};

static void write_token(struct writer *w, const struct ecma48_token *token)
{
    if (token->kind != ECMA48_TEXT || !w->in_text)
        buf_printf(&w->out, "\n%d ", token->kind);
    w->in_text = token->kind == ECMA48_TEXT;
    if (!w->in_text)
        buf_printf(&w->out, "%02x ", token->final);
    if (token->kind >= ECMA48_ESC && token->kind != ECMA48_OSC && token->kind != ECMA48_STRING) {
        if (token->param_count < 0 || token->param_count > ECMA48_PARAM_MAX)
            BUG("too many parameters");
        buf_printf(&w->out, "%02x %02x %02x ", token->prefix, token->intermediate[0],
                   token->intermediate[1]);
        for (int i = 0; i < token->param_count; i++)
            buf_printf(&w->out, "%d%d ", token->param[i].sub, token->param[i].value);
    }
    if (token->kind == ECMA48_TEXT || token->kind >= ECMA48_OSC)
        buf_append(&w->out, token->data, token->len);
}

static void feed(struct ecma48 *t, struct writer *w, const uint8_t *data, size_t len)
{
    /* A copy, so that a read past its end is seen. */
    uint8_t *copy = xmalloc(len);
    if (len > 0)
        memcpy(copy, data, len);
    struct ecma48_token token;
    ecma48_feed(t, copy, len);
    while (ecma48_next(t, &token))
        write_token(w, &token);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t step = data[0] % 16 + 1;
    data++;
    size--;
    struct ecma48 *whole = ecma48_new(), *split = ecma48_new();
    struct writer a = {0}, b = {0};
    feed(whole, &a, data, size);
    for (size_t at = 0; at < size; at += step)
        feed(split, &b, data + at, step < size - at ? step : size - at);
    if (a.out.len != b.out.len || (a.out.len && memcmp(a.out.data, b.out.data, a.out.len) != 0))
        BUG("tokens differ by the split");
    buf_release(&a.out);
    buf_release(&b.out);
    ecma48_free(whole);
    ecma48_free(split);
    return 0;
}
