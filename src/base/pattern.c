#include "base/pattern.h"

#include <stddef.h>

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
