#include "proto/ssh_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define QUOTE_COLUMNS 160
#define LIST_COLUMNS  180

static const char closed[] = "the host closed the connection";
static const char reset[] = "the connection broke: it was reset";
static const char nonsense[] = "the host sent something that makes no sense";
static const char malformed[] = "the host sent a malformed message";
static const char bad_exchange[] = "the host's part of the key exchange is invalid";
static const char tampered[] = "a packet was damaged or tampered with on the way";
static const char old_version[] = "it speaks no version of SSH that can be used";
static const char no_channel[] = "the host spoke of a channel that is not there";

/* How the words go on: not at all, with what libssh has behind the beginning (less a bracket of
   its own at the end), or with what stands further behind. */
enum rest { NOTHING, QUOTED, BRACKETED, BEHIND_COLON, BEHIND_BRACKET };

static const struct saying {
    const char *begins;
    const char *words;
    enum rest rest;
} sayings[] = {
    {"Received SSH_MSG_DISCONNECT: ", "the host ended the connection", BEHIND_COLON},
    {"Socket error: Connection reset", reset, NOTHING},
    {"Connection reset", reset, NOTHING}, /* before anything was sent */
    {"Success", closed, NOTHING},
    {"Socket error: Connection timed out", "the connection broke: the host is silent", NOTHING},
    {"Socket error: No route to host", "the connection broke: no way to the host", NOTHING},
    {"Socket error: Network is", "the connection broke: the network is gone", NOTHING},
    /* "disconnected", or what errno happened to hold when libssh had closed it. */
    {"Socket error: ", closed, NOTHING},
    {"Writing packet: ", closed, NOTHING},
    {"No version of SSH protocol usable (banner: ", old_version, BRACKETED},
    {"Protocol mismatch: ", old_version, QUOTED},
    {"Receiving banner: too large banner",
     "its greeting has a line that is too long (more than 255 bytes)", NOTHING},
    {"read_packet(): ", malformed, NOTHING},
    {"Given numbers of bytes left", malformed, NOTHING},
    {"Packet too short", malformed, NOTHING},
    {"Invalid padding", malformed, NOTHING},
    {"Invalid packet", malformed, NOTHING},
    {"Invalid SSH_MSG_USERAUTH_FAILURE", malformed, NOTHING},
    {"Invalid USERAUTH_INFO_REQUEST", "the host asks a malformed question", NOTHING},
    {"Short INFO_REQUEST packet", "the host asks a malformed question", NOTHING},
    {"Too much prompts requested", "the host asks too many questions at once", NOTHING},
    {"Packet filter: rejected packet (", "the host sent a message out of turn", BRACKETED},
    {"Incoming sequence number overflow", nonsense, NOTHING},
    {"HMAC error", tampered, NOTHING},
    {"Decryption error", tampered, NOTHING},
    {"Cryptographic functions must be used on", tampered, NOTHING},
    {"Received unexpected packets in strict KEX mode",
     "someone slipped messages into the key exchange: the connection is not safe", NOTHING},
    {"Failed to verify server hostkey signature",
     "the host cannot prove that the key it shows is its own: someone may be listening in",
     NOTHING},
    {"Public key from server (", "the host's key is not of the type that was agreed on", NOTHING},
    {"The hostkey size too small", "the host's key is too short to be safe", NOTHING},
    {"Failed to import ", "the host's key cannot be read", NOTHING},
    {"Invalid dh", bad_exchange, NOTHING},
    {"Invalid DH_GEX", bad_exchange, NOTHING},
    {"Incorrect size for server Curve25519", bad_exchange, NOTHING},
    {"Could not generate shared secret", bad_exchange, NOTHING},
    {"Cannot build k number", bad_exchange, NOTHING},
    {"No Q_S ECC point", bad_exchange, NOTHING},
    {"No public key in packet", bad_exchange, NOTHING},
    {"No signature in packet", bad_exchange, NOTHING},
    {"Received DH_GEX", bad_exchange, NOTHING},
    {"SSH_KEXINIT received in wrong state", bad_exchange, NOTHING},
    {"ssh_packet_kexinit: ", bad_exchange, NOTHING},
    {"ssh_packet_newkeys called in wrong state", bad_exchange, NOTHING},
    {"ssh_auth_service request denied", "the host lets nobody log in", NOTHING},
    {"Channel opening failure: ", "it refused", BEHIND_BRACKET},
    {"Channel request ", "it refused", NOTHING},
    {"Remote channel is closed", "the host closed the channel", NOTHING},
    {"Unknown channel id", no_channel, NOTHING},
    {"Server specified invalid channel", no_channel, NOTHING},
    {"Getting channel from message", no_channel, NOTHING},
    {"status ", "the host's compressed data cannot be read", NOTHING}, /* inflating */
    /* Left over from a request before: what has happened now has no text of its own. */
    {"Access denied for ", nonsense, NOTHING},
};

