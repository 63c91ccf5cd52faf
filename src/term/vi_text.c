#include "term/vi_text.h"

#include "term/wide.h"

int vi_kind(wchar_t c)
{
    return wide_is_blank(c) ? 0 : wide_is_word(c) || c == L'_' ? 1 : 2;
}

size_t vi_word_right(struct vi_text l, size_t at)
{
    int kind = at < l.len ? vi_kind(l.text[at]) : 0;
    while (kind && at < l.len && vi_kind(l.text[at]) == kind)
        at++;
    while (at < l.len && vi_kind(l.text[at]) == 0)
        at++;
    return at;
}

size_t vi_word_left(struct vi_text l, size_t at)
{
    while (at > 0 && vi_kind(l.text[at - 1]) == 0)
        at--;
    int kind = at > 0 ? vi_kind(l.text[at - 1]) : 0;
    while (kind && at > 0 && vi_kind(l.text[at - 1]) == kind)
        at--;
    return at;
}

size_t vi_word_end(struct vi_text l, size_t at, bool blank)
{
    size_t end = at + 1;
    while (end < l.len && vi_kind(l.text[end]) == 0)
        end++;
    if (end >= l.len)
        return l.len > 0 ? l.len - 1 : 0;
    int kind = vi_kind(l.text[end]);
    while (end + 1 < l.len &&
           (blank ? vi_kind(l.text[end + 1]) != 0 : vi_kind(l.text[end + 1]) == kind))
        end++;
    return end;
}

static void object_word(struct vi_text l, size_t at, bool around, bool blank, size_t *from,
                        size_t *to)
{
    int kind = at < l.len ? vi_kind(l.text[at]) : 0;
#define SAME(i) (blank ? (vi_kind(l.text[i]) != 0) == (kind != 0) : vi_kind(l.text[i]) == kind)
    for (*from = at; *from > 0 && SAME(*from - 1); --*from)
        continue;
    for (*to = at; *to < l.len && SAME(*to); ++*to)
        continue;
#undef SAME
    size_t end = *to;
    while (around && *to < l.len && wide_is_blank(l.text[*to]))
        ++*to;
    while (around && *to == end && *from > 0 && wide_is_blank(l.text[*from - 1]))
        --*from;
}

/* The quotes about the cursor, or the first ones behind it. */
static bool object_quoted(struct vi_text l, size_t at, wchar_t quote, size_t *from, size_t *to)
{
    size_t start = wide_row_start(l.text, at), end = wide_row_end(l.text, l.len, at);
    bool open = false;
    for (size_t i = start; i < end; i++) {
        if (l.text[i] == L'\\' && quote != L'\'') {
            i++;
        } else if (l.text[i] == quote) {
            if (open && i >= at) {
                *to = i;
                return true;
            }
            open = !open;
            *from = i;
        }
    }
    return false;
}

/* The brackets about the cursor, the innermost ones. */
static bool object_bracketed(struct vi_text l, size_t at, const wchar_t *pair, size_t *from,
                             size_t *to)
{
    int depth = 0;
    if (at < l.len && l.text[at] == pair[1])
        at--;
    for (*from = at + 1; (*from)-- > 0;) {
        if (*from < l.len && l.text[*from] == pair[1])
            depth++;
        else if (*from < l.len && l.text[*from] == pair[0] && depth-- == 0)
            break;
    }
    if (*from == SIZE_MAX)
        return false;
    depth = 0;
    for (*to = *from; *to < l.len; ++*to) {
        if (l.text[*to] == pair[0])
            depth++;
        else if (l.text[*to] == pair[1] && --depth == 0)
            return true;
    }
    return false;
}

bool vi_object(struct vi_text l, size_t at, wchar_t name, bool around, size_t *from, size_t *to)
{
    static const wchar_t *const pairs[] = {L"()b", L"{}B", L"[]", L"<>"};
    bool word = name == L'w' || name == L'W';
    if (word) {
        object_word(l, at, around, name == L'W', from, to);
        return true;
    }
    bool found = wcschr(L"\"'`", name) && object_quoted(l, at, name, from, to);
    for (size_t i = 0; !found && i < sizeof pairs / sizeof pairs[0]; i++)
        found = wcschr(pairs[i], name) && object_bracketed(l, at, pairs[i], from, to);
    if (found && around)
        ++*to;
    else if (found)
        ++*from;
    return found;
}
