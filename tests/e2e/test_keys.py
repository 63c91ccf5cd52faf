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
    ("/bin/mksh", "set -o vi", "set -o emacs"), ("/bin/dash", "set -o vi", "set +o vi"),
    ("/usr/bin/yash", "set -o vi", "set -o emacs"),
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


@pytest.mark.parametrize("shell, file", [
    ("/bin/mksh", ".profile"), ("/bin/dash", ".profile"), ("/usr/bin/yash", ".yashrc")])
def test_the_profile_asks_for_vi(lab, shell, file):
    lab.host(shell=shell, files={file: "set -o vi\n"})
    term = lab.enter()
    term.wait_for("prompt: insert")
    term.send("echo one two\x1bbcwsix\r")
    term.shown("one six")
    term.wait_for("prompt: insert")
    term.run("set -o emacs")
    term.wait_for(lambda: re.search(r"prompt(?!:)", term.status_line), what="no mode")


def test_the_mode_without_a_status_line(lab):
    own_config(lab, "keys = vi\nstatus = off\n")
    lab.host()
    term = lab.enter()
    term.wait_for(lambda: term.cursor_line.startswith("(ins) [web1]"), what="the mode")
    term.send("echo one\x1b")
    term.wait_for(lambda: term.cursor_line.startswith("(cmd) [web1]"), what="the other mode")


EDITOR = """#!/bin/sh
stat -c %a "$2" >mode; echo "$2" >name
while [ ! -e go ]; do sleep 0.05; done
rm go
[ ! -e fail ] || exit 3
sed -i 's/old/new/' "$2"
"""


def test_the_editor_of_this_machine(lab):
    own_config(lab, "editor = local\n")
    lab.host(shell="/bin/dash")  # which has no editor of its own for lines
    me = lab.home.path
    (me / "ed").write_text(EDITOR)
    (me / "ed").chmod(0o755)
    term = lab.enter(env={"VISUAL": "./ed -n", "TMPDIR": str(me)})
    # Ended well: the line is what it made of it, and is not run. What came meanwhile is there.
    term.run("(sleep 1; echo mean''while) &")
    term.send("echo old\x18\x05")
    term.wait_for(lambda: not term.screen.alternate, what="the normal screen")
    term.wait_until(lambda: (me / "name").exists() and (me / "name").read_text())
    path = (me / "name").read_text().strip()
    assert (me / "mode").read_text() == "600\n" and path.startswith(f"{me}/tether-")
    (me / "go").touch()
    term.wait_line("echo new")
    term.wait_for("meanwhile")
    assert not list(me.glob("tether-*"))
    # Ended badly: the line is as it was.
    (me / "fail").touch()
    (me / "go").touch()
    term.send("\x15echo old\x18\x05")
    term.wait_for(re.compile(r"\./ed -n failed \(exit 3\): the line is as it was"))
    term.wait_line("echo old")
    assert not list(me.glob("tether-*"))
    term.send("\r")
    term.shown("old")


def test_keys_that_give_the_line_to_the_host(lab):
    own_config(lab, "host-keys = Alt-z, F5, Ctrl-X Ctrl-F\n")
    lab.host(files={".bashrc": """PS1='$ '
bind -x '"\\ez": READLINE_LINE="echo z$READLINE_LINE"'
bind -x '"\\C-x\\C-f": READLINE_LINE="echo cxf$READLINE_LINE at $READLINE_POINT"'
""", ".profile": ". ~/.bashrc\n"})
    term = lab.enter()
    term.send("ab\x1bz")
    term.wait_for(re.compile(r"^\$ echo zab$", re.M))
    term.send("\r")
    term.shown("zab")
    term.wait_prompt()
    term.send("ab\x1b[D\x18")
    term.send("\x06")
    term.wait_for(re.compile(r"^\$ echo cxfab at 1$", re.M))
    term.send("\r")
    term.shown("cxfab at 1")
    term.wait_prompt()
    term.send("one two\x18\x15")  # it begins as one of them does, and is not
    term.wait_line("one ")
    term.send("\x18\x18x")
    term.wait_line("x")


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
    term.send("echo gone")
    term.wait_line("echo gone")
    term.send("\x1b")
    term.wait_line("")
    # Tab goes through the candidates in the line.
    term.run("mkdir d; touch d/one.a d/one.b d/one.c")
    term.send("echo d/o\t")
    term.wait_line("echo d/one.")
    term.send("\t")
    term.wait_line("echo d/one.a ")
    term.send("\t\t")
    term.wait_line("echo d/one.c ")
    term.send("\x1b[Z")
    term.wait_line("echo d/one.b ")
    term.send("\x1b[C")
    term.wait_line("echo d/one.c ")
    term.send("\x1b[D")
    term.wait_line("echo d/one.b ")
    term.send("x")
    term.wait_line("echo d/one.b x")
    term.send("\r")
    term.shown("d/one.b x")
    term.wait_prompt()
    term.send("echo d/one.\t")
    term.wait_line("echo d/one.a ")
    term.send("\t")
    term.wait_line("echo d/one.b ")
    term.send("\x1b")
    term.wait_line("echo d/one.")
