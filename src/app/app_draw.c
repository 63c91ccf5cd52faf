/* What the person sees: the page, the line being edited, the status line, help. */
#include "app/app_priv.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

#define FRAME_MS      16    /* at most about 60 frames a second, */
#define FRAME_SHARE   8     /* of which drawing takes no more than this part of the time, */
#define FRAME_MAX_MS  400   /* unless it is very slow */
#define SYNC_MS       100   /* how long a program may hold the picture back (mode 2026) */
#define START_WAIT_MS 20000 /* as MARKS_WAIT_MS, where the shell is found and takes its time */
#define QUIET_MS      2000  /* an answer awaited for longer is told */

static const struct style style_status = {.attrs = ATTR_REVERSE};

/* ---- the line being edited ---- */

/* What compose draws at the cursor; its parts are borrowed from `parts`. */
struct line_parts {
    struct line_prompt prompt;
    struct span text;   /* of an answer */
    struct span search; /* what the editor asks instead of the prompt */
};

static void use_prompt(struct app *app, struct line_view *line, struct line_prompt *prompt)
{
    app_prompt(app, prompt);
    line->prompt = prompt->spans.spans;
    line->prompt_count = (int)prompt->spans.count;
    line->right = prompt->right;
    line->right_count = prompt->right_count;
}

static void use_text(struct app *app, struct line_view *line, const char *text, size_t len,
                     size_t cursor)
{
    app_highlight(app, text, len, cursor, &app->line_text);
    line->text = app->line_text.spans;
    line->text_count = (int)app->line_text.count;
}

/* A bar inserts, a block is vi's command mode, an underline replaces. */
static uint8_t cursor_shape(const char *mode)
{
    if (!mode)
        return 0;
    return strcmp(mode, "insert") == 0 ? 6 : strcmp(mode, "command") == 0 ? 2 : 4;
}

static bool line_view(struct app *app, struct line_view *line, struct line_parts *parts)
{
    /* While a lost link is made anew the unsent line stays in sight. */
    bool editing = session_line_mode(app->in.session);
    if (!app->ask.active && !editing)
        return false;
    *line = (struct line_view){.text = &parts->text, .text_count = 1};
    use_prompt(app, line, &parts->prompt);
    if (app->ask.active) {
        parts->text = (struct span){.text = buf_str(&app->ask.line), .len = app->ask.line.len};
        line->cursor = app->ask.line.len;
        line->hidden = !app->ask.prompt[app->ask.next].echo;
        return true;
    }
    struct editor_view view = editor_view(app->editor);
    use_text(app, line, view.text, view.len, view.cursor);
    line->cursor = view.cursor;
    line->selected = view.selected;
    line->selected_end = view.selected_end;
    line->suggestion = view.suggestion;
    line->cursor_shape = cursor_shape(view.mode);
    if (view.search) {
        parts->search = (struct span){
            .text = view.search, .len = strlen(view.search), .style = {.attrs = ATTR_BOLD}};
        line->prompt = &parts->search;
        line->prompt_count = 1;
        line->right_count = 0;
    }
    return true;
}

void app_commit_line(struct app *app, const char *text)
{
    struct line_parts parts = {0};
    struct line_view line = {.text = &parts.text, .text_count = 1};
    use_prompt(app, &line, &parts.prompt);
    parts.text = (struct span){.text = text, .len = strlen(text)};
    line.cursor = parts.text.len;
    /* The prompt may have moved since it was flagged. */
    if (!app->ask.active && !session_view(app->in.session).continuing)
        vscreen_flag_line(app->vscreen, LINE_PROMPT);
    if (!app->ask.active)
        use_text(app, &line, text, parts.text.len, SIZE_MAX);
    compose_commit(&line, app->vscreen);
    app_prompt_release(&parts.prompt);
    app->dirty = true;
}

/* ---- the status line ---- */

static void put_safe(struct buf *out, const char *text, size_t columns)
{
    char safe[1024];
    utf8_sanitize(safe, sizeof safe, text, strlen(text), columns, 0);
    buf_puts(out, safe);
}

