/* What the person types: to a question, to us (the command key), to the editor, to the host. */
#include "app/app_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/log.h"
#include "session/secret.h"

#define HELD_MAX (4 * 1024 * 1024) /* as much as a person pastes */
#define HOLD_MS  2000
#define ROWS_MAX (256 * 1024) /* a longer line is data: Enter sends it */

static void take_key(struct app *app, const struct key *key);
static bool line_key(struct app *app, const struct key *key);

static bool is_ctrl(const struct key *key, char c)
{
    return key->kind == KEY_CHAR && key->code == (uint32_t)c && key->mods == MOD_CTRL;
}

/* The command key, with more modifiers or without. */
static bool is_command(const struct app *app, const struct key *key, uint8_t more)
{
    const struct key *command = &app->command_key;
    return key->kind == command->kind && key->code == command->code &&
           key->mods == (command->mods | more);
}

/* ---- the command key ---- */

static void key_help(struct app *app)
{
    app->help = true;
}

static void key_drop(struct app *app)
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

static void key_raw(struct app *app)
{
    if (app->phase != PHASE_SESSION) {
        app_notice(app, "there is no session to type to yet");
        return;
    }
    struct editor_view view = editor_view(app->editor);
    bool raw = !session_is_raw(app->session);
    if (raw && session_line_mode(app->session))
        vscreen_fresh_line(app->vscreen);
    session_set_raw(app->session, raw, view.text, view.len, app->now);
    if (raw)
        editor_clear(app->editor);
    else
        vscreen_fresh_line(app->vscreen);
    app_notice(app, raw ? "raw mode: keys go to the host" : "line mode");
}

static void hand_over(struct app *app, bool external)
{
    struct editor_view view = editor_view(app->editor);
    size_t behind = 0;
    if (app->phase != PHASE_SESSION || !session_line_mode(app->session)) {
        app_notice(app, "there is no line to be edited on the host");
        return;
    }
    for (size_t i = view.cursor; i < view.len; i++)
        behind += ((unsigned char)view.text[i] & 0xc0) != 0x80;
    vscreen_fresh_line(app->vscreen);
    if (!session_hand_over(app->session, view.text, view.len, behind, external, app->now)) {
        app_notice(app, "this shell starts no editor for its lines");
        return;
    }
    editor_clear(app->editor);
    app_notice(app, "the line is edited on the host, until the next prompt");
}

static void key_edit(struct app *app)
{
    hand_over(app, false);
}

static void key_itself(struct app *app)
{
    const char byte = (char)app->options->own->command_key;
    /* At the prompt the shell's idle editor would take it for a command of its own. */
    if (app->phase == PHASE_SESSION && !session_line_mode(app->session))
        session_type(app->session, &byte, 1);
    else if (app->phase != PHASE_SESSION || !line_key(app, &app->command_key))
        app_notice(app, "%s is for running programs: nothing is sent at the prompt",
                   app->command_name);
}

/* The popup's text is made from this table too: see app_draw.c. */
const struct app_command app_commands[] = {
    {'?', "this help", key_help},
    {'[', "scroll, search, select (PageUp does too)", app_scroll_enter},
    {'y', "copy the last command's output", app_copy_output},
    {'s', "send a signal to the running command", key_signal},
    {'e', "edit this line on the host, until the next prompt", key_edit},
    {'t', "raw mode, or line mode again", key_raw},
    {'m', "give the mouse to the local terminal, or take it", app_scroll_mouse},
    {'z', "suspend tether: the local shell's fg comes back", app_suspend},
    {'.', "drop the connection", key_drop},
    {0, NULL, NULL},
};

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

/* ---- the line ---- */

static void refuse_control(struct app *app, const char *text, long at)
{
    unsigned char c = (unsigned char)text[at];
    app_notice(app,
               "the line holds a control character (^%c), which would act on its way: remove it",
               c == 0x7f ? '?' : c + '@');
}

