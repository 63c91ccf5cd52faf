#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "base/err.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Tokens as text, adjacent text runs joined: T(...) C(0a) E( B) CSI(?1;2:3 h) OSC(...)... */
struct writer {
    struct buf out;
    bool in_text;
};

static void write_bytes(struct buf *out, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (data[i] >= 0x20 && data[i] < 0x7f)
            buf_putc(out, (char)data[i]);
        else
            buf_printf(out, "<%02x>", data[i]);
    }
}

static void write_head(struct buf *out, const struct ecma48_token *token)
{
    if (token->prefix)
        buf_putc(out, (char)token->prefix);
    for (int i = 0; i < token->param_count; i++) {
        if (i > 0)
            buf_putc(out, token->param[i].sub ? ':' : ';');
        if (token->param[i].value >= 0)
            buf_printf(out, "%d", token->param[i].value);
    }
    for (int i = 0; i < 2 && token->intermediate[i]; i++)
        buf_putc(out, (char)token->intermediate[i]);
    buf_putc(out, (char)token->final);
}

static void write_token(struct writer *w, const struct ecma48_token *token)
{
    struct buf *out = &w->out;
    if (token->kind == ECMA48_TEXT) {
        if (!w->in_text)
            buf_puts(out, "T(");
        w->in_text = true;
        for (size_t i = 0; i < token->len && token->ascii; i++)
            assert_in_range(token->data[i], 0x20, 0x7e);
        assert_true(token->len > 0);
        write_bytes(out, token->data, token->len);
        return;
    }
    if (w->in_text)
        buf_putc(out, ')');
    w->in_text = false;
    switch (token->kind) {
    case ECMA48_CONTROL: buf_printf(out, "C(%02x)", token->final); return;
    case ECMA48_ESC: buf_puts(out, "E("); break;
    case ECMA48_CSI: buf_puts(out, "CSI("); break;
    case ECMA48_OSC: buf_puts(out, "OSC("); break;
    case ECMA48_DCS: buf_puts(out, "DCS("); break;
    default: buf_printf(out, "S%c(", token->final); break;
    }
    if (token->kind != ECMA48_OSC && token->kind != ECMA48_STRING)
        write_head(out, token);
    if (token->kind == ECMA48_DCS)
        buf_putc(out, '|');
    if (token->kind != ECMA48_ESC && token->kind != ECMA48_CSI)
        write_bytes(out, token->data, token->len);
    buf_puts(out, token->cut ? ")cut" : ")");
}

static void drain(struct ecma48 *t, struct writer *w, const uint8_t *data, size_t len)
{
    /* A copy of exactly that size, so that a sanitizer sees a read past its end. */
    uint8_t *copy = xmalloc(len);
    memcpy(copy, data, len);
    struct ecma48_token token;
    ecma48_feed(t, copy, len);
    while (ecma48_next(t, &token))
        write_token(w, &token);
    free(copy);
}

/* The tokens of `data`, fed in pieces that end at `split` (0: none), then at each `every`. */
static char *tokens(const void *data, size_t len, size_t split, size_t every)
{
    struct ecma48 *t = ecma48_new();
    struct writer w = {0};
    const uint8_t *bytes = data;
    drain(t, &w, bytes, split);
    for (size_t at = split, n; at < len; at += n) {
        n = every && every < len - at ? every : len - at;
        drain(t, &w, bytes + at, n);
    }
    if (w.in_text)
        buf_putc(&w.out, ')');
    char *text = xstrdup(buf_str(&w.out));
    buf_release(&w.out);
    ecma48_free(t);
    return text;
}

#define BYTES(s)                                                                                   \
    {                                                                                              \
        (const uint8_t *)(s), sizeof(s) - 1                                                        \
    }

