#include "proto/demo_host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libssh/libssh.h>
#include <libssh/server.h>

#include "proto/demo_session.h"
#include "proto/digest.h"
#include "proto/public_key.h"
#include "proto/ssh_settings.h"

#define CONNECTIONS_MAX 32

struct demo_host {
    pid_t pid;
    int port;
    ssh_key client; /* private: the only one that is let in */
    char *fingerprint;
};

/* ---- the listening process ---- */

struct listener {
    int fd, signal_fd;
    ssh_bind bind;
    ssh_key client;
    pid_t connections[CONNECTIONS_MAX];
};

static void die_with_parent(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0); /* it was too late */
}

static void accept_connection(struct listener *l)
{
    int place = 0;
    int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    while (place < CONNECTIONS_MAX && l->connections[place] > 0)
        place++;
    pid_t self = getpid();
    pid_t pid = place < CONNECTIONS_MAX ? fork() : -1;
    if (pid == 0) {
        /* The listener's mask still holds SIGTERM back: let it through before looking. */
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        die_with_parent(self);
        close(l->fd);
        close(l->signal_fd);
        demo_session_run(l->bind, l->client, fd);
    }
    if (pid > 0)
        l->connections[place] = pid;
    close(fd);
}

/* True: told to end. */
static bool handle_signal(struct listener *l)
{
    struct signalfd_siginfo info;
    while (read(l->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGTERM)
            return true;
        for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;)
            for (int i = 0; i < CONNECTIONS_MAX; i++)
                if (l->connections[i] == pid)
                    l->connections[i] = 0;
    }
    return false;
}

static void end_connections(struct listener *l)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (l->connections[i] > 0)
            kill(l->connections[i], SIGTERM);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        ;
}

/* Nothing of the parent's may stay open here: terminal, files, other connections. */
static int shed_descriptors(int listening)
{
    int null = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++)
        dup2(null, i);
    int fd = dup2(listening, 3);
    closefrom(4);
    return fd;
}

static void run_listener(struct listener *l, pid_t parent)
{
    sigset_t mask;
    setsid(); /* keys pressed on the parent's terminal are not for us */
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGCHLD);
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    die_with_parent(parent);
    l->fd = shed_descriptors(l->fd);
    l->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    for (;;) {
        struct pollfd polls[] = {{.fd = l->fd, .events = POLLIN},
                                 {.fd = l->signal_fd, .events = POLLIN}};
        if (poll(polls, 2, -1) < 0 && errno != EINTR)
            break;
        if (polls[1].revents && handle_signal(l))
            break;
        if (polls[0].revents)
            accept_connection(l);
    }
    end_connections(l);
    _exit(0);
}

/* ---- the parent's side ---- */

static int listen_somewhere(int *port, struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(fd, 16) == 0 && getsockname(fd, (struct sockaddr *)&address, &len) == 0) {
        *port = ntohs(address.sin_port);
        return fd;
    }
    err_set(err, "the demo host cannot listen on 127.0.0.1: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static char *key_fingerprint(ssh_key key)
{
    char *base64 = NULL, *text = NULL;
    size_t len = 0;
    if (ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK) {
        uint8_t *blob = base64_decode(base64, strlen(base64), &len);
        text = blob ? fingerprint_text(FINGERPRINT_SHA256, blob, len) : NULL;
        free(blob);
    }
    ssh_string_free_char(base64);
    return text;
}

/* Both keys are made before the fork, so that either process has what it needs of them. */
static bool make_keys(struct demo_host *d, ssh_bind bind, struct err *err)
{
    const bool off = false;
    ssh_key host = NULL;
    if (!bind || ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &off) != SSH_OK ||
        ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &d->client) != SSH_OK ||
        ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &host) != SSH_OK)
        return err_set(err, "the demo host's keys cannot be made");
    d->fingerprint = key_fingerprint(host);
    if (!d->fingerprint ||
        ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, host) != SSH_OK) {
        ssh_key_free(host);
        return err_set(err, "the demo host's keys cannot be used");
    }
    return true;
}

struct demo_host *demo_host_start(struct err *err)
{
    struct demo_host *d = xcalloc(1, sizeof *d);
    struct listener l = {.bind = ssh_bind_new()};
    bool ok = make_keys(d, l.bind, err);
    l.fd = ok ? listen_somewhere(&d->port, err) : -1;
    ok = l.fd >= 0;
    if (ok) {
        pid_t parent = getpid();
        l.client = d->client;
        d->pid = fork();
        if (d->pid == 0)
            run_listener(&l, parent);
        if (d->pid < 0)
            ok = err_set(err, "the demo host cannot be started: %s", strerror(errno));
        close(l.fd);
    }
    ssh_bind_free(l.bind);
    if (ok)
        return d;
    d->pid = 0;
    demo_host_stop(d);
    return NULL;
}

void demo_host_stop(struct demo_host *d)
{
    if (!d)
        return;
    if (d->pid > 0) {
        kill(d->pid, SIGTERM);
        while (waitpid(d->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    ssh_key_free(d->client);
    free(d->fingerprint);
    free(d);
}

void demo_host_settings(const struct demo_host *d, struct ssh_settings *out)
{
    const struct passwd *pw = getpwuid(getuid());
    ssh_settings_init(out);
    ssh_string_set(&out->name, "demo");
    ssh_string_set(&out->hostname, "127.0.0.1");
    ssh_string_set(&out->user, pw ? pw->pw_name : "user");
    ssh_string_set(&out->pinned_key, d->fingerprint);
    out->port = d->port;
    out->timeout = 15;
    out->identities_only = true;
    out->memory_identity = d->client;
}
