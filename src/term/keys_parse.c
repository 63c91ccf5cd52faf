#include "base/key_name.h"
#include "term/keys.h"
#include "term/keys_sequence.h"

/* Ctrl with a character is the control character that the keyboard sends for it. */
static void apply_control(struct key *key)
{
    uint8_t mods = key->mods & (uint8_t)~MOD_CTRL;
    uint32_t code = key->code;
    if (code == ' ')
        return;
    if (code == '/')
        code = '_';
    keys_control(code == '?' ? 0x7f : (uint8_t)(code & 0x1f), key);
    key->mods |= mods;
}

bool keys_parse(const char *name, struct key *key)
{
    struct key_named found;
    if (!key_name_parse(name, &found))
        return false;
    *key = (struct key){
        .kind = found.named ? KEY_NAMED : KEY_CHAR, .code = found.code, .mods = found.mods};
    if (!found.named && !found.word && found.mods & MOD_CTRL)
        apply_control(key);
    if (!found.named && found.code == '\t' && found.mods & MOD_SHIFT) {
        key->kind = KEY_NAMED;
        key->code = KEY_BACKTAB;
        key->mods &= (uint8_t)~MOD_SHIFT;
    }
    return true;
}
