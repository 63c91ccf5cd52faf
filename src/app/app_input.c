/* What the person types: to a question, to us (the command key), to the editor, to the host. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define HELD_MAX  (4 * 1024 * 1024) /* as much as a person pastes */
#define HOLD_MS   2000
#define SILENT_MS 1000
#define SPOKEN_MS 300

static bool is_ctrl(const struct key *key, char c)
{
    return key->kind == KEY_CHAR && key->code == (uint32_t)c && key->mods == MOD_CTRL;
}

/* ---- the line ---- */

void held_put(struct held *held, const struct key *key)
{
    buf_append(&held->keys, key, sizeof *key);
    buf_append(&held->raw, key->raw, key->raw_len);
}

void held_release(struct held *held)
{
    buf_release_secret(&held->keys);
    buf_release_secret(&held->raw);
}

void app_hold(struct app *app, const struct key *key)
{
    if (app->held.raw.len + key->raw_len <= HELD_MAX)
        held_put(&app->held, key);
}

/* Until when keys wait for a shell that has not announced itself. A host that has said something
   else and is quiet (a menu) wants them; one that is silent may. (A shell that is only slow gives
   back at its prompt what it has not read.) */
static int64_t announced_by(const struct app *app)
{
    int64_t latest = app->opened_at + SILENT_MS;
    bool spoke = app->heard_at >= app->opened_at;
    return spoke ? clock_earlier(app->heard_at + SPOKEN_MS, latest) : latest;
}

/*
 * Keys typed while a line is handed over must not reach the shell's editor, whose terminal
 * settings would spoil them for the command (a CR would stay one): they wait until the command
 * runs, or are the editor's again if the shell wants another line. Keys typed while a lost link
 * is made anew belong to the line that waits; keys typed before the shell has announced itself
 * wait for it, since it may have to be asked for another way. Keys typed while a console's row is
 * looked at would not be in it yet.
 */
static int64_t hold_until(const struct app *app)
{
    const struct session_view view = session_view(app->in.session);
    bool starting = view.state == SESSION_STARTING && !app->shell_asked;
    if (app_nested_hides(app))
        return CLOCK_NEVER;
    if (view.settling_since)
        return view.settling_since + HOLD_MS;
    if (view.state == SESSION_SUBMITTED)
        return view.since + HOLD_MS;
    if (starting && app->again)
        return app->opened_at + HOLD_MS;
    return starting && !view.announced ? announced_by(app) : 0;
}

static bool must_hold(const struct app *app)
{
    return app->now < hold_until(app);
}

int64_t app_held_deadline(const struct app *app)
{
    return app->held.keys.len > 0 && must_hold(app) ? hold_until(app) : CLOCK_NEVER;
}

static void use_held(struct app *app)
{
    struct held held = app->held;
    app->held = (struct held){0};
    struct key key;
    for (; held.keys.len > 0; buf_consume(&held.keys, sizeof key)) {
        memcpy(&key, buf_data(&held.keys), sizeof key);
        key.raw = buf_data(&held.raw);
        app_take_key(app, &key);
        buf_consume(&held.raw, key.raw_len);
    }
    held_release(&held);
}

void app_go_on(struct app *app)
{
    if (app->phase != PHASE_SESSION)
        return;
    app_complete_step(app);
    app_names_step(app);
    if (app->enter_waits && app_may_enter(app))
        app_enter(app);
    app_rows_next(app);
    if (!session_line_mode(app->in.session) || session_can_submit(app->in.session))
        app->keys_wait = false;
    bool waits = app->enter_waits || app->keys_wait || app_complete_holds(app) ||
                 app_macro_holds(app) || must_hold(app);
    if (app->held.keys.len > 0 && !waits)
        use_held(app);
}

static void drop_line(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    char *line = xasprintf("%.*s^C", (int)view.len, view.text);
    app_complete_drop(app);
    app_complete_close(app);
    app->enter_waits = app->keys_wait = false;
    held_release(&app->held);
    held_release(&app->begun);
    app_commit_line(app, line);
    free(line);
    editor_clear(app->editor);
    app_rows_drop(app);
    if (session_drop(app->in.session))
        buf_clear(&app->block);
}

/* Ctrl-C and Ctrl-X of Windows' keys go to the clipboard too. */
static bool copy_selected(struct app *app)
{
    struct buf text = {0};
    bool copied = editor_copy(app->editor, &text);
    if (copied)
        app_copy(app, &text);
    buf_release_secret(&text);
    return copied;
}

