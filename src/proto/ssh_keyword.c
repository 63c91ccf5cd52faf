#include "proto/ssh_keyword.h"

#include <string.h>
#include <strings.h>

#include "proto/ssh_config.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define OF(member) offsetof(struct ssh_settings, member)
#define FIELD(name, usual, kind, member, syntax)                                                   \
    {                                                                                              \
        name, usual, FATE_FIELD, FIELD_##kind, OF(member), SYNTAX_##syntax, NULL                   \
    }
#define CHOICE(name, usual, kind, member, choices)                                                 \
    {                                                                                              \
        name, usual, FATE_FIELD, FIELD_##kind, OF(member), SYNTAX_CHOICE, choices                  \
    }
#define APPLIED(name, syntax)                                                                      \
    {                                                                                              \
        name, NULL, FATE_APPLIED, FIELD_STRING, 0, SYNTAX_##syntax, NULL                           \
    }
#define MOOT(name)                                                                                 \
    {                                                                                              \
        name, NULL, FATE_MOOT, FIELD_STRING, 0, SYNTAX_ANY, NULL                                   \
    }
#define NAMED(name, usual, syntax)                                                                 \
    {                                                                                              \
        name, usual, FATE_NAMED, FIELD_STRING, 0, SYNTAX_##syntax, NULL                            \
    }
#define NAMED_IF(name, usual, member, syntax)                                                      \
    {                                                                                              \
        name, usual, FATE_NAMED, FIELD_BOOL, OF(member), SYNTAX_##syntax, NULL                     \
    }
#define NAMED_CHOICE(name, usual, choices)                                                         \
    {                                                                                              \
        name, usual, FATE_NAMED, FIELD_STRING, 0, SYNTAX_CHOICE, choices                           \
    }

