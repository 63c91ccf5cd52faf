/*
 * Which commands there are on the host: asked once the person begins to write. The shell tells what
 * it has itself (a few hundred bytes at its prompt, where a line may be submitted right behind the
 * question; shells that cannot be asked tell it before their prompt) and its PATH; what is in PATH
 * is listed beside the session. No word is shown as unknown by what was told before the last
 * command ran: such a word asks again.
 */
#include "app/app_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 200 /* a longer word is no name */

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
    app->known.cut = true;
}

/* ---- asking ---- */

static bool wanted(struct app *app)
{
    const struct config_settings *own = app->options->own;
    return own->highlight && own->commands && session_line_mode(app->in.session) &&
           editor_view(app->editor).len > 0;
}

/* What is in PATH is to be listed; a list that is under way may have begun too early. */
static void list_path(struct app *app)
{
    if (app->side.purpose == SIDE_NAMES)
        app_side_release(app);
    app->known.path_due = app->known.dirs && *app->known.dirs && !app->in.elsewhere;
}

static bool has(const struct names *n, const char *word)
{
    return names_find(n, word, strlen(word)) == NAMES_WHOLE;
}

static void ask_again(struct app *app)
{
    struct known *k = &app->known;
    k->old = false;
    if (!session_view(app->in.session).dialect->names_told)
        k->asked = k->answered = false;
    list_path(app);
}

void app_names_step(struct app *app)
{
    struct known *k = &app->known;
    bool doubted = k->doubted;
    k->doubted = false;
    if (!wanted(app))
        return;
    if (doubted)
        ask_again(app);
    if (!k->asked && session_ask_names(app->in.session, app->now)) {
        k->asked = true;
        k->answered = false;
    }
    if (!k->path_due || app->side.purpose != SIDE_NONE)
        return;
    struct buf command = {0};
    dialect_names_command(session_view(app->in.session).cwd, k->dirs, has(&k->shell, "()"),
                          &command);
    app_side_start(app, SIDE_NAMES, buf_str(&command));
    buf_release(&command);
}

/* ---- answers ---- */

/* What stands in a folder that is not named from the root changes with the directory. */
static bool is_absolute(const char *path)
{
    for (bool more = true; more; path++) {
        if (*path != '/')
            return false;
        path += strcspn(path, ":");
        more = *path == ':';
    }
    return true;
}

/* The shell has told its names, and its PATH. */
static void take(struct app *app, const char *path, const char *names, size_t len, char end)
{
    struct known *k = &app->known;
    names_set(&k->shell, names, len, end, session_view(app->in.session).dialect->names->folded);
    k->asked = k->answered = true;
    /* (The second channel is the session's user's, on the session's host.) */
    k->unsure = app->in.elsewhere || !is_absolute(path) || has(&k->shell, "..");
    if (!k->dirs || strcmp(k->dirs, path) != 0) {
        free(k->dirs);
        k->dirs = xstrdup(path);
        names_release(&k->path);
        list_path(app);
    }
    app->dirty = true;
}

void app_names_of_shell(struct app *app, const char *strings, size_t count)
{
    struct known *k = &app->known;
    const char *path = strings, *options = mark_next(path), *end = strings;
    if (count < 2 || !session_view(app->in.session).dialect || strcmp(options, "later") == 0)
        return;
    for (size_t i = 0; i < count; i++)
        end = mark_next(end);
    const char *first = mark_next(options);
    take(app, path, first, (size_t)(end - first), '\0');
    if (strcmp(options, "whole") == 0) /* what is in PATH is among them */
        k->unsure = false;
    k->unsure = k->unsure || strcmp(options, "unsure") == 0 || strcmp(options, "autocd") == 0;
}

void app_names_in_path(struct app *app, const char *text, size_t len, bool cut)
{
    struct known *k = &app->known;
    names_set(&k->path, text, len, '\n', false);
    k->path_due = false;
    k->cut = cut || k->path.count == 0;
    k->lost = k->lost || has(&k->path, "/"); /* functions that nobody tells */
    app->dirty = true;
}

