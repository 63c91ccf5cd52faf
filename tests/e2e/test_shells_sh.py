"""The scenarios of shells.py in dash, ash, mksh, yash and tcsh."""

import pytest
from shells import *  # noqa: F403
from shells import open_shells

opened = open_shells("dash", "ash", "mksh", "yash", "tcsh")


def test_rows_that_are_not_all_are_not_dropped(on, term, say):
    """tcsh would forget them without a word: an empty row does not send them."""
    if on.shell.name != "tcsh":
        pytest.skip("the others say what is missing")
    first, row, last = say["unfinished"]
    term.send(f"{first}\r{row}\r\r{last}\r")
    term.shown("inside")
    term.wait_prompt()
