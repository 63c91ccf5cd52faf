/*
 * The page scrolled back: where it stands, what is searched for, what is selected. It stays
 * still when output arrives. Pure: it reads the emulator and draws on the frame.
 */
#ifndef TERM_VIEW_H
#define TERM_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "term/frame.h"
#include "term/search.h"
#include "term/vscreen.h"

/* How it was entered; the larger ones outrank the smaller. */
enum view_mode {
    VIEW_OFF,   /* the page follows the output */
    VIEW_DRAG,  /* the mouse selects */
    VIEW_WHEEL, /* a glance: typing returns to the end */
    VIEW_PAGE,  /* scroll mode, left at the end of the page */
    VIEW_STAY,  /* scroll mode, left on request */
};

struct view;

/* Both are borrowed. */
struct view *view_new(const struct vscreen *vs, const struct glyphs *glyphs);
void view_free(struct view *v);

enum view_mode view_mode(const struct view *v);
/* From VIEW_OFF, or to a higher mode. */
void view_enter(struct view *v, enum view_mode mode);
void view_leave(struct view *v);

int64_t view_top(const struct view *v); /* the line in the first row; -1: follow */
bool view_at_end(const struct view *v);
int64_t view_new_lines(const struct view *v); /* come since it was entered */

/* By lines, to an end, and to the previous or next command's prompt (false: there is none). */
void view_scroll(struct view *v, int64_t lines);
void view_home(struct view *v);
void view_end(struct view *v);
bool view_command(struct view *v, int dir);

/* The cursor: moved within the page, which scrolls when it leaves it. */
void view_move(struct view *v, int rows, int cols);
void view_line_start(struct view *v);
void view_line_end(struct view *v);
struct place view_cursor(const struct view *v);

/* Search for the text from the cursor on, and go to the first match. An empty text ends it. */
void view_search(struct view *v, const char *text, size_t len, int dir);
/* As typed at a prompt: from where the view stood at view_search_begin, to which cancelling
   returns. */
void view_search_begin(struct view *v);
void view_search_cancel(struct view *v);
/* The next match (dir > 0) or the one before. */
void view_search_next(struct view *v, int dir);
/* A bounded part of the search; true: there is more to do. `moved`: the picture differs. */
bool view_step(struct view *v, bool *moved);
struct view_matches {
    bool searching;       /* the counts are not final */
    bool none;            /* nothing matches */
    int64_t index, total; /* index 0: none is current */
};
struct view_matches view_matches(struct view *v);
bool view_has_search(const struct view *v);

/* Selection, from the cursor or the cell under the mouse to where that moves. */
enum view_unit { UNIT_CHAR, UNIT_WORD, UNIT_LINE };
void view_select(struct view *v, enum view_unit unit);
void view_select_none(struct view *v);
bool view_selecting(const struct view *v);
/* What is selected: soft-wrapped lines joined, without blanks at the ends of lines. */
void view_selected(const struct view *v, struct buf *out);
/* Put the cursor on a cell of the frame; outside of the page, on the nearest one. */
void view_point(struct view *v, int row, int col);
/* Is the frame's row one of the page? -1: above; 1: below. */
int view_outside(const struct view *v, int row);
/* The row of the emulator's screen that was drawn in a row of the frame; may be outside of it. */
int view_screen_row(const struct view *v, int row);

/* The output of the last command that has ended: its lines; false if there is none. */
bool view_last_output(const struct vscreen *vs, int64_t *from, int64_t *to);

/* About a change of the emulator's size: the same text stays at the top. */
void view_resize_begin(struct view *v);
void view_resize_end(struct view *v);

/* Matches and selection, drawn over rows top .. top + rows - 1, which show the lines from `first`
   on; then, where it is on, its cursor. */
void view_draw(struct view *v, struct frame *f, int top, int rows, int64_t first);
void view_place_cursor(const struct view *v, struct frame *f);

#endif
