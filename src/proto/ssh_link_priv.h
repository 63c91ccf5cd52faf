/* Private to ssh_link.c and ssh_channel.c: a connection and its channels. */
#ifndef PROTO_SSH_LINK_PRIV_H
#define PROTO_SSH_LINK_PRIV_H

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "base/buf.h"
#include "proto/proxy_command.h"
#include "proto/ssh_channel.h"
#include "proto/ssh_guard.h"
#include "proto/ssh_words.h"
#include "proto/watch.h"

struct stream {
    struct buf unread;
    bool held; /* libssh has more, which did not fit */
};

struct ssh_channel {
    struct ssh_channel *next;
    struct ssh_link *link;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    enum ssh_channel_state state;
    enum { STEP_FORWARD, STEP_SESSION, STEP_PTY, STEP_ENV, STEP_COMMAND } step;
    bool pty, agent;
    char *forward_host; /* NULL: a session */
    int forward_port;
    char *term, *command;
    bool subsystem; /* what the command names */
    char **env;     /* NULL terminated */
    size_t env_next;
    int rows, cols;
    bool resized; /* while opening: send the size once open */
    bool eof;     /* to be sent once open */
    bool dropped; /* nobody wants it any more, but it must be closed once open */
    bool left;    /* and by the host first */
    bool closed_by_host;
    bool ended_by_host;       /* it sends no more */
    struct stream streams[2]; /* stdout, stderr */
    int status;
    char signal[24];
    char error[SSH_WORDS_MAX + 60];
};

struct ssh_link {
    ssh_session session;
    ssh_event event;
    int fd;
    struct watch watch;     /* of fd, and of what the way here waits for */
    struct ssh_tunnel *via; /* the way here leads over another host; NULL: it does not */
    char way[300];          /* how that way broke; "": it did not */
    struct proxy_command proxy;
    struct ssh_callbacks_struct callbacks;
    struct ssh_guard *guard;
    struct ssh_channel *channels;
    char server[128];
    uint8_t *host_key;
    size_t host_key_len;
    bool impostor; /* another host's key came with a new key exchange */
    bool abused, gone;
    bool written;               /* what libssh had for the socket, whatever its flag says */
    char reason[SSH_WORDS_MAX]; /* once gone */
    char *agent_path;           /* what the host may be given of agents; NULL: none */
    bool agent_asked;           /* for a channel, that it be forwarded */
    struct agent_forward *forwards;
    int alive_interval, alive_count, alive_missed;
    uint64_t alive_in;
    int64_t alive_next;
    int64_t unanswered_since; /* -1: all is acknowledged */
};

/* ssh_link.c */
/* Does libssh hold bytes that the socket does not take now? */
bool ssh_link_full(const struct ssh_link *link);
/* False: libssh has closed the connection; the link is gone now, and knows why. */
bool ssh_link_alive(struct ssh_link *link);
/* Around every call that may read: the guard listens until ssh_guard_listen_end. */
void ssh_link_listen(struct ssh_link *link);

/* ssh_channel.c: once per pump of the link; and when the link goes, with its channels. */
void ssh_channel_pump(struct ssh_channel *ch);
/* One that the host opens, and that will be confirmed: open. Freed as others. */
struct ssh_channel *ssh_channel_adopt(struct ssh_link *link);
void ssh_channel_release(struct ssh_channel *ch);

#endif
