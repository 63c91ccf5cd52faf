#include "sshd_fixture.h"

#include <pthread.h>
#include <sys/un.h>

static struct sshd host;
static char agent_path[96];
static pid_t agent_pid;

/* An agent of our own, holding the key "other". */
static void start_agent(void)
{
    snprintf(agent_path, sizeof agent_path, "%s/agent", host.dir);
    agent_pid = fork();
    if (agent_pid == 0) {
        close(STDOUT_FILENO);
        execlp("ssh-agent", "ssh-agent", "-D", "-a", agent_path, (char *)NULL);
        _exit(127);
    }
    int64_t until = clock_ms() + PATIENCE_MS;
    while (access(agent_path, F_OK) != 0) {
        assert_true(clock_ms() < until);
        poll(NULL, 0, 10);
    }
    shell("SSH_AUTH_SOCK=%s ssh-add -q %s/other", agent_path, host.dir);
}

static int start_host(void **state)
{
    (void)state;
    sshd_start(&host, "LogLevel DEBUG1\nMaxAuthTries 4");
    start_agent();
    return 0;
}

static int stop_host(void **state)
{
    (void)state;
    if (agent_pid > 0)
        kill(agent_pid, SIGTERM);
    waitpid(agent_pid, NULL, 0);
    sshd_stop(&host);
    return 0;
}

static char *path_of(const char *name)
{
    return xasprintf("%s/%s", host.dir, name);
}

static char *fingerprint_of(const char *name)
{
    char *command = xasprintf("ssh-keygen -lf %s/%s.pub | cut -d' ' -f2", host.dir, name);
    char line[128] = "";
    FILE *f = popen(command, "r");
    assert_non_null(fgets(line, sizeof line, f));
    pclose(f);
    free(command);
    line[strcspn(line, "\n")] = '\0';
    return xstrdup(line);
}

/* ---- keys ---- */

static void key_file(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    struct attempt a = attempt_run(&s, NULL);
    expect_success(&a);
    assert_int_equal(a.questions, 0);
    expect_seen(&a, "stage resolve: \nstage connect: \nstage banner: \nstage key exchange: \n"
                    "stage host key: \nstage authentication: \ndone");
    assert_true(strncmp(ssh_link_server(a.link), "SSH-2.0-OpenSSH", 15) == 0);
    struct buf out = {0};
    assert_int_equal(link_exec(a.link, "printf hello; exit 3", &out, NULL), 3);
    assert_string_equal(buf_str(&out), "hello");
    buf_release(&out);
    attempt_release(&a);
    ssh_settings_release(&s);
}

static void encrypted_key(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    set_identity(&host, &s, "locked");
    struct attempt a = attempt_run(&s, (const char *[]){"wrong", "secret", NULL});
    expect_success(&a);
    assert_int_equal(a.questions, 2);
    expect_seen(&a, "/locked (");
    expect_seen(&a, "@testhost):  (hidden)\n");
    attempt_release(&a);
    /* A key the host would not take is not asked about. */
    shell("ssh-keygen -q -t ed25519 -N third -f %s/unknown", host.dir);
    set_identity(&host, &s, "unknown");
    a = attempt_run(&s, (const char *[]){"third", NULL});
    expect_failure(&a, "permission denied");
    expect_failure(&a, "/unknown");
    assert_int_equal(a.questions, 0);
    attempt_release(&a);
    /* Nothing but wrong passphrases. */
    set_identity(&host, &s, "locked");
    a = attempt_run(&s, (const char *[]){"1", "2", "3", "4", NULL});
    expect_failure(&a, "permission denied");
    assert_int_equal(a.questions, 3);
    attempt_release(&a);
    /* Given up; and what BatchMode makes of it. */
    a = attempt_run(&s, NULL);
    expect_failure(&a, "given up");
    attempt_release(&a);
    s.batch = true;
    a = attempt_run(&s, (const char *[]){"secret", NULL});
    expect_failure(&a, "permission denied");
    assert_int_equal(a.questions, 0);
    attempt_release(&a);
    ssh_settings_release(&s);
}

