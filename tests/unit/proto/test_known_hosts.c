#include "sshd_fixture.h"

#include "base/pattern.h"
#include "proto/digest.h"
#include "proto/known_hosts.h"

static char dir[64], file[96];
static char *const *files;

/* Two keys of each of two types. */
static struct key {
    const char *name, *type;
    char *base64;
    uint8_t *blob;
    size_t len;
} keys[] = {{.name = "ed1", .type = "ssh-ed25519"},
            {.name = "ed2", .type = "ssh-ed25519"},
            {.name = "ec1", .type = "ecdsa-sha2-nistp256"},
            {.name = "ec2", .type = "ecdsa-sha2-nistp256"}};
enum { ED1, ED2, EC1, EC2, KEYS };

static int make_keys(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/tether-known.XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(file, sizeof file, "%s/known_hosts", dir);
    static char *list[] = {file, NULL};
    files = list;
    for (int i = 0; i < KEYS; i++) {
        char path[128], line[1024], *rest = line;
        shell("ssh-keygen -q -t %s -N '' -f %s/%s", i < EC1 ? "ed25519" : "ecdsa", dir,
              keys[i].name);
        snprintf(path, sizeof path, "%s/%s.pub", dir, keys[i].name);
        FILE *f = fopen(path, "r");
        assert_non_null(fgets(line, sizeof line, f));
        fclose(f);
        strsep(&rest, " ");
        keys[i].base64 = xstrdup(strsep(&rest, " "));
        keys[i].blob = base64_decode(keys[i].base64, strlen(keys[i].base64), &keys[i].len);
        assert_non_null(keys[i].blob);
    }
    return 0;
}

static int drop_keys(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++) {
        free(keys[i].base64);
        free(keys[i].blob);
    }
    shell("rm -rf %s", dir);
    return 0;
}

/* "$1".."$4" in a line become "TYPE BASE64" of that key. */
static void put_lines(const char *text)
{
    FILE *f = fopen(file, "w");
    for (; *text; text++)
        if (text[0] == '$' && text[1] >= '1' && text[1] <= '4') {
            fprintf(f, "%s %s", keys[text[1] - '1'].type, keys[text[1] - '1'].base64);
            text++;
        } else {
            fputc(*text, f);
        }
    fclose(f);
}

static enum known_host check(const char *name, int key, long *line)
{
    struct known_place place;
    struct err err;
    enum known_host verdict =
        known_hosts_check(files, name, keys[key].type, keys[key].blob, keys[key].len, &place, &err);
    if (line)
        *line = place.line;
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
        {"web1 $3\n", "web1", ED1, KNOWN_OTHER_TYPE, 1},
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
    if (getuid() != 0) {
        put_lines("web1 $1\n");
        chmod(file, 0);
        assert_int_equal(check("web1", ED1, NULL), KNOWN_ERROR);
        unlink(file);
    }
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

static void adding(void **state)
{
    (void)state;
    struct err err;
    struct stat st;
    char deep[128];
    snprintf(deep, sizeof deep, "%s/folder/known_hosts", dir);
    assert_true(
        known_hosts_add(deep, "web1", false, keys[ED1].type, keys[ED1].blob, keys[ED1].len, &err));
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    snprintf(deep, sizeof deep, "%s/folder", dir);
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    /* Behind a last line without its newline. */
    put_lines("web0 $2");
    assert_true(
        known_hosts_add(file, "web1", true, keys[ED1].type, keys[ED1].blob, keys[ED1].len, &err));
    assert_true(known_hosts_add(file, "[web2]:22022", true, keys[EC1].type, keys[EC1].blob,
                                keys[EC1].len, &err));
    assert_int_equal(check("web0", ED2, NULL), KNOWN_MATCH);
    assert_int_equal(check("web1", ED1, NULL), KNOWN_MATCH);
    assert_int_equal(check("[web2]:22022", EC1, NULL), KNOWN_MATCH);
    shell("! grep -q web1 %s && ssh-keygen -F web1 -f %s >/dev/null", file, file);
    shell("ssh-keygen -F '[web2]:22022' -f %s >/dev/null", file);
    assert_false(known_hosts_add("/dev/full", "web1", false, keys[ED1].type, keys[ED1].blob,
                                 keys[ED1].len, &err));
    assert_non_null(strstr(err.text, "No space left"));
    assert_false(known_hosts_add("/proc/none/known_hosts", "web1", false, keys[ED1].type,
                                 keys[ED1].blob, keys[ED1].len, &err));
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
                ok = ok && known_hosts_add(file, name, i % 2 == 0, keys[ED1].type, keys[ED1].blob,
                                           keys[ED1].len, &err);
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

static void names_and_fingerprints(void **state)
{
    (void)state;
    char *name = known_hosts_name("Web1.Example", 22);
    assert_string_equal(name, "web1.example");
    free(name);
    name = known_hosts_name("FE80::1", 2200);
    assert_string_equal(name, "[fe80::1]:2200");
    free(name);
    char *print = known_hosts_fingerprint(keys[ED1].blob, keys[ED1].len);
    shell("test \"$(ssh-keygen -lf %s/ed1.pub | cut -d' ' -f2)\" = '%s'", dir, print);
    free(print);
}

/* Made-up lines and names, judged by us and by ssh-keygen -F. */
static void as_ssh_keygen(void **state)
{
    (void)state;
    static const char *const parts[] = {"web1", "web2",     "WEB1",   "*",           "web*",
                                        "w?b1", "!web1",    "!web*",  "[web1]:2222", "[*]:2222",
                                        "!*",   "10.0.0.1", "10.0.*", "a",           "[web1]:22",
                                        "**1",  "*1*"};
    static const char *const names[] = {"web1", "web2", "[web1]:2222", "10.0.0.1", "web11"};
    unsigned seed = 4711;
    enum { N = sizeof parts / sizeof parts[0], M = sizeof names / sizeof names[0] };
    int found = 0;
    for (int round = 0; round < 300; round++) {
        char line[256] = "";
        int count = 1 + rand_r(&seed) % 3;
        for (int i = 0; i < count; i++) {
            strcat(line, i ? "," : "");
            strcat(line, parts[rand_r(&seed) % N]);
        }
        strcat(line, rand_r(&seed) % 4 ? " $1\n" : "\t$1 comment\r\n");
        put_lines(line);
        const char *name = names[rand_r(&seed) % M];
        if (round % 5 == 0) { /* hashed by ssh-keygen itself */
            snprintf(line, sizeof line, "%s $1\n", names[rand_r(&seed) % M]);
            put_lines(line);
            shell("ssh-keygen -H -f %s >/dev/null 2>&1; rm -f %s.old", file, file);
        }
        char command[256];
        snprintf(command, sizeof command, "ssh-keygen -F '%s' -f %s >/dev/null 2>&1", name, file);
        bool theirs = system(command) == 0;
        bool ours = check(name, ED1, NULL) == KNOWN_MATCH;
        if (ours != theirs)
            print_error("'%s' in: %s", name, line);
        assert_int_equal(ours, theirs);
        found += ours;
    }
    assert_in_range(found, 50, 250); /* the cases are worth something */
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
        cmocka_unit_test(types_in_order),
        cmocka_unit_test(adding),
        cmocka_unit_test(adding_at_once),
        cmocka_unit_test(names_and_fingerprints),
        cmocka_unit_test(as_ssh_keygen),
        cmocka_unit_test(patterns),
        cmocka_unit_test(base64_is_strict),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
