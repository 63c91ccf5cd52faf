#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "term/tty.h"

#define DEADLINE_MS 5000

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            dprintf(report, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

/* Each test is a scene: a child whose controlling terminal is a fresh pty, which reports what
   is wrong; and what the parent does at the other end of it. */
static int report = 2;

static void set_text(struct buf *b, const char *text)
{
    *b = (struct buf){0};
    buf_puts(b, text);
}

static struct tty *open_entered(const char *enter, const char *leave)
{
    struct err err = {0};
    struct tty *tty = tty_open(&err);
    CHECK(tty != NULL);
    struct buf a, b;
    set_text(&a, enter);
    set_text(&b, leave);
    CHECK(tty_enter(tty, &a, &b, &err));
    buf_release(&a);
    buf_release(&b);
    return tty;
}

static bool wait_for(struct tty *tty, short events)
{
    struct pollfd p = {.fd = tty_fd(tty), .events = events};
    return poll(&p, 1, DEADLINE_MS) == 1;
}

struct scene {
    void (*child)(void);
    const char *expect; /* in what the terminal got; the child has ended or waits for "go" */
    const char *send;   /* then sent to it */
    bool hang_up;       /* then close the pty */
    bool unread;        /* read nothing until the child has ended */
    int status;         /* the child's exit status; 128 + N for signal N */
};

/* Read until `text` is there; false at the deadline or the end. */
static bool read_until(int master, struct buf *got, const char *text)
{
    int64_t limit = clock_ms() + DEADLINE_MS;
    for (;;) {
        if (strstr(buf_str(got), text))
            return true;
        struct pollfd p = {.fd = master, .events = POLLIN};
        int64_t left = limit - clock_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0)
            return false;
        ssize_t n = read(master, buf_reserve(got, 4096), 4096);
        if (n <= 0)
            return false;
        buf_commit(got, (size_t)n);
    }
}

static int wait_child(pid_t pid)
{
    int status;
    int64_t limit = clock_ms() + DEADLINE_MS;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (clock_ms() > limit) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return -1;
        }
        poll(NULL, 0, 2);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void play(const struct scene *scene)
{
    int master, slave, errors[2];
    struct winsize size = {.ws_row = 33, .ws_col = 101};
    assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
    assert_int_equal(pipe(errors), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(master);
        close(errors[0]);
        report = errors[1];
        setsid();
        ioctl(slave, TIOCSCTTY, 0);
        close(slave);
        scene->child();
        _exit(0);
    }
    close(errors[1]);
    struct buf got = {0};
    if (scene->expect && !scene->unread && !read_until(master, &got, scene->expect))
        print_error("the terminal got \"%s\"\n", buf_str(&got));
    if (scene->send)
        assert_int_equal(write(master, scene->send, strlen(scene->send)), strlen(scene->send));
    if (scene->hang_up)
        close(master);
    int status = wait_child(pid);
    char text[512] = "";
    ssize_t n = read(errors[0], text, sizeof text - 1);
    if (status != scene->status || n > 0)
        fail_msg("status %d, %s", status, text);
    if (scene->expect && !scene->hang_up)
        assert_true(read_until(master, &got, scene->expect));
    buf_release(&got);
    close(errors[0]);
    close(slave);
    if (!scene->hang_up)
        close(master);
}

static void take_word(struct tty *tty, const char *word)
{
    char got[64];
    size_t have = 0;
    while (have < strlen(word)) {
        CHECK(wait_for(tty, POLLIN));
        long n = tty_read(tty, got + have, sizeof got - have);
        CHECK(n > 0);
        have += (size_t)n;
    }
    CHECK(memcmp(got, word, strlen(word)) == 0);
}

static void child_raw(void)
{
    int plain = open("/dev/tty", O_RDWR);
    struct termios before = {0}, during = {0}, after = {0};
    CHECK(tcgetattr(plain, &before) == 0);
    int rows, cols;
    struct tty *tty = open_entered("<enter>", "<leave>");
    CHECK(tty_size(tty, &rows, &cols) && rows == 33 && cols == 101);
    CHECK(tcgetattr(plain, &during) == 0);
    CHECK(!(during.c_lflag & (ICANON | ECHO | ISIG | IEXTEN)));
    CHECK(!(during.c_iflag & (ICRNL | IXON)) && !(during.c_oflag & OPOST));
    char c;
    CHECK(tty_read(tty, &c, 1) == 0);
    /* O_NONBLOCK is ours alone: another opening of the same terminal does not have it. */
    CHECK(!(fcntl(plain, F_GETFL) & O_NONBLOCK));
    buf_puts(tty_out(tty), "ready\n");
    CHECK(tty_busy(tty));
    CHECK(tty_flush(tty) && !tty_busy(tty));
    take_word(tty, "\x03\r\x13x");
    tty_leave(tty);
    CHECK(tcgetattr(plain, &after) == 0);
    CHECK(memcmp(&before, &after, sizeof before) == 0);
    tty_leave(tty); /* harmless */
    tty_restore_now();
    tty_close(tty);
}

