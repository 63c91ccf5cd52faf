/*
 * How fast bytes become screen: MB/s of tokeniser and emulator together, on kinds of output
 * that people meet; and what a long scrollback costs in memory.
 *
 *   bench_vscreen [NAME...]         all of it, or the speed of the named outputs
 *   bench_vscreen --write DIR       the same outputs as files, for bench_tmux.py
 *   bench_vscreen --pty FILE...     what `cat FILE` takes through a pty: seconds by the clock,
 *                                   and of this program's own work
 *
 * Speed is told in the processor's time: others may be using the machine.
 */
#include <fcntl.h>
#include <malloc.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "base/err.h"
#include "base/utf8.h"
#include "term/vscreen.h"

#define COUNT(a)   (sizeof(a) / sizeof *(a))
#define SIZE       (8 * 1024 * 1024)
#define CHUNK      (32 * 1024) /* an SSH packet's worth */
#define ROWS       24
#define COLS       80
#define SCROLLBACK 100000

static double read_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* The same numbers in every run. */
static uint32_t random_to(uint32_t limit)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 33) % limit;
}

static void make_yes(struct buf *out)
{
    while (out->len < SIZE)
        buf_puts(out, "y\r\n");
}

static void make_base64(struct buf *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (out->len < SIZE) {
        for (int i = 0; i < 76; i++)
            buf_putc(out, alphabet[random_to(64)]);
        buf_puts(out, "\r\n");
    }
}

static void make_ls(struct buf *out)
{
    static const char *const colors[] = {"01;34", "01;32", "01;36", "01;31", "0"};
    for (unsigned i = 0; out->len < SIZE; i++)
        buf_printf(out,
                   "-rw-r--r--  1 root root %7u Jan %2u 12:%02u \033[0m\033[%sm"
                   "file-%u.tar.gz\033[0m\r\n",
                   random_to(9999999), 1 + random_to(28), random_to(60), colors[random_to(5)], i);
}

static void put_points(struct buf *out, uint32_t first, uint32_t count, int length)
{
    for (int i = 0; i < length; i++) {
        char utf8[4];
        buf_append(out, utf8, utf8_encode(first + random_to(count), utf8));
        if (random_to(6) == 0)
            buf_putc(out, ' ');
    }
    buf_puts(out, "\r\n");
}

static void make_cjk(struct buf *out)
{
    while (out->len < SIZE)
        put_points(out, 0x4e00, 0x5000, 30);
}

static void make_cyrillic(struct buf *out)
{
    while (out->len < SIZE)
        put_points(out, 0x430, 32, 60);
}

static void make_emoji(struct buf *out)
{
    while (out->len < SIZE)
        put_points(out, 0x1f600, 64, 30);
}

static void make_motion(struct buf *out)
{
    while (out->len < SIZE)
        buf_printf(out, "\033[%u;%uH\033[%um%c", 1 + random_to(ROWS), 1 + random_to(COLS),
                   30 + random_to(8), (char)('a' + random_to(26)));
}

static void make_region(struct buf *out)
{
    buf_puts(out, "\033[2;23r\033[23;1H");
    for (unsigned i = 0; out->len < SIZE - 100; i++)
        buf_printf(out, "\r\nline %u of a log that scrolls in a region", i);
    buf_puts(out, "\033[r");
}

static void make_long(struct buf *out)
{
    while (out->len < SIZE) {
        for (int i = 0; i < 5000; i++)
            buf_putc(out, (char)('!' + random_to(90)));
        buf_puts(out, "\r\n");
    }
}

/* What a full-screen program sends for each picture. */
static void make_fullscreen(struct buf *out)
{
    buf_puts(out, "\033[?1049h");
    while (out->len < SIZE - 10000) {
        buf_puts(out, "\033[H\033[2J");
        for (int row = 1; row <= ROWS; row++)
            buf_printf(out,
                       "\033[%d;1H\033[1;32m%5u\033[m root \033[7m%3u%%\033[27m "
                       "\033[38;5;%umsome program --with arguments\033[39m\033[K",
                       row, random_to(65536), random_to(100), random_to(256));
    }
    buf_puts(out, "\033[?1049l");
}

static const struct load {
    const char *name;
    void (*make)(struct buf *out);
} loads[] = {
    {"yes", make_yes},           {"base64", make_base64},
    {"ls-color", make_ls},       {"cjk", make_cjk},
    {"cyrillic", make_cyrillic}, {"emoji", make_emoji},
    {"motion", make_motion},     {"region", make_region},
    {"long-lines", make_long},   {"fullscreen", make_fullscreen},
};

struct terminal {
    struct glyphs *glyphs;
    struct ecma48 *parser;
    struct vscreen *vs;
};

static struct terminal terminal_new(void)
{
    struct terminal t = {glyphs_new(), ecma48_new(), NULL};
    t.vs = vscreen_new(t.glyphs, ROWS, COLS, SCROLLBACK);
    return t;
}

static void terminal_free(struct terminal *t)
{
    vscreen_free(t->vs);
    ecma48_free(t->parser);
    glyphs_free(t->glyphs);
}

static void feed(struct terminal *t, const uint8_t *data, size_t len)
{
    vscreen_feed(t->vs, t->parser, data, len);
}

