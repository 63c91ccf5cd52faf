#include "sshd_fixture.h"

#include "proto/ssh_config.h"
#include "proto/ssh_expand.h"
#include "proto/ssh_name.h"

static char dir[64], config[96];

static int make_config(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/tether-config.XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(config, sizeof config, "%s/config", dir);
    setenv("KEY_FOLDER", "/keys", 1);
    setenv("SEND_ONE", "1 and more", 1);
    setenv("SSH_AUTH_SOCK", "/run/agent.sock", 1);
    write_file(config, "Host web*\n"
                       "  HostName %h.example.org\n"
                       "  User ann\n"
                       "  Port 2222\n"
                       "  IdentityFile ~/.ssh/id_%n_%r_%p\n"
                       "  IdentityFile ${KEY_FOLDER}/%h\n"
                       "  IdentitiesOnly yes\n"
                       "  IdentityAgent none\n"
                       "  HostKeyAlias pool\n"
                       "  StrictHostKeyChecking accept-new\n"
                       "  UserKnownHostsFile ~/.ssh/known_%h /second\n"
                       "  HashKnownHosts no\n"
                       "  PreferredAuthentications password,publickey\n"
                       "  KbdInteractiveAuthentication no\n"
                       "  NumberOfPasswordPrompts 5\n"
                       "  ServerAliveInterval 20\n"
                       "  ServerAliveCountMax 7\n"
                       "  Ciphers aes128-ctr\n"
                       "  ConnectTimeout 33\n"
                       "  AddressFamily inet6\n"
                       "  SetEnv COLOR=red\n"
                       "  SendEnv SEND_*\n"
                       "  DynamicForward 1080\n"
                       "Host jumped\n"
                       "  ProxyJump first,user@second:2022\n"
                       "Host first\n"
                       "  HostName first.lan\n"
                       "  User fred\n"
                       "  ProxyJump zero\n"
                       "Host second\n"
                       "  ProxyCommand never asked for\n"
                       "Host zero\n"
                       "  HostName 10.0.0.1\n"
                       "  User zoe\n"
                       "  ProxyCommand to %h\n"
                       "Host round\n"
                       "  ProxyJump round2\n"
                       "Host round2\n"
                       "  ProxyJump round\n"
                       "Host selfish\n"
                       "  ProxyJump selfish\n"
                       "Host proxied\n"
                       "  ProxyCommand nc -X connect %h %p as %r\n"
                       "Host strict\n"
                       "  StrictHostKeyChecking yes\n"
                       "  IdentityAgent $OTHER_AGENT\n"
                       "  BatchMode yes\n"
                       "Host unset\n"
                       "  IdentityFile ${NOT_SET_ANYWHERE}/key\n"
                       "Host v6\n"
                       "  HostName fe80::1%%eth0\n");
    return 0;
}

static int drop_config(void **state)
{
    (void)state;
    shell("rm -rf %s", dir);
    return 0;
}

static struct ssh_settings resolve(const char *host)
{
    struct ssh_settings s;
    struct err err = {""};
    struct ssh_options o = {.host = host, .file = config};
    bool ok = ssh_config_resolve(&o, &s, &err);
    if (!ok)
        print_error("%s\n", err.text);
    assert_true(ok);
    return s;
}

static void refused(const struct ssh_options *o, const char *why)
{
    struct ssh_settings s;
    struct err err = {""};
    assert_false(ssh_config_resolve(o, &s, &err));
    if (!strstr(err.text, why))
        print_error("'%s' is not in: %s\n", why, err.text);
    assert_non_null(strstr(err.text, why));
}

