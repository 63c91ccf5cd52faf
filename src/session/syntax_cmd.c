/*
 * cmd.exe. It asks for the rest of ( ) and of a row that ends in ^; quotes end with the row at the
 * latest.
 */
#include "session/syntax_priv.h"

#include <string.h>
#include <strings.h>

/* What the next word is. */
enum state {
    AT_COMMAND,
    AT_ARGUMENT,
    AT_IF,     /* `not`, or a condition's first word */
    AT_TESTED, /* the one word of exist, defined and errorlevel */
    AT_COMPARE,
    AT_OTHER, /* what it is compared with */
    AT_FOR,   /* up to `do` */
};

struct cmd {
    struct scan *s;
    enum state state;
    enum state behind[SYNTAX_DEPTH_MAX]; /* what comes behind the ) of each bracket */
    bool more;                           /* | & or the like wants a command */
    bool otherwise;                      /* `else` may come */
};

/* ---- words ---- */

static bool is_word(const struct scan *s, size_t n, const char *word)
{
    return n > 0 && n == strlen(word) && strncasecmp(s->text + s->at, word, n) == 0;
}

/* %NAME% %NAME:a=b% %1 %%i !NAME!: how long; 0: it is none. */
static size_t variable(const struct scan *s)
{
    char mark = syntax_peek(s, 0), c = syntax_peek(s, 1);
    size_t n = 1;
    if (mark == '%' && c == '%')
        return syntax_is_name(syntax_peek(s, 2)) ? 3 : 2;
    if (mark == '%' && ((c >= '0' && c <= '9') || c == '*'))
        return 2;
    while (syntax_is_name(syntax_peek(s, n)) ||
           (n > 1 && strchr("():\\-.# ", syntax_peek(s, n)) && syntax_peek(s, n)))
        if (n++ == 64)
            return 0;
    bool plain = n > 1 && syntax_peek(s, n) == mark;
    if (plain)
        return n + 1;
    /* %NAME:a=b%, and %i of a for loop. */
    const char *colon = memchr(s->text + s->at, ':', n), *row = NULL;
    if (colon && s->at + n < s->len) {
        size_t left = s->len - s->at - n;
        row = memchr(s->text + s->at + n, mark, left < 256 ? left : 256);
    }
    if (row && !memchr(colon, '\n', (size_t)(row - colon)))
        return (size_t)(row - s->text) + 1 - s->at;
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return mark == '%' && letter && !syntax_is_name(syntax_peek(s, 2)) ? 2 : 0;
}

/* A variable at the cursor; what is before it, from *piece, becomes a span. */
static bool scan_variable(struct scan *s, size_t *piece, enum syntax_kind kind)
{
    char c = syntax_peek(s, 0);
    size_t n = c == '%' || c == '!' ? variable(s) : 0;
    if (n == 0)
        return false;
    syntax_add_span(s, *piece, s->at, kind);
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, SYNTAX_EXPAND);
    *piece = s->at;
    return true;
}

static void scan_quote(struct scan *s)
{
    size_t first = s->out->count, piece = s->at + 1;
    syntax_add_span(s, s->at, piece, SYNTAX_STRING);
    s->at++;
    while (!syntax_at_end(s) && !strchr("\"\n", syntax_peek(s, 0)))
        if (!scan_variable(s, &piece, SYNTAX_STRING))
            s->at++;
    bool closed = syntax_peek(s, 0) == '"';
    if (!closed)
        s->out->spans[first].kind = SYNTAX_UNCLOSED;
    s->at += closed;
    syntax_add_span(s, piece, s->at, SYNTAX_STRING);
}

static bool ends_word(const struct cmd *c, size_t n)
{
    char next = syntax_peek(c->s, n);
    if (next == '(' || next == ')')
        return c->s->bracket_count > 0 && next == ')';
    if (next == '/' && n > 0)
        return c->state == AT_COMMAND;
    return syntax_separates(next) || strchr(",=", next);
}

