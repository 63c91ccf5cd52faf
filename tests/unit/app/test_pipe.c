#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/escape.h"
#include "app/local_io.h"
#include "app/pipe.h"

/* ---- escapes ---- */

static const struct {
    const char *typed, *sent;
    enum escape_command command; /* the last one found */
    int character;               /* 0: ~ */
} escapes[] = {
    {"plain text\r", "plain text\r", ESCAPE_NONE, 0},
    {"~.", "", ESCAPE_DROP, 0},
    {"ls\r~.", "ls\r", ESCAPE_DROP, 0},
    {"ls\n~?", "ls\n", ESCAPE_HELP, 0},
    {"ls\r~\032x", "ls\rx", ESCAPE_SUSPEND, 0},
    {"a~.", "a~.", ESCAPE_NONE, 0},
    {"\r~~.", "\r~.", ESCAPE_NONE, 0},
    {"\r~x~.", "\r~x~.", ESCAPE_NONE, 0},
    {"\r~\r~.", "\r~\r", ESCAPE_DROP, 0},
    {"~/bin/x\r", "~/bin/x\r", ESCAPE_NONE, 0},
    {"\r~", "\r", ESCAPE_NONE, 0},
    {"\r~?~.", "\r", ESCAPE_DROP, 0}, /* help, and still at the begin of the line */
    {"~.", "~.", ESCAPE_NONE, -1},
    {"ls\r~.\r~?", "ls\r~.\r~?", ESCAPE_NONE, -1},
    {"\r~.%.", "\r~.%.", ESCAPE_NONE, '%'},
    {"\r%.", "\r", ESCAPE_DROP, '%'},
    {"\r\2\2.", "\r\2.", ESCAPE_NONE, 2},
    {"\r\2?", "\r", ESCAPE_HELP, 2},
    {"\r\351\032", "\r", ESCAPE_SUSPEND, 0xe9},
};

/* The same for every split of the input. */
static void escape_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
        for (size_t piece = 1; piece <= strlen(escapes[i].typed); piece++) {
            struct escape e = {.character = escapes[i].character ? escapes[i].character : '~'};
            struct buf out = {0};
            enum escape_command found = ESCAPE_NONE, command;
            const uint8_t *data = (const uint8_t *)escapes[i].typed;
            size_t len = strlen(escapes[i].typed);
            while (len > 0) {
                size_t used = escape_filter(&e, data, piece < len ? piece : len, &out, &command);
                found = command != ESCAPE_NONE ? command : found;
                assert_true(used > 0);
                data += used;
                len -= used;
            }
            assert_string_equal(buf_str(&out), escapes[i].sent);
            assert_int_equal(found, escapes[i].command);
            buf_release(&out);
        }
}

static void escape_names(void **state)
{
    (void)state;
    assert_string_equal(escape_name('~').text, "~");
    assert_string_equal(escape_name(2).text, "^B");
    assert_string_equal(escape_name(0x7f).text, "^?");
    assert_string_equal(escape_name(0xe9).text, "\\xe9");
}

/* A key that is no byte, such as an arrow, ends what was begun and the line's begin. */
static void escape_keys(void **state)
{
    (void)state;
    struct escape e = {.character = '~'};
    assert_true(escape_take(&e, '~').taken);
    struct escape_step step = escape_take(&e, -1);
    assert_true(step.release && !step.taken);
    assert_false(escape_take(&e, '~').taken);
    e = (struct escape){.character = -1};
    step = escape_take(&e, -1);
    assert_true(!step.release && !step.taken);
}

/* ---- a terminal on the host or none ---- */

static const struct {
    enum ssh_request_tty request;
    bool null, command, tty;
    enum pipe_pty wanted;
} requests[] = {
    {REQUEST_TTY_AUTO, false, false, true, PIPE_PTY},
    {REQUEST_TTY_AUTO, false, false, false, PIPE_NO_PTY},
    {REQUEST_TTY_AUTO, false, true, true, PIPE_NO_PTY},
    {REQUEST_TTY_AUTO, true, false, true, PIPE_NO_PTY},
    {REQUEST_TTY_NO, false, false, true, PIPE_NO_PTY},
    {REQUEST_TTY_YES, false, true, true, PIPE_PTY},
    {REQUEST_TTY_YES, false, true, false, PIPE_PTY_REFUSED},
    {REQUEST_TTY_YES, true, true, true, PIPE_PTY_REFUSED},
    {REQUEST_TTY_FORCE, false, true, false, PIPE_PTY},
    {REQUEST_TTY_FORCE, true, false, false, PIPE_PTY},
};

static void pty_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct ssh_settings s = {.request_tty = requests[i].request,
                                 .stdin_null = requests[i].null};
        assert_int_equal(pipe_wants_pty(&s, requests[i].command, requests[i].tty),
                         requests[i].wanted);
    }
}

/* ---- local descriptors ---- */

static bool blocking(int fd)
{
    return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

static void check_flow(int from, int to)
{
    struct local_io in, out;
    char data[65536];
    memset(data, 'x', sizeof data);
    local_io_open(&in, from, false);
    local_io_open(&out, to, true);
    assert_int_equal(local_io_read(&in, data, sizeof data), 0);
    long written = 0, n;
    while ((n = local_io_write(&out, data, sizeof data)) > 0)
        written += n;
    assert_int_equal(n, 0); /* full, and we did not wait */
    assert_true(written > 0 && blocking(from) && blocking(to));
    while (written > 0) {
        n = local_io_read(&in, data, sizeof data);
        assert_true(n > 0);
        written -= n;
    }
    local_io_close(&out);
    close(to);
    assert_int_equal(local_io_read(&in, data, sizeof data), -1);
    local_io_close(&in);
    close(from);
}

static void pipes_never_wait(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    check_flow(fds[0], fds[1]);
}

static void sockets_never_wait(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    check_flow(fds[0], fds[1]);
}

static void a_gone_reader_is_an_error(void **state)
{
    (void)state;
    int fds[2];
    struct local_io out;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(fds), 0);
    local_io_open(&out, fds[1], true);
    close(fds[0]);
    assert_int_equal(local_io_write(&out, "x", 1), -1);
    assert_int_equal(errno, EPIPE);
    local_io_close(&out);
    close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escape_table),
        cmocka_unit_test(escape_names),
        cmocka_unit_test(escape_keys),
        cmocka_unit_test(pty_table),
        cmocka_unit_test(pipes_never_wait),
        cmocka_unit_test(sockets_never_wait),
        cmocka_unit_test(a_gone_reader_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
