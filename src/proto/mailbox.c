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
    struct letter *first, **last;
    int event_pipe[2];  /* one byte per event */
    int answer_pipe[2]; /* one byte when the question has been answered */
    int cancel_pipe[2]; /* its writing end is closed to cancel */
    bool waiting, cancelled, given_up;
    int prompts;
    char *answers[CONNECT_PROMPTS];
};

static bool open_pipes(struct mailbox *m, struct err *err)
{
    int *pipes[] = {m->event_pipe, m->answer_pipe, m->cancel_pipe};
    for (size_t i = 0; i < sizeof pipes / sizeof pipes[0]; i++) {
        if (pipe2(pipes[i], O_CLOEXEC | O_NONBLOCK) == 0)
            continue;
        err_set(err, "cannot make a pipe: %s", strerror(errno));
        while (i-- > 0) {
            close(pipes[i][0]);
            close(pipes[i][1]);
        }
        return false;
    }
    return true;
}

struct mailbox *mailbox_new(struct err *err)
{
    struct mailbox *m = xcalloc(1, sizeof *m);
    m->last = &m->first;
    if (!open_pipes(m, err)) {
        free(m);
        return NULL;
    }
    pthread_mutex_init(&m->lock, NULL);
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
    close(m->answer_pipe[0]);
    close(m->answer_pipe[1]);
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

static void wake(int fd)
{
    /* A full pipe is readable all the same. */
    if (write(fd, "", 1) < 0 && errno != EAGAIN)
        BUG("mailbox: %s", strerror(errno));
}

static void drain(int fd)
{
    char bytes[64];
    while (read(fd, bytes, sizeof bytes) > 0)
        continue;
}

static void post_locked(struct mailbox *m, const struct connect_event *event)
{
    struct letter *letter = xmalloc(sizeof *letter);
    *letter = (struct letter){.event = *event};
    *m->last = letter;
    m->last = &letter->next;
    wake(m->event_pipe[1]);
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
        drain(m->event_pipe[0]);
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
        wake(m->answer_pipe[1]);
    }
    pthread_mutex_unlock(&m->lock);
}

void mailbox_cancel(struct mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    if (!m->cancelled)
        close(m->cancel_pipe[1]);
    m->cancelled = true;
    pthread_mutex_unlock(&m->lock);
}

bool mailbox_cancelled(struct mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    bool cancelled = m->cancelled;
    pthread_mutex_unlock(&m->lock);
    return cancelled;
}

void mailbox_ask(struct mailbox *m, const struct connect_event *question)
{
    pthread_mutex_lock(&m->lock);
    m->waiting = true;
    m->given_up = false;
    m->prompts = question->prompt_count;
    post_locked(m, question);
    pthread_mutex_unlock(&m->lock);
}

int mailbox_answer_fd(const struct mailbox *m)
{
    return m->answer_pipe[0];
}

enum mailbox_wait mailbox_take(struct mailbox *m, char *answers[CONNECT_PROMPTS])
{
    pthread_mutex_lock(&m->lock);
    enum mailbox_wait result = m->cancelled  ? MAILBOX_CANCELLED
                               : m->given_up ? MAILBOX_GIVEN_UP
                                             : MAILBOX_ANSWERED;
    m->waiting = false;
    drain(m->answer_pipe[0]);
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
