/*
 * fish (3.6). As fish itself has it: a token that cannot be one ends all; an open quote or
 * parenthesis is asked for before anything in it is looked at; what is wrong otherwise counts when
 * nothing is open.
 */
#include "session/syntax_fish.h"

#include <string.h>

/* What has been opened by a keyword and waits for its `end`. */
enum open { OPEN_BEGIN, OPEN_FUNCTION, OPEN_IF, OPEN_ELSE, OPEN_LOOP, OPEN_SWITCH, OPEN_CASE };

/* What comes next. */
enum state {
    AT_JOB,        /* a job, or what ends the list */
    AT_BACKGROUND, /* the same, right behind & */
    AT_STATEMENT,  /* one is wanted */
    AT_COMMAND,    /* a command's name, and no keyword is meant by it */
    AT_ARGUMENT,   /* of a command, or an operator */
    AT_BLOCK_END,  /* behind `end`: an operator */
    AT_NAME,       /* of a for loop */
    AT_IN,
    AT_FUNCTION, /* its name */
    AT_SUBJECT,  /* of a switch */
    AT_WORDS,    /* of for, function and case, up to the end of the row */
    AT_ROW_END,
    AT_ELSE, /* `if`, or the end of the row */
};

/* What stands before a statement, and says which keywords may be one. */
enum before {
    BEFORE_NOTHING,
    BEFORE_PIPE,
    BEFORE_WORD, /* && || and not ...: `and` is a command there */
    BEFORE_TIME, /* the same, and `time` is one, too */
};

/* One list of jobs: the line itself, or what stands in parentheses. */
struct list {
    unsigned char stack[SYNTAX_DEPTH_MAX];
    size_t open;
    enum state state;
    enum before before;
    bool more;       /* | && or || wants a statement */
    bool rows;       /* which may be on a later row */
    bool condition;  /* the first job of an if or a while */
    bool piped;      /* behind a | of the job */
    bool joined;     /* behind && or || */
    bool background; /* the job before went to the background */
};

/* ---- what is wrong ---- */

/* What stands in parentheses is looked at when nothing is open any more. */
static void refuse(struct scan *s)
{
    s->wrong = s->wrong || s->depth == 1;
}

/* No operator. */
static void wrong_operator(struct scan *s, size_t n)
{
    s->at += n;
    syntax_add_span(s, s->at - n, s->at, SYNTAX_WRONG);
    refuse(s);
}

static void push(struct scan *s, struct list *l, enum open what)
{
    if (l->open < SYNTAX_DEPTH_MAX)
        l->stack[l->open++] = (unsigned char)what;
    else
        s->wrong = true;
}

static bool top_is(const struct list *l, enum open what)
{
    return l->open > 0 && l->stack[l->open - 1] == what;
}

/* ---- keywords ---- */

enum key { KEY_AND, KEY_NOT, KEY_TIME, KEY_COMMAND, KEY_BLOCK, KEY_ELSE, KEY_CASE, KEY_END };

#define ON(next) (1u << (next))
#define OPTIONS  (ON(NEXT_OPTION) | ON(NEXT_HELP))

