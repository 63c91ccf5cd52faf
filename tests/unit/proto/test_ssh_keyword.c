/* Each keyword of ssh_config(5) has its fate: a field, or a name in the notice, or a reason. */
#include "sshd_fixture.h"

#include "proto/ssh_keyword.h"

/* What readconf.c of OpenSSH 8.0 to 10 knows, and of the GSSAPI patch. */
static const char known[] =
    "afstokenpassing addkeystoagent addressfamily batchmode bindaddress bindinterface "
    "casignaturealgorithms canonicaldomains canonicalizefallbacklocal canonicalizehostname "
    "canonicalizemaxdots canonicalizepermittedcnames certificatefile "
    "challengeresponseauthentication channeltimeout checkhostip cipher ciphers "
    "clearallforwardings compression compressionlevel connectionattempts connecttimeout "
    "controlmaster controlpath controlpersist dsaauthentication dynamicforward "
    "enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fallbacktorsh "
    "fingerprinthash forkafterauthentication forwardagent forwardx11 forwardx11timeout "
    "forwardx11trusted gatewayports globalknownhostsfile globalknownhostsfile2 "
    "gssapiauthentication gssapidelegatecredentials gssapikeyexchange gssapiclientidentity "
    "gssapiserveridentity gssapitrustdns gssapirenewalforcesrekey gssapikexalgorithms "
    "hashknownhosts host hostbasedacceptedalgorithms hostbasedauthentication hostbasedkeytypes "
    "hostkeyalgorithms hostkeyalias hostname identitiesonly identityagent identityfile "
    "identityfile2 ignoreunknown include ipqos kbdinteractiveauthentication "
    "kbdinteractivedevices keepalive kerberosauthentication kerberostgtpassing kexalgorithms "
    "knownhostscommand localcommand localforward loglevel logverbose macs match "
    "nohostauthenticationforlocalhost numberofpasswordprompts obscurekeystroketiming "
    "passwordauthentication permitlocalcommand permitremoteopen pkcs11provider port "
    "preferredauthentications protocol proxycommand proxyjump proxyusefdpass "
    "pubkeyacceptedalgorithms pubkeyacceptedkeytypes pubkeyauthentication refuseconnection "
    "rekeylimit remotecommand remoteforward requesttty requiredrsasize revokedhostkeys "
    "rhostsauthentication rhostsrsaauthentication rsaauthentication securitykeyprovider sendenv "
    "serveralivecountmax serveraliveinterval sessiontype setenv skeyauthentication "
    "smartcarddevice stdinnull streamlocalbindmask streamlocalbindunlink stricthostkeychecking "
    "syslogfacility tag tcpkeepalive tisauthentication tunnel tunneldevice updatehostkeys "
    "useprivilegedport user useroaming userknownhostsfile userknownhostsfile2 usersh "
    "verifyhostkeydns versionaddendum visualhostkey warnweakcrypto xauthlocation";

static void every_keyword(void **state)
{
    (void)state;
    char *copy = xstrdup(known), *rest = copy;
    for (char *word; (word = strsep(&rest, " "));)
        if (!ssh_keyword_find(word))
            fail_msg("%s has no fate", word);
    free(copy);
    assert_null(ssh_keyword_find("nosuchkeyword"));
    assert_null(ssh_keyword_find(""));
}

/* What the ssh of this machine prints. */
static void every_printed_keyword(void **state)
{
    (void)state;
    FILE *f = popen("ssh -G -F none -o ControlPath=/x -o RemoteCommand=x nowhere </dev/null "
                    "2>/dev/null",
                    "r");
    char line[8192];
    int count = 0;
    for (; fgets(line, sizeof line, f); count++) {
        line[strcspn(line, " \n")] = '\0';
        if (!ssh_keyword_find(line))
            fail_msg("%s has no fate", line);
    }
    assert_int_equal(pclose(f), 0);
    assert_true(count > 60);
}

static struct ssh_settings resolve(const char *const *option)
{
    struct ssh_settings s;
    struct err err = {""};
    struct ssh_options o = {.host = "nowhere", .file = "none", .option = option};
    if (!ssh_config_resolve(&o, &s, &err))
        fail_msg("%s", err.text);
    return s;
}

static void nothing_is_named_unasked(void **state)
{
    (void)state;
    struct ssh_settings s = resolve(NULL);
    assert_null(s.notice);
    assert_null(s.not_followed);
    ssh_settings_release(&s);
    s = resolve((const char *[]){
        "ForwardX11=no", "Tunnel=no", "KnownHostsCommand=none", "PKCS11Provider=none",
        "LocalCommand=touch x", "LocalCommand=none", "SecurityKeyProvider=internal",
        "VerifyHostKeyDNS=no", "ForkAfterAuthentication=no", "ControlMaster=auto",
        "ControlPath=~/x", "GatewayPorts=yes", "LogVerbose=*", "RemoteCommand=none",
        "CheckHostIP=yes", "UpdateHostKeys=yes", NULL});
    assert_null(s.notice);
    assert_null(s.remote_command);
    ssh_settings_release(&s);
}

