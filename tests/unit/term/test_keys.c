#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "term/keys.h"

#define LATER 100000

static const char *const kinds[] = {"char",  "named", "paste",  "data",   "end",
                                    "mouse", "focus", "report", "unknown"};

/* A key as text: "named 3 C", "char 61 -", "data hello". */
static void describe(const struct key *key, struct buf *out)
{
    buf_puts(out, kinds[key->kind]);
    if (key->kind == KEY_CHAR || key->kind == KEY_NAMED || key->kind == KEY_FOCUS)
        buf_printf(out, " %x", key->code);
    if (key->kind == KEY_REPORT)
        buf_printf(out, " %d:%d:%06x", key->report.what, key->report.slot, key->report.value);
    if (key->kind == KEY_MOUSE)
        buf_printf(out, " %d:%d:%d,%d", key->mouse.action, key->mouse.button, key->mouse.row,
                   key->mouse.col);
    for (int i = 0; i < 4; i++)
        if (key->mods & 1 << i)
            buf_putc(out, "SACM"[i]);
    buf_putc(out, '\n');
}

struct taken {
    struct buf text, raw;
    bool in_data;
};

static void take_all(struct keys *k, int64_t now, struct taken *taken)
{
    struct key key;
    while (keys_next(k, now, &key)) {
        assert_true(key.raw_len > 0);
        buf_append(&taken->raw, key.raw, key.raw_len);
        /* Paste data may come in any pieces: they count as one. */
        if (key.kind != KEY_PASTE_DATA || !taken->in_data)
            describe(&key, &taken->text);
        taken->in_data = key.kind == KEY_PASTE_DATA;
    }
}

static void run_split(const struct terminfo *ti, const char *bytes, size_t len, size_t a, size_t b,
                      struct taken *taken)
{
    struct keys *k = keys_new(ti);
    *taken = (struct taken){0};
    const size_t cuts[] = {0, a, b, len};
    for (int i = 0; i < 3; i++) {
        keys_feed(k, bytes + cuts[i], cuts[i + 1] - cuts[i], 1000 + i);
        take_all(k, 1000 + i, taken);
    }
    take_all(k, LATER, taken);
    assert_int_equal(keys_deadline(k), CLOCK_NEVER);
    keys_free(k);
}

/* The keys of `bytes`, the same however they are split; raws together are the input. */
static void assert_keys_ti(const struct terminfo *ti, const char *bytes, size_t len,
                           const char *expected)
{
    for (size_t a = 0; a <= len; a++) {
        for (size_t b = a; b <= len; b++) {
            struct taken taken;
            run_split(ti, bytes, len, a, b, &taken);
            if (strcmp(buf_str(&taken.text), expected) != 0)
                print_error("split at %zu, %zu of %s\n", a, b, bytes + 1);
            assert_string_equal(buf_str(&taken.text), expected);
            assert_int_equal(taken.raw.len, len);
            assert_memory_equal(buf_data(&taken.raw), bytes, len);
            buf_release(&taken.text);
            buf_release(&taken.raw);
        }
    }
}

