#include "proto/ssh_keyword.h"

#include <string.h>
#include <strings.h>

#include "proto/ssh_config.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define FIELD(name, usual, kind, member)                                                           \
    {                                                                                              \
        name, usual, FATE_FIELD, FIELD_##kind, offsetof(struct ssh_settings, member)               \
    }
#define APPLIED(name)                                                                              \
    {                                                                                              \
        name, NULL, FATE_APPLIED, FIELD_STRING, 0                                                  \
    }
#define MOOT(name)                                                                                 \
    {                                                                                              \
        name, NULL, FATE_MOOT, FIELD_STRING, 0                                                     \
    }
#define NAMED(name, usual)                                                                         \
    {                                                                                              \
        name, usual, FATE_NAMED, FIELD_STRING, 0                                                   \
    }
#define NAMED_IF(name, usual, member)                                                              \
    {                                                                                              \
        name, usual, FATE_NAMED, FIELD_BOOL, offsetof(struct ssh_settings, member)                 \
    }

static const struct ssh_keyword keyword_table[] = {
    /* The way there. */
    FIELD("HostName", NULL, STRING, hostname),
    FIELD("User", NULL, STRING, user),
    FIELD("Port", "22", INT, port),
    FIELD("AddressFamily", "any", FAMILY, family),
    FIELD("BindAddress", NULL, STRING, bind_address),
    FIELD("BindInterface", NULL, STRING, bind_interface),
    FIELD("ConnectTimeout", NULL, INT, timeout),
    FIELD("ConnectionAttempts", "1", INT, attempts),
    FIELD("TCPKeepAlive", "yes", BOOL, tcp_keepalive),
    FIELD("IPQoS", NULL, STRING, ipqos),
    FIELD("ProxyCommand", NULL, STRING, proxy_command),
    FIELD("ProxyJump", NULL, STRING, proxy_jump),
    FIELD("Compression", "no", BOOL, compression),
    FIELD("RekeyLimit", NULL, STRING, rekey_limit),
    FIELD("ServerAliveInterval", "0", INT, alive_interval),
    FIELD("ServerAliveCountMax", "3", INT, alive_count),
    FIELD("Ciphers", NULL, STRING, ciphers),
    FIELD("MACs", NULL, STRING, macs),
    FIELD("KexAlgorithms", NULL, STRING, kex),
    NAMED("ProxyUseFdpass", "no"),
    NAMED("VersionAddendum", "none"),

    /* The host's key. */
    FIELD("HostKeyAlgorithms", NULL, STRING, host_key_algs),
    FIELD("HostKeyAlias", NULL, STRING, host_key_alias),
    FIELD("StrictHostKeyChecking", "ask", STRICT, strict),
    FIELD("UserKnownHostsFile", NULL, FILES, user_known_hosts),
    FIELD("GlobalKnownHostsFile", NULL, FILES, global_known_hosts),
    FIELD("HashKnownHosts", "no", BOOL, hash_known_hosts),
    FIELD("CheckHostIP", "no", BOOL, check_host_ip),
    FIELD("NoHostAuthenticationForLocalhost", "no", BOOL, trust_localhost),
    FIELD("VisualHostKey", "no", BOOL, visual_host_key),
    FIELD("RevokedHostKeys", NULL, FILES, revoked_host_keys),
    FIELD("FingerprintHash", NULL, STRING, fingerprint_hash),
    FIELD("RequiredRSASize", "1024", INT, required_rsa_size),
    NAMED("KnownHostsCommand", "none"),
    /* The library cannot ask a host to prove its other keys. "yes" is ssh's default, and not to
       be told from what somebody wrote; nothing is lost where the keys are not learned. */
    NAMED("UpdateHostKeys", "yes no"),
    NAMED("VerifyHostKeyDNS", "no"),
    /* A certified host key is not believed at all, whoever signed it. */
    MOOT("CASignatureAlgorithms"),
    /* A warning about the key exchange, which is no setting of the connection. */
    MOOT("WarnWeakCrypto"),

    /* Who logs in. */
    FIELD("PreferredAuthentications", "publickey,keyboard-interactive,password", COMMAS,
          preferred_auth),
    FIELD("PubkeyAuthentication", "yes", BOOL, pubkey_auth),
    FIELD("KbdInteractiveAuthentication", "yes", BOOL, kbdint_auth),
    FIELD("PasswordAuthentication", "yes", BOOL, password_auth),
    FIELD("NumberOfPasswordPrompts", "3", INT, password_prompts),
    FIELD("GSSAPIAuthentication", "no", BOOL, gssapi_auth),
    FIELD("GSSAPIDelegateCredentials", "no", BOOL, gssapi_delegate),
    FIELD("IdentityFile", NULL, APPEND, identity_file),
    FIELD("IdentitiesOnly", "no", BOOL, identities_only),
    FIELD("IdentityAgent", NULL, STRING, identity_agent),
    FIELD("CertificateFile", NULL, APPEND, certificate_file),
    FIELD("AddKeysToAgent", "no", CHOICE, add_keys),
    FIELD("ForwardAgent", NULL, CHOICE, forward_agent),
    FIELD("PubkeyAcceptedAlgorithms", NULL, STRING, pubkey_algs),
    FIELD("BatchMode", "no", BOOL, batch),
    NAMED("HostbasedAuthentication", "no"),
    NAMED("KbdInteractiveDevices", NULL),
    NAMED("PKCS11Provider", "none"),
    /* The second is where ssh looks that has no support of its own for security keys. */
    NAMED("SecurityKeyProvider", "internal $SSH_SK_PROVIDER"),
    /* Of a patch that many systems have. */
    NAMED("GSSAPIKeyExchange", "no"),
    NAMED("GSSAPIClientIdentity", NULL),
    NAMED("GSSAPIServerIdentity", NULL),
    NAMED("GSSAPITrustDns", "no"),
    NAMED("GSSAPIRenewalForcesRekey", "no"),
    /* Only with what is named above. */
    MOOT("GSSAPIKexAlgorithms"),
    MOOT("EnableSSHKeysign"),
    MOOT("HostbasedAcceptedAlgorithms"),

    /* The session. */
    FIELD("RequestTTY", "auto", TTY, request_tty),
    FIELD("SessionType", "default", STRING, session_type),
    FIELD("RemoteCommand", NULL, STRING, remote_command),
    FIELD("StdinNull", "no", BOOL, stdin_null),
    FIELD("EscapeChar", "~", ESCAPE, escape_char),
    FIELD("LogLevel", "INFO", LEVEL, log_level),
    FIELD("SendEnv", NULL, SEND_ENV, set_env),
    FIELD("SetEnv", NULL, APPEND, set_env), /* behind: of two equal names it is the one to hold */
    NAMED("ForkAfterAuthentication", "no"),
    NAMED("ChannelTimeout", "none"),
    NAMED("EnableEscapeCommandline", "no"),
    FIELD("PermitLocalCommand", "no", BOOL, permit_local_command),
    NAMED_IF("LocalCommand", "none", permit_local_command),
    /* Where ssh puts its messages: here they are on the screen, or on standard error. */
    MOOT("LogVerbose"),
    MOOT("SyslogFacility"),
    /* It hides when keys are struck; a line that is edited here goes out whole, and typing into
       a program is as it was with every ssh before 9.5. */
    MOOT("ObscureKeystrokeTiming"),

    /* What goes through the connection beside the session. */
    NAMED("LocalForward", NULL),
    NAMED("RemoteForward", NULL),
    NAMED("DynamicForward", NULL),
    NAMED("ForwardX11", "no"),
    NAMED("Tunnel", "no"),
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
    APPLIED("Host"),
    APPLIED("Match"),
    APPLIED("Include"),
    APPLIED("Tag"),
    APPLIED("IgnoreUnknown"),
    APPLIED("RefuseConnection"),
    APPLIED("CanonicalizeHostname"),
    APPLIED("CanonicalDomains"),
    APPLIED("CanonicalizeFallbackLocal"),
    APPLIED("CanonicalizeMaxDots"),
    APPLIED("CanonicalizePermittedCNAMEs"),

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