static void scan_word(struct cmd *c, enum syntax_kind kind)
{
    struct scan *s = c->s;
    size_t piece = s->at, from = s->at;
    while (!syntax_at_end(s) && (s->at == from || !ends_word(c, 0))) {
        if (scan_variable(s, &piece, kind))
            continue;
        if (syntax_peek(s, 0) == '"') {
            syntax_add_span(s, piece, s->at, kind);
            scan_quote(s);
            piece = s->at;
        } else {
            s->unclosed = s->unclosed || (syntax_peek(s, 0) == '^' && s->at + 1 == s->len);
            s->at += syntax_peek(s, 0) == '^' && s->at + 1 < s->len ? 2 : 1;
        }
    }
    syntax_add_span(s, piece, s->at, kind);
}

static size_t plain_word(const struct cmd *c)
{
    size_t n = 0;
    while (!ends_word(c, n) && !strchr("\"%!^", syntax_peek(c->s, n)))
        n++;
    return ends_word(c, n) ? n : 0;
}

static void take(struct scan *s, size_t n, enum syntax_kind kind)
{
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, kind);
}

/* ---- commands ---- */

static bool scan_comment(struct cmd *c, size_t n)
{
    size_t from = c->s->at;
    if (!is_word(c->s, n, "rem") && !syntax_starts(c->s, "::"))
        return false;
    syntax_skip_row(c->s);
    syntax_add_span(c->s, from, c->s->at, SYNTAX_COMMENT);
    c->state = AT_ARGUMENT;
    return true;
}

static void scan_first(struct cmd *c)
{
    static const struct {
        const char *text;
        enum state state; /* behind it */
    } keywords[] = {
        {"if", AT_IF},        {"for", AT_FOR},       {"else", AT_COMMAND},
        {"call", AT_COMMAND}, {"goto", AT_ARGUMENT}, {"exit", AT_ARGUMENT},
    };
    struct scan *s = c->s;
    bool otherwise = c->otherwise;
    c->otherwise = false;
    if (syntax_peek(s, 0) == '@') {
        take(s, 1, SYNTAX_OPERATOR);
        return;
    }
    size_t n = plain_word(c);
    if (scan_comment(c, n))
        return;
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (is_word(s, n, keywords[i].text) && (keywords[i].text[1] != 'l' || otherwise)) {
            take(s, n, SYNTAX_KEYWORD);
            c->state = keywords[i].state;
            return;
        }
    scan_word(c, syntax_peek(s, 0) == ':' ? SYNTAX_PLAIN : SYNTAX_COMMAND);
    c->state = AT_ARGUMENT;
}

/* not exist FILE, A==B, A equ B */
static void scan_condition(struct cmd *c)
{
    static const char *const tests[] = {"exist", "defined", "errorlevel", "cmdextversion"};
    struct scan *s = c->s;
    size_t n = plain_word(c);
    if (syntax_peek(s, 0) == '/') {
        scan_word(c, SYNTAX_OPTION);
        return;
    }
    if (is_word(s, n, "not")) {
        take(s, n, SYNTAX_KEYWORD);
        return;
    }
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        if (is_word(s, n, tests[i])) {
            take(s, n, SYNTAX_KEYWORD);
            c->state = AT_TESTED;
            return;
        }
    scan_word(c, SYNTAX_PLAIN);
    c->state = AT_COMPARE;
}

static void scan_compare(struct cmd *c)
{
    static const char *const operators[] = {"equ", "neq", "lss", "leq", "gtr", "geq"};
    struct scan *s = c->s;
    size_t n = plain_word(c);
    c->state = AT_OTHER;
    if (syntax_starts(s, "==")) {
        take(s, 2, SYNTAX_OPERATOR);
        return;
    }
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (is_word(s, n, operators[i])) {
            take(s, n, SYNTAX_KEYWORD);
            return;
        }
    scan_word(c, SYNTAX_WRONG);
}

/* for /f "..." %i in (...) do */
static void scan_for(struct cmd *c)
{
    struct scan *s = c->s;
    size_t n = plain_word(c);
    bool starts = is_word(s, n, "do");
    if (starts || is_word(s, n, "in"))
        take(s, n, SYNTAX_KEYWORD);
    else
        scan_word(c, syntax_peek(s, 0) == '/' ? SYNTAX_OPTION : SYNTAX_PLAIN);
    c->state = starts ? AT_COMMAND : AT_FOR;
}

