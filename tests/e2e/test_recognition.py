"""Login shells that are not what their name says, and hosts that let no shell be asked."""

import re
import shutil

import hostile
import pytest
from hostile_cases import Case, start_server

PLAIN = "plain terminal"


def odd_shell(lab, program="bash"):
    """A login shell by a name that says nothing."""
    path = lab.folder / "odd"
    shutil.copy(shutil.which(program), path)
    path.chmod(0o755)
    return str(path)


def test_the_person_knows_the_shell(lab):
    lab.host(shell=odd_shell(lab), files={".profile": "PS1='odd$ '\n"})
    term = lab.tether("web1")
    term.wait_for("odd$")
    term.wait_for(lambda: PLAIN in term.status_line or "shell that waits" in term.status_line)
    assert "[web1]" not in term.text
    term.send("exit\r")
    term.wait_exit()
    term = lab.tether("--shell", "bash", "web1")
    term.wait_prompt()
    term.run("echo $0", "odd")
    term.send("exit\r")
    assert term.wait_exit() == 0
    config = lab.home.path / "config/tether/config"
    config.parent.mkdir(parents=True)
    config.write_text('[host "web*"]\nshell = bash\n')
    config.chmod(0o600)
    term = lab.enter()
    term.send("exit\r")
    term.wait_exit()
    term = lab.tether("--shell", "plain", "web1")
    term.wait_for("odd$")
    term.send("echo ty''ped\r")
    term.shown("typed")
    assert "[web1]" not in term.text


def test_a_shell_that_there_is_not(lab):
    term = lab.tether("--shell", "bsh", "web1", cols=200)
    assert term.wait_exit() == 2
    assert "--shell must be auto|plain|bash|" in term.history and "not 'bsh'" in term.history


@pytest.mark.parametrize("shell, file, line, name", [
    ("/bin/bash", ".bash_profile", "exec fish", "fish"),
    ("/bin/bash", ".bashrc", "[[ $- == *i* ]] && PS1='late%% ' exec zsh", "zsh"),
    ("/bin/dash", ".profile", "exec bash --norc", "bash"),
])
def test_a_start_up_file_becomes_another_shell(lab, shell, file, line, name):
    files = {file: line + "\n", ".zshrc": "", "uniquefile": "found\n"}
    if file == ".bashrc":
        files[".bash_profile"] = ". ~/.bashrc\n"
    home = lab.host(shell=shell, files=files).home("ann")
    term = lab.tether("web1")
    term.wait_for(lambda: term.before_cursor() == f"[web1]: {home}> ")
    assert name in term.status_line
    term.send("cat uni\t")
    term.wait_for(lambda: term.typed().rstrip() == "cat uniquefile")
    term.send("\r")
    term.shown("found")
    assert "stty" not in term.text
    term.wait_prompt()
    term.send("exit 3\r")
    assert term.wait_exit() == 3


def test_a_start_up_file_leaves_no_room_for_us(lab):
    """bash reads ~/.bashrc for what sshd has it run, too."""
    home = lab.host(files={".bashrc": "PS1='late$ ' exec dash\n"}).home("ann")
    term = lab.tether("web1")
    term.wait_for(lambda: "shell that waits here" in term.status_line)
    term.send("\x1dt")
    term.wait_for(lambda: re.fullmatch(rf"\[web1 ann@\S+\]: {home}> ", term.before_cursor()))


@pytest.mark.parametrize("line, status", [("{}; exit 5", 5), ("exec {}", 0)])
def test_a_start_up_file_attaches_tmux(lab, line, status):
    tmux = "tmux -f /dev/null -L $USER-test new-session 'PS1=within: sh'"
    lab.host(files={".bash_profile": line.format(tmux) + "\n"})
    term = lab.tether("web1", cols=100)
    term.wait_for("within:")
    term.wait_for(lambda: "plain terminal: tmux runs in place of the shell" in term.status_line)
    term.send("echo ty''ped\r")
    term.shown("within: *typed|typed")
    term.send("exit\r")
    assert term.wait_exit() == status


# What answers our command, and what it does with lines that a person types.
APPLIANCE = """#!/usr/bin/python3
import sys
if len(sys.argv) > 1:
    print("% Unknown command.")
    sys.exit(1)
while True:
    line = input("switch# ")
    if line == "exit":
        sys.exit(0)
    print(f"% {line!r} is not known." if line != "show version" else "Version 15.2")
"""
MENU = "printf '1) mail 2) leave: '; while read -r x; do echo \"you chose <$x>\"; done; exit 0"


def test_an_appliance_is_a_plain_terminal(lab):
    path = lab.folder / "appliance"
    path.write_text(APPLIANCE)
    path.chmod(0o755)
    lab.host(shell=str(path))
    term = lab.tether("web1")
    term.wait_for("switch#")
    term.send("show version\r")
    term.shown("Version 15.2")
    assert "Unknown" not in term.text and "is not known" not in term.text
    term.send("exit\r")
    assert term.wait_exit() == 0


def test_an_appliance_that_says_that_all_is_well(lab):
    """It takes any command, says nothing or something, and ends it with status 0; and its version
    is none of those whose owners may have put a command of their own there."""
    def script(peer):
        peer.log_in()
        channel = peer.open()
        peer.grant(channel, until=("exec",))
        peer.send(hostile.data(channel, b"OK\r\n"))
        peer.finish(channel)
        channel = peer.open()
        peer.grant(channel, until=("shell",))
        peer.send(hostile.data(channel, b"switch# "))
    start_server(lab, Case("switch", script))
    term = lab.tether("switch")
    term.wait_for("switch#")
    term.wait_for(PLAIN)
    assert "OK" not in term.text


def test_a_forced_command_that_ends_at_once(lab):
    """OpenSSH's owner has put it there: it is run once."""
    home = lab.host(options=["ForceCommand echo ran >>log; cat log"]).home("ann")
    term = lab.tether("web1")
    assert term.wait_exit() == 0
    assert (home / "log").read_text() == "ran\n"


def test_a_forced_command_is_a_plain_terminal(lab):
    lab.host(options=[f"ForceCommand {MENU}"])
    term = lab.tether("web1")
    term.wait_for("2) leave:")
    term.send("1\r")
    term.shown("you chose <1>")
    # It has what is typed before a shell would have been given up.
    assert "starting" in term.status_line
    assert term.text.count("you chose") == 1
    term.send("\x04")
    assert term.wait_exit() == 0


def test_a_restricted_shell_is_a_plain_terminal(lab):
    path = lab.folder / "rbash"
    path.symlink_to("/bin/bash")
    lab.host(shell=str(path), files={".bash_profile": "PS1='jail$ '\n"})
    term = lab.tether("web1")
    term.wait_for("jail$")
    term.send("cd /\r")
    term.wait_for("restricted")
    assert "exec" not in term.text
    # Even if it is asked for: what it may not do is not done halfway.
    term.wait_for(lambda: "shell that waits here" in term.status_line)
    term.send("\x1dt")
    term.wait_for("is restricted: it stays a plain terminal")
    term.send("echo ty''ped\r")
    term.shown("typed")
    assert "tt_" not in term.text and "redirect" not in term.text and "7770" not in term.text
    term.send("exit 4\r")
    assert term.wait_exit() == 4


def test_no_login(lab):
    lab.host(shell="/usr/sbin/nologin")
    term = lab.tether("web1")
    assert term.wait_exit() == 1
    assert "not available" in term.history
