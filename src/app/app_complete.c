/*
 * Tab: candidates come from the live shell. Typing never waits for them: what is typed
 * meanwhile narrows the answer when it comes, or stands behind the word that it completes; an edit
 * that contradicts it drops it. What the shell has answered is kept until a command is run
 * (session/answers.h).
 */
#include "app/app_priv.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "app/candidates.h"
#include "base/clock.h"
#include "session/quote.h"

#define TELL_MS 100 /* an answer awaited for longer is told of */

static void complete(struct app *app, bool lists);

void app_complete_close(struct app *app)
{
    menu_free(app->completion.menu);
    app->completion.menu = NULL;
    app_preview_close(app);
    app->dirty = true;
}

void app_complete_forget(struct app *app)
{
    answers_clear(&app->completion.answers);
}

void app_complete_release(struct app *app)
{
    app_complete_close(app);
    app_complete_forget(app);
    buf_release(&app->completion.request);
    buf_release(&app->completion.head);
}

static bool is_asked_beside(const struct app *app)
{
    return app->side.purpose == SIDE_COMPLETE || app->side.purpose == SIDE_LIST;
}

void app_complete_drop(struct app *app)
{
    struct completion *c = &app->completion;
    if (c->waiting) {
        session_abandon(app->in.session);
        if (is_asked_beside(app))
            app_side_release(app);
    }
    c->wanted = c->waiting = false;
    app->dirty = true;
}

/* ---- what is in the menu ---- */

/* The word that the menu is for, as it stands in the line now; NULL if the cursor has left it. */
static char *current_word(struct app *app)
{
    const struct buf *head = &app->completion.head;
    struct editor_view view = editor_view(app->editor);
    if (view.cursor < head->len || memcmp(view.text, buf_data(head), head->len) != 0)
        return NULL;
    return xstrndup(view.text + head->len, view.cursor - head->len);
}

/* Takes the candidates over. */
static void open_menu(struct app *app, const struct answer *answer, struct candidates *found,
                      const char *typed)
{
    struct completion *c = &app->completion;
    app_complete_close(app);
    buf_clear(&c->head);
    buf_append(&c->head, buf_data(&answer->line), answer->line.len - answer->word);
    c->asked = answer->word;
    c->partial = answer->candidates < answer->total;
    c->menu = menu_new(found->items, found->count);
    if (c->partial)
        menu_set_total(c->menu, answer->total);
    *found = (struct candidates){0};
    if (!menu_narrow(c->menu, typed))
        menu_narrow(c->menu, "");
}

void app_complete_narrow(struct app *app)
{
    struct completion *c = &app->completion;
    if (!c->menu)
        return;
    app_preview_close(app);
    char *word = current_word(app);
    bool fits = word && menu_narrow(c->menu, word);
    /* It may not have all that the word could be now. */
    bool wider = word && (strlen(word) < c->asked || c->partial);
    free(word);
    if (wider && editor_view(app->editor).len > 0)
        complete(app, true);
    else if (!fits)
        app_complete_close(app);
}

static void take(struct app *app)
{
    struct menu *menu = app->completion.menu;
    char *word = current_word(app);
    const struct menu_item *item = menu_item(menu, (size_t)menu_selected(menu));
    if (word && item)
        editor_replace(app->editor, strlen(word), item->text, strlen(item->text));
    free(word);
    app_complete_close(app);
}

char *app_complete_word(struct app *app)
{
    return current_word(app);
}

/* ---- an answer ---- */

static void make(struct candidates *found, const struct answer *answer)
{
    const char *line = (const char *)buf_data(&answer->line);
    candidates_make(found, answer, quote_open(line, answer->line.len - answer->word),
                    quote_open(line, answer->line.len));
}

/* Where the word ends that was asked about and completes the line up to `asked`: at the cursor, or
   before what was written behind it meanwhile. */
static size_t word_end(const struct editor_view *view, size_t asked)
{
    size_t end = asked;
    if (quote_open(view->text, asked))
        return view->cursor;
    while (end < view->cursor && (!syntax_ends_word(SYNTAX_SH, view->text[end]) ||
                                  (end > 0 && view->text[end - 1] == '\\')))
        end++;
    return end;
}

/* `text` instead of the line's bytes from `start` to `end`. What stands behind that may have
   brought the blank after a word itself. */
static void put_word(struct app *app, size_t start, size_t end, const char *text, size_t len)
{
    struct editor_view view = editor_view(app->editor);
    struct buf all = {0};
    if (end < view.cursor && view.text[end] == ' ' && len > 0 && text[len - 1] == ' ')
        len--;
    buf_append(&all, text, len);
    buf_append(&all, view.text + end, view.cursor - end);
    editor_replace(app->editor, view.cursor - start, (const char *)buf_data(&all), all.len);
    buf_release_secret(&all);
}

/* Put in what all candidates have in common, or show them; only show them if it `lists`, and not
   for a word that the person has left. False: the answer is for a shorter line, and has nothing
   for this one. The candidates, which are those of the answer, are taken over. */
static bool use(struct app *app, const struct answer *answer, struct candidates *found, bool lists)
{
    struct editor_view view = editor_view(app->editor);
    size_t start = answer->line.len - answer->word, end = word_end(&view, answer->line.len), first,
           common;
    char *typed = xstrndup(view.text + start, end - start);
    bool more = end > answer->line.len;
    size_t fit = candidates_common(found, found->corrects && !more ? "" : typed, &first, &common);
    bool partial = answer->candidates < answer->total;
    app_complete_close(app);
    if (fit > 0 && !lists && !partial && (fit == 1 || common > end - start))
        put_word(app, start, end, found->items[first].text, common);
    else if (fit > 0 && end == view.cursor)
        open_menu(app, answer, found, typed);
    free(typed);
    candidates_release(found);
    app->dirty = true;
    return fit > 0;
}

