"""Debian's other shells, and restricted ones: each is a plain terminal at once, with nothing of ours
in it, and what waits there gets no line mode by force."""

import pathlib
import re
import shutil

import pytest

PLAIN = ["bsd-csh", "elvish", "es", "posh", "rbash", "rc", "rksh93", "rzsh", "sash", "xonsh"]


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_terminal(lab, name):
    program = shutil.which(name)
    if not program:
        pytest.skip(f"there is no {name}")
    # (zsh asks a person who has no start-up file what is to be in it.)
    lab.host(shell=program, files={".zshrc": "PS1='$ '\n"})
    term = lab.tether("web1")
    term.wait_for(re.compile("plain terminal|line mode for the shell that waits here"))
    assert "7770" not in term.text and "tt_" not in term.text
    term.send("echo works\r")
    term.wait_for(re.compile(r"^(?!.*echo).*\bworks$", re.M))
    term.wait_for(re.compile("plain terminal|line mode for the shell that waits here"))
    if "waits here" in term.status_line:
        term.send("\x1dt")
        term.wait_for("stays a plain terminal")
        term.send("echo again\r")
        term.wait_for(re.compile(r"^(?!.*echo).*\bagain$", re.M))
    assert "7770" not in term.text and "tt_" not in term.text
    term.send("exit\r")
    assert term.wait_exit() == 0