/* Before some tokens a keyword is but a command. */
static const struct keyword {
    const char *text;
    enum key key;
    unsigned plain;
    enum open opens;
    enum state state; /* behind it */
} keywords[] = {
    {"and", KEY_AND, ON(NEXT_HELP), 0, AT_STATEMENT},
    {"or", KEY_AND, ON(NEXT_HELP), 0, AT_STATEMENT},
    {"not", KEY_NOT, ON(NEXT_END) | OPTIONS, 0, AT_STATEMENT},
    {"!", KEY_NOT, ON(NEXT_END) | OPTIONS, 0, AT_STATEMENT},
    {"time", KEY_TIME, OPTIONS, 0, AT_STATEMENT},
    {"command", KEY_COMMAND, ~ON(NEXT_WORD), 0, AT_COMMAND},
    {"builtin", KEY_COMMAND, ~ON(NEXT_WORD), 0, AT_COMMAND},
    {"exec", KEY_COMMAND, ~ON(NEXT_WORD), 0, AT_COMMAND},
    {"begin", KEY_BLOCK, OPTIONS, OPEN_BEGIN, AT_JOB},
    {"if", KEY_BLOCK, ON(NEXT_END) | OPTIONS, OPEN_IF, AT_STATEMENT},
    {"while", KEY_BLOCK, ON(NEXT_END) | OPTIONS, OPEN_LOOP, AT_STATEMENT},
    {"for", KEY_BLOCK, ON(NEXT_END) | OPTIONS, OPEN_LOOP, AT_NAME},
    {"switch", KEY_BLOCK, ON(NEXT_END) | OPTIONS, OPEN_SWITCH, AT_SUBJECT},
    {"function", KEY_BLOCK, ON(NEXT_END) | ON(NEXT_HELP), OPEN_FUNCTION, AT_FUNCTION},
    {"else", KEY_ELSE, 0, 0, AT_ELSE},
    {"case", KEY_CASE, 0, 0, AT_WORDS},
    {"end", KEY_END, 0, 0, AT_BLOCK_END},
};

static const struct keyword *find_keyword(const char *word)
{
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (*word == *keywords[i].text && strcmp(word, keywords[i].text) == 0)
            return &keywords[i];
    return NULL;
}

static bool begins_job(const struct list *l)
{
    return l->state == AT_JOB || l->state == AT_BACKGROUND;
}

/* Is it a command of that name here? */
static bool is_plain(const struct list *l, const struct keyword *k, enum fish_next next)
{
    bool first = begins_job(l);
    if (k->plain & ON(next))
        return true;
    switch (k->key) {
    case KEY_AND: return l->before == BEFORE_WORD || l->before == BEFORE_TIME;
    case KEY_TIME: return l->before == BEFORE_TIME;
    case KEY_ELSE:
    case KEY_CASE: return !first;
    case KEY_END: return !first && (OPTIONS & ON(next));
    default: return false;
    }
}

static bool fits(const struct list *l, const struct keyword *k)
{
    bool in_switch = begins_job(l) && top_is(l, OPEN_SWITCH);
    switch (k->key) {
    case KEY_AND: return l->before != BEFORE_PIPE && !l->background && !in_switch;
    case KEY_TIME: return l->before != BEFORE_PIPE && !in_switch;
    case KEY_ELSE: return top_is(l, OPEN_IF);
    case KEY_CASE: return top_is(l, OPEN_SWITCH) || top_is(l, OPEN_CASE);
    case KEY_END: return begins_job(l) && l->open > 0;
    default: return !in_switch;
    }
}

/* Is it looked at when nothing is open any more? */
static bool is_late(const struct list *l, const struct keyword *k)
{
    return k->key == KEY_TIME ? l->before == BEFORE_PIPE : k->key == KEY_AND && l->background;
}

static void take_keyword(struct scan *s, struct list *l, const struct keyword *k, size_t n)
{
    size_t from = s->at;
    bool right = fits(l, k), structure = !right && !is_late(l, k);
    s->at += n;
    syntax_add_span(s, from, s->at, right ? SYNTAX_KEYWORD : SYNTAX_WRONG);
    if (structure)
        refuse(s);
    if (structure || (!right && k->key == KEY_TIME)) {
        l->state = AT_ARGUMENT;
        l->more = false;
        return;
    }
    l->state = k->state;
    l->rows = l->background = false;
    l->before = k->key == KEY_TIME    ? BEFORE_TIME
                : k->key == KEY_BLOCK ? BEFORE_NOTHING
                                      : BEFORE_WORD;
    l->more = l->more && (k->key == KEY_AND || k->key == KEY_TIME || k->key == KEY_NOT);
    if (k->key == KEY_BLOCK) {
        push(s, l, k->opens);
        l->condition = k->state == AT_STATEMENT;
    } else if (k->key == KEY_CASE) {
        l->stack[l->open - 1] = OPEN_CASE;
    } else if (k->key == KEY_END) {
        l->open--;
    }
}

