/* A menu of completion candidates: columns, a selection, scrolling. Pure. */
#ifndef TERM_MENU_H
#define TERM_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "term/frame.h"
#include "term/keys.h"

struct menu_item {
    char *text;        /* as inserted */
    char *label;       /* as shown; NULL: text */
    char *description; /* NULL if none */
};

struct menu;

/* Takes the items (and their strings) over. */
struct menu *menu_new(struct menu_item *items, size_t count);
void menu_free(struct menu *m);

size_t menu_count(const struct menu *m);
/* -1 until the first Tab or arrow in the menu. */
long menu_selected(const struct menu *m);
const struct menu_item *menu_item(const struct menu *m, size_t i);

enum menu_did { MENU_MOVED, MENU_TAKE, MENU_CLOSE, MENU_IGNORED };
/* Tab, Shift-Tab, arrows, PageUp/Down, Home, End move; Enter takes (if one is selected);
   Escape closes; all else is MENU_IGNORED and the caller closes or narrows. `cols`: the
   width it is drawn at, so that up and down are right. */
enum menu_did menu_key(struct menu *m, const struct key *key, int cols);

/* Keep only candidates that begin with `prefix`; false if none is left. */
bool menu_narrow(struct menu *m, const char *prefix);

/* Rows wanted at that width, at most `max`. */
int menu_height(const struct menu *m, int cols, int max);
/* Draw into `height` rows from `row`. The selected is marked by reverse video and by '>' so
   that nothing is told by colour alone; "12-24 of 180" at the end when it scrolls. */
void menu_draw(struct menu *m, struct frame *f, int row, int height);

#endif
