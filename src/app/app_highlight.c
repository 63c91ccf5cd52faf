/* The colours of the line being edited. Only the outer terminal's palette is used, and what
   matters (a quote that nothing closes, what cannot stand there) is not told by colour alone. */
#include "app/app_priv.h"

#include <stdlib.h>

#define SCAN_MAX (256 * 1024) /* bytes; a line that long is data, not a command */

#define CURLY (3u << ATTR_UNDERLINE_SHIFT)

static const struct style styles[] = {
    [SYNTAX_COMMAND] = {.attrs = ATTR_BOLD},
    [SYNTAX_KEYWORD] = {.attrs = ATTR_BOLD, .fg = COLOR_PALETTE(5)},
    [SYNTAX_OPTION] = {.fg = COLOR_PALETTE(6)},
    [SYNTAX_STRING] = {.fg = COLOR_PALETTE(2)},
    [SYNTAX_EXPAND] = {.fg = COLOR_PALETTE(3)},
    [SYNTAX_OPERATOR] = {.attrs = ATTR_BOLD},
    [SYNTAX_COMMENT] = {.attrs = ATTR_ITALIC},
    [SYNTAX_UNCLOSED] = {.attrs = ATTR_REVERSE, .fg = COLOR_PALETTE(1)},
    [SYNTAX_WRONG] = {.attrs = CURLY, .fg = COLOR_PALETTE(1), .ul = COLOR_PALETTE(1)},
};

/* That of a shell that is not known is taken for sh's. */
static enum syntax_language language(struct app *app)
{
    const struct dialect *dialect = session_view(app->in.session).dialect;
    return dialect ? dialect->language : SYNTAX_SH;
}

bool app_scan(struct app *app, const char *text, size_t len)
{
    if (len > SCAN_MAX)
        return false;
    syntax_scan(&app->syntax, language(app), text, len);
    return true;
}

void line_text_add(struct line_text *t, const struct span *span)
{
    if (span->len == 0)
        return;
    if (t->count == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 32;
        t->spans = xrealloc(t->spans, t->cap * sizeof *t->spans);
    }
    t->spans[t->count++] = *span;
}

static void put(struct line_text *t, const char *text, size_t from, size_t to, struct style style)
{
    if (from < to)
        line_text_add(t, &(struct span){.text = text + from, .len = to - from, .style = style});
}

/* One part; a bracket in it whose other one is told is underlined. */
static void put_part(struct line_text *t, const char *text, size_t from, size_t to,
                     struct style style, const size_t bracket[2])
{
    for (int i = 0; i < 2; i++) {
        size_t at = bracket[i];
        if (at < from || at >= to)
            continue;
        struct style marked = style;
        marked.attrs =
            (uint16_t)((marked.attrs & ~ATTR_UNDERLINE) | ATTR_BOLD | 1u << ATTR_UNDERLINE_SHIFT);
        put(t, text, from, at, style);
        put(t, text, at, at + 1, marked);
        from = at + 1;
    }
    put(t, text, from, to, style);
}

/* The two brackets about the cursor, the first one first; behind all text: none. */
static void find_brackets(const struct syntax *s, size_t cursor, size_t bracket[2])
{
    size_t self = 0;
    long other = syntax_match(s, cursor, &self);
    bracket[0] = bracket[1] = (size_t)-1;
    if (other < 0)
        return;
    bracket[0] = self < (size_t)other ? self : (size_t)other;
    bracket[1] = self < (size_t)other ? (size_t)other : self;
}

/* Nothing is claimed of a command before the host has told its names. */
static struct style style_of(struct app *app, const struct syntax_span *span, const char *text,
                             size_t len, size_t cursor)
{
    static const struct style plain;
    if (span->kind != SYNTAX_COMMAND)
        return styles[span->kind];
    enum syntax_language lang = language(app);
    bool whole = (span->from == 0 || syntax_ends_word(lang, text[span->from - 1])) &&
                 (span->to == len || syntax_ends_word(lang, text[span->to]));
    if (!whole)
        return styles[SYNTAX_COMMAND];
    switch (app_names_judge(app, text + span->from, span->to - span->from, cursor == span->to)) {
    case KNOWN_OFF:
    case KNOWN_YES: return styles[SYNTAX_COMMAND];
    case KNOWN_NO: return styles[SYNTAX_WRONG];
    case KNOWN_BEGIN:
    case KNOWN_UNSURE: break;
    }
    return plain;
}

void app_highlight(struct app *app, const char *text, size_t len, size_t cursor,
                   struct line_text *out)
{
    static const struct style plain;
    size_t at = 0, bracket[2];
    out->count = 0;
    if (!app->options->own->highlight || !app_scan(app, text, len)) {
        put(out, text, 0, len, plain);
        return;
    }
    find_brackets(&app->syntax, cursor, bracket);
    for (size_t i = 0; i < app->syntax.count; i++) {
        const struct syntax_span *span = &app->syntax.spans[i];
        put_part(out, text, at, span->from, plain, bracket);
        put_part(out, text, span->from, span->to, style_of(app, span, text, len, cursor), bracket);
        at = span->to;
    }
    put_part(out, text, at, len, plain, bracket);
}
