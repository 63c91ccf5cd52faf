/*
 * PowerShell (7). It asks for more if something is missing at the text's end, whatever is wrong
 * before. Brackets and quotes are frames on a stack, in each of which a statement is under way.
 */
#include "session/syntax_pwsh.h"

#include <string.h>
#include <strings.h>

/* ---- statements ---- */

/*
 * What a keyword wants behind it, a letter for each:
 *   ( L    ( ), L that of a foreach loop      p  the same, or nothing
 *   { S    { }, S one where words are no commands
 *   n      a name                              b  any words, up to the {
 *   t      types, or none                      s  options and a value
 *   w      while or until                      h  catch or finally
 */
static const struct keyword {
    const char *text, *want;
    enum pwsh_tail goes_on; /* it goes on with what is before */
    enum pwsh_tail tail;    /* what may go on with it */
} keywords[] = {
    {"if", "({", TAIL_NONE, TAIL_IF},
    {"elseif", "({", TAIL_IF, TAIL_IF},
    {"else", "{", TAIL_IF, TAIL_NONE},
    {"while", "({", TAIL_NONE, TAIL_NONE},
    {"for", "({", TAIL_NONE, TAIL_NONE},
    {"foreach", "L{", TAIL_NONE, TAIL_NONE},
    {"switch", "sS", TAIL_NONE, TAIL_NONE},
    {"do", "{w", TAIL_NONE, TAIL_NONE},
    {"try", "{h", TAIL_NONE, TAIL_TRY},
    {"catch", "t{", TAIL_TRY, TAIL_TRY},
    {"finally", "{", TAIL_TRY, TAIL_NONE},
    {"trap", "t{", TAIL_NONE, TAIL_NONE},
    {"function", "np{", TAIL_NONE, TAIL_NONE},
    {"filter", "np{", TAIL_NONE, TAIL_NONE},
    {"class", "nbS", TAIL_NONE, TAIL_NONE},
    {"enum", "nbS", TAIL_NONE, TAIL_NONE},
    {"using", "nn", TAIL_NONE, TAIL_NONE},
    {"data", "b{", TAIL_NONE, TAIL_NONE},
    {"param", "(", TAIL_NONE, TAIL_NONE},
    {"begin", "{", TAIL_NONE, TAIL_NONE},
    {"process", "{", TAIL_NONE, TAIL_NONE},
    {"end", "{", TAIL_NONE, TAIL_NONE},
    {"dynamicparam", "{", TAIL_NONE, TAIL_NONE},
    {"clean", "{", TAIL_NONE, TAIL_NONE},
    {"return", "", TAIL_NONE, TAIL_NONE},
    {"throw", "", TAIL_NONE, TAIL_NONE},
    {"exit", "", TAIL_NONE, TAIL_NONE},
    {"break", "", TAIL_NONE, TAIL_NONE},
    {"continue", "", TAIL_NONE, TAIL_NONE},
};

static void scan_newline(struct scan *s, struct pwsh_frame *f)
{
    s->at++;
    if (pwsh_wanted(f))
        return;
    f->row = f->state == AT_ARGUMENT || f->state == AT_OPERATOR || f->state == AT_CAST;
    pwsh_end_statement(f);
}

/* ---- what a keyword wants ---- */

static const struct keyword *find_keyword(const struct scan *s, size_t n)
{
    for (size_t i = 0; n > 1 && i < sizeof keywords / sizeof keywords[0]; i++)
        if (pwsh_is(s, n, keywords[i].text))
            return &keywords[i];
    return NULL;
}

static void take_keyword(struct scan *s, struct pwsh_frame *f, const struct keyword *k)
{
    size_t from = s->at;
    s->at += strlen(k->text);
    syntax_add_span(s, from, s->at, SYNTAX_KEYWORD);
    f->want = k->want;
    f->tail = k->tail;
    f->state = *k->text == 'b' || *k->text == 'c' ? AT_ARGUMENT : AT_STATEMENT;
    if (*k->want)
        f->state = AT_STATEMENT;
}

