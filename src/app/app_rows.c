/* cmd.exe takes one row at a time: of a block the first is run, and each of the others when it is
   asked for, at a prompt, or by "More?" in a command that is not whole yet. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static const struct dialect *one_row_dialect(const struct app *app)
{
    const struct dialect *d = session_view(app->in.session).dialect;
    return d && d->one_line > 0 ? d : NULL;
}

static size_t row_len(const char *text, size_t len)
{
    const char *end = memchr(text, '\n', len);
    return end ? (size_t)(end - text) : len;
}

static size_t indent_len(const char *row, size_t len)
{
    size_t n = 0;
    while (n < len && (row[n] == ' ' || row[n] == '\t'))
        n++;
    return n;
}

static void blank_indent(char *row)
{
    memset(row, ' ', indent_len(row, strlen(row)));
}

bool app_rows_refuse(struct app *app, const char *text, size_t len)
{
    const struct dialect *d = one_row_dialect(app);
    for (size_t n; d && len > 0; text += n, len -= n) {
        n = row_len(text, len);
        size_t indent = indent_len(text, n);
        bool completes = memchr(text + indent, '\t', n - indent) != NULL;
        if (completes)
            app_notice(app, "%s would complete at a tab: nothing was sent", d->name);
        else if (n > d->one_line)
            app_notice(app, "%s takes no line of more than %zu bytes: nothing was sent", d->name,
                       d->one_line);
        if (completes || n > d->one_line)
            return true;
        n += n < len; /* its end */
    }
    return false;
}

void app_rows_first(struct app *app, char *text)
{
    if (!one_row_dialect(app))
        return;
    size_t len = strlen(text), n = row_len(text, len);
    if (n < len) {
        buf_clear(&app->due_rows);
        buf_append(&app->due_rows, text + n + 1, len - n - 1);
        buf_putc(&app->due_rows, '\n');
    }
    text[n] = '\0';
    blank_indent(text);
}

/* It is asked for more of a command, and has not been sent that yet. */
static bool stands_at_more(const struct app *app)
{
    if (!app->console || session_view(app->in.session).state != SESSION_RUNNING)
        return false;
    int64_t line = vscreen_top(app->console) + vscreen_cursor(app->console).row;
    struct buf row = {0};
    vscreen_text(app->console, line, line, &row);
    bool more = line != app->due_rows_line && strcmp(buf_str(&row), "More?") == 0 &&
                vscreen_cursor(app->console).col == (int)strlen("More? ");
    buf_release(&row);
    return more;
}

static char *take_row(struct app *app)
{
    size_t n = row_len((const char *)buf_data(&app->due_rows), app->due_rows.len);
    char *row = xstrndup((const char *)buf_data(&app->due_rows), n);
    blank_indent(row);
    buf_consume(&app->due_rows, n + 1);
    return row;
}

static void send_more(struct app *app)
{
    char *row = take_row(app);
    app->due_rows_line = vscreen_top(app->console) + vscreen_cursor(app->console).row;
    if (app->block.len > 0) {
        buf_putc(&app->block, '\n');
        buf_puts(&app->block, row);
    }
    session_type(app->in.session, row, strlen(row), app->now);
    session_type(app->in.session, "\r", 1, app->now);
    free(row);
}

/* What was typed meanwhile is the line behind it. */
static void enter_row(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    char *typed = xstrndup(view.text, view.len), *row = take_row(app);
    size_t len = view.len, cursor = view.cursor;
    editor_set(app->editor, row, strlen(row), strlen(row));
    app_enter(app);
    editor_set(app->editor, typed, len, cursor);
    explicit_bzero(typed, len);
    free(typed);
    free(row);
}

void app_rows_next(struct app *app)
{
    if (app->due_rows.len == 0)
        return;
    if (stands_at_more(app))
        send_more(app);
    else if (app_may_enter(app))
        enter_row(app);
}

bool app_rows_drop(struct app *app)
{
    bool any = app->due_rows.len > 0;
    buf_wipe(&app->due_rows);
    app->due_rows_line = -1;
    return any;
}
