#include "session/names.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void names_release(struct names *n)
{
    buf_release(&n->text);
    free(n->sorted);
    *n = (struct names){0};
}

void names_set(struct names *n, const char *text, size_t len, char end)
{
    names_release(n);
    buf_append(&n->text, text, len);
    buf_putc(&n->text, '\0');
    char *data = (char *)buf_data(&n->text);
    size_t most = 1;
    for (size_t i = 0; i < len; i++)
        most += data[i] == end;
    n->sorted = xcalloc(most, sizeof *n->sorted);
    for (size_t at = 0; at < len;) {
        char *stop = memchr(data + at, end, len - at);
        size_t size = stop ? (size_t)(stop - data) - at : len - at;
        data[at + size] = '\0';
        if (size > 0)
            n->sorted[n->count++] = data + at;
        at += size + 1;
    }
    qsort(n->sorted, n->count, sizeof *n->sorted, by_name);
}

enum names_fit names_find(const struct names *n, const char *word, size_t len)
{
    size_t from = 0, to = n->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strncmp(n->sorted[middle], word, len) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == n->count || strncmp(n->sorted[from], word, len) != 0)
        return NAMES_NONE;
    return n->sorted[from][len] == '\0' ? NAMES_WHOLE : NAMES_BEGIN;
}

/* Words that make or remove aliases, functions, options; and those that put files into PATH. */
static const struct {
    const char *word;
    enum names_change change;
} changers[] = {
    {"alias", NAMES_SHELL},   {"unalias", NAMES_SHELL}, {"function", NAMES_SHELL},
    {"unset", NAMES_SHELL},   {"source", NAMES_SHELL},  {".", NAMES_SHELL},
    {"eval", NAMES_SHELL},    {"export", NAMES_SHELL},  {"declare", NAMES_SHELL},
    {"typeset", NAMES_SHELL}, {"set", NAMES_SHELL},     {"shopt", NAMES_SHELL},
    {"setopt", NAMES_SHELL},  {"enable", NAMES_SHELL},  {"autoload", NAMES_SHELL},
    {"module", NAMES_SHELL},  {"conda", NAMES_SHELL},   {"hash", NAMES_PATH},
    {"rehash", NAMES_PATH},   {"install", NAMES_PATH},  {"remove", NAMES_PATH},
    {"purge", NAMES_PATH},    {"upgrade", NAMES_PATH},  {"add", NAMES_PATH},
    {"make", NAMES_PATH},     {"ninja", NAMES_PATH},    {"cp", NAMES_PATH},
    {"mv", NAMES_PATH},       {"ln", NAMES_PATH},       {"rm", NAMES_PATH},
    {"chmod", NAMES_PATH},    {"dpkg", NAMES_PATH},     {"rpm", NAMES_PATH},
};

static enum names_change change_of(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof changers / sizeof changers[0]; i++)
        if (strlen(changers[i].word) == len && memcmp(changers[i].word, word, len) == 0)
            return changers[i].change;
    return NAMES_SAME;
}

enum names_change names_changed_by(const char *line)
{
    /* A function's definition, PATH=... */
    enum names_change most = strstr(line, "()") || strstr(line, "PATH") ? NAMES_SHELL : NAMES_SAME;
    while (*line) {
        line += strspn(line, " \t\n;&|(){}");
        size_t len = strcspn(line, " \t\n;&|(){}");
        enum names_change change = change_of(line, len);
        most = change > most ? change : most;
        line += len;
    }
    return most;
}
