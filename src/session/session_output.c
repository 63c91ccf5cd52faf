/* What the shell prints, and which of it is for the screen. */
#include "session/session_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"

#define ECHOED_MAX 8192

static bool is_control(const struct ecma48_token *token, uint8_t c)
{
    return token->kind == ECMA48_CONTROL && token->final == c;
}

/* How many bytes at the start of the text are the tty's echo of that key: ESC as "^[". */
static size_t key_echo(const char *key, const uint8_t *text, size_t len)
{
    size_t n = key ? strlen(key) + 1 : 0;
    return n > 0 && len >= n && memcmp(text, "^[", 2) == 0 && memcmp(text + 2, key + 1, n - 2) == 0
               ? n
               : 0;
}

/* A shell that has just lost its terminal leaves the keys that ask it to the tty. */
static bool is_echo_of_keys(const struct session *s, const struct ecma48_token *token)
{
    const uint8_t *at = token->data, *end = at + token->len;
    size_t n = 1;
    while (s->dialect && at < end && n > 0) {
        n = key_echo(s->dialect->names_key, at, (size_t)(end - at));
        if (n == 0)
            n = key_echo(s->dialect->history_key, at, (size_t)(end - at));
        at += n;
    }
    return token->len > 0 && at == end;
}

/* While the shell edits an empty line, only text and line ends can be a background job's. */
static bool shown_at_prompt(struct session *s, const struct ecma48_token *token)
{
    switch (token->kind) {
    case ECMA48_TEXT:
        if (is_echo_of_keys(s, token))
            return false;
        s->printed = true;
        return true;
    case ECMA48_CONTROL:
        /* (That line is not on the screen.) */
        if (s->dialect && s->dialect->notices_on_new_line && !s->printed)
            return false;
        return token->final != '\b';
    case ECMA48_CSI: return token->final == 'm' && token->prefix == 0;
    default: return false;
    }
}

/* Keep what a line editor echoes as text. */
static void note_echo(struct session *s, const struct ecma48_token *token)
{
    if (token->kind == ECMA48_TEXT && s->echoed.len + token->len <= ECHOED_MAX) {
        buf_append(&s->echoed, token->data, token->len);
    } else if (is_control(token, '\b')) {
        buf_erase_char(&s->echoed);
    }
}

/* Is it the echo of keys that went to the host before the take keys? Their spaces may be at its
   end. */
static bool is_typed_echo(const struct session *s, const struct ecma48_token *token)
{
    size_t len = token->len;
    for (int i = 0; i < 2 && len > 0 && token->data[len - 1] == ' '; i++)
        len--;
    return len == 0 || memmem(buf_data(&s->typed.seen), s->typed.seen.len, token->data, len);
}

/* The tty has said how much of what was typed it had: that much of its end comes back. */
static unsigned take_erased(struct session *s, int64_t now)
{
    size_t len;
    const char *tail =
        typeahead_tail(&s->typed, s->erased > 2 ? s->erased - 2 : 0, s->erased_tabs, &len);
    char *copy = xstrndup(tail, len);
    unsigned todo = session_take_over(s, copy, len, now);
    free(copy);
    return todo;
}

static void erase_anew(struct session *s)
{
    s->erase_step = 0;
    s->erased = s->erased_tabs = 0;
}

/*
 * TAKE_ERASE: the take keys are two spaces and KILL, and a space and KILL. The tty answers "  ",
 * then "\b \b" for each column it had ("\b" for one of a tab) and for the two; then " " and
 * "\b \b", which say that this was all. Before that comes the echo of what was typed since the
 * prompt, in which a person may have erased some, too. Whatever else comes meanwhile is for the
 * screen.
 */
