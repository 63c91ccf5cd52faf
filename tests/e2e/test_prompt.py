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


# The shell's own prompt, beside what ssh shows of it.

# A row that fills the width, made by PROMPT_COMMAND; another that moves to the right and back.
BASH = [r"""PROMPT_COMMAND=star
star() {
    local s=$? fill
    printf -v fill '%*s' $((COLUMNS - 30)) ''
    PS1="\n\[\e[1;36m\]somewhere\[\e[0m\] ${fill// /─} \[\e[33m\]12:00\[\e[0m\]\n\[\e[32m\]❯\[\e[0m\] "
}""", r"PROMPT_COMMAND=; PS1='\[\e7\e[75C\e[35mright\e8\e[m\]me \[\e[1;44m\]\W\[\e[m\]\$ '",
        r"PS1='\[\e]0;title\a\][\!]\[\e[7m\] main \[\e[m\]\nαβ\$ '", "old=$PS1 PS1='(env) '$PS1",
        "PS1=$old"]
ZSH = [f"prompt {theme}" for theme in (
    "adam1", "adam2", "bart", "bigfade", "clint", "elite", "elite2", "fade", "fire", "off", "oliver",
    "pws", "redhat", "suse", "walters", "zefram")] + [
        "RPROMPT='%F{red}%~%f' PROMPT=$'\\n%B%n%b\\n%# '", "bindkey -v", "RPROMPT= PROMPT='$ '"]
SAMPLES = "/usr/share/fish/tools/web_config/sample_prompts"
FISH = [f"source {SAMPLES}/{name}.fish" for name in (
    "acidhub", "arrow", "astronaut", "default", "informative", "nim",
    "pythonista", "scales", "simple", "terlar")] + [
        "function fish_right_prompt; set_color red; echo -n right; end", "fish_vi_key_bindings",
        # As a Python environment does it, and takes it back.
        "functions -c fish_prompt old; function fish_prompt; echo -n '(env) '; old; end",
        "functions -e fish_prompt; functions -c old fish_prompt; functions -e old"]
DASH = ["true"]  # (it has no hook but the prompt: another one in the session is not known)


def plain(rows):
    """Without what differs by the width and the time."""
    text = "\n".join(row.rstrip() for row in rows)
    return re.sub(r"(.)\1{2,}", r"\1", re.sub(r"\d+", "0", text)).strip()


def prompt_rows(term, number):
    """From behind the row that holds the number to the cursor; None if it is not there yet."""
    rows = term.lines[:term.cursor[0] + 1]
    return rows[rows.index(number) + 1:] if number in rows else None


@pytest.mark.parametrize("name, prompts", [
    ("bash", BASH), ("zsh", ZSH), ("fish", FISH), ("dash", DASH)], ids=lambda value: str(value)[:4])
def test_the_shells_own_prompt(lab, name, prompts):
    own_config(lab, "prompt = host\n")
    lab.host(shell=shutil.which(name), files={
        ".zshrc": "autoload -U promptinit; promptinit\n", ".hushlogin": "",
        ".profile": "PS1='$PWD is\nwhere $ '\n",
        ".config/fish/config.fish": "set -g fish_greeting\n"})
    ssh = lab.tether(argv=["ssh", "-tt", "web1"])
    term = lab.tether("web1", rows=25)
    term.wait_for("[web1]: ")
    for n, prompt in enumerate(prompts):
        number = f"<{n}>"
        for each in (ssh, term):
            each.send(f"{prompt}; clear; echo '{number}'\r" if "\n" not in prompt else
                      f"{prompt}\rclear; echo '{number}'\r")

        def same():
            ssh.read_for(0.01)
            theirs, ours = prompt_rows(ssh, number), prompt_rows(term, number)
            if theirs is None or ours is None or not re.match(r" \S+ +prompt", term.status_line):
                return False
            head = next((i for i, row in enumerate(ours) if row.startswith("[web1]:")), None)
            if head is None:
                return False
            ours[head] = ours[head].removeprefix("[web1]:").removeprefix(" ")
            return plain(ours) == plain(theirs)
        try:
            term.wait_for(same, what=f"the same prompt by {prompt!r}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{ssh.picture()}") from None
    assert b"\x1b]0;title" not in term.raw
