/* Control sequences: one small function each, and the table that finds them. */
#include "term/vscreen_priv.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

typedef void csi_handler(struct vscreen *vs, const struct ecma48_token *token);

/* The first parameter as a count: at least 1. */
static int count(const struct ecma48_token *token)
{
    return ecma48_arg(token, 0, 1);
}

/* Up and down stop at the scroll region's edge when they begin inside it. */
static void move_rows(struct vscreen *vs, int by, int col)
{
    int top = vs->cursor.row >= vs->region_top ? vs->region_top : 0;
    int bottom = vs->cursor.row < vs->region_bottom ? vs->region_bottom : vs->rows;
    int row = vs->cursor.row + by;
    cursor_to(vs, row < top ? top : row >= bottom ? bottom - 1 : row, col);
}

static void up(struct vscreen *vs, const struct ecma48_token *token)
{
    move_rows(vs, -count(token), vs->cursor.col);
}

static void down(struct vscreen *vs, const struct ecma48_token *token)
{
    move_rows(vs, count(token), vs->cursor.col);
}

static void next_line(struct vscreen *vs, const struct ecma48_token *token)
{
    move_rows(vs, count(token), 0);
}

static void previous_line(struct vscreen *vs, const struct ecma48_token *token)
{
    move_rows(vs, -count(token), 0);
}

static void forward(struct vscreen *vs, const struct ecma48_token *token)
{
    cursor_to(vs, vs->cursor.row, vs->cursor.col + count(token));
}

static void back(struct vscreen *vs, const struct ecma48_token *token)
{
    text_back(vs, count(token));
}

static void to_column(struct vscreen *vs, const struct ecma48_token *token)
{
    cursor_to(vs, vs->cursor.row, count(token) - 1);
}

static void to_row(struct vscreen *vs, const struct ecma48_token *token)
{
    cursor_to_origin(vs, count(token) - 1, vs->cursor.col);
}

static void rows_on(struct vscreen *vs, const struct ecma48_token *token)
{
    int row = vs->cursor.row - (vs->origin ? vs->region_top : 0);
    cursor_to_origin(vs, row + count(token), vs->cursor.col);
}

static void to_position(struct vscreen *vs, const struct ecma48_token *token)
{
    cursor_to_origin(vs, ecma48_arg(token, 0, 1) - 1, ecma48_arg(token, 1, 1) - 1);
}

static void tab_forward(struct vscreen *vs, const struct ecma48_token *token)
{
    text_tab(vs, count(token) < vs->cols ? count(token) : vs->cols);
}

static void tab_back(struct vscreen *vs, const struct ecma48_token *token)
{
    text_tab(vs, -(count(token) < vs->cols ? count(token) : vs->cols));
}

static void tab_clear(struct vscreen *vs, const struct ecma48_token *token)
{
    int what = ecma48_arg(token, 0, 0);
    if (what == 0)
        vs->tabs[vs->cursor.col] = false;
    for (int col = 0; col < vs->cols && what == 3; col++)
        vs->tabs[col] = false;
}

static void tab_default(struct vscreen *vs, const struct ecma48_token *token)
{
    if (ecma48_arg(token, 0, 0) == 5)
        tabs_reset(vs, 0);
}

static void clear_rows(struct vscreen *vs, int from, int to)
{
    for (int r = from; r < to; r++)
        row_clear(vs, row_at(vs, vs->page, r));
}

/* To the end of the line; behind a full one, where the wrap is pending, nothing is left to
   erase, and grep and top do it there: xterm alone loses the last character. */
static void erase_right(struct vscreen *vs)
{
    if (!vs->cursor.wrap_next)
        row_erase(vs, cursor_row(vs), vs->cursor.col, vs->cols);
}

static void erase_in_line(struct vscreen *vs, const struct ecma48_token *token)
{
    int n = ecma48_arg(token, 0, 0);
    if (n == 0) {
        erase_right(vs);
    } else if (n <= 2) {
        vs->cursor.wrap_next = false;
        row_erase(vs, cursor_row(vs), 0, n == 1 ? vs->cursor.col + 1 : vs->cols);
    }
}

/* Clearing the whole main screen keeps what was on it in the scrollback, which is the person's:
   ED 3 clears that too only where it may. */
static void erase_in_display(struct vscreen *vs, const struct ecma48_token *token)
{
    int n = ecma48_arg(token, 0, 0);
    if (n == 3 && vs->allowed.clear_scrollback && !token->prefix)
        scrollback_clear(vs->scrollback);
    if (n > 2)
        return;
    if (n == 0) {
        erase_right(vs);
        clear_rows(vs, vs->cursor.row + 1, vs->rows);
        return;
    }
    vs->cursor.wrap_next = false;
    if (n == 1) {
        clear_rows(vs, 0, vs->cursor.row);
        row_erase(vs, cursor_row(vs), 0, vs->cursor.col + 1);
    } else {
        grid_save_screen(vs);
        clear_rows(vs, 0, vs->rows);
    }
}

