/* Which keys are offered, in which order: key files made by ssh-keygen, agents made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "proto/agent_add.h"
#include "proto/digest.h"
#include "proto/key_offers.h"
#include "proto/ssh_settings.h"
#include "proto/wire.h"

static char dir[] = "/tmp/tether-list.XXXXXX";

/* a, b: plain, a with a certificate; locked: with a passphrase; pem: the same without a public
   half; rsa: 1024 bits; dsa; ppk; open: others may read it; stray: with another's public half;
   held: only a public half, held-cert: a certificate for it; cert: one for b, elsewhere. */
static int make_keys(void **state)
{
    (void)state;
    if (!mkdtemp(dir) || chdir(dir) < 0)
        return -1;
    return system(
        "exec >/dev/null\n"
        "for k in a b open stray held ca; do ssh-keygen -q -t ed25519 -N '' -f $k || exit 1; done\n"
        "ssh-keygen -q -t ed25519 -a 1 -N secret -f locked && "
        "ssh-keygen -q -t ecdsa -m PEM -N secret -f pem && rm pem.pub && "
        "ssh-keygen -q -t rsa -b 1024 -N '' -f rsa && ssh-keygen -q -t dsa -N '' -f dsa && "
        "echo 'PuTTY-User-Key-File-3: ssh-ed25519' > ppk && chmod 600 ppk && chmod 644 open && "
        "cp a.pub stray.pub && ssh-keygen -q -s ca -I i -n ann a.pub held.pub && "
        "ssh-keygen -q -s ca -I i -n ann b.pub && mv b-cert.pub cert && "
        "ssh-keygen -q -h -s ca -I i b.pub && mv b-cert.pub hostcert && "
        "cp held.pub seen.pub && rm held");
}

static int remove_keys(void **state)
{
    (void)state;
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

static void put_public(struct buf *answer, const char *name)
{
    char path[64], line[8192], *word;
    snprintf(path, sizeof path, "%s", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    word = strchr(line, ' ') + 1;
    size_t len;
    uint8_t *blob = base64_decode(word, strcspn(word, " \n"), &len);
    assert_non_null(blob);
    wire_put_string(answer, blob, len);
    free(blob);
    wire_put_string(answer, name, strlen(name));
}

/* The words of a text as an agent's answer that names those public keys. */
static void make_answer(const char *names, struct buf *answer)
{
    char copy[200], *rest = copy;
    uint32_t count = 0;
    struct buf keys = {0};
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name; (name = strsep(&rest, " "));)
        if (*name) {
            put_public(&keys, name);
            count++;
        }
    buf_append(answer, &(uint8_t){AGENT_IDENTITIES_ANSWER}, 1);
    wire_put_u32(answer, count);
    buf_append(answer, buf_data(&keys), keys.len);
    buf_release(&keys);
}

static void add_words(char ***list, const char *words)
{
    char copy[200], *rest = copy;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word; (word = strsep(&rest, " "));)
        if (*word)
            ssh_list_add(list, word);
}

struct told {
    struct buf all, chosen;
};

static void tell(void *data, bool chosen, const char *text)
{
    struct told *told = data;
    buf_printf(&told->all, "%s\n", text);
    if (chosen)
        buf_printf(&told->chosen, "%s\n", text);
}

static const struct {
    const char *files, *certificates, *agent;
    bool only;
    const char *order; /* NAME, with + a certificate, @ signed by the agent, ? asks */
} orders[] = {
    {"", "", "", false, ""},
    {"b locked rsa", "", "", false, "b locked? rsa "},
    {"b b nothing", "", "", false, "b "},
    {"pem b", "", "", false, "pem? b "},
    /* A certificate beside the key, behind it; not if others are configured. */
    {"a b", "", "", false, "a a+ b "},
    {"a b", "cert", "", false, "cert+ a b "},
    {"locked", "cert", "", false, "locked? "},
    {"b", "cert", "b.pub", true, "cert+@ b@ "},
    /* The agent's: those that are configured first, in the config's order. */
    {"", "", "a.pub b.pub", false, "a.pub@ b.pub@ "},
    {"", "", "a.pub b.pub", true, ""},
    {"locked b", "", "ca.pub b.pub locked.pub", false, "locked@ b@ ca.pub@ "},
    {"locked b", "", "ca.pub b.pub locked.pub", true, "locked@ b@ "},
    /* Known by the public half alone; and by its own name. */
    {"held", "", "held.pub", true, "held@ held+@ "},
    {"seen.pub", "", "held.pub", true, "seen.pub@ "},
    {"seen", "", "held.pub", true, "seen@ "},
    {"held", "", "held-cert.pub", true, "held+@ "},
    {"held", "", "", false, ""},
    {"a", "", "a-cert.pub ca.pub", false, "a+@ ca.pub@ a "},
    /* Files come behind all that the agent holds. */
    {"b locked", "", "ca.pub", false, "ca.pub@ b locked? "},
    {"locked b", "", "ca.pub", false, "ca.pub@ locked? b "},
    {"id_a id_b id_c", "", "ca.pub", false, "ca.pub@ id_a "},
    /* Those that are of no use. */
    {"dsa ppk open rsa b", "", "", false, "rsa b "},
    {"open", "", "open.pub", false, "open@ "},
};

