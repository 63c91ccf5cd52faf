/*
 * Which commands there are on the host: asked once the person begins to write, and again when a
 * command was run that can have changed it. The shell tells what it has itself (a few hundred
 * bytes at its prompt, where a line may be submitted right behind the question) and its PATH;
 * what is in PATH is listed beside the session.
 */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

void app_names_forget(struct app *app)
{
    struct known *k = &app->known;
    names_release(&k->shell);
    names_release(&k->path);
    free(k->dirs);
    *k = (struct known){0};
}

void app_names_failed(struct app *app)
{
    app->known.path_due = false;
    app->known.unsure = true;
}

/* ---- asking ---- */

static bool wanted(struct app *app)
{
    const struct config_settings *own = app->options->own;
    return own->highlight && own->commands && session_line_mode(app->in.session) &&
           editor_view(app->editor).len > 0;
}

void app_names_step(struct app *app)
{
    struct known *k = &app->known;
    if (!wanted(app))
        return;
    if (!k->asked)
        k->asked = session_ask_names(app->in.session, app->now);
    if (!k->path_due || app->side.purpose != SIDE_NONE)
        return;
    struct buf command = {0};
    dialect_names_command(session_view(app->in.session).cwd, k->dirs, &command);
    app_side_start(app, SIDE_NAMES, buf_str(&command));
    buf_release(&command);
}

/* What is in PATH is to be listed; a list that is under way may have begun too early. */
static void list_path(struct app *app)
{
    if (app->side.purpose == SIDE_NAMES)
        app_side_release(app);
    app->known.path_due = true;
}

/* ---- answers ---- */

void app_names_of_shell(struct app *app, const char *strings, size_t count)
{
    struct known *k = &app->known;
    const char *path = strings, *options = mark_next(path), *end = strings;
    if (count < 2)
        return;
    for (size_t i = 0; i < count; i++)
        end = mark_next(end);
    const char *first = mark_next(options);
    names_set(&k->shell, first, (size_t)(end - first), '\0');
    /* (The second channel is the session's user's, on the session's host.) */
    k->unsure = app->in.elsewhere || strcmp(options, "autocd") == 0;
    if (app->in.elsewhere)
        k->path_due = false;
    else if (!k->dirs || strcmp(k->dirs, path) != 0) {
        list_path(app);
        names_release(&k->path);
    }
    free(k->dirs);
    k->dirs = xstrdup(path);
    app->dirty = true;
}

void app_names_in_path(struct app *app, const char *text, size_t len, bool cut)
{
    struct known *k = &app->known;
    names_set(&k->path, text, len, '\n');
    k->path_due = false;
    k->unsure = k->unsure || cut;
    app->dirty = true;
}

/* ---- a command was run ---- */

static enum known_is judge(const struct known *k, const char *word, size_t len)
{
    enum names_fit shell = names_find(&k->shell, word, len), path = names_find(&k->path, word, len);
    enum names_fit best = shell > path ? shell : path;
    if (best == NAMES_WHOLE)
        return KNOWN_YES;
    if (k->path.count == 0 || k->unsure)
        return KNOWN_UNSURE;
    return best == NAMES_BEGIN ? KNOWN_BEGIN : KNOWN_NO;
}

/* 127 is what shells answer to a name that they do not find. */
static bool proved_wrong(const struct known *k, const char *line, int status)
{
    size_t len = strcspn(line, " \t\n;&|<>()$`'\"\\");
    enum known_is is = len > 0 ? judge(k, line, len) : KNOWN_UNSURE;
    return (is == KNOWN_YES && status == 127) || (is == KNOWN_NO && status != 127);
}

void app_names_ran(struct app *app)
{
    struct known *k = &app->known;
    const struct session_view view = session_view(app->in.session);
    if (!k->dirs)
        return;
    enum names_change change = names_changed_by(view.command);
    if (proved_wrong(k, view.command, view.status))
        change = NAMES_PATH;
    k->asked = k->asked && change == NAMES_SAME;
    if (change == NAMES_PATH)
        list_path(app);
}

/* ---- the line ---- */

/* A path, an expansion or a pattern says what it is itself. */
static bool is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strchr("/~$`'\"\\*?[]{}=!^%", text[i]))
            return false;
    return len > 0;
}

enum known_is app_names_judge(struct app *app, const char *text, size_t len, bool growing)
{
    struct known *k = &app->known;
    const struct session_view view = session_view(app->in.session);
    if (!app->options->own->commands || !view.dialect || !view.dialect->names_key)
        return KNOWN_OFF;
    if (!k->dirs || !is_plain(text, len))
        return KNOWN_UNSURE;
    enum known_is is = judge(k, text, len);
    if (is == KNOWN_BEGIN)
        return growing ? KNOWN_UNSURE : KNOWN_NO;
    return is;
}