/* Ctrl-L: the page scrolls up and away; nothing of it is lost. */
static void clear_page(struct app *app)
{
    static const struct style plain;
    for (int i = 1; i < vscreen_rows(app->vscreen); i++)
        vscreen_print(app->vscreen, &plain, "\n", 1);
    app_emulate(app, "\033[H");
}

/* The key looks into the history, where other sessions may have written since. */
static bool is_walk(const struct key *key)
{
    return is_ctrl(key, 'r') || is_ctrl(key, 'p') ||
           (key->kind == KEY_NAMED && key->code == KEY_UP && key->mods == 0) ||
           (key->kind == KEY_NAMED && key->code == KEY_F1 + 7);
}

/* What does not simply insert itself has to do with what was typed ahead: an Up that the shell's
   editor has had, and one that comes behind it. */
static bool waits_for_typed(const struct app *app, const struct key *key)
{
    bool text = key->kind == KEY_CHAR && key->mods == 0 && key->code >= 0x20 && key->code != 0x7f;
    bool enter = key->kind == KEY_CHAR && key->code == '\r';
    bool acts = (key->kind == KEY_CHAR || key->kind == KEY_NAMED) && !text && !enter;
    return acts && session_view(app->in.session).owes;
}

bool app_line_key(struct app *app, const struct key *key)
{
    if (app_complete_holds(app) && app_complete_escape(app, key))
        return true;
    app->keys_wait = app->keys_wait || waits_for_typed(app, key);
    bool waits = app->enter_waits || app->keys_wait || app_complete_holds(app);
    if (waits && !is_ctrl(key, 'c')) {
        app_hold(app, key);
        return true;
    }
    if (is_ctrl(key, 'c')) {
        if (!copy_selected(app))
            drop_line(app);
        return true;
    }
    editor_typed(app->editor, key);
    return app_host_key(app, key) || app_edit_key(app, key);
}

bool app_edit_key(struct app *app, const struct key *key)
{
    if (is_ctrl(key, 'l')) {
        clear_page(app);
        return true;
    }
    if (app_cycle_key(app, key) || app_complete_key(app, key))
        return true;
    if (is_walk(key)) {
        history_refresh(app->in.history);
        app_host_history_want(app);
    }
    if (is_ctrl(key, 'x'))
        copy_selected(app);
    enum editor_did did = editor_key(app->editor, key);
    app->refused = app->refused && did == EDITOR_ACCEPT;
    switch (did) {
    case EDITOR_EDITED:
        app_complete_narrow(app);
        app_warn_secret(app);
        break;
    case EDITOR_ACCEPT: app_enter(app); break;
    case EDITOR_EOF:
        app_commit_line(app, "");
        session_eof(app->in.session, app->now);
        break;
    case EDITOR_RUNAWAY:
        app_notice(app, "the macro was stopped: it runs itself, or presses too many keys");
        break;
    case EDITOR_FIND: app_find(app); break;
    case EDITOR_EXTERNAL: app_external(app); break;
    case EDITOR_CYCLE: app_cycle(app); break;
    case EDITOR_COMPLETE: app_complete(app); break;
    case EDITOR_IGNORED: return false;
    }
    return true;
}

/* ---- the host ---- */

/* The byte that a key is, -1 if it is none. */
static int key_byte(const struct key *key)
{
    if (key->kind != KEY_CHAR || key->code >= 0x80)
        return -1;
    if (key->mods == MOD_CTRL && key->code >= '@')
        return (int)(key->code & 0x1f);
    return key->mods == 0 ? (int)key->code : -1;
}

static void obey(struct app *app, enum escape_command command)
{
    switch (command) {
    case ESCAPE_NONE: break;
    case ESCAPE_DROP: app_key_drop(app); break;
    case ESCAPE_SUSPEND: app_suspend(app); break;
    case ESCAPE_HELP: app_help_open(app); break;
    }
}

/* ssh's escapes. True: nothing of the key is for the host. `before` gets what goes there first. */
static bool escape_key(struct app *app, const struct key *key, struct buf *before)
{
    if (key->kind == KEY_MOUSE || key->kind == KEY_FOCUS)
        return false;
    struct escape_step step = escape_take(&app->escape, key_byte(key));
    if (step.release)
        buf_putc(before, (char)app->escape.character);
    obey(app, step.command);
    return step.taken;
}

