/*
 * The program's own settings, ~/.config/tether/config: INI, keys and then sections
 * [host "PATTERNS"] (as ssh_config's Host: several patterns, `!` negates). What a section that
 * matches says goes before what stands above all sections; among the sections that match, the
 * first one in the file that sets a key counts, as in ssh_config(5). Pure: the text is given.
 */
#ifndef SESSION_CONFIG_H
#define SESSION_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum config_leave { LEAVE_SCREEN, LEAVE_LINE, LEAVE_ALL };
enum config_status { STATUS_BOTTOM, STATUS_TOP, STATUS_OFF };
enum config_edit { EDIT_HERE, EDIT_HOST };
enum config_keys { KEYS_SHELL, KEYS_EMACS, KEYS_VI, KEYS_WINDOWS };
enum config_editor { EDITOR_ON_HOST, EDITOR_LOCAL };
enum config_clipboard { CLIPBOARD_BOTH, CLIPBOARD_TERMINAL, CLIPBOARD_TOOL };

/* What a program may clear: what is on the page, or what has scrolled off too. */
enum config_clear { CLEAR_PAGE, CLEAR_ALL };

#define CONFIG_SEQUENCE 4 /* keys in one of host_keys */

#define CONFIG_NO_COLOR (-1)
#define CONFIG_RGB      0x1000000

/* What is in force for one host. The help in config.c's table says what each means. */
struct config_settings {
    enum config_leave leave;
    enum config_status status; /* the status line */
    const char *prompt;        /* session/prompt.h */
    const char *word;          /* before the host's name; "" */
    long color;                /* of the host's name: CONFIG_NO_COLOR, 0..255, CONFIG_RGB + RGB */
    int command_key;           /* its control character */
    bool mouse, bell, title;
    enum config_edit edit;
    enum config_keys keys;
    enum config_editor editor; /* the program for Ctrl-X Ctrl-E */
    const char *host_keys;     /* sequences of key names, commas between; "" */
    int notice;                /* seconds */
    enum config_clipboard clipboard;
    bool history, suggest, highlight, commands;
    const char *term; /* the terminal's name, as the host is told */
    int scrollback;   /* lines */
    enum config_clear clear;
    bool osc52, times;
    int timeout; /* seconds */
    bool profile, raw;
    const char *shell; /* what the login shell is taken for: one of CONFIG_SHELLS */
};

#define CONFIG_SHELLS "auto|plain|bash|zsh|fish|pwsh|ksh|mksh|yash|tcsh|dash|ash|sh|powershell|cmd"
bool config_is_shell(const char *text);

struct config;

/* What is in force before a file is read: the defaults. */
struct config *config_new(void);
void config_free(struct config *c);

/* Take in the text of the file `name`. False: the first thing that is wrong, as "NAME:LINE: ..."
   with what is allowed there; nothing of it is to be used then. */
bool config_parse(struct config *c, const char *name, const char *text, size_t len,
                  struct err *err);

/* For the host by the name that was typed; NULL: for a host that no section is for. Strings are
   borrowed from the config. */
void config_resolve(const struct config *c, const char *host, struct config_settings *out);

/* One setting as text. Borrowed. */
struct config_item {
    const char *name, *help;
    const char *allowed;  /* what may stand there */
    const char *standard; /* the default */
    const char *value;    /* in force */
    int line;             /* which sets it; 0: it is the default */
};
/* False: there are not so many. */
bool config_item(const struct config *c, const char *host, size_t index, struct config_item *item);

/* The patterns of a section, in the file's order; NULL: there are not so many. */
const char *config_section(const struct config *c, size_t index, int *line);

#endif
