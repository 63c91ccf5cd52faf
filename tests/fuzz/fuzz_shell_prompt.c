/* Bytes of a shell -> the three parts of its prompt, at any width: bounded, and of nothing but
   characters, whatever the shell prints and wherever it is broken off. */
#include <stdint.h>
#include <stdlib.h>

#include "base/ecma48.h"
#include "base/err.h"
#include "base/utf8.h"
#include "term/shell_prompt.h"

#define SPANS_MAX 100000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct span *span)
{
    for (size_t at = 0; at < span->len;) {
        uint32_t code;
        size_t n = utf8_decode(span->text + at, span->len - at, &code);
        bool acts = (code < 0x20 && code != '\n') || (code >= 0x7f && code < 0xa0);
        if (n == 0 || acts)
            BUG("U+%04X in a prompt", (unsigned)code);
        at += n;
    }
}

static void look(struct shell_prompt *p, int cols, int lead)
{
    const struct span *spans;
    for (int part = 0; part < SHELL_PROMPT_PARTS; part++) {
        int count = shell_prompt_spans(p, (enum shell_prompt_part)part, cols, lead, &spans);
        if (count < 0 || count > SPANS_MAX)
            BUG("%d spans", count);
        for (int i = 0; i < count; i++)
            check_text(&spans[i]);
    }
    if (shell_prompt_empty_rows(p) < 0)
        BUG("less than no rows");
}

static void print(struct shell_prompt *p, struct ecma48 *t, const uint8_t *data, size_t len)
{
    struct ecma48_token token;
    ecma48_feed(t, data, len);
    while (ecma48_next(t, &token))
        shell_prompt_token(p, &token);
}

/* Marks, widths and bytes in any order. */
static void step(struct shell_prompt *p, struct ecma48 *t, uint8_t op, const uint8_t *data,
                 size_t len)
{
    enum shell_prompt_part part = (enum shell_prompt_part)(op / 8 % SHELL_PROMPT_PARTS);
    int cols = len > 0 ? data[0] + 1 : 80;
    switch (op % 8) {
    case 0: shell_prompt_begin(p, part, cols); break;
    case 1: shell_prompt_stop(p); break;
    case 2: shell_prompt_end(p, part, op & 0x80); break;
    case 3: look(p, cols, op / 16); break;
    default: print(p, t, data, len); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct glyphs *glyphs = glyphs_new();
    struct shell_prompt *p = shell_prompt_new(glyphs);
    struct ecma48 *t = ecma48_new();
    while (size >= 2) {
        size_t len = data[1] < size - 2 ? data[1] : size - 2;
        step(p, t, data[0], data + 2, len);
        data += 2 + len;
        size -= 2 + len;
    }
    for (int part = 0; part < SHELL_PROMPT_PARTS; part++)
        shell_prompt_end(p, (enum shell_prompt_part)part, true);
    look(p, 80, 8);
    look(p, 1, 300);
    ecma48_free(t);
    shell_prompt_free(p);
    glyphs_free(glyphs);
    return 0;
}
