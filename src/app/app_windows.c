/* Hosts with Windows' own server: what its shell is is asked first, beside the session. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* --shell knows better than any question, also where the server does not tell that it is Windows'.
 */
static enum windows_shell shell_said(const char *name)
{
    static const struct {
        const char *name;
        enum windows_shell shell;
    } names[] = {{"cmd", WINDOWS_CMD},
                 {"powershell", WINDOWS_POWERSHELL},
                 {"pwsh", WINDOWS_PWSH},
                 {"plain", WINDOWS_UNKNOWN},
                 {"auto", WINDOWS_NOT_ASKED}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i].name) == 0)
            return names[i].shell;
    return WINDOWS_POSIX;
}

bool app_windows_asks(struct app *app)
{
    bool is_windows = windows_is_server(ssh_link_server(app->link));
    enum windows_shell said = shell_said(app->options->own->shell);
    if (is_windows ? said != WINDOWS_NOT_ASKED : said == WINDOWS_CMD || said == WINDOWS_POWERSHELL)
        app->windows = said;
    /* (Again, after a lost link, too.) */
    app->shell_asked = app->shell_asked || app->windows == WINDOWS_UNKNOWN;
    if (app->shell_asked || app->windows != WINDOWS_NOT_ASKED || !is_windows)
        return false;
    return app_side_start(app, SIDE_WINDOWS, WINDOWS_QUESTION);
}

void app_windows_answer(struct app *app, const char *answer)
{
    app->windows = windows_shell(answer);
    /* Nothing of ours is shown where it would not be understood. */
    app->shell_asked = app->windows == WINDOWS_UNKNOWN;
}

bool app_windows_command(struct app *app, const char *token, const char *directory,
                         struct buf *command)
{
    bool profile = app->options->own->profile;
    switch (app->windows) {
    case WINDOWS_CMD: windows_cmd_command(token, profile, command); return true;
    case WINDOWS_POWERSHELL:
    case WINDOWS_PWSH:
        windows_powershell_command(app->windows, token, buf_str(&app->fields), directory, profile,
                                   command);
        return true;
    default: return false;
    }
}

void app_windows_begun(struct app *app, const char *token)
{
    vscreen_free(app->console);
    app->console = NULL;
    if (app->windows != WINDOWS_CMD || app->shell_asked)
        return;
    app->console = vscreen_new(app->glyphs, vscreen_rows(app->vscreen), vscreen_cols(app->vscreen),
                               vscreen_rows(app->vscreen));
    /* cmd.exe can neither make a nonce nor announce one. */
    marks_know(&app->in.marks, token);
    session_hello(app->in.session, "cmd", 0, app->options->settings->user, "cmd.exe");
}

/* ---- cmd.exe's console ---- */

/*
 * What comes is not what cmd.exe prints but what its console, which has a screen of its own, says
 * of that: where the cursor goes is said by row. Prompts, lines and questions that are not shown
 * as they are stand there too: so that screen is kept beside ours.
 */
bool app_windows_token(struct app *app, const struct ecma48_token *token)
{
    vscreen_token(app->console, token);
    struct buf *replies = vscreen_replies(app->console);
    bool asked = token->kind == ECMA48_CSI && token->final == 'n' && replies->len > 0;
    if (asked)
        buf_append(vscreen_replies(app->vscreen), buf_data(replies), replies->len);
    buf_clear(replies);
    return asked;
}

void app_windows_align(struct app *app)
{
    int ours = vscreen_cursor(app->vscreen).row, theirs = vscreen_cursor(app->console).row;
    if (ours == theirs || vscreen_modes(app->vscreen)->alternate ||
        vscreen_modes(app->console)->alternate)
        return;
    struct buf move = {0};
    if (ours > theirs)
        buf_printf(&move, "\033[%dH", vscreen_rows(app->vscreen));
    for (int i = theirs; i < ours; i++)
        buf_putc(&move, '\n');
    if (ours < theirs)
        buf_printf(&move, "\033[H\033[%dL", theirs - ours);
    buf_printf(&move, "\033[%dH", theirs + 1);
    app_emulate(app, buf_str(&move));
    buf_release(&move);
}

