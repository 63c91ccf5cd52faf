#include "term/keys.h"

#include "base/utf8.h"

#define ESC                0x1b
#define KITTY_DISAMBIGUATE 1
#define KITTY_ALL          8
#define WHEEL_LINES        3
#define MOUSE_LEGACY_MAX   223  /* coordinates in one byte */
#define MOUSE_UTF8_MAX     2015 /* and in two of UTF-8 */

/* How xterm sends the named keys: CSI letter, or CSI number ~. */
static const struct {
    char letter;
    uint8_t number;
} named[] = {
    [KEY_UP] = {'A', 0},        [KEY_DOWN] = {'B', 0},     [KEY_RIGHT] = {'C', 0},
    [KEY_LEFT] = {'D', 0},      [KEY_HOME] = {'H', 0},     [KEY_END] = {'F', 0},
    [KEY_INSERT] = {'~', 2},    [KEY_DELETE] = {'~', 3},   [KEY_PAGE_UP] = {'~', 5},
    [KEY_PAGE_DOWN] = {'~', 6}, [KEY_BACKTAB] = {'Z', 0},  [KEY_F1] = {'P', 0},
    [KEY_F1 + 1] = {'Q', 0},    [KEY_F1 + 2] = {'R', 0},   [KEY_F1 + 3] = {'S', 0},
    [KEY_F1 + 4] = {'~', 15},   [KEY_F1 + 5] = {'~', 17},  [KEY_F1 + 6] = {'~', 18},
    [KEY_F1 + 7] = {'~', 19},   [KEY_F1 + 8] = {'~', 20},  [KEY_F1 + 9] = {'~', 21},
    [KEY_F1 + 10] = {'~', 23},  [KEY_F1 + 11] = {'~', 24}, [KEY_F1 + 12] = {'~', 25},
    [KEY_F1 + 13] = {'~', 26},  [KEY_F1 + 14] = {'~', 28}, [KEY_F1 + 15] = {'~', 29},
    [KEY_F1 + 16] = {'~', 31},  [KEY_F1 + 17] = {'~', 32}, [KEY_F1 + 18] = {'~', 33},
    [KEY_F20] = {'~', 34},
};

static bool is_cursor_key(const struct key *key)
{
    return key->code <= KEY_END; /* the arrows, Home and End: what DECCKM is about */
}

static void put_raw(const struct key *key, struct buf *out)
{
    buf_append(out, key->raw, key->raw_len);
}

/* ESC [ x or ESC O x, and nothing else. */
static bool is_short_form(const struct key *key)
{
    return key->raw_len == 3 && key->raw[0] == ESC && (key->raw[1] == '[' || key->raw[1] == 'O') &&
           key->raw[2] == (uint8_t)named[key->code].letter;
}

static void encode_named(const struct key *key, const struct vscreen_modes *modes, struct buf *out)
{
    if (key->code > KEY_F20)
        return;
    char letter = named[key->code].letter;
    int number = named[key->code].number, mods = key->mods + 1;
    bool built = key->raw_len == 0;
    /* With kitty's flags in force the local terminal sends what the program wants. */
    if (modes->kitty_keys && !built)
        put_raw(key, out);
    else if (key->mods == 0 && is_cursor_key(key) && (built || is_short_form(key)))
        buf_printf(out, "\033%c%c", modes->app_cursor ? 'O' : '[', letter);
    else if (!built)
        put_raw(key, out);
    else if (mods > 1 && letter != 'Z')
        buf_printf(out, "\033[%d;%d%c", number ? number : 1, mods, letter);
    else if (number > 0)
        buf_printf(out, "\033[%d~", number);
    else
        buf_printf(out, "\033%c%c", letter >= 'P' && letter <= 'S' ? 'O' : '[', letter);
}

/* What the key is as plain bytes. */
static void put_plain(const struct key *key, struct buf *out)
{
    if (key->mods & MOD_ALT)
        buf_putc(out, ESC);
    char text[4];
    size_t len = utf8_encode(key->code, text);
    if (key->mods & MOD_CTRL && len == 1) {
        if (key->code == ' ' || (key->code >= '@' && key->code <= '~'))
            text[0] &= 0x1f;
        else if (key->code == '/')
            text[0] = 0x1f;
    }
    buf_append(out, text, len);
}

static bool from_keypad(const struct key *key)
{
    return key->raw_len == 3 && key->raw[0] == ESC && key->raw[1] == 'O';
}

static bool is_report(const struct key *key)
{
    return key->raw_len > 2 && key->raw[0] == ESC && key->raw[1] == '[';
}

/* The program asked to be told modifiers that plain bytes cannot carry. */
static bool encode_extended(const struct key *key, const struct vscreen_modes *modes,
                            struct buf *out)
{
    /* 0x08 is the Backspace key of some terminals: it stays what it is. */
    if (is_report(key) || (key->raw_len == 1 && key->raw[0] == '\b'))
        return false;
    /* ESC and a character may be Alt, or two keys typed quickly: only the program can tell. */
    if (key->raw_len > 1 && key->raw[0] == ESC)
        return false;
    bool modified = key->mods & (MOD_ALT | MOD_CTRL);
    int mods = key->mods + 1;
    if (modes->kitty_keys & KITTY_ALL ||
        (modes->kitty_keys & KITTY_DISAMBIGUATE && (modified || key->code == ESC))) {
        if (mods > 1)
            buf_printf(out, "\033[%u;%du", key->code, mods);
        else
            buf_printf(out, "\033[%uu", key->code);
        return true;
    }
    if (modes->modify_other_keys < 2 || !modified)
        return false;
    buf_printf(out, "\033[27;%d;%u~", mods, key->code);
    return true;
}

