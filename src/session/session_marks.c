/* What the shell's marks mean. */
#include "session/session_priv.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "session/windows.h"

#define SETTLE_MS 60 /* typed Enters: the shell may be about to run what it has read */

unsigned session_hello(struct session *s, const char *dialect, long pid, const char *user,
                       const char *shell)
{
    size_t len = strlen(dialect);
    /* It asks for its hooks: as they are, or percent-coded. */
    bool coded = len > 0 && dialect[len - 1] == '!';
    bool asks = coded || (len > 0 && dialect[len - 1] == '?');
    char *name = xstrndup(dialect, len - asks);
    s->asks = false;
    session_ready(s, name);
    free(name);
    if (asks && s->dialect && s->dialect->hooks)
        dialect_start_hooks(s->dialect, s->wants_fields, coded, &s->to_host);
    s->announced = true;
    s->pid = pid;
    session_set_text(&s->user, user);
    session_set_text(&s->shell, shell);
    log_line(1, "shell %s, dialect %s", shell, s->dialect ? s->dialect->name : "plain");
    return 0;
}

unsigned session_ready(struct session *s, const char *dialect)
{
    s->dialect = dialect_find(dialect);
    s->loaded = s->settling = false;
    s->asking = ASK_NOTHING;
    s->stopping = 0;
    session_clear_take(s);
    return 0;
}

/* The line that the host's editor had has been run: this prompt is ours again. */
static bool once_is_over(struct session *s)
{
    if (!s->raw_once || s->state != SESSION_PROMPT || s->redraws < 0)
        return s->raw_once && s->state != SESSION_PROMPT;
    return s->redraws-- == 0;
}

static bool is_redrawing(const struct session *s)
{
    return s->swallow == SWALLOW_TO_INPUT || s->swallow == SWALLOW_REDRAW;
}

unsigned session_prompt(struct session *s)
{
    bool answers = s->asking != ASK_NOTHING || is_redrawing(s);
    if (!answers && once_is_over(s))
        s->raw = s->raw_once = false;
    s->in_prompt = true;
    s->printed = s->filling = false;
    if (s->swallow == SWALLOW_TO_PROMPT)
        s->swallow = SWALLOW_NOTHING;
    return 0;
}

/* readline draws the prompt again when it draws a line anew that takes several rows, and so
   may the echo of a submitted line hold it. */
static bool prompt_is_in_echo(const struct session *s)
{
    return s->state == SESSION_SUBMITTED && !s->echo_over && s->dialect &&
           s->dialect->echo != ECHO_LINE;
}

/* And so may what is pasted to be completed, or the code that does it. */
static bool is_in_echo(const struct session *s)
{
    return prompt_is_in_echo(s) || s->asking != ASK_NOTHING;
}

static bool prompt_is_redrawn(const struct session *s)
{
    return is_redrawing(s) || (s->state == SESSION_PROMPT && !s->done) || s->pieces ||
           is_in_echo(s);
}

static bool is_take_redrawing(const struct session *s)
{
    return s->state == SESSION_PROMPT && s->taking && s->dialect->take == TAKE_REDRAW;
}

/* busybox has redrawn the prompt: what it had echoed is what was typed, and the space of the
   take keys. */
static unsigned take_redrawn(struct session *s, int64_t now)
{
    size_t len = s->echoed.len;
    const char *text = (const char *)buf_data(&s->echoed);
    if (len > 0 && text[len - 1] == ' ')
        len--;
    char *copy = xstrndup(text, len);
    unsigned todo = session_take_over(s, copy, len, now);
    free(copy);
    s->done = false;
    return todo;
}

void session_aside(struct session *s, bool begins)
{
    s->in_prompt = begins;
}

/* When a line that was typed ahead would have begun to run: the take key would be read by what it
   runs. The last Enter may have left before this prompt was seen. */
static int64_t settled_at(const struct session *s, int64_t now)
{
    int64_t trip = s->rtt > 0 ? s->rtt + s->rtt / 2 : 0, answered = s->entered_at + trip;
    return (answered > now ? answered : now) + SETTLE_MS;
}

/* Seen once its row is whole: until then all is shown. Keys that were on their way to the host are
   in that row by then, too. */
