/*
 * Passwords, keyboard-interactive and several factors, against a server made of libssh in a
 * child process: a real sshd would need accounts of its own. Who logs in says what is asked.
 */
#include "sshd_fixture.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include <sys/prctl.h>

static struct sshd host; /* its keys and folder; `port` is the server's */
static pid_t server;

struct login {
    ssh_session session;
    bool password_done, over;
    int rounds;
};

static int on_password(ssh_session session, const char *user, const char *password, void *data)
{
    struct login *l = data;
    if (strcmp(password, "right") != 0)
        return SSH_AUTH_DENIED;
    if (strcmp(user, "both") == 0) {
        l->password_done = true;
        ssh_set_auth_methods(session, SSH_AUTH_METHOD_INTERACTIVE);
        return SSH_AUTH_PARTIAL;
    }
    if (strcmp(user, "endless") == 0)
        return SSH_AUTH_PARTIAL;
    return strcmp(user, "pw") == 0 ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
}

static int on_none(ssh_session session, const char *user, void *data)
{
    (void)data;
    bool pw = strcmp(user, "pw") == 0 || strcmp(user, "both") == 0 || strcmp(user, "endless") == 0;
    ssh_set_auth_methods(session, strcmp(user, "either") == 0
                                      ? SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE
                                  : pw ? SSH_AUTH_METHOD_PASSWORD
                                       : SSH_AUTH_METHOD_INTERACTIVE);
    ssh_string banner = ssh_string_from_char("Authorised\033[31m users only\n");
    ssh_send_issue_banner(session, banner);
    ssh_string_free(banner);
    return strcmp(user, "open") == 0 ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
}

static bool answered(ssh_session session, unsigned i, const char *text)
{
    const char *answer = ssh_userauth_kbdint_getanswer(session, i);
    return answer && strcmp(answer, text) == 0;
}

/* Two rounds: name and code; then an empty one, as PAM sends it. */
static int on_message(ssh_session session, ssh_message m, void *data)
{
    struct login *l = data;
    static const char *const asked[] = {"Na\033me: ", "Code: "};
    const char *prompts[] = {asked[0], asked[1]};
    char echo[] = {1, 0};
    if (ssh_message_type(m) != SSH_REQUEST_AUTH ||
        ssh_message_subtype(m) != SSH_AUTH_METHOD_INTERACTIVE)
        return 1;
    if (!ssh_message_auth_kbdint_is_response(m)) {
        l->rounds = 1;
        ssh_message_auth_interactive_request(m, "Token", "Look at your device.", 2, prompts, echo);
    } else if (l->rounds == 1 && answered(session, 0, "ann") && answered(session, 1, "42")) {
        l->rounds = 2;
        ssh_message_auth_interactive_request(m, "", "", 0, prompts, echo);
    } else if (l->rounds == 2) {
        ssh_message_auth_reply_success(m, 0);
    } else {
        return 1;
    }
    return 0;
}

static void serve_one(ssh_bind bind, int fd)
{
    struct login l = {.session = ssh_new()};
    struct ssh_server_callbacks_struct callbacks = {
        .userdata = &l, .auth_password_function = on_password, .auth_none_function = on_none};
    ssh_callbacks_init(&callbacks);
    if (ssh_bind_accept_fd(bind, l.session, fd) != SSH_OK)
        _exit(1);
    ssh_set_server_callbacks(l.session, &callbacks);
    ssh_set_auth_methods(l.session, SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_PASSWORD |
                                        SSH_AUTH_METHOD_INTERACTIVE);
    ssh_set_message_callback(l.session, on_message, &l);
    if (ssh_handle_key_exchange(l.session) != SSH_OK)
        _exit(1);
    ssh_event event = ssh_event_new();
    ssh_event_add_session(event, l.session);
    while (ssh_event_dopoll(event, 10000) == SSH_OK)
        ;
    _exit(0);
}

