#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "term/history.h"

struct place {
    char dir[64];
    char file[128];
};

static int setup(void **state)
{
    struct place *p = xcalloc(1, sizeof *p);
    strcpy(p->dir, "/tmp/test_history.XXXXXX");
    if (!mkdtemp(p->dir))
        return -1;
    snprintf(p->file, sizeof p->file, "%s/a/b/web1", p->dir);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    char *command = xasprintf("rm -rf '%s'", p->dir);
    int rc = system(command);
    free(command);
    free(p);
    return rc;
}

static void write_file(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), len);
    close(fd);
}

static struct buf read_file(const char *path)
{
    struct buf b = {0};
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t n;
    while ((n = read(fd, buf_reserve(&b, 65536), 65536)) > 0)
        buf_commit(&b, (size_t)n);
    close(fd);
    return b;
}

static struct history *open_quietly(const char *path)
{
    struct err err;
    struct history *h = history_open(path, &err);
    assert_string_equal(err.text, "");
    return h;
}

static void add(struct history *h, const char *line)
{
    struct err err;
    assert_true(history_add(h, line, NULL, 0, &err));
    assert_string_equal(err.text, "");
}

#define ASSERT_ENTRIES(h, ...)                                                                     \
    assert_entries(h, (const char *[]){__VA_ARGS__},                                               \
                   sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))

static void assert_entries(const struct history *h, const char *const *texts, size_t n)
{
    assert_int_equal(history_count(h), n);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(history_entry(h, i), texts[i]);
}

static void in_memory(void **state)
{
    (void)state;
    struct history *h = open_quietly(NULL);
    assert_int_equal(history_count(h), 0);
    add(h, "ls");
    add(h, "");
    add(h, " secret");
    add(h, "ls");
    add(h, "cd /");
    add(h, "ls");
    history_refresh(h);
    ASSERT_ENTRIES(h, "ls", "cd /", "ls");
    history_close(h);
    history_close(NULL);
}

