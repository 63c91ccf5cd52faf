#include "session/config.h"

#include <ctype.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/key_name.h"
#include "base/pattern.h"
#include "base/utf8.h"
#include "session/dialect.h"
#include "session/prompt.h"

/* ---- the table ---- */

enum kind {
    KIND_WORD,
    KIND_YES_NO,
    KIND_NUMBER,
    KIND_PROMPT,
    KIND_LABEL,
    KIND_COLOR,
    KIND_KEY,
    KIND_KEYS,
    KIND_NAME,
    KIND_SHELL
};

#define LABEL_COLUMNS 20

static const struct setting {
    const char *name;
    enum kind kind;
    size_t offset;
    const char *allowed; /* WORD: the words, by "|"; NUMBER: MIN..MAX; to be read by a person too */
    const char *standard;
    const char *help;
} table[] = {
#define AT(member) offsetof(struct config_settings, member)
    {"leave", KIND_WORD, AT(leave), "screen|line|all", "screen",
     "what stays in the terminal when the session ends: the last page and the closing line, that "
     "line alone, or everything"},
    {"status", KIND_WORD, AT(status), "bottom|top|off", "bottom",
     "where the status line is; off: it comes when there is something to tell, and the prompt "
     "begins with the status of a command that failed"},
    {"prompt", KIND_PROMPT, AT(prompt),
     "a text, in it {host} {user} {cwd} {cwd~} {git} {jobs} {venv} {status} {duration} {sign}; or "
     "host",
     PROMPT_DEFAULT,
     "what stands before the line; {sign} is # for root, else >, {status} what the last command "
     "failed with, {duration} how long it took; punctuation in the braces goes with the field, as "
     "in {(git) }; host: the shell's own prompt"},
    {"word", KIND_LABEL, AT(word), "a text of at most 20 columns", "",
     "stands before the host's name in the status line, such as PROD"},
    {"color", KIND_COLOR, AT(color), "none|[bright-]COLOR|0..255|#RRGGBB", "none",
     "of the host's name in the status line; COLOR: black, red, green, yellow, blue, magenta, "
     "cyan, white"},
    {"command-key", KIND_KEY, AT(command_key), "^A..^_, but not ^C ^I ^J ^M ^[", "^]",
     "the one key that never goes to the host: what follows it is for tether"},
    {"mouse", KIND_YES_NO, AT(mouse), "on|off", "on",
     "the wheel and the mouse scroll and select here; off: they are the terminal's own"},
    {"bell", KIND_YES_NO, AT(bell), "on|off", "on", "the host may ring the terminal's bell"},
    {"title", KIND_YES_NO, AT(title), "on|off", "on",
     "the host may set the terminal's title, until the session ends"},
    {"notice", KIND_NUMBER, AT(notice), "1..600", "4",
     "seconds that a notice stays in the status line"},
    {"clipboard", KIND_WORD, AT(clipboard), "both|terminal|tool", "both",
     "what is copied goes to the terminal (OSC 52), to wl-copy, xclip or xsel, or to both"},
    {"history", KIND_YES_NO, AT(history), "yes|no", "yes",
     "keep the lines entered, per host, for later sessions; no: none is read or kept"},
    {"suggest", KIND_YES_NO, AT(suggest), "yes|no", "yes",
     "show behind the cursor how an earlier line goes on"},
    {"edit", KIND_WORD, AT(edit), "here|host", "here",
     "where lines are edited: here, or by the shell's own editor on the host"},
    {"keys", KIND_WORD, AT(keys), "shell|emacs|vi|windows", "shell",
     "what the keys do to the line: as in bash's Emacs mode, in vi, in PowerShell on Windows; "
     "shell: "
     "as the shell on the host has it"},
    {"host-keys", KIND_KEYS, AT(host_keys), "keys, with commas between: Alt-z, F5, Ctrl-X Ctrl-F",
     "", "give the line and the key to the shell's own editor, until the next prompt"},
    {"editor", KIND_WORD, AT(editor), "host|local", "host",
     "where Ctrl-X Ctrl-E opens the line: in the host's $EDITOR, which runs it, or in this "
     "machine's"},
    {"highlight", KIND_YES_NO, AT(highlight), "yes|no", "yes",
     "color the line as it is written (NO_COLOR leaves the other marks)"},
    {"commands", KIND_YES_NO, AT(commands), "yes|no", "yes",
     "ask the host which commands it has, and show which of the line's are none"},
    {"term", KIND_NAME, AT(term), "a name of terminfo(5), such as xterm", "xterm-256color",
     "what the host is told of the terminal; it is one of the xterm kind"},
    {"scrollback", KIND_NUMBER, AT(scrollback), "0..10000000", "100000",
     "lines kept above the page"},
    {"times", KIND_YES_NO, AT(times), "on|off", "on",
     "at the right of a finished command's prompt: its status, if it failed, and how long it took"},
    {"clear", KIND_WORD, AT(clear), "page|all", "page",
     "what a program may clear: the page, or what has scrolled off it too (CSI 3 J)"},
    {"osc52", KIND_YES_NO, AT(osc52), "yes|no", "no",
     "a program may write to the clipboard (OSC 52); it may never read it"},
    {"timeout", KIND_NUMBER, AT(timeout), "1..86400", "15",
     "seconds for each stage of connecting, where neither --timeout nor ssh's ConnectTimeout "
     "says it"},
    {"profile", KIND_YES_NO, AT(profile), "yes|no", "yes",
     "run the profile of the account on the host"},
    {"shell", KIND_SHELL, AT(shell), CONFIG_SHELLS, "auto",
     "what the login shell is taken for; auto: by its name; plain: it is a plain terminal"},
    {"raw", KIND_YES_NO, AT(raw), "yes|no", "no", "a plain terminal, as ssh: no line editing here"},
#undef AT
};
#define SETTINGS (sizeof table / sizeof table[0])

