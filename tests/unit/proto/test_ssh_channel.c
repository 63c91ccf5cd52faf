#include "sshd_fixture.h"

#include <grp.h>

#include "proto/digest.h"

static struct sshd host;
static struct attempt shared;

static int start_host(void **state)
{
    (void)state;
    sshd_start(&host, "LogLevel DEBUG1\nMaxSessions 12");
    struct ssh_settings s;
    sshd_settings(&host, &s);
    shared = attempt_run(&s, NULL);
    ssh_settings_release(&s);
    return shared.link ? 0 : -1;
}

static int stop_host(void **state)
{
    (void)state;
    attempt_release(&shared);
    sshd_stop(&host);
    return 0;
}

static struct ssh_channel *start(const char *command, bool pty)
{
    return ssh_channel_open(
        shared.link, &(struct ssh_channel_spec){
                         .command = command, .pty = pty, .term = "vt100", .rows = 24, .cols = 80});
}

/* An sshd that is not root's can give out terminals only where they belong to group tty from
   the start (devpts mounted with gid=5): it may not change their owner. */
static bool terminals_work(void)
{
    const struct group *tty = getgrnam("tty");
    struct stat st;
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    bool work = getuid() == 0 || (fd >= 0 && tty && grantpt(fd) == 0 &&
                                  stat(ptsname(fd), &st) == 0 && st.st_gid == tty->gr_gid);
    if (fd >= 0)
        close(fd);
    return work;
}

static void statuses(void **state)
{
    (void)state;
    static const struct {
        const char *command, *signal;
        int status;
    } cases[] = {
        {"true", "", 0},
        {"exit 255", "", 255},
        {"exit 1", "", 1},
        {"kill -KILL $$", "KILL", 137},
        {"kill -TERM $$", "TERM", 143},
        {"/no/such/program", "", 127},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ssh_channel *ch = start(cases[i].command, false);
        int64_t until = clock_ms() + PATIENCE_MS;
        char data[512];
        while (ssh_channel_state(ch) != CHANNEL_CLOSED && clock_ms() < until) {
            link_turn(shared.link, until);
            while (ssh_channel_take(ch, false, data, sizeof data) ||
                   ssh_channel_take(ch, true, data, sizeof data))
                ;
        }
        assert_int_equal(ssh_channel_status(ch), cases[i].status);
        assert_string_equal(ssh_channel_signal_name(ch), cases[i].signal);
        assert_string_equal(ssh_channel_error(ch), "");
        ssh_channel_drop(ch);
    }
}

static void streams_stay_apart(void **state)
{
    (void)state;
    struct buf out = {0}, errors = {0};
    link_exec(shared.link, "echo one; echo two >&2; echo three; echo four >&2", &out, &errors);
    assert_string_equal(buf_str(&out), "one\nthree\n");
    assert_string_equal(buf_str(&errors), "two\nfour\n");
    buf_release(&out);
    buf_release(&errors);
}

static void input_goes_whole(void **state)
{
    (void)state;
    enum { SIZE = 5 * 1024 * 1024 };
    uint8_t *sent = xmalloc(SIZE), ours[DIGEST_SHA256_LEN];
    for (size_t i = 0; i < SIZE; i++)
        sent[i] = (uint8_t)(i * 2654435761u >> 24);
    digest_sha256(sent, SIZE, ours);
    struct ssh_channel *ch = start("sha256sum; exit 9", false);
    int64_t until = clock_ms() + PATIENCE_MS;
    for (size_t at = 0; at < SIZE;) {
        size_t n = ssh_channel_give(ch, sent + at, SIZE - at);
        at += n;
        if (n == 0)
            link_turn(shared.link, until);
        assert_true(clock_ms() < until);
    }
    ssh_channel_give_eof(ch);
    char text[2 * DIGEST_SHA256_LEN + 1];
    for (int i = 0; i < DIGEST_SHA256_LEN; i++)
        snprintf(text + 2 * i, 3, "%02x", ours[i]);
    struct buf out = {0};
    channel_expect(shared.link, ch, &out, text);
    assert_int_equal(channel_finish(shared.link, ch), 9);
    buf_release(&out);
    free(sent);
}

