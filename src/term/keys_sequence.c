#include "term/keys_sequence.h"

#include <ctype.h>
#include <string.h>

#define COUNT(a)   (sizeof(a) / sizeof *(a))
#define CSI_PARAMS 4
#define CSI_MAX    64 /* bytes; keyboards send no longer ones */
#define OSC_MAX    64
#define VALUE_MAX  0xffffff

struct csi {
    uint8_t prefix, final;
    bool intermediate;
    int count;
    int param[CSI_PARAMS]; /* -1: left out */
    int sub[CSI_PARAMS];   /* what followed it after ':'; -1: nothing */
};

/* CSI n ~, and rxvt's CSI n ^, CSI n $ and CSI n @. */
static const struct {
    uint8_t number, name;
} tilde_keys[] = {
    {1, KEY_HOME},      {2, KEY_INSERT},   {3, KEY_DELETE},   {4, KEY_END},      {5, KEY_PAGE_UP},
    {6, KEY_PAGE_DOWN}, {7, KEY_HOME},     {8, KEY_END},      {11, KEY_F1},      {12, KEY_F1 + 1},
    {13, KEY_F1 + 2},   {14, KEY_F1 + 3},  {15, KEY_F1 + 4},  {17, KEY_F1 + 5},  {18, KEY_F1 + 6},
    {19, KEY_F1 + 7},   {20, KEY_F1 + 8},  {21, KEY_F1 + 9},  {23, KEY_F1 + 10}, {24, KEY_F1 + 11},
    {25, KEY_F1 + 12},  {26, KEY_F1 + 13}, {28, KEY_F1 + 14}, {29, KEY_F1 + 15}, {31, KEY_F1 + 16},
    {32, KEY_F1 + 17},  {33, KEY_F1 + 18}, {34, KEY_F20},
};

/* CSI x, CSI 1;m x and SS3 x. */
static const struct {
    uint8_t final, name;
} letter_keys[] = {
    {'A', KEY_UP},  {'B', KEY_DOWN}, {'C', KEY_RIGHT},  {'D', KEY_LEFT},   {'H', KEY_HOME},
    {'F', KEY_END}, {'P', KEY_F1},   {'Q', KEY_F1 + 1}, {'R', KEY_F1 + 2}, {'S', KEY_F1 + 3},
};

/* SS3: the keypad in application mode. */
static const struct {
    uint8_t final, code;
} keypad_keys[] = {
    {' ', ' '}, {'I', '\t'}, {'M', '\r'}, {'X', '='}, {'j', '*'}, {'k', '+'}, {'l', ','},
    {'m', '-'}, {'n', '.'},  {'o', '/'},  {'p', '0'}, {'q', '1'}, {'r', '2'}, {'s', '3'},
    {'t', '4'}, {'u', '5'},  {'v', '6'},  {'w', '7'}, {'x', '8'}, {'y', '9'},
};

/* CSI u: the private-use numbers of keys without a character. */
static const struct {
    uint16_t number;
    uint8_t kind, code;
} private_keys[] = {
    {57409, KEY_CHAR, '.'},          {57410, KEY_CHAR, '/'},
    {57411, KEY_CHAR, '*'},          {57412, KEY_CHAR, '-'},
    {57413, KEY_CHAR, '+'},          {57414, KEY_CHAR, '\r'},
    {57415, KEY_CHAR, '='},          {57416, KEY_CHAR, ','},
    {57417, KEY_NAMED, KEY_LEFT},    {57418, KEY_NAMED, KEY_RIGHT},
    {57419, KEY_NAMED, KEY_UP},      {57420, KEY_NAMED, KEY_DOWN},
    {57421, KEY_NAMED, KEY_PAGE_UP}, {57422, KEY_NAMED, KEY_PAGE_DOWN},
    {57423, KEY_NAMED, KEY_HOME},    {57424, KEY_NAMED, KEY_END},
    {57425, KEY_NAMED, KEY_INSERT},  {57426, KEY_NAMED, KEY_DELETE},
};

void keys_control(uint8_t byte, struct key *key)
{
    key->kind = KEY_CHAR;
    key->code = byte;
    key->mods = 0;
    if (byte == '\t' || byte == '\r' || byte == 0x1b || byte == 0x7f)
        return;
    key->mods = MOD_CTRL;
    if (byte == 0)
        key->code = ' ';
    else
        key->code = byte + (byte <= 26 ? 'a' - 1u : '@');
}

static void set_named(struct key *key, unsigned name, unsigned mods)
{
    key->kind = KEY_NAMED;
    key->code = name;
    key->mods = (uint8_t)mods;
}

/* A character reported with its modifiers (CSI u, modifyOtherKeys), brought to the form in
   which the same key comes as plain bytes. */
