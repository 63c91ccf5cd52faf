#include "proto/marks.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"

#define PREFIX    "7770;"
#define SEPARATOR '\037'
#define PARTS_MAX (1024 * 1024)

/* What a mark's data is, and so how it is read. */
enum data_kind {
    DATA_NONE,
    DATA_STATUS,
    DATA_RAW,
    DATA_CODED,
    DATA_NUMBER_CODED,
    DATA_NAME_RAW,
    DATA_LIST
};

static const struct {
    char letter;
    enum mark_kind kind;
    enum data_kind data;
} table[] = {
    {'A', MARK_PROMPT, DATA_NONE},        {'B', MARK_INPUT, DATA_NONE},
    {'C', MARK_COMMAND, DATA_CODED},      {'D', MARK_DONE, DATA_STATUS},
    {'P', MARK_CWD, DATA_CODED},          {'W', MARK_CWD, DATA_RAW},
    {'F', MARK_CONTINUE, DATA_NONE},      {'G', MARK_CONTINUED, DATA_NONE},
    {'T', MARK_TAKEN, DATA_NUMBER_CODED}, {'K', MARK_COMPLETION, DATA_LIST},
    {'H', MARK_ASIDE, DATA_RAW},          {'I', MARK_ASIDE_END, DATA_NONE},
    {'R', MARK_READY, DATA_RAW},          {'V', MARK_FIELD, DATA_NAME_RAW},
    {'L', MARK_HISTORY, DATA_LIST},       {'M', MARK_NAMES, DATA_LIST},
};

void marks_init(struct marks *m, const char *token)
{
    *m = (struct marks){0};
    if (strlen(token) != MARKS_TOKEN_LEN)
        BUG("token of %zu characters", strlen(token));
    memcpy(m->token, token, MARKS_TOKEN_LEN);
}

void marks_know(struct marks *m, const char *nonce)
{
    if (strlen(nonce) != MARKS_TOKEN_LEN)
        BUG("nonce of %zu characters", strlen(nonce));
    memcpy(m->nonce, nonce, MARKS_TOKEN_LEN);
}

void marks_release(struct marks *m)
{
    buf_release(&m->text);
    buf_release(&m->parts);
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* A percent-coded byte is taken as it is, but for NUL, which would cut the string. */
static void append_decoded(struct buf *out, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int high = data[i] == '%' && i + 2 < len ? hex_value(data[i + 1]) : -1;
        int low = high >= 0 ? hex_value(data[i + 2]) : -1;
        if (low >= 0 && high * 16 + low != 0) {
            buf_putc(out, (char)(high * 16 + low));
            i += 2;
        } else if (data[i] != '\0') {
            buf_putc(out, (char)data[i]);
        }
    }
}

static void add_string(struct marks *m, struct mark *mark, const uint8_t *data, size_t len)
{
    append_decoded(&m->text, data, len);
    buf_putc(&m->text, '\0');
    mark->strings++;
}

/* Cut the next field off the front of *data, up to `end` or the end of the data. */
static size_t next_field(const uint8_t **data, size_t *len, char end, const uint8_t **field)
{
    const uint8_t *stop = memchr(*data, end, *len);
    size_t field_len = stop ? (size_t)(stop - *data) : *len;
    *field = *data;
    *data += field_len + (stop ? 1 : 0);
    *len -= field_len + (stop ? 1 : 0);
    return field_len;
}

/* A decimal number of at most nine digits; -1 if it is not one. */
static long field_number(const uint8_t *field, size_t len)
{
    long value = 0;
    if (len == 0 || len > 9)
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (field[i] < '0' || field[i] > '9')
            return -1;
        value = value * 10 + (field[i] - '0');
    }
    return value;
}

/* Windows' statuses are of 32 bits, and negative where they tell what ended the program. */
static int field_status(const uint8_t *field, size_t len)
{
    bool negative = len > 0 && field[0] == '-';
    int64_t value = 0;
    if (len == negative || len > 11)
        return INT_MIN;
    for (size_t i = negative; i < len; i++) {
        if (field[i] < '0' || field[i] > '9')
            return INT_MIN;
        value = value * 10 + (field[i] - '0');
    }
    value = negative ? -value : value;
    return value > INT_MIN && value <= INT_MAX ? (int)value : INT_MIN;
}

static long next_number(const uint8_t **data, size_t *len)
{
    const uint8_t *field;
    size_t field_len = next_field(data, len, ';', &field);
    return field_number(field, field_len);
}

static void add_raw(struct marks *m, struct mark *mark, const uint8_t *data, size_t len)
{
    buf_append(&m->text, data, len);
    buf_putc(&m->text, '\0');
    mark->strings++;
}

static void read_pair(struct marks *m, struct mark *mark, const uint8_t *data, size_t len)
{
    const uint8_t *name;
    size_t name_len = next_field(&data, &len, ';', &name);
    add_raw(m, mark, name, name_len);
    add_raw(m, mark, data, len);
}

