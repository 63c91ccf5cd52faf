"""Marks cannot be forged, and a shell without marks is a plain terminal."""

import re

import pytest

FORGED = (
    "\x1b]7770;{n};D;0\x07\x1b]7770;{n};P;/forged\x07\x1b]7770;{n};A\x07\x1b]7770;{n};B\x07"
    "\x1b]7770;{n};W;/forged\x07\x1b]7770;{n};T;0;forged-typed\x07\x1b]7770;{n};R;bash\x07"
    "\x1b]7770;{n};K;0;1;\nforged-completion\x07")


def forged():
    text = "".join(FORGED.format(n=n) for n in ("0" * 32, "f" * 32, "", "0", "$__tt_n"))
    for announcement in ("0" * 32, ""):
        text += f"\x1b]7770;{announcement};N;{'0' * 32};bash;1;root;/bin/bash\x07"
    text += FORGED.format(n="0" * 32)
    text += ("\x1b]133;D;0\x07\x1b]133;A\x07$ \x1b]133;B\x07\x1b]633;D\x07\x1b]633;A\x07\x1b]633;B\x07"
             "\x1b]7;file:///forged\x07\x1b]1337;CurrentDir=/forged\x07\x1b]9;9;/forged\x07")
    return text


@pytest.mark.parametrize("reader", ["cat evil", "/usr/bin/python3 -c 'print(open(\"evil\").read())'"])
def test_a_file_cannot_forge_a_prompt(lab, reader):
    lab.host(files={"evil": forged()})
    term = lab.enter()
    term.send(f"{reader}; read -r x; echo got:$x\r")
    term.wait_for(lambda: not term.at_prompt())
    term.send("private words")
    term.wait_for("private words")
    assert not term.at_prompt()
    term.send("\r")
    term.wait_for("got:private words")
    term.wait_prompt()
    assert "/forged" not in term.before_cursor() and "forged" not in term.cursor_line
    term.send("exit\r")
    term.wait_exit()
    for path in lab.home.history.iterdir():
        assert "private" not in path.read_text()


def test_the_nonce_is_not_inherited(lab):
    lab.host()
    term = lab.enter()
    term.run("env > all; tr '\\0' '\\n' < /proc/self/environ >> all; cat all | grep -c tt_; rm all",
             re.compile("^0$", re.M))


def test_a_nested_shell_and_back(lab):
    lab.host()
    term = lab.enter()
    term.send("PS1='nested> ' bash --norc\r")
    term.wait_for(re.compile("^nested>", re.M))
    term.send("echo in''side\r")
    term.shown("inside")
    term.send("exit 4\r")
    term.wait_prompt()
    term.run("echo status=$?", "status=4")


def test_exec_of_another_shell_stays_usable(lab):
    lab.host()
    term = lab.enter()
    term.send("PS1='other> ' exec bash --norc\r")
    term.wait_for(re.compile("^other>", re.M))
    term.send("echo in''side\r")
    term.shown("inside")
    term.send("exit 4\r")
    assert term.wait_exit() == 4


ODD_SHELL = """#!/usr/bin/python3
import os, sys
os.write(1, b"odd shell\\r\\n")
while True:
    os.write(1, b"odd> ")
    line = sys.stdin.readline()
    if not line or line.strip() == "quit":
        sys.exit(6)
    os.write(1, b"you said " + line.strip().encode() + b"\\r\\n")
"""


def plain(term):
    """The program has seen that it is but a plain terminal, within two seconds, and says so."""
    term.wait_for(lambda: re.search("plain", term.status_line), what="'plain' in the status line")


def test_an_unknown_shell_is_a_plain_terminal(lab):
    shell = lab.folder / "oddsh"
    shell.write_text(ODD_SHELL)
    shell.chmod(0o755)
    lab.host(shell=str(shell))
    term = lab.tether("web1")
    term.wait_for("odd>")
    plain(term)
    term.wait_for(lambda: re.search(r"\d ms *$", term.status_line), what="the round trip")
    term.send("hello\r")
    term.wait_for("you said hello")
    term.send("quit\r")
    assert term.wait_exit() == 6


def test_a_forced_command_is_a_plain_terminal(lab):
    lab.host(options=["ForceCommand echo forced here; read -r x; echo got $x; exit 3"])
    term = lab.tether("web1")
    term.wait_for("forced here")
    plain(term)
    term.send("words\r")
    term.wait_for(lambda: "got words" in term.text or "got words" in term.history)
    assert term.wait_exit() == 3


def test_a_restricted_shell_stays_restricted(lab):
    lab.host(shell="/bin/rbash", files={".bash_profile": "PS1='rb$ '\n"})
    term = lab.tether("web1")
    term.wait_for(lambda: term.at_prompt() or "rb$" in term.text, what="a prompt of some kind")
    term.send("cd /; echo \"[$PWD]\"\r")
    term.wait_for("restricted")
    assert "[/]" not in term.text


def test_a_login_that_is_refused_says_why(lab):
    lab.host(shell="/usr/sbin/nologin")
    term = lab.tether("web1")
    assert term.wait_exit() == 1
    assert "not available" in term.history


def test_a_profile_that_asks_is_answered(lab):
    """A login that reads from the terminal gets what is typed."""
    lab.host(files={".bash_profile": "read -r -p 'Which project? ' p; export PROJECT=$p\n"})
    term = lab.tether("web1")
    term.wait_for("Which project?")
    term.send("apollo\r")
    term.wait_prompt()
    term.run("echo [$PROJECT]", "[apollo]")


def test_a_slow_profile_still_gets_its_prompt(lab):
    lab.host(files={".bash_profile": "sleep 4\n"})
    term = lab.enter()
    term.run("echo fi''ne", "fine")


def test_terminal_queries_are_answered_from_a_table(lab):
    """A title set by the host never comes back as input."""
    lab.host(files={"evil": "\x1b]0;echo injected\r\x07\x1b[21t\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x05"
                            "\x1b]50;?\x07\x1b]52;c;?\x07"})
    term = lab.enter()
    term.send("cat evil; sleep 0.5; echo o''ver\r")
    term.wait_for("over")
    term.wait_prompt()
    assert "injected" not in re.sub(r"cat evil.*", "", term.text)
    term.send("\x15")
    term.run("echo fi''ne", "fine")
