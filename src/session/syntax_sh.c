/* Commands: lists, operators, keywords, here-documents. */
#include "session/syntax_sh.h"

#include <string.h>

/* What has been opened by a keyword and waits for the next. */
enum open {
    OPEN_IF,    /* wants then */
    OPEN_THEN,  /* wants elif, else or fi */
    OPEN_ELSE,  /* wants fi */
    OPEN_FOR,   /* wants do; a name and words stand between */
    OPEN_WHILE, /* wants do; commands stand between */
    OPEN_DO,    /* wants done */
    OPEN_BRACE,
    OPEN_CASE,    /* wants in */
    OPEN_PATTERN, /* wants a pattern, or esac */
    OPEN_BRANCH,  /* wants ;; or esac */
};

/* One list of commands: the line itself, or what stands in brackets. */
struct list {
    enum open stack[SYNTAX_DEPTH_MAX];
    size_t open;
    bool command;                /* the next word is a command's name, or a keyword */
    bool empty;                  /* nothing stands before the next operator */
    bool more;                   /* an operator wants another command */
    bool body;                   /* a function's name wants its body */
    bool skip_one;               /* the next word is a name: of a for loop, a case, a function */
    const struct runner *runner; /* sudo and the like: a command's name is to come behind its own
                                    options; NULL: none */
    bool argument;               /* the next word is an option's of the runner */
};

/* ---- what is open ---- */

static void wrong(struct scan *s, size_t from)
{
    syntax_add_span(s, from, s->at, SYNTAX_WRONG);
    s->wrong = true;
}

static enum open *top(struct list *l)
{
    return l->open > 0 ? &l->stack[l->open - 1] : NULL;
}

static void push(struct scan *s, struct list *l, enum open what)
{
    if (l->open < SYNTAX_DEPTH_MAX)
        l->stack[l->open++] = what;
    else
        s->wrong = true;
}

/* A name, and the ) of a pattern, must stand on the same row. */
static bool may_end_row(struct list *l)
{
    return !l->skip_one && !(top(l) && *top(l) == OPEN_PATTERN && !l->empty);
}

static void scan_newline(struct scan *s, struct list *l)
{
    s->wrong = s->wrong || !may_end_row(l);
    s->at++;
    for (size_t i = 0; i < s->heredoc_count; i++)
        syntax_heredoc(s, &s->heredocs[i]);
    s->heredoc_count = 0;
    l->command = l->empty = true;
}

/* ---- operators ---- */

/* >FILE, <<END, 2>&1 */
static void scan_redirection(struct scan *s, size_t n)
{
    size_t from = s->at;
    bool heredoc = syntax_starts(s, "<<") && !syntax_starts(s, "<<<"),
         tabs = syntax_starts(s, "<<-");
    s->at += n;
    syntax_add_span(s, from, s->at, SYNTAX_OPERATOR);
    syntax_skip_blanks(s);
    size_t word = s->at;
    if (syntax_separates(syntax_peek(s, 0)) && !syntax_starts(s, "<(") && !syntax_starts(s, ">(")) {
        s->out->spans[s->out->count - 1].kind = syntax_at_end(s) ? SYNTAX_OPERATOR : SYNTAX_WRONG;
        s->wrong = true; /* at the end too: no shell asks for it */
        return;
    }
    syntax_word(s, SYNTAX_PLAIN);
    if (heredoc && s->heredoc_count < SYNTAX_HEREDOCS_MAX)
        s->heredocs[s->heredoc_count++] = (struct heredoc){word, s->at, tabs};
}

enum operator{ OP_REDIRECT, OP_JOIN, OP_END, OP_BRANCH };

static const struct {
    const char *text;
    enum operator what;
} operators[] = {
    /* The longest first. */
    {"&>>", OP_REDIRECT}, {"<<<", OP_REDIRECT}, {"<<-", OP_REDIRECT}, {";;&", OP_BRANCH},
    {"&>", OP_REDIRECT},  {"<<", OP_REDIRECT},  {"<&", OP_REDIRECT},  {"<>", OP_REDIRECT},
    {">>", OP_REDIRECT},  {">&", OP_REDIRECT},  {">|", OP_REDIRECT},  {";;", OP_BRANCH},
    {";&", OP_BRANCH},    {"&&", OP_JOIN},      {"||", OP_JOIN},      {"|&", OP_JOIN},
    {"|", OP_JOIN},       {"&", OP_END},        {";", OP_END},        {"<", OP_REDIRECT},
    {">", OP_REDIRECT},
};

#define OPERATORS (sizeof operators / sizeof operators[0])

