"""The scenarios of shells.py in ksh93u+m, and what is its own."""

import re
import shutil

import pytest
from shells import *  # noqa: F403
from shells import open_shells

opened = open_shells("ksh")


def test_lines_enter_its_own_history(on, term):
    """Those that were submitted, as they were written, and no other."""
    term.run("echo ke''pt", "kept")
    on.paste("echo one\necho two")
    term.shown("one\ntwo")
    term.wait_prompt()
    on.start("sleep 0.3")
    term.send("echo typed ahe''ad\r")
    term.shown("typed ahead")
    term.wait_prompt()
    term.run("clear")
    term.run("fc -ln -5", re.compile("^ +fc -ln -5$", re.M))
    listed = [row.strip() for row in term.page if row.startswith("    ")]
    assert listed == ["echo ke''pt", "echo one", "echo two", "sleep 0.3", "echo typed ahe''ad",
                      "clear", "fc -ln -5"]
    term.run("alias", re.compile("^myalias=true$", re.M))
    assert "tt_l" not in term.text


def test_a_trap_of_ones_own_on_keys(on, term):
    """It goes on for the keys of a line that is edited on the host, and ours with it."""
    term.run("trap '[[ ${.sh.edchar} != @ ]] || .sh.edchar=at' KEYBD")
    term.send("echo one")
    term.wait_line("echo one")
    term.send("\x1de")
    term.wait_for("edited on the host")
    term.send("@two")
    term.wait_for("oneattwo")
    term.send("\r")
    term.shown("oneattwo")
    term.wait_prompt()
    term.run("trap - KEYBD")
    term.run("echo fi''ne", "fine")


@pytest.mark.parametrize("program", ["ksh93", "mksh"])
def test_a_ksh_is_known_by_its_version(lab, program):
    link = lab.folder / "ksh"
    link.symlink_to(shutil.which(program))
    lab.host(shell=str(link))
    term = lab.enter()
    version = {"ksh93": "93u", "mksh": "MIRBSD"}[program]
    term.run("echo \"is:${KSH_VERSION}:\"", re.compile(f"^is:.*{version}", re.M))
    term.run("sh -c 'exit 3'")
    term.wait_for(lambda: re.search(r"\bexit 3\b", term.status_line))