/* ---- values ---- */

static bool parse_word(const char *allowed, const char *text, int *out)
{
    size_t len = strlen(text);
    for (int i = 0; *allowed; i++) {
        size_t n = strcspn(allowed, "|");
        if (n == len && strncasecmp(allowed, text, n) == 0) {
            *out = i;
            return true;
        }
        allowed += n + (allowed[n] == '|');
    }
    return false;
}

static bool parse_yes_no(const char *text, bool *out)
{
    int i;
    *out = parse_word("yes|on|true", text, &i);
    return *out || parse_word("no|off|false", text, &i);
}

static bool parse_number(const char *allowed, const char *text, int *out)
{
    char *end;
    long min = strtol(allowed, &end, 10), max = strtol(end + strlen(".."), NULL, 10);
    if (*text < '0' || *text > '9')
        return false;
    long n = strtol(text, &end, 10);
    *out = (int)n;
    return *end == '\0' && n >= min && n <= max;
}

/* Nothing that does something to a terminal, or cannot be seen. */
static bool printable(const char *text)
{
    char shown[1024];
    utf8_sanitize(shown, sizeof shown, text, strlen(text), sizeof shown, 0);
    return strcmp(shown, text) == 0;
}

static bool parse_prompt(const char *text, const char **out)
{
    *out = text;
    return printable(text) && !prompt_unknown(text);
}

static bool parse_label(const char *text, const char **out)
{
    *out = text;
    return printable(text) && utf8_columns(text, strlen(text)) <= LABEL_COLUMNS;
}

static bool parse_rgb(const char *text, long *out)
{
    *out = CONFIG_RGB + strtol(text, NULL, 16);
    return strlen(text) == 6 && strspn(text, "0123456789abcdefABCDEF") == 6;
}

