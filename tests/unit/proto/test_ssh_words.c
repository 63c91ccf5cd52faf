/* libssh's errors in our words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "proto/ssh_words.h"

static const struct {
    const char *text, *words;
} cases[] = {
    {"Received SSH_MSG_DISCONNECT: 2:Too many authentication failures",
     "the host ended the connection: 'Too many authentication failures'"},
    {"Received SSH_MSG_DISCONNECT: 11:", "the host ended the connection"},
    {"Received SSH_MSG_DISCONNECT: 11:no error", "the host ended the connection"},
    {"Received SSH_MSG_DISCONNECT: 11:a: b", "the host ended the connection: 'a: b'"},
    {"Received SSH_MSG_DISCONNECT: 2:\033[31mred\n",
     "the host ended the connection: '\\x1b[31mred\\x0a'"},
    {"Socket error: disconnected", "the host closed the connection"},
    {"Socket error: Connection reset by peer", "the connection broke: it was reset"},
    {"Socket error: No such file or directory", "the host closed the connection"},
    {"Success", "the host closed the connection"},
    {"Packet filter: rejected packet (type 52)", "the host sent a message out of turn: 'type 52'"},
    {"No version of SSH protocol usable (banner: SSH-1.5-a (b))",
     "it speaks no version of SSH that can be used: 'SSH-1.5-a (b)'"},
    {"Channel opening failure: channel 43 error (1) open failed", "it refused: 'open failed'"},
    {"Channel opening failure: channel 43 error (1) ", "it refused"},
    {"Access denied for 'none'. Authentication that can continue: publickey",
     "the host sent something that makes no sense"},
    {"", "the host sent something that makes no sense"},
    {"Something new", "the SSH library gave up: 'Something new'"},
    {"kex error : no match for method mac algo client->server: server [encryption,\033], "
     "client [hmac-sha2-256]",
     "no common MACs: the host offers only encryption,\\x1b; if you accept one of them, allow it "
     "with -o MACs=+NAME"},
    {"kex error : no match for method kex algos: server [], client [x]",
     "no common KexAlgorithms: the host offers only nothing; if you accept one of them, allow it "
     "with -o KexAlgorithms=+NAME"},
};

static void words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[SSH_WORDS_MAX];
        bool ended = ssh_words(cases[i].text, out);
        assert_string_equal(out, cases[i].words);
        assert_int_equal(ended, strncmp(out, "the host closed", 15) == 0 || strstr(out, "reset"));
    }
}

/* The longest that libssh can hold, all of it to be escaped. */
static void long_text(void **state)
{
    (void)state;
    static const char *const begin[] = {"Received SSH_MSG_DISCONNECT: 2:", "",
                                        "kex error : no match for method mac: server ["};
    for (size_t i = 0; i < sizeof begin / sizeof begin[0]; i++) {
        struct buf text = {0};
        char out[SSH_WORDS_MAX];
        buf_puts(&text, begin[i]);
        while (text.len < 1023)
            buf_puts(&text, "\x9b");
        ssh_words(buf_str(&text), out);
        assert_true(strlen(out) < sizeof out - 1); /* cut by columns, not by the buffer */
        assert_null(strpbrk(out, "\x9b\033"));
        buf_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(long_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
