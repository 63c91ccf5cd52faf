/* cmd.exe completes nothing that can be asked for: what a word could go on as is listed by a
   cmd.exe of its own, in a second channel. */
#include "session/windows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"

/* What stands at the line's end. */
enum kind { KIND_FILE, KIND_FOLDER, KIND_COMMAND, KIND_VARIABLE };

/* The word there. */
struct word {
    enum kind kind;
    size_t start;    /* where it begins */
    struct buf text; /* without its quotes */
    size_t stem;     /* how much of that stays: the folder's name, or what stands before a % */
};

static bool is_one_of(const char *name, size_t len, const char *const names[])
{
    for (size_t i = 0; names[i]; i++)
        if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0)
            return true;
    return false;
}

/* The command whose argument begins at `end`, or that begins there: then its length is 0. */
static const char *command_before(const char *line, size_t end, size_t *len)
{
    static const char *const leads[] = {"call", "do", "else", "start", NULL};
    bool quoted = false;
    size_t at = 0;
    for (size_t i = 0; i < end; i++) {
        quoted ^= line[i] == '"';
        if (!quoted && strchr("&|(", line[i]))
            at = i + 1;
    }
    for (;;) {
        while (at < end && strchr(" \t@", line[at]))
            at++;
        *len = 0;
        while (at + *len < end && !strchr(" \t\"/=,;.\\", line[at + *len]))
            ++*len;
        if (!is_one_of(line + at, *len, leads))
            return line + at;
        at += *len;
    }
}

static enum kind kind_of(const char *line, const struct word *w)
{
    static const char *const of_folders[] = {"cd",    "chdir", "md",    "mkdir",
                                             "pushd", "rd",    "rmdir", NULL};
    size_t len;
    const char *command = command_before(line, w->start, &len);
    if (is_one_of(command, len, of_folders))
        return KIND_FOLDER;
    return command == line + w->start && w->stem == 0 ? KIND_COMMAND : KIND_FILE;
}

static struct word last_word(const char *line, size_t len)
{
    struct word w = {0};
    bool quoted = false, variable = false;
    for (size_t i = 0; i < len; i++) {
        quoted ^= line[i] == '"';
        if (line[i] == '"')
            continue;
        if (!quoted && strchr(" \t&|<>(),;=", line[i])) {
            w.start = i + 1;
            w.stem = 0;
            variable = false;
            buf_clear(&w.text);
            continue;
        }
        buf_putc(&w.text, line[i]);
        variable ^= line[i] == '%';
        if (line[i] == '%' ? variable : !variable && strchr("\\/:", line[i]))
            w.stem = w.text.len;
    }
    w.kind = variable ? KIND_VARIABLE : kind_of(line, &w);
    return w;
}

static bool is_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("_()", text[i]))
            return false;
    return true;
}

/* Nothing in it acts in a command, but for variables, which the host knows. */
static bool is_safe(const char *text)
{
    if (text[strcspn(text, "*?<>|\r\n\"")])
        return false;
    for (const char *open; (open = strchr(text, '%')) != NULL;) {
        const char *close = strchr(open + 1, '%');
        if (!close || !is_name(open + 1, (size_t)(close - open - 1)))
            return false;
        text = close + 1;
    }
    return true;
}

/* (cd takes no share's folder; pushd has it by a drive of its own.) */
static void put_files(const char *cwd, const struct word *w, const char *text, struct buf *out)
{
    buf_printf(out, "%s \"%s\" && dir /b /ad \"%s*\" 2>nul", *cwd == '\\' ? "pushd" : "cd /d", cwd,
               text);
    if (w->kind != KIND_FOLDER)
        buf_printf(out, " & echo / & dir /b /a-d \"%s*\" 2>nul", text);
    if (w->kind == KIND_COMMAND && *text)
        buf_printf(out,
                   " & echo / & for %%d in (\"%%PATH:;=\" \"%%\") do "
                   "@for %%e in (%%PATHEXT:;= %%) do @dir /b /a-d \"%%~d\\%s*%%e\" 2>nul",
                   text);
}