/* The network, or the shell, is silent for longer than one would think nothing of. */
static bool silence_text(const struct app *app, const struct session_view *view, struct buf *out)
{
    int64_t unheard = app->link ? ssh_link_unanswered(app->link) : 0;
    int64_t unanswered = view->waiting_since ? app->now - view->waiting_since : 0;
    if (unheard > QUIET_MS)
        buf_printf(out, "no contact for %lld s", (long long)(unheard / 1000));
    else if (unanswered > QUIET_MS)
        buf_printf(out, "no answer for %lld s", (long long)(unanswered / 1000));
    return unheard > QUIET_MS || unanswered > QUIET_MS;
}

static const char *prompt_state(const struct app *app, const struct session_view *view)
{
    if (!session_is_raw(app->in.session))
        return "prompt";
    return view->once || app->options->own->edit == EDIT_HOST ? "prompt, edited on the host"
                                                              : "raw mode";
}

/* vi's mode, and whether keys are recorded. */
static void put_editor_state(struct app *app, struct buf *out)
{
    if (!session_line_mode(app->in.session))
        return;
    struct editor_view view = editor_view(app->editor);
    if (view.mode)
        buf_printf(out, ": %s", view.mode);
    if (view.recording)
        buf_puts(out, ", recording keys");
    if (editor_replays(app->editor))
        buf_puts(out, ", in a macro");
}

static void session_state_text(struct app *app, const struct session_view *view, struct buf *out)
{
    int64_t seconds = (app->now - view->since) / 1000;
    if (silence_text(app, view, out))
        return;
    if (app_nested_hides(app)) {
        buf_puts(out, "asking the shell that waits here");
        return;
    }
    if (app_nested_offers(app)) {
        buf_printf(out, "%s t: line mode for the shell that waits here", app->command_name);
        return;
    }
    switch (view->state) {
    case SESSION_STARTING:
        if (app->instead[0]) {
            buf_printf(out, "plain terminal: %s runs in place of the shell", app->instead);
            break;
        }
        if ((view->announced && !view->dialect) || app->shell_asked)
            buf_puts(out, "plain terminal: no line editing for this shell");
        else if (app->now - view->since > (view->announced ? START_WAIT_MS : MARKS_WAIT_MS))
            buf_puts(out, "plain terminal: no prompt of this shell has been seen");
        else
            buf_puts(out, "starting");
        break;
    case SESSION_PROMPT:
        buf_puts(out, prompt_state(app, view));
        put_editor_state(app, out);
        break;
    case SESSION_SUBMITTED:
    case SESSION_RUNNING:
        buf_puts(out, editor_replays(app->editor) ? "in a macro: running" : "running");
        if (seconds > 0)
            buf_printf(out, " %llds", (long long)seconds);
        if (view->command[0]) {
            buf_puts(out, ": ");
            put_safe(out, view->command, 60);
        }
        break;
    case SESSION_ENDED: buf_puts(out, "ended"); break;
    }
}

/* Messages name their host; the status line has it already. */
static const char *without_host(const struct app *app, const char *text)
{
    size_t len = strlen(app->host);
    return strncmp(text, app->host, len) == 0 && text[len] == ':' && text[len + 1] == ' '
               ? text + len + 2
               : text;
}

static void connecting_text(const struct app *app, struct buf *out)
{
    if (app->awaited[0]) {
        put_safe(out, app->awaited, 160);
    } else {
        buf_puts(out, "connecting: ");
        where_put(&app->where, out);
    }
    buf_printf(out, " %lld s", (long long)((app->now - app->stage_since) / 1000));
}