static char *list_text(const struct key_offers *list)
{
    struct buf text = {0};
    const struct key_offer *o;
    for (size_t i = 0; (o = key_offers_at(list, i)); i++) {
        assert_true(!o->path == (o->keys.signer.blob != NULL));
        buf_printf(&text, "%s%s%s%s ", o->name, o->certificate ? "+" : "", o->path ? "" : "@",
                   o->encrypted ? "?" : "");
    }
    char *copy = xstrdup(buf_str(&text));
    buf_release(&text);
    return copy;
}

static void order_table(void **state)
{
    (void)state;
    assert_int_equal(symlink("b", "id_a"), 0);
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct ssh_settings s;
        struct buf answer = {0};
        struct told told = {0};
        ssh_settings_init(&s);
        s.identities_only = orders[i].only;
        add_words(&s.identity_file, orders[i].files);
        add_words(&s.certificate_file, orders[i].certificates);
        make_answer(orders[i].agent, &answer);
        struct key_offers *list =
            key_offers_new(&s, *orders[i].agent ? &answer : NULL, tell, &told);
        char *text = list_text(list);
        if (strcmp(text, orders[i].order) != 0)
            fail_msg("%zu: '%s' is '%s', not '%s'", i, orders[i].files, text, orders[i].order);
        free(text);
        key_offers_free(list);
        buf_release(&told.all);
        buf_release(&told.chosen);
        buf_release(&answer);
        ssh_settings_release(&s);
    }
}

static void expect_told(struct told *told, const char *file, const char *part)
{
    const char *line = strstr(buf_str(&told->chosen), file);
    if (!line || !strstr(line, part))
        fail_msg("nothing of %s with '%s' in:\n%s", file, part, buf_str(&told->chosen));
}

/* What is not used is told, a line each; of names that nobody chose only what is wrong. */
static void told_why(void **state)
{
    (void)state;
    struct ssh_settings s;
    struct told told = {0};
    ssh_settings_init(&s);
    s.required_rsa_size = 2048;
    add_words(&s.identity_file, "dsa ppk open rsa stray ca.pub");
    add_words(&s.certificate_file, "hostcert b.pub nothing held-cert.pub");
    struct key_offers *list = key_offers_new(&s, NULL, tell, &told);
    char *text = list_text(list);
    assert_string_equal(text, "stray ");
    expect_told(&told, "dsa", "DSA");
    expect_told(&told, "ppk", "puttygen");
    expect_told(&told, "open", "chmod 600");
    expect_told(&told, "rsa", "2048 bits, it has 1024");
    expect_told(&told, "stray.pub", "not the public half");
    expect_told(&told, "hostcert", "a host's");
    expect_told(&told, "b.pub", "no certificate");
    expect_told(&told, "nothing", "cannot be read");
    expect_told(&told, "held-cert.pub", "neither a file nor the agent's");
    free(text);
    key_offers_free(list);
    buf_release(&told.chosen);
    buf_release(&told.all);
    told = (struct told){0};
    assert_int_equal(symlink("dsa", "id_dsa"), 0);
    assert_int_equal(symlink("open", "id_open"), 0);
    ssh_list_free(s.certificate_file);
    ssh_list_free(s.identity_file);
    s.certificate_file = s.identity_file = NULL;
    char *here = xasprintf("%s/id_dsa %s/id_open %s/id_none", dir, dir, dir);
    add_words(&s.identity_file, here);
    free(here);
    list = key_offers_new(&s, NULL, tell, &told);
    assert_null(key_offers_at(list, 0));
    assert_null(strstr(buf_str(&told.chosen), "DSA"));
    assert_non_null(strstr(buf_str(&told.all), "DSA"));
    expect_told(&told, "id_open", "chmod 600");
    key_offers_free(list);
    buf_release(&told.chosen);
    buf_release(&told.all);
    ssh_settings_release(&s);
}

/* ---- the agent's filter ---- */