static void scan_operator(struct scan *s, struct list *l)
{
    size_t i = 0, from = s->at;
    while (i < OPERATORS && !syntax_starts(s, operators[i].text))
        i++;
    if (i == OPERATORS) { /* a NUL: no character of a line */
        s->at++;
        wrong(s, from);
        return;
    }
    size_t n = strlen(operators[i].text);
    if (operators[i].what == OP_REDIRECT) {
        scan_redirection(s, n);
        l->empty = l->more = false;
        return;
    }
    bool branch = operators[i].what == OP_BRANCH;
    enum open *open = top(l);
    bool in_branch = open && *open == OPEN_BRANCH;
    bool loop = top(l) && *top(l) == OPEN_FOR && !l->command; /* for NAME; do */
    s->at += n;
    if (branch ? !in_branch : l->empty && !loop) {
        wrong(s, from);
        l->command = true;
        return;
    }
    syntax_add_span(s, from, s->at, SYNTAX_OPERATOR);
    l->command = l->empty = true;
    l->more = operators[i].what == OP_JOIN;
    if (branch && open)
        *open = OPEN_PATTERN;
}

/* ---- keywords ---- */

enum { NO = -1 };

/* What a keyword wants to be open (NO: nothing), what it leaves open in its place (NO: nothing),
   and whether a command follows. */
static const struct keyword {
    const char *text;
    int wants, also, leaves;
    bool command;
} keywords[] = {
    {"if", NO, NO, OPEN_IF, true},
    {"then", OPEN_IF, OPEN_IF, OPEN_THEN, true},
    {"elif", OPEN_THEN, OPEN_THEN, OPEN_IF, true},
    {"else", OPEN_THEN, OPEN_THEN, OPEN_ELSE, true},
    {"fi", OPEN_THEN, OPEN_ELSE, NO, false},
    {"while", NO, NO, OPEN_WHILE, true},
    {"until", NO, NO, OPEN_WHILE, true},
    {"for", NO, NO, OPEN_FOR, false},
    {"select", NO, NO, OPEN_FOR, false},
    {"do", OPEN_WHILE, OPEN_FOR, OPEN_DO, true},
    {"done", OPEN_DO, OPEN_DO, NO, false},
    {"case", NO, NO, OPEN_CASE, false},
    {"esac", OPEN_BRANCH, OPEN_PATTERN, NO, false},
    {"{", NO, NO, OPEN_BRACE, true},
    {"}", OPEN_BRACE, OPEN_BRACE, NO, false},
};

static void take_keyword(struct scan *s, struct list *l, const struct keyword *k)
{
    size_t from = s->at, n = strlen(k->text);
    enum open *open = top(l);
    bool fits = k->wants == NO || (open && ((int)*open == k->wants || (int)*open == k->also));
    s->at += n;
    if (!fits || (k->wants != NO && l->more)) {
        wrong(s, from);
        return;
    }
    syntax_add_span(s, from, s->at, SYNTAX_KEYWORD);
    l->body = l->more = false;
    l->command = l->empty = k->command;
    l->skip_one = k->leaves == OPEN_FOR || k->leaves == OPEN_CASE;
    if (k->wants == NO)
        push(s, l, (enum open)k->leaves);
    else if (k->leaves == NO)
        l->open--;
    else
        *open = (enum open)k->leaves;
}

/* Words that leave what follows a command: with one, a name, or none. */
static bool is_word(const struct scan *s, size_t n, const char *word)
{
    return n > 0 && s->text[s->at] == *word && n == strlen(word) &&
           memcmp(s->text + s->at, word, n) == 0;
}

static bool scan_keyword(struct scan *s, struct list *l)
{
    size_t n = syntax_plain_word(s);
    for (size_t i = 0; n > 0 && i < sizeof keywords / sizeof keywords[0]; i++)
        if (is_word(s, n, keywords[i].text)) {
            take_keyword(s, l, &keywords[i]);
            return true;
        }
    bool function = is_word(s, n, "function");
    if (!function && !is_word(s, n, "!") && !is_word(s, n, "time") && !is_word(s, n, "coproc"))
        return false;
    syntax_add_span(s, s->at, s->at + n, SYNTAX_KEYWORD);
    s->at += n;
    l->body = l->skip_one = function;
    l->more = l->empty = false;
    return true;
}

/* ---- brackets that hold commands or tests ---- */

