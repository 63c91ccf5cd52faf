/* The host key stage by itself, without a connection: what is asked, said, stored. */
#include "keys_fixture.h"

#include <pthread.h>

#include "proto/known_hosts.h"
#include "proto/ssh_priv.h"

#define NAME "web1"
#define IP   "192.0.2.1"

/* ---- running it ---- */

struct judging {
    struct connect_worker w;
    bool accepted;
    struct buf seen; /* a line for each event */
    int questions;
};

static void *run(void *data)
{
    struct judging *j = data;
    j->accepted = worker_judge_host_key(&j->w);
    mailbox_post(j->w.mail, &(struct connect_event){.kind = CONNECT_DONE});
    return NULL;
}

/* Answers in turn; past the last the question is given up. */
static void judge(struct judging *j, const char *const *answers)
{
    pthread_t thread;
    struct err err;
    j->w.mail = mailbox_new(&err);
    assert_non_null(j->w.mail);
    j->w.stage = STAGE_HOST_KEY;
    j->w.target = j->w.s.name;
    assert_int_equal(pthread_create(&thread, NULL, run, j), 0);
    for (bool over = false; !over;) {
        struct pollfd p = {.fd = mailbox_fd(j->w.mail), .events = POLLIN};
        struct connect_event e;
        poll(&p, 1, PATIENCE_MS);
        while (mailbox_next(j->w.mail, &e)) {
            over = over || e.kind == CONNECT_DONE;
            buf_printf(&j->seen, "%s\n%s\n", e.text ? e.text : "",
                       e.prompt_count ? e.prompt[0].text : "");
            if (e.kind == CONNECT_QUESTION) {
                bool given = answers && *answers;
                mailbox_answer(j->w.mail, given ? answers : NULL, 1);
                answers += given;
                j->questions++;
            }
            connect_event_release(&e);
        }
    }
    pthread_join(thread, NULL);
    mailbox_free(j->w.mail);
}

static void begin(struct judging *j, int key)
{
    *j = (struct judging){.accepted = false};
    struct ssh_settings *s = &j->w.s;
    ssh_settings_init(s);
    ssh_string_set(&s->name, NAME);
    ssh_string_set(&s->hostname, NAME);
    ssh_list_add(&s->user_known_hosts, file);
    snprintf(j->w.address, sizeof j->w.address, "%s", IP);
    j->w.host_key = keys[key].blob;
    j->w.host_key_len = keys[key].len;
}

static void end(struct judging *j)
{
    ssh_settings_release(&j->w.s);
    free(j->w.failure);
    buf_release(&j->seen);
}

static void expect(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("'%s' is not in:\n%s\n", part, text);
    assert_non_null(strstr(text, part));
}

/* ---- the table ---- */

enum { BATCH = 1, HASH = 2, BY_IP = 4, TRUST_LOCALHOST = 8, NO_FILE = 16, VISUAL = 32 };

