/* What is found in the texts on standard input, each with a NUL behind it: a line for each, "I" or
   "-" (the shell would want more), "W" or "-" (something is wrong), and with -p its parts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/syntax.h"

static const char *const names[SYNTAX_LANGUAGES] = {"sh", "fish", "pwsh", "csh", "cmd"};

static const char letters[] = ".ck-s$o#uw"; /* as tests/unit/session/test_syntax.c has them */

static bool is_wrong(const struct syntax *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->spans[i].kind == SYNTAX_WRONG)
            return true;
    return false;
}

static void print_parts(const struct syntax *s, size_t len)
{
    size_t at = 0;
    putchar(' ');
    for (size_t i = 0; i < s->count; i++) {
        for (; at < s->spans[i].from; at++)
            putchar('.');
        for (; at < s->spans[i].to; at++)
            putchar(letters[s->spans[i].kind]);
    }
    for (; at < len; at++)
        putchar('.');
}

int main(int argc, char **argv)
{
    struct syntax s = {0};
    char *text = NULL;
    size_t cap = 0;
    int language = 0;
    while (argc > 1 && language < SYNTAX_LANGUAGES && strcmp(argv[1], names[language]) != 0)
        language++;
    if (argc < 2 || language == SYNTAX_LANGUAGES)
        return 2;
    for (ssize_t n; (n = getdelim(&text, &cap, '\0', stdin)) > 0;) {
        syntax_scan(&s, (enum syntax_language)language, text, (size_t)n - 1);
        printf("%c%c", s.incomplete ? 'I' : '-', is_wrong(&s) ? 'W' : '-');
        if (argc > 2)
            print_parts(&s, (size_t)n - 1);
        putchar('\n');
    }
    syntax_release(&s);
    free(text);
    return 0;
}
