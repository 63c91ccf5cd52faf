#include "sshd_fixture.h"

#include <dirent.h>

#include "proto/demo_host.h"

static struct demo_host *demo;

static int start_demo(void **state)
{
    (void)state;
    struct err err;
    demo = demo_host_start(&err);
    return demo ? 0 : -1;
}

static int stop_demo(void **state)
{
    (void)state;
    demo_host_stop(demo);
    return 0;
}

static struct attempt enter(void)
{
    struct ssh_settings s;
    demo_host_settings(demo, &s);
    struct attempt a = attempt_run(&s, NULL);
    expect_success(&a);
    assert_int_equal(a.questions, 0);
    ssh_settings_release(&s);
    return a;
}

static void runs_commands(void **state)
{
    (void)state;
    struct attempt a = enter();
    struct buf out = {0}, errors = {0};
    assert_int_equal(link_exec(a.link, "echo out; echo err >&2; exit 7", &out, &errors), 7);
    assert_string_equal(buf_str(&out), "out\n");
    assert_string_equal(buf_str(&errors), "err\n");
    assert_int_equal(link_exec(a.link, "kill -TERM $$", NULL, NULL), 128 + 15);
    buf_release(&out);
    buf_release(&errors);
    attempt_release(&a);
}

static void a_signals_name_is_told(void **state)
{
    (void)state;
    struct attempt a = enter();
    struct ssh_channel *ch =
        ssh_channel_open(a.link, &(struct ssh_channel_spec){.command = "kill -HUP $$"});
    while (ssh_channel_state(ch) != CHANNEL_CLOSED)
        link_turn(a.link, clock_ms() + 1000);
    assert_string_equal(ssh_channel_signal_name(ch), "HUP");
    assert_int_equal(channel_finish(a.link, ch), 128 + 1);
    attempt_release(&a);
}

static void environment_is_a_logins(void **state)
{
    (void)state;
    setenv("SHLVL", "7", 1);
    setenv("TETHER_LEAK", "1", 1);
    struct attempt a = enter();
    struct ssh_channel *ch =
        ssh_channel_open(a.link, &(struct ssh_channel_spec){.pty = true,
                                                            .term = "xterm-test",
                                                            .rows = 24,
                                                            .cols = 80,
                                                            .command = "env; pwd; echo DONE; cat"});
    struct buf out = {0};
    channel_expect(a.link, ch, &out, "DONE");
    const char *text = buf_str(&out);
    const struct passwd *pw = getpwuid(getuid());
    char line[256];
    snprintf(line, sizeof line, "HOME=%s\r\n", getenv("HOME"));
    assert_non_null(strstr(text, line));
    snprintf(line, sizeof line, "LOGNAME=%s\r\n", pw->pw_name);
    assert_non_null(strstr(text, line));
    assert_non_null(strstr(text, "TERM=xterm-test\r\n"));
    assert_non_null(strstr(text, "SSH_TTY=/dev/pts/"));
    assert_non_null(strstr(text, "SSH_CONNECTION=127.0.0.1 "));
    assert_non_null(strstr(text, "SSH_CLIENT=127.0.0.1 "));
    assert_null(strstr(text, "TETHER_LEAK"));
    assert_null(strstr(text, "SHLVL=7"));
    snprintf(line, sizeof line, "\r\n%s\r\nDONE", getenv("HOME"));
    assert_non_null(strstr(text, line));
    ssh_channel_drop(ch);
    buf_release(&out);
    attempt_release(&a);
}

static void login_shell_on_a_pty(void **state)
{
    (void)state;
    struct attempt a = enter();
    struct ssh_channel *ch = ssh_channel_open(
        a.link, &(struct ssh_channel_spec){.pty = true, .term = "dumb", .rows = 30, .cols = 100});
    struct buf out = {0};
    channel_say(a.link, ch, "");
    int64_t until = clock_ms() + PATIENCE_MS;
    while (ssh_channel_state(ch) == CHANNEL_OPENING && clock_ms() < until)
        link_turn(a.link, until);
    channel_say(a.link, ch, "exec /bin/sh\n");
    channel_say(a.link, ch, "stty size; echo \"0=$0 first\"\n");
    channel_expect(a.link, ch, &out, "30 100");
    ssh_channel_resize(ch, 41, 123);
    channel_say(a.link, ch, "stty size\n");
    channel_expect(a.link, ch, &out, "41 123");
    /* The interrupt key reaches the foreground job. */
    channel_say(
        a.link, ch,
        "sh -c 'trap \"exit 9\" INT; echo rea\"\"dy; while :; do sleep 1; done'; exit $?\n");
    channel_expect(a.link, ch, &out, "ready");
    channel_say(a.link, ch, "\003");
    assert_int_equal(channel_finish(a.link, ch), 9);
    buf_release(&out);
    attempt_release(&a);
}

