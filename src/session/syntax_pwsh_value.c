/* PowerShell's expressions, and the signs that stand between parts. */
#include "session/syntax_pwsh.h"

#include <string.h>
#include <strings.h>

/* ---- signs ---- */

bool pwsh_is(const struct scan *s, size_t n, const char *word)
{
    return n == strlen(word) && strncasecmp(s->text + s->at, word, n) == 0;
}

void pwsh_end_statement(struct pwsh_frame *f)
{
    f->state = f->kind == FRAME_WORDS ? AT_KEY : AT_STATEMENT;
    f->choices = 0;
    f->want = "";
}

bool pwsh_wanted(const struct pwsh_frame *f)
{
    switch (f->state) {
    case AT_ASSIGNED:
    case AT_PIPED:
    case AT_LIST:
    case AT_VALUE:
    case AT_MEMBER: return true;
    default: return *f->want != '\0' || f->choices > 0;
    }
}

void pwsh_take(struct scan *s, struct pwsh_frame *f, size_t n, enum pwsh_state then)
{
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, SYNTAX_OPERATOR);
    f->state = then;
}

void pwsh_wrong(struct scan *s, size_t n)
{
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, SYNTAX_WRONG);
}

bool pwsh_separator(struct scan *s, struct pwsh_frame *f)
{
    char c = syntax_peek(s, 0);
    bool both = (c == '|' || c == '&') && syntax_peek(s, 1) == c;
    if (c != ';' && c != '|' && c != '&')
        return false;
    bool fits = !pwsh_wanted(f) && f->state != AT_NAME;
    size_t from = s->out->count;
    pwsh_end_statement(f);
    pwsh_take(s, f, 1 + both, c == '|' || both ? AT_PIPED : f->state);
    if (!fits)
        s->out->spans[from].kind = SYNTAX_WRONG;
    return true;
}

bool pwsh_redirection(struct scan *s, struct pwsh_frame *f)
{
    size_t n = 0;
    char c = syntax_peek(s, 0);
    n += c == '*' || (c >= '1' && c <= '6');
    if (syntax_peek(s, n) != '>')
        return false;
    n += syntax_peek(s, n + 1) == '>' ? 2 : 1;
    bool joins =
        syntax_peek(s, n) == '&' && syntax_peek(s, n + 1) >= '1' && syntax_peek(s, n + 1) <= '6';
    pwsh_take(s, f, n + 2 * (size_t)joins, f->state);
    return true;
}

/* - and letters; 0: there is none. */
static size_t dash_word(const struct scan *s)
{
    size_t n = 1;
    while ((syntax_peek(s, n) | 32) >= 'a' && (syntax_peek(s, n) | 32) <= 'z')
        n++;
    return n > 1 && syntax_peek(s, 0) == '-' ? n : 0;
}

static bool is_unary(const struct scan *s, size_t n)
{
    static const char *const operators[] = {"-not",   "-bnot",   "-join",
                                            "-split", "-csplit", "-isplit"};
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (pwsh_is(s, n, operators[i]))
            return true;
    return false;
}

bool pwsh_unary(struct scan *s, struct pwsh_frame *f)
{
    char c = syntax_peek(s, 0);
    size_t n = dash_word(s);
    if (n > 0 ? !is_unary(s, n) : !c || !strchr("+-!,", c))
        return false;
    bool twice = syntax_peek(s, 1) == c && (c == '+' || c == '-');
    pwsh_take(s, f, n > 0 ? n : twice ? 2 : 1, AT_VALUE);
    return true;
}

/* ---- expressions ---- */

void pwsh_value(struct pwsh *p, struct pwsh_frame *f)
{
    struct scan *s = p->s;
    size_t n = pwsh_name(s), number = pwsh_number(s);
    bool member = f->state == AT_MEMBER;
    if (pwsh_separator(s, f) || (!member && pwsh_unary(s, f)))
        return;
    if (pwsh_operand(p, f, syntax_peek(s, 0) == '[' ? AT_CAST : AT_OPERATOR))
        return;
    f->state = AT_OPERATOR;
    if (member || number > 0)
        s->at += n > number ? n : number > 0 ? number : 1;
    else
        pwsh_wrong(s, n > 0 ? n : 1);
}

