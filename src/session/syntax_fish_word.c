/* fish's words, and what stands ahead. */
#include "session/syntax_fish.h"

#include <string.h>

/* In parentheses. */
static bool nested(const struct scan *s)
{
    return s->depth > 1;
}

/* ---- words ---- */

void syntax_fish_wrong(struct scan *s, size_t n)
{
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, SYNTAX_WRONG);
    s->wrong = true;
}

static void scan_substitution(struct scan *s, size_t n)
{
    size_t from = s->at, span = s->out->count;
    s->at += n;
    syntax_add_span(s, from, s->at, SYNTAX_OPERATOR);
    if (!syntax_fish_list(s, s->at - 1))
        s->out->spans[span].kind = SYNTAX_UNCLOSED;
}

static bool is_name(char c)
{
    return syntax_is_name(c) || (unsigned char)c >= 0x80;
}

/* $NAME, $$NAME; what stands in $(...) is a list of jobs. */
static void scan_dollar(struct scan *s)
{
    size_t from = s->at;
    if (syntax_starts(s, "$(")) {
        scan_substitution(s, 2);
        return;
    }
    while (syntax_peek(s, 0) == '$' && !syntax_starts(s, "$("))
        s->at++;
    bool name = is_name(syntax_peek(s, 0));
    while (is_name(syntax_peek(s, 0)))
        s->at++;
    syntax_add_span(s, from, s->at, name ? SYNTAX_EXPAND : SYNTAX_WRONG);
}

static void scan_quote(struct scan *s)
{
    size_t span = s->out->count, piece = s->at + 1;
    char quote = syntax_peek(s, 0);
    syntax_add_span(s, s->at, piece, SYNTAX_STRING);
    s->at++;
    while (!syntax_at_end(s) && syntax_peek(s, 0) != quote) {
        char c = syntax_peek(s, 0);
        if (c != '$' || quote == '\'') {
            s->at += c == '\\' && s->at + 1 < s->len ? 2 : 1;
            continue;
        }
        syntax_add_span(s, piece, s->at, SYNTAX_STRING);
        scan_dollar(s);
        piece = s->at;
    }
    if (syntax_at_end(s)) {
        s->out->spans[span].kind = SYNTAX_UNCLOSED;
        s->unclosed = s->quote = true;
    }
    s->at += !syntax_at_end(s);
    syntax_add_span(s, piece, s->at, SYNTAX_STRING);
}

/* Over a character that a backslash stands before; at the end it hides the row's. */
static void skip_escaped(struct scan *s)
{
    s->unclosed = s->unclosed || s->at + 1 >= s->len;
    s->at += s->at + 1 < s->len ? 2 : 1;
}

/* Does the word end at the character that is `n` ahead? (a&b is one word.) */
static bool ends_word(const struct scan *s, size_t n)
{
    char c = syntax_peek(s, n), next = syntax_peek(s, n + 1);
    if (c == '&' && next != '\r' && (next == '(' || next == ')' || !syntax_separates(next)))
        return next == ')' && nested(s);
    return c == '\r' || (syntax_separates(c) && c != '(' && (c != ')' || nested(s)));
}

/* What is open in a word. */
struct word {
    size_t from;
    size_t outer;  /* brackets that are not its own */
    size_t braces; /* in {...} blanks and operators are parts of it */
    bool index;    /* so they are behind [, up to the next ] */
};

/* Is what is here a part of its own? */
static bool begins_part(const struct scan *s, const struct word *w)
{
    switch (syntax_peek(s, 0)) {
    case '\'':
    case '"':
    case '$':
    case '(':
    case ')':
    case '{':
    case '}': return true;
    case '[': return s->at > w->from;
    case ']': return syntax_last_bracket(s, w->outer) == '[';
    default: return false;
    }
}

static void scan_bracket(struct scan *s, struct word *w, char c)
{
    if (c == '{' || c == '[') {
        w->braces += c == '{';
        w->index = w->index || c == '[';
        syntax_open_bracket(s, SYNTAX_OPERATOR);
    } else if (syntax_last_bracket(s, w->outer) == (c == '}' ? '{' : '[')) {
        w->braces -= c == '}';
        w->index = w->index && c != ']';
        syntax_close_bracket(s, SYNTAX_OPERATOR);
    } else {
        syntax_fish_wrong(s, 1);
    }
}

