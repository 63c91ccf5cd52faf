/* The session's state machine, driven as the shells drive it (recorded by hand from bash 5.2,
   dash 0.5.12 and busybox ash 1.35). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ecma48.h"
#include "session/session.h"

struct rig {
    struct session *s;
    struct ecma48 *t;
    struct buf shown; /* text and line ends that went to the screen */
    unsigned todo;
    int64_t now;
};

static int rig_new(void **state)
{
    struct rig *r = calloc(1, sizeof *r);
    r->s = session_new("");
    r->t = ecma48_new();
    r->now = 1000;
    session_start(r->s, r->now);
    *state = r;
    return 0;
}

static int rig_free(void **state)
{
    struct rig *r = *state;
    session_free(r->s);
    ecma48_free(r->t);
    buf_release(&r->shown);
    free(r);
    return 0;
}

static void print(struct rig *r, const char *bytes)
{
    struct ecma48_token token;
    ecma48_feed(r->t, (const uint8_t *)bytes, strlen(bytes));
    while (ecma48_next(r->t, &token)) {
        if (!session_shows(r->s, &token, r->now, &r->todo))
            continue;
        if (token.kind == ECMA48_TEXT)
            buf_append(&r->shown, token.data, token.len);
        else if (token.kind == ECMA48_CONTROL && token.final == '\n')
            buf_putc(&r->shown, '\n');
        else if (token.kind == ECMA48_CSI)
            buf_printf(&r->shown, "<%c>", token.final);
    }
}

/* What went to the screen since the last call. */
static void assert_shown(struct rig *r, const char *text)
{
    assert_string_equal(buf_str(&r->shown), text);
    buf_clear(&r->shown);
}

static void assert_sent(struct rig *r, const char *bytes)
{
    assert_string_equal(buf_str(session_to_host(r->s)), bytes);
    buf_clear(session_to_host(r->s));
}

static void assert_todo(struct rig *r, unsigned todo)
{
    assert_int_equal(r->todo, todo);
    r->todo = 0;
}

static void assert_state(struct rig *r, enum session_state state)
{
    assert_string_equal(session_state_name(session_view(r->s).state), session_state_name(state));
}

/* D, P, A, the prompt's text, B */
static void prompt(struct rig *r, int status)
{
    r->todo |= session_done(r->s, status);
    r->todo |= session_cwd(r->s, "/srv");
    r->todo |= session_prompt(r->s);
    print(r, "ann@web1:/srv$ ");
    r->todo |= session_input(r->s, r->now);
}

/* A prompt alone; if it is the same one anew, that is told, for who shows it. */
static void redraw(struct rig *r)
{
    session_prompt(r->s);
    print(r, "ann@web1:/srv$ ");
    unsigned todo = session_input(r->s, r->now);
    const struct session_view view = session_view(r->s);
    bool told = view.state == SESSION_PROMPT && !view.asking && !(todo & DO_PROMPT);
    assert_int_equal(todo & DO_REDRAWN, told ? DO_REDRAWN : 0);
    r->todo |= todo & ~(unsigned)DO_REDRAWN;
}

static void enter_bash(struct rig *r)
{
    session_hello(r->s, "bash", 42, "ann", "/bin/bash");
    print(r, "Welcome\r\n");
    assert_shown(r, "Welcome\n");
    session_ready(r->s, "bash");
    prompt(r, 0);
    assert_todo(r, DO_PROMPT);
    assert_sent(r, "\033[7773~");
    print(r, "\r\033[K\r");
    r->todo |= session_taken(r->s, "", r->now);
    redraw(r);
    assert_todo(r, 0);
    assert_true(session_can_submit(r->s));
    assert_shown(r, "");
}

static void submit(struct rig *r, const char *line)
{
    session_submit(r->s, line, strlen(line), r->now);
}

static void a_command_in_bash(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "ls");
    assert_sent(r, "\033[7775~\033[200~ls\033[201~\033[7771~");
    assert_state(r, SESSION_SUBMITTED);
    print(r, "\033[7mls\033[27m\b\bls\r\n\033[?2004l\r");
    r->todo |= session_command(r->s, r->now);
    assert_todo(r, DO_OUTPUT);
    assert_state(r, SESSION_RUNNING);
    print(r, "file\r\n");
    assert_shown(r, "file\n");
    r->now += 1500;
    prompt(r, 3);
    assert_todo(r, DO_PROMPT);
    struct session_view view = session_view(r->s);
    assert_int_equal(view.status, 3);
    assert_int_equal(view.duration, 1500);
    assert_string_equal(view.cwd, "/srv");
    assert_string_equal(view.command, "ls");
}

static void messages_without_a_command_are_shown(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    /* A syntax error: D without C. */
    submit(r, ")");
    print(r, ")\r\n\033[?2004l\rbash: syntax error\r\n");
    prompt(r, 2);
    assert_shown(r, "bash: syntax error\n");
    assert_int_equal(session_view(r->s).status, 2);
    session_taken(r->s, "", r->now);
    redraw(r);
    r->todo = 0;
    /* A history word not found: no D at all. */
    submit(r, "echo !zz");
    print(r, "echo !zz\r\n\033[?2004l\rbash: !zz: event not found\r\n\033[?2004h");
    redraw(r);
    assert_todo(r, DO_PROMPT);
    assert_shown(r, "bash: !zz: event not found\n<h>");
    assert_state(r, SESSION_PROMPT);
}

