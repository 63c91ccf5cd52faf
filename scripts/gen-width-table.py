#!/usr/bin/env python3
"""Write src/base/width_table.h from this machine's wcwidth(3).

Run it on a current glibc when hosts' tables have moved on:
    scripts/gen-width-table.py > src/base/width_table.h
"""
import ctypes
import locale
import os

locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
libc = ctypes.CDLL(None)
libc.wcwidth.argtypes = [ctypes.c_uint32]


def width(cp):
    if cp < 0x20 or 0x7F <= cp < 0xA0:
        return 0
    # -1 is "not assigned, or not printable": hosts' programs count such a character as one.
    w = libc.wcwidth(cp)
    return w if w >= 0 else 1


ranges = []
for cp in range(0x110000):
    w = width(cp)
    if w == 1:
        continue
    if ranges and ranges[-1][2] == w and ranges[-1][1] == cp - 1:
        ranges[-1][1] = cp
    else:
        ranges.append([cp, cp, w])

print(f"""/* Made by scripts/gen-width-table.py from {os.confstr("CS_GNU_LIBC_VERSION")}: do not edit. */\n/* clang-format off */
#ifndef BASE_WIDTH_TABLE_H
#define BASE_WIDTH_TABLE_H

#include <stdint.h>

/* Code points that do not take one column, in order. */
static const struct width_range {{
    uint32_t first, last : 24, width : 8;
}} width_table[] = {{""")
row = "   "
for first, last, w in ranges:
    item = f" {{0x{first:x}, 0x{last:x}, {w}}},"
    if len(row) + len(item) > 100:
        print(row)
        row = "   "
    row += item
print(row)
print("};\n\n#endif")
