/* The ssh config as we read it ourselves, beside what ssh makes of the same one. */
#include "sshd_fixture.h"

#include <ctype.h>

#include "proto/net_socket.h"
#include "proto/ssh_config_match.h"
#include "proto/ssh_config_value.h"
#include "proto/ssh_keyword.h"

static char dir[64], empty[80], config[96];
static char *path;

static int begin(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/tether-reader.XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(empty, sizeof empty, "%s/empty", dir);
    snprintf(config, sizeof config, "%s/config", dir);
    assert_int_equal(mkdir(empty, 0700), 0);
    path = xstrdup(getenv("PATH"));
    setenv("HOME", getpwuid(getuid())->pw_dir, 1);
    setenv("SSH_AUTH_SOCK", "/run/agent.sock", 1);
    setenv("FOLDER", "/from/the environment", 1);
    setenv("LC_ALL", "C", 1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    shell("rm -rf %s", dir);
    free(path);
    return 0;
}

/* Without ssh in sight, or with it. */
static bool resolve(const struct ssh_options *o, bool ourselves, struct ssh_settings *s,
                    struct err *err)
{
    setenv("PATH", ourselves ? empty : path, 1);
    bool ok = ssh_config_resolve(o, s, err);
    setenv("PATH", path, 1);
    return ok;
}

/* ---- settings as text ---- */

static void put_field(struct buf *out, const struct ssh_settings *s, const struct ssh_keyword *k)
{
    const void *at = (const char *)s + k->offset;
    char *const *list;
    switch (k->field) {
    case FIELD_INT:
    case FIELD_FAMILY:
    case FIELD_ESCAPE: buf_printf(out, "%d", *(const int *)at); break;
    case FIELD_BOOL: buf_printf(out, "%d", *(const bool *)at); break;
    case FIELD_STRICT: buf_printf(out, "%d", (int)s->strict); break;
    case FIELD_TTY: buf_printf(out, "%d", (int)s->request_tty); break;
    case FIELD_LEVEL: buf_printf(out, "%d", (int)s->log_level); break;
    case FIELD_STRING:
    case FIELD_CHOICE: buf_puts(out, *(char *const *)at ? *(char *const *)at : "(none)"); break;
    default:
        /* Kinds of keys that not every ssh looks for. */
        for (list = *(char **const *)at; list && *list; list++)
            if (!strstr(*list, "/.ssh/id_dsa") && !strstr(*list, "/.ssh/id_xmss"))
                buf_printf(out, "<%s>", *list);
    }
}

/* All that is honoured, one line each, and what is not. */
static char *describe(const struct ssh_settings *s)
{
    struct buf out = {0};
    const struct ssh_keyword *k;
    for (size_t i = 0; (k = ssh_keyword_at(i)); i++) {
        if (k->fate != FATE_FIELD)
            continue;
        buf_printf(&out, "%s ", k->name);
        if (strcmp(k->name, "IPQoS") == 0) /* the names differ between versions, and defaults */
            buf_printf(&out, "%d %d", s->ipqos ? net_tos(s->ipqos, false) : 0x10,
                       s->ipqos ? net_tos(s->ipqos, true) : 8);
        else
            put_field(&out, s, k);
        buf_putc(&out, '\n');
    }
    char **sorted = NULL;
    for (size_t i = 0; s->not_followed && s->not_followed[i]; i++)
        ssh_list_add(&sorted, s->not_followed[i]);
    for (size_t i = 0; sorted && sorted[i]; i++)
        for (size_t j = i + 1; sorted[j]; j++)
            if (strcmp(sorted[j], sorted[i]) < 0) {
                char *other = sorted[i];
                sorted[i] = sorted[j];
                sorted[j] = other;
            }
    for (size_t i = 0; sorted && sorted[i]; i++)
        buf_printf(&out, "not followed: %s\n", sorted[i]);
    ssh_list_free(sorted);
    for (size_t i = 0; i < s->jump_count; i++)
        buf_printf(&out, "by way of %s port %d as %s\n", s->jump[i].hostname, s->jump[i].port,
                   s->jump[i].user);
    char *text = xstrdup(buf_str(&out));
    buf_release(&out);
    return text;
}

static void show_files(void)
{
    shell("for f in %s/*.conf %s; do echo \"== $f\" >&2; cat $f >&2; done", dir, config);
}

static void show_difference(const char *theirs, const char *ours)
{
    while (*theirs || *ours) {
        size_t a = strcspn(theirs, "\n"), b = strcspn(ours, "\n");
        if (a != b || memcmp(theirs, ours, a) != 0)
            print_error("ssh:  %.*s\nours: %.*s\n", (int)a, theirs, (int)b, ours);
        theirs += a + (theirs[a] != '\0');
        ours += b + (ours[b] != '\0');
    }
}

/* Both refuse it, or both have the same settings. True: they have. */
static bool compare(const struct ssh_options *o)
{
    struct ssh_settings theirs, ours;
    struct err their_err = {""}, our_err = {""};
    bool ok = resolve(o, false, &theirs, &their_err);
    bool we = resolve(o, true, &ours, &our_err);
    if (ok != we) {
        show_files();
        fail_msg("%s: ssh: %s\nours: %s", o->host, ok ? "accepted" : their_err.text,
                 we ? "accepted" : our_err.text);
    }
    if (!ok)
        return false;
    char *a = describe(&theirs), *b = describe(&ours);
    if (strcmp(a, b) != 0) {
        show_files();
        show_difference(a, b);
        fail_msg("%s: read differently", o->host);
    }
    assert_non_null(strstr(ours.notice, "no ssh program here"));
    free(a);
    free(b);
    ssh_settings_release(&theirs);
    ssh_settings_release(&ours);
    return true;
}

/* ---- generated configs ---- */

static uint32_t seed;

static uint32_t roll(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

#define PICK(table) ((table)[roll(sizeof(table) / sizeof((table)[0]))])

static const char *const hosts[] = {
    "web1", "web2",     "db1.example.org", "10.0.0.7", "WEB1",
    "x",    "ann@web1", "fe80::1",         "a-b.test", "ssh://bob@web2:77"};

static const char *const patterns[] = {"web1",  "web*",     "!web2", "*",       "*.example.org",
                                       "10.*",  "?",        "WEB1",  "!db1*",   "web?",
                                       "fe80*", "\"web1\"", "a-b.*", "!*.test", "nothing"};

static const char *const criteria[] = {
    "host web1",         "host web*,!web2", "host=*.example.org", "originalhost web1",
    "originalhost WEB*", "user ann",        "user ann,bob",       "!user ann",
    "localuser root",    "!localuser *",    "!host web1",         "host \"web1,x\"",
    "user !bob,*",       "final",

    "canonical",         "!canonical",      "host 10.0.0.7",      "host renamed*",
};

static const char *const flags[] = {"IdentitiesOnly",

                                    "TCPKeepAlive",
                                    "HashKnownHosts",
                                    "CheckHostIP",
                                    "StdinNull",
                                    "PasswordAuthentication",
                                    "GSSAPIAuthentication",
                                    "ForwardX11",
                                    "GatewayPorts",
                                    "VisualHostKey",
                                    "PubkeyAuthentication",
                                    "PermitLocalCommand",
                                    "ForwardAgent",
                                    "KeepAlive",
                                    "ChallengeResponseAuthentication",
                                    "NoHostAuthenticationForLocalhost",
                                    "ExitOnForwardFailure",
                                    "HostbasedAuthentication",
                                    "ClearAllForwardings",
                                    "EnableEscapeCommandline",
                                    "DSAAuthentication"};
static const char *const flag_values[] = {"yes", "no", "YES", "true", "false", "No", "\"yes\""};

/* Whole lines: every syntax there is. A few are wrong. */
static const char *const lines[] = {
    "Port 2222",
    "Port = 22",
    "Port=\t2022",
    "Port ssh",
    "User ann",
    "User \"bob\"",
    "User=carol # the admin",
    "HostName %h.example.org",
    "HostName renamed-%h",
    "HostName 192.0.2.1",
    "HostName fe80::1%%eth0",
    "HostName UPPER.example.org",
    "IdentityFile ~/.ssh/id_one",
    "IdentityFile \"/keys/with space\"",
    "IdentityFile /keys/with\\ space",
    "IdentityFile '/keys/single quotes'",
    "IdentityFile ~/.ssh/%n-%h-%r-%p-%u",
    "IdentityFile ${FOLDER}/%C",
    "IdentityFile /a\\\\b\\\"c",
    "IdentityFile none",
    "CertificateFile ~/%L-cert.pub",
    "CertificateFile /%%x",
    "UserKnownHostsFile ~/.ssh/known_%h ~/.ssh/second",
    "UserKnownHostsFile \"/with space/known\" /other",
    "UserKnownHostsFile none",
    "UserKnownHostsFile none /x",
    "GlobalKnownHostsFile /etc/one /etc/two",
    "HostKeyAlias Pool-A",
    "HostKeyAlias 100%",
    "StrictHostKeyChecking accept-new",
    "StrictHostKeyChecking off",
    "StrictHostKeyChecking ask",
    "AddressFamily inet6",
    "AddressFamily INET",
    "ConnectTimeout 33",
    "ConnectTimeout 1m30s",
    "ConnectTimeout none",
    "ConnectionAttempts 3",
    "ServerAliveInterval 2h",
    "ServerAliveInterval 9\nBatchMode yes", /* Debian has 300 for the two */
    "ServerAliveCountMax 9",
    "NumberOfPasswordPrompts 5",
    "RequiredRSASize 3072",
    "RekeyLimit 1G",
    "RekeyLimit 512K 1h",
    "RekeyLimit default none",
    "RekeyLimit 16",
    "IPQoS af21 cs1",
    "IPQoS ef",
    "IPQoS 0x20 none",
    "Compression yes",
    "Compression no",
    "EscapeChar %",
    "EscapeChar ^B",
    "EscapeChar none",
    "RequestTTY force",
    "RequestTTY auto",
    "LogLevel verbose",
    "LogLevel QUIET",
    "FingerprintHash md5",
    "SessionType subsystem",
    "AddKeysToAgent confirm",
    "AddKeysToAgent 10m",
    "AddKeysToAgent confirm 5m",
    "AddKeysToAgent ask",
    "IdentityAgent none",
    "IdentityAgent SSH_AUTH_SOCK",
    "IdentityAgent ~/agent-%h",
    "IdentityAgent $SSH_AUTH_SOCK",
    "PreferredAuthentications publickey,password",
    "PubkeyAuthentication unbound",
    "Ciphers aes128-ctr",
    "Ciphers +3des-cbc,aes128-ctr",
    "Ciphers -chacha*,aes*-ctr",
    "Ciphers ^aes256-gcm@openssh.com",
    "MACs -*sha1*",
    "MACs ^hmac-sha2-256,hmac-md5",
    "KexAlgorithms +diffie-hellman-group14-sha1",
    "KexAlgorithms -ecdh*,sntrup*",
    "HostKeyAlgorithms +ssh-rsa",
    "HostKeyAlgorithms ssh-ed25519*,rsa*",
    "HostKeyAlgorithms -*-cert-*",
    "PubkeyAcceptedKeyTypes +ssh-rsa",
    "PubkeyAcceptedAlgorithms ^ssh-rsa",
    "SetEnv ONE=1 TWO=\"2 and more\" ONE=3",
    "SetEnv THREE=three",
    "SendEnv FOLDER",
    "SendEnv LC_* -FOLDER",
    "SendEnv -LC_*",
    "ProxyCommand nc -X connect %h %p # no comment",
    "ProxyCommand=sh -c \"x %n\" 'y %r'",
    "ProxyCommand none",
    "ProxyJump none",
    "BindAddress 127.0.0.1",
    "BindInterface lo",
    "RemoteCommand echo %n \"and %r\"",
    "RemoteCommand none",
    "LocalCommand touch x",
    "LocalForward 8080 web:80",
    "LocalForward 8081 web:80",
    "RemoteForward 9090",
    "DynamicForward 1080",
    "Tunnel ethernet",
    "Tunnel no",
    "VerifyHostKeyDNS ask",
    "KnownHostsCommand /bin/true %h",
    "PKCS11Provider /usr/lib/x.so",
    "ControlMaster auto",
    "ControlPath ~/%C",
    "ControlPersist 10m",
    "XAuthLocation /usr/bin/xauth",
    "Protocol 2",
    "StreamLocalBindMask 0177",
    "SyslogFacility USER",
    "IgnoreUnknown use*,add*",
    "CASignatureAlgorithms ssh-ed25519",
    "\tindented yes # is no option",
    "# a comment",
    "",
    "   ",
};
static const char *const wrong_lines[] = {"Port 0",
                                          "Port 70000",
                                          "Port 1 2",
                                          "IdentitiesOnly maybe",
                                          "IdentityFile",
                                          "IdentityFile \"x",
                                          "NoSuchOption 1",
                                          "ServerAliveCountMax x",
                                          "ConnectTimeout 5y",
                                          "EscapeChar ab",
                                          "RekeyLimit 3",
                                          "SetEnv NONE",
                                          "SendEnv A=B",
                                          "AddKeysToAgent x",
                                          "LogLevel LOUD",
                                          "HostName %x",
                                          "Match",
                                          "Match host",
                                          "Match nothing x",
                                          "Match all user x",
                                          "LocalForward 1",
                                          "Include",
                                          "Ciphers",
                                          "IPQoS fast",
                                          "RequestTTY",
                                          "UserKnownHostsFile a none"};

static void put_keyword(FILE *f, const char *line)
{
    bool shout = roll(6) == 0;
    size_t len = strcspn(line, " \t=");
    for (size_t i = 0; i < len; i++)
        fputc(shout ? toupper((unsigned char)line[i]) : line[i], f);
    fprintf(f, "%s\n", line + len);
}

static void put_line(FILE *f, int depth)
{
    static const char *const indents[] = {"", "  ", "\t", "    "};
    const char *line = PICK(lines);
    fputs(PICK(indents), f);
    if (strstr(line, "indented"))
        line = "# nothing";
    if (roll(3) == 0)
        fprintf(f, "%s%s%s\n", PICK(flags), roll(3) ? " " : " = ", PICK(flag_values));
    else if (depth < 2 && roll(25) == 0)
        fprintf(f, "Include %s/more-%d-*.conf %s/absent\n", dir, depth, dir);
    else
        put_keyword(f, line);
}

static void put_block(FILE *f, int depth)
{
    if (roll(2)) {
        fprintf(f, "%s", roll(8) ? "Host" : "HOST");
        for (uint32_t i = 0; i <= roll(3); i++)
            fprintf(f, " %s", PICK(patterns));
    } else {
        fprintf(f, "Match %s", PICK(criteria));
        for (uint32_t i = roll(3); i > 0; i--)
            fprintf(f, " %s", PICK(criteria));
        if (roll(10) == 0)
            fprintf(f, " # why not");
    }
    fputc('\n', f);
    for (uint32_t i = roll(7); i > 0; i--)
        put_line(f, depth);
}

static void put_file(const char *name, int depth)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    for (uint32_t i = roll(3); i > 0; i--)
        put_line(f, depth);
    for (uint32_t i = depth ? roll(3) : 1 + roll(6); i > 0; i--)
        put_block(f, depth);
    if (roll(12) == 0)
        fprintf(f, "%s\n", PICK(wrong_lines));
    if (depth == 0 && roll(2))
        fprintf(f, "Match all\n%s\n", PICK(lines) + strspn(PICK(lines), "\t "));
    assert_int_equal(fclose(f), 0);
}

static void generate(uint32_t number)
{
    char name[120];
    seed = number * 7919 + 1;
    umask(022);
    put_file(config, 0);
    for (int depth = 0; depth < 2; depth++)
        for (int i = 0; i < 2; i++) {
            snprintf(name, sizeof name, "%s/more-%d-%d.conf", dir, depth, i);
            put_file(name, depth + 1);
        }
}

static void generated_configs(void **state)
{
    (void)state;
    int accepted = 0, refused = 0;
    const char *more = getenv("TETHER_TEST_CONFIGS"); /* for a longer search by hand */
    uint32_t count = more ? (uint32_t)atoi(more) : 300;
    for (uint32_t i = 0; i < count; i++) {
        generate(i);
        for (uint32_t k = 0; k < 1 + i % 2; k++) {
            struct ssh_options o = {.host = PICK(hosts), .file = config};
            static const char *const command_line[] = {"Port=7", "User=me", "Ciphers=-aes*",
                                                       "IdentityFile=\"/o o\"", NULL};
            if (roll(4) == 0)
                o.option = command_line + roll(4);
            if (roll(6) == 0)
                o.user = "cli";
            if (compare(&o))
                accepted++;
            else
                refused++;
        }
    }
    print_message("%d accepted, %d refused, by both\n", accepted, refused);
    assert_true(accepted > (int)count / 2 && refused > (int)count / 20);
}

/* Two or more that have to do with each other. */
static const char *const together[] = {
    /* Not behind a "no": ssh forwards nothing then, but prints the path. */
    "ForwardAgent /tmp\nForwardAgent no",
    "ProxyJump gate",
    "ProxyJump ann@gate:2022,other # two",
    "ProxyJump gate\nProxyCommand nc %h",
    "ProxyCommand nc %h\nProxyJump gate",
    "ProxyJump none\nProxyCommand nc %h",
    "ProxyCommand none\nProxyJump gate",
    "Host web1\nProxyJump gate\nHost gate\nHostName 10.0.0.1\nUser gail\nPort 77",
    "IdentityFile /%j\nProxyJump a,b",
    "ClearAllForwardings yes\nLocalForward 1 x:1\nDynamicForward 2\nTunnel yes",
    "PermitLocalCommand yes\nLocalCommand touch %n",
    "IgnoreUnknown new*\nNewOption 1\nNewer \"yes\"",
    "IgnoreUnknown new*\nOldOption 1",
    "RekeyLimit 1G\nRekeyLimit 2G 1h\nRekeyLimit 3G 2h",
    "ConnectTimeout none\nConnectTimeout 5",
    "UserKnownHostsFile /a\nUserKnownHostsFile /b",
    "IdentityFile /a\nIdentityFile /b\nIdentityFile /a",
    "SetEnv A=1 B=2\nSetEnv C=3",
    "SendEnv FOLDER\nSendEnv -F*\nSendEnv SSH_AUTH*\nSendEnv -SSH_AUTH",
    "HostName %h.example.org\nMatch host web1.example.org\nPort 7\nMatch originalhost web1\nUser x",
    "User ann\nMatch user ann\nPort 7",
    "Match final host 10.0.0.1\nPort 7\nHost web1\nHostName 10.0.0.1",
    "Match canonical all\nPort 7\nMatch all\nPort 8",
    "Host 10.0.0.1\nPort 9\nMatch final\nUser x\nHost web1\nHostName 10.0.0.1",
    "Host !web1 *\nPort 7",
    "Host * !web1\nPort 7",
    "Host !*\nPort 7",
    "Host web1 #web2\nPort 7",
    "Port 5#6",
    "Port 5 #6",
    "User a#b",
    "\tPort\t=\t7  \r",
    "Port = = 7",
    "Port==7",
    "User \"a b",
    "ProxyCommand echo \"",
    "ProxyCommand =x",
    "Host other\nPort x",
    "Host other\nInclude /no/such/*/file\nPort 7",
};

/* Every line by itself, so that a difference names it. */
static void single_lines(void **state)
{
    (void)state;
    struct ssh_options o = {.host = "ann@web1", .file = config};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (strstr(lines[i], "indented"))
            continue;
        write_file(config, lines[i]);
        compare(&o);
    }
    for (size_t i = 0; i < sizeof together / sizeof together[0]; i++) {
        write_file(config, together[i]);
        compare(&o);
    }
    for (size_t i = 0; i < sizeof wrong_lines / sizeof wrong_lines[0]; i++) {
        char *text = xasprintf("# first\nHost other\n%s\n", wrong_lines[i]);
        write_file(config, text);
        struct ssh_settings s;
        struct err err = {""};
        bool ok = resolve(&o, true, &s, &err);
        char *place = xasprintf("%s:3: ", config);
        if (!ok && strncmp(err.text, place, strlen(place)) != 0 && !strstr(err.text, "%h"))
            fail_msg("%s: %s", wrong_lines[i], err.text);
        if (ok)
            ssh_settings_release(&s);
        compare(&o);
        free(place);
        free(text);
    }
}

