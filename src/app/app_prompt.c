/* What stands before the line: our prompt, or the shell's own behind the host's name. */
#include "app/app_priv.h"

#include <stdlib.h>
#include <string.h>

#include "session/prompt.h"

static const struct style style_prompt = {.attrs = ATTR_BOLD};
static const struct style style_failed = {.attrs = ATTR_BOLD, .fg = COLOR_PALETTE(1)};

static bool is_shells_own(const struct app *app)
{
    return app->shell_prompt && !app->ask.active;
}

struct style app_host_style(const struct app *app)
{
    long color = app->options->own->color;
    struct style style = {.attrs = ATTR_BOLD};
    if (color >= CONFIG_RGB)
        style.fg = COLOR_RGB(color >> 16 & 0xff, color >> 8 & 0xff, color & 0xff);
    else if (color != CONFIG_NO_COLOR)
        style.fg = COLOR_PALETTE(color);
    return style;
}

/* Where the last character begins that can be seen. */
static size_t last_character(const char *text, size_t len)
{
    while (len > 0 && text[len - 1] == ' ')
        len--;
    while (len > 0 && ((unsigned char)text[--len] & 0xc0) == 0x80)
        continue;
    return len;
}

/* The editor's mode, as readline's show-mode-in-prompt has it. */
static void put_mode(const struct app *app, struct buf *out)
{
    const char *mode = editor_view(app->editor).mode;
    if (mode)
        buf_printf(out, "(%.3s) ", strcmp(mode, "command") == 0 ? "cmd" : mode);
}

/* Our prompt; without a status line, what that would tell stands before it. Sets where the host's
   word is then, and its name. */
static void put_prompt(const struct app *app, const struct session_view *view, struct buf *out,
                       struct prompt_range *word, struct prompt_range *host)
{
    const struct config_settings *own = app->options->own;
    const char *template = is_shells_own(app) ? PROMPT_LEAD : own->prompt;
    int status = view->has_status ? view->status : -1;
    struct buf text = {0};
    *word = (struct prompt_range){0};
    if (own->status == STATUS_OFF && *own->word) {
        *word = (struct prompt_range){out->len, out->len + strlen(own->word)};
        buf_printf(out, "%s ", own->word);
    }
    if (own->status == STATUS_OFF && status > 0 && !prompt_has_status(template))
        buf_printf(out, "exit %d ", status);
    if (own->status == STATUS_OFF)
        put_mode(app, out);
    prompt_expand(template,
                  &(struct prompt_values){
                      .host = app->in.prompt_host ? app->in.prompt_host : app->host,
                      .user = view->user,
                      .before_cwd = view->dialect ? view->dialect->before_cwd : NULL,
                      .cwd = view->cwd,
                      .status = status,
                      .duration = view->duration,
                      .home = view->field[FIELD_HOME],
                      .git = view->field[FIELD_GIT],
                      .jobs = view->field[FIELD_JOBS],
                      .venv = view->field[FIELD_VENV],
                      .columns = app->cols,
                      .ascii = !app->utf8,
                  },
                  &text, host);
    host->from += out->len;
    host->to += out->len;
    buf_append(out, buf_data(&text), text.len);
    buf_release(&text);
}

/* The text up to `to`, in a style. */
static void add_text(struct line_text *t, const char *text, size_t *from, size_t to,
                     struct style style)
{
    if (to <= *from)
        return;
    line_text_add(t, &(struct span){.text = text + *from, .len = to - *from, .style = style});
    *from = to;
}

/* Its last character is red after a failure, which the status line tells in words, or the prompt
   itself. */