static void a_command_continued(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "for i in 1; do");
    print(r, "for i in 1; do\r\n\033[?2004l\r");
    session_continue(r->s);
    print(r, "> ");
    r->todo |= session_continued(r->s, r->now);
    assert_todo(r, DO_CONTINUE);
    assert_true(session_view(r->s).continuing);
    assert_true(session_can_submit(r->s));
    buf_clear(session_to_host(r->s));
    submit(r, "echo $i; done");
    print(r, "echo $i; done\r\n\033[?2004l\r");
    r->todo |= session_command(r->s, r->now);
    print(r, "1\r\n");
    assert_shown(r, "1\n");
    assert_string_equal(session_view(r->s).command, "for i in 1; do");
    assert_todo(r, DO_OUTPUT);
}

static void a_continued_command_dropped(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "echo '");
    session_continue(r->s);
    session_continued(r->s, r->now);
    buf_clear(session_to_host(r->s));
    assert_true(session_drop(r->s));
    assert_sent(r, "\003");
    print(r, "^C\r\n");
    r->todo = 0;
    prompt(r, 130);
    assert_todo(r, DO_PROMPT);
    assert_shown(r, "");
    assert_false(session_view(r->s).continuing);
}

static void type_ahead_comes_back(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "sleep 1");
    session_command(r->s, r->now);
    buf_clear(session_to_host(r->s));
    session_type(r->s, "rm -", 4, r->now);
    assert_sent(r, "rm -");
    print(r, "rm -");
    assert_shown(r, "rm -");
    prompt(r, 0);
    assert_false(session_can_submit(r->s));
    print(r, "rm -");
    assert_shown(r, "");
    r->now += 40;
    r->todo = session_taken(r->s, "rm -", r->now);
    assert_todo(r, DO_TYPED);
    assert_string_equal(session_typed_back(r->s), "rm -");
    assert_int_equal(session_view(r->s).rtt, 40);
    redraw(r);
    assert_todo(r, 0);
    assert_true(session_can_submit(r->s));
}

/* Ctrl-C at the prompt, before the shell has answered. */
static void type_ahead_is_given_up(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "sleep 1");
    session_command(r->s, r->now);
    session_type(r->s, "rm -", 4, r->now);
    prompt(r, 0);
    r->todo = 0;
    assert_false(session_drop(r->s));
    assert_int_equal(session_taken(r->s, "rm -", r->now), 0);
    redraw(r);
    /* The next one is not. */
    submit(r, "sleep 1");
    session_command(r->s, r->now);
    session_type(r->s, "ls\r", 3, r->now);
    prompt(r, 0);
    buf_clear(session_to_host(r->s));
    session_drop(r->s); /* that line may be about to run */
    assert_sent(r, "\003");
    prompt(r, 130);
    assert_int_equal(session_taken(r->s, "ab", r->now), DO_TYPED);
}

/* The answer to an Enter that left just before the prompt came takes a round trip. */
static void an_enter_on_its_way(void **state)
{
    struct rig *r = *state;
    /* Before the first prompt a round trip is not known, but guessed. */
    session_guess_trip(r->s, 400);
    session_hello(r->s, "bash", 42, "ann", "/bin/bash");
    session_type(r->s, "cat\r", 4, r->now);
    int64_t entered = r->now;
    r->now += 150;
    prompt(r, 0);
    assert_true(session_deadline(r->s) > entered + 600);
    session_command(r->s, r->now);
    prompt(r, 0);
    r->now += 200;
    session_taken(r->s, "", r->now);
    redraw(r);
    session_guess_trip(r->s, 400); /* now it has been measured */
    submit(r, "sleep 1");
    session_command(r->s, r->now);
    session_type(r->s, "read x\r", 7, r->now);
    entered = r->now;
    r->now += 150;
    prompt(r, 0);
    assert_true(session_deadline(r->s) > entered + 300);
    /* One that left long ago has been answered. */
    session_command(r->s, r->now);
    session_type(r->s, "read x\r", 7, r->now);
    r->now += 5000;
    prompt(r, 0);
    assert_in_range(session_deadline(r->s) - r->now, 1, 100);
}

static void a_line_typed_ahead_runs(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "sleep 1");
    session_command(r->s, r->now);
    session_type(r->s, "ls\r", 3, r->now);
    buf_clear(session_to_host(r->s));
    prompt(r, 0);
    r->todo = 0;
    /* The shell may be about to run it: the take key waits. */
    assert_sent(r, "");
    assert_true(session_deadline(r->s) > r->now);
    print(r, "ls\r\n\033[?2004l\r");
    r->todo |= session_command(r->s, r->now);
    assert_todo(r, DO_OUTPUT | DO_RAN);
    assert_string_equal(session_typed_back(r->s), "ls");
    print(r, "file\r\n");
    assert_shown(r, "file\n");
    prompt(r, 0);
    assert_sent(r, "\033[7773~");
}

static void a_shell_that_does_not_answer(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "true");
    session_command(r->s, r->now);
    prompt(r, 0);
    assert_false(session_can_submit(r->s));
    buf_clear(session_to_host(r->s));
    r->now = session_deadline(r->s);
    session_tick(r->s, r->now);
    /* Its editor may stand in a search: once more, behind the key that ends it. */
    assert_sent(r, "\007\033[7773~");
    assert_false(session_can_submit(r->s));
    r->now = session_deadline(r->s);
    session_tick(r->s, r->now);
    assert_sent(r, "");
    assert_true(session_can_submit(r->s));
}

static void background_output_at_the_prompt(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    print(r, "\033[31mdone\033[0m\r\n\033[2J\033[5A\033[K");
    assert_shown(r, "<m>done<m>\n");
}