static void everything(void **state)
{
    (void)state;
    struct ssh_settings s = resolve("web1");
    char text[300];
    assert_string_equal(s.name, "web1");
    assert_string_equal(s.hostname, "web1.example.org");
    assert_string_equal(s.user, "ann");
    assert_int_equal(s.port, 2222);
    snprintf(text, sizeof text, "%s/.ssh/id_web1_ann_2222", getenv("HOME"));
    assert_string_equal(s.identity_file[0], text);
    assert_string_equal(s.identity_file[1], "/keys/web1.example.org");
    assert_null(s.identity_file[2]);
    assert_true(s.identities_only);
    assert_null(s.identity_agent);
    assert_string_equal(s.host_key_alias, "pool");
    assert_int_equal(s.strict, STRICT_ACCEPT_NEW);
    snprintf(text, sizeof text, "%s/.ssh/known_web1.example.org", getenv("HOME"));
    assert_string_equal(s.user_known_hosts[0], text);
    assert_string_equal(s.user_known_hosts[1], "/second");
    assert_false(s.hash_known_hosts);
    assert_string_equal(s.preferred_auth[0], "password");
    assert_string_equal(s.preferred_auth[1], "publickey");
    assert_null(s.preferred_auth[2]);
    assert_false(s.kbdint_auth);
    assert_true(s.password_auth && s.pubkey_auth);
    assert_int_equal(s.password_prompts, 5);
    assert_int_equal(s.alive_interval, 20);
    assert_int_equal(s.alive_count, 7);
    assert_string_equal(s.ciphers, "aes128-ctr");
    assert_int_equal(s.timeout, 33);
    assert_int_equal(s.family, AF_INET6);
    assert_non_null(strstr(s.notice, "not followed here: DynamicForward"));
    bool set = false, sent = false;
    for (char **e = s.set_env; *e; e++) {
        set = set || strcmp(*e, "COLOR=red") == 0;
        sent = sent || strcmp(*e, "SEND_ONE=1 and more") == 0;
    }
    assert_true(set && sent);
    struct ssh_settings copy;
    ssh_settings_copy(&copy, &s);
    ssh_settings_release(&s);
    assert_string_equal(copy.hostname, "web1.example.org");
    assert_string_equal(copy.identity_file[1], "/keys/web1.example.org");
    ssh_settings_release(&copy);
}

static void the_command_line_wins(void **state)
{
    (void)state;
    struct ssh_settings s;
    struct err err = {""};
    char first[96], second[96];
    snprintf(first, sizeof first, "%s/first", dir);
    snprintf(second, sizeof second, "%s/second key", dir);
    write_file(first, "");
    write_file(second, "");
    struct ssh_options o = {
        .host = "bob@web1",
        .file = config,
        .port = 99,
        .timeout = 4,
        .identity = (const char *[]){first, second, "/absent", NULL},
        .option = (const char *[]){"StrictHostKeyChecking=no", "IdentityAgent /agent", NULL}};
    assert_true(ssh_config_resolve(&o, &s, &err));
    assert_string_equal(s.user, "bob");
    assert_int_equal(s.port, 99);
    assert_int_equal(s.timeout, 4);
    assert_int_equal(s.strict, STRICT_NO);
    assert_string_equal(s.identity_agent, "/agent");
    assert_non_null(strstr(s.notice, "/absent not accessible"));
    assert_string_equal(s.identity_file[0], first);
    assert_string_equal(s.identity_file[1], second);
    ssh_settings_release(&s);
    o.user = "carol"; /* -l before what is typed in front of the host, as the option says more */
    assert_true(ssh_config_resolve(&o, &s, &err));
    assert_string_equal(s.user, "carol");
    ssh_settings_release(&s);
}

static void defaults(void **state)
{
    (void)state;
    struct ssh_settings s = resolve("plain");
    assert_string_equal(s.hostname, "plain");
    assert_string_equal(s.user, own_name());
    assert_int_equal(s.port, 22);
    assert_int_equal(s.timeout, 15);
    assert_int_equal(s.strict, STRICT_ASK);
    assert_string_equal(s.identity_agent, "/run/agent.sock");
    assert_string_equal(s.preferred_auth[0], "gssapi-with-mic");
    assert_null(s.proxy_command);
    assert_null(s.notice);
    assert_null(s.host_key_alias);
    assert_non_null(s.ciphers);
    ssh_settings_release(&s);
    setenv("OTHER_AGENT", "/other.sock", 1);
    s = resolve("strict");
    assert_int_equal(s.strict, STRICT_YES);
    assert_string_equal(s.identity_agent, "/other.sock");
    assert_true(s.batch);
    ssh_settings_release(&s);
    s = resolve("v6");
    assert_string_equal(s.hostname, "fe80::1%eth0");
    ssh_settings_release(&s);
}

