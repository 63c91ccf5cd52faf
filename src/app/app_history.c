/* What is kept of the lines that were run, and what is said of those that hold a secret. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "session/typo.h"

#define WARN_MAX_BYTES 4096 /* a longer line is data */
#define NOT_FOUND      127  /* a shell's status for a command that it does not know */

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

/* ---- a command that was not found ---- */

/* The newest of our lines with the word that is nearest to this one; -1: none is near, or the word
   names a command. */
static long find_nearest(const struct history *h, size_t before, const char *word, size_t len)
{
    long best = -1;
    int best_distance = 0;
    for (size_t i = before; i-- > 0;) {
        size_t other_len;
        const char *other = history_entry(h, i);
        int status = history_info(h, i).status;
        other += typo_command(other, &other_len);
        int distance = typo_distance(word, len, other, other_len);
        if (status == NOT_FOUND || distance < 0)
            continue;
        if (distance == 0 && status >= 0)
            return -1; /* what was not found is a command in it */
        if (distance > 0 && (best < 0 || distance < best_distance)) {
            best = (long)i;
            best_distance = distance;
        }
    }
    return best;
}

/* The line with that line's command, at the empty prompt; nothing is run by itself. */
static void offer_nearest(struct app *app)
{
    const struct history *h = app->history;
    size_t last = history_count(h), len, other_len;
    while (last > 0 && !history_is_own(h, last - 1))
        last--;
    if (last-- == 0 || !app->options->own->suggest || strchr(history_entry(h, last), '\n'))
        return;
    const char *line = history_entry(h, last);
    size_t at = typo_command(line, &len);
    long nearest = len > 0 ? find_nearest(h, last, line + at, len) : -1;
    if (nearest < 0)
        return;
    const char *other = history_entry(h, (size_t)nearest);
    other += typo_command(other, &other_len);
    char *offer = xasprintf("%.*s%.*s%s", (int)at, line, (int)other_len, other, line + at + len);
    editor_set_offer(app->editor, offer);
    app_notice(app, "%.*s was not found; Right takes the line with %.*s", (int)len, line + at,
               (int)other_len, other);
    free(offer);
}

void app_remember_end(struct app *app)
{
    const struct session_view view = session_view(app->session);
    struct err err;
    editor_set_offer(app->editor, NULL);
    if (app->remembered && view.has_status && view.status == NOT_FOUND)
        offer_nearest(app);
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
        app_notice(app, "%s: in a line everybody on %s can read it", secret.safer, app->host);
    else if (secret.kind != SECRET_KEY)
        app_notice(app, "everybody on %s can read %s while this line runs", app->host, secret.what);
}
