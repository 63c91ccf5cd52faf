"""The scenarios of shells.py in fish."""

from shells import *  # noqa: F403
from shells import open_shells

opened = open_shells("fish")


def test_an_abbreviation_is_expanded(opened):
    """That of the first word: a blank behind it would have done it in fish's own editor."""
    term = opened.ready().term
    term.run("abbr -a chk echo abbreviated to")
    term.run("chk this", "abbreviated to this")
    term.run("  chk 'a  b'; echo and chk", "abbreviated to a  b\nand chk")
    term.run("chk", "abbreviated to")
    term.run("abbr -e chk")
