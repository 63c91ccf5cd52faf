/* PowerShell's strings, variables and words. */
#include "session/syntax_pwsh.h"

#include <string.h>

/* ---- frames ---- */

struct pwsh_frame *pwsh_open(struct pwsh *p, enum pwsh_kind kind, size_t n)
{
    struct scan *s = p->s;
    bool quote = kind == FRAME_STRING || kind == FRAME_HERE;
    if (p->depth == SYNTAX_DEPTH_MAX) {
        s->wrong = true;
        s->at = s->len;
        return NULL;
    }
    struct pwsh_frame *f = &p->frames[p->depth++];
    *f = (struct pwsh_frame){.kind = kind, .at = s->at + n - 1, .span = s->out->count, .want = ""};
    f->state = kind == FRAME_WORDS || kind == FRAME_TYPE ? AT_KEY
               : kind == FRAME_INDEX                     ? AT_VALUE
                                                         : AT_STATEMENT;
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, quote ? SYNTAX_STRING : SYNTAX_OPERATOR);
    return f;
}

void pwsh_close(struct pwsh *p, enum syntax_kind kind)
{
    struct scan *s = p->s;
    s->at++;
    syntax_add_span(s, s->at - 1, s->at, kind);
    syntax_add_pair(s, p->frames[--p->depth].at, s->at - 1);
}

void pwsh_drop(struct pwsh *p)
{
    p->s->out->spans[p->frames[--p->depth].span].kind = SYNTAX_UNCLOSED;
}

/* ---- variables ---- */

static bool is_name(char c)
{
    return syntax_is_name(c) || (unsigned char)c >= 0x80;
}

/* $NAME, $scope:NAME, ${...}, $? */
static bool scan_variable(struct scan *s)
{
    size_t from = s->at, n = 1;
    char c = syntax_peek(s, 1);
    if (c == '{') {
        const char *end = memchr(s->text + from, '}', s->len - from);
        if (!end)
            syntax_add_unclosed(s, from, 2);
        s->at = end ? (size_t)(end - s->text) + 1 : s->len;
        syntax_add_span(s, end ? from : from + 2, s->at, SYNTAX_EXPAND);
        return true;
    }
    if (c != '\0' && strchr("?$^", c))
        n = 2;
    else
        while (is_name(syntax_peek(s, n)) || (n > 1 && syntax_peek(s, n) == '?') ||
               (n > 1 && syntax_peek(s, n) == ':' && is_name(syntax_peek(s, n + 1))))
            n++;
    if (n == 1)
        return false;
    s->at += n;
    syntax_add_span(s, from, s->at, SYNTAX_EXPAND);
    return true;
}

/* ---- strings ---- */

static void scan_single(struct scan *s)
{
    size_t from = s->at++;
    while (!syntax_at_end(s) && (syntax_peek(s, 0) != '\'' || syntax_peek(s, 1) == '\''))
        s->at += syntax_peek(s, 0) == '\'' ? 2 : 1;
    bool closed = !syntax_at_end(s);
    if (!closed)
        syntax_add_unclosed(s, from, 1);
    s->at = closed ? s->at + 1 : s->len;
    syntax_add_span(s, closed ? from : from + 1, s->at, SYNTAX_STRING);
}

/* @' or @", and nothing else on the row. */
static bool scan_here(struct pwsh *p)
{
    struct scan *s = p->s;
    size_t from = s->at, n = 2;
    while (syntax_peek(s, n) == ' ' || syntax_peek(s, n) == '\t')
        n++;
    if (s->at + n < s->len && syntax_peek(s, n) != '\n')
        return false;
    if (syntax_peek(s, 1) == '"')
        return pwsh_open(p, FRAME_HERE, 2) != NULL;
    const char *end = memmem(s->text + from, s->len - from, "\n'@", 3);
    if (!end)
        syntax_add_unclosed(s, from, 2);
    s->at = end ? (size_t)(end - s->text) + 3 : s->len;
    syntax_add_span(s, end ? from : from + 2, s->at, SYNTAX_STRING);
    return true;
}

/* The end of the string that is open. */
static size_t string_end(const struct scan *s, const struct pwsh_frame *f)
{
    if (f->kind == FRAME_HERE)
        return s->text[s->at - 1] == '\n' && syntax_starts(s, "\"@") ? 2 : 0;
    return syntax_peek(s, 0) == '"' && syntax_peek(s, 1) != '"';
}

