#include "cli/letters.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/log.h"
#include "proto/ssh_settings.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum kind {
    OVER, /* an option of ssh_config that holds whatever -o says, the last letter first */
    AMID, /* one that takes its turn among the -o: the first holds */
    OWN,  /* see take_own */
    VOID, /* does nothing, as in ssh or because it asks for what is the case */
    GONE, /* not there: `text` says what to use instead */
};

/* A letter that stands for two options has two lines. */
static const struct letter {
    char letter;
    bool has_value;
    enum kind kind;
    const char *text; /* OPTION=VALUE; or OPTION, which gets the letter's value */
} letter_table[] = {
    {'1', false, GONE, "protocol 1 has gone from ssh too"},
    {'2', false, VOID, NULL},
    {'4', false, OVER, "AddressFamily=inet"},
    {'6', false, OVER, "AddressFamily=inet6"},
    {'A', false, OVER, "ForwardAgent=yes"},
    {'a', false, OVER, "ForwardAgent=no"},
    {'B', true, OVER, "BindInterface"},
    {'b', true, OVER, "BindAddress"},
    {'C', false, OVER, "Compression=yes"},
    {'c', true, OVER, "Ciphers"},
    {'D', true, GONE, "for forwarding use ssh -N -D"},
    {'E', true, OWN, NULL},
    {'e', true, OWN, NULL},
    {'F', true, OWN, NULL},
    {'f', false, GONE, "tether -n HOST COMMAND & goes on in the background"},
    {'G', false, GONE, "tether why HOST prints the settings, ssh -G HOST prints ssh's"},
    {'g', false, GONE, "for forwarding use ssh"},
    {'I', true, GONE, "ssh-add -s LIBRARY gives the card's keys to the agent"},
    {'i', true, OWN, NULL},
    {'J', true, OWN, NULL},
    {'K', false, OVER, "GSSAPIAuthentication=yes"},
    {'K', false, OVER, "GSSAPIDelegateCredentials=yes"},
    {'k', false, OVER, "GSSAPIDelegateCredentials=no"},
    {'L', true, GONE, "for forwarding use ssh -N -L"},
    {'l', true, OWN, NULL},
    {'M', false, GONE, "connections are not shared"},
    {'m', true, OVER, "MACs"},
    {'N', false, OWN, NULL},
    {'n', false, OWN, NULL},
    {'O', true, GONE, "connections are not shared; ssh -O tells ssh's master"},
    {'o', true, OWN, NULL},
    {'P', true, AMID, "Tag"},
    {'p', true, OWN, NULL},
    {'Q', true, GONE, "ssh -Q prints what ssh supports"},
    {'q', false, OWN, NULL},
    {'R', true, GONE, "for forwarding use ssh -N -R"},
    {'S', true, OWN, NULL},
    {'s', false, OWN, NULL},
    {'T', false, OWN, NULL},
    {'t', false, OWN, NULL},
    {'V', false, GONE, "tether --version"},
    {'v', false, OWN, NULL},
    {'W', true, GONE, "for forwarding use ssh -W; -J goes by way of a host"},
    {'w', true, GONE, "for tunnels use ssh -N -w"},
    {'X', false, GONE, "for X11 use ssh -X"},
    {'x', false, OVER, "ForwardX11=no"},
    {'Y', false, GONE, "for X11 use ssh -Y"},
    {'y', false, GONE, "-E FILE keeps the log"},
    {'Z', false, GONE, "ssh -Z prints ssh's keys"},
};

static const struct letter *find(int letter)
{
    for (size_t i = 0; i < COUNT(letter_table); i++)
        if (letter_table[i].letter == letter)
            return &letter_table[i];
    return NULL;
}

const char *letters_getopt(void)
{
    static char text[2 + 2 * COUNT(letter_table)] = "+";
    size_t n = 1;
    for (size_t i = 0; i < COUNT(letter_table); i++) {
        if (i > 0 && letter_table[i].letter == letter_table[i - 1].letter)
            continue;
        text[n++] = letter_table[i].letter;
        if (letter_table[i].has_value)
            text[n++] = ':';
    }
    text[n] = '\0';
    return text;
}

void letters_refuse(int letter)
{
    if (find(letter))
        cli_usage("option -%c needs a value", letter);
    else
        cli_usage("unknown option '-%c': see tether --help", letter);
}

/* ---- into the list of -o ---- */

static size_t count(char *const *list)
{
    size_t n = 0;
    while (list && list[n])
        n++;
    return n;
}

static void add_option(struct cli_options *options, enum kind kind, const char *text)
{
    size_t n = count(options->option);
    options->option = xrealloc(options->option, (n + 2) * sizeof *options->option);
    options->option[n] = options->option[n + 1] = NULL;
    size_t at = kind == OVER ? 0 : n;
    memmove(options->option + at + 1, options->option + at, (n - at) * sizeof *options->option);
    options->option[at] = xstrdup(text);
}

static void add_pair(struct cli_options *options, enum kind kind, const char *key,
                     const char *value)
{
    char *text = xasprintf("%s=%s", key, value);
    add_option(options, kind, text);
    free(text);
}

static bool names(const char *option, const char *key)
{
    size_t len = strlen(key);
    return strncasecmp(option, key, len) == 0 && strchr("= \t", option[len]);
}

