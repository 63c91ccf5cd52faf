/* What tests/unit/session/test_syntax*.c share: tables of lines, and what is found in them. */
#ifndef TESTS_SYNTAX_PARTS_H
#define TESTS_SYNTAX_PARTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/err.h"
#include "session/syntax.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A letter for each byte; blanks in no part stay as they are. */
struct parts_case {
    const char *text, *parts;
};

/* The cursor, and the bracket at it and the other; -1: none. */
struct bracket_case {
    const char *text;
    size_t cursor;
    long self, other;
};

struct more_case {
    const char *text;
    bool incomplete;
};

/* The spans are in order and within. */
static inline void parts_draw(const struct syntax *s, const char *text, char *out)
{
    static const char letters[] = {
        [SYNTAX_PLAIN] = '.',    [SYNTAX_COMMAND] = 'c', [SYNTAX_KEYWORD] = 'k',
        [SYNTAX_OPTION] = '-',   [SYNTAX_STRING] = 's',  [SYNTAX_EXPAND] = '$',
        [SYNTAX_OPERATOR] = 'o', [SYNTAX_COMMENT] = '#', [SYNTAX_UNCLOSED] = 'u',
        [SYNTAX_WRONG] = 'w',
    };
    size_t len = strlen(text), at = 0;
    memset(out, '.', len);
    out[len] = '\0';
    for (size_t i = 0; i < s->count; i++) {
        const struct syntax_span *span = &s->spans[i];
        assert_true(span->from >= at && span->from < span->to && span->to <= len);
        at = span->to;
        memset(out + span->from, letters[span->kind], span->to - span->from);
    }
    for (size_t i = 0; i < len; i++)
        if (out[i] == '.' && (text[i] == ' ' || text[i] == '\n'))
            out[i] = text[i];
}

static inline void parts_check(enum syntax_language language, const struct parts_case *cases,
                               size_t count)
{
    struct syntax s = {0};
    char out[128];
    for (size_t i = 0; i < count; i++) {
        assert_true(strlen(cases[i].text) < sizeof out);
        syntax_scan(&s, language, cases[i].text, strlen(cases[i].text));
        parts_draw(&s, cases[i].text, out);
        if (strcmp(out, cases[i].parts) != 0)
            fail_msg("%s\n%s\nexpected:\n%s", cases[i].text, out, cases[i].parts);
    }
    syntax_release(&s);
}

static inline void brackets_check(enum syntax_language language, const struct bracket_case *cases,
                                  size_t count)
{
    struct syntax s = {0};
    for (size_t i = 0; i < count; i++) {
        size_t self = 0;
        syntax_scan(&s, language, cases[i].text, strlen(cases[i].text));
        long other = syntax_match(&s, cases[i].cursor, &self);
        if (other != cases[i].other || (other >= 0 && (long)self != cases[i].self))
            fail_msg("%s: %zu and %ld", cases[i].text, self, other);
    }
    syntax_release(&s);
}

static inline void more_check(enum syntax_language language, const struct more_case *cases,
                              size_t count)
{
    struct syntax s = {0};
    for (size_t i = 0; i < count; i++) {
        syntax_scan(&s, language, cases[i].text, strlen(cases[i].text));
        if (s.incomplete != cases[i].incomplete)
            fail_msg("%s: %d", cases[i].text, s.incomplete);
    }
    syntax_release(&s);
}

/* Deeper and longer than any person writes: no end of the stack, and an answer at once. */
static inline void depth_check(enum syntax_language language, const char *const *units,
                               size_t count)
{
    struct syntax s = {0};
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(units[i]), times = 65536 / n;
        char *text = xmalloc(times * n);
        for (size_t k = 0; k < times; k++)
            memcpy(text + k * n, units[i], n);
        clock_t begin = clock();
        syntax_scan(&s, language, text, times * n);
        if (clock() - begin > 5 * CLOCKS_PER_SEC) /* (In one that is linear a hundredth of it.) */
            fail_msg("%s takes too long", units[i]);
        free(text);
    }
    syntax_release(&s);
}

#endif
