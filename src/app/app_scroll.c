/* Scroll mode: the page scrolled back, searched, selected, copied and saved. */
#include "app/app_priv.h"

#include <limits.h>
#include <string.h>

#include "base/utf8.h"

#define WHEEL_LINES     3
#define DOUBLE_CLICK_MS 400
#define ASK_MAX         1024

void app_scroll_init(struct app *app)
{
    app->scroll = (struct scroll_state){.view = view_new(app->vscreen, app->glyphs),
                                        .mouse_off = !app->options->own->mouse};
}

void app_scroll_release(struct app *app)
{
    view_free(app->scroll.view);
    buf_release(&app->scroll.text);
    clipboard_release(&app->scroll.clipboard);
    app->scroll.view = NULL;
}

/* ---- questions in the status line ---- */

static void ask(struct app *app, enum scroll_ask what)
{
    app->scroll.ask = what;
    app->notice_until = 0;
}

static void ask_search(struct app *app, int dir)
{
    app->scroll.dir = dir;
    buf_clear(&app->scroll.text);
    view_enter(app->scroll.view, VIEW_STAY);
    view_search_begin(app->scroll.view);
    ask(app, SCROLL_ASK_SEARCH);
}

static void ask_save(struct app *app, int arg)
{
    (void)arg;
    buf_clear(&app->scroll.text);
    app_save_name(app, &app->scroll.text);
    ask(app, SCROLL_ASK_SAVE);
}

static void search_typed(struct app *app)
{
    struct scroll_state *s = &app->scroll;
    struct buf text = {0};
    buf_append(&text, buf_data(&s->text), s->text.len);
    view_search_cancel(s->view); /* each time from where it began */
    view_search(s->view, buf_str(&text), text.len, s->dir);
    buf_release(&text);
}

static void save(struct app *app, bool overwrite)
{
    bool exists;
    ask(app, SCROLL_ASK_NONE);
    if (app->scroll.text.len > 0 &&
        !app_save(app, buf_str(&app->scroll.text), overwrite, &exists) && exists)
        ask(app, SCROLL_ASK_OVERWRITE);
}

static void type(struct app *app, const char *data, size_t len)
{
    struct buf *text = &app->scroll.text;
    for (size_t i = 0; i < len && text->len < ASK_MAX; i++)
        if ((unsigned char)data[i] >= ' ' && data[i] != 0x7f)
            buf_putc(text, data[i]);
}

static void ask_done(struct app *app, bool yes)
{
    if (app->scroll.ask == SCROLL_ASK_SAVE && yes) {
        save(app, false);
        return;
    }
    if (app->scroll.ask == SCROLL_ASK_SEARCH && (!yes || app->scroll.text.len == 0))
        view_search_cancel(app->scroll.view);
    ask(app, SCROLL_ASK_NONE);
}

static void ask_key(struct app *app, const struct key *key)
{
    struct buf *text = &app->scroll.text;
    bool ctrl = key->kind == KEY_CHAR && key->mods == MOD_CTRL;
    bool plain = key->kind == KEY_CHAR && (key->mods & ~MOD_SHIFT) == 0;
    if ((plain && key->code == 0x1b) || (ctrl && (key->code == 'c' || key->code == 'g'))) {
        ask_done(app, false);
        return;
    }
    if (app->scroll.ask == SCROLL_ASK_OVERWRITE) {
        if (plain && key->code == 'y')
            save(app, true);
        else if (plain)
            ask(app, SCROLL_ASK_NONE);
        return;
    }
    if (plain && key->code == '\r') {
        ask_done(app, true);
        return;
    }
    if ((plain && key->code == 0x7f) || (ctrl && key->code == 'h')) {
        buf_erase_char(text);
    } else if (ctrl && key->code == 'u') {
        buf_clear(text);
    } else if (plain && key->code >= ' ') {
        char utf8[4];
        type(app, utf8, utf8_encode(key->code, utf8));
    } else if (key->kind == KEY_PASTE_DATA) {
        const uint8_t *end = memchr(key->raw, '\r', key->raw_len);
        type(app, (const char *)key->raw, end ? (size_t)(end - key->raw) : key->raw_len);
    } else {
        return;
    }
    if (app->scroll.ask == SCROLL_ASK_SEARCH)
        search_typed(app);
}