static void erase_chars(struct vscreen *vs, const struct ecma48_token *token)
{
    int to = vs->cursor.col + count(token);
    vs->cursor.wrap_next = false;
    row_erase(vs, cursor_row(vs), vs->cursor.col, to < vs->cols ? to : vs->cols);
}

static void insert_chars(struct vscreen *vs, const struct ecma48_token *token)
{
    vs->cursor.wrap_next = false;
    row_insert(vs, cursor_row(vs), vs->cursor.col, count(token));
}

static void delete_chars(struct vscreen *vs, const struct ecma48_token *token)
{
    vs->cursor.wrap_next = false;
    row_delete(vs, cursor_row(vs), vs->cursor.col, count(token));
}

static bool in_region(const struct vscreen *vs)
{
    return vs->cursor.row >= vs->region_top && vs->cursor.row < vs->region_bottom;
}

static void insert_lines(struct vscreen *vs, const struct ecma48_token *token)
{
    if (!in_region(vs))
        return;
    grid_scroll_down(vs, vs->cursor.row, vs->region_bottom, count(token));
    cursor_to(vs, vs->cursor.row, 0);
}

/* Lines deleted at the top of the screen are gone, not scrolled off: xterm keeps none. */
static void delete_lines(struct vscreen *vs, const struct ecma48_token *token)
{
    if (!in_region(vs))
        return;
    grid_delete_rows(vs, vs->cursor.row, vs->region_bottom, count(token));
    cursor_to(vs, vs->cursor.row, 0);
}

static void scroll_up(struct vscreen *vs, const struct ecma48_token *token)
{
    grid_break_wraps(vs, vs->region_top, vs->region_bottom);
    grid_scroll_up(vs, vs->region_top, vs->region_bottom, count(token));
}

static void scroll_down(struct vscreen *vs, const struct ecma48_token *token)
{
    if (token->param_count <= 1) /* with five it is mouse highlighting */
        grid_scroll_down(vs, vs->region_top, vs->region_bottom, count(token));
}

static void set_region(struct vscreen *vs, const struct ecma48_token *token)
{
    int top = ecma48_arg(token, 0, 1) - 1;
    int bottom = ecma48_arg(token, 1, 0);
    if (bottom == 0 || bottom > vs->rows)
        bottom = vs->rows;
    if (bottom - top < 2 && !(top == 0 && bottom == vs->rows))
        return;
    vs->region_top = top;
    vs->region_bottom = bottom;
    cursor_to_origin(vs, 0, 0);
}

static void repeat(struct vscreen *vs, const struct ecma48_token *token)
{
    text_repeat(vs, count(token));
}

static void set_modes(struct vscreen *vs, const struct ecma48_token *token)
{
    mode_set(vs, token, true);
}

static void reset_modes(struct vscreen *vs, const struct ecma48_token *token)
{
    mode_set(vs, token, false);
}

static void request_mode(struct vscreen *vs, const struct ecma48_token *token)
{
    reply_mode(vs, token->prefix == '?', ecma48_arg(token, 0, 0));
}

static void sgr(struct vscreen *vs, const struct ecma48_token *token)
{
    sgr_apply(&vs->pen, token);
}

/* XTMODKEYS: of its resources only modifyOtherKeys means something here. */
static void modify_keys(struct vscreen *vs, const struct ecma48_token *token)
{
    if (token->param_count > 0 && ecma48_arg(token, 0, 0) != 4)
        return;
    int level = ecma48_arg(token, 1, 0);
    vs->modes.modify_other_keys = (uint8_t)(level <= 2 ? level : 0);
}

static void modify_keys_off(struct vscreen *vs, const struct ecma48_token *token)
{
    if (ecma48_arg(token, 0, 0) == 4)
        vs->modes.modify_other_keys = 0;
}

/* XTQMODKEYS */
static void modify_keys_told(struct vscreen *vs, const struct ecma48_token *token)
{
    if (ecma48_arg(token, 0, 0) == 4)
        reply_modify_keys(vs);
}

static void keys_push(struct vscreen *vs, const struct ecma48_token *token)
{
    kitty_push(vs, ecma48_arg(token, 0, 0));
}

static void keys_pop(struct vscreen *vs, const struct ecma48_token *token)
{
    kitty_pop(vs, count(token));
}

static void keys_set(struct vscreen *vs, const struct ecma48_token *token)
{
    kitty_set(vs, ecma48_arg(token, 0, 0), ecma48_arg(token, 1, 1));
}

static void keys_told(struct vscreen *vs, const struct ecma48_token *token)
{
    (void)token;
    reply_kitty_keys(vs);
}

static void parameters(struct vscreen *vs, const struct ecma48_token *token)
{
    if (ecma48_arg(token, 0, 0) <= 1)
        reply_parameters(vs, ecma48_arg(token, 0, 0));
}

