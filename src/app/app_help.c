/* The keys in force, in a box: those behind the command key, and those of what is on the screen. */
#include "app/app_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/popup.h"

#define LINE_BYTES 80

struct help {
    char (*lines)[LINE_BYTES];
    int count;
};

__attribute__((format(printf, 2, 3))) static void add(struct help *h, const char *format, ...)
{
    va_list args;
    h->lines = xrealloc(h->lines, (size_t)(h->count + 1) * sizeof *h->lines);
    va_start(args, format);
    vsnprintf(h->lines[h->count++], LINE_BYTES, format, args);
    va_end(args);
}

/* ---- what the keys mean now ---- */

struct row {
    const char *keys, *what; /* NULL at the end */
};

static const struct row line_keys[] = {
    {"Enter", "run the line; in an unfinished one a new row"},
    {"Up Down", "the history"},
    {"Right", "take what is suggested behind the cursor"},
    {"Ctrl-Right", "take its next word"},
    {"Tab", "complete"},
    {"Ctrl-C", "drop the line"},
    {"Ctrl-L", "clear the screen; nothing is lost"},
    {"Ctrl-D", "on an empty line: leave"},
    {"PageUp", "look back"},
    {NULL, NULL},
};
static const struct row typing_keys[] = {
    {"Ctrl-R", "the history as a list, searched"},
    {NULL, NULL},
};
static const struct row emacs_keys[] = {
    {"Ctrl-A Ctrl-E", "to the begin, to the end"},
    {"Alt-B Alt-F", "a word back, a word on"},
    {"Ctrl-W U K", "cut the word, all before, all behind"},
    {"Ctrl-Y Alt-Y", "insert what was cut; what was cut before"},
    {"Ctrl-_ Alt-/", "undo, redo"},
    {"Alt-.", "the last word of the line before"},
    {"Alt-P Alt-N", "older, newer lines that begin alike"},
    {"Ctrl-X Ctrl-E", "edit the line in an editor program"},
    {NULL, NULL},
};
static const struct row vi_insert_keys[] = {
    {"Escape", "vi's commands"},
    {"Ctrl-X Ctrl-E", "edit the line in an editor program"},
    {NULL, NULL},
};
static const struct row vi_command_keys[] = {
    {"i a", "insert again: here, behind"},
    {"u Ctrl-R", "undo, redo"},
    {"k j K J", "the history; lines that begin alike"},
    {"/ ? n N", "search it: older, newer; again, back"},
    {"v", "edit the line in an editor program"},
    {NULL, NULL},
};
static const struct row windows_keys[] = {
    {"Shift-arrows", "select"},      {"Ctrl-A C X V", "select all, copy, cut, insert"},
    {"Ctrl-Z Ctrl-Y", "undo, redo"}, {"F8", "older lines that begin alike"},
    {"Escape", "clear the line"},    {NULL, NULL},
};
static const struct row menu_keys[] = {
    {"Tab, arrows", "choose"},
    {"Enter", "take it; the line is not run"},
    {"Ctrl-Space, F1", "show what it is: a file's head, a folder, a command's line"},
    {"Escape", "close the menu"},
    {"letters, Backspace", "narrow it, widen it"},
    {NULL, NULL},
};
static const struct row find_keys[] = {
    {"letters", "search: words, or their letters in order"},
    {"Up Down", "an older line, a newer one"},
    {"Enter", "take the line; it is not run"},
    {"Alt-D", "only those of this directory"},
    {"Alt-S", "only those of this session"},
    {"Alt-F", "only those that failed"},
    {"Alt-O", "only those that just the host's shell has"},
    {"Alt-H", "those of all hosts too"},
    {"Delete", "forget the line, in the file too"},
    {"Escape", "leave"},
    {NULL, NULL},
};
static const struct row scroll_keys[] = {
    {"Up Down k j", "a line"},
    {"PageUp PageDown", "a page"},
    {"Home End g G", "the begin, the end"},
    {"[ ]", "the command before, the next"},
    {"/ ? n N", "search, next, previous"},
    {"v V", "select characters, lines"},
    {"y Enter", "copy what is selected"},
    {"w", "save to a file"},
    {"q Escape", "leave"},
    {NULL, NULL},
};
static const struct row connecting_keys[] = {
    {"Ctrl-C Escape", "give up"},
    {"others", "wait for the host"},
    {NULL, NULL},
};
static const struct row asking_keys[] = {
    {"Enter", "answer"},
    {"Ctrl-C", "give up"},
    {NULL, NULL},
};
static const struct row lost_keys[] = {
    {"Enter", "connect again"},
    {"Ctrl-D", "leave"},
    {NULL, NULL},
};
static const struct row host_keys[] = {
    {"all others", "go to the host"},
    {NULL, NULL},
};