static const struct {
    struct {
        const uint8_t *data;
        size_t len;
    } in;
    const char *out;
} cases[] = {
    {BYTES(""), ""},
    {BYTES("hello, world ~ a longer run of text"), "T(hello, world ~ a longer run of text)"},
    {BYTES("a\r\nb\x7f\0c"), "T(a)C(0d)C(0a)T(b)C(7f)C(00)T(c)"},
    /* escape sequences */
    {BYTES("\033M\033(0\033#8\033 F\033%G"), "E(M)E((0)E(#8)E( F)E(%G)"},
    {BYTES("\033()*+x!"), "T(!)"},
    {BYTES("\033\033\033c"), "E(c)"},
    {BYTES("\033(\nB"), "C(0a)E((B)"},
    {BYTES("\033(\030B"), "C(18)T(B)"},
    {BYTES("\033\177M"), "E(M)"},
    /* control sequences */
    {BYTES("\033[m\033[1m\033[;m\033[1;;3m"), "CSI(m)CSI(1m)CSI(;m)CSI(1;;3m)"},
    {BYTES("\033[38:2::1:2:3;4:3m"), "CSI(38:2::1:2:3;4:3m)"},
    {BYTES("\033[:m\033[?25h\033[>4;2m\033[=1u\033[<u"),
     "CSI(:m)CSI(?25h)CSI(>4;2m)CSI(=1u)CSI(<u)"},
    {BYTES("\033[2 q\033[!p\033[?1$p\033[1;2$}x"), "CSI(2 q)CSI(!p)CSI(?1$p)CSI(1;2$})T(x)"},
    {BYTES(
         "\033[99999999999999999999999999999999999999999999999999999999999999999999999999999999A"),
     "CSI(16777215A)"},
    {BYTES(
         "\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26;27;28;29;30;31;"
         "32;33;34m"),
     "CSI(1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26;27;28;29;30;31;"
     "32m)"},
    {BYTES("\033[1?2hx\033[??hy\033[1 2qz\033[ !\"p."), "T(xyz.)"},
    {BYTES("\033[1\n;2\bH"), "C(0a)C(08)CSI(1;2H)"},
    {BYTES("\033[1\0302H\033[1\0322H"), "C(18)T(2H)C(1a)T(2H)"},
    {BYTES("\033[1\033[2H\033[\177\1773H"), "CSI(2H)CSI(3H)"},
    {BYTES("\033[1\xe2\x82\xac"), "T(<e2><82><ac>)"},
    {BYTES("\033[1\xff"), "T(<ef><bf><bd>)"},
    /* strings */
    {BYTES("\033]0;title\007x\033]2;t\033\\y"), "OSC(0;title)T(x)OSC(2;t)T(y)"},
    {BYTES("\033]\007\033]\033\\\033P\033\\"), "OSC()OSC()E(\\)"},
    {BYTES("\033]0;\xe2\x9c\x93 \xc2\xa9 \xc2\007"), "OSC(0;<e2><9c><93> <c2><a9> <c2>)"},
    {BYTES("\033]0;a\xc2\x9cz"), "OSC(0;a)T(z)"},
    {BYTES("\033]0;\xc2\xc2\x9cz"), "OSC(0;<c2>)T(z)"},
    {BYTES("\033]0;a\nb\007"), "OSC(0;a<0a>b)"},
    {BYTES("\033]0;a\030b\033]0;a\032b"), "C(18)T(b)C(1a)T(b)"},
    {BYTES("\033]0;abc\033[1mx"), "CSI(1m)T(x)"},
    {BYTES("\033]0;abc\033\033\\x"), "E(\\)T(x)"},
    {BYTES("\033P1$qm\033\\"), "DCS(1$q|m)"},
    {BYTES("\033P+q544e\033\\\033P1000p\007x\033\\"), "DCS(+q|544e)DCS(1000p|<07>x)"},
    {BYTES("\033P1?zabc\033\\x"), "T(x)"},
    {BYTES("\033_apc\033\\\033^pm\007\033\\\033Xsos\033\\"), "S_(apc)S^(pm<07>)SX(sos)"},
    {BYTES("\033\\"), "E(\\)"},
    /* UTF-8 and its malformations: one replacement for each maximal subpart */
    {BYTES("\xd0\x96\xe4\xb8\xad\xf0\x9f\x98\x80"), "T(<d0><96><e4><b8><ad><f0><9f><98><80>)"},
    {BYTES("\x80|\xbf\xbf"), "T(<ef><bf><bd>|<ef><bf><bd><ef><bf><bd>)"},
    {BYTES("\xc0\x80"), "T(<ef><bf><bd><ef><bf><bd>)"},
    {BYTES("\xed\xa0\x80"), "T(<ef><bf><bd><ef><bf><bd><ef><bf><bd>)"},
    {BYTES("\xf0\x80\x80\x80"), "T(<ef><bf><bd><ef><bf><bd><ef><bf><bd><ef><bf><bd>)"},
    {BYTES("\xf0\x9f\x98x"), "T(<ef><bf><bd>x)"},
    {BYTES("\xe4\xb8\xe4\xb8\xad"), "T(<ef><bf><bd><e4><b8><ad>)"},
    {BYTES("\xf4\x90\x80\x80"), "T(<ef><bf><bd><ef><bf><bd><ef><bf><bd><ef><bf><bd>)"},
    {BYTES("\xe4\033[m\xe4\n"), "T(<ef><bf><bd>)CSI(m)T(<ef><bf><bd>)C(0a)"},
    /* C1: as U+009x they are controls, as single bytes they are malformed */
    {BYTES("\xc2\x9b"
           "2J\xc2\x85\xc2\x84\xc2\x9d"
           "0;t\xc2\x9c"),
     "CSI(2J)E(E)E(D)OSC(0;t)"},
    {BYTES("\xc2\x90$qm\xc2\x9c\xc2\x9fx\033\\"), "DCS($q|m)S_(x)"},
    {BYTES("\x9b"
           "2J"),
     "T(<ef><bf><bd>2J)"},
    {BYTES("\033[3\xc2\x9b"
           "2J"),
     "CSI(2J)"},
};

