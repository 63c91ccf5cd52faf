/* Authentication by what a person answers: password, keyboard-interactive. */
#include "proto/ssh_auth_priv.h"

#include <stdlib.h>
#include <string.h>

#include <libssh/libssh.h>

#include "base/utf8.h"

#define KBDINT_ROUNDS_MAX 20   /* question after question: no host needs more */
#define TEXT_MAX          8192 /* of the host's, once it is clean */
#define TEXT_COLUMNS      2000

static int call_password(struct connect_worker *w, void *data)
{
    return ssh_userauth_password(w->session, w->s.user, data);
}

static int call_kbdint(struct connect_worker *w, void *data)
{
    (void)data;
    return ssh_userauth_kbdint(w->session, w->s.user, NULL);
}

/* The host may push something to the person's telephone before it answers: what a person does
   takes as long as it takes. */
static enum outcome request_patiently(struct auth *a, worker_call *call, void *data)
{
    a->w->patient = true;
    enum outcome o = auth_request(a, call, data);
    a->w->patient = false;
    return o;
}

/* ---- password ---- */

enum outcome auth_try_password(struct auth *a)
{
    struct connect_worker *w = a->w;
    bool again = false;
    char *who = auth_who(w);
    enum outcome o = OUTCOME_DENIED;
    while (o == OUTCOME_DENIED && a->password_left > 0 && (a->allowed & SSH_AUTH_METHOD_PASSWORD)) {
        a->password_left--;
        struct connect_event question = {
            .text = xstrdup(again ? "Permission denied, please try again." : ""),
            .prompt_count = 1,
            .prompt = {{.text = xasprintf("%s's password: ", who)}},
        };
        char *answers[CONNECT_PROMPTS];
        if (!worker_ask(w, &question, answers)) {
            o = OUTCOME_DEAD;
            break;
        }
        a->password_sent = true;
        o = request_patiently(a, call_password, answers[0]);
        a->password_sent = false;
        mailbox_wipe(answers);
        again = true;
    }
    free(who);
    return o;
}

/* ---- keyboard-interactive ---- */

/* Some lines of the host's, without blank ones at the end. */
static char *clean_lines(const char *text)
{
    char out[TEXT_MAX];
    size_t len = text ? strlen(text) : 0;
    utf8_sanitize(out, sizeof out, text ? text : "", len < TEXT_MAX ? len : TEXT_MAX, TEXT_COLUMNS,
                  1);
    for (size_t n = strlen(out); n > 0 && out[n - 1] == '\n';)
        out[--n] = '\0';
    return xstrdup(out);
}

/* As ssh has it: the line that asks says who is asked, and by whom. */
static char *kbdint_prompt(const struct connect_worker *w, const char *text)
{
    char *lines = clean_lines(text), *last = strrchr(lines, '\n');
    last = last ? last + 1 : lines;
    char *who = auth_who(w);
    char *prompt = xasprintf("%.*s(%s) %s", (int)(last - lines), lines, who, last);
    free(who);
    free(lines);
    return prompt;
}

static char *kbdint_text(struct connect_worker *w)
{
    char *name = clean_lines(ssh_userauth_kbdint_getname(w->session));
    char *instruction = clean_lines(ssh_userauth_kbdint_getinstruction(w->session));
    char *text = xasprintf("%s%s%s", name, *name && *instruction ? "\n" : "", instruction);
    free(name);
    free(instruction);
    return text;
}

/* A mere notice: nobody is asked. */
static void kbdint_show(struct connect_worker *w)
{
    struct connect_event event = {
        .kind = CONNECT_BANNER, .stage = w->stage, .text = kbdint_text(w)};
    if (*event.text)
        mailbox_post(w->mail, &event);
    else
        connect_event_release(&event);
}

/* Answer one round of the host's questions. */
static bool kbdint_answer(struct connect_worker *w)
{
    int n = ssh_userauth_kbdint_getnprompts(w->session);
    if (n > CONNECT_PROMPTS)
        return worker_fail(w, "the host asks %d questions at once", n);
    if (n <= 0) {
        kbdint_show(w);
        return true;
    }
    struct connect_event question = {.text = kbdint_text(w), .prompt_count = n};
    for (int i = 0; i < n; i++) {
        char echo = 0;
        const char *text = ssh_userauth_kbdint_getprompt(w->session, (unsigned)i, &echo);
        question.prompt[i] =
            (struct connect_prompt){.text = kbdint_prompt(w, text), .echo = echo != 0};
    }
    char *answers[CONNECT_PROMPTS];
    if (!worker_ask(w, &question, answers))
        return false;
    bool ok = true;
    for (int i = 0; i < n && ok; i++)
        ok = ssh_userauth_kbdint_setanswer(w->session, (unsigned)i, answers[i]) == 0;
    mailbox_wipe(answers);
    return ok || worker_fail(w, "the answers could not be taken");
}

/* One attempt: rounds of questions until the host has made up its mind. */
static enum outcome kbdint_attempt(struct auth *a, bool *asked)
{
    enum outcome o = request_patiently(a, call_kbdint, NULL);
    for (int round = 0; a->w->rc == SSH_AUTH_INFO && o == OUTCOME_SUCCESS; round++) {
        *asked = true;
        if (round == KBDINT_ROUNDS_MAX)
            worker_fail(a->w, "the host asks question after question");
        if (round == KBDINT_ROUNDS_MAX || !kbdint_answer(a->w))
            return OUTCOME_DEAD;
        o = request_patiently(a, call_kbdint, NULL);
    }
    return o;
}

enum outcome auth_try_kbdint(struct auth *a)
{
    bool asked = true; /* a host that refuses without a question has none */
    enum outcome o = OUTCOME_DENIED;
    while (o == OUTCOME_DENIED && asked && a->kbdint_left > 0 &&
           (a->allowed & SSH_AUTH_METHOD_INTERACTIVE)) {
        asked = false;
        a->kbdint_left--;
        o = kbdint_attempt(a, &asked);
    }
    return o;
}