static const struct row {
    const char *lines; /* known_hosts; "$1" as in the fixture */
    int key;
    enum ssh_strict strict;
    int flags;
    const char *answers[4];
    bool accepted;
    int questions;
    const char *says;   /* in the failure, or in what was shown */
    const char *stored; /* the names that the key is found by afterwards, one blank between */
    const char *alias, *address;
    int port;
} table[] = {
    /* Known, new, changed. */
    {"web1 $1\n", ED1, STRICT_ASK, .accepted = true},
    {"web1 $1\n", ED1, STRICT_YES, .accepted = true},
    {"web1 $1\n", ED1, STRICT_ASK, VISUAL, .accepted = true, .says = "+--[ED25519 256]--+"},
    {"", ED1, STRICT_ASK, .answers = {"yes"}, .accepted = true, .questions = 1,
     .says = "web1 (192.0.2.1) is not a known host.\nIts ED25519 key is SHA256:", .stored = "web1"},
    {"", EC1, STRICT_ASK, .answers = {" \tYES \t"}, .accepted = true, .questions = 1,
     .says = "+---[ECDSA 256]---+", .stored = "web1"},
    {"", ED1, STRICT_ASK, .answers = {"maybe", "y", "no"}, .questions = 3,
     .says = "the host's key was not accepted"},
    {"", ED1, STRICT_ASK, .answers = {""}, .questions = 1, .says = "was not accepted"},
    {"", ED1, STRICT_ASK, .questions = 1, .says = "given up at the question"},
    {"", ED1, STRICT_ASK, BATCH, .says = "BatchMode forbids it"},
    {"", ED1, STRICT_YES, .says = "StrictHostKeyChecking is yes"},
    {"", ED1, STRICT_ACCEPT_NEW, .accepted = true, .says = "is now in", .stored = "web1"},
    {"", ED1, STRICT_NO, HASH, .accepted = true, .stored = "web1"},
    {"", ED1, STRICT_ACCEPT_NEW, NO_FILE, .says = "UserKnownHostsFile names no file"},
    {"", ED1, STRICT_ASK, NO_FILE, .says = "UserKnownHostsFile names no file"},
    {"web1 $2\n", ED1, STRICT_ASK, .says = "KEY HAS CHANGED"},
    {"\nweb1 $2\n", ED1, STRICT_ACCEPT_NEW, .says = "known_hosts:2 has another, ED25519."},
    {"web1 $3\n", ED1, STRICT_ACCEPT_NEW, .says = "known_hosts:1 has another, ECDSA."},
    {"web1 $3\nweb1 $2\n", ED1, STRICT_ASK, .says = "known_hosts:2 has another, ED25519."},
    {"web1 $2\n", ED1, STRICT_NO, .accepted = true, .says = "no password will be sent"},
    /* What has the same key elsewhere. */
    {"web2,10.0.0.2 $1\n", ED1, STRICT_ASK, .questions = 1,
     .says = "is known by the following other names:\n    "},
    {"web2 $1\n", ED1, STRICT_ASK, .questions = 1, .says = "known_hosts:1: web2\n"},
    /* Markers. */
    {"@revoked * $1\nweb1 $1\n", ED1, STRICT_NO, .says = "IS REVOKED by"},
    {"@cert-authority * $2\n", ED1, STRICT_ASK, .questions = 1,
     .says = "known_hosts:1 has a @cert-authority for it, but host certificates are not supported"},
    {"@cert-authority * $2\n", ED1, STRICT_YES, .says = "has a @cert-authority for it"},
    /* By another name, on another port. */
    {"pool $1\n", ED1, STRICT_YES, .alias = "POOL", .port = 2222, .accepted = true},
    {"web1 $1\n", ED1, STRICT_YES, .alias = "pool", .says = "web1 (pool, 192.0.2.1) is not"},
    {"", ED1, STRICT_ACCEPT_NEW, .alias = "pool", .port = 22, .accepted = true, .stored = "pool"},
    {"", ED1, STRICT_ACCEPT_NEW, .alias = "a,b", .accepted = true, .says = "was not stored"},
    {"web1 $1\n", ED1, STRICT_YES, .port = 2222, .accepted = true},
    {"web1 $2\n", ED1, STRICT_ACCEPT_NEW, .port = 2222, .accepted = true, .stored = "[web1]:2222"},
    {"@revoked web1 $1\n", ED1, STRICT_ACCEPT_NEW, .port = 2222, .says = "IS REVOKED"},
    {"[web1]:2222 $2\nweb1 $1\n", ED1, STRICT_ASK, .port = 2222, .says = "-R '[web1]:2222'"},
    /* NoHostAuthenticationForLocalhost. */
    {"web1 $2\n", ED1, STRICT_YES, TRUST_LOCALHOST, .address = "127.9.9.9", .accepted = true},
    {"", ED1, STRICT_YES, TRUST_LOCALHOST, .address = "::1", .accepted = true},
    {"", ED1, STRICT_YES, TRUST_LOCALHOST, .address = "128.0.0.1", .says = "is not a known host"},
    {"", ED1, STRICT_YES, TRUST_LOCALHOST, .address = "", .says = "web1 is not a known host"},
    {"", ED1, STRICT_YES, TRUST_LOCALHOST, .address = "::1", .alias = "x", .says = "not a known"},
    /* CheckHostIP: off unless asked for. */
    {"web1 $1\n192.0.2.1 $2\n", ED1, STRICT_YES, .accepted = true},
    {"web1 $1\n192.0.2.1 $1\n", ED1, STRICT_YES, BY_IP, .accepted = true},
    {"web1 $1\n", ED1, STRICT_YES, BY_IP, .accepted = true, .stored = "web1 192.0.2.1"},
    {"web1 $1\n", ED1, STRICT_YES, BY_IP | HASH, .accepted = true, .port = 2222,
     .stored = "web1 [192.0.2.1]:2222"},
    {"", ED1, STRICT_ACCEPT_NEW, BY_IP, .accepted = true, .stored = "web1 192.0.2.1"},
    {"", ED1, STRICT_ACCEPT_NEW, BY_IP | HASH, .accepted = true, .stored = "web1 192.0.2.1"},
    {"192.0.2.1 $1\n", ED1, STRICT_ACCEPT_NEW, BY_IP, .accepted = true, .stored = "web1"},
    {"web1 $1\n192.0.2.1 $2\n", ED1, STRICT_YES, BY_IP, .says = "-R 192.0.2.1"},
    {"192.0.2.1 $3\n", ED1, STRICT_ACCEPT_NEW, BY_IP,
     .says = "differs from the ECDSA key of its address in"},
    {"web1 $1\n192.0.2.1 $2\n", ED1, STRICT_NO, BY_IP, .accepted = true, .says = "CheckHostIP: "},
    {"web1 $1\n192.0.2.1 $2\n", ED1, STRICT_ASK, BY_IP, .answers = {"yes"}, .questions = 1,
     .accepted = true, .says = "(yes/no)? "},
    {"web1 $1\n192.0.2.1 $2\n", ED1, STRICT_ASK, BY_IP, .answers = {"SHA256:x", "no"},
     .questions = 2, .says = "was not accepted"},
    {"192.0.2.1 $2\n", ED1, STRICT_ASK, BY_IP, .answers = {"yes", "no"}, .questions = 2},
    {"192.0.2.1 $2\n", ED1, STRICT_ASK, BY_IP, .answers = {"yes", "yes"}, .questions = 2,
     .accepted = true, .stored = "web1"},
    {"web1 $1\n@revoked 192.0.2.1 $1\n", ED1, STRICT_NO, BY_IP, .says = "IS REVOKED"},
    {"web1 $2\n192.0.2.1 $1\n", ED1, STRICT_ASK, BY_IP,
     .says = "CheckHostIP: 192.0.2.1 is known by this very key"},
    {"web1 $2\n192.0.2.1 $2\n", ED1, STRICT_ASK, BY_IP, .says = "192.0.2.1 has another key"},
    {"web1 $2\n", ED1, STRICT_NO, BY_IP, .accepted = true, .says = "192.0.2.1 is not known"},
    {"web1 $1\n127.0.0.1 $2\n", ED1, STRICT_YES, BY_IP, .address = "127.0.0.1", .accepted = true},
    {"web1 $1\n", ED1, STRICT_YES, BY_IP, .address = "", .accepted = true},
};

