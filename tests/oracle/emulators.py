"""Our emulator, tmux's and pyte's, each with bytes in and screens out."""

import os
import pathlib
import re
import subprocess
import sys
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))

ROWS, COLS = 24, 80
DUMP = os.environ.get("VSCREEN_DUMP", "build/debug/tests/oracle/vscreen_dump")
BOLD, UNDERLINE, REVERSE = 1, 2, 4


class Screen:
    def __init__(self, cursor, rows, styles=None):
        self.cursor = cursor
        self.rows = [row.rstrip() for row in rows]
        self.styles = styles

    def visible(self, row):
        """The styles of a row: of a blank, only what shows on it."""
        styles = self.styles[row] + [0] * (COLS - len(self.styles[row]))
        chars = list(_cells(self.rows[row])) + [" "] * COLS
        return [style & ~BOLD if char == " " else style for style, char in zip(styles, chars)]


def _cells(text):
    for char in text:
        if unicodedata.combining(char):
            continue
        yield char
        if unicodedata.east_asian_width(char) == "W":
            yield ""


class Ours:
    """vscreen_dump, which goes on from one piece to the next. `told`: programs may learn all."""

    def __init__(self, told=False):
        self.process = subprocess.Popen([DUMP, str(ROWS), str(COLS), *["told"] * told],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.replies = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def feed(self, data):
        self.process.stdin.write(b"%d\n%s" % (len(data), data))
        self.process.stdin.flush()
        out = self.process.stdout
        row, col, replies = (int(n) for n in out.readline().split())
        self.replies = out.read(replies)
        lines = [out.readline().decode().rstrip("\n") for _ in range(2 * ROWS)]
        return Screen((row, col), lines[::2], [[int(c) for c in line] for line in lines[1::2]])


LINES = dict(zip("`afgjklmnopqrstuvwxyz{|}~", "\u25c6\u2592\u00b0\u00b1\u2518\u2510\u250c\u2514"
                 "\u253c\u23ba\u23bb\u2500\u23bc\u23bd\u251c\u2524\u2534\u252c\u2502\u2264"
                 "\u2265\u03c0\u2260\u00a3\u00b7"))
SGR_BITS = {"1": (BOLD, 0), "4": (UNDERLINE, 0), "7": (REVERSE, 0), "22": (0, BOLD),
            "24": (0, UNDERLINE), "27": (0, REVERSE)}


def _sgr(style, parameters):
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


def _read_captured(rows):
    """Text and styles of what capture-pane -e prints; a style goes on into the next row."""
    style, lines = 0, False
    for row in rows:
        text, styles = "", []
        for part in re.findall(r"\033\[[\d;:]*m|\x0e|\x0f|[^\x0e\x0f\033]", row):
            if part in "\x0e\x0f":
                lines = part == "\x0e"
            elif part[0] == "\033":
                style = _sgr(style, part[2:-1])
            else:
                text += LINES.get(part, part) if lines else part
                wide = unicodedata.east_asian_width(part) == "W"
                styles += [style] * (0 if unicodedata.combining(part) else 1 + wide)
        yield text, styles


# What runs in the pane: pieces come by one FIFO and go to the terminal; behind each a question,
# whose answer says that tmux has taken in all of it, and is told by the other.
PLAYER = r"""
import os, sys, tty
tty.setraw(0)
pieces, done = open(sys.argv[1], "rb"), open(sys.argv[2], "wb", 0)
while header := pieces.readline():
    data = pieces.read(int(header)) + b"\033[5n"
    while data:
        data = data[os.write(1, data[:512]):]
    answer = b""
    while b"\033[0n" not in answer:
        answer += os.read(0, 4096)
    done.write(b"\n")
"""


class Tmux:
    def __init__(self, folder):
        self.folder = folder
        conf = folder / "tmux.conf"
        conf.write_text("set -g status off\nset -g escape-time 0\n")
        self.base = ["tmux", "-u", "-f", str(conf)]
        self.env = dict(os.environ, TMUX_TMPDIR=str(folder), LANG="C.UTF-8", LC_ALL="C.UTF-8")
        self.env.pop("TMUX", None)
        (folder / "player.py").write_text(PLAYER)
        for name in ("pieces", "done"):
            os.mkfifo(folder / name)

    def __enter__(self):
        self.run("new-session", "-d", "-x", str(COLS), "-y", str(ROWS),
                 f"cd '{self.folder}' && exec /usr/bin/python3 player.py pieces done")
        self.pieces = open(self.folder / "pieces", "wb", buffering=0)
        self.done = open(self.folder / "done", "rb", buffering=0)
        return self

    def __exit__(self, *_):
        self.run("kill-server")
        self.pieces.close()
        self.done.close()

    def run(self, *argv):
        return subprocess.run([*self.base, *argv], check=True, env=self.env,
                              stdout=subprocess.PIPE, timeout=60).stdout.decode()

    def feed(self, data):
        piece = b"%d\n%s" % (len(data), data)
        while piece:
            piece = piece[self.pieces.write(piece):]
        assert self.done.read(1) == b"\n", "the player has ended"
        out = self.run("display", "-p", "#{cursor_y} #{cursor_x}", ";", "capture-pane", "-peN")
        cursor, *rows = out.split("\n")
        row, col = (int(n) for n in cursor.split())
        # At a pending wrap tmux's cursor stands behind the last column.
        texts, styles = zip(*_read_captured(rows[:ROWS]))
        return Screen((row, min(col, COLS - 1)), texts, styles)


def with_pyte(data):
    """pyte, with what the end-to-end tests add to it: an alternate screen, SU, SD and REP."""
    from screen import Emulator

    emulator = Emulator(ROWS, COLS)
    emulator.feed(data)
    screen = emulator.screen
    return Screen((screen.cursor.y, min(screen.cursor.x, COLS - 1)),
                  [screen.row_text(y) for y in range(ROWS)])
