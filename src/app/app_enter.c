/* Enter: the line is refused, gets one more row, or is the shell's. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The bytes of what acts at `text`: a sequence such as a color's, or one control character. */
static size_t control_len(const char *text, size_t len)
{
    size_t n = 2;
    if (len < 3 || text[0] != '\033' || text[1] != '[')
        return 1;
    while (n < len && text[n] >= ' ' && text[n] < '@')
        n++;
    return n < len && text[n] >= '@' && text[n] <= '~' ? n + 1 : 1;
}

static void take_out_controls(struct app *app, const struct editor_view *view)
{
    struct buf text = {0};
    size_t cursor = 0;
    for (size_t at = 0, n; at < view->len; at += n) {
        bool acts = dialect_control(view->text + at, 1) >= 0;
        n = acts ? control_len(view->text + at, view->len - at) : 1;
        if (!acts)
            buf_putc(&text, view->text[at]);
        if (at < view->cursor)
            cursor = text.len;
    }
    editor_set(app->editor, buf_str(&text), text.len, cursor);
    app_notice(app, "taken out: Enter runs what is left");
    buf_release_secret(&text);
}

/* It is not sent; a second Enter takes out what acts, and sends nothing yet either. */
static void refuse_controls(struct app *app, const struct editor_view *view, long at)
{
    unsigned char c = (unsigned char)view->text[at];
    bool again = app->refused;
    app->refused = !again;
    editor_replay_stop(app->editor);
    if (again)
        take_out_controls(app, view);
    else
        app_notice(app, "control character ^%c, which would act on its way: Enter takes it out",
                   c == 0x7f ? '?' : c + '@');
}

/* PowerShell's word for leaving. */
static bool is_exit_word(const char *text, size_t len)
{
    static const char word[] = "exit-pssession";
    return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

/* The row about the cursor: where it begins, and how much blank it begins with. */
static size_t row_start(const struct editor_view *view)
{
    size_t at = view->cursor;
    while (at > 0 && view->text[at - 1] != '\n')
        at--;
    return at;
}

/* The line without an empty row at its end: the Enter that sends it begins that row. */
static size_t without_empty_row(const struct editor_view *view)
{
    size_t len = view->len;
    while (len > 0 && strchr(" \t", view->text[len - 1]))
        len--;
    return len > 0 && view->text[len - 1] == '\n' ? len - 1 : view->len;
}

/* On an empty row the shell is asked, unless it would drop rows that are not all. */
static bool asks_at_empty_row(const struct dialect *d, const struct editor_view *view)
{
    size_t len = without_empty_row(view);
    bool drops = d && d->pieces && d->pieces->drops && memchr(view->text, '\n', len);
    return len < view->len && !drops;
}

/* Enter in the middle of a construct (a quote, a here-document, `do`) begins a new row, indented
   as this one. On an empty row, or if the shell has begun to ask itself, it is sent as it is; so it
   is if the shell takes no lines of several rows. */
static bool enter_begins_row(struct app *app, const struct editor_view *view)
{
    const struct session_view now = session_view(app->in.session);
    bool rows = !now.dialect || now.dialect->one_line == 0;
    if (now.continuing || !rows || !app_scan(app, view->text, view->len))
        return false;
    size_t start = row_start(view), blank = 0;
    while (start + blank < view->cursor && strchr(" \t", view->text[start + blank]))
        blank++;
    if (!app->syntax.incomplete || (start > 0 && asks_at_empty_row(now.dialect, view)))
        return false;
    char *row = xasprintf("\n%.*s", (int)blank, view->text + start);
    editor_insert(app->editor, row, strlen(row));
    free(row);
    return true;
}

/* Who pressed Tab and then Enter wants the line that Tab makes. */
bool app_may_enter(const struct app *app)
{
    return session_can_submit(app->in.session) && !app->completion.waiting &&
           !app->completion.wanted;
}

void app_enter(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    long control = dialect_control(view.text, view.len);
    app->enter_waits = false;
    app->dirty = true;
    app_complete_close(app);
    if (control >= 0) {
        refuse_controls(app, &view, control);
        return;
    }
    if (!app_may_enter(app)) {
        app->enter_waits = true;
        return;
    }
    if (app_rows_refuse(app, view.text, view.len)) {
        editor_replay_stop(app->editor);
        return;
    }
    if (enter_begins_row(app, &view))
        return;
    char *line = xstrndup(view.text, without_empty_row(&view));
    app_rows_first(app, line);
    if (session_view(app->in.session).continuing)
        buf_putc(&app->block, '\n');
    else
        buf_clear(&app->block);
    buf_puts(&app->block, line);
    app_commit_line(app, line);
    editor_clear(app->editor);
    if (is_exit_word(line, strlen(line)))
        session_submit(app->in.session, "exit", 4, app->now);
    else
        session_submit(app->in.session, line, strlen(line), app->now);
    free(line);
    app->escape.inside = app->escape.held = false;
    app->notice_until = app->now; /* it was about what came before */
}
