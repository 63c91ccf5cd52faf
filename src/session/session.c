#include "session/session.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "session/session_priv.h"

#define TAKE_LIMIT_MS   3000 /* a shell that does not answer the take key by then will not */
#define TAKE_RETRY_MS   400
#define ABORT_KEY       "\007"
#define REPLIES_MAX     4096
#define PASTE_MIN       1024 /* more keys than this waiting are a paste */
#define REDRAW_LIMIT_MS 500  /* after a new size the shell redraws its prompt within this */

const char *session_state_name(enum session_state state)
{
    static const char *const names[] = {"starting", "prompt", "submitted", "running", "ended"};
    return names[state];
}

void session_set_state(struct session *s, enum session_state state, int64_t now)
{
    if (state == s->state)
        return;
    log_line(2, "session: %s -> %s", session_state_name(s->state), session_state_name(state));
    s->state = state;
    s->since = now;
}

void session_set_text(char **field, const char *text)
{
    free(*field);
    *field = xstrdup(text);
}

void session_swallow(struct session *s, enum swallow what, int64_t until)
{
    s->swallow = what;
    s->swallow_until = until;
    buf_clear(&s->held);
}

void session_clear_take(struct session *s)
{
    s->taking = s->take_dropped = false;
    s->take_at = CLOCK_NEVER;
    s->erased = s->erased_tabs = 0;
    s->erase_step = 0;
}

struct session *session_new(const char *fields)
{
    struct session *s = xcalloc(1, sizeof *s);
    s->user = xstrdup("");
    s->shell = xstrdup("");
    s->cwd = xstrdup("");
    s->command = xstrdup("");
    for (int i = 0; i < SESSION_FIELDS; i++)
        s->field[i] = xstrdup("");
    s->wants_fields = *fields != '\0';
    s->rtt = -1;
    s->level = INT_MIN;
    session_clear_take(s);
    return s;
}

void session_free(struct session *s)
{
    if (!s)
        return;
    free(s->user);
    free(s->shell);
    free(s->cwd);
    free(s->command);
    for (int i = 0; i < SESSION_FIELDS; i++)
        free(s->field[i]);
    typeahead_release(&s->typed);
    buf_release(&s->expect);
    buf_release(&s->echoed);
    buf_release(&s->back);
    buf_release(&s->held);
    buf_release_secret(&s->to_host);
    free(s);
}

void session_start(struct session *s, int64_t now)
{
    session_set_state(s, SESSION_STARTING, now);
    s->since = now;
    s->dialect = NULL;
    s->pid = 0;
    s->announced = s->marked = s->in_prompt = s->continuing = s->done = false;
    s->asking = ASK_NOTHING;
    s->stopping = 0;
    s->abandoned = s->listed = false;
    s->swallow = SWALLOW_NOTHING;
    s->settling = s->unjudged = false;
    s->unanswered = 0;
    s->level = INT_MIN;
    s->pieces = s->echo_over = s->paste_off = false;
    s->droppable = 0;
    s->waiting_since = 0;
    s->keys_sent = false;
    session_clear_take(s);
    typeahead_reset(&s->typed);
    buf_clear(&s->expect);
    buf_clear(&s->echoed);
    buf_clear(&s->to_host);
    session_set_text(&s->command, "");
    session_set_text(&s->field[FIELD_KEYS], ""); /* told only when they are not Emacs' */
}

void session_guess_trip(struct session *s, int64_t ms)
{
    if (s->rtt < 0)
        s->rtt = ms;
}

/* ---- sending ---- */

static void send_text(struct session *s, const void *data, size_t len)
{
    buf_append(&s->to_host, data, len);
    s->droppable = 0;
}

static void send_keys(struct session *s, const char *keys)
{
    send_text(s, keys, strlen(keys));
}

void session_type(struct session *s, const void *data, size_t len, int64_t now)
{
    if (len == 0)
        return;
    if (s->droppable > s->to_host.len)
        s->droppable = s->to_host.len;
    if (memchr(data, 3, len) && s->droppable > PASTE_MIN) {
        /* Ctrl-C overtakes a paste that has not left yet. */
        s->to_host.len -= s->droppable;
        s->droppable = 0;
    }
    buf_append(&s->to_host, data, len);
    s->droppable += len;
    s->typed_at = now;
    if (memchr(data, '\r', len) || memchr(data, '\n', len))
        s->entered_at = now;
    typeahead_add(&s->typed, data, len);
    s->keys_sent = true;
    s->interrupted = s->interrupted || memchr(data, 3, len);
}

void session_reply(struct session *s, const void *data, size_t len)
{
    if (s->to_host.len + len <= REPLIES_MAX)
        send_text(s, data, len);
}

struct buf *session_to_host(struct session *s)
{
    return &s->to_host;
}

/* ---- type-ahead ---- */