static void proxies(void **state)
{
    (void)state;
    struct ssh_settings s = resolve("ann@proxied");
    assert_string_equal(s.proxy_command, "nc -X connect proxied 22 as ann");
    ssh_settings_release(&s);
    refused(&(struct ssh_options){.host = "x",
                                  .file = config,
                                  .option = (const char *[]){"ProxyJump=a;b", NULL}},
            "a;b");
}

/* The first host's own way comes before it; the others' are not asked for. */
static void jumps(void **state)
{
    (void)state;
    struct ssh_settings s = resolve("jumped");
    assert_string_equal(s.proxy_jump, "first,user@second:2022");
    assert_null(s.proxy_command);
    assert_int_equal(s.jump_count, 3);
    static const struct {
        const char *name, *hostname, *user;
        int port;
    } hops[] = {{"zero", "10.0.0.1", "zoe", 22},
                {"first", "first.lan", "fred", 22},
                {"second", "second", "user", 2022}};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(s.jump[i].name, hops[i].name);
        assert_string_equal(s.jump[i].hostname, hops[i].hostname);
        assert_string_equal(s.jump[i].user, hops[i].user);
        assert_int_equal(s.jump[i].port, hops[i].port);
        assert_int_equal(s.jump[i].jump_count, 0);
    }
    assert_null(s.jump[1].proxy_command);
    assert_string_equal(s.jump[0].proxy_command, "to 10.0.0.1");
    ssh_settings_release(&s);
    refused(&(struct ssh_options){.host = "round", .file = config}, "circle");
    refused(&(struct ssh_options){.host = "selfish", .file = config}, "loop");
}