static bool shown_while_erasing(struct session *s, const struct ecma48_token *token, int64_t now,
                                unsigned *todo)
{
    /* What follows each step: a space, a backspace. */
    static const struct {
        int on_space, on_back;
    } steps[] = {
        {0, 2},  /* 0: what was typed, and the first two spaces */
        {5, 2},  /* 1: between erasures */
        {3, 2},  /* 2: "\b" */
        {-1, 4}, /* 3: "\b "; with this an erasure is whole, which is step 1 */
        {0, 0},  /* */
        {0, 6},  /* 5: the last space, or the first behind what a person erased */
        {7, -1}, /* 6: "\b" */
        {-1, 8}, /* 7: "\b "; with this all is over */
    };
    bool text = token->kind == ECMA48_TEXT, space = text && token->len == 1 && *token->data == ' ';
    bool tab = is_control(token, '\t') && memchr(buf_data(&s->typed.seen), '\t', s->typed.seen.len);
    bool between = s->erase_step < 2 || s->erase_step == 5;
    if (between && (tab || (text && !space && is_typed_echo(s, token)))) {
        erase_anew(s); /* what was erased before was erased by the person */
        return false;
    }
    if (!space && !is_control(token, '\b'))
        return true;
    int next = space ? steps[s->erase_step].on_space : steps[s->erase_step].on_back;
    if (next < 0)
        return true;
    /* Of a tab at the line's begin the last one looks like a column's, with the last space. */
    bool begins = next == 6 && s->typed.line.len > 0 && *buf_data(&s->typed.line) == '\t';
    s->erased += next == 4;
    s->erased_tabs += next == 2 && s->erase_step == 2;
    s->erase_step = next == 4 ? 1 : next;
    if (next == 0 || (next == 8 && s->erased < 2))
        erase_anew(s);
    else if (next == 8 || begins)
        *todo |= take_erased(s, now);
    return false;
}

/* Between a prompt and the answer to the take keys: what the shell prints is what was typed
   ahead, or a line of it that it already runs. */
static bool shown_while_taking(struct session *s, const struct ecma48_token *token, int64_t now,
                               unsigned *todo)
{
    switch (s->dialect->take) {
    case TAKE_ERASE:
        if (s->taking)
            return shown_while_erasing(s, token, now, todo);
        *todo |= session_command(s, now);
        return true;
    case TAKE_REDRAW:
        if (is_control(token, '\n'))
            *todo |= session_command(s, now);
        break;
    default: break;
    }
    note_echo(s, token);
    return false;
}

/* A console erases what was typed ahead with blanks. */
static bool is_erasure(const struct session *s, const struct ecma48_token *token)
{
    if (!s->dialect || s->dialect->take != TAKE_ROW || s->expect.len == 0 ||
        *buf_data(&s->expect) == ' ')
        return false;
    for (size_t i = 0; i < token->len; i++)
        if (token->data[i] != ' ')
            return false;
    return true;
}

/* A console draws the whole line anew, its prompt before it, when that takes another row: how much
   of the token is the prompt. */
static size_t redrawn_prompt(struct session *s, const struct ecma48_token *token)
{
    size_t len = strlen(s->cwd);
    if (!s->dialect || s->dialect->take != TAKE_ROW || token->len <= len ||
        memcmp(token->data, s->cwd, len) != 0 || token->data[len] != '>')
        return 0;
    buf_clear(&s->expect);
    buf_puts(&s->expect, s->command);
    return len + 1;
}

/* ECHO_LINE: take the token off the expected echo. Line ends and motion of a small editor's
   wrapping are part of it. */
static bool shown_in_echo(struct session *s, const struct ecma48_token *token, int64_t now,
                          unsigned *todo)
{
    if (token->kind == ECMA48_TEXT && is_erasure(s, token))
        return false;
    if (token->kind == ECMA48_TEXT) {
        size_t prompt = redrawn_prompt(s, token), len = token->len - prompt;
        size_t n = len < s->expect.len ? len : s->expect.len;
        if (prompt > 0 && n == 0)
            return false;
        if (n == 0 || memcmp(buf_data(&s->expect), token->data + prompt, n) != 0) {
            /* Not the echo: the tty does not echo, and this is the command's output. */
            *todo |= session_command(s, now);
            return true;
        }
        buf_consume(&s->expect, n);
        return n < len;
    }
    if (is_control(token, '\n') && s->expect.len == 0) {
        *todo |= session_command(s, now);
        return false;
    }
    return token->kind != ECMA48_CONTROL && token->kind != ECMA48_CSI;
}

static bool shown_after_submit(struct session *s, const struct ecma48_token *token, int64_t now,
                               unsigned *todo)
{
    if (s->pieces)
        return false;
    if (s->leaving && token->kind == ECMA48_CONTROL) {
        s->leaving = token->final != '\n';
        return false;
    }
    s->leaving = s->leaving && token->kind != ECMA48_TEXT;
    if (s->echo_over)
        return true;
    if (!s->dialect || s->dialect->echo == ECHO_LINE)
        return shown_in_echo(s, token, now, todo);
    if (token->kind == ECMA48_CSI && token->prefix == '?' && token->final == 'l' &&
        ecma48_arg(token, 0, 0) == 2004)
        s->paste_off = true;
    if (s->dialect->echo == ECHO_PASTE_OFF)
        s->echo_over = s->paste_off;
    else if (s->dialect->echo == ECHO_PASTE_OFF_LINE)
        s->echo_over = s->paste_off && is_control(token, '\n');
    return false;
}

