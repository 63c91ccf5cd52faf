#include "syntax_parts.h"

static void parts(void **state)
{
    (void)state;
    static const struct parts_case cases[] = {
        {"dir /s \"C:\\Program Files\\x\" *.txt", "ccc -- ssssssssssssssssssss ....."},
        {"dir/s&cd..", "cccccocccc"},
        {"echo %PATH% %x:a=b% %~1 %1 !y! 100%", "cccc $$$$$$ $$$$$$$ ... $$ $$$ ...."},
        {"if exist a.txt (echo y) else echo n", "kk kkkkk ..... occcc .o kkkk cccc ."},
        {"if /i not \"%a%\"==\"b\" goto c", "kk -- kkk s$$$soosss kkkk ."},
        {"if %x% equ 1 (a) else if defined y (b) else (c)",
         "kk $$$ kkk . oco kkkk kk kkkkkkk . oco kkkk oco"},
        {"if errorlevel 1 exit /b 2", "kk kkkkkkkkkk . kkkk -- ."},
        {"for %i in (a b \"c d\") do @echo %i", "kkk $$ kk o. . ssssso kk occcc $$"},
        {"for /f \"tokens=1,2 delims=,\" %%a in (x.txt) do call y %%a",
         "kkk -- sssssssssssssssssssss $$$ kk o.....o kk kkkk c $$$"},
        {"rem a & b", "#########"},
        {"  REM x", "  #####"},
        {"@rem y", "o#####"},
        {"remove x", "cccccc ."},
        {":: note", "#######"},
        {":label", "......"},
        {"a && b || c | d & e", "c oo c oo c o c o c"},
        {"a > f 2>&1 >> g < h", "c o . .oo. oo . o ."},
        {"echo a ^& b ^\"c", "cccc . .. . ..."},
        {"set x=a b", "ccc ... ."},
        {"call :sub 1", "kkkk .... ."},
        {"echo (a) b", "cccc ... ."},
        {"(a & b) > f", "oc o co o ."},
        {"a -b /c:d", "c -- ----"},
        {"for /l %i in (1,1,3) do (echo %i & echo x)",
         "kkk -- $$ kk o.....o kk occcc $$ o cccc .o"},
        {"echo %date:~0,4%", "cccc $$$$$$$$$$$"},
        /* What nothing closes. */
        {"echo \"a", "cccc us"},
        {"a ^", "c ."},
        {"(a", "uc"},
        {"if exist x (", "kk kkkkk . u"},
        {"for %i in (a", "kkk $$ kk u."},
        /* What cannot stand there. */
        {") x", "w c"},
        {"& a", "w c"},
        {"a & & b", "c o w c"},
        {"a | | b", "c o w c"},
        {"if x y z", "kk . w ."},
    };
    parts_check(SYNTAX_CMD, cases, COUNT(cases));
}

static void brackets(void **state)
{
    (void)state;
    static const struct bracket_case cases[] = {
        {"(a)", 0, 0, 2},       {"if x==y (a (b))", 8, 8, 13}, {"for %i in (a) do b", 13, 12, 10},
        {"echo (a)", 5, 0, -1}, {"\"()\"", 1, 0, -1},          {"(a", 0, 0, -1},
    };
    brackets_check(SYNTAX_CMD, cases, COUNT(cases));
}

static void more_wanted(void **state)
{
    (void)state;
    static const struct more_case cases[] = {
        {"", false},      {"a ^", true},     {"a ^^", false},
        {"(a", true},     {"(a\nb)", false}, {"if exist x (a) else (", true},
        {"a \"", false},  {"a &&", false},   {"echo (", false},
        {"rem (", false}, {")", false},
    };
    more_check(SYNTAX_CMD, cases, COUNT(cases));
}

static void depth(void **state)
{
    (void)state;
    static const char *const units[] = {
        "(", ")", "\"", "%",   "%a",   "%a:",      "!",   "!a:",   "^",    "&",  "|",
        "<", ">", "/",  "if ", "for ", "else ",    "@",   "rem\n", "::\n", "\n", "=",
        ",", ";", "a/", "a=",  "%%",   "if a==b ", "(a)", "not ",  "% ",   "-",  " ",
    };
    depth_check(SYNTAX_CMD, units, COUNT(units));
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