static void pem_keys(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    shell("ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f %s/pem; "
          "ssh-keygen -q -t rsa -b 2048 -m PEM -N secret -f %s/pemlocked; "
          "ssh-keygen -q -t ecdsa -N '' -f %s/ecdsa; "
          "cat %s/pem.pub %s/pemlocked.pub %s/ecdsa.pub >> %s/authorized; rm %s/pemlocked.pub",
          host.dir, host.dir, host.dir, host.dir, host.dir, host.dir, host.dir, host.dir);
    static const char *const names[] = {"pem", "ecdsa", "pemlocked"};
    for (int i = 0; i < 3; i++) {
        set_identity(&host, &s, names[i]);
        struct attempt a = attempt_run(&s, (const char *[]){"secret", NULL});
        expect_success(&a);
        assert_int_equal(a.questions, i == 2);
        attempt_release(&a);
    }
    ssh_settings_release(&s);
}

static void unusable_keys(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    shell("cp %s/user %s/open; chmod 644 %s/open; echo nonsense > %s/junk; chmod 600 %s/junk",
          host.dir, host.dir, host.dir, host.dir, host.dir);
    set_identity(&host, &s, "open");
    struct attempt a = attempt_run(&s, NULL);
    expect_failure(&a, "permission denied");
    expect_seen(&a, "others may read it (mode 0644)");
    attempt_release(&a);
    set_identity(&host, &s, "junk");
    char *absent = path_of("absent"), *good = path_of("user");
    ssh_list_add(&s.identity_file, absent);
    ssh_list_add(&s.identity_file, good);
    a = attempt_run(&s, NULL);
    expect_success(&a);
    expect_seen(&a, "/junk is not used: it is not a private key");
    attempt_release(&a);
    free(absent);
    free(good);
    ssh_settings_release(&s);
}

static void agent(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    set_identity(&host, &s, "");
    ssh_string_set(&s.identity_agent, agent_path);
    /* "other" is not let in. */
    struct attempt a = attempt_run(&s, NULL);
    expect_failure(&a, "keys tried: other");
    attempt_release(&a);
    shell("SSH_AUTH_SOCK=%s ssh-add -q %s/user", agent_path, host.dir);
    a = attempt_run(&s, NULL);
    expect_success(&a);
    attempt_release(&a);
    /* Only the keys that are configured, by their public half alone. */
    s.identities_only = true;
    a = attempt_run(&s, NULL);
    expect_failure(&a, "no key was tried");
    attempt_release(&a);
    shell("cp %s/user.pub %s/public.pub", host.dir, host.dir);
    set_identity(&host, &s, "public");
    a = attempt_run(&s, NULL);
    expect_success(&a);
    attempt_release(&a);
    /* The passphrase of a key that the agent has is not asked for. */
    shell("cp -p %s/user %s/asleep; ssh-keygen -q -p -P '' -N other -f %s/asleep", host.dir,
          host.dir, host.dir);
    set_identity(&host, &s, "asleep");
    a = attempt_run(&s, NULL);
    expect_success(&a);
    assert_int_equal(a.questions, 0);
    attempt_release(&a);
    shell("SSH_AUTH_SOCK=%s ssh-add -q -d %s/user.pub", agent_path, host.dir);
    ssh_settings_release(&s);
}

static void agent_that_is_silent(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    char *path = path_of("silent");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 5), 0);
    ssh_string_set(&s.identity_agent, path);
    struct attempt a = attempt_run(&s, NULL);
    expect_success(&a);
    expect_seen(&a, "does not answer");
    attempt_release(&a);
    close(fd);
    a = attempt_run(&s, NULL); /* and one that is gone */
    expect_success(&a);
    assert_null(strstr(buf_str(&a.seen), "notice"));
    attempt_release(&a);
    free(path);
    ssh_settings_release(&s);
}