static bool is_given(const struct cli_options *options, const char *key)
{
    for (size_t i = 0; options->option && options->option[i]; i++)
        if (names(options->option[i], key))
            return true;
    return false;
}

/* ---- letters with a meaning of their own ---- */

/* The first of -l, -o User and USER@ holds. */
static void take_user(struct cli_options *options, const char *value)
{
    if (!options->ssh.user && !options->ssh.user_in_option && !options->host_has_user)
        options->ssh.user = value;
}

static bool take_port(struct cli_options *options, const char *value)
{
    char *end;
    long n = strtol(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || n < 1 || n > 65535) {
        cli_usage("the port (-p) must be a number from 1 to 65535, not '%s'", value);
        return false;
    }
    add_pair(options, AMID, "Port", value);
    return true;
}

static bool take_jump(struct cli_options *options, const char *value)
{
    if (options->has_jump || is_given(options, "ProxyCommand")) {
        cli_usage(options->has_jump
                      ? "-J is given once: commas stand between several hosts (-J A,B)"
                      : "-J and -o ProxyCommand are two ways to the host: give one");
        return false;
    }
    options->has_jump = true;
    add_pair(options, AMID, "ProxyJump", value);
    return true;
}

static bool take_escape(struct cli_options *options, const char *value)
{
    size_t len = strlen(value);
    bool control = len == 2 && value[0] == '^' && (value[1] & 0xc0) == 0x40;
    if (len != 1 && !control && strcmp(value, "none") != 0) {
        cli_usage("bad escape character '%s' (-e): a character, ^X or none", value);
        return false;
    }
    options->has_escape = true;
    options->escape = len == 1 ? (unsigned char)*value : ssh_escape_char(value);
    return true;
}

static bool take_session_type(struct cli_options *options, const char *type)
{
    if (options->session_type && strcmp(options->session_type, type) != 0) {
        cli_usage("-s and -N do not go together");
        return false;
    }
    options->session_type = type;
    return true;
}

static bool take_log(const char *path)
{
    struct err err;
    if (log_to(path, &err))
        return true;
    cli_usage("%s", err.text);
    return false;
}

static void take_verbose(struct cli_options *options)
{
    if (!options->verbose)
        options->level = LEVEL_DEBUG1;
    else if (options->level < LEVEL_DEBUG3)
        options->level++;
    options->verbose = true;
    /* From here on, not only when the config has been read. */
    log_set_level(options->level - (int)LEVEL_DEBUG1 + 1);
}

static void take_option(struct cli_options *options, const char *text)
{
    if (names(text, "User") && !options->ssh.user && !options->host_has_user)
        options->ssh.user_in_option = true;
    add_option(options, AMID, text);
}

static void take_identity(struct cli_options *options, const char *path)
{
    size_t n = count(options->identity);
    options->identity = xrealloc(options->identity, (n + 2) * sizeof *options->identity);
    options->identity[n] = xstrdup(path);
    options->identity[n + 1] = NULL;
}

static bool take_own(struct cli_options *options, int letter, const char *value)
{
    switch (letter) {
    case 'E': return take_log(value);
    case 'e': return take_escape(options, value);
    case 'F': options->ssh.file = value; break;
    case 'i': take_identity(options, value); break;
    case 'J': return take_jump(options, value);
    case 'l': take_user(options, value); break;
    case 'N': return take_session_type(options, "none");
    case 'n': options->stdin_null = true; break;
    case 'o': take_option(options, value); break;
    case 'p': return take_port(options, value);
    case 'q': options->level = LEVEL_QUIET; break;
    case 'S':
        if (strcasecmp(value, "none") == 0)
            break;
        cli_usage("option -S is ssh's and not there in tether: connections are not shared");
        return false;
    case 's': return take_session_type(options, "subsystem");
    case 'T': options->tty = REQUEST_TTY_NO; break;
    case 't':
        options->tty = options->tty == REQUEST_TTY_YES ? REQUEST_TTY_FORCE : REQUEST_TTY_YES;
        break;
    default: take_verbose(options); break;
    }
    return true;
}

bool letters_take(struct cli_options *options, int letter, const char *value)
{
    for (size_t i = 0; i < COUNT(letter_table); i++) {
        const struct letter *l = &letter_table[i];
        if (l->letter != letter)
            continue;
        if (l->kind == GONE) {
            cli_usage("option -%c is ssh's and not there in tether: %s", letter, l->text);
            return false;
        }
        if (l->kind == OWN)
            return take_own(options, letter, value);
        if (l->kind != VOID && l->has_value)
            add_pair(options, l->kind, l->text, value);
        else if (l->kind != VOID)
            add_option(options, l->kind, l->text);
    }
    return true;
}

void letters_apply(const struct cli_options *options, struct ssh_settings *settings)
{
    if (options->tty != REQUEST_TTY_AUTO)
        settings->request_tty = options->tty;
    if (options->stdin_null)
        settings->stdin_null = true;
    if (options->has_escape)
        settings->escape_char = options->escape;
    if (options->session_type)
        ssh_string_set(&settings->session_type, options->session_type);
    if (options->level >= 0)
        settings->log_level = (enum ssh_log_level)options->level;
    int level = (int)settings->log_level - (int)LEVEL_DEBUG1 + 1;
    log_set_level(level > 0 ? level : 0);
}
