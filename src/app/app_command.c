/* The command key, and what is behind it. */
#include "app/app_priv.h"

#include <ctype.h>

/* The command key, with more modifiers or without. */
static bool is_command(const struct app *app, const struct key *key, uint8_t more)
{
    const struct key *command = &app->command_key;
    return key->kind == command->kind && key->code == command->code &&
           key->mods == (command->mods | more);
}

void app_key_drop(struct app *app)
{
    if (app->phase == PHASE_LOST)
        app_end(app, 255, "%s", app->ending);
    else
        app_end(app, 255, "%s: the connection was dropped at your word; the session has ended",
                app->host);
}

static void key_signal(struct app *app)
{
    app->prefix = PREFIX_SIGNAL;
}

/* Keys go to the host from now on, and the line with them: until the next prompt (`once`) or for
   good. False: the shell starts no external editor. */
static bool give_line(struct app *app, bool once, bool external)
{
    struct editor_view view = editor_view(app->editor);
    if (session_line_mode(app->in.session))
        vscreen_fresh_line(app->vscreen);
    if (!once)
        session_set_raw(app->in.session, true, view.text, view.len, app->now);
    else if (!session_hand_over(app->in.session, view.text, view.len, view.cursor, external,
                                app->now))
        return false;
    editor_clear(app->editor);
    return true;
}

static void key_raw(struct app *app)
{
    bool prompt = session_view(app->in.session).state == SESSION_PROMPT;
    editor_replay_stop(app->editor);
    if (app->phase != PHASE_SESSION) {
        app_notice(app, "there is no session to type to yet");
    } else if (app_nested_offers(app)) {
        app_nested_begin(app);
    } else if (!prompt && vscreen_modes(app->vscreen)->alternate) {
        app_notice(app, "this program has the screen: a shell in it stays a plain terminal");
    } else if (session_is_raw(app->in.session)) {
        session_set_raw(app->in.session, false, "", 0, app->now);
        if (!app->console) /* whose prompt is taken from the page */
            vscreen_fresh_line(app->vscreen);
        app_notice(app, "%s", prompt ? "line mode" : "line mode, from the next prompt on");
    } else {
        give_line(app, false, false);
        app_notice(app, "%s",
                   prompt ? "raw mode: keys go to the host" : "raw mode, from the next prompt on");
    }
}

void app_hand_over(struct app *app, bool external)
{
    if (app->phase != PHASE_SESSION || !session_line_mode(app->in.session))
        app_notice(app, "there is no line to be edited on the host");
    else if (!give_line(app, true, external))
        app_notice(app, "this shell starts no editor for its lines");
    else
        app_notice(app, "the line is edited on the host, until the next prompt");
}

static void key_edit(struct app *app)
{
    editor_replay_stop(app->editor);
    app_hand_over(app, false);
}

static void key_itself(struct app *app)
{
    const char byte = (char)app->options->own->command_key;
    /* At the prompt the shell's idle editor would take it for a command of its own. */
    if (app->phase == PHASE_SESSION && !session_line_mode(app->in.session))
        session_type(app->in.session, &byte, 1, app->now);
    else if (app->phase != PHASE_SESSION || !app_line_key(app, &app->command_key))
        app_notice(app, "%s is for running programs: nothing is sent at the prompt",
                   app->command_name);
}

/* When a command does something. */
enum {
    WHEN_ALWAYS = 0,
    WHEN_SESSION = 1 << 0, /* there is one */
    WHEN_LINE = 1 << 1,    /* a line is edited here */
    WHEN_HOST = 1 << 2,    /* the host has the keys */
};

