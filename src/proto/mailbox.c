#include "proto/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct letter {
    struct letter *next;
    struct connect_event event;
};

struct mailbox {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    struct letter *first, **last;
    int event_pipe[2];  /* one byte per event */
    int cancel_pipe[2]; /* its writing end is closed to cancel */
    bool waiting, cancelled, given_up;
    int prompts;
    char *answers[CONNECT_PROMPTS];
};

struct mailbox *mailbox_new(struct err *err)
{
    struct mailbox *m = xcalloc(1, sizeof *m);
    m->last = &m->first;
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->answered, NULL);
    if (pipe2(m->event_pipe, O_CLOEXEC | O_NONBLOCK) < 0) {
        err_set(err, "cannot make a pipe: %s", strerror(errno));
        free(m);
        return NULL;
    }
    if (pipe2(m->cancel_pipe, O_CLOEXEC | O_NONBLOCK) < 0) {
        err_set(err, "cannot make a pipe: %s", strerror(errno));
        close(m->event_pipe[0]);
        close(m->event_pipe[1]);
        free(m);
        return NULL;
    }
    return m;
}

void mailbox_free(struct mailbox *m)
{
    if (!m)
        return;
    struct connect_event event;
    while (mailbox_next(m, &event))
        connect_event_release(&event);
    mailbox_wipe(m->answers);
    mailbox_cancel(m);
    close(m->cancel_pipe[0]);
    close(m->event_pipe[0]);
    close(m->event_pipe[1]);
    pthread_cond_destroy(&m->answered);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

int mailbox_fd(const struct mailbox *m)
{
    return m->event_pipe[0];
}

int mailbox_cancel_fd(const struct mailbox *m)
{
    return m->cancel_pipe[0];
}

static void post_locked(struct mailbox *m, const struct connect_event *event)
{
    struct letter *letter = xmalloc(sizeof *letter);
    *letter = (struct letter){.event = *event};
    *m->last = letter;
    m->last = &letter->next;
    /* A full pipe is readable all the same. */
    if (write(m->event_pipe[1], "", 1) < 0 && errno != EAGAIN)
        BUG("mailbox: %s", strerror(errno));
}

void mailbox_post(struct mailbox *m, const struct connect_event *event)
{
    pthread_mutex_lock(&m->lock);
    post_locked(m, event);
    pthread_mutex_unlock(&m->lock);
}

bool mailbox_next(struct mailbox *m, struct connect_event *event)
{
    pthread_mutex_lock(&m->lock);
    struct letter *letter = m->first;
    if (letter) {
        *event = letter->event;
        m->first = letter->next;
    }
    if (!m->first) {
        m->last = &m->first;
        char bytes[64];
        while (read(m->event_pipe[0], bytes, sizeof bytes) > 0)
            ;
    }
    pthread_mutex_unlock(&m->lock);
    free(letter);
    return letter != NULL;
}

void mailbox_answer(struct mailbox *m, const char *const *answers, int count)
{
    pthread_mutex_lock(&m->lock);
    if (m->waiting) {
        for (int i = 0; answers && i < m->prompts; i++)
            m->answers[i] = xstrdup(i < count && answers[i] ? answers[i] : "");
        m->given_up = !answers;
        m->waiting = false;
        pthread_cond_signal(&m->answered);
    }
    pthread_mutex_unlock(&m->lock);
}

void mailbox_cancel(struct mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    if (!m->cancelled)
        close(m->cancel_pipe[1]);
    m->cancelled = true;
    pthread_cond_signal(&m->answered);
    pthread_mutex_unlock(&m->lock);
}

bool mailbox_cancelled(struct mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    bool cancelled = m->cancelled;
    pthread_mutex_unlock(&m->lock);
    return cancelled;
}

enum mailbox_wait mailbox_ask(struct mailbox *m, const struct connect_event *question,
                              char *answers[CONNECT_PROMPTS])
{
    pthread_mutex_lock(&m->lock);
    m->waiting = true;
    m->given_up = false;
    m->prompts = question->prompt_count;
    post_locked(m, question);
    while (m->waiting && !m->cancelled)
        pthread_cond_wait(&m->answered, &m->lock);
    enum mailbox_wait result = m->cancelled  ? MAILBOX_CANCELLED
                               : m->given_up ? MAILBOX_GIVEN_UP
                                             : MAILBOX_ANSWERED;
    memset(answers, 0, CONNECT_PROMPTS * sizeof *answers);
    if (result == MAILBOX_ANSWERED) {
        memcpy(answers, m->answers, sizeof m->answers);
        memset(m->answers, 0, sizeof m->answers);
    }
    pthread_mutex_unlock(&m->lock);
    return result;
}

void mailbox_wipe(char *answers[CONNECT_PROMPTS])
{
    for (int i = 0; i < CONNECT_PROMPTS; i++) {
        if (answers[i])
            explicit_bzero(answers[i], strlen(answers[i]));
        free(answers[i]);
        answers[i] = NULL;
    }
}

void connect_event_release(struct connect_event *event)
{
    free(event->text);
    for (int i = 0; i < event->prompt_count; i++)
        free(event->prompt[i].text);
    *event = (struct connect_event){0};
}
