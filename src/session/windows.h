/*
 * Hosts whose server is Windows' own OpenSSH: how the shell there is found out and started, and
 * what cmd.exe, of which only the prompt can be marked, leaves to be read from the screen. Pure.
 */
#ifndef SESSION_WINDOWS_H
#define SESSION_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum windows_shell {
    WINDOWS_NOT_ASKED,
    WINDOWS_UNKNOWN, /* neither of these: it is asked for as a plain shell */
    WINDOWS_CMD,
    WINDOWS_POWERSHELL, /* 5.1, which Windows has */
    WINDOWS_PWSH,       /* 7 */
    WINDOWS_POSIX,      /* bash and the like: as on any other host */
};

/* By the server's banner: nothing of sh's is to be sent to it. */
bool windows_is_server(const char *banner);
/* A command that each shell answers in its own way, and which shell this answer is. */
#define WINDOWS_QUESTION "echo tether %COMSPEC% $PSHOME"
enum windows_shell windows_shell(const char *answer);

/* The command that starts the shell with marks in its prompt: cmd.exe's with our nonce,
   PowerShell's so that it makes a nonce, announces it by `token`, and asks for its hooks
   (dialect_start_hooks). `fields`: prompt_wants(); `directory`: where to
   start, NULL: as the login has it. */
void windows_cmd_command(const char *nonce, bool profile, struct buf *out);
/* A line that has its prompt as it was again. */
#define WINDOWS_PROMPT_AGAIN "prompt %__tp%"
/* A line that makes cmd.exe print a mark with its ERRORLEVEL, which it leaves as it is, and go `up`
   rows, at least two, before it goes the two rows down to its next prompt. */
void windows_status_question(int up, struct buf *out);
#define WINDOWS_QUESTION_COLUMNS 34 /* that it takes at most */
/* Does a line end with a command that leaves ERRORLEVEL as it is when all is well? Then a number
   that was there before may not be its own. */
bool windows_keeps_level(const char *line);
void windows_powershell_command(enum windows_shell shell, const char *token, const char *fields,
                                const char *directory, bool profile, struct buf *out);

/* How much of a row is cmd.exe's prompt, "C:\Users\ann>"; 0: it does not begin with one. */
size_t windows_prompt(const char *row);

/* cmd.exe's own commands; NULL terminated. */
extern const char *const windows_builtins[];

/* The command, for a second channel, that lists what the word at the end of `line` can go on as,
   from the directory `cwd`: files, commands, folders behind `cd`, variables of the environment.
   False: the word has characters that would act in it. */
bool windows_list_command(const char *cwd, const char *line, size_t len, struct buf *out);
/* Its answer as the strings of a completion (text, "", label, each with its NUL). Returns how many
   bytes of the line each text replaces. */
size_t windows_list_answer(const char *line, size_t len, const char *answer, struct buf *strings,
                           size_t *count);

#endif
