/*
 * An SSH server whose login is a script: keyboard-interactive with any prompts, passwords, keys
 * and several factors, without PAM and accounts. Behind the login is the demo host's session:
 * the caller's own shell and commands.
 *
 *     kbdint_host HOST_KEY SCRIPT LOG [AUTHORIZED_KEYS]
 *
 * listens on a free port of 127.0.0.1, prints the port and a newline, and serves until it is
 * killed or its parent ends. Any user name is let in. SCRIPT is read anew for each connection;
 * its words are separated by tabs and may hold \n \t \\ \xNN:
 *
 *     version TEXT                    the server's name for itself, behind "SSH-2.0-"
 *     banner TEXT                     shown before the login
 *     also METHOD                     is named as accepted, and always refused;
 *                                     gssapi-with-mic goes as far as the client's own ticket
 *     factor publickey                a key of AUTHORIZED_KEYS
 *     factor password SECRET
 *     factor keyboard-interactive     then its rounds, each with its prompts:
 *     round NAME INSTRUCTION          either may be empty; the next round follows right answers
 *     hidden PROMPT ANSWER
 *     shown PROMPT ANSWER
 *     push FILE                       the factor's verdict waits until FILE is there
 *     change TEXT                     each password is answered by a request to change it
 *     endless                         the factor's last round is asked again and again
 *
 * Factors are asked one after the other, with "partial success" between them; only the one
 * that is due is named as accepted. LOG gets a line for each thing that came: "none", "gssapi",
 * "offered SHA256:...", "signed SHA256:...", "password TEXT", "begin", "answer TEXT",
 * "waiting", "denied", "partial", "accepted".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include "base/err.h"
#include "proto/demo_session.h"

#define PROMPTS 32
#define ROUNDS  8
#define FACTORS 8

struct round {
    char *name, *instruction;
    char *prompt[PROMPTS], *answer[PROMPTS], echo[PROMPTS];
    unsigned count;
};

struct factor {
    int method;
    char *secret, *push, *change;
    bool endless;
    struct round round[ROUNDS];
    int count;
};

static struct script {
    char *version, *banner;
    int also;
    struct factor factor[FACTORS];
    int count;
} script;

static struct login {
    int factor, round; /* what is due */
    bool greeted;
} login;

static const char *script_path, *log_path, *authorized_path;

/* ---- the script ---- */

static noreturn void die(const char *what, const char *detail)
{
    fprintf(stderr, "kbdint_host: %s: %s\n", what, detail);
    _exit(2);
}

static char *unescape(char *text)
{
    static const char from[] = "nt\\", to[] = "\n\t\\";
    char *out = text;
    for (const char *in = text; *in; in++) {
        const char *found = *in == '\\' && in[1] ? strchr(from, in[1]) : NULL;
        unsigned byte;
        if (found) {
            *out++ = to[found - from];
            in++;
        } else if (sscanf(in, "\\x%2x", &byte) == 1) {
            *out++ = (char)byte;
            in += 3;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
    return text;
}

static int method_bit(const char *name)
{
    return strcmp(name, "publickey") == 0              ? SSH_AUTH_METHOD_PUBLICKEY
           : strcmp(name, "password") == 0             ? SSH_AUTH_METHOD_PASSWORD
           : strcmp(name, "keyboard-interactive") == 0 ? SSH_AUTH_METHOD_INTERACTIVE
           : strcmp(name, "gssapi-with-mic") == 0      ? SSH_AUTH_METHOD_GSSAPI_MIC
                                                       : 0;
}

static void add_prompt(struct factor *f, char *prompt, char *answer, bool echo)
{
    struct round *r = f->count > 0 ? &f->round[f->count - 1] : NULL;
    if (!r || r->count == PROMPTS)
        die("no place for a prompt", prompt);
    r->prompt[r->count] = prompt;
    r->answer[r->count] = answer;
    r->echo[r->count++] = (char)echo;
}

static void script_line(char *word[3])
{
    struct factor *f = script.count > 0 ? &script.factor[script.count - 1] : NULL;
    if (strcmp(word[0], "version") == 0) {
        script.version = word[1];
    } else if (strcmp(word[0], "banner") == 0) {
        script.banner = word[1];
    } else if (strcmp(word[0], "also") == 0) {
        script.also |= method_bit(word[1]);
    } else if (strcmp(word[0], "factor") == 0 && script.count < FACTORS) {
        script.factor[script.count++] =
            (struct factor){.method = method_bit(word[1]), .secret = word[2]};
    } else if (!f) {
        die("before the first factor", word[0]);
    } else if (strcmp(word[0], "round") == 0 && f->count < ROUNDS) {
        f->round[f->count++] = (struct round){.name = word[1], .instruction = word[2]};
    } else if (strcmp(word[0], "hidden") == 0 || strcmp(word[0], "shown") == 0) {
        add_prompt(f, word[1], word[2], word[0][0] == 's');
    } else if (strcmp(word[0], "push") == 0) {
        f->push = word[1];
    } else if (strcmp(word[0], "change") == 0) {
        f->change = word[1];
    } else if (strcmp(word[0], "endless") == 0) {
        f->endless = true;
    } else {
        die("not understood", word[0]);
    }
}

static void script_read(void)
{
    char *line = NULL;
    size_t size = 0;
    FILE *file = fopen(script_path, "re");
    if (!file)
        die(script_path, strerror(errno));
    while (getline(&line, &size, file) > 0) {
        char *rest = xstrdup(line), *word[3];
        rest[strcspn(rest, "\n")] = '\0';
        for (int i = 0; i < 3; i++) {
            char *next = strsep(&rest, "\t");
            word[i] = unescape(next ? next : xstrdup(""));
        }
        if (*word[0])
            script_line(word);
    }
    fclose(file);
    free(line);
}

/* ---- the log ---- */

static void note(const char *what, const char *detail)
{
    int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (dprintf(fd, "%s%s%s\n", what, *detail ? " " : "", detail) < 0)
        die(log_path, strerror(errno));
    close(fd);
}

static void note_key(const char *what, ssh_key key)
{
    unsigned char *hash = NULL;
    size_t len = 0;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &len) != SSH_OK)
        die("a key", "no hash of it");
    char *text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, len);
    note(what, text);
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
}

