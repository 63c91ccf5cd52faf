#include "proto/ssh_config_value.h"

#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pattern.h"
#include "base/utf8.h"
#include "proto/net_socket.h"
#include "proto/ssh_algorithms.h"
#include "proto/ssh_settings.h"

#define BLANK " \t\r\n"

/* ---- a line's parts ---- */

/* A backslash protects a quote, itself and, outside of quotes, a space. */
static bool is_protected(const char *at, char quote)
{
    return at[0] == '\\' && at[1] && (strchr("'\"\\", at[1]) || (!quote && at[1] == ' '));
}

/* One word from `at` on; returns what follows it, NULL: a quote is not closed. */
static const char *take_word(const char *at, struct buf *word)
{
    char quote = 0;
    for (; *at; at++) {
        if (is_protected(at, quote))
            buf_putc(word, *++at);
        else if (!quote && (*at == ' ' || *at == '\t'))
            break;
        else if (!quote && (*at == '"' || *at == '\''))
            quote = *at;
        else if (quote && *at == quote)
            quote = 0;
        else
            buf_putc(word, *at);
    }
    return quote ? NULL : at;
}

static bool take_words(const char *text, char ***words)
{
    struct buf word = {0};
    const char *at = text + strspn(text, " \t");
    while (at && *at && *at != '#') {
        buf_clear(&word);
        at = take_word(at, &word);
        if (at) {
            ssh_list_add(words, buf_str(&word));
            at += strspn(at, " \t");
        }
    }
    buf_release(&word);
    return at != NULL;
}

bool ssh_config_line_parse(struct ssh_config_line *line, const char *text, struct err *err)
{
    *line = (struct ssh_config_line){NULL, NULL, NULL};
    text += strspn(text, BLANK);
    size_t len = strcspn(text, BLANK "=");
    if (!*text || *text == '#')
        return true;
    line->keyword = xstrndup(text, len);
    text += len + strspn(text + len, BLANK);
    if (*text == '=')
        text += 1 + strspn(text + 1, BLANK);
    for (len = strlen(text); len > 0 && strchr(BLANK "\f", text[len - 1]);)
        len--;
    line->rest = xstrndup(text, len);
    if (len == 0)
        return err_set(err, "nothing follows %s", line->keyword);
    return take_words(line->rest, &line->words) || err_set(err, "a quote is not closed");
}

void ssh_config_line_release(struct ssh_config_line *line)
{
    free(line->keyword);
    free(line->rest);
    ssh_list_free(line->words);
}

/* ---- single values; each returns what is printed, NULL with an error ---- */

static char *choice(const struct ssh_keyword *keyword, const char *word)
{
    const char *choices = keyword->choices ? keyword->choices : "yes no";
    if (strcasecmp(word, "true") == 0 || strcasecmp(word, "false") == 0)
        word = ssh_keyword_plain(word);
    size_t len = strlen(word);
    for (const char *at = choices; *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == len && strncasecmp(at, word, len) == 0)
            return xstrndup(at, len);
    return NULL;
}

static char *number(const char *word)
{
    char *end;
    long n = strtol(word, &end, 10);
    bool ok = *word >= '0' && *word <= '9' && !*end && n <= INT_MAX;
    return ok ? xasprintf("%ld", n) : NULL;
}

static char *port(const char *word)
{
    char *text = number(word);
    if (text && atoi(text) > 0 && atoi(text) <= 65535)
        return text;
    free(text);
    const struct servent *service = getservbyname(word, "tcp");
    return service ? xasprintf("%d", ntohs((uint16_t)service->s_port)) : NULL;
}

