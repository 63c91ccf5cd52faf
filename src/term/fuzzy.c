#include "term/fuzzy.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WHOLE 1000 /* the word as it stands goes before its letters strewn about */

struct word {
    const char *text;
    size_t len;
    bool exact; /* case counts */
};

static bool next_word(const char **at, struct word *w)
{
    *at += strspn(*at, " \t");
    *w = (struct word){.text = *at, .len = strcspn(*at, " \t")};
    *at += w->len;
    for (size_t i = 0; i < w->len; i++)
        w->exact = w->exact || isupper((unsigned char)w->text[i]);
    return w->len > 0;
}

/* (Not tolower(3): a hundred thousand lines are searched at each key.) */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool same(const struct word *w, size_t i, char c)
{
    return w->text[i] == (w->exact ? c : lower(c)); /* no capital is in a word that is not exact */
}

static bool begins_word(const char *text, size_t at)
{
    return at == 0 || !isalnum((unsigned char)text[at - 1]);
}

/* Where the word stands in one piece, rather at the begin of a word; -1: nowhere. */
static long find_whole(const struct word *w, const char *text)
{
    long found = -1;
    for (size_t at = 0; text[at]; at++) {
        if (!same(w, 0, text[at])) /* most characters */
            continue;
        size_t n = 1;
        while (n < w->len && text[at + n] && same(w, n, text[at + n]))
            n++;
        if (n < w->len)
            continue;
        if (begins_word(text, at))
            return (long)at;
        if (found < 0)
            found = (long)at;
    }
    return found;
}

static void mark(uint8_t *marks, size_t max, size_t at)
{
    if (marks && at < max)
        marks[at] = 1;
}

/* The word's letters in their order; the score is less the more stands between them. */
static int match_letters(const struct word *w, const char *text, uint8_t *marks, size_t max)
{
    int score = WHOLE / 2;
    size_t i = 0, last = 0;
    for (size_t at = 0; text[at] && i < w->len; at++) {
        if (!same(w, i, text[at]))
            continue;
        if (i > 0)
            score -= at - last - 1 < 20 ? (int)(at - last - 1) : 20;
        score += begins_word(text, at) ? 10 : 0;
        mark(marks, max, at);
        last = at;
        i++;
    }
    return i < w->len ? -1 : score > 0 ? score : 1;
}

static int match_word(const struct word *w, const char *text, uint8_t *marks, size_t max)
{
    long whole = find_whole(w, text);
    if (whole < 0)
        return match_letters(w, text, marks, max);
    for (size_t i = 0; i < w->len; i++)
        mark(marks, max, (size_t)whole + i);
    return WHOLE + (begins_word(text, (size_t)whole) ? 100 : 0) + (whole == 0 ? 50 : 0);
}

static int match(const char *pattern, const char *text, uint8_t *marks, size_t max)
{
    struct word w;
    int sum = 0;
    while (next_word(&pattern, &w)) {
        int score = match_word(&w, text, marks, max);
        if (score < 0)
            return -1;
        sum += score;
    }
    return sum;
}

int fuzzy_score(const char *pattern, const char *text)
{
    return match(pattern, text, NULL, 0);
}

void fuzzy_marks(const char *pattern, const char *text, uint8_t *marks, size_t max)
{
    memset(marks, 0, max);
    match(pattern, text, marks, max);
}
