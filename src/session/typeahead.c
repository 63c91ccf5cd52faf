#include "session/typeahead.h"

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

static void put(struct typeahead *t, char c)
{
    t->literal = false;
    if (t->line.len < TYPEAHEAD_MAX)
        buf_putc(&t->line, c);
}

static void add_byte(struct typeahead *t, char c)
{
    if (t->literal) {
        put(t, c);
        return;
    }
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
    case 0x11: /* START, STOP */
    case 0x13: break;
    case 0x12: t->search = t->line.len + 1; return; /* REPRINT */
    case 0x16: t->literal = true; break;
    default: put(t, c);
    }
    bool ends = c == 0x1b || c == 7;
    if (ends || t->line.len + 1 < t->search || t->line.len == 0)
        t->search = 0;
}

static void add_echo(struct typeahead *t, char c)
{
    if (t->seen.len >= TYPEAHEAD_MAX || c == '\r' || c == '\n' || c == 0x7f)
        return;
    if ((unsigned char)c < 0x20 && c != '\t') {
        buf_putc(&t->seen, '^');
        c |= 0x40;
    }
    buf_putc(&t->seen, c);
}

void typeahead_add(struct typeahead *t, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        add_byte(t, data[i]);
        add_echo(t, data[i]);
    }
}

/* A password typed to a program goes through here too: nothing of it stays. */
void typeahead_reset(struct typeahead *t)
{
    buf_wipe(&t->line);
    buf_wipe(&t->seen);
    t->enters = t->search = 0;
    t->literal = false;
}

void typeahead_release(struct typeahead *t)
{
    buf_release_secret(&t->line);
    buf_release_secret(&t->seen);
}

const char *typeahead_tail(struct typeahead *t, size_t columns, size_t tabs, size_t *len)
{
    const unsigned char *data = buf_data(&t->line);
    size_t start = t->line.len;
    while (start > 0 && columns + tabs > 0) {
        start--;
        while (start > 0 && is_continuation(data[start]))
            start--;
        size_t width = data[start] < 0x20 ? 2 : 1;
        if (data[start] == '\t') /* of eight columns at most */
            tabs -= tabs < 8 ? tabs : 8;
        else
            columns -= width < columns ? width : columns;
    }
    *len = t->line.len - start;
    return (const char *)data + start;
}

bool typeahead_search(struct typeahead *t, const char **pattern, size_t *len)
{
    if (t->search == 0)
        return false;
    *pattern = buf_str(&t->line) + t->search - 1;
    *len = t->line.len - (t->search - 1);
    return true;
}