static bool flagged(const struct row *row, int flag)
{
    return (row->flags & flag) != 0;
}

static void apply(const struct row *row, struct judging *j)
{
    struct ssh_settings *s = &j->w.s;
    s->strict = row->strict;
    s->batch = flagged(row, BATCH);
    s->hash_known_hosts = flagged(row, HASH);
    s->check_host_ip = flagged(row, BY_IP);
    s->trust_localhost = flagged(row, TRUST_LOCALHOST);
    s->visual_host_key = flagged(row, VISUAL);
    if (flagged(row, NO_FILE)) {
        ssh_list_free(s->user_known_hosts);
        s->user_known_hosts = NULL;
        ssh_list_add(&s->global_known_hosts, file);
    }
    ssh_string_set(&s->host_key_alias, row->alias);
    s->port = row->port ? row->port : 22;
    if (row->address)
        snprintf(j->w.address, sizeof j->w.address, "%s", row->address);
}

static void expect_stored(const struct row *row)
{
    char *names = xstrdup(row->stored), *rest = names;
    for (char *name; (name = strsep(&rest, " "));) {
        struct known_place place;
        struct err err;
        char *const files[] = {file, NULL};
        assert_int_equal(
            known_hosts_check(files, name, keys[row->key].blob, keys[row->key].len, &place, &err),
            KNOWN_MATCH);
    }
    free(names);
    if (flagged(row, HASH))
        shell("grep -q '^|1|' %s", file);
}

