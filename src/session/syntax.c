/* What the languages share. */
#include "session/syntax_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* ---- what is found ---- */

void syntax_add_span(struct scan *s, size_t from, size_t to, enum syntax_kind kind)
{
    struct syntax *out = s->out;
    if (from >= to)
        return;
    if (out->count == out->cap) {
        out->cap = out->cap ? 2 * out->cap : 64;
        out->spans = xrealloc(out->spans, out->cap * sizeof *out->spans);
    }
    out->spans[out->count++] = (struct syntax_span){from, to, kind};
}

void syntax_add_pair(struct scan *s, size_t open, size_t close)
{
    struct syntax *out = s->out;
    if (out->pair_count == out->pair_cap) {
        out->pair_cap = out->pair_cap ? 2 * out->pair_cap : 16;
        out->pairs = xrealloc(out->pairs, out->pair_cap * sizeof *out->pairs);
    }
    out->pairs[out->pair_count++] = (struct syntax_pair){open, close};
}

void syntax_add_unclosed(struct scan *s, size_t from, size_t n)
{
    syntax_add_span(s, from, from + n, SYNTAX_UNCLOSED);
    s->unclosed = true;
}

void syntax_open_bracket(struct scan *s, enum syntax_kind kind)
{
    if (s->bracket_count == SYNTAX_DEPTH_MAX) {
        s->wrong = true;
        s->at = s->len;
        return;
    }
    s->brackets[s->bracket_count++] = (struct bracket){s->at, s->out->count};
    s->at++;
    syntax_add_span(s, s->at - 1, s->at, kind);
}

void syntax_close_bracket(struct scan *s, enum syntax_kind kind)
{
    s->at++;
    syntax_add_span(s, s->at - 1, s->at, kind);
    syntax_add_pair(s, s->brackets[--s->bracket_count].at, s->at - 1);
}

void syntax_drop_brackets(struct scan *s, size_t count)
{
    while (s->bracket_count > count)
        s->out->spans[s->brackets[--s->bracket_count].span].kind = SYNTAX_UNCLOSED;
}

char syntax_last_bracket(const struct scan *s, size_t count)
{
    return s->bracket_count > count ? s->text[s->brackets[s->bracket_count - 1].at] : '\0';
}

/* ---- characters ---- */

void syntax_skip_blanks(struct scan *s)
{
    while (!syntax_at_end(s)) {
        if (syntax_peek(s, 0) == ' ' || syntax_peek(s, 0) == '\t')
            s->at++;
        else if (syntax_peek(s, 0) == '\\' && syntax_peek(s, 1) == '\n')
            s->at += 2;
        else
            return;
    }
}

void syntax_skip_row(struct scan *s)
{
    const char *end = memchr(s->text + s->at, '\n', s->len - s->at);
    s->at = end ? (size_t)(end - s->text) : s->len;
}

bool syntax_is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* ---- here-documents ---- */

/* The delimiter without its quotes. */
static size_t delimiter(const struct scan *s, const struct heredoc *h, char out[128])
{
    size_t n = 0;
    for (size_t i = h->from; i < h->to && n < 128; i++)
        if (!strchr("'\"\\", s->text[i]))
            out[n++] = s->text[i];
    return n;
}

void syntax_heredoc(struct scan *s, const struct heredoc *h)
{
    char word[128];
    size_t n = delimiter(s, h, word), from = s->at;
    while (!syntax_at_end(s)) {
        const char *line = s->text + s->at;
        const char *end = memchr(line, '\n', s->len - s->at);
        size_t length = end ? (size_t)(end - line) : s->len - s->at;
        s->at += length + (end != NULL);
        while (h->tabs && length > 0 && *line == '\t') {
            line++;
            length--;
        }
        if (length == n && memcmp(line, word, n) == 0) {
            syntax_add_span(s, from, s->at, SYNTAX_STRING);
            return;
        }
    }
    syntax_add_span(s, from, s->at, SYNTAX_STRING);
    s->unclosed = true;
}

bool syntax_ends_word(enum syntax_language language, char c)
{
    return syntax_separates(c) || (language == SYNTAX_PWSH && (c == '{' || c == '}'));
}

/* ---- a line ---- */

void syntax_scan(struct syntax *out, enum syntax_language language, const char *text, size_t len)
{
    static bool (*const scanners[])(struct scan *) = {
        [SYNTAX_SH] = syntax_sh,   [SYNTAX_FISH] = syntax_fish, [SYNTAX_PWSH] = syntax_pwsh,
        [SYNTAX_CSH] = syntax_csh, [SYNTAX_CMD] = syntax_cmd,
    };
    struct scan s = {.out = out, .text = text, .len = len};
    out->count = out->pair_count = 0;
    out->incomplete = scanners[language](&s);
}

void syntax_release(struct syntax *s)
{
    free(s->spans);
    free(s->pairs);
    *s = (struct syntax){0};
}

static long other_end(const struct syntax *s, size_t at)
{
    for (size_t i = 0; i < s->pair_count; i++) {
        if (s->pairs[i].open == at)
            return (long)s->pairs[i].close;
        if (s->pairs[i].close == at)
            return (long)s->pairs[i].open;
    }
    return -1;
}

long syntax_match(const struct syntax *s, size_t at, size_t *self)
{
    for (size_t before = 0; before < 2 && before <= at; before++) {
        *self = at - before;
        long other = other_end(s, *self);
        if (other >= 0)
            return other;
    }
    return -1;
}