static void input_and_its_end(void **state)
{
    (void)state;
    struct attempt a = enter();
    struct ssh_channel *ch =
        ssh_channel_open(a.link, &(struct ssh_channel_spec){.command = "cksum; exit 4"});
    enum { SIZE = 3000000 };
    char *text = xmalloc(SIZE + 1);
    memset(text, 'x', SIZE);
    text[SIZE] = '\0';
    int64_t until = clock_ms() + PATIENCE_MS;
    while (ssh_channel_state(ch) == CHANNEL_OPENING && clock_ms() < until)
        link_turn(a.link, until);
    channel_say(a.link, ch, text);
    ssh_channel_give_eof(ch);
    struct buf out = {0};
    channel_expect(a.link, ch, &out, " 3000000\n");
    assert_int_equal(channel_finish(a.link, ch), 4);
    buf_release(&out);
    free(text);
    attempt_release(&a);
}

static void several_channels_and_connections(void **state)
{
    (void)state;
    struct attempt a = enter(), b = enter();
    struct ssh_channel *cat[5];
    struct buf out[5] = {{0}};
    struct ssh_link *links[2] = {a.link, b.link};
    for (int i = 0; i < 5; i++)
        cat[i] = ssh_channel_open(links[i % 2], &(struct ssh_channel_spec){.command = "cat"});
    for (int i = 4; i >= 0; i--) {
        char text[32];
        snprintf(text, sizeof text, "channel %d\n", i);
        channel_say(links[i % 2], cat[i], text);
        channel_expect(links[i % 2], cat[i], &out[i], text);
    }
    for (int i = 0; i < 5; i++) {
        ssh_channel_give_eof(cat[i]);
        assert_int_equal(channel_finish(links[i % 2], cat[i]), 0);
        buf_release(&out[i]);
    }
    attempt_release(&a);
    attempt_release(&b);
}

static void refuses_other_keys(void **state)
{
    (void)state;
    struct sshd keys;
    snprintf(keys.dir, sizeof keys.dir, "/tmp/tether-demo.XXXXXX");
    assert_non_null(mkdtemp(keys.dir));
    shell("ssh-keygen -q -t ed25519 -N '' -f %s/user", keys.dir);
    struct ssh_settings s;
    demo_host_settings(demo, &s);
    s.memory_identity = NULL;
    s.password_auth = s.kbdint_auth = true;
    set_identity(&keys, &s, "user");
    struct attempt a = attempt_run(&s, NULL);
    expect_failure(&a, "permission denied");
    expect_failure(&a, "host accepts publickey");
    assert_int_equal(a.questions, 0);
    attempt_release(&a);
    ssh_string_set(&s.pinned_key, "SHA256:other");
    a = attempt_run(&s, NULL);
    expect_failure(&a, "host key");
    attempt_release(&a);
    ssh_settings_release(&s);
    shell("rm -rf %s", keys.dir);
}

/* Resident memory of a process and all below it, in KiB. */
static long tree_memory(pid_t top)
{
    char path[300], line[256];
    long sum = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)top);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmRSS:", 6) == 0)
            sum += strtol(line + 6, NULL, 10);
    if (f)
        fclose(f);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)top, (int)top);
    f = fopen(path, "r");
    int child;
    while (f && fscanf(f, "%d", &child) == 1)
        sum += tree_memory(child);
    if (f)
        fclose(f);
    return sum;
}