static const struct {
    const char *bytes;
    const char *expected;
} table[] = {
    /* plain */
    {"a", "char 61\n"},
    {"aB7", "char 61\nchar 42\nchar 37\n"},
    {"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", "char e9\nchar 4e2d\nchar 1f600\n"},
    {"\xc2\xa0\xe0\xa0\x80\xf0\x90\x80\x80", "char a0\nchar 800\nchar 10000\n"},
    {"\xff", "unknown\n"},
    {"\xe4\xb8(", "unknown\nunknown\nchar 28\n"},
    {"\xc0\xaf", "unknown\nunknown\n"},
    {"\xed\xa0\x80", "unknown\nunknown\nunknown\n"},
    {"\xe4\xb8", "unknown\nunknown\n"},
    /* controls */
    {"\r", "char d\n"},
    {"\n", "char 6aC\n"},
    {"\t", "char 9\n"},
    {"\x01\x1a", "char 61C\nchar 7aC\n"},
    {"\x1c\x1d\x1e\x1f", "char 5cC\nchar 5dC\nchar 5eC\nchar 5fC\n"},
    {"\x7f\x08", "char 7f\nchar 68C\n"},
    /* Escape and Alt */
    {"\033", "char 1b\n"},
    {"\033x", "char 78A\n"},
    {"\033\r\033\x7f", "char dA\nchar 7fA\n"},
    {"\033\x01", "char 61AC\n"},
    {"\033\xc3\xa9", "char e9A\n"},
    {"\033\xff", "char 1b\nunknown\n"},
    {"\033\033", "char 1b\nchar 1b\n"},
    {"\033\033x", "char 1b\nchar 78A\n"},
    {"\033[", "char 5bA\n"},
    {"\033O", "char 4fA\n"},
    {"\033Oz", "char 4fA\nchar 7a\n"},
    {"\033\033[", "char 1b\nchar 5bA\n"},
    /* cursor keys */
    {"\033[A\033[B\033[C\033[D", "named 0\nnamed 1\nnamed 2\nnamed 3\n"},
    {"\033OA\033OD\033OH\033OF", "named 0\nnamed 3\nnamed 4\nnamed 5\n"},
    {"\033[1;5C", "named 2C\n"},
    {"\033[1;2A\033[1;3A\033[1;8A", "named 0S\nnamed 0A\nnamed 0SAC\n"},
    {"\033O5D\033O1;5D", "named 3C\nnamed 3C\n"},
    {"\033\033[A\033\033OB", "named 0A\nnamed 1A\n"},
    {"\033[a\033[d\033Oa\033Od", "named 0S\nnamed 3S\nnamed 0C\nnamed 3C\n"},
    {"\033[H\033[F\033[1~\033[4~\033[7~\033[8~",
     "named 4\nnamed 5\nnamed 4\nnamed 5\nnamed 4\nnamed 5\n"},
    {"\033[2~\033[3~\033[5~\033[6~", "named 6\nnamed 7\nnamed 8\nnamed 9\n"},
    {"\033[3;5~\033[3$\033[3^\033[3@", "named 7C\nnamed 7S\nnamed 7C\nnamed 7SC\n"},
    {"\033[Z\033[1;6Z", "named a\nnamed aC\n"},
    /* function keys */
    {"\033OP\033OQ\033OR\033OS", "named b\nnamed c\nnamed d\nnamed e\n"},
    {"\033[[A\033[[E", "named b\nnamed f\n"},
    {"\033[[", "unknown\n"},
    {"\033[11~\033[15~\033[17~\033[24~\033[34~",
     "named b\nnamed f\nnamed 10\nnamed 16\nnamed 1e\n"},
    {"\033[1;2P\033[24;2~\033[1;5R", "named bS\nnamed 16S\nnamed dC\n"},
    /* the keypad */
    {"\033Op\033Oy\033OM\033Ok", "char 30\nchar 39\nchar d\nchar 2b\n"},
    /* modifyOtherKeys and CSI u, brought to the plain form */
    {"\033[27;5;105~\033[105;5u", "char 69C\nchar 69C\n"},
    {"\033[27;6;65~\033[97;6u", "char 61SC\nchar 61SC\n"},
    {"\033[97;2u\033[65;2u", "char 41\nchar 41\n"},
    {"\033[13;2u\033[27;5;13~", "char dS\nchar dC\n"},
    {"\033[27u\033[9;2u\033[32;5u", "char 1b\nnamed a\nchar 20C\n"},
    {"\033[57419u\033[57404;5u", "named 0\nchar 35C\n"},
    {"\033[97;5:3u", "unknown\n"}, /* a release */
    {"\033[97:65;2u", "char 41\n"},
    {"\033[1114112u\033[55296u", "unknown\nunknown\n"},
    /* reports and nonsense */
    {"\033[12;40R", "unknown\n"},
    {"\033[?2026;2$y\033[?2026$p\033[1;2$y", "unknown\nunknown\nunknown\n"},
    {"\033[1;", "unknown\n"},
    {"\033[99999999999999999999~", "unknown\n"},
    {"\033[1;\033[A", "unknown\nnamed 0\n"},
    {"\033[\x03", "char 5bA\nchar 63C\n"},
    /* the local terminal's answers, and what looks like them */
    {"\033[?1;2c", "report 1:0:000000\n"},
    {"\033[?62;1;2;6;7;8;9;15c", "report 1:0:000000\n"},
    {"\033[?0u\033[?31u", "report 2:0:000000\nreport 2:0:000000\n"},
    {"\033[>4;2m\033[>4m", "report 3:0:000000\nreport 3:0:000000\n"},
    {"\033[>1;2m\033[>0;1c\033[=1u", "unknown\nunknown\nunknown\n"},
    {"\033]11;rgb:ffff/0000/8080\033\\", "report 4:257:ff0080\n"},
    {"\033]10;rgb:f/ff/fff\a", "report 4:256:ffffff\n"},
    {"\033]12;rgba:1212/3434/5656/ffff\a", "report 4:258:123456\n"},
    {"\033]4;7;rgb:00/80/ff\ax", "report 4:7:0080ff\nchar 78\n"},
    {"\033]4;256;rgb:00/80/ff\a", "report 0:0:000000\n"},
    {"\033]4;\a\033]4\a\033]11;?\a", "report 0:0:000000\nreport 0:0:000000\nreport 0:0:000000\n"},
    {"\033]52;c;aGk=\a", "report 0:0:000000\n"},
    {"\033]11;rgb:1/2\a\033]11;rgb:1/2/x\a", "report 0:0:000000\nreport 0:0:000000\n"},
    {"\033]11;rgb:\r", "report 0:0:000000\nchar d\n"},
    {"\033]", "char 5dA\n"},
    {"\033]x\033]\r", "char 5dA\nchar 78\nchar 5dA\nchar d\n"},
    /* mouse */
    {"\033[<0;1;1M\033[<0;10;5m", "mouse 0:1:0,0\nmouse 1:1:4,9\n"},
    {"\033[<2;3;4M\033[<1;3;4M", "mouse 0:3:3,2\nmouse 0:2:3,2\n"},
    {"\033[<64;2;2M\033[<65;2;2M", "mouse 3:0:1,1\nmouse 4:0:1,1\n"},
    {"\033[<35;7;8M\033[<32;7;8M", "mouse 2:0:7,6\nmouse 2:1:7,6\n"},
    {"\033[<16;1;1M\033[<28;1;1M", "mouse 0:1:0,0C\nmouse 0:1:0,0SAC\n"},
    {"\033[<66;1;1M\033[<128;1;1M", "mouse 0:6:0,0\nmouse 0:8:0,0\n"},
    {"\033[<0;0;1M", "unknown\n"},
    {"\033[M !!\033[M#!\"", "mouse 0:1:0,0\nmouse 1:0:1,0\n"},
    {"\033[M \x01", "unknown\nchar 20\nchar 61C\n"},
    {"\033[I\033[O", "focus 1\nfocus 0\n"},
    /* pastes */
    {"\033[200~hello\033[201~x", "paste\ndata\nend\nchar 78\n"},
    {"\033[200~\033[201~", "paste\nend\n"},
    {"\033[200~a\033b\033[A\033[201x\033[201~", "paste\ndata\nend\n"},
    {"\033[200~\033\033[201~", "paste\ndata\nend\n"},
    {"\033[200~\xc3\xa9\xe4\xb8\033[201~", "paste\ndata\nend\n"},
    {"\033[201~", "end\n"},
};

