/* Quotes, expansions, and the words they are parts of. */
#include "session/syntax_sh.h"

#include <string.h>

/* A quote, or what is expanded. */
static bool begins_part(char c)
{
    return c == '\'' || c == '"' || c == '`' || c == '$';
}

/* Over a character that a backslash stands before; at the end the shell would want more. */
static void skip_escaped(struct scan *s)
{
    s->unclosed = s->unclosed || s->at + 1 >= s->len;
    s->at += s->at + 1 < s->len ? 2 : 1;
}

/* ---- quotes and expansions: each begins at its first character, and takes that at least ---- */

static void scan_dollar(struct scan *s);
static void scan_backquote(struct scan *s);

/* The opening characters are a span of their own: nothing may close them. */
static void scan_single(struct scan *s)
{
    size_t from = s->at++;
    const char *end = memchr(s->text + s->at, '\'', s->len - s->at);
    if (!end)
        syntax_add_unclosed(s, from, 1);
    size_t to = end ? (size_t)(end - s->text) + 1 : s->len;
    syntax_add_span(s, end ? from : s->at, to, SYNTAX_STRING);
    s->at = to;
}

/* $'...', where a backslash hides a quote */
static void scan_ansi(struct scan *s)
{
    size_t from = s->at;
    s->at += 2;
    while (!syntax_at_end(s) && syntax_peek(s, 0) != '\'')
        s->at += syntax_peek(s, 0) == '\\' && s->at + 1 < s->len ? 2 : 1;
    if (syntax_at_end(s))
        syntax_add_unclosed(s, from, 2);
    size_t begin = syntax_at_end(s) ? from + 2 : from;
    s->at += !syntax_at_end(s);
    syntax_add_span(s, begin, s->at, SYNTAX_STRING);
}

static void scan_double(struct scan *s)
{
    size_t from = s->at++, quote = s->out->count, piece = s->at;
    syntax_add_span(s, from, piece, SYNTAX_STRING);
    while (!syntax_at_end(s) && syntax_peek(s, 0) != '"') {
        char c = syntax_peek(s, 0);
        if (c != '$' && c != '`') {
            s->at += c == '\\' && s->at + 1 < s->len ? 2 : 1;
            continue;
        }
        syntax_add_span(s, piece, s->at, SYNTAX_STRING);
        if (c == '$')
            scan_dollar(s);
        else
            scan_backquote(s);
        piece = s->at;
    }
    if (syntax_at_end(s)) {
        s->out->spans[quote].kind = SYNTAX_UNCLOSED;
        s->unclosed = true;
    }
    s->at += !syntax_at_end(s);
    syntax_add_span(s, piece, s->at, SYNTAX_STRING);
}

/* `...` : what is inside is not looked at, but for what hides its end */
static void scan_backquote(struct scan *s)
{
    size_t from = s->at++;
    while (!syntax_at_end(s) && syntax_peek(s, 0) != '`')
        s->at += syntax_peek(s, 0) == '\\' && s->at + 1 < s->len ? 2 : 1;
    if (syntax_at_end(s)) {
        syntax_add_unclosed(s, from, 1);
        return;
    }
    s->at++;
    syntax_add_span(s, from, s->at, SYNTAX_EXPAND);
}

/* Up to the closing characters, with quotes and expansions on the way; `open` is where it began
   and `n` how long that is. */
void syntax_enclosed(struct scan *s, size_t open, size_t n, const char *closing, char nest)
{
    size_t piece = open, inner = 0;
    bool deep = ++s->depth > SYNTAX_DEPTH_MAX;
    s->at = open + n;
    while (!deep && !syntax_at_end(s) && !(inner == 0 && syntax_starts(s, closing))) {
        char c = syntax_peek(s, 0);
        if (c == '\'' || c == '"' || c == '`' || c == '$') {
            syntax_add_span(s, piece, s->at, SYNTAX_EXPAND);
            if (c == '\'')
                scan_single(s);
            else if (c == '"')
                scan_double(s);
            else if (c == '`')
                scan_backquote(s);
            else
                scan_dollar(s);
            piece = s->at;
            continue;
        }
        inner += c == nest;
        inner -= c == closing[0] && inner > 0;
        s->at += c == '\\' && s->at + 1 < s->len ? 2 : 1;
    }
    s->depth--;
    if (deep || syntax_at_end(s)) {
        s->unclosed = true;
        s->at = s->len;
        syntax_add_span(s, piece, s->at, SYNTAX_EXPAND);
        return;
    }
    s->at += strlen(closing);
    syntax_add_span(s, piece, s->at, SYNTAX_EXPAND);
    syntax_add_pair(s, open + n - 1, s->at - 1);
}

