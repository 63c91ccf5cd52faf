/* The emulator's inside, shared by the vscreen_*.c files and by no other. */
#ifndef TERM_VSCREEN_PRIV_H
#define TERM_VSCREEN_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ecma48.h"
#include "term/cell.h"
#include "term/glyph.h"
#include "term/scrollback.h"
#include "term/vscreen.h"

#define VSCREEN_SIZE_MAX 1000
#define VSCREEN_TITLE    256
#define TITLES_MAX       8
#define KITTY_MAX        8
#define COLOR_KNOWN      0x1000000u

/* Cells from `used` on are blank in the default style, and what memory holds there is of no
   meaning: so clearing and scrolling short lines costs what they hold, not what they could. */
struct row {
    struct cell *cells;
    int used;
    unsigned flags; /* LINE_ */
};

struct pos {
    int row, col;
    bool wrap_next; /* the last column was written: the next character wraps first */
};

/* The character sets in force; G0 to G3. */
enum charset { CHARSET_ASCII, CHARSET_UK, CHARSET_LINES };
struct charsets {
    uint8_t g[4];   /* enum charset */
    uint8_t left;   /* which of them is in use */
    uint8_t single; /* for the next character only (SS2, SS3); 0: none */
};

static inline bool charsets_plain(const struct charsets *sets)
{
    return sets->g[sets->left] == CHARSET_ASCII && sets->single == 0;
}

/* What DECSC keeps. */
struct saved {
    struct pos at;
    struct style pen;
    struct charsets charsets;
    bool origin;
};

/* The main or the alternate screen. */
struct page {
    struct row *ring; /* vs->rows of them; the top row is ring[head] */
    int head;
    struct pos left_at; /* the cursor when this page was left for the other */
    struct saved saved;
    uint8_t kitty[KITTY_MAX]; /* keyboard flags, the last ones in force */
    int kitty_count;
};

struct links {
    char **uri; /* uri[0] is link 1 */
    int count, cap;
    size_t bytes;
    uint16_t *slot; /* hash table of links; 0: free */
};

struct vscreen {
    struct glyphs *glyphs;
    int rows, cols;
    struct page main, alternate;
    struct page *page;   /* the one shown */
    struct row *scratch; /* `rows` of them, for rotating */
    struct pos cursor;
    struct style pen;
    struct charsets charsets;
    int region_top, region_bottom; /* DECSTBM; the bottom is not in it */
    bool origin, autowrap, reverse_wrap, insert;
    bool cursor_visible, cursor_blink;
    uint8_t cursor_shape;
    bool *tabs;    /* cols of them */
    uint32_t last; /* the character REP repeats; 0: none */
    struct vscreen_modes modes;
    struct scrollback *scrollback; /* its end is the main screen's top line */
    int64_t scrollback_lines;
    struct links links;
    struct buf replies;
    char title[VSCREEN_TITLE];
    char titles[TITLES_MAX][VSCREEN_TITLE]; /* kept by CSI 22 t */
    int title_count;
    struct vscreen_allowed allowed;
    uint32_t colors[VSCREEN_COLORS]; /* COLOR_KNOWN | 0xRRGGBB, or 0 */
    struct buf clip;
    enum vscreen_clip clip_state;
    unsigned bells;
    uint64_t changes;
};

static inline struct row *row_at(const struct vscreen *vs, const struct page *page, int row)
{
    int i = page->head + row;
    return &page->ring[i < vs->rows ? i : i - vs->rows];
}

/* No glyph any more; the colours stay. */
static inline void blank_cell(struct cell *cell)
{
    cell->glyph = 0;
    cell->width = 1;
}

static inline struct row *cursor_row(const struct vscreen *vs)
{
    return row_at(vs, vs->page, vs->cursor.row);
}

