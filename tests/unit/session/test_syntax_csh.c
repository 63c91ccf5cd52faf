#include "syntax_parts.h"

static void parts(void **state)
{
    (void)state;
    static const struct parts_case cases[] = {
        {"ls -l a", "cc -- ."},
        {"if (-e $x) then\n  echo y\nelse if ($y == \"a\") then\n  b\nelse\n  c\nendif",
         "kk o.. $$o kkkk\n  cccc .\nkkkk kk o$$ .. ssso kkkk\n  c\nkkkk\n  c\nkkkkk"},
        {"if ($a && $b) echo hi", "kk o$$ oo $$o cccc .."},
        {"foreach i (a b $c)\n  echo $i\nend", "kkkkkkk . o. . $$o\n  cccc $$\nkkk"},
        {"while ($x < 3)\n  @ x++\nend", "kkkkk o$$ o .o\n  c ...\nkkk"},
        {"switch ($x)\ncase a*:\n  b\n  breaksw\ndefault:\n  c\nendsw",
         "kkkkkk o$$o\nkkkk ...\n  c\n  kkkkkkk\nkkkkkkk.\n  c\nkkkkk"},
        {"set x = (a b) y=1", "ccc . . o. .o ..."},
        {"@ x = ($y + 1)", "c . . o$$ . .o"},
        {"echo \"a $x[1] ${y:h}\" 'b $z' `c d`:q", "cccc sss$$ssss$$$$$$s ssssss $$$$$.."},
        {"echo $#a $?b $$ $< $0 $* $%c", "cccc $$$ $$$ $$ $$ $$ $$ $$$"},
        {"echo !! !$ \"!-1\" '!x' \\!y a! !=", "cccc $$ $$ s$$$s s$$s ... .. .."},
        {"a | b |& c && d || e; f &", "c o c oo c oo c oo co c o"},
        {"(cd x; ls -l) | sort > f", "occ .o cc ..o o cccc o ."},
        {"a >& f >>! g < h", "c oo . ooo . o ."},
        {"cat <<E -x\nhi $x\nE\nls", "ccc oo. --\nsssssssscc"},
        {"sudo ls", "cccc .."},
        {"lab: goto lab", ".... .... ..."},
        {"echo a # b", "cccc . . ."},
        {"set y=\"\\\nz\"", "ccc ..sssss"},
        {"if (1) then\nforeach i (1)\nend\nendif", "kk o.o kkkk\nkkkkkkk . o.o\nkkk\nkkkkk"},
        {"echo 'it'\\''s' \"a\\\"b\" c\\ d", "cccc ssss..sss ssssss .. ."},
        /* What nothing closes. */
        {"echo 'a", "cccc us"},
        {"echo \"a $b", "cccc uss$$"},
        {"echo `a", "cccc u$"},
        {"echo (a", "cccc u."},
        {"(ls", "ucc"},
        {"echo 'a\nls 'b'", "cccc us\ncc sss"},
        /* What cannot stand there. */
        {"end", "www"},
        {"endsw", "wwwww"},
        {"| a", "w c"},
        {"a | | b", "c o w c"},
        {"echo )", "cccc w"},
        {"a && && b", "c oo ww c"},
        {"foreach i (1)\nendif", "kkkkkkk . o.o\nwwwww"},
    };
    parts_check(SYNTAX_CSH, cases, COUNT(cases));
}

static void brackets(void **state)
{
    (void)state;
    static const struct bracket_case cases[] = {
        {"(a)", 0, 0, 2},       {"set x=(a (b))", 13, 12, 6},
        {"if ($x) a", 6, 6, 3}, {"a '(' ')'", 3, 0, -1},
        {"(a", 0, 0, -1},       {"(a\nb)", 0, 0, -1},
    };
    brackets_check(SYNTAX_CSH, cases, COUNT(cases));
}

/* As tcsh 6.24 does at a terminal. */
static void more_wanted(void **state)
{
    (void)state;
    static const struct more_case cases[] = {
        {"", false},
        {"a \\", false}, /* it reads on without asking */
        {"a |", false},
        {"a &&", false},
        {"a '", false},
        {"a (", false},
        {"foreach i (1 2)", true},
        {"foreach i (1 2)\n  a\nend", false},
        {"while (1)\n  if (1) then\n    a\nend", true},
        {"if (1) then", true},
        {"if (1) then\na\nelse if (2) then\nb\nendif", false},
        {"if (1) a", false},
        {"if (1)", false},
        {"switch ($x)\ncase a:", true},
        {"switch ($x)\ncase a:\nbreaksw\nendsw", false},
        {"cat <<E", true},
        {"cat <<E\na\n E", true},
        {"cat <<'E'\na\nE", false},
        {"foreach i (1)\na '", false},
        {"end", false},
    };
    more_check(SYNTAX_CSH, cases, COUNT(cases));
}

static void depth(void **state)
{
    (void)state;
    static const char *const units[] = {
        "(",     ")",     "'",  "\"",  "`",   "$",   "${", "$#",    "!",  "!a",  "\\",
        "if (",  "else ", "a;", "a|",  "|",   "&",   ">",  "<<a\n", "\n", "'\n", "foreach\n",
        "end\n", "case ", "a:", "\"$", "\"!", "$a:", ":q", "-",     " ",  "(a)",
    };
    depth_check(SYNTAX_CSH, units, COUNT(units));
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