/* ---- keys ---- */

static int page(const struct app *app)
{
    int rows = vscreen_rows(app->vscreen);
    return rows > 1 ? rows - 1 : 1;
}

static void leave(struct app *app, int arg)
{
    (void)arg;
    view_leave(app->scroll.view);
}

/* At the end of the page, where there is nothing to stay for, the keys are the line's. */
static void leave_if_idle(struct app *app)
{
    struct view *v = app->scroll.view;
    if (view_at_end(v) && view_mode(v) < VIEW_STAY && !view_selecting(v))
        view_leave(v);
}

static void scroll_by(struct app *app, int64_t lines)
{
    struct view *v = app->scroll.view;
    view_scroll(v, lines);
    if (lines > 0)
        leave_if_idle(app);
}

static void move(struct app *app, int rows)
{
    view_move(app->scroll.view, rows, 0);
}

static void move_col(struct app *app, int cols)
{
    view_move(app->scroll.view, 0, cols);
}

static void scroll_page(struct app *app, int dir)
{
    if (view_selecting(app->scroll.view))
        view_move(app->scroll.view, dir * page(app), 0);
    else
        scroll_by(app, (int64_t)dir * page(app));
}

static void scroll_half(struct app *app, int dir)
{
    int rows = (page(app) + 1) / 2;
    if (view_selecting(app->scroll.view))
        view_move(app->scroll.view, dir * rows, 0);
    else
        scroll_by(app, (int64_t)dir * rows);
}

static void to_end(struct app *app, int dir)
{
    if (dir < 0)
        view_home(app->scroll.view);
    else
        view_end(app->scroll.view);
}

static void to_edge(struct app *app, int dir)
{
    if (dir < 0)
        view_line_start(app->scroll.view);
    else
        view_line_end(app->scroll.view);
}

static void next_match(struct app *app, int dir)
{
    if (!view_has_search(app->scroll.view))
        app_notice(app, "nothing is searched for: / searches");
    view_search_next(app->scroll.view, dir * app->scroll.dir);
}

static void to_command(struct app *app, int dir)
{
    view_enter(app->scroll.view, VIEW_STAY);
    if (!view_command(app->scroll.view, dir))
        app_notice(app, dir < 0 ? "no command before this" : "no command after this");
}

static void select_from(struct app *app, int unit)
{
    struct view *v = app->scroll.view;
    view_enter(v, VIEW_STAY);
    if (view_selecting(v))
        view_select_none(v);
    else
        view_select(v, (enum view_unit)unit);
}

static void copy_selected(struct app *app)
{
    struct buf text = {0};
    view_selected(app->scroll.view, &text);
    view_select_none(app->scroll.view);
    app_copy(app, &text);
    buf_release(&text);
}

static void copy_key(struct app *app, int arg)
{
    (void)arg;
    if (view_selecting(app->scroll.view))
        copy_selected(app);
    else
        app_notice(app, "nothing is selected: v begins, the arrows extend, y copies");
}

static void enter_key(struct app *app, int arg)
{
    if (view_selecting(app->scroll.view))
        copy_selected(app);
    else
        leave(app, arg);
}

static void escape_key(struct app *app, int arg)
{
    struct view *v = app->scroll.view;
    if (view_selecting(v))
        view_select_none(v);
    else if (view_matches(v).searching)
        view_search_cancel(v);
    else
        leave(app, arg);
}

