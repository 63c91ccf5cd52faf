#include "proto/randomart.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

#define COLUMNS RANDOMART_COLUMNS
#define ROWS    9

/* How often a square was entered; then where the walk began, and where it ended. */
static const char symbols[] = " .o+=*BOX@%&#/^SE";
#define OFTEN (sizeof symbols - 4) /* more often than this looks the same */
#define START (sizeof symbols - 3)
#define END   (sizeof symbols - 2)

static int step(int at, int limit, bool forward)
{
    int to = at + (forward ? 1 : -1);
    return to < 0 ? 0 : to >= limit ? limit - 1 : to;
}

static void walk(const uint8_t *hash, size_t len, uint8_t board[ROWS][COLUMNS])
{
    int row = ROWS / 2, column = COLUMNS / 2;
    for (size_t i = 0; i < 4 * len; i++) {
        unsigned move = hash[i / 4] >> (2 * (i % 4));
        column = step(column, COLUMNS, move & 1);
        row = step(row, ROWS, move & 2);
        if (board[row][column] < OFTEN)
            board[row][column]++;
    }
    board[ROWS / 2][COLUMNS / 2] = START;
    board[row][column] = END;
}

static void border(const char *title, struct buf *out)
{
    char line[COLUMNS];
    size_t len = strlen(title);
    if (len > COLUMNS)
        len = COLUMNS;
    memset(line, '-', sizeof line);
    memcpy(line + (COLUMNS - len) / 2, title, len);
    buf_putc(out, '+');
    buf_append(out, line, sizeof line);
    buf_putc(out, '+');
}

void randomart_draw(const uint8_t *hash, size_t len, const char *upper, const char *lower,
                    struct buf *out)
{
    uint8_t board[ROWS][COLUMNS] = {{0}};
    walk(hash, len, board);
    border(upper, out);
    for (int row = 0; row < ROWS; row++) {
        buf_puts(out, "\n|");
        for (int column = 0; column < COLUMNS; column++)
            buf_putc(out, symbols[board[row][column]]);
        buf_putc(out, '|');
    }
    buf_putc(out, '\n');
    border(lower, out);
}