static bool parse_color(const char *text, long *out)
{
    static const char bright[] = "bright-";
    int n = CONFIG_NO_COLOR;
    if (*text == '#')
        return parse_rgb(text + 1, out);
    bool is_bright = strncasecmp(text, bright, strlen(bright)) == 0;
    bool ok = parse_word("black|red|green|yellow|blue|magenta|cyan|white",
                         text + (is_bright ? strlen(bright) : 0), &n);
    if (ok && is_bright)
        n += 8;
    ok = ok || strcasecmp(text, "none") == 0 || parse_number("0..255", text, &n);
    *out = n;
    return ok;
}

/* A control character, but those that are keys by themselves, and the one that stops commands. */
static bool parse_key(const char *text, int *out)
{
    static const char *const prefixes[] = {"^", "C-", "Ctrl-"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t len = strlen(prefixes[i]);
        if (strncasecmp(text, prefixes[i], len) != 0 || text[len] == '\0' || text[len + 1] != '\0')
            continue;
        *out = toupper((unsigned char)text[len]) - '@';
        return *out > 0 && *out < ' ' && !strchr("\003\t\n\r\033", *out);
    }
    return false;
}

/* No sequence may begin with what is typed, ends the line, or stops commands. */
static bool may_begin(const struct key_named *key)
{
    if (key->named)
        return true;
    bool control = key->mods & MOD_CTRL && !strchr("cdmjCDMJ", (int)key->code);
    return control || key->mods & MOD_ALT;
}

static bool parse_sequence(char *names)
{
    struct key_named key;
    char *rest, *name = strtok_r(names, " \t", &rest);
    if (!name || !key_name_parse(name, &key) || !may_begin(&key))
        return false;
    int count = 1;
    while ((name = strtok_r(NULL, " \t", &rest)) && key_name_parse(name, &key))
        count++;
    return !name && count <= CONFIG_SEQUENCE;
}

/* Key names with blanks between make a sequence, sequences have commas between. */
static bool parse_keys(const char *text, const char **out)
{
    bool ok = true;
    *out = text;
    for (const char *at = text + strspn(text, " \t"); ok && *at;) {
        size_t len = strcspn(at, ",");
        char *names = xstrndup(at, len);
        ok = parse_sequence(names);
        free(names);
        at += len + (at[len] == ',');
    }
    return ok;
}

static bool parse_name(const char *text, const char **out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789+-._";
    size_t len = strlen(text);
    *out = text;
    return len > 0 && len <= 64 && strspn(text, letters) == len;
}

bool config_is_shell(const char *text)
{
    return strcmp(text, "auto") == 0 || strcmp(text, "plain") == 0 || dialect_of(text) ||
           strcmp(text, "powershell") == 0 || strcmp(text, "cmd") == 0;
}

static bool parse_shell(const char *text, const char **out)
{
    *out = text;
    return config_is_shell(text);
}

/* False: it is not allowed there. Text is borrowed. */
static bool parse_value(const struct setting *setting, const char *text,
                        struct config_settings *settings)
{
    void *at = (char *)settings + setting->offset;
    switch (setting->kind) {
    case KIND_WORD: return parse_word(setting->allowed, text, at);
    case KIND_YES_NO: return parse_yes_no(text, at);
    case KIND_NUMBER: return parse_number(setting->allowed, text, at);
    case KIND_PROMPT: return parse_prompt(text, at);
    case KIND_LABEL: return parse_label(text, at);
    case KIND_COLOR: return parse_color(text, at);
    case KIND_KEYS: return parse_keys(text, at);
    case KIND_KEY: return parse_key(text, at);
    case KIND_NAME: return parse_name(text, at);
    case KIND_SHELL: return parse_shell(text, at);
    }
    return false;
}

/* ---- what was read ---- */

struct section {
    char *patterns; /* NULL: what stands above all sections */
    int line;
};

struct entry {
    size_t section, setting;
    char *value;
    int line;
};

struct config {
    struct section *sections; /* the first stands for the top of the file */
    size_t section_count;
    struct entry *entries;
    size_t entry_count;
};

static void add_section(struct config *c, char *patterns, int line)
{
    c->sections = xrealloc(c->sections, (c->section_count + 1) * sizeof *c->sections);
    c->sections[c->section_count++] = (struct section){patterns, line};
}