static void set_char(struct key *key, int code, unsigned mods)
{
    key->kind = KEY_UNKNOWN;
    if (code >= 57344 && code <= 63743) {
        if (code >= 57399 && code <= 57408) {
            key->kind = KEY_CHAR;
            key->code = (uint32_t)(code - 57399 + '0');
        } else if (code >= 57376 && code <= 57383) {
            set_named(key, (unsigned)(code - 57376 + KEY_F1 + 12), 0);
        }
        for (size_t i = 0; i < COUNT(private_keys); i++) {
            if (private_keys[i].number == code) {
                key->kind = (enum key_kind)private_keys[i].kind;
                key->code = private_keys[i].code;
            }
        }
        key->mods = (uint8_t)mods;
        return;
    }
    if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return;
    if (code == '\t' && mods & MOD_SHIFT) {
        set_named(key, KEY_BACKTAB, mods & ~(unsigned)MOD_SHIFT);
        return;
    }
    if (code < 0x20 && code != '\t' && code != '\r' && code != 0x1b) {
        keys_control((uint8_t)code, key);
        key->mods |= (uint8_t)mods;
        return;
    }
    if (mods & MOD_CTRL && code >= 'A' && code <= 'Z') {
        code += 'a' - 'A';
    } else if (mods & MOD_SHIFT && !(mods & MOD_CTRL) && code > ' ' && code != 0x7f) {
        if (code >= 'a' && code <= 'z')
            code -= 'a' - 'A';
        mods &= ~(unsigned)MOD_SHIFT;
    }
    key->kind = KEY_CHAR;
    key->code = (uint32_t)code;
    key->mods = (uint8_t)mods;
}

static void set_tilde(struct key *key, int number, unsigned mods)
{
    for (size_t i = 0; i < COUNT(tilde_keys); i++)
        if (tilde_keys[i].number == number)
            set_named(key, tilde_keys[i].name, mods);
}

/* An SGR or X10 mouse report. `bits`: the button number as coded, without X10's 32. */
static void set_mouse(struct key *key, int bits, int col, int row, bool release)
{
    static const uint8_t mods[8] = {0,
                                    MOD_SHIFT,
                                    MOD_ALT,
                                    MOD_SHIFT | MOD_ALT,
                                    MOD_CTRL,
                                    MOD_CTRL | MOD_SHIFT,
                                    MOD_CTRL | MOD_ALT,
                                    MOD_CTRL | MOD_SHIFT | MOD_ALT};
    if (bits < 0 || bits > 255 || col < 0 || row < 0)
        return;
    key->kind = KEY_MOUSE;
    key->mods = mods[bits >> 2 & 7];
    key->mouse.row = row;
    key->mouse.col = col;
    int low = bits & 3;
    if (bits & 128) {
        key->mouse.button = (uint8_t)(8 + low);
    } else if (bits & 64) {
        key->mouse.button = low > 1 ? (uint8_t)(4 + low) : 0;
    } else {
        key->mouse.button = low == 3 ? 0 : (uint8_t)(1 + low);
        release = release || (low == 3 && !(bits & 32));
    }
    key->mouse.action = release ? MOUSE_RELEASE : bits & 32 ? MOUSE_MOVE : MOUSE_PRESS;
    if ((bits & 0xc0) == 64 && low < 2)
        key->mouse.action = low == 0 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
}

/* The modifiers coded in parameter i: one more than their bits. */
static unsigned csi_mods(const struct csi *csi, int i)
{
    return i < csi->count && csi->param[i] > 1 ? ((unsigned)csi->param[i] - 1) & 0xf : 0;
}

static void csi_tilde(const struct csi *csi, struct key *key)
{
    int number = csi->param[0];
    if (number == 200 || number == 201)
        key->kind = number == 200 ? KEY_PASTE_BEGIN : KEY_PASTE_END;
    else if (number == 27 && csi->count == 3)
        set_char(key, csi->param[2], csi_mods(csi, 1));
    else
        set_tilde(key, number, csi_mods(csi, 1));
}

static void csi_letter(const struct csi *csi, struct key *key)
{
    if (csi->param[0] > 1 || csi->count > 2)
        return; /* a report, not a key: CSI 12;40 R */
    for (size_t i = 0; i < COUNT(letter_keys); i++)
        if (letter_keys[i].final == csi->final)
            set_named(key, letter_keys[i].name, csi_mods(csi, 1));
}

