#include "proto/ssh_config_match.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/pattern.h"

enum ssh_matched ssh_match_host(char *const *words, const char *host, struct err *err)
{
    enum ssh_matched matched = MATCHED_NO;
    for (size_t i = 0; words && words[i]; i++) {
        const char *pattern = words[i];
        if (!*pattern) {
            err_set(err, "Host: a pattern is empty");
            return MATCHED_WRONG;
        }
        bool negated = *pattern == '!';
        if (!pattern_match(pattern + negated, host))
            continue;
        if (negated)
            return MATCHED_NO;
        matched = MATCHED_YES;
    }
    return matched;
}

/* ---- criteria ---- */

enum criterion { CRITERION_HOST, CRITERION_TEXT, CRITERION_EMPTY, CRITERION_UNKNOWN };

/* CRITERION_EMPTY may be asked to be empty. */
static const struct {
    const char *name;
    enum criterion kind;
    size_t offset;
} table[] = {
#define AT(member) offsetof(struct ssh_match, member)
    {"host", CRITERION_HOST, AT(host)},           {"originalhost", CRITERION_HOST, AT(original)},
    {"user", CRITERION_TEXT, AT(user)},           {"localuser", CRITERION_TEXT, AT(local_user)},
    {"sessiontype", CRITERION_TEXT, AT(session)}, {"tagged", CRITERION_EMPTY, AT(tag)},
    {"command", CRITERION_EMPTY, AT(command)},    {"exec", CRITERION_UNKNOWN, 0},
    {"localnetwork", CRITERION_UNKNOWN, 0},       {"version", CRITERION_UNKNOWN, 0},
#undef AT
};

static char *lowered(const char *text)
{
    char *copy = xstrdup(text);
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static bool matches(size_t entry, const struct ssh_match *match, const char *patterns)
{
    const char *text =
        *(const char *const *)(const void *)((const char *)match + table[entry].offset);
    if (table[entry].kind == CRITERION_EMPTY && !*text)
        return !*patterns;
    if (table[entry].kind != CRITERION_HOST)
        return pattern_list_match(patterns, ",", text);
    char *host = lowered(text), *list = lowered(patterns);
    bool matched = pattern_list_match(list, ",", host);
    free(host);
    free(list);
    return matched;
}

/* The criterion of this name, which may end with "=". */
static bool find(const char *name, size_t len, size_t *entry)
{
    for (*entry = 0; *entry < sizeof table / sizeof table[0]; ++*entry)
        if (strlen(table[*entry].name) == len && strncasecmp(table[*entry].name, name, len) == 0)
            return true;
    return false;
}

/* ssh allows one criterion before it: "canonical all". */
static enum ssh_matched match_all(char *const *words, size_t before, bool negated, struct err *err)
{
    if (before <= 1 && (!words[1] || !*words[1] || *words[1] == '#'))
        return negated ? MATCHED_NO : MATCHED_YES;
    err_set(err, "Match: all stands alone");
    return MATCHED_WRONG;
}

/* One criterion; `words` is moved behind it. */
static enum ssh_matched match_one(char *const **words, const struct ssh_match *match,
                                  const char **unknown, bool *wants_final, struct err *err)
{
    const char *name = **words;
    bool negated = *name == '!', matched;
    name += negated;
    ++*words;
    if (strcasecmp(name, "final") == 0 || strcasecmp(name, "canonical") == 0) {
        *wants_final = *wants_final || (!negated && strcasecmp(name, "final") == 0);
        return match->final != negated ? MATCHED_YES : MATCHED_NO;
    }
    size_t len = strcspn(name, "="), entry;
    if (!find(name, len, &entry)) {
        err_set(err, "Match: '%.40s' is not known", name);
        return MATCHED_WRONG;
    }
    const char *value = name[len] ? name + len + 1 : **words;
    if (!name[len] && value)
        ++*words;
    if (!value || *value == '#' || (!*value && table[entry].kind != CRITERION_EMPTY)) {
        err_set(err, "Match: nothing follows %s", table[entry].name);
        return MATCHED_WRONG;
    }
    if (table[entry].kind == CRITERION_UNKNOWN) {
        *unknown = table[entry].name;
        return MATCHED_UNKNOWN;
    }
    matched = matches(entry, match, value);
    return matched != negated ? MATCHED_YES : MATCHED_NO;
}

enum ssh_matched ssh_match(char *const *words, const struct ssh_match *match, const char **unknown,
                           bool *wants_final, struct err *err)
{
    enum ssh_matched result = MATCHED_YES;
    if (!words || !*words || **words == '#') {
        err_set(err, "Match: nothing follows it");
        return MATCHED_WRONG;
    }
    for (size_t before = 0; *words && **words != '#'; before++) {
        bool negated = **words == '!';
        enum ssh_matched one;
        if (strcasecmp(*words + negated, "all") == 0) {
            one = match_all(words, before, negated, err);
            return one == MATCHED_YES ? result : one;
        }
        one = match_one(&words, match, unknown, wants_final, err);
        if (one == MATCHED_WRONG)
            return one;
        if (one == MATCHED_NO || (one == MATCHED_UNKNOWN && result == MATCHED_YES))
            result = one;
    }
    return result;
}
