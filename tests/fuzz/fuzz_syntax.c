/* Any text: spans in order and within, pairs of brackets, an end; a secret, a command's word. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "session/secret.h"
#include "session/syntax.h"
#include "session/typo.h"

static void look_for_words(const uint8_t *data, size_t size)
{
    struct secret secret = secret_in((const char *)data, size);
    if (secret.kind >= SECRET_KINDS || (secret.kind != SECRET_NONE && !*secret.what))
        abort();
    char *line = strndup((const char *)data, size);
    size_t len, at = typo_command(line, &len);
    if (at + len > strlen(line) || typo_distance(line + at, len, "git", 3) > 2)
        abort();
    free(line);
}

static void look_for_parts(enum syntax_language language, const uint8_t *data, size_t size)
{
    struct syntax s = {0};
    size_t at = 0;
    syntax_scan(&s, language, (const char *)data, size);
    for (size_t i = 0; i < s.count; i++) {
        if (s.spans[i].from < at || s.spans[i].from >= s.spans[i].to || s.spans[i].to > size)
            abort();
        at = s.spans[i].to;
    }
    for (size_t i = 0; i < s.pair_count; i++)
        if (s.pairs[i].open >= s.pairs[i].close || s.pairs[i].close >= size)
            abort();
    syntax_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int language = 0; language < SYNTAX_LANGUAGES; language++)
        look_for_parts((enum syntax_language)language, data, size);
    look_for_words(data, size);
    return 0;
}