/* The token wanted is here: the frame goes on behind it. */
static bool open_wanted(struct pwsh *p, struct pwsh_frame *f)
{
    char want = *f->want++;
    f->state = AT_STATEMENT;
    struct pwsh_frame *inner = pwsh_open(p,
                                         want == '{'   ? FRAME_BLOCK
                                         : want == 'S' ? FRAME_WORDS
                                                       : FRAME_PAREN,
                                         1);
    if (inner)
        inner->loop = want == 'L';
    return true;
}

/* while (...) behind do {...}, catch {...} behind try {...} */
static bool scan_second(struct scan *s, struct pwsh_frame *f)
{
    size_t n = pwsh_word(s, f);
    const struct keyword *k = find_keyword(s, n);
    bool loops = *f->want == 'w' && (pwsh_is(s, n, "while") || pwsh_is(s, n, "until"));
    if (!loops && (*f->want == 'w' || !k || k->goes_on != TAIL_TRY))
        return false;
    if (!loops) {
        take_keyword(s, f, k);
        return true;
    }
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, SYNTAX_KEYWORD);
    f->want = "(";
    return true;
}

/* What is not wanted here. */
static bool refuse_wanted(struct scan *s, struct pwsh_frame *f)
{
    size_t n = pwsh_word(s, f);
    f->want = "";
    f->state = AT_STATEMENT;
    if (n > 0)
        pwsh_wrong(s, n);
    return n > 0;
}

/* False: the token is not one of those that are wanted. */
static bool scan_wanted(struct pwsh *p, struct pwsh_frame *f)
{
    struct scan *s = p->s;
    char c = syntax_peek(s, 0);
    size_t n = pwsh_word(s, f);
    switch (*f->want) {
    case '(':
    case 'L': return c == '(' ? open_wanted(p, f) : refuse_wanted(s, f);
    case '{':
    case 'S': return c == '{' ? open_wanted(p, f) : refuse_wanted(s, f);
    case 'w':
    case 'h': return scan_second(s, f) || refuse_wanted(s, f);
    case 'p':
        if (c == '(')
            return open_wanted(p, f);
        break;
    case 'n':
        if (n == 0)
            return refuse_wanted(s, f);
        f->want++;
        f->state = *f->want ? f->state : AT_ARGUMENT;
        s->at += n;
        return true;
    case 't':
        if (c == '[' || c == ',') {
            if (c == ',' || !pwsh_open(p, FRAME_TYPE, 1))
                s->at++;
            return true;
        }
        break;
    case 'b':
        if (n > 0 || c == ',' || c == ':') {
            s->at += n > 0 ? n : 1;
            return true;
        }
        break;
    case 's':
        if (c == '-' || (c != '{' && c != '(' && n > 0)) {
            n = n > 0 ? n : 1;
            s->at += n;
            syntax_add_span(s, s->at - n, s->at, c == '-' ? SYNTAX_OPTION : SYNTAX_PLAIN);
            return true;
        }
        if (c != '{' && pwsh_operand(p, f, AT_STATEMENT))
            return true;
        break;
    default: break;
    }
    f->want++;
    return scan_wanted(p, f);
}

/* ---- a statement's begin ---- */

/* & or . before a command; also & behind one. */
static bool scan_call(struct scan *s, struct pwsh_frame *f)
{
    char c = syntax_peek(s, 0), next = syntax_peek(s, 1);
    bool dots = c == '.' && (next == '\0' || strchr(" \t\n\"'$({", next));
    bool calls = c == '&' && next != '&';
    if (f->state == AT_NAME || (!dots && !calls))
        return false;
    pwsh_take(s, f, 1, AT_NAME);
    return true;
}