void session_take(struct session *s, int64_t now)
{
    session_clear_take(s);
    if (!s->dialect || s->dialect->take == TAKE_NONE || s->raw)
        return;
    if (s->dialect->take == TAKE_ROW) {
        /* Back from raw mode: where the shell is is seen in its row. */
        s->settling = true;
        s->settle_at = now;
        session_set_state(s, SESSION_RUNNING, now);
        return;
    }
    s->taking = true;
    s->take_again = false;
    s->taken_since = now;
    s->waiting_since = now;
    send_keys(s, s->dialect->take_keys);
}

/* A search in which the shell's editor stood is ours: its pattern in the place of what was found.
   (A program may have read the Ctrl-R, and what came behind it.) */
static bool is_search(struct session *s, const char **text, size_t *len)
{
    const char *pattern;
    size_t n;
    if (!typeahead_search(&s->typed, &pattern, &n) || (n > 0 && !memmem(*text, *len, pattern, n)))
        return false;
    if (n > 0 || s->typed.line.len == 0) {
        *text = pattern;
        *len = n;
    }
    return true;
}

/* What was typed came back (or nothing did). */
unsigned session_take_over(struct session *s, const char *text, size_t len, int64_t now)
{
    if (s->taking) {
        s->rtt = now - s->taken_since;
        s->waiting_since = 0;
    }
    s->interrupted = false;
    len = s->take_dropped ? 0 : len;
    bool search = !s->take_dropped && is_search(s, &text, &len);
    buf_clear(&s->back);
    buf_append(&s->back, text, len);
    session_clear_take(s);
    typeahead_reset(&s->typed);
    buf_clear(&s->echoed);
    return (len > 0 ? DO_TYPED : 0) | (search ? DO_SEARCH : 0);
}

const char *session_typed_back(struct session *s)
{
    return buf_str(&s->back);
}

/* ---- the person's lines ---- */

bool session_line_mode(const struct session *s)
{
    return s->state == SESSION_PROMPT && !s->raw && s->dialect;
}

bool session_can_submit(const struct session *s)
{
    /* (What completes runs other people's code: it may hang, and a line behind it be lost.) */
    bool busy =
        s->taking || s->stopping > 0 || s->asking == ASK_COMPLETION || s->asking == ASK_STATUS;
    return session_line_mode(s) && !busy && s->take_at == CLOCK_NEVER;
}

static void submitted(struct session *s, const char *command, int64_t now)
{
    if (!s->continuing) {
        session_set_text(&s->command, command);
        s->started = now;
    }
    s->done = s->unjudged = s->settling = false;
    s->prompts = 0;
    s->echo_over = s->paste_off = s->leaving = false;
    s->asking = ASK_NOTHING;
    s->waiting_since = now;
    typeahead_reset(&s->typed);
    session_set_state(s, SESSION_SUBMITTED, now);
}

void session_submit(struct session *s, const char *line, size_t len, int64_t now)
{
    char *command = xstrndup(line, len);
    submitted(s, command, now);
    free(command);
    struct buf out = {0};
    s->pieces = dialect_submit(s->dialect, line, len, &out);
    send_text(s, buf_data(&out), out.len);
    buf_release_secret(&out);
    buf_clear(&s->expect);
    if (s->dialect->echo == ECHO_LINE && !s->pieces)
        buf_append(&s->expect, line, len);
}

void session_eof(struct session *s, int64_t now)
{
    submitted(s, "", now);
    buf_clear(&s->expect);
    s->echo_over = true;
    s->leaving = !s->dialect || !s->dialect->leave;
    send_keys(s, s->leaving ? "\004" : s->dialect->leave);
}

bool session_drop(struct session *s)
{
    s->take_dropped = s->taking;
    /* A line typed ahead may be about to run. */
    if (s->take_at != CLOCK_NEVER) {
        typeahead_reset(&s->typed);
        send_keys(s, s->dialect && s->dialect->stop_typed ? s->dialect->stop_typed : "\003");
    }
    if (!s->continuing)
        return false;
    send_keys(s, s->dialect && s->dialect->drop_keys ? s->dialect->drop_keys : "\003");
    session_swallow(s, SWALLOW_TO_PROMPT, CLOCK_NEVER);
    return true;
}

void session_hand(struct session *s, const char *line, size_t len)
{
    if (!s->dialect)
        return;
    struct buf out = {0};
    dialect_hand(s->dialect, line, len, &out);
    send_text(s, buf_data(&out), out.len);
    buf_release(&out);
}

bool session_is_raw(const struct session *s)
{
    return s->raw;
}

void session_set_raw(struct session *s, bool raw, const char *line, size_t len, int64_t now)
{
    if (raw == s->raw)
        return;
    s->raw = raw;
    s->raw_once = false;
    if (s->state != SESSION_PROMPT)
        return;
    if (!raw) {
        session_take(s, now);
        return;
    }
    session_clear_take(s);
    session_hand(s, line, len);
    if (s->dialect && s->dialect->take == TAKE_ROW && s->asking == ASK_NOTHING) {
        s->settling = true; /* then its prompt is drawn */
        s->settle_at = now + s->dialect->settle;
    }
}

