/*
 * Macros: the editor's keys are pressed again as if they were typed, each when a typed one would
 * be used. Behind Enter comes the next prompt, behind Tab the answer. What is typed meanwhile at
 * the prompt comes behind them; Ctrl-C stops them.
 */
#include "app/app_priv.h"

#include <string.h>

#define AT_ONCE 1000 /* in a turn: Ctrl-C never waits for more */

bool app_macro_holds(const struct app *app)
{
    return session_line_mode(app->in.session) && editor_replays(app->editor);
}

bool app_macro_key(struct app *app, const struct key *key)
{
    bool typed = key->kind != KEY_MOUSE && key->kind != KEY_FOCUS;
    if (key->kind == KEY_CHAR && key->code == 'c' && key->mods == MOD_CTRL) {
        if (session_line_mode(app->in.session))
            editor_macro_drop(app->editor);
        else
            editor_replay_stop(app->editor);
    }
    if (!typed || !app_macro_holds(app))
        return false;
    app_hold(app, key);
    return true;
}

bool app_macro_postpones(struct app *app, const char *text)
{
    if (!editor_replays(app->editor))
        return false;
    struct held typed = app->held;
    app->held = (struct held){0};
    held_put(&app->held, &(struct key){.kind = KEY_PASTE_BEGIN});
    held_put(&app->held, &(struct key){.kind = KEY_PASTE_DATA,
                                       .raw = (const uint8_t *)text,
                                       .raw_len = strlen(text)});
    held_put(&app->held, &(struct key){.kind = KEY_PASTE_END});
    buf_append(&app->held.keys, buf_data(&typed.keys), typed.keys.len);
    buf_append(&app->held.raw, buf_data(&typed.raw), typed.raw.len);
    held_release(&typed);
    return true;
}

/* Would a key that is typed now be used at once, and find what the keys before it have made? */
static bool is_ready(const struct app *app)
{
    bool cycles = app->cycle.on && app->completion.menu && !app->cycle.typed;
    if (!app_macro_holds(app))
        return false;
    return app->phase == PHASE_LOST || (app->phase == PHASE_SESSION && app_may_enter(app) &&
                                        !app->enter_waits && !cycles && !app_external_runs(app));
}

static void press(struct app *app, const struct key *key)
{
    if (app->phase == PHASE_LOST)
        app_lost_line_key(app, key);
    else if (!app_find_key(app, key) && !app_host_key(app, key))
        app_edit_key(app, key);
}

bool app_macro_step(struct app *app)
{
    struct key key;
    if (!editor_replays(app->editor))
        return false;
    for (int i = 0; i < AT_ONCE && is_ready(app); i++)
        if (editor_replay_next(app->editor, &key))
            press(app, &key);
    app->dirty = true;
    return is_ready(app) || (app->held.keys.len > 0 && !editor_replays(app->editor));
}
