/* Windows' shells: found by their answer, started by a short command, read from their row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "session/windows.h"

#define NONCE "fedcba9876543210fedcba9876543210"

static void the_server_is_known_by_its_banner(void **state)
{
    (void)state;
    assert_true(windows_is_server("SSH-2.0-OpenSSH_for_Windows_8.1"));
    assert_false(windows_is_server("SSH-2.0-OpenSSH_9.2p1 Debian-2"));
}

static void shells_are_known_by_their_answer(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        enum windows_shell shell;
    } answers[] = {
        {"tether C:\\WINDOWS\\system32\\cmd.exe $PSHOME\r\n", WINDOWS_CMD},
        {"tether\r\n%COMSPEC%\r\nC:\\Windows\\System32\\WindowsPowerShell\\v1.0\r\n",
         WINDOWS_POWERSHELL},
        {"tether\r\n%COMSPEC%\r\nC:\\Program Files\\PowerShell\\7\r\n", WINDOWS_PWSH},
        {"tether %COMSPEC%\n", WINDOWS_POSIX},
        {"tether %COMSPEC% \n", WINDOWS_POSIX},
        {"tether %COMSPEC% $PSHOME\n", WINDOWS_UNKNOWN},
        {"tether\r\n", WINDOWS_UNKNOWN},
        {"This service allows sftp connections only.\r\n", WINDOWS_UNKNOWN},
        {"", WINDOWS_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        assert_int_equal(windows_shell(answers[i].answer), answers[i].shell);
}

/* Win32-OpenSSH's MAX_CMD_LEN. */
static void commands_are_short(void **state)
{
    (void)state;
    struct buf out = {0};
    windows_cmd_command(NONCE, true, &out);
    assert_string_equal(buf_str(&out), "cmd /k set __tt=\033]7770;" NONCE ";D;^&"
                                       "set __tu=\033\\\033[^&"
                                       "set __tp=$E[J$P$G$E]7770;" NONCE ";B$E\\^&"
                                       "prompt $E[J$P$G$E]7770;" NONCE ";B$E\\");
    buf_clear(&out);
    windows_cmd_command(NONCE, false, &out);
    assert_memory_equal(buf_str(&out), "cmd /d /k ", 10);
    buf_clear(&out);
    windows_powershell_command(WINDOWS_PWSH, NONCE, "home git jobs venv", "C:\\Users\\\u00e4nn",
                               false, &out);
    static const char begin[] = "pwsh -NoLogo -NoProfile -NoExit -EncodedCommand ";
    assert_memory_equal(buf_str(&out), begin, strlen(begin));
    /* "$t =" in UTF-16. */
    assert_memory_equal(buf_str(&out) + strlen(begin), "JAB0ACAAPQ", 10);
    assert_true(out.len < 8191);
    const char *end = strstr(buf_str(&out), "; exit $LASTEXITCODE");
    assert_non_null(end);
    assert_int_equal((end - buf_str(&out) - (long)strlen(begin)) % 4, 0);
    buf_release(&out);
}

static void status_is_asked_for_in_a_row(void **state)
{
    (void)state;
    struct buf out = {0};
    windows_status_question(999, &out);
    assert_string_equal(buf_str(&out), "echo %__tt%%errorlevel%%__tu%999A");
    assert_true(out.len <= WINDOWS_QUESTION_COLUMNS);
    buf_release(&out);
}

static void some_commands_keep_the_level(void **state)
{
    (void)state;
    static const char *const keep[] = {"echo",
                                       " echo. ",
                                       "@ECHO off",
                                       "set \"a=b\"",
                                       "title x & y|rem",
                                       "d:",
                                       "if a==b (echo c",
                                       "false & echo \"a & b\""};
    static const char *const set[] = {"dir",   "echo a & dir",      "echox", "\"echo\"",
                                      "c:\\x", "echo a ^& b & dir", "cd x",  ""};
    for (size_t i = 0; i < sizeof keep / sizeof keep[0]; i++)
        assert_true(windows_keeps_level(keep[i]));
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        assert_false(windows_keeps_level(set[i]));
}

static void a_row_is_a_prompt(void **state)
{
    (void)state;
    assert_int_equal(windows_prompt("C:\\>"), 4);
    assert_int_equal(windows_prompt("C:\\Users\\ann>echo a > b"), 13);
    assert_int_equal(windows_prompt("\\\\server\\share>"), 15);
    assert_int_equal(windows_prompt("C:\\Users\\ann"), 0);
    assert_int_equal(windows_prompt("C:>"), 0);
    assert_int_equal(windows_prompt("ann>"), 0);
    assert_int_equal(windows_prompt(""), 0);
}