bool windows_list_command(const char *cwd, const char *line, size_t len, struct buf *out)
{
    struct word w = last_word(line, len);
    const char *text = buf_str(&w.text);
    bool variable = w.kind == KIND_VARIABLE;
    bool safe = variable ? is_name(text + w.stem, w.text.len - w.stem)
                         : is_safe(text) && strcspn(cwd, "\"%") == strlen(cwd);
    if (safe)
        buf_puts(out, "chcp 65001 >nul & ");
    if (safe && variable)
        buf_printf(out, "set %s", text + w.stem);
    else if (safe)
        put_files(cwd, &w, text, out);
    buf_release(&w.text);
    return safe;
}

/* ---- the answer ---- */

struct listing {
    struct word word;
    bool quote;
    struct buf *strings;
    size_t count;
};

static void put(struct listing *l, const char *text, const char *about, size_t about_len,
                const char *label, size_t label_len)
{
    buf_append(l->strings, text, strlen(text) + 1);
    buf_append(l->strings, about, about_len);
    buf_putc(l->strings, '\0');
    buf_append(l->strings, label, label_len);
    buf_putc(l->strings, '\0');
    l->count += 3;
}

static void put_file(struct listing *l, const char *name, size_t len, bool folder)
{
    char *bare = xasprintf("%.*s%.*s", (int)l->word.stem, buf_str(&l->word.text), (int)len, name);
    char *label = xasprintf("%.*s%s", (int)len, name, folder ? "\\" : "");
    /* As cmd.exe's own completion does it. */
    bool quote = l->quote || strpbrk(bare, " &()[]{}^=;!'+,`~");
    char *text = xasprintf("%s%s%s", quote ? "\"" : "", bare, folder ? "\\" : quote ? "\" " : " ");
    put(l, text, "", 0, label, strlen(label));
    free(text);
    free(label);
    free(bare);
}

/* Found by its name without what tells its kind. */
static void put_command(struct listing *l, const char *name, size_t len)
{
    size_t stem = len;
    while (stem > 0 && name[stem] != '.')
        stem--;
    put_file(l, name, stem > 0 ? stem : len, false);
}

const char *const windows_builtins[] = {
    "assoc", "break", "call",  "cd",       "chdir", "cls",  "color",    "copy",  "date",   "del",
    "dir",   "dpath", "echo",  "endlocal", "erase", "exit", "for",      "ftype", "goto",   "if",
    "keys",  "md",    "mkdir", "mklink",   "move",  "path", "pause",    "popd",  "prompt", "pushd",
    "rd",    "rem",   "ren",   "rename",   "rmdir", "set",  "setlocal", "shift", "start",  "time",
    "title", "type",  "ver",   "verify",   "vol",   NULL,
};

static void put_builtins(struct listing *l)
{
    const char *text = buf_str(&l->word.text);
    for (const char *const *name = windows_builtins; *name; name++) {
        if (strncasecmp(*name, text, l->word.text.len) != 0)
            continue;
        char *whole = xasprintf("%s ", *name);
        put(l, whole, "", 0, *name, strlen(*name));
        free(whole);
    }
}

static void put_variable(struct listing *l, const char *line, size_t len)
{
    const char *equals = memchr(line, '=', len);
    if (!equals)
        return;
    int name = (int)(equals - line);
    char *text = xasprintf("%s%.*s%.*s%%", l->quote ? "\"" : "", (int)l->word.stem,
                           buf_str(&l->word.text), name, line);
    put(l, text, equals + 1, len - (size_t)name - 1, line, (size_t)name);
    free(text);
}

size_t windows_list_answer(const char *line, size_t len, const char *answer, struct buf *strings,
                           size_t *count)
{
    struct listing l = {.word = last_word(line, len), .strings = strings};
    int part = 0; /* folders, files, commands */
    l.quote = l.word.start < len && line[l.word.start] == '"';
    if (l.word.kind == KIND_COMMAND)
        put_builtins(&l);
    for (size_t n; *answer; answer += n + strspn(answer + n, "\r\n")) {
        n = strcspn(answer, "\r\n");
        size_t name = n;
        while (name > 0 && answer[name - 1] == ' ')
            name--;
        if (l.word.kind == KIND_VARIABLE)
            put_variable(&l, answer, n);
        else if (name == 1 && *answer == '/')
            part++;
        else if (name > 0 && part == 2)
            put_command(&l, answer, name);
        else if (name > 0)
            put_file(&l, answer, name, part == 0);
    }
    *count = l.count;
    buf_release(&l.word.text);
    return len - l.word.start;
}
