/* Questions to the shell at its prompt: what a line could go on as, what commands it has, and its
   own history. One at a time. */
#include "session/session_priv.h"

#include <limits.h>
#include <string.h>

#include "base/clock.h"

#define ANSWER_LIMIT_MS  10000 /* a completion function that hangs is stopped */
#define STOP_AGAIN_MS    1000
#define ABANDON_LIMIT_MS 2000 /* one whose answer nobody wants any more */
#define STATUS_LIMIT_MS  3000 /* an answer that is a word, and that Enter waits for */

static bool ask(struct session *s, enum session_ask what, struct buf *keys, int64_t now)
{
    buf_append(&s->to_host, buf_data(keys), keys->len);
    buf_release(keys);
    s->droppable = 0;
    s->asking = what;
    s->asked_since = now;
    s->abandoned = false;
    return true;
}

static bool can_ask(const struct session *s)
{
    return s->dialect && session_can_submit(s) && s->asking == ASK_NOTHING;
}

bool session_complete(struct session *s, const char *line, size_t len, int64_t now)
{
    if (!can_ask(s) || !s->dialect->complete_key)
        return false;
    struct buf keys = {0};
    if (!s->loaded)
        dialect_load(s->dialect, s->dialect->complete, &keys);
    s->loaded = true;
    dialect_complete(s->dialect, line, len, &keys);
    return ask(s, ASK_COMPLETION, &keys, now);
}

bool session_ask_names(struct session *s, int64_t now)
{
    if (!can_ask(s) || s->continuing || !s->dialect->names_key)
        return false;
    struct buf keys = {0};
    buf_puts(&keys, s->dialect->names_key);
    return ask(s, ASK_NAMES, &keys, now);
}

bool session_history(struct session *s, int64_t now)
{
    if (!can_ask(s) || s->listed || !(s->dialect->history_key || s->dialect->history))
        return false;
    struct buf keys = {0};
    if (s->dialect->history_key)
        buf_puts(&keys, s->dialect->history_key);
    else
        dialect_load(s->dialect, s->dialect->history, &keys);
    s->listed = true;
    return ask(s, ASK_HISTORY, &keys, now);
}

unsigned session_ask_status(struct session *s, const char *question, int64_t now)
{
    if (!question) {
        s->unjudged = false;
        return DO_ENDED;
    }
    struct buf keys = {0};
    buf_printf(&keys, "%s%s", question, s->dialect->submit_after);
    s->told = INT_MIN;
    s->answered = false;
    s->waiting_since = now;
    ask(s, ASK_STATUS, &keys, now);
    return 0;
}

void session_abandon(struct session *s)
{
    s->abandoned = s->asking == ASK_COMPLETION;
}

void session_answered(struct session *s)
{
    s->asking = ASK_NOTHING;
    s->stopping = 0;
    s->waiting_since = 0;
    /* The shell draws its prompt anew behind its answer to a key of ours. */
    if (s->dialect && s->dialect->redraws)
        session_swallow(s, SWALLOW_REDRAW, CLOCK_NEVER);
}

void session_named(struct session *s)
{
    if (s->asking == ASK_NAMES || s->asking == ASK_NOTHING)
        session_answered(s);
}

/* How many prompts the keys that stop the shell bring. */
static int prompts_of_stop(const struct session *s)
{
    return s->dialect->stop_keys ? 2 : 1;
}

/* The keys are lost if they come as bash begins a program, or if the function heeds none. */
static bool stops_in_vain(const struct session *s)
{
    return s->stopping > 0 && s->stopping == prompts_of_stop(s);
}

int64_t session_ask_deadline(const struct session *s)
{
    int64_t trips = s->rtt > 0 ? 2 * s->rtt : 0;
    if (s->asking == ASK_STATUS)
        return s->asked_since + STATUS_LIMIT_MS + trips;
    if (s->asking != ASK_NOTHING)
        return s->asked_since + (s->abandoned ? ABANDON_LIMIT_MS + trips : ANSWER_LIMIT_MS);
    return stops_in_vain(s) ? s->stopped_at + STOP_AGAIN_MS + trips : CLOCK_NEVER;
}

void session_stop(struct session *s, int64_t now)
{
    buf_puts(&s->to_host, s->dialect->stop_keys ? s->dialect->stop_keys : "\003");
    s->droppable = 0;
    s->stopping = prompts_of_stop(s);
    s->stopped_at = now;
    session_swallow(s, SWALLOW_TO_PROMPT, CLOCK_NEVER);
}

unsigned session_ask_tick(struct session *s, int64_t now)
{
    if (session_ask_deadline(s) > now)
        return 0;
    if (s->asking == ASK_STATUS) {
        s->asking = ASK_NOTHING;
        s->settling = s->unjudged = false;
        s->unanswered++;
        s->waiting_since = 0;
        return DO_ENDED;
    }
    /* (What is not for completion is our own code: the shell is away, or not what it was.) */
    bool stops = s->asking == ASK_COMPLETION, again = s->asking == ASK_NOTHING;
    s->asking = ASK_NOTHING;
    if (!stops && !again)
        return 0;
    if (stops)
        s->waiting_since = now;
    session_stop(s, now);
    return stops && !s->abandoned ? DO_STOPPED : 0;
}
