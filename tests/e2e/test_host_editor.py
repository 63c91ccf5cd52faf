"""The line handed to the shell's own editor: once, in the user's editor program, or always."""

import re
import shutil

import pytest


def own_config(lab, text):
    path = lab.home.path / "config/tether/config"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(0o600)


def test_one_line_is_edited_on_the_host(lab):
    lab.host()
    term = lab.enter()
    term.send("echo one three\x1bb")
    term.wait_line("echo one ")
    term.send("\x1de")
    term.wait_for("edited on the host")
    term.wait_for(re.compile(r"\$ echo one three$", re.M))
    term.send("two ")
    term.wait_for("echo one two three")
    term.send("\r")
    term.shown("one two three")
    term.wait_prompt()
    term.run("echo he''re", "here")
    term.send("\x1b[A\x1b[A")
    term.wait_prompt()  # what was edited there is not in our history, nor was it run here


@pytest.mark.parametrize("vi", [False, True])
def test_the_users_editor_program(lab, vi):
    script = "#!/bin/sh\nsed -i 's/old/new/' \"$1\"\n"
    rc = "export EDITOR=~/ed VISUAL=~/ed; chmod +x ~/ed\n" + ("set -o vi\n" if vi else "")
    lab.host(files={"ed": script, ".bashrc": rc, ".profile": ". ~/.bashrc\n"})
    term = lab.enter()
    term.send("echo the old'' one")
    term.wait_line("echo the old'' one")
    term.send("\x18\x05")
    term.shown("the new one")
    term.wait_prompt()
    term.run("echo he''re", "here")


def test_a_shell_without_an_editor_says_so(lab):
    lab.host(shell="/bin/dash")
    term = lab.enter()
    term.send("echo kept\x18\x05")
    term.wait_for("starts no editor")
    term.wait_line("echo kept")
    term.send("\x1de")
    term.wait_for("edited on the host")
    term.send(" on\r")
    term.shown("kept on")
    term.wait_prompt()


def test_lines_always_edited_on_the_host(lab):
    own_config(lab, "[host \"web*\"]\nedit = host\n")
    lab.host()
    term = lab.tether("web1")
    term.wait_for(re.compile(r"\$ *$", re.M))
    term.wait_for("edited on the host")
    term.send("echo 'ab\x7fc'; sh -c 'exit 3'\r")
    term.shown("ac")
    term.wait_for(re.compile(r"^\$ *$", re.M))
    assert re.search("exit 3", term.text)
    term.send("sleep 100\r")
    term.wait_for("running 1s")
    term.send("\x03")
    term.wait_for(lambda: "running" not in term.status_line, what="the prompt")
    # The key that changes it, for now.
    term.send("\x1dt")
    term.wait_prompt()
    term.run("echo he''re", "here")


def test_ctrl_c_at_the_hosts_editor(lab):
    lab.host()
    term = lab.enter()
    term.send("echo no\x1de")
    term.wait_for(re.compile(r"\$ echo no$", re.M))
    term.send("\x03")
    term.wait_for(re.compile(r"\^C\n\$ *$", re.M))
    term.send("echo ye''s\r")
    term.shown("yes")
    term.wait_prompt()


# What only the shell's own editor does: start-up file, its text, keys that make a line.
OWN = {
    "bash": (".profile", "bind '\"\\C-xh\": \"echo wid\"'\n", "\x18hget"),
    "zsh": (".zshrc", "hello() { LBUFFER+='echo wid' }; zle -N hello; bindkey -v\n"
                      "bindkey '^Xh' hello; RPROMPT=right\n", "\x18hgett\x1bx"),
    "fish": (".config/fish/config.fish", "set -g fish_greeting; abbr -a ew echo widget\n"
                                         "fish_vi_key_bindings\n", "ew "),
    "dash": (".profile", "PS1='dash $ '\n", "echo widgex\x7ft"),
}


@pytest.mark.parametrize("name", OWN)
def test_a_host_whose_lines_its_shell_edits(lab, name):
    """Statuses, durations, jumps from command to command, copies and type-ahead are as ever."""
    file, text, keys = OWN[name]
    own_config(lab, "[host \"web*\"]\nedit = host\n")
    lab.host(shell=shutil.which(name), files={file: text, ".hushlogin": ""})
    term = lab.tether("web1", rows=30)

    def prompt():
        return "prompt, edited on the host" in term.status_line

    def line(keys, shown):
        term.wait_for(prompt)
        term.send(keys)
        term.wait_for(lambda: shown in term.cursor_line, what=shown)
        term.send("\r")

    line(keys, "echo widget")
    term.wait_for(re.compile("^widget$", re.M))
    line("sh -c 'exit 3'", "'exit 3'")
    term.wait_for(lambda: prompt() and "exit 3" in term.status_line)
    line("sleep 1.1", "1.1")
    term.wait_for(lambda: "running" in term.status_line)
    term.send("echo ahe")
    term.wait_for("echo ahe")
    term.wait_for(lambda: prompt() and "took 1" in term.status_line)
    term.send("ad\r")
    term.wait_for(re.compile("^ahead$", re.M))
    term.wait_for(prompt)
    term.send("\x1dy")
    term.wait_for("copied 5 characters")
    term.send("\x1d[[")
    term.wait_for(lambda: term.lines[term.cursor[0] + 1] == "ahead", what="the command before")
    term.send("qexit 4\r")
    assert term.wait_exit() == 4
