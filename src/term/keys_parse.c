#include "term/keys.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "term/keys_sequence.h"

static const struct {
    const char *name;
    enum key_kind kind;
    uint8_t code;
} names[] = {
    {"Up", KEY_NAMED, KEY_UP},
    {"Down", KEY_NAMED, KEY_DOWN},
    {"Right", KEY_NAMED, KEY_RIGHT},
    {"Left", KEY_NAMED, KEY_LEFT},
    {"Home", KEY_NAMED, KEY_HOME},
    {"End", KEY_NAMED, KEY_END},
    {"Insert", KEY_NAMED, KEY_INSERT},
    {"Delete", KEY_NAMED, KEY_DELETE},
    {"PageUp", KEY_NAMED, KEY_PAGE_UP},
    {"PgUp", KEY_NAMED, KEY_PAGE_UP},
    {"PageDown", KEY_NAMED, KEY_PAGE_DOWN},
    {"PgDn", KEY_NAMED, KEY_PAGE_DOWN},
    {"BackTab", KEY_NAMED, KEY_BACKTAB},
    {"Tab", KEY_CHAR, '\t'},
    {"Enter", KEY_CHAR, '\r'},
    {"Return", KEY_CHAR, '\r'},
    {"Escape", KEY_CHAR, 0x1b},
    {"Esc", KEY_CHAR, 0x1b},
    {"Space", KEY_CHAR, ' '},
    {"Backspace", KEY_CHAR, 0x7f},
};

static const struct {
    const char *prefix;
    uint8_t mod;
} modifiers[] = {
    {"C-", MOD_CTRL},    {"M-", MOD_ALT},   {"A-", MOD_ALT},       {"S-", MOD_SHIFT},
    {"Ctrl-", MOD_CTRL}, {"Alt-", MOD_ALT}, {"Shift-", MOD_SHIFT}, {"^", MOD_CTRL},
};

static const char *skip_modifiers(const char *name, uint8_t *mods)
{
    for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++) {
        size_t len = strlen(modifiers[i].prefix);
        /* What is left after the last modifier is the key, even if it is '^'. */
        if (strncasecmp(name, modifiers[i].prefix, len) == 0 && name[len] != '\0') {
            *mods |= modifiers[i].mod;
            return skip_modifiers(name + len, mods);
        }
    }
    return name;
}

static bool find_name(const char *name, struct key *key)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(names[i].name, name) == 0) {
            key->kind = names[i].kind;
            key->code = names[i].code;
            return true;
        }
    }
    if (name[0] != 'F' && name[0] != 'f')
        return false;
    char *end;
    long number = name[1] >= '1' && name[1] <= '9' ? strtol(name + 1, &end, 10) : 0;
    if (number < 1 || number > 20 || *end != '\0')
        return false;
    key->kind = KEY_NAMED;
    key->code = (uint32_t)(KEY_F1 + number - 1);
    return true;
}

/* Ctrl with a character is the control character that the keyboard sends for it. */
static bool apply_control(struct key *key)
{
    uint8_t mods = key->mods & (uint8_t)~MOD_CTRL;
    uint32_t code = key->code;
    if (code == ' ')
        return true;
    if (code == '/')
        code = '_';
    if (code == '?')
        code = 0x7f;
    else if (code >= '@' && code <= '~')
        code &= 0x1f;
    else
        return false;
    keys_control((uint8_t)code, key);
    key->mods |= mods;
    return true;
}

bool keys_parse(const char *name, struct key *key)
{
    uint8_t mods = 0;
    const char *base = skip_modifiers(name, &mods);
    struct key found = {0};
    bool named = find_name(base, &found);
    if (!named) {
        size_t len = strlen(base);
        found.kind = KEY_CHAR;
        if (len == 0 || utf8_decode(base, len, &found.code) != len || found.code <= ' ' ||
            found.code == 0x7f || (len == 1 && (unsigned char)base[0] >= 0x80))
            return false;
    }
    found.mods = mods;
    if (found.kind == KEY_CHAR && mods & MOD_CTRL && (!named || found.code == ' ') &&
        !apply_control(&found))
        return false;
    if (found.kind == KEY_CHAR && found.code == '\t' && found.mods & MOD_SHIFT) {
        found.kind = KEY_NAMED;
        found.code = KEY_BACKTAB;
        found.mods &= (uint8_t)~MOD_SHIFT;
    }
    *key = found;
    return true;
}
