#include "session/answers.h"

#include <ctype.h>
#include <string.h>

static void release(struct answer *answer)
{
    buf_release(&answer->line);
    buf_release(&answer->strings);
    *answer = (struct answer){0};
}

void answers_clear(struct answers *a)
{
    for (size_t i = 0; i < ANSWERS_MAX; i++)
        release(&a->kept[i]);
}

static size_t bytes_kept(const struct answers *a)
{
    size_t sum = 0;
    for (size_t i = 0; i < ANSWERS_MAX; i++)
        sum += a->kept[i].line.len + a->kept[i].strings.len;
    return sum;
}

void answers_keep(struct answers *a, struct answer *answer)
{
    if (bytes_kept(a) + answer->line.len + answer->strings.len > ANSWERS_BYTES)
        answers_clear(a);
    struct answer *place = &a->kept[a->next];
    a->next = (a->next + 1) % ANSWERS_MAX;
    release(place);
    *place = *answer;
    *answer = (struct answer){0};
}

/* What may be typed behind a word without making another one of it, or another question: no
   slash, quote, `=`, `:`, `@`, `$`, blank, glob; nor `..`, which git has between two names. */
static bool goes_on_plainly(const char *more, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)more[i];
        if (c < 0x80 && !isalnum(c) && !strchr("_-.", c))
            return false;
        if (c == '.' && i > 0 && more[i - 1] == '.')
            return false;
    }
    return true;
}

/* Before a letter stands there, what is completed may be of another kind: `-` brings options,
   `.` hidden files. */
static bool has_begun(const struct answer *answer)
{
    const char *word = (const char *)buf_data(&answer->line) + answer->line.len - answer->word;
    for (size_t i = 0; i < answer->word; i++)
        if (!strchr("-./", word[i]))
            return true;
    return false;
}

static bool holds_for(const struct answer *answer, const char *line, size_t len)
{
    size_t asked = answer->line.len;
    return answer->narrows && answer->candidates == answer->total && has_begun(answer) &&
           line[asked - 1] != '.' && goes_on_plainly(line + asked, len - asked);
}

const struct answer *answers_find(const struct answers *a, const char *line, size_t len,
                                  int64_t now, bool *exact)
{
    const struct answer *best = NULL;
    for (size_t i = 0; i < ANSWERS_MAX; i++) {
        const struct answer *answer = &a->kept[i];
        size_t asked = answer->line.len;
        if (answer->strings.len == 0 || asked > len || now - answer->at >= ANSWERS_MS ||
            memcmp(buf_data(&answer->line), line, asked) != 0 || (best && best->line.len > asked))
            continue;
        if (asked == len || holds_for(answer, line, len))
            best = answer;
    }
    *exact = best && best->line.len == len;
    return best;
}
