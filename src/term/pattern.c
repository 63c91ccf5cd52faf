#include "term/pattern.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define PATTERN_MAX 256
#define REPEAT_MAX  255

struct pattern {
    bool plain;
    bool fold; /* plain: A is a */
    char *text;
    size_t len;
    regex_t regex;
    /* The same behind ^.*: tells in one pass that a line has no match, where the other tries
       from every character. */
    regex_t anywhere;
};

/* Back references and nested counts can take the C library hours, or all memory. */
static bool is_tame(const char *text)
{
    int counts = 0;
    for (const char *p = text; *p; p++) {
        if (*p == '\\' && p[1]) {
            p++;
            if (isdigit((unsigned char)*p))
                return false;
        } else if (*p == '{') {
            counts++;
            const char *comma = strchr(p, ',');
            if (strtol(p + 1, NULL, 10) > REPEAT_MAX ||
                (comma && strtol(comma + 1, NULL, 10) > REPEAT_MAX))
                return false;
        }
    }
    return counts <= 1;
}

static bool has_capital(const char *text, bool plain)
{
    for (const char *p = text; *p; p++) {
        if (!plain && *p == '\\' && p[1])
            p++; /* \W and \B are no capitals */
        else if (isupper((unsigned char)*p))
            return true;
    }
    return false;
}

static bool compile(struct pattern *p, int flags)
{
    if (regcomp(&p->regex, p->text, flags) != 0)
        return false;
    char *anywhere = xasprintf("^.*(%s)", p->text);
    bool ok = regcomp(&p->anywhere, anywhere, flags | REG_NOSUB) == 0;
    free(anywhere);
    if (!ok)
        regfree(&p->regex);
    return ok;
}

/* Letters beyond ASCII have cases that only the C library knows. */
static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return !*text;
}

struct pattern *pattern_new(const char *text, size_t len)
{
    if (len == 0)
        return NULL;
    struct pattern *p = xcalloc(1, sizeof *p);
    p->text = xstrndup(text, len);
    p->len = strlen(p->text);
    bool words = strcspn(p->text, "\\^$.|?*+()[{") == p->len;
    int fold = has_capital(p->text, words) ? 0 : REG_ICASE;
    p->plain = (words && (!fold || is_ascii(p->text))) || p->len > PATTERN_MAX ||
               !is_tame(p->text) || !compile(p, REG_EXTENDED | fold);
    p->fold = !has_capital(p->text, true);
    return p;
}

void pattern_free(struct pattern *p)
{
    if (!p)
        return;
    if (!p->plain) {
        regfree(&p->regex);
        regfree(&p->anywhere);
    }
    free(p->text);
    free(p);
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

static bool same(const struct pattern *p, const char *text)
{
    if (!p->fold)
        return memcmp(p->text, text, p->len) == 0;
    for (size_t i = 0; i < p->len; i++)
        if (lower(p->text[i]) != lower(text[i]))
            return false;
    return true;
}

static bool find_plain(const struct pattern *p, const char *text, size_t len, size_t from,
                       size_t *match_from, size_t *match_to)
{
    int first = lower(p->text[0]);
    for (size_t at = from; at + p->len <= len; at++) {
        if (lower(text[at]) == first && same(p, text + at)) {
            *match_from = at;
            *match_to = at + p->len;
            return true;
        }
    }
    return false;
}

bool pattern_find(const struct pattern *p, const char *text, size_t len, size_t from,
                  size_t *match_from, size_t *match_to)
{
    if (p->plain)
        return find_plain(p, text, len, from, match_from, match_to);
    if (from == 0 && regexec(&p->anywhere, text, 0, NULL, 0) != 0)
        return false;
    while (from < len) {
        regmatch_t m = {.rm_so = (regoff_t)from, .rm_eo = (regoff_t)len};
        if (regexec(&p->regex, text, 1, &m, REG_STARTEND) != 0)
            return false;
        if (m.rm_eo > m.rm_so) {
            *match_from = (size_t)m.rm_so;
            *match_to = (size_t)m.rm_eo;
            return true;
        }
        from = (size_t)m.rm_so + 1;
        while (from < len && ((unsigned char)text[from] & 0xc0) == 0x80)
            from++;
    }
    return false;
}
