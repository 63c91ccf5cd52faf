/*
 * The ECMA-48 tokeniser: bytes in, tokens out (text runs, controls, sequences, bounded
 * strings). Pure; the tokens, adjacent text runs joined, are the same however the input is
 * split. Sources: ECMA-48 5th edition; xterm ctlseqs; the state table of Paul Williams'
 * DEC ANSI parser; Unicode 15 section 3.9 for malformed UTF-8.
 *
 * Use:  ecma48_feed(t, data, len); while (ecma48_next(t, &token)) ...;
 * The fed bytes must stay in place until ecma48_next has returned false.
 */
#ifndef BASE_ECMA48_H
#define BASE_ECMA48_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ECMA48_PARAM_MAX  32            /* further parameters are dropped */
#define ECMA48_VALUE_MAX  0xffffff      /* larger values are held at this */
#define ECMA48_STRING_MAX (1024 * 1024) /* longer strings are cut, and say so */

enum ecma48_kind {
    ECMA48_TEXT,    /* data: printable UTF-8, well formed; malformed input came as U+FFFD */
    ECMA48_CONTROL, /* final: a C0 control (not ESC), or DEL */
    ECMA48_ESC,     /* ESC, intermediates, final; also C1 controls (U+0080-9F) as ESC 4/0-5/15 */
    ECMA48_CSI,     /* prefix, parameters, intermediates, final */
    ECMA48_OSC,     /* data: what stands between OSC and BEL or ST */
    ECMA48_DCS,     /* as CSI, and data: the string behind the final */
    ECMA48_STRING,  /* final: '_' APC, '^' PM, 'X' SOS; data */
};

struct ecma48_param {
    int32_t value; /* -1: left out */
    bool sub;      /* joined to the one before by ':' */
};

struct ecma48_token {
    enum ecma48_kind kind;
    uint8_t final;
    uint8_t prefix;          /* '<' '=' '>' '?' or 0 */
    uint8_t intermediate[2]; /* 0 where there is none; more than two: the sequence is dropped */
    bool ascii;              /* TEXT: every byte is in 0x20..0x7e */
    bool cut;                /* a string that passed ECMA48_STRING_MAX */
    int param_count;
    struct ecma48_param param[ECMA48_PARAM_MAX];
    const uint8_t *data; /* TEXT and strings; valid until the next call */
    size_t len;
};

struct ecma48;

struct ecma48 *ecma48_new(void);
void ecma48_free(struct ecma48 *t);

void ecma48_feed(struct ecma48 *t, const uint8_t *data, size_t len);
bool ecma48_next(struct ecma48 *t, struct ecma48_token *token);

/* The fed bytes that no token has taken yet, if the next of them begins one; else 0. The caller
   may read some of them by other means, and skip these. */
size_t ecma48_ahead(const struct ecma48 *t, const uint8_t **data);
void ecma48_skip(struct ecma48 *t, size_t len);

/* Forget a half-received sequence or character. */
void ecma48_reset(struct ecma48 *t);

/* Parameter i, or `otherwise` where it was left out, is beyond the last, or is 0 with
   `otherwise` being 1 (ECMA-48's usual default). */
int ecma48_arg(const struct ecma48_token *token, int i, int otherwise);

#endif