/* What a shell that cannot be asked has told with its prompt, or has anyway. */
static void take_told(struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    const char *told = view.field[FIELD_NAMES];
    if (view.dialect->names_told && *told)
        take(app, view.field[FIELD_PATH], told, strlen(told), ' ');
    if (!view.dialect->names_fixed || app->known.dirs)
        return;
    struct buf names = {0};
    for (const char *const *name = view.dialect->names_fixed; *name; name++)
        buf_printf(&names, "%s ", *name);
    take(app, "", buf_str(&names), names.len, ' ');
    buf_release(&names);
}

/* ---- is a command known? ---- */

/* A path, an expansion or a pattern says what it is itself; names that begin with "_" are not
   told, and dots alone can be a directory. */
static bool is_plain(const char *text, size_t len)
{
    bool dots = true;
    for (size_t i = 0; i < len; i++) {
        if (strchr("/~$`'\"\\*?[]{}=!^%", text[i]))
            return false;
        dots = dots && text[i] == '.';
    }
    return len > 0 && len <= NAME_MAX_BYTES && *text != '_' && (!dots || len == 1);
}

static enum names_fit find(const struct names *n, const struct names_language *language,
                           const char *word, size_t len)
{
    char low[NAME_MAX_BYTES];
    if (!language->folded)
        return names_find(n, word, len);
    for (size_t i = 0; i < len; i++)
        low[i] = (char)tolower((unsigned char)word[i]);
    enum names_fit fit = names_find(n, low, len);
    if (fit == NAMES_WHOLE || !language->prefix)
        return fit;
    char *long_form = xasprintf("%s%.*s", language->prefix, (int)len, low);
    enum names_fit other = names_find(n, long_form, strlen(long_form));
    free(long_form);
    return other > fit ? other : fit;
}

static enum known_is judge(const struct known *k, const struct names_language *language,
                           const char *word, size_t len)
{
    enum names_fit shell = find(&k->shell, language, word, len),
                   path = names_find(&k->path, word, len), best = shell > path ? shell : path;
    if (best == NAMES_WHOLE)
        return KNOWN_YES;
    if (!k->answered || k->path_due || k->unsure || k->cut || k->lost)
        return KNOWN_UNSURE;
    return best == NAMES_BEGIN ? KNOWN_BEGIN : KNOWN_NO;
}

enum known_is app_names_judge(struct app *app, const char *text, size_t len, bool growing)
{
    struct known *k = &app->known;
    const struct dialect *d = session_view(app->in.session).dialect;
    if (!app->options->own->commands || !d || !(d->names_key || d->names_told || d->names_fixed))
        return KNOWN_OFF;
    if (!k->dirs || !is_plain(text, len))
        return KNOWN_UNSURE;
    enum known_is is = judge(k, d->names, text, len);
    if (is == KNOWN_BEGIN)
        is = growing ? KNOWN_UNSURE : KNOWN_NO;
    if (is != KNOWN_NO || !k->old)
        return is;
    k->doubted = true;
    return KNOWN_UNSURE;
}

/* ---- a command was run ---- */

/* The only command of a line, if its name is a plain word. */
static size_t only_command(const char *line)
{
    size_t len = strcspn(line, " \t");
    return strpbrk(line, "\n;&|<>()`") || !isalpha((unsigned char)*line) || !is_plain(line, len)
               ? 0
               : len;
}

static void ran(struct app *app, const struct session_view *view)
{
    struct known *k = &app->known;
    const struct names_language *language = view->dialect->names;
    size_t len = only_command(view->command);
    enum known_is was = len > 0 && !k->old && view->has_status
                            ? judge(k, language, view->command, len)
                            : KNOWN_UNSURE;
    bool found = view->status != language->not_found;
    enum names_change change = names_changed_by(language, view->command);
    if (was == KNOWN_YES && !found && language->not_found != 1)
        change = NAMES_PATH;
    /* What is run where nothing is found: the next may be, too. */
    k->lost = k->lost || (was == KNOWN_NO && found) ||
              (has(&k->shell, "()") && names_may_define(view->command));
    k->old = true;
    k->asked = k->asked && k->answered && (view->dialect->names_told || change == NAMES_SAME);
    if (change == NAMES_PATH)
        list_path(app);
}

void app_names_prompt(struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    if (!view.dialect)
        return;
    if (app->ran && app->known.dirs)
        ran(app, &view);
    take_told(app);
}