static void files_are_listed(void **state)
{
    (void)state;
    struct buf out = {0};
    assert_true(windows_list_command("C:\\a b", "type \"my d", 10, &out));
    assert_string_equal(buf_str(&out),
                        "chcp 65001 >nul & cd /d \"C:\\a b\" && dir /b /ad \"my d*\" 2>nul & "
                        "echo / & dir /b /a-d \"my d*\" 2>nul");
    buf_release(&out);
    /* What would act in the command. */
    static const char *const words[] = {"type %x*", "type a*", "type \"a|b", "type \"a>b"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_false(windows_list_command("C:\\", words[i], strlen(words[i]), &out));
    assert_false(windows_list_command("C:\\\" & del x", "type a", 6, &out));
    assert_int_equal(out.len, 0);
    assert_true(windows_list_command("C:\\", "dir & type a", 12, &out));
    assert_non_null(strstr(buf_str(&out), "/ad \"a*\""));
    buf_release(&out);
}

static void words_are_of_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *command; /* NULL: none */
    } lines[] = {
        {"cd sub", "cd /d \"C:\\\" && dir /b /ad \"sub*\" 2>nul"},
        {"echo a&RD \"x y", "cd /d \"C:\\\" && dir /b /ad \"x y*\" 2>nul"},
        {"echo %us", "set us"},
        {"type \"%a%\\%Pr", "set Pr"},
        {"type %a%\\b",
         "cd /d \"C:\\\" && dir /b /ad \"%a%\\b*\" 2>nul & echo / & dir /b /a-d \"%a%\\b*\" 2>nul"},
        {"echo %a&b",
         "cd /d \"C:\\\" && dir /b /ad \"b*\" 2>nul & echo / & dir /b /a-d \"b*\" 2>nul"
         " & echo / & for %d in (\"%PATH:;=\" \"%\") do @for %e in (%PATHEXT:;= %) do "
         "@dir /b /a-d \"%~d\\b*%e\" 2>nul"},
        {"call ", "cd /d \"C:\\\" && dir /b /ad \"*\" 2>nul & echo / & dir /b /a-d \"*\" 2>nul"},
        {"echo %a.b", NULL},
        {"type %a|b%c", "set c"},
        {"type %a b%\\c", NULL},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct buf out = {0};
        bool asked = windows_list_command("C:\\", lines[i].line, strlen(lines[i].line), &out);
        assert_int_equal(asked, lines[i].command != NULL);
        if (asked)
            assert_string_equal(buf_str(&out) + strlen("chcp 65001 >nul & "), lines[i].command);
        buf_release(&out);
    }
    struct buf out = {0};
    assert_true(windows_list_command("\\\\host\\share", "type a", 6, &out));
    static const char share[] = "chcp 65001 >nul & pushd \"\\\\host\\share\" && dir";
    assert_memory_equal(buf_str(&out), share, strlen(share));
    buf_release(&out);
}

static void assert_answer(const char *line, const char *answer, size_t word, const char *strings)
{
    struct buf out = {0};
    size_t count;
    assert_int_equal(windows_list_answer(line, strlen(line), answer, &out, &count), word);
    size_t n = 0;
    for (size_t i = 0; i < out.len; i++) {
        uint8_t c = buf_data(&out)[i];
        n += c == '\0';
        assert_int_equal(c == '\0' ? '|' : c, strings[i]);
    }
    assert_int_equal(strings[out.len], '\0');
    assert_int_equal(n, count);
    buf_release(&out);
}

static void names_are_quoted(void **state)
{
    (void)state;
    assert_answer("cd ", "sub\r\nProgram Files\r\n/ \r\nfile.txt\r\n", 0,
                  "sub\\||sub\\|\"Program Files\\||Program Files\\|file.txt ||file.txt|");
    assert_answer("type \"sub\\o", "/ \r\none\r\n", 6, "\"sub\\one\" ||one|");
    assert_answer("type c:a", "/ \r\na&b\r\n", 3, "\"c:a&b\" ||a&b|");
    assert_answer("type x", "/ \r\n", 1, "");
    assert_answer("ro", "rooms\r\n/\r\nrope.txt\r\n/\r\nrobocopy.exe\r\n", 2,
                  "rooms\\||rooms\\|rope.txt ||rope.txt|robocopy ||robocopy|");
    assert_answer("start ECH", "/\r\n/\r\n", 3, "echo ||echo|");
    assert_answer("echo x%Pa", "Path=C:\\a=b\r\nPATHEXT=.EXE\r\n", 4,
                  "x%Path%|C:\\a=b|Path|x%PATHEXT%|.EXE|PATHEXT|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_is_known_by_its_banner),
        cmocka_unit_test(shells_are_known_by_their_answer),
        cmocka_unit_test(commands_are_short),
        cmocka_unit_test(status_is_asked_for_in_a_row),
        cmocka_unit_test(some_commands_keep_the_level),
        cmocka_unit_test(a_row_is_a_prompt),
        cmocka_unit_test(files_are_listed),
        cmocka_unit_test(words_are_of_kinds),
        cmocka_unit_test(names_are_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
