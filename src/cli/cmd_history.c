/* tether history: what is kept of the lines entered on a host, outside of a session. */
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"
#include "proto/ssh_name.h"
#include "session/secret.h"
#include "term/history.h"
#include "term/history_import.h"

#define DAMAGED_TOLD 10 /* the others are counted */

static const char usage[] =
    "usage: tether history list [HOST]        the lines kept of a host; without one, the hosts\n"
    "       tether history export HOST        the same as a history file of bash\n"
    "       tether history import [--from bash|zsh|fish] HOST FILE\n"
    "                                         take in a shell's history file; - is standard input\n"
    "       tether history forget HOST LINE   forget this line, in the file too; --all: every "
    "line\n";

struct job {
    const char *host;
    char *path;       /* of its history */
    const char *word; /* behind the host: the file, or the line; NULL: none is wanted */
    const char *from; /* of --from; NULL */
};

static int fail(const char *text)
{
    fprintf(stderr, "tether: %s\n", text);
    return EXIT_LOCAL;
}

/* An existing one, without making it; NULL after a message. */
static struct history *open_existing(const struct job *job)
{
    struct err err;
    if (access(job->path, F_OK) != 0) {
        fprintf(stderr, "tether: %s: no history is kept (%s)\n", job->host, strerror(errno));
        return NULL;
    }
    struct history *h = history_open(job->path, &err);
    if (err.text[0])
        fprintf(stderr, "tether: %s\n", err.text);
    return h;
}

/* ---- list, export ---- */

/* In one row: a newline is shown as in Ctrl-R's list. */
static void print_line(const char *text)
{
    for (;;) {
        char shown[4096];
        size_t len = strcspn(text, "\n");
        utf8_sanitize(shown, sizeof shown, text, len, sizeof shown, 0);
        fputs(shown, stdout);
        if (!text[len])
            break;
        fputs(" ; ", stdout);
        text += len + 1;
    }
    putchar('\n');
}

static void print_info(const struct history_info *info)
{
    char when[32] = "", how[24] = "", cwd[1024];
    struct tm tm;
    time_t t = (time_t)info->time;
    if (t > 0 && localtime_r(&t, &tm))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
    if (info->status > 0)
        snprintf(how, sizeof how, "exit %d", info->status);
    const char *folder = info->cwd ? info->cwd : "-";
    utf8_sanitize(cwd, sizeof cwd, folder, strlen(folder), 300, 0);
    printf("%-16s  %-8s  %s  ", when, how, cwd);
}

static int list_hosts(void)
{
    char *path = history_path("x"), *slash = path ? strrchr(path, '/') : NULL;
    if (slash)
        *slash = '\0';
    struct dirent **names = NULL;
    int n = path ? scandir(path, &names, NULL, alphasort) : 0;
    for (int i = 0; i < n; i++) {
        /* A name with a '%' is a temporary file's, or one that a host's name is coded in. */
        if (names[i]->d_name[0] != '.' && !strchr(names[i]->d_name, '%'))
            puts(names[i]->d_name);
        free(names[i]);
    }
    free(names);
    free(path);
    return 0;
}

static int list(const struct job *job)
{
    struct history *h = open_existing(job);
    if (!h)
        return 1;
    for (size_t i = 0; i < history_count(h); i++) {
        struct history_info info = history_info(h, i);
        print_info(&info);
        print_line(history_entry(h, i));
    }
    history_close(h);
    return 0;
}

/* With times, so that entries of several lines stay whole. */
static int export(const struct job *job)
{
    struct history *h = open_existing(job);
    if (!h)
        return 1;
    int64_t last = 0;
    for (size_t i = 0; i < history_count(h); i++) {
        int64_t when = history_info(h, i).time;
        last = when > 0 ? when : last;
        printf("#%" PRId64 "\n%s\n", last, history_entry(h, i));
    }
    history_close(h);
    return 0;
}

/* ---- import ---- */

struct tally {
    size_t secrets, damaged, lines, added;
};

/* Into a history in memory, which bounds what is held of a file of any size. */
static void read_lines(struct history_import *in, const char *name, struct history *into,
                       struct tally *tally)
{
    enum history_import_did did;
    const char *text;
    int64_t when;
    struct err err;
    while ((did = history_import_next(in, &text, &when)) != HISTORY_IMPORT_END) {
        if (did == HISTORY_IMPORT_DAMAGED) {
            if (++tally->damaged <= DAMAGED_TOLD)
                fprintf(stderr, "tether: %s:%zu: damaged; skipped\n", name,
                        history_import_line(in));
        } else if (secret_in(text, strlen(text)).kind != SECRET_NONE) {
            tally->secrets++;
        } else {
            tally->lines++;
            history_add(into, text, NULL, when, &err);
        }
    }
}