static void bytes_become_keys_at_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_keys_ti(NULL, table[i].bytes, strlen(table[i].bytes), table[i].expected);
    assert_keys_ti(NULL, "\0", 1, "char 20C\n");
    assert_keys_ti(NULL, "\033\0", 2, "char 20AC\n");
}

static void terminfo_adds_strings(void **state)
{
    (void)state;
    struct err err;
    struct terminfo *ti = terminfo_load("vt52", &err);
    assert_non_null(ti);
    assert_keys_ti(ti, "\033A\033C", 4, "named 0\nnamed 2\n");
    assert_keys_ti(ti, "\033x", 2, "char 78A\n");
    terminfo_free(ti);
    /* xterm's entry calls Shift-F1 F13: ours comes first. */
    ti = terminfo_load("xterm", &err);
    assert_non_null(ti);
    assert_keys_ti(ti, "\033[1;2P\033OA", 9, "named bS\nnamed 0\n");
    terminfo_free(ti);
}

static void a_lone_escape_waits(void **state)
{
    (void)state;
    struct keys *k = keys_new(NULL);
    struct key key;
    assert_int_equal(keys_deadline(k), CLOCK_NEVER);
    keys_feed(k, "\033", 1, 1000);
    assert_false(keys_next(k, 1000, &key));
    assert_int_equal(keys_deadline(k), 1025);
    assert_false(keys_next(k, 1024, &key));
    assert_true(keys_next(k, 1025, &key));
    assert_int_equal(key.kind, KEY_CHAR);
    assert_int_equal(key.code, 0x1b);
    assert_false(keys_next(k, 1025, &key));
    assert_int_equal(keys_deadline(k), CLOCK_NEVER);
    /* What can be no key by itself is given more time. */
    keys_feed(k, "\033[1;5", 5, 2000);
    assert_false(keys_next(k, 2030, &key));
    keys_feed(k, "A", 1, 2100);
    assert_true(keys_next(k, 2100, &key));
    assert_int_equal(key.kind, KEY_NAMED);
    assert_int_equal(key.raw_len, 6);
    keys_free(k);
}

