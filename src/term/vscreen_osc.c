/* Operating system commands: the title and hyperlinks. All else is ignored: colours and
   clipboard are the local terminal's and the person's. */
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

void osc_dispatch(struct vscreen *vs, const struct ecma48_token *token)
{
    const char *text = (const char *)token->data;
    const char *rest = token->len > 0 ? memchr(text, ';', token->len) : NULL;
    if (!rest || token->cut)
        return;
    size_t digits = (size_t)(rest - text);
    rest++;
    size_t len = token->len - digits - 1;
    if (digits == 1 && (text[0] == '0' || text[0] == '2'))
        utf8_sanitize(vs->title, sizeof vs->title, rest, len, TITLE_COLUMNS, 0);
    else if (digits == 1 && text[0] == '8')
        set_link(vs, rest, len);
}
