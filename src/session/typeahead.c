#include "session/typeahead.h"

#include <stdbool.h>

static bool is_continuation(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

static void erase_word(struct buf *line)
{
    while (line->len > 0 && buf_data(line)[line->len - 1] == ' ')
        line->len--;
    while (line->len > 0 && buf_data(line)[line->len - 1] != ' ')
        line->len--;
}

static void add_byte(struct typeahead *t, char c)
{
    switch (c) {
    case '\r':
    case '\n':
        t->enters++;
        buf_wipe(&t->line);
        break;
    case 3:    /* INTR, QUIT and SUSP flush what was typed */
    case 0x1c: /* */
    case 0x1a: buf_clear(&t->line); break;
    case 4: break; /* EOF hands the line over; an empty one ends the input */
    case '\b':
    case 0x7f: buf_erase_char(&t->line); break;
    case 0x15: buf_clear(&t->line); break;
    case 0x17: erase_word(&t->line); break;
    default:
        if (t->line.len < TYPEAHEAD_MAX)
            buf_putc(&t->line, c);
    }
}

void typeahead_add(struct typeahead *t, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        add_byte(t, data[i]);
        if ((unsigned char)data[i] >= 0x20 && data[i] != 0x7f && t->seen.len < TYPEAHEAD_MAX)
            buf_putc(&t->seen, data[i]);
    }
}

/* A password typed to a program goes through here too: nothing of it stays. */
void typeahead_reset(struct typeahead *t)
{
    buf_wipe(&t->line);
    buf_wipe(&t->seen);
    t->enters = 0;
}

void typeahead_release(struct typeahead *t)
{
    buf_release_secret(&t->line);
    buf_release_secret(&t->seen);
}

const char *typeahead_tail(struct typeahead *t, size_t columns, size_t *len)
{
    const unsigned char *data = buf_data(&t->line);
    size_t start = t->line.len;
    while (start > 0 && columns > 0) {
        start--;
        while (start > 0 && is_continuation(data[start]))
            start--;
        size_t width = data[start] < 0x20 && data[start] != '\t' ? 2 : 1;
        columns -= width < columns ? width : columns;
    }
    *len = t->line.len - start;
    return (const char *)data + start;
}
