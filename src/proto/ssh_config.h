/*
 * What ~/.ssh/config means for one host, as `ssh -G` has it (ssh_config(5)).
 */
#ifndef PROTO_SSH_CONFIG_H
#define PROTO_SSH_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct ssh_keyword;

/* For telling where values come from: each line that sets one, or adds to it, in order. */
struct ssh_trace {
    void (*line)(void *data, const struct ssh_keyword *keyword, const char *file, int line);
    void *data;
};

/* What the command line said: ssh's letters. */
struct ssh_options {
    const char *host;            /* [USER@]HOST as typed */
    const char *user;            /* -l; NULL */
    bool user_in_option;         /* an -o User came before -l and USER@ */
    const char *file;            /* -F; NULL: the usual files */
    int port;                    /* -p; 0: not given */
    const char *const *identity; /* -i, in order, NULL terminated; NULL */
    const char *const *option;   /* -o KEY=VALUE, in order, NULL terminated; NULL */
    const char *command;         /* what is to be run, for Match; NULL: none */
    int timeout;                 /* seconds, --timeout; 0: the config's ConnectTimeout */
    int usual_timeout;           /* where neither says it; 0: 15 */
    int jump_depth;              /* of a jump host: how many were resolved to come to it */
    /* If not NULL, ssh is not asked: the files are read by us, and jump hosts not resolved. The
       command line is the file "command line", line 0. */
    const struct ssh_trace *trace;
};

enum ssh_request_tty { REQUEST_TTY_AUTO, REQUEST_TTY_NO, REQUEST_TTY_YES, REQUEST_TTY_FORCE };

/* What is told, in ssh's order: each level tells what those before it do, and more. */
enum ssh_log_level {
    LEVEL_QUIET,
    LEVEL_FATAL,
    LEVEL_ERROR,
    LEVEL_INFO,
    LEVEL_VERBOSE,
    LEVEL_DEBUG1, /* -v */
    LEVEL_DEBUG2,
    LEVEL_DEBUG3,
};

enum ssh_strict { STRICT_ASK, STRICT_YES, STRICT_NO, STRICT_ACCEPT_NEW };

/* What is in force. All strings are ours (freed by release). Lists are NULL terminated. */
struct ssh_settings {
    char *name;     /* the host as typed, without the user: shown, and the name of history */
    char *hostname; /* the name or address to connect to */
    char *user;
    int port;
    int timeout;          /* seconds per stage */
    int family;           /* AF_UNSPEC, AF_INET, AF_INET6 */
    char *bind_address;   /* NULL: any */
    char *bind_interface; /* NULL: any */
    int attempts;         /* ConnectionAttempts */
    bool tcp_keepalive;
    char *ipqos;         /* IPQoS as configured; NULL: the system's */
    bool bulk;           /* there will be no terminal: IPQoS's second value */
    char *proxy_command; /* a shell command that carries the connection; NULL: TCP */
    char *proxy_jump;    /* the jump hosts as configured, to show; NULL: none */
    /* What proxy_jump resolves to: the way there, the first to be connected to first. Each has
       its own settings and no jump list of its own. */
    struct ssh_settings *jump;
    size_t jump_count;
    bool batch;       /* BatchMode: ask nothing */
    bool no_terminal; /* there is nobody to ask: as batch, but told so */
    enum ssh_request_tty request_tty;
    bool stdin_null; /* StdinNull */
    enum ssh_log_level log_level;
    int escape_char;      /* EscapeChar: a byte; -1: none */
    char *remote_command; /* RemoteCommand; NULL: none */
    char *session_type;   /* SessionType: "default", "none", "subsystem" */
    bool compression;
    char *rekey_limit;    /* RekeyLimit as configured; NULL: the library's */
    char **identity_file; /* existing files only count when tried; `~` and tokens expanded */
    bool identities_only;
    char *identity_agent; /* socket path; NULL: none */
    char **certificate_file;
    char *add_keys;      /* AddKeysToAgent: "no", "yes", "ask", "confirm", with a time or not */
    char *forward_agent; /* the socket to be forwarded; NULL: none */
    char **user_known_hosts;
    char **global_known_hosts;
    char *host_key_alias; /* NULL: none */
    enum ssh_strict strict;
    bool hash_known_hosts;
    bool check_host_ip;
    bool trust_localhost;     /* NoHostAuthenticationForLocalhost */
    bool visual_host_key;     /* show the randomart of known keys too */
    char **revoked_host_keys; /* files of keys never to be accepted */
    char *fingerprint_hash;   /* "SHA256" or "MD5" */
    char **preferred_auth;    /* in order */
    int required_rsa_size;    /* bits */
    bool pubkey_auth, password_auth, kbdint_auth, gssapi_auth;
    bool gssapi_delegate;
    int password_prompts;                                     /* NumberOfPasswordPrompts */
    char *ciphers, *macs, *kex, *host_key_algs, *pubkey_algs; /* NULL: the library's */
    int alive_interval, alive_count; /* ServerAliveInterval (0: off), CountMax */
    char **set_env;        /* NAME=VALUE: SetEnv, and what SendEnv picks of our environment */
    void *memory_identity; /* the demo host: a private key (ssh_key) in memory, borrowed; NULL */
    char *pinned_key;      /* the demo host: the only fingerprint accepted; NULL: known_hosts */
    bool permit_local_command; /* only to know whether LocalCommand asks for anything */
    char **not_followed;       /* the keywords that ask for what is not done here */
    char *notice;              /* what the person should know, one line; NULL */
};

/* Resolve: by the ssh binary when there is one, else by the library's parser with a notice of
   what that skips. False: the config is wrong, or the name is refused (hostile.md 29). */
bool ssh_config_resolve(const struct ssh_options *options, struct ssh_settings *out,
                        struct err *err);
void ssh_settings_release(struct ssh_settings *s);
/* A deep copy (but for memory_identity, which stays borrowed). */
void ssh_settings_copy(struct ssh_settings *to, const struct ssh_settings *from);

#endif
