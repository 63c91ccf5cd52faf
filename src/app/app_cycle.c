/* Tab of Windows' keys: the candidates come into the line, one after the other. The menu below it
   shows where one is. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

static bool is_tab(const struct key *key)
{
    bool tab = key->kind == KEY_CHAR && key->code == '\t' && key->mods == 0;
    return tab || (key->kind == KEY_NAMED && key->code == KEY_BACKTAB);
}

static bool is_arrow(const struct key *key)
{
    return key->kind == KEY_NAMED && key->code <= KEY_LEFT && key->mods == 0;
}

/* The menu's own, which it has from then on. */
static bool is_preview_key(const struct key *key)
{
    return (key->kind == KEY_CHAR && key->code == ' ' && key->mods == MOD_CTRL) ||
           (key->kind == KEY_NAMED && key->code == KEY_F1 && key->mods == 0);
}

/* In the place of the candidate before, or of what was typed. */
static void put(struct app *app, const char *text)
{
    editor_replace(app->editor, app->cycle.len, text, strlen(text));
    app->cycle.len = strlen(text);
}

static void put_selected(struct app *app)
{
    const struct menu *menu = app->completion.menu;
    long selected = menu_selected(menu);
    if (selected >= 0)
        put(app, menu_item(menu, (size_t)selected)->text);
}

static void end(struct app *app)
{
    app->cycle.on = false;
    free(app->cycle.typed);
    app->cycle.typed = NULL;
}

void app_cycle(struct app *app)
{
    end(app);
    app->cycle.on = true;
    app_complete(app);
}

void app_cycle_step(struct app *app)
{
    static const struct key tab = {.kind = KEY_CHAR, .code = '\t'};
    if (!app->cycle.on || !app->completion.menu || app->cycle.typed)
        return;
    app->cycle.typed = app_complete_word(app);
    if (!app->cycle.typed)
        return;
    app->cycle.len = strlen(app->cycle.typed);
    if (menu_selected(app->completion.menu) < 0)
        menu_key(app->completion.menu, &tab, app->cols);
    put_selected(app);
}

bool app_cycle_key(struct app *app, const struct key *key)
{
    if (!app->cycle.on)
        return false;
    bool shown = app->completion.menu && app->cycle.typed;
    if (shown && (is_tab(key) || is_arrow(key))) {
        menu_key(app->completion.menu, key, app->cols);
        put_selected(app);
        return true;
    }
    if (shown && is_preview_key(key)) {
        end(app);
        return false;
    }
    bool back = shown && key_is_escape(key);
    if (back)
        put(app, app->cycle.typed);
    if (shown)
        app_complete_close(app);
    if (!is_tab(key))
        end(app);
    return back;
}
