#include "syntax_parts.h"

static void parts(void **state)
{
    (void)state;
    static const struct parts_case cases[] = {
        {"Get-ChildItem -Recurse -Filter *.txt | Where-Object { $_.Length -gt 1kb }",
         "ccccccccccccc -------- ------- ..... o cccccccccccc o $$o...... ooo ... o"},
        {"if ($x -eq 1) { a } elseif ($y) { b } else { c }",
         "kk o$$ ooo .o o c o kkkkkk o$$o o c o kkkk o c o"},
        {"foreach ($i in 1..3) { \"n: $i\" }", "kkkkkkk o$$ kk .oo.o o ssss$$s o"},
        {"$x = @{ a = 1; \"b\" = ls -l }", "$$ o oo . o .o sss o cc -- o"},
        {"'it''s' + \"a `\" $($x.y[0]) ${z}\"", "sssssss o ssssssoo$$o.o.oos$$$$s"},
        {"[int]$n = [Math]::Sqrt(2)", "o...o$$ o o....ooo....o.o"},
        {"function f([string]$a = 1) { return $a }", "kkkkkkkk .oo......o$$ o .o o kkkkkk $$ o"},
        {"switch -regex ($x) { 1 { a } default { b } }",
         "kkkkkk ------ o$$o o . o c o kkkkkkk o c o o"},
        {"try { a } catch [E], [F] { b } finally { c }",
         "kkk o c o kkkkk o.o. o.o o c o kkkkkkk o c o"},
        {"do { a } while ($x)", "kk o c o kkkkk o$$o"},
        {"& \"a b\" -c; . ./d", "o sssss --o o ccc"},
        {"a -b:c $d[1] @e -- f 2>&1 >> g", "c ---. $$o.o $$ -- . oooo oo ."},
        {"a # b", "c ###"},
        {"a <# b #> c", "c ####### ."},
        {"$env:PATH -split \";\" -join \",\"", "$$$$$$$$$ oooooo sss ooooo sss"},
        {"IF ($x) {} ELSE {}", "kk o$$o oo kkkk oo"},
        {"class A : B { [int] $x = 1; static [void] f() { a } }",
         "kkkkk . . . o o...o $$ o .o kkkkkk o....o .oo o c o o"},
        {"[A(b=1, c=2)][int]$x", "o.o.o.o .o.ooo...o$$"},
        {"-not $a -and !$b", "oooo $$ oooo o$$"},
        {"$a ? 1 : 2", "$$ o . o ."},
        {"7z a; 0x1f; 1.5e3", "cc .o ....o ....."},
        {"ls | foreach { $_ } | % { $_ }", "cc o ccccccc o $$ o o c o $$ o"},
        {"(1, 2).foreach({ $_ })", "o.o .oo.......oo $$ oo"},
        {"cmd --% a \"b | c", "ccc --- . .. o c"},
        {":l while (1) { break l }", ".. kkkkk o.o o kkkkk . o"},
        {"param([a()]$x)", "kkkkkoo.ooo$$o"},
        {"$x++; $y += 1", "$$ooo $$ oo ."},
        {"using namespace System", "kkkkk ......... ......"},
        {"@'\na\n'@ -f 1", "sssssss oo ."},
        {"@\"\n$x \"b\" $(c)\n\"@", "sss$$sssssoocosss"},
        /* What nothing closes. */
        {"a \"b $c", "c uss$$"},
        {"a 'b", "c us"},
        {"a (b", "c uc"},
        {"$x[1", "$$u."},
        {"if ($x) {", "kk o$$o u"},
        {"@'", "uu"},
        {"@\"\na $x", "uusss$$"},
        {"${a", "uu$"},
        {"<# a", "uu##"},
        {"\"a $(b", "ussuuc"},
        {"\"$x $(", "u$$suu"},
        /* What cannot stand there. */
        {"$x a", "$$ w"},
        {"a )", "c w"},
        {"| a", "w c"},
        {"a | | b", "c o w c"},
        {"1 + a", ". o w"},
        {"$x -foo 1", "$$ wwww w"},
        {"a; else {}", "co cccc oo"},
        {"if x", "kk w"},
        {"a }", "c w"},
        {"@\"x", "ww."},
        {"a < b", "c w ."},
        {"try {} b", "kkk oo w"},
        {"$caf\303\251 \303\251 -\303\251", "$$$$$$ ww oww"},
    };
    parts_check(SYNTAX_PWSH, cases, COUNT(cases));
}

static void brackets(void **state)
{
    (void)state;
    static const struct bracket_case cases[] = {
        {"a (b)", 2, 2, 4},     {"a $(b)", 5, 5, 3},       {"a @{b=1}", 8, 7, 3},
        {"$a[$b[1]]", 8, 8, 2}, {"{ [int]$x }", 0, 0, 10}, {"{ [int]$x }", 2, 2, 6},
        {"\"$(a)\"", 2, 2, 4},  {"'()'", 1, 0, -1},        {"(a", 0, 0, -1},
        {"(}", 1, 0, -1},
    };
    brackets_check(SYNTAX_PWSH, cases, COUNT(cases));
}

/* tests/oracle/test_syntax.py asks PowerShell itself where there is one. */
static void more_wanted(void **state)
{
    (void)state;
    static const struct more_case cases[] = {
        {"", false},
        {" \n", false},
        {"a `", true},
        {"a |", true},
        {"a &&", true},
        {"$x =", true},
        {"$x = 1", false},
        {"1, ", true},
        {"a b,", true},
        {"'x' -replace", true},
        {"'x' -repl", false},
        {"if ($x)", true},
        {"if ($x) { a }", false},
        {"if ($x) { a } else", true},
        {"do { a }", true},
        {"try { a }", true},
        {"try { a } catch { b }", false},
        {"function f", true},
        {"@'\na", true},
        {"@'\na\n'@", false},
        {"@\"\na\n \"@", true},
        {"\"a\"\"", true},
        {"a \"$(b", true},
        {"[int", false},
        {"$x.", true},
        {"$x ? 1", true},
        {"a }", false},
        {"a # {", false},
    };
    more_check(SYNTAX_PWSH, cases, COUNT(cases));
}

static void depth(void **state)
{
    (void)state;
    static const char *const units[] = {
        "(",   "{", "[",  "$(",  "@(",    "@{",  "\"",     "\"$(",    "'",       "@\"\n", "@\"",
        "@'",  "$", "${", "`",   "if (",  "if ", "else ",  "try {",   "do {}",   "-",     "--",
        "-x ", ",", "1,", "1+",  "$x ? ", "<#",  "#",      "|",       "a|",      "&",     ">",
        ")",   "}", "]",  "[a(", "$a[",   ".",   "$a.",    ":",       "=",       "a=",    "9",
        "\n",  " ", "a,", "@",   "1 ",    "t ",  "class ", "switch ", "catch [", "*",
    };
    depth_check(SYNTAX_PWSH, units, COUNT(units));
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
