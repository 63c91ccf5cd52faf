"""The history: the host shell's own within reach, lines entering it, and `tether history`."""

import os
import re
import shutil
import subprocess

import pytest
from conftest import TETHER


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
