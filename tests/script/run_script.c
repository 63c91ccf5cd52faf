/* Runs emulator scripts: see README.md beside it. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "base/err.h"
#include "base/utf8.h"
#include "term/vscreen.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct run {
    const char *file;
    int line;
    bool bytewise; /* every byte is fed by itself */
    struct glyphs *glyphs;
    struct ecma48 *parser;
    struct vscreen *vs;
    const char *at; /* what is left of the line */
    int failures;
};

static void fail(struct run *run, const char *what, const char *detail)
{
    fprintf(stderr, "%s:%d:%s %s%s\n", run->file, run->line, run->bytewise ? " (byte by byte)" : "",
            what, detail);
    run->failures++;
}

/* ---- the words of a line ---- */

static void skip_blanks(struct run *run)
{
    while (*run->at == ' ')
        run->at++;
}

static long read_number(struct run *run)
{
    skip_blanks(run);
    char *end;
    errno = 0;
    long n = strtol(run->at, &end, 10);
    if (end == run->at || errno)
        fail(run, "a number is wanted: ", run->at);
    run->at = end;
    return n;
}

/* "row,col" and the like. */
static void read_pair(struct run *run, int *a, int *b)
{
    *a = (int)read_number(run);
    if (*run->at != ',')
        fail(run, "a comma is wanted: ", run->at);
    else
        run->at++;
    *b = (int)read_number(run);
}

static size_t read_word(struct run *run, char *word, size_t size)
{
    skip_blanks(run);
    size_t len = strcspn(run->at, " ");
    snprintf(word, size, "%.*s", (int)len, run->at);
    run->at += len;
    return len;
}

static void read_escape(struct run *run, struct buf *out)
{
    static const char names[] = "enrtabfv\\\"", values[] = "\033\n\r\t\a\b\f\v\\\"";
    char c = *run->at++;
    const char *known = c ? strchr(names, c) : NULL;
    unsigned value;
    int taken = 0;
    if (known) {
        buf_putc(out, values[known - names]);
    } else if (c == 'x' && sscanf(run->at, "%2x%n", &value, &taken) == 1) {
        buf_putc(out, (char)value);
        run->at += taken;
    } else if (c == 'u' && sscanf(run->at, "{%x}%n", &value, &taken) == 1 && taken > 0) {
        char utf8[4];
        buf_append(out, utf8, utf8_encode(value, utf8));
        run->at += taken;
    } else {
        fail(run, "unknown escape: ", run->at - 1);
        run->at += strlen(run->at);
    }
}

/* A quoted string, N* before it repeats it; several are joined. */
static void read_strings(struct run *run, struct buf *out)
{
    for (;;) {
        skip_blanks(run);
        if (!*run->at)
            return;
        long times = 1;
        if (*run->at != '"') {
            times = read_number(run);
            if (*run->at++ != '*' || *run->at != '"') {
                fail(run, "a string is wanted", "");
                return;
            }
        }
        run->at++;
        struct buf one = {0};
        while (*run->at && *run->at != '"') {
            if (*run->at == '\\') {
                run->at++;
                read_escape(run, &one);
            } else {
                buf_putc(&one, *run->at++);
            }
        }
        if (*run->at++ != '"') {
            fail(run, "the string does not end", "");
            run->at--;
        }
        for (; times > 0; times--)
            buf_append(out, buf_data(&one), one.len);
        buf_release(&one);
    }
}

/* ---- what a script does ---- */

static void start(struct run *run, int rows, int cols, long scrollback)
{
    vscreen_free(run->vs);
    ecma48_free(run->parser);
    glyphs_free(run->glyphs);
    run->glyphs = glyphs_new();
    run->parser = ecma48_new();
    run->vs = vscreen_new(run->glyphs, rows, cols, scrollback);
}

static void feed(struct run *run, const uint8_t *data, size_t len)
{
    vscreen_feed(run->vs, run->parser, data, len);
}

static void do_size(struct run *run)
{
    int rows, cols;
    read_pair(run, &rows, &cols);
    skip_blanks(run);
    start(run, rows, cols, *run->at ? read_number(run) : 1000);
}

static void do_push(struct run *run)
{
    struct buf text = {0};
    read_strings(run, &text);
    size_t step = run->bytewise ? 1 : text.len;
    for (size_t at = 0; at < text.len; at += step)
        feed(run, buf_data(&text) + at, step);
    buf_release(&text);
}