static void output_comes_whole(void **state)
{
    (void)state;
    enum { SIZE = 50 * 1024 * 1024 };
    char path[96], expected[80];
    snprintf(path, sizeof path, "%s/data", host.dir);
    shell("head -c %d /dev/urandom > %s", SIZE, path);
    char *command = xasprintf("sha256sum < %s", path);
    FILE *f = popen(command, "r");
    assert_non_null(fgets(expected, 65, f));
    pclose(f);
    free(command);
    command = xasprintf("cat %s; exit 6", path);
    struct ssh_channel *ch = start(command, false);
    struct buf all = {0};
    int64_t until = clock_ms() + PATIENCE_MS;
    while (ssh_channel_state(ch) != CHANNEL_CLOSED) {
        link_turn(shared.link, until);
        for (size_t n; (n = ssh_channel_take(ch, false, buf_reserve(&all, 65536), 65536)) > 0;)
            buf_commit(&all, n);
        assert_true(clock_ms() < until);
    }
    assert_int_equal(all.len, SIZE);
    assert_int_equal(ssh_channel_status(ch), 6);
    uint8_t hash[DIGEST_SHA256_LEN];
    char text[2 * DIGEST_SHA256_LEN + 1];
    digest_sha256(buf_data(&all), all.len, hash);
    for (int i = 0; i < DIGEST_SHA256_LEN; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(text, expected);
    ssh_channel_drop(ch);
    buf_release(&all);
    free(command);
}

/* Read slowly and in small bites: nothing is lost, nothing piles up. */
static void slow_reader(void **state)
{
    (void)state;
    uint64_t before = ssh_link_received(shared.link);
    struct ssh_channel *ch = start("seq 1 600000; exit 3", false);
    for (int i = 0; i < 100; i++)
        link_turn(shared.link, clock_ms() + 2);
    /* What is not taken is left in the window and our own buffer: 1.3 and 1 MB. */
    assert_true(ssh_link_received(shared.link) - before < 3 * 1024 * 1024);
    struct buf line = {0};
    int64_t until = clock_ms() + PATIENCE_MS;
    long next = 1;
    while (ssh_channel_state(ch) != CHANNEL_CLOSED) {
        link_turn(shared.link, clock_ms());
        for (int bites = 0; bites < 50; bites++) {
            size_t n = ssh_channel_take(ch, false, buf_reserve(&line, 1001), 1001);
            buf_commit(&line, n);
            for (uint8_t *end; (end = memchr(buf_data(&line), '\n', line.len));) {
                assert_int_equal(strtol((char *)buf_data(&line), NULL, 10), next++);
                buf_consume(&line, (size_t)(end - buf_data(&line)) + 1);
            }
        }
        assert_true(clock_ms() < until);
    }
    assert_int_equal(next, 600001);
    assert_int_equal(ssh_channel_status(ch), 3);
    ssh_channel_drop(ch);
    buf_release(&line);
}

static void terminal(void **state)
{
    (void)state;
    if (!terminals_work())
        skip();
    struct ssh_channel *ch = start("stty size; echo $TERM; read x; stty size; exit 2", true);
    struct buf out = {0};
    channel_expect(shared.link, ch, &out, "24 80\r\nvt100\r\n");
    ssh_channel_resize(ch, 50, 132);
    channel_say(shared.link, ch, "\r");
    channel_expect(shared.link, ch, &out, "50 132\r\n");
    assert_int_equal(channel_finish(shared.link, ch), 2);
    /* A size that changes before the terminal exists. */
    ch = start("stty size; sleep 0.2; stty size; cat", true);
    ssh_channel_resize(ch, 33, 99);
    channel_expect(shared.link, ch, &out, "33 99\r\n");
    ssh_channel_drop(ch);
    buf_release(&out);
}

static void many_channels(void **state)
{
    (void)state;
    struct ssh_channel *ch[12];
    bool terminals = terminals_work();
    for (int i = 0; i < 10; i++) {
        char command[64];
        snprintf(command, sizeof command, "read x; echo got $x; exit %d", i);
        ch[i] = start(command, terminals && i % 2 == 1);
    }
    for (int i = 9; i >= 0; i--) {
        char text[32];
        struct buf out = {0};
        snprintf(text, sizeof text, "%d\n", i * 7);
        channel_say(shared.link, ch[i], text);
        snprintf(text, sizeof text, "got %d", i * 7);
        channel_expect(shared.link, ch[i], &out, text);
        assert_int_equal(channel_finish(shared.link, ch[i]), i);
        buf_release(&out);
    }
}

static void too_many_channels(void **state)
{
    (void)state;
    struct ssh_channel *ch[14];
    int failed = 0;
    for (int i = 0; i < 14; i++)
        ch[i] = start("cat", false);
    int64_t until = clock_ms() + PATIENCE_MS;
    for (int i = 0; i < 14; i++) {
        while (ssh_channel_state(ch[i]) == CHANNEL_OPENING) {
            link_turn(shared.link, until);
            assert_true(clock_ms() < until);
        }
        if (ssh_channel_state(ch[i]) == CHANNEL_CLOSED) {
            failed++;
            assert_non_null(strstr(ssh_channel_error(ch[i]), "the host opened no channel"));
        }
    }
    /* MaxSessions 12; a channel of the test before may still be being closed. */
    assert_in_range(failed, 2, 4);
    for (int i = 0; i < 14; i++)
        ssh_channel_drop(ch[i]);
    /* All places are free again, those that were given up while opening too. */
    for (int round = 0; round < 30; round++)
        ssh_channel_drop(start("cat", round % 2 == 0 && terminals_work()));
    int status = -1;
    while (status != 0) { /* the closing of the old ones may still be under way */
        struct ssh_channel *last = start("exit 0", false);
        status = channel_finish(shared.link, last);
        assert_true(clock_ms() < until);
    }
}

/* The host goes away: what had come can still be read. */
static void lost_link(void **state)
{
    (void)state;
    struct ssh_settings s;
    struct err err = {""};
    sshd_settings(&host, &s);
    struct attempt a = attempt_run(&s, NULL);
    expect_success(&a);
    struct ssh_channel *ch = ssh_channel_open(
        a.link, &(struct ssh_channel_spec){.command = "echo before; sleep 0.1; kill $PPID"});
    int64_t until = clock_ms() + PATIENCE_MS;
    while (ssh_link_pump(a.link, clock_ms(), &err)) {
        struct pollfd p = {.fd = ssh_link_fd(a.link), .events = POLLIN};
        poll(&p, 1, 100);
        assert_true(clock_ms() < until);
    }
    assert_string_equal(err.text, "the host closed the connection");
    assert_int_equal(ssh_channel_state(ch), CHANNEL_OPEN);
    char data[64];
    assert_int_equal(ssh_channel_take(ch, false, data, sizeof data), 7);
    assert_memory_equal(data, "before\n", 7);
    assert_int_equal(ssh_channel_state(ch), CHANNEL_CLOSED);
    assert_int_equal(ssh_channel_status(ch), -1);
    assert_int_equal(ssh_channel_give(ch, "x", 1), 0);
    ssh_channel_drop(ch);
    ch = ssh_channel_open(a.link, &(struct ssh_channel_spec){.command = "true"});
    assert_int_equal(ssh_channel_state(ch), CHANNEL_CLOSED);
    assert_non_null(strstr(ssh_channel_error(ch), "closed the connection"));
    attempt_release(&a);
    ssh_settings_release(&s);
}

static void keep_alive(void **state)
{
    (void)state;
    struct ssh_settings s;
    struct err err = {""};
    sshd_settings(&host, &s);
    s.alive_interval = 10;
    s.alive_count = 2;
    struct attempt a = attempt_run(&s, NULL);
    expect_success(&a);
    /* Time is ours to tell: as long as the host answers it goes on for ever. */
    int64_t now = clock_ms();
    int answers = 0;
    for (int i = 0; i < 12; i++) {
        uint64_t before = ssh_link_received(a.link);
        assert_true(ssh_link_pump(a.link, now, &err));
        assert_true(ssh_link_deadline(a.link) <= now + 10000);
        now = ssh_link_deadline(a.link);
        assert_true(ssh_link_pump(a.link, now, &err));
        /* An answer that comes late is counted in the next turn, which then sends nothing. */
        struct pollfd p = {.fd = ssh_link_fd(a.link), .events = POLLIN};
        poll(&p, 1, 500);
        assert_true(ssh_link_pump(a.link, now, &err));
        answers += ssh_link_received(a.link) > before;
    }
    assert_true(answers >= 6);
    assert_true(ssh_link_rtt(a.link) >= 0);
    assert_int_equal(ssh_link_unanswered(a.link), 0);
    attempt_release(&a);
    /* A host that stands still is given up after the third interval. */
    a = attempt_run(&s, NULL);
    expect_success(&a);
    struct buf out = {0};
    link_exec(a.link, "ps -o ppid= -p $PPID; echo $PPID", &out, NULL);
    int daemon = 0, user = 0;
    assert_int_equal(sscanf(buf_str(&out), "%d %d", &daemon, &user), 2);
    kill(user, SIGSTOP);
    now = clock_ms();
    int pumps = 0;
    while (ssh_link_pump(a.link, now, &err) && pumps++ < 10)
        now = ssh_link_deadline(a.link);
    kill(user, SIGCONT);
    assert_int_equal(pumps, 3);
    assert_non_null(strstr(err.text, "no answer for 30 s"));
    buf_release(&out);
    attempt_release(&a);
    ssh_settings_release(&s);
}

static void rekeying(void **state)
{
    (void)state;
    struct sshd other;
    sshd_start(&other, "RekeyLimit 1M");
    struct ssh_settings s;
    sshd_settings(&other, &s);
    struct attempt a = attempt_run(&s, NULL);
    expect_success(&a);
    struct buf out = {0};
    assert_int_equal(link_exec(a.link, "head -c 8000000 /dev/zero; exit 1", &out, NULL), 1);
    assert_int_equal(out.len, 8000000);
    buf_release(&out);
    attempt_release(&a);
    ssh_settings_release(&s);
    sshd_stop(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses),         cmocka_unit_test(streams_stay_apart),
        cmocka_unit_test(input_goes_whole), cmocka_unit_test(output_comes_whole),
        cmocka_unit_test(slow_reader),      cmocka_unit_test(terminal),
        cmocka_unit_test(many_channels),    cmocka_unit_test(too_many_channels),
        cmocka_unit_test(lost_link),        cmocka_unit_test(keep_alive),
        cmocka_unit_test(rekeying),
    };
    return cmocka_run_group_tests(tests, start_host, stop_host);
}