static void raw_mode_and_back(void **state)
{
    (void)state;
    /* OPOST is off: the newline comes alone. */
    play(&(struct scene){.child = child_raw, .expect = "<enter>ready\n", .send = "\x03\r\x13x"});
}

static void restore_and_die(int signo)
{
    tty_restore_now();
    signal(signo, SIG_DFL);
    raise(signo);
}

static void child_crash(void)
{
    open_entered("<enter>", "<leave>");
    signal(SIGSEGV, restore_and_die);
    raise(SIGSEGV);
}

static void a_crash_restores(void **state)
{
    (void)state;
    play(
        &(struct scene){.child = child_crash, .expect = "<enter><leave>", .status = 128 + SIGSEGV});
}

static void child_close(void)
{
    int plain = open("/dev/tty", O_RDWR);
    struct termios before = {0}, after = {0};
    CHECK(tcgetattr(plain, &before) == 0);
    tty_close(open_entered("<enter>", "<leave>"));
    CHECK(tcgetattr(plain, &after) == 0 && memcmp(&before, &after, sizeof before) == 0);
}

static void closing_restores(void **state)
{
    (void)state;
    play(&(struct scene){.child = child_close, .expect = "<enter><leave>"});
}

static void child_unread(void)
{
    struct tty *tty = open_entered("<enter>", "<leave>");
    for (int i = 0; i < 100000; i++)
        buf_puts(tty_out(tty), "0123456789");
    CHECK(tty_flush(tty) && tty_busy(tty));
    int64_t start = clock_ms();
    tty_leave(tty);
    int64_t took = clock_ms() - start;
    CHECK(took >= 900 && took < 2500);
}

static void a_terminal_that_is_not_read_holds_nothing_up(void **state)
{
    (void)state;
    play(&(struct scene){.child = child_unread, .unread = true, .expect = "<leave>"});
}

static void child_hang_up(void)
{
    signal(SIGHUP, SIG_IGN);
    struct tty *tty = open_entered("<enter>", "<leave>");
    CHECK(wait_for(tty, POLLIN));
    char c;
    CHECK(tty_read(tty, &c, 1) == -1);
    buf_puts(tty_out(tty), "x");
    CHECK(!tty_flush(tty));
    tty_close(tty);
}

static void a_hang_up_is_told(void **state)
{
    (void)state;
    play(&(struct scene){.child = child_hang_up, .expect = "<enter>", .hang_up = true});
}

static void child_background(void)
{
    pid_t other = fork();
    if (other == 0) {
        setpgid(0, 0);
        struct err err = {0};
        struct tty *tty = tty_open(&err);
        struct buf none = {0};
        CHECK(tty != NULL);
        CHECK(!tty_enter(tty, &none, &none, &err));
        CHECK(strstr(err.text, "background") != NULL);
        tty_close(tty);
        _exit(0);
    }
    int status;
    CHECK(waitpid(other, &status, WUNTRACED) == other);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void the_background_is_an_error(void **state)
{
    (void)state;
    play(&(struct scene){.child = child_background});
}

static void child_without_terminal(void)
{
    if (fork() == 0) {
        setsid();
        struct err err = {0};
        CHECK(tty_open(&err) == NULL);
        CHECK(strstr(err.text, "terminal") != NULL);
        _exit(0);
    }
    int status;
    CHECK(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void no_terminal_is_an_error(void **state)
{
    (void)state;
    play(&(struct scene){.child = child_without_terminal});
}

static void child_unsized(void)
{
    struct err err = {0};
    struct tty *tty = tty_open(&err);
    CHECK(tty != NULL);
    struct winsize size = {0};
    CHECK(ioctl(tty_fd(tty), TIOCSWINSZ, &size) == 0);
    int rows, cols;
    CHECK(!tty_size(tty, &rows, &cols) && rows == 24 && cols == 80);
    size = (struct winsize){.ws_row = 60000, .ws_col = 60000};
    CHECK(ioctl(tty_fd(tty), TIOCSWINSZ, &size) == 0);
    CHECK(tty_size(tty, &rows, &cols) && rows == 1000 && cols == 1000);
    tty_close(tty);
}

static void sizes_are_held_in_bounds(void **state)
{
    (void)state;
    play(&(struct scene){.child = child_unsized});
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_mode_and_back),
        cmocka_unit_test(a_crash_restores),
        cmocka_unit_test(closing_restores),
        cmocka_unit_test(a_terminal_that_is_not_read_holds_nothing_up),
        cmocka_unit_test(a_hang_up_is_told),
        cmocka_unit_test(the_background_is_an_error),
        cmocka_unit_test(no_terminal_is_an_error),
        cmocka_unit_test(sizes_are_held_in_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
