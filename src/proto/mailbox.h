/*
 * Between the program's loop and the connecting thread: events one way; answers and the wish
 * to stop the other way. Either side waits with poll(2). Internally locked.
 */
#ifndef PROTO_MAILBOX_H
#define PROTO_MAILBOX_H

#include "proto/ssh_connect.h"

struct mailbox;

struct mailbox *mailbox_new(struct err *err);
/* When the thread has ended. Events and answers not taken are wiped and freed. */
void mailbox_free(struct mailbox *m);

/* The loop's side. */
int mailbox_fd(const struct mailbox *m); /* readable when there is an event */
bool mailbox_next(struct mailbox *m, struct connect_event *event);
void mailbox_answer(struct mailbox *m, const char *const *answers, int count);
void mailbox_cancel(struct mailbox *m);

/* The threads' side. The event's strings become the mailbox's. */
void mailbox_post(struct mailbox *m, const struct connect_event *event);
/* A descriptor that is readable from the moment of mailbox_cancel on. */
int mailbox_cancel_fd(const struct mailbox *m);
bool mailbox_cancelled(struct mailbox *m);

/* Post a question. When mailbox_answer_fd or mailbox_cancel_fd is readable, take what came of
   it: one string per prompt, "" where none was given; wipe them with mailbox_wipe. */
enum mailbox_wait { MAILBOX_ANSWERED, MAILBOX_GIVEN_UP, MAILBOX_CANCELLED };
void mailbox_ask(struct mailbox *m, const struct connect_event *question);
int mailbox_answer_fd(const struct mailbox *m);
enum mailbox_wait mailbox_take(struct mailbox *m, char *answers[CONNECT_PROMPTS]);
void mailbox_wipe(char *answers[CONNECT_PROMPTS]);

#endif
