"""vttest's screens (record_vttest.py): ours as tmux's, or as data/vttest-ours.jsonl has them with
the reason for each that is not.

`test_vttest.py --explain` writes that file anew, for the screens that differ: what is new in it is
to be looked at, and gets its reason below.
"""

import json
import pathlib
import re
import sys
import tempfile

import pytest
from emulators import ROWS, Ours, Tmux

DATA = pathlib.Path(__file__).parent / "data"
STEPS = [json.loads(line) for line in (DATA / "vttest.jsonl").read_text().splitlines()]
EXPLAINED = DATA / "vttest-ours.jsonl"

# By where a screen is in vttest's menus. What we do is what xterm does.
REASONS = {
    "1": "tmux does not take back a pending wrap when the cursor is moved by BS",
    "2": "tmux's DECSTBM puts the cursor to the screen's top, not to the origin mode's",
    "3/8": "tmux has no British set, and not all of the line drawing set",
    "3/9": "tmux has no British set",
    "3/10": "tmux has no British set, and prints nothing for bytes that are no UTF-8",
    "3/11": "tmux has no British set",
    "7": "VT52 mode is not supported by either; IND ends a pending wrap here",
    "11/5/4": "tmux has no CHT",
    "11/5/5": "tmux has no HPR",
    "11/5/9": "tmux has no VPR",
    "11/6/6/1": "as 1",
    "11/6/6/2": "as 2",
    "11/6/6/3": "tmux's IL and DL leave the cursor in its column",
}

# tmux clears the screen on DECCOLM though its width stays; xterm, where 132 columns are not
# allowed, does nothing, and so do we. vttest counts on one or the other: for the comparison ours
# is cleared too.
DECCOLM = re.compile(rb"\033\[\?3[hl]")


def ours():
    """Each step's screen."""
    with Ours() as emulator:
        for step in STEPS:
            data = step["out"].encode("latin-1")
            yield emulator.feed(DECCOLM.sub(b"\033[H\033[2J", data))


def same(mine, theirs):
    return (mine.rows == theirs.rows and mine.cursor == theirs.cursor and
            all(mine.visible(row) == theirs.visible(row) for row in range(ROWS)))


def differing(folder):
    """The steps that tmux does otherwise, with our rows."""
    with Tmux(folder) as tmux:
        for number, (step, mine) in enumerate(zip(STEPS, ours())):
            if not same(mine, tmux.feed(step["out"].encode("latin-1"))):
                yield {"step": number, "at": step["at"], "cursor": list(mine.cursor),
                       "rows": mine.rows}


def explained():
    return [json.loads(line) for line in EXPLAINED.read_text().splitlines()]


def test_every_screen_is_tmuxs_or_explained(tmp_path):
    assert list(differing(tmp_path)) == explained()


@pytest.mark.parametrize("at", sorted({entry["at"] for entry in explained()}))
def test_every_difference_has_its_reason(at):
    assert REASONS[at]


def test_no_reason_is_left_over():
    assert set(REASONS) == {entry["at"] for entry in explained()}


if __name__ == "__main__" and sys.argv[1:] == ["--explain"]:
    with tempfile.TemporaryDirectory() as folder:
        EXPLAINED.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n"
                                     for entry in differing(pathlib.Path(folder))))