static void scan_any_word(struct cmd *c)
{
    struct scan *s = c->s;
    bool option = syntax_peek(s, 0) == '/' || syntax_peek(s, 0) == '-';
    c->more = false;
    switch (c->state) {
    case AT_COMMAND: scan_first(c); break;
    case AT_IF: scan_condition(c); break;
    case AT_COMPARE: scan_compare(c); break;
    case AT_FOR: scan_for(c); break;
    case AT_TESTED:
    case AT_OTHER:
        scan_word(c, SYNTAX_PLAIN);
        c->state = AT_COMMAND;
        break;
    case AT_ARGUMENT: scan_word(c, option ? SYNTAX_OPTION : SYNTAX_PLAIN); break;
    }
}

/* ---- brackets and operators ---- */

/* False: it is a character of a word. */
static bool scan_bracket(struct cmd *c)
{
    struct scan *s = c->s;
    bool list = c->state == AT_FOR, opens = syntax_peek(s, 0) == '(';
    size_t depth = s->bracket_count;
    if (opens && (list || c->state == AT_COMMAND)) {
        syntax_open_bracket(s, SYNTAX_OPERATOR);
        if (depth == SYNTAX_DEPTH_MAX)
            return true;
        c->behind[depth] = list ? AT_FOR : AT_ARGUMENT;
        c->state = list ? AT_ARGUMENT : AT_COMMAND;
        c->more = false;
        return true;
    }
    if (syntax_peek(s, 0) != ')' || (depth == 0 && c->state != AT_COMMAND))
        return false;
    if (depth == 0) {
        take(s, 1, SYNTAX_WRONG);
        s->wrong = true;
        return true;
    }
    syntax_close_bracket(s, SYNTAX_OPERATOR);
    c->state = c->behind[s->bracket_count];
    c->otherwise = c->state == AT_ARGUMENT;
    return true;
}

/* Behind the ) of a block `else` begins a command. */
static bool scan_otherwise(struct cmd *c)
{
    if (!c->otherwise || c->state != AT_ARGUMENT || !is_word(c->s, plain_word(c), "else"))
        return false;
    c->state = AT_COMMAND;
    return true;
}

static void scan_operator(struct cmd *c)
{
    struct scan *s = c->s;
    char next = syntax_peek(s, 0);
    bool twice = syntax_peek(s, 1) == next && next != '<';
    if (next == '<' || next == '>') {
        take(s, twice ? 2 : 1, SYNTAX_OPERATOR);
        if (syntax_peek(s, 0) == '&')
            take(s, 1, SYNTAX_OPERATOR);
        return;
    }
    bool joins = next == '&' || next == '|';
    bool loose = joins && (c->more || (c->state == AT_COMMAND && !c->otherwise));
    take(s, joins && twice ? 2 : 1, loose ? SYNTAX_WRONG : joins ? SYNTAX_OPERATOR : SYNTAX_PLAIN);
    s->wrong = s->wrong || loose;
    if (!joins)
        return;
    c->state = AT_COMMAND;
    c->more = true;
    c->otherwise = false;
}

static void scan_token(struct cmd *c)
{
    struct scan *s = c->s;
    char next = syntax_peek(s, 0);
    if (next == '\n') {
        s->at++;
        c->state = c->state == AT_FOR && s->bracket_count > 0 ? AT_FOR : AT_COMMAND;
        c->more = false;
    } else if (scan_bracket(c) || scan_otherwise(c)) {
        return;
    } else if (next == '&' || next == '|' || next == '<' || next == '>' || next == ';' ||
               next == ',' || (next == '=' && c->state != AT_COMPARE) || next == '\0') {
        scan_operator(c);
    } else {
        scan_any_word(c);
    }
}

bool syntax_cmd(struct scan *s)
{
    struct cmd c = {.s = s};
    while (!syntax_at_end(s)) {
        if (syntax_peek(s, 0) == ' ' || syntax_peek(s, 0) == '\t' || syntax_peek(s, 0) == '\r')
            s->at++;
        else
            scan_token(&c);
    }
    bool more = s->unclosed || s->bracket_count > 0;
    syntax_drop_brackets(s, 0);
    return more && !s->wrong;
}