static void completion_and_its_redraw(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    /* The first time the code that completes goes before. */
    struct buf code = {0};
    dialect_load(session_view(r->s).dialect, session_view(r->s).dialect->complete, &code);
    assert_true(session_complete(r->s, "cd /us", 6, r->now));
    assert_in_range(code.len, 1000, session_to_host(r->s)->len);
    buf_consume(session_to_host(r->s), code.len);
    buf_release(&code);
    assert_sent(r, "\033[7772~cd /us\a");
    assert_false(session_complete(r->s, "cd /usr", 7, r->now));
    /* Nothing of the question is on the screen: what comes is a background job's. */
    print(r, "row 1\r\n\r\033[K\rrow 2\r\n");
    assert_shown(r, "row 1\nrow 2\n");
    session_answered(r->s);
    print(r, "row 3\r\nrow\t4\r\n");
    assert_todo(r, DO_ROWS);
    struct buf rows = {0};
    session_rows(r->s, &rows);
    assert_string_equal(buf_str(&rows), "row 3\r\nrow\t4\r\n");
    buf_release(&rows);
    print(r, "\033[32m(ins)\033[m");
    redraw(r);
    assert_todo(r, 0);
    assert_shown(r, "");
    /* A line submitted while the answer is on its way is not taken for rejected. */
    assert_true(session_complete(r->s, "ls", 2, r->now));
    assert_sent(r, "\033[7772~ls\a");
    submit(r, "ls");
    print(r, "\r\033[K\r");
    session_answered(r->s);
    redraw(r);
    assert_todo(r, 0);
    assert_state(r, SESSION_SUBMITTED);
}

static void the_shells_history_is_asked_once(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    assert_true(session_history(r->s, r->now));
    assert_sent(r, "\033[7778~");
    assert_false(session_history(r->s, r->now));
    /* What a job prints meanwhile is seen. */
    print(r, "\r\033[Kfrom the back\r\n");
    assert_shown(r, "from the back\n");
    /* A line does not wait for the answer. */
    assert_true(session_can_submit(r->s));
    submit(r, "ls");
    session_answered(r->s);
    redraw(r);
    print(r, "ls\r\033[K\r");
    assert_todo(r, 0);
    assert_shown(r, "");
    assert_state(r, SESSION_SUBMITTED);
    /* Another shell is asked anew. */
    session_start(r->s, r->now);
    enter_bash(r);
    assert_true(session_history(r->s, r->now));
    assert_sent(r, "\033[7778~");
}

static void a_completion_that_hangs_is_stopped(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    assert_true(session_complete(r->s, "hang", 4, r->now));
    buf_clear(session_to_host(r->s));
    print(r, "noise\r\n\033[2J");
    assert_shown(r, "noise\n");
    r->now += 9999;
    assert_int_equal(session_tick(r->s, r->now), 0);
    r->now++;
    assert_int_equal(session_deadline(r->s), r->now);
    assert_int_equal(session_tick(r->s, r->now), DO_STOPPED);
    assert_sent(r, "\003\n");
    /* Until the prompt is back nothing else is asked of the shell. */
    assert_false(session_can_submit(r->s));
    assert_false(session_complete(r->s, "ls", 2, r->now));
    session_drop(r->s);
    assert_sent(r, "");
    r->now += 1000;
    assert_int_equal(session_tick(r->s, r->now), 0);
    assert_sent(r, "\003\n");
    print(r, "^C\r\n");
    prompt(r, 130);
    assert_todo(r, 0);
    assert_false(session_can_submit(r->s));
    session_tick(r->s, r->now + 5000);
    assert_sent(r, "");
    print(r, "\r\n");
    prompt(r, 130);
    assert_todo(r, DO_PROMPT);
    assert_shown(r, "");
    r->todo |= session_taken(r->s, "", r->now);
    assert_true(session_can_submit(r->s));
    assert_false(session_view(r->s).has_status);
    /* One that nobody waits for is stopped the sooner. */
    buf_clear(session_to_host(r->s));
    redraw(r);
    assert_true(session_complete(r->s, "hang", 4, r->now));
    session_abandon(r->s);
    r->now += 2000;
    assert_int_equal(session_tick(r->s, r->now), 0);
    assert_sent(r, "\033[7772~hang\a\003\n");
    assert_false(session_can_submit(r->s));
    /* It has answered meanwhile: that is as good as a prompt. */
    session_answered(r->s);
    assert_true(session_can_submit(r->s));
}

/* bash then leaves the terminal cooked, up to a line's end. */
static void an_interrupt_meets_the_take_key(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "true");
    session_command(r->s, r->now);
    session_type(r->s, "\003", 1, r->now);
    prompt(r, 0);
    assert_todo(r, DO_PROMPT);
    buf_clear(session_to_host(r->s));
    r->now += 400 + 2 * session_view(r->s).rtt;
    session_tick(r->s, r->now);
    assert_sent(r, "\003\n");
    prompt(r, 130);
    assert_todo(r, 0);
    print(r, "\r\n");
    prompt(r, 130);
    assert_todo(r, DO_PROMPT);
    assert_sent(r, "\033[7773~");
    r->todo |= session_taken(r->s, "", r->now);
    assert_true(session_can_submit(r->s));
    assert_shown(r, "");
}

/* Whatever has become of the shell: Enter is the person's again. */
static void an_interrupt_is_not_answered_either(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "true");
    session_command(r->s, r->now);
    session_type(r->s, "\003", 1, r->now);
    prompt(r, 0);
    r->now += 400 + 2 * session_view(r->s).rtt;
    session_tick(r->s, r->now);
    r->now += 3000;
    assert_false(session_can_submit(r->s));
    session_tick(r->s, r->now);
    assert_true(session_can_submit(r->s));
}

