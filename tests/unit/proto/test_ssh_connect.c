#include "sshd_fixture.h"

static struct sshd host;

static int start_host(void **state)
{
    (void)state;
    sshd_start(&host, "Banner none\nLogLevel DEBUG1");
    return 0;
}

static int stop_host(void **state)
{
    (void)state;
    sshd_stop(&host);
    return 0;
}

static void key_file(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    struct attempt a = attempt_run(&s, NULL);
    expect_success(&a);
    assert_int_equal(a.questions, 0);
    expect_seen(&a, "stage resolve: \nstage connect: \nstage banner: \nstage key exchange: \n"
                    "stage host key: \nstage authentication: \n");
    struct buf out = {0};
    assert_int_equal(link_exec(a.link, "printf hello; exit 3", &out, NULL), 3);
    assert_string_equal(buf_str(&out), "hello");
    buf_release(&out);
    attempt_release(&a);
    ssh_settings_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_file),
    };
    return cmocka_run_group_tests(tests, start_host, stop_host);
}
