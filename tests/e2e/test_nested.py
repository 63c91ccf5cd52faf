"""Shells within the session's shell: offered, entered with the command key, left again."""

import os
import re
import shutil
import signal
import subprocess
import time

import pytest

ENTER = "\x1dt"
OFFER = "shell that waits here"

# How each is run, and whether it keeps a history of its own.
NESTED = [
    ("bash", "PS1='in$ ' HISTFILE=~/kept bash --norc", True),
    ("zsh", "PS1='in%% ' zsh", True),
    ("fish", "fish", True),
    ("dash", "PS1='in$ ' dash", False),
    ("mksh", "PS1='in$ ' mksh", False),
    ("ksh93", "PS1='in$ ' ksh93", False),
    ("yash", "yash --norcfile", False),
    ("ash", "PS1='in$ ' busybox ash", False),
    # By its prompt it is no tcsh.
    ("tcsh", "tcsh", True),
]
FILES = {"sub/uniquefile": "found\n", ".zshrc": "HISTFILE=~/kept SAVEHIST=99 HISTSIZE=99\n",
         ".tcshrc": "set prompt='in$ ' histfile=~/kept savehist=99\n"}


def begin(term, command, prompt="[web1 "):
    """Run a shell, and go into it when it is offered."""
    term.wait_prompt()
    term.send(command + "\r")
    go_in(term, prompt)


def go_in(term, prompt):
    term.wait_for(lambda: OFFER in term.status_line, what="the offer")
    term.send(ENTER)
    term.wait_for(lambda: term.at_prompt() and term.before_cursor().startswith(prompt),
                  what=f"a prompt {prompt}")


def test_nested_shells(lab):
    host = lab.host(files=FILES)
    home = host.home("ann")
    term = lab.enter()
    for name, command, keeps in NESTED:
        shown = "busybox" if name == "ash" else name
        begin(term, command, f"[web1 {shown}]: {home}> ")
        term.run("cd sub", lambda: term.at_prompt() == f"{home}/sub")
        term.send("cat uni\t")
        term.wait_for(lambda: term.typed().rstrip() == "cat uniquefile")
        term.send("\r")
        term.shown("found")
        term.run("sh -c 'exit 3'")
        term.wait_for(lambda: re.search(r"\bexit 3\b", term.status_line))
        assert "insert" not in term.status_line, name
        assert "stty" not in term.text and "tt_" not in term.text
        term.send("exit 5\r")
        term.wait_for(lambda: term.before_cursor() == f"[web1]: {home}> ")
        term.wait_for(lambda: re.search(r"\bexit 5\b", term.status_line))
        kept = [path for path in home.rglob("*") if path.name in ("kept", "fish_history")]
        assert len(kept) == keeps, name
        for path in kept:
            assert "cat uniquefile" in path.read_text() and "stty" not in path.read_text(), name
            path.unlink()
        term.run("clear")


def test_the_prompt_tells_who_and_where(lab):
    """Another user has another history; on another host no signal goes by this one's numbers."""
    as_root = "#!/bin/sh\necho root\n"
    host = lab.host(files={"as/id": as_root, "on/uname": "#!/bin/sh\necho db1\n"})
    home = host.home("ann")
    for program in ("as/id", "on/uname"):
        (home / program).chmod(0o755)
    term = lab.enter()
    term.run("echo of ann")
    begin(term, "PATH=~/as:$PATH PS1='# ' bash --norc", f"[web1 root]: {home}# ")
    term.send("\x1b[A")
    term.read_for(0.2)
    term.wait_line("")
    term.run("echo of ro''ot", "of root")
    begin(term, "PATH=~/on:$PATH dash", f"[web1 root@db1]: {home}# ")
    term.send("sleep 100\r")
    term.wait_for("running")
    term.send("\x1dsi")
    term.wait_for("did not tell its process number")
    term.send("\x03")
    term.wait_for(lambda: term.before_cursor() == f"[web1 root@db1]: {home}# ")
    term.send("exit\r")
    term.wait_for(lambda: term.before_cursor() == f"[web1 root]: {home}# ")
    term.send("\x04")
    term.wait_for(lambda: term.before_cursor() == f"[web1]: {home}> ")
    term.send("\x1b[A\x1b[A")
    term.wait_line("echo of ann")
    kept = {path.name: path.read_text() for path in lab.home.history.iterdir()}
    assert set(kept) == {"web1", "root@web1", "root@db1@web1"}
    assert "of ro" in kept["root@web1"] and "of ro" not in kept["web1"]


