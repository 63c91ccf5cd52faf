#include "term/terminfo.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The terminal library's own names would collide with everything else: only this file. */
#include <curses.h>
#include <term.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const string_names[TI_STRINGS] = {
    [TI_SMCUP] = "smcup", [TI_RMCUP] = "rmcup", [TI_CLEAR] = "clear",   [TI_CUP] = "cup",
    [TI_CIVIS] = "civis", [TI_CNORM] = "cnorm", [TI_SGR0] = "sgr0",     [TI_BOLD] = "bold",
    [TI_DIM] = "dim",     [TI_SITM] = "sitm",   [TI_SMUL] = "smul",     [TI_BLINK] = "blink",
    [TI_REV] = "rev",     [TI_INVIS] = "invis", [TI_SMXX] = "smxx",     [TI_SETAF] = "setaf",
    [TI_SETAB] = "setab", [TI_EL] = "el",       [TI_ED] = "ed",         [TI_ECH] = "ech",
    [TI_IL] = "il",       [TI_DL] = "dl",       [TI_CSR] = "csr",       [TI_IND] = "ind",
    [TI_RI] = "ri",       [TI_BEL] = "bel",     [TI_SMKX] = "smkx",     [TI_RMKX] = "rmkx",
    [TI_SMACS] = "smacs", [TI_RMACS] = "rmacs", [TI_ACSC] = "acsc",     [TI_SS] = "Ss",
    [TI_SE] = "Se",       [TI_SMULX] = "Smulx", [TI_SETULC] = "Setulc", [TI_OP] = "op",
};

/* The keys that keys.c knows by name; kf1 to kf20 are added. */
static const char *const key_names[] = {
    "kcuu1", "kcud1", "kcuf1", "kcub1", "khome", "kend", "kich1", "kdch1", "kpp",  "knp",  "kcbt",
    "kri",   "kind",  "kLFT",  "kRIT",  "kHOM",  "kEND", "kIC",   "kDC",   "kPRV", "kNXT", "kf1",
    "kf2",   "kf3",   "kf4",   "kf5",   "kf6",   "kf7",  "kf8",   "kf9",   "kf10", "kf11", "kf12",
    "kf13",  "kf14",  "kf15",  "kf16",  "kf17",  "kf18", "kf19",  "kf20",
};

/* Terminals that take xterm's private modes though their entry may lack a mouse. */
static const char *const xterm_like[] = {
    "xterm",   "screen",  "tmux",   "rxvt",  "alacritty", "foot",  "kitty",
    "wezterm", "ghostty", "vte",    "gnome", "konsole",   "iterm", "putty",
    "mintty",  "contour", "mlterm", "st",    "nsterm",    "rio",
};

struct terminfo {
    char *strings[TI_STRINGS];
    char *keys[COUNT(key_names)];
    int colors;
    bool truecolor, auto_margin_bug, bce, xterm;
};

/* A capability without its padding ($<5>): nothing that we drive needs the delays. */
static char *copy_string(const char *name)
{
    const char *text = tigetstr(name);
    if (!text || text == (char *)-1 || !*text)
        return NULL;
    char *copy = xstrdup(text);
    char *out = copy;
    for (const char *in = copy; *in; in++) {
        const char *end = in[0] == '$' && in[1] == '<' ? strchr(in, '>') : NULL;
        if (end)
            in = end;
        else
            *out++ = *in;
    }
    *out = '\0';
    return copy;
}

static bool has_flag(const char *name)
{
    return tigetflag(name) == 1;
}

static bool named_like_xterm(const char *term)
{
    for (size_t i = 0; i < COUNT(xterm_like); i++) {
        size_t len = strlen(xterm_like[i]);
        if (strncmp(term, xterm_like[i], len) == 0 && (!term[len] || strchr("-+.2", term[len])))
            return true;
    }
    return false;
}

static bool env_is(const char *name, const char *value)
{
    const char *set = getenv(name);
    return set && strcmp(set, value) == 0;
}

/* Terminals that call themselves xterm-256color and draw more than its entry says. */
static bool draws_underlines(void)
{
    static const char *const programs[] = {"iTerm.app", "WezTerm", "ghostty", "vscode"};
    for (size_t i = 0; i < COUNT(programs); i++)
        if (env_is("TERM_PROGRAM", programs[i]))
            return true;
    const char *vte = getenv("VTE_VERSION");
    return (vte && atoi(vte) >= 5102) || getenv("KITTY_WINDOW_ID");
}