static void too_many_keys(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    set_identity(&host, &s, "");
    for (int i = 0; i < 6; i++) {
        shell("ssh-keygen -q -t ed25519 -N '' -f %s/many%d", host.dir, i);
        char *path = xasprintf("%s/many%d", host.dir, i);
        ssh_list_add(&s.identity_file, path);
        free(path);
    }
    struct attempt a = attempt_run(&s, NULL);
    expect_failure(&a, "MaxAuthTries");
    expect_failure(&a, "IdentitiesOnly");
    attempt_release(&a);
    ssh_settings_release(&s);
}

/* ---- ports where things go wrong ---- */

struct stub {
    int fd, port;
    const char *says; /* NULL: nothing, and the connection stays open */
    bool flood;
    pthread_t thread;
};

static void *stub_run(void *data)
{
    struct stub *stub = data;
    int fd = accept(stub->fd, NULL, NULL);
    if (fd < 0)
        return NULL;
    if (stub->says)
        send(fd, stub->says, strlen(stub->says), MSG_NOSIGNAL);
    while (stub->flood && send(fd, "flood\r\n", 7, MSG_NOSIGNAL) > 0)
        ;
    char data_in[512];
    if (!stub->says || stub->flood)
        while (recv(fd, data_in, sizeof data_in, 0) > 0)
            ;
    else
        recv(fd, data_in, sizeof data_in, 0);
    close(fd);
    return NULL;
}

static struct attempt against_stub(const char *says, bool flood)
{
    struct stub stub = {.says = says, .flood = flood};
    stub.fd = listen_loopback(&stub.port);
    assert_int_equal(pthread_create(&stub.thread, NULL, stub_run, &stub), 0);
    struct ssh_settings s;
    sshd_settings(&host, &s);
    s.port = stub.port;
    s.timeout = 1;
    struct attempt a = attempt_run(&s, NULL);
    ssh_settings_release(&s);
    pthread_join(stub.thread, NULL);
    close(stub.fd);
    return a;
}

static void bad_ports(void **state)
{
    (void)state;
    struct attempt a = against_stub(NULL, false);
    expect_failure(&a, "testhost: banner: no answer within 1 s");
    attempt_release(&a);
    a = against_stub("HTTP/1.1 400 Bad Request\r\n\r\n", false);
    expect_failure(&a, "banner: not an SSH server: it answered 'HTTP/1.1 400 Bad Request'");
    attempt_release(&a);
    a = against_stub("\033]0;evil\007\r\n", false);
    expect_failure(&a, "not an SSH server: it answered '\\x1b]0;evil");
    attempt_release(&a);
    a = against_stub("", true);
    expect_failure(&a, "not an SSH server");
    attempt_release(&a);
    a = against_stub("SSH-2.0-broken\r\n\1\2\3\4garbage that is no packet at all........", false);
    expect_failure(&a, "key exchange:");
    attempt_release(&a);
    a = against_stub("SSH-1.5-old\r\n", false);
    assert_null(a.link);
    attempt_release(&a);
    struct ssh_settings s;
    sshd_settings(&host, &s);
    close(listen_loopback(&s.port));
    a = attempt_run(&s, NULL);
    char refused[96];
    snprintf(refused, sizeof refused, "testhost: connect: 127.0.0.1 port %d: Connection refused",
             s.port);
    expect_failure(&a, refused);
    attempt_release(&a);
    s.port = host.port;
    ssh_string_set(&s.hostname, "no-such-host.invalid");
    a = attempt_run(&s, NULL);
    expect_failure(&a, "resolve:");
    expect_failure(&a, "no-such-host.invalid");
    attempt_release(&a);
    ssh_settings_release(&s);
}

static void races_addresses(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    /* Usually ::1 (refused: sshd listens on IPv4 only) and 127.0.0.1. */
    ssh_string_set(&s.hostname, "localhost");
    shell("sed -i 's/127.0.0.1/localhost/' %s", s.user_known_hosts[0]);
    struct attempt a = attempt_run(&s, NULL);
    expect_success(&a);
    attempt_release(&a);
    ssh_settings_release(&s);
}