bool pwsh_string(struct pwsh *p)
{
    const struct pwsh_frame *f = &p->frames[p->depth - 1];
    struct scan *s = p->s;
    size_t piece = s->at, end = 0;
    if (f->kind != FRAME_STRING && f->kind != FRAME_HERE)
        return false;
    while (!syntax_at_end(s) && (end = string_end(s, f)) == 0) {
        char c = syntax_peek(s, 0);
        if (c == '$') {
            syntax_add_span(s, piece, s->at, SYNTAX_STRING);
            piece = s->at;
            if (syntax_peek(s, 1) == '(') {
                pwsh_open(p, FRAME_LIST, 2);
                return true;
            }
            bool variable = scan_variable(s);
            piece = s->at;
            s->at += !variable;
            continue;
        }
        bool two = c == '`' || (c == '"' && f->kind == FRAME_STRING);
        s->at += two && s->at + 1 < s->len ? 2 : 1;
    }
    s->at += end;
    syntax_add_span(s, piece, s->at, SYNTAX_STRING);
    p->depth -= end > 0;
    return true;
}

/* ---- values ---- */

static bool scan_at(struct pwsh *p)
{
    struct scan *s = p->s;
    size_t n = 1;
    switch (syntax_peek(s, 1)) {
    case '(': return pwsh_open(p, FRAME_LIST, 2) != NULL;
    case '{': return pwsh_open(p, FRAME_WORDS, 2) != NULL;
    case '"':
    case '\'':
        if (!scan_here(p)) {
            syntax_add_span(s, s->at, s->at + 2, SYNTAX_WRONG);
            s->at += 2;
            syntax_skip_row(s);
        }
        return true;
    default: break;
    }
    while (is_name(syntax_peek(s, n)))
        n++;
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, n > 1 ? SYNTAX_EXPAND : SYNTAX_WRONG);
    return true;
}

bool pwsh_operand(struct pwsh *p, struct pwsh_frame *f, enum pwsh_state then)
{
    struct scan *s = p->s;
    enum pwsh_state before = f->state;
    f->state = then;
    switch (syntax_peek(s, 0)) {
    case '"': pwsh_open(p, FRAME_STRING, 1); return true;
    case '\'': scan_single(s); return true;
    case '@': scan_at(p); return true;
    case '(': pwsh_open(p, FRAME_PAREN, 1); return true;
    case '{': pwsh_open(p, FRAME_BLOCK, 1); return true;
    case '[': pwsh_open(p, FRAME_TYPE, 1); return true;
    case '$':
        if (syntax_peek(s, 1) == '(') {
            pwsh_open(p, FRAME_LIST, 2);
            return true;
        }
        if (scan_variable(s))
            return true;
        break;
    default: break;
    }
    f->state = before;
    return false;
}

/* ---- words ---- */

size_t pwsh_word(const struct scan *s, const struct pwsh_frame *f)
{
    size_t n = 0;
    bool option = f->state == AT_ARGUMENT && syntax_peek(s, 0) == '-';
    for (;; n++) {
        char c = syntax_peek(s, n);
        if (c == '`' && s->at + n + 1 < s->len)
            n++;
        else if ((syntax_separates(c) && (c != '<' || n == 0)) || strchr("{},\"'$", c))
            return n;
        else if (option && c == ':')
            return n + 1;
    }
}

size_t pwsh_name(const struct scan *s)
{
    size_t n = 0;
    while (is_name(syntax_peek(s, n)))
        n++;
    return n;
}

/* Digits, with . .. left alone, and a suffix such as kb. */
size_t pwsh_number(const struct scan *s)
{
    size_t n = 0;
    bool dot = false;
    for (;; n++) {
        char c = syntax_peek(s, n), next = syntax_peek(s, n + 1);
        bool point = c == '.' && !dot && next >= '0' && next <= '9';
        if (!point && !(c >= '0' && c <= '9'))
            break;
        dot = dot || point;
    }
    if (n == 0)
        return 0;
    size_t suffix = n;
    while (syntax_is_name(syntax_peek(s, suffix)))
        suffix++;
    /* 7z is a command, 1kb and 0x1f are numbers. */
    char c = syntax_peek(s, n);
    bool known = suffix == n || (n == 1 && suffix > n + 1 && strchr("xXbB", c)) ||
                 strchr("kKmMgGtTpPeElLdDuU", c);
    return known ? suffix : 0;
}

void pwsh_blanks(struct scan *s)
{
    for (;;) {
        char c = syntax_peek(s, 0);
        if (c == ' ' || c == '\t' || c == '\r')
            s->at++;
        else if (c == '`' && syntax_peek(s, 1) == '\n')
            s->at += 2;
        else if (c == '`' && s->at + 1 == s->len) {
            s->at++;
            s->unclosed = true; /* the row goes on */
        } else
            return;
    }
}
