/*
 * tcsh (6), and csh. It asks for the rest of a block and of a here-document; a quote or a
 * parenthesis must be closed on its row. (# is a comment in files only, and what a backslash at a
 * row's end hides it reads without asking.)
 */
#include "session/syntax_priv.h"

#include <string.h>

enum open { OPEN_IF, OPEN_LOOP, OPEN_SWITCH };

/* What the next word is. */
enum state {
    AT_COMMAND,
    AT_ARGUMENT,
    AT_EXPRESSION, /* of if; behind its ) is then, or a command */
    AT_THEN,
    AT_ELSE,  /* if, or the row's end */
    AT_LABEL, /* of case, up to its : */
};

struct csh {
    struct scan *s;
    unsigned char stack[SYNTAX_DEPTH_MAX];
    size_t open;
    enum state state;
    enum state behind[SYNTAX_DEPTH_MAX]; /* what comes behind the ) of each bracket */
    bool more;                           /* | && or || wants a command */
    bool chained;                        /* it is `if` behind `else` */
    bool delimiter;                      /* the next word ends a here-document */
};

/* ---- quotes and expansions ---- */

/* $NAME, ${NAME}, $NAME[...], $#NAME, $?NAME, with :q and the like behind it. */
static bool scan_variable(struct scan *s)
{
    size_t n = 1;
    bool brace = syntax_peek(s, 1) == '{';
    char c = syntax_peek(s, n += brace);
    if (c != '\0' && strchr("#?%", c) && (syntax_is_name(syntax_peek(s, n + 1)) || c == '#'))
        c = syntax_peek(s, ++n);
    if (syntax_is_name(c))
        while (syntax_is_name(syntax_peek(s, n)))
            n++;
    else if (c != '\0' && strchr("$<*!?", c))
        n++;
    else if (n == 1 + (size_t)brace)
        return false;
    size_t from = s->at;
    for (; syntax_peek(s, n) == ':' && syntax_is_name(syntax_peek(s, n + 1)); n += 2)
        continue;
    n += brace && syntax_peek(s, n) == '}';
    s->at += n;
    syntax_add_span(s, from, s->at, SYNTAX_EXPAND);
    return true;
}

/* !! !$ !-1 !word: the history, in quotes too. */
static bool scan_event(struct scan *s)
{
    char c = syntax_peek(s, 1);
    size_t from = s->at, n = 1;
    if (c == '\0' || strchr(" \t\n=(\"'~", c))
        return false;
    if (strchr("!$^*#", c))
        n = 2;
    else
        while (n == 1 || syntax_is_name(syntax_peek(s, n)))
            n++;
    s->at += n;
    syntax_add_span(s, from, s->at, SYNTAX_EXPAND);
    return true;
}

/* '...', "..." or `...`, which end on their row. */
static void scan_quote(struct scan *s)
{
    size_t first = s->out->count, piece = s->at + 1;
    char quote = syntax_peek(s, 0), c;
    enum syntax_kind kind = quote == '`' ? SYNTAX_EXPAND : SYNTAX_STRING;
    syntax_add_span(s, s->at, piece, kind);
    s->at++;
    while (c = syntax_peek(s, 0), !syntax_at_end(s) && c != quote && c != '\n') {
        size_t from = s->at, count = s->out->count;
        bool part = (c == '$' && quote == '"') || c == '!';
        if (part)
            syntax_add_span(s, piece, from, kind);
        if (part && (c == '!' ? scan_event(s) : scan_variable(s)))
            piece = s->at;
        else {
            s->out->count = count;
            s->at += c == '\\' && s->at + 1 < s->len ? 2 : 1;
        }
    }
    if (c == quote)
        s->at++;
    else
        s->out->spans[first].kind = SYNTAX_UNCLOSED;
    s->wrong = s->wrong || c != quote;
    syntax_add_span(s, piece, s->at, kind);
}

static void scan_word(struct scan *s, enum syntax_kind kind)
{
    size_t piece = s->at;
    char c;
    while (c = syntax_peek(s, 0), !syntax_separates(c)) {
        size_t from = s->at, count = s->out->count;
        bool quote = c == '\'' || c == '"' || c == '`';
        syntax_add_span(s, piece, from, kind);
        if (quote)
            scan_quote(s);
        else if (!(c == '$' && scan_variable(s)) && !(c == '!' && scan_event(s))) {
            s->out->count = count;
            s->at += c == '\\' && s->at + 1 < s->len ? 2 : 1;
            continue;
        }
        piece = s->at;
    }
    syntax_add_span(s, piece, s->at, kind);
}