def test_a_shell_that_ends_around_others(lab):
    """An outer prompt ends whatever was within, and the line in progress stays."""
    host = lab.host()
    home = host.home("ann")
    term = lab.enter()
    begin(term, "PS1='in$ ' bash --norc")
    term.run("echo $$ > outer")
    # By its prompt, and within it another; these end by themselves. (In the first second of a
    # minute tcsh has no event run before its prompt: by its clock it is that second when it reads
    # the hooks.)
    begin(term, f"TZ=UTC0:00:{int(time.time() + 1.2) % 60:02} tcsh -f", "[web1 tcsh]")
    begin(term, "env PS1='deep$ ' bash --norc", "[web1 bash]")
    for prompt in "[web1 tcsh]", "[web1 bash]":
        term.send("\x04")
        term.wait_for(lambda prompt=prompt: term.before_cursor().startswith(prompt))
    begin(term, "PS1='deep$ ' bash --norc")
    term.send("half a li")
    term.wait_line("half a li")
    os.kill(int((home / "outer").read_text()), signal.SIGKILL)
    term.wait_for(lambda: term.typed() == "half a li" and "[web1]" in term.before_cursor())


def test_what_is_no_shell_is_left_as_it_was(lab):
    lab.host(files={"console.py": "import sys\nsys.ps1 = 'db$ '\n", ".mkshrc": "PS1='in$ '\n"})
    term = lab.enter()
    for command, said, line, shown in [
            ("/usr/bin/python3 -i console.py", "no shell that tether knows", "print(6*7)", "42"),
            ("sh -c 'while printf \"menu# \"; read -r x; do echo \"you said $x\"; done'",
             "stays a plain terminal", "blue", "you said blue")]:
        term.send(command + "\r")
        term.wait_for(lambda: OFFER in term.status_line, what="the offer")
        term.send(ENTER)
        term.wait_for(said)
        assert "stty" not in term.text and "eval" not in term.text
        term.send(line + "\r")
        term.shown(re.escape(shown))
        assert "[web1 " not in term.text
        term.send("\x04")
        term.wait_prompt()


# Programs as they are, what they need, and the prompt within.
PROGRAMS = [
    ("su nobody -s /bin/bash", "su", "[web1 nobody]: {home}> "),
    ("su - nobody -s /bin/bash", "su", "[web1 nobody]: {home}> "),
    ("sudo -u nobody bash --norc", "sudo", "[web1 nobody]: {home}> "),
    ("script -qec 'bash --norc' /dev/null", "script", "[web1 bash]: {home}# "),
    ("/usr/bin/python3 -c 'import os, pty, sys; sys.exit(pty.spawn([\"bash\", \"--norc\"]) >> 8)'",
     "python3", "[web1 bash]: {home}# "),
    ("sg tty 'bash --norc'", "sg", "[web1 bash]: {home}# "),
    ("env -i bash --norc", "env", "[web1 bash]: {home}# "),
]


@pytest.mark.skipif(os.getuid() != 0, reason="they ask others than root for a password")
def test_programs_that_run_a_shell(lab):
    host = lab.host(user="root")
    home = str(host.home("root"))
    other = lab.host("db1", files={".bash_profile": "PS1='db$ '\n"},
                     options=["PasswordAuthentication yes"])
    other.accounts.set_password("ann", "the pass")
    outer = f"[web1]: {home}# "
    term = lab.enter()
    for command, program, prompt in PROGRAMS:
        if not shutil.which(program):
            continue
        begin(term, command, prompt.format(home=home))
        term.send("exit 7\r")
        term.wait_for(lambda: term.before_cursor() == outer)
        term.wait_for(lambda: re.search(r"\bexit 7\b", term.status_line))
        term.run("clear")

    # A password before it is nobody's but ssh's, and a wrong one or Ctrl-C leaves the way back.
    known = home + "/known_hosts"
    (host.home("root") / "known_hosts").write_text(other.known_hosts_line())
    ssh = (f"ssh -o UserKnownHostsFile={known} -o PubkeyAuthentication=no -p {other.port} "
           "ann@127.0.0.1")

    def asks():
        return term.before_cursor().rstrip().endswith("password:")
    term.send(ssh + "\r")
    term.wait_for(asks)
    term.send("\x03")
    term.wait_for(lambda: term.before_cursor() == outer)
    term.send(ssh + "\r")
    term.wait_for(asks)
    term.send("wrong\r")
    term.wait_for("Permission denied")
    term.wait_for(asks)
    term.send("the pass\r")
    go_in(term, f"[web1 ann]: {other.home('ann')}> ")
    begin(term, "PS1='in$ ' bash --norc", "[web1 ann bash]: ")
    begin(term, "PS1='deep$ ' dash", "[web1 ann dash]: ")
    term.send("\x04")
    term.wait_for(lambda: term.before_cursor().startswith("[web1 ann bash]: "))
    term.send("\x04")
    term.wait_for(lambda: term.before_cursor().startswith("[web1 ann]: "))
    term.send("logout\r")
    term.wait_for(lambda: term.before_cursor() == outer)
    assert all("pass" not in path.read_text() for path in lab.home.history.iterdir())

    # What counts its processes anew must not get another's killed.
    if subprocess.run(["unshare", "-pf", "--mount-proc", "true"], check=False).returncode != 0:
        return
    begin(term, "unshare -pf --mount-proc bash --norc", "[web1 bash]: ")
    term.send("sleep 100\r")
    term.wait_for("running")
    term.send("\x1dsk")
    term.wait_for("no signal sent")
    term.send("\x03")
    term.wait_prompt()