static bool use_kept(struct app *app, bool lists)
{
    bool exact;
    struct editor_view view = editor_view(app->editor);
    const struct answer *kept =
        answers_find(&app->completion.answers, view.text, view.cursor, app->now, &exact);
    if (!kept)
        return false;
    struct candidates found;
    make(&found, kept);
    bool used = use(app, kept, &found, lists);
    if (!used && exact)
        app_notice(app, "no completion");
    return used || exact;
}

/* Is the line still the one that was asked about, whatever was written behind it? */
static bool still_asked(struct app *app)
{
    const struct buf *request = &app->completion.request;
    struct editor_view view = editor_view(app->editor);
    return view.cursor >= request->len && memcmp(view.text, buf_data(request), request->len) == 0;
}

/* And is it that word which the cursor is in? */
static bool same_word(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    return still_asked(app) && word_end(&view, app->completion.request.len) == view.cursor;
}

void app_complete_answer(struct app *app, long word, long total, const char *strings, size_t count)
{
    struct completion *c = &app->completion;
    bool wanted = c->waiting && still_asked(app);
    c->waiting = false;
    app->dirty = true;
    if (!wanted || word < 0 || (size_t)word > c->request.len)
        return;
    struct answer answer = {.word = (size_t)word, .count = count, .at = app->now};
    buf_append(&answer.line, buf_data(&c->request), c->request.len);
    const char *end = strings;
    for (size_t i = 0; i < count + 1; i++)
        end = mark_next(end);
    buf_append(&answer.strings, strings, (size_t)(end - strings));
    answer.candidates = candidates_listed(&answer);
    answer.total = total == LONG_MAX                 ? MENU_MANY
                   : total > (long)answer.candidates ? (size_t)total
                                                     : answer.candidates;
    struct candidates found;
    make(&found, &answer);
    answer.narrows = found.count > 0 && !found.dropped && !found.corrects;
    if (!use(app, &answer, &found, c->lists) && !c->lists)
        app_notice(app, "no completion");
    answers_keep(&c->answers, &answer);
}

void app_complete_stopped(struct app *app)
{
    app->completion.waiting = app->completion.wanted = false;
    /* The line is not what it was to become: it is the person's to run. */
    app->enter_waits = false;
    editor_replay_stop(app->editor);
    app_notice(app, "the completion was stopped: %s's shell took too long over it", app->host);
}

/* ---- a question ---- */

static void complete(struct app *app, bool lists)
{
    struct completion *c = &app->completion;
    struct editor_view view = editor_view(app->editor);
    /* The word before this one is to be whole first, and a second Tab wants to see what is left. */
    if (c->waiting && still_asked(app)) {
        c->wanted = c->wanted || !lists || !same_word(app);
        return;
    }
    app_complete_drop(app);
    if (dialect_control(view.text, view.cursor) >= 0) {
        app_notice(app, "no completion: the line holds a control character");
        return;
    }
    if (use_kept(app, lists))
        return;
    /* What was typed ahead is still on its way back, or what was asked before is: Tab waits for
       it, as Enter does. */
    c->lists = lists;
    c->wanted = !session_can_submit(app->in.session) || session_view(app->in.session).asking ||
                !app_side_free(app);
    if (c->wanted)
        return;
    if (!session_complete(app->in.session, view.text, view.cursor, app->now) &&
        !app_side_complete(app, view.text, view.cursor))
        return;
    buf_clear(&c->request);
    buf_append(&c->request, view.text, view.cursor);
    c->waiting = true;
    c->since = app->now;
}

void app_complete(struct app *app)
{
    complete(app, false);
}

bool app_complete_holds(const struct app *app)
{
    return app->completion.waiting && app->completion.wanted;
}

bool app_complete_late(const struct app *app)
{
    return app->completion.waiting && app->now >= app->completion.since + TELL_MS;
}

int64_t app_complete_deadline(const struct app *app)
{
    return app->completion.waiting && !app->completion.told ? app->completion.since + TELL_MS
                                                            : CLOCK_NEVER;
}

void app_complete_step(struct app *app)
{
    struct completion *c = &app->completion;
    bool asking = session_view(app->in.session).asking;
    if (c->wanted && session_can_submit(app->in.session) && !asking && app_side_free(app))
        complete(app, c->lists);
    if (c->waiting && !still_asked(app))
        app_complete_drop(app);
    /* Overtaken by what the shell did, or given up: the next Tab asks anew. */
    asking = session_view(app->in.session).asking;
    if (c->waiting && !asking && !is_asked_beside(app))
        c->waiting = false;
    if (app_complete_late(app) != c->told) {
        c->told = !c->told;
        app->dirty = true;
    }
}

bool app_complete_escape(struct app *app, const struct key *key)
{
    bool drops = key_is_escape(key) && (app->completion.waiting || app->completion.wanted);
    if (drops)
        app_complete_drop(app);
    return drops;
}

bool app_complete_key(struct app *app, const struct key *key)
{
    struct completion *c = &app->completion;
    if (app_preview_key(app, key))
        return true;
    if (!c->menu)
        return app_complete_escape(app, key);
    switch (menu_key(c->menu, key, app->cols)) {
    case MENU_MOVED: return true;
    case MENU_TAKE: take(app); return true;
    case MENU_PREVIEW: app_preview(app); return true;
    case MENU_CLOSE:
        app_complete_drop(app);
        app_complete_close(app);
        return true;
    case MENU_IGNORED: break;
    }
    return false;
}
