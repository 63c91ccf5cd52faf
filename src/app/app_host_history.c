/*
 * The own history of the host's shell: asked for once, when the first prompt has been quiet for a
 * moment or the person looks into the history, and never kept. It comes as one mark of at most
 * 64 KiB, or from a file over a second channel where the shell cannot be asked.
 */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "term/history_import.h"

#define QUIET_MS  250  /* without a key: who types at once is not to wait for the question */
#define LINES_MAX 1000 /* of them the newest */

/* One line of it. */
struct host_line {
    int64_t time;
    struct buf text;
};

struct host_lines {
    struct host_line *at;
    size_t count;
};

/* ---- asking ---- */

static bool may_ask(const struct app *app)
{
    return app->phase == PHASE_SESSION && app->options->own->history &&
           app->host_history.state == LIST_UNASKED && session_can_submit(app->in.session);
}

static int64_t due(const struct app *app)
{
    int64_t since = session_view(app->in.session).since;
    if (app->host_history.now)
        return 0;
    return (since > app->key_at ? since : app->key_at) + QUIET_MS;
}

int64_t app_host_history_deadline(const struct app *app)
{
    int64_t at = may_ask(app) ? due(app) : CLOCK_NEVER;
    return at > app->now ? at : CLOCK_NEVER; /* if it could not be asked, something else comes */
}

static void ask(struct app *app)
{
    const struct dialect *d = session_view(app->in.session).dialect;
    bool told = d->history_key || d->history;
    if (!told && !d->history_file)
        app->host_history.state = LIST_DONE;
    else if (told ? session_history(app->in.session, app->now) : app_side_history(app, d))
        app->host_history.state = LIST_ASKED;
}

void app_host_history_reset(struct app *app)
{
    history_close(app->host_history.waiting);
    app->host_history = (struct host_history){.state = LIST_UNASKED};
}

/* Not under the feet of who walks the history. */
static void place(struct app *app)
{
    if (!app->host_history.waiting || editor_walks(app->editor))
        return;
    history_set_host(app->in.history, app->host_history.waiting);
    app->host_history.waiting = NULL;
    app_find_again(app);
    app->dirty = true;
}

void app_host_history_step(struct app *app)
{
    if (may_ask(app) && due(app) <= app->now)
        ask(app);
    place(app);
}

void app_host_history_want(struct app *app)
{
    app->host_history.now = true;
}

/* ---- the answer ---- */

/* Is it what it looks like? Nothing in it is invisible, turns its direction, or is malformed. */
static bool is_plain(const char *text, size_t len)
{
    char *shown = xmalloc(len + 1);
    utf8_sanitize(shown, len + 1, text, len, len, 1);
    bool same = strcmp(shown, text) == 0;
    free(shown);
    return same;
}

/* As what is kept of our own: no secrets, nothing that begins with a space; and since it is the
   host's, nothing that could be taken for something else when it is shown. */
static bool wanted(const char *text, size_t len)
{
    return len > 0 && *text != ' ' && dialect_control(text, len) < 0 && is_plain(text, len) &&
           secret_in(text, len).kind == SECRET_NONE;
}

static void take_line(struct history *into, struct host_line *line)
{
    struct err ignored;
    const char *text = buf_str(&line->text);
    if (wanted(text, line->text.len))
        history_add(into, text, NULL, line->time, &ignored);
}

/* A row begins a line if a time stands in it between two ^A; only a number may come before. */
static const char *read_head(const char *row, int64_t *time)
{
    const char *p = row + strspn(row, " 0123456789*");
    char *end;
    if (*p != 1)
        return NULL;
    *time = strtoll(p + 1, &end, 10);
    return *end == 1 ? end + 1 : NULL;
}

static void add_row(struct host_lines *lines, const char *row, int64_t start)
{
    int64_t time;
    const char *text = read_head(row, &time);
    if (text) {
        lines->at = xrealloc(lines->at, (lines->count + 1) * sizeof *lines->at);
        /* To a shell whose file has no times all in it is as old as itself. */
        bool known = time > 0 && (start <= 0 || time < start);
        lines->at[lines->count++] = (struct host_line){.time = known ? time : 0};
    }
    if (lines->count == 0)
        return; /* the end of a line whose begin was cut off */
    struct buf *line = &lines->at[lines->count - 1].text;
    if (!text)
        buf_putc(line, '\n');
    for (const char *p = text ? text : row; *p; p++)
        buf_putc(line, *p == 0x1f ? '\n' : *p);
}

static void answered(struct app *app, struct history *lines)
{
    history_close(app->host_history.waiting);
    app->host_history.waiting = lines;
    app->host_history.state = LIST_DONE;
    place(app);
}

void app_host_history_answer(struct app *app, const char *options, const char *first, size_t count)
{
    if (app->host_history.state != LIST_ASKED)
        return;
    struct err ignored;
    struct host_lines lines = {0};
    struct history *into = history_open(NULL, &ignored);
    int64_t start = strtoll(options, NULL, 10);
    bool newest_first = strstr(options, "newest");
    for (; count > 0 && lines.count <= LINES_MAX; count--, first = mark_next(first))
        add_row(&lines, first, start);
    for (size_t i = 0; i < lines.count; i++)
        take_line(into, &lines.at[newest_first ? lines.count - 1 - i : i]);
    for (size_t i = 0; i < lines.count; i++)
        buf_release_secret(&lines.at[i].text);
    free(lines.at);
    answered(app, into);
}

void app_host_history_file(struct app *app, const void *data, size_t len)
{
    struct err ignored;
    struct history *into = history_open(NULL, &ignored);
    FILE *file = len > 0 ? fmemopen((void *)(uintptr_t)data, len, "r") : NULL;
    struct history_import *in = file ? history_import_new(file, HISTORY_BASH) : NULL;
    enum history_import_did did;
    const char *text;
    int64_t time;
    while (in && (did = history_import_next(in, &text, &time)) != HISTORY_IMPORT_END)
        if (did == HISTORY_IMPORT_LINE && wanted(text, strlen(text)))
            history_add(into, text, NULL, time, &ignored);
    history_import_free(in);
    if (file)
        fclose(file);
    answered(app, into);
}