static void run_row(const struct row *row)
{
    struct judging j;
    struct stat before, after;
    put_lines(row->lines);
    assert_int_equal(stat(file, &before), 0);
    begin(&j, row->key);
    apply(row, &j);
    judge(&j, row->answers);
    if (j.accepted != row->accepted || j.questions != row->questions)
        print_error("%s: accepted %d, %d questions\n%s%s\n", row->lines, j.accepted, j.questions,
                    buf_str(&j.seen), j.w.failure ? j.w.failure : "");
    assert_int_equal(j.accepted, row->accepted);
    assert_int_equal(j.questions, row->questions);
    assert_true(row->accepted == (j.w.failure == NULL));
    if (row->says && j.w.failure && !strstr(buf_str(&j.seen), row->says))
        expect(j.w.failure, row->says);
    else if (row->says)
        expect(buf_str(&j.seen), row->says);
    assert_int_equal(stat(file, &after), 0);
    if (row->stored)
        expect_stored(row);
    else
        assert_int_equal(after.st_size, before.st_size);
    bool changed = row->accepted && row->says && strstr(row->lines, "web1 $2") == row->lines;
    assert_int_equal(j.w.no_passwords, changed);
    end(&j);
}

static void judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        run_row(&table[i]);
}

/* ---- what does not fit into it ---- */

static void sizes(void **state)
{
    (void)state;
    put_lines("web1 $5\n");
    for (int asked = 1024; asked <= 1025; asked++) {
        struct judging j;
        begin(&j, RSA);
        j.w.s.required_rsa_size = asked;
        judge(&j, NULL);
        assert_int_equal(j.accepted, asked == 1024);
        if (!j.accepted)
            expect(j.w.failure, "its RSA key has 1024 bits, and RequiredRSASize asks for 1025");
        end(&j);
    }
}

static void revoked_files(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second, *says;
    } cases[] = {
        {"$2\n", "$3\n", NULL},
        {"$2\n", "$1\n", "IS REVOKED by "},
        {"$1\n", NULL, "IS REVOKED by "},
        {"$2\n", NULL, "RevokedHostKeys: there is no "},
        {"junk\n", "", "first:1 is no key"},
    };
    char first[128], second[128];
    snprintf(first, sizeof first, "%s/first", dir);
    snprintf(second, sizeof second, "%s/second", dir);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct judging j;
        put_lines("web1 $1\n");
        put_text(first, cases[i].first);
        unlink(second);
        if (cases[i].second)
            put_text(second, cases[i].second);
        begin(&j, ED1);
        j.w.s.strict = STRICT_NO;
        j.w.s.trust_localhost = true; /* which does not help */
        snprintf(j.w.address, sizeof j.w.address, "127.0.0.1");
        ssh_list_add(&j.w.s.revoked_host_keys, first);
        ssh_list_add(&j.w.s.revoked_host_keys, second);
        judge(&j, NULL);
        assert_true(j.accepted == (cases[i].says == NULL));
        if (cases[i].says)
            expect(j.w.failure, cases[i].says);
        end(&j);
    }
}

/* By its fingerprint, and only by the whole of it as it was shown. */
static void fingerprints(void **state)
{
    (void)state;
    for (int md5 = 0; md5 < 2; md5++) {
        char *print = fingerprint_text(md5 ? FINGERPRINT_MD5 : FINGERPRINT_SHA256, keys[ED1].blob,
                                       keys[ED1].len);
        char *padded = xasprintf("  %s ", print), *lower = xstrdup(print);
        lower[0] = 's';
        struct judging j;
        put_lines("");
        begin(&j, ED1);
        ssh_string_set(&j.w.s.fingerprint_hash, md5 ? "MD5" : "SHA256");
        judge(&j, (const char *[]){strchr(print, ':') + 1, lower, padded, NULL});
        assert_true(j.accepted);
        assert_int_equal(j.questions, 3);
        expect(buf_str(&j.seen), print);
        expect(buf_str(&j.seen), md5 ? "+------[MD5]------+" : "+----[SHA256]-----+");
        end(&j);
        free(lower);
        free(padded);
        free(print);
    }
}