static void add_ours(struct app *app, const struct session_view *view, struct line_prompt *out)
{
    struct prompt_range word, host;
    struct style style = app_host_style(app), reverse = style;
    reverse.attrs |= ATTR_REVERSE;
    put_prompt(app, view, &out->text, &word, &host);
    const char *text = buf_str(&out->text);
    size_t len = out->text.len, at = 0;
    bool failed = view->has_status && view->status != 0;
    size_t end = failed ? last_character(text, len) : len;
    end = end > word.to ? end : word.to;
    add_text(&out->spans, text, &at, word.from, style_prompt);
    add_text(&out->spans, text, &at, word.to, reverse);
    add_text(&out->spans, text, &at, host.from < end ? host.from : end, style_prompt);
    add_text(&out->spans, text, &at, host.to < end ? host.to : end, style);
    add_text(&out->spans, text, &at, end, style_prompt);
    add_text(&out->spans, text, &at, len, style_failed);
}

static int add_shells(struct app *app, enum shell_prompt_part part, struct line_prompt *out)
{
    const struct span *spans;
    size_t empty = strspn(buf_str(&out->text), "\n");
    int lead = frame_columns(buf_str(&out->text) + empty, out->text.len - empty);
    int count = shell_prompt_spans(app->shell_prompt, part, app->cols, lead, &spans);
    for (int i = 0; i < count; i++)
        line_text_add(&out->spans, &spans[i]);
    return count;
}

void app_prompt(struct app *app, struct line_prompt *out)
{
    struct session_view view = session_view(app->in.session);
    size_t at = 0;
    bool own = is_shells_own(app);
    if (app->ask.active) {
        buf_puts(&out->text, app->ask.prompt[app->ask.next].text);
    } else if (!view.continuing) {
        for (int i = own ? shell_prompt_empty_rows(app->shell_prompt) : 0; i > 0; i--)
            buf_putc(&out->text, '\n');
        add_ours(app, &view, out);
        if (own)
            add_shells(app, SHELL_PROMPT, out);
        if (own)
            out->right_count = shell_prompt_spans(app->shell_prompt, SHELL_PROMPT_RIGHT, app->cols,
                                                  0, &out->right);
        return;
    } else if (!own || add_shells(app, SHELL_PROMPT_MORE, out) == 0) {
        buf_puts(&out->text, "> ");
    }
    add_text(&out->spans, buf_str(&out->text), &at, out->text.len, style_prompt);
}

void app_prompt_release(struct line_prompt *prompt)
{
    buf_release(&prompt->text);
    free(prompt->spans.spans);
}

/* ---- what the shell prints ---- */

bool app_prompt_is_mode(const struct mark *mark)
{
    return mark->kind == MARK_ASIDE && strcmp(mark->text, "mode") == 0;
}

void app_prompt_mark(struct app *app, const struct mark *mark, unsigned todo)
{
    struct shell_prompt *p = app->shell_prompt;
    int cols = vscreen_cols(app->vscreen);
    if (!p)
        return;
    switch (mark->kind) {
    case MARK_CWD: shell_prompt_end(p, SHELL_PROMPT, false); break; /* of one that was broken off */
    case MARK_PROMPT: shell_prompt_begin(p, SHELL_PROMPT, cols); break;
    case MARK_INPUT: shell_prompt_end(p, SHELL_PROMPT, todo & (DO_PROMPT | DO_REDRAWN)); break;
    case MARK_CONTINUE: shell_prompt_begin(p, SHELL_PROMPT_MORE, cols); break;
    case MARK_CONTINUED: shell_prompt_end(p, SHELL_PROMPT_MORE, todo & DO_CONTINUE); break;
    case MARK_ASIDE:
        shell_prompt_begin(p, app_prompt_is_mode(mark) ? SHELL_PROMPT : SHELL_PROMPT_RIGHT, cols);
        break;
    case MARK_ASIDE_END:
        shell_prompt_stop(p);
        shell_prompt_end(p, SHELL_PROMPT_RIGHT, session_line_mode(app->in.session));
        break;
    default: break;
    }
    app->dirty = true;
}

void app_prompt_token(struct app *app, const struct ecma48_token *token)
{
    if (app->shell_prompt)
        shell_prompt_token(app->shell_prompt, token);
}
