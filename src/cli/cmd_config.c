/* tether config [HOST]: our own settings, and where each came from. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "proto/ssh_name.h"

#define COLUMNS      4
#define HELP_COLUMNS 78

/* The table as text, one row per setting; strings are ours. */
struct row {
    char *cell[COLUMNS];
};

/* As it may be written in the file. */
static char *quote(const char *value)
{
    size_t len = strlen(value);
    bool plain = len > 0 && strpbrk(value, " \t\";") == NULL;
    return plain ? xstrdup(value) : xasprintf("\"%s\"", value);
}

static struct row make_row(const struct config_item *item, const char *path)
{
    char *source = item->line ? xasprintf("%s:%d", path, item->line) : xstrdup("default");
    return (struct row){{xstrdup(item->name), quote(item->value), quote(item->standard), source}};
}

static void print_row(const struct row *row, const int width[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++) {
        int pad = width[i] - (int)utf8_columns(row->cell[i], strlen(row->cell[i]));
        printf("%s%*s", row->cell[i], i < COLUMNS - 1 ? pad + 2 : 0, "");
    }
    putchar('\n');
}

static void print_rows(struct row *rows, size_t count)
{
    int width[COLUMNS] = {0};
    for (size_t k = 0; k < count; k++)
        for (int i = 0; i < COLUMNS; i++) {
            int columns = (int)utf8_columns(rows[k].cell[i], strlen(rows[k].cell[i]));
            width[i] = columns > width[i] ? columns : width[i];
        }
    for (size_t k = 0; k < count; k++) {
        print_row(&rows[k], width);
        for (int i = 0; i < COLUMNS; i++)
            free(rows[k].cell[i]);
    }
}

static void print_settings(const struct config *config, const char *host, const char *path)
{
    static const char *const head[COLUMNS] = {"setting", "value", "default", "from"};
    struct row *rows = xmalloc(sizeof *rows);
    struct config_item item;
    size_t count = 1;
    for (int i = 0; i < COLUMNS; i++)
        rows[0].cell[i] = xstrdup(head[i]);
    for (; config_item(config, host, count - 1, &item); count++) {
        rows = xrealloc(rows, (count + 1) * sizeof *rows);
        rows[count] = make_row(&item, path);
    }
    print_rows(rows, count);
    free(rows);
}

/* What holds for some hosts only. */
static void print_sections(const struct config *config, const char *path)
{
    int line;
    const char *patterns;
    for (size_t i = 0; (patterns = config_section(config, i, &line)); i++)
        printf("# %s:%d: [host \"%s\"] (tether config HOST tells what is in force there)\n", path,
               line, patterns);
}

/* Words, indented, in lines of at most HELP_COLUMNS. */
static void print_words(const char *text)
{
    size_t column = HELP_COLUMNS;
    for (; *text; text += strspn(text, " ")) {
        size_t len = strcspn(text, " ");
        bool fits = column + 1 + len <= HELP_COLUMNS;
        printf("%s%.*s", fits ? " " : "\n    ", (int)len, text);
        column = fits ? column + 1 + len : 4 + len;
        text += len;
    }
    printf("\n");
}

static int print_help(void)
{
    struct config *config = config_new();
    struct config_item item;
    printf("usage: tether config [HOST]\n"
           "the settings of ~/.config/tether/config, as SETTING = VALUE; those behind a line\n"
           "[host \"PATTERNS\"] are for the hosts that match:\n");
    for (size_t i = 0; config_item(config, NULL, i, &item); i++) {
        char *standard = quote(item.standard);
        char *text = xasprintf("%s (default: %s)", item.help, standard);
        printf("\n%s = %s", item.name, item.allowed);
        print_words(text);
        free(text);
        free(standard);
    }
    config_free(config);
    return 0;
}

int cmd_config(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return print_help();
    if (argc > 2 || (argc > 1 && argv[1][0] == '-'))
        return cli_usage("usage: tether config [HOST] (or --help)");
    struct err err;
    struct ssh_name name = {.host = NULL};
    if (argc > 1 && !ssh_name_parse(argv[1], &name, &err))
        return cli_usage("%s", err.text);
    char *path;
    struct config *config = cli_config(&path);
    if (config) {
        printf("# %s%s\n", path ? path : "no home",
               path && access(path, F_OK) == 0 ? "" : " (not there)");
        print_settings(config, name.host, path);
        if (!name.host)
            print_sections(config, path);
    }
    int status = config ? 0 : EXIT_LOCAL;
    config_free(config);
    free(path);
    ssh_name_release(&name);
    return status;
}