static void every_split_gives_the_same_tokens(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t split = 0; split <= cases[i].in.len; split++) {
            char *got = tokens(cases[i].in.data, cases[i].in.len, split, 0);
            assert_string_equal(got, cases[i].out);
            free(got);
        }
        char *got = tokens(cases[i].in.data, cases[i].in.len, 0, 1);
        assert_string_equal(got, cases[i].out);
        free(got);
    }
}

/* Bytes that mean something, in random order. */
static void random_input_splits_anywhere(void **state)
{
    (void)state;
    static const char alphabet[] = "\033\033\033[]P_^X\\;:?0123456789mHq$ !(\007\030\032\n\x7f"
                                   "\xc2\x9b\x9c\xe4\xb8\xad\xf0\x9f\x98\xedtext text text";
    srand(7);
    for (int round = 0; round < 3000; round++) {
        uint8_t data[48];
        for (size_t i = 0; i < sizeof data; i++)
            data[i] = (uint8_t)alphabet[(size_t)rand() % (sizeof alphabet - 1)];
        char *whole = tokens(data, sizeof data, 0, 0);
        char *split = tokens(data, sizeof data, (size_t)rand() % sizeof data, 0);
        char *bytes = tokens(data, sizeof data, 0, 1 + (size_t)rand() % 3);
        assert_string_equal(whole, split);
        assert_string_equal(whole, bytes);
        free(whole);
        free(split);
        free(bytes);
    }
}

/* Each position of a special byte relative to the words that the fast path reads. */
static void ascii_runs_end_where_they_should(void **state)
{
    (void)state;
    static const uint8_t stops[] = {0x00, 0x1f, 0x7f, 0x1b, 0x80, 0xff, 0xc3};
    for (size_t s = 0; s < COUNT(stops); s++) {
        for (size_t at = 1; at < 40; at++) {
            uint8_t data[40];
            memset(data, '~', sizeof data);
            data[at] = stops[s];
            struct ecma48 *t = ecma48_new();
            struct ecma48_token token;
            ecma48_feed(t, data, sizeof data);
            assert_true(ecma48_next(t, &token));
            assert_int_equal(token.kind, ECMA48_TEXT);
            assert_true(token.ascii);
            assert_ptr_equal(token.data, data);
            assert_int_equal(token.len, at);
            const uint8_t *rest;
            assert_int_equal(ecma48_ahead(t, &rest), sizeof data - at);
            assert_ptr_equal(rest, data + at);
            ecma48_free(t);
        }
    }
}

