/* ssh's letters: the options they stand for, and what is said of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "cli/letters.h"
#include "proto/ssh_settings.h"

#define WORDS 9

struct line {
    char *words[WORDS + 1];
    int count;
    struct cli_options options;
};

static bool read_line(struct line *line, const char *text)
{
    *line = (struct line){.words = {strdup("tether")}, .count = 1};
    char *copy = strdup(text), *rest = copy;
    for (char *word; line->count < WORDS && (word = strsep(&rest, " "));)
        line->words[line->count++] = strdup(word);
    free(copy);
    bool ok = cli_options_read(&line->options, line->count, line->words);
    if (ok && line->options.rest < line->count)
        ok = cli_options_more(&line->options, line->count, line->words);
    return ok;
}

static void release(struct line *line)
{
    cli_options_release(&line->options);
    for (int i = 0; i < line->count; i++)
        free(line->words[i]);
    log_set_level(0);
}

/* ---- what they stand for ---- */

static const struct {
    const char *typed, *options, *command;
} meanings[] = {
    {"web1", "", ""},
    {"-4 web1", "AddressFamily=inet", ""},
    {"-4 -6 web1", "AddressFamily=inet6 AddressFamily=inet", ""},
    {"-A web1", "ForwardAgent=yes", ""},
    {"-oForwardAgent=no -A web1", "ForwardAgent=yes ForwardAgent=no", ""},
    {"-a web1 -A", "ForwardAgent=yes ForwardAgent=no", ""},
    {"-Beth0 -b 10.0.0.1 web1", "BindAddress=10.0.0.1 BindInterface=eth0", ""},
    {"-C web1", "Compression=yes", ""},
    {"-c aes128-ctr -m hmac-sha2-256 web1", "MACs=hmac-sha2-256 Ciphers=aes128-ctr", ""},
    {"-J a,b web1", "ProxyJump=a,b", ""},
    {"-K web1", "GSSAPIDelegateCredentials=yes GSSAPIAuthentication=yes", ""},
    {"-k web1", "GSSAPIDelegateCredentials=no", ""},
    {"-P work web1", "Tag=work", ""},
    {"-p22 web1", "Port=22", ""},
    {"-oPort=1 -p 2 web1 -p 3", "Port=1 Port=2 Port=3", ""},
    {"-x web1", "ForwardX11=no", ""},
    {"-2 web1", "", ""},
    {"-S none web1", "", ""},
    {"-oPort=1 -o User=x -i key web1", "Port=1 User=x", ""},
    {"-4tv web1", "AddressFamily=inet", ""},
    {"web1 -4 ls -6", "AddressFamily=inet", "ls -6"},
    {"web1 -- -4", "", "-4"},
    {"-- web1 -4", "", "-4"},
    {"-4 -- web1 -l x", "AddressFamily=inet", "-l x"},
    {"web1 ls -- -4", "", "ls -- -4"},
};

static void meaning_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        struct line line;
        struct buf options = {0}, command = {0};
        assert_true(read_line(&line, meanings[i].typed));
        for (size_t k = 0; line.options.ssh.option && line.options.ssh.option[k]; k++)
            buf_printf(&options, "%s%s", k ? " " : "", line.options.ssh.option[k]);
        for (int k = line.options.rest; k < line.count; k++)
            buf_printf(&command, "%s%s", command.len ? " " : "", line.words[k]);
        assert_string_equal(buf_str(&options), meanings[i].options);
        assert_string_equal(buf_str(&command), meanings[i].command);
        buf_release(&options);
        buf_release(&command);
        release(&line);
    }
}

/* ---- what is no option of the config's ---- */

static const struct {
    const char *typed;
    enum ssh_log_level level;
    int escape;
    enum ssh_request_tty tty;
    bool null;
    const char *type, *user;
} applied[] = {
    {"web1", LEVEL_INFO, '~', REQUEST_TTY_AUTO, false, "default", NULL},
    {"-q web1", LEVEL_QUIET, '~', REQUEST_TTY_AUTO, false, "default", NULL},
    {"-v web1", LEVEL_DEBUG1, '~', REQUEST_TTY_AUTO, false, "default", NULL},
    {"-vvv web1", LEVEL_DEBUG3, '~', REQUEST_TTY_AUTO, false, "default", NULL},
    {"-vvvvv web1", LEVEL_DEBUG3, '~', REQUEST_TTY_AUTO, false, "default", NULL},
    {"-qv web1", LEVEL_DEBUG1, '~', REQUEST_TTY_AUTO, false, "default", NULL},
    {"-v web1 -q", LEVEL_QUIET, '~', REQUEST_TTY_AUTO, false, "default", NULL},
    {"-e none web1", LEVEL_INFO, -1, REQUEST_TTY_AUTO, false, "default", NULL},
    {"-e ^B web1", LEVEL_INFO, 2, REQUEST_TTY_AUTO, false, "default", NULL},
    {"-e% web1", LEVEL_INFO, '%', REQUEST_TTY_AUTO, false, "default", NULL},
    {"-e \\ web1", LEVEL_INFO, '\\', REQUEST_TTY_AUTO, false, "default", NULL},
    {"-t web1", LEVEL_INFO, '~', REQUEST_TTY_YES, false, "default", NULL},
    {"-tt web1", LEVEL_INFO, '~', REQUEST_TTY_FORCE, false, "default", NULL},
    {"-ttT web1", LEVEL_INFO, '~', REQUEST_TTY_NO, false, "default", NULL},
    {"-Tt web1", LEVEL_INFO, '~', REQUEST_TTY_YES, false, "default", NULL},
    {"-n web1", LEVEL_INFO, '~', REQUEST_TTY_AUTO, true, "default", NULL},
    {"-s web1 sftp", LEVEL_INFO, '~', REQUEST_TTY_AUTO, false, "subsystem", NULL},
    {"-N web1", LEVEL_INFO, '~', REQUEST_TTY_AUTO, false, "none", NULL},
    {"-l ann -l bob web1", LEVEL_INFO, '~', REQUEST_TTY_AUTO, false, "default", "ann"},
    {"-l ann bob@web1", LEVEL_INFO, '~', REQUEST_TTY_AUTO, false, "default", "ann"},
    {"bob@web1 -l ann", LEVEL_INFO, '~', REQUEST_TTY_AUTO, false, "default", NULL},
    {"web1 -l ann", LEVEL_INFO, '~', REQUEST_TTY_AUTO, false, "default", "ann"},
    {"-oUser=x -l ann web1", LEVEL_INFO, '~', REQUEST_TTY_AUTO, false, "default", NULL},
};