static void put_login(struct buf *data, const struct agent_key *key, const char *algorithm)
{
    wire_put_string(data, "session", 7);
    buf_append(data, &(uint8_t){50}, 1);
    wire_put_string(data, "ann", 3);
    wire_put_string(data, "ssh-connection", 14);
    wire_put_string(data, "publickey", 9);
    buf_append(data, &(uint8_t){1}, 1);
    wire_put_string(data, algorithm, strlen(algorithm));
    wire_put_string(data, key->blob, key->len);
}

static void put_request(struct buf *request, const struct agent_key *key, const struct buf *data,
                        uint32_t flags)
{
    buf_append(request, &(uint8_t){AGENT_SIGN_REQUEST}, 1);
    wire_put_string(request, key->blob, key->len);
    wire_put_string(request, buf_data(data), data->len);
    wire_put_u32(request, flags);
}

static void filter(void **state)
{
    (void)state;
    static const uint8_t cert[] = "a certificate", key[] = "its key", other[] = "another";
    const struct agent_offer offer = {{cert, sizeof cert}, {key, sizeof key}};
    const struct agent_key stranger = {other, sizeof other};
    static const struct {
        const char *algorithm;
        uint32_t flags;
    } cases[] = {{"rsa-sha2-512", 4},
                 {"rsa-sha2-256", 2},
                 {"rsa-sha2-256-cert-v01@openssh.com", 2},
                 {"ssh-ed25519", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf data = {0}, in = {0}, out = {0}, expected = {0};
        put_login(&data, &offer.shown, cases[i].algorithm);
        put_request(&in, &offer.shown, &data, 4);
        put_request(&expected, &offer.signer, &data, cases[i].flags);
        assert_true(agent_filter_translate(&offer, buf_data(&in), in.len, &out));
        assert_int_equal(out.len, expected.len);
        assert_memory_equal(buf_data(&out), buf_data(&expected), out.len);
        for (size_t n = 0; n < in.len - 4; n++)
            assert_false(agent_filter_translate(&offer, buf_data(&in), n, &out));
        buf_release(&in);
        in = (struct buf){0};
        /* Another key; a login with another key; and what is no login. */
        put_request(&in, &stranger, &data, 4);
        assert_false(agent_filter_translate(&offer, buf_data(&in), in.len, &out));
        buf_release(&in);
        buf_release(&data);
        in = data = (struct buf){0};
        put_login(&data, &stranger, cases[i].algorithm);
        put_request(&in, &offer.shown, &data, 4);
        assert_false(agent_filter_translate(&offer, buf_data(&in), in.len, &out));
        buf_data(&data)[11] = 51;
        assert_false(agent_filter_translate(&offer, buf_data(&in), in.len, &out));
        buf_release(&in);
        buf_release(&data);
        buf_release(&out);
        buf_release(&expected);
    }
    struct buf answer = {0};
    struct agent_key found;
    const char *comment;
    size_t len;
    agent_filter_show(&offer, &answer);
    assert_true(agent_filter_key(&answer, 0, &found, &comment, &len));
    assert_int_equal(found.len, sizeof cert);
    assert_false(agent_filter_key(&answer, 1, &found, &comment, &len));
    buf_release(&answer);
    assert_true(agent_filter_asks_keys((const uint8_t *)"\013", 1));
    assert_false(agent_filter_asks_keys((const uint8_t *)"\023", 1)); /* "remove all keys" */
}

/* ---- AddKeysToAgent ---- */

static void add_keys(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct agent_add how;
    } cases[] = {
        {NULL, {.wanted = false}},
        {"no", {.wanted = false}},
        {"false", {.wanted = false}},
        {"yes", {.wanted = true}},
        {"true", {.wanted = true}},
        {"ask", {.wanted = true, .ask = true}},
        {"Confirm", {.wanted = true, .confirm = true}},
        {"confirm 1h30m", {.wanted = true, .confirm = true, .lifetime = 5400}},
        {"300", {.wanted = true, .lifetime = 300}},
        {"2w1d", {.wanted = true, .lifetime = 1296000}},
        {"0", {.wanted = false}},
        {"5x", {.wanted = false}},
        {"99999999999999999999", {.wanted = false}},
        {"9999w", {.wanted = false}},
        {"maybe", {.wanted = false}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct agent_add how = agent_add_parse(cases[i].text);
        const struct agent_add *expected = &cases[i].how;
        if (how.wanted != expected->wanted ||
            (how.wanted && (how.ask != expected->ask || how.confirm != expected->confirm ||
                            how.lifetime != expected->lifetime)))
            fail_msg("%s", cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_table),
        cmocka_unit_test(told_why),
        cmocka_unit_test(filter),
        cmocka_unit_test(add_keys),
    };
    return cmocka_run_group_tests(tests, make_keys, remove_keys);
}