/* ---- what the ssh of this machine may not know, or could not be compared ---- */

static void blocks(void **state)
{
    (void)state;
    const struct ssh_match here = {.host = "web1.example.org",
                                   .original = "web1",
                                   .user = "ann",
                                   .local_user = "me",
                                   .tag = "work",
                                   .command = "ls -l",
                                   .session = "exec"};
    static const struct {
        const char *line;
        enum ssh_matched matched;
        const char *unknown;
    } table[] = {
        {"tagged work", MATCHED_YES, NULL},
        {"tagged w*,!work", MATCHED_NO, NULL},
        {"tagged \"\"", MATCHED_NO, NULL},
        {"command ls*", MATCHED_YES, NULL},
        {"command=\"ls -l\"", MATCHED_YES, NULL},
        {"sessiontype exec,subsystem", MATCHED_YES, NULL},
        {"!sessiontype shell host *.org", MATCHED_YES, NULL},
        {"HOST WEB1.Example.org", MATCHED_YES, NULL},
        {"originalhost web1 user=ann localuser me # c", MATCHED_YES, NULL},
        {"user ANN", MATCHED_NO, NULL},
        {"!all", MATCHED_NO, NULL},
        {"final", MATCHED_NO, NULL},
        {"exec true", MATCHED_UNKNOWN, "exec"},
        {"!exec \"test -e x\"", MATCHED_UNKNOWN, "exec"},
        {"user ann localnetwork 10.0.0.0/8", MATCHED_UNKNOWN, "localnetwork"},
        {"version OpenSSH_*", MATCHED_UNKNOWN, "version"},
        {"exec true user bob", MATCHED_NO, NULL},
        {"user bob exec true", MATCHED_NO, NULL},
        {"color red", MATCHED_WRONG, NULL},
        {"user", MATCHED_WRONG, NULL},
        {"user \"\"", MATCHED_WRONG, NULL},
        {"# nothing", MATCHED_WRONG, NULL},
        {"user a host b all", MATCHED_WRONG, NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct ssh_config_line line;
        struct err err = {""};
        const char *unknown = NULL;
        bool final = false;
        char *text = xasprintf("Match %s", table[i].line);
        bool parsed = ssh_config_line_parse(&line, text, &err);
        enum ssh_matched matched =
            parsed ? ssh_match(line.words, &here, &unknown, &final, &err) : MATCHED_WRONG;
        if (matched != table[i].matched)
            fail_msg("%s: %d, %s", table[i].line, (int)matched, err.text);
        if (matched == MATCHED_UNKNOWN)
            assert_string_equal(unknown, table[i].unknown);
        assert_int_equal(final, strcmp(table[i].line, "final") == 0);
        ssh_config_line_release(&line);
        free(text);
    }
    assert_int_equal(ssh_match(NULL, &here, NULL, NULL, &(struct err){""}), MATCHED_WRONG);
    const struct ssh_match bare = {.host = "",
                                   .original = "",
                                   .user = "",
                                   .local_user = "",
                                   .tag = "",
                                   .command = "",
                                   .session = "shell"};
    char tagged[] = "tagged", nothing[] = "", *words[] = {tagged, nothing, NULL};
    bool final = false;
    assert_int_equal(ssh_match(words, &bare, NULL, &final, &(struct err){""}), MATCHED_YES);
}

static struct ssh_settings read_home(struct ssh_options *o, const char *text)
{
    struct ssh_settings s;
    struct err err = {""};
    char *name = xasprintf("%s/.ssh/config", dir);
    write_file(name, text);
    free(name);
    setenv("HOME", dir, 1);
    bool ok = resolve(o, true, &s, &err);
    setenv("HOME", getpwuid(getuid())->pw_dir, 1);
    if (!ok)
        fail_msg("%s", err.text);
    return s;
}

/* ~/.ssh/config, and names in it that are relative to that folder. */
static void the_users_files(void **state)
{
    (void)state;
    struct ssh_options o = {.host = "web1", .command = "ls"};
    shell("mkdir -p %s/.ssh/conf.d; chmod 700 %s/.ssh", dir, dir);
    shell("printf 'Port 7\\nMatch all\\nUser x\\n' >%s/.ssh/conf.d/a", dir);
    shell("printf 'Port 8\\nHostName of-b\\n' >%s/.ssh/conf.d/b", dir);
    struct ssh_settings s = read_home(&o, "Match tagged work\nUser tagged\nMatch command ls\n"
                                          "Include conf.d/* ~/.ssh/%n.none\n"
                                          "Match exec true\nCompression yes\n"
                                          "Match host of-b\nCertificateFile ~/c");
    assert_int_equal(s.port, 7);
    assert_string_equal(s.hostname, "of-b");
    assert_string_equal(s.user, "x");
    assert_false(s.compression);
    char *text = xasprintf("%s/c", dir);
    assert_string_equal(s.certificate_file[0], text);
    free(text);
    assert_string_equal(s.user_known_hosts[0] + strlen(dir), "/.ssh/known_hosts");
    text = xasprintf("no ssh program here: tether reads the ssh config itself; not followed here: "
                     "Match exec (%s/.ssh/config:5)",
                     dir);
    assert_string_equal(s.notice, text);
    free(text);
    ssh_settings_release(&s);
    o.option = (const char *[]){"Tag=work", NULL};
    s = read_home(&o, "Match tagged work\nUser tagged\nCanonicalizeHostname yes");
    assert_string_equal(s.user, "tagged");
    assert_non_null(strstr(s.notice, "CanonicalizeHostname"));
    ssh_settings_release(&s);
}

static void refuse(const char *text, const char *why)
{
    struct ssh_settings s;
    struct err err = {""};
    struct ssh_options o = {.host = "web1", .file = config};
    write_file(config, text);
    if (resolve(&o, true, &s, &err))
        fail_msg("accepted: %s", text);
    if (!strstr(err.text, why))
        fail_msg("'%s' is not in: %s", why, err.text);
}

static void files_that_are_refused(void **state)
{
    (void)state;
    char *text = xasprintf("Port 7\nInclude %s/conf*\n", dir);
    refuse(text, "config:2: Include: too deep, or in a circle");
    free(text);
    text = xasprintf("Include %s/open.conf", dir);
    shell("echo Port 7 > %s/open.conf; chmod 666 %s/open.conf", dir, dir);
    refuse(text, "open.conf: others may write to it");
    shell("rm %s/open.conf", dir);
    free(text);
    refuse("RefuseConnection \"not from here\"", "config:1: RefuseConnection");
    refuse("Host a\033b \"\nPort 7", "config:1: a quote is not closed");
    refuse("Port \033[31m", "config:1: Port: '\\x1b[31m' is no value of it");
    text = xmalloc(70001);
    memset(text, 'x', 70000);
    text[70000] = '\0';
    refuse(text, "config:1: too long");
    free(text);
    struct ssh_settings s;
    struct err err = {""};
    struct ssh_options o = {.host = "web1", .file = "/no/such/file"};
    assert_false(resolve(&o, true, &s, &err));
    assert_string_equal(err.text, "/no/such/file: No such file or directory");
    o = (struct ssh_options){
        .host = "web1", .file = "none", .option = (const char *[]){"Port=x", NULL}};
    assert_false(resolve(&o, true, &s, &err));
    assert_string_equal(err.text, "command line: Port: 'x' is no value of it");
    o.option = (const char *[]){"Match all", NULL};
    assert_false(resolve(&o, true, &s, &err));
    assert_non_null(strstr(err.text, "are for files"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks),
        cmocka_unit_test(the_users_files),
        cmocka_unit_test(files_that_are_refused),
        cmocka_unit_test(single_lines),
        cmocka_unit_test(generated_configs),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