/* The help is made from this table too: app_help.c. */
const struct app_command app_commands[] = {
    {'?', "this help", app_help_open, WHEN_ALWAYS},
    {'[', "scroll, search, select (PageUp does too)", app_scroll_enter, WHEN_ALWAYS},
    {'y', "copy the last command's output", app_copy_output, WHEN_ALWAYS},
    {'s', "send a signal to the running command", key_signal, WHEN_SESSION | WHEN_HOST},
    {'e', "edit this line on the host, until the next prompt", key_edit, WHEN_SESSION | WHEN_LINE},
    {'t', "raw mode, line mode again, or that of a shell that waits", key_raw, WHEN_SESSION},
    {'m', "give the mouse to the local terminal, or take it", app_scroll_mouse, WHEN_ALWAYS},
    {'z', "suspend tether: the local shell's fg comes back", app_suspend, WHEN_ALWAYS},
    {'.', "drop the connection", app_key_drop, WHEN_ALWAYS},
    {0, NULL, NULL, WHEN_ALWAYS},
};

bool app_command_is_due(const struct app *app, const struct app_command *command)
{
    bool line = session_line_mode(app->in.session);
    unsigned now = app->phase != PHASE_SESSION ? 0 : WHEN_SESSION | (line ? WHEN_LINE : WHEN_HOST);
    return (command->when & ~now) == 0;
}

char app_command_letter(const struct app *app)
{
    char letter = (char)tolower(app->options->own->command_key + '@');
    for (const struct app_command *c = app_commands; c->key; c++)
        if (c->key == letter)
            return 0;
    return letter;
}

static bool run_command(struct app *app, const struct key *key)
{
    char letter = app_command_letter(app);
    if (letter && key->kind == KEY_CHAR && key->mods == 0 && key->code == (uint32_t)letter) {
        key_itself(app);
        return true;
    }
    for (const struct app_command *c = app_commands; c->key; c++) {
        if (key->kind == KEY_CHAR && key->mods == 0 && key->code == (uint32_t)c->key) {
            c->run(app);
            return true;
        }
    }
    return false;
}

static void command_key(struct app *app, const struct key *key)
{
    app->prefix = PREFIX_NONE;
    if (is_command(app, key, 0)) {
        key_itself(app);
        return;
    }
    if (!run_command(app, key) && !(key->kind == KEY_CHAR && key->code == 0x1b))
        app_notice(app, "not a key of tether's: %s ? lists them", app->command_name);
}

const struct app_signal app_signals[] = {
    {'i', "INT"}, {'t', "TERM"}, {'k', "KILL"}, {'q', "QUIT"}, {'h', "HUP"}, {0, NULL},
};

static void signal_key(struct app *app, const struct key *key)
{
    app->prefix = PREFIX_NONE;
    for (const struct app_signal *s = app_signals; s->key; s++)
        if (key->kind == KEY_CHAR && key->code == (uint32_t)s->key)
            app_signal(app, s->name);
}

bool app_command_key(struct app *app, const struct key *key)
{
    if (app->help || app->prefix != PREFIX_NONE) {
        /* A key that is let go is unknown too. */
        if (key->kind == KEY_FOCUS || key->kind == KEY_MOUSE || key->kind == KEY_UNKNOWN)
            return true;
        if (key->kind == KEY_PASTE_BEGIN) {
            app->help = false;
            app->prefix = PREFIX_NONE;
        }
    }
    if (app->help && app_help_key(app, key))
        return true;
    if (app->help) {
        /* The box names the command key's letters: they act in it too. */
        app->help = false;
        app->prefix = is_command(app, key, 0) ? PREFIX_COMMAND : PREFIX_NONE;
        if (app->prefix == PREFIX_NONE)
            run_command(app, key);
        return true;
    }
    if (app->prefix == PREFIX_COMMAND) {
        command_key(app, key);
        return true;
    }
    if (app->prefix == PREFIX_SIGNAL) {
        signal_key(app, key);
        return true;
    }
    if (is_command(app, key, MOD_ALT)) {
        /* Read together, over a slow line, but two keys. */
        static const uint8_t escape[] = {0x1b};
        app_take_key(app,
                     &(struct key){.kind = KEY_CHAR, .code = 0x1b, .raw = escape, .raw_len = 1});
        app->prefix = PREFIX_COMMAND;
        return true;
    }
    if (is_command(app, key, 0)) {
        app->prefix = PREFIX_COMMAND;
        return true;
    }
    return false;
}