/* ---- blocks ---- */

static size_t plain_word(const struct scan *s)
{
    size_t n = 0;
    char c;
    while (c = syntax_peek(s, n), !syntax_separates(c)) {
        if (strchr("'\"`$\\!", c))
            return 0;
        n++;
    }
    return n;
}

static bool is_word(const struct scan *s, size_t n, const char *word)
{
    return n > 0 && n == strlen(word) && memcmp(s->text + s->at, word, n) == 0;
}

static void push(struct csh *c, enum open what)
{
    if (c->open < SYNTAX_DEPTH_MAX)
        c->stack[c->open++] = (unsigned char)what;
    else
        c->s->wrong = true;
}

enum { NO = -1 };

static const struct keyword {
    const char *text;
    int opens, closes;
    enum state state; /* behind it */
} keywords[] = {
    {"if", NO, NO, AT_EXPRESSION},
    {"else", NO, NO, AT_ELSE},
    {"endif", NO, OPEN_IF, AT_ARGUMENT},
    {"while", OPEN_LOOP, NO, AT_ARGUMENT},
    {"foreach", OPEN_LOOP, NO, AT_ARGUMENT},
    {"end", NO, OPEN_LOOP, AT_ARGUMENT},
    {"switch", OPEN_SWITCH, NO, AT_ARGUMENT},
    {"case", NO, NO, AT_LABEL},
    {"default", NO, NO, AT_LABEL},
    {"breaksw", NO, NO, AT_ARGUMENT},
    {"endsw", NO, OPEN_SWITCH, AT_ARGUMENT},
    {"goto", NO, NO, AT_ARGUMENT},
    {"onintr", NO, NO, AT_ARGUMENT},
};

static void take_keyword(struct csh *c, const struct keyword *k)
{
    struct scan *s = c->s;
    bool fits = k->closes == NO || (c->open > 0 && c->stack[c->open - 1] == k->closes);
    s->at += strlen(k->text);
    syntax_add_span(s, s->at - strlen(k->text), s->at, fits ? SYNTAX_KEYWORD : SYNTAX_WRONG);
    if (k->closes != NO && fits)
        c->open--;
    if (k->opens != NO)
        push(c, (enum open)k->opens);
    c->chained = false;
    c->state = k->state;
}

/* `then` ends the row, and begins a block; any other word is a command. */
static bool scan_then(struct csh *c)
{
    struct scan *s = c->s;
    if (!is_word(s, plain_word(s), "then"))
        return false;
    s->at += 4;
    syntax_add_span(s, s->at - 4, s->at, SYNTAX_KEYWORD);
    if (!c->chained)
        push(c, OPEN_IF);
    c->state = AT_ARGUMENT;
    return true;
}

static void scan_first(struct csh *c)
{
    struct scan *s = c->s;
    size_t n = plain_word(s), colon = n > 0 && s->text[s->at + n - 1] == ':';
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        size_t label = keywords[i].state == AT_LABEL ? colon : 0;
        if (is_word(s, n - label, keywords[i].text)) {
            take_keyword(c, &keywords[i]);
            return;
        }
    }
    scan_word(s, colon && n > 1 ? SYNTAX_PLAIN : SYNTAX_COMMAND);
    c->state = AT_ARGUMENT;
}

static void scan_any_word(struct csh *c)
{
    struct scan *s = c->s;
    size_t from = s->at;
    bool option = syntax_peek(s, 0) == '-';
    c->more = false;
    switch (c->state) {
    case AT_THEN:
        if (scan_then(c))
            return;
        scan_first(c);
        return;
    case AT_ELSE:
        if (is_word(s, plain_word(s), "if")) {
            take_keyword(c, &keywords[0]);
            c->chained = true;
            return;
        }
        scan_first(c);
        return;
    case AT_COMMAND: scan_first(c); return;
    case AT_EXPRESSION: /* without parentheses it is one word */
        scan_word(s, SYNTAX_PLAIN);
        c->state = AT_THEN;
        return;
    case AT_LABEL:
    case AT_ARGUMENT: break;
    }
    if (c->delimiter && s->heredoc_count < SYNTAX_HEREDOCS_MAX) {
        scan_word(s, SYNTAX_PLAIN);
        s->heredocs[s->heredoc_count++] = (struct heredoc){from, s->at, false};
        c->delimiter = false;
        return;
    }
    scan_word(s, option && s->bracket_count == 0 ? SYNTAX_OPTION : SYNTAX_PLAIN);
}

