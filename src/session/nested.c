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

/* Without the blanks at its end. */
static size_t trimmed(const char *row, size_t len)
{
    while (len > 0 && row[len - 1] == ' ')
        len--;
    return len;
}

bool nested_prompt_like(const char *row, size_t len)
{
    /* Of frameworks: their arrows, Powerline's end of a block; and one that begins with its arrow.
     */
    static const char *const ends[] = {"$",      "#",      "%",      "\u276f", "\u279c",
                                       "\u203a", "\u00bb", "\u03bb", "\ue0b0"};
    static const char begin[] = "\u279c  ";
    len = trimmed(row, len);
    if (len >= sizeof begin && memcmp(row, begin, sizeof begin - 1) == 0)
        return true;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_with(row, len, ends[i]))
            return true;
    /* fish's, tcsh's, PowerShell's; but `mysql>` and Python's `>>>` are no shells. */
    return ends_with(row, len, ">") &&
           (memchr(row, '@', len) || memchr(row, '~', len) || memchr(row, '/', len));
}

/* The shell that one of the command's words names. */
static const struct dialect *shell_named(const char *command)
{
    const struct dialect *d = NULL;
    char word[32];
    while (!d && *command) {
        size_t len = strcspn(command, " \t\n/");
        if (len > 0 && len < sizeof word && command[len] != '/') {
            memcpy(word, command, len);
            word[len] = '\0';
            d = dialect_of(word);
        }
        command += len + (command[len] != '\0');
    }
    return d;
}

bool nested_prompt_of(const char *command, const char *row, size_t len)
{
    len = trimmed(row, len);
    return ends_with(row, len, ">") && shell_named(command);
}

const struct dialect *nested_guess(const char *command, const char *row, size_t len)
{
    const struct dialect *d;
    len = trimmed(row, len);
    for (size_t i = 0; (d = dialect_at(i)) != NULL; i++)
        if (d->ask && d->ask->prompt && ends_with(row, len, ">") &&
            memmem(row, len, d->ask->prompt, strlen(d->ask->prompt)))
            return d;
    /* (Those with a prompt of sh's are within that one.) */
    d = ends_with(row, len, "$") ? NULL : shell_named(command);
    return d && d->ask ? d : NULL;
}

const struct dialect *nested_dialect(const char *program)
{
    const struct dialect *d;
    for (size_t i = 0; (d = dialect_at(i)) != NULL; i++)
        if (d->ask && d->ask->program && strcmp(program, d->ask->program) == 0)
            return d;
    return dialect_of(program);
}

const struct dialect *nested_complains(const char *text, size_t len)
{
    const struct dialect *d;
    for (size_t i = 0; (d = dialect_at(i)) != NULL; i++)
        if (d->ask && d->ask->complaint &&
            memmem(text, len, d->ask->complaint, strlen(d->ask->complaint)))
            return d;
    return NULL;
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

void nested_line(const struct dialect *d, const char *token, bool paste, struct buf *out)
{
    static const struct dialect_ask others = {.before = "eval \"$(sh -c '", .after = "')\""};
    const struct dialect_ask *ask = d && d->ask ? d->ask : &others;
    struct buf code = {0};
    put_replaced(&code, shell_nested, TOKEN, token);
    /* Before the paste: fish would take the blank off it, by which the line is not remembered. */
    buf_printf(out, " %s%s", paste ? "\033[200~" : "", ask->before);
    char *text = (char *)buf_data(&code);
    for (size_t i = 0; i + 1 < code.len; i++)
        buf_putc(out, text[i] == '\n' ? ';' : text[i]);
    buf_printf(out, "%s%s\r", ask->after, paste ? "\033[201~" : "");
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

void nested_label(const struct nested_place *first, const struct nested_place *outer,
                  const struct nested_place *inner, struct buf *out)
{
    bool moved = !nested_same_place(outer, inner);
    if (strcmp(first->node, inner->node) != 0)
        buf_printf(out, "%s@%s", inner->user, inner->node);
    else if (moved || strcmp(first->user, inner->user) != 0)
        buf_puts(out, inner->user);
    if (!moved)
        buf_printf(out, "%s%s", out->len > 0 ? " " : "", inner->shell);
}