int64_t session_settle_time(const struct session *s, int64_t now)
{
    int64_t echoed = s->typed_at + (s->rtt > 0 ? s->rtt : 0);
    return (echoed > now ? echoed : now) + s->dialect->settle;
}

static bool settles(struct session *s, int64_t now)
{
    if (!s->dialect || s->dialect->settle == 0)
        return false;
    s->settling = s->state != SESSION_PROMPT || (s->asking == ASK_STATUS && s->answered);
    s->settle_at = session_settle_time(s, now);
    s->prompt_at = now;
    s->prompts++;
    return true;
}

/* A line that the person typed ahead may have run behind it: then this is not its status. */
static bool is_status_asked(const struct session *s)
{
    bool ran = s->state == SESSION_SUBMITTED || s->state == SESSION_RUNNING;
    bool blank = s->command[strspn(s->command, " ")] == '\0';
    bool one = s->prompts <= 1 || s->typed.enters == 0;
    /* (What has not answered twice has another way to print it: Enter is not to wait for that.) */
    return s->dialect->asks_status && s->unanswered < 2 && ran && !blank && one && !s->raw;
}

/* ERRORLEVEL may still be that of an earlier command. */
static void judge(struct session *s)
{
    bool old = s->told == s->level && s->told != 0 && windows_keeps_level(s->command);
    s->has_status = s->told != INT_MIN && !old;
    s->status = s->told;
    s->level = s->told;
    s->rtt = s->prompt_at - s->asked_since;
    s->unjudged = false;
    s->asking = ASK_NOTHING;
}

unsigned session_settled(struct session *s, const char *cwd, const char *typed, int64_t now)
{
    unsigned todo = DO_PROMPT;
    if (s->asking == ASK_STATUS) {
        judge(s);
        todo = DO_ENDED;
    } else {
        if (s->raw_once)
            s->raw = s->raw_once = false;
        s->has_status = false;
        s->unjudged = is_status_asked(s);
        s->duration = s->prompt_at - s->started;
    }
    s->settling = false;
    s->done = s->marked = true;
    s->waiting_since = 0;
    session_set_text(&s->cwd, cwd);
    session_set_state(s, SESSION_PROMPT, now);
    if (s->raw)
        return todo;
    unsigned typed_back = session_take_over(s, typed, strlen(typed), now);
    if (typed_back)
        buf_puts(&s->to_host, s->dialect->take_keys);
    return todo | typed_back;
}

unsigned session_input(struct session *s, int64_t now)
{
    s->in_prompt = false;
    if (settles(s, now))
        return 0;
    if (s->state == SESSION_RUNNING && !s->done)
        return 0; /* a prompt behind a command's end tells of that end: this one is printed */
    if (is_take_redrawing(s))
        return take_redrawn(s, now);
    if (prompt_is_redrawn(s)) {
        s->swallow = SWALLOW_NOTHING;
        return s->state == SESSION_PROMPT && s->asking == ASK_NOTHING ? DO_REDRAWN : 0;
    }
    if (s->stopping > 1) {
        s->stopping--;
        s->done = false;
        session_swallow(s, SWALLOW_TO_PROMPT, CLOCK_NEVER);
        return 0;
    }
    bool ran = s->state == SESSION_SUBMITTED || s->state == SESSION_RUNNING;
    if (ran && s->done)
        s->duration = now - s->started;
    s->done = false;
    s->marked = true;
    s->continuing = false;
    s->asking = ASK_NOTHING;
    s->stopping = 0;
    s->waiting_since = 0;
    buf_clear(&s->echoed);
    session_set_state(s, SESSION_PROMPT, now);
    session_clear_take(s);
    if (s->raw && s->dialect && s->dialect->hand_each)
        session_hand(s, "", 0);
    if (s->raw)
        typeahead_reset(&s->typed); /* what comes now is typed to the shell's editor */
    else if (s->typed.enters > 0 && s->dialect)
        s->take_at = settled_at(s, now);
    else
        session_take(s, now);
    return DO_PROMPT;
}

