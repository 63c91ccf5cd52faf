/* What is kept of the lines that were run, and what is said of those that hold a secret. */
#include "app/app_priv.h"

#include <string.h>
#include <time.h>

#define WARN_MAX_BYTES 4096 /* a longer line is data */

/* The lines of one command are one entry, kept when the shell has it whole; but no secrets. */
void app_remember(struct app *app)
{
    if (app->block.len == 0)
        return;
    const struct session_view view = session_view(app->session);
    const char *line = buf_str(&app->block);
    const struct secret secret = secret_in(line, app->block.len);
    struct err err;
    if (secret.kind != SECRET_NONE)
        app_notice(app, "not kept in the history: the line holds %s", secret.what);
    else if (!history_add(app->history, line, view.cwd, time(NULL), &err) && err.text[0])
        app_notice(app, "%s", err.text);
    app->remembered = secret.kind == SECRET_NONE && *line != ' ';
    buf_release_secret(&app->block);
}

void app_remember_end(struct app *app)
{
    const struct session_view view = session_view(app->session);
    struct err err;
    if (app->remembered && view.has_status &&
        !history_ended(app->history, view.status, view.duration, &err) && err.text[0])
        app_notice(app, "%s", err.text);
    app->remembered = false;
}

void app_warn_secret(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    if (view.len == 0 || view.len > WARN_MAX_BYTES)
        return;
    const struct secret secret = secret_in(view.text, view.len);
    if (secret.kind == SECRET_NONE || app->warned[secret.kind])
        return;
    app->warned[secret.kind] = true;
    if (secret.kind == SECRET_VALUE)
        app_notice(app, "read -s NAME asks for it: in a line it stays in the shell's history");
    else if (secret.kind == SECRET_PIPED)
        app_notice(app, "alone it asks: an echoed password stays in the shell's history");
    else if (secret.safer[0])
        app_notice(app, "%s: on a command line everybody on %s can read it", secret.safer,
                   app->host);
    else if (secret.kind != SECRET_KEY)
        app_notice(app, "everybody on %s can read %s while this line runs", app->host, secret.what);
}
