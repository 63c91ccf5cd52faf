/*
 * Tab: candidates come from the live shell. Typing never waits for them: what is typed
 * meanwhile narrows the answer when it comes, and an edit that contradicts it drops it.
 */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

#include "session/quote.h"

void app_complete_close(struct app *app)
{
    menu_free(app->completion.menu);
    app->completion.menu = NULL;
    app->dirty = true;
}

void app_complete(struct app *app)
{
    struct completion *c = &app->completion;
    struct editor_view view = editor_view(app->editor);
    if (c->waiting)
        return;
    /* What was typed ahead is still on its way back: Tab waits for it, as Enter does. */
    c->wanted = !session_can_submit(app->session);
    if (c->wanted)
        return;
    if (dialect_control(view.text, view.cursor) >= 0) {
        app_notice(app, "no completion: the line holds a control character");
        return;
    }
    bool asked = session_complete(app->session, view.text, view.cursor, app->now) ||
                 app_side_complete(app, view.text, view.cursor);
    if (!asked)
        return;
    buf_clear(&c->request);
    buf_append(&c->request, view.text, view.cursor);
    c->waiting = true;
}

static bool has_option(const char *options, const char *name)
{
    size_t len = strlen(name);
    for (const char *p = options; (p = strstr(p, name)) != NULL; p += len)
        if ((p == options || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
            return true;
    return false;
}

static bool ends_with(const char *text, char c)
{
    size_t len = strlen(text);
    return len > 0 && text[len - 1] == c;
}

/* What is put into the line for a candidate: quoted if it is a file's name, closed if it is
   whole. `quote` is the quote open at the cursor, `before` the one open where the word to be
   replaced begins; 0: none. */
static char *insertion(const char *candidate, const char *options, char before, char quote)
{
    struct buf out = {0};
    bool file = has_option(options, "filenames");
    bool quoted = !file && quote && candidate[0] == quote;
    if (file) {
        if (quote && !before)
            buf_putc(&out, quote);
        quote_word(&out, candidate, strlen(candidate), quote);
    } else {
        buf_puts(&out, candidate);
    }
    bool open = ends_with(candidate, '/') || ends_with(candidate, ' ') ||
                ends_with(candidate, '=') || ends_with(candidate, ':') ||
                has_option(options, "nospace");
    char closing = quoted ? candidate[0] : file ? quote : 0;
    if (!open && closing && !(quoted && strlen(candidate) > 1 && ends_with(candidate, closing)))
        buf_putc(&out, closing);
    if (!open)
        buf_putc(&out, ' ');
    char *text = xstrdup(buf_str(&out));
    buf_release(&out);
    return text;
}

/* A file's name is shown without its folders; control characters are shown by the menu. */
static char *label(const char *candidate)
{
    size_t len = strlen(candidate);
    size_t end = len > 0 && candidate[len - 1] == '/' ? len - 1 : len;
    while (end > 0 && candidate[end - 1] != '/')
        end--;
    return xstrdup(candidate + end);
}

static int by_label(const void *a, const void *b)
{
    const struct menu_item *x = a, *y = b;
    return strcmp(x->label, y->label);
}

static void free_item(struct menu_item *item)
{
    free(item->text);
    free(item->label);
    free(item->description);
}

static void free_items(struct menu_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free_item(&items[i]);
    free(items);
}

/* What the host has answered, and what is open in the line that it is for. */
struct answer {
    const char *options;
    const char *at; /* the next of `left` strings */
    size_t left;
    char before, quote;
};

/* The shell has said what to insert, what to tell of it and what to show: three strings. */
static struct menu_item exact_item(struct answer *a)
{
    const char *text = a->at, *told = mark_next(text), *shown = mark_next(told);
    a->at = mark_next(shown);
    a->left -= 3;
    return (struct menu_item){
        .text = xstrdup(text),
        .label = xstrdup(shown),
        .description = *told ? xstrdup(told) : NULL,
    };
}

static struct menu_item plain_item(struct answer *a)
{
    const char *candidate = a->at;
    a->at = mark_next(candidate);
    a->left--;
    return (struct menu_item){
        .text = insertion(candidate, a->options, a->before, a->quote),
        .label = label(candidate),
    };
}

/* Candidates whose insertion goes on from what is typed, sorted, each once. */
static struct menu_item *make_items(struct answer a, const char *typed, size_t *kept)
{
    bool exact = has_option(a.options, "exact");
    struct menu_item *items = xcalloc(a.left, sizeof *items);
    size_t n = 0, typed_len = strlen(typed);
    while (a.left >= (exact ? 3 : 1)) {
        bool empty = a.at[0] == '\0';
        items[n] = exact ? exact_item(&a) : plain_item(&a);
        if (!empty && strncmp(items[n].text, typed, typed_len) == 0)
            n++;
        else
            free_item(&items[n]);
    }
    qsort(items, n, sizeof *items, by_label);
    size_t unique = 0;
    for (size_t i = 0; i < n; i++) {
        if (unique > 0 && strcmp(items[unique - 1].text, items[i].text) == 0)
            free_item(&items[i]);
        else
            items[unique++] = items[i];
    }
    *kept = unique;
    return items;
}

/* Bytes that all insertions begin with, whole characters. */
static size_t common_prefix(const struct menu_item *items, size_t count)
{
    size_t len = strlen(items[0].text);
    for (size_t i = 1; i < count; i++) {
        size_t n = 0;
        while (n < len && items[i].text[n] == items[0].text[n])
            n++;
        len = n;
    }
    while (len > 0 && ((unsigned char)items[0].text[len] & 0xc0) == 0x80)
        len--;
    return len;
}

void app_complete_answer(struct app *app, long word, const char *options, const char *first,
                         size_t count)
{
    struct completion *c = &app->completion;
    struct editor_view view = editor_view(app->editor);
    bool wanted = c->waiting;
    c->waiting = false;
    app->dirty = true;
    /* Still the line that was asked about, or that line with more typed behind it? */
    if (!wanted || word < 0 || (size_t)word > c->request.len || view.cursor < c->request.len ||
        memcmp(view.text, buf_data(&c->request), c->request.len) != 0)
        return;
    size_t typed_len = (size_t)word + view.cursor - c->request.len;
    char *typed = xstrndup(view.text + view.cursor - typed_len, typed_len);
    const struct answer answer = {
        .options = options,
        .at = first,
        .left = count,
        .before = quote_open(view.text, view.cursor - typed_len),
        .quote = quote_open(view.text, view.cursor),
    };
    size_t kept;
    struct menu_item *items = make_items(answer, typed, &kept);
    if (kept == 0 && count > 0 && view.cursor == c->request.len) {
        /* The candidates correct the word (a case, a missing quote) instead of going on. */
        free(items);
        items = make_items(answer, "", &kept);
    }
    app_complete_close(app);
    size_t common = kept > 0 ? common_prefix(items, kept) : 0;
    if (kept == 0) {
        app_notice(app, "no completion");
        free_items(items, kept);
    } else if (kept == 1 || common > typed_len) {
        editor_replace(app->editor, typed_len, items[0].text, common);
        free_items(items, kept);
    } else {
        c->word = (size_t)word;
        c->menu = menu_new(items, kept);
    }
    free(typed);
}

/* The word being completed, as it stands in the line now; NULL if the cursor has left it. */
static char *current_word(struct app *app)
{
    struct editor_view view = editor_view(app->editor);
    size_t start = app->completion.request.len - app->completion.word;
    if (view.cursor < start || memcmp(view.text, buf_data(&app->completion.request), start) != 0)
        return NULL;
    return xstrndup(view.text + start, view.cursor - start);
}

void app_complete_narrow(struct app *app)
{
    if (!app->completion.menu)
        return;
    char *word = current_word(app);
    if (!word || !menu_narrow(app->completion.menu, word))
        app_complete_close(app);
    free(word);
}

void app_complete_take(struct app *app)
{
    struct menu *menu = app->completion.menu;
    char *word = current_word(app);
    long selected = menu_selected(menu);
    if (word && selected >= 0) {
        const struct menu_item *item = menu_item(menu, (size_t)selected);
        editor_replace(app->editor, strlen(word), item->text, strlen(item->text));
    }
    free(word);
    app_complete_close(app);
}

char *app_complete_word(struct app *app)
{
    return current_word(app);
}
