/* What the connecting thread asks the person: in the program, or by another one. */
#include "proto/ssh_priv.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "proto/ask_pass.h"

#define UNASKED_COLUMNS 200 /* of a question that cannot be asked, in the error */

/* Nobody is there to answer: what would have been asked is told, on one line. */
static bool fail_unasked(struct connect_worker *w, struct connect_event *question)
{
    char *asked = question->text && *question->text ? question->text : question->prompt[0].text;
    char text[UNASKED_COLUMNS * 4];
    for (char *c = asked; (c = strpbrk(c, "\n\t"));)
        *c = ' ';
    utf8_sanitize(text, sizeof text, asked, strlen(asked), UNASKED_COLUMNS, 0);
    worker_fail(w, "%s A question would have to be asked, and %s", text,
                w->s.no_terminal ? "there is no terminal" : "BatchMode forbids it");
    connect_event_release(question);
    return false;
}

bool worker_may_ask(const struct connect_worker *w)
{
    return !w->s.batch || (w->s.no_terminal && ask_pass_wanted(false));
}

/* One prompt, with what stands above it, by the program; NULL: cancelled. "": no answer. */
static char *ask_program(struct connect_worker *w, const struct connect_event *question, int i)
{
    struct ask_pass ask;
    struct err err;
    const char *above = question->text ? question->text : "";
    char *text = xasprintf("%s%s%s", above, *above ? "\n" : "", question->prompt[i].text);
    bool ok = ask_pass_start(&ask, text, question->confirm, !w->s.no_terminal, &err);
    free(text);
    if (!ok) {
        worker_fail(w, "%s", err.text);
        return NULL;
    }
    while (ok && ask_pass_read(&ask))
        ok = worker_wait(w, ask.fd, POLLIN, CLOCK_NEVER);
    char *answer = ask_pass_finish(&ask, !ok);
    if (!ok)
        return NULL;
    return answer ? answer : xstrdup(question->confirm ? "no" : "");
}

/* False: the failure is set. */
static bool ask_by_program(struct connect_worker *w, struct connect_event *question,
                           char *answers[CONNECT_PROMPTS])
{
    bool ok = true;
    memset(answers, 0, CONNECT_PROMPTS * sizeof *answers);
    if (!w->s.no_terminal)
        worker_waiting(w, "a question is asked by another program (SSH_ASKPASS)");
    for (int i = 0; i < question->prompt_count && ok; i++) {
        answers[i] = ask_program(w, question, i);
        ok = answers[i] != NULL;
    }
    if (!w->s.no_terminal)
        worker_waiting(w, NULL);
    if (!ok)
        mailbox_wipe(answers);
    connect_event_release(question);
    return ok;
}

static bool answered(const struct connect_worker *w)
{
    struct pollfd polls[] = {{.fd = mailbox_answer_fd(w->mail), .events = POLLIN}};
    return poll(polls, 1, 0) > 0;
}

bool worker_ask(struct connect_worker *w, struct connect_event *question,
                char *answers[CONNECT_PROMPTS])
{
    if (!worker_may_ask(w))
        return fail_unasked(w, question);
    if (ask_pass_wanted(!w->s.no_terminal))
        return ask_by_program(w, question, answers);
    question->kind = CONNECT_QUESTION;
    question->stage = w->stage;
    mailbox_ask(w->mail, question);
    while (!answered(w))
        if (!worker_wait(w, mailbox_answer_fd(w->mail), POLLIN, CLOCK_NEVER))
            return false;
    switch (mailbox_take(w->mail, answers)) {
    case MAILBOX_ANSWERED: return true;
    case MAILBOX_GIVEN_UP: return worker_fail(w, "given up at the question");
    default: return worker_fail(w, "cancelled");
    }
}
