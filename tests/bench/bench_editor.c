/*
 * From a key to the bytes of the frame that shows it: the editor, the history's suggestion, the
 * colors, the picture, and what of it goes to the terminal. Microseconds of the processor's time:
 * the middle and the slowest of each kind; the aim is less than 1000 with a history of 10,000 lines
 * and 10 KB in the line.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/app_priv.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define ROWS     50
#define COLS     120
#define LINES    10000
#define KEYS     200

struct rig {
    struct app app;
    struct app_options options;
    struct config_settings own;
    struct glyphs *glyphs;
    struct vscreen *screen;
    struct display *display;
    struct editor *editor;
    struct frame shown, next;
    struct buf out;
};

static double microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void draw(struct rig *r)
{
    struct editor_view view = editor_view(r->editor);
    struct line_text *text = &r->app.line_text;
    struct span prompt = {.text = "[web1]: /srv> ", .len = 14};
    app_highlight(&r->app, view.text, view.len, view.cursor, text);
    struct line_view line = {.prompt = &prompt,
                             .prompt_count = 1,
                             .text = text->spans,
                             .text_count = (int)text->count,
                             .cursor = view.cursor,
                             .suggestion = view.suggestion};
    frame_release(&r->next);
    frame_init(&r->next, r->glyphs, ROWS, COLS);
    compose_frame(&(struct compose){.screen = r->screen, .scroll = -1, .line = &line}, &r->next);
    buf_clear(&r->out);
    display_frame(r->display, &r->shown, &r->next, &r->out);
    struct frame shown = r->shown;
    r->shown = r->next;
    r->next = shown;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure(struct rig *r, const char *what, const struct key *keys, size_t count)
{
    static double took[KEYS];
    for (size_t i = 0; i < KEYS; i++) {
        double begin = microseconds();
        editor_key(r->editor, &keys[i % count]);
        draw(r);
        took[i] = microseconds() - begin;
    }
    qsort(took, KEYS, sizeof *took, by_size);
    printf("%-44s %8.0f us %8.0f us\n", what, took[KEYS / 2], took[KEYS - 1]);
}

static void once(struct rig *r, const char *what, double begin)
{
    draw(r);
    printf("%-44s %8.0f us\n", what, microseconds() - begin);
}

static char *commands(size_t len)
{
    struct buf text = {0};
    while (text.len < len)
        buf_printf(&text, "for f in \"$HOME\"/%zu*; do echo 'it is' $f | sed -e s/a/b/; done; ",
                   text.len);
    text.len = len;
    char *line = xstrndup(buf_str(&text), len);
    buf_release(&text);
    return line;
}

static void paste(struct rig *r, const char *text, size_t len)
{
    editor_key(r->editor, &(struct key){.kind = KEY_PASTE_BEGIN});
    for (size_t at = 0; at < len; at += 4096)
        editor_key(r->editor, &(struct key){.kind = KEY_PASTE_DATA,
                                            .raw = (const uint8_t *)text + at,
                                            .raw_len = len - at < 4096 ? len - at : 4096});
    editor_key(r->editor, &(struct key){.kind = KEY_PASTE_END});
}

/* A line of that size, with typing at its end, in its middle and at its begin. */
static void measure_size(struct rig *r, size_t len, const char *name)
{
    static const struct key type[] = {{.kind = KEY_CHAR, .code = 'x'},
                                      {.kind = KEY_CHAR, .code = ' '}};
    static const struct key walk[] = {{.kind = KEY_NAMED, .code = KEY_LEFT}};
    static const struct key erase[] = {{.kind = KEY_CHAR, .code = 0x7f}};
    char what[64], *text = commands(len);
    editor_clear(r->editor);
    double begin = microseconds();
    paste(r, text, len);
    snprintf(what, sizeof what, "%s pasted", name);
    once(r, what, begin);
    snprintf(what, sizeof what, "%s, typing at its end", name);
    measure(r, what, type, COUNT(type));
    snprintf(what, sizeof what, "%s, moving", name);
    measure(r, what, walk, COUNT(walk));
    editor_set(r->editor, text, len, len / 2);
    snprintf(what, sizeof what, "%s, typing in its middle", name);
    measure(r, what, type, COUNT(type));
    snprintf(what, sizeof what, "%s, deleting there", name);
    measure(r, what, erase, COUNT(erase));
    free(text);
}

