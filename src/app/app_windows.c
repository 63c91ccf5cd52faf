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
    app_rows_drop(app);
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

static void join_rows(const struct vscreen *vs, int first, int last, struct buf *text)
{
    buf_clear(text);
    for (int row = first; row <= last; row++)
        vscreen_text(vs, vscreen_top(vs) + row, vscreen_top(vs) + row, text);
}

/* Consoles tell of few rows that they go on in the next. */
static bool is_full(const struct vscreen *vs, int row)
{
    struct buf text = {0};
    join_rows(vs, row, row, &text);
    bool full = utf8_columns(buf_str(&text), text.len) >= (size_t)vscreen_cols(vs);
    buf_release(&text);
    return full;
}

/* The prompt that the cursor is behind, with what is typed: the row that it begins in, and the
   `len` of it; -1: there is none. */
static int find_prompt(const struct vscreen *vs, struct buf *text, size_t *len)
{
    int last = vscreen_cursor(vs).row;
    for (int first = last; first == last || (first >= 0 && is_full(vs, first)); first--) {
        join_rows(vs, first, last, text);
        *len = windows_prompt(buf_str(text));
        if (*len > 0)
            return first;
    }
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

/* Where a program prints next that runs while the line is edited. */
static void note_place(struct app *app)
{
    struct vscreen_cursor cursor = vscreen_cursor(app->console);
    app->console_line = vscreen_top(app->console) + cursor.row;
    app->console_col = cursor.col;
}

/* The prompt was left for other text: that of a program in the background. It stands above our line
   then, and cmd.exe's begins where that ends. */
static void show_background(struct app *app)
{
    static const struct style plain;
    struct buf text = {0};
    int64_t line = vscreen_top(app->console) + vscreen_cursor(app->console).row;
    if (app->console_line < 0 || line < app->console_line)
        return;
    vscreen_text(app->console, app->console_line, line, &text);
    size_t before = utf8_fitting(buf_str(&text), text.len, (size_t)app->console_col);
    if (before < text.len) {
        vscreen_print(app->vscreen, &plain, buf_str(&text) + before, text.len - before);
        vscreen_fresh_line(app->vscreen);
        vscreen_flag_line(app->vscreen, LINE_PROMPT);
        app->dirty = true;
    }
    buf_release(&text);
    note_place(app);
}

void app_windows_resized(struct app *app)
{
    vscreen_resize(app->console, vscreen_rows(app->vscreen), vscreen_cols(app->vscreen));
    app->console_line = -1; /* it may have moved */
}

/* cmd.exe has drawn a prompt in `row` of the screen, and waits for a line. */
static void take_prompt(struct app *app, const char *text, size_t len, int row)
{
    const struct session_view view = session_view(app->in.session);
    bool answers = view.unjudged, ours = !session_is_raw(app->in.session) || view.once;
    char *cwd = xstrndup(text, len - 1);
    if (ours && !answers)
        erase_prompt(app);
    app_do(app, session_settled(app->in.session, cwd, text + len, app->now));
    if (!answers && session_view(app->in.session).unjudged)
        ask_status(app, row, utf8_columns(text, len));
    free(cwd);
}

/* The line is the console's own editor's: its prompt, which has not come again, is drawn, and what
   was typed while the status was asked for. (A line of more rows is as its echo shows it.) */
static void draw_row(struct app *app, const char *text, int row)
{
    struct vscreen_cursor cursor = vscreen_cursor(app->console);
    if (row != cursor.row)
        return;
    char *line = xasprintf("\r%s\033[K\033[%dG", text, cursor.col + 1);
    app_emulate(app, line);
    free(line);
    app->dirty = true;
}

void app_windows_settled(struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    bool idle = view.state == SESSION_PROMPT && !view.unjudged;
    struct buf text = {0};
    size_t len;
    int row = find_prompt(app->console, &text, &len);
    if (row < 0 && idle) {
        show_background(app);
    } else if (row >= 0) {
        if (!idle)
            take_prompt(app, buf_str(&text), len, row);
        if (session_is_raw(app->in.session) && (idle || view.unjudged))
            draw_row(app, buf_str(&text), row);
        note_place(app);
    }
    buf_release(&text);
}

bool app_windows_lost(const struct app *app)
{
    struct buf text = {0};
    size_t len;
    bool lost = app->console && find_prompt(app->console, &text, &len) >= 0 && len == text.len;
    buf_release(&text);
    return lost;
}

void app_windows_restore(struct app *app)
{
    static const char line[] = WINDOWS_PROMPT_AGAIN "\r";
    session_type(app->in.session, line, strlen(line), app->now);
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
