"""The prompt: what the template shows of the host, and the shell's own prompt."""

import os
import re
import shutil

import pytest


def own_config(lab, text):
    path = lab.home.path / "config/tether/config"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


def shell_path(lab, name):
    if name != "ash":
        return shutil.which(name)
    path = lab.folder / "ash"
    path.symlink_to(shutil.which("busybox"))
    return str(path)


REPOSITORIES = {
    "repo/.git/HEAD": "ref: refs/heads/feature/é\n", "repo/sub/x": "",
    "detached/.git/HEAD": "0123456789abcdef0123456789abcdef01234567\n",
    "work/.git": "gitdir: ../repo/.git/worktrees/work\n",
    "repo/.git/worktrees/work/HEAD": "ref: refs/heads/other",
    "evil/.git/HEAD": "ref: refs/heads/a\x1b]0;x\x07\x1b[2Jb\n",
    "huge/.git/HEAD": "x" * 1000000,
    "odd/.git": "gitdir: /dev/zero\n",
}


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "dash", "ash"])
def test_what_the_host_tells_for_the_prompt(lab, name):
    own_config(lab, "prompt = \"{cwd~}{ (git)}{ [venv]}{ &jobs}{ !status}> \"\nstatus = off\n")
    host = lab.host(shell=shell_path(lab, name), files=REPOSITORIES)
    os.mkfifo(host.home("ann") / "odd/HEAD")
    term = lab.tether("web1")

    def run(command, prompt):
        term.send(command + "\r")
        wait(prompt)

    def wait(prompt):
        term.wait_for(lambda: term.before_cursor() == prompt, what=repr(prompt))

    wait("~> ")
    run("cd repo/sub", "~/repo/sub (feature/é)> ")
    run("cd ../../detached", "~/detached (0123456)> ")
    run("cd ../work", "~/work (other)> ")
    run("cd ../odd", "~/odd> ")
    term.send("cd ../evil\r")
    term.wait_for(lambda: re.match(r"~/evil( \(a\?\]0;x\?\?\[2Jb\))?> $", term.before_cursor()))
    run("cd ../huge", f"~/huge ({'x' * 37}...)> ")
    run("cd /", "/> ")
    run("sh -c 'exit 3'", "/ !3> ")
    # The status is the person's still.
    run("echo is:$status" if name == "fish" else "echo is:$?", "/> ")
    term.shown("is:3")
    export = "set -gx" if name == "fish" else "export"
    equals = " " if name == "fish" else "="
    run(f"{export} VIRTUAL_ENV{equals}/x/venv", "/ [venv]> ")
    if name not in ("dash", "ash"):
        run("sleep 1000 &", "/ [venv] &1> ")
        run("kill %1; wait", "/ [venv]> ")
    term.send("exit\r")
    term.wait_exit()