/* K ; number ; total ; options US candidate US candidate ... In place of the separators: newlines
   (the tty made them CR LF), which a shell that writes by rows cannot have in a mark: a job's may
   come between. */
static void read_list(struct marks *m, struct mark *mark, const uint8_t *data, size_t len)
{
    mark->number = next_number(&data, &len);
    mark->total = next_number(&data, &len);
    char end = len > 0 && memchr(data, SEPARATOR, len) ? SEPARATOR : '\n';
    do {
        const uint8_t *field;
        size_t field_len = next_field(&data, &len, end, &field);
        if (field_len > 0 && field[field_len - 1] == '\r')
            field_len--;
        add_string(m, mark, field, field_len);
    } while (len > 0);
}

static void read_data(struct marks *m, struct mark *mark, enum data_kind kind, const uint8_t *data,
                      size_t len)
{
    switch (kind) {
    case DATA_NONE: break;
    case DATA_STATUS: mark->status = field_status(data, len); break;
    case DATA_RAW: add_raw(m, mark, data, len); break;
    case DATA_NAME_RAW: read_pair(m, mark, data, len); break;
    case DATA_NUMBER_CODED:
        mark->number = next_number(&data, &len);
        add_string(m, mark, data, len);
        break;
    case DATA_CODED: add_string(m, mark, data, len); break;
    case DATA_LIST: read_list(m, mark, data, len); break;
    }
}

static void read_fields(struct marks *m, struct mark *mark, const uint8_t *data, size_t len, int n)
{
    for (int i = 0; i < n; i++) {
        const uint8_t *field;
        size_t field_len = next_field(&data, &len, ';', &field);
        add_string(m, mark, field, field_len);
    }
}

/* N ; nonce ; dialect ; pid ; user ; shell ; node */
static enum mark_kind read_hello(struct marks *m, struct mark *mark, const uint8_t *data,
                                 size_t len)
{
    const uint8_t *nonce;
    size_t nonce_len = next_field(&data, &len, ';', &nonce);
    if (nonce_len != MARKS_TOKEN_LEN)
        return MARK_IGNORED;
    for (size_t i = 0; i < nonce_len; i++)
        if (hex_value(nonce[i]) < 0)
            return MARK_IGNORED;
    memcpy(m->nonce, nonce, nonce_len);
    read_fields(m, mark, data, len, 5);
    return MARK_HELLO;
}

/* What the token opens: the session, or what a nested shell is told. */
static enum mark_kind read_opening(struct marks *m, struct mark *mark, char letter,
                                   const uint8_t *data, size_t len)
{
    if (letter == 'N')
        return read_hello(m, mark, data, len);
    if (letter != 'I')
        return MARK_IGNORED;
    read_fields(m, mark, data, len, 4);
    return MARK_NAMED;
}

static enum mark_kind read_mark(struct marks *m, struct mark *mark, char letter,
                                const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].letter != letter)
            continue;
        read_data(m, mark, table[i].data, data, len);
        return table[i].kind;
    }
    return MARK_IGNORED;
}

/* A mark by itself, or the last of its parts. */
static enum mark_kind read_whole(struct marks *m, struct mark *mark, char letter,
                                 const uint8_t *data, size_t len)
{
    if (letter == '+') {
        if (m->parts.len + len <= PARTS_MAX)
            buf_append(&m->parts, data, len);
        return MARK_IGNORED;
    }
    if (m->parts.len == 0)
        return read_mark(m, mark, letter, data, len);
    buf_append(&m->parts, data, len);
    enum mark_kind kind = read_mark(m, mark, letter, buf_data(&m->parts), m->parts.len);
    buf_clear(&m->parts);
    return kind;
}

enum mark_kind marks_token(struct marks *m, const struct ecma48_token *token, struct mark *mark)
{
    *mark = (struct mark){.kind = MARK_NONE};
    const size_t prefix = strlen(PREFIX);
    if (token->kind != ECMA48_OSC || token->len < prefix ||
        memcmp(token->data, PREFIX, prefix) != 0)
        return MARK_NONE;
    mark->kind = MARK_IGNORED;
    const uint8_t *data = token->data + prefix;
    size_t len = token->len - prefix;
    const uint8_t *secret;
    size_t secret_len = next_field(&data, &len, ';', &secret);
    if (secret_len != MARKS_TOKEN_LEN || token->cut)
        return MARK_IGNORED;
    const uint8_t *letter;
    if (next_field(&data, &len, ';', &letter) != 1)
        return MARK_IGNORED;
    buf_clear(&m->text);
    /* The token opens the session once: a second announcement is somebody else's. */
    if (m->nonce[0] == '\0') {
        if (memcmp(secret, m->token, secret_len) == 0)
            mark->kind = read_opening(m, mark, *letter, data, len);
    } else if (memcmp(secret, m->nonce, secret_len) == 0) {
        mark->kind = read_whole(m, mark, (char)*letter, data, len);
    }
    buf_putc(&m->text, '\0');
    mark->text = (const char *)buf_data(&m->text);
    return mark->kind;
}