static void the_shell_tells_its_commands(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    assert_true(session_ask_names(r->s, r->now));
    assert_sent(r, "\033[7779~");
    /* What a job prints meanwhile is seen. */
    print(r, "\r\033[Kfrom the back\r\n");
    assert_shown(r, "from the back\n");
    /* The keys are not, where the shell has just lost its terminal. */
    print(r, "^[[7779~^[[7778~");
    print(r, "^[[7779~");
    print(r, "^[[777 ");
    assert_shown(r, "^[[777 ");
    assert_true(session_view(r->s).asking);
    assert_true(session_can_submit(r->s));
    assert_false(session_ask_names(r->s, r->now));
    assert_false(session_complete(r->s, "ls", 2, r->now));
    submit(r, "ls");
    assert_state(r, SESSION_SUBMITTED);
    session_named(r->s);
    redraw(r);
    assert_state(r, SESSION_SUBMITTED);
    assert_shown(r, "");
}

/* PowerShell tells more when it has found it, be it before it answers another question. */
static void the_shell_tells_more_commands(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    assert_true(session_complete(r->s, "ls", 2, r->now));
    session_named(r->s);
    assert_true(session_view(r->s).asking);
    session_answered(r->s);
    assert_false(session_view(r->s).asking);
}

static void an_interrupt_overtakes_a_paste(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "cat");
    session_command(r->s, r->now);
    buf_clear(session_to_host(r->s));
    char paste[5000];
    memset(paste, 'x', sizeof paste);
    session_type(r->s, paste, sizeof paste, r->now);
    session_type(r->s, "\003", 1, r->now);
    assert_sent(r, "\003");
    /* Keys are never dropped: the program may read bytes. */
    session_type(r->s, "a", 1, r->now);
    session_type(r->s, "\003", 1, r->now);
    assert_sent(r, "a\003");
}

/* zsh 5.9: status and directory come before the prompt, the right prompt behind it, and the
   line's echo ends at the line end behind the end of bracketed paste. */
static void zsh_prompt(struct rig *r, int status)
{
    r->todo |= session_done(r->s, status);
    r->todo |= session_cwd(r->s, "/srv");
    print(r, "\033[0m\033[27m\033[24m\033[J");
    redraw(r);
    print(r, "\033[K\033[68C");
    session_aside(r->s, true);
    print(r, "[right]");
    session_aside(r->s, false);
    print(r, "\033[75D\033[?1h\033=\033[?2004h");
}

static void enter_zsh(struct rig *r)
{
    session_hello(r->s, "zsh", 42, "ann", "/bin/zsh");
    session_ready(r->s, "zsh");
    zsh_prompt(r, 0);
    assert_todo(r, DO_PROMPT);
    assert_sent(r, "\033[7773~");
    r->todo |= session_taken(r->s, "", r->now);
    assert_true(session_can_submit(r->s));
    buf_clear(&r->shown);
}

static void zsh_and_its_echo(void **state)
{
    struct rig *r = *state;
    enter_zsh(r);
    submit(r, "ls");
    assert_sent(r, "\033[7771~ls\033[201~");
    print(r, "ls\b\b\033[?1l\033>\033[?2004l\r\r\n");
    r->todo |= session_command(r->s, r->now);
    assert_todo(r, DO_OUTPUT);
    print(r, "file\r\n");
    assert_shown(r, "file\n");
    zsh_prompt(r, 0);
    assert_todo(r, DO_PROMPT);
    assert_shown(r, "<m><m><m><J>");
    r->todo |= session_taken(r->s, "", r->now);
    /* What it refuses begins no command, but is told of. */
    submit(r, "echo !x");
    print(r, "echo !x\033[7D\033[?2004l\r\r\nzsh: event not found: x\r\n");
    assert_shown(r, "zsh: event not found: x\n");
    zsh_prompt(r, 1);
    assert_state(r, SESSION_PROMPT);
}

static void zsh_tells_of_jobs_at_the_prompt(void **state)
{
    struct rig *r = *state;
    enter_zsh(r);
    for (int i = 0; i < 2; i++) {
        print(r, "\r\r\n[1]  + done       sleep 1\r\n\033[0m\033[J");
        redraw(r);
        session_aside(r->s, true);
        print(r, "[right]");
        session_aside(r->s, false);
        assert_todo(r, 0);
        assert_shown(r, "[1]  + done       sleep 1\n<m>");
    }
    assert_true(session_can_submit(r->s));
}

/* fish 3.6: the command's begin is marked before the end of bracketed paste, and what it prints
   behind a command's output to end its line is not the command's. */
static void enter_fish(struct rig *r)
{
    session_hello(r->s, "fish", 42, "ann", "/usr/bin/fish");
    session_ready(r->s, "fish");
    prompt(r, 0);
    assert_sent(r, "\033[24;59~");
    session_taken(r->s, "", r->now);
    print(r, "\b\b\033[K\r\033[11C");
    assert_shown(r, "");
    r->todo = 0;
}

#define FISH_FILLER "\033[2m\u23ce\033(B\033[m          \r\u23ce \r\033[K"

static void fish_and_its_filler(void **state)
{
    struct rig *r = *state;
    enter_fish(r);
    submit(r, "echo -n 'a b'");
    assert_sent(r, "\033[200~echo%20-n%20%27a%20b%27\033[201~\033[24;57~");
    print(r, "echo%20-n%20%27a%20b%27\r\033[50C\033[35D -n 'a b'\033[K");
    redraw(r);
    print(r, "\033[34mecho\033[m\r\n");
    assert_shown(r, "");
    r->todo |= session_command_line(r->s, "echo -n 'a b'", r->now);
    assert_todo(r, DO_OUTPUT);
    print(r, "\033[?2004l\ra b");
    session_done(r->s, 0);
    print(r, FISH_FILLER);
    session_cwd(r->s, "/srv");
    redraw(r);
    assert_shown(r, "<l>a b<m><m>");
    assert_state(r, SESSION_PROMPT);
}

