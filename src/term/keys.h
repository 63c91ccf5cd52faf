/*
 * The keyboard: bytes of the local terminal in, keys out, each with the very bytes it came
 * as, so that raw mode can pass them on unchanged. Pure: time is a parameter.
 */
#ifndef TERM_KEYS_H
#define TERM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/key_name.h"
#include "term/terminfo.h"
#include "term/vscreen.h"

enum key_kind {
    KEY_CHAR,        /* code: a code point; controls too: Ctrl-A is 'a' with MOD_CTRL, Enter is
                        '\r', Tab '\t', Escape 0x1b, Backspace 0x7f */
    KEY_NAMED,       /* code: enum key_name */
    KEY_PASTE_BEGIN, /* CSI 200 ~ */
    KEY_PASTE_DATA,  /* raw: the bytes pasted, any number of events */
    KEY_PASTE_END,   /* CSI 201 ~ */
    KEY_MOUSE,       /* mouse */
    KEY_FOCUS,       /* code: 1 in, 0 out */
    KEY_REPORT,      /* the local terminal's answer to a question of ours; report */
    KEY_UNKNOWN,     /* a sequence without a meaning for us, or a key's release; raw has it */
};

enum mouse_action { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_MOVE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

enum key_report {
    REPORT_OTHER,  /* not what we asked for */
    REPORT_DEVICE, /* DA1; asked last, so that the others have come by then, or never do */
    REPORT_KITTY,  /* it has kitty's keyboard protocol */
    REPORT_MODIFY, /* it has modifyOtherKeys */
    REPORT_COLOR,  /* slot: VSCREEN_FG and so on; value: 0xRRGGBB */
};

struct key {
    enum key_kind kind;
    uint32_t code;
    uint8_t mods;
    struct {
        enum mouse_action action;
        uint8_t button; /* 1-3, 0 none */
        int row, col;   /* 0-based */
    } mouse;
    struct {
        enum key_report what;
        int slot;
        uint32_t value;
    } report;
    const uint8_t *raw; /* valid until the next call */
    size_t raw_len;
};

/* Escape, and nothing held with it. */
static inline bool key_is_escape(const struct key *key)
{
    return key->kind == KEY_CHAR && key->code == 0x1b && key->mods == 0;
}

struct keys;

/* `ti` may be NULL (tests: xterm's keys); it is read only here. */
struct keys *keys_new(const struct terminfo *ti);
void keys_free(struct keys *k);

void keys_feed(struct keys *k, const void *data, size_t len, int64_t now);
/* The next whole key. A lone ESC, or a sequence that stops half way, becomes a key (or
   several) when `now` has passed keys_deadline. */
bool keys_next(struct keys *k, int64_t now, struct key *key);
int64_t keys_deadline(const struct keys *k); /* CLOCK_NEVER if nothing is half received */

/* What to send to a host's program for the key under the modes it set: the raw bytes as they
   came, unless the program changed what that key sends and this terminal sends otherwise
   (DECCKM, DECKPAM, modifyOtherKeys, CSI u). A key without raw bytes is sent as xterm would.
   Mouse reports are coded as the program asked, key->mouse being relative to its screen (the
   caller takes the rows above it off), and dropped if it asked for none or they are outside,
   but for the wheel in a full-screen program (1007: arrow keys); focus and paste brackets
   likewise. */
void keys_encode(const struct key *key, const struct vscreen_modes *modes, struct buf *out);

/* "C-]" or "M-x" or "F5" -> key; false if it is not one. For the config. */
bool keys_parse(const char *name, struct key *key);

#endif