static void applied_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof applied / sizeof applied[0]; i++) {
        struct line line;
        struct ssh_settings s;
        assert_true(read_line(&line, applied[i].typed));
        ssh_settings_init(&s);
        letters_apply(&line.options, &s);
        assert_int_equal(s.log_level, applied[i].level);
        assert_int_equal(log_enabled(1), applied[i].level >= LEVEL_DEBUG1);
        assert_int_equal(log_enabled(3), applied[i].level == LEVEL_DEBUG3);
        assert_int_equal(s.escape_char, applied[i].escape);
        assert_int_equal(s.request_tty, applied[i].tty);
        assert_int_equal(s.stdin_null, applied[i].null);
        assert_string_equal(s.session_type, applied[i].type);
        const char *user = line.options.ssh.user;
        assert_true(user ? applied[i].user && strcmp(user, applied[i].user) == 0
                         : applied[i].user == NULL);
        ssh_settings_release(&s);
        release(&line);
    }
}

/* The config's word, where the command line has none. */
static void the_config_stays(void **state)
{
    (void)state;
    struct line line;
    struct ssh_settings s;
    assert_true(read_line(&line, "web1"));
    ssh_settings_init(&s);
    s.escape_char = '%';
    s.log_level = LEVEL_DEBUG2;
    s.stdin_null = true;
    s.request_tty = REQUEST_TTY_FORCE;
    letters_apply(&line.options, &s);
    assert_int_equal(s.escape_char, '%');
    assert_int_equal(s.log_level, LEVEL_DEBUG2);
    assert_true(log_enabled(2) && !log_enabled(3));
    assert_true(s.stdin_null && s.request_tty == REQUEST_TTY_FORCE);
    ssh_settings_release(&s);
    release(&line);
}

/* ---- what is refused ---- */

static const struct {
    const char *typed, *said;
} refused[] = {
    {"-L 1:b:2 web1", "-L is ssh's and not there in tether: for forwarding use ssh"},
    {"web1 -D 1080", "-D is ssh's"},
    {"-fN web1", "-f is ssh's"},
    {"-G web1", "tether why"},
    {"-X web1", "ssh -X"},
    {"-M web1", "not shared"},
    {"-S /x web1", "not shared"},
    {"-I /x.so web1", "ssh-add -s"},
    {"-Q cipher", "ssh -Q"},
    {"-V", "--version"},
    {"-1 web1", "protocol 1"},
    {"-W a:1 web1", "ssh -W"},
    {"-J", "-J needs a value"},
    {"-L", "-L needs a value"},
    {"-H web1", "unknown option '-H'"},
    {"-4H web1", "unknown option '-H'"},
    {"--none web1", "unknown option '--none'"},
    {"-p x web1", "the port (-p)"},
    {"-p 0 web1", "the port (-p)"},
    {"-p 65536 web1", "the port (-p)"},
    {"-e ab web1", "bad escape character 'ab'"},
    {"-e ^! web1", "bad escape character"},
    {"-J a -J b web1", "-J is given once"},
    {"-oProxyCommand=none -J b web1", "two ways"},
    {"-sN web1", "-s and -N"},
    {"-E /no/such/dir/log web1", "/no/such/dir/log"},
    {"--timeout 0 web1", "--timeout"},
};

static void refused_table(void **state)
{
    (void)state;
    char path[] = "/tmp/tether-letters.XXXXXX";
    int fd = mkstemp(path), saved = dup(STDERR_FILENO);
    assert_true(fd >= 0 && saved >= 0);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct line line;
        char said[1024] = "";
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        dup2(fd, STDERR_FILENO);
        bool ok = read_line(&line, refused[i].typed);
        dup2(saved, STDERR_FILENO);
        assert_true(pread(fd, said, sizeof said - 1, 0) >= 0);
        if (ok || strncmp(said, "tether: ", 8) != 0 || !strstr(said, refused[i].said) ||
            strchr(said, '\n') != said + strlen(said) - 1)
            fail_msg("%s: accepted %d, said: %s", refused[i].typed, ok, said);
        release(&line);
    }
    close(fd);
    close(saved);
    unlink(path);
}

/* Every letter that ssh's own usage names is known. */
static void every_letter_of_ssh(void **state)
{
    (void)state;
    static const char letters[] = "1246AaBbCcDEeFfGgIiJKkLlMmNnOoPpQqRSsTtVvWwXxYyZ";
    const char *known = letters_getopt();
    for (const char *c = letters; *c; c++)
        assert_non_null(strchr(known, *c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meaning_table),       cmocka_unit_test(applied_table),
        cmocka_unit_test(the_config_stays),    cmocka_unit_test(refused_table),
        cmocka_unit_test(every_letter_of_ssh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
