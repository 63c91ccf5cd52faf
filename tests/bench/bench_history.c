/*
 * bench_history: what a history of a hundred thousand lines costs, in processor time.
 *
 *   open            the file is read, as at the start of a session
 *   add             a line is written, and then how it ended
 *   suggest         at each key of a line: one that is there, one that is not
 *   list            Ctrl-R's list is filled; and each key of a pattern narrows it, drawn
 *   host            a thousand lines of the host's shell find their places
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "term/finder.h"
#include "term/history.h"

#define LINES HISTORY_ENTRIES

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void write_lines(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        exit(1);
    for (int i = 0; i < LINES; i++)
        fprintf(file,
                "\x1f%08x.%d %d %d %d /srv/www/site%d/current\x1fgit -C site%d log --oneline -n "
                "%d --grep 'change %d'\n",
                i % 50, i, 1600000000 + i, i % 9 ? 0 : 1, i % 3000, i % 40, i % 40, i % 100, i);
    fclose(file);
}

static void bench_suggest(struct history *h, const char *line)
{
    double start = now(), worst = 0;
    size_t len = strlen(line);
    char prefix[100];
    for (size_t n = 1; n <= len; n++) {
        double at = now();
        snprintf(prefix, sizeof prefix, "%.*s", (int)n, line);
        history_suggest(h, prefix, "/srv/www/site1/current");
        worst = now() - at > worst ? now() - at : worst;
    }
    printf("  suggest, each key   %8.3f ms, most %.3f ms   (%s)\n", (now() - start) / (double)len,
           worst, line);
}

static void bench_list(struct history *h)
{
    struct glyphs *glyphs = glyphs_new();
    struct frame frame;
    frame_init(&frame, glyphs, 24, 80);
    size_t count = history_count(h);
    const char **texts = xcalloc(count, sizeof *texts);
    const struct finder_look look = {.title = "history", .help = "help"};
    struct finder *f = finder_new();
    double start = now();
    for (size_t i = 0; i < count; i++)
        texts[i] = history_entry(h, i);
    finder_set(f, texts, count);
    finder_draw(f, &frame, 0, 24, &look);
    printf("  list, filled        %8.3f ms\n", now() - start);
    for (const char *p = "site7 99"; *p; p++) {
        start = now();
        finder_key(f, &(struct key){.kind = KEY_CHAR, .code = (uint32_t)*p});
        finder_draw(f, &frame, 0, 24, &look);
        printf("  list, key '%c'       %8.3f ms\n", *p, now() - start);
    }
    finder_free(f);
    free(texts);
    frame_release(&frame);
    glyphs_free(glyphs);
}

static void bench_host(struct history *h)
{
    struct err err;
    struct history *host = history_open(NULL, &err);
    char line[64];
    for (int i = 0; i < 1000; i++) {
        snprintf(line, sizeof line, "make target%d", i);
        history_add(host, line, NULL, 1600000000 + i * 90, &err);
    }
    double start = now();
    history_set_host(h, host);
    printf("  host's lines        %8.3f ms\n", now() - start);
}

int main(void)
{
    struct err err;
    char path[] = "/tmp/bench_history.XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    write_lines(path);
    double start = now();
    struct history *h = history_open(path, &err);
    printf("A history of %zu lines\n  open                %8.3f ms\n", history_count(h),
           now() - start);
    start = now();
    history_add(h, "a new line", "/", 1700000000, &err);
    history_ended(h, 0, 12, &err);
    printf("  add                 %8.3f ms\n", now() - start);
    bench_suggest(h, "git -C site1 log --oneline -n 77");
    bench_suggest(h, "nothing like this");
    bench_list(h);
    bench_host(h);
    history_close(h);
    unlink(path);
    return 0;
}