static void fish_asks_for_the_rest(void **state)
{
    struct rig *r = *state;
    enter_fish(r);
    submit(r, "if true");
    session_continue(r->s);
    r->todo = session_continued(r->s, r->now);
    assert_todo(r, DO_CONTINUE);
    buf_clear(session_to_host(r->s));
    assert_true(session_drop(r->s));
    assert_sent(r, "\033[24;61~");
    session_done(r->s, 130);
    redraw(r);
    assert_int_equal(session_view(r->s).status, 130);
    assert_false(session_view(r->s).continuing);
    session_taken(r->s, "", r->now);
    /* An empty line is answered by marks alone. */
    submit(r, "");
    session_done(r->s, 0);
    redraw(r);
    assert_state(r, SESSION_PROMPT);
    assert_shown(r, "");
}

/* The tokens of a text that are shown, and those that are only for the emulator to answer. */
static void count_tokens(struct rig *r, const char *bytes, int *shown, int *asked)
{
    struct ecma48_token token;
    ecma48_feed(r->t, (const uint8_t *)bytes, strlen(bytes));
    *shown = *asked = 0;
    while (ecma48_next(r->t, &token)) {
        *shown += session_shows(r->s, &token, r->now, &r->todo);
        *asked += session_asks(r->s, &token);
    }
}

/* What fish 4 says at each prompt, beside marks that are not ours: it takes keys' protocols on and
   asks the terminal for its background, the cursor and what it is. It acts on no key before the
   last is answered. */
static void fish_four_asks_the_terminal(void **state)
{
    static const char questions[] =
        "\033]133;A;click_events=1\033\\\033]133;B\a\033[=5u\033[>4;1m\033[>5u\033=\033[?2004h"
        "\033[?1004h\033[?u\033[>0q\033P+q696e646e\033\\\033]11;?\033\\\033[6n\033[0c";
    struct rig *r = *state;
    int shown, asked;
    enter_fish(r);
    count_tokens(r, questions, &shown, &asked);
    assert_int_equal(shown, 0);
    assert_int_equal(asked, 0); /* fish 3 would take an answer for keys */
    assert_false(session_wants_answers(r->s));
    session_field(r->s, "asks", "1");
    count_tokens(r, questions, &shown, &asked);
    assert_int_equal(shown, 0);
    assert_int_equal(asked, 2); /* the cursor, and what it is */
    assert_true(session_wants_answers(r->s) && session_can_submit(r->s));
    assert_todo(r, 0);
    assert_state(r, SESSION_PROMPT);
    /* Another shell in its place may be another fish. */
    session_hello(r->s, "fish", 42, "ann", "/usr/bin/fish");
    assert_false(session_wants_answers(r->s));
}

/* A line typed ahead is what the shell says it is, not what its editor drew of it. */
static void a_command_by_its_name(void **state)
{
    struct rig *r = *state;
    enter_fish(r);
    session_type(r->s, "ls\r", 3, r->now);
    session_done(r->s, 0);
    redraw(r);
    print(r, "ls\r\033[13C\b\bls -la \r\033[13C");
    r->todo = session_command_line(r->s, "ls", r->now);
    assert_int_equal(r->todo, DO_OUTPUT | DO_RAN);
    assert_string_equal(session_typed_back(r->s), "ls");
    assert_string_equal(session_view(r->s).command, "ls");
}

/* A program that prints what marks a prompt (echo $PS1) has not ended by that. */
static void a_prompt_without_an_end_is_output(void **state)
{
    struct rig *r = *state;
    enter_zsh(r);
    submit(r, "echo $PS1");
    session_command(r->s, r->now);
    redraw(r);
    assert_state(r, SESSION_RUNNING);
}

static void keys_typed_before_a_second_prompt_come_back(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    submit(r, "if true");
    session_type(r->s, "fi", 2, r->now);
    buf_clear(session_to_host(r->s));
    session_continue(r->s);
    print(r, "> ");
    r->todo = session_continued(r->s, r->now);
    assert_todo(r, DO_CONTINUE);
    assert_sent(r, "\033[7773~");
    r->todo = session_taken(r->s, "fi", r->now);
    assert_todo(r, DO_TYPED);
    assert_string_equal(session_typed_back(r->s), "fi");
}

static void hooks_are_sent_where_the_command_had_no_room(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "zsh?", 42, "ann", "/bin/zsh");
    struct buf hooks = {0};
    dialect_start_hooks(dialect_find("zsh"), false, false, &hooks);
    assert_sent(r, buf_str(&hooks));
    buf_release(&hooks);
    session_start(r->s, r->now);
    session_hello(r->s, "?", 42, "ann", "/bin/odd");
    assert_null(session_view(r->s).dialect);
    assert_sent(r, "");
}

static void dash_and_its_echo(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "sh", 42, "ann", "/bin/sh");
    session_ready(r->s, "sh");
    prompt(r, 0);
    assert_sent(r, "  \025 \025");
    print(r, "  \b \b\b \b");
    assert_false(session_can_submit(r->s));
    r->todo = 0;
    print(r, " \b \b");
    assert_true(session_can_submit(r->s));
    assert_todo(r, 0);
    submit(r, "echo hi");
    assert_sent(r, "echo hi\r");
    print(r, "echo ");
    print(r, "hi\r\n");
    assert_todo(r, DO_OUTPUT);
    print(r, "hi\r\n");
    assert_shown(r, "hi\n");
    /* What is typed now is echoed by the tty among the output, and erased by the take keys. */
    session_type(r->s, "ls -\xc3\xa9\001", 7, r->now);
    prompt(r, 0);
    r->todo = 0;
    print(r, "  \b \b\b \b\b \b\b \b\b \b\b \b\b \b\b \b\b \b \b \b");
    assert_todo(r, DO_TYPED);
    assert_string_equal(session_typed_back(r->s), "ls -\xc3\xa9\001");
    assert_shown(r, "");
    /* And what is typed as the prompt comes is echoed behind it: blanks, a character erased. */
    session_type(r->s, "l ab\177c", 6, r->now);
    submit(r, "true");
    session_command(r->s, r->now);
    session_type(r->s, "l ab\177c", 6, r->now);
    prompt(r, 0);
    r->todo = 0;
    print(r, "l");
    print(r, " ab\b \bc ");
    print(r, " \b \b\b \b\b \b\b \b\b \b\b \b");
    print(r, "not typed");
    print(r, " \b \b");
    assert_todo(r, DO_TYPED);
    assert_string_equal(session_typed_back(r->s), "l ac");
    assert_shown(r, "not typed");
}

