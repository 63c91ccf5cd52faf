"""The scenarios of shells.py in a bash that takes itself for 3.2: what bash.sh has for those before
4.4. It is Debian's with another number in it, so what 3.2 itself does not know is not tested here."""

import pathlib
import re
import shutil
import subprocess

import pytest
from shells import *  # noqa: F403
from shells import Shell, open_shells


class OldBash(Shell):
    def path(self, folder):
        path = folder / "old/bash"
        if not path.exists():
            real = pathlib.Path(shutil.which("bash"))
            number = subprocess.run([real, "-c", "echo ${BASH_VERSION%.*}"], capture_output=True,
                                    text=True, check=True).stdout.strip()
            code, number = real.read_bytes(), f"\0{number}\0".encode()
            if code.count(number) != 1 or len(number) != 5:
                pytest.skip("this bash does not have its number where it was thought to be")
            code = code.replace(number, b"\x003.2\x00")
            path.parent.mkdir()
            path.write_bytes(code)
            path.chmod(0o755)
        return str(path)


opened = open_shells(OldBash(
    "bash3", "bash", file=".bash_profile", nested="bash --norc", alias="alias myalias=true\n",
    lacks=("cursor", "editor", "\n", "\t"), variable=("echo $HOM", "echo $HOME"),
    rcs=["PROMPT_COMMAND='hooked=yes'\nset -o vi",
         "one() { PS1='framework '; }\nPROMPT_COMMAND=one\ntrap 'echo bye' EXIT\n"
         "(sleep 0.1; echo a job) &",
         "alias printf=false local=false eval=false\nset -eu"]))


def test_it_is_old(term):
    term.run("echo ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}", "3.2")
    # Its line editor is off, and has no key of ours.
    term.run("set -o | grep -c '^[ev][mi].*on'; bind -X 2>/dev/null | grep -c 7773", re.compile("^0\n0$", re.M))