static void state_text(struct app *app, const struct session_view *view, struct buf *out)
{
    if (app->prefix == PREFIX_COMMAND) {
        buf_printf(out, "%s then: ? help  [ scroll  y copy  s signal  t raw  z suspend  . drop",
                   app->command_name);
    } else if (app->prefix == PREFIX_SIGNAL) {
        buf_puts(out, "signal to the running command:");
        for (const struct app_signal *s = app_signals; s->key; s++)
            buf_printf(out, "  %c %s", s->key, s->name);
    } else if (app->notice_until > app->now && !app_scroll_asks(app)) {
        put_safe(out, app->notice, 200);
    } else if (app_scroll_text(app, out)) {
        return;
    } else if (app->phase == PHASE_LOST) {
        buf_puts(out, "Enter connects again, Ctrl-D leaves; ");
        put_safe(out, without_host(app, app->ending), 120);
    } else if (app->ask.active) {
        buf_puts(out, "waiting for your answer");
    } else if (app->phase == PHASE_CONNECTING || app->phase == PHASE_OPENING) {
        connecting_text(app, out);
    } else {
        session_state_text(app, view, out);
    }
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Is there something that must be told, even to who wants no status line? */
static bool has_news(const struct app *app)
{
    struct session_view view = session_view(app->in.session);
    struct buf text = {0};
    bool silent = silence_text(app, &view, &text);
    buf_release(&text);
    return silent || app->phase != PHASE_SESSION || app->prefix != PREFIX_NONE ||
           app->notice_until > app->now || app_scroll_asks(app) ||
           view_mode(app->scroll.view) >= VIEW_WHEEL;
}

/* 1: below the page, -1: above it, 0: nowhere now. */
static int status_row(const struct app *app)
{
    enum config_status where = app->options->own->status;
    if (app->rows < 2 || (where == STATUS_OFF && !has_news(app)))
        return 0;
    return where == STATUS_TOP ? -1 : 1;
}

/* " PROD web1 " and the rest, from the most to the least telling. */
static void status_left(struct app *app, struct buf *host, struct buf *rest)
{
    struct session_view view = session_view(app->in.session);
    const char *word = app->options->own->word;
    buf_printf(host, " %s%s", word, *word ? " " : "");
    put_safe(host, app->host, 40);
    buf_puts(host, " ");
    buf_puts(rest, " ");
    state_text(app, &view, rest);
    if (app->notice_until > app->now)
        return;
    if (view.user[0]) {
        buf_puts(rest, "  ");
        put_safe(rest, view.user, 32);
    }
    if (view.shell[0]) {
        buf_puts(rest, "  ");
        put_safe(rest, base_name(view.shell), 32);
    }
    /* At the prompt the directory stands in the prompt already, and most shells' titles only
       say again what the prompt says. */
    if (vscreen_title(app->vscreen)[0] && view.state != SESSION_PROMPT) {
        buf_puts(rest, "  ");
        put_safe(rest, vscreen_title(app->vscreen), 40);
    }
    if (view.cwd[0] && view.state != SESSION_PROMPT) {
        buf_puts(rest, "  ");
        put_safe(rest, view.cwd, 120);
    }
}

static void status_right(struct app *app, struct buf *out)
{
    struct session_view view = session_view(app->in.session);
    if (view.has_status && view.state == SESSION_PROMPT) {
        if (view.status < 0 || view.status > LINE_STATUS_OTHER)
            buf_printf(out, "exit 0x%08X  ", (unsigned)view.status); /* as Windows' are told */
        else if (view.status != 0)
            buf_printf(out, "exit %d  ", view.status);
        if (view.duration >= 1000)
            buf_printf(out, "took %lld.%lld s  ", (long long)(view.duration / 1000),
                       (long long)(view.duration % 1000 / 100));
    }
    if (app_complete_late(app))
        buf_puts(out, "completing  ");
    /* The shell's own answer counts; where it gives none, the connection's. */
    int64_t rtt = view.rtt < 0 && app->link ? ssh_link_rtt(app->link) : view.rtt;
    if (rtt >= 0)
        buf_printf(out, "%lld ms ", (long long)rtt);
}

/* ---- the frame ---- */

static void compose_all(struct app *app)
{
    struct line_view line;
    struct line_parts parts = {0};
    struct buf host = {0}, rest = {0}, right = {0};
    status_left(app, &host, &rest);
    status_right(app, &right);
    const struct span status[] = {
        {.text = buf_str(&host), .len = host.len, .style = app_host_style(app)},
        {.text = buf_str(&rest), .len = rest.len, .style = style_status},
    };
    struct compose c = {
        .screen = app->vscreen,
        .scroll = view_top(app->scroll.view),
        .view = app->scroll.view,
        .line = line_view(app, &line, &parts) ? &line : NULL,
        .ended = app->options->own->times,
        .menu = app->completion.menu,
        .status = status,
        .status_count = 2,
        .status_right = buf_str(&right),
        .status_row = status_row(app),
    };
    compose_frame(&c, &app->next);
    if (!app->options->own->bell)
        app->next.bells = 0;
    if (!app->options->own->title)
        app->next.title[0] = '\0';
    app_terminal_frame(app, &app->next);
    app_find_draw(app, &app->next, c.status_row < 0, app->rows - (c.status_row != 0));
    app_scroll_frame(app, &app->next, frame_columns(buf_str(&host), host.len) + 1);
    app_preview_draw(app, &app->next, c.status_row < 0, app->rows - (c.status_row != 0));
    app_help_draw(app, &app->next, c.status_row < 0, app->rows - (c.status_row != 0));
    app_prompt_release(&parts.prompt);
    buf_release(&host);
    buf_release(&rest);
    buf_release(&right);
}

/* A program is in the middle of drawing: its unfinished picture is not shown, for a while. */
static bool held_back(struct app *app)
{
    if (!vscreen_modes(app->vscreen)->sync) {
        app->sync_since = 0;
        return false;
    }
    if (app->sync_since == 0)
        app->sync_since = app->now;
    return app->now - app->sync_since < SYNC_MS;
}

int64_t app_draw_deadline(const struct app *app)
{
    if (!app->screen_on || !app->dirty || tty_busy(app->tty))
        return CLOCK_NEVER;
    if (app->sync_since)
        return clock_earlier(app->now + FRAME_MS, app->sync_since + SYNC_MS);
    return app->next_frame;
}

/* While a large paste comes in, its line grows more costly to draw with each frame. After one that
   changed nothing the next is not kept waiting: it may be an answer to the same key. */
static int64_t frame_interval(int64_t took, bool changed)
{
    int64_t ms = took * FRAME_SHARE, least = changed ? FRAME_MS : 0;
    return ms < least ? least : ms < FRAME_MAX_MS ? ms : FRAME_MAX_MS;
}

void app_draw(struct app *app)
{
    /* Seconds are counted in the status line. */
    if (app->now / 1000 != app->drawn_at / 1000)
        app->dirty = true;
    if (!app->dirty || tty_busy(app->tty) || app->now < app->next_frame || held_back(app))
        return;
    int64_t begun = clock_ms();
    struct buf *out = tty_out(app->tty);
    size_t before = out->len;
    compose_all(app);
    display_frame(app->display, app->shown_valid ? &app->shown : NULL, &app->next, out);
    struct frame drawn = app->next;
    app->next = app->shown;
    app->shown = drawn;
    app->shown_valid = true;
    app->dirty = false;
    app->drawn_at = app->now;
    app->next_frame = app->now + frame_interval(clock_ms() - begun, out->len > before);
}

/* Ctrl-C, while everything is printed. */
static bool interrupted(void)
{
    sigset_t set;
    return sigpending(&set) == 0 && sigismember(&set, SIGINT) == 1;
}

void app_print_page(struct app *app, FILE *out)
{
    enum config_leave leave = app->options->own->leave;
    vscreen_reset_modes(app->vscreen);
    struct vscreen_cursor cursor = vscreen_cursor(app->vscreen);
    int cols = vscreen_cols(app->vscreen);
    int64_t top = vscreen_top(app->vscreen), end = top + cursor.row + (cursor.col > 0 ? 1 : 0);
    int64_t line = leave == LEAVE_ALL ? vscreen_first(app->vscreen) : top;
    struct cell *cells = xcalloc((size_t)cols, sizeof *cells);
    struct buf text = {0};
    for (; line < end && leave != LEAVE_LINE && !ferror(out) && !interrupted(); line++) {
        vscreen_line(app->vscreen, line, cells);
        display_row(app->display, cells, cols, app->glyphs, &text);
        buf_putc(&text, '\n');
        fwrite(buf_data(&text), 1, text.len, out);
        buf_clear(&text);
    }
    fflush(out);
    buf_release(&text);
    free(cells);
}