static size_t characters(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

bool session_hand_over(struct session *s, const char *line, size_t len, size_t cursor,
                       bool external, int64_t now)
{
    if (external && (!s->dialect || !s->dialect->external_key))
        return false;
    session_set_raw(s, true, line, len, now);
    s->raw_once = true;
    /* What the editor program made of a line is run without a mark: its prompt is the second. */
    bool unmarked = external && !s->dialect->external_marked;
    s->redraws = !s->dialect || !*s->dialect->hand_before ? 0 : unmarked ? 1 : -1;
    /* In a plain terminal's line there is no cursor to move. */
    bool moves = !s->dialect || s->dialect->take != TAKE_ERASE;
    size_t behind = moves ? characters(line + cursor, len - cursor) : 0;
    for (size_t i = 0; i < behind; i++)
        send_keys(s, "\033[D");
    if (external)
        send_keys(s, s->dialect->external_key);
    return true;
}

void session_resized(struct session *s, int64_t now)
{
    if (s->state != SESSION_PROMPT || s->swallow != SWALLOW_NOTHING || s->raw || !s->dialect ||
        s->dialect->take != TAKE_MARK)
        return;
    session_swallow(s, SWALLOW_TO_INPUT, now + REDRAW_LIMIT_MS);
}

/* ---- time ---- */

/* A terminal's answer that no program has read can leave the shell's editor in a search, where
   the take key is text. One more, behind the key that ends searches. */
static bool retakes(const struct session *s)
{
    return s->taking && !s->take_again && s->dialect->take == TAKE_MARK;
}

static int64_t take_retry_at(const struct session *s)
{
    return s->taken_since + TAKE_RETRY_MS + (s->rtt > 0 ? 2 * s->rtt : 0);
}

int64_t session_deadline(const struct session *s)
{
    int64_t deadline = s->settling ? clock_earlier(s->take_at, s->settle_at) : s->take_at;
    if (s->taking)
        deadline = clock_earlier(deadline, s->taken_since + TAKE_LIMIT_MS);
    if (retakes(s))
        deadline = clock_earlier(deadline, take_retry_at(s));
    deadline = clock_earlier(deadline, session_ask_deadline(s));
    if (s->swallow != SWALLOW_NOTHING)
        deadline = clock_earlier(deadline, s->swallow_until);
    return deadline;
}

unsigned session_tick(struct session *s, int64_t now)
{
    if (s->settling && s->settle_at <= now) {
        s->settle_at = CLOCK_NEVER;
        return DO_SETTLED;
    }
    if (s->take_at <= now) {
        typeahead_reset(&s->typed);
        session_take(s, now);
    }
    if (s->swallow != SWALLOW_NOTHING && s->swallow_until <= now)
        s->swallow = SWALLOW_NOTHING;
    unsigned todo = session_ask_tick(s, now);
    if (retakes(s) && take_retry_at(s) <= now) {
        s->take_again = true;
        /* A Ctrl-C for the command before may have met the take key's own. */
        if (s->interrupted && s->dialect->stop_keys) {
            session_stop(s, now);
        } else {
            send_keys(s, ABORT_KEY);
            send_keys(s, s->dialect->take_keys);
        }
    }
    if (s->taking && s->taken_since + TAKE_LIMIT_MS <= now) {
        s->stopping = 0; /* it does not heed the interrupt either: Enter is the person's */
        todo |= session_take_over(s, "", 0, now);
    }
    return todo;
}

struct session_view session_view(const struct session *s)
{
    struct session_view view = {
        .state = s->state,
        .dialect = s->dialect,
        .user = s->user,
        .shell = s->shell,
        .cwd = s->cwd,
        .pid = s->pid,
        .marked = s->marked,
        .announced = s->announced,
        .continuing = s->continuing,
        .has_status = s->has_status,
        .status = s->status,
        .duration = s->duration,
        .asking = s->asking != ASK_NOTHING,
        .unjudged = s->unjudged,
        .settling_since = s->settling && s->settle_at != CLOCK_NEVER && s->state != SESSION_PROMPT
                              ? s->prompt_at
                              : 0,
        .typed = s->keys_sent,
        .owes =
            (s->taking || s->take_at != CLOCK_NEVER) && !s->take_dropped && s->typed.seen.len > 0,
        .once = s->raw_once,
        .command = s->command,
        .since = s->since,
        .rtt = s->rtt,
        .waiting_since = s->waiting_since,
    };
    for (int i = 0; i < SESSION_FIELDS; i++)
        view.field[i] = s->field[i];
    return view;
}