/* [[ ... ]] */
static void scan_test(struct scan *s, struct list *l)
{
    size_t from = s->at;
    bool closed = false;
    s->at += 2;
    syntax_add_span(s, from, s->at, SYNTAX_KEYWORD);
    while (!closed && !syntax_at_end(s)) {
        size_t word = s->at;
        closed = syntax_starts(s, "]]") && syntax_separates(syntax_peek(s, 2));
        if (closed) {
            s->at += 2;
            syntax_add_span(s, word, s->at, SYNTAX_KEYWORD);
            syntax_add_pair(s, from, s->at - 1);
        } else if (syntax_separates(syntax_peek(s, 0))) {
            s->at++;
        } else {
            syntax_word(s, syntax_peek(s, 0) == '-' ? SYNTAX_OPTION : SYNTAX_PLAIN);
        }
    }
    s->unclosed = s->unclosed || !closed;
    l->command = l->empty = l->more = l->body = false;
}

/* name() */
static bool scan_function(struct scan *s, struct list *l)
{
    size_t n = syntax_plain_word(s), blanks = 0;
    while (n > 0 && (syntax_peek(s, n + blanks) == ' ' || syntax_peek(s, n + blanks) == '\t'))
        blanks++;
    size_t from = n + blanks;
    if (n == 0 || syntax_peek(s, from) != '(')
        return false;
    for (n = from + 1; syntax_peek(s, n) == ' ' || syntax_peek(s, n) == '\t';)
        n++;
    if (syntax_peek(s, n) != ')')
        return false;
    syntax_add_span(s, s->at + from, s->at + n + 1, SYNTAX_OPERATOR);
    s->at += n + 1;
    l->body = l->command = l->empty = true;
    l->more = false;
    return true;
}

static void scan_open_bracket(struct scan *s, struct list *l)
{
    size_t from = s->at;
    bool loop = top(l) && *top(l) == OPEN_FOR && l->skip_one;
    if (syntax_starts(s, "((") && (l->command || loop) && syntax_is_arithmetic(s, from)) {
        syntax_enclosed(s, from, 2, "))", '(');
        l->skip_one = false;
    } else if (l->command) {
        s->at++;
        syntax_add_span(s, from, s->at, SYNTAX_OPERATOR);
        syntax_commands(s, from);
    } else {
        s->at++;
        wrong(s, from);
        return;
    }
    l->command = l->empty = l->more = l->body = false;
}

/* ---- a list of commands ---- */

/* [(] PATTERN | PATTERN ) */
static void scan_pattern(struct scan *s, struct list *l)
{
    size_t from = s->at;
    char c = syntax_peek(s, 0);
    if (l->empty && is_word(s, syntax_plain_word(s), "esac")) {
        scan_keyword(s, l);
        return;
    }
    if (!syntax_separates(c)) {
        syntax_word(s, SYNTAX_PLAIN);
    } else {
        s->at++;
        if (c != '(' && c != '|' && c != ')')
            wrong(s, from);
    }
    l->empty = false;
    if (c == ')') {
        *top(l) = OPEN_BRANCH;
        l->command = l->empty = true;
    }
}

/* The `in` of a case or a for loop; false: it is none. */
static bool scan_in(struct scan *s, struct list *l)
{
    enum open *open = top(l);
    bool branches = open && *open == OPEN_CASE, loops = open && *open == OPEN_FOR;
    if ((!branches && !(loops && !l->command)) || l->skip_one || !l->empty)
        return false;
    bool fits = is_word(s, syntax_plain_word(s), "in");
    if (!fits)
        return false;
    syntax_add_span(s, s->at, s->at + 2, SYNTAX_KEYWORD);
    s->at += 2;
    l->empty = branches;
    if (branches)
        *open = OPEN_PATTERN;
    return true;
}

/* Between `case`, `for` and what they want next, most words cannot stand. */
static bool is_misplaced(struct list *l)
{
    enum open *open = top(l);
    if (!open || l->skip_one)
        return false;
    return *open == OPEN_CASE || (*open == OPEN_FOR && (l->command || l->empty));
}

/* Commands that run the one in their arguments. */
struct runner {
    const char *name;
    const char *take; /* options whose argument is the next word */
    const char *end;  /* options that no command follows */
};

static const struct runner runners[] = {
    {"sudo", "ugphCrtDRTU", "elvVK"},
    {"doas", "uC", "L"},
    {"env", "uCS", ""},
    {"nice", "n", ""},
    {"ionice", "cnp", "pPu"},
    {"nohup", "", ""},
    {"setsid", "", ""},
    {"stdbuf", "ioe", ""},
    {"xargs", "adEILnPs", ""},
    {"watch", "n", ""},
    {"exec", "a", ""},
    {"command", "", ""},
    {"builtin", "", ""},
};

