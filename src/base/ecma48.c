#include "base/ecma48.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/plain.h"
#include "base/utf8.h"

#define BEL 0x07
#define CAN 0x18
#define SUB 0x1a
#define ESC 0x1b
#define DEL 0x7f

/* What a string's buffer may keep between strings. */
#define STRING_KEEP (64 * 1024)

enum state {
    GROUND,
    ESCAPE,     /* behind ESC */
    SEQUENCE,   /* in a CSI, or in the part of a DCS that is built alike */
    STRING,     /* between the opening of a string and its terminator */
    STRING_ESC, /* behind an ESC in it: is it ST? */
    STRING_C2,  /* behind a 0xc2 in it: is it ST as U+009C? */
};

struct ecma48 {
    const uint8_t *in, *end; /* fed and not yet read */
    enum state state;
    struct ecma48_token seq; /* the sequence being received */
    bool bad;                /* it broke the grammar: to be read to its end and dropped */
    bool full;               /* its parameters do not fit: the rest is left out */
    uint8_t partial[4];      /* the beginning of a character, from an earlier feed */
    size_t partial_len;
    struct buf string; /* what earlier feeds brought of the string */
};

/* Kept out of line so that the path of ASCII and controls stays short. */
#define RARE __attribute__((noinline))

static const uint8_t replacement[] = {0xef, 0xbf, 0xbd};

struct ecma48 *ecma48_new(void)
{
    return xcalloc(1, sizeof(struct ecma48));
}

void ecma48_free(struct ecma48 *t)
{
    if (!t)
        return;
    buf_release(&t->string);
    free(t);
}

void ecma48_reset(struct ecma48 *t)
{
    t->state = GROUND;
    t->partial_len = 0;
    buf_clear(&t->string);
}

void ecma48_feed(struct ecma48 *t, const uint8_t *data, size_t len)
{
    if (t->in != t->end)
        BUG("fed before the last bytes were read");
    t->in = data;
    t->end = len ? data + len : data;
}

size_t ecma48_ahead(const struct ecma48 *t, const uint8_t **data)
{
    *data = t->in;
    return t->state == GROUND && t->partial_len == 0 ? (size_t)(t->end - t->in) : 0;
}

void ecma48_skip(struct ecma48 *t, size_t len)
{
    if (len > (size_t)(t->end - t->in))
        BUG("skipping what was not fed");
    t->in += len;
}

int ecma48_arg(const struct ecma48_token *token, int i, int otherwise)
{
    if (i < 0 || i >= token->param_count || token->param[i].value < 0)
        return otherwise;
    if (token->param[i].value == 0 && otherwise == 1)
        return 1;
    return token->param[i].value;
}

static bool emit_text(struct ecma48_token *token, const uint8_t *data, size_t len, bool ascii)
{
    token->kind = ECMA48_TEXT;
    token->ascii = ascii;
    token->data = data;
    token->len = len;
    return true;
}

static bool emit_control(struct ecma48_token *token, uint8_t c)
{
    token->kind = ECMA48_CONTROL;
    token->final = c;
    return true;
}

/* Copies the head of a sequence, not the whole token: the parameters' array is large. */
static bool emit_sequence(struct ecma48 *t, struct ecma48_token *token)
{
    t->state = GROUND;
    if (t->bad)
        return false;
    const struct ecma48_token *seq = &t->seq;
    token->kind = seq->kind;
    token->final = seq->final;
    token->prefix = seq->prefix;
    token->intermediate[0] = seq->intermediate[0];
    token->intermediate[1] = seq->intermediate[1];
    token->cut = false;
    token->param_count = seq->param_count;
    for (int i = 0; i < seq->param_count; i++)
        token->param[i] = seq->param[i];
    token->data = NULL;
    token->len = 0;
    return true;
}

static void begin_escape(struct ecma48 *t)
{
    t->state = ESCAPE;
    t->bad = false;
    t->full = false;
    t->seq.kind = ECMA48_ESC;
    t->seq.prefix = 0;
    t->seq.intermediate[0] = 0;
    t->seq.intermediate[1] = 0;
    t->seq.param_count = 0;
}

static void begin_string(struct ecma48 *t)
{
    t->state = STRING;
    if (t->string.cap > STRING_KEEP)
        buf_release(&t->string);
    else
        buf_clear(&t->string);
}

/* The final byte of an ESC sequence, or a C1 control as its 7-bit form. */
static bool escape_final(struct ecma48 *t, struct ecma48_token *token, uint8_t c)
{
    t->seq.final = c;
    if (t->seq.intermediate[0])
        return emit_sequence(t, token);
    switch (c) {
    case '[':
        t->seq.kind = ECMA48_CSI;
        t->state = SEQUENCE;
        return false;
    case 'P':
        t->seq.kind = ECMA48_DCS;
        t->state = SEQUENCE;
        return false;
    case ']':
        t->seq.kind = ECMA48_OSC;
        begin_string(t);
        return false;
    case 'X':
    case '^':
    case '_':
        t->seq.kind = ECMA48_STRING;
        begin_string(t);
        return false;
    default: return emit_sequence(t, token);
    }
}

