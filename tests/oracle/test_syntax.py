"""Our scanners beside the shells themselves: would the shell ask for more of a line, and is what we mark
as wrong refused by it? First a list of lines, each in agreement, then random changes of them."""

import os
import pathlib
import pty
import random
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from windows import find_pwsh, pwsh_program  # noqa: E402

DATA = pathlib.Path(__file__).parent / "data"
FINE, WRONG, MORE = "0", "1", "2"


def read(name):
    def plain(text):
        return re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), text)
    rows = (DATA / name).read_text().splitlines()
    return [plain(row) for row in rows if not row.startswith("# Lines for")]


def strings(texts):
    return b"".join(text.encode() + b"\0" for text in texts)


def ours(language, texts):
    """For each text: would more be asked for, is something wrong, and the parts."""
    run = subprocess.run([os.environ["SYNTAX_DUMP"], language, "-p"], input=strings(texts),
                         capture_output=True, check=True)
    rows = run.stdout.decode().splitlines()
    assert len(rows) == len(texts)
    return [(row[0] == "I", row[1] == "W", row[3:]) for row in rows]


# ---- the shells ----

FISH = """function judge --on-event fish_prompt
  while read -z -l text
    commandline -r -- $text
    commandline --is-valid
    echo $status
  end <in >out
  kill -9 $fish_pid
end
cd {}"""


def fish(texts, folder):
    """What fish's own Enter asks: only a fish at a terminal has a command line."""
    (folder / "in").write_bytes(strings(texts))
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(HOME=str(folder), TERM="xterm", LANG="C.UTF-8")
        os.execvp("fish", ["fish", "--no-config", "-i", "-C", FISH.format(folder)])
    try:
        while os.read(fd, 4096):
            pass
    except OSError:  # it is gone
        pass
    os.close(fd)
    os.waitpid(pid, 0)
    return (folder / "out").read_text().split()


# Of these no agreement is wanted: a row's end that a backslash hides (what Enter makes of it no
# shell tells), and what fish finds in the brackets of a word only, or does not look at.
FISH_OTHER = re.compile(r"""(?<!\\)(\\\\)*\\$ | \((.*[\s(;|&])?\[ | [<>]&?\s*[^\s;|&<>]*[$(] | =\S*[$(]""",
                        re.X | re.S)
FISH_PARTS = [*"ab ;|&<>(){}[]$\"'#\n=-\\", " if ", " end ", " and ", "begin;", "case ", "else", "switch a;",
              "for i in ", "$(", "&&", "||", " not ", "2>", "function f;", "time ", "while ", "--help"]

PWSH = r"""
$said = [System.Text.StringBuilder]::new()
foreach ($text in [System.IO.File]::ReadAllText("$PSScriptRoot/in").Split([char]0)) {
    $tokens = $errors = $null
    [void][System.Management.Automation.Language.Parser]::ParseInput($text, [ref]$tokens, [ref]$errors)
    $more = @($errors | Where-Object IncompleteInput).Count
    [void]$said.Append($(if ($more) { 2 } elseif ($errors.Count) { 1 } else { 0 }))
}
[System.IO.File]::WriteAllText("$PSScriptRoot/out", $said)
"""


def pwsh(texts, folder):
    (folder / "in").write_bytes(strings(texts)[:-1])
    (folder / "judge.ps1").write_text(PWSH)
    subprocess.run([pwsh_program(folder), "-NoLogo", "-NoProfile", "-NonInteractive", "-File",
                    folder / "judge.ps1"], env={**os.environ, "HOME": str(folder)}, check=True)
    return list((folder / "out").read_text())


# A row's end that a backtick hides, and empty rows behind a pipe.
PWSH_OTHER = re.compile(r"([|&]\s*\n|`)[\s`]*(\#.*)?$")
PWSH_PARTS = [*"ab ;|&<>(){}[]$\"'#\n=-`,.@1", "if ($x) ", "{ a }", " else ", " -eq ", "$(", "@(", "@{",
              "&&", "||", "$x", "while (1)", "foreach ($i in 1)", "switch ($x) ", "function f ", "try ",
              " catch ", " finally ", "do ", "[int]", " -b ", "return ", "<#", "#>"]

# With how many of a hundred random changes another answer is borne: PowerShell goes on behind an
# error, and what it then takes for the statement is its own.
LANGUAGES = {"fish": (fish, FISH_OTHER, FISH_PARTS, 0.2), "pwsh": (pwsh, PWSH_OTHER, PWSH_PARTS, 6)}


def change(rng, texts, parts):
    text = rng.choice(texts)
    for _ in range(rng.randint(1, 3)):
        i, j = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        text = rng.choice([text[:i] + text[i + 1:], text[:i] + rng.choice(parts) + text[i:], text[:i],
                           text + rng.choice("; \n|") + rng.choice(texts), text[:j] + text[i:]])
    return text


@pytest.fixture(scope="module", params=LANGUAGES)
def answers(request, tmp_path_factory):
    """The language, how much is borne, and of each text of the list and of those made at random:
    itself, what the shell says, and ours. (A shell is asked once: it takes its time to start.)"""
    name = request.param
    if not (find_pwsh() if name == "pwsh" else shutil.which(name)):
        pytest.skip(f"there is no {name}")
    judge, other, parts, borne = LANGUAGES[name]
    lines, rng = read("syntax." + name), random.Random(5)
    changed = [change(rng, lines, parts) for _ in range(3000)]
    texts = lines + [text for text in changed if text.strip() and not other.search(text)]
    every = list(zip(texts, judge(texts, tmp_path_factory.mktemp(name)), ours(name, texts), strict=True))
    return name, borne, every[:len(lines)], every[len(lines):]


def test_a_list_of_lines(answers):
    name, _, lines, _ = answers
    assert len(lines) > 80
    different = []
    for text, said, (more, wrong, parts) in lines:
        # (A bracket that is open is shown as such. Not all that PowerShell refuses do we.)
        refused = wrong or ("u" in parts and not more)
        missed = said == WRONG and not refused and name != "pwsh"
        if more != (said == MORE) or missed or (wrong and said == FINE):
            different.append((text, said, more, parts))
    assert not different


def test_random_changes(answers):
    _, borne, _, texts = answers
    asked = [(text, said, parts) for text, said, (more, _, parts) in texts if more != (said == MORE)]
    marked = [(text, parts) for text, said, (_, wrong, parts) in texts if wrong and said == FINE]
    # What a person would hardly write; the versions of a shell differ in it, too.
    assert len(texts) > 2000 and len(asked) <= len(texts) * borne / 100, asked
    assert len(marked) <= len(texts) * 0.004, marked
