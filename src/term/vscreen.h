/*
 * The terminal emulator's state: tokens in; rows, modes and replies out. No I/O, no time.
 *
 * Lines have absolute numbers that never change while a line exists (but see
 * vscreen_resize): the first line ever is 0, lines scrolled off the top keep theirs in the
 * scrollback, which is bounded. The screen shows lines vscreen_top() .. + rows - 1 of the
 * main screen, or the alternate screen, which has no scrollback.
 *
 * Replies to the host come from one fixed table (hostile.md 1-6): never from received bytes,
 * and are queued in vscreen_replies.
 */
#ifndef TERM_VSCREEN_H
#define TERM_VSCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "term/cell.h"
#include "term/glyph.h"

enum mouse_mode { MOUSE_OFF, MOUSE_X10, MOUSE_CLICK, MOUSE_DRAG, MOUSE_MOTION };
enum mouse_coding { MOUSE_LEGACY, MOUSE_UTF8, MOUSE_SGR, MOUSE_URXVT, MOUSE_SGR_PIXELS };

/* What the host's program asked of the terminal that is not on the grid. */
struct vscreen_modes {
    bool alternate;            /* the alternate screen is shown */
    bool app_cursor;           /* DECCKM */
    bool app_keypad;           /* DECKPAM */
    bool bracketed_paste;      /* 2004 */
    bool focus_events;         /* 1004 */
    bool sync;                 /* 2026: an update is being drawn; hold the frame back (briefly) */
    bool reverse_screen;       /* DECSCNM */
    bool wheel_keys;           /* 1007; on unless the program turns it off */
    bool newline;              /* LNM */
    uint8_t modify_other_keys; /* xterm modifyOtherKeys: 0, 1, 2 */
    uint8_t kitty_keys;        /* CSI u flags in force: 0 none */
    enum mouse_mode mouse;
    enum mouse_coding mouse_coding;
};

struct vscreen_cursor {
    int row, col; /* 0-based; col may be cols - 1 with `wrap_next` */
    bool wrap_next;
    bool visible;
    uint8_t shape; /* DECSCUSR: 0 default, 1-6 */
};

/* Flags on lines, for finding commands again. */
enum {
    LINE_WRAPPED = 1 << 0, /* continues on the next line (soft wrap) */
    LINE_PROMPT = 1 << 1,  /* a prompt of ours begins here */
    LINE_OUTPUT = 1 << 2,  /* a command's output begins here */
    LINE_END = 1 << 3,     /* the output ended before this line */
    LINE_ENDED = 1 << 4,   /* a prompt whose command has ended; the bits above tell how */
};

/* How the command of a line with LINE_ENDED ended: the exit status, LINE_STATUS_OTHER for one that
   is less than 0 or more, and the time that it took, in ms, kept to three digits. */
enum { LINE_STATUS_OTHER = 0x3fff };
void line_ended(unsigned flags, int *status, int64_t *took);

struct vscreen;

/* `glyphs` is borrowed and must outlive it. At least 1x1; scrollback: lines kept. */
struct vscreen *vscreen_new(struct glyphs *glyphs, int rows, int cols, int64_t scrollback);
void vscreen_free(struct vscreen *vs);

void vscreen_token(struct vscreen *vs, const struct ecma48_token *token);

/* Does the whole lines of printable ASCII, each with its CR LF, that data begins with, as their
   tokens would but quicker. Returns how many bytes they are. */
size_t vscreen_lines(struct vscreen *vs, const uint8_t *data, size_t len);

/* All tokens of these bytes, whole lines in one go. */
void vscreen_feed(struct vscreen *vs, struct ecma48 *parser, const uint8_t *data, size_t len);

/* Change the size; the main screen and scrollback are re-wrapped, the alternate cut or
   padded. Absolute line numbers are re-counted by it. Sizes are held within 1..1000. */
void vscreen_resize(struct vscreen *vs, int rows, int cols);

int vscreen_rows(const struct vscreen *vs);
int vscreen_cols(const struct vscreen *vs);
struct vscreen_cursor vscreen_cursor(const struct vscreen *vs);
const struct vscreen_modes *vscreen_modes(const struct vscreen *vs);

