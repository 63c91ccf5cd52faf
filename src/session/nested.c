#include "session/nested.h"

#include <string.h>

/* From share/shell/, embedded by the build. */
extern const char shell_nested[];

#define TOKEN "TOKEN"
#define NONCE "NONCE"
#define WANT  "WANT"

static bool ends_with(const char *row, size_t len, const char *end)
{
    size_t n = strlen(end);
    return len >= n && memcmp(row + len - n, end, n) == 0;
}

bool nested_prompt_like(const char *row, size_t len)
{
    static const char *const ends[] = {"$", "#", "%", "\u276f", "\u279c"};
    while (len > 0 && row[len - 1] == ' ')
        len--;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_with(row, len, ends[i]))
            return true;
    /* fish's; but `mysql>` and Python's `>>>` are no shells. */
    return ends_with(row, len, ">") && memchr(row, '@', len);
}

/* The text, with a value in each place of a name. */
static void put_replaced(struct buf *out, const char *text, const char *name, const char *value)
{
    const char *at;
    for (; (at = strstr(text, name)); text = at + strlen(name)) {
        buf_append(out, text, (size_t)(at - text));
        buf_puts(out, value);
    }
    buf_puts(out, text);
}

void nested_line(const char *token, bool paste, struct buf *out)
{
    struct buf code = {0};
    put_replaced(&code, shell_nested, TOKEN, token);
    /* Before the paste: fish would take the blank off it, by which the line is not remembered. */
    buf_printf(out, " %seval \"$(sh -c '", paste ? "\033[200~" : "");
    char *text = (char *)buf_data(&code);
    for (size_t i = 0; i + 1 < code.len; i++)
        buf_putc(out, text[i] == '\n' ? ';' : text[i]);
    buf_printf(out, "' 2>/dev/null)\"%s\r", paste ? "\033[201~" : "");
    buf_release(&code);
}

void nested_hooks(const struct dialect *d, const struct nested_values *values, struct buf *out)
{
    struct buf text[4] = {{0}};
    if (d && d->nested) {
        put_replaced(&text[0], d->nested, NONCE, values->nonce);
        put_replaced(&text[1], buf_str(&text[0]), WANT, values->fields);
        put_replaced(&text[2], buf_str(&text[1]), TOKEN, values->token);
        buf_printf(&text[3], "%s%s%s", buf_str(&text[2]), *values->fields ? d->fields : "",
                   d->hooks);
    }
    buf_printf(out, "%zu%s", 10000 + text[3].len, buf_str(&text[3]));
    for (int i = 0; i < 4; i++)
        buf_release_secret(&text[i]);
}

bool nested_same_place(const struct nested_place *a, const struct nested_place *b)
{
    return strcmp(a->user, b->user) == 0 && strcmp(a->node, b->node) == 0;
}

void nested_label(const struct nested_place *outer, const struct nested_place *inner,
                  struct buf *out)
{
    if (strcmp(outer->node, inner->node) != 0)
        buf_printf(out, "%s@%s", inner->user, inner->node);
    else
        buf_puts(out, nested_same_place(outer, inner) ? inner->shell : inner->user);
}