/* Each value as ssh -G gives it, for many hosts and options. */
static void as_ssh(void **state)
{
    (void)state;
    static const char *const hosts[] = {"web1", "plain", "strict", "v6", "ann@proxied"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct ssh_settings s = resolve(hosts[i]);
        char *command = xasprintf("ssh -G -F %s %s", config, hosts[i]), line[4096];
        FILE *f = popen(command, "r");
        int checked = 0;
        while (fgets(line, sizeof line, f)) {
            line[strcspn(line, "\n")] = '\0';
            char *value = strchr(line, ' ');
            if (!value)
                continue;
            *value++ = '\0';
            const struct {
                const char *key, *ours;
            } strings[] = {{"hostname", s.hostname},
                           {"user", s.user},
                           {"ciphers", s.ciphers},
                           {"macs", s.macs},
                           {"kexalgorithms", s.kex},
                           {"hostkeyalgorithms", s.host_key_algs},
                           {"hostkeyalias", s.host_key_alias},
                           {"pubkeyacceptedalgorithms", s.pubkey_algs}};
            for (size_t k = 0; k < sizeof strings / sizeof strings[0]; k++)
                if (strcmp(line, strings[k].key) == 0) {
                    assert_string_equal(strings[k].ours, value);
                    checked++;
                }
            const struct {
                const char *key;
                int ours;
            } numbers[] = {{"port", s.port},
                           {"serveraliveinterval", s.alive_interval},
                           {"serveralivecountmax", s.alive_count},
                           {"numberofpasswordprompts", s.password_prompts}};
            for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
                if (strcmp(line, numbers[k].key) == 0) {
                    assert_int_equal(numbers[k].ours, atoi(value));
                    checked++;
                }
        }
        assert_int_equal(pclose(f), 0);
        assert_true(checked >= 10);
        free(command);
        ssh_settings_release(&s);
    }
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *text, *user, *host;
        int port;
    } good[] = {
        {"web1", NULL, "web1", 0},
        {"ann@web1", "ann", "web1", 0},
        {"CORP\\ann@web1", "CORP\\ann", "web1", 0},
        {"ann@corp.org@web1", "ann@corp.org", "web1", 0},
        {"::1", NULL, "::1", 0},
        {"[::1]", NULL, "::1", 0},
        {"ann@[fe80::1%eth0]", "ann", "fe80::1%eth0", 0},
        {"ssh://web1", NULL, "web1", 0},
        {"ssh://ann@web1:2222", "ann", "web1", 2222},
        {"ssh://ann;x=y@web1:2222/", "ann", "web1", 2222},
        {"ssh://[::1]:22", NULL, "::1", 22},
        {"web_1-a.b", NULL, "web_1-a.b", 0},
    };
    static const char *const bad[] = {
        "",
        "@",
        "ann@",
        "@web1",
        "-oProxyCommand=x",
        "ann@-web1",
        "-ann@web1",
        "a b",
        "a\tb",
        "a\nb",
        "a;b",
        "a$(b)",
        "`a`",
        "a|b",
        "a&b",
        "a<b",
        "a>b",
        "a'b",
        "a\"b",
        "a\\b",
        "a*",
        "a?",
        "a!b",
        "{a}",
        "(a)",
        "a\033b",
        "a\177",
        "\xff",
        "a\xe2\x80\xae",
        "ann\\@web1",
        "a$b@web1",
        "a b@web1",
        "ssh://web1:0",
        "ssh://web1:65536",
        "ssh://web1:x",
        "ssh://web1:",
        "ssh://",
        "[::1",
        "[::1]x",
        "[]",
        "a~b",
        "a#b",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct ssh_name n;
        struct err err = {""};
        bool ok = ssh_name_parse(good[i].text, &n, &err);
        if (!ok)
            print_error("%s\n", err.text);
        assert_true(ok);
        assert_string_equal(n.host, good[i].host);
        assert_true(good[i].user ? strcmp(n.user, good[i].user) == 0 : n.user == NULL);
        assert_int_equal(n.port, good[i].port);
        ssh_name_release(&n);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ssh_name n;
        struct err err = {""};
        if (ssh_name_parse(bad[i], &n, &err))
            print_error("accepted: '%s'\n", bad[i]);
        assert_false(ssh_name_parse(bad[i], &n, &err));
        assert_true(err.text[0] != '\0');
        for (const char *c = err.text; *c; c++)
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
    }
    char longest[2000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    refused(&(struct ssh_options){.host = longest, .file = config}, "too long");
    refused(&(struct ssh_options){.host = "web1", .user = "-x", .file = config}, "begins with");
}

/* What a token means is what ssh makes of it in ControlPath; `~` too. */
static void tokens(void **state)
{
    (void)state;
    static const char *const values[] = {
        "/%%/%C",  "/%d",       "/%h",          "/%i",
        "/%k",     "/%L",       "/%l",          "/%n",
        "/%p",     "/%r",       "/%u",          "/${SEND_ONE}",
        "~/x",     "~",         "~//x/%n",      "~root/%h",
        "~root//", "/a~b/~/%%", "/%n-%p-%r@%h", "/x/${KEY_FOLDER}/%u",
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char *command = xasprintf("ssh -G -F %s -o ControlPath='%s' ann@web1 </dev/null "
                                  "2>/dev/null | sed -n 's/^controlpath //p'",
                                  config, values[i]);
        char line[512] = "", *option = xasprintf("IdentityFile=\"%s\"", values[i]);
        char *more = xasprintf("CertificateFile=\"%s\"", values[i]);
        char *known = xasprintf("UserKnownHostsFile=\"%s\"", values[i]);
        char *agent = xasprintf("IdentityAgent=\"%s\"", values[i]);
        FILE *f = popen(command, "r");
        assert_non_null(fgets(line, sizeof line, f));
        line[strcspn(line, "\n")] = '\0';
        assert_int_equal(pclose(f), 0);
        struct ssh_settings s;
        struct err err = {""};
        struct ssh_options o = {
            .host = "ann@web1",
            .file = config,
            .option = (const char *[]){option, more, known, agent, "ForwardAgent=yes", NULL}};
        if (!ssh_config_resolve(&o, &s, &err))
            fail_msg("%s: %s", values[i], err.text);
        assert_string_equal(s.identity_file[0], line);
        assert_string_equal(s.certificate_file[0], line);
        assert_string_equal(s.user_known_hosts[0], line);
        assert_string_equal(s.identity_agent, line);
        assert_string_equal(s.forward_agent, line);
        ssh_settings_release(&s);
        free(command);
        free(option);
        free(more);
        free(known);
        free(agent);
    }
}

