"""The history: the host shell's own within reach, lines entering it, and `tether history`."""

import os
import re
import shutil
import signal
import subprocess

import pytest
from conftest import TETHER

UP, RIGHT = "\x1b[A", "\x1b[C"


# tether history, outside of a session.

@pytest.fixture
def history(lab):
    """Runs `tether history`; returns its status, what it printed and its messages."""
    def run(*words, data=None):
        done = subprocess.run([os.path.abspath(TETHER), "history", *words], env=lab.env(TZ="UTC"),
                              input=data, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr
    return run


BASH = """#1700000000
make all
#1700000005
for i in 1 2; do
  echo $i
done
#1700000009
export TOKEN=abcdef
#1700000010
bad \x1b[31m
#1700000011
make all
"""


def test_import_list_export_forget(lab, history):
    assert history("list") == (0, "", "")
    assert history("list", "web1")[0] == 1
    file = lab.home.path / "theirs"
    file.write_text(BASH)
    assert history("import", "web1", str(file)) == (
        0, "web1: 2 of 3 lines taken in; the others were there already; 1 look as if they hold a "
        "secret and were left out; 1 damaged\n", f"tether: {file}:10: damaged; skipped\n")
    assert history("import", "ann@web1", "-", data=BASH)[1].startswith("web1: 0 of 3 lines")
    assert "abcdef" not in (lab.home.history / "web1").read_text()
    assert history("list") == (0, "web1\n", "")
    assert history("list", "web1")[1] == (
        "2023-11-14 22:13            -  for i in 1 2; do ;   echo $i ; done\n"
        "2023-11-14 22:13            -  make all\n")
    exported = history("export", "web1")[1]
    assert exported == BASH[BASH.index("#1700000005"):BASH.index("#1700000009")] + \
        "#1700000011\nmake all\n"
    assert history("import", "--from", "bash", "web2", "-", data=exported)[0] == 0
    assert history("forget", "web1", "make all") == (0, "web1: 1 entry forgotten\n", "")
    assert history("forget", "web1", "make all")[0] == 1
    assert history("forget", "web2", "--all") == (0, "web2: 2 entries forgotten\n", "")
    assert (lab.home.history / "web2").read_text() == ""
    for wrong in ((), ("import",), ("import", "web1"), ("forget", "web1"), ("list", "a", "b"),
                  ("list", "-x"), ("import", "--from", "tcsh", "web1", "-"), ("list", "we b")):
        status, out, err = history(*wrong)
        assert (status, out) == (2, "") and err
    status, _, err = history("import", "web1", "/no/such")
    assert status == 255 and "/no/such: No such file" in err
    assert history("--help")[1].startswith("usage: tether history list")


@pytest.mark.parametrize("argv, script", [
    (["bash", "--norc", "-ic"],
     "set -o history; HISTFILE=$PWD/h HISTTIMEFORMAT=%s; history -s 'echo é'; "
     "history -s $'if true; then\\n\\techo \"a\\\\\\\\\"\\nfi'; history -w"),
    (["zsh", "-fic"],
     "HISTFILE=$PWD/h SAVEHIST=9; setopt extendedhistory; print -s 'echo é'; "
     "print -sr $'if true; then\\n\\techo \"a\\\\\\\\\"\\nfi'; fc -W"),
])
def test_files_that_the_shells_write(lab, history, argv, script):
    if not shutil.which(argv[0]):
        pytest.skip(f"{argv[0]} is not here")
    subprocess.run([*argv, script], cwd=lab.home.path, env=lab.env(), check=False,
                   stdin=subprocess.DEVNULL, capture_output=True)
    status, out, err = history("import", "web1", str(lab.home.path / "h"))
    assert (status, err) == (0, ""), out
    exported = re.sub(r"^#\d+\n", "", history("export", "web1")[1], flags=re.M)
    assert 'echo é\nif true; then\n\techo "a\\\\"\nfi\n' in exported


# The host shell's own history, and what enters it.

BLOCK = {"fish": "for i in 1 2\n  echo in $i\nend"}
SHELLS = {
    "bash": {".bash_history": "#1700000000\necho old one\n#1700000001\nfor i in a b; do\n  echo $i\n"
                              "done\n#1700000002\nmysql -pHunter2\n#1700000003\n hidden\n"
                              "#1700000004\necho ev\x1b]7770;il\n#1700000004\necho old \u202eb\n#1700000005\necho old two 100%\n",
             ".bash_profile": "HISTCONTROL=ignoreboth HISTIGNORE='pwd' HISTTIMEFORMAT='%F '\n"},
    "zsh": {".zsh_history": ": 1700000000:0;echo old one\n: 1700000001:0;for i in a b; do\\\n"
                            "  echo $i\\\ndone\n: 1700000002:0;mysql -pHunter2\n"
                            ": 1700000003:0; hidden\n: 1700000004:0;echo ev\x1b]7770;il\n"
                            ": 1700000005:0;echo old two 100%\n",
            ".zshrc": "HISTFILE=~/.zsh_history SAVEHIST=100 HISTSIZE=100\n"
                      "setopt histignorespace histignoredups sharehistory\n"},
    "fish": {".local/share/fish/fish_history":
             "- cmd: echo old one\n  when: 1700000000\n"
             "- cmd: for i in a b; do\\n  echo $i\\ndone\n  when: 1700000001\n"
             "- cmd: mysql -pHunter2\n  when: 1700000002\n- cmd:  hidden\n  when: 1700000003\n"
             "- cmd: echo ev\x1b]7770;il\n  when: 1700000004\n- cmd: echo old \u202eb\n"
             "- cmd: echo old two 100%\n  when: 1700000005\n",
             ".config/fish/config.fish": "set -g fish_greeting\n"},
    "ash": {".ash_history": "echo old one\nmysql -pHunter2\necho old two 100%\n"},
}


def login_shell(lab, name):
    if name != "ash":
        return shutil.which(name) or pytest.skip(f"{name} is not here")
    path = lab.folder / "ash"
    path.symlink_to(shutil.which("busybox") or pytest.skip("busybox is not here"))
    return str(path)


def suggested(term, typed, line):
    """Type it, and wait until that line is suggested behind the cursor."""
    term.send(typed)
    term.wait_for(lambda: term.typed() == typed and term.cursor_line.rstrip().endswith(f"> {line}"),
                  what=f"{line!r} suggested for {typed!r}")


def drop(term):
    term.send("\x03")
    term.wait_prompt()


@pytest.mark.parametrize("name", SHELLS)
def test_the_shells_own_history(lab, name, history):
    host = lab.host(shell=login_shell(lab, name), files=SHELLS[name].items())
    term = lab.enter(rows=30)
    suggested(term, "echo old", "echo old two 100%")
    drop(term)
    term.send(UP)
    term.wait_line("echo old two 100%")
    term.send(UP)
    if name != "ash":  # ash has a line for each entry
        # With all of its rows; the secret, and what cannot have been typed, are left out.
        term.wait_for(lambda: term.cursor_line == "done")
        assert re.search(r"> for i in a b; do\n  echo \$i\ndone$", term.text, re.M), term.picture()
        term.send(UP * 3)
    term.wait_line("echo old one")
    term.send(UP)
    term.read_for(0.1)
    assert term.typed() == "echo old one"
    drop(term)
    # What is run here is ours, and the newest; the shell's own is marked in the list.
    term.run("echo new")
    term.send("\x12")
    term.wait_for(re.compile(r"^  .* shell's  +echo old two 100%\n> +\ds +echo new$", re.M))
    term.send("\x1bo")
    term.wait_for(re.compile(r"^history of web1, the shell's own [23]/[23]>", re.M))
    term.send("\x1b[3~")
    term.wait_for("not in ours")
    term.send("Hunter")
    term.wait_for("0/")
    term.send("\x1b")
    term.wait_prompt()
    block = BLOCK.get(name, "for i in 1 2; do\n  echo in $i\ndone")
    for line in (" echo spaced", "pwd", "echo two", "echo two"):
        term.run(line)
    term.send(f"\x1b[200~{block}\x1b[201~")
    term.wait_for(lambda: term.cursor_line in ("done", "end"))
    term.send("\r")
    term.shown("in 2")
    term.wait_prompt()
    term.send("echo l\t")  # completion leaves no trace either
    term.read_for(0.3)
    drop(term)
    term.send("exit\r")
    term.wait_exit()
    if name == "ash":  # it writes no file here
        return
    # The shell has what was run, as if it had been typed there, and nothing of ours.
    (path, _), *_ = SHELLS[name].items()
    entered = ["echo new", "echo two", *(["pwd"] if name != "bash" else [])]
    home = host.home("ann")
    assert history("import", "--from", name, "after", str(home / path))[0] == 0
    after = history("export", "after")[1]
    for line in entered:
        assert f"\n{line}\n" in after
    assert "__tt" not in after and "7770" not in after.replace("ev\x1b]7770", "")
    assert " echo spaced" not in after
    if name == "bash":
        assert "\nfor i in 1 2; do   echo in $i; done\n" in after and "\npwd\n" not in after
    else:
        assert f"\n{block}\n" in after
    assert after.count("echo two\n") == 1
    # Of theirs nothing is kept here.
    kept = (lab.home.history / "web1").read_text()
    assert "old" not in kept and "echo new" in kept
    assert "in $i" in kept


def test_private_asks_nothing(lab):
    lab.host(files=SHELLS["bash"].items())
    term = lab.tether("--private", "web1")
    term.wait_prompt()
    term.send("echo old" + UP)
    term.read_for(0.6)
    assert term.typed() == "echo old" and term.cursor_line.endswith("> echo old")


def test_a_command_that_was_not_found(lab):
    lab.host()
    term = lab.enter()
    term.run("git --version; true")
    term.run("gti --help-all")
    term.wait_for("gti was not found; Right takes the line with git")
    assert term.cursor_line.endswith("> git --help-all") and term.typed() == ""
    term.send("x")
    term.wait_for(lambda: term.cursor_line.endswith("> x"))
    term.send("\x7f" + RIGHT)
    term.wait_line("git --help-all")
    drop(term)
    # It is the last to be suggested; and what is far off is not offered.
    suggested(term, "gi", "git --version; true")
    drop(term)
    for line in ("zzyzx", "gti"):
        term.run(line)
        term.wait_for("exit 127")
    term.wait_for("Right takes")
    term.run("true")
    term.run("zzyzx")
    term.wait_for("exit 127")
    assert term.cursor_line.endswith(">") and "takes" not in term.text
    # Where the history has none, the one command of the host that is a slip away.
    term.wait_until(lambda: term.run("mktmep -u") or "takes the line with mktemp" in term.text)
    term.run("zzyzx")
    # What was run is kept, however the program ends.
    term.kill(signal.SIGKILL)
    again = lab.enter()
    again.send(UP)
    again.wait_line("zzyzx")