static void do_resize(struct run *run)
{
    int rows, cols;
    read_pair(run, &rows, &cols);
    vscreen_resize(run->vs, rows, cols);
}

static void do_print(struct run *run)
{
    struct buf text = {0};
    read_strings(run, &text);
    vscreen_print(run->vs, &(struct style){.attrs = ATTR_BOLD}, buf_str(&text), text.len);
    buf_release(&text);
}

static void do_fresh(struct run *run)
{
    vscreen_fresh_line(run->vs);
}

static void do_allow(struct run *run)
{
    struct vscreen_allowed allowed = {0};
    char word[64];
    while (read_word(run, word, sizeof word) > 0) {
        if (strcmp(word, "clear") == 0)
            allowed.clear_scrollback = true;
        else if (strcmp(word, "clipboard") == 0)
            allowed.clipboard = true;
        else if (strcmp(word, "kitty") == 0)
            allowed.kitty_keys = true;
        else
            fail(run, "unknown permission: ", word);
    }
    vscreen_allow(run->vs, &allowed);
}

static void do_color(struct run *run)
{
    char word[64];
    int slot = (int)read_number(run);
    unsigned rgb = 0;
    read_word(run, word, sizeof word);
    if (sscanf(word, "#%6x", &rgb) != 1)
        fail(run, "a color is wanted: ", word);
    vscreen_know_color(run->vs, slot, rgb);
}

static void do_resetmodes(struct run *run)
{
    vscreen_reset_modes(run->vs);
    ecma48_reset(run->parser);
}

static const struct {
    const char *name;
    unsigned flag;
} flag_names[] = {
    {"wrapped", LINE_WRAPPED},
    {"prompt", LINE_PROMPT},
    {"output", LINE_OUTPUT},
    {"end", LINE_END},
};

static unsigned read_flag(struct run *run)
{
    char word[16];
    read_word(run, word, sizeof word);
    for (size_t i = 0; i < COUNT(flag_names); i++) {
        if (strcmp(word, flag_names[i].name) == 0)
            return flag_names[i].flag;
    }
    fail(run, "no such flag: ", word);
    return 0;
}

static void do_flag(struct run *run)
{
    vscreen_flag_line(run->vs, read_flag(run));
}

static void do_ended(struct run *run)
{
    int status = (int)read_number(run);
    vscreen_flag_ended(run->vs, status, read_number(run));
}

static const struct {
    const char *name;
    void (*run)(struct run *run);
} commands[] = {
    {"SIZE", do_size},   {"PUSH", do_push},   {"RESIZE", do_resize},         {"PRINT", do_print},
    {"FRESH", do_fresh}, {"FLAG", do_flag},   {"RESETMODES", do_resetmodes}, {"ALLOW", do_allow},
    {"COLOR", do_color}, {"ENDED", do_ended},
};

/* ---- what a script asks ---- */

static void line_text(struct run *run, int64_t line, struct buf *out)
{
    struct buf text = {0};
    vscreen_text(run->vs, line, line, &text);
    buf_append(out, buf_data(&text), text.len);
    buf_release(&text);
}

static void ask_row(struct run *run, struct buf *out)
{
    line_text(run, vscreen_top(run->vs) + read_number(run), out);
}

static void ask_line(struct run *run, struct buf *out)
{
    line_text(run, read_number(run), out);
}

static void ask_text(struct run *run, struct buf *out)
{
    int from, to;
    read_pair(run, &from, &to);
    vscreen_text(run->vs, from, to, out);
}

static void ask_cursor(struct run *run, struct buf *out)
{
    struct vscreen_cursor c = vscreen_cursor(run->vs);
    buf_printf(out, "%d,%d%s%s", c.row, c.col, c.wrap_next ? " wrap" : "",
               c.visible ? "" : " hidden");
    if (c.shape)
        buf_printf(out, " shape=%d", c.shape);
}

static void ask_reply(struct run *run, struct buf *out)
{
    struct buf *replies = vscreen_replies(run->vs);
    buf_append(out, buf_data(replies), replies->len);
    buf_clear(replies);
}

static void ask_replies(struct run *run, struct buf *out)
{
    buf_printf(out, "%zu", vscreen_replies(run->vs)->len);
}

