/* Ctrl-R: the history in a list, of this host or of all. */
#include "app/app_priv.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text_map.h"

struct found {
    struct history *history;
    size_t index;
    const char *host; /* NULL: this one */
};

/* ---- the other hosts ---- */

static void add_other(struct find *find, char *path, const char *name)
{
    size_t n = 0;
    struct err ignored;
    while (find->others && find->others[n])
        n++;
    find->others = xrealloc(find->others, (n + 2) * sizeof *find->others);
    find->names = xrealloc(find->names, (n + 2) * sizeof *find->names);
    find->others[n] = history_open(path, &ignored);
    find->names[n] = xstrdup(name);
    find->others[n + 1] = NULL;
    find->names[n + 1] = NULL;
}

static void open_others(struct app *app)
{
    char *own = history_path(app->host), *slash = own ? strrchr(own, '/') : NULL;
    DIR *folder = NULL;
    if (slash && app->options->own->history) {
        *slash = '\0';
        folder = opendir(own);
    }
    for (struct dirent *d; folder && (d = readdir(folder));) {
        if (d->d_name[0] == '.' || strcmp(d->d_name, slash + 1) == 0 || strchr(d->d_name, '%'))
            continue;
        char *path = xasprintf("%s/%s", own, d->d_name);
        add_other(&app->find, path, d->d_name);
        free(path);
    }
    if (folder)
        closedir(folder);
    free(own);
}

/* ---- what is listed ---- */

static bool wanted(const struct find *find, const struct history *h, size_t i, const char *cwd)
{
    const struct history_info info = history_info(h, i);
    return (!find->here || (info.cwd && strcmp(info.cwd, cwd) == 0)) &&
           (!find->own || history_is_own(h, i)) && (!find->failed || info.status > 0) &&
           (!find->shell || history_is_host(h, i));
}

/* What the list says before a line: how old it is, how it ended, of which host it is. */
static void describe(void *data, size_t item, char before[FINDER_BEFORE])
{
    static const struct {
        int64_t seconds;
        char unit;
    } units[] = {{365 * 86400, 'y'}, {7 * 86400, 'w'}, {86400, 'd'},
                 {3600, 'h'},        {60, 'm'},        {1, 's'}};
    const struct found *f = &((const struct find *)data)->found[item];
    struct history_info info = history_info(f->history, f->index);
    int64_t age = time(NULL) - info.time;
    char when[24] = "", how[24] = "";
    for (size_t i = 0; info.time > 0 && age >= 0 && i < sizeof units / sizeof units[0]; i++)
        if (age >= units[i].seconds || units[i].seconds == 1) {
            snprintf(when, sizeof when, "%lld%c", (long long)(age / units[i].seconds),
                     units[i].unit);
            break;
        }
    if (history_is_host(f->history, f->index))
        snprintf(how, sizeof how, "shell's");
    else if (info.status > 0)
        snprintf(how, sizeof how, "exit %d", info.status);
    snprintf(before, FINDER_BEFORE, "%4.8s  %-8.10s  %.20s%s", when, how, f->host ? f->host : "",
             f->host ? ": " : "");
}

static const char *text_of(const struct found *f)
{
    return history_entry(f->history, f->index);
}

static int64_t time_of(const struct found *f)
{
    return history_info(f->history, f->index).time;
}

static int by_age(const void *a, const void *b)
{
    int64_t x = time_of(a), y = time_of(b);
    const struct found *f = a, *g = b;
    if (f->history == g->history || x == y)
        return f->index < g->index ? -1 : f->index > g->index;
    return x < y ? -1 : 1;
}

static void collect(struct app *app, struct history *h, const char *host)
{
    struct find *find = &app->find;
    const char *cwd = session_view(app->in.session).cwd;
    find->found = xrealloc(find->found, (find->count + history_count(h) + 1) * sizeof *find->found);
    for (size_t i = 0; i < history_count(h); i++)
        if (wanted(find, h, i, cwd))
            find->found[find->count++] = (struct found){.history = h, .index = i, .host = host};
}

/* Of equal lines the newest stays: the newest are the last. */
static void drop_repeats(struct find *find)
{
    struct text_map seen;
    size_t kept = find->count;
    text_map_init(&seen, find->count);
    for (size_t i = find->count; i-- > 0;) {
        struct text_map_slot *slot = text_map_at(&seen, text_of(&find->found[i]));
        if (slot->text)
            continue;
        slot->text = text_of(&find->found[i]);
        find->found[--kept] = find->found[i];
    }
    find->count -= kept;
    memmove(find->found, find->found + kept, find->count * sizeof *find->found);
    text_map_release(&seen);
}