/* `else if`, or a lone `else`. */
static void scan_else(struct scan *s, struct list *l)
{
    char word[FISH_KEYWORD_MAX];
    size_t n = syntax_fish_bare(s, word), from = s->at;
    if (n > 0 && strcmp(word, "if") == 0) {
        s->at += n;
        syntax_add_span(s, from, s->at, SYNTAX_KEYWORD);
        l->state = AT_STATEMENT;
        l->before = BEFORE_NOTHING;
        l->condition = true;
    } else {
        syntax_fish_word(s, SYNTAX_WRONG);
        refuse(s);
    }
}

/* ---- commands ---- */

static bool in_loop(const struct list *l)
{
    for (size_t i = l->open; i > 0; i--)
        if (l->stack[i - 1] == OPEN_LOOP || l->stack[i - 1] == OPEN_FUNCTION)
            return l->stack[i - 1] == OPEN_LOOP;
    return false;
}

static bool is_loose_break(const struct scan *s, const struct list *l, const char *word, size_t n)
{
    bool leaves = n > 0 && (strcmp(word, "break") == 0 || strcmp(word, "continue") == 0);
    return leaves && !in_loop(l) && syntax_fish_next(s, n) != NEXT_HELP;
}

/* What stands in parentheses cannot name a command. */
static void refuse_substitution(struct scan *s, size_t span)
{
    for (; span < s->out->count; span++) {
        struct syntax_span *found = &s->out->spans[span];
        if (found->kind == SYNTAX_OPERATOR && strchr("($", s->text[found->from])) {
            found->kind = SYNTAX_WRONG;
            return;
        }
    }
}

static void scan_command(struct scan *s, struct list *l, enum syntax_kind kind)
{
    char word[FISH_KEYWORD_MAX];
    size_t n = syntax_fish_bare(s, word), span = s->out->count;
    bool misplaced = begins_job(l) && top_is(l, OPEN_SWITCH), wanted = l->state == AT_STATEMENT;
    bool wrong = misplaced || is_loose_break(s, l, word, n);
    syntax_fish_word(s, wrong ? SYNTAX_WRONG : kind);
    if (misplaced ? !s->unclosed : wanted && s->unclosed)
        refuse(s);
    if (!s->unclosed)
        refuse_substitution(s, span);
    l->state = AT_ARGUMENT;
    l->more = l->rows = l->background = false;
}

/* NAME=VALUE, which a command must follow. */
static void scan_assignment(struct scan *s, struct list *l)
{
    size_t span = s->out->count;
    bool wanted = l->state == AT_STATEMENT;
    syntax_fish_word(s, SYNTAX_PLAIN);
    if (wanted && s->unclosed)
        refuse(s);
    syntax_skip_blanks(s);
    enum fish_next next = syntax_fish_next(s, 0);
    l->state = AT_STATEMENT;
    l->before = BEFORE_TIME;
    l->rows = l->background = false;
    if (syntax_at_end(s) || syntax_peek(s, 0) == '#' || (next != NEXT_END && next != NEXT_OTHER))
        return;
    for (; span < s->out->count; span++)
        if (s->out->spans[span].kind == SYNTAX_PLAIN)
            s->out->spans[span].kind = SYNTAX_WRONG;
    refuse(s);
    l->state = AT_ARGUMENT;
}

/* A word where a statement may begin. */
static void scan_first(struct scan *s, struct list *l)
{
    char word[FISH_KEYWORD_MAX];
    size_t n = l->state == AT_COMMAND ? 0 : syntax_fish_bare(s, word);
    const struct keyword *k = n > 0 ? find_keyword(word) : NULL;
    enum fish_next next = k ? syntax_fish_next(s, n) : NEXT_OTHER;
    if (k && !is_plain(l, k, next))
        take_keyword(s, l, k, n);
    else if (l->state != AT_COMMAND && syntax_fish_assigns(s))
        scan_assignment(s, l);
    else /* (Who has written `if` will go on.) */
        scan_command(s, l, next == NEXT_END ? SYNTAX_KEYWORD : SYNTAX_COMMAND);
}

