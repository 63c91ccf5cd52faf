#include "keys_fixture.h"

#include "proto/revoked_keys.h"

static char list[128];

static enum revoked check(int key, const char *complaint)
{
    struct err err = {.text = ""};
    snprintf(list, sizeof list, "%s/revoked", dir);
    enum revoked result = revoked_keys_check(list, keys[key].blob, keys[key].len, &err);
    if (complaint && !strstr(err.text, complaint))
        print_error("'%s' is not in: %s\n", complaint, err.text);
    assert_true(!complaint || strstr(err.text, complaint));
    return result;
}

static void lists_of_keys(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int key;
        enum revoked result;
        const char *complaint;
    } cases[] = {
        {"", ED1, REVOKED_NO, NULL},
        {"$1\n", ED1, REVOKED_YES, NULL},
        {"$2\n", ED1, REVOKED_NO, NULL},
        {"# a comment\n\n \t$3 c\r\n$1", ED1, REVOKED_YES, NULL},
        {"$1 comment\n", ED1, REVOKED_YES, NULL},
        {"$3\n$4\n$5\n", ED1, REVOKED_NO, NULL},
        {"$1\njunk\n", ED1, REVOKED_ERROR, "revoked:2 is no key"},
        {"junk\n$1\n", ED1, REVOKED_ERROR, "revoked:1 is no key"},
        {"web1 $1\n", ED1, REVOKED_ERROR, "revoked:1 is no key"},
        {"ssh-ed25519 AAAA\n", ED1, REVOKED_ERROR, "is no key"},
        {"ssh-ed25519\n", ED1, REVOKED_ERROR, "is no key"},
        {"SSHKRL\n", ED1, REVOKED_ERROR, "revoked:1 is no key"},
        {"SSHKRL\n$0", ED1, REVOKED_ERROR, "key revocation list that cannot be read"},
    };
    snprintf(list, sizeof list, "%s/revoked", dir);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_text(list, cases[i].text);
        enum revoked got = check(cases[i].key, cases[i].complaint);
        if (got != cases[i].result)
            print_error("%s: %d\n", cases[i].text, got);
        assert_int_equal(got, cases[i].result);
    }
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    unlink(list);
    assert_int_equal(check(ED1, "there is no"), REVOKED_ERROR);
    assert_int_equal(mkdir(list, 0700), 0);
    assert_int_equal(check(ED1, "no plain file"), REVOKED_ERROR);
    rmdir(list);
    assert_int_equal(symlink("/dev/zero", list), 0);
    assert_int_equal(check(ED1, "no plain file"), REVOKED_ERROR);
    unlink(list);
}

/* As ssh-keygen -Q judges what ssh-keygen -k has made of each of these. */
static void revocation_lists(void **state)
{
    (void)state;
    static const char *const specs[] = {
        "key: $1",
        "sha1: $1",
        "sha256: $1",
        "key: $1\nkey: $3\nkey: $5",
        "sha1: $2\nsha1: $4\nsha1: $5",
        "sha256: $2\nsha256: $4\nsha256: $5",
        "serial: 17\nserial: 20-30\nid: somebody",
        "serial: 17\nkey: $4\nsha256: $1",
        "$1\n$2",
    };
    char spec[128];
    snprintf(spec, sizeof spec, "%s/spec", dir);
    int revoked = 0;
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        put_text(spec, specs[i]);
        shell("ssh-keygen -q -k -f %s -s %s/rsa.pub %s", list, dir, spec);
        for (int key = 0; key < KEYS; key++) {
            char command[512];
            snprintf(command, sizeof command, "ssh-keygen -Q -f %s %s/%s.pub >/dev/null 2>&1", list,
                     dir, keys[key].name);
            bool theirs = system(command) != 0;
            assert_int_equal(check(key, NULL), theirs ? REVOKED_YES : REVOKED_NO);
            revoked += theirs;
        }
    }
    assert_in_range(revoked, 12, 30);
}

/* Cut anywhere but between its parts it cannot be read; no byte of it makes us fall over. */
static void damaged_lists(void **state)
{
    (void)state;
    char spec[128];
    uint8_t data[4096];
    snprintf(spec, sizeof spec, "%s/spec", dir);
    put_text(spec, "serial: 17\nkey: $1\nsha1: $3\nsha256: $4");
    shell("ssh-keygen -q -k -f %s -s %s/rsa.pub %s", list, dir, spec);
    FILE *f = fopen(list, "r");
    size_t len = fread(data, 1, sizeof data, f);
    fclose(f);
    int readable = 0;
    for (size_t cut = 8; cut < len; cut++) {
        f = fopen(list, "w");
        fwrite(data, 1, cut, f);
        fclose(f);
        readable += check(ED2, NULL) == REVOKED_NO;
    }
    assert_in_range(readable, 3, 5); /* behind the header, and behind each section */
    /* A section, or a critical extension, that is not known. */
    static const struct {
        const char *tail;
        size_t len;
        enum revoked result;
    } tails[] = {
        {"\7\0\0\0\0", 5, REVOKED_ERROR},
        {"\4\0\0\0\0\0\0\0\0", 9, REVOKED_ERROR},
        {"\xff\0\0\0\12\0\0\0\1x\0\0\0\0\0", 15, REVOKED_NO},
        {"\xff\0\0\0\12\0\0\0\1x\1\0\0\0\0", 15, REVOKED_ERROR},
        {"\xff\0\0\0\1x", 6, REVOKED_ERROR},
        {"\2\0\0\0\4\0\0\0\0", 9, REVOKED_ERROR},
        {"\3\0\0\0\6\0\0\0\2xx", 11, REVOKED_ERROR},
    };
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        f = fopen(list, "w");
        fwrite(data, 1, len, f);
        fwrite(tails[i].tail, 1, tails[i].len, f);
        fclose(f);
        assert_int_equal(check(ED2, NULL), tails[i].result);
    }
    data[11] = 2; /* a format of the future */
    f = fopen(list, "w");
    fwrite(data, 1, len, f);
    fclose(f);
    assert_int_equal(check(ED2, NULL), REVOKED_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_keys),
        cmocka_unit_test(files_that_cannot_be_read),
        cmocka_unit_test(revocation_lists),
        cmocka_unit_test(damaged_lists),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
