/*
 * A real sshd on a free loopback port, with its own keys and config in a temporary folder, and
 * a driver that runs one connection to its end. Works as root and as any user.
 */
#ifndef TEST_SSHD_FIXTURE_H
#define TEST_SSHD_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "proto/ssh_channel.h"
#include "proto/ssh_connect.h"
#include "proto/ssh_settings.h"

#define PATIENCE_MS 20000

struct sshd {
    char dir[64];
    int port;
    pid_t pid;
};

static inline const char *own_name(void)
{
    const struct passwd *pw = getpwuid(getuid());
    assert_non_null(pw);
    return pw->pw_name;
}

/* Run a shell command; it must succeed. */
static inline void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void shell(const char *format, ...)
{
    char *command;
    va_list args;
    va_start(args, format);
    assert_true(vasprintf(&command, format, args) > 0);
    va_end(args);
    int status = system(command);
    if (status != 0)
        print_error("failed: %s\n", command);
    assert_int_equal(status, 0);
    free(command);
}

static inline void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* A bound and listening socket on a port of its own. */
static inline int listen_loopback(int *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

static inline void wait_for_port(int port)
{
    int64_t until = clock_ms() + PATIENCE_MS;
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (;;) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int rc = connect(fd, (struct sockaddr *)&a, sizeof a);
        close(fd);
        if (rc == 0)
            return;
        assert_true(clock_ms() < until);
        poll(NULL, 0, 10);
    }
}

/* The system's sshd, or the one that scripts/test.sh unpacked without installing it. */
static inline const char *sshd_program(void)
{
    const char *program = getenv("TETHER_TEST_SSHD");
    return program && *program ? program : "/usr/sbin/sshd";
}

/* sshd wants an account of its own, which is there only where it is installed: shown to it by
   nss_wrapper(1), in the environment of what is started next. */
static inline void show_sshd_account(const char *dir)
{
    if (getuid() != 0 || getpwnam("sshd"))
        return;
    char passwd[96], command[320];
    snprintf(passwd, sizeof passwd, "%s/passwd", dir);
    snprintf(command, sizeof command,
             "cp /etc/passwd %s && echo sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin >> %s",
             passwd, passwd);
    assert_int_equal(system(command), 0);
    setenv("LD_PRELOAD", "libnss_wrapper.so", 1);
    setenv("NSS_WRAPPER_PASSWD", passwd, 1);
    setenv("NSS_WRAPPER_GROUP", "/etc/group", 1);
}