static void cancel_at_any_moment(void **state)
{
    (void)state;
    struct ssh_settings s;
    struct err err;
    sshd_settings(&host, &s);
    int port, silent = listen_loopback(&port);
    for (int i = 0; i < 12; i++) {
        s.port = i % 3 == 0 ? port : host.port;
        struct ssh_connect *c = ssh_connect_start(&s, &err);
        struct pollfd p = {.fd = ssh_connect_fd(c), .events = POLLIN};
        for (int k = 0; k < i; k++) { /* so many events, then stop */
            struct connect_event e;
            poll(&p, 1, 50);
            if (ssh_connect_next(c, &e))
                connect_event_release(&e);
        }
        int64_t before = clock_ms();
        ssh_connect_free(c);
        assert_true(clock_ms() - before < 500);
    }
    close(silent);
    ssh_settings_release(&s);
}

static void no_common_algorithm(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    ssh_string_set(&s.host_key_algs, "ecdsa-sha2-nistp256");
    struct attempt a = attempt_run(&s, NULL);
    expect_failure(&a, "no common HostKeyAlgorithms: the host offers only ssh-ed25519");
    attempt_release(&a);
    ssh_string_set(&s.host_key_algs, NULL);
    ssh_string_set(&s.ciphers, "no-such-cipher");
    a = attempt_run(&s, NULL);
    expect_failure(&a, "Ciphers");
    attempt_release(&a);
    ssh_settings_release(&s);
}

static void proxy_command(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    char command[600];
    snprintf(command, sizeof command, "exec %s -i -f %s/config", sshd_program(), host.dir);
    show_sshd_account(host.dir);
    ssh_string_set(&s.proxy_command, command);
    struct attempt a = attempt_run(&s, NULL);
    unsetenv("LD_PRELOAD");
    expect_success(&a);
    struct buf out = {0};
    assert_int_equal(link_exec(a.link, "echo through", &out, NULL), 0);
    assert_string_equal(buf_str(&out), "through\n");
    assert_int_equal(ssh_link_rtt(a.link), -1);
    assert_int_equal(ssh_link_unanswered(a.link), 0);
    buf_release(&out);
    attempt_release(&a);
    ssh_string_set(&s.proxy_command, "echo 'no \033route' >&2; exit 1");
    a = attempt_run(&s, NULL);
    expect_failure(&a, "the ProxyCommand ended before the host answered: no \\x1broute");
    attempt_release(&a);
    s.timeout = 1;
    ssh_string_set(&s.proxy_command, "trap '' TERM HUP; sleep 1000");
    a = attempt_run(&s, NULL);
    expect_failure(&a, "no answer within 1 s");
    attempt_release(&a);
    ssh_settings_release(&s);
}

/* ---- host keys ---- */

static void unknown_host(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    char *file = path_of("new/known_hosts"), *print = fingerprint_of("host");
    ssh_list_free(s.user_known_hosts);
    s.user_known_hosts = NULL;
    ssh_list_add(&s.user_known_hosts, file);
    struct attempt a = attempt_run(&s, (const char *[]){"no", NULL});
    expect_failure(&a, "host key: the host's key was not accepted");
    expect_seen(&a, print);
    assert_int_equal(access(file, F_OK), -1);
    attempt_release(&a);
    a = attempt_run(&s, (const char *[]){"maybe", "YES", NULL});
    expect_success(&a);
    assert_int_equal(a.questions, 2);
    expect_seen(&a, "Please type 'yes', 'no' or the fingerprint");
    attempt_release(&a);
    shell("ssh-keygen -F '[127.0.0.1]:%d' -f %s >/dev/null", host.port, file);
    a = attempt_run(&s, NULL); /* now known */
    expect_success(&a);
    assert_int_equal(a.questions, 0);
    attempt_release(&a);
    unlink(file);
    s.hash_known_hosts = true;
    a = attempt_run(&s, (const char *[]){print, NULL}); /* by its fingerprint */
    expect_success(&a);
    attempt_release(&a);
    shell("grep -q '^|1|' %s && ssh-keygen -F '[127.0.0.1]:%d' -f %s >/dev/null", file, host.port,
          file);
    unlink(file);
    s.strict = STRICT_YES;
    a = attempt_run(&s, (const char *[]){"yes", NULL});
    expect_failure(&a, "StrictHostKeyChecking is yes");
    assert_int_equal(a.questions, 0);
    attempt_release(&a);
    s.strict = STRICT_ACCEPT_NEW;
    a = attempt_run(&s, NULL);
    expect_success(&a);
    attempt_release(&a);
    assert_int_equal(access(file, F_OK), 0);
    free(file);
    free(print);
    ssh_settings_release(&s);
}

