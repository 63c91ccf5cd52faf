#include "app/candidates.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "proto/marks.h"
#include "session/quote.h"

/* The letter by which a host says what a candidate is (share/shell/), in enum menu_kind's order. */
static const char kind_letters[] = "-dflxscanbkvohu";
_Static_assert(sizeof kind_letters - 1 == MENU_KINDS, "a letter for each kind");

/* What is being read of an answer. */
struct reading {
    const char *options;
    const char *at; /* the next of `left` strings */
    size_t left;
    bool exact, typed, file;
    char before, quote;
};

static bool has_option(const char *options, const char *name)
{
    size_t len = strlen(name);
    for (const char *p = options; (p = strstr(p, name)) != NULL; p += len)
        if ((p == options || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
            return true;
    return false;
}

static bool ends_with(const char *text, char c)
{
    size_t len = strlen(text);
    return len > 0 && text[len - 1] == c;
}

/* What is put into the line for a candidate: quoted if it is a file's name, closed if it is
   whole. */
static char *insertion(const char *candidate, const struct reading *r)
{
    struct buf out = {0};
    bool quoted = !r->file && r->quote && candidate[0] == r->quote;
    if (r->file) {
        if (r->quote && !r->before)
            buf_putc(&out, r->quote);
        quote_word(&out, candidate, strlen(candidate), r->quote);
    } else {
        buf_puts(&out, candidate);
    }
    bool open = ends_with(candidate, '/') || ends_with(candidate, ' ') ||
                ends_with(candidate, '=') || ends_with(candidate, ':') ||
                has_option(r->options, "nospace");
    char closing = quoted ? candidate[0] : r->file ? r->quote : 0;
    if (!open && closing && !(quoted && strlen(candidate) > 1 && ends_with(candidate, closing)))
        buf_putc(&out, closing);
    if (!open)
        buf_putc(&out, ' ');
    char *text = xstrdup(buf_str(&out));
    buf_release(&out);
    return text;
}

/* Control characters as in a listing of readline's. */
static char *visible(const char *text)
{
    struct buf out = {0};
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f)
            buf_printf(&out, "^%c", c ^ 0x40);
        else
            buf_putc(&out, *text);
    }
    char *shown = xstrdup(buf_str(&out));
    buf_release(&out);
    return shown;
}

/* A file's name is shown without its folders. */
static char *label(const char *candidate)
{
    size_t len = strlen(candidate);
    size_t end = len > 0 && candidate[len - 1] == '/' ? len - 1 : len;
    while (end > 0 && candidate[end - 1] != '/')
        end--;
    return visible(candidate + end);
}

static const char *next_string(struct reading *r)
{
    const char *string = r->at;
    r->at = mark_next(string);
    r->left--;
    return string;
}

static enum menu_kind take_kind(const struct reading *r, const char **candidate)
{
    if (!r->typed || !**candidate)
        return MENU_PLAIN;
    const char *letter = strchr(kind_letters, *(*candidate)++);
    return letter ? (enum menu_kind)(letter - kind_letters) : MENU_PLAIN;
}

/* Exact: the shell has said what to insert, what to tell of it and what to show. */
static struct menu_item take_item(struct reading *r)
{
    const char *candidate = next_string(r);
    enum menu_kind kind = take_kind(r, &candidate);
    if (!r->exact)
        return (struct menu_item){
            .text = *candidate ? insertion(candidate, r) : xstrdup(""),
            .label = label(candidate),
            .kind = kind,
        };
    const char *told = next_string(r), *shown = next_string(r);
    return (struct menu_item){
        .text = xstrdup(candidate),
        .label = visible(shown),
        .description = *told ? xstrdup(told) : NULL,
        .kind = kind,
    };
}

static void free_item(struct menu_item *item)
{
    free(item->text);
    free(item->label);
    free(item->description);
}

static int by_label(const void *a, const void *b)
{
    const struct menu_item *x = a, *y = b;
    int labels = strcmp(x->label, y->label);
    return labels ? labels : strcmp(x->text, y->text);
}

/* Those that go on from the word, if any does. */
static void keep_begun(struct candidates *c, const char *word, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++)
        kept += strncmp(c->items[i].text, word, len) == 0;
    c->corrects = kept == 0;
    c->dropped = kept < c->count;
    kept = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (c->corrects || strncmp(c->items[i].text, word, len) == 0)
            c->items[kept++] = c->items[i];
        else
            free_item(&c->items[i]);
    }
    c->count = kept;
}

static void keep_once(struct candidates *c)
{
    size_t kept = 0;
    qsort(c->items, c->count, sizeof *c->items, by_label);
    for (size_t i = 0; i < c->count; i++) {
        if (kept > 0 && strcmp(c->items[kept - 1].text, c->items[i].text) == 0)
            free_item(&c->items[i]);
        else
            c->items[kept++] = c->items[i];
    }
    c->count = kept;
}

size_t candidates_listed(const struct answer *answer)
{
    bool exact = has_option((const char *)buf_data(&answer->strings), "exact");
    return exact ? answer->count / 3 : answer->count;
}

void candidates_make(struct candidates *c, const struct answer *answer, char before, char quote)
{
    const char *options = (const char *)buf_data(&answer->strings);
    struct reading r = {
        .options = options,
        .at = mark_next(options),
        .left = answer->count,
        .exact = has_option(options, "exact"),
        .typed = has_option(options, "typed"),
        .file = has_option(options, "filenames"),
        .before = before,
        .quote = quote,
    };
    *c = (struct candidates){.items = xcalloc(answer->count, sizeof *c->items)};
    while (r.left >= (r.exact ? 3 : 1)) {
        c->items[c->count] = take_item(&r);
        if (*c->items[c->count].text)
            c->count++;
        else
            free_item(&c->items[c->count]);
    }
    const char *line = (const char *)buf_data(&answer->line);
    keep_begun(c, line + answer->line.len - answer->word, answer->word);
    keep_once(c);
}

void candidates_release(struct candidates *c)
{
    for (size_t i = 0; c->items && i < c->count; i++)
        free_item(&c->items[i]);
    free(c->items);
    *c = (struct candidates){0};
}

size_t candidates_common(const struct candidates *c, const char *typed, size_t *first,
                         size_t *common)
{
    size_t found = 0, len = strlen(typed);
    *first = *common = 0;
    for (size_t i = 0; i < c->count; i++) {
        const char *text = c->items[i].text;
        if (strncmp(text, typed, len) != 0)
            continue;
        if (found++ == 0) {
            *first = i;
            *common = strlen(text);
        }
        size_t same = 0;
        while (same < *common && text[same] == c->items[*first].text[same])
            same++;
        *common = same;
    }
    while (*common > 0 && ((unsigned char)c->items[*first].text[*common] & 0xc0) == 0x80)
        (*common)--;
    return found;
}