/* ---- the login ---- */

static const struct factor *due(void)
{
    return &script.factor[login.factor];
}

static void name_methods(ssh_session ssh)
{
    ssh_set_auth_methods(ssh, due()->method | script.also);
}

static void wait_for_push(const char *path)
{
    note("waiting", "");
    while (access(path, F_OK) < 0)
        poll(NULL, 0, 10);
}

/* The banner goes before the answer to the first request. */
static void greet(ssh_session ssh)
{
    if (script.banner && !login.greeted) {
        ssh_string banner = ssh_string_from_char(script.banner);
        ssh_send_issue_banner(ssh, banner);
        ssh_string_free(banner);
    }
    login.greeted = true;
}

/* What the client did for the factor that is due: right or not. */
static int verdict(ssh_session ssh, bool right)
{
    if (right && due()->push)
        wait_for_push(due()->push);
    if (!right) {
        note("denied", "");
        return SSH_AUTH_DENIED;
    }
    login.round = 0;
    if (++login.factor == script.count) {
        login.factor = 0;
        note("accepted", "");
        return SSH_AUTH_SUCCESS;
    }
    note("partial", "");
    name_methods(ssh);
    return SSH_AUTH_PARTIAL;
}

static bool is_authorized(ssh_key key)
{
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    FILE *file = authorized_path ? fopen(authorized_path, "re") : NULL;
    while (file && !found && getline(&line, &size, file) > 0) {
        char type[64], base64[8192];
        ssh_key known = NULL;
        if (sscanf(line, "%63s %8191s", type, base64) == 2 &&
            ssh_pki_import_pubkey_base64(base64, ssh_key_type_from_name(type), &known) == SSH_OK)
            found = ssh_key_cmp(key, known, SSH_KEY_CMP_PUBLIC) == 0;
        ssh_key_free(known);
    }
    if (file)
        fclose(file);
    free(line);
    return found;
}

static int on_pubkey(ssh_session ssh, const char *user, struct ssh_key_struct *key, char state,
                     void *data)
{
    (void)user;
    (void)data;
    greet(ssh);
    bool asked = state == SSH_PUBLICKEY_STATE_NONE;
    bool right = (asked || state == SSH_PUBLICKEY_STATE_VALID) &&
                 due()->method == SSH_AUTH_METHOD_PUBLICKEY && is_authorized(key);
    note_key(asked ? "offered" : "signed", key);
    if (asked)
        return right ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
    return verdict(ssh, right);
}

static int on_none(ssh_session ssh, const char *user, void *data)
{
    (void)user;
    (void)data;
    greet(ssh);
    note("none", "");
    return SSH_AUTH_DENIED;
}

/* The first mechanism will do; the client then asks its Kerberos server for a ticket. */
static ssh_string on_mechanism(ssh_session ssh, const char *user, int count, ssh_string *oids,
                               void *data)
{
    (void)user;
    (void)data;
    greet(ssh);
    note("gssapi", "");
    return count > 0 ? ssh_string_copy(oids[0]) : NULL;
}

