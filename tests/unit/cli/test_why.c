#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/cli.h"
#include "cli/why.h"

/* ---- options ---- */

#define WORDS 8

static const struct {
    const char *argv[WORDS];
    bool ok;
    int rest; /* of the words behind the host and its options */
    enum ssh_request_tty tty;
    const char *option; /* the first -o */
} lines[] = {
    {{"tether", "web1"}, true, 2, REQUEST_TTY_AUTO, NULL},
    {{"tether", "-t", "web1", "ls", "-l"}, true, 3, REQUEST_TTY_YES, NULL},
    {{"tether", "-tt", "web1", "ls"}, true, 3, REQUEST_TTY_FORCE, NULL},
    {{"tether", "web1", "-t", "-t", "ls", "-t"}, true, 4, REQUEST_TTY_FORCE, NULL},
    {{"tether", "-tT", "web1"}, true, 2 + 1, REQUEST_TTY_NO, NULL},
    {{"tether", "-4", "web1", "--", "-x"}, true, 4, REQUEST_TTY_AUTO, "AddressFamily=inet"},
    {{"tether", "-6", "web1"}, true, 3, REQUEST_TTY_AUTO, "AddressFamily=inet6"},
    {{"tether", "-Ja,b", "web1"}, true, 3, REQUEST_TTY_AUTO, "ProxyJump=a,b"},
    {{"tether", "-A", "web1"}, true, 3, REQUEST_TTY_AUTO, "ForwardAgent=yes"},
    {{"tether", "-J"}, false, 0, REQUEST_TTY_AUTO, NULL},
    {{"tether", "web1", "-L", "1:b:2"}, false, 0, REQUEST_TTY_AUTO, NULL},
};

static void options_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char *argv[WORDS + 1] = {NULL};
        int argc = 0;
        for (; argc < WORDS && lines[i].argv[argc]; argc++)
            argv[argc] = strdup(lines[i].argv[argc]);
        struct cli_options o;
        bool ok = cli_options_read(&o, argc, argv) && cli_options_more(&o, argc, argv);
        assert_int_equal(ok, lines[i].ok);
        if (ok) {
            assert_int_equal(o.rest, lines[i].rest);
            assert_int_equal(o.tty, lines[i].tty);
            assert_int_equal(o.ssh.option != NULL, lines[i].option != NULL);
            if (lines[i].option)
                assert_string_equal(o.ssh.option[0], lines[i].option);
        }
        cli_options_release(&o);
        for (int k = 0; k < argc; k++)
            free(argv[k]);
    }
}

/* ---- values ---- */

static void values(void **state)
{
    (void)state;
    char one[] = "TOKEN=secret", two[] = "LANG=C";
    char *env[] = {one, two, NULL};
    char a[] = "a", b[] = "b", *list[] = {a, b, NULL};
    struct ssh_settings s = {.family = AF_INET6,
                             .strict = STRICT_ACCEPT_NEW,
                             .set_env = env,
                             .escape_char = 0x1d,
                             .request_tty = REQUEST_TTY_FORCE,
                             .log_level = LEVEL_DEBUG2,
                             .timeout = 7,
                             .preferred_auth = list,
                             .identity_file = list};
    static const struct {
        const char *name, *value;
    } wanted[] = {{"AddressFamily", "inet6"},
                  {"StrictHostKeyChecking", "accept-new"},
                  {"SetEnv", "TOKEN LANG"},
                  {"sendenv", "TOKEN LANG"},
                  {"EscapeChar", "^]"},
                  {"RequestTTY", "force"},
                  {"LogLevel", "DEBUG2"},
                  {"ConnectTimeout", "7"},
                  {"PreferredAuthentications", "a,b"},
                  {"IdentityFile", "a b"},
                  {"BatchMode", "no"},
                  {"ProxyJump", ""}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        char *value = why_value(&s, wanted[i].name);
        assert_string_equal(value, wanted[i].value);
        free(value);
    }
    s.escape_char = -1;
    char *none = why_value(&s, "EscapeChar");
    assert_string_equal(none, "none");
    free(none);
    assert_null(why_value(&s, "NoSuchThing"));
    assert_null(why_value(&s, "LocalForward")); /* it is no setting of ours */
}

/* ---- places ---- */

static void places(void **state)
{
    (void)state;
    setenv("HOME", "/home/ann", 1);
    struct why_places *p = why_places_new();
    struct ssh_trace trace = why_places_trace(p);
    static const struct {
        const char *keyword, *file;
        int line;
    } told[] = {
        {"Port", "/home/ann/.ssh/config", 3},         {"User", "command line", 0},
        {"IdentityFile", "command line", 0},          {"IdentityFile", "command line", 0},
        {"IdentityFile", "/home/ann/.ssh/config", 5}, {"IdentityFile", "/home/ann/.ssh/config", 7},
        {"IdentityFile", "/etc/ssh/ssh_config", 2},   {"SetEnv", "/home/anna/a\033[31m", 1},
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        trace.line(trace.data, ssh_keyword_find(told[i].keyword), told[i].file, told[i].line);
    assert_string_equal(why_place(p, "Port"), "~/.ssh/config:3");
    assert_string_equal(why_place(p, "User"), "command line");
    assert_string_equal(why_place(p, "IdentityFile"),
                        "command line ~/.ssh/config:5,7 /etc/ssh/ssh_config:2");
    assert_string_equal(why_place(p, "SetEnv"), "/home/anna/a\\x1b[31m:1");
    assert_null(why_place(p, "HostName"));
    assert_null(why_place(p, "NoSuchThing"));
    why_places_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_table),
        cmocka_unit_test(values),
        cmocka_unit_test(places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
