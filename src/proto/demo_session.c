#include "proto/demo_session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include "base/buf.h"
#include "proto/demo_shell.h"
#include "proto/signal_name.h"
#include "proto/ssh_settings.h"

#define CHANNELS_MAX  32
#define LOGIN_SECONDS 30
#define INPUT_MAX     (256 * 1024) /* from the client, not yet taken by the program */
#define CHUNK         (32 * 1024)

struct channel {
    ssh_channel channel; /* NULL: free place */
    struct session *session;
    struct ssh_channel_callbacks_struct callbacks;
    struct demo_shell shell;
    char **env;
    char *term;
    int rows, cols;
    bool pty, started, exited, closed, input_ended;
    int status; /* as from waitpid */
    struct buf input;
    bool held; /* libssh has more input, which did not fit */
};

struct session {
    ssh_session ssh;
    ssh_event event;
    ssh_key client; /* NULL: the login is another's */
    char connection[128];
    bool authenticated;
    struct ssh_server_callbacks_struct callbacks;
    struct channel channels[CHANNELS_MAX];
};

static int on_pubkey(ssh_session ssh, const char *user, struct ssh_key_struct *key, char state,
                     void *data)
{
    (void)ssh;
    (void)user;
    struct session *s = data;
    if (ssh_key_cmp(key, s->client, SSH_KEY_CMP_PUBLIC) != 0)
        return SSH_AUTH_DENIED;
    if (state == SSH_PUBLICKEY_STATE_NONE)
        return SSH_AUTH_SUCCESS; /* only asked whether it would do */
    if (state != SSH_PUBLICKEY_STATE_VALID)
        return SSH_AUTH_DENIED;
    s->authenticated = true;
    alarm(0);
    return SSH_AUTH_SUCCESS;
}

static int on_data(ssh_session ssh, ssh_channel channel, void *data, uint32_t len, int is_stderr,
                   void *user)
{
    (void)ssh;
    (void)channel;
    struct channel *ch = user;
    size_t room = ch->input.len < INPUT_MAX ? INPUT_MAX - ch->input.len : 0;
    size_t n = is_stderr || ch->shell.in < 0 ? len : len < room ? len : room;
    if (!is_stderr && ch->shell.in >= 0)
        buf_append(&ch->input, data, n);
    ch->held = n < len;
    return (int)n;
}

static void on_eof(ssh_session ssh, ssh_channel channel, void *user)
{
    (void)ssh;
    (void)channel;
    struct channel *ch = user;
    ch->input_ended = true;
}

static void on_close(ssh_session ssh, ssh_channel channel, void *user)
{
    (void)ssh;
    (void)channel;
    struct channel *ch = user;
    ch->closed = true;
}

static int on_pty(ssh_session ssh, ssh_channel channel, const char *term, int cols, int rows,
                  int width, int height, void *user)
{
    (void)ssh;
    (void)channel;
    (void)width;
    (void)height;
    struct channel *ch = user;
    if (ch->started || ch->pty)
        return -1;
    ch->pty = true;
    ssh_string_set(&ch->term, term);
    ch->rows = rows;
    ch->cols = cols;
    return 0;
}

static int on_resize(ssh_session ssh, ssh_channel channel, int cols, int rows, int width,
                     int height, void *user)
{
    (void)ssh;
    (void)channel;
    (void)width;
    (void)height;
    struct channel *ch = user;
    ch->rows = rows;
    ch->cols = cols;
    if (ch->started)
        demo_shell_resize(&ch->shell, rows, cols);
    return 0;
}

/* As sshd's usual AcceptEnv. */
static int on_env(ssh_session ssh, ssh_channel channel, const char *name, const char *value,
                  void *user)
{
    (void)ssh;
    (void)channel;
    struct channel *ch = user;
    size_t n = 0;
    while (ch->env && ch->env[n])
        n++;
    if (n >= 64 || (strcmp(name, "LANG") != 0 && strncmp(name, "LC_", 3) != 0))
        return -1;
    char *line = xasprintf("%s=%s", name, value);
    ssh_list_add(&ch->env, line);
    free(line);
    return 0;
}

static int start_command(struct channel *ch, const char *command)
{
    if (ch->started)
        return -1;
    struct demo_shell_spec spec = {.pty = ch->pty,
                                   .term = ch->term,
                                   .rows = ch->rows,
                                   .cols = ch->cols,
                                   .command = command,
                                   .connection = ch->session->connection,
                                   .env = ch->env};
    ch->started = demo_shell_start(&ch->shell, &spec);
    return ch->started ? 0 : -1;
}

static int on_shell(ssh_session ssh, ssh_channel channel, void *user)
{
    (void)ssh;
    (void)channel;
    return start_command(user, NULL);
}

static int on_exec(ssh_session ssh, ssh_channel channel, const char *command, void *user)
{
    (void)ssh;
    (void)channel;
    return start_command(user, command);
}

