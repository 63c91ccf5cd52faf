#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "session/config.h"

static struct config *parse(const char *text)
{
    struct err err = {.text = ""};
    struct config *c = config_new();
    if (!config_parse(c, "F", text, strlen(text), &err))
        fail_msg("%s: %s", text, err.text);
    return c;
}

/* The value of one setting and its line, as `tether config` tells them. */
static struct config_item item(const struct config *c, const char *host, const char *name)
{
    struct config_item found;
    for (size_t i = 0; config_item(c, host, i, &found); i++)
        if (strcmp(found.name, name) == 0)
            return found;
    fail_msg("no setting %s", name);
    return found;
}

/* ---- what is in force ---- */

static const char sample[] = "# a comment\r\n"
                             "leave = all ; another\n"
                             "scrollback=10\n"
                             "\n"
                             "[host \"prod-* !prod-test\"]   ; a third\n"
                             "    leave: line\n"
                             "    raw = YES\n"
                             "    timeout = 7\n"
                             "[ host  \" db? *.example.org\" ]\n"
                             "\tleave = screen\n"
                             "\tmouse = Off\n"
                             "[HOST \"*\"]\n"
                             "timeout = 9\n"
                             "raw = no";

static const struct {
    const char *host, *name, *value;
    int line;
} in_force[] = {
    {NULL, "leave", "all", 2},      {NULL, "timeout", "15", 0},
    {"web1", "leave", "all", 2},    {"web1", "timeout", "9", 13},
    {"prod-1", "leave", "line", 6}, {"prod-1", "raw", "YES", 7},
    {"prod-1", "timeout", "7", 8},  {"prod-1", "scrollback", "10", 3},
    {"prod-1", "mouse", "on", 0},   {"prod-test", "leave", "all", 2},
    {"prod-test", "raw", "no", 14}, {"db1", "leave", "screen", 10},
    {"db12", "leave", "all", 2},    {"a.example.org", "mouse", "Off", 11},
    {"PROD-1", "leave", "all", 2}, /* as ssh: case counts */
    {"", "leave", "all", 2},
};

static void sections_go_before_the_top_and_the_first_counts(void **state)
{
    (void)state;
    struct config *c = parse(sample);
    for (size_t i = 0; i < sizeof in_force / sizeof in_force[0]; i++) {
        struct config_item found = item(c, in_force[i].host, in_force[i].name);
        assert_string_equal(found.value, in_force[i].value);
        assert_int_equal(found.line, in_force[i].line);
    }
    struct config_settings s;
    config_resolve(c, "prod-1", &s);
    assert_int_equal(s.leave, LEAVE_LINE);
    assert_true(s.raw && s.mouse && s.profile);
    assert_int_equal(s.timeout, 7);
    assert_int_equal(s.scrollback, 10);
    config_resolve(c, NULL, &s);
    assert_int_equal(s.leave, LEAVE_ALL);
    assert_false(s.raw);
    config_free(c);
}

static void sections_are_listed(void **state)
{
    (void)state;
    struct config *c = parse(sample);
    int line = 0;
    assert_string_equal(config_section(c, 0, &line), "prod-* !prod-test");
    assert_int_equal(line, 5);
    assert_string_equal(config_section(c, 1, &line), "db? *.example.org");
    assert_string_equal(config_section(c, 2, &line), "*");
    assert_int_equal(line, 12);
    assert_null(config_section(c, 3, &line));
    config_free(c);
}

/* What is not set is the default, and every default is allowed. */
static void defaults(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n\n", "\xef\xbb\xbf# begins with a mark\n",
                                        "[host \"x\"]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct config *c = parse(texts[i]);
        struct config_item found;
        struct config_settings s;
        size_t n = 0;
        for (; config_item(c, "x", n, &found); n++) {
            assert_string_equal(found.value, found.standard);
            assert_int_equal(found.line, 0);
            assert_true(found.help[0] && found.allowed[0]);
        }
        assert_true(n > 5);
        config_resolve(c, "x", &s);
        assert_int_equal(s.leave, LEAVE_SCREEN);
        assert_int_equal(s.scrollback, 100000);
        config_free(c);
    }
}

