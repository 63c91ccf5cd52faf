/* Plain text: printable ASCII, which most of what hosts send is made of. */
#ifndef BASE_PLAIN_H
#define BASE_PLAIN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* The end of the plain text at the start of p..end, found eight bytes at a time. In a word
   without bytes past 0x7f, subtracting 0x20 from each byte sets its high bit if it is a control,
   adding 1 if it is DEL; borrows only reach bytes behind the first hit. */
static inline const uint8_t *plain_end(const uint8_t *p, const uint8_t *end)
{
    const uint64_t ones = 0x0101010101010101u;
    for (; end - p >= 8; p += 8) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        word = le64toh(word);
        uint64_t hits = (word | (word - ones * 0x20) | (word + ones)) & (ones * 0x80);
        if (hits)
            return p + __builtin_ctzll(hits) / 8;
    }
    while (p < end && *p >= 0x20 && *p < 0x7f)
        p++;
    return p;
}

#endif