static const struct ssh_keyword keyword_table[] = {
    /* The way there. */
    FIELD("HostName", NULL, STRING, hostname, WORD),
    FIELD("User", NULL, STRING, user, WORD),
    FIELD("Port", "22", INT, port, PORT),
    CHOICE("AddressFamily", "any", FAMILY, family, "any inet inet6"),
    FIELD("BindAddress", NULL, STRING, bind_address, WORD),
    FIELD("BindInterface", NULL, STRING, bind_interface, WORD),
    FIELD("ConnectTimeout", NULL, INT, timeout, TIME),
    FIELD("ConnectionAttempts", "1", INT, attempts, NUMBER),
    FIELD("TCPKeepAlive", "yes", BOOL, tcp_keepalive, CHOICE),
    FIELD("IPQoS", NULL, STRING, ipqos, QOS),
    FIELD("ProxyCommand", NULL, STRING, proxy_command, REST),
    FIELD("ProxyJump", NULL, STRING, proxy_jump, JUMP),
    FIELD("Compression", "no", BOOL, compression, CHOICE),
    FIELD("RekeyLimit", "0 0", STRING, rekey_limit, REKEY),
    FIELD("ServerAliveInterval", "0", INT, alive_interval, TIME),
    FIELD("ServerAliveCountMax", "3", INT, alive_count, NUMBER),
    FIELD("Ciphers", NULL, STRING, ciphers, ALGORITHMS),
    FIELD("MACs", NULL, STRING, macs, ALGORITHMS),
    FIELD("KexAlgorithms", NULL, STRING, kex, ALGORITHMS),
    NAMED("ProxyUseFdpass", "no", CHOICE),
    NAMED("VersionAddendum", "none", ANY),

    /* The host's key. */
    FIELD("HostKeyAlgorithms", NULL, STRING, host_key_algs, ALGORITHMS),
    FIELD("HostKeyAlias", NULL, STRING, host_key_alias, WORD),
    CHOICE("StrictHostKeyChecking", "ask", STRICT, strict, "yes no ask off accept-new"),
    FIELD("UserKnownHostsFile", NULL, FILES, user_known_hosts, FILES),
    FIELD("GlobalKnownHostsFile", NULL, FILES, global_known_hosts, FILES),
    FIELD("HashKnownHosts", "no", BOOL, hash_known_hosts, CHOICE),
    FIELD("CheckHostIP", "no", BOOL, check_host_ip, CHOICE),
    FIELD("NoHostAuthenticationForLocalhost", "no", BOOL, trust_localhost, CHOICE),
    FIELD("VisualHostKey", "no", BOOL, visual_host_key, CHOICE),
    FIELD("RevokedHostKeys", NULL, FILES, revoked_host_keys, FILES),
    CHOICE("FingerprintHash", "SHA256", STRING, fingerprint_hash, "MD5 SHA1 SHA256 SHA384 SHA512"),
    FIELD("RequiredRSASize", "1024", INT, required_rsa_size, NUMBER),
    NAMED("KnownHostsCommand", "none", REST),
    /* The library cannot ask a host to prove its other keys. "yes" is ssh's default, and not to
       be told from what somebody wrote; nothing is lost where the keys are not learned. */
    NAMED_CHOICE("UpdateHostKeys", "yes no", "yes no ask"),
    NAMED_CHOICE("VerifyHostKeyDNS", "no", "yes no ask"),
    /* A certified host key is not believed at all, whoever signed it. */
    MOOT("CASignatureAlgorithms"),
    /* A warning about the key exchange, which is no setting of the connection. */
    MOOT("WarnWeakCrypto"),

    /* Who logs in. */
    FIELD("PreferredAuthentications", "gssapi-with-mic,publickey,keyboard-interactive,password",
          COMMAS, preferred_auth, WORD),
    CHOICE("PubkeyAuthentication", "yes", BOOL, pubkey_auth, "yes no unbound host-bound"),
    FIELD("KbdInteractiveAuthentication", "yes", BOOL, kbdint_auth, CHOICE),
    FIELD("PasswordAuthentication", "yes", BOOL, password_auth, CHOICE),
    FIELD("NumberOfPasswordPrompts", "3", INT, password_prompts, NUMBER),
    FIELD("GSSAPIAuthentication", "no", BOOL, gssapi_auth, CHOICE),
    FIELD("GSSAPIDelegateCredentials", "no", BOOL, gssapi_delegate, CHOICE),
    FIELD("IdentityFile", NULL, APPEND, identity_file, EACH),
    FIELD("IdentitiesOnly", "no", BOOL, identities_only, CHOICE),
    FIELD("IdentityAgent", NULL, STRING, identity_agent, WORD),
    FIELD("CertificateFile", NULL, APPEND, certificate_file, EACH),
    FIELD("AddKeysToAgent", "no", CHOICE, add_keys, ADD_KEYS),
    FIELD("ForwardAgent", NULL, CHOICE, forward_agent, AGENT),
    FIELD("PubkeyAcceptedAlgorithms", NULL, STRING, pubkey_algs, ALGORITHMS),
    FIELD("BatchMode", "no", BOOL, batch, CHOICE),
    NAMED("HostbasedAuthentication", "no", CHOICE),
    NAMED("KbdInteractiveDevices", NULL, WORD),
    NAMED("PKCS11Provider", "none", WORD),
    /* The second is where ssh looks that has no support of its own for security keys. */
    NAMED("SecurityKeyProvider", "internal $SSH_SK_PROVIDER", WORD),
    /* Of a patch that many systems have. */
    NAMED("GSSAPIKeyExchange", "no", CHOICE),
    NAMED("GSSAPIClientIdentity", NULL, WORD),
    NAMED("GSSAPIServerIdentity", NULL, WORD),
    NAMED("GSSAPITrustDns", "no", CHOICE),
    NAMED("GSSAPIRenewalForcesRekey", "no", CHOICE),
    /* Only with what is named above. */
    MOOT("GSSAPIKexAlgorithms"),
    MOOT("EnableSSHKeysign"),
    MOOT("HostbasedAcceptedAlgorithms"),

    /* The session. */
    CHOICE("RequestTTY", "auto", TTY, request_tty, "yes no auto force"),
    CHOICE("SessionType", "default", STRING, session_type, "none subsystem default"),
    FIELD("RemoteCommand", NULL, STRING, remote_command, REST),
    FIELD("StdinNull", "no", BOOL, stdin_null, CHOICE),
    FIELD("EscapeChar", "~", ESCAPE, escape_char, ESCAPE),
    CHOICE("LogLevel", "INFO", LEVEL, log_level,
           "QUIET SILENT FATAL ERROR INFO VERBOSE DEBUG DEBUG1 DEBUG2 DEBUG3"),
    FIELD("SendEnv", NULL, SEND_ENV, set_env, SEND_ENV),
    /* Behind: of two equal names it is the one to hold. */
    FIELD("SetEnv", NULL, APPEND, set_env, SET_ENV),
    NAMED("ForkAfterAuthentication", "no", CHOICE),
    NAMED("ChannelTimeout", "none", ANY),
    NAMED("EnableEscapeCommandline", "no", CHOICE),
    FIELD("PermitLocalCommand", "no", BOOL, permit_local_command, CHOICE),
    NAMED_IF("LocalCommand", "none", permit_local_command, REST),
    /* Where ssh puts its messages: here they are on the screen, or on standard error. */
    MOOT("LogVerbose"),
    MOOT("SyslogFacility"),
    /* It hides when keys are struck; a line that is edited here goes out whole, and typing into
       a program is as it was with every ssh before 9.5. */
    MOOT("ObscureKeystrokeTiming"),

    /* What goes through the connection beside the session. */
    NAMED("LocalForward", NULL, FORWARD),
    NAMED("RemoteForward", NULL, LISTEN),
    NAMED("DynamicForward", NULL, EACH),
    NAMED("ForwardX11", "no", CHOICE),
    NAMED_CHOICE("Tunnel", "no", "yes no ethernet point-to-point"),
    /* They only say how to do what is named above. */
    MOOT("ClearAllForwardings"),
    MOOT("ExitOnForwardFailure"),
    MOOT("GatewayPorts"),
    MOOT("PermitRemoteOpen"),
    MOOT("StreamLocalBindMask"),
    MOOT("StreamLocalBindUnlink"),
    MOOT("ForwardX11Timeout"),
    MOOT("ForwardX11Trusted"),
    MOOT("XAuthLocation"),
    MOOT("TunnelDevice"),
    /* Sharing one connection saves a second login. Ours is always our own: it works without,
       and must not be told so each time, since whoever wants it has it for all hosts. */
    MOOT("ControlMaster"),
    MOOT("ControlPath"),
    MOOT("ControlPersist"),

    /* Which values hold. */
    APPLIED("Host", ANY),
    APPLIED("Match", ANY),
    APPLIED("Include", ANY),
    APPLIED("Tag", WORD),
    APPLIED("IgnoreUnknown", WORD),
    APPLIED("RefuseConnection", ANY),
    {"CanonicalizeHostname", "no", FATE_APPLIED, FIELD_STRING, 0, SYNTAX_CHOICE, "yes no always"},
    APPLIED("CanonicalDomains", ANY),
    APPLIED("CanonicalizeFallbackLocal", ANY),
    APPLIED("CanonicalizeMaxDots", ANY),
    APPLIED("CanonicalizePermittedCNAMEs", ANY),

    /* ssh itself no longer does anything about them. */
    MOOT("AFSTokenPassing"),
    MOOT("Cipher"),
    MOOT("CompressionLevel"),
    MOOT("FallBackToRsh"),
    MOOT("GlobalKnownHostsFile2"),
    MOOT("KerberosAuthentication"),
    MOOT("KerberosTGTPassing"),
    MOOT("Protocol"),
    MOOT("RhostsAuthentication"),
    MOOT("RhostsRSAAuthentication"),
    MOOT("RSAAuthentication"),
    MOOT("UsePrivilegedPort"),
    MOOT("UseRoaming"),
    MOOT("UseRsh"),
    MOOT("UserKnownHostsFile2"),
};