static void list(struct app *app)
{
    struct find *find = &app->find;
    find->count = 0;
    collect(app, app->in.history, NULL);
    if (find->hosts && !find->others)
        open_others(app);
    for (size_t i = 0; find->hosts && find->others && find->others[i]; i++)
        collect(app, find->others[i], find->names[i]);
    if (find->hosts)
        qsort(find->found, find->count, sizeof *find->found, by_age);
    drop_repeats(find);
    const char **texts = xcalloc(find->count + 1, sizeof *texts);
    for (size_t i = 0; i < find->count; i++)
        texts[i] = text_of(&find->found[i]);
    finder_set(find->finder, texts, find->count);
    free(texts);
}

/* ---- open, keys, close ---- */

void app_find(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    history_refresh(app->in.history);
    app_complete_close(app);
    app_find_close(app);
    app->find.finder = finder_new();
    list(app);
    char *pattern = xstrndup(view.text, view.len);
    finder_set_pattern(app->find.finder, strchr(pattern, '\n') ? "" : pattern);
    free(pattern);
}

void app_find_again(struct app *app)
{
    if (app->find.finder)
        list(app);
}

void app_find_close(struct app *app)
{
    struct find *find = &app->find;
    finder_free(find->finder);
    free(find->found);
    for (size_t i = 0; find->others && find->others[i]; i++) {
        history_close(find->others[i]);
        free(find->names[i]);
    }
    free(find->others);
    free(find->names);
    *find = (struct find){0};
    app->dirty = true;
}

static void take(struct app *app)
{
    long selected = finder_selected(app->find.finder);
    if (selected >= 0) {
        const char *text = text_of(&app->find.found[selected]);
        editor_set(app->editor, text, strlen(text), strlen(text));
    }
    app_find_close(app);
}

static void forget(struct app *app)
{
    long selected = finder_selected(app->find.finder);
    struct err err;
    if (selected < 0)
        return;
    const struct found *f = &app->find.found[selected];
    if (history_is_host(f->history, f->index)) {
        app_notice(app, "this line is in the history of the shell on %s, not in ours", app->host);
        return;
    }
    if (history_delete(f->history, text_of(f), &err))
        app_notice(app, "forgotten, in the file too");
    else
        app_notice(app, "%s", err.text);
    list(app);
}

static bool toggle(struct app *app, uint32_t code)
{
    struct find *find = &app->find;
    bool *flag = code == 'd'   ? &find->here
                 : code == 's' ? &find->own
                 : code == 'f' ? &find->failed
                 : code == 'h' ? &find->hosts
                 : code == 'o' ? &find->shell
                               : NULL;
    if (!flag)
        return false;
    *flag = !*flag;
    list(app);
    return true;
}

bool app_find_key(struct app *app, const struct key *key)
{
    struct find *find = &app->find;
    if (!find->finder)
        return false;
    switch (finder_key(find->finder, key)) {
    case FINDER_TAKE: take(app); break;
    case FINDER_CLOSE: app_find_close(app); break;
    case FINDER_MOVED: break;
    case FINDER_IGNORED:
        if (key->kind == KEY_NAMED && key->code == KEY_DELETE)
            forget(app);
        else if (key->kind == KEY_CHAR && key->mods == MOD_ALT)
            toggle(app, key->code);
        break;
    }
    return true;
}

void app_find_draw(struct app *app, struct frame *frame, int first, int rows)
{
    const struct find *find = &app->find;
    char title[120];
    if (!find->finder)
        return;
    snprintf(title, sizeof title, "history of %.40s%s%s%s%s", find->hosts ? "all hosts" : app->host,
             find->here ? ", here" : "", find->own ? ", this session" : "",
             find->failed ? ", failed" : "", find->shell ? ", the shell's own" : "");
    finder_draw(find->finder, frame, first, rows,
                &(struct finder_look){
                    .title = title,
                    .help = frame->cols < 80 ? "Alt-D S F H O filter, Del forgets"
                                             : "Enter takes  Alt: D here S session F failed H all "
                                               "hosts O shell's  Del forgets",
                    .describe = describe,
                    .data = &app->find,
                });
}