static void encode_char(const struct key *key, const struct vscreen_modes *modes, struct buf *out)
{
    if (from_keypad(key) && modes->app_keypad)
        put_raw(key, out);
    else if (encode_extended(key, modes, out))
        return;
    else if (key->code == '\r' && key->mods == 0 && modes->newline)
        buf_puts(out, "\r\n");
    else if (key->raw_len == 0 || from_keypad(key))
        put_plain(key, out);
    else
        put_raw(key, out);
}

static bool is_wheel(const struct key *key)
{
    return key->mouse.action == MOUSE_WHEEL_UP || key->mouse.action == MOUSE_WHEEL_DOWN;
}

static bool mouse_wanted(const struct key *key, enum mouse_mode mode)
{
    switch (mode) {
    case MOUSE_OFF: return false;
    case MOUSE_X10:
        return key->mouse.action == MOUSE_PRESS && key->mouse.button >= 1 && key->mouse.button <= 3;
    case MOUSE_CLICK: return key->mouse.action != MOUSE_MOVE;
    case MOUSE_DRAG: return key->mouse.action != MOUSE_MOVE || key->mouse.button != 0;
    case MOUSE_MOTION: return true;
    }
    return false;
}

/* The button number as xterm codes it, but for the release that only SGR tells apart. */
static int mouse_bits(const struct key *key, bool x10)
{
    int button = key->mouse.button, bits;
    if (key->mouse.action == MOUSE_WHEEL_UP)
        bits = 64;
    else if (key->mouse.action == MOUSE_WHEEL_DOWN)
        bits = 65;
    else if (button == 0)
        bits = 3;
    else
        bits = button <= 3 ? button - 1 : button <= 7 ? 64 + button - 4 : 128 + button - 8;
    if (key->mouse.action == MOUSE_MOVE)
        bits |= 32;
    if (!x10)
        bits |= (key->mods & MOD_SHIFT ? 4 : 0) | (key->mods & MOD_ALT ? 8 : 0) |
                (key->mods & MOD_CTRL ? 16 : 0);
    return bits;
}

static void put_coordinate(struct buf *out, int value, bool utf8)
{
    char text[4];
    if (utf8)
        buf_append(out, text, utf8_encode((uint32_t)value, text));
    else
        buf_putc(out, (char)value);
}

/* A full-screen program without a mouse of its own: the wheel is arrow keys, as terminals do. */
static void encode_wheel_keys(const struct key *key, const struct vscreen_modes *modes,
                              struct buf *out)
{
    if (!is_wheel(key) || !modes->alternate || !modes->wheel_keys)
        return;
    char letter = key->mouse.action == MOUSE_WHEEL_UP ? 'A' : 'B';
    for (int i = 0; i < WHEEL_LINES; i++)
        buf_printf(out, "\033%c%c", modes->app_cursor ? 'O' : '[', letter);
}

static void encode_mouse(const struct key *key, const struct vscreen_modes *modes, struct buf *out)
{
    int row = key->mouse.row + 1, col = key->mouse.col + 1;
    if (row < 1 || col < 1)
        return;
    if (modes->mouse == MOUSE_OFF)
        encode_wheel_keys(key, modes, out);
    if (!mouse_wanted(key, modes->mouse))
        return;
    bool release = key->mouse.action == MOUSE_RELEASE;
    int bits = mouse_bits(key, modes->mouse == MOUSE_X10);
    bool utf8 = modes->mouse_coding == MOUSE_UTF8;
    int most = utf8 ? MOUSE_UTF8_MAX : MOUSE_LEGACY_MAX;
    switch (modes->mouse_coding) {
    case MOUSE_SGR:
    case MOUSE_SGR_PIXELS: /* we know no pixels: cells are the nearest */
        buf_printf(out, "\033[<%d;%d;%d%c", bits, col, row, release ? 'm' : 'M');
        return;
    case MOUSE_URXVT:
        buf_printf(out, "\033[%d;%d;%dM", (release ? bits | 3 : bits) + 32, col, row);
        return;
    case MOUSE_LEGACY:
    case MOUSE_UTF8:
        if (row > most || col > most)
            return;
        buf_puts(out, "\033[M");
        put_coordinate(out, (release ? bits | 3 : bits) + 32, utf8);
        put_coordinate(out, col + 32, utf8);
        put_coordinate(out, row + 32, utf8);
        return;
    }
}

void keys_encode(const struct key *key, const struct vscreen_modes *modes, struct buf *out)
{
    switch (key->kind) {
    case KEY_CHAR: encode_char(key, modes, out); break;
    case KEY_NAMED: encode_named(key, modes, out); break;
    case KEY_MOUSE: encode_mouse(key, modes, out); break;
    case KEY_FOCUS:
        if (modes->focus_events)
            buf_puts(out, key->code ? "\033[I" : "\033[O");
        break;
    case KEY_PASTE_BEGIN:
        if (modes->bracketed_paste)
            buf_puts(out, "\033[200~");
        break;
    case KEY_PASTE_END:
        if (modes->bracketed_paste)
            buf_puts(out, "\033[201~");
        break;
    case KEY_REPORT: break; /* it is ours */
    case KEY_PASTE_DATA:
    case KEY_UNKNOWN: put_raw(key, out); break;
    }
}
