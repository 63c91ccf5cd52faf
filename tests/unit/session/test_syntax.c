#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "syntax_parts.h"

/* ---- what the parts are ---- */

static void parts(void **state)
{
    (void)state;
    static const struct parts_case cases[] = {
        {"ls -l a", "cc -- ."},
        /* What another command runs. */
        {"sudo ls -l", "cccc cc --"},
        {"sudo -u ann A=1 env -i B=2 ls x", "cccc -- ... ... ccc -- ... cc ."},
        {"sudo -l ls", "cccc -- .."},
        {"sudo -nu ann ls", "cccc --- ... cc"},
        {"sudo --user ann", "cccc ------ ..."},
        {"sudo --user=ann -- ls", "cccc ---------- -- cc"},
        {"xargs -n 1 grep -v x | nice ls", "ccccc -- . cccc -- . o cccc cc"},
        {"sudo; ls x", "cccco cc ."},
        {"sudo if ls", "cccc cc .."},
        {"echo sudo ls", "cccc .... .."},
        {"echo 'a b' \"c\" d", "cccc sssss sss ."},
        {"echo \"a $x b\"$'\\''", "cccc sss$$ssssssss"},
        {"echo 'open", "cccc ussss"},
        {"echo \"open $x", "cccc usssss$$"},
        {"if a; then b; fi", "kk co kkkk co kk"},
        {"for i in 1 2; do x; done", "kkk . kk . .o kk co kkkk"},
        {"case $x in a|b) c;; esac", "kkkk $$ kk .... coo kkkk"},
        {"a=1 b=$(c -d) e", "... ..ooc --o c"},
        {"x=(1 2) y", "..$$$$$ c"},
        {"a && b | c ; d &", "c oo c o c o c o"},
        {"f() { echo; }", ".oo k cccco k"},
        {"function f { :; }", "kkkkkkkk . k co k"},
        {"[[ -f x ]] || y", "kk -- . kk oo c"},
        {"((i++)); z", "$$$$$$$o c"},
        {"echo $((1+2)) ${x:-'y'} $", "cccc $$$$$$$$ $$$$$sss$ ."},
        {"cat <<E >f\nhi\nE\nb", "ccc oo. o.\nsssssc"},
        {"a # b", "c ###"},
        {"done", "wwww"},
        {"a )", "c w"},
        {"a ;; b", "c ww c"},
        {"for i x", "kkk . w"},
        {"echo *.@(a|b) `c`", "cccc ...$$$$$ $$$"},
        {"time ! ls", "kkkk k cc"},
        {"ls>out 2>&1", "cco... .oo."},
        {"caf\303\251 -\303\251", "ccccc ---"},
    };
    parts_check(SYNTAX_SH, cases, COUNT(cases));
}

static void brackets(void **state)
{
    (void)state;
    static const struct bracket_case cases[] = {
        {"(a)", 0, 0, 2},           {"(a)", 2, 2, 0},       {"(a)", 3, 2, 0},
        {"(a", 0, 0, -1},           {"echo $(b)", 6, 6, 8}, {"echo ${b}", 9, 8, 6},
        {"echo '(' ')'", 6, 0, -1}, {"[[ a ]]", 0, 0, 6},
    };
    brackets_check(SYNTAX_SH, cases, COUNT(cases));
}

/* ---- whether more is wanted: as bash itself has it ---- */