static void scan_in(struct scan *s, struct list *l)
{
    char word[FISH_KEYWORD_MAX];
    size_t n = syntax_fish_bare(s, word);
    bool right = n > 0 && strcmp(word, "in") == 0;
    syntax_fish_word(s, right ? SYNTAX_KEYWORD : SYNTAX_WRONG);
    if (!right && !s->unclosed)
        refuse(s);
    l->state = AT_WORDS;
}

/* A name, which cannot be left open. */
static void scan_name(struct scan *s, struct list *l, enum state then)
{
    bool loop = l->state == AT_NAME;
    syntax_fish_word(s, SYNTAX_PLAIN);
    if (s->unclosed && !loop)
        refuse(s);
    l->state = then;
}

static void scan_any_word(struct scan *s, struct list *l)
{
    bool option = syntax_peek(s, 0) == '-';
    switch (l->state) {
    case AT_JOB:
    case AT_BACKGROUND:
    case AT_STATEMENT:
    case AT_COMMAND: scan_first(s, l); break;
    case AT_ARGUMENT:
    case AT_WORDS: syntax_fish_word(s, option ? SYNTAX_OPTION : SYNTAX_PLAIN); break;
    case AT_BLOCK_END: syntax_fish_word(s, SYNTAX_WRONG); break;
    case AT_NAME: scan_name(s, l, AT_IN); break;
    case AT_IN: scan_in(s, l); break;
    case AT_FUNCTION: scan_name(s, l, AT_WORDS); break;
    case AT_SUBJECT: scan_name(s, l, AT_ROW_END); break;
    case AT_ROW_END:
        syntax_fish_word(s, SYNTAX_WRONG);
        if (!s->unclosed)
            refuse(s);
        break;
    case AT_ELSE: scan_else(s, l); break;
    }
}

/* ---- operators ---- */

static bool behind_command(const struct list *l)
{
    return l->state == AT_ARGUMENT || l->state == AT_BLOCK_END;
}

static void scan_redirection(struct scan *s, struct list *l, size_t n)
{
    enum fish_next next = syntax_fish_next(s, n);
    bool right = behind_command(l) && next != NEXT_OTHER;
    size_t from = s->at, span = s->out->count;
    s->at += n;
    syntax_add_span(s, from, s->at, SYNTAX_OPERATOR);
    syntax_skip_blanks(s);
    right = right && (next != NEXT_END || syntax_at_end(s) || syntax_peek(s, 0) == '#');
    /* (fish says nothing of a file's name that is not there, but for a job of many.) */
    l->more = l->more || (right && next == NEXT_END && (l->piped || l->joined));
    if (right && next != NEXT_END)
        syntax_fish_word(s, SYNTAX_PLAIN);
    if (right)
        return;
    s->out->spans[span].kind = SYNTAX_WRONG;
    refuse(s);
}

static void scan_pipe(struct scan *s, struct list *l, size_t n)
{
    size_t from = s->at;
    bool joins = n == 2 && (syntax_starts(s, "&&") || syntax_starts(s, "||"));
    bool right = behind_command(l) || (joins && l->state == AT_BACKGROUND);
    s->at += n;
    syntax_add_span(s, from, s->at, right ? SYNTAX_OPERATOR : SYNTAX_WRONG);
    if (!right)
        refuse(s);
    l->state = AT_STATEMENT;
    l->before = joins ? BEFORE_WORD : BEFORE_PIPE;
    l->more = l->rows = true;
    l->condition = l->condition && !joins;
    l->joined = l->joined || joins;
    l->piped = !joins;
    l->background = false;
}