static void an_open_paste_holds_the_beginning_of_its_end(void **state)
{
    (void)state;
    struct keys *k = keys_new(NULL);
    struct key key;
    keys_feed(k, "\033[200~ab\033[20", 12, 1000);
    assert_true(keys_next(k, 1000, &key));
    assert_int_equal(key.kind, KEY_PASTE_BEGIN);
    assert_true(keys_next(k, 1000, &key));
    assert_int_equal(key.kind, KEY_PASTE_DATA);
    assert_int_equal(key.raw_len, 2);
    assert_false(keys_next(k, LATER, &key));
    assert_int_equal(keys_deadline(k), CLOCK_NEVER);
    keys_feed(k, "2", 1, LATER);
    assert_true(keys_next(k, LATER, &key));
    assert_int_equal(key.kind, KEY_PASTE_DATA);
    assert_memory_equal(key.raw, "\033[202", 5);
    keys_free(k);
}

static void a_paste_never_splits_a_character(void **state)
{
    (void)state;
    struct keys *k = keys_new(NULL);
    struct key key;
    keys_feed(k, "\033[200~a\xe4\xb8", 9, 1000);
    assert_true(keys_next(k, 1000, &key));
    assert_true(keys_next(k, 1000, &key));
    assert_int_equal(key.raw_len, 1);
    assert_false(keys_next(k, 1000, &key));
    keys_feed(k, "\xad", 1, 1001);
    assert_true(keys_next(k, 1001, &key));
    assert_int_equal(key.raw_len, 3);
    keys_free(k);
}

/* Random bytes, weighted to what begins sequences, in random pieces. */
static void raws_are_the_input(void **state)
{
    (void)state;
    static const char likely[] = "\033\033\033[[[OOM<;;012~ABmu$^\xe4\xb8\xadx";
    srand(1);
    for (int round = 0; round < 3000; round++) {
        char bytes[60];
        size_t len = 1 + (size_t)rand() % sizeof bytes, a = (size_t)rand() % (len + 1);
        for (size_t i = 0; i < len; i++)
            bytes[i] = rand() % 8 ? likely[(size_t)rand() % (sizeof likely - 1)] : (char)rand();
        struct taken whole, split;
        struct keys *k = keys_new(NULL);
        run_split(NULL, bytes, len, len, len, &whole);
        run_split(NULL, bytes, len, a, a + (size_t)rand() % (len - a + 1), &split);
        assert_int_equal(whole.raw.len, len);
        assert_memory_equal(buf_data(&whole.raw), bytes, len);
        assert_int_equal(split.raw.len, len);
        assert_memory_equal(buf_data(&split.raw), bytes, len);
        assert_string_equal(buf_str(&whole.text), buf_str(&split.text));
        buf_release(&whole.text);
        buf_release(&whole.raw);
        buf_release(&split.text);
        buf_release(&split.raw);
        keys_free(k);
    }
}

static void assert_encoded(const char *bytes, const struct vscreen_modes *modes,
                           const char *expected)
{
    struct keys *k = keys_new(NULL);
    struct buf out = {0};
    struct key key;
    keys_feed(k, bytes, strlen(bytes), 0);
    while (keys_next(k, LATER, &key))
        keys_encode(&key, modes, &out);
    assert_string_equal(buf_str(&out), expected);
    buf_release(&out);
    keys_free(k);
}

static void raw_keys_pass_unchanged(void **state)
{
    (void)state;
    static const char *const same[] = {
        "a\xc3\xa9\xff",  "\033\033x",  "\033[1;5C\033[3~", "\033[7~\033[a\033[3$",
        "\033[27;5;105~", "\033[97;6u", "\033[[A",          "\033[12;40R",
        "\r\n\t\x08\x7f", "\x03\x1b",   "\033[24;2~",       "\033\033[A",
    };
    struct vscreen_modes modes = {0};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_encoded(same[i], &modes, same[i]);
}