static void add_rows(struct help *h, const char *title, const struct row *rows)
{
    if (title)
        add(h, "%s:", title);
    for (; rows->keys; rows++)
        add(h, "  %-15s %s", rows->keys, rows->what);
}

static void add_line_mode(struct help *h, struct app *app)
{
    const struct editor_view view = editor_view(app->editor);
    add_rows(h, "At the prompt", line_keys);
    if (!view.vi_command)
        add_rows(h, NULL, typing_keys);
    static const struct row *const rows[] = {
        [EDITOR_EMACS] = emacs_keys, [EDITOR_VI] = vi_insert_keys, [EDITOR_WINDOWS] = windows_keys};
    add_rows(h, NULL, view.vi_command ? vi_command_keys : rows[view.keys]);
}

/* ssh's own, as they are read from what goes to the host. */
static void add_host(struct help *h, const struct app *app)
{
    int c = app->escape.character;
    add_rows(h, "While the host has the keys", host_keys);
    if (c > ' ' && c < 0x7f)
        add(h, "  %c. %c? %c^Z %c%c     behind Enter: drop, this help, suspend, %c itself", c, c, c,
            c, c, c);
}

/* Who gets a key, in the order in which they are asked (app_input.c). */
static void add_state(struct help *h, struct app *app)
{
    if (app->find.finder)
        add_rows(h, "In the list", find_keys);
    else if (view_mode(app->scroll.view) >= VIEW_PAGE)
        add_rows(h, "In scroll mode", scroll_keys);
    else if (app->ask.active)
        add_rows(h, "To the question", asking_keys);
    else if (app->phase == PHASE_CONNECTING || app->phase == PHASE_OPENING)
        add_rows(h, "While connecting", connecting_keys);
    else if (app->phase == PHASE_LOST)
        add_rows(h, "The link is lost", lost_keys);
    else if (app->completion.menu)
        add_rows(h, "In the menu", menu_keys);
    else if (session_line_mode(app->in.session))
        add_line_mode(h, app);
    else
        add_host(h, app);
}

static void add_commands(struct help *h, const struct app *app)
{
    char letter = app_command_letter(app);
    add(h, "%s and then:", app->command_name);
    for (const struct app_command *c = app_commands; c->key; c++)
        if (app_command_is_due(app, c))
            add(h, "  %c   %s", c->key, c->help);
    if (letter)
        add(h, "  %c   send %s itself (or press it twice)", letter, app->command_name);
    else
        add(h, "      twice, it is sent itself");
}

/* ---- the box ---- */

void app_help_draw(struct app *app, struct frame *frame, int first, int rows)
{
    struct help h = {0};
    if (!app->help)
        return;
    add_commands(&h, app);
    add_state(&h, app);
    add(&h, "any other key closes this");
    const char **lines = xcalloc((size_t)h.count, sizeof *lines);
    for (int i = 0; i < h.count; i++)
        lines[i] = h.lines[i];
    app->help_over = popup_draw(frame, first, rows, lines, h.count, app->help_top);
    if (app->help_top > app->help_over)
        app->help_top = app->help_over;
    free(lines);
    free(h.lines);
}

void app_help_open(struct app *app)
{
    app->help = true;
    app->help_top = 0;
}

bool app_help_key(struct app *app, const struct key *key)
{
    static const struct {
        uint32_t name;
        int by;
    } moves[] = {{KEY_UP, -1},       {KEY_DOWN, 1},     {KEY_PAGE_UP, -5},
                 {KEY_PAGE_DOWN, 5}, {KEY_HOME, -1000}, {KEY_END, 1000}};
    int by = 0;
    if (app->help_over == 0 || key->mods != 0)
        return false;
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
        if (key->kind == KEY_NAMED && key->code == moves[i].name)
            by = moves[i].by;
    if (key->kind == KEY_CHAR && key->code == ' ')
        by = 5;
    app->help_top += by;
    app->help_top = app->help_top < 0 ? 0 : app->help_top;
    app->help_top = app->help_top > app->help_over ? app->help_over : app->help_top;
    return by != 0;
}
