"""The scenarios of shells.py in PowerShell 7, which Debian does not have: see find_pwsh."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest
from shells import *  # noqa: F403
from shells import PASTE, Shell, open_shells


def find_pwsh():
    """In PATH, where its own package and `dotnet tool` put it, or where install-deps.sh did."""
    places = [os.environ.get("TETHER_TEST_PWSH"), shutil.which("pwsh"), "/usr/bin/pwsh",
              "/opt/pwsh/pwsh", os.path.expanduser("~/.dotnet/tools/pwsh"),
              str(pathlib.Path(__file__).parents[2] / "build/pwsh/pwsh")]
    return next((path for path in places if path and os.access(path, os.X_OK)), None)


class Pwsh(Shell):
    def path(self, folder):
        return find_pwsh()

    def truth(self, script, cwd=None):
        return subprocess.run([find_pwsh(), "-NoProfile", "-c", script], cwd=cwd, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False).stdout


# `echo` is the program here, not the alias: each word would be a line.
PROFILE = ("function prompt { 'mine $ ' }\nRemove-Item Alias:echo -ErrorAction Ignore\n"
           "$FOR_COMMAND = [Environment]::CommandLine -match ' -c '\n")

PWSH = Pwsh(
    "pwsh", file=".config/powershell/profile.ps1",
    # No here-document, no options, traps or notices of jobs like sh's; a backslash in a path is
    # a slash to it.
    lacks=("options", "trap", "jobs", "$$", "\\", "\t", "\n"),
    **{"before directory": "PS ", "nested line": "{} -NoLogo -NoProfile",
       "nested prompt": r"^PS .*> ?$", "here shows": r" +tab \$HOME `no`\n  \"two\" !"},
    s="${LASTEXITCODE}", value="${env:MYVARIABLE}", project="${env:PROJECT}",
    nested=find_pwsh(), editor="$env:VISUAL = \"$HOME/editor\"",
    block='foreach ($i in 1, 2) {\n\techo "item\t$i"\n}',
    unfinished=("if ($true) {", "echo inside", "}"), wrong="if )",
    function="function f {\n  # many lines\n\n  echo \"f: $args\"\n}\nf 'a  b'; sh -c 'exit 7'",
    here="@'\n\ttab $HOME `no`\n  \"two\" !  \n'@",
    read="$x = Read-Host; echo got:$x", set="$v = '{}'; $size = $v.Length; $size",
    fail="sh -c 'exit {}'", background="sh -c '(sleep 0.4; echo from the back) &'",
    quoted="'a!b' + \" 'c! d' e!f `$x\"",
    variable=("echo $env:MYVAR", "echo $env:MYVARIABLE"),
    described=("Get-ChildItem -", "string"),
    alias="Set-Alias myalias Get-Date\n",
    # (The profile is run for a command, too, and what it sets then is inherited.)
    rc=PROFILE + "if (!$FOR_COMMAND) { $env:MYVARIABLE = 1 }\necho rc sp''eaks\n",
    rcs=["function PSConsoleHostReadLine { 'exit 99' }\nSet-StrictMode -Version Latest",
         "$ErrorActionPreference = 'Stop'\n$PSStyle.OutputRendering = 'PlainText'",
         "Set-PSReadLineOption -EditMode Vi\nRemove-Module PSReadLine"],
    ask=PROFILE + "if ($FOR_COMMAND) { return }\n$env:PROJECT = Read-Host 'Which?'\n",
    exec="exec sh -c 'exit 4'")

if not find_pwsh():
    pytest.skip("there is no pwsh: dotnet tool install --tool-path build/pwsh powershell",
                allow_module_level=True)

opened = open_shells(PWSH)