static void ask_mode(struct run *run, struct buf *out)
{
    static const char *const mice[] = {"off", "x10", "click", "drag", "motion"};
    static const char *const codings[] = {"legacy", "utf8", "sgr", "urxvt", "pixels"};
    const struct vscreen_modes *m = vscreen_modes(run->vs);
    const struct {
        const char *name;
        int value;
    } modes[] = {
        {"alternate", m->alternate},
        {"app_cursor", m->app_cursor},
        {"app_keypad", m->app_keypad},
        {"bracketed_paste", m->bracketed_paste},
        {"focus_events", m->focus_events},
        {"sync", m->sync},
        {"reverse_screen", m->reverse_screen},
        {"wheel_keys", m->wheel_keys},
        {"newline", m->newline},
        {"modify_other_keys", m->modify_other_keys},
        {"kitty_keys", m->kitty_keys},
    };
    char name[32];
    read_word(run, name, sizeof name);
    for (size_t i = 0; i < COUNT(modes); i++) {
        if (strcmp(name, modes[i].name) == 0) {
            buf_printf(out, "%d", modes[i].value);
            return;
        }
    }
    if (strcmp(name, "mouse") == 0)
        buf_printf(out, "%s %s", mice[m->mouse], codings[m->mouse_coding]);
    else
        fail(run, "no such mode: ", name);
}

static struct cell read_cell(struct run *run)
{
    int row, col;
    read_pair(run, &row, &col);
    struct cell *cells = xcalloc((size_t)vscreen_cols(run->vs), sizeof *cells);
    vscreen_line(run->vs, vscreen_top(run->vs) + row, cells);
    struct cell cell = cells[col < vscreen_cols(run->vs) ? col : 0];
    free(cells);
    return cell;
}

static void put_color(struct buf *out, const char *name, uint32_t color)
{
    if (COLOR_KIND(color) == 1)
        buf_printf(out, " %s=%u", name, COLOR_VALUE(color));
    else if (COLOR_KIND(color) == 2)
        buf_printf(out, " %s=#%06x", name, COLOR_VALUE(color));
}

static void ask_style(struct run *run, struct buf *out)
{
    static const char *const names[] = {"bold",    "dim",    "italic", "blink",
                                        "reverse", "hidden", "strike", "overline"};
    static const char *const underlines[] = {"",       " underline", " double",
                                             " curly", " dotted",    " dashed"};
    struct style style = read_cell(run).style;
    struct buf text = {0};
    for (size_t i = 0; i < COUNT(names); i++) {
        if (style.attrs & 1u << i)
            buf_printf(&text, " %s", names[i]);
    }
    buf_puts(&text, underlines[(style.attrs & ATTR_UNDERLINE) >> ATTR_UNDERLINE_SHIFT]);
    put_color(&text, "fg", style.fg);
    put_color(&text, "bg", style.bg);
    put_color(&text, "ul", style.ul);
    buf_puts(out, text.len ? buf_str(&text) + 1 : "plain");
    buf_release(&text);
}

/* Width and content of a cell: `1 A`, `2 ...`, `0` the right half, `1` a blank. */
static void ask_cell(struct run *run, struct buf *out)
{
    struct cell cell = read_cell(run);
    buf_printf(out, "%d", cell.width);
    if (cell.glyph) {
        char utf8[GLYPH_BYTES];
        buf_putc(out, ' ');
        buf_append(out, utf8, glyphs_utf8(run->glyphs, cell.glyph, utf8));
    }
}

static void ask_link(struct run *run, struct buf *out)
{
    const char *uri = vscreen_link(run->vs, read_cell(run).style.link);
    buf_puts(out, uri ? uri : "none");
}

static void ask_scrollback(struct run *run, struct buf *out)
{
    buf_printf(out, "%lld", (long long)(vscreen_top(run->vs) - vscreen_first(run->vs)));
}

static void ask_first(struct run *run, struct buf *out)
{
    buf_printf(out, "%lld", (long long)vscreen_first(run->vs));
}

static void ask_flags(struct run *run, struct buf *out)
{
    struct cell *cells = xcalloc((size_t)vscreen_cols(run->vs), sizeof *cells);
    unsigned flags = vscreen_line(run->vs, read_number(run), cells);
    free(cells);
    struct buf text = {0};
    for (size_t i = 0; i < COUNT(flag_names); i++) {
        if (flags & flag_names[i].flag)
            buf_printf(&text, " %s", flag_names[i].name);
    }
    if (flags & LINE_ENDED) {
        int status;
        int64_t took;
        line_ended(flags, &status, &took);
        buf_printf(&text, " ended=%d,%lld", status, (long long)took);
    }
    buf_puts(out, text.len ? buf_str(&text) + 1 : "none");
    buf_release(&text);
}

