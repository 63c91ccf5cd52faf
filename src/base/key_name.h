/* The names of keys, as people write them: "Ctrl-X", "M-x", "F5", "^A". Pure. */
#ifndef BASE_KEY_NAME_H
#define BASE_KEY_NAME_H

#include <stdbool.h>
#include <stdint.h>

enum key_name {
    KEY_UP,
    KEY_DOWN,
    KEY_RIGHT,
    KEY_LEFT,
    KEY_HOME,
    KEY_END,
    KEY_INSERT,
    KEY_DELETE,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_BACKTAB,
    KEY_F1,
    KEY_F20 = KEY_F1 + 19,
};

enum { MOD_SHIFT = 1, MOD_ALT = 2, MOD_CTRL = 4, MOD_META = 8 };

struct key_named {
    bool named;    /* `code` is one of enum key_name, else a character */
    uint32_t code; /* of Ctrl and a character: the character, as the keyboard has it */
    bool word;     /* the character was written as a word: Tab, Space */
    uint8_t mods;
};

/* False: it is no key's name. */
bool key_name_parse(const char *name, struct key_named *key);

#endif
