/* A menu of completion candidates: columns, kinds, a filter, a selection, scrolling. Pure. */
#ifndef TERM_MENU_H
#define TERM_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "term/frame.h"
#include "term/keys.h"

/* What a candidate is. Told by a sign behind the label (as ls -F has it), by a word, or, where
   all in the menu are of one kind, once for all of them. */
enum menu_kind {
    MENU_PLAIN, /* nothing is known of it */
    MENU_DIRECTORY,
    MENU_FILE,
    MENU_LINK,
    MENU_PROGRAM, /* a file that may be run */
    MENU_SPECIAL, /* a socket, a pipe, a device */
    MENU_COMMAND, /* found in PATH */
    MENU_ALIAS,
    MENU_FUNCTION,
    MENU_BUILTIN,
    MENU_KEYWORD,
    MENU_VARIABLE,
    MENU_OPTION,
    MENU_HOST,
    MENU_USER,
    MENU_KINDS,
};

struct menu_item {
    char *text;        /* as inserted */
    char *label;       /* as shown; NULL: text */
    char *description; /* NULL if none */
    enum menu_kind kind;
};

struct menu;

/* Takes the items (and their strings) over. */
struct menu *menu_new(struct menu_item *items, size_t count);
void menu_free(struct menu *m);
/* There are so many in all, of which the items are only the first: it is told. MENU_MANY: nobody
   knows how many. */
#define MENU_MANY SIZE_MAX
void menu_set_total(struct menu *m, size_t total);

size_t menu_count(const struct menu *m);
/* -1 until the first Tab or arrow in the menu. */
long menu_selected(const struct menu *m);
const struct menu_item *menu_item(const struct menu *m, size_t i);
/* In words; "" for MENU_PLAIN. */
const char *menu_kind_name(enum menu_kind kind);

enum menu_did { MENU_MOVED, MENU_TAKE, MENU_PREVIEW, MENU_CLOSE, MENU_IGNORED };
/* Tab, Shift-Tab, arrows, PageUp/Down, Home, End move; Enter takes (if one is selected),
   as Tab does the only one; Ctrl-Space and F1 ask for a preview; Escape closes; all else is
   MENU_IGNORED and the caller closes or narrows. `cols`: the width it is drawn at, so that up and
   down are right. */
enum menu_did menu_key(struct menu *m, const struct key *key, int cols);

/* Show those of all items that go on from `typed`, in their order; if none does, those whose
   label it fits some other way (term/fuzzy.h), the best first. False: there is none. A selected
   item stays selected, or the first one takes its place. */
bool menu_narrow(struct menu *m, const char *typed);

/* Rows wanted at that width, at most `max`: one more than the items take, which tells how many
   there are, of what kind, and more of the selected. */
int menu_height(const struct menu *m, int cols, int max);
/* Draw into `height` rows from `row`. The selected is marked by reverse video and by '>' so
   that nothing is told by colour alone. */
void menu_draw(struct menu *m, struct frame *f, int row, int height);

#endif