/* What our questions are answered with: CSI ? flags u, CSI ? ... c, CSI > 4 ; level m. */
static void report_key(const struct csi *csi, struct key *key)
{
    enum key_report what;
    if (csi->intermediate)
        return;
    if (csi->prefix == '?' && csi->final == 'u')
        what = REPORT_KITTY;
    else if (csi->prefix == '?' && csi->final == 'c')
        what = REPORT_DEVICE;
    else if (csi->prefix == '>' && csi->final == 'm' && csi->param[0] == 4)
        what = REPORT_MODIFY;
    else
        return;
    key->kind = KEY_REPORT;
    key->report.what = what;
}

static void csi_key(const struct csi *csi, struct key *key)
{
    key->kind = KEY_UNKNOWN;
    if (csi->prefix == '<' && !csi->intermediate && csi->count == 3 &&
        (csi->final == 'M' || csi->final == 'm')) {
        set_mouse(key, csi->param[0], csi->param[1] - 1, csi->param[2] - 1, csi->final == 'm');
        return;
    }
    report_key(csi, key);
    bool released = csi->count > 1 && csi->sub[1] == 3;
    if (csi->prefix != 0 || csi->intermediate || released)
        return;
    bool bare = csi->count == 1 && csi->param[0] < 0;
    switch (csi->final) {
    case '~': csi_tilde(csi, key); break;
    case 'u': set_char(key, csi->param[0], csi_mods(csi, 1)); break;
    case '^': set_tilde(key, csi->param[0], MOD_CTRL); break;
    case '$': set_tilde(key, csi->param[0], MOD_SHIFT); break;
    case '@': set_tilde(key, csi->param[0], MOD_SHIFT | MOD_CTRL); break;
    case 'Z': set_named(key, KEY_BACKTAB, csi_mods(csi, 1) & ~(unsigned)MOD_SHIFT); break;
    case 'a':
    case 'b':
    case 'c':
    case 'd':
        if (bare)
            set_named(key, KEY_UP + csi->final - 'a', MOD_SHIFT);
        break;
    case 'I':
    case 'O':
        if (bare) {
            key->kind = KEY_FOCUS;
            key->code = csi->final == 'I';
        }
        break;
    default: csi_letter(csi, key); break;
    }
}

/* Parameters at data[2..]: returns where they end. */
static size_t read_params(const uint8_t *data, size_t len, struct csi *csi)
{
    size_t at = 2;
    if (at < len && data[at] >= '<' && data[at] <= '?')
        csi->prefix = data[at++];
    csi->count = 1;
    bool sub = false;
    for (; at < len && at < CSI_MAX && data[at] >= '0' && data[at] <= ';'; at++) {
        int i = csi->count - 1;
        if (data[at] == ';') {
            csi->count += csi->count < CSI_PARAMS;
            sub = false;
        } else if (data[at] == ':') {
            sub = true;
        } else {
            int *value = sub ? &csi->sub[i] : &csi->param[i];
            *value = (*value < 0 ? 0 : *value) * 10 + data[at] - '0';
            if (*value > VALUE_MAX)
                *value = VALUE_MAX;
        }
    }
    return at;
}

static size_t alt_char(struct key *key, uint8_t byte)
{
    *key = (struct key){.kind = KEY_CHAR, .code = byte, .mods = MOD_ALT};
    return 2;
}

/* CSI M and three bytes. */
static size_t x10_mouse(const uint8_t *data, size_t len, bool whole, struct key *key)
{
    for (size_t i = 3; i < 6; i++) {
        if (i >= len && !whole)
            return 0;
        if (i >= len || data[i] < ' ')
            return 3;
    }
    set_mouse(key, data[3] - 32, data[4] - 33, data[5] - 33, false);
    return 6;
}

/* The Linux console's F1 to F5: CSI [ A. */
static size_t linux_function(const uint8_t *data, size_t len, bool whole, struct key *key)
{
    if (len < 4)
        return whole ? 3 : 0;
    if (data[3] < 'A' || data[3] > 'E')
        return 3;
    set_named(key, KEY_F1 + data[3] - 'A', 0);
    return 4;
}

static size_t csi_sequence(const uint8_t *data, size_t len, bool whole, struct key *key)
{
    struct csi csi = {.param = {-1, -1, -1, -1}, .sub = {-1, -1, -1, -1}};
    size_t at = read_params(data, len, &csi);
    /* '$' is an intermediate by the book, and rxvt's final for Shift. */
    bool rxvt = at < len && data[at] == '$' && csi.prefix == 0 && csi.count == 1 && at > 2;
    while (!rxvt && at < len && at < CSI_MAX && data[at] >= ' ' && data[at] <= '/') {
        csi.intermediate = true;
        at++;
    }
    key->kind = KEY_UNKNOWN;
    if (at >= CSI_MAX)
        return at;
    if (at >= len && !whole)
        return 0;
    bool ended = at < len && (rxvt || (data[at] >= '@' && data[at] <= '~'));
    if (!ended)
        return at == 2 ? alt_char(key, '[') : at;
    csi.final = data[at];
    if (at == 2 && csi.final == 'M')
        return x10_mouse(data, len, whole, key);
    if (at == 2 && csi.final == '[')
        return linux_function(data, len, whole, key);
    csi_key(&csi, key);
    return at + 1;
}

