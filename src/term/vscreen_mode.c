/* Modes: SM, RM, DECSET, DECRST, and what DECRQM tells of them. */
#include <stddef.h>

#include "term/vscreen_priv.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

typedef void mode_setter(struct vscreen *vs, int arg, bool on);

struct mode {
    bool private;
    int number;
    size_t flag;      /* offset of the bool that it is, or 0 */
    mode_setter *set; /* what else it takes */
    int arg;
};

static void set_origin(struct vscreen *vs, int arg, bool on)
{
    (void)arg;
    vs->origin = on;
    cursor_to_origin(vs, 0, 0);
}

static void set_mouse(struct vscreen *vs, int arg, bool on)
{
    if (on)
        vs->modes.mouse = (enum mouse_mode)arg;
    else
        vs->modes.mouse = MOUSE_OFF;
}

static void set_mouse_coding(struct vscreen *vs, int arg, bool on)
{
    if (on)
        vs->modes.mouse_coding = (enum mouse_coding)arg;
    else if (vs->modes.mouse_coding == (enum mouse_coding)arg)
        vs->modes.mouse_coding = MOUSE_LEGACY;
}

static void clear_page(struct vscreen *vs)
{
    for (int r = 0; r < vs->rows; r++)
        row_clear(vs, row_at(vs, vs->page, r));
}

static void set_alternate(struct vscreen *vs, int number, bool on)
{
    if (number == 1049 && on)
        cursor_save(vs);
    if (number == 1047 && !on && vs->modes.alternate)
        clear_page(vs);
    page_show(vs, on);
    if (number == 1049 && on)
        clear_page(vs);
    if (number == 1049 && !on)
        cursor_restore(vs);
}

static void set_saved_cursor(struct vscreen *vs, int arg, bool on)
{
    (void)arg;
    if (on)
        cursor_save(vs);
    else
        cursor_restore(vs);
}

#define FLAG(field) offsetof(struct vscreen, field)

static const struct mode modes[] = {
    {false, 4, FLAG(insert), NULL, 0},
    {false, 20, FLAG(modes.newline), NULL, 0},
    {true, 1, FLAG(modes.app_cursor), NULL, 0},
    {true, 5, FLAG(modes.reverse_screen), NULL, 0},
    {true, 6, FLAG(origin), set_origin, 0},
    {true, 7, FLAG(autowrap), NULL, 0},
    {true, 9, 0, set_mouse, MOUSE_X10},
    {true, 12, FLAG(cursor_blink), NULL, 0},
    {true, 25, FLAG(cursor_visible), NULL, 0},
    {true, 45, FLAG(reverse_wrap), NULL, 0},
    {true, 47, FLAG(modes.alternate), set_alternate, 47},
    {true, 66, FLAG(modes.app_keypad), NULL, 0},
    {true, 1000, 0, set_mouse, MOUSE_CLICK},
    {true, 1002, 0, set_mouse, MOUSE_DRAG},
    {true, 1003, 0, set_mouse, MOUSE_MOTION},
    {true, 1004, FLAG(modes.focus_events), NULL, 0},
    {true, 1005, 0, set_mouse_coding, MOUSE_UTF8},
    {true, 1006, 0, set_mouse_coding, MOUSE_SGR},
    {true, 1007, FLAG(modes.wheel_keys), NULL, 0},
    {true, 1015, 0, set_mouse_coding, MOUSE_URXVT},
    {true, 1016, 0, set_mouse_coding, MOUSE_SGR_PIXELS},
    {true, 1047, FLAG(modes.alternate), set_alternate, 1047},
    {true, 1048, 0, set_saved_cursor, 0},
    {true, 1049, FLAG(modes.alternate), set_alternate, 1049},
    {true, 2004, FLAG(modes.bracketed_paste), NULL, 0},
    {true, 2026, FLAG(modes.sync), NULL, 0},
};

static const struct mode *find(bool private, int number)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        if (modes[i].private == private && modes[i].number == number)
            return &modes[i];
    }
    return NULL;
}

void mode_set(struct vscreen *vs, const struct ecma48_token *token, bool on)
{
    for (int i = 0; i < token->param_count; i++) {
        const struct mode *mode = find(token->prefix == '?', token->param[i].value);
        if (!mode)
            continue;
        if (mode->set)
            mode->set(vs, mode->arg, on);
        else
            *(bool *)((char *)vs + mode->flag) = on;
    }
}

/* Private modes that programs ask for and we do not have: the answer spares them a wait. */
static const int not_here[] = {2, 3, 8, 40, 69, 80, 1001, 1034, 1045, 2027, 2031, 2048};

int mode_report(const struct vscreen *vs, bool private, int number)
{
    const struct mode *mode = find(private, number);
    for (size_t i = 0; i < COUNT(not_here) && private; i++) {
        if (not_here[i] == number)
            return 0;
    }
    if (!mode || mode->set == set_saved_cursor)
        return -1;
    bool on;
    if (mode->set == set_mouse)
        on = vs->modes.mouse == (enum mouse_mode)mode->arg;
    else if (mode->set == set_mouse_coding)
        on = vs->modes.mouse_coding == (enum mouse_coding)mode->arg;
    else
        on = *(const bool *)((const char *)vs + mode->flag);
    return on ? 1 : 2;
}

void modes_reset(struct vscreen *vs)
{
    /* The wheel pages through less and man unless they take the mouse themselves. */
    vs->modes = (struct vscreen_modes){.alternate = vs->modes.alternate, .wheel_keys = true};
    kitty_reset(vs);
    vs->cursor_shape = 0;
    vs->cursor_blink = false;
}
