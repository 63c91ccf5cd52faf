"""The scenarios of shells.py in tcsh."""

from shells import *  # noqa: F403
from shells import open_shells

opened = open_shells("tcsh")


def test_rows_that_are_not_all_are_not_dropped(term, say):
    """tcsh would forget them without a word: an empty row does not send them."""
    first, row, last = say["unfinished"]
    term.send(f"{first}\r{row}\r\r{last}\r")
    term.shown("inside")
    term.wait_prompt()