static void read_flags(struct terminfo *ti, const char *term)
{
    int colors = tigetnum("colors");
    ti->colors = colors >= 8 && ti->strings[TI_SETAF] && ti->strings[TI_SETAB] ? colors : 0;
    ti->truecolor =
        ti->colors > 0 && (has_flag("Tc") || has_flag("RGB") || tigetnum("RGB") > 0 ||
                           env_is("COLORTERM", "truecolor") || env_is("COLORTERM", "24bit"));
    ti->auto_margin_bug = has_flag("am") && !has_flag("xenl");
    ti->bce = has_flag("bce");
    ti->xterm = named_like_xterm(term) || has_flag("XT");
    /* Inside a multiplexer the variables speak of the terminal around it. */
    if (ti->xterm && !ti->strings[TI_SMULX] && strncmp(term, "xterm", 5) == 0 && !getenv("TMUX") &&
        draws_underlines()) {
        ti->strings[TI_SMULX] = xstrdup("\033[4:%p1%dm");
        free(ti->strings[TI_SETULC]);
        ti->strings[TI_SETULC] = xstrdup("\033[58:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:"
                                         "%p1%{255}%&%dm");
    }
}

struct terminfo *terminfo_load(const char *term, struct err *err)
{
    if (!term || !*term) {
        err_set(err, "TERM is not set: set it to the kind of your terminal, as xterm-256color");
        return NULL;
    }
    TERMINAL *before = cur_term;
    int status = 0;
    if (setupterm(term, STDOUT_FILENO, &status) != OK) {
        if (status == 1)
            err_set(err, "terminal \"%.64s\" is a printing terminal: set TERM to another", term);
        else
            err_set(err, "unknown terminal \"%.64s\": set TERM, or install its terminfo entry",
                    term);
        return NULL;
    }
    struct terminfo *ti = xcalloc(1, sizeof *ti);
    for (int i = 0; i < TI_STRINGS; i++)
        ti->strings[i] = copy_string(string_names[i]);
    for (size_t i = 0; i < COUNT(key_names); i++)
        ti->keys[i] = copy_string(key_names[i]);
    read_flags(ti, term);
    TERMINAL *ours = cur_term;
    set_curterm(before);
    if (ours != before)
        del_curterm(ours);
    if (!ti->strings[TI_CUP] || !ti->strings[TI_CLEAR]) {
        terminfo_free(ti);
        err_set(err, "terminal \"%.64s\" cannot address its cursor: set TERM to another", term);
        return NULL;
    }
    return ti;
}

void terminfo_free(struct terminfo *ti)
{
    if (!ti)
        return;
    for (int i = 0; i < TI_STRINGS; i++)
        free(ti->strings[i]);
    for (size_t i = 0; i < COUNT(key_names); i++)
        free(ti->keys[i]);
    free(ti);
}

const char *terminfo_string(const struct terminfo *ti, enum terminfo_string s)
{
    return ti->strings[s];
}

bool terminfo_put(const struct terminfo *ti, struct buf *out, enum terminfo_string s, int a, int b)
{
    if (!ti->strings[s])
        return false;
    const char *text = ti->strings[s];
    if (strchr(text, '%'))
        text = tparm(text, (long)a, (long)b, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
    if (!text)
        return false;
    buf_puts(out, text);
    return true;
}

int terminfo_colors(const struct terminfo *ti)
{
    return ti->colors;
}

bool terminfo_truecolor(const struct terminfo *ti)
{
    return ti->truecolor;
}

bool terminfo_auto_margin_bug(const struct terminfo *ti)
{
    return ti->auto_margin_bug;
}

bool terminfo_bce(const struct terminfo *ti)
{
    return ti->bce;
}

bool terminfo_xterm(const struct terminfo *ti)
{
    return ti->xterm;
}

void terminfo_each_key(const struct terminfo *ti, terminfo_key *each, void *data)
{
    for (size_t i = 0; i < COUNT(key_names); i++)
        if (ti->keys[i])
            each(data, key_names[i], ti->keys[i]);
}