static void scan_first_word(struct scan *s, struct pwsh_frame *f, enum pwsh_tail tail)
{
    size_t n = pwsh_word(s, f);
    bool keywords_too = f->state == AT_STATEMENT || f->state == AT_ASSIGNED;
    const struct keyword *k = keywords_too ? find_keyword(s, n) : NULL;
    bool label = n > 1 && syntax_peek(s, 0) == ':';
    if (k && (k->goes_on == TAIL_NONE || k->goes_on == tail)) {
        take_keyword(s, f, k);
        return;
    }
    n = n > 0 ? n : 1;
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, label ? SYNTAX_PLAIN : SYNTAX_COMMAND);
    f->state = label ? AT_STATEMENT : AT_ARGUMENT;
}

static void scan_statement(struct pwsh *p, struct pwsh_frame *f)
{
    struct scan *s = p->s;
    enum pwsh_tail tail = f->tail;
    bool row = f->row, named = f->state == AT_NAME;
    char c = syntax_peek(s, 0);
    f->tail = TAIL_NONE;
    f->row = false;
    if (scan_call(s, f) || (!named && pwsh_unary(s, f)))
        return;
    if (pwsh_redirection(s, f)) {
        f->state = AT_ARGUMENT;
        return;
    }
    if (c == ';' || c == '|' || c == '&') {
        size_t from = s->out->count;
        bool loose = c != ';' && !row;
        pwsh_separator(s, f);
        if (loose) {
            s->out->spans[from].kind = SYNTAX_WRONG;
            pwsh_end_statement(f);
        }
    } else if (c == '[' ? !named && pwsh_operand(p, f, AT_CAST)
                        : pwsh_operand(p, f, named ? AT_ARGUMENT : AT_OPERATOR)) {
        return;
    } else if (!named && pwsh_number(s) > 0) {
        s->at += pwsh_number(s);
        f->state = AT_OPERATOR;
    } else {
        scan_first_word(s, f, tail);
    }
}

/* ---- arguments ---- */

/* Behind --% all of the row is the command's. */
static bool scan_verbatim(struct scan *s)
{
    char behind = syntax_peek(s, 3);
    if (!syntax_starts(s, "--%") || (behind != '\0' && !strchr(" \t\n", behind)))
        return false;
    size_t from = s->at;
    s->at += 3;
    syntax_add_span(s, from, s->at, SYNTAX_OPTION);
    while (!syntax_at_end(s) && syntax_peek(s, 0) != '\n' && syntax_peek(s, 0) != '|')
        s->at++;
    return true;
}

/* [ behind a variable or a bracket, without a blank */
static bool scan_index(struct pwsh *p)
{
    struct scan *s = p->s;
    if (syntax_peek(s, 0) != '[' || s->at == 0 || s->out->count == 0)
        return false;
    const struct syntax_span *last = &s->out->spans[s->out->count - 1];
    bool behind =
        last->to == s->at && (last->kind == SYNTAX_EXPAND || strchr(")]}", s->text[s->at - 1]));
    return behind && pwsh_open(p, FRAME_INDEX, 1);
}

static void scan_argument(struct pwsh *p, struct pwsh_frame *f)
{
    struct scan *s = p->s;
    char c = syntax_peek(s, 0);
    size_t n = pwsh_word(s, f);
    if (pwsh_separator(s, f) || pwsh_redirection(s, f) || scan_verbatim(s) || scan_index(p))
        return;
    if (c == ',') {
        pwsh_take(s, f, 1, AT_LIST);
        return;
    }
    f->state = AT_ARGUMENT;
    if (c == '<') {
        pwsh_wrong(s, 1);
    } else if (c == '-' && n > 1) {
        s->at += n;
        syntax_add_span(s, s->at - n, s->at, SYNTAX_OPTION);
    } else if (c == '[' || !pwsh_operand(p, f, AT_ARGUMENT)) {
        s->at += n > 0 ? n : 1;
    }
}

/* ---- where words are no commands ---- */