/* "90", "1h30m": seconds; -1: it is no time. */
static long seconds(const char *word)
{
    static const struct {
        char unit;
        long seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    long long total = 0;
    if (!*word)
        return -1;
    while (*word) {
        char *end;
        if (*word < '0' || *word > '9')
            return -1;
        long long n = strtoll(word, &end, 10), unit = *end ? 0 : 1;
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
            if ((*end | 0x20) == units[i].unit)
                unit = units[i].seconds;
        if (unit == 0 || n > INT_MAX || (total += n * unit) > INT_MAX)
            return -1;
        word = end + (*end != '\0');
    }
    return (long)total;
}

static char *time_value(const char *word)
{
    long n = seconds(word);
    return n >= 0 ? xasprintf("%ld", n) : NULL;
}

static char *escape_value(const char *word)
{
    size_t len = strlen(word);
    bool control = len == 2 && word[0] == '^' && (word[1] & 0xc0) == 0x40;
    return len == 1 || control || strcmp(word, "none") == 0 ? xstrdup(word) : NULL;
}

/* Bytes with a unit. */
static char *size_value(const char *word)
{
    static const char units[] = "BKMGTPE";
    char *end;
    long double n = strtold(word, &end);
    if (strcmp(word, "default") == 0)
        return xstrdup("0");
    const char *unit = *end ? strchr(units, *end & ~0x20) : units;
    bool plain = *word >= '0' && *word <= '9' && word + strspn(word, "0123456789.") == end;
    if (!plain || !unit || (*end && end[1]))
        return NULL;
    for (const char *u = units; u < unit; u++)
        n *= 1024;
    bool ok = n < 9e18L && (n < 1 || n >= 16);
    return ok ? xasprintf("%lld", (long long)n) : NULL;
}

/* ---- values of several words ---- */

static size_t count(char *const *words)
{
    size_t n = 0;
    while (words && words[n])
        n++;
    return n;
}

static char *join(char *const *words, const char *between)
{
    struct buf text = {0};
    for (size_t i = 0; words && words[i]; i++) {
        buf_puts(&text, i ? between : "");
        buf_puts(&text, words[i]);
    }
    char *joined = xstrdup(buf_str(&text));
    buf_release(&text);
    return joined;
}

/* A choice, "confirm" and a time, or a time alone. */
static char *add_keys_value(char *const *words)
{
    static const struct ssh_keyword choices = {.choices = "yes no ask confirm"};
    char *word = choice(&choices, words[0]);
    const char *time = !word ? words[0] : words[1];
    if (word && !time)
        return word;
    bool ok = time && seconds(time) >= 0 && (word ? strcmp(word, "confirm") == 0 : !words[1]);
    char *value = ok ? xasprintf("%s%ld", word ? "confirm " : "", seconds(time)) : NULL;
    free(word);
    return value;
}

static char *qos_value(char *const *words)
{
    int tos;
    for (size_t i = 0; words[i]; i++)
        if (!net_tos_parse(words[i], &tos))
            return NULL;
    return xasprintf("%s %s", words[0], words[1] ? words[1] : words[0]);
}

/* The way may be commented on. */
static char *jump_value(const char *rest)
{
    size_t len = strcspn(rest, "#");
    while (len > 0 && strchr(BLANK, rest[len - 1]))
        len--;
    return len > 0 ? xstrndup(rest, len) : NULL;
}

static char *plain_value(const struct ssh_keyword *keyword, const struct ssh_config_line *line)
{
    const char *word = line->words[0];
    switch (keyword->syntax) {
    case SYNTAX_CHOICE: return choice(keyword, word);
    case SYNTAX_NUMBER: return number(word);
    case SYNTAX_PORT: return port(word);
    case SYNTAX_TIME: return time_value(word);
    case SYNTAX_ESCAPE: return escape_value(word);
    case SYNTAX_ALGORITHMS: return ssh_algorithms(keyword->name, word);
    case SYNTAX_ADD_KEYS: return add_keys_value(line->words);
    case SYNTAX_QOS: return qos_value(line->words);
    case SYNTAX_JUMP: return jump_value(line->rest);
    case SYNTAX_REST: return xstrdup(line->rest + strspn(line->rest, BLANK "="));
    case SYNTAX_FORWARD:
    case SYNTAX_LISTEN:
    case SYNTAX_ANY: return join(line->words, " ");
    default: return xstrdup(word);
    }
}

/* ---- values that add up, or have a rule of their own ---- */

static bool has(char *const *list, const char *text)
{
    for (size_t i = 0; list && list[i]; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

static bool take_files(char *const *words, char ***values, struct err *err)
{
    bool first = !*values;
    for (size_t i = 0; words[i]; i++) {
        if (!*words[i] || (strcasecmp(words[i], "none") == 0 && count(words) > 1))
            return err_set(err, *words[i] ? "none stands alone" : "a name is empty");
        if (first)
            ssh_list_add(values, words[i]);
    }
    return true;
}

static void remove_matching(char **list, const char *pattern)
{
    size_t kept = 0;
    for (size_t i = 0; list && list[i]; i++) {
        if (pattern_match(pattern, list[i]))
            free(list[i]);
        else
            list[kept++] = list[i];
    }
    if (list)
        list[kept] = NULL;
}

static bool take_send_env(char *const *words, char ***values, struct err *err)
{
    for (size_t i = 0; words[i]; i++) {
        if (!*words[i] || strchr(words[i], '='))
            return err_set(err, "it is no name of a variable");
        if (*words[i] == '-')
            remove_matching(*values, words[i] + 1);
        else
            ssh_list_add(values, words[i]);
    }
    return true;
}

/* Of one line the first value of a name holds, and of all lines the first line. */
static bool take_set_env(char *const *words, char ***values, struct err *err)
{
    bool first = !*values;
    for (size_t i = 0; words[i]; i++) {
        bool given = false;
        if (!strchr(words[i], '='))
            return err_set(err, "it is not NAME=VALUE");
        size_t len = strcspn(words[i], "=") + 1;
        for (size_t k = 0; k < i; k++)
            given = given || strncmp(words[k], words[i], len) == 0;
        if (first && !given)
            ssh_list_add(values, words[i]);
    }
    return true;
}

/* Bytes and seconds: of each the first holds. */
static bool take_rekey(char *const *words, char ***values, struct err *err)
{
    char *bytes = size_value(words[0]);
    bool timed = words[1] && strcmp(words[1], "none") != 0;
    long time = timed ? seconds(words[1]) : 0;
    if (!bytes || time < 0) {
        free(bytes);
        return err_set(err, "it is no amount of 16 bytes or more, or no time");
    }
    const char *old = *values ? (*values)[0] : NULL;
    const char *old_time = old ? strchr(old, ' ') : NULL;
    char *value = old_time || (old && !timed) ? xstrdup(old)
                  : timed                     ? xasprintf("%s %ld", old ? old : bytes, time)
                                              : xstrdup(bytes);
    ssh_list_free(*values);
    *values = NULL;
    ssh_list_add(values, value);
    free(value);
    free(bytes);
    return true;
}

static bool take_plain(const struct ssh_keyword *keyword, const struct ssh_config_line *line,
                       char ***values, struct err *err)
{
    if (keyword->syntax == SYNTAX_TIME && strcmp(line->words[0], "none") == 0)
        return true; /* as if it were not there: a later line may set it */
    char *value = plain_value(keyword, line);
    if (!value)
        return err_set(err, "'%.100s' is no value of it", line->words[0]);
    bool adds = keyword->syntax == SYNTAX_EACH || keyword->syntax == SYNTAX_FORWARD ||
                keyword->syntax == SYNTAX_LISTEN;
    if (!*values || (adds && !has(*values, value)))
        ssh_list_add(values, value);
    free(value);
    return true;
}

/* How many words there may be; 0: any number. */
static size_t words_max(enum ssh_syntax syntax)
{
    switch (syntax) {
    case SYNTAX_FILES:
    case SYNTAX_REST:
    case SYNTAX_JUMP:
    case SYNTAX_SEND_ENV:
    case SYNTAX_SET_ENV:
    case SYNTAX_ANY: return 0;
    case SYNTAX_FORWARD:
    case SYNTAX_LISTEN:
    case SYNTAX_ADD_KEYS:
    case SYNTAX_QOS:
    case SYNTAX_REKEY: return 2;
    default: return 1;
    }
}

static bool take(const struct ssh_keyword *keyword, const struct ssh_config_line *line,
                 char ***values, struct err *err)
{
    size_t n = count(line->words), most = words_max(keyword->syntax);
    if (n == 0 && keyword->syntax != SYNTAX_REST)
        return err_set(err, "nothing follows it");
    if (n > 0 && most > 0 && !*line->words[0])
        return err_set(err, "its value is empty");
    if (keyword->syntax == SYNTAX_FORWARD && n == 1)
        return err_set(err, "where to is missing");
    if (most > 0 && n > most)
        return err_set(err, "there is more than %zu word%s behind it", most, most > 1 ? "s" : "");
    switch (keyword->syntax) {
    case SYNTAX_FILES: return take_files(line->words, values, err);
    case SYNTAX_SEND_ENV: return take_send_env(line->words, values, err);
    case SYNTAX_SET_ENV: return take_set_env(line->words, values, err);
    case SYNTAX_REKEY: return take_rekey(line->words, values, err);
    default: return take_plain(keyword, line, values, err);
    }
}

bool ssh_config_value(const struct ssh_keyword *keyword, const struct ssh_config_line *line,
                      char ***values, struct err *err)
{
    struct err why;
    char text[400];
    if (take(keyword, line, values, &why))
        return true;
    utf8_sanitize(text, sizeof text, why.text, strlen(why.text), 200, 0);
    return err_set(err, "%s: %s", keyword->name, text);
}
