#include "base/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* Linear but for one remembered `*`: a hostile pattern cannot make it explode. */
bool pattern_match(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = text;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern && (*pattern == '?' || *pattern == *text)) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

bool pattern_list_match(const char *list, const char *separators, const char *text)
{
    char *copy = xstrdup(list), *rest = copy;
    bool match = false, out = false;
    for (char *pattern; (pattern = strsep(&rest, separators));) {
        bool negated = *pattern == '!';
        if (!*pattern || !pattern_match(pattern + negated, text))
            continue;
        match = match || !negated;
        out = out || negated;
    }
    free(copy);
    return match && !out;
}
