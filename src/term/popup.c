#include "term/popup.h"

#include <stdio.h>
#include <string.h>

#define BORDER_ROWS 8 /* a lower page has no room for a border */

static const struct style plain, bold = {.attrs = ATTR_BOLD};

static void put(struct frame *f, int row, int col, int width, const struct style *style,
                const char *text)
{
    frame_put(f, row, col, width, style, text, strlen(text));
}

static void put_edge(struct frame *f, int row, int col, int width, const char *left,
                     const char *right)
{
    put(f, row, col, 1, &plain, left);
    for (int i = 1; i < width - 1; i++)
        put(f, row, col + i, 1, &plain, "\u2500");
    put(f, row, col + width - 1, 1, &plain, right);
}

static void put_border(struct frame *f, int row, int height, int col, int width)
{
    put_edge(f, row, col, width, "\u250c", "\u2510");
    put_edge(f, row + height - 1, col, width, "\u2514", "\u2518");
    for (int i = 1; i < height - 1; i++) {
        put(f, row + i, col, 1, &plain, "\u2502");
        put(f, row + i, col + width - 1, 1, &plain, "\u2502");
    }
}

static int widest(const char *const *lines, int count)
{
    int width = 0;
    for (int i = 0; i < count; i++) {
        int columns = frame_columns(lines[i], strlen(lines[i]));
        width = columns > width ? columns : width;
    }
    return width;
}

static int at_most(int value, int most)
{
    return value < most ? value : most;
}

int popup_draw(struct frame *f, int first, int rows, const char *const *lines, int count, int top)
{
    bool border = rows >= BORDER_ROWS;
    int edge = border ? 1 : 0, sides = border ? 4 : 0;
    int width = border ? at_most(widest(lines, count) + sides, f->cols) : f->cols;
    int height = at_most(count + 2 * edge, rows), shown = height - 2 * edge;
    if (width < 1 || height < 1)
        return 0;
    bool all = shown >= count;
    shown -= !all && shown > 1; /* the row that says so */
    int over = count - shown;
    top = at_most(top, over);
    int row = first + (rows - height) / 2, col = (f->cols - width) / 2;
    f->cursor_visible = false;
    for (int i = 0; i < height; i++)
        frame_fill(f, row + i, col, col + width, &plain);
    if (border)
        put_border(f, row, height, col, width);
    for (int i = 0; i < shown; i++)
        put(f, row + edge + i, col + sides / 2, width - sides, &plain, lines[top + i]);
    if (!all && height - 2 * edge > 1) {
        char where[64];
        snprintf(where, sizeof where, "%d-%d of %d: Up, Down", top + 1, top + shown, count);
        put(f, row + edge + shown, col + sides / 2, width - sides, &bold, where);
    }
    return over;
}