/* "kex error : no match for method METHOD: server [LIST], client [LIST]" */
static const char no_match[] = "kex error : no match for method ";

static const struct {
    const char *method, *option;
} methods[] = {
    {"kex algos", "KexAlgorithms"}, {"server host key algo", "HostKeyAlgorithms"},
    {"encryption", "Ciphers"},      {"mac", "MACs"},
    {"compression", "Compression"},
};

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void say_no_match(const char *text, char out[SSH_WORDS_MAX])
{
    const char *option = "algorithms", *list = strstr(text, "server [");
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (begins(text, methods[i].method))
            option = methods[i].option;
    list = list ? list + strlen("server [") : "";
    char shown[LIST_COLUMNS + 20];
    utf8_sanitize(shown, sizeof shown, list, strcspn(list, "]"), LIST_COLUMNS, 0);
    snprintf(out, SSH_WORDS_MAX,
             "no common %s: the host offers only %s; if you accept one of them, allow it with "
             "-o %s=+NAME",
             option, *shown ? shown : "nothing", option);
}

/* The part of libssh's text that is shown. */
static const char *rest_of(const struct saying *s, const char *text, size_t *len)
{
    const char *rest = text + strlen(s->begins);
    const char *mark = s->rest == BEHIND_COLON ? ":" : ") ";
    if (s->rest == BEHIND_COLON || s->rest == BEHIND_BRACKET) {
        const char *at = strstr(rest, mark);
        rest = at ? at + strlen(mark) : "";
    }
    *len = s->rest == NOTHING || strcmp(rest, "no error") == 0 ? 0 : strlen(rest);
    if (s->rest == BRACKETED && *len > 0 && rest[*len - 1] == ')')
        (*len)--;
    return rest;
}

static void say(const char *words, const char *rest, size_t len, char out[SSH_WORDS_MAX])
{
    char shown[QUOTE_COLUMNS + 20];
    utf8_sanitize(shown, sizeof shown, rest, len, QUOTE_COLUMNS, 0);
    if (*shown)
        snprintf(out, SSH_WORDS_MAX, "%s: '%s'", words, shown);
    else
        snprintf(out, SSH_WORDS_MAX, "%s", words);
}

bool ssh_words(const char *text, char out[SSH_WORDS_MAX])
{
    if (begins(text, no_match)) {
        say_no_match(text + strlen(no_match), out);
        return false;
    }
    for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++) {
        size_t len;
        if (!begins(text, sayings[i].begins))
            continue;
        const char *rest = rest_of(&sayings[i], text, &len);
        say(sayings[i].words, rest, len, out);
        return sayings[i].words == closed || sayings[i].words == reset;
    }
    if (*text)
        say("the SSH library gave up", text, strlen(text), out);
    else
        say(nonsense, "", 0, out);
    return false;
}

unsigned ssh_words_refusal(const char *text, char said[SSH_WORDS_MAX])
{
    static const char beginning[] = "Channel opening failure: ", number[] = "error (";
    const char *code = begins(text, beginning) ? strstr(text, number) : NULL;
    const char *words = code ? strstr(code, ") ") : NULL;
    said[0] = '\0';
    if (words)
        utf8_sanitize(said, SSH_WORDS_MAX, words + 2, strlen(words + 2), QUOTE_COLUMNS, 0);
    return code ? (unsigned)strtoul(code + strlen(number), NULL, 10) : 0;
}

bool ssh_words_hopeless(const char *text)
{
    return begins(text, "Too much prompts requested") || begins(text, "Short INFO_REQUEST") ||
           begins(text, "Invalid USERAUTH_INFO_REQUEST") ||
           begins(text, "Invalid SSH_MSG_USERAUTH_FAILURE");
}