struct config *config_new(void)
{
    struct config *c = xcalloc(1, sizeof *c);
    add_section(c, NULL, 0);
    return c;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->section_count; i++)
        free(c->sections[i].patterns);
    for (size_t i = 0; i < c->entry_count; i++)
        free(c->entries[i].value);
    free(c->sections);
    free(c->entries);
    free(c);
}

/* ---- reading ---- */

/* What goes through inih's reader and handler. It tells no line numbers, cuts long lines and
   section names short without a word, and takes an indented line for more of the one before:
   so it is given one line at a time, checked and flush left, and headers are read here. */
struct reader {
    struct config *config;
    const char *name;
    const char *at, *end;
    int line, bad_line; /* bad_line: of the error; 0: none yet */
    struct err *err;
};

static void fail(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct reader *r, const char *format, ...)
{
    char text[400];
    va_list args;
    if (r->bad_line)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    r->bad_line = r->line;
    err_set(r->err, "%.100s:%d: %s", r->name, r->line, text);
}

struct shown {
    char text[256];
};

static struct shown show(const char *text, size_t len)
{
    struct shown s;
    utf8_sanitize(s.text, sizeof s.text, text, len, 60, 0);
    return s;
}

static size_t blanks(const char *text, const char *end)
{
    size_t n = 0;
    while (text + n < end && (text[n] == ' ' || text[n] == '\t'))
        n++;
    return n;
}

static bool has_control(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
            return true;
    return false;
}

/* [host "PATTERNS"], with a comment behind it or not. */
static bool read_header(struct reader *r, const char *line, const char *end)
{
    static const char word[] = "host";
    const char *at = line + 1;
    at += blanks(at, end);
    if ((size_t)(end - at) < strlen(word) || strncasecmp(at, word, strlen(word)) != 0)
        return false;
    at += strlen(word);
    size_t gap = blanks(at, end);
    at += gap;
    const char *close =
        gap > 0 && at < end && *at == '"' ? memchr(at + 1, '"', end - at - 1) : NULL;
    if (!close)
        return false;
    const char *patterns = at + 1;
    patterns += blanks(patterns, close);
    at = close + 1 + blanks(close + 1, end);
    if (patterns == close || at == end || *at != ']')
        return false;
    at += 1 + blanks(at + 1, end);
    if (at < end && *at != ';' && *at != '#')
        return false;
    add_section(r->config, xstrndup(patterns, (size_t)(close - patterns)), r->line);
    return true;
}

/* inih's reader: as fgets(3). */
static char *next_line(char *out, int size, void *data)
{
    struct reader *r = data;
    if (r->at == r->end)
        return NULL;
    r->line++;
    const char *line = r->at;
    const char *end = memchr(line, '\n', (size_t)(r->end - line));
    r->at = end ? end + 1 : r->end;
    end = end ? end : r->end;
    if (end > line && end[-1] == '\r')
        end--;
    line += blanks(line, end);
    size_t len = (size_t)(end - line);
    if (has_control(line, len)) {
        fail(r, "a control character: this is no text");
        len = 0;
    } else if (len > 0 && *line == '[') {
        if (!read_header(r, line, end))
            fail(r, "a section begins with [host \"PATTERNS\"], not with '%s'",
                 show(line, len).text);
        len = 0;
    } else if (len > (size_t)size - 3) {
        fail(r, "the line is too long: %d bytes at most", size - 3);
        len = 0;
    }
    memcpy(out, line, len);
    memcpy(out + len, "\n", 2);
    return out;
}

static const struct setting *find_setting(const char *name)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(name, table[i].name) == 0)
            return &table[i];
    return NULL;
}