static bool is_c1(const uint8_t *p)
{
    return p[0] == 0xc2 && p[1] < 0xa0;
}

/* A whole character of two to four bytes that is no control, by a look at the ranges in which
   that takes no further check; 0: not known. */
static inline size_t plain_unicode(const uint8_t *p, const uint8_t *end)
{
    size_t have = (size_t)(end - p);
    if (have >= 3 && p[0] >= 0xe1 && p[0] <= 0xec)
        return (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 ? 3 : 0;
    if (have >= 2 && p[0] >= 0xc3 && p[0] <= 0xdf)
        return (p[1] & 0xc0) == 0x80 ? 2 : 0;
    if (have >= 4 && p[0] == 0xf0 && p[1] >= 0x90)
        return p[1] <= 0xbf && (p[2] & 0xc0) == 0x80 && (p[3] & 0xc0) == 0x80 ? 4 : 0;
    return 0;
}

/* The end of a run of whole, well-formed characters that are no controls. */
static const uint8_t *skip_text(const uint8_t *p, const uint8_t *end)
{
    while (p < end) {
        if (*p < 0x80) {
            const uint8_t *next = plain_end(p, end);
            if (next == p)
                return p;
            p = next;
            continue;
        }
        size_t whole, n = plain_unicode(p, end);
        if (n == 0) {
            n = utf8_prefix((const char *)p, (size_t)(end - p), &whole);
            if (n == 0 || n < whole || is_c1(p))
                return p;
        }
        p += n;
    }
    return p;
}

/* A run that begins with a byte past ASCII. */
RARE static bool read_unicode(struct ecma48 *t, struct ecma48_token *token)
{
    const uint8_t *start = t->in;
    t->in = skip_text(start, t->end);
    if (t->in > start)
        return emit_text(token, start, (size_t)(t->in - start), false);

    size_t have = (size_t)(t->end - start), whole;
    size_t n = utf8_prefix((const char *)start, have, &whole);
    if (n > 0 && n == have && n < whole) {
        memcpy(t->partial, start, n);
        t->partial_len = n;
        t->in = t->end;
        return false;
    }
    if (n > 0 && n == whole) {
        t->in += n;
        begin_escape(t);
        return escape_final(t, token, start[1] - 0x40);
    }
    t->in += n > 0 ? n : 1;
    return emit_text(token, replacement, sizeof replacement, false);
}

/* A character of which an earlier feed brought the beginning. */
RARE static bool resume_character(struct ecma48 *t, struct ecma48_token *token)
{
    while (t->in < t->end) {
        size_t whole, have = t->partial_len + 1;
        t->partial[have - 1] = *t->in;
        if (utf8_prefix((const char *)t->partial, have, &whole) < have) {
            t->partial_len = 0;
            return emit_text(token, replacement, sizeof replacement, false);
        }
        t->in++;
        t->partial_len = have;
        if (have < whole)
            continue;
        t->partial_len = 0;
        if (!is_c1(t->partial))
            return emit_text(token, t->partial, whole, false);
        begin_escape(t);
        return escape_final(t, token, t->partial[1] - 0x40);
    }
    return false;
}

static bool read_ground(struct ecma48 *t, struct ecma48_token *token)
{
    if (t->partial_len > 0)
        return resume_character(t, token);
    const uint8_t *start = t->in;
    uint8_t c = *start;
    if (c >= 0x80)
        return read_unicode(t, token);
    t->in++;
    if (c >= 0x20 && c < DEL) {
        t->in = plain_end(t->in, t->end);
        return emit_text(token, start, (size_t)(t->in - start), true);
    }
    if (c != ESC)
        return emit_control(token, c);
    begin_escape(t);
    return false;
}

/* A byte in a sequence that is not part of it: a control is done at once and the sequence goes
   on, but CAN, SUB, ESC and what is not ASCII end it. */
static bool interrupt(struct ecma48 *t, struct ecma48_token *token, uint8_t c)
{
    if (c >= 0x80) {
        t->state = GROUND;
        return false;
    }
    t->in++;
    if (c == DEL)
        return false;
    if (c == ESC) {
        begin_escape(t);
        return false;
    }
    if (c == CAN || c == SUB)
        t->state = GROUND;
    return emit_control(token, c);
}

static void add_intermediate(struct ecma48 *t, uint8_t c)
{
    if (!t->seq.intermediate[0])
        t->seq.intermediate[0] = c;
    else if (!t->seq.intermediate[1])
        t->seq.intermediate[1] = c;
    else
        t->bad = true;
}

static bool read_escape(struct ecma48 *t, struct ecma48_token *token)
{
    uint8_t c = *t->in;
    if (c < 0x20 || c >= DEL)
        return interrupt(t, token, c);
    t->in++;
    if (c >= 0x30)
        return escape_final(t, token, c);
    add_intermediate(t, c);
    return false;
}

static void add_parameter(struct ecma48 *t, bool sub)
{
    if (t->seq.param_count == ECMA48_PARAM_MAX) {
        t->full = true;
        return;
    }
    t->seq.param[t->seq.param_count++] = (struct ecma48_param){-1, sub};
}

static void add_digit(struct ecma48 *t, int digit)
{
    if (t->full)
        return;
    if (t->seq.param_count == 0)
        add_parameter(t, false);
    int32_t *value = &t->seq.param[t->seq.param_count - 1].value;
    *value = (*value < 0 ? 0 : *value) * 10 + digit;
    if (*value > ECMA48_VALUE_MAX)
        *value = ECMA48_VALUE_MAX;
}

/* A byte of the parameter part: 0x30 to 0x3f. */
static void parameter_byte(struct ecma48 *t, uint8_t c)
{
    if (t->seq.intermediate[0]) {
        t->bad = true;
    } else if (c <= '9') {
        add_digit(t, c - '0');
    } else if (c == ';' || c == ':') {
        if (t->seq.param_count == 0)
            add_parameter(t, false);
        add_parameter(t, c == ':');
    } else if (t->seq.param_count > 0 || t->seq.prefix) {
        t->bad = true;
    } else {
        t->seq.prefix = c;
    }
}

static bool read_sequence(struct ecma48 *t, struct ecma48_token *token)
{
    while (t->in < t->end) {
        uint8_t c = *t->in;
        if (c < 0x20 || c >= DEL)
            return interrupt(t, token, c);
        t->in++;
        if (c >= 0x40) {
            t->seq.final = c;
            if (t->seq.kind == ECMA48_CSI)
                return emit_sequence(t, token);
            begin_string(t);
            return false;
        }
        if (c >= 0x30)
            parameter_byte(t, c);
        else
            add_intermediate(t, c);
    }
    return false;
}

/* Keep a piece of a string that goes on in a later feed. One byte past the limit is kept, to
   know that it was passed. */
static void keep_string(struct ecma48 *t, const uint8_t *data, size_t len)
{
    size_t room = ECMA48_STRING_MAX + 1 - t->string.len;
    if (!t->bad)
        buf_append(&t->string, data, len < room ? len : room);
}

static bool end_string(struct ecma48 *t, struct ecma48_token *token, const uint8_t *data,
                       size_t len)
{
    if (t->string.len > 0) {
        keep_string(t, data, len);
        data = buf_data(&t->string);
        len = t->string.len;
    }
    if (!emit_sequence(t, token))
        return false;
    token->cut = len > ECMA48_STRING_MAX;
    token->data = data;
    token->len = token->cut ? ECMA48_STRING_MAX : len;
    return true;
}

static bool string_stops_at(const struct ecma48 *t, uint8_t c)
{
    return c == ESC || c == 0xc2 || c == CAN || c == SUB || (c == BEL && t->seq.kind == ECMA48_OSC);
}

static bool read_string(struct ecma48 *t, struct ecma48_token *token)
{
    const uint8_t *start = t->in, *p = start;
    for (;; p++) {
        while (p < t->end && !string_stops_at(t, *p))
            p++;
        size_t len = (size_t)(p - start);
        if (p == t->end) {
            t->in = p;
            keep_string(t, start, len);
            return false;
        }
        t->in = p + 1;
        if (*p == BEL)
            return end_string(t, token, start, len);
        if (*p == CAN || *p == SUB) {
            t->state = GROUND;
            return emit_control(token, *p);
        }
        if (t->in == t->end) {
            t->state = *p == ESC ? STRING_ESC : STRING_C2;
            keep_string(t, start, len);
            return false;
        }
        if (*t->in == (*p == ESC ? '\\' : 0x9c)) {
            t->in++;
            return end_string(t, token, start, len);
        }
        if (*p == ESC) {
            begin_escape(t);
            return false;
        }
    }
}

static bool read_string_end(struct ecma48 *t, struct ecma48_token *token)
{
    bool esc = t->state == STRING_ESC;
    if (*t->in == (esc ? '\\' : 0x9c)) {
        t->in++;
        return end_string(t, token, NULL, 0);
    }
    if (esc) {
        begin_escape(t);
        return false;
    }
    t->state = STRING;
    keep_string(t, &(uint8_t){0xc2}, 1);
    return false;
}

RARE static bool next_token(struct ecma48 *t, struct ecma48_token *token)
{
    static bool (*const readers[])(struct ecma48 *, struct ecma48_token *) = {
        [ESCAPE] = read_escape,         [SEQUENCE] = read_sequence,    [STRING] = read_string,
        [STRING_ESC] = read_string_end, [STRING_C2] = read_string_end,
    };
    while (t->in < t->end) {
        if (t->state == GROUND ? read_ground(t, token) : readers[t->state](t, token))
            return true;
    }
    return false;
}

/* ASCII text and controls between sequences are most of what comes: they take no call. */
bool ecma48_next(struct ecma48 *t, struct ecma48_token *token)
{
    const uint8_t *start = t->in;
    if (t->state != GROUND || t->partial_len > 0 || start == t->end || *start == ESC ||
        *start >= DEL)
        return next_token(t, token);
    if (*start < 0x20) {
        t->in = start + 1;
        return emit_control(token, *start);
    }
    t->in = plain_end(start + 1, t->end);
    return emit_text(token, start, (size_t)(t->in - start), true);
}