/* The number of the message is also that of "you must change your password". */
static int ask_change(ssh_message m)
{
    return ssh_message_auth_interactive_request(m, due()->change, "", 0, NULL, NULL);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static const char *password_of(ssh_message m)
{
    return ssh_message_auth_password(m);
}
#pragma GCC diagnostic pop

static int reply(ssh_message m, int result)
{
    if (result == SSH_AUTH_DENIED)
        return 1; /* libssh refuses, and names the methods */
    return ssh_message_auth_reply_success(m, result == SSH_AUTH_PARTIAL);
}

static int on_password(ssh_session ssh, ssh_message m)
{
    const char *text = password_of(m);
    note("password", text);
    if (due()->method != SSH_AUTH_METHOD_PASSWORD)
        return reply(m, verdict(ssh, false));
    if (due()->change)
        return ask_change(m);
    return reply(m, verdict(ssh, strcmp(text, due()->secret) == 0));
}

static int ask_round(ssh_message m)
{
    const struct round *r = &due()->round[login.round];
    const char *prompts[PROMPTS];
    char echo[PROMPTS];
    for (unsigned i = 0; i < r->count; i++) {
        prompts[i] = r->prompt[i];
        echo[i] = r->echo[i];
    }
    return ssh_message_auth_interactive_request(m, r->name, r->instruction, r->count, prompts,
                                                echo);
}

static bool answers_right(ssh_session ssh)
{
    const struct round *r = &due()->round[login.round];
    bool right = true;
    for (unsigned i = 0; i < r->count; i++) {
        const char *answer = ssh_userauth_kbdint_getanswer(ssh, i);
        note("answer", answer ? answer : "");
        right = right && answer && strcmp(answer, r->answer[i]) == 0;
    }
    return right;
}

static int on_kbdint(ssh_session ssh, ssh_message m)
{
    if (!ssh_message_auth_kbdint_is_response(m)) {
        note("begin", "");
        login.round = 0;
        return due()->method == SSH_AUTH_METHOD_INTERACTIVE ? ask_round(m) : 1;
    }
    bool right = answers_right(ssh);
    bool last = login.round == due()->count - 1;
    if (right && last && due()->endless)
        return ask_round(m);
    if (right && !last) {
        login.round++;
        return ask_round(m);
    }
    return reply(m, verdict(ssh, right));
}

static int on_message(ssh_session ssh, ssh_message m, void *data)
{
    (void)data;
    if (ssh_message_type(m) != SSH_REQUEST_AUTH)
        return 1;
    greet(ssh);
    switch (ssh_message_subtype(m)) {
    case SSH_AUTH_METHOD_PASSWORD: return on_password(ssh, m);
    case SSH_AUTH_METHOD_INTERACTIVE: return on_kbdint(ssh, m);
    default: return 1;
    }
}

static void prepare(ssh_session ssh, struct ssh_server_callbacks_struct *callbacks)
{
    callbacks->auth_pubkey_function = on_pubkey;
    callbacks->auth_none_function = on_none;
    callbacks->gssapi_select_oid_function = on_mechanism;
    ssh_set_message_callback(ssh, on_message, NULL);
    name_methods(ssh);
}

/* ---- listening ---- */

static int listen_somewhere(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) < 0)
        die("cannot listen", strerror(errno));
    printf("%d\n", ntohs(a.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    const bool off = false;
    pid_t parent = getppid();
    if (argc < 4)
        die("usage", "kbdint_host HOST_KEY SCRIPT LOG [AUTHORIZED_KEYS]");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        return 0;
    script_path = argv[2];
    log_path = argv[3];
    authorized_path = argc > 4 ? argv[4] : NULL;
    ssh_bind bind = ssh_bind_new();
    if (!bind || ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &off) != SSH_OK ||
        ssh_bind_options_set(bind, SSH_BIND_OPTIONS_HOSTKEY, argv[1]) != SSH_OK)
        die("host key", argv[1]);
    signal(SIGCHLD, SIG_IGN);
    int listener = listen_somewhere();
    pid_t self = getpid();
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0 && fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != self)
                _exit(0);
            close(listener);
            signal(SIGCHLD, SIG_DFL);
            script_read();
            if (script.count == 0)
                die(script_path, "no factor");
            if (script.version)
                ssh_bind_options_set(bind, SSH_BIND_OPTIONS_BANNER, script.version);
            demo_session_serve(bind, prepare, fd);
        }
        close(fd);
    }
}