static void device(struct vscreen *vs, const struct ecma48_token *token)
{
    if (ecma48_arg(token, 0, 0) == 0)
        reply_device(vs, token->prefix);
}

static void status(struct vscreen *vs, const struct ecma48_token *token)
{
    reply_status(vs, token->prefix == '?', ecma48_arg(token, 0, 0));
}

static void version(struct vscreen *vs, const struct ecma48_token *token)
{
    if (ecma48_arg(token, 0, 0) == 0)
        reply_version(vs);
}

static void cursor_style(struct vscreen *vs, const struct ecma48_token *token)
{
    int shape = ecma48_arg(token, 0, 0);
    if (shape <= 6)
        vs->cursor_shape = (uint8_t)shape;
}

/* XTWINOPS: of all it does and tells, the title's stack, and the size in characters. */
static void window(struct vscreen *vs, const struct ecma48_token *token)
{
    int what = ecma48_arg(token, 0, 0);
    bool title = ecma48_arg(token, 1, 0) != 1; /* 1: the icon's */
    if (what == 22 && title)
        title_push(vs);
    else if (what == 23 && title)
        title_pop(vs);
    else if (what == 18)
        reply_size(vs);
}

static void save(struct vscreen *vs, const struct ecma48_token *token)
{
    (void)token;
    cursor_save(vs);
}

static void restore(struct vscreen *vs, const struct ecma48_token *token)
{
    (void)token;
    cursor_restore(vs);
}

static void reset(struct vscreen *vs, const struct ecma48_token *token)
{
    (void)token;
    soft_reset(vs);
}

/* Sequences without prefix and intermediate are found by their final alone. */
static csi_handler *const by_final[64] = {
    ['@' - '@'] = insert_chars,
    ['A' - '@'] = up,
    ['B' - '@'] = down,
    ['C' - '@'] = forward,
    ['D' - '@'] = back,
    ['E' - '@'] = next_line,
    ['F' - '@'] = previous_line,
    ['G' - '@'] = to_column,
    ['H' - '@'] = to_position,
    ['I' - '@'] = tab_forward,
    ['J' - '@'] = erase_in_display,
    ['K' - '@'] = erase_in_line,
    ['L' - '@'] = insert_lines,
    ['M' - '@'] = delete_lines,
    ['P' - '@'] = delete_chars,
    ['S' - '@'] = scroll_up,
    ['T' - '@'] = scroll_down,
    ['X' - '@'] = erase_chars,
    ['Z' - '@'] = tab_back,
    ['^' - '@'] = scroll_down,
    ['`' - '@'] = to_column,
    ['a' - '@'] = forward,
    ['b' - '@'] = repeat,
    ['c' - '@'] = device,
    ['d' - '@'] = to_row,
    ['e' - '@'] = rows_on,
    ['f' - '@'] = to_position,
    ['g' - '@'] = tab_clear,
    ['h' - '@'] = set_modes,
    ['l' - '@'] = reset_modes,
    ['m' - '@'] = sgr,
    ['n' - '@'] = status,
    ['r' - '@'] = set_region,
    ['s' - '@'] = save,
    ['t' - '@'] = window,
    ['u' - '@'] = restore,
    ['x' - '@'] = parameters,
};

static const struct {
    uint8_t prefix, intermediate, final;
    csi_handler *handler;
} marked[] = {
    {'?', 0, 'h', set_modes},      {'?', 0, 'l', reset_modes},     {'?', 0, 'J', erase_in_display},
    {'?', 0, 'K', erase_in_line},  {'?', 0, 'W', tab_default},     {'?', 0, 'n', status},
    {'?', '$', 'p', request_mode}, {0, '$', 'p', request_mode},    {'>', 0, 'c', device},
    {'>', 0, 'm', modify_keys},    {'>', 0, 'n', modify_keys_off}, {'>', 0, 'q', version},
    {0, ' ', 'q', cursor_style},   {0, '!', 'p', reset},           {'?', 0, 'm', modify_keys_told},
    {'=', 0, 'c', device},         {'?', 0, 'u', keys_told},       {'>', 0, 'u', keys_push},
    {'<', 0, 'u', keys_pop},       {'=', 0, 'u', keys_set},
};

void csi_dispatch(struct vscreen *vs, const struct ecma48_token *token)
{
    if (!token->prefix && !token->intermediate[0]) {
        csi_handler *handler = by_final[(token->final - '@') & 63];
        if (handler)
            handler(vs, token);
        return;
    }
    for (size_t i = 0; i < COUNT(marked); i++) {
        if (marked[i].prefix == token->prefix && marked[i].final == token->final &&
            marked[i].intermediate == token->intermediate[0] && !token->intermediate[1]) {
            marked[i].handler(vs, token);
            return;
        }
    }
}
