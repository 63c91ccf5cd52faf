"""What the entry of xterm-256color promises to programs on the host: each of its capabilities
leaves in our emulator the screen that it leaves in tmux's.
"""

import curses
import re
import subprocess

import pytest
from emulators import ROWS, Ours, Tmux

# Keys, questions, what a printer does; and what shows on no grid.
NO_OUTPUT = re.compile(r"k|u\d$|mc|me[ml]")
# What tmux does otherwise; what we do is what xterm does.
APART = {
    **dict.fromkeys(["dl", "dl1", "il", "il1"], "tmux leaves the cursor in its column"),
    **dict.fromkeys(["is2", "rs2"], "tmux clears the screen on DECCOLM"),
    "rmcup": "tmux restores no cursor where the alternate screen is not shown",
}
# (To tmux, RIS does not end IRM.)
FULL = b"\033c\033[?1049l\033[4l\033[H\033[2J" + b"\r\n".join(
    b"row %d of a screen that is full" % row for row in range(ROWS)) + b"\033[10;12H"


def capabilities():
    entry = subprocess.run(["infocmp", "-1", "-x", "xterm-256color"], stdout=subprocess.PIPE,
                           text=True, check=True).stdout
    # (Python's tparm cannot take a text.)
    names = re.findall(r"^\t(\w+)=(?!.*%s)", entry, re.M)
    return [name for name in names if not NO_OUTPUT.match(name)]


def sent(name):
    """As a program would send it, with small numbers."""
    curses.setupterm("xterm-256color", 1)
    text = curses.tparm(curses.tigetstr(name), 3, 7, 2, 0, 0, 0, 0, 0, 0)
    return re.sub(rb"\$<[^>]*>", b"", text)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    with Ours() as ours, Tmux(tmp_path_factory.mktemp("tmux")) as tmux:
        yield ours, tmux


@pytest.mark.parametrize("name", capabilities())
def test_as_in_tmux(name, both):
    mine, theirs = (emulator.feed(FULL + sent(name) + b"x") for emulator in both)
    if name in APART:
        assert mine.cursor != theirs.cursor
        return
    assert (mine.cursor, mine.rows) == (theirs.cursor, theirs.rows), sent(name)
    rows = range(ROWS)
    assert [mine.visible(row) for row in rows] == [theirs.visible(row) for row in rows]
