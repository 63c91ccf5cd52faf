#include "base/key_name.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

static const struct {
    const char *name;
    bool named;
    uint8_t code;
} names[] = {
    {"Up", true, KEY_UP},
    {"Down", true, KEY_DOWN},
    {"Right", true, KEY_RIGHT},
    {"Left", true, KEY_LEFT},
    {"Home", true, KEY_HOME},
    {"End", true, KEY_END},
    {"Insert", true, KEY_INSERT},
    {"Delete", true, KEY_DELETE},
    {"PageUp", true, KEY_PAGE_UP},
    {"PgUp", true, KEY_PAGE_UP},
    {"PageDown", true, KEY_PAGE_DOWN},
    {"PgDn", true, KEY_PAGE_DOWN},
    {"BackTab", true, KEY_BACKTAB},
    {"Tab", false, '\t'},
    {"Enter", false, '\r'},
    {"Return", false, '\r'},
    {"Escape", false, 0x1b},
    {"Esc", false, 0x1b},
    {"Space", false, ' '},
    {"Backspace", false, 0x7f},
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

static bool find_name(const char *name, struct key_named *key)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(names[i].name, name) == 0) {
            key->named = names[i].named;
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
    key->named = true;
    key->code = (uint32_t)(KEY_F1 + number - 1);
    return true;
}

/* Is there a control character of it? */
static bool has_control(uint32_t code)
{
    return code == ' ' || code == '/' || code == '?' || (code >= '@' && code <= '~');
}

bool key_name_parse(const char *name, struct key_named *key)
{
    struct key_named found = {0};
    const char *base = skip_modifiers(name, &found.mods);
    found.word = find_name(base, &found);
    if (!found.word) {
        size_t len = strlen(base);
        if (len == 0 || utf8_decode(base, len, &found.code) != len || found.code <= ' ' ||
            found.code == 0x7f || (len == 1 && (unsigned char)base[0] >= 0x80))
            return false;
    }
    bool control = !found.named && found.mods & MOD_CTRL && (!found.word || found.code == ' ');
    *key = found;
    return !control || has_control(found.code);
}
