/*
 * From settings to an authenticated connection. The work (resolve, connect, banner, key
 * exchange, host key, authentication) is done in straight lines by one thread that alone
 * touches the connection meanwhile; the program's loop watches a descriptor, shows the stage,
 * answers questions, and may cancel at any time.
 */
#ifndef PROTO_SSH_CONNECT_H
#define PROTO_SSH_CONNECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "proto/ssh_config.h"

enum ssh_stage {
    STAGE_RESOLVE,
    STAGE_CONNECT,
    STAGE_BANNER,
    STAGE_KEX,
    STAGE_HOST_KEY,
    STAGE_AUTH,
    STAGE_CHANNEL,
    STAGE_SHELL,
};
const char *ssh_stage_name(enum ssh_stage stage); /* "key exchange", ... */

enum connect_event_kind {
    CONNECT_STAGE,    /* `stage` has begun; text: of which jump host, NULL: of the host itself */
    CONNECT_BANNER,   /* text: what the server shows before login; not sanitised */
    CONNECT_QUESTION, /* text, prompts: answer it with ssh_connect_answer */
    CONNECT_NOTICE,   /* text: one line to show, such as "the agent's key waits for a touch" */
    CONNECT_WAITING,  /* text: what is awaited now, such as a touch; NULL: it has come */
    CONNECT_DONE,     /* take the connection with ssh_connect_take */
    CONNECT_FAILED,   /* text: one line, with host, stage, reason and what to do */
};

struct connect_prompt {
    char *text; /* sanitised; the last line asks, those before it are shown above it */
    bool echo;
};

#define CONNECT_PROMPTS 16

struct connect_event {
    enum connect_event_kind kind;
    enum ssh_stage stage;
    char *text;      /* may have several lines in a question; sanitised but for the banner */
    bool confirm;    /* of a question: its one prompt asks for a yes or no; empty is a yes */
    bool by_machine; /* of what is awaited: nobody has to do anything about it */
    int prompt_count;
    struct connect_prompt prompt[CONNECT_PROMPTS];
};

struct ssh_connect;
struct ssh_link; /* ssh_channel.h */

/* Start. The settings are copied. */
struct ssh_connect *ssh_connect_start(const struct ssh_settings *settings, struct err *err);

/* Readable when ssh_connect_next has something. */
int ssh_connect_fd(const struct ssh_connect *c);
/* The next event, if any; release it with connect_event_release. */
bool ssh_connect_next(struct ssh_connect *c, struct connect_event *event);
void connect_event_release(struct connect_event *event);

/* Answer the question: one string per prompt, wiped by us after use. NULL: the person gave it
   up, which ends the connection with CONNECT_FAILED. */
void ssh_connect_answer(struct ssh_connect *c, const char *const *answers, int count);

/* Whole after CONNECT_DONE; NULL before. The caller owns it. */
struct ssh_link *ssh_connect_take(struct ssh_connect *c);

/* Cancel if still under way, wait for the thread (which gives up at once), free. A thread that a
   library keeps is left to itself after a second, and frees what is its when it comes back. */
void ssh_connect_free(struct ssh_connect *c);
/* Is there such a thread? Then the process must end without taking libraries down. */
bool ssh_connect_busy(void);

#endif