static ssh_channel on_open(ssh_session ssh, void *data)
{
    struct session *s = data;
    struct channel *ch = NULL;
    bool in = s->authenticated || !s->client;
    for (int i = 0; in && i < CHANNELS_MAX && !ch; i++)
        if (!s->channels[i].channel)
            ch = &s->channels[i];
    if (!ch)
        return NULL;
    *ch = (struct channel){
        .channel = ssh_channel_new(ssh),
        .session = s,
        .shell = {.in = -1, .out = -1, .err = -1},
        .callbacks = {.userdata = ch,
                      .channel_data_function = on_data,
                      .channel_eof_function = on_eof,
                      .channel_close_function = on_close,
                      .channel_pty_request_function = on_pty,
                      .channel_shell_request_function = on_shell,
                      .channel_exec_request_function = on_exec,
                      .channel_env_request_function = on_env,
                      .channel_pty_window_change_function = on_resize},
    };
    if (!ch->channel)
        return NULL;
    ssh_callbacks_init(&ch->callbacks);
    ssh_add_channel_callbacks(ch->channel, &ch->callbacks);
    return ch->channel;
}

/* ---- moving bytes ---- */

static void close_end(int *fd, int *same)
{
    if (*fd < 0)
        return;
    close(*fd);
    if (same && *same == *fd)
        *same = -1;
    *fd = -1;
}

static void feed_program(struct channel *ch)
{
    while (ch->input.len > 0 && ch->shell.in >= 0) {
        ssize_t n = write(ch->shell.in, buf_data(&ch->input), ch->input.len);
        if (n > 0) {
            buf_consume(&ch->input, (size_t)n);
        } else if (n < 0 && errno == EAGAIN) {
            return;
        } else if (n == 0 || errno != EINTR) { /* it does not read any more */
            buf_clear(&ch->input);
            close_end(&ch->shell.in, ch->pty ? &ch->shell.out : NULL);
        }
    }
    if (ch->held && ch->input.len == 0) {
        int n = ssh_channel_read_nonblocking(ch->channel, buf_reserve(&ch->input, INPUT_MAX),
                                             INPUT_MAX, 0);
        ch->held = n > 0;
        if (n > 0)
            buf_commit(&ch->input, (size_t)n);
    }
    if (ch->input_ended && ch->input.len == 0 && !ch->held && !ch->pty)
        close_end(&ch->shell.in, NULL);
}

static bool may_write(const struct session *s)
{
    return (ssh_get_poll_flags(s->ssh) & SSH_WRITE_PENDING) == 0;
}

/* One read passed on, no more than the client's window takes. False: nothing came. */
static bool pass_output(struct channel *ch, int *fd, bool is_stderr)
{
    char data[CHUNK];
    size_t room = ssh_channel_window_size(ch->channel);
    room = room < sizeof data ? room : sizeof data;
    if (*fd < 0 || room == 0 || !may_write(ch->session))
        return false;
    ssize_t n = read(*fd, data, room);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) { /* EIO: the last program has let go of the pty */
        close_end(fd, ch->pty ? &ch->shell.in : NULL);
        return false;
    }
    if (is_stderr)
        ssh_channel_write_stderr(ch->channel, data, (uint32_t)n);
    else
        ssh_channel_write(ch->channel, data, (uint32_t)n);
    return true;
}

static void tell_end(struct channel *ch)
{
    if (WIFEXITED(ch->status)) {
        ssh_channel_request_send_exit_status(ch->channel, WEXITSTATUS(ch->status));
    } else {
        const char *name = signal_name(WTERMSIG(ch->status));
        ssh_channel_request_send_exit_signal(ch->channel, name ? name : "KILL", 0, "", "");
    }
    ssh_channel_send_eof(ch->channel);
}

static void end_channel(struct channel *ch)
{
    demo_shell_close(&ch->shell);
    ssh_remove_channel_callbacks(ch->channel, &ch->callbacks);
    ssh_channel_close(ch->channel);
    ssh_channel_close(ch->channel); /* the first may have sent only the end of file */
    ssh_channel_free(ch->channel);
    buf_release(&ch->input);
    ssh_list_free(ch->env);
    free(ch->term);
    *ch = (struct channel){.channel = NULL};
}

/* A program is over when it has exited and nobody has its output open any more. On a pty the
   latter follows by itself: the kernel hangs up a terminal whose session leader has gone. */
static void run_channel(struct channel *ch)
{
    while (pass_output(ch, &ch->shell.out, false) || pass_output(ch, &ch->shell.err, true))
        ;
    feed_program(ch);
    if (ch->closed) {
        end_channel(ch);
        return;
    }
    if (ch->started && ch->exited && ch->shell.out < 0 && ch->shell.err < 0) {
        ch->shell.pid = 0;
        tell_end(ch);
        end_channel(ch);
    }
}