static const struct runner *find_runner(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof runners / sizeof runners[0]; i++)
        if (strlen(runners[i].name) == n && memcmp(runners[i].name, name, n) == 0)
            return &runners[i];
    return NULL;
}

/* A word behind a runner: is it the command that is run? */
static bool is_run(const struct scan *s, struct list *l)
{
    const struct runner *runner = l->runner;
    size_t n = syntax_plain_word(s);
    const char *word = s->text + s->at;
    if (!runner)
        return false;
    if (l->argument || syntax_is_assignment(s)) {
        l->argument = false;
        return false;
    }
    if (syntax_peek(s, 0) != '-')
        return true;
    /* (A long option may take the next word or not.) */
    bool two = n > 2 && word[1] == '-';
    if (n < 2 || (two && !memchr(word, '=', n)) || strchr(runner->end, word[n - 1]))
        l->runner = NULL;
    else
        l->argument = !two && strchr(runner->take, word[n - 1]);
    return false;
}

/* A word that is no keyword. */
static void scan_plain_word(struct scan *s, struct list *l)
{
    size_t from = s->at;
    if (scan_in(s, l))
        return;
    bool misplaced = is_misplaced(l), name = l->skip_one;
    bool assigns = l->command && !name && syntax_is_assignment(s);
    bool option = !l->command && !name && syntax_peek(s, 0) == '-';
    bool command = l->command ? !name && !assigns : is_run(s, l);
    if (l->command || command) {
        l->runner = find_runner(s->text + from, syntax_plain_word(s));
        l->argument = false;
    }
    syntax_word(s, misplaced ? SYNTAX_WRONG
                   : option  ? SYNTAX_OPTION
                   : command ? SYNTAX_COMMAND
                             : SYNTAX_PLAIN);
    s->wrong = s->wrong || misplaced;
    if (assigns && s->at > from && s->text[s->at - 1] == '=' && syntax_peek(s, 0) == '(')
        syntax_enclosed(s, s->at, 1, ")", '(');
    /* After `function NAME` comes the body; after an assignment may come a command. */
    if (!l->body || !name)
        l->command = assigns;
    l->empty = name;
    l->more = l->skip_one = false;
}

static void scan_token(struct scan *s, struct list *l)
{
    char c = syntax_peek(s, 0);
    if (c == '\n')
        scan_newline(s, l);
    else if (c == '#') {
        size_t from = s->at;
        syntax_skip_row(s);
        syntax_add_span(s, from, s->at, SYNTAX_COMMENT);
    } else if (top(l) && *top(l) == OPEN_PATTERN)
        scan_pattern(s, l);
    else if (syntax_starts(s, "<(") || syntax_starts(s, ">(")) {
        s->at += 2;
        syntax_add_span(s, s->at - 2, s->at, SYNTAX_OPERATOR);
        syntax_commands(s, s->at - 1);
        l->command = l->empty = l->more = false;
    } else if (c == '(')
        scan_open_bracket(s, l);
    else if (c == ')') {
        s->at++;
        wrong(s, s->at - 1);
    } else if (syntax_separates(c))
        scan_operator(s, l);
    else if (l->command && syntax_starts(s, "[[") && syntax_separates(syntax_peek(s, 2)))
        scan_test(s, l);
    else if (!l->command || l->skip_one || (!scan_function(s, l) && !scan_keyword(s, l)))
        scan_plain_word(s, l);
}

void syntax_commands(struct scan *s, size_t open)
{
    struct list l = {.command = true, .empty = true};
    bool closed = false;
    if (++s->depth > SYNTAX_DEPTH_MAX) {
        s->wrong = true;
        s->at = s->len;
    }
    for (syntax_skip_blanks(s); !closed && !syntax_at_end(s); syntax_skip_blanks(s)) {
        bool pattern = top(&l) && *top(&l) == OPEN_PATTERN;
        closed = open != SYNTAX_NOWHERE && syntax_peek(s, 0) == ')' && !pattern;
        if (!closed) {
            scan_token(s, &l);
            continue;
        }
        s->at++;
        syntax_add_span(s, s->at - 1, s->at, SYNTAX_OPERATOR);
        syntax_add_pair(s, open, s->at - 1);
        break;
    }
    s->depth--;
    if (closed && (l.open > 0 || l.more || l.body))
        s->wrong = true;
    if (!closed && (open != SYNTAX_NOWHERE || l.open > 0 || l.more || l.body))
        s->unclosed = true;
    s->wrong = s->wrong || !may_end_row(&l);
}

bool syntax_sh(struct scan *s)
{
    syntax_commands(s, SYNTAX_NOWHERE);
    return (s->unclosed || s->heredoc_count > 0) && !s->wrong;
}