static void long_strings_are_cut_and_say_so(void **state)
{
    (void)state;
    static const size_t pieces[] = {7, 4096, 3 * 1024 * 1024};
    for (size_t p = 0; p < COUNT(pieces); p++) {
        for (int over = 0; over <= 1; over++) {
            size_t len = ECMA48_STRING_MAX + (size_t)over;
            uint8_t *data = xmalloc(len + 4);
            memcpy(data, "\033]", 2);
            memset(data + 2, 'x', len);
            memcpy(data + 2 + len, "\007y", 2);
            struct ecma48 *t = ecma48_new();
            struct ecma48_token token;
            bool seen = false;
            for (size_t at = 0; at < len + 4;) {
                size_t n = len + 4 - at < pieces[p] ? len + 4 - at : pieces[p];
                ecma48_feed(t, data + at, n);
                at += n;
                while (ecma48_next(t, &token)) {
                    if (token.kind != ECMA48_OSC)
                        continue;
                    seen = true;
                    assert_int_equal(token.cut, over);
                    assert_int_equal(token.len, ECMA48_STRING_MAX);
                }
            }
            assert_true(seen);
            assert_int_equal(token.kind, ECMA48_TEXT);
            ecma48_free(t);
            free(data);
        }
    }
}

static void an_endless_string_ends_with_cancel(void **state)
{
    (void)state;
    static uint8_t piece[64 * 1024];
    memset(piece, '#', sizeof piece);
    struct ecma48 *t = ecma48_new();
    struct ecma48_token token;
    ecma48_feed(t, (const uint8_t *)"\033_", 2);
    assert_false(ecma48_next(t, &token));
    for (int i = 0; i < 100; i++) {
        ecma48_feed(t, piece, sizeof piece);
        assert_false(ecma48_next(t, &token));
    }
    ecma48_feed(t, (const uint8_t *)"\030ok", 3);
    assert_true(ecma48_next(t, &token));
    assert_int_equal(token.final, 0x18);
    assert_true(ecma48_next(t, &token));
    assert_memory_equal(token.data, "ok", 2);
    assert_false(ecma48_next(t, &token));
    ecma48_free(t);
}

static void reset_forgets_what_is_half_received(void **state)
{
    (void)state;
    static const char *const halves[] = {"\033", "\033[1;", "\033]0;abc", "\033P\033", "\xe4\xb8"};
    for (size_t i = 0; i < COUNT(halves); i++) {
        struct ecma48 *t = ecma48_new();
        struct ecma48_token token;
        ecma48_feed(t, (const uint8_t *)halves[i], strlen(halves[i]));
        assert_false(ecma48_next(t, &token));
        ecma48_reset(t);
        ecma48_feed(t, (const uint8_t *)"m", 1);
        assert_true(ecma48_next(t, &token));
        assert_int_equal(token.kind, ECMA48_TEXT);
        assert_int_equal(token.len, 1);
        ecma48_free(t);
    }
}

static void arguments_have_defaults(void **state)
{
    (void)state;
    struct ecma48 *t = ecma48_new();
    struct ecma48_token token;
    ecma48_feed(t, (const uint8_t *)"\033[;0;5H", 7);
    assert_true(ecma48_next(t, &token));
    assert_int_equal(ecma48_arg(&token, 0, 1), 1);
    assert_int_equal(ecma48_arg(&token, 0, 0), 0);
    assert_int_equal(ecma48_arg(&token, 1, 1), 1);
    assert_int_equal(ecma48_arg(&token, 1, 24), 0);
    assert_int_equal(ecma48_arg(&token, 2, 1), 5);
    assert_int_equal(ecma48_arg(&token, 3, 9), 9);
    assert_int_equal(ecma48_arg(&token, -1, 9), 9);
    ecma48_free(t);
    ecma48_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_split_gives_the_same_tokens),
        cmocka_unit_test(random_input_splits_anywhere),
        cmocka_unit_test(ascii_runs_end_where_they_should),
        cmocka_unit_test(long_strings_are_cut_and_say_so),
        cmocka_unit_test(an_endless_string_ends_with_cancel),
        cmocka_unit_test(reset_forgets_what_is_half_received),
        cmocka_unit_test(arguments_have_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
