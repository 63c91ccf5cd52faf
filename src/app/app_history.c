/* What is kept of the lines that were run, and what is said of those that hold a secret. */
#include "app/app_priv.h"

#include <limits.h>
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
    const struct session_view view = session_view(app->in.session);
    const char *line = buf_str(&app->block);
    const struct secret secret = secret_in(line, app->block.len);
    struct err err;
    if (secret.kind != SECRET_NONE)
        app_notice(app, "not kept in the history: the line holds %s", secret.what);
    else if (!history_add(app->in.history, line, view.cwd, time(NULL), &err) && err.text[0])
        app_notice(app, "%s", err.text);
    app->in.remembered = secret.kind == SECRET_NONE && *line != ' ';
    buf_release_secret(&app->block);
}

/* ---- a command that was not found ---- */

struct word {
    const char *text; /* NULL: none */
    size_t len;
};

static struct word command_of(const char *line)
{
    struct word w;
    w.text = line + typo_command(line, &w.len);
    return w;
}

/* The nearest command of our lines before that one, the newest of the near. False: the word names
   a command itself, and what was not found is another in it. */
static bool find_in_history(const struct history *h, size_t before, struct word word,
                            struct word *best)
{
    int least = 0;
    *best = (struct word){0};
    for (size_t i = before; i-- > 0;) {
        struct word other = command_of(history_entry(h, i));
        int status = history_info(h, i).status;
        int distance = typo_distance(word.text, word.len, other.text, other.len);
        if (status == NOT_FOUND || distance < 0)
            continue;
        if (distance == 0 && status >= 0)
            return false;
        if (distance > 0 && (!best->text || distance < least)) {
            *best = other;
            least = distance;
        }
    }
    return true;
}

/* The one command of the host that is a slip away; of several none is meant rather than another. */
static struct word find_on_host(const struct known *known, struct word word)
{
    const struct names *const names[] = {&known->shell, &known->path};
    struct word best = {0};
    for (size_t n = 0; n < 2; n++)
        for (size_t i = 0; i < names[n]->count; i++) {
            struct word other = command_of(names[n]->sorted[i]); /* its plain part */
            bool same = best.text && strcmp(best.text, other.text) == 0;
            if (same || other.text[other.len] ||
                typo_distance(word.text, word.len, other.text, other.len) != 1)
                continue;
            if (best.text)
                return (struct word){0};
            best = other;
        }
    return best;
}

/* The line with the command that was meant, at the empty prompt; nothing is run by itself. */
static void offer_nearest(struct app *app)
{
    const struct history *h = app->in.history;
    size_t last = history_count(h);
    while (last > 0 && !history_is_own(h, last - 1))
        last--;
    if (last-- == 0 || !app->options->own->suggest || strchr(history_entry(h, last), '\n'))
        return;
    const char *line = history_entry(h, last);
    struct word word = command_of(line), meant;
    if (word.len == 0 || !find_in_history(h, last, word, &meant))
        return;
    if (!meant.text)
        meant = find_on_host(&app->known, word);
    if (!meant.text)
        return;
    char *offer = xasprintf("%.*s%.*s%s", (int)(word.text - line), line, (int)meant.len, meant.text,
                            word.text + word.len);
    editor_set_offer(app->editor, offer);
    app_notice(app, "%.*s was not found; Right takes the line with %.*s", (int)word.len, word.text,
               (int)meant.len, meant.text);
    free(offer);
}

/* In the history less than 0 is unknown. */
static int kept_status(int status)
{
    return status < 0 ? status & INT_MAX : status;
}

void app_remember_end(struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    struct err err;
    editor_set_offer(app->editor, NULL);
    if (app->in.remembered && view.has_status && view.status == NOT_FOUND)
        offer_nearest(app);
    if (app->in.remembered && view.has_status &&
        !history_ended(app->in.history, kept_status(view.status), view.duration, &err) &&
        err.text[0])
        app_notice(app, "%s", err.text);
    app->in.remembered = false;
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
