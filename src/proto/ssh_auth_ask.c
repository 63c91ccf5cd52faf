/* Authentication by what a person answers: password, keyboard-interactive. */
#include "proto/ssh_auth_priv.h"

#include <stdlib.h>
#include <string.h>

#include <libssh/libssh.h>

#include "base/utf8.h"

#define KBDINT_ROUNDS_MAX 20 /* question after question: no host needs more */

static int call_password(struct connect_worker *w, void *data)
{
    return ssh_userauth_password(w->session, w->s.user, data);
}

static int call_kbdint(struct connect_worker *w, void *data)
{
    (void)data;
    return ssh_userauth_kbdint(w->session, w->s.user, NULL);
}

/* ---- what a person answers ---- */

enum outcome auth_try_password(struct auth *a)
{
    struct connect_worker *w = a->w;
    bool again = false;
    while (a->password_left > 0 && (a->allowed & SSH_AUTH_METHOD_PASSWORD)) {
        a->password_left--;
        struct connect_event question = {
            .text = xstrdup(again ? "Permission denied, please try again." : ""),
            .prompt_count = 1,
            .prompt = {{.text = xasprintf("%s@%s's password: ", w->s.user, w->s.name)}},
        };
        char *answers[CONNECT_PROMPTS];
        if (!worker_ask(w, &question, answers))
            return OUTCOME_DEAD;
        enum outcome o = auth_request(a, call_password, answers[0]);
        mailbox_wipe(answers);
        if (o != OUTCOME_DENIED)
            return o;
        again = true;
    }
    return OUTCOME_DENIED;
}

static char *clean(const char *text, int keep_lines)
{
    size_t len = text ? strlen(text) : 0;
    len = len > 4096 ? 4096 : len;
    char out[4096];
    utf8_sanitize(out, sizeof out, text ? text : "", len, 2000, keep_lines);
    return xstrdup(out);
}

/* The host's questions of one round, as it words them. */
static void kbdint_question(struct connect_worker *w, struct connect_event *question)
{
    char *name = clean(ssh_userauth_kbdint_getname(w->session), 0);
    char *instruction = clean(ssh_userauth_kbdint_getinstruction(w->session), 1);
    *question = (struct connect_event){
        .text = xasprintf("%s%s%s", name, *name && *instruction ? "\n" : "", instruction)};
    free(name);
    free(instruction);
    int n = ssh_userauth_kbdint_getnprompts(w->session);
    for (int i = 0; i < n && i < CONNECT_PROMPTS; i++) {
        char echo = 0;
        const char *prompt = ssh_userauth_kbdint_getprompt(w->session, (unsigned)i, &echo);
        question->prompt[question->prompt_count++] =
            (struct connect_prompt){.text = clean(prompt, 0), .echo = echo != 0};
    }
}

/* Answer one round; without prompts (a mere notice) the answer is empty and nobody asked. */
static bool kbdint_answer(struct connect_worker *w)
{
    struct connect_event question;
    int n = ssh_userauth_kbdint_getnprompts(w->session);
    if (n > CONNECT_PROMPTS)
        return worker_fail(w, "the host asks %d questions at once", n);
    kbdint_question(w, &question);
    if (n <= 0) {
        if (*question.text)
            worker_notice(w, "%s", question.text);
        connect_event_release(&question);
        return true;
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

enum outcome auth_try_kbdint(struct auth *a)
{
    while (a->kbdint_left > 0 && (a->allowed & SSH_AUTH_METHOD_INTERACTIVE)) {
        a->kbdint_left--;
        enum outcome o = auth_request(a, call_kbdint, NULL);
        for (int round = 0; a->w->rc == SSH_AUTH_INFO && o == OUTCOME_SUCCESS; round++) {
            if (round == KBDINT_ROUNDS_MAX) {
                worker_fail(a->w, "the host asks question after question");
                return OUTCOME_DEAD;
            }
            if (!kbdint_answer(a->w))
                return OUTCOME_DEAD;
            o = auth_request(a, call_kbdint, NULL);
        }
        if (o != OUTCOME_DENIED)
            return o;
    }
    return OUTCOME_DENIED;
}