static void changed_modes_change_keys(void **state)
{
    (void)state;
    struct vscreen_modes modes = {0};
    assert_encoded("\033OA\033OH\033[B", &modes, "\033[A\033[H\033[B");
    assert_encoded("\033Op\033OM", &modes, "0\r");
    assert_encoded("\033OP", &modes, "\033OP");
    modes.app_cursor = true;
    assert_encoded("\033[A\033[F\033OB\033[1;5A", &modes, "\033OA\033OF\033OB\033[1;5A");
    /* what answers us is not the host's */
    assert_encoded("\033[?1;2c\033]11;rgb:0/0/0\a", &modes, "");
    modes.app_keypad = true;
    assert_encoded("\033Op", &modes, "\033Op");
    modes = (struct vscreen_modes){.newline = true};
    assert_encoded("\r", &modes, "\r\n");
    modes = (struct vscreen_modes){.modify_other_keys = 2};
    assert_encoded("a\x09\x0d\x03\033x\x08", &modes, "a\t\r\033[27;5;99~\033x\b");
    modes = (struct vscreen_modes){.kitty_keys = 1};
    assert_encoded("a\r\t\033", &modes, "a\r\t\033[27u");
    assert_encoded("\x03\033x", &modes, "\033[99;5u\033x");
}

static void mouse_is_coded_as_asked(void **state)
{
    (void)state;
    static const char press[] = "\033[<0;3;2M\033[<0;3;2m";
    struct vscreen_modes modes = {0};
    assert_encoded(press, &modes, "");
    modes.mouse = MOUSE_CLICK;
    assert_encoded(press, &modes, "\033[M #\"\033[M##\"");
    assert_encoded("\033[<35;3;2M\033[<64;3;2M", &modes, "\033[M`#\"");
    assert_encoded("\033[<0;300;2M", &modes, "");
    modes.mouse_coding = MOUSE_SGR;
    assert_encoded(press, &modes, press);
    assert_encoded("\033[<20;300;200M\033[<66;1;1M\033[<129;1;1M", &modes,
                   "\033[<20;300;200M\033[<66;1;1M\033[<129;1;1M");
    modes.mouse_coding = MOUSE_URXVT;
    assert_encoded(press, &modes, "\033[32;3;2M\033[35;3;2M");
    modes.mouse_coding = MOUSE_UTF8;
    assert_encoded("\033[<0;300;2M", &modes, "\033[M \xc5\x8c\"");
    modes.mouse_coding = MOUSE_SGR;
    modes.mouse = MOUSE_DRAG;
    assert_encoded("\033[<35;3;2M\033[<32;3;2M", &modes, "\033[<32;3;2M");
    modes.mouse = MOUSE_MOTION;
    assert_encoded("\033[<35;3;2M", &modes, "\033[<35;3;2M");
    modes.mouse = MOUSE_X10;
    assert_encoded("\033[<4;3;2M\033[<0;3;2m\033[<64;3;2M", &modes, "\033[<0;3;2M");
    modes = (struct vscreen_modes){.wheel_keys = true};
    assert_encoded("\033[<64;3;2M", &modes, "");
    modes.alternate = true;
    assert_encoded("\033[<64;3;2M\033[<0;3;2M", &modes, "\033[A\033[A\033[A");
    modes.app_cursor = true;
    assert_encoded("\033[<65;3;2M", &modes, "\033OB\033OB\033OB");
    modes = (struct vscreen_modes){.mouse = MOUSE_MOTION};
    /* A row of ours above the host's screen. */
    struct key above = {.kind = KEY_MOUSE, .mouse = {.button = 1, .row = -1}};
    struct buf out = {0};
    keys_encode(&above, &modes, &out);
    assert_int_equal(out.len, 0);
    buf_release(&out);
}

static void focus_and_paste_are_sent_when_asked_for(void **state)
{
    (void)state;
    struct vscreen_modes modes = {0};
    assert_encoded("\033[I\033[O", &modes, "");
    assert_encoded("\033[200~a\tb\033[201~", &modes, "a\tb");
    modes.focus_events = true;
    modes.bracketed_paste = true;
    assert_encoded("\033[I\033[O", &modes, "\033[I\033[O");
    assert_encoded("\033[200~a\tb\033[201~", &modes, "\033[200~a\tb\033[201~");
}

static void keys_without_bytes_are_built(void **state)
{
    (void)state;
    static const struct {
        const char *name, *bytes;
    } built[] = {
        {"x", "x"},
        {"C-]", "\x1d"},
        {"M-x", "\033x"},
        {"Enter", "\r"},
        {"Up", "\033[A"},
        {"C-Left", "\033[1;5D"},
        {"Delete", "\033[3~"},
        {"S-Tab", "\033[Z"},
        {"F1", "\033OP"},
        {"F5", "\033[15~"},
        {"C-F1", "\033[1;5P"},
        {"C-M-c", "\033\x03"},
        {"S-F12", "\033[24;2~"},
    };
    struct vscreen_modes modes = {0};
    for (size_t i = 0; i < sizeof built / sizeof *built; i++) {
        struct key key;
        struct buf out = {0};
        assert_true(keys_parse(built[i].name, &key));
        keys_encode(&key, &modes, &out);
        assert_string_equal(buf_str(&out), built[i].bytes);
        buf_release(&out);
    }
}