static void print_tally(const struct job *job, const struct tally *t)
{
    printf("%s: %zu of %zu lines taken in", job->host, t->added, t->lines);
    if (t->lines > HISTORY_ENTRIES)
        printf("; the newest %d are kept", HISTORY_ENTRIES);
    else if (t->added < t->lines)
        printf("; the others were there already");
    if (t->secrets > 0)
        printf("; %zu look as if they hold a secret and were left out", t->secrets);
    if (t->damaged > 0)
        printf("; %zu damaged", t->damaged);
    putchar('\n');
}

static int take_in(const struct job *job, FILE *file, const char *name, enum history_format format)
{
    struct err err;
    struct tally tally = {0};
    struct history *h = history_open(job->path, &err), *read = history_open(NULL, &err);
    struct history_import *in = history_import_new(file, format);
    read_lines(in, name, read, &tally);
    bool ok = !ferror(file);
    if (!ok)
        err_set(&err, "%s: %s", name, strerror(errno));
    ok = ok && history_import(h, read, &tally.added, &err);
    if (ok)
        print_tally(job, &tally);
    history_import_free(in);
    history_close(read);
    history_close(h);
    return ok ? 0 : fail(err.text);
}

static bool read_format(const char *name, enum history_format *format)
{
    static const char *const names[] = {
        [HISTORY_BASH] = "bash", [HISTORY_ZSH] = "zsh", [HISTORY_FISH] = "fish"};
    for (size_t i = HISTORY_BASH; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0) {
            *format = (enum history_format)i;
            return true;
        }
    return false;
}

static int import(const struct job *job)
{
    enum history_format format = HISTORY_ANY;
    const char *name = job->word;
    if (job->from && !read_format(job->from, &format))
        return cli_usage("--from %s: the shells are bash, zsh and fish", job->from);
    bool standard = strcmp(name, "-") == 0;
    FILE *file = standard ? stdin : fopen(name, "re");
    if (!file) {
        fprintf(stderr, "tether: %s: %s\n", name, strerror(errno));
        return EXIT_LOCAL;
    }
    if (format == HISTORY_ANY && strstr(name, "zsh"))
        format = HISTORY_ZSH; /* without times it looks like bash's */
    int status = take_in(job, file, standard ? "standard input" : name, format);
    if (!standard)
        fclose(file);
    return status;
}

/* ---- forget ---- */

static int forget(const struct job *job)
{
    struct err err = {.text = ""};
    struct history *h = open_existing(job);
    if (!h)
        return 1;
    const char *line = job->word;
    bool all = strcmp(line, "--all") == 0;
    size_t before = history_count(h);
    bool ok = all ? history_clear(h, &err) : history_delete(h, line, &err);
    size_t gone = before - history_count(h);
    history_close(h);
    if (!ok)
        return fail(err.text);
    if (gone == 0 && !all) {
        fprintf(stderr, "tether: %s: there is no such line\n", job->host);
        return 1;
    }
    printf("%s: %zu %s forgotten\n", job->host, gone, gone == 1 ? "entry" : "entries");
    return 0;
}

/* ---- the words ---- */

static int on_host(struct job job, int (*run)(const struct job *))
{
    struct err err;
    struct ssh_name name;
    if (!ssh_name_parse(job.host, &name, &err))
        return cli_usage("%s", err.text);
    job.host = name.host;
    job.path = history_path(name.host);
    int status = job.path ? run(&job) : fail("no home is known: there is no history");
    free(job.path);
    ssh_name_release(&name);
    return status;
}

int cmd_history(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool word; /* one stands behind the host */
        int (*run)(const struct job *job);
    } actions[] = {{"list", false, list},
                   {"export", false, export},
                   {"import", true, import},
                   {"forget", true, forget}};
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list_hosts();
    bool from = argc > 3 && strcmp(argv[1], "import") == 0 && strcmp(argv[2], "--from") == 0;
    int at = from ? 4 : 2;
    for (size_t i = 0; at < argc && i < sizeof actions / sizeof actions[0]; i++) {
        bool fits = argc - at == 1 + actions[i].word && argv[at][0] != '-';
        if (strcmp(argv[1], actions[i].name) == 0 && fits)
            return on_host((struct job){.host = argv[at],
                                        .word = actions[i].word ? argv[at + 1] : NULL,
                                        .from = from ? argv[3] : NULL},
                           actions[i].run);
    }
    fputs(usage, stderr);
    return EXIT_USAGE;
}