/* What the scanners alone cost: 10 KB in each language. */
static void measure_languages(void)
{
    static const struct {
        const char *name, *line;
    } languages[SYNTAX_LANGUAGES] = {
        [SYNTAX_SH] = {"sh", "for f in \"$HOME\"/x*; do echo 'it is' $f | sed -e s/a/b/; done; "},
        [SYNTAX_FISH] = {"fish", "for f in \"$HOME\"/x*; echo 'it is' $f | sed -e s/a/b/; end; "},
        [SYNTAX_PWSH] = {"PowerShell",
                         "foreach ($f in ls \"$HOME\") { 'it is', $f | sed -e s/a/b/ }; "},
        [SYNTAX_CSH] = {"csh", "foreach f (\"$HOME\"/x*)\n echo 'it is' $f | sed -e s/a/b/\nend\n"},
        [SYNTAX_CMD] = {"cmd", "for %f in (\"%HOME%\\x*\") do echo \"it is\" %f | sort /r & "},
    };
    static double took[KEYS];
    for (int l = 0; l < SYNTAX_LANGUAGES; l++) {
        struct buf text = {0};
        struct syntax found = {0};
        while (text.len < 10 * 1024)
            buf_puts(&text, languages[l].line);
        for (size_t i = 0; i < KEYS; i++) {
            double begin = microseconds();
            syntax_scan(&found, (enum syntax_language)l, buf_str(&text), text.len);
            took[i] = microseconds() - begin;
        }
        qsort(took, KEYS, sizeof *took, by_size);
        printf("10 KB looked at as %-25s %8.0f us %8.0f us\n", languages[l].name, took[KEYS / 2],
               took[KEYS - 1]);
        syntax_release(&found);
        buf_release(&text);
    }
}

static struct history *long_history(void)
{
    struct err err;
    struct history *history = history_open(NULL, &err);
    for (int i = 0; i < LINES; i++) {
        char *line = xasprintf("git commit -m 'change %d of many' src/file%d.c", i, i % 97);
        history_add(history, line, i % 3 ? "/srv" : "/home/ann", i, &err);
        free(line);
    }
    return history;
}

int main(void)
{
    static struct rig r;
    struct err err;
    setlocale(LC_ALL, "C.UTF-8");
    setenv("EDITRC", "/dev/null", 1);
    struct history *history = long_history();
    r.editor = editor_new(history, &err);
    struct terminfo *ti = terminfo_load("xterm-256color", &err);
    if (!r.editor || !ti)
        return 1;
    editor_set_cwd(r.editor, "/srv");
    r.own.highlight = true;
    r.options.own = &r.own;
    r.app.options = &r.options;
    r.app.in.session = session_new("");
    r.glyphs = glyphs_new();
    r.screen = vscreen_new(r.glyphs, ROWS, COLS, 1000);
    r.display = display_new(ti, true, true);
    frame_init(&r.shown, r.glyphs, ROWS, COLS);
    frame_init(&r.next, r.glyphs, ROWS, COLS);
    draw(&r);
    static struct key short_keys[40];
    static const char short_line[] = "git commit -m 'change 77 of many' sr";
    for (size_t i = 0; i < strlen(short_line); i++)
        short_keys[i] = (struct key){.kind = KEY_CHAR, .code = (uint32_t)short_line[i]};
    short_keys[strlen(short_line)] = (struct key){.kind = KEY_CHAR, .code = 'u', .mods = MOD_CTRL};
    printf("%-44s %11s %11s\n", "key to frame, 10,000 lines of history", "middle", "slowest");
    measure(&r, "a short line, suggested from the history", short_keys, strlen(short_line) + 1);
    measure_size(&r, 10 * 1024, "10 KB");
    measure_size(&r, 64 * 1024, "64 KB");
    measure_size(&r, 1024 * 1024, "1 MB");
    measure_languages();
    return 0;
}
