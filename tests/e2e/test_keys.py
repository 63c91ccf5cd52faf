"""Whose keys the line has, what is seen of them, and the keys that leave the line."""

import re

import pytest

PASTE = "\x1b[200~{}\x1b[201~"


def own_config(lab, text):
    path = lab.home.path / "config/tether/config"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(0o600)


def selected(term):
    """What is reversed on the row of the cursor."""
    row = term.screen.buffer[term.cursor[0]]
    return "".join(row[x].data for x in range(term.screen.columns) if row[x].reverse)


@pytest.mark.parametrize("shell, vi, emacs", [
    ("/bin/bash", "set -o vi", "set -o emacs"), ("/bin/zsh", "bindkey -v", "bindkey -e"),
    ("/usr/bin/fish", "fish_vi_key_bindings", "fish_default_key_bindings"),
])
def test_the_keys_are_the_shells(lab, shell, vi, emacs):
    lab.host(shell=shell)
    term = lab.enter()
    assert "insert" not in term.status_line
    term.run(vi)
    term.wait_for(lambda: "prompt: insert" in term.status_line, what="vi's insert mode")
    assert term.raw.rstrip().rfind(b"\x1b[6 q") > term.raw.rfind(b"\x1b[2 q")
    term.send("echo one two\x1b")
    term.wait_for(lambda: "prompt: command" in term.status_line, what="vi's command mode")
    assert term.raw.rfind(b"\x1b[2 q") > term.raw.rfind(b"\x1b[6 q")
    term.send("bR")
    term.wait_for(lambda: "prompt: replace" in term.status_line, what="vi's replace mode")
    term.send("six\r")
    term.shown("one six")
    term.run(emacs)
    term.wait_for(lambda: re.search(r"prompt(?!:)", term.status_line), what="no mode")


def test_keys_of_windows(lab):
    own_config(lab, "keys = windows\nclipboard = terminal\n")
    lab.host()
    term = lab.enter()
    term.send("echo one two\x1b[1;2D\x1b[1;2D\x1b[1;2D")
    term.wait_for(lambda: selected(term) == "two", what="a selection")
    term.send("\x03")
    term.wait_for("copied 3 characters")
    assert b"\x1b]52;c;dHdv" in term.raw
    term.send("x")
    term.wait_line("echo one x")
    term.send("\x16")
    term.wait_line("echo one xtwo")
    term.send("\x1a\x1a\x1a")
    term.wait_line("echo one ")
    term.send("\x19")
    term.wait_line("echo one two")
    term.send("\x03")  # nothing is selected: it drops the line
    term.shown(r".*> echo one two\^C")
    term.send("echo gone\x1b")
    term.wait_line("")