static size_t ss3_sequence(const uint8_t *data, size_t len, bool whole, struct key *key)
{
    struct csi csi = {.param = {-1, -1, -1, -1}, .sub = {-1, -1, -1, -1}};
    size_t at = read_params(data, len, &csi);
    if (at >= len && at < CSI_MAX && !whole)
        return 0;
    uint8_t final = at < len ? data[at] : 0;
    /* Old forms put the modifiers alone, or behind a 1. */
    unsigned mods = csi_mods(&csi, csi.count > 1 ? 1 : 0);
    for (size_t i = 0; csi.prefix == 0 && i < COUNT(letter_keys); i++) {
        if (letter_keys[i].final == final) {
            set_named(key, letter_keys[i].name, mods);
            return at + 1;
        }
    }
    for (size_t i = 0; csi.prefix == 0 && i < COUNT(keypad_keys); i++) {
        if (keypad_keys[i].final == final) {
            *key =
                (struct key){.kind = KEY_CHAR, .code = keypad_keys[i].code, .mods = (uint8_t)mods};
            return at + 1;
        }
    }
    if (at == 2 && final >= 'a' && final <= 'd') {
        set_named(key, KEY_UP + final - 'a', MOD_CTRL);
        return 3;
    }
    return alt_char(key, 'O');
}

/* "rgb:" or "rgba:" and three numbers of one to four hexadecimal digits, as X has them. */
static bool read_color(const char *text, const char *end, uint32_t *color)
{
    const char *at = memchr(text, ':', (size_t)(end - text));
    if (!at || (at - text != 3 && at - text != 4) || memcmp(text, "rgba", (size_t)(at - text)) != 0)
        return false;
    *color = 0;
    for (int part = 0; part < 3; part++) {
        unsigned value = 0, digits = 0;
        for (at++; at < end && digits < 4 && isxdigit((unsigned char)*at); at++, digits++)
            value = value * 16 + (unsigned)(*at <= '9' ? *at - '0' : (*at | 0x20) - 'a' + 10);
        if (digits == 0 || (part < 2 && (at == end || *at != '/')))
            return false;
        *color = *color << 8 | value * 255 / ((1u << 4 * digits) - 1);
    }
    return true;
}

static int read_number(const char **at, const char *end)
{
    int value = 0;
    for (; *at < end && **at >= '0' && **at <= '9' && value < 10000; (*at)++)
        value = value * 10 + **at - '0';
    return value;
}

/* The answer to OSC 10 to 12, and to OSC 4. */
static void color_report(const char *text, const char *end, struct key *key)
{
    uint32_t color;
    int slot = read_number(&text, end);
    if (slot == 4 && text < end) {
        text++;
        slot = read_number(&text, end);
        slot = slot < 256 ? slot : -1;
    } else {
        slot = slot >= 10 && slot <= 12 ? slot - 10 + VSCREEN_FG : -1;
    }
    if (slot < 0 || text == end || *text != ';' || !read_color(text + 1, end, &color))
        return;
    key->report.what = REPORT_COLOR;
    key->report.slot = slot;
    key->report.value = color;
}

/* A string that only answers a question: never typed. */
static size_t osc_sequence(const uint8_t *data, size_t len, bool whole, struct key *key)
{
    size_t at = 2;
    if (len == 2 && !whole)
        return 0;
    if (len == 2 || data[2] < '0' || data[2] > '9')
        return alt_char(key, ']');
    while (at < len && at < OSC_MAX && data[at] >= ' ' && data[at] < 0x7f)
        at++;
    bool st = at < len && data[at] == 0x1b;
    if (at < OSC_MAX && (at == len || (st && at + 1 == len)) && !whole)
        return 0;
    key->kind = KEY_REPORT;
    if (at < len && (data[at] == '\a' || (st && at + 1 < len && data[at + 1] == '\\'))) {
        color_report((const char *)data + 2, (const char *)data + at, key);
        at += st ? 2 : 1;
    }
    return at;
}

size_t keys_sequence(const uint8_t *data, size_t len, bool whole, struct key *key)
{
    *key = (struct key){.kind = KEY_UNKNOWN};
    switch (data[1]) {
    case '[': return csi_sequence(data, len, whole, key);
    case ']': return osc_sequence(data, len, whole, key);
    default: return ss3_sequence(data, len, whole, key);
    }
}