static void ask_find(struct run *run, struct buf *out)
{
    int64_t line = read_number(run);
    int dir = (int)read_number(run);
    unsigned flag = read_flag(run);
    buf_printf(out, "%lld", (long long)vscreen_find_flag(run->vs, line, dir, flag));
}

static void ask_title(struct run *run, struct buf *out)
{
    buf_puts(out, vscreen_title(run->vs));
}

static void ask_clip(struct run *run, struct buf *out)
{
    static const char *const states[] = {"none", "", "refused"};
    buf_puts(out, states[vscreen_take_clip(run->vs, out)]);
}

static void ask_bells(struct run *run, struct buf *out)
{
    buf_printf(out, "%u", vscreen_bells(run->vs));
}

static void ask_size(struct run *run, struct buf *out)
{
    buf_printf(out, "%d,%d", vscreen_rows(run->vs), vscreen_cols(run->vs));
}

static const struct {
    const char *name;
    void (*ask)(struct run *run, struct buf *out);
} questions[] = {
    {"?row", ask_row},       {"?line", ask_line},   {"?text", ask_text},
    {"?cursor", ask_cursor}, {"?reply", ask_reply}, {"?replies", ask_replies},
    {"?mode", ask_mode},     {"?style", ask_style}, {"?cell", ask_cell},
    {"?link", ask_link},     {"?flags", ask_flags}, {"?scrollback", ask_scrollback},
    {"?first", ask_first},   {"?find", ask_find},   {"?title", ask_title},
    {"?bells", ask_bells},   {"?size", ask_size},   {"?clip", ask_clip},
};

static void print_bytes(const char *label, const uint8_t *data, size_t len)
{
    fprintf(stderr, "  %s \"", label);
    for (size_t i = 0; i < len; i++)
        fprintf(stderr, data[i] < 0x20 || data[i] == 0x7f ? "\\x%02x" : "%c", data[i]);
    fprintf(stderr, "\"\n");
}

/* The answer must be what is left of the line: a string, or its words as they stand. */
static void compare(struct run *run, const struct buf *answer)
{
    struct buf wanted = {0};
    skip_blanks(run);
    /* A string, or N*"..."; else plain words. */
    if (run->at[strspn(run->at, "0123456789*")] == '"')
        read_strings(run, &wanted);
    else
        buf_puts(&wanted, run->at);
    if (wanted.len != answer->len ||
        (wanted.len && memcmp(buf_data(&wanted), buf_data(answer), wanted.len) != 0)) {
        fail(run, "not as expected", "");
        print_bytes("wanted", buf_data(&wanted), wanted.len);
        print_bytes("got   ", buf_data(answer), answer->len);
    }
    buf_release(&wanted);
    run->at = "";
}

static void run_line(struct run *run, char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    run->at = line;
    char word[32];
    if (read_word(run, word, sizeof word) == 0 || word[0] == '#')
        return;
    for (size_t i = 0; i < COUNT(commands); i++) {
        if (strcmp(word, commands[i].name) == 0) {
            commands[i].run(run);
            skip_blanks(run);
            if (*run->at)
                fail(run, "left over: ", run->at);
            return;
        }
    }
    for (size_t i = 0; i < COUNT(questions); i++) {
        if (strcmp(word, questions[i].name) == 0) {
            struct buf answer = {0};
            questions[i].ask(run, &answer);
            compare(run, &answer);
            buf_release(&answer);
            return;
        }
    }
    fail(run, "no such command: ", word);
}

static int run_file(const char *path, bool bytewise)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return 1;
    }
    struct run run = {.file = path, .bytewise = bytewise};
    start(&run, 24, 80, 1000);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, file) > 0) {
        run.line++;
        run_line(&run, line);
    }
    free(line);
    fclose(file);
    vscreen_free(run.vs);
    ecma48_free(run.parser);
    glyphs_free(run.glyphs);
    return run.failures;
}

int main(int argc, char **argv)
{
    int failures = argc < 2;
    for (int i = 1; i < argc; i++)
        failures += run_file(argv[i], false) + run_file(argv[i], true);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
