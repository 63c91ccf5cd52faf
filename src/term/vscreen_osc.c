/* Operating system commands: the title, hyperlinks, the clipboard, questions about colors. All
   else is ignored: the colors are the local terminal's to set. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "term/vscreen_priv.h"

#define COUNT(a)      (sizeof(a) / sizeof *(a))
#define LINKS_MAX     8192
#define LINK_SLOTS    (2 * LINKS_MAX)
#define LINK_LEN_MAX  2083
#define LINK_BYTES    (1024 * 1024) /* of all links */
#define TITLE_COLUMNS 200

void links_release(struct links *links)
{
    for (int i = 0; i < links->count; i++)
        free(links->uri[i]);
    free(links->uri);
    free(links->slot);
    *links = (struct links){0};
}

/* A link that is safe to hand to a browser: no file: (it would name a file of the local
   machine) and nothing that runs; printable ASCII only, as RFC 3986 has it. */
static bool uri_safe(const char *uri, size_t len)
{
    static const char *const schemes[] = {"http://", "https://", "ftp://", "mailto:"};
    if (len > LINK_LEN_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (uri[i] <= 0x20 || uri[i] >= 0x7f)
            return false;
    }
    for (size_t i = 0; i < COUNT(schemes); i++) {
        size_t n = strlen(schemes[i]);
        if (len > n && strncasecmp(uri, schemes[i], n) == 0)
            return true;
    }
    return false;
}

static size_t hash(const char *uri, size_t len)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (uint8_t)uri[i]) * 16777619u;
    return h ^ h >> 15;
}

/* The link's number, 0 when there is no more room: cells keep numbers, so none is given up. */
static uint16_t intern(struct links *links, const char *uri, size_t len)
{
    if (!links->slot)
        links->slot = xcalloc(LINK_SLOTS, sizeof *links->slot);
    size_t i = hash(uri, len) % LINK_SLOTS;
    for (; links->slot[i]; i = (i + 1) % LINK_SLOTS) {
        const char *old = links->uri[links->slot[i] - 1];
        if (strlen(old) == len && memcmp(old, uri, len) == 0)
            return links->slot[i];
    }
    if (links->count == LINKS_MAX || links->bytes + len > LINK_BYTES)
        return 0;
    if (links->count == links->cap) {
        links->cap = links->cap ? links->cap * 2 : 16;
        links->uri = xrealloc(links->uri, (size_t)links->cap * sizeof *links->uri);
    }
    links->uri[links->count++] = xstrndup(uri, len);
    links->bytes += len;
    return links->slot[i] = (uint16_t)links->count;
}

static void set_link(struct vscreen *vs, const char *text, size_t len)
{
    const char *uri = memchr(text, ';', len); /* behind the parameters */
    if (!uri)
        return;
    uri++;
    len -= (size_t)(uri - text);
    vs->pen.link = uri_safe(uri, len) ? intern(&vs->links, uri, len) : 0;
}

void title_push(struct vscreen *vs)
{
    if (vs->title_count == TITLES_MAX) {
        memmove(vs->titles, vs->titles + 1, sizeof vs->titles - sizeof *vs->titles);
        vs->title_count--;
    }
    memcpy(vs->titles[vs->title_count++], vs->title, sizeof vs->title);
}

void title_pop(struct vscreen *vs)
{
    if (vs->title_count > 0)
        memcpy(vs->title, vs->titles[--vs->title_count], sizeof vs->title);
}

static int small_number(const char *text, size_t len)
{
    int n = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9' || n > 999)
            return -1;
        n = n * 10 + text[i] - '0';
    }
    return len > 0 ? n : -1;
}

/* The next field of `text`, up to a ';' or the end, and what is behind it. */
static size_t next_field(const char **text, size_t *len)
{
    const char *end = memchr(*text, ';', *len);
    size_t n = end ? (size_t)(end - *text) : *len;
    size_t skip = end ? n + 1 : n;
    *text += skip;
    *len -= skip;
    return n;
}

/* OSC 10 to 12: "?" asks for the color, a second one for the next. To set colors is not ours. */
static void ask_colors(struct vscreen *vs, int slot, const char *text, size_t len)
{
    for (; len > 0 && slot < VSCREEN_COLORS; slot++) {
        const char *field = text;
        if (next_field(&text, &len) == 1 && *field == '?')
            reply_color(vs, slot);
    }
}

/* OSC 4: pairs of a number and a color or "?". */
static void ask_palette(struct vscreen *vs, const char *text, size_t len)
{
    while (len > 0) {
        const char *number = text;
        size_t digits = next_field(&text, &len);
        const char *color = text;
        int slot = small_number(number, digits);
        if (next_field(&text, &len) == 1 && *color == '?' && slot >= 0 && slot <= 255)
            reply_color(vs, slot);
    }
}

void osc_dispatch(struct vscreen *vs, const struct ecma48_token *token)
{
    const char *text = (const char *)token->data;
    size_t len = token->len;
    const char *end = len > 0 ? memchr(text, ';', len) : NULL;
    if (!end || end - text > 2 || (text[0] == '0' && end - text > 1))
        return;
    int number = small_number(text, (size_t)(end - text));
    next_field(&text, &len);
    if (number == 52)
        clip_write(vs, text, len, token->cut);
    if (token->cut)
        return;
    switch (number) {
    case 0:
    case 2: utf8_sanitize(vs->title, sizeof vs->title, text, len, TITLE_COLUMNS, 0); break;
    case 4: ask_palette(vs, text, len); break;
    case 8: set_link(vs, text, len); break;
    case 10:
    case 11:
    case 12: ask_colors(vs, number - 10 + VSCREEN_FG, text, len); break;
    default: break;
    }
}
