/*
 * The editor for test_readline.py: each line of input is the name of a set of keys and the bytes
 * of the keyboard, in hex; each line of output is the cursor, in characters, and the line, in hex.
 * The arguments are the history.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "term/editor.h"

static void press_all(struct editor *e, const char *bytes, size_t len)
{
    struct keys *keys = keys_new(NULL);
    struct key key;
    keys_feed(keys, bytes, len, 0);
    while (keys_next(keys, 0, &key) || keys_next(keys, CLOCK_NEVER - 1, &key)) {
        editor_typed(e, &key);
        editor_key(e, &key);
        while (editor_replay_next(e, &key))
            editor_key(e, &key);
    }
    keys_free(keys);
}

static size_t from_hex(const char *hex, char *out)
{
    size_t n = 0;
    unsigned byte;
    for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        out[n++] = (char)byte;
    return n;
}

static void show(struct editor *e)
{
    struct editor_view view = editor_view(e);
    size_t cursor = 0;
    for (size_t i = 0; i < view.cursor; i++)
        cursor += ((unsigned char)view.text[i] & 0xc0) != 0x80;
    printf("%zu ", cursor);
    for (size_t i = 0; i < view.len; i++)
        printf("%02x", (unsigned char)view.text[i]);
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    setenv("EDITRC", "/dev/null", 1);
    struct err err;
    struct history *history = history_open(NULL, &err);
    for (int i = 1; i < argc; i++)
        if (!history_add(history, argv[i], NULL, 0, &err))
            return 1;
    struct editor *e = editor_new(history, &err);
    static char line[65536], bytes[32768];
    if (!e)
        return 1;
    editor_set_suggest(e, false);
    while (fgets(line, sizeof line, stdin)) {
        char *space = strchr(line, ' ');
        if (!space)
            return 1;
        editor_set_keys(e, strncmp(line, "vi", 2) == 0 ? EDITOR_VI : EDITOR_EMACS);
        editor_clear(e);
        press_all(e, bytes, from_hex(space + 1, bytes));
        show(e);
    }
    editor_free(e);
    history_close(history);
    return 0;
}