/* What is typed while the command runs, and at the prompt before the take keys; the echo of these;
   what comes back. "*" is a column erased. */
static void what_a_tty_erases(void **state)
{
    struct rig *r = *state;
    static const char *const cases[][4] = {
        {"ab", "", "  **** *", "ab"},
        {"", "ab\177", "ab*  *** *", "a"},
        {"", "ab\177\177", "ab**  ** *", ""},
        {"x", "\177ab\177\177c", "*ab**c  *** *", "c"},
        {"", "a \177", "a *  *** *", "a"},
        {"", "a  ", "a    ***** *", "a  "},
        {"a\tb", "", "  ***\b\b\b* *", "a\tb"},
        {"a\t", "\tb", "\tb  ***\b\b\b\b\b\b\b\b\b* *", "a\t\tb"},
        {"\t", "", "  **\b\b\b *", "\t"},
        {"", "\tab", "\tab  ****\b *", "\tab"},
        {"", "\033[A", "^[[A  ****** *", "\033[A"},
        {"", "ab\033\177", "ab^[**  **** *", "ab"},
    };
    session_hello(r->s, "sh", 42, "ann", "/bin/sh");
    session_ready(r->s, "sh");
    prompt(r, 0);
    print(r, "  \b \b\b \b \b \b");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        submit(r, "true");
        print(r, "true\r\n");
        session_type(r->s, cases[i][0], strlen(cases[i][0]), r->now);
        session_type(r->s, cases[i][1], strlen(cases[i][1]), r->now);
        prompt(r, 0);
        r->todo = 0;
        for (const char *c = cases[i][2]; *c; c++)
            print(r, *c == '*' ? "\b \b" : (char[]){*c, '\0'});
        assert_true(session_can_submit(r->s));
        assert_todo(r, *cases[i][3] ? DO_TYPED : 0);
        assert_string_equal(session_typed_back(r->s), cases[i][3]);
        assert_shown(r, "");
    }
}

/* No mark tells of the begin of a line that is typed to it. */
static void dash_edits_its_own_lines(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "sh", 42, "ann", "/bin/sh");
    session_set_raw(r->s, true, "", 0, r->now);
    prompt(r, 0);
    assert_sent(r, "");
    r->todo = 0;
    print(r, "from the back\r\n");
    assert_todo(r, 0);
    session_type(r->s, "ls\r", 3, r->now);
    print(r, "ls");
    assert_state(r, SESSION_PROMPT);
    print(r, "\r\n");
    assert_todo(r, DO_OUTPUT);
    assert_state(r, SESSION_RUNNING);
    prompt(r, 2);
    assert_todo(r, DO_PROMPT);
    assert_int_equal(session_view(r->s).status, 2);
}

static void dash_takes_long_lines_in_pieces(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "sh", 42, "ann", "/bin/sh");
    prompt(r, 0);
    print(r, "  \b \b\b \b \b \b");
    buf_clear(session_to_host(r->s));
    r->todo = 0;
    submit(r, "echo a\necho b");
    assert_sent(r, "__tt_s=$? __tt_l=\r__tt_l=$__tt_l'echo a'$__tt_nl'echo b'\r"
                   "__tt_c; eval \"$__tt_l\"\r");
    print(r, "__tt_s=$? __tt_l=\r\n");
    prompt(r, 0);
    print(r, "whatever\r\n");
    prompt(r, 0);
    assert_todo(r, 0);
    r->todo |= session_command(r->s, r->now);
    assert_todo(r, DO_OUTPUT);
    print(r, "a\r\nb\r\n");
    assert_shown(r, "a\nb\n");
    prompt(r, 0);
    assert_todo(r, DO_PROMPT);
}

static void tcsh_has_pieces_of_its_own(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "tcsh", 42, "ann", "/bin/tcsh");
    prompt(r, 0);
    print(r, "  \b \b\b \b \b \b");
    buf_clear(session_to_host(r->s));
    submit(r, "echo 'a!'\necho\tb");
    assert_sent(r, "set __tt_s=$status __tt_l=\r"
                   "set __tt_l=$__tt_l:q'echo '\\''a\\!'\\'''$__tt_nl:q'echo'$__tt_tab:q'b'\r"
                   "__tt_c; eval \"set status=$__tt_s$__tt_nl:q$__tt_l:q\"\r");
}

static void ash_gives_its_line_by_its_echo(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "sh", 42, "ann", "/bin/ash");
    session_ready(r->s, "ash");
    prompt(r, 0);
    assert_sent(r, "\005 \025");
    print(r, "\033[6nls -l \033[2A\r");
    r->todo = 0;
    prompt(r, 0);
    assert_todo(r, DO_TYPED);
    assert_string_equal(session_typed_back(r->s), "ls -l");
    assert_shown(r, "");
    assert_true(session_can_submit(r->s));
    /* A line wider than the terminal: ash wraps its echo itself. */
    submit(r, "echo 123456");
    print(r, "echo 1\r\r\n23456\r\n");
    print(r, "123456\r\n");
    assert_shown(r, "123456\n");
    assert_todo(r, DO_OUTPUT);
}

