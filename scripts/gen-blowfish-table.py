#!/usr/bin/python3
"""Prints src/proto/blowfish_table.h: where Blowfish starts, the fraction of pi in binary."""

WORDS = 18 + 4 * 256
GUARD = 128
ONE = 1 << (WORDS * 32 + GUARD)


def arctan_of_inverse(x):
    term = total = ONE // x
    n, sign = 3, -1
    while term:
        term //= x * x
        total += sign * (term // n)
        n, sign = n + 2, -sign
    return total


pi = 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239))  # Machin
fraction = (pi - 3 * ONE) >> GUARD
words = [(fraction >> (32 * (WORDS - 1 - i))) & 0xffffffff for i in range(WORDS)]

print("/* Made by scripts/gen-blowfish-table.py: do not edit. */\n"
      "/* clang-format off */\n"
      "#ifndef PROTO_BLOWFISH_TABLE_H\n#define PROTO_BLOWFISH_TABLE_H\n\n#include <stdint.h>\n\n"
      "/* The 18 subkeys, then four boxes of 256 (Schneier 1993), in one run. */\n"
      f"static const uint32_t blowfish_pi[{WORDS}] = {{")
for i in range(0, WORDS, 8):
    print("    " + " ".join(f"0x{word:08x}," for word in words[i:i + 8]))
print("};\n\n#endif")
