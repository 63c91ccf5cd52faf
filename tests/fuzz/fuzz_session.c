/* The session under any order of marks, keys, lines and output: no crash, bounded queues, and
   always a way out (the prompt can be submitted to, or the host has the keys); where it promises
   to show all, it does, and nothing changes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ecma48.h"
#include "base/err.h"
#include "session/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(struct session *s, struct ecma48 *t, const uint8_t *data, size_t len, int64_t now)
{
    struct ecma48_token token;
    ecma48_feed(t, data, len);
    while (ecma48_next(t, &token)) {
        unsigned todo = 0;
        bool all = session_shows_all(s);
        bool shown = session_shows(s, &token, now, &todo);
        bool plain = token.kind == ECMA48_TEXT || token.kind == ECMA48_CONTROL;
        if (all && plain && (!shown || todo || !session_shows_all(s)))
            BUG("it did not show all");
        struct buf rows = {0};
        if (todo & DO_ROWS)
            session_rows(s, &rows);
        buf_release(&rows);
    }
}

/* One step; `text` is what follows it in the input. */
static void step(struct session *s, struct ecma48 *t, uint8_t op, const uint8_t *text, size_t len,
                 int64_t now)
{
    static const char *const dialects[] = {"bash", "sh",   "ash", "zsh",
                                           "fish", "pwsh", "cmd", "plain"};
    char string[32] = "";
    memcpy(string, text, len < sizeof string - 1 ? len : sizeof string - 1);
    switch (op % 24) {
    case 0: session_hello(s, dialects[len % 8], 7, string, string); break;
    case 1: session_ready(s, dialects[len % 8]); break;
    case 2: session_prompt(s); break;
    case 3: session_input(s, now); break;
    case 4: session_command_line(s, string, now); break;
    case 5: session_done(s, (int)len); break;
    case 6: session_cwd(s, string); break;
    case 7: session_continue(s); break;
    case 8: session_continued(s, now); break;
    case 9: session_taken(s, string, now); break;
    case 10: session_answered(s); break;
    case 11:
        if (session_can_submit(s))
            session_submit(s, string, strlen(string), now);
        break;
    case 12: session_type(s, text, len, now); break;
    case 13: session_drop(s); break;
    case 14: session_complete(s, string, strlen(string), now); break;
    case 15: session_abandon(s); break;
    case 16: session_set_raw(s, len % 2, string, strlen(string), now); break;
    case 17: session_resized(s, now); break;
    case 18: session_start(s, now); break;
    case 19: session_aside(s, len % 2); break;
    case 20: session_field(s, len % 2 ? "git" : string, string); break;
    case 21: session_ask_names(s, now); break;
    case 22:
        if (session_tick(s, now) & DO_SETTLED)
            session_settled(s, string, string, now);
        if (session_view(s).unjudged && !session_view(s).asking)
            session_ask_status(s, len % 2 ? string : NULL, now);
        break;
    default: print(s, t, text, len, now); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct session *s = session_new("git");
    struct ecma48 *t = ecma48_new();
    int64_t now = 1;
    session_start(s, now);
    while (size >= 2) {
        size_t len = data[1] % 16;
        len = len < size - 2 ? len : size - 2;
        step(s, t, data[0], data + 2, len, now);
        session_tick(s, now);
        buf_consume(session_to_host(s), 64);
        now += data[0];
        data += 2 + len;
        size -= 2 + len;
    }
    /* After the longest wait nothing of ours keeps Enter from the person. */
    now += 10000;
    session_tick(s, now);
    /* (What completed and was stopped ends in a prompt, or in two.) */
    for (int i = 0; i < 2; i++) {
        session_done(s, 0);
        session_prompt(s);
        session_input(s, now);
    }
    session_tick(s, now + 10000);
    session_tick(s, now + 20000);
    if (session_line_mode(s) && !session_can_submit(s))
        abort();
    session_free(s);
    ecma48_free(t);
    return 0;
}