static double once(const struct buf *data)
{
    struct terminal t = terminal_new();
    double start = seconds();
    for (size_t at = 0; at < data->len; at += CHUNK)
        feed(&t, buf_data(data) + at, CHUNK < data->len - at ? CHUNK : data->len - at);
    double took = seconds() - start;
    terminal_free(&t);
    return took;
}

static double parse_once(const struct buf *data)
{
    struct ecma48 *parser = ecma48_new();
    struct ecma48_token token;
    double start = seconds();
    for (size_t at = 0; at < data->len; at += CHUNK) {
        ecma48_feed(parser, buf_data(data) + at, CHUNK < data->len - at ? CHUNK : data->len - at);
        while (ecma48_next(parser, &token))
            ;
    }
    double took = seconds() - start;
    ecma48_free(parser);
    return took;
}

/* The best of several: what the machine does besides only ever adds. */
static double best(double (*run)(const struct buf *), const struct buf *data)
{
    double least = run(data);
    for (int i = 0; i < 4; i++) {
        double took = run(data);
        least = took < least ? took : least;
    }
    return least;
}

static void speed(const struct load *load)
{
    struct buf data = {0};
    load->make(&data);
    double mb = (double)data.len / 1e6;
    printf("%-12s %7.0f MB/s   (tokeniser alone %7.0f MB/s)\n", load->name, mb / best(once, &data),
           mb / best(parse_once, &data));
    buf_release(&data);
}

static void memory(const struct load *load)
{
    struct buf data = {0};
    load->make(&data);
    struct terminal t = terminal_new();
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    for (size_t at = 0; vscreen_top(t.vs) - vscreen_first(t.vs) < SCROLLBACK;) {
        feed(&t, buf_data(&data) + at, CHUNK);
        at = at + 2 * CHUNK < data.len ? at + CHUNK : 0;
    }
    size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
    printf("%-12s %7.1f MB for %d lines of scrollback (aim: 30)\n", load->name,
           (double)(after - before) / 1e6, SCROLLBACK);
    terminal_free(&t);
    buf_release(&data);
}

static void resize_cost(void)
{
    struct buf data = {0};
    make_ls(&data);
    struct terminal t = terminal_new();
    feed(&t, buf_data(&data), data.len);
    double start = seconds();
    vscreen_resize(t.vs, ROWS, COLS - 30);
    double narrow = seconds() - start;
    start = seconds();
    vscreen_resize(t.vs, ROWS, COLS + 40);
    printf("resize       %7.1f ms narrower, %.1f ms wider, with %lld lines of scrollback\n",
           narrow * 1e3, (seconds() - start) * 1e3,
           (long long)(vscreen_top(t.vs) - vscreen_first(t.vs)));
    terminal_free(&t);
    buf_release(&data);
}

/* As a program writes it: the tty puts the CR before each LF. */
static struct buf without_returns(struct buf *data)
{
    struct buf out = {0};
    for (size_t at = 0, end; at < data->len; at = end + 1) {
        const uint8_t *start = buf_data(data) + at;
        const uint8_t *cr = memchr(start, '\r', data->len - at);
        end = cr ? (size_t)(cr - buf_data(data)) : data->len;
        buf_append(&out, start, end - at);
    }
    buf_release(data);
    return out;
}

static void write_all(const char *dir)
{
    for (size_t i = 0; i < COUNT(loads); i++) {
        struct buf data = {0};
        loads[i].make(&data);
        data = without_returns(&data);
        char *path = xasprintf("%s/%s", dir, loads[i].name);
        FILE *file = fopen(path, "w");
        if (!file || fwrite(buf_data(&data), 1, data.len, file) != data.len || fclose(file) != 0)
            BUG("cannot write %s", path);
        puts(path);
        free(path);
        buf_release(&data);
    }
}

static void through_pty(const char *path)
{
    struct winsize size = {.ws_row = ROWS, .ws_col = COLS};
    double start = read_clock(CLOCK_MONOTONIC), work = seconds();
    int fd;
    pid_t child = forkpty(&fd, NULL, NULL, &size);
    if (child < 0)
        BUG("no pty");
    if (child == 0) {
        execlp("cat", "cat", path, (char *)NULL);
        _exit(127);
    }
    struct terminal t = terminal_new();
    static uint8_t data[CHUNK];
    ssize_t n;
    while ((n = read(fd, data, sizeof data)) > 0)
        feed(&t, data, (size_t)n);
    waitpid(child, NULL, 0);
    printf("%s %.3f %.3f\n", path, read_clock(CLOCK_MONOTONIC) - start, seconds() - work);
    terminal_free(&t);
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--write") == 0) {
        write_all(argv[2]);
    } else if (argc > 2 && strcmp(argv[1], "--pty") == 0) {
        for (int i = 2; i < argc; i++)
            through_pty(argv[i]);
    } else if (argc > 1) {
        for (size_t i = 0; i < COUNT(loads); i++) {
            for (int a = 1; a < argc; a++) {
                if (strcmp(argv[a], loads[i].name) == 0)
                    speed(&loads[i]);
            }
        }
    } else {
        for (size_t i = 0; i < COUNT(loads); i++)
            speed(&loads[i]);
        for (size_t i = 0; i < 4; i++)
            memory(&loads[i]);
        resize_cost();
    }
    return 0;
}
