/* Any text: spans in order and within, pairs of brackets, an end. */
#include <stdint.h>
#include <stdlib.h>

#include "session/syntax.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct syntax s = {0};
    size_t at = 0;
    syntax_scan(&s, (const char *)data, size);
    for (size_t i = 0; i < s.count; i++) {
        if (s.spans[i].from < at || s.spans[i].from >= s.spans[i].to || s.spans[i].to > size)
            abort();
        at = s.spans[i].to;
    }
    for (size_t i = 0; i < s.pair_count; i++)
        if (s.pairs[i].open >= s.pairs[i].close || s.pairs[i].close >= size)
            abort();
    syntax_release(&s);
    return 0;
}