static void kept_in_the_file(void **state)
{
    struct place *p = *state;
    static const char *const lines[] = {
        "plain", "two\nlines",         "a \\n b \\ c \\\\",
        "\\",    "tab\there \x1b[31m", "caf\xc3\xa9 \xff\xfe",
        "n\n",
    };
    struct history *h = open_quietly(p->file);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        add(h, lines[i]);
    history_close(h);
    h = open_quietly(p->file);
    assert_entries(h, lines, sizeof lines / sizeof *lines);
    history_close(h);
    struct stat st;
    assert_int_equal(stat(p->file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    char dir[128];
    snprintf(dir, sizeof dir, "%s/a", p->dir);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void search(void **state)
{
    (void)state;
    struct history *h = open_quietly(NULL);
    add(h, "git status");
    add(h, "echo git");
    add(h, "git push");
    assert_int_equal(history_search(h, 3, "git", false), 2);
    assert_int_equal(history_search(h, 99, "git", false), 2);
    assert_int_equal(history_search(h, 2, "git", false), 1);
    assert_int_equal(history_search(h, 2, "git", true), 0);
    assert_int_equal(history_search(h, 0, "git", true), -1);
    assert_int_equal(history_search(h, 3, "none", false), -1);
    assert_int_equal(history_search(h, 3, "git pushed", true), -1);
    history_close(h);
}

static void the_newest_are_kept(void **state)
{
    (void)state;
    struct history *h = open_quietly(NULL);
    char line[32];
    for (int i = 0; i < HISTORY_ENTRIES + 5; i++) {
        snprintf(line, sizeof line, "line %d", i);
        add(h, line);
    }
    assert_int_equal(history_count(h), HISTORY_ENTRIES);
    assert_string_equal(history_entry(h, 0), "line 5");
    assert_string_equal(history_entry(h, HISTORY_ENTRIES - 1), line);
    history_close(h);
}

static void sessions_see_each_other(void **state)
{
    struct place *p = *state;
    struct history *a = open_quietly(p->file), *b = open_quietly(p->file);
    add(a, "one");
    add(b, "two");
    assert_int_equal(history_count(a), 1);
    ASSERT_ENTRIES(b, "one", "two");
    history_refresh(a);
    ASSERT_ENTRIES(a, "one", "two");
    add(a, "two"); /* the newest of all sessions is not repeated */
    add(a, "three");
    history_refresh(b);
    ASSERT_ENTRIES(b, "one", "two", "three");
    history_close(a);
    history_close(b);
}

static void replaced_cut_or_removed_file(void **state)
{
    struct place *p = *state;
    struct history *h = open_quietly(p->file);
    add(h, "old one");
    add(h, "old two");
    char other[160];
    snprintf(other, sizeof other, "%s/other", p->dir);
    write_file(other, "new 1\nnew 2\nnew 3 and longer than what was there\n", 49);
    assert_int_equal(rename(other, p->file), 0);
    history_refresh(h);
    ASSERT_ENTRIES(h, "new 1", "new 2", "new 3 and longer than what was there");
    write_file(p->file, "cut\n", 4); /* in place */
    history_refresh(h);
    ASSERT_ENTRIES(h, "cut");
    unlink(p->file);
    add(h, "fresh");
    ASSERT_ENTRIES(h, "fresh");
    history_close(h);
    h = open_quietly(p->file);
    ASSERT_ENTRIES(h, "fresh");
    history_close(h);
}

static void damaged_file(void **state)
{
    struct place *p = *state;
    history_close(open_quietly(p->file));
    struct buf b = {0};
    buf_puts(&b, "good 1\n\n");
    buf_append(&b, "nul \0 inside\n", 13);
    for (int i = 0; i < 300000; i++)
        buf_putc(&b, 'x');
    buf_puts(&b, "\ngood \\q 2\ngood \\\n");
    buf_append(&b, "\0\0\0\0\n", 5);
    write_file(p->file, buf_data(&b), b.len);
    buf_release(&b);
    struct err err;
    struct history *h = history_open(p->file, &err);
    assert_non_null(strstr(err.text, "3 damaged lines were skipped"));
    ASSERT_ENTRIES(h, "good 1", "good \\q 2", "good \\");
    add(h, "more");
    history_close(h);
    h = history_open(p->file, &err);
    ASSERT_ENTRIES(h, "good 1", "good \\q 2", "good \\", "more");
    history_close(h);
}

static void torn_line_is_no_entry(void **state)
{
    struct place *p = *state;
    history_close(open_quietly(p->file));
    write_file(p->file, "good\nrm -rf /tmp\\", 17); /* of `rm -rf /tmp\\x/y`, say */
    struct history *a = open_quietly(p->file), *b = open_quietly(p->file);
    ASSERT_ENTRIES(a, "good");
    add(a, "next");
    ASSERT_ENTRIES(a, "good", "next");
    history_refresh(b);
    ASSERT_ENTRIES(b, "good", "next");
    history_close(a);
    history_close(b);
    a = open_quietly(p->file); /* and nobody is told about it for ever */
    ASSERT_ENTRIES(a, "good", "next");
    history_close(a);
}

static void long_lines(void **state)
{
    struct place *p = *state;
    struct history *h = open_quietly(p->file);
    size_t len = 64 << 10;
    char *line = xmalloc(len + 2);
    memset(line, '\\', len);
    line[len] = '\0';
    add(h, line); /* the longest that is written, and doubled by escaping */
    add(h, "short");
    struct err err;
    strcpy(line + len, "x");
    assert_false(history_add(h, line, NULL, 0, &err));
    assert_non_null(strstr(err.text, "memory only"));
    add(h, "after");
    line[len] = '\0';
    char *longer = xasprintf("%sx", line);
    ASSERT_ENTRIES(h, line, "short", longer, "after");
    history_close(h);
    h = open_quietly(p->file);
    ASSERT_ENTRIES(h, line, "short", "after");
    history_close(h);
    free(longer);
    free(line);
}

static void memory_is_bounded(void **state)
{
    (void)state;
    struct history *h = open_quietly(NULL);
    size_t len = 1 << 20, total = 0;
    char *line = xmalloc(len + 1);
    memset(line, 'x', len);
    line[len] = '\0';
    for (int i = 0; i < 40; i++) {
        line[0] = (char)('A' + i);
        add(h, line);
    }
    for (size_t i = 0; i < history_count(h); i++)
        total += strlen(history_entry(h, i));
    assert_int_equal(total, 16 << 20);
    assert_int_equal(history_entry(h, history_count(h) - 1)[0], 'A' + 39);
    history_close(h);
    free(line);
}

static void symbolic_link_is_refused(void **state)
{
    struct place *p = *state;
    history_close(open_quietly(p->file));
    unlink(p->file);
    char target[160];
    snprintf(target, sizeof target, "%s/target", p->dir);
    write_file(target, "precious\n", 9);
    assert_int_equal(symlink(target, p->file), 0);
    struct err err;
    struct history *h = history_open(p->file, &err);
    assert_non_null(strstr(err.text, "symbolic link"));
    assert_false(history_add(h, "line", NULL, 0, &err));
    assert_string_equal(err.text, ""); /* told once */
    ASSERT_ENTRIES(h, "line");
    history_close(h);
    struct buf b = read_file(target);
    assert_string_equal(buf_str(&b), "precious\n");
    buf_release(&b);
    struct stat st;
    assert_int_equal(stat(target, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
}

static void pipe_is_refused(void **state)
{
    struct place *p = *state;
    history_close(open_quietly(p->file));
    unlink(p->file);
    assert_int_equal(mkfifo(p->file, 0600), 0);
    struct err err;
    struct history *h = history_open(p->file, &err);
    assert_non_null(strstr(err.text, "not a file"));
    history_close(h);
}

static void mode_is_forced(void **state)
{
    struct place *p = *state;
    history_close(open_quietly(p->file));
    assert_int_equal(chmod(p->file, 0666), 0);
    history_close(open_quietly(p->file));
    struct stat st;
    assert_int_equal(stat(p->file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

/* What we do not know how to read is neither a command nor lost. */
static void another_version(void **state)
{
    struct place *p = *state;
    history_close(open_quietly(p->file));
    const char text[] = "one\n\x1fversion=2;x\x1ftwo\n\x1f- 5 0 0 /\x1fthree\n\x1fhalf\n";
    write_file(p->file, text, sizeof text - 1);
    struct err err;
    struct history *h = history_open(p->file, &err);
    assert_non_null(strstr(err.text, "2 damaged lines were skipped"));
    ASSERT_ENTRIES(h, "one", "three");
    add(h, "four");
    history_close(h);
    struct buf b = read_file(p->file);
    assert_non_null(strstr(buf_str(&b), "version=2;x"));
    buf_release(&b);
}

static void no_place_for_the_file(void **state)
{
    struct place *p = *state;
    char under_file[200];
    snprintf(under_file, sizeof under_file, "%s/plain", p->dir);
    write_file(under_file, "", 0);
    strcat(under_file, "/web1");
    const char *const paths[] = {under_file, "/proc/no/such/web1"};
    for (size_t i = 0; i < 2; i++) {
        struct err err;
        struct history *h = history_open(paths[i], &err);
        assert_non_null(strstr(err.text, "memory only"));
        assert_false(history_add(h, "line", NULL, 0, &err));
        history_refresh(h);
        ASSERT_ENTRIES(h, "line");
        history_close(h);
    }
}

/* In a child: what it asserts is told by its exit status. */
static void in_child(void (*body)(struct place *), struct place *p)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        body(p);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static void as_nobody(struct place *p)
{
    if (geteuid() == 0) {
        CHECK(setgid(65534) == 0);
        CHECK(setuid(65534) == 0);
    }
    struct err err;
    struct history *h = history_open(p->file, &err);
    CHECK(strstr(err.text, "memory only"));
    CHECK(!history_add(h, "mine", NULL, 0, &err));
    CHECK(history_count(h) >= 1);
    history_close(h);
}

static void another_users_file(struct place *p)
{
    if (geteuid() != 0)
        return; /* only root can give a file away */
    history_close(open_quietly(p->file));
    CHECK(chmod(p->dir, 0755) == 0);
    char folder[160];
    snprintf(folder, sizeof folder, "%s/a", p->dir);
    CHECK(chmod(folder, 0777) == 0);
    snprintf(folder, sizeof folder, "%s/a/b", p->dir);
    CHECK(chmod(folder, 0777) == 0);
    CHECK(chown(p->file, 1, 1) == 0);
    CHECK(chmod(p->file, 0666) == 0);
    CHECK(setgid(65534) == 0);
    CHECK(setuid(65534) == 0);
    struct err err;
    struct history *h = history_open(p->file, &err);
    CHECK(strstr(err.text, "another user's"));
    CHECK(!history_add(h, "mine", NULL, 0, &err));
    CHECK(history_count(h) == 1);
    history_close(h);
    struct stat st;
    CHECK(stat(p->file, &st) == 0 && st.st_size == 0);
}

static void not_ours(void **state)
{
    in_child(another_users_file, *state);
}

static void read_only_home(void **state)
{
    struct place *p = *state;
    snprintf(p->file, sizeof p->file, "%s/ro/web1", p->dir);
    char dir[128];
    snprintf(dir, sizeof dir, "%s/ro", p->dir);
    assert_int_equal(mkdir(dir, 0755), 0);
    assert_int_equal(chmod(p->dir, 0755), 0);
    assert_int_equal(chmod(dir, 0555), 0);
    in_child(as_nobody, p); /* no file, and none can be made */
    assert_int_equal(chmod(dir, 0755), 0);
    write_file(p->file, "theirs\n", 7);
    assert_int_equal(chmod(p->file, 0444), 0);
    in_child(as_nobody, p); /* a file that cannot be written */
    struct buf b = read_file(p->file);
    assert_string_equal(buf_str(&b), "theirs\n");
    buf_release(&b);
}

/* A limit on the file's size stands in for a full disk: the write comes back short. */
static void with_little_room(struct place *p)
{
    signal(SIGXFSZ, SIG_IGN);
    struct err err;
    struct history *h = history_open(p->file, &err);
    CHECK(history_add(h, "0123456789", NULL, 0, &err));
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    rlim_t old = limit.rlim_cur;
    limit.rlim_cur = 16;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK(!history_add(h, "does not fit", NULL, 0, &err));
    CHECK(strstr(err.text, "memory"));
    CHECK(history_count(h) == 2);
    struct stat st;
    CHECK(stat(p->file, &st) == 0);
    CHECK(st.st_size == 11); /* nothing half written stays */
    struct history *other = history_open(p->file, &err);
    CHECK(history_count(other) == 1);
    limit.rlim_cur = old;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK(history_add(h, "room again", NULL, 0, &err));
    history_refresh(other);
    CHECK(history_count(other) == 3);
    CHECK(strcmp(history_entry(other, 1), "does not fit") == 0);
    CHECK(strcmp(history_entry(other, 2), "room again") == 0);
    history_close(other);
    history_close(h);
}

static void full_disk(void **state)
{
    in_child(with_little_room, *state);
}

static void compaction(void **state)
{
    struct place *p = *state;
    history_close(open_quietly(p->file));
    struct buf b = {0};
    char newest[32] = "";
    for (int i = 0; i < 2 * HISTORY_ENTRIES; i++) {
        snprintf(newest, sizeof newest, "line %d", i);
        buf_printf(&b, "%s\n", newest);
    }
    write_file(p->file, buf_data(&b), b.len);
    size_t before = b.len;
    buf_release(&b);
    struct history *h = open_quietly(p->file), *other = open_quietly(p->file);
    char stale[160];
    snprintf(stale, sizeof stale, "%s%%new", p->file);
    write_file(stale, "stale", 5);
    add(h, "last");
    struct stat st;
    assert_int_equal(stat(p->file, &st), 0);
    assert_true((size_t)st.st_size < before * 6 / 10);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(access(stale, F_OK), -1);
    add(other, "from the other"); /* which had the old file open */
    add(h, "and back");
    history_refresh(other);
    for (int i = 0; i < 2; i++) {
        struct history *see = i ? other : h;
        assert_int_equal(history_count(see), HISTORY_ENTRIES);
        assert_string_equal(history_entry(see, HISTORY_ENTRIES - 1), "and back");
        assert_string_equal(history_entry(see, HISTORY_ENTRIES - 2), "from the other");
        assert_string_equal(history_entry(see, HISTORY_ENTRIES - 3), "last");
        assert_string_equal(history_entry(see, HISTORY_ENTRIES - 4), newest);
    }
    history_close(h);
    history_close(other);
}

static void stopped_lock_holder(void **state)
{
    struct place *p = *state;
    struct history *h = open_quietly(p->file);
    add(h, "one");
    int fd = open(p->file, O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    struct err err;
    assert_false(history_add(h, "two", NULL, 0, &err));
    assert_non_null(strstr(err.text, "locked"));
    ASSERT_ENTRIES(h, "one", "two");
    close(fd);
    add(h, "three"); /* what waited is written too */
    history_close(h);
    h = open_quietly(p->file);
    ASSERT_ENTRIES(h, "one", "two", "three");
    history_close(h);
}

/* ---- what is known of a command ---- */

static void add_known(struct history *h, const char *line, const char *cwd, int64_t time)
{
    struct err err;
    assert_true(history_add(h, line, cwd, time, &err));
}

static void assert_info(const struct history *h, size_t i, const char *cwd, int64_t time,
                        int status, int64_t duration)
{
    struct history_info info = history_info(h, i);
    assert_int_equal(info.time, time);
    assert_int_equal(info.status, status);
    assert_int_equal(info.duration, duration);
    assert_string_equal(info.cwd ? info.cwd : "", cwd);
}

static void known_things(void **state)
{
    struct place *p = *state;
    struct err err;
    struct history *a = open_quietly(p->file), *b = open_quietly(p->file);
    add_known(a, "make", "/a \\dir\nname", 1000);
    assert_info(a, 0, "/a \\dir\nname", 1000, -1, -1);
    history_refresh(b);
    assert_info(b, 0, "/a \\dir\nname", 1000, -1, -1);
    add_known(b, "ls", "", 1001);
    assert_true(history_ended(a, 3, 4567, &err)); /* the other session's line came between */
    assert_true(history_ended(a, 9, 9, &err));    /* it ends once */
    assert_info(a, 0, "/a \\dir\nname", 1000, 3, 4567);
    history_refresh(b);
    assert_info(b, 0, "/a \\dir\nname", 1000, 3, 4567);
    assert_true(history_is_own(a, 0) && !history_is_own(a, 1));
    add(a, "plain");
    assert_info(a, 2, "", 0, -1, -1);
    history_close(a);
    history_close(b);
    struct history *h = open_quietly(p->file);
    ASSERT_ENTRIES(h, "make", "ls", "plain");
    assert_info(h, 0, "/a \\dir\nname", 1000, 3, 4567);
    assert_info(h, 1, "", 1001, -1, -1);
    assert_false(history_is_own(h, 0));
    history_close(h);
}

/* The newest of the same lines is what counts. */
static void repeats_are_renewed(void **state)
{
    struct place *p = *state;
    struct err err;
    struct history *h = open_quietly(p->file);
    add_known(h, "make", "/a", 1000);
    assert_true(history_ended(h, 2, 10, &err));
    add_known(h, "make", "/b", 2000);
    ASSERT_ENTRIES(h, "make");
    assert_info(h, 0, "/b", 2000, -1, -1);
    history_close(h);
    h = open_quietly(p->file);
    ASSERT_ENTRIES(h, "make");
    assert_info(h, 0, "/b", 2000, -1, -1);
    history_close(h);
}

static void deleting(void **state)
{
    struct place *p = *state;
    struct err err;
    struct history *a = open_quietly(p->file), *b = open_quietly(p->file);
    add_known(a, "export KEY=hunter2", "/", 1);
    add_known(a, "ls", "/", 2);
    add_known(b, "export KEY=hunter2", "/", 3);
    history_refresh(a);
    assert_true(history_delete(a, history_entry(a, 0), &err));
    ASSERT_ENTRIES(a, "ls");
    history_refresh(b);
    ASSERT_ENTRIES(b, "ls");
    add_known(b, "next", "/", 4);
    history_close(a);
    history_close(b);
    struct buf text = read_file(p->file);
    assert_null(strstr(buf_str(&text), "hunter2"));
    assert_non_null(strstr(buf_str(&text), "next"));
    buf_release(&text);
}

static void suggestions(void **state)
{
    (void)state;
    struct history *h = open_quietly(NULL);
    add_known(h, "git push origin", "/one", 1);
    add_known(h, "git pull", "/two", 2);
    add_known(h, "git puzzle\nof rows", "/one", 3);
    assert_int_equal(history_suggest(h, "git pu", "/one"), 0);
    assert_int_equal(history_suggest(h, "git pu", "/two"), 1);
    assert_int_equal(history_suggest(h, "git pu", "/else"), 1);
    assert_int_equal(history_suggest(h, "git pull", ""), -1);
    struct err err;
    add_known(h, "git pum", "/one", 4);
    assert_true(history_ended(h, 127, 1, &err));
    assert_int_equal(history_suggest(h, "git pu", "/one"), 0); /* what was not found is the last */
    assert_int_equal(history_suggest(h, "git pum", "/one"), -1);
    add_known(h, "gti log", "/one", 5);
    assert_true(history_ended(h, 127, 1, &err));
    assert_int_equal(history_suggest(h, "gt", "/two"), 4);
    history_close(h);
}

/* ---- writers at the same time ---- */

#define WRITERS 6
#define LINES   1000

static void write_lines(const char *path, int writer)
{
    struct err err;
    struct history *h = history_open(path, &err);
    char line[64];
    for (int i = 0; i < LINES; i++) {
        snprintf(line, sizeof line, "writer %d\nline \\%d %.*s.", writer, i, i % 30,
                 "..............................");
        history_add(h, line, NULL, 0,
                    &err); /* what fails is written with the next or at the close */
    }
    history_close(h);
    _exit(0);
}

/* Each writer's lines are there once, whole and in order. */
static void check_lines(const char *path, size_t first_count)
{
    struct history *h = open_quietly(path);
    int next[WRITERS] = {0};
    assert_int_equal(history_count(h), first_count + WRITERS * LINES);
    for (size_t i = first_count; i < history_count(h); i++) {
        int writer, line, end = 0;
        const char *text = history_entry(h, i);
        assert_int_equal(sscanf(text, "writer %d\nline \\%d %n", &writer, &line, &end), 2);
        assert_in_range(writer, 0, WRITERS - 1);
        assert_int_equal(line, next[writer]++);
        assert_int_equal(strlen(text + end), line % 30 + 1);
    }
    history_close(h);
}

static void run_writers(const char *path)
{
    pid_t pids[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0)
            write_lines(path, i);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
}

static void writers_at_once(void **state)
{
    struct place *p = *state;
    run_writers(p->file);
    check_lines(p->file, 0);
}

/* The file is replaced while all write: nothing goes to the old one. */
static void writers_and_compaction(void **state)
{
    struct place *p = *state;
    history_close(open_quietly(p->file));
    struct buf b = {0};
    size_t lines = 2 * HISTORY_ENTRIES - WRITERS * LINES / 2;
    for (size_t i = 0; i < lines; i++)
        buf_printf(&b, "line %zu\n", i);
    write_file(p->file, buf_data(&b), b.len);
    buf_release(&b);
    struct stat before, after;
    assert_int_equal(stat(p->file, &before), 0);
    run_writers(p->file);
    assert_int_equal(stat(p->file, &after), 0);
    assert_true(after.st_ino != before.st_ino || after.st_size < before.st_size);
    check_lines(p->file, HISTORY_ENTRIES - WRITERS * LINES);
}

/* Writers killed at any moment: every line that is there is whole, and the file goes on. */
static void killed_writers(void **state)
{
    struct place *p = *state;
    for (int round = 0; round < 20; round++) {
        int ready[2];
        assert_int_equal(pipe(ready), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            struct err err;
            struct history *h = history_open(p->file, &err);
            char line[5000];
            for (int i = 0;; i++) {
                int n = snprintf(line, sizeof line, "%d ", i);
                memset(line + n, 'x', sizeof line - (size_t)n);
                strcpy(line + sizeof line - 5, "/end");
                history_add(h, line, NULL, 0, &err);
                if (i == round * 3)
                    CHECK(write(ready[1], "", 1) == 1);
            }
        }
        struct pollfd wait = {ready[0], POLLIN, 0};
        assert_int_equal(poll(&wait, 1, 10000), 1);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        close(ready[0]);
        close(ready[1]);
        struct history *h = open_quietly(p->file);
        add(h, "after the crash");
        assert_true(history_count(h) >= 2);
        for (size_t i = 0; i < history_count(h); i++) {
            const char *text = history_entry(h, i);
            if (strcmp(text, "after the crash") != 0) {
                assert_int_equal(strlen(text), 4999);
                assert_string_equal(text + 4995, "/end");
            }
        }
        history_close(h);
    }
}

static void paths(void **state)
{
    (void)state;
    static const struct {
        const char *host, *name;
    } table[] = {
        {"web1", "web1"},
        {"web-1.example.org", "web-1.example.org"},
        {"ann@web1", "ann@web1"},
        {"[::1]:22", "%5B::1%5D:22"},
        {"../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"},
        {".", "%2E"},
        {"..", "%2E."},
        {"a/b", "a%2Fb"},
        {"a%2Fb", "a%252Fb"},
        {"a\nb\x7f", "a%0Ab%7F"},
        {"caf\xc3\xa9", "caf%C3%A9"},
        {"", "%"},
        {"web 1", "web%201"},
    };
    setenv("XDG_STATE_HOME", "/state", 1);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *path = history_path(table[i].host);
        assert_memory_equal(path, "/state/tether/history/", 22);
        assert_string_equal(path + 22, table[i].name);
        free(path);
    }
    setenv("XDG_STATE_HOME", "relative/is/ignored", 1);
    setenv("HOME", "/home/ann", 1);
    char *path = history_path("web1");
    assert_string_equal(path, "/home/ann/.local/state/tether/history/web1");
    free(path);
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_null(history_path("web1"));
}

static void long_host_names(void **state)
{
    (void)state;
    setenv("XDG_STATE_HOME", "/s", 1);
    char host[1001];
    memset(host, '/', 1000);
    host[1000] = '\0';
    char *a = history_path(host);
    host[999] = 'x';
    char *b = history_path(host);
    assert_string_not_equal(a, b);
    assert_in_range(strlen(strrchr(a, '/') + 1), 180, 200);
    free(a);
    free(b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),
        TEST(kept_in_the_file),
        cmocka_unit_test(search),
        cmocka_unit_test(the_newest_are_kept),
        TEST(sessions_see_each_other),
        TEST(replaced_cut_or_removed_file),
        TEST(damaged_file),
        TEST(torn_line_is_no_entry),
        TEST(long_lines),
        cmocka_unit_test(memory_is_bounded),
        TEST(symbolic_link_is_refused),
        TEST(pipe_is_refused),
        TEST(mode_is_forced),
        TEST(another_version),
        TEST(not_ours),
        TEST(no_place_for_the_file),
        TEST(read_only_home),
        TEST(full_disk),
        TEST(compaction),
        TEST(stopped_lock_holder),
        TEST(known_things),
        TEST(repeats_are_renewed),
        TEST(deleting),
        cmocka_unit_test(suggestions),
        TEST(writers_at_once),
        TEST(writers_and_compaction),
        TEST(killed_writers),
        cmocka_unit_test(paths),
        cmocka_unit_test(long_host_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
