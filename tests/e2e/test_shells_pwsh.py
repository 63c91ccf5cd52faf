"""The scenarios of shells.py in PowerShell 7, which Debian does not have: see windows.py."""

import re
import subprocess

import pytest
from shells import *  # noqa: F403
from shells import Shell, open_shells
from test_nested import begin
from windows import find_pwsh, pwsh_program


class Pwsh(Shell):
    def path(self, folder):
        return pwsh_program(folder)

    def truth(self, script, cwd=None):
        return subprocess.run([find_pwsh(), "-NoProfile", "-c", script], cwd=cwd, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False).stdout


# `echo` is the program here, not the alias: each word would be a line.
PROFILE = ("function prompt { 'mine $ ' }\nRemove-Item Alias:echo -ErrorAction Ignore\n"
           "$FOR_COMMAND = [Environment]::CommandLine -match ' -c '\n")

PWSH = Pwsh(
    "pwsh", file=".config/powershell/profile.ps1",
    # No here-document, no options, traps or notices of jobs like sh's; a backslash in a path is
    # a slash to it. A program that Ctrl-C ends lets it begin the next lines before it hears of that.
    lacks=("options", "stop", "trap", "jobs", "$$", "\\", "\t", "\n"),
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
    path="$env:PATH = \"$HOME/bin:$env:PATH\"", new="function newthing { echo ne''w }",
    # (The profile is run for a command, too, and what it sets then is inherited.)
    rc=PROFILE + "if (!$FOR_COMMAND) { $env:MYVARIABLE = 1 }\necho rc sp''eaks\n",
    rcs=["function PSConsoleHostReadLine { 'exit 99' }\nSet-StrictMode -Version Latest\n"
         "$ErrorActionPreference = 'Stop'\n$PSStyle.OutputRendering = 'PlainText'",
         "Set-PSReadLineOption -EditMode Vi\nRemove-Module PSReadLine"],
    ask=PROFILE + "if ($FOR_COMMAND) { return }\n$env:PROJECT = Read-Host 'Which?'\n",
    exec="exec sh -c 'exit 4'")

if not find_pwsh():
    pytest.skip("there is no pwsh: dotnet tool install --tool-path build/pwsh powershell",
                allow_module_level=True)

opened = open_shells(PWSH)


def test_nested_in_each_other(on, term):
    """Its own line, by its prompt, or behind that of the others; and theirs within it."""
    kept = on.home / ".local/share/powershell/PSReadLine/ConsoleHost_history.txt"
    nested = f"{find_pwsh()} -NoLogo -NoProfile"
    as_another = f"{nested} -NoExit -Command 'function prompt {{ \"db$ \" }}'"
    begin(term, "env PS1='in$ ' bash --norc", "[web1 bash]: ")
    for command in nested, as_another:
        begin(term, command, "[web1 pwsh]: PS ")
        term.run("cd sub", lambda: term.is_at(on.home / "sub"))
        on.completes("cat inn", "cat inner")
        term.run("(Get-History).CommandLine; sh -c 'exit 3'")
        term.wait_for(lambda: re.search(r"\bexit 3\b", term.status_line))
        assert "stty" not in term.text and "eval" not in term.text
        term.send("exit 5\r")
        term.wait_for(lambda: term.before_cursor() == f"[web1 bash]: {on.home}> ")
        term.wait_for(lambda: re.search(r"\bexit 5\b", term.status_line))
    term.send("exit\r")
    term.wait_for(lambda: term.before_cursor() == f"[web1]: PS {on.home}> ")
    assert "stty raw" not in kept.read_text()


def test_lines_enter_its_own_history(on, term):
    kept = on.home / ".local/share/powershell/PSReadLine/ConsoleHost_history.txt"
    term.run("echo ke''pt")
    term.run("$password = 'not kept'")
    assert "echo ke''pt\n" in kept.read_text() and "password" not in kept.read_text()