static const struct scroll_key {
    enum key_kind kind;
    uint32_t code;
    uint8_t mods;
    void (*run)(struct app *app, int arg);
    int arg;
} scroll_keys[] = {
    {KEY_NAMED, KEY_UP, 0, move, -1},
    {KEY_CHAR, 'k', 0, move, -1},
    {KEY_NAMED, KEY_DOWN, 0, move, 1},
    {KEY_CHAR, 'j', 0, move, 1},
    {KEY_NAMED, KEY_LEFT, 0, move_col, -1},
    {KEY_CHAR, 'h', 0, move_col, -1},
    {KEY_NAMED, KEY_RIGHT, 0, move_col, 1},
    {KEY_CHAR, 'l', 0, move_col, 1},
    {KEY_CHAR, '0', 0, to_edge, -1},
    {KEY_CHAR, '$', 0, to_edge, 1},
    {KEY_NAMED, KEY_PAGE_UP, 0, scroll_page, -1},
    {KEY_CHAR, 'b', 0, scroll_page, -1},
    {KEY_CHAR, 'b', MOD_CTRL, scroll_page, -1},
    {KEY_NAMED, KEY_PAGE_DOWN, 0, scroll_page, 1},
    {KEY_CHAR, ' ', 0, scroll_page, 1},
    {KEY_CHAR, 'f', 0, scroll_page, 1},
    {KEY_CHAR, 'f', MOD_CTRL, scroll_page, 1},
    {KEY_CHAR, 'u', 0, scroll_half, -1},
    {KEY_CHAR, 'u', MOD_CTRL, scroll_half, -1},
    {KEY_CHAR, 'd', 0, scroll_half, 1},
    {KEY_CHAR, 'd', MOD_CTRL, scroll_half, 1},
    {KEY_NAMED, KEY_HOME, 0, to_end, -1},
    {KEY_CHAR, 'g', 0, to_end, -1},
    {KEY_NAMED, KEY_END, 0, to_end, 1},
    {KEY_CHAR, 'G', 0, to_end, 1},
    {KEY_CHAR, '/', 0, ask_search, 1},
    {KEY_CHAR, '?', 0, ask_search, -1},
    {KEY_CHAR, 'n', 0, next_match, 1},
    {KEY_CHAR, 'N', 0, next_match, -1},
    {KEY_CHAR, '[', 0, to_command, -1},
    {KEY_CHAR, ']', 0, to_command, 1},
    {KEY_CHAR, 'v', 0, select_from, UNIT_CHAR},
    {KEY_CHAR, 'V', 0, select_from, UNIT_LINE},
    {KEY_CHAR, 'y', 0, copy_key, 0},
    {KEY_CHAR, '\r', 0, enter_key, 0},
    {KEY_CHAR, 'w', 0, ask_save, 0},
    {KEY_CHAR, 'q', 0, leave, 0},
    {KEY_CHAR, 0x1b, 0, escape_key, 0},
};

/* Every key is scroll mode's but Ctrl-C, which ends it and stops a running command too. */
static bool mode_key(struct app *app, const struct key *key)
{
    if (key->kind == KEY_CHAR && key->mods == MOD_CTRL && key->code == 'c') {
        view_leave(app->scroll.view);
        return session_line_mode(app->in.session);
    }
    if (key->kind == KEY_PASTE_BEGIN) {
        view_leave(app->scroll.view); /* it is for the line, or the program */
        return false;
    }
    uint8_t mods = key->kind == KEY_CHAR ? key->mods & (uint8_t)~MOD_SHIFT : key->mods;
    for (size_t i = 0; i < sizeof scroll_keys / sizeof *scroll_keys; i++) {
        const struct scroll_key *k = &scroll_keys[i];
        if (key->kind == k->kind && key->code == k->code && mods == k->mods) {
            k->run(app, k->arg);
            return true;
        }
    }
    if (key->kind == KEY_CHAR)
        app_notice(app, "not a key of scroll mode: q leaves it");
    return true;
}

/* A glance back with the wheel: the page keys go on, anything else is typed, at the end. */
static bool glance_key(struct app *app, const struct key *key)
{
    bool named = key->kind == KEY_NAMED && key->mods == 0;
    if (named && (key->code == KEY_UP || key->code == KEY_DOWN)) {
        scroll_by(app, key->code == KEY_UP ? -1 : 1);
        return true;
    }
    if (named &&
        (key->code == KEY_PAGE_UP || key->code == KEY_PAGE_DOWN || key->code == KEY_HOME)) {
        view_enter(app->scroll.view, VIEW_PAGE);
        return mode_key(app, key);
    }
    view_leave(app->scroll.view);
    return (named && key->code == KEY_END) || key_is_escape(key);
}

/* ---- the mouse ---- */

/* The host's program has it when it asks for it, and a full-screen one has the wheel. */
static bool mouse_is_ours(const struct app *app)
{
    const struct vscreen_modes *modes = vscreen_modes(app->vscreen);
    return view_mode(app->scroll.view) != VIEW_OFF ||
           (modes->mouse == MOUSE_OFF && !modes->alternate);
}

