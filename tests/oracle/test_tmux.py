"""Recordings of real programs (record.py) must leave in our emulator the screen that they leave
in tmux's and in pyte's. What is not compared stands below with its reason.

Run as a program (`test_tmux.py FILE`) it is what plays a recording inside tmux.
"""

import os
import pathlib
import re
import subprocess
import sys
import termios
import tty
import unicodedata

import pytest

ROWS, COLS = 24, 80
DATA = pathlib.Path(__file__).parent / "data"
DUMP = os.environ.get("VSCREEN_DUMP", "")
BOLD, UNDERLINE, REVERSE = 1, 2, 4

# What pyte is not asked, and why.
PYTE_SKIPPED = {
    "-left": "pyte has no alternate screen: what was there stays",
    "dialog": "pyte has no line drawing set in UTF-8",
}
# Sequences with a private mark that pyte takes for SGR and DECSTBM.
PYTE_CHOKES = re.compile(rb"\033\[[<=>?][0-9;]*[mr]")


class Screen:
    def __init__(self, cursor, rows, styles=None):
        self.cursor = cursor
        self.rows = [row.rstrip() for row in rows]
        self.styles = styles


def ours(path):
    with open(path, "rb") as data:
        out = subprocess.run([DUMP, str(ROWS), str(COLS)], stdin=data, check=True,
                             stdout=subprocess.PIPE).stdout.decode()
    lines = out.split("\n")
    cursor = tuple(int(n) for n in lines[0].split())
    return Screen(cursor, lines[1:2 * ROWS + 1:2],
                  [[int(c) for c in line] for line in lines[2:2 * ROWS + 2:2]])


def play(path):
    """Inside a tmux pane: the bytes as they are, and then a question; the answer says that
    tmux has taken in all of them."""
    tty.setraw(0, termios.TCSANOW)
    data = pathlib.Path(path).read_bytes() + b"\033[5n"
    while data:
        data = data[os.write(1, data[:512]):]
    answer = b""
    while b"\033[0n" not in answer:
        answer += os.read(0, 4096)
    subprocess.run(["tmux", "wait-for", "-S", "played"], check=True)
    while os.read(0, 4096):
        pass


LINES = dict(zip("`afgjklmnopqrstuvwxyz{|}~", "\u25c6\u2592\u00b0\u00b1\u2518\u2510\u250c\u2514"
                 "\u253c\u23ba\u23bb\u2500\u23bc\u23bd\u251c\u2524\u2534\u252c\u2502\u2264"
                 "\u2265\u03c0\u2260\u00a3\u00b7"))
SGR_BITS = {"1": (BOLD, 0), "4": (UNDERLINE, 0), "7": (REVERSE, 0), "22": (0, BOLD),
            "24": (0, UNDERLINE), "27": (0, REVERSE)}


def sgr(style, parameters):
    codes = iter(parameters.split(";"))
    for code in codes:
        if code in ("38", "48", "58"):
            for _ in range(1 if next(codes) == "5" else 3):
                next(codes)
        elif code in ("", "0"):
            style = 0
        else:
            put, drop = SGR_BITS.get(code, (0, 0))
            style = style & ~drop | put
    return style


def read_captured(rows):
    """Text and styles of what capture-pane -e prints; a style goes on into the next row."""
    style, lines = 0, False
    for row in rows:
        text, styles = "", []
        for part in re.findall(r"\033\[[\d;:]*m|\x0e|\x0f|[^\x0e\x0f\033]", row):
            if part == "\x0e" or part == "\x0f":
                lines = part == "\x0e"
            elif part[0] == "\033":
                style = sgr(style, part[2:-1])
            else:
                text += LINES.get(part, part) if lines else part
                styles += [style] * (2 if unicodedata.east_asian_width(part) == "W" else 1)
        yield text, styles


def tmux(path, folder):
    conf = folder / "tmux.conf"
    conf.write_text("set -g status off\nset -g escape-time 0\n")
    env = dict(os.environ, TMUX_TMPDIR=str(folder), LANG="C.UTF-8", LC_ALL="C.UTF-8")
    env.pop("TMUX", None)

    def run(*argv):
        return subprocess.run(["tmux", "-u", "-f", str(conf), *argv], check=True, env=env,
                              stdout=subprocess.PIPE, timeout=60).stdout.decode()

    run("new-session", "-d", "-x", str(COLS), "-y", str(ROWS),
        f"exec /usr/bin/python3 '{__file__}' '{path}'")
    try:
        run("wait-for", "played")
        cursor = run("display", "-p", "#{cursor_y} #{cursor_x}").split()
        rows = run("capture-pane", "-peN").split("\n")[:ROWS]
    finally:
        run("kill-server")
    # At a pending wrap tmux's cursor stands behind the last column.
    texts, styles = zip(*read_captured(rows))
    return Screen((int(cursor[0]), min(int(cursor[1]), COLS - 1)), texts, styles)


def with_pyte(path):
    import pyte

    screen = pyte.Screen(COLS, ROWS)
    pyte.ByteStream(screen).feed(PYTE_CHOKES.sub(b"", path.read_bytes()))
    return Screen((screen.cursor.y, min(screen.cursor.x, COLS - 1)), screen.display)


def visible(screen, row):
    """The styles of a row: of a blank, only what shows on it."""
    styles = screen.styles[row] + [0] * (COLS - len(screen.styles[row]))
    chars = list(cells(screen.rows[row])) + [" "] * COLS
    return [style & ~BOLD if char == " " else style for style, char in zip(styles, chars)]


def cells(text):
    for char in text:
        yield char
        if unicodedata.east_asian_width(char) == "W":
            yield ""


def pytest_generate_tests(metafunc):
    files = sorted(DATA.glob("*.vt"))
    metafunc.parametrize("path", files, ids=[f.stem for f in files])


def test_as_in_tmux(path, tmp_path):
    mine, theirs = ours(path), tmux(path, tmp_path)
    assert mine.rows == theirs.rows
    assert mine.cursor == theirs.cursor
    for row in range(ROWS):
        assert visible(mine, row) == visible(theirs, row), f"styles of row {row}"


def test_as_in_pyte(path):
    for part, why in PYTE_SKIPPED.items():
        if part in path.stem:
            pytest.skip(why)
    mine, theirs = ours(path), with_pyte(path)
    assert mine.rows == theirs.rows
    assert mine.cursor == theirs.cursor


if __name__ == "__main__":
    play(sys.argv[1])