static int start_server(void **state)
{
    (void)state;
    const bool off = false;
    char path[96];
    pid_t parent = getpid();
    snprintf(host.dir, sizeof host.dir, "/tmp/tether-auth.XXXXXX");
    assert_non_null(mkdtemp(host.dir));
    shell("for k in host user; do ssh-keygen -q -t ed25519 -N '' -f %s/$k; done", host.dir);
    int fd = listen_loopback(&host.port);
    server = fork();
    if (server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(0);
        signal(SIGCHLD, SIG_IGN);
        ssh_bind bind = ssh_bind_new();
        snprintf(path, sizeof path, "%s/host", host.dir);
        ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &off);
        ssh_bind_options_set(bind, SSH_BIND_OPTIONS_HOSTKEY, path);
        for (;;) {
            int peer = accept(fd, NULL, NULL);
            if (fork() == 0)
                serve_one(bind, peer);
            close(peer);
        }
    }
    close(fd);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    shell("rm -rf %s", host.dir);
    return 0;
}

static struct attempt as_user(const char *user, const char *const *answers)
{
    struct ssh_settings s;
    sshd_settings(&host, &s);
    set_identity(&host, &s, "");
    ssh_string_set(&s.user, user);
    struct attempt a = attempt_run(&s, answers);
    ssh_settings_release(&s);
    return a;
}

static void password(void **state)
{
    (void)state;
    struct attempt a = as_user("pw", (const char *[]){"wrong", "right", NULL});
    expect_success(&a);
    assert_int_equal(a.questions, 2);
    expect_seen(&a, "prompt pw@testhost's password:  (hidden)\n");
    expect_seen(&a, "Permission denied, please try again.");
    expect_seen(&a, "banner authentication: Authorised\033[31m users only\n");
    attempt_release(&a);
    a = as_user("pw", (const char *[]){"1", "2", "3", "4", NULL});
    expect_failure(&a, "permission denied for pw: the host accepts password");
    assert_int_equal(a.questions, 3);
    attempt_release(&a);
    a = as_user("pw", NULL);
    expect_failure(&a, "given up at the question");
    attempt_release(&a);
}

static void keyboard_interactive(void **state)
{
    (void)state;
    struct attempt a = as_user("kbd", (const char *[]){"ann", "42", NULL});
    expect_success(&a);
    assert_int_equal(a.questions, 1);
    expect_seen(&a, "question authentication: Token\nLook at your device.\n");
    expect_seen(&a, "prompt (kbd@testhost) Na\\x1bme: \nprompt (kbd@testhost) Code:  (hidden)\n");
    attempt_release(&a);
    a = as_user("kbd", (const char *[]){"bob", "1", "ann", "42", NULL});
    expect_success(&a);
    assert_int_equal(a.questions, 2);
    attempt_release(&a);
}

static void two_factors(void **state)
{
    (void)state;
    struct attempt a = as_user("both", (const char *[]){"right", "ann", "42", NULL});
    expect_success(&a);
    assert_int_equal(a.questions, 2);
    attempt_release(&a);
    a = as_user("endless", (const char *[]){"right", "right", "right", "right", "right", NULL});
    expect_failure(&a, "permission denied");
    assert_int_equal(a.questions, 3);
    attempt_release(&a);
}

static void no_proof_needed(void **state)
{
    (void)state;
    struct attempt a = as_user("open", NULL);
    expect_success(&a);
    attempt_release(&a);
}

/* A refused key first; the methods then come in the config's order. */
static void after_a_key(void **state)
{
    (void)state;
    struct ssh_settings s;
    sshd_settings(&host, &s);
    ssh_string_set(&s.user, "kbd");
    struct attempt a = attempt_run(&s, (const char *[]){"ann", "42", NULL});
    expect_success(&a);
    attempt_release(&a);
    ssh_string_set(&s.user, "pw");
    s.kbdint_auth = s.password_auth = false;
    a = attempt_run(&s, NULL);
    expect_failure(&a, "permission denied");
    assert_int_equal(a.questions, 0);
    attempt_release(&a);
    /* A host whose key has changed gets no password, even where the config lets it pass. */
    s.kbdint_auth = s.password_auth = true;
    s.strict = STRICT_NO;
    shell("echo \"[127.0.0.1]:%d $(cut -d' ' -f1-2 %s/user.pub)\" > %s", host.port, host.dir,
          s.user_known_hosts[0]);
    a = attempt_run(&s, (const char *[]){"right", NULL});
    expect_failure(&a, "permission denied");
    assert_int_equal(a.questions, 0);
    attempt_release(&a);
    ssh_settings_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(password),    cmocka_unit_test(keyboard_interactive),
        cmocka_unit_test(two_factors), cmocka_unit_test(no_proof_needed),
        cmocka_unit_test(after_a_key),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