/* Each named key, with and without modifiers, is sent in a form that is read as that key. */
static void built_keys_are_read_again(void **state)
{
    (void)state;
    for (uint32_t code = KEY_UP; code <= KEY_F20; code++) {
        for (uint8_t mods = 0; mods < 8; mods++) {
            if (code == KEY_BACKTAB && mods != 0)
                continue; /* its Shift is in its name */
            const struct key key = {.kind = KEY_NAMED, .code = code, .mods = mods};
            struct vscreen_modes modes = {.app_cursor = mods == 0 && code % 2};
            struct keys *k = keys_new(NULL);
            struct buf out = {0};
            struct key again;
            keys_encode(&key, &modes, &out);
            keys_feed(k, buf_data(&out), out.len, 0);
            assert_true(keys_next(k, 0, &again));
            if (again.kind != KEY_NAMED || again.code != code || again.mods != mods)
                fail_msg("key %u with modifiers %u", code, mods);
            assert_int_equal(again.raw_len, out.len);
            buf_release(&out);
            keys_free(k);
        }
    }
}

/* A name is the very key that its bytes decode to. */
static void names_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *name, *bytes;
    } same[] = {
        {"C-]", "\x1d"},
        {"^]", "\x1d"},
        {"c-A", "\x01"},
        {"M-x", "\033x"},
        {"Alt-x", "\033x"},
        {"C-M-x", "\033\x18"},
        {"F5", "\033[15~"},
        {"f20", "\033[34~"},
        {"C-i", "\t"},
        {"C-m", "\r"},
        {"C-[", "\033"},
        {"C-?", "\x7f"},
        {"C-/", "\x1f"},
        {"C-^", "\x1e"},
        {"C-\\", "\x1c"},
        {"Esc", "\033"},
        {"PageUp", "\033[5~"},
        {"C-Up", "\033[1;5A"},
        {"S-Tab", "\033[Z"},
        {"BackTab", "\033[Z"},
        {"Space", " "},
        {"\xc3\xa9", "\xc3\xa9"},
        {"-", "-"},
        {"M--", "\033-"},
        {"^", "^"},
        {"F", "F"},
        {"C-Enter", "\033[13;5u"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct keys *k = keys_new(NULL);
        struct key parsed, decoded;
        assert_true(keys_parse(same[i].name, &parsed));
        keys_feed(k, same[i].bytes, strlen(same[i].bytes), 0);
        assert_true(keys_next(k, LATER, &decoded));
        if (parsed.kind != decoded.kind || parsed.code != decoded.code ||
            parsed.mods != decoded.mods)
            fail_msg("%s", same[i].name);
        keys_free(k);
    }
    struct key key;
    assert_true(keys_parse("C-@", &key));
    assert_int_equal(key.code, ' ');
    assert_int_equal(key.mods, MOD_CTRL);
    assert_true(keys_parse("C-Space", &key));
    assert_int_equal(key.mods, MOD_CTRL);
    static const char *const bad[] = {"",    "C-", "ab",   "F0",   "F21",     "F1x", "C-\xc3\xa9",
                                      "C-1", " ",  "\x7f", "\xff", "Hyper-x", "\x01"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (keys_parse(bad[i], &key))
            fail_msg("\"%s\" was taken for a key", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_become_keys_at_every_split),
        cmocka_unit_test(terminfo_adds_strings),
        cmocka_unit_test(a_lone_escape_waits),
        cmocka_unit_test(an_open_paste_holds_the_beginning_of_its_end),
        cmocka_unit_test(a_paste_never_splits_a_character),
        cmocka_unit_test(raws_are_the_input),
        cmocka_unit_test(raw_keys_pass_unchanged),
        cmocka_unit_test(changed_modes_change_keys),
        cmocka_unit_test(mouse_is_coded_as_asked),
        cmocka_unit_test(focus_and_paste_are_sent_when_asked_for),
        cmocka_unit_test(keys_without_bytes_are_built),
        cmocka_unit_test(built_keys_are_read_again),
        cmocka_unit_test(names_are_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