static void what_is_asked_is_named_once(void **state)
{
    (void)state;
    static const struct {
        const char *option, *also, *named;
    } table[] = {
        {"LocalForward=1 x:1", "LocalForward=2 x:2", "LocalForward"},
        {"RemoteForward=1 x:1", NULL, "RemoteForward"},
        {"DynamicForward=1", NULL, "DynamicForward"},
        {"ForwardX11=yes", NULL, "ForwardX11"},
        {"Tunnel=ethernet", NULL, "Tunnel"},
        {"KnownHostsCommand=/bin/x", NULL, "KnownHostsCommand"},
        {"VerifyHostKeyDNS=ask", NULL, "VerifyHostKeyDNS"},
        {"UpdateHostKeys=ask", NULL, "UpdateHostKeys"},
        {"HostbasedAuthentication=yes", NULL, "HostbasedAuthentication"},
        {"ForkAfterAuthentication=yes", "RemoteCommand=x", "ForkAfterAuthentication"},
        {"PKCS11Provider=/x.so", NULL, "PKCS11Provider"},
        {"SecurityKeyProvider=/x.so", NULL, "SecurityKeyProvider"},
        {"KbdInteractiveDevices=pam", NULL, "KbdInteractiveDevices"},
        {"EnableEscapeCommandline=yes", NULL, "EnableEscapeCommandline"},
        {"LocalCommand=x", "PermitLocalCommand=yes", "LocalCommand"},
        {"ProxyUseFdpass=yes", "ProxyCommand=x", "ProxyUseFdpass"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct ssh_settings s = resolve((const char *[]){table[i].option, table[i].also, NULL});
        char *line = xasprintf("not followed here: %s", table[i].named);
        assert_non_null(s.notice);
        assert_string_equal(s.notice, line);
        free(line);
        ssh_settings_release(&s);
    }
    struct ssh_settings s =
        resolve((const char *[]){"DynamicForward=1", "LocalForward=2 x:2", "Tunnel=yes", NULL});
    assert_string_equal(s.notice, "not followed here: Tunnel, DynamicForward, LocalForward");
    ssh_settings_release(&s);
}

/* Of versions that are not here. */
static void other_versions(void **state)
{
    (void)state;
    struct ssh_settings s;
    ssh_settings_init(&s);
    ssh_settings_line(&s, "versionaddendum", "");
    ssh_settings_line(&s, "channeltimeout", "none");
    ssh_settings_line(&s, "obscurekeystroketiming", "yes");
    ssh_settings_line(&s, "revokedhostkeys", "none");
    ssh_settings_line(&s, "gssapikeyexchange", "no");
    ssh_settings_line(&s, "securitykeyprovider", "$SSH_SK_PROVIDER");
    ssh_settings_line(&s, "keywordofthefuture", "yes");
    ssh_settings_line(&s, "challengeresponseauthentication", "yes");
    ssh_settings_line(&s, "kbdinteractiveauthentication", "no");
    ssh_settings_line(&s, "pubkeyacceptedkeytypes", "ssh-ed25519");
    ssh_settings_finish(&s);
    assert_null(s.notice);
    assert_false(s.kbdint_auth);
    assert_string_equal(s.pubkey_algs, "ssh-ed25519");
    ssh_settings_line(&s, "channeltimeout", "session:*=5m");
    ssh_settings_line(&s, "versionaddendum", "mine");
    ssh_settings_finish(&s);
    assert_string_equal(s.notice, "not followed here: ChannelTimeout, VersionAddendum");
    ssh_settings_release(&s);
}

static void escape_chars(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int byte;
    } table[] = {
        {"~", '~'},     {"none", -1},   {"^B", 2},      {"^[", 27}, {"\\^B", 2},
        {"\\\\", '\\'}, {"\\040", ' '}, {"\\^?", 0x7f}, {"%", '%'}, {"\\M-i", 0xe9},
        {"^", '^'},     {"\\^I", '\t'}, {"\\^@", 0},    {"", '~'},  {"\\M^A", 0x81},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(ssh_escape_char(table[i].value), table[i].byte);
    /* As it is configured, through ssh's own printing. */
    static const struct {
        const char *option;
        int byte;
    } asked[] = {{"EscapeChar=^B", 2},     {"EscapeChar=%", '%'},     {"EscapeChar=none", -1},
                 {"EscapeChar=^", '^'},    {"EscapeChar=\\\\", '\\'}, {"EscapeChar=^[", 27},
                 {"EscapeChar=\" \"", ' '}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct ssh_settings s = resolve((const char *[]){asked[i].option, NULL});
        assert_int_equal(s.escape_char, asked[i].byte);
        ssh_settings_release(&s);
    }
}

static void log_levels(void **state)
{
    (void)state;
    static const char *const levels[] = {"QUIET",   "FATAL", "ERROR",  "INFO",
                                         "VERBOSE", "DEBUG", "DEBUG2", "DEBUG3"};
    for (int i = 0; i < 8; i++) {
        char *option = xasprintf("LogLevel=%s", levels[i]);
        struct ssh_settings s = resolve((const char *[]){option, NULL});
        assert_int_equal(s.log_level, i);
        ssh_settings_release(&s);
        free(option);
    }
}

static void file_names(void **state)
{
    (void)state;
    static const struct {
        const char *value, *names[4];
    } table[] = {
        {"/a /b", {"/a", "/b"}},     {"/a b /c", {"/a b", "/c"}},
        {"/a  b", {"/a  b"}},        {"~/x y z ~/w", {"~/x y z", "~/w"}},
        {"one two", {"one", "two"}}, {"none", {"none"}},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct ssh_settings s = {.port = 0};
        ssh_settings_line(&s, "userknownhostsfile", table[i].value);
        for (int k = 0; k < 4 && (table[i].names[k] || s.user_known_hosts[k]); k++)
            assert_string_equal(s.user_known_hosts[k], table[i].names[k]);
        ssh_settings_release(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_keyword),
        cmocka_unit_test(every_printed_keyword),
        cmocka_unit_test(nothing_is_named_unasked),
        cmocka_unit_test(what_is_asked_is_named_once),
        cmocka_unit_test(other_versions),
        cmocka_unit_test(escape_chars),
        cmocka_unit_test(log_levels),
        cmocka_unit_test(file_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