static void flood_is_held_back(void **state)
{
    (void)state;
    struct attempt a = enter();
    struct ssh_channel *flood = ssh_channel_open(
        a.link, &(struct ssh_channel_spec){
                    .pty = true, .term = "dumb", .rows = 24, .cols = 80, .command = "yes"});
    long before = tree_memory(getpid());
    /* Nobody takes the flood; another channel works all the while. */
    for (int i = 0; i < 20; i++) {
        struct buf out = {0};
        assert_int_equal(link_exec(a.link, "echo alive", &out, NULL), 0);
        assert_string_equal(buf_str(&out), "alive\n");
        buf_release(&out);
    }
    uint64_t received = ssh_link_received(a.link);
    assert_true(received < 4 * 1024 * 1024);
#if !defined(__SANITIZE_ADDRESS__)
    assert_true(tree_memory(getpid()) - before < 16 * 1024);
#endif
    /* And when it is taken it goes on, and can be stopped. */
    char data[65536];
    int64_t until = clock_ms() + PATIENCE_MS;
    size_t sum = 0;
    while (sum < 10 * 1024 * 1024) {
        link_turn(a.link, until);
        for (size_t n; (n = ssh_channel_take(flood, false, data, sizeof data)) > 0;)
            sum += n;
        assert_true(clock_ms() < until);
    }
    channel_say(a.link, flood, "\003");
    assert_int_equal(channel_finish(a.link, flood), 128 + 2);
    attempt_release(&a);
    (void)before;
}

/* Does any process have this word in its command line? */
static bool process_with(const char *word)
{
    DIR *proc = opendir("/proc");
    bool found = false;
    for (struct dirent *d; (d = readdir(proc)) && !found;) {
        char path[300], line[4096];
        snprintf(path, sizeof path, "/proc/%.200s/cmdline", d->d_name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? 0 : read(fd, line, sizeof line);
        if (fd >= 0)
            close(fd);
        found = n > 0 && memmem(line, (size_t)n, word, strlen(word)) != NULL;
    }
    closedir(proc);
    return found;
}

/* All of it goes when the program that started it is killed. */
static void dies_with_its_parent(void **state)
{
    (void)state;
    char word[32], command[128], ready;
    int ready_pipe[2];
    snprintf(word, sizeof word, "31536%d", (int)getpid());
    snprintf(command, sizeof command, "sleep %s & sleep %s", word, word);
    assert_int_equal(pipe2(ready_pipe, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct err err;
        struct demo_host *own = demo_host_start(&err);
        struct ssh_settings s;
        demo_host_settings(own, &s);
        struct attempt a = attempt_run(&s, NULL);
        ssh_channel_open(
            a.link, &(struct ssh_channel_spec){
                        .pty = true, .term = "dumb", .rows = 24, .cols = 80, .command = command});
        ssh_channel_open(a.link, &(struct ssh_channel_spec){.command = command});
        for (;;) {
            link_turn(a.link, clock_ms() + 50);
            if (process_with(word) && write(ready_pipe[1], "", 1) < 0)
                _exit(1);
        }
    }
    assert_int_equal(read(ready_pipe[0], &ready, 1), 1);
    assert_true(process_with(word));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    int64_t until = clock_ms() + PATIENCE_MS;
    while (process_with(word)) {
        assert_true(clock_ms() < until);
        poll(NULL, 0, 20);
    }
    close(ready_pipe[0]);
    close(ready_pipe[1]);
}

int main(void)
{
    /* A home of the test's own: what a person's profile does is not what is tested. */
    char home[] = "/tmp/tether-home-XXXXXX";
    assert_non_null(mkdtemp(home));
    setenv("HOME", home, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_commands),
        cmocka_unit_test(a_signals_name_is_told),
        cmocka_unit_test(environment_is_a_logins),
        cmocka_unit_test(login_shell_on_a_pty),
        cmocka_unit_test(input_and_its_end),
        cmocka_unit_test(several_channels_and_connections),
        cmocka_unit_test(refuses_other_keys),
        cmocka_unit_test(flood_is_held_back),
        cmocka_unit_test(dies_with_its_parent),
    };
    int failed = cmocka_run_group_tests(tests, start_demo, stop_demo);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", home);
    return system(command) == 0 ? failed : 1;
}
