/* What the selected candidate holds or does: asked of the host beside the session, shown in a box
   over the page until the next key. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "term/popup.h"

#define LINE_MAX_BYTES 1000

void app_preview_close(struct app *app)
{
    struct preview *p = &app->preview;
    for (size_t i = 0; i < p->count; i++)
        free(p->lines[i]);
    free(p->lines);
    if (p->open)
        app->dirty = true;
    *p = (struct preview){0};
    if (app->side.purpose == SIDE_PREVIEW)
        app_side_release(app);
}

static void add_line(struct preview *p, const char *text, size_t len)
{
    if (p->count == PREVIEW_LINES)
        return;
    char safe[LINE_MAX_BYTES];
    struct buf line = {0};
    for (size_t i = 0; i < len && line.len < LINE_MAX_BYTES; i++) {
        if (text[i] != '\t')
            buf_putc(&line, text[i]);
        else
            buf_printf(&line, "%*s", (int)(8 - line.len % 8), "");
    }
    utf8_sanitize(safe, sizeof safe, (const char *)buf_data(&line), line.len, LINE_MAX_BYTES, 0);
    buf_release(&line);
    p->lines = xrealloc(p->lines, PREVIEW_LINES * sizeof *p->lines);
    p->lines[p->count++] = xstrdup(safe);
}

/* A description is one long line: in as many as it takes at this width. */
static void add_wrapped(struct app *app, const char *text)
{
    int columns = app->cols - 4 > 20 ? app->cols - 4 : 20;
    while (*text) {
        size_t len = strlen(text), cut = len;
        if (len > (size_t)columns) {
            for (cut = (size_t)columns; cut > 0 && text[cut] != ' ';)
                cut--;
            cut = cut > 0 ? cut : (size_t)columns;
        }
        add_line(&app->preview, text, cut);
        text += cut;
        text += strspn(text, " ");
    }
}

/* The line as it would be with the candidate, up to its end: what the host takes the word from. */
static char *line_with(struct app *app, const struct menu_item *item)
{
    const struct buf *head = &app->completion.head;
    char *line = xasprintf("%.*s%s", (int)head->len, (const char *)buf_data(head), item->text);
    size_t len = strlen(line);
    while (len > 0 && line[len - 1] == ' ' && (len < 2 || line[len - 2] != '\\'))
        line[--len] = '\0';
    return line;
}

static bool ask(struct app *app, const struct menu_item *item)
{
    bool windows = app->windows != WINDOWS_POSIX && app->windows != WINDOWS_NOT_ASKED;
    /* (The second channel is the session's user's, on the session's host.) */
    if (windows || app->in.elsewhere || item->kind >= MENU_VARIABLE ||
        dialect_control(item->text, strlen(item->text)) >= 0)
        return false;
    char *line = line_with(app, item);
    struct buf command = {0};
    dialect_preview_command(session_view(app->in.session).cwd, line, menu_kind_name(item->kind),
                            &command);
    bool asked = app_side_start(app, SIDE_PREVIEW, buf_str(&command));
    buf_release(&command);
    free(line);
    return asked;
}

void app_preview(struct app *app)
{
    struct preview *p = &app->preview;
    struct menu *menu = app->completion.menu;
    const struct menu_item *item = menu_item(menu, (size_t)menu_selected(menu));
    app_preview_close(app);
    if (!item)
        return;
    p->open = true;
    app->dirty = true;
    const char *label = item->label ? item->label : item->text, *kind = menu_kind_name(item->kind);
    char *title = *kind ? xasprintf("%s: %s", kind, label) : xstrdup(label);
    add_line(p, title, strlen(title));
    free(title);
    if (item->description)
        add_wrapped(app, item->description);
    p->known = p->count;
    if (ask(app, item))
        add_line(p, "...", 3);
}

void app_preview_answer(struct app *app, const char *text, size_t len)
{
    struct preview *p = &app->preview;
    if (!p->open)
        return;
    while (p->count > p->known)
        free(p->lines[--p->count]);
    const char *end = text + len;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        add_line(p, text, (size_t)((stop ? stop : end) - text));
        text = stop ? stop + 1 : end;
    }
    app->dirty = true;
}

void app_preview_draw(struct app *app, struct frame *frame, int first, int rows)
{
    struct preview *p = &app->preview;
    if (!p->open)
        return;
    const char *const *lines = (const char *const *)p->lines;
    int over = popup_draw(frame, first, rows, lines, (int)p->count, p->top);
    p->top = p->top < over ? p->top : over;
}

static bool is_closing(const struct key *key)
{
    if (key->kind == KEY_NAMED)
        return key->code == KEY_F1;
    return key->kind == KEY_CHAR &&
           (key->code == 0x1b || (key->code == ' ' && key->mods == MOD_CTRL));
}

bool app_preview_key(struct app *app, const struct key *key)
{
    struct preview *p = &app->preview;
    if (!p->open)
        return false;
    if (key->kind == KEY_NAMED && (key->code == KEY_PAGE_UP || key->code == KEY_PAGE_DOWN)) {
        int page = app->rows > 6 ? app->rows - 5 : 1, up = p->top > page ? p->top - page : 0;
        p->top = key->code == KEY_PAGE_UP ? up : p->top + page;
        return true;
    }
    /* Any other key does what it does. */
    app_preview_close(app);
    return is_closing(key);
}
