/* The stream as ssh_config(5) wants it: IPQoS, keep-alive, the local end, attempts. */
#include "sshd_fixture.h"

#include <net/if.h>

#include "proto/net_connect.h"
#include "proto/net_socket.h"

static int listener, port, pipes[2];

static int begin(void **state)
{
    (void)state;
    listener = listen_loopback(&port);
    return pipe2(pipes, O_CLOEXEC);
}

static int end(void **state)
{
    (void)state;
    close(listener);
    close(pipes[0]);
    close(pipes[1]);
    return 0;
}

static enum net_result reach(const struct net_options *options, int to, int *fd, struct err *err)
{
    struct addrinfo *list = NULL;
    char address[NI_MAXHOST] = "";
    struct net_wait wait = {.cancel_fd = pipes[0], .deadline = clock_ms() + PATIENCE_MS};
    assert_int_equal(net_resolve("127.0.0.1", to, AF_UNSPEC, &wait, &list, err), NET_OK);
    enum net_result result = net_race(list, options, &wait, fd, address, err);
    if (result == NET_OK)
        assert_string_equal(address, "127.0.0.1");
    freeaddrinfo(list);
    return result;
}

static int connected(const struct net_options *options)
{
    int fd = -1;
    struct err err = {""};
    if (reach(options, port, &fd, &err) != NET_OK)
        fail_msg("%s", err.text);
    close(accept(listener, NULL, NULL));
    return fd;
}

static void failed(const struct net_options *options, int to, const char *part)
{
    int fd = -1;
    struct err err = {""};
    assert_int_equal(reach(options, to, &fd, &err), NET_FAILED);
    if (!strstr(err.text, part))
        fail_msg("'%s' is not in: %s", part, err.text);
}

static int int_option(int fd, int level, int name)
{
    int value = -1;
    socklen_t len = sizeof value;
    assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
    return value;
}

static void qos_names(void **state)
{
    (void)state;
    static const struct {
        const char *ipqos;
        bool bulk;
        int tos;
    } table[] = {
        {"ef cs0", false, 0xb8},
        {"ef cs0", true, 0x00},
        {"af21", false, 0x48},
        {"af21", true, 0x48},
        {"lowdelay throughput", false, 0x10},
        {"lowdelay throughput", true, 0x08},
        {"none 0x20", false, -1},
        {"none 0x20", true, 0x20},
        {"AF13 LE", true, 0x04},
        {"16", false, 16},
        {"256", false, -1},
        {"-1", false, -1},
        {"fast", false, -1},
        {"", false, -1},
        {NULL, false, -1},
        {"1x", false, -1},
        {"aaaaaaaaaaaaaaaaaaaaaaa", false, -1},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(net_tos(table[i].ipqos, table[i].bulk), table[i].tos);
}

static void socket_options(void **state)
{
    (void)state;
    int fd = connected(&(struct net_options){.keepalive = true, .tos = 0x48, .attempts = 1});
    assert_int_equal(int_option(fd, IPPROTO_IP, IP_TOS), 0x48);
    assert_int_equal(int_option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
    close(fd);
    fd = connected(&(struct net_options){.tos = -1, .attempts = 1});
    assert_int_equal(int_option(fd, IPPROTO_IP, IP_TOS), 0);
    assert_int_equal(int_option(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
    close(fd);
}

static void expect_local(const struct net_options *options, const char *address)
{
    struct sockaddr_in local;
    socklen_t len = sizeof local;
    int fd = connected(options);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&local, &len), 0);
    assert_string_equal(inet_ntoa(local.sin_addr), address);
    close(fd);
}

/* The loopback interface by its name, which is not the same everywhere. */
static void loopback_name(char name[IF_NAMESIZE])
{
    assert_non_null(if_indextoname(1, name));
}

static void the_local_end(void **state)
{
    (void)state;
    char lo[IF_NAMESIZE];
    loopback_name(lo);
    expect_local(&(struct net_options){.bind_address = "127.0.0.7", .tos = -1}, "127.0.0.7");
    expect_local(&(struct net_options){.bind_address = "localhost", .tos = -1}, "127.0.0.1");
    expect_local(&(struct net_options){.bind_interface = lo, .tos = -1}, "127.0.0.1");
    expect_local(
        &(struct net_options){.bind_address = "127.0.0.9", .bind_interface = "none0", .tos = -1},
        "127.0.0.9");
    failed(&(struct net_options){.bind_address = "192.0.2.1", .tos = -1}, port, "BindAddress");
    failed(&(struct net_options){.bind_address = "::1", .tos = -1}, port, "right family");
    failed(&(struct net_options){.bind_interface = "none0", .tos = -1}, port, "BindInterface");
}

static void attempts(void **state)
{
    (void)state;
    int closed, fd = listen_loopback(&closed);
    close(fd);
    int64_t begun = clock_ms();
    failed(&(struct net_options){.tos = -1, .attempts = 2}, closed, "refused");
    assert_true(clock_ms() - begun >= 1000); /* a second between them */
    assert_int_equal(write(pipes[1], "x", 1), 1);
    struct err err;
    assert_int_equal(reach(&(struct net_options){.tos = -1, .attempts = 1000}, closed, &fd, &err),
                     NET_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qos_names),
        cmocka_unit_test(socket_options),
        cmocka_unit_test(the_local_end),
        cmocka_unit_test(attempts),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
