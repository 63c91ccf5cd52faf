/* Compression and RekeyLimit reach the host. */
#include "sshd_fixture.h"

static struct sshd host;

static int start_host(void **state)
{
    (void)state;
    sshd_start(&host, "LogLevel DEBUG1");
    return 0;
}

static int stop_host(void **state)
{
    (void)state;
    sshd_stop(&host);
    return 0;
}

/* How often the host's log holds the text. */
static int logged(const char *text)
{
    char *command = xasprintf("grep -cF -- '%s' %s/log || true", text, host.dir), line[32] = "";
    FILE *f = popen(command, "r");
    assert_non_null(fgets(line, sizeof line, f));
    pclose(f);
    free(command);
    return atoi(line);
}

static void run(const struct ssh_settings *s, const char *command, size_t len)
{
    struct attempt a = attempt_run(s, NULL);
    struct buf out = {0};
    expect_success(&a);
    assert_int_equal(link_exec(a.link, command, &out, NULL), 0);
    assert_int_equal(out.len, len);
    buf_release(&out);
    attempt_release(&a);
}

static void compression(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    run(&s, "head -c 300000 /dev/zero", 300000);
    assert_int_equal(logged("compression: zlib@openssh.com"), 0);
    s.compression = true;
    run(&s, "head -c 300000 /dev/zero", 300000);
    assert_int_equal(logged("compression: zlib@openssh.com"), 2); /* both ways */
    ssh_settings_release(&s);
}

static void rekeying(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    int before = logged("SSH2_MSG_KEXINIT received");
    run(&s, "head -c 4000000 /dev/zero", 4000000);
    assert_int_equal(logged("SSH2_MSG_KEXINIT received"), before + 1);
    ssh_string_set(&s.rekey_limit, "1000000 0");
    run(&s, "head -c 4000000 /dev/zero", 4000000);
    assert_true(logged("SSH2_MSG_KEXINIT received") >= before + 1 + 3);
    ssh_settings_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compression),
        cmocka_unit_test(rekeying),
    };
    return cmocka_run_group_tests(tests, start_host, stop_host);
}
