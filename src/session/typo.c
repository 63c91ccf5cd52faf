#include "session/typo.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WORD_MAX 40 /* letters: no command's name is longer */

size_t typo_command(const char *line, size_t *len)
{
    const char *p = line;
    for (;;) {
        p += strspn(p, " \t");
        size_t n = strcspn(p, " \t\n;|&()<>"), name = 0;
        while (isalnum((unsigned char)p[name]) || p[name] == '_')
            name++;
        if (name > 0 && p[name] == '=') {
            p += n;
            continue;
        }
        bool plain = n > 0 && n <= WORD_MAX;
        for (size_t i = 0; i < n && plain; i++)
            plain = isalnum((unsigned char)p[i]) || strchr("_.+-", p[i]);
        *len = plain ? n : 0;
        return (size_t)(p - line);
    }
}

static int min(int a, int b)
{
    return a < b ? a : b;
}

/* The optimal string alignment distance, by rows: this, the one before, the one before that. */
static int distance(const char *a, size_t alen, const char *b, size_t blen)
{
    int rows[3][WORD_MAX + 1], *row = rows[0], *last = rows[1], *before = rows[2];
    for (size_t j = 0; j <= blen; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= alen; i++) {
        int *next = before;
        before = last;
        last = row;
        row = next;
        row[0] = (int)i;
        for (size_t j = 1; j <= blen; j++) {
            row[j] = min(min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min(row[j], before[j - 2] + 1);
        }
    }
    return row[blen];
}

static bool swapped(const char *a, const char *b)
{
    return a[0] == b[1] && a[1] == b[0];
}

int typo_distance(const char *word, size_t len, const char *other, size_t other_len)
{
    size_t apart = len > other_len ? len - other_len : other_len - len;
    if (len < 2 || other_len < 2 || len > WORD_MAX || other_len > WORD_MAX || apart > 2)
        return -1;
    int found = distance(word, len, other, other_len);
    /* The shorter the word, the more others are near it by chance. */
    if (len == 2 && found > 0)
        return other_len == 2 && swapped(word, other) ? 1 : -1;
    return found <= (len < 5 ? 1 : 2) ? found : -1;
}
