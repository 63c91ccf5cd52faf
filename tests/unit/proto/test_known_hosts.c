#include "keys_fixture.h"

#include <sys/file.h>
#include <sys/resource.h>

#include "base/pattern.h"
#include "proto/known_hosts.h"

static char *const files[] = {file, NULL};

static enum known_host check(const char *name, int key, long *line)
{
    struct known_place place;
    struct err err;
    enum known_host verdict =
        known_hosts_check(files, name, keys[key].blob, keys[key].len, &place, &err);
    if (line)
        *line = place.line;
    assert_true(place.line == 0 || strcmp(place.file, file) == 0);
    return verdict;
}

static void verdicts(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *name;
        int key;
        enum known_host verdict;
        long line;
    } cases[] = {
        {"", "web1", ED1, KNOWN_NEW, 0},
        {"web1 $1\n", "web1", ED1, KNOWN_MATCH, 1},
        {"web1 $1", "web1", ED1, KNOWN_MATCH, 1},
        {"web1 $1\r\n", "web1", ED1, KNOWN_MATCH, 1},
        {"  \t web1\t $1 a comment\n", "web1", ED1, KNOWN_MATCH, 1},
        {"# web1 $1\n\nweb1 $1\n", "web1", ED1, KNOWN_MATCH, 3},
        {"web2 $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 $2\n", "web1", ED1, KNOWN_CHANGED, 1},
        {"web1 $2\nweb1 $1\n", "web1", ED1, KNOWN_MATCH, 2},
        {"web1 $1\nweb1 $2\n", "web1", ED1, KNOWN_MATCH, 1},
        {"web1 $3\n", "web1", ED1, KNOWN_CHANGED, 1},
        {"web1 $2\nweb1 $3\n", "web1", ED1, KNOWN_CHANGED, 1},
        {"web1 $3\nweb1 $5\nweb1 $1\n", "web1", ED1, KNOWN_MATCH, 3},
        {"web1 $3\nweb1 $2\n", "web1", ED1, KNOWN_CHANGED, 2},
        {"WEB1 $1\n", "web1", ED1, KNOWN_MATCH, 1},
        {"a,web1,b $1\n", "web1", ED1, KNOWN_MATCH, 1},
        {"web* $1\n", "web1", ED1, KNOWN_MATCH, 1},
        {"web? $1\n", "web12", ED1, KNOWN_NEW, 0},
        {"*,!web1 $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"!web1,* $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"!web2,* $1\n", "web1", ED1, KNOWN_MATCH, 1},
        {"!web2 $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"[web1]:2222 $1\n", "[web1]:2222", ED1, KNOWN_MATCH, 1},
        {"[web1]:2222 $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 $1\n", "[web1]:2222", ED1, KNOWN_NEW, 0},
        {"[*]:2222 $1\n", "[web1]:2222", ED1, KNOWN_MATCH, 1},
        {"@revoked * $1\n", "web1", ED1, KNOWN_REVOKED, 1},
        {"@revoked * $2\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 $1\n@revoked web1 $1\n", "web1", ED1, KNOWN_REVOKED, 2},
        {"@revoked web1 $1\nweb1 $1\n", "web1", ED1, KNOWN_REVOKED, 1},
        {"@cert-authority * $1\n", "web1", ED1, KNOWN_NEW, 1},
        {"@cert-authority * $1\nweb1 $1\n", "web1", ED1, KNOWN_MATCH, 2},
        {"@unknown web1 $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"@revoked\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 ssh-ed25519\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 ssh-ed25519 !!!!\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 ssh-ed25519 AAAA\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 1024 35 123456789\n", "web1", ED1, KNOWN_NEW, 0},
        {"|1|| $1\n|1|x|y $1\n|1| $1\n| $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"|1|AAAA|AAAA $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 $1\r\r\n", "web1", ED1, KNOWN_MATCH, 1},
        {"web1\r $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 $0$1\nweb1 $3$0 rest\n", "web1", EC1, KNOWN_MATCH, 2},
        {"\xef\xbb\xbfweb1 $2\nweb1 $1\n", "web1", ED1, KNOWN_MATCH, 2},
        {"web1. $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"fe80::1%eth0,2001:DB8::1 $1\n", "2001:db8::1", ED1, KNOWN_MATCH, 1},
        {"[2001:db8::1]:2222 $1\n", "[2001:db8::1]:2222", ED1, KNOWN_MATCH, 1},
        {"@revoked\tweb1 $1\n", "web1", ED1, KNOWN_REVOKED, 1},
        {"@revoked *,!web1 $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"@revoked @cert-authority web1 $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"@cert-authority *,!web1 $1\n", "web1", ED1, KNOWN_NEW, 0},
        {"@cert-authority * $2\nweb1 $3\n", "web1", ED1, KNOWN_CHANGED, 2},
        /* What is no key is passed over, what is one of a kind that is not known is not. */
        {"web1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAQA=\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 ssh-new@a.b AAAADXNzaC1uZXdAYS5iAAA=\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 ssh-new@a.b AAAACXNzaC1uZXdAYQ==\n", "web1", ED1, KNOWN_NEW, 0},
        {"web1 ssh-new@a AAAACXNzaC1uZXdAYQAAAAA=\n", "web1", ED1, KNOWN_CHANGED, 1},
        {"web1 ssh-ed25519-cert-v01@openssh.com "
         "AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAAA==\n",
         "web1", ED1, KNOWN_CHANGED, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        long line;
        put_lines(cases[i].lines);
        enum known_host got = check(cases[i].name, cases[i].key, &line);
        if (got != cases[i].verdict || line != cases[i].line)
            print_error("%s for '%s': %d, line %ld\n", cases[i].lines, cases[i].name, got, line);
        assert_int_equal(got, cases[i].verdict);
        assert_int_equal(line, cases[i].line);
    }
}

/* A line whose type and blob disagree is no line. */
static void type_must_fit_the_blob(void **state)
{
    (void)state;
    FILE *f = fopen(file, "w");
    fprintf(f, "web1 ecdsa-sha2-nistp256 %s\n", keys[ED1].base64);
    fclose(f);
    assert_int_equal(check("web1", ED1, NULL), KNOWN_NEW);
    /* But these are names of one type. */
    f = fopen(file, "w");
    fprintf(f, "web1 rsa-sha2-512 %s\n", keys[RSA].base64);
    fclose(f);
    assert_int_equal(check("web1", RSA, NULL), KNOWN_MATCH);
}

static void hostile_files(void **state)
{
    (void)state;
    FILE *f = fopen(file, "w");
    for (int i = 0; i < 5 * 1024 * 1024; i++) /* one giant line */
        fputc("ab,"[i % 3], f);
    fputs("\nweb1 ", f);
    fputc('\0', f);
    fprintf(f, "%s %s\nweb1 %s %s\n", keys[ED2].type, keys[ED2].base64, keys[ED1].type,
            keys[ED1].base64);
    fclose(f);
    long line;
    assert_int_equal(check("web1", ED1, &line), KNOWN_MATCH);
    assert_int_equal(line, 3);
    unlink(file);
    assert_int_equal(check("web1", ED1, NULL), KNOWN_NEW); /* there is none */
    assert_int_equal(mkfifo(file, 0600), 0);
    assert_int_equal(check("web1", ED1, NULL), KNOWN_ERROR);
    unlink(file);
    assert_int_equal(mkdir(file, 0700), 0);
    assert_int_equal(check("web1", ED1, NULL), KNOWN_ERROR);
    rmdir(file);
    assert_int_equal(symlink(file, file), 0); /* a loop */
    assert_int_equal(check("web1", ED1, NULL), KNOWN_ERROR);
    unlink(file);
    assert_int_equal(symlink("/dev/zero", file), 0); /* without end */
    assert_int_equal(check("web1", ED1, NULL), KNOWN_ERROR);
    unlink(file);
    assert_int_equal(symlink("/dev/null", file), 0);
    assert_int_equal(check("web1", ED1, NULL), KNOWN_NEW);
    unlink(file);
    FILE *large = fopen(file, "w");
    assert_int_equal(fseek(large, 65L * 1024 * 1024, SEEK_SET), 0);
    fputc('\n', large);
    fclose(large);
    assert_int_equal(check("web1", ED1, NULL), KNOWN_ERROR);
    unlink(file);
    if (getuid() != 0) {
        put_lines("web1 $1\n");
        chmod(file, 0);
        assert_int_equal(check("web1", ED1, NULL), KNOWN_ERROR);
        unlink(file);
    }
}

/* Revoked in any file, and unread in any, counts. */
static void several_files(void **state)
{
    (void)state;
    char second[128];
    snprintf(second, sizeof second, "%s/second", dir);
    char *const both[] = {file, second, NULL};
    struct known_place place;
    struct err err;
    const struct key *key = &keys[ED1];
    put_lines("web1 $1\n");
    put_text(second, "web1 $2\n");
    assert_int_equal(known_hosts_check(both, "web1", key->blob, key->len, &place, &err),
                     KNOWN_MATCH);
    assert_string_equal(place.file, file);
    key = &keys[ED2];
    assert_int_equal(known_hosts_check(both, "web1", key->blob, key->len, &place, &err),
                     KNOWN_MATCH);
    assert_string_equal(place.file, second);
    put_text(second, "# first\n@revoked * $1");
    key = &keys[ED1];
    assert_int_equal(known_hosts_check(both, "web1", key->blob, key->len, &place, &err),
                     KNOWN_REVOKED);
    assert_string_equal(place.file, second);
    assert_int_equal(place.line, 2);
    unlink(second);
    assert_int_equal(mkdir(second, 0700), 0);
    assert_int_equal(known_hosts_check(both, "web1", key->blob, key->len, &place, &err),
                     KNOWN_ERROR);
    assert_non_null(strstr(err.text, second));
    rmdir(second);
    assert_int_equal(known_hosts_check(NULL, "web1", key->blob, key->len, &place, &err), KNOWN_NEW);
    assert_int_equal(known_hosts_check(both, "web1", key->blob, 3, &place, &err), KNOWN_ERROR);
}

static void other_names(void **state)
{
    (void)state;
    char *saved = getenv("HOME") ? xstrdup(getenv("HOME")) : NULL;
    put_lines("web1 $1\nweb2,10.0.0.2 $1\nweb3 $2\n@revoked web4 $1\n@cert-authority * $1\n"
              "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= $1\nbad\x1b[31m $1\n");
    setenv("HOME", dir, 1);
    char **names = known_hosts_other_names(files, "web1", keys[ED1].blob, keys[ED1].len, 8);
    assert_string_equal(names[0], "~/known_hosts:2: web2,10.0.0.2");
    assert_string_equal(names[1], "~/known_hosts:6: [hashed name]");
    assert_string_equal(names[2], "~/known_hosts:7: bad\\x1b[31m");
    assert_null(names[3]);
    ssh_list_free(names);
    names = known_hosts_other_names(files, "web2", keys[ED1].blob, keys[ED1].len, 2);
    assert_string_equal(names[0], "~/known_hosts:1: web1");
    assert_string_equal(names[2], "(and 1 more)");
    assert_null(names[3]);
    ssh_list_free(names);
    assert_null(known_hosts_other_names(files, "web3", keys[ED2].blob, keys[ED2].len, 8));
    if (saved)
        setenv("HOME", saved, 1);
    free(saved);
}

static void types_in_order(void **state)
{
    (void)state;
    put_lines("web1 $3\nweb1 $1\nweb1 $2\nother $4\n@revoked web2 $1\n");
    char *types = known_hosts_types(files, "web1");
    assert_string_equal(types, "ssh-ed25519,ecdsa-sha2-nistp256");
    free(types);
    types = known_hosts_types(files, "other");
    assert_string_equal(types, "ecdsa-sha2-nistp256");
    free(types);
    assert_null(known_hosts_types(files, "web2"));
    assert_null(known_hosts_types(files, "nobody"));
}

static bool add(const char *path, const char *name, bool hashed, int key, struct err *err)
{
    return known_hosts_add(path, (const char *[]){name, NULL}, hashed, keys[key].blob,
                           keys[key].len, err);
}

static void adding(void **state)
{
    (void)state;
    struct err err;
    struct stat st;
    char deep[128];
    snprintf(deep, sizeof deep, "%s/folder/known_hosts", dir);
    assert_true(add(deep, "web1", false, ED1, &err));
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    snprintf(deep, sizeof deep, "%s/folder", dir);
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    /* Behind a last line without its newline. */
    put_lines("web0 $2");
    assert_true(add(file, "web1", true, ED1, &err));
    assert_true(add(file, "[web2]:22022", true, EC1, &err));
    assert_int_equal(check("web0", ED2, NULL), KNOWN_MATCH);
    assert_int_equal(check("web1", ED1, NULL), KNOWN_MATCH);
    assert_int_equal(check("[web2]:22022", EC1, NULL), KNOWN_MATCH);
    shell("! grep -q web1 %s && ssh-keygen -F web1 -f %s >/dev/null", file, file);
    shell("ssh-keygen -F '[web2]:22022' -f %s >/dev/null", file);
    assert_true(add("/dev/null", "web1", false, ED1, &err));
    assert_false(add("/dev/full", "web1", false, ED1, &err));
    assert_non_null(strstr(err.text, "/dev/full: No space left"));
    assert_false(add("/proc/none/known_hosts", "web1", false, ED1, &err));
    assert_non_null(strstr(err.text, "/proc/none/known_hosts"));
    static const char *const bad[] = {"",     "a b",  "a\tb", "a\nb", "a,b",  "*",
                                      "web?", "!web", "|1|x", "#web", "@web", "a\x7f"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(add(file, bad[i], i % 2, ED1, &err));
}

/* Two names: on one line, or hashed on a line each. */
static void adding_two_names(void **state)
{
    (void)state;
    static const char *const names[] = {"web1", "[10.0.0.1]:2222", NULL};
    struct err err;
    for (int hashed = 0; hashed < 2; hashed++) {
        put_lines("");
        assert_true(known_hosts_add(file, names, hashed, keys[ED1].blob, keys[ED1].len, &err));
        for (int i = 0; i < 2; i++) {
            assert_int_equal(check(names[i], ED1, NULL), KNOWN_MATCH);
            shell("ssh-keygen -F '%s' -f %s >/dev/null", names[i], file);
        }
        shell("test $(wc -l < %s) = %d", file, hashed + 1);
    }
}

/* A disk that is full in the middle of a line: nothing of it stays, or it does no harm. */
static void adding_half_a_line(void **state)
{
    (void)state;
    struct rlimit old, small = {.rlim_cur = 60, .rlim_max = RLIM_INFINITY};
    struct err err;
    put_lines("web0 # short\n");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool added = add(file, "web1", false, ED1, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_false(added);
    assert_non_null(strstr(err.text, "the disk is full"));
    shell("test \"$(cat %s)\" = 'web0 # short'", file);
}

/* While we wait for the lock the file is replaced, as by ssh-keygen -R: the line goes to the
   new one. */
static void adding_while_it_is_replaced(void **state)
{
    (void)state;
    int ready[2];
    struct err err;
    put_lines("web0 $2\n");
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(file, O_RDWR);
        bool ok = flock(fd, LOCK_EX) == 0 && write(ready[1], "", 1) == 1;
        poll(NULL, 0, 200); /* let it open the file and find it locked */
        char fresh[128];
        snprintf(fresh, sizeof fresh, "%s/fresh", dir);
        put_text(fresh, "web0 $2\n");
        ok = ok && rename(fresh, file) == 0;
        _exit(ok ? 0 : 1);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_true(add(file, "web1", false, ED1, &err));
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(check("web0", ED2, NULL), KNOWN_MATCH);
    assert_int_equal(check("web1", ED1, NULL), KNOWN_MATCH);
    shell("test $(wc -l < %s) = 2", file);
    close(ready[0]);
    close(ready[1]);
}

/* Many writers at once: every line whole. */
static void adding_at_once(void **state)
{
    (void)state;
    put_lines("first $1");
    pid_t pids[8];
    for (int p = 0; p < 8; p++) {
        pids[p] = fork();
        if (pids[p] == 0) {
            struct err err;
            bool ok = true;
            for (int i = 0; i < 25; i++) {
                char name[32];
                snprintf(name, sizeof name, "host-%d-%d", p, i);
                ok = ok && add(file, name, i % 2 == 0, ED1, &err);
            }
            _exit(ok ? 0 : 1);
        }
    }
    for (int p = 0; p < 8; p++) {
        int status;
        waitpid(pids[p], &status, 0);
        assert_int_equal(status, 0);
    }
    for (int p = 0; p < 8; p++)
        for (int i = 0; i < 25; i++) {
            char name[32];
            snprintf(name, sizeof name, "host-%d-%d", p, i);
            assert_int_equal(check(name, ED1, NULL), KNOWN_MATCH);
        }
    assert_int_equal(check("first", ED1, NULL), KNOWN_MATCH);
}

static void names(void **state)
{
    (void)state;
    char *name = known_hosts_name("Web1.Example", 22);
    assert_string_equal(name, "web1.example");
    free(name);
    name = known_hosts_name("FE80::1", 2200);
    assert_string_equal(name, "[fe80::1]:2200");
    free(name);
}

/* ---- made-up files, judged by us and by ssh-keygen -l -F ---- */

#define FILES 300

static unsigned seed = 4711;

static const char *pick(const char *const *list, size_t count)
{
    return list[(size_t)rand_r(&seed) % count];
}
#define PICK(list) pick(list, sizeof(list) / sizeof((list)[0]))

static const char *const lookups[] = {"web1",  "web2",        "[web1]:2222", "10.0.0.1",
                                      "web11", "2001:db8::1", "[::1]:2222",  "a.b.example"};

static void make_line(struct buf *out)
{
    static const char *const before[] = {"",          "",           "",
                                         "",          " ",          "\t ",
                                         "@revoked ", "@revoked  ", "@cert-authority ",
                                         "@unknown ", "#",          "\xef\xbb\xbf"};
    static const char *const hosts[] = {
        "web1",   "web2",       "WEB1",        "*",        "web*",       "w?b1", "!web1",
        "!web*",  "a",          "[web1]:2222", "[*]:2222", "!*",         "*1*",  "10.0.0.1",
        "10.0.*", "**1",        "[web1]:22",   "web1.",    "!10.0.0.1",  "web1", "2001:DB8::1",
        "2001:*", "[::1]:2222", "*.example",   "web2",     "!*.example", "",     "[web1]:2222"};
    static const char *const key[] = {"$1",          "$2",   "$3", "$4",
                                      "$5",          "$1",   "$1", "ssh-ed25519 AAAA",
                                      "ssh-ed25519", "junk", "",   "1024 35 1"};
    static const char *const between[] = {" ", " ", " ", "\t", " \t "};
    static const char *const after[] = {"\n",           "\n",     "\n",       "\r\n",
                                        " a comment\n", " c\r\n", "$0 rest\n"};
    buf_puts(out, PICK(before));
    for (int i = 0, count = 1 + rand_r(&seed) % 3; i < count; i++)
        buf_printf(out, "%s%s", i ? "," : "", PICK(hosts));
    buf_puts(out, PICK(between));
    buf_puts(out, PICK(key));
    buf_puts(out, PICK(after));
}

/* Of the keys on the lines that ssh-keygen finds for the name, what they mean for this one. */
static enum known_host their_verdict(const char *found, const char *print)
{
    enum known_host verdict = KNOWN_NEW;
    bool revoked = false, authority = false;
    char *copy = xstrdup(found), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n")) && *line;) {
        if (*line == '#') {
            revoked = strstr(line, " REVOKED") != NULL;
            authority = strstr(line, " CA") != NULL;
            continue;
        }
        bool same = strstr(line, print) != NULL;
        if (revoked && same)
            verdict = KNOWN_REVOKED;
        if (!revoked && !authority && verdict != KNOWN_REVOKED && verdict != KNOWN_MATCH)
            verdict = same ? KNOWN_MATCH : KNOWN_CHANGED;
    }
    free(copy);
    return verdict;
}

static void compare_with_ssh_keygen(const char *name, int verdicts[KNOWN_ERROR])
{
    char command[256], found[16384];
    snprintf(command, sizeof command, "ssh-keygen -l -F '%s' -f %s 2>/dev/null", name, file);
    FILE *f = popen(command, "r");
    found[fread(found, 1, sizeof found - 1, f)] = '\0';
    pclose(f);
    for (int i = 0; i < KEYS; i++) {
        char *print = fingerprint_text(FINGERPRINT_SHA256, keys[i].blob, keys[i].len);
        enum known_host theirs = their_verdict(found, print), ours = check(name, i, NULL);
        free(print);
        if (ours != theirs) {
            print_error("'%s', key %d: ssh-keygen %d, we %d; it found:\n%s\nin\n", name, i + 1,
                        theirs, ours, found);
            shell("cat -A %s >&2", file);
        }
        assert_int_equal(ours, theirs);
        verdicts[ours]++;
    }
}

static void as_ssh_keygen(void **state)
{
    (void)state;
    int verdicts[KNOWN_ERROR] = {0};
    for (int i = 0; i < FILES; i++) {
        struct buf text = {0};
        for (int n = 1 + rand_r(&seed) % 6; n > 0; n--)
            make_line(&text);
        if (i % 4 == 0)
            text.len--; /* without its last newline */
        put_lines(buf_str(&text));
        if (i % 5 == 0)
            shell("ssh-keygen -H -f %s >/dev/null 2>&1; rm -f %s.old", file, file);
        compare_with_ssh_keygen(PICK(lookups), verdicts);
        buf_release(&text);
    }
    for (int i = 0; i < KNOWN_ERROR; i++) /* the cases are worth something */
        assert_true(verdicts[i] > 20);
}

static void patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool match;
    } cases[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"?", "", false},
        {"a*b*c", "abc", true},
        {"a*b*c", "axxbyyc", true},
        {"a*b*c", "axxbyy", false},
        {"*a", "aaa", true},
        {"??", "ab", true},
        {"a?", "a", false},
        {"*?*", "x", true},
        {"a**b", "ab", true},
        {"*.b.*", "a.bc.b", false},
        {"*.b.*", "a.bc.b.", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(pattern_match(cases[i].pattern, cases[i].text), cases[i].match);
    /* A pattern meant to take for ever. */
    char text[4096];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    int64_t before = clock_ms();
    assert_false(pattern_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
    assert_true(clock_ms() - before < 1000);
}

static void base64_is_strict(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "A", "AA", "AAA", "====", "A===", "AA=A", "AAAA=", "AA A", "AAA\n", "AA-_", "AAAA===="};
    size_t len;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(base64_decode(bad[i], strlen(bad[i]), &len));
    for (size_t n = 0; n < 70; n++) {
        uint8_t data[70];
        for (size_t i = 0; i < n; i++)
            data[i] = (uint8_t)(i * 37 + n);
        char *text = base64_encode(data, n);
        uint8_t *back = base64_decode(text, strlen(text), &len);
        assert_true(n == 0 ? back == NULL : back && len == n && memcmp(back, data, n) == 0);
        free(text);
        free(back);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(type_must_fit_the_blob),
        cmocka_unit_test(hostile_files),
        cmocka_unit_test(several_files),
        cmocka_unit_test(other_names),
        cmocka_unit_test(types_in_order),
        cmocka_unit_test(adding),
        cmocka_unit_test(adding_two_names),
        cmocka_unit_test(adding_half_a_line),
        cmocka_unit_test(adding_while_it_is_replaced),
        cmocka_unit_test(adding_at_once),
        cmocka_unit_test(names),
        cmocka_unit_test(as_ssh_keygen),
        cmocka_unit_test(patterns),
        cmocka_unit_test(base64_is_strict),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
