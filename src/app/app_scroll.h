/* Scroll mode: its keys, its mouse, its prompts. Part of app. */
#ifndef APP_APP_SCROLL_H
#define APP_APP_SCROLL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "term/clipboard.h"
#include "term/frame.h"
#include "term/keys.h"
#include "term/view.h"

struct app;

/* What is asked for in the status line. */
enum scroll_ask { SCROLL_ASK_NONE, SCROLL_ASK_SEARCH, SCROLL_ASK_SAVE, SCROLL_ASK_OVERWRITE };

struct scroll_state {
    struct view *view;
    enum scroll_ask ask;
    int dir;         /* of the search */
    struct buf text; /* typed at the question */
    bool mouse_off;  /* the local terminal has the mouse */
    bool pressed;    /* the button is down, at row, col */
    int row, col;
    int clicks; /* how many at one place, the last one at clicked_at */
    int64_t clicked_at;
    struct clipboard clipboard;
};

void app_scroll_init(struct app *app);
void app_scroll_release(struct app *app);

/* True: the key was for scroll mode, or for scrolling. */
bool app_scroll_key(struct app *app, const struct key *key);
/* Some of the search; true: there is more to do. */
bool app_scroll_step(struct app *app);
/* The status line's text; false: the page is not scrolled back. */
bool app_scroll_text(struct app *app, struct buf *out);
/* A question stands in the status line: it outranks notices. */
bool app_scroll_asks(const struct app *app);
/* What the frame needs besides: the mouse, and the cursor at a question, whose text begins in
   column `col` of the status line. */
void app_scroll_frame(struct app *app, struct frame *f, int col);

/* The command key's. */
void app_scroll_enter(struct app *app);
void app_scroll_mouse(struct app *app);
void app_copy_output(struct app *app);

/* app_copy.c */
void app_copy(struct app *app, const struct buf *text);
void app_copy_step(struct app *app);
/* What a program wrote to the clipboard, as far as the config lets it. */
void app_copy_clip(struct app *app);
/* The whole page and what is above it, into a file. `overwrite`: an existing one may go. False
   with *exists: it must be asked first. */
bool app_save(struct app *app, const char *path, bool overwrite, bool *exists);
void app_save_name(struct app *app, struct buf *out);

#endif