/* Names that ssh still takes, or that an older one prints. */
static const struct {
    const char *old, *name;
} alias_table[] = {
    {"ChallengeResponseAuthentication", "KbdInteractiveAuthentication"},
    {"DSAAuthentication", "PubkeyAuthentication"},
    {"HostbasedKeyTypes", "HostbasedAcceptedAlgorithms"},
    {"IdentityFile2", "IdentityFile"},
    {"KeepAlive", "TCPKeepAlive"},
    {"PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms"},
    {"RSAMinSize", "RequiredRSASize"},
    {"SKeyAuthentication", "KbdInteractiveAuthentication"},
    {"SmartcardDevice", "PKCS11Provider"},
    {"TISAuthentication", "KbdInteractiveAuthentication"},
};

const struct ssh_keyword *ssh_keyword_at(size_t i)
{
    return i < COUNT(keyword_table) ? &keyword_table[i] : NULL;
}

const struct ssh_keyword *ssh_keyword_find(const char *name)
{
    for (size_t i = 0; i < COUNT(alias_table); i++)
        if (strcasecmp(name, alias_table[i].old) == 0)
            name = alias_table[i].name;
    for (size_t i = 0; i < COUNT(keyword_table); i++)
        if (strcasecmp(name, keyword_table[i].name) == 0)
            return &keyword_table[i];
    return NULL;
}

const char *ssh_keyword_plain(const char *value)
{
    if (strcasecmp(value, "true") == 0 || strcasecmp(value, "yes") == 0)
        return "yes";
    bool no = strcasecmp(value, "false") == 0 || strcasecmp(value, "off") == 0 ||
              strcasecmp(value, "no") == 0;
    return no ? "no" : value;
}

bool ssh_keyword_asks(const struct ssh_keyword *keyword, const char *value)
{
    const char *plain = ssh_keyword_plain(value);
    size_t len = strlen(plain);
    if (len == 0 || strcasecmp(plain, "none") == 0)
        return false;
    for (const char *at = keyword->usual; at && *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == len && strncmp(at, plain, len) == 0)
            return false;
    return true;
}
