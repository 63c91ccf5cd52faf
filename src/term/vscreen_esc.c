/* ESC sequences and character sets. */
#include "term/vscreen_priv.h"

/* The DEC special graphics: 0x5f to 0x7e. */
static const uint16_t line_drawing[] = {
    0x0020, 0x25c6, 0x2592, 0x2409, 0x240c, 0x240d, 0x240a, 0x00b0, 0x00b1, 0x2424, 0x240b,
    0x2518, 0x2510, 0x250c, 0x2514, 0x253c, 0x23ba, 0x23bb, 0x2500, 0x23bc, 0x23bd, 0x251c,
    0x2524, 0x2534, 0x252c, 0x2502, 0x2264, 0x2265, 0x03c0, 0x2260, 0x00a3, 0x00b7,
};

uint32_t charset_map(const struct charsets *sets, uint32_t cp)
{
    uint8_t set = sets->g[sets->single ? sets->single : sets->left];
    if (set == CHARSET_LINES && cp >= 0x5f && cp <= 0x7e)
        return line_drawing[cp - 0x5f];
    if (set == CHARSET_UK && cp == '#')
        return 0xa3;
    return cp;
}

static void designate(struct vscreen *vs, int which, uint8_t final)
{
    vs->charsets.g[which] = final == '0'   ? CHARSET_LINES
                            : final == 'A' ? CHARSET_UK
                                           : CHARSET_ASCII;
}

/* DECALN: a screen full of E, to adjust a tube by. */
static void alignment(struct vscreen *vs)
{
    vs->region_top = 0;
    vs->region_bottom = vs->rows;
    for (int r = 0; r < vs->rows; r++) {
        struct row *row = row_at(vs, vs->page, r);
        row->flags = 0;
        row->used = vs->cols;
        for (int col = 0; col < vs->cols; col++)
            row->cells[col] = (struct cell){.glyph = 'E', .width = 1};
    }
    cursor_to(vs, 0, 0);
}

static void plain(struct vscreen *vs, uint8_t final)
{
    switch (final) {
    case '7': cursor_save(vs); break;
    case '8': cursor_restore(vs); break;
    case '=': vs->modes.app_keypad = true; break;
    case '>': vs->modes.app_keypad = false; break;
    case 'D': text_index(vs); break;
    case 'E':
        text_index(vs);
        vs->cursor.col = 0;
        break;
    case 'H': vs->tabs[vs->cursor.col] = true; break;
    case 'M': text_reverse_index(vs); break;
    case 'N': vs->charsets.single = 2; break;
    case 'O': vs->charsets.single = 3; break;
    case 'Z': reply_device(vs, 0); break;
    case 'c': full_reset(vs); break;
    case 'n': vs->charsets.left = 2; break;
    case 'o': vs->charsets.left = 3; break;
    default: break;
    }
}

void esc_dispatch(struct vscreen *vs, const struct ecma48_token *token)
{
    uint8_t intermediate = token->intermediate[0];
    if (intermediate == 0)
        plain(vs, token->final);
    else if (token->intermediate[1])
        return;
    else if (intermediate >= '(' && intermediate <= '+')
        designate(vs, intermediate - '(', token->final);
    else if (intermediate == '#' && token->final == '8')
        alignment(vs);
}