/* ---- operators ---- */

static void scan_bracket(struct csh *c)
{
    struct scan *s = c->s;
    if (syntax_peek(s, 0) == ')') {
        if (s->bracket_count == 0) {
            s->at++;
            syntax_add_span(s, s->at - 1, s->at, SYNTAX_WRONG);
            s->wrong = true;
            return;
        }
        syntax_close_bracket(s, SYNTAX_OPERATOR);
        c->state = c->behind[s->bracket_count];
        return;
    }
    size_t depth = s->bracket_count;
    bool expression = c->state == AT_EXPRESSION, then = c->state == AT_THEN;
    syntax_open_bracket(s, SYNTAX_OPERATOR);
    if (depth == SYNTAX_DEPTH_MAX)
        return;
    c->behind[depth] = expression ? AT_THEN : AT_ARGUMENT;
    c->state = c->state == AT_COMMAND || then ? AT_COMMAND : AT_ARGUMENT;
    c->more = false;
}

enum operator{ OP_REDIRECT, OP_HERE, OP_JOIN, OP_END };

static void scan_operator(struct csh *c)
{
    static const struct {
        const char *text;
        enum operator what;
    } operators[] = {
        /* The longest first. */
        {">>&!", OP_REDIRECT}, {">>&", OP_REDIRECT}, {">>!", OP_REDIRECT}, {">&!", OP_REDIRECT},
        {">>", OP_REDIRECT},   {">&", OP_REDIRECT},  {">!", OP_REDIRECT},  {"<<", OP_HERE},
        {"&&", OP_JOIN},       {"||", OP_JOIN},      {"|&", OP_JOIN},      {"|", OP_JOIN},
        {"&", OP_END},         {";", OP_END},        {"<", OP_REDIRECT},   {">", OP_REDIRECT},
    };
    struct scan *s = c->s;
    size_t i = 0, count = sizeof operators / sizeof operators[0];
    while (i < count && !syntax_starts(s, operators[i].text))
        i++;
    size_t n = i < count ? strlen(operators[i].text) : 1;
    enum operator what = i<count ? operators[i].what : OP_END;
    /* (In an expression they compare and join.) */
    bool inner = s->bracket_count > 0 && c->state != AT_COMMAND && c->behind[0] == AT_THEN;
    bool loose = !inner && what == OP_JOIN && (c->more || c->state == AT_COMMAND);
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, loose || i == count ? SYNTAX_WRONG : SYNTAX_OPERATOR);
    if (inner)
        return;
    s->wrong = s->wrong || loose;
    c->delimiter = what == OP_HERE;
    if (what == OP_JOIN || what == OP_END) {
        c->more = what == OP_JOIN;
        c->state = AT_COMMAND;
    }
}

static void scan_newline(struct csh *c)
{
    struct scan *s = c->s;
    s->wrong = s->wrong || c->more || s->bracket_count > 0;
    syntax_drop_brackets(s, 0);
    s->at++;
    for (size_t i = 0; i < s->heredoc_count; i++)
        syntax_heredoc(s, &s->heredocs[i]);
    s->heredoc_count = 0;
    c->state = AT_COMMAND;
    c->more = c->chained = c->delimiter = false;
}

bool syntax_csh(struct scan *s)
{
    struct csh c = {.s = s};
    for (syntax_skip_blanks(s); !syntax_at_end(s); syntax_skip_blanks(s)) {
        char next = syntax_peek(s, 0);
        if (next == '\n')
            scan_newline(&c);
        else if (next == '(' || next == ')')
            scan_bracket(&c);
        else if (syntax_separates(next))
            scan_operator(&c);
        else
            scan_any_word(&c);
    }
    bool closed = !c.more && s->bracket_count == 0;
    syntax_drop_brackets(s, 0);
    return closed && !s->wrong && (c.open > 0 || s->unclosed || s->heredoc_count > 0);
}