/* True: told to end. */
static bool reap(struct session *s, int child_fd)
{
    struct signalfd_siginfo info;
    bool end = false;
    while (read(child_fd, &info, sizeof info) > 0)
        end = end || info.ssi_signo == SIGTERM;
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (int i = 0; i < CHANNELS_MAX; i++)
            if (s->channels[i].channel && s->channels[i].shell.pid == pid) {
                s->channels[i].exited = true;
                s->channels[i].status = status;
            }
    return end;
}

/* What to wait for; returns the number of descriptors. */
static nfds_t list_polls(const struct session *s, int child_fd, struct pollfd *polls)
{
    nfds_t n = 0;
    bool writable = may_write(s);
    polls[n++] = (struct pollfd){.fd = ssh_get_fd(s->ssh),
                                 .events = (short)(POLLIN | (writable ? 0 : POLLOUT))};
    polls[n++] = (struct pollfd){.fd = child_fd, .events = POLLIN};
    for (int i = 0; i < CHANNELS_MAX; i++) {
        const struct channel *ch = &s->channels[i];
        if (!ch->channel)
            continue;
        bool reading = writable && ssh_channel_window_size(ch->channel) > 0;
        bool feeding = ch->input.len > 0;
        if (ch->shell.out >= 0 && reading)
            polls[n++] = (struct pollfd){.fd = ch->shell.out, .events = POLLIN};
        if (ch->shell.err >= 0 && reading)
            polls[n++] = (struct pollfd){.fd = ch->shell.err, .events = POLLIN};
        if (ch->shell.in >= 0 && feeding)
            polls[n++] = (struct pollfd){.fd = ch->shell.in, .events = POLLOUT};
    }
    return n;
}

static void serve(struct session *s, int child_fd)
{
    struct pollfd polls[2 + 3 * CHANNELS_MAX];
    while (!(ssh_get_status(s->ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR))) {
        if (poll(polls, list_polls(s, child_fd, polls), -1) < 0 && errno != EINTR)
            return;
        int rc = SSH_OK;
        for (int i = 0; i < 16 && rc == SSH_OK; i++)
            rc = ssh_event_dopoll(s->event, 0);
        if (rc == SSH_ERROR)
            return;
        if (reap(s, child_fd))
            return;
        for (int i = 0; i < CHANNELS_MAX; i++)
            if (s->channels[i].channel)
                run_channel(&s->channels[i]);
    }
}

static void describe(int fd, char *text, size_t size)
{
    struct sockaddr_in own = {0}, peer = {0};
    socklen_t len = sizeof own;
    getsockname(fd, (struct sockaddr *)&own, &len);
    len = sizeof peer;
    getpeername(fd, (struct sockaddr *)&peer, &len);
    snprintf(text, size, "127.0.0.1 %d 127.0.0.1 %d", ntohs(peer.sin_port), ntohs(own.sin_port));
}

static struct session *session_new(ssh_bind bind, int fd)
{
    struct session *s = xcalloc(1, sizeof *s);
    int on = 1;
    signal(SIGPIPE, SIG_IGN);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    describe(fd, s->connection, sizeof s->connection);
    s->ssh = ssh_new();
    if (!s->ssh || ssh_bind_accept_fd(bind, s->ssh, fd) != SSH_OK)
        _exit(1);
    s->callbacks = (struct ssh_server_callbacks_struct){
        .userdata = s, .channel_open_request_session_function = on_open};
    return s;
}

static noreturn void session_run(struct session *s, int fd)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_SETMASK, &child, NULL);
    int child_fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    ssh_callbacks_init(&s->callbacks);
    ssh_set_server_callbacks(s->ssh, &s->callbacks);
    if (child_fd < 0 || ssh_handle_key_exchange(s->ssh) != SSH_OK)
        _exit(1);
    ssh_set_blocking(s->ssh, 0);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    s->event = ssh_event_new();
    if (!s->event || ssh_event_add_session(s->event, s->ssh) != SSH_OK)
        _exit(1);
    /* From now on there are shells, and what they started is to end with us. */
    sigaddset(&child, SIGTERM);
    sigprocmask(SIG_SETMASK, &child, NULL);
    if (signalfd(child_fd, &child, SFD_CLOEXEC | SFD_NONBLOCK) >= 0)
        serve(s, child_fd);
    for (int i = 0; i < CHANNELS_MAX; i++)
        if (s->channels[i].channel)
            demo_shell_close(&s->channels[i].shell);
    _exit(0);
}

void demo_session_run(ssh_bind bind, ssh_key client, int fd)
{
    alarm(LOGIN_SECONDS);
    struct session *s = session_new(bind, fd);
    s->client = client;
    s->callbacks.auth_pubkey_function = on_pubkey;
    ssh_set_auth_methods(s->ssh, SSH_AUTH_METHOD_PUBLICKEY);
    session_run(s, fd);
}

void demo_session_serve(ssh_bind bind, demo_login *prepare, int fd)
{
    struct session *s = session_new(bind, fd);
    prepare(s->ssh, &s->callbacks);
    session_run(s, fd);
}