/* vscreen_grid.c: rows and what moves them; no meaning of sequences. */
void page_init(struct vscreen *vs, struct page *page);
void page_release(struct vscreen *vs, struct page *page);
void row_extend(struct row *row, int col);   /* the cells before col are to be real */
void row_cut_wide(struct row *row, int col); /* no wide character straddles col */
void row_erase(struct vscreen *vs, struct row *row, int from, int to);
void row_clear(struct vscreen *vs, struct row *row); /* all, with flags */
void row_insert(struct vscreen *vs, struct row *row, int col, int count);
void row_delete(struct vscreen *vs, struct row *row, int col, int count);
/* Rows that leave at the main screen's top go to the scrollback; deleted ones do not. */
void grid_scroll_up(struct vscreen *vs, int top, int bottom, int count);
void grid_delete_rows(struct vscreen *vs, int top, int bottom, int count);
void grid_scroll_down(struct vscreen *vs, int top, int bottom, int count);
void grid_break_wraps(struct vscreen *vs, int top, int bottom);
/* Move the main screen's rows, down to the last in use, to the scrollback. */
void grid_save_screen(struct vscreen *vs);
int grid_content_rows(const struct vscreen *vs, const struct page *page);

/* vscreen_text.c */
void text_put(struct vscreen *vs, const uint8_t *data, size_t len, bool ascii); /* a token's */
void text_put_character(struct vscreen *vs, uint32_t cp);
void text_repeat(struct vscreen *vs, int count);
void text_control(struct vscreen *vs, uint8_t c);
void text_index(struct vscreen *vs);
void text_reverse_index(struct vscreen *vs);
void text_back(struct vscreen *vs, int count);
void text_tab(struct vscreen *vs, int count); /* < 0: backwards */

/* vscreen_cursor.c: where the cursor may go, saving it, which page is shown, resets. */
void cursor_to(struct vscreen *vs, int row, int col);        /* held within the screen */
void cursor_to_origin(struct vscreen *vs, int row, int col); /* counted as DECOM has it */
void cursor_save(struct vscreen *vs);
void cursor_restore(struct vscreen *vs);
void tabs_reset(struct vscreen *vs, int from);
void page_show(struct vscreen *vs, bool alternate);
void soft_reset(struct vscreen *vs);
void full_reset(struct vscreen *vs);

/* vscreen_csi.c, vscreen_esc.c, vscreen_osc.c, vscreen_mode.c, vscreen_sgr.c */
void csi_dispatch(struct vscreen *vs, const struct ecma48_token *token);
void esc_dispatch(struct vscreen *vs, const struct ecma48_token *token);
uint32_t charset_map(const struct charsets *sets, uint32_t cp);
void osc_dispatch(struct vscreen *vs, const struct ecma48_token *token);
void links_release(struct links *links);
void clip_write(struct vscreen *vs, const char *text, size_t len, bool cut);
void title_push(struct vscreen *vs);
void title_pop(struct vscreen *vs);
void modes_reset(struct vscreen *vs);
void mode_set(struct vscreen *vs, const struct ecma48_token *token, bool on);
int mode_report(const struct vscreen *vs, bool private, int number); /* DECRPM: 1 set, 2 reset, 0
    not here; -1: none of the tables' */
void sgr_apply(struct style *pen, const struct ecma48_token *token);

/* vscreen_kitty.c: the keyboard protocol's flags */
void kitty_push(struct vscreen *vs, int flags);
void kitty_pop(struct vscreen *vs, int count);
void kitty_set(struct vscreen *vs, int flags, int how);
void kitty_show(struct vscreen *vs); /* those of the page shown come into force */
void kitty_reset(struct vscreen *vs);

/* vscreen_reply.c: all that is ever sent to the host. */
void reply_device(struct vscreen *vs, uint8_t prefix); /* DA1, DA2, DA3: which by prefix */
void reply_status(struct vscreen *vs, bool private, int what);
void reply_mode(struct vscreen *vs, bool private, int number);
void reply_version(struct vscreen *vs);
void reply_size(struct vscreen *vs);
void reply_parameters(struct vscreen *vs, int kind); /* DECREQTPARM */
void reply_kitty_keys(struct vscreen *vs);
void reply_modify_keys(struct vscreen *vs);
void reply_color(struct vscreen *vs, int slot);
void reply_capabilities(struct vscreen *vs, const struct ecma48_token *token); /* XTGETTCAP */
void reply_setting(struct vscreen *vs, const struct ecma48_token *token);      /* DECRQSS */

#endif