/* The prompt that the cursor is behind, with what is typed: the row that it begins in, or -1; `end`
   is behind its text. Consoles tell of few rows that they go on in the next. */
static int find_prompt(const struct vscreen *vs, struct buf *text, size_t *end)
{
    int64_t top = vscreen_top(vs);
    int last = vscreen_cursor(vs).row;
    struct buf row = {0};
    buf_clear(text);
    for (int first = last; first >= 0; first--) {
        buf_clear(&row);
        vscreen_text(vs, top + first, top + first, &row);
        if (first < last && utf8_columns(buf_str(&row), row.len) < (size_t)vscreen_cols(vs))
            break;
        buf_append(&row, buf_data(text), text->len);
        buf_clear(text);
        buf_append(text, buf_data(&row), row.len);
        *end = windows_prompt(buf_str(text));
        if (*end > 0) {
            buf_release(&row);
            return first;
        }
    }
    buf_release(&row);
    return -1;
}

/* The prompt that the console has drawn on our page makes room for ours. */
static void erase_prompt(struct app *app)
{
    struct buf text = {0};
    size_t len;
    int row = find_prompt(app->vscreen, &text, &len);
    if (row >= 0) {
        char *erase = xasprintf("\033[%dH\033[J", row + 1);
        app_emulate(app, erase);
        free(erase);
    }
    buf_release(&text);
}

/*
 * How the command has ended is asked in a line that is not shown, and that is erased in the console
 * too: from below it the answer goes up so far that the next prompt stands in the row of this one.
 * At the top of the screen there is no room for that.
 */
static void ask_status(struct app *app, int row, size_t prompt)
{
    int cols = vscreen_cols(app->console), last = vscreen_rows(app->console) - 1;
    int below = row + ((int)prompt + WINDOWS_QUESTION_COLUMNS) / cols + 1;
    struct buf question = {0};
    windows_status_question((below < last ? below : last) - row + 2, &question);
    app_do(app,
           session_ask_status(app->in.session, row >= 2 ? buf_str(&question) : NULL, app->now));
    buf_release(&question);
}

void app_windows_settled(struct app *app)
{
    struct buf text = {0};
    size_t len;
    int row = find_prompt(app->console, &text, &len);
    char *cwd = xstrdup(buf_str(&text));
    if (row >= 0) {
        size_t columns = utf8_columns(cwd, len);
        bool answers = session_view(app->in.session).unjudged;
        cwd[len - 1] = '\0';
        if (!session_is_raw(app->in.session) && !answers)
            erase_prompt(app);
        app_do(app, session_settled(app->in.session, cwd, cwd + len, app->now));
        if (!answers && session_view(app->in.session).unjudged)
            ask_status(app, row, columns);
    }
    free(cwd);
    buf_release(&text);
}

/* ---- completion ---- */

bool app_windows_complete(struct app *app, const char *line, size_t len)
{
    struct buf command = {0};
    bool started = windows_list_command(session_view(app->in.session).cwd, line, len, &command) &&
                   app_side_start(app, SIDE_LIST, buf_str(&command));
    buf_release(&command);
    return started;
}

void app_windows_listed(struct app *app, const char *answer)
{
    struct buf strings = {0}, all = {0};
    struct buf *request = &app->completion.request;
    size_t count;
    size_t word = windows_list_answer(buf_str(request), request->len, answer, &strings, &count);
    buf_append(&all, "exact", sizeof "exact");
    buf_append(&all, buf_data(&strings), strings.len);
    app_complete_answer(app, (long)word, 0, buf_str(&all), count);
    buf_release(&strings);
    buf_release(&all);
}