static void count_interrupt(struct app *app)
{
    if (++app->interrupts >= 2 && !vscreen_modes(app->vscreen)->alternate)
        app_notice(app, "no answer to Ctrl-C? %s s t ends the command, %s s k kills it",
                   app->command_name, app->command_name);
}

static void raw_key(struct app *app, const struct key *key)
{
    if (is_ctrl(key, 'c')) {
        count_interrupt(app);
        app->stopped = true;
        held_release(&app->held);
    } else if (app->phase != PHASE_SESSION || app->held.keys.len > 0 || must_hold(app)) {
        app_hold(app, key);
        return;
    }
    struct buf bytes = {0};
    if (escape_key(app, key, &bytes))
        return;
    struct key moved = *key; /* a click's row is the frame's */
    moved.mouse.row = view_screen_row(app->scroll.view, key->mouse.row);
    keys_encode(&moved, vscreen_modes(app->vscreen), &bytes);
    session_type(app->in.session, buf_data(&bytes), bytes.len, app->now);
    buf_release_secret(&bytes);
}

/* ---- who gets a key ---- */

static bool give_up_key(const struct key *key)
{
    return is_ctrl(key, 'c') || key_is_escape(key);
}

/* The unsent line may be worked on meanwhile; there is nobody to submit it to. */
void app_lost_line_key(struct app *app, const struct key *key)
{
    if (editor_key(app->editor, key) == EDITOR_ACCEPT)
        app_connect(app);
}

static void lost_key(struct app *app, const struct key *key)
{
    bool editing = session_line_mode(app->in.session);
    if (key->kind == KEY_CHAR && key->code == '\r')
        app_connect(app);
    else if (is_ctrl(key, 'd') && (!editing || editor_view(app->editor).len == 0))
        app_key_drop(app);
    else if (editing && is_ctrl(key, 'c'))
        editor_clear(app->editor);
    else if (editing) {
        editor_typed(app->editor, key);
        app_lost_line_key(app, key);
    }
}

static void connecting_key(struct app *app, const struct key *key)
{
    if (app->ask.active)
        app_ask_key(app, key);
    else if (give_up_key(key))
        app_give_up(app, 255);
    else
        raw_key(app, key);
}

void app_follow_keys(struct app *app)
{
    static const enum editor_keys keys[] = {
        [KEYS_EMACS] = EDITOR_EMACS, [KEYS_VI] = EDITOR_VI, [KEYS_WINDOWS] = EDITOR_WINDOWS};
    enum config_keys own = app->options->own->keys;
    bool vi = strcmp(session_view(app->in.session).field[FIELD_KEYS], "vi") == 0;
    if (own != KEYS_SHELL)
        editor_set_keys(app->editor, keys[own]);
    else if (!editor_keys_chosen(app->editor))
        editor_set_keys(app->editor, vi ? EDITOR_VI : EDITOR_EMACS);
}

void app_take_key(struct app *app, const struct key *key)
{
    app->dirty = true;
    if (key->kind == KEY_REPORT) {
        app_terminal_report(app, key);
        return;
    }
    if (app_command_key(app, key) || app_macro_key(app, key))
        return;
    if (app->find.finder)
        editor_typed(app->editor, key);
    if (app_find_key(app, key) || app_scroll_key(app, key))
        return;
    switch (app->phase) {
    case PHASE_CONNECTING:
    case PHASE_OPENING: connecting_key(app, key); break;
    case PHASE_LOST: lost_key(app, key); break;
    case PHASE_SESSION:
        if (session_line_mode(app->in.session))
            app_line_key(app, key);
        else
            raw_key(app, key);
        break;
    case PHASE_OVER: break;
    }
}

void app_keys(struct app *app)
{
    char data[16384];
    long n = tty_read(app->tty, data, sizeof data);
    if (n < 0) {
        app_end(app, 129, "the local terminal has gone");
        return;
    }
    keys_feed(app->keys, data, (size_t)n, app->now);
    explicit_bzero(data, sizeof data);
}

void app_forget_keys(struct app *app)
{
    char data[4096];
    while (tty_read(app->tty, data, sizeof data) > 0)
        continue;
    explicit_bzero(data, sizeof data);
    keys_free(app->keys);
    app->keys = keys_new(app->ti);
    held_release(&app->held);
}

void app_keys_step(struct app *app)
{
    struct key key;
    while (app->phase != PHASE_OVER && keys_next(app->keys, app->now, &key)) {
        app->key_at = app->now;
        app_take_key(app, &key);
    }
}
