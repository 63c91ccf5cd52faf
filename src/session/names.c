#include "session/names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

void names_set(struct names *n, const char *text, size_t len, char end, bool folded)
{
    names_release(n);
    buf_append(&n->text, text, len);
    buf_putc(&n->text, '\0');
    char *data = (char *)buf_data(&n->text);
    for (size_t i = 0; i < len && folded; i++)
        data[i] = (char)tolower((unsigned char)data[i]);
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

/* ---- what a command changes ---- */

#define BETWEEN " \t\n;&|(){}" /* words */

const struct names_language names_sh = {
    .shell = "alias unalias function unset source . eval export declare typeset set shopt setopt "
             "unsetopt enable disable autoload unfunction module conda",
    .path = "hash rehash",
    .defines = "()",
    .not_found = 127,
};
const struct names_language names_fish = {
    .shell = "function functions funced funcsave alias abbr source . eval set fish_add_path fisher "
             "omf conda",
    .path = "",
    .not_found = 127,
};
const struct names_language names_csh = {
    .shell = "alias unalias source eval set unset setenv unsetenv module conda",
    .path = "rehash unhash",
    .not_found = 1,
};
const struct names_language names_pwsh = {
    .shell = "function filter set-alias new-alias sal nal remove-alias import-alias import-module "
             "ipmo remove-module rmo . invoke-expression iex remove-item ri del set-item si "
             "new-item ni rename-item rni set-content using class enter-pssession conda",
    .path = "install-module uninstall-module update-module install-psresource "
            "uninstall-psresource copy-item cpi copy move-item mi move winget choco scoop",
    .prefix = "get-",
    .folded = true,
    .not_found = 1,
};
const struct names_language names_cmd = {
    .shell = "doskey",
    .path = "",
    .folded = true,
    .not_found = 9009,
};

/* Words that, in any shell, put files into PATH. */
static const char path_words[] =
    "install remove purge upgrade add make ninja cp mv ln rm chmod dpkg rpm";

static bool same(const char *a, const char *b, size_t len, bool folded)
{
    return (folded ? strncasecmp(a, b, len) : strncmp(a, b, len)) == 0;
}

static bool is_word_of(const char *words, const char *word, size_t len, bool folded)
{
    while (*words) {
        size_t n = strcspn(words, " ");
        if (n == len && same(words, word, n, folded))
            return true;
        words += n;
        words += *words == ' ';
    }
    return false;
}

static enum names_change change_of(const struct names_language *l, const char *word, size_t len)
{
    if (is_word_of(path_words, word, len, l->folded) || is_word_of(l->path, word, len, l->folded))
        return NAMES_PATH;
    return is_word_of(l->shell, word, len, l->folded) ? NAMES_SHELL : NAMES_SAME;
}

enum names_change names_changed_by(const struct names_language *l, const char *line)
{
    bool defines = l->defines && strstr(line, l->defines);
    enum names_change most = defines || strcasestr(line, "path") ? NAMES_SHELL : NAMES_SAME;
    while (*(line += strspn(line, BETWEEN))) {
        size_t len = strcspn(line, BETWEEN);
        enum names_change change = change_of(l, line, len);
        most = change > most ? change : most;
        line += len;
    }
    return most;
}

bool names_may_define(const char *line)
{
    if (strstr(line, "()"))
        return true;
    while (*(line += strspn(line, BETWEEN))) {
        size_t len = strcspn(line, BETWEEN);
        if (is_word_of(". source eval", line, len, false))
            return true;
        line += len;
    }
    return false;
}
