#include "session/windows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"

/* From share/shell/, embedded by the build. */
extern const char shell_pwsh_loader[];

bool windows_is_server(const char *banner)
{
    return strstr(banner, "OpenSSH_for_Windows") != NULL;
}

enum windows_shell windows_shell(const char *answer)
{
    /* cmd.exe knows %COMSPEC% and nothing of $PSHOME, PowerShell the other way round. */
    if (!strstr(answer, "tether"))
        return WINDOWS_UNKNOWN;
    if (strstr(answer, "$PSHOME"))
        return strstr(answer, "%COMSPEC%") ? WINDOWS_UNKNOWN : WINDOWS_CMD;
    if (!strstr(answer, "%COMSPEC%"))
        return WINDOWS_UNKNOWN;
    if (strcasestr(answer, "WindowsPowerShell"))
        return WINDOWS_POWERSHELL;
    /* What a POSIX shell knows neither of is nothing to it. */
    const char *home = strstr(answer, "%COMSPEC%") + strlen("%COMSPEC%");
    return home[strspn(home, " \r\n")] ? WINDOWS_PWSH : WINDOWS_POSIX;
}

void windows_cmd_command(const char *nonce, bool profile, struct buf *out)
{
    /* The prompt erases what is below it: the question, when the cursor has gone up from there.
       Nothing stands in quotes: sshd has this run by `cmd /c` and by conhost, which takes it apart
       into words and quotes them its own way. */
    static const char prompt[] = "$E[J$P$G$E]7770;";
    buf_printf(out,
               "cmd %s/k set __tt=\033]7770;%s;D;^&set __tu=\033\\\033[^&set __tp=%s%s;B$E\\^&"
               "prompt %s%s;B$E\\",
               profile ? "" : "/d ", nonce, prompt, nonce, prompt, nonce);
}

void windows_status_question(int up, struct buf *out)
{
    buf_printf(out, "echo %%__tt%%%%errorlevel%%%%__tu%%%dA", up);
}

/* The command that a line ends with. */
static const char *last_command(const char *line)
{
    bool quoted = false;
    const char *last = line;
    for (const char *at = line; *at; at++) {
        if (*at == '^' && at[1] && !quoted)
            at++;
        else if (*at == '"')
            quoted = !quoted;
        else if (!quoted && strchr("&|(", *at))
            last = at + 1;
    }
    return last + strspn(last, " \t@(,;=");
}

bool windows_keeps_level(const char *line)
{
    /* As measured by others: which commands clear it, typed at the prompt. */
    static const char *const keep[] = {
        "assoc", "break", "cls",  "dpath", "echo",  "endlocal", "for",    "ftype",
        "goto",  "if",    "keys", "path",  "pause", "popd",     "prompt", "rd",
        "rem",   "rmdir", "set",  "shift", "start", "title",
    };
    const char *name = last_command(line);
    size_t len = strcspn(name, " \t\"/.\\:,;=()<>&|+[");
    if (len == 1 && name[1] == ':' && strspn(name + 2, " ") == strlen(name + 2))
        return true; /* another drive */
    for (size_t i = 0; i < sizeof keep / sizeof keep[0]; i++)
        if (strlen(keep[i]) == len && strncasecmp(name, keep[i], len) == 0)
            return true;
    return false;
}

static void put_base64_utf16(const char *ascii, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = strlen(ascii) * 2;
    for (size_t i = 0; i < len; i += 3) {
        unsigned group = 0;
        for (size_t k = i; k < i + 3; k++)
            group = group << 8 | (k < len && k % 2 == 0 ? (unsigned char)ascii[k / 2] : 0U);
        for (size_t k = 0; k < 4; k++)
            buf_putc(out, i + k > len ? '=' : digits[group >> (18 - 6 * k) & 63]);
    }
}

void windows_powershell_command(enum windows_shell shell, const char *token, const char *fields,
                                const char *directory, bool profile, struct buf *out)
{
    struct buf script = {0};
    buf_printf(&script, "$t = '%s'\n$global:__tt = @{ want = '%s' }\n", token, fields);
    if (directory) {
        buf_puts(&script, "$env:__tt_dir = [uri]::UnescapeDataString('");
        for (const char *at = directory; *at; at++)
            buf_printf(&script, "%%%02X", (unsigned char)*at);
        buf_puts(&script, "')\n");
    }
    buf_puts(&script, shell_pwsh_loader);
    buf_printf(out, "%s -NoLogo %s-NoExit -EncodedCommand ",
               shell == WINDOWS_PWSH ? "pwsh" : "powershell", profile ? "" : "-NoProfile ");
    put_base64_utf16(buf_str(&script), out);
    /* (-c itself would end with 1 for any other status.) */
    buf_puts(out, "; exit $LASTEXITCODE");
    buf_release(&script);
}

size_t windows_prompt(const char *row)
{
    bool drive = isalpha((unsigned char)row[0]) && row[1] == ':' && row[2] == '\\';
    bool share = row[0] == '\\' && row[1] == '\\';
    const char *end = strchr(row, '>'); /* no path holds one */
    return (drive || share) && end ? (size_t)(end + 1 - row) : 0;
}
