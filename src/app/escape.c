#include "app/escape.h"

#include <stdio.h>

static const struct {
    int key;
    enum escape_command command;
} table[] = {{'.', ESCAPE_DROP}, {0x1a, ESCAPE_SUSPEND}, {'?', ESCAPE_HELP}};

static enum escape_command find_command(int key)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].key == key)
            return table[i].command;
    return ESCAPE_NONE;
}

struct escape_step escape_take(struct escape *e, int byte)
{
    struct escape_step step = {ESCAPE_NONE, false, false};
    if (e->held) {
        e->held = false;
        step.command = find_command(byte);
        step.taken = step.command != ESCAPE_NONE;
        /* Twice is one of it; before any other key it was meant as such. */
        step.release = !step.taken && byte != e->character;
    } else if (!e->inside && byte >= 0 && byte == e->character) {
        e->held = step.taken = true;
    }
    if (!step.taken)
        e->inside = byte != '\r' && byte != '\n';
    return step;
}

size_t escape_filter(struct escape *e, const uint8_t *data, size_t len, struct buf *out,
                     enum escape_command *command)
{
    *command = ESCAPE_NONE;
    for (size_t i = 0; i < len; i++) {
        struct escape_step step = escape_take(e, data[i]);
        if (step.release)
            buf_putc(out, (char)e->character);
        if (!step.taken)
            buf_putc(out, (char)data[i]);
        *command = step.command;
        if (step.command != ESCAPE_NONE)
            return i + 1;
    }
    return len;
}

struct escape_name escape_name(int character)
{
    struct escape_name name;
    if (character < 0x20 || character == 0x7f)
        snprintf(name.text, sizeof name.text, "^%c", (character ^ 0x40) & 0x7f);
    else
        snprintf(name.text, sizeof name.text, character < 0x80 ? "%c" : "\\x%02x",
                 (unsigned)character & 0xff);
    return name;
}
