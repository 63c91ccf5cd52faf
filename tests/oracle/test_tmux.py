"""Recordings of real programs (record.py) must leave in our emulator the screen that they leave
in tmux's and in pyte's. What is not compared stands below with its reason."""

import pathlib

import pytest
from emulators import ROWS, Ours, Tmux, with_pyte

DATA = pathlib.Path(__file__).parent / "data"
RECORDINGS = sorted(DATA.glob("*.vt"))

# Rows that differ from tmux's, and why.
TMUX_ROWS = {
    "background": ({10}, "tmux has not all of the line drawing set"),
}
# What pyte is not asked, and why.
PYTE_SKIPPED = {
    **dict.fromkeys(["dialog", "background", "forms", "knight"],
                    "pyte has no line drawing set in UTF-8"),
    "combine": "pyte composes characters: e and its accent are one code point",
    "python": "pyte puts a wide character into the last column alone",
}


@pytest.fixture(scope="module")
def tmux(tmp_path_factory):
    with Tmux(tmp_path_factory.mktemp("tmux")) as tmux:
        yield tmux


def ours(path):
    with Ours() as emulator:
        return emulator.feed(path.read_bytes())


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_as_in_tmux(path, tmux):
    mine, theirs = ours(path), tmux.feed(b"\033c\033[?1049l" + path.read_bytes())
    apart, _ = TMUX_ROWS.get(path.stem.removesuffix("-left"), (set(), ""))
    rows = set(range(ROWS)) - apart
    assert [mine.rows[row] for row in rows] == [theirs.rows[row] for row in rows]
    assert all(mine.rows[row] != theirs.rows[row] for row in apart if "-left" not in path.stem)
    assert mine.cursor == theirs.cursor
    for row in rows:
        assert mine.visible(row) == theirs.visible(row), f"styles of row {row}"


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_as_in_pyte(path):
    for part, why in PYTE_SKIPPED.items():
        if part in path.stem:
            pytest.skip(why)
    mine, theirs = ours(path), with_pyte(path.read_bytes())
    assert mine.rows == theirs.rows
    assert mine.cursor == theirs.cursor