/* `extra`: lines for sshd_config, before ours. Keys made: host, user, locked ("secret"), other. */
static inline void sshd_start(struct sshd *s, const char *extra)
{
    snprintf(s->dir, sizeof s->dir, "/tmp/tether-sshd.XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    if (getuid() == 0)
        mkdir("/run/sshd", 0755);
    close(listen_loopback(&s->port));
    static const char *const keys[][2] = {
        {"host", ""}, {"user", ""}, {"locked", "secret"}, {"other", ""}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        shell("ssh-keygen -q -t ed25519 -N '%s' -C %s -f %s/%s", keys[i][1], keys[i][0], s->dir,
              keys[i][0]);
    shell("cat %s/user.pub %s/locked.pub > %s/authorized", s->dir, s->dir, s->dir);
    char path[96], text[1024];
    snprintf(path, sizeof path, "%s/config", s->dir);
    snprintf(text, sizeof text,
             "%s\nPort %d\nListenAddress 127.0.0.1\nHostKey %s/host\nPidFile none\nUsePAM no\n"
             "SetEnv HOME=%s\n" /* what a person's profile does is not what is tested */
             "AuthorizedKeysFile %s/authorized\nStrictModes no\nPermitRootLogin yes\n"
             "PasswordAuthentication no\nKbdInteractiveAuthentication no\nMaxSessions 50\n",
             extra ? extra : "", s->port, s->dir, s->dir, s->dir);
    write_file(path, text);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0) {
        char log[96];
        snprintf(log, sizeof log, "%s/log", s->dir);
        show_sshd_account(s->dir);
        execl(sshd_program(), sshd_program(), "-D", "-E", log, "-f", path, (char *)NULL);
        _exit(127);
    }
    wait_for_port(s->port);
}

static inline void sshd_stop(struct sshd *s)
{
    kill(s->pid, SIGTERM);
    waitpid(s->pid, NULL, 0);
    shell("rm -rf %s", s->dir);
}

/* Settings for it that depend on nothing of the user's: key "user", known host. */
static inline void sshd_settings(const struct sshd *s, struct ssh_settings *out)
{
    char path[96];
    ssh_settings_init(out);
    ssh_string_set(&out->name, "testhost");
    ssh_string_set(&out->hostname, "127.0.0.1");
    ssh_string_set(&out->user, own_name());
    out->port = s->port;
    out->timeout = 10;
    snprintf(path, sizeof path, "%s/user", s->dir);
    ssh_list_add(&out->identity_file, path);
    snprintf(path, sizeof path, "%s/known_hosts", s->dir);
    ssh_list_add(&out->user_known_hosts, path);
    shell("echo \"[127.0.0.1]:%d $(cut -d' ' -f1-2 %s/host.pub)\" > %s", s->port, s->dir, path);
}

static inline void set_identity(const struct sshd *s, struct ssh_settings *out, const char *name)
{
    char path[96];
    ssh_list_free(out->identity_file);
    out->identity_file = NULL;
    snprintf(path, sizeof path, "%s/%s", s->dir, name);
    if (*name)
        ssh_list_add(&out->identity_file, path);
}

/* ---- running a connection ---- */

struct attempt {
    struct ssh_link *link; /* NULL: failed */
    char failure[1024];
    struct buf seen; /* stages, questions, notices, banners, a line each */
    int questions;
};

/* Answer questions in turn; past the last, and for NULL, give up. */
static inline struct attempt attempt_run(const struct ssh_settings *s, const char *const *answers)
{
    struct attempt a = {.link = NULL};
    struct err err;
    struct ssh_connect *c = ssh_connect_start(s, &err);
    assert_non_null(c);
    int64_t until = clock_ms() + PATIENCE_MS;
    for (bool over = false; !over;) {
        struct connect_event e;
        struct pollfd p = {.fd = ssh_connect_fd(c), .events = POLLIN};
        assert_true(clock_ms() < until);
        poll(&p, 1, 1000);
        while (ssh_connect_next(c, &e)) {
            static const char *const kinds[] = {"stage",   "banner", "question", "notice",
                                                "waiting", "done",   "failed"};
            buf_printf(&a.seen, "%s %s: %s\n", kinds[e.kind], ssh_stage_name(e.stage),
                       e.text ? e.text : "");
            for (int i = 0; i < e.prompt_count; i++)
                buf_printf(&a.seen, "prompt %s%s\n", e.prompt[i].text,
                           e.prompt[i].echo ? "" : " (hidden)");
            if (e.kind == CONNECT_QUESTION) {
                bool given = answers && answers[0];
                ssh_connect_answer(c, given ? answers : NULL, e.prompt_count);
                for (int i = 0; given && i < e.prompt_count; i++)
                    answers++;
                a.questions++;
            }
            if (e.kind == CONNECT_FAILED)
                snprintf(a.failure, sizeof a.failure, "%s", e.text);
            over = over || e.kind == CONNECT_DONE || e.kind == CONNECT_FAILED;
            connect_event_release(&e);
        }
    }
    a.link = ssh_connect_take(c);
    ssh_connect_free(c);
    return a;
}

static inline void attempt_release(struct attempt *a)
{
    ssh_link_free(a->link);
    buf_release(&a->seen);
}

static inline void expect_success(const struct attempt *a)
{
    if (!a->link)
        print_error("failed: %s\n", a->failure);
    assert_non_null(a->link);
}

static inline void expect_failure(const struct attempt *a, const char *part)
{
    assert_null(a->link);
    if (!strstr(a->failure, part))
        print_error("'%s' is not in: %s\n", part, a->failure);
    assert_non_null(strstr(a->failure, part));
}

static inline void expect_seen(struct attempt *a, const char *part)
{
    if (!strstr(buf_str(&a->seen), part))
        print_error("'%s' is not in:\n%s", part, buf_str(&a->seen));
    assert_non_null(strstr(buf_str(&a->seen), part));
}

/* ---- running channels ---- */

/* One turn: wait at most until `until`, pump. False: the link is gone. */
static inline bool link_turn(struct ssh_link *link, int64_t until)
{
    struct pollfd p = {.fd = ssh_link_fd(link), .events = POLLIN};
    int64_t now = clock_ms();
    int64_t wake = clock_earlier(until, ssh_link_deadline(link));
    struct err err;
    poll(&p, 1, wake > now ? (int)(wake - now > 1000 ? 1000 : wake - now) : 0);
    return ssh_link_pump(link, clock_ms(), &err);
}

/* Run a command to its end; its output is appended to `out` and `errors` (may be NULL). */
static inline int link_exec(struct ssh_link *link, const char *command, struct buf *out,
                            struct buf *errors)
{
    struct ssh_channel *ch = ssh_channel_open(link, &(struct ssh_channel_spec){.command = command});
    struct buf *into[2] = {out, errors};
    int64_t until = clock_ms() + PATIENCE_MS;
    while (ssh_channel_state(ch) != CHANNEL_CLOSED) {
        link_turn(link, until);
        char data[16384];
        for (int i = 0; i < 2; i++)
            for (size_t n; (n = ssh_channel_take(ch, i == 1, data, sizeof data)) > 0;)
                if (into[i])
                    buf_append(into[i], data, n);
        assert_true(clock_ms() < until);
    }
    if (ssh_channel_error(ch)[0])
        print_error("channel: %s\n", ssh_channel_error(ch));
    int status = ssh_channel_status(ch);
    ssh_channel_drop(ch);
    return status;
}

/* Turn the link until the channel's output, appended to `out`, holds `text`. */
static inline void channel_expect(struct ssh_link *link, struct ssh_channel *ch, struct buf *out,
                                  const char *text)
{
    int64_t until = clock_ms() + PATIENCE_MS;
    while (!strstr(buf_str(out), text)) {
        char data[4096];
        size_t n;
        link_turn(link, until);
        while ((n = ssh_channel_take(ch, false, data, sizeof data)) > 0)
            buf_append(out, data, n);
        bool over = clock_ms() >= until || ssh_channel_state(ch) == CHANNEL_CLOSED;
        if (over && !strstr(buf_str(out), text)) {
            print_error("waited for '%s', got:\n%s\n", text, buf_str(out));
            fail();
        }
    }
}

/* Send all of a text. */
static inline void channel_say(struct ssh_link *link, struct ssh_channel *ch, const char *text)
{
    int64_t until = clock_ms() + PATIENCE_MS;
    for (size_t len = strlen(text); len > 0;) {
        size_t n = ssh_channel_give(ch, text, len);
        text += n;
        len -= n;
        if (n == 0)
            link_turn(link, clock_ms() + 20);
        assert_true(clock_ms() < until);
    }
}

/* Turn the link until the channel is closed, its output thrown away; its status. */
static inline int channel_finish(struct ssh_link *link, struct ssh_channel *ch)
{
    int64_t until = clock_ms() + PATIENCE_MS;
    char data[16384];
    while (ssh_channel_state(ch) != CHANNEL_CLOSED) {
        link_turn(link, until);
        for (int i = 0; i < 2; i++)
            while (ssh_channel_take(ch, i == 1, data, sizeof data) > 0)
                ;
        assert_true(clock_ms() < until);
    }
    int status = ssh_channel_status(ch);
    ssh_channel_drop(ch);
    return status;
}

#endif