static void scan_plain(struct pwsh *p, struct pwsh_frame *f)
{
    struct scan *s = p->s;
    size_t n = pwsh_name(s);
    bool keyword = pwsh_is(s, n, "default") || pwsh_is(s, n, "static") || pwsh_is(s, n, "hidden");
    if (f->kind == FRAME_TYPE && syntax_peek(s, 0) == '(') {
        pwsh_open(p, FRAME_WORDS, 1);
    } else if (f->kind == FRAME_WORDS && syntax_peek(s, 0) == '=') {
        pwsh_take(s, f, 1, AT_ASSIGNED);
    } else if (!pwsh_operand(p, f, AT_KEY)) {
        s->at += n > 0 ? n : 1;
        syntax_add_span(s, s->at - n, s->at, keyword ? SYNTAX_KEYWORD : SYNTAX_PLAIN);
    }
}

/* ---- the text ---- */

/* ) ] } */
static bool scan_closing(struct pwsh *p, struct pwsh_frame *f)
{
    struct scan *s = p->s;
    char c = syntax_peek(s, 0), open = c == ')' ? '(' : c == '}' ? '{' : '[';
    bool fits = p->depth > 1 && s->text[f->at] == open, index = f->kind == FRAME_INDEX;
    if (c != ')' && c != '}' && (c != ']' || (!index && f->kind != FRAME_TYPE)))
        return false;
    bool whole = !pwsh_wanted(f) || (index && f->state == AT_VALUE);
    if (fits) {
        pwsh_close(p, whole ? SYNTAX_OPERATOR : SYNTAX_WRONG);
    } else if (f->kind == FRAME_PAREN || index) {
        pwsh_drop(p);
    } else {
        pwsh_wrong(s, 1);
        pwsh_end_statement(f);
    }
    return true;
}

static bool scan_comment(struct scan *s)
{
    size_t from = s->at;
    if (syntax_starts(s, "<#")) {
        const char *end = memmem(s->text + from + 2, s->len - from - 2, "#>", 2);
        if (!end)
            syntax_add_unclosed(s, from, 2);
        s->at = end ? (size_t)(end - s->text) + 2 : s->len;
        syntax_add_span(s, end ? from : from + 2, s->at, SYNTAX_COMMENT);
        return true;
    }
    if (syntax_peek(s, 0) != '#')
        return false;
    syntax_skip_row(s);
    syntax_add_span(s, from, s->at, SYNTAX_COMMENT);
    return true;
}

static void scan_token(struct pwsh *p)
{
    struct pwsh_frame *f = &p->frames[p->depth - 1];
    struct scan *s = p->s;
    if (scan_comment(s)) {
        s->at += f->row && syntax_peek(s, 0) == '\n';
        return;
    }
    if (syntax_peek(s, 0) == '\n') {
        scan_newline(s, f);
        return;
    }
    if (scan_closing(p, f) || (*f->want && scan_wanted(p, f)))
        return;
    switch (f->state) {
    case AT_KEY: scan_plain(p, f); break;
    case AT_ARGUMENT:
    case AT_LIST: scan_argument(p, f); break;
    case AT_VALUE:
    case AT_MEMBER: pwsh_value(p, f); break;
    case AT_CAST:
    case AT_OPERATOR: pwsh_operator(p, f); break;
    default: scan_statement(p, f); break;
    }
}

bool syntax_pwsh(struct scan *s)
{
    struct pwsh p = {.s = s, .depth = 1};
    p.frames[0] = (struct pwsh_frame){.want = ""};
    while (!syntax_at_end(s)) {
        if (pwsh_string(&p))
            continue;
        pwsh_blanks(s);
        if (!syntax_at_end(s))
            scan_token(&p);
    }
    bool more = s->unclosed || pwsh_wanted(&p.frames[0]);
    while (p.depth > 1) {
        const struct pwsh_frame *f = &p.frames[p.depth - 1];
        more = more || f->kind != FRAME_TYPE || f->at + 1 == s->len;
        pwsh_drop(&p);
    }
    return more && !s->wrong;
}