static const char *const scripts[] = {
    "if true; then echo a; elif false; then echo b; else echo c; fi",
    "for i in 1 2 3; do echo $i; done",
    "for ((i=0;i<3;i++)); do echo $i; done",
    "while read -r x; do echo \"$x\"; done < /etc/passwd",
    "case $x in a|b) echo 1;; (c) echo 2 ;; *) echo 3; esac",
    "case \"$1\" in\nstart)\n  echo go\n  ;;\n*) exit 1\nesac",
    "f() { echo \"a $(echo 'b)') c\"; }; f",
    "function g { local x=1; echo ${x:-\"y\"}; }",
    "cat <<EOF\nhello $(date)\nEOF",
    "cat <<-'E' | tr a b\n\ttab\n\tE\nls",
    "echo \"a\nb\" 'c\nd' $'e\\'f'",
    "a=(1 2 \"3 4\" $(seq 3)); echo ${a[@]} ${#a[*]} $((1+(2*3)))",
    "( cd /tmp && ls ) | sort -u > out 2>&1 &",
    "{ echo a; echo b; } | cat",
    "x=1 y=$(echo hi) env | grep -E '^(x|y)='",
    "until false; do break; done; select z in a b; do break; done",
    "if [ -f x ] && [ -d y ]; then echo \"$(if true; then echo deep; fi)\"; fi",
    "echo `echo a` \"`echo b`\" # comment ' here",
    "diff <(sort a) <(sort b) > /dev/null",
    "time ! grep -q x y; coproc cat",
    "echo ${x/#a/b} ${y%%/*} $# $? $$ $! $- $@ $* $0 ${10}",
    "echo {a,b}{1..3} ~ ~/x *.[ch] ?",
    "for x; do echo $x; done",
    "for x in \"$@\"\ndo\n  echo \"$x\"\ndone",
    "while :; do case $x in a) break;; esac; done",
    "foo() ( echo sub )",
    "echo a;echo b&echo c|cat|&cat",
    "! true; 2>/dev/null ls; >out",
    "echo $'\\n' $\"loc\" \\' \\\" \\\\",
    "exec 3<>file 4>&- 5<&0",
    "a && b || c; d",
};

/* bash reads what Enter would send: each text with a newline behind it. */
static const char judge[] =
    "while IFS= read -r -d '' x; do said=$(LC_ALL=C bash -n -c \"$x\"$'\\n' 2>&1)\n"
    "case $said in *'unexpected end of file'*|*'unexpected EOF'*|*here-document*) echo 1;;\n"
    "*) echo 0;; esac; done <\"$0\"";

/* A backslash at the end hides the newline, so bash does not say that it would go on. */
static bool comparable(const char *text, size_t len)
{
    return text[len - 1] != '\\';
}

static void more_wanted(void **state)
{
    (void)state;
    char path[] = "/tmp/syntax-XXXXXX", answer[8];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        for (size_t n = 1; n <= strlen(scripts[i]); n++)
            if (comparable(scripts[i], n)) {
                fwrite(scripts[i], 1, n, f);
                putc('\0', f);
            }
    fclose(f);
    char *command = xasprintf("exec bash -c \"%s\" %s", "$JUDGE", path);
    setenv("JUDGE", judge, 1);
    FILE *said = popen(command, "r");
    struct syntax s = {0};
    size_t compared = 0;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        for (size_t n = 1; n <= strlen(scripts[i]); n++) {
            if (!comparable(scripts[i], n))
                continue;
            assert_non_null(fgets(answer, sizeof answer, said));
            syntax_scan(&s, SYNTAX_SH, scripts[i], n);
            compared++;
            if (s.incomplete != (answer[0] == '1'))
                fail_msg("bash: %c, we: %d: %.*s", answer[0], s.incomplete, (int)n, scripts[i]);
        }
    assert_true(compared > 1000);
    assert_int_equal(pclose(said), 0);
    unlink(path);
    free(command);
    syntax_release(&s);
}

static void more_wanted_too(void **state)
{
    (void)state;
    static const struct more_case cases[] = {
        {"", false},
        {"   ", false},
        {"echo a \\", true},
        {"[[ a &&", true},
        {"[[ a ]]", false},
        {"cat <<E\na\nE", false},
        {"cat <<E\na\n E", true},
        {"done", false},
        {"if )", false},
        {"echo \"$(", true},
        {"`", true},
        {"echo #'", false},
    };
    more_check(SYNTAX_SH, cases, COUNT(cases));
}

static void depth(void **state)
{
    (void)state;
    static const char *const units[] = {"$(", "(", "${", "\"$(", "if ", "{ ", "<(", "case x in "};
    depth_check(SYNTAX_SH, units, COUNT(units));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),       cmocka_unit_test(brackets),
        cmocka_unit_test(more_wanted), cmocka_unit_test(more_wanted_too),
        cmocka_unit_test(depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
