/* Hosts with Windows' own server: what its shell is is asked first, beside the session. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

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
    if (app->windows != WINDOWS_CMD || app->shell_asked)
        return;
    /* cmd.exe can neither make a nonce nor announce one. */
    marks_know(&app->in.marks, token);
    session_hello(app->in.session, "cmd", 0, app->options->settings->user, "cmd.exe");
}

/* ---- cmd.exe's row ---- */

void app_windows_settled(struct app *app)
{
    int64_t line = vscreen_top(app->vscreen) + vscreen_cursor(app->vscreen).row;
    while (line > vscreen_top(app->vscreen) &&
           vscreen_line_flags(app->vscreen, line - 1) & LINE_WRAPPED)
        line--;
    struct buf row = {0};
    vscreen_text(app->vscreen, line, vscreen_top(app->vscreen) + vscreen_cursor(app->vscreen).row,
                 &row);
    size_t len = windows_prompt(buf_str(&row));
    if (len > 0) {
        char *text = xstrdup(buf_str(&row));
        text[len - 1] = '\0';
        if (!session_is_raw(app->in.session)) {
            char *erase = xasprintf("\033[%dH\033[J", (int)(line - vscreen_top(app->vscreen)) + 1);
            app_emulate(app, erase);
            free(erase);
        }
        app_do(app, session_settled(app->in.session, text, text + len, app->now));
        free(text);
    }
    buf_release(&row);
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