/* Where the key cannot be stored the session goes on, and says so. */
static void not_stored(void **state)
{
    (void)state;
    static const char *const files[] = {"/dev/full", "/proc/none/known_hosts"};
    for (size_t i = 0; i < 2; i++) {
        struct judging j;
        begin(&j, ED1);
        j.w.s.strict = STRICT_ACCEPT_NEW;
        ssh_list_free(j.w.s.user_known_hosts);
        j.w.s.user_known_hosts = NULL;
        ssh_list_add(&j.w.s.user_known_hosts, files[i]);
        judge(&j, NULL);
        /* What is no plain file cannot be read as one either. */
        assert_int_equal(j.accepted, i == 1);
        if (j.accepted)
            expect(buf_str(&j.seen), "the host's key was not stored: cannot write /proc/none");
        end(&j);
    }
}

static void unreadable(void **state)
{
    (void)state;
    struct judging j;
    unlink(file);
    assert_int_equal(mkdir(file, 0700), 0);
    begin(&j, ED1);
    j.w.s.strict = STRICT_NO;
    judge(&j, NULL);
    assert_false(j.accepted);
    expect(j.w.failure, "its key cannot be checked: cannot read ");
    expect(j.w.failure, file);
    end(&j);
    rmdir(file);
}

/* A name for a shell, and a file's name from anywhere. */
static void quoted(void **state)
{
    (void)state;
    char odd[160], *saved = xstrdup(file);
    snprintf(odd, sizeof odd, "%s/it's\x1b[31m", dir);
    put_text(odd, "web1 $2\n");
    struct judging j;
    begin(&j, ED1);
    ssh_list_free(j.w.s.user_known_hosts);
    j.w.s.user_known_hosts = NULL;
    ssh_list_add(&j.w.s.user_known_hosts, odd);
    judge(&j, NULL);
    assert_false(j.accepted);
    expect(j.w.failure, "/it'\\''s\\x1b[31m' -R web1");
    assert_null(strchr(j.w.failure, '\x1b'));
    end(&j);
    free(saved);
}

static void algorithms(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *config, *asked;
        int port;
    } cases[] = {
        {"", NULL,
         "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
         "rsa-sha2-512,rsa-sha2-256",
         22},
        {"", "ssh-ed25519-cert-v01@openssh.com,ssh-ed25519,rsa-sha2-512",
         "ssh-ed25519,rsa-sha2-512", 22},
        {"", "ssh-ed25519-cert-v01@openssh.com", "", 22},
        {"web1 $5\n", "ssh-ed25519,rsa-sha2-512,rsa-sha2-256",
         "rsa-sha2-512,rsa-sha2-256,ssh-ed25519", 22},
        {"web1 $5\nweb1 $3\n", "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512",
         "ecdsa-sha2-nistp256,rsa-sha2-512,ssh-ed25519", 22},
        {"web1 $3\n", "ssh-ed25519,rsa-sha2-512", "ssh-ed25519,rsa-sha2-512", 22},
        {"@revoked web1 $3\n", "ssh-ed25519,ecdsa-sha2-nistp256", "ssh-ed25519,ecdsa-sha2-nistp256",
         22},
        {"web1 $3\n", "ssh-ed25519,ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256,ssh-ed25519", 2222},
        {"[web1]:2222 $1\nweb1 $3\n", "ecdsa-sha2-nistp256,ssh-ed25519",
         "ssh-ed25519,ecdsa-sha2-nistp256", 2222},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct judging j;
        put_lines(cases[i].lines);
        begin(&j, ED1);
        j.w.s.port = cases[i].port;
        ssh_string_set(&j.w.s.host_key_algs, cases[i].config);
        char *asked = worker_host_key_algorithms(&j.w);
        assert_string_equal(asked, cases[i].asked);
        free(asked);
        end(&j);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judged),        cmocka_unit_test(sizes),
        cmocka_unit_test(revoked_files), cmocka_unit_test(fingerprints),
        cmocka_unit_test(not_stored),    cmocka_unit_test(unreadable),
        cmocka_unit_test(quoted),        cmocka_unit_test(algorithms),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