static void scan_background(struct scan *s, struct list *l)
{
    bool right = behind_command(l);
    s->at++;
    syntax_add_span(s, s->at - 1, s->at, right && !l->condition ? SYNTAX_OPERATOR : SYNTAX_WRONG);
    if (!right)
        refuse(s);
    l->state = AT_BACKGROUND;
    l->before = BEFORE_NOTHING;
    l->background = !l->joined;
    l->condition = l->joined = l->piped = false;
}

/* ; or a newline */
static void scan_row_end(struct scan *s, struct list *l)
{
    bool newline = syntax_peek(s, 0) == '\n';
    s->at++;
    if (l->state == AT_STATEMENT && l->rows && newline)
        return;
    bool wanted = l->state == AT_STATEMENT || l->state == AT_COMMAND || l->state == AT_NAME ||
                  l->state == AT_IN || l->state == AT_FUNCTION || l->state == AT_SUBJECT;
    syntax_add_span(s, s->at - 1, s->at, wanted ? SYNTAX_WRONG : SYNTAX_OPERATOR);
    if (wanted)
        refuse(s);
    if (l->state == AT_ELSE)
        l->stack[l->open - 1] = OPEN_ELSE;
    l->condition = l->condition && begins_job(l);
    l->state = AT_JOB;
    l->before = BEFORE_NOTHING;
    l->more = l->rows = l->joined = l->piped = false;
}

static void scan_comment(struct scan *s)
{
    size_t from = s->at;
    syntax_skip_row(s);
    syntax_add_span(s, from, s->at, SYNTAX_COMMENT);
}

static void scan_token(struct scan *s, struct list *l)
{
    char c = syntax_peek(s, 0);
    bool pipe = false;
    size_t n = syntax_fish_redirection(s, 0, &pipe);
    if (c == '\n' || c == '\r' || c == ';')
        scan_row_end(s, l);
    else if (c == '#')
        scan_comment(s);
    else if (c == '\0')
        wrong_operator(s, 1);
    else if (n > 0 && !pipe)
        scan_redirection(s, l, n);
    else if (n > 0 && c == '0')
        wrong_operator(s, n); /* no pipe begins at the input */
    else if (n > 0)
        scan_pipe(s, l, n);
    else if (syntax_starts(s, "|&"))
        wrong_operator(s, 2);
    else if (syntax_starts(s, "&&") || syntax_starts(s, "||"))
        scan_pipe(s, l, 2);
    else if (c == '|')
        scan_pipe(s, l, 1);
    else if (c == '&')
        scan_background(s, l);
    else
        scan_any_word(s, l);
}

/* ---- a list of jobs ---- */

static bool is_whole(const struct list *l)
{
    return l->open == 0 && !l->more && l->state != AT_STATEMENT;
}

/* Up to the ) that closes the ( at `open`, which is before the cursor; SYNTAX_NOWHERE: up to the
   end. False: nothing closes it. */
bool syntax_fish_list(struct scan *s, size_t open)
{
    struct list l = {.state = AT_JOB};
    bool nested = open != SYNTAX_NOWHERE, closed = false;
    if (++s->depth > SYNTAX_DEPTH_MAX) {
        s->wrong = true;
        s->at = s->len;
    }
    for (syntax_skip_blanks(s); !closed && !syntax_at_end(s); syntax_skip_blanks(s)) {
        closed = nested && syntax_peek(s, 0) == ')';
        if (!closed) {
            scan_token(s, &l);
            continue;
        }
        s->at++;
        syntax_add_span(s, s->at - 1, s->at, is_whole(&l) ? SYNTAX_OPERATOR : SYNTAX_WRONG);
        syntax_add_pair(s, open, s->at - 1);
        break;
    }
    s->depth--;
    s->unclosed = s->unclosed || (!closed && (nested || l.open > 0 || l.more));
    return closed;
}

bool syntax_fish(struct scan *s)
{
    syntax_fish_list(s, SYNTAX_NOWHERE);
    return s->unclosed && !s->wrong;
}
