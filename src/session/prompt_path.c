#include "session/prompt_path.h"

#include <string.h>

#include "base/utf8.h"

#define PATH_COLUMNS 1024 /* of a path that is cut nowhere */

/* Does the path lie in `home`? Then how much of it that is. */
static size_t home_len(const char *path, const char *home)
{
    size_t len = home ? strlen(home) : 0;
    while (len > 0 && home[len - 1] == '/')
        len--;
    return len > 0 && strncmp(path, home, len) == 0 && (path[len] == '/' || path[len] == '\0') ? len
                                                                                               : 0;
}

/* Where the end of the text begins that takes at most so many columns. */
static size_t tail_fitting(const char *text, size_t len, size_t columns)
{
    size_t at = 0, width = utf8_columns(text, len);
    while (at < len) {
        uint32_t cp;
        size_t n = utf8_decode(text + at, len - at, &cp);
        /* A mark goes with the character that it sits on. */
        if (width <= columns && utf8_width(cp) > 0)
            break;
        width -= (size_t)utf8_width(cp);
        at += n;
    }
    return at;
}

/* Where the longest end of whole names begins that takes at most so many columns; `len`: none. */
static size_t tail_names(const char *text, size_t len, size_t from, size_t columns)
{
    for (size_t at = from; at < len; at++)
        if (text[at] == '/' && utf8_columns(text + at, len - at) <= columns)
            return at;
    return len;
}

static void put_cut(const char *text, size_t columns, const char *dots, struct buf *out)
{
    size_t len = strlen(text), gap = utf8_columns(dots, strlen(dots));
    size_t first = text[0] == '/' ? 1 : 0;
    first += strcspn(text + first, "/");
    size_t with_first = utf8_columns(text, first) + 1 + gap;
    size_t tail = with_first < columns ? tail_names(text, len, first, columns - with_first) : len;
    if (tail < len) { /* /usr/.../doc */
        buf_append(out, text, first);
        buf_printf(out, "/%s%s", dots, text + tail);
        return;
    }
    tail = columns > gap ? tail_names(text, len, first, columns - gap) : len;
    if (tail < len) { /* .../doc */
        buf_printf(out, "%s%s", dots, text + tail);
        return;
    }
    size_t room = columns > gap ? columns - gap : 0;
    buf_append(out, text, utf8_fitting(text, len, room / 2));
    buf_printf(out, "%s%s", dots, text + tail_fitting(text, len, room - room / 2));
}

void prompt_path(const char *path, const char *home, int columns, bool ascii, struct buf *out)
{
    char safe[PATH_COLUMNS * 4 + 4];
    size_t skip = home_len(path, home);
    struct buf text = {0};
    if (skip > 0)
        buf_putc(&text, '~');
    buf_puts(&text, path + skip);
    utf8_sanitize(safe, sizeof safe, buf_str(&text), text.len, PATH_COLUMNS, 0);
    buf_release(&text);
    if (columns <= 0 || utf8_columns(safe, strlen(safe)) <= (size_t)columns)
        buf_puts(out, safe);
    else
        put_cut(safe, (size_t)columns, ascii ? "..." : "\u2026", out);
}
