#include "session/quote.h"

#include <string.h>

/* What stands between single quotes. */
static void put_single(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\'')
            buf_puts(out, "'\\''");
        else
            buf_putc(out, text[i]);
    }
}

void quote_single(struct buf *out, const char *text, size_t len)
{
    buf_putc(out, '\'');
    put_single(out, text, len);
    buf_putc(out, '\'');
}

/* How much of the front of a word is a tilde that must stay one. */
static size_t tilde_prefix(const char *text, size_t len)
{
    if (len == 0 || text[0] != '~')
        return 0;
    size_t n = 1;
    while (n < len && text[n] != '/' && (unsigned char)text[n] > ' ' && !strchr("\\'\"$`", text[n]))
        n++;
    return n == len || text[n] == '/' ? n : 0;
}

/* A newline cannot be escaped with a backslash: it is put in quotes of its own. */
static void escape(struct buf *out, char c, const char *special)
{
    if (c == '\n' || c == '\t')
        buf_printf(out, "$'\\%c'", c == '\n' ? 'n' : 't');
    else if (strchr(special, c))
        buf_printf(out, "\\%c", c);
    else
        buf_putc(out, c);
}

void quote_word(struct buf *out, const char *text, size_t len, char quote)
{
    if (quote == '\'') {
        put_single(out, text, len);
        return;
    }
    if (quote == '"') {
        for (size_t i = 0; i < len; i++) {
            /* A `!` means history even there, and no backslash takes that away. */
            if (text[i] == '!')
                buf_puts(out, "\"\\!\"");
            else if (strchr("\\\"$`", text[i]))
                buf_printf(out, "\\%c", text[i]);
            else
                buf_putc(out, text[i]);
        }
        return;
    }
    size_t tilde = tilde_prefix(text, len);
    buf_append(out, text, tilde);
    for (size_t i = tilde; i < len; i++)
        escape(out, text[i], i == 0 ? " \\'\"$`&|;<>()*?[]{}!#~" : " \\'\"$`&|;<>()*?[]{}!");
}

char quote_open(const char *text, size_t len)
{
    char quote = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '\\' && quote != '\'')
            i++;
        else if (c == quote)
            quote = 0;
        else if (quote == 0 && (c == '\'' || c == '"'))
            quote = c;
    }
    return quote;
}