/* A shell that has Emacs' says nothing. */
static void keys_of_another_shell(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    session_field(r->s, "keys", "vi");
    assert_string_equal(session_view(r->s).field[FIELD_KEYS], "vi");
    session_start(r->s, r->now);
    enter_bash(r);
    assert_string_equal(session_view(r->s).field[FIELD_KEYS], "");
    static const char *const flags[][2] = {{"Vsim", "vi"}, {"sim", ""}, {"simV", "vi"},
                                           {"EsimV", ""},  {"V", "vi"}, {"", ""}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        session_field(r->s, "flags", flags[i][0]);
        assert_string_equal(session_view(r->s).field[FIELD_KEYS], flags[i][1]);
    }
}

static void raw_mode_at_the_prompt(void **state)
{
    struct rig *r = *state;
    enter_bash(r);
    session_set_raw(r->s, true, "ls", 2, r->now);
    assert_sent(r, "\033[7775~\033[200~ls\033[201~\033[7774~");
    assert_false(session_line_mode(r->s));
    print(r, "$ ls");
    assert_shown(r, "$ ls");
    session_set_raw(r->s, false, "", 0, r->now);
    assert_sent(r, "\033[7773~");
    r->todo = session_taken(r->s, "ls", r->now);
    assert_todo(r, DO_TYPED);
}

static bool asks(struct rig *r, const char *bytes)
{
    struct ecma48_token token;
    unsigned todo = 0;
    ecma48_feed(r->t, (const uint8_t *)bytes, strlen(bytes));
    assert_true(ecma48_next(r->t, &token));
    assert_false(session_shows(r->s, &token, r->now, &todo));
    return session_asks(r->s, &token);
}

/* PowerShell waits for the cursor's place before each prompt; its own editor has one line. */
static void pwsh_asks_and_is_handed_each_line(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "pwsh", 42, "ann", "/usr/bin/pwsh");
    session_ready(r->s, "pwsh");
    prompt(r, 0);
    assert_sent(r, "\030t");
    session_taken(r->s, "", r->now);
    submit(r, "");
    assert_sent(r, "\030s\r");
    assert_true(asks(r, "\033[6n"));
    assert_false(asks(r, "\033[6m"));
    prompt(r, 0);
    assert_state(r, SESSION_PROMPT);
    assert_sent(r, "\030t");
    session_taken(r->s, "", r->now);
    session_set_raw(r->s, true, "ls /", 4, r->now);
    assert_sent(r, "\030hls%20/\r\030i");
    session_command_line(r->s, "ls /", r->now);
    prompt(r, 0);
    assert_sent(r, "\030h\r\030i");
}

static void settle(struct rig *r)
{
    r->now += 50;
    assert_int_equal(session_deadline(r->s), r->now);
    assert_int_equal(session_tick(r->s, r->now), DO_SETTLED);
}

/* cmd.exe in Windows 10's console: the mark overtakes the text before it, the line is drawn anew.
 */
static void cmd_and_its_console(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "cmd", 0, "", "cmd.exe");
    session_input(r->s, r->now);
    print(r, "Microsoft Windows\r\n");
    settle(r);
    /* The row was no prompt yet: the next text is waited for. */
    assert_int_equal(session_deadline(r->s), CLOCK_NEVER);
    print(r, "C:\\>");
    assert_shown(r, "Microsoft Windows\nC:\\>");
    settle(r);
    assert_int_equal(session_settled(r->s, "C:\\", "dir", r->now), DO_PROMPT | DO_TYPED);
    assert_string_equal(session_typed_back(r->s), "dir");
    assert_sent(r, "\033[F\033[1;5H");
    assert_true(session_can_submit(r->s));
    print(r, "\b\b\b   \b\b\b");
    session_input(r->s, r->now);
    assert_state(r, SESSION_PROMPT);
    submit(r, "ver");
    assert_sent(r, "ver\r");
    print(r, "   \b\b\b\033[?25lv\033[?25h\r\033[?25lC:\\>ve\r\r\nr\r\r\n");
    assert_shown(r, "");
    assert_state(r, SESSION_RUNNING);
    session_input(r->s, r->now);
    print(r, "1.0\r\nC:\\>");
    assert_shown(r, "1.0\nC:\\>");
    settle(r);
    assert_int_equal(session_settled(r->s, "C:\\", "", r->now), DO_PROMPT);
    assert_sent(r, "");
    assert_false(session_view(r->s).has_status);
    assert_true(session_view(r->s).unjudged);
    assert_int_equal(session_ask_status(r->s, NULL, r->now), DO_ENDED);
    assert_false(session_view(r->s).unjudged);
    session_eof(r->s, r->now);
    assert_sent(r, "exit\r");
}

/* Submits the line, and asks for its status as the app does. */
static void ask_status(struct rig *r, const char *line)
{
    submit(r, line);
    print(r, line);
    print(r, "\r\n");
    session_input(r->s, r->now);
    print(r, "C:\\>");
    settle(r);
    assert_int_equal(session_settled(r->s, "C:\\", "", r->now), DO_PROMPT);
    assert_true(session_view(r->s).unjudged);
    buf_clear(session_to_host(r->s));
    assert_int_equal(session_ask_status(r->s, "echo %x%", r->now), 0);
    assert_sent(r, "echo %x%\r");
    assert_false(session_can_submit(r->s));
}

static void answer_status(struct rig *r, int status)
{
    print(r, "echo %x%\r\n");
    session_done(r->s, status);
    session_input(r->s, r->now);
    print(r, "\r\nC:\\>");
    assert_shown(r, "");
    settle(r);
    assert_int_equal(session_settled(r->s, "C:\\", "", r->now), DO_ENDED);
    assert_true(session_can_submit(r->s));
}