static void wheel(struct app *app, int dir)
{
    struct view *v = app->scroll.view;
    if (dir > 0 && view_mode(v) == VIEW_OFF)
        return;
    view_enter(v, VIEW_WHEEL);
    scroll_by(app, (int64_t)dir * WHEEL_LINES);
    leave_if_idle(app);
}

static void press(struct app *app, const struct key *key)
{
    struct scroll_state *s = &app->scroll;
    bool again = s->clicks > 0 && app->now - s->clicked_at < DOUBLE_CLICK_MS &&
                 s->row == key->mouse.row && s->col == key->mouse.col;
    s->clicks = again ? s->clicks % 3 + 1 : 1;
    s->clicked_at = app->now;
    s->row = key->mouse.row;
    s->col = key->mouse.col;
    s->pressed = view_outside(s->view, s->row) == 0;
    view_select_none(s->view);
    if (s->pressed && s->clicks > 1) {
        view_enter(s->view, VIEW_DRAG);
        view_point(s->view, s->row, s->col);
        view_select(s->view, s->clicks == 2 ? UNIT_WORD : UNIT_LINE);
    }
}

static void drag(struct app *app, const struct key *key)
{
    struct scroll_state *s = &app->scroll;
    if (!s->pressed)
        return;
    if (!view_selecting(s->view)) {
        if (s->row == key->mouse.row && s->col == key->mouse.col)
            return;
        view_enter(s->view, VIEW_DRAG);
        view_point(s->view, s->row, s->col);
        view_select(s->view, UNIT_CHAR);
    }
    s->clicks = 0;
    int outside = view_outside(s->view, key->mouse.row);
    if (outside == 0 && key->mouse.row == 0 && s->row > 0)
        outside = -1; /* above it there is no row to drag to */
    view_point(s->view, key->mouse.row, key->mouse.col);
    if (outside != 0)
        view_move(s->view, outside, 0);
}

static void release(struct app *app)
{
    struct scroll_state *s = &app->scroll;
    if (s->pressed && view_selecting(s->view)) {
        /* A triple click copies its word and its line: the last one stays. */
        copy_selected(app);
        if (view_mode(s->view) == VIEW_DRAG)
            view_leave(s->view);
    }
    s->pressed = false;
}

static void mouse_key(struct app *app, const struct key *key)
{
    if (key->mouse.action == MOUSE_WHEEL_UP)
        wheel(app, -1);
    else if (key->mouse.action == MOUSE_WHEEL_DOWN)
        wheel(app, 1);
    else if (key->mouse.action == MOUSE_PRESS && key->mouse.button == 1 && !(key->mods & MOD_SHIFT))
        press(app, key);
    else if (key->mouse.action == MOUSE_MOVE && key->mouse.button == 1)
        drag(app, key);
    else if (key->mouse.action == MOUSE_RELEASE)
        release(app);
}

/* ---- who gets a key ---- */

bool app_scroll_key(struct app *app, const struct key *key)
{
    struct scroll_state *s = &app->scroll;
    const struct vscreen_modes *modes = vscreen_modes(app->vscreen);
    if (key->kind == KEY_MOUSE) {
        if (s->mouse_off || !mouse_is_ours(app))
            return s->mouse_off;
        mouse_key(app, key);
        return true;
    }
    if (key->kind == KEY_FOCUS)
        return false;
    if (s->ask != SCROLL_ASK_NONE) {
        ask_key(app, key);
        return true;
    }
    enum view_mode mode = view_mode(s->view);
    if (mode >= VIEW_PAGE)
        return mode_key(app, key);
    if (mode != VIEW_OFF)
        return glance_key(app, key);
    bool pages = key->kind == KEY_NAMED && key->mods == 0 &&
                 (key->code == KEY_PAGE_UP || key->code == KEY_PAGE_DOWN);
    if (!pages || !session_line_mode(app->in.session) || app->completion.menu || modes->alternate ||
        modes->mouse != MOUSE_OFF)
        return false;
    if (key->code == KEY_PAGE_UP) {
        view_enter(s->view, VIEW_PAGE);
        scroll_page(app, -1);
        leave_if_idle(app);
    }
    return true;
}