/* fish fills the line up behind a command's output, and erases it if nothing stood there. */
static bool shown_behind_command(struct session *s, const struct ecma48_token *token)
{
    const char *filler = s->dialect ? s->dialect->filler : NULL;
    if (!filler)
        return true;
    if (token->kind == ECMA48_TEXT && token->len >= strlen(filler) &&
        memcmp(token->data, filler, strlen(filler)) == 0)
        s->filling = true;
    if (!s->filling)
        return true;
    if (token->kind == ECMA48_CSI && token->final == 'K')
        s->filling = false;
    return token->kind == ECMA48_ESC || (token->kind == ECMA48_CSI && token->final == 'm');
}

/* Where no mark tells of a command's begin, the echo of an Enter that was typed to the shell's
   editor does. */
static bool line_is_over(const struct session *s, const struct ecma48_token *token)
{
    return !s->in_prompt && s->dialect && s->dialect->echo == ECHO_LINE && s->typed.enters > 0 &&
           is_control(token, '\n');
}

/* What is printed may be the echo of a question. */
static bool echoes_question(const struct session *s)
{
    switch (s->asking) {
    case ASK_NOTHING:
    case ASK_NAMES: return false;
    case ASK_STATUS: return true;
    case ASK_COMPLETION: return !s->dialect || s->dialect->echoes;
    case ASK_HISTORY: return !s->dialect || !s->dialect->history_key;
    }
    return true;
}

/* Behind the answer to a key the prompt is drawn anew. What comes before that is a background job's
   if it is whole rows (or very long); readline draws the editor's mode there. */
static void hold(struct session *s, const struct ecma48_token *token, unsigned *todo)
{
    bool ends = is_control(token, '\n');
    if (token->kind == ECMA48_TEXT)
        buf_append(&s->held, token->data, token->len);
    else if (ends || is_control(token, '\t'))
        buf_puts(&s->held, ends ? "\r\n" : "\t");
    if (ends || s->held.len > ECHOED_MAX)
        *todo |= DO_ROWS;
}

void session_rows(struct session *s, struct buf *out)
{
    buf_append(out, buf_data(&s->held), s->held.len);
    buf_clear(&s->held);
}

/* What a console prints there is its line drawn anew, or a background job's: that is seen in its
   screen, later. */
static bool rests_at_prompt(const struct session *s)
{
    return s->state == SESSION_PROMPT && s->dialect && s->dialect->take == TAKE_ROW &&
           s->asking == ASK_NOTHING;
}

bool session_shows(struct session *s, const struct ecma48_token *token, int64_t now, unsigned *todo)
{
    if (s->settling || rests_at_prompt(s)) {
        s->settling = true;
        s->settle_at = session_settle_time(s, now);
    }
    bool answers = s->asking != ASK_NOTHING || s->swallow != SWALLOW_NOTHING;
    if (s->raw && !answers && (s->in_prompt || s->state == SESSION_PROMPT)) {
        if (line_is_over(s, token))
            *todo |= session_command(s, now);
        return true; /* the prompt is the shell's own then */
    }
    if (s->swallow == SWALLOW_REDRAW && !s->in_prompt)
        hold(s, token, todo);
    if (s->in_prompt || s->swallow != SWALLOW_NOTHING)
        return false;
    switch (s->state) {
    case SESSION_PROMPT:
        if (s->taking || s->take_at != CLOCK_NEVER)
            return shown_while_taking(s, token, now, todo);
        return !echoes_question(s) && (!s->dialect || s->dialect->take != TAKE_ROW) &&
               shown_at_prompt(s, token);
    case SESSION_SUBMITTED: return shown_after_submit(s, token, now, todo);
    case SESSION_RUNNING: return !s->done || shown_behind_command(s, token);
    default: return true;
    }
}

bool session_shows_all(const struct session *s)
{
    if (s->in_prompt || s->swallow != SWALLOW_NOTHING || s->settling)
        return false;
    switch (s->state) {
    case SESSION_PROMPT:
    case SESSION_SUBMITTED: return false;
    case SESSION_RUNNING: return !s->done;
    default: return true;
    }
}

bool session_wants_answers(const struct session *s)
{
    return s->asks || (s->dialect && s->dialect->asks);
}

bool session_asks(const struct session *s, const struct ecma48_token *token)
{
    return session_wants_answers(s) && token->kind == ECMA48_CSI &&
           (token->final == 'n' || token->final == 'c');
}
