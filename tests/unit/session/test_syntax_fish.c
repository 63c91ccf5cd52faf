#include "syntax_parts.h"

static void parts(void **state)
{
    (void)state;
    static const struct parts_case cases[] = {
        {"ls -l a", "cc -- ."},
        {"if test -d /x; echo 'a b'; else; end", "kk cccc -- ..o cccc ssssso kkkko kkk"},
        {"for i in 1 2; echo $i; end", "kkk . kk . .o cccc $$o kkk"},
        {"while read l; break; end", "kkkkk cccc .o ccccco kkk"},
        {"function f -a x; end; f", "kkkkkkkk . -- .o kkko c"},
        {"switch $x; case a 'b*'; c; end", "kkkkkk $$o kkkk . sssso co kkk"},
        {"begin; a; end >f 2>&1 | b", "kkkkko co kkk o. ooo. o c"},
        {"a; and b; or not c", "co kkk co kk kkk c"},
        {"a && b || ! c; time d", "c oo c oo k co kkkk c"},
        {"command ls; builtin echo; exec a", "kkkkkkk cco kkkkkkk cccco kkkk c"},
        {"A=1 B='2' ls", "... ..sss cc"},
        {"A=1; ls", "wwwo cc"},
        {"echo $a[1] $a[$b[2]] \"$a[1]\"", "cccc $$o.o $$o$$o.oo s$$ssss"},
        {"echo {a,b}{c} x[1]", "cccc o...oo.o .o.o"},
        {"echo (ls -l) $(a) \"x$(b)y\"", "cccc occ --o ooco ssoocoss"},
        {"echo 'it\\'s' \"a\\\"$b\" \\'", "cccc sssssss ssss$$s .."},
        {"a # b ' c", "c #######"},
        {"a#b ^c a&b", "ccc .. ..."},
        {"a &| b &>f >>g <h >?i", "c oo c oo. oo. o. oo."},
        {"a & b", "c o c"},
        {"a | \\\nb", "c o .\nc"},
        {"if", "kk"},
        {"if -x", "cc --"},
        {"and --help; end-game", "ccc ------o cccccccc"},
        {"\"begin\"; end", "kkkkkkko kkk"},
        /* What cannot stand there. */
        {"end", "www"},
        {"else", "wwww"},
        {"case x", "wwww ."},
        {"begin; end x", "kkkkko kkk w"},
        {"| a", "w c"},
        {"a | | b", "c o w c"},
        {"a |& b", "c ww ."},
        {"a | and b", "c o www ."},
        {"(ls) x", "wcco ."},
        {"echo )", "cccc w"},
        {"echo a}", "cccc .w"},
        {"echo $ $-", "cccc w w."},
        {"break", "wwwww"},
        {"switch x; a", "kkkkkk .o w"},
        {"for i x", "kkk . w"},
        {"if a &; end", "kk c wo kkk"},
        {"a >; b", "c wo c"},
        /* What nothing closes. */
        {"echo 'open", "cccc ussss"},
        {"echo \"open $x", "cccc usssss$$"},
        {"echo (ls", "cccc ucc"},
        {"echo \"$(ls", "cccc uuucc"},
        {"echo {a", "cccc u."},
        {"echo $a[1", "cccc $$u."},
        {"caf\303\251 $\303\251", "ccccc $$$"},
    };
    parts_check(SYNTAX_FISH, cases, COUNT(cases));
}

static void brackets(void **state)
{
    (void)state;
    static const struct bracket_case cases[] = {
        {"a (b)", 2, 2, 4},        {"a (b)", 5, 4, 2},   {"a $(b)", 5, 5, 3},
        {"a {b,{c}}", 8, 8, 2},    {"a $b[1]", 4, 4, 6}, {"a \"$(b)\"", 4, 4, 6},
        {"a '(' ')'", 3, 0, -1},   {"a (b", 2, 0, -1},   {"[ a ]", 0, 0, -1},
        {"a {b (c) d}", 2, 2, 10},
    };
    brackets_check(SYNTAX_FISH, cases, COUNT(cases));
}

/* tests/oracle/test_syntax.py asks fish itself; this is what it cannot be asked. */
static void more_wanted(void **state)
{
    (void)state;
    static const struct more_case cases[] = {
        {"", false},           {"  \n ", false},       {"echo a \\", true},
        {"echo a\\\\", false}, {"for i in 1 2", true}, {"for i in 1 2\n  echo $i\nend", false},
        {"begin; (a)", true},
    };
    more_check(SYNTAX_FISH, cases, COUNT(cases));
}

static void depth(void **state)
{
    (void)state;
    static const char *const units[] = {
        "(", "$(", "\"$(", "{",     "a[",   "[",         "if a;", "begin;", "a=b ", "a=",     "9",
        ")", "}",  "'",    "and ",  "not ", "switch a;", "a|",    "$",      "\\",   "&",      ">",
        " ", "#",  "\n",   "else;", "end;", "'\"",       "a(",    "{(",     "$a[(", "break;",
    };
    depth_check(SYNTAX_FISH, units, COUNT(units));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),
        cmocka_unit_test(brackets),
        cmocka_unit_test(more_wanted),
        cmocka_unit_test(depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