static void changed_host(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    char *print = fingerprint_of("host");
    const char *file = s.user_known_hosts[0];
    shell("(echo '# a comment'; echo \"[127.0.0.1]:%d $(cut -d' ' -f1-2 %s/other.pub)\") > %s",
          host.port, host.dir, file);
    static const enum ssh_strict refuse[] = {STRICT_ASK, STRICT_YES, STRICT_ACCEPT_NEW};
    for (int i = 0; i < 3; i++) {
        s.strict = refuse[i];
        struct attempt a = attempt_run(&s, (const char *[]){"yes", NULL});
        expect_failure(&a, "THE HOST'S KEY HAS CHANGED");
        expect_failure(&a, "known_hosts:2 has another");
        expect_failure(&a, print);
        expect_failure(&a, "ssh-keygen -f");
        assert_int_equal(a.questions, 0);
        attempt_release(&a);
    }
    s.strict = STRICT_NO;
    struct attempt a = attempt_run(&s, NULL);
    expect_success(&a);
    expect_seen(&a, "notice host key: THE HOST'S KEY HAS CHANGED");
    attempt_release(&a);
    /* Revoked keys are refused whatever the config says. */
    shell("echo \"@revoked * $(cut -d' ' -f1-2 %s/host.pub)\" >> %s", host.dir, file);
    a = attempt_run(&s, NULL);
    expect_failure(&a, "IS REVOKED by");
    expect_failure(&a, "known_hosts:3");
    attempt_release(&a);
    /* What cannot be read is not taken for empty. */
    unlink(file);
    assert_int_equal(mkdir(file, 0700), 0);
    s.strict = STRICT_ACCEPT_NEW;
    a = attempt_run(&s, NULL);
    expect_failure(&a, "cannot be checked");
    attempt_release(&a);
    rmdir(file);
    free(print);
    ssh_settings_release(&s);
}

static void known_without_port_or_by_alias(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    shell("echo \"127.0.0.1 $(cut -d' ' -f1-2 %s/host.pub)\" > %s", host.dir,
          s.user_known_hosts[0]);
    struct attempt a = attempt_run(&s, NULL);
    expect_success(&a);
    attempt_release(&a);
    shell("echo \"pool $(cut -d' ' -f1-2 %s/host.pub)\" > %s", host.dir, s.user_known_hosts[0]);
    s.strict = STRICT_YES;
    a = attempt_run(&s, NULL);
    expect_failure(&a, "is not a known host");
    attempt_release(&a);
    ssh_string_set(&s.host_key_alias, "pool");
    a = attempt_run(&s, NULL);
    expect_success(&a);
    attempt_release(&a);
    ssh_settings_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_file),
        cmocka_unit_test(encrypted_key),
        cmocka_unit_test(pem_keys),
        cmocka_unit_test(unusable_keys),
        cmocka_unit_test(agent),
        cmocka_unit_test(agent_that_is_silent),
        cmocka_unit_test(too_many_keys),
        cmocka_unit_test(bad_ports),
        cmocka_unit_test(races_addresses),
        cmocka_unit_test(cancel_at_any_moment),
        cmocka_unit_test(no_common_algorithm),
        cmocka_unit_test(proxy_command),
        cmocka_unit_test(unknown_host),
        cmocka_unit_test(changed_host),
        cmocka_unit_test(known_without_port_or_by_alias),
    };
    return cmocka_run_group_tests(tests, start_host, stop_host);
}
