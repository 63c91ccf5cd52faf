#include "session/typo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void commands(void **state)
{
    (void)state;
    static const struct {
        const char *line, *word;
    } cases[] = {
        {"gti status", "gti"}, {"  ls", "ls"},     {"A=1 B='x' gti log", "gti"},
        {"gti|less", "gti"},   {"gti\nls", "gti"}, {"apt-get update", "apt-get"},
        {"g++ x.c", "g++"},    {"", ""},           {"   ", ""},
        {"./run", ""},         {"\"gti\"", ""},    {"$X y", ""},
        {"(gti)", ""},         {"A=1", ""},        {"~/x", ""},
        {"! gti", ""},         {"[ -f x ]", ""},   {"\xc3\xa9t\xc3\xa9", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len, at = typo_command(cases[i].line, &len);
        assert_int_equal(len, strlen(cases[i].word));
        assert_memory_equal(cases[i].line + at, cases[i].word, len);
    }
}

static void distances(void **state)
{
    (void)state;
    static const struct {
        const char *word, *other;
        int distance;
    } cases[] = {
        {"gti", "git", 1},
        {"git", "git", 0},
        {"sl", "ls", 1},
        {"la", "ls", -1},
        {"l", "ls", -1},
        {"lss", "ls", 1},
        {"gut", "git", 1},
        {"gt", "git", -1},
        {"mkae", "make", 1},
        {"mkea", "make", -1},
        {"dokcer", "docker", 1},
        {"dcoker", "docker", 1},
        {"dockre", "docker", 1},
        {"doker", "docker", 1},
        {"systemclt", "systemctl", 1},
        {"sysemclt", "systemctl", 2},
        {"kubeclt", "kubectl", 1},
        {"kitten", "sitting", -1},
        {"make", "cmake", 1},
        {"vim", "git", -1},
        {"top", "htop", 1},
        {"python", "py", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int d = typo_distance(cases[i].word, strlen(cases[i].word), cases[i].other,
                              strlen(cases[i].other));
        if (d != cases[i].distance)
            fail_msg("%s %s: %d", cases[i].word, cases[i].other, d);
    }
    char longest[100];
    memset(longest, 'x', sizeof longest);
    assert_int_equal(typo_distance(longest, 100, longest, 100), -1);
    assert_int_equal(typo_distance(longest, 40, longest, 39), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(commands), cmocka_unit_test(distances)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
