/*
 * From the emulator's screen and our overlays to a frame. Overlays are put on a copy: nothing
 * of ours is written into the emulator until it is final. Pure.
 */
#ifndef TERM_COMPOSE_H
#define TERM_COMPOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "term/frame.h"
#include "term/menu.h"
#include "term/view.h"
#include "term/vscreen.h"

/* A stretch of styled text. */
struct span {
    const char *text;
    size_t len;
    struct style style;
};

/* The line being edited, drawn from the emulator's cursor on: prompt, then text, wrapped at
   the width, '\n' starting a row. Tabs go to the next stop, other control
   characters are shown as ^X, reversed. */
struct line_view {
    const struct span *prompt;
    int prompt_count;
    const struct span *text; /* the line, in order; together the text the cursor counts in */
    int text_count;
    size_t cursor;                 /* byte offset in the text */
    size_t selected, selected_end; /* bytes, shown reversed; the same: none */
    uint8_t cursor_shape;          /* DECSCUSR; 0: as the terminal has it */
    const char *suggestion;        /* after the end, dim and underlined; NULL if none */
    bool hidden;                   /* a secret: nothing of the text is shown */
    const struct span *right; /* at the right of the text's first row, while that has room for it;
                                 it is not printed when the line is final */
    int right_count;
};

struct compose {
    const struct vscreen *screen;
    int64_t scroll;               /* the line shown in the first row; -1: follow the screen */
    struct view *view;            /* what is searched for and selected; NULL: nothing */
    const struct line_view *line; /* NULL: none */
    bool ended;                   /* say at prompts how their commands ended */
    struct menu *menu;            /* below the line; NULL: none */
    const struct span *status;    /* the status line, left part; NULL: no status line */
    int status_count;
    const char *status_right; /* its right part; dropped first when there is no room */
    int status_row;           /* 1: bottom, -1: top, 0: none */
};

/*
 * Draw into `f`, already of the terminal's size. The screen has vscreen_rows rows (one less
 * than the frame's when there is a status line). When line and menu need more rows than there
 * are below the cursor, the picture moves up; a line taller than the screen shows the rows
 * about the cursor. Works at any size from 1x1.
 */
void compose_frame(const struct compose *c, struct frame *f);

/* What the line leaves on the page when it is final: its rows, in order, ending in a newline,
   printed into the emulator (vscreen_print) just as it was drawn. */
void compose_commit(const struct line_view *line, struct vscreen *screen);

#endif
