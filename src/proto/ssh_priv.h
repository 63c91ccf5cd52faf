/* Private to the files of proto that see libssh. */
#ifndef PROTO_SSH_PRIV_H
#define PROTO_SSH_PRIV_H

#include <netdb.h>
#include <stdint.h>

#include "base/buf.h"
#include "proto/mailbox.h"
#include "proto/proxy_command.h"
#include "proto/ssh_connect.h"
#include "proto/ssh_guard.h"
#include "proto/ssh_tunnel.h"

struct key_ring;
struct ssh_session_struct;
struct ssh_link;

/* One hop of the way, and the last: the host itself. The connecting thread's state: it alone
   touches it until it has ended. */
struct connect_worker {
    struct ssh_settings s; /* a shallow copy: its strings are the connection's */
    const char *target;    /* the host that all hops lead to */
    bool is_hop;           /* a jump host, not the target */
    struct mailbox *mail;
    struct key_ring *ring;  /* the keys opened so far, of all hops */
    struct ssh_tunnel *via; /* what this hop is reached by; NULL: straight */
    struct ssh_session_struct *session;
    struct ssh_guard *guard;  /* lives as long as the session */
    int fd;                   /* libssh's, once it has a session */
    char address[NI_MAXHOST]; /* "" if it is not this machine that looks it up */
    struct proxy_command proxy;
    enum ssh_stage stage;
    int64_t stage_since; /* 0: none has begun */
    bool patient;        /* the host may be waiting for a person: no time limit */
    char *failure;       /* the one line; set once */
    int rc;              /* what the last libssh call returned */
    uint8_t *host_key;   /* the public key's blob, once the key exchange is done */
    size_t host_key_len;
    char *banner_shown;
    bool no_passwords; /* the host's key is not trusted: nothing secret is sent */
    struct buf tried;  /* the keys offered, for the error */
    int offers;
};

/* End with a failure: "NAME: STAGE: what". Always false. */
bool worker_fail(struct connect_worker *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void worker_notice(struct connect_worker *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void worker_stage(struct connect_worker *w, enum ssh_stage stage);
/* What is awaited now, for the person to see as long as it lasts; NULL: it is over. */
void worker_waiting(struct connect_worker *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same of what no person can do anything about. */
void worker_busy(struct connect_worker *w, const char *text);

/* Wait once, at most until the deadline, for poll events of a descriptor (-1: none), while the
   hops before are kept alive. The time may not have come, and nothing be ready. False:
   cancelled, or the way has broken; the failure is set. */
bool worker_wait(struct connect_worker *w, int fd, short events, int64_t deadline);

/* Call again and again, waiting for the network between, until it returns something else than
   `again`, which is left in w->rc. False: it took too long, or was cancelled. */
typedef int worker_call(struct connect_worker *w, void *data);
bool worker_drive(struct connect_worker *w, worker_call *call, void *data, int again);

/* ssh_ask.c. Is there anybody to ask: at a terminal, or by a program (ask_pass.h)? */
bool worker_may_ask(const struct connect_worker *w);
/* Ask; the answers are to be wiped. False: given up or cancelled, the failure is set. */
bool worker_ask(struct connect_worker *w, struct connect_event *question,
                char *answers[CONNECT_PROMPTS]);

/* ssh_kex.c: from the stream to keys in use, and the host's key looked at. */
bool worker_exchange_keys(struct connect_worker *w);
bool worker_check_host_key(struct connect_worker *w);

/* host_key.c: the algorithms to ask for, with a known host's first; and whether to go on with
   the key it showed. */
char *worker_host_key_algorithms(const struct connect_worker *w);
bool worker_judge_host_key(struct connect_worker *w);

/* ssh_auth.c: the whole authentication stage. */
bool worker_authenticate(struct connect_worker *w);

/* ssh_channel.c: takes session, descriptor and host key over. */
struct ssh_link *ssh_link_new(struct connect_worker *w);

#endif