static const struct {
    const char *text;
    long color;
} colors[] = {
    {"none", CONFIG_NO_COLOR},
    {"black", 0},
    {"Red", 1},
    {"bright-white", 15},
    {"0", 0},
    {"255", 255},
    {"#000000", CONFIG_RGB},
    {"#Ff8001", CONFIG_RGB + 0xff8001},
};

static const struct {
    const char *text;
    int key;
} keys[] = {
    {"^]", 0x1d}, {"^a", 1}, {"C-Z", 0x1a}, {"ctrl-\\", 0x1c}, {"^^", 0x1e}, {"Ctrl-_", 0x1f},
};

static void command_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char text[64];
        struct config_settings s;
        snprintf(text, sizeof text, "command-key = %s", keys[i].text);
        struct config *c = parse(text);
        config_resolve(c, NULL, &s);
        assert_int_equal(s.command_key, keys[i].key);
        config_free(c);
    }
}

static void colors_words_and_prompts(void **state)
{
    (void)state;
    char text[200];
    struct config_settings s;
    for (size_t i = 0; i < sizeof colors / sizeof colors[0]; i++) {
        snprintf(text, sizeof text, "color = %s", colors[i].text);
        struct config *c = parse(text);
        config_resolve(c, NULL, &s);
        assert_int_equal(s.color, colors[i].color);
        config_free(c);
    }
    struct config *c = parse("word = the \"one\"\nprompt = \"{cwd} $ \" ; blank kept\n"
                             "[host \"a\"]\nword =\nprompt = {sign}");
    config_resolve(c, NULL, &s);
    assert_string_equal(s.word, "the \"one\"");
    assert_string_equal(s.prompt, "{cwd} $ ");
    config_resolve(c, "a", &s);
    assert_string_equal(s.word, "");
    assert_string_equal(s.prompt, "{sign}");
    config_free(c);
}

/* ---- what is wrong ---- */

#define LONG_200                                                                                   \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
    "xxxxxxxx"                                                                                     \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
    "xxxxxxxx"