/* -eq, -ceq, -inotmatch; what is at the text's end may become one. */
static bool is_binary(const struct scan *s, size_t n)
{
    static const char *const operators[] = {
        "and",     "as",    "band", "bor",   "bxor",        "contains", "eq",      "f",
        "ge",      "gt",    "in",   "is",    "isnot",       "join",     "le",      "like",
        "lt",      "match", "ne",   "or",    "notcontains", "notin",    "notlike", "notmatch",
        "replace", "shl",   "shr",  "split", "xor",
    };
    const char *name = s->text + s->at + 1;
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        size_t len = strlen(operators[i]), sensitive = n == len + 2 && strchr("cCiI", *name);
        if (n == len + 1 + sensitive && strncasecmp(name + sensitive, operators[i], len) == 0)
            return true;
    }
    return false;
}

/* How long the operator is; what comes behind it. 0: it is none. */
static size_t operator_at(const struct scan *s, struct pwsh_frame *f, enum pwsh_state *then)
{
    static const struct {
        const char *text;
        enum pwsh_state then;
    } operators[] = {
        {"?\?=", AT_ASSIGNED}, {"?.", AT_MEMBER},   {"??", AT_VALUE},    {"..", AT_VALUE},
        {"::", AT_MEMBER},     {"++", AT_OPERATOR}, {"--", AT_OPERATOR}, {"+=", AT_ASSIGNED},
        {"-=", AT_ASSIGNED},   {"*=", AT_ASSIGNED}, {"/=", AT_ASSIGNED}, {"%=", AT_ASSIGNED},
        {"=", AT_ASSIGNED},    {"+", AT_VALUE},     {"*", AT_VALUE},     {"/", AT_VALUE},
        {"%", AT_VALUE},       {",", AT_VALUE},     {".", AT_MEMBER},    {"?", AT_VALUE},
    };
    size_t name = dash_word(s);
    *then = AT_VALUE;
    if (name > 0) {
        bool known = is_binary(s, name), growing = s->at + name == s->len;
        *then = known ? AT_VALUE : AT_OPERATOR;
        return known || growing ? name : 0;
    }
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (syntax_starts(s, operators[i].text)) {
            *then = operators[i].then;
            f->choices += strcmp(operators[i].text, "?") == 0;
            return strlen(operators[i].text);
        }
    bool second = syntax_peek(s, 0) == ':' && f->choices > 0;
    f->choices -= second;
    return second || syntax_peek(s, 0) == '-';
}

/* Something stands where an operator should. ( ) and [ ] end before it. */
static void scan_unexpected(struct pwsh *p, struct pwsh_frame *f)
{
    struct scan *s = p->s;
    size_t n = pwsh_name(s);
    if (f->loop && pwsh_is(s, n, "in")) {
        s->at += n;
        syntax_add_span(s, s->at - n, s->at, SYNTAX_KEYWORD);
        f->state = AT_VALUE;
    } else if (f->state == AT_CAST && pwsh_is(s, n, "param")) {
        f->state = AT_STATEMENT; /* it was an attribute */
    } else if ((f->kind == FRAME_PAREN || f->kind == FRAME_INDEX) && p->depth > 1) {
        pwsh_drop(p);
    } else if (!pwsh_operand(p, f, AT_OPERATOR)) {
        n = pwsh_word(s, f);
        pwsh_wrong(s, n > 0 ? n : 1);
    }
}

void pwsh_operator(struct pwsh *p, struct pwsh_frame *f)
{
    struct scan *s = p->s;
    char c = syntax_peek(s, 0), before = s->at > 0 ? s->text[s->at - 1] : ' ';
    bool blank = strchr(" \t\n", before) != NULL;
    enum pwsh_state then;
    if (f->state == AT_CAST && pwsh_operand(p, f, c == '[' ? AT_CAST : AT_OPERATOR))
        return;
    if (f->state == AT_CAST && pwsh_number(s) > 0) {
        s->at += pwsh_number(s);
        f->state = AT_OPERATOR;
        return;
    }
    if (pwsh_separator(s, f) || pwsh_redirection(s, f))
        return;
    size_t n = operator_at(s, f, &then);
    if (n > 0) /* [A(b = 1, c = 2)] */
        pwsh_take(s, f, n,
                  c == ',' && f->kind == FRAME_WORDS && s->text[f->at] == '(' ? AT_KEY : then);
    else if (c == '[')
        pwsh_open(p, FRAME_INDEX, 1);
    else if (!blank && (c == '(' || c == '{'))
        pwsh_operand(p, f, AT_OPERATOR);
    else
        scan_unexpected(p, f);
}