void app_scroll_enter(struct app *app)
{
    view_enter(app->scroll.view, VIEW_STAY);
}

void app_scroll_mouse(struct app *app)
{
    app->scroll.mouse_off = !app->scroll.mouse_off;
    app->scroll.pressed = false;
    app_notice(app, app->scroll.mouse_off ? "the mouse is the local terminal's"
                                          : "the mouse scrolls and selects here again");
}

bool app_scroll_step(struct app *app)
{
    bool moved;
    bool more = view_step(app->scroll.view, &moved);
    if (moved)
        app->dirty = true;
    app_copy_step(app);
    return more;
}

/* ---- what is shown ---- */

bool app_scroll_asks(const struct app *app)
{
    return app->scroll.ask != SCROLL_ASK_NONE;
}

/* The end of what is typed, as much as fits. */
static void put_typed(struct app *app, struct buf *out)
{
    char safe[2048];
    struct buf *text = &app->scroll.text;
    utf8_sanitize(safe, sizeof safe, buf_str(text), text->len, 2000, 0);
    int room = app->cols / 2 > 8 ? app->cols / 2 : 8;
    const char *at = safe;
    while (*at && frame_columns(at, strlen(at)) > room) {
        at++;
        while (((unsigned char)*at & 0xc0) == 0x80)
            at++;
    }
    buf_puts(out, at);
}

static void question_text(struct app *app, struct buf *out)
{
    switch (app->scroll.ask) {
    case SCROLL_ASK_SEARCH: buf_puts(out, app->scroll.dir > 0 ? "/" : "?"); break;
    case SCROLL_ASK_SAVE: buf_puts(out, "save to: "); break;
    case SCROLL_ASK_OVERWRITE: buf_puts(out, "it exists: overwrite? y or n "); return;
    case SCROLL_ASK_NONE: return;
    }
    put_typed(app, out);
}

static void matches_text(struct app *app, struct buf *out)
{
    if (!view_has_search(app->scroll.view))
        return;
    struct view_matches m = view_matches(app->scroll.view);
    if (m.none && !m.searching)
        buf_puts(out, "no match");
    else if (m.index > 0)
        buf_printf(out, "%lld of %lld", (long long)m.index, (long long)m.total);
    else
        buf_printf(out, "%lld matches", (long long)m.total);
    buf_puts(out, m.searching ? ", searching  " : "  ");
}

bool app_scroll_text(struct app *app, struct buf *out)
{
    struct view *v = app->scroll.view;
    if (app_scroll_asks(app)) {
        question_text(app, out);
        buf_puts(out, "  ");
        if (app->scroll.ask == SCROLL_ASK_SEARCH)
            matches_text(app, out);
        return true;
    }
    if (view_mode(v) < VIEW_WHEEL)
        return false;
    int64_t first = vscreen_first(app->vscreen), lines = view_new_lines(v);
    matches_text(app, out);
    if (lines > 0)
        buf_printf(out, "%lld new line%s  ", (long long)lines, lines == 1 ? "" : "s");
    buf_printf(
        out, "line %lld of %lld  ", (long long)(view_top(v) - first + 1),
        (long long)(vscreen_top(app->vscreen) + vscreen_cursor(app->vscreen).row - first + 1));
    if (view_selecting(v))
        buf_puts(out, "y copies, Escape drops the selection");
    else if (view_mode(v) == VIEW_WHEEL)
        buf_puts(out, "typing returns");
    else
        buf_puts(out, "q returns, / searches, v selects");
    return true;
}

void app_scroll_frame(struct app *app, struct frame *f, int col)
{
    if (app->scroll.mouse_off)
        f->mouse = MOUSE_OFF;
    else if (mouse_is_ours(app))
        f->mouse = MOUSE_DRAG;
    if (!app_scroll_asks(app))
        return;
    struct buf text = {0};
    question_text(app, &text);
    col += frame_columns(buf_str(&text), text.len);
    f->cursor_row = app->options->own->status == STATUS_TOP ? 0 : f->rows - 1;
    f->cursor_col = col < f->cols ? col : f->cols - 1;
    f->cursor_visible = true;
    buf_release(&text);
}