static const struct {
    const char *text, *error;
} wrong[] = {
    {"leave = all\nleeve = all\n", "F:2: there is no setting 'leeve'; there are: leave, "},
    {"leave = al", "F:1: leave must be screen|line|all, not 'al'"},
    {"leave =", "F:1: leave must be screen|line|all, not ''"},
    {"Leave = all", "F:1: there is no setting 'Leave'"},
    {"\n\nleave", "F:3: this is no \"SETTING = VALUE\""},
    {"leave\nleeve = all", "F:1: this is no"},
    {"leeve = all\nleave", "F:1: there is no setting 'leeve'"},
    {"raw = maybe", "F:1: raw must be yes|no"},
    {"timeout = 0", "F:1: timeout must be 1..86400, not '0'"},
    {"timeout = 5x", "F:1: timeout must be"},
    {"timeout = -5", "F:1: timeout must be"},
    {"scrollback = 10000001", "F:1: scrollback must be 0..10000000"},
    {"scrollback = 99999999999999999999", "F:1: scrollback must be"},
    {"leave = all\nleave = line", "F:2: leave is set a second time here, after line 1"},
    {"[host \"a\"]\nraw = no\nraw = no", "F:3: raw is set a second time here, after line 2"},
    {"leave = \"all", "F:1: the quote is not closed"},
    {"leave = \"", "F:1: the quote is not closed"},
    {"[host a]", "F:1: a section begins with [host \"PATTERNS\"], not with '[host a]'"},
    {"[host \"\"]", "F:1: a section begins with"},
    {"[host \" \"]", "F:1: a section begins with"},
    {"[host \"a]", "F:1: a section begins with"},
    {"[host \"a\"", "F:1: a section begins with"},
    {"[host \"a\"] x", "F:1: a section begins with"},
    {"[host]", "F:1: a section begins with"},
    {"[host", "F:1: a section begins with"},
    {"[", "F:1: a section begins with"},
    {"[group \"a\"]", "F:1: a section begins with"},
    {"leave = \033[31m", "F:1: a control character"},
    {"prompt = {hots}>", "F:1: prompt must be a text, in it {host} {user} {cwd} "},
    {"prompt = \xe2\x80\xae>", "F:1: prompt must be a text"}, /* right to left */
    {"prompt = \xff>", "F:1: prompt must be a text"},
    {"word = a word that is far too long", "F:1: word must be a text of at most 20 columns"},
    {"host-keys = Alt-zz",
     "F:1: host-keys must be keys, with commas between: Alt-z, F5, Ctrl-X Ctrl-F, "
     "not 'Alt-zz'"},
    {"raw = no\nhost-keys = F5, F99", "F:2: host-keys must be"},
    {"host-keys = z", "F:1: host-keys must be"},
    {"host-keys = Enter", "F:1: host-keys must be"},
    {"host-keys = Ctrl-C", "F:1: host-keys must be"},
    {"host-keys = F5,,F6", "F:1: host-keys must be"},
    {"host-keys = Ctrl-1", "F:1: host-keys must be"},
    {"host-keys = F1 F2 F3 F4 F5", "F:1: host-keys must be"},
    {"keys = nano", "F:1: keys must be shell|emacs|vi|windows, not 'nano'"},
    {"command-key = ]", "F:1: command-key must be ^A..^_, but not ^C ^I ^J ^M ^[, not ']'"},
    {"command-key = ^", "F:1: command-key must be"},
    {"command-key = ^C", "F:1: command-key must be"},
    {"command-key = ^[", "F:1: command-key must be"},
    {"command-key = ^@", "F:1: command-key must be"},
    {"command-key = ^?", "F:1: command-key must be"},
    {"command-key = ^AB", "F:1: command-key must be"},
    {"command-key = Ctrl-i", "F:1: command-key must be"},
    {"term = a b", "F:1: term must be a name of terminfo(5)"},
    {"term =", "F:1: term must be a name of terminfo(5)"},
    {"color = mauve", "F:1: color must be none|"},
    {"color = bright-", "F:1: color must be"},
    {"color = bright-none", "F:1: color must be"},
    {"color = 256", "F:1: color must be"},
    {"color = \"#ff80\"", "F:1: color must be"},
    {"color = \"#ff80zz\"", "F:1: color must be"},
    {"leave = " LONG_200, "F:1: the line is too long: 197 bytes at most"},
};

static void errors_name_the_line_and_what_is_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err err = {.text = ""};
        struct config *c = config_new();
        assert_false(config_parse(c, "F", wrong[i].text, strlen(wrong[i].text), &err));
        if (strncmp(err.text, wrong[i].error, strlen(wrong[i].error)) != 0)
            fail_msg("'%s' gives '%s'", wrong[i].text, err.text);
        config_free(c);
    }
    struct err err;
    struct config *c = config_new();
    assert_false(config_parse(c, "F", "raw = no\0", 9, &err));
    config_free(c);
}

/* A long list of patterns, an indented file and spaces in quotes: what inih alone would spoil. */
static void what_inih_would_cut(void **state)
{
    (void)state;
    struct config *c = parse("[host \"" LONG_200 " " LONG_200 " last\"]\n"
                             "    leave = line\n"
                             "    raw = \"yes\"\n"
                             "    mouse = off\n");
    assert_int_equal(item(c, "last", "leave").line, 2);
    assert_string_equal(item(c, "last", "leave").value, "line");
    assert_string_equal(item(c, "last", "raw").value, "yes");
    assert_int_equal(item(c, "last", "mouse").line, 4);
    assert_int_equal(item(c, "las", "mouse").line, 0);
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_go_before_the_top_and_the_first_counts),
        cmocka_unit_test(sections_are_listed),
        cmocka_unit_test(defaults),
        cmocka_unit_test(command_keys),
        cmocka_unit_test(colors_words_and_prompts),
        cmocka_unit_test(errors_name_the_line_and_what_is_allowed),
        cmocka_unit_test(what_inih_would_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