static void scan_part(struct scan *s, struct word *w)
{
    char c = syntax_peek(s, 0);
    if (c == '\'' || c == '"')
        scan_quote(s);
    else if (c == '$')
        scan_dollar(s);
    else if (c == '(')
        scan_substitution(s, 1);
    else if (c == ')')
        syntax_fish_wrong(s, 1);
    else
        scan_bracket(s, w, c);
}

/* fish does not ask for a bracket; for a quote or a ) it does, even in {...}. */
static void end_word(struct scan *s, const struct word *w)
{
    if (w->index ? !s->quote : w->braces > 0 && !s->unclosed && !nested(s))
        s->wrong = true;
    if (w->index || w->braces > 0)
        syntax_drop_brackets(s, w->outer);
    s->bracket_count = w->outer;
}

void syntax_fish_word(struct scan *s, enum syntax_kind kind)
{
    struct word w = {.from = s->at, .outer = s->bracket_count};
    size_t piece = s->at;
    while (!syntax_at_end(s) && (w.index || w.braces > 0 || !ends_word(s, 0))) {
        if (begins_part(s, &w)) {
            syntax_add_span(s, piece, s->at, kind);
            scan_part(s, &w);
            piece = s->at;
        } else if (syntax_peek(s, 0) == '\\') {
            skip_escaped(s);
        } else {
            s->at++;
        }
    }
    syntax_add_span(s, piece, s->at, kind);
    end_word(s, &w);
}

/* ---- what stands ahead ---- */

size_t syntax_fish_redirection(const struct scan *s, size_t at, bool *pipe)
{
    size_t n = at;
    while (syntax_peek(s, n) >= '0' && syntax_peek(s, n) <= '9')
        n++;
    bool both = n == at && syntax_peek(s, n) == '&';
    n += both;
    char c = syntax_peek(s, n++);
    *pipe = both && c == '|';
    if (*pipe)
        return n - at;
    if (c != '>' && c != '<')
        return 0;
    bool out = c == '>';
    n += out && syntax_peek(s, n) == '>';
    c = syntax_peek(s, n);
    *pipe = out && !both && c == '|';
    n += *pipe || (out && c == '?') || (!both && c == '&');
    return n - at;
}

enum fish_next syntax_fish_next(const struct scan *s, size_t n)
{
    bool pipe, hidden;
    while (hidden = syntax_peek(s, n) == '\\' && syntax_peek(s, n + 1) == '\n',
           hidden || syntax_peek(s, n) == ' ' || syntax_peek(s, n) == '\t')
        n += hidden ? 2 : 1;
    char c = syntax_peek(s, n);
    if (c == '\0' || strchr(";\n\r#", c) || (c == ')' && nested(s)))
        return NEXT_END;
    if (strchr("&|<>)", c) || syntax_fish_redirection(s, n, &pipe) > 0)
        return NEXT_OTHER;
    if (c != '-')
        return NEXT_WORD;
    size_t len = 1;
    while (len < 8 && !ends_word(s, n + len))
        len++;
    const char *word = s->text + s->at + n;
    bool help = (len == 2 && word[1] == 'h') || (len == 6 && memcmp(word, "--help", 6) == 0);
    return help ? NEXT_HELP : NEXT_OPTION;
}

bool syntax_fish_assigns(const struct scan *s)
{
    size_t n = 0;
    while (is_name(syntax_peek(s, n)))
        n++;
    return n > 0 && syntax_peek(s, n) == '=';
}

size_t syntax_fish_bare(const struct scan *s, char out[FISH_KEYWORD_MAX])
{
    size_t n = 0, len = 0;
    char quote = '\0', c;
    while (c = syntax_peek(s, n), n < FISH_KEYWORD_MAX && (quote ? c != '\0' : !ends_word(s, n))) {
        bool escape = !quote && c == '\\';
        if (escape)
            c = syntax_peek(s, ++n);
        bool is_quote = !escape && (quote ? c == quote : c == '\'' || c == '"');
        /* (A backslash makes some letters others.) */
        if (!is_quote &&
            (!((c >= 'a' && c <= 'z') || c == '!') || (escape && strchr("abcefnrtuvx", c))))
            return 0;
        if (is_quote)
            quote = quote ? '\0' : c;
        else
            out[len++] = c;
        n++;
    }
    out[len < FISH_KEYWORD_MAX ? len : 0] = '\0';
    return quote || n >= FISH_KEYWORD_MAX ? 0 : n;
}