static void fail_unknown(struct reader *r, const char *name)
{
    struct buf names = {0};
    for (size_t i = 0; i < SETTINGS; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", table[i].name);
    fail(r, "there is no setting '%s'; there are: %s", show(name, strlen(name)).text,
         buf_str(&names));
    buf_release(&names);
}

static const struct entry *find_entry(const struct config *c, size_t section, size_t setting)
{
    for (size_t i = 0; i < c->entry_count; i++)
        if (c->entries[i].section == section && c->entries[i].setting == setting)
            return &c->entries[i];
    return NULL;
}

/* In quotes a value may be empty, and begin and end with blanks. NULL: the end is missing. */
static char *unquote(const char *value)
{
    size_t len = strlen(value);
    if (*value != '"')
        return xstrdup(value);
    return len > 1 && value[len - 1] == '"' ? xstrndup(value + 1, len - 2) : NULL;
}

static void take_value(struct reader *r, const struct setting *setting, char *value)
{
    struct config *c = r->config;
    struct config_settings scratch;
    size_t section = c->section_count - 1, index = (size_t)(setting - table);
    const struct entry *before = find_entry(c, section, index);
    if (before)
        fail(r, "%s is set a second time here, after line %d", setting->name, before->line);
    else if (!parse_value(setting, value, &scratch))
        fail(r, "%s must be %s, not '%s'", setting->name, setting->allowed,
             show(value, strlen(value)).text);
    c->entries = xrealloc(c->entries, (c->entry_count + 1) * sizeof *c->entries);
    c->entries[c->entry_count++] = (struct entry){section, index, value, r->line};
}

/* inih's handler. What is wrong is ours to tell: it is never told of it. */
static int take_key(void *data, const char *section, const char *name, const char *text)
{
    (void)section;
    struct reader *r = data;
    const struct setting *setting = find_setting(name);
    if (!setting) {
        fail_unknown(r, name);
        return 1;
    }
    char *value = unquote(text);
    if (value)
        take_value(r, setting, value);
    else
        fail(r, "the quote is not closed (what follows \" ;\" is a comment)");
    return 1;
}

bool config_parse(struct config *c, const char *name, const char *text, size_t len, struct err *err)
{
    static const char mark[] = "\xef\xbb\xbf"; /* some editors begin UTF-8 with it */
    size_t skip = len >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0 ? strlen(mark) : 0;
    struct reader r = {.config = c, .name = name, .at = text + skip, .end = text + len, .err = err};
    int bad = ini_parse_stream(next_line, &r, take_key, &r);
    if (bad > 0 && (!r.bad_line || bad < r.bad_line)) {
        r.line = bad;
        r.bad_line = 0;
        fail(&r, "this is no \"SETTING = VALUE\"");
    }
    return r.bad_line == 0;
}

/* ---- what is in force ---- */

static bool section_matches(const struct section *s, const char *host)
{
    return host && pattern_list_match(s->patterns, " \t", host);
}

static const struct entry *in_force(const struct config *c, const char *host, size_t setting)
{
    for (size_t i = 1; i < c->section_count; i++) {
        const struct entry *entry = find_entry(c, i, setting);
        if (entry && section_matches(&c->sections[i], host))
            return entry;
    }
    return find_entry(c, 0, setting);
}

void config_resolve(const struct config *c, const char *host, struct config_settings *out)
{
    *out = (struct config_settings){0};
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct entry *entry = in_force(c, host, i);
        if (!parse_value(&table[i], entry ? entry->value : table[i].standard, out))
            BUG("the default of %s is not allowed", table[i].name);
    }
}

bool config_item(const struct config *c, const char *host, size_t index, struct config_item *item)
{
    if (index >= SETTINGS)
        return false;
    const struct setting *s = &table[index];
    const struct entry *entry = in_force(c, host, index);
    *item = (struct config_item){.name = s->name,
                                 .help = s->help,
                                 .allowed = s->allowed,
                                 .standard = s->standard,
                                 .value = entry ? entry->value : s->standard,
                                 .line = entry ? entry->line : 0};
    return true;
}

const char *config_section(const struct config *c, size_t index, int *line)
{
    if (index + 1 >= c->section_count)
        return NULL;
    *line = c->sections[index + 1].line;
    return c->sections[index + 1].patterns;
}
