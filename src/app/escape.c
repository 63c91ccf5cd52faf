#include "app/escape.h"

static const struct {
    uint8_t key;
    enum escape_command command;
} table[] = {{'.', ESCAPE_DROP}, {0x1a, ESCAPE_SUSPEND}, {'?', ESCAPE_HELP}};

static enum escape_command find_command(uint8_t key)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].key == key)
            return table[i].command;
    return ESCAPE_NONE;
}

size_t escape_filter(struct escape *e, const uint8_t *data, size_t len, struct buf *out,
                     enum escape_command *command)
{
    *command = ESCAPE_NONE;
    for (size_t i = 0; i < len; i++) {
        char c = (char)data[i];
        if (e->tilde) {
            e->tilde = false;
            *command = find_command(data[i]);
            if (*command != ESCAPE_NONE)
                return i + 1;
            buf_putc(out, '~');
            e->inside = true;
            if (c == '~')
                continue;
        } else if (c == '~' && !e->inside) {
            e->tilde = true;
            continue;
        }
        buf_putc(out, c);
        e->inside = c != '\r' && c != '\n';
    }
    return len;
}