int64_t vscreen_first(const struct vscreen *vs); /* the oldest line still kept */
int64_t vscreen_top(const struct vscreen *vs);   /* the line in the screen's first row */

/* Line `line` of the main screen and its scrollback, or (screen rows of) the alternate screen
   while that is shown: exactly vscreen_cols cells into `out`. Beyond the ends: blanks.
   Returns the line's LINE_ flags. */
unsigned vscreen_line(const struct vscreen *vs, int64_t line, struct cell *out);
/* The same without the blanks at the end that nothing was written to: how many cells there are
   is returned; `flags` may be NULL. */
int vscreen_cells(const struct vscreen *vs, int64_t line, struct cell *out, unsigned *flags);
unsigned vscreen_line_flags(const struct vscreen *vs, int64_t line);
/* Set flags on the line the cursor is in (main screen). */
void vscreen_flag_line(struct vscreen *vs, unsigned flags);
/* The last command has ended: note it at its prompt's line. */
void vscreen_flag_ended(struct vscreen *vs, int status, int64_t took);
/* The nearest line before (dir < 0) or after `line` having any of `flags`; -1 if none. */
int64_t vscreen_find_flag(const struct vscreen *vs, int64_t line, int dir, unsigned flags);

/* Lines from..to (both included) as UTF-8: soft-wrapped lines joined, trailing blanks cut,
   '\n' between lines. */
void vscreen_text(const struct vscreen *vs, int64_t from, int64_t to, struct buf *out);

/* Text of our own at the cursor in the main screen, in `style`, without changing the host's
   pen, charsets or modes. '\n' starts a new line. No other control characters. */
void vscreen_print(struct vscreen *vs, const struct style *style, const char *text, size_t len);
/* To the start of a new line, unless the cursor is at the start of one. */
void vscreen_fresh_line(struct vscreen *vs);

/* Undo what a program that died may have left on (hostile.md 16): alternate screen, mouse,
   hidden cursor, character sets, scroll region, origin, key protocols, pen. Keeps the text,
   the title and the saved scrollback. */
void vscreen_reset_modes(struct vscreen *vs);

/* Bytes to send to the host; the caller consumes them. Bounded: a flood of queries is
   answered no further than the bound. */
struct buf *vscreen_replies(struct vscreen *vs);

const char *vscreen_title(const struct vscreen *vs); /* sanitised UTF-8, "" if none */

/* What programs may do, as the person and the local terminal have it; in a new screen nothing. */
struct vscreen_allowed {
    bool clear_scrollback; /* ED 3 does it */
    bool clipboard;        /* for XTGETTCAP to tell; the text is the caller's to drop */
    bool kitty_keys;       /* the local terminal has the protocol: its keys pass unchanged */
};
void vscreen_allow(struct vscreen *vs, const struct vscreen_allowed *allowed);

/* The local terminal's colors, 0xRRGGBB: by them OSC 4 and 10 to 12 are answered, and if the
   background is dark; what is not known is not answered. `slot`: 0 to 15, or one of these. */
enum { VSCREEN_FG = 256, VSCREEN_BG, VSCREEN_CURSOR, VSCREEN_COLORS };
void vscreen_know_color(struct vscreen *vs, int slot, uint32_t rgb);

/* What a program last wrote to the clipboard (OSC 52), once: printable UTF-8 with tabs and
   newlines, at most VSCREEN_CLIP_MAX bytes. Larger, malformed, or with controls: refused. To
   read the clipboard is never answered. */
#define VSCREEN_CLIP_MAX (100 * 1024)
enum vscreen_clip { CLIP_NONE, CLIP_TEXT, CLIP_REFUSED };
enum vscreen_clip vscreen_take_clip(struct vscreen *vs, struct buf *text);

unsigned vscreen_bells(const struct vscreen *vs);   /* bells rung so far */
uint64_t vscreen_changes(const struct vscreen *vs); /* grows when anything shown may differ */
const char *vscreen_link(const struct vscreen *vs, uint16_t link); /* URI, NULL if none */

#endif