/* PowerShell's word for leaving. */
static bool is_exit_word(const char *text, size_t len)
{
    static const char word[] = "exit-pssession";
    return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

/* The lines of one command are one entry, kept when the shell has it whole; but no secrets. */
void app_remember(struct app *app)
{
    if (app->block.len == 0)
        return;
    const struct session_view view = session_view(app->session);
    const char *line = buf_str(&app->block), *secret = secret_in(line, app->block.len);
    struct err err;
    if (secret)
        app_notice(app, "not kept in the history: the line holds %s", secret);
    else if (!history_add(app->history, line, view.cwd, time(NULL), &err) && err.text[0])
        app_notice(app, "%s", err.text);
    app->remembered = !secret && *line != ' ';
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

/* The row about the cursor: where it begins, and how much blank it begins with. */
static size_t row_start(const struct editor_view *view)
{
    size_t at = view->cursor;
    while (at > 0 && view->text[at - 1] != '\n')
        at--;
    return at;
}

/* The line without an empty row at its end: the Enter that sends it begins that row. */
static size_t without_empty_row(const struct editor_view *view)
{
    size_t len = view->len;
    while (len > 0 && strchr(" \t", view->text[len - 1]))
        len--;
    return len > 0 && view->text[len - 1] == '\n' ? len - 1 : view->len;
}

/* Enter in the middle of a construct (a quote, a here-document, `do`) begins a new row, indented
   as this one. On an empty row, or if the shell has begun to ask itself, it is sent as it is. */
static bool enter_begins_row(struct app *app, const struct editor_view *view)
{
    const struct session_view now = session_view(app->session);
    if (now.continuing || view->len > ROWS_MAX || (now.dialect && now.dialect->foreign))
        return false;
    syntax_scan(&app->syntax, view->text, view->len);
    size_t start = row_start(view), blank = 0;
    while (start + blank < view->cursor && strchr(" \t", view->text[start + blank]))
        blank++;
    if (!app->syntax.incomplete || (start > 0 && without_empty_row(view) < view->len))
        return false;
    char *row = xasprintf("\n%.*s", (int)blank, view->text + start);
    editor_insert(app->editor, row, strlen(row));
    free(row);
    return true;
}

void app_enter(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    long control = dialect_control(view.text, view.len);
    app->enter_waits = false;
    app->completion.wanted = false;
    app->dirty = true;
    app_complete_close(app);
    if (control >= 0) {
        refuse_control(app, view.text, control);
        return;
    }
    if (!session_can_submit(app->session)) {
        app->enter_waits = true;
        return;
    }
    if (enter_begins_row(app, &view))
        return;
    char *line = xstrndup(view.text, without_empty_row(&view));
    if (session_view(app->session).continuing)
        buf_putc(&app->block, '\n');
    else
        buf_clear(&app->block);
    buf_puts(&app->block, line);
    app_commit_line(app, line);
    editor_clear(app->editor);
    if (is_exit_word(line, strlen(line)))
        session_submit(app->session, "exit", 4, app->now);
    else
        session_submit(app->session, line, strlen(line), app->now);
    free(line);
    app->escape.inside = app->escape.held = false;
    app->notice_until = app->now; /* it was about what came before */
}

static void hold(struct app *app, const struct key *key)
{
    if (app->held.raw.len + key->raw_len > HELD_MAX)
        return;
    buf_append(&app->held.keys, key, sizeof *key);
    buf_append(&app->held.raw, key->raw, key->raw_len);
}

static void held_release(struct held *held)
{
    buf_release_secret(&held->keys);
    buf_release_secret(&held->raw);
}

/*
 * Keys typed while a line is handed over must not reach the shell's editor, whose terminal
 * settings would spoil them for the command (a CR would stay one): they wait until the command
 * runs, or are the editor's again if the shell wants another line. Keys typed while a lost link
 * is made anew belong to the line that waits; keys typed before the shell has announced itself
 * wait for it, since it may have to be asked for another way.
 */
static bool must_hold(const struct app *app)
{
    const struct session_view view = session_view(app->session);
    bool starting =
        view.state == SESSION_STARTING && !app->shell_asked && (app->again || !view.announced);
    return (view.state == SESSION_SUBMITTED || starting) && app->now - view.since < HOLD_MS;
}

static void use_held(struct app *app)
{
    struct held held = app->held;
    app->held = (struct held){0};
    struct key key;
    for (; held.keys.len > 0; buf_consume(&held.keys, sizeof key)) {
        memcpy(&key, buf_data(&held.keys), sizeof key);
        key.raw = buf_data(&held.raw);
        take_key(app, &key);
        buf_consume(&held.raw, key.raw_len);
    }
    held_release(&held);
}

void app_go_on(struct app *app)
{
    if (app->phase != PHASE_SESSION)
        return;
    if (app->enter_waits && session_can_submit(app->session))
        app_enter(app);
    if (app->completion.wanted && session_can_submit(app->session))
        app_complete(app);
    /* Overtaken by Enter, or given up: the next Tab asks anew. */
    if (!session_view(app->session).completing && app->side.purpose != SIDE_COMPLETE)
        app->completion.waiting = false;
    if (app->held.keys.len > 0 && !app->enter_waits && !must_hold(app))
        use_held(app);
}

static void drop_line(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    char *line = xasprintf("%.*s^C", (int)view.len, view.text);
    app_complete_close(app);
    session_complete_cancel(app->session);
    app->completion.wanted = app->completion.waiting = false;
    app->enter_waits = false;
    held_release(&app->held);
    app_commit_line(app, line);
    free(line);
    editor_clear(app->editor);
    if (session_drop(app->session))
        buf_clear(&app->block);
}

/* Ctrl-L: the page scrolls up and away; nothing of it is lost. */
static void clear_page(struct app *app)
{
    static const struct style plain;
    for (int i = 1; i < vscreen_rows(app->vscreen); i++)
        vscreen_print(app->vscreen, &plain, "\n", 1);
    app_emulate(app, "\033[H");
}

static bool menu_takes(struct app *app, const struct key *key)
{
    if (!app->completion.menu)
        return false;
    switch (menu_key(app->completion.menu, key, app->cols)) {
    case MENU_MOVED: return true;
    case MENU_TAKE: app_complete_take(app); return true;
    case MENU_CLOSE: app_complete_close(app); return true;
    case MENU_IGNORED: break;
    }
    return false;
}

/* The key looks into the history, where other sessions may have written since. */
static bool is_walk(const struct key *key)
{
    return is_ctrl(key, 'r') || is_ctrl(key, 'p') ||
           (key->kind == KEY_NAMED && key->code == KEY_UP && key->mods == 0);
}

/* False: it is no key of the editor's. */
static bool line_key(struct app *app, const struct key *key)
{
    if (app->enter_waits && !is_ctrl(key, 'c')) {
        hold(app, key);
        return true;
    }
    if (is_ctrl(key, 'c')) {
        drop_line(app);
        return true;
    }
    if (is_ctrl(key, 'l')) {
        clear_page(app);
        return true;
    }
    if (menu_takes(app, key))
        return true;
    if (is_walk(key))
        history_refresh(app->history);
    switch (editor_key(app->editor, key)) {
    case EDITOR_EDITED: app_complete_narrow(app); break;
    case EDITOR_ACCEPT: app_enter(app); break;
    case EDITOR_EOF:
        app_commit_line(app, "");
        session_eof(app->session, app->now);
        break;
    case EDITOR_FIND: app_find(app); break;
    case EDITOR_EXTERNAL: hand_over(app, true); break;
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
    case ESCAPE_DROP: key_drop(app); break;
    case ESCAPE_SUSPEND: app_suspend(app); break;
    case ESCAPE_HELP: key_help(app); break;
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
        held_release(&app->held);
    } else if (app->phase != PHASE_SESSION || app->held.keys.len > 0 || must_hold(app)) {
        hold(app, key);
        return;
    }
    struct buf bytes = {0};
    if (escape_key(app, key, &bytes))
        return;
    struct key moved = *key; /* a click's row is the frame's */
    moved.mouse.row = view_screen_row(app->scroll.view, key->mouse.row);
    keys_encode(&moved, vscreen_modes(app->vscreen), &bytes);
    session_type(app->session, buf_data(&bytes), bytes.len);
    buf_release_secret(&bytes);
}

/* ---- who gets a key ---- */

static bool give_up_key(const struct key *key)
{
    return is_ctrl(key, 'c') || (key->kind == KEY_CHAR && key->code == 0x1b && key->mods == 0);
}

static void lost_key(struct app *app, const struct key *key)
{
    bool editing = session_line_mode(app->session);
    if (key->kind == KEY_CHAR && key->code == '\r')
        app_connect(app);
    else if (is_ctrl(key, 'd') && (!editing || editor_view(app->editor).len == 0))
        key_drop(app);
    else if (editing && is_ctrl(key, 'c'))
        editor_clear(app->editor);
    /* The unsent line may be worked on meanwhile; there is nobody to submit it to. */
    else if (editing && editor_key(app->editor, key) == EDITOR_ACCEPT)
        app_connect(app);
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

static void take_key(struct app *app, const struct key *key)
{
    app->dirty = true;
    if (key->kind == KEY_REPORT) {
        app_terminal_report(app, key);
        return;
    }
    if (app->help || app->prefix != PREFIX_NONE) {
        /* A key that is let go is unknown too. */
        if (key->kind == KEY_FOCUS || key->kind == KEY_MOUSE || key->kind == KEY_UNKNOWN)
            return;
        if (key->kind == KEY_PASTE_BEGIN) {
            app->help = false;
            app->prefix = PREFIX_NONE;
        }
    }
    if (app->help) {
        /* The box names the command key's letters: they act in it too. */
        app->help = false;
        app->prefix = is_command(app, key, 0) ? PREFIX_COMMAND : PREFIX_NONE;
        if (app->prefix == PREFIX_NONE)
            run_command(app, key);
        return;
    }
    if (app->prefix == PREFIX_COMMAND) {
        command_key(app, key);
        return;
    }
    if (app->prefix == PREFIX_SIGNAL) {
        signal_key(app, key);
        return;
    }
    if (is_command(app, key, MOD_ALT)) {
        /* Read together, over a slow line, but two keys. */
        static const uint8_t escape[] = {0x1b};
        take_key(app, &(struct key){.kind = KEY_CHAR, .code = 0x1b, .raw = escape, .raw_len = 1});
        app->prefix = PREFIX_COMMAND;
        return;
    }
    if (is_command(app, key, 0)) {
        app->prefix = PREFIX_COMMAND;
        return;
    }
    if (app_find_key(app, key) || app_scroll_key(app, key))
        return;
    switch (app->phase) {
    case PHASE_CONNECTING:
    case PHASE_OPENING: connecting_key(app, key); break;
    case PHASE_LOST: lost_key(app, key); break;
    case PHASE_SESSION:
        if (session_line_mode(app->session))
            line_key(app, key);
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
    while (app->phase != PHASE_OVER && keys_next(app->keys, app->now, &key))
        take_key(app, &key);
}