/* The same without ssh's help: %C, and %j, which not every ssh knows. */
static void expand_alone(void **state)
{
    (void)state;
    struct ssh_expand e = {.home = "/home/ann",
                           .hostname = "web1.example.org",
                           .original = "web1",
                           .user = "ann",
                           .local_user = "me",
                           .jump = "gate",
                           .port = 2222};
    char host[256] = "", *text, *sum;
    struct err err;
    gethostname(host, sizeof host - 1);
    sum = xasprintf("printf %%s '%sweb1.example.org2222anngate' | sha1sum", host);
    char line[64] = "";
    FILE *f = popen(sum, "r");
    assert_int_equal(fread(line, 1, 40, f), 40);
    pclose(f);
    text = ssh_expand(&e, "%C", &err);
    assert_string_equal(text, line);
    free(text);
    free(sum);
    text = ssh_expand(&e, "~/%j/%k/%%", &err);
    assert_string_equal(text, "/home/ann/gate/web1/%");
    free(text);
    text = ssh_expand_tilde(&e, "~/%j", &err);
    assert_string_equal(text, "/home/ann/%j");
    free(text);
    text = ssh_expand_tokens(&e, "~/%p ${X}", &err);
    assert_string_equal(text, "~/2222 ${X}");
    free(text);
    static const char *const bad[] = {
        "%", "%x", "a%", "${", "${X", "${}", "${NOT_SET_ANYWHERE}", "~no-such-user/x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(ssh_expand(&e, bad[i], &err));
}

static void wrong_config(void **state)
{
    (void)state;
    refused(&(struct ssh_options){.host = "web1", .file = "/no/such/file"}, "/no/such/file");
    refused(&(struct ssh_options){.host = "web1",
                                  .file = config,
                                  .option = (const char *[]){"NoSuchOption=1", NULL}},
            "nosuchoption");
    refused(&(struct ssh_options){.host = "unset", .file = config}, "NOT_SET_ANYWHERE");
    refused(&(struct ssh_options){.host = "web1",
                                  .file = config,
                                  .option = (const char *[]){"IdentityFile=/%z", NULL}},
            "%z");
    refused(&(struct ssh_options){.host = "web1",
                                  .file = config,
                                  .option = (const char *[]){"LogLevel=DEBUG3", "Port=x", NULL}},
            "Bad port");
}

static void without_ssh(void **state)
{
    (void)state;
    char *path = xstrdup(getenv("PATH"));
    setenv("PATH", dir, 1);
    struct ssh_settings s;
    struct err err = {""};
    struct ssh_options o = {.host = "bob@web1",
                            .file = config,
                            .port = 99,
                            .option = (const char *[]){"StrictHostKeyChecking=yes", NULL}};
    bool ok = ssh_config_resolve(&o, &s, &err);
    if (!ok)
        print_error("%s\n", err.text);
    setenv("PATH", path, 1);
    free(path);
    assert_true(ok);
    assert_string_equal(s.name, "web1");
    assert_string_equal(s.user, "bob");
    assert_int_equal(s.port, 99);
    assert_int_equal(s.strict, STRICT_YES);
    assert_non_null(strstr(s.notice, "no ssh program"));
    assert_non_null(s.user_known_hosts[0]);
    ssh_settings_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything),   cmocka_unit_test(the_command_line_wins),
        cmocka_unit_test(defaults),     cmocka_unit_test(proxies),
        cmocka_unit_test(as_ssh),       cmocka_unit_test(jumps),
        cmocka_unit_test(names),        cmocka_unit_test(tokens),
        cmocka_unit_test(expand_alone), cmocka_unit_test(wrong_config),
        cmocka_unit_test(without_ssh),
    };
    return cmocka_run_group_tests(tests, make_config, drop_config);
}