/* ((...)) and $((...)): true if it is arithmetic, which `((` alone does not say. */
bool syntax_is_arithmetic(const struct scan *s, size_t from)
{
    int depth = 0;
    for (size_t i = from; i < s->len; i++) {
        char c = s->text[i];
        if (c == '\\')
            i++;
        else if (c == '(')
            depth++;
        else if (c == ')' && --depth == 1)
            return i + 1 < s->len && s->text[i + 1] == ')';
    }
    return true;
}

static void scan_parameter(struct scan *s)
{
    size_t from = s->at++;
    char c = syntax_peek(s, 0);
    if (syntax_is_name(c) && !(c >= '0' && c <= '9'))
        while (syntax_is_name(syntax_peek(s, 0)))
            s->at++;
    else if (c != '\0' && strchr("0123456789?#!$*@-", c))
        s->at++;
    else
        return;
    syntax_add_span(s, from, s->at, SYNTAX_EXPAND);
}

static void scan_dollar(struct scan *s)
{
    size_t from = s->at;
    if (syntax_starts(s, "${")) {
        syntax_enclosed(s, from, 2, "}", '{');
    } else if (syntax_starts(s, "$((") && syntax_is_arithmetic(s, from + 1)) {
        syntax_enclosed(s, from, 3, "))", '(');
    } else if (syntax_starts(s, "$(")) {
        s->at += 2;
        syntax_add_span(s, from, s->at, SYNTAX_OPERATOR);
        syntax_commands(s, from + 1);
    } else {
        scan_parameter(s);
    }
}

/* ---- words ---- */

/* One that holds a group: an extended glob such as *.@(a|b) */
static bool opens_group(const struct scan *s, size_t word)
{
    return syntax_peek(s, 0) == '(' && s->at > word && strchr("?*+@!", s->text[s->at - 1]);
}

/* Over a part of a word that is not plain; false: there is none here. What stands before it, from
   `piece`, becomes a span first. */
static bool scan_part(struct scan *s, size_t word, size_t piece, enum syntax_kind kind)
{
    bool group = opens_group(s, word);
    char c = syntax_peek(s, 0);
    if (!group && !begins_part(c))
        return false;
    syntax_add_span(s, piece, s->at, kind);
    if (group)
        syntax_enclosed(s, s->at, 1, ")", '(');
    else if (c == '\'')
        scan_single(s);
    else if (c == '"')
        scan_double(s);
    else if (c == '`')
        scan_backquote(s);
    else if (syntax_peek(s, 1) == '\'')
        scan_ansi(s);
    else
        scan_dollar(s);
    return true;
}

void syntax_word(struct scan *s, enum syntax_kind kind)
{
    size_t word = s->at, piece = s->at;
    while (!syntax_at_end(s)) {
        if (scan_part(s, word, piece, kind))
            piece = s->at;
        else if (syntax_separates(syntax_peek(s, 0)))
            break;
        else if (syntax_peek(s, 0) == '\\')
            skip_escaped(s);
        else
            s->at++;
    }
    syntax_add_span(s, piece, s->at, kind);
}

/* How long the word here is if all of it is plain; 0 if it is not. */
size_t syntax_plain_word(const struct scan *s)
{
    size_t n = 0;
    while (!syntax_separates(syntax_peek(s, n)))
        if (begins_part(syntax_peek(s, n)) || syntax_peek(s, n++) == '\\')
            return 0;
    return n;
}

/* NAME=, NAME+= or NAME[...]= */
bool syntax_is_assignment(const struct scan *s)
{
    size_t n = 0;
    while (syntax_is_name(syntax_peek(s, n)))
        n++;
    if (n == 0 || (syntax_peek(s, 0) >= '0' && syntax_peek(s, 0) <= '9'))
        return false;
    if (syntax_peek(s, n) == '[')
        while (syntax_peek(s, n) != '\0' && syntax_peek(s, n++) != ']')
            continue;
    n += syntax_peek(s, n) == '+';
    return syntax_peek(s, n) == '=';
}