/* A line of its own asks for it; what does not tell is not taken for success. */
static void cmd_is_asked_for_its_status(void **state)
{
    struct rig *r = *state;
    static const struct {
        const char *line;
        int level;
        bool known;
    } lines[] = {
        {"false", 1, true},
        {"false", 1, true},
        {"echo still 1", 1, false},
        {"echo a & false", 1, true},
        {"true", 0, true},
        {"echo fine", 0, true},
        {"rd x", 2, true},
        {"rd y", 2, false},
        {"crash", -1073741510, true},
        {"d:", -1073741510, false},
        {"cmd /e:off", INT_MIN, false},
    };
    session_hello(r->s, "cmd", 0, "", "cmd.exe");
    session_input(r->s, r->now);
    print(r, "C:\\>");
    settle(r);
    session_settled(r->s, "C:\\", "", r->now);
    assert_false(session_view(r->s).unjudged);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        r->shown.len = 0;
        ask_status(r, lines[i].line);
        r->shown.len = 0;
        answer_status(r, lines[i].level);
        assert_int_equal(session_view(r->s).has_status, lines[i].known);
        if (lines[i].known)
            assert_int_equal(session_view(r->s).status, lines[i].level);
    }
}

/* The prompt in the question's own echo is none, and an answer that does not come is not awaited
   for ever, nor a third time. */
static void cmd_does_not_answer(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "cmd", 0, "", "cmd.exe");
    for (int i = 0; i < 2; i++) {
        ask_status(r, "ver");
        session_input(r->s, r->now);
        assert_int_not_equal(session_deadline(r->s), r->now + 50);
        r->now += 3000;
        assert_int_equal(session_tick(r->s, r->now), DO_ENDED);
        assert_false(session_view(r->s).has_status);
        assert_true(session_can_submit(r->s));
    }
    submit(r, "ver");
    print(r, "ver\r\n");
    session_input(r->s, r->now);
    print(r, "C:\\>");
    settle(r);
    session_settled(r->s, "C:\\", "", r->now);
    assert_false(session_view(r->s).unjudged);
}

/* Of two lines, the second typed ahead, the status would be the second's. */
static void cmd_is_not_asked_for_another_line(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "cmd", 0, "", "cmd.exe");
    submit(r, "first");
    print(r, "first\r\n");
    session_type(r->s, "second\r", 7, r->now);
    session_input(r->s, r->now);
    print(r, "C:\\>second\r\n");
    settle(r);
    session_input(r->s, r->now);
    print(r, "C:\\>");
    settle(r);
    session_settled(r->s, "C:\\", "", r->now);
    assert_false(session_view(r->s).unjudged);
}

/* Keys that had left for the host when its prompt came are in the row a round trip later. */
static void cmd_has_keys_on_their_way(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "cmd", 0, "", "cmd.exe");
    ask_status(r, "ver");
    r->now += 200;
    r->shown.len = 0;
    answer_status(r, 0);
    assert_int_equal(session_view(r->s).rtt, 200);
    submit(r, "slow");
    print(r, "slow\r\n");
    session_type(r->s, "ab", 2, r->now);
    session_input(r->s, r->now);
    print(r, "C:\\>");
    assert_int_equal(session_deadline(r->s), r->now + 250);
    assert_int_equal(session_view(r->s).settling_since, r->now);
    r->now += 250;
    assert_int_equal(session_tick(r->s, r->now), DO_SETTLED);
    assert_int_equal(session_view(r->s).settling_since, 0);
}

static void a_plain_shell_stays_raw(void **state)
{
    struct rig *r = *state;
    session_hello(r->s, "plain", 42, "ann", "/usr/bin/nu");
    print(r, "\033[2Janything");
    assert_shown(r, "<J>anything");
    assert_false(session_line_mode(r->s));
    session_type(r->s, "x", 1, r->now);
    assert_sent(r, "x");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_new, rig_free)
    const struct CMUnitTest tests[] = {
        T(a_command_in_bash),
        T(messages_without_a_command_are_shown),
        T(a_command_continued),
        T(a_continued_command_dropped),
        T(type_ahead_comes_back),
        T(type_ahead_is_given_up),
        T(an_enter_on_its_way),
        T(a_line_typed_ahead_runs),
        T(a_shell_that_does_not_answer),
        T(background_output_at_the_prompt),
        T(completion_and_its_redraw),
        T(the_shells_history_is_asked_once),
        T(a_completion_that_hangs_is_stopped),
        T(an_interrupt_meets_the_take_key),
        T(an_interrupt_is_not_answered_either),
        T(the_shell_tells_its_commands),
        T(the_shell_tells_more_commands),
        T(an_interrupt_overtakes_a_paste),
        T(zsh_and_its_echo),
        T(zsh_tells_of_jobs_at_the_prompt),
        T(fish_and_its_filler),
        T(fish_asks_for_the_rest),
        T(fish_four_asks_the_terminal),
        T(a_command_by_its_name),
        T(a_prompt_without_an_end_is_output),
        T(keys_typed_before_a_second_prompt_come_back),
        T(hooks_are_sent_where_the_command_had_no_room),
        T(dash_and_its_echo),
        T(what_a_tty_erases),
        T(dash_edits_its_own_lines),
        T(dash_takes_long_lines_in_pieces),
        T(tcsh_has_pieces_of_its_own),
        T(ash_gives_its_line_by_its_echo),
        T(keys_of_another_shell),
        T(raw_mode_at_the_prompt),
        T(cmd_and_its_console),
        T(cmd_is_asked_for_its_status),
        T(cmd_does_not_answer),
        T(cmd_is_not_asked_for_another_line),
        T(cmd_has_keys_on_their_way),
        T(pwsh_asks_and_is_handed_each_line),
        T(a_plain_shell_stays_raw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