unsigned session_command(struct session *s, int64_t now)
{
    unsigned todo = DO_OUTPUT;
    s->pieces = false;
    s->echo_over = true;
    s->swallow = SWALLOW_NOTHING;
    s->waiting_since = 0;
    if (s->state == SESSION_RUNNING)
        return 0;
    if (s->state == SESSION_PROMPT) {
        /* Nobody submitted it here: a line typed ahead, or typed to the host's own editor. */
        s->started = now;
        session_clear_take(s);
        buf_clear(&s->back);
        buf_append(&s->back, buf_data(&s->echoed), s->echoed.len);
        session_set_text(&s->command, buf_str(&s->echoed));
        if (s->typed.enters > 0)
            s->typed.enters--;
        if (!s->raw)
            todo |= DO_RAN;
    }
    session_set_state(s, SESSION_RUNNING, now);
    return todo;
}

unsigned session_command_line(struct session *s, const char *line, int64_t now)
{
    if (*line) {
        buf_clear(&s->echoed);
        buf_puts(&s->echoed, line);
    }
    return session_command(s, now);
}

unsigned session_done(struct session *s, int status)
{
    if (s->asking == ASK_STATUS) {
        s->told = status;
        s->answered = true;
        s->unanswered = 0;
        return 0;
    }
    /* bash has the mark in its prompt, and so in every drawing of it. */
    bool end = s->state == SESSION_SUBMITTED && s->dialect && s->dialect->echo == ECHO_MARK;
    if (!end && (is_redrawing(s) || is_in_echo(s)))
        return 0;
    if (s->pieces || is_take_redrawing(s))
        return 0;
    if (s->state == SESSION_SUBMITTED || s->state == SESSION_RUNNING ||
        (s->state == SESSION_PROMPT && s->continuing)) {
        s->has_status = status != INT_MIN;
        s->status = status;
    }
    s->done = true;
    s->echo_over = true;
    return 0;
}

unsigned session_cwd(struct session *s, const char *cwd)
{
    session_set_text(&s->cwd, cwd);
    return 0;
}

void session_field(struct session *s, const char *name, const char *text)
{
    static const char *const names[SESSION_FIELDS] = {"home", "git",   "jobs", "venv",
                                                      "keys", "names", "path"};
    for (int i = 0; i < SESSION_FIELDS; i++)
        if (strcmp(name, names[i]) == 0)
            session_set_text(&s->field[i], text);
    if (strcmp(name, "asks") == 0)
        s->asks = true;
    if (strcmp(name, "flags") == 0) /* of an sh: $- */
        session_set_text(&s->field[FIELD_KEYS],
                         strchr(text, 'V') && !strchr(text, 'E') ? "vi" : "");
}

unsigned session_continue(struct session *s)
{
    s->in_prompt = true;
    return 0;
}

unsigned session_continued(struct session *s, int64_t now)
{
    s->in_prompt = false;
    if (is_redrawing(s))
        s->swallow = SWALLOW_NOTHING; /* it was this prompt that was drawn anew */
    if (is_take_redrawing(s))
        return take_redrawn(s, now);
    if ((s->state != SESSION_SUBMITTED && s->state != SESSION_RUNNING) || s->pieces)
        return 0;
    session_set_state(s, SESSION_PROMPT, now);
    s->continuing = true;
    s->waiting_since = 0;
    if (s->typed.line.len > 0 || s->typed.enters > 0)
        session_take(s, now);
    return DO_CONTINUE;
}

/* Behind a key that waits for another (Ctrl-V, Ctrl-X) the first of two take keys was text. */
static void without_key(const char *key, char *text)
{
    char *at;
    for (size_t n = strlen(key); n > 0 && (at = strstr(text, key)) != NULL;)
        memmove(at, at + n, strlen(at + n) + 1);
}

unsigned session_taken(struct session *s, const char *text, int64_t now)
{
    if (s->dialect && s->dialect->redraws)
        session_swallow(s, SWALLOW_REDRAW, CLOCK_NEVER);
    char *own = xstrdup(text);
    if (s->taking && s->take_again) {
        without_key(s->dialect->take_keys, own);
        without_key(s->dialect->take_keys + 1, own);
    }
    unsigned todo = session_take_over(s, own, strlen(own), now);
    free(own);
    return todo;
}

void session_ended(struct session *s)
{
    session_set_state(s, SESSION_ENDED, s->since);
    session_clear_take(s);
    s->waiting_since = 0;
}
