"""Tab: the menu, what it costs, what it must survive; and the commands that the host has.

One session of bash plays most of it; nothing here waits for what should not happen."""

import contextlib
import re
import time

import pytest
from conftest import Lab
from fixtures import new_folder
from shells import KNOWN, UNKNOWN, wait_looks

PROFILE = """\
alias myalias=true
myfunction() { :; }
_hang() { sleep 100; }
_print() { echo garbage; printf '\\e[2J\\e]0;title\\aevil\\n' >/dev/tty; COMPREPLY=(printed); }
_move() { cd /usr; COMPREPLY=(moved); }
_leave() { exit 3; }
_slow() { while ! [[ -e go ]]; do sleep 0.02; done; COMPREPLY=($(compgen -W 'slow-one slow-two other' -- "$2")); }
for f in hang print move leave slow; do complete -F _$f $f; done
complete -W "$(printf 'item%05d ' {1..12000})" many
"""
FILES = {
    ".bash_profile": PROFILE, "apple-one": "first line\nsecond\tline\n", "apple-two": "",
    "apple-three": "", "sub/inner": "", "readme": "", "odd name/within": "", "run-me": "",
}


@pytest.fixture(scope="module")
def here():
    with new_folder() as folder:
        lab = Lab(folder)
        host = lab.host("near", files=FILES)
        lab.far = lab.relay("web1", host)
        home = host.home("ann")
        (home / "run-me").chmod(0o755)
        (home / "a-link").symlink_to("readme")
        lab.term = lab.enter(rows=20, cols=120)
        lab.dir = home
        yield lab
        lab.close()


@pytest.fixture
def term(here):
    term = here.term
    term.send("\x03")
    term.wait_for(lambda: term.at_prompt() == str(here.dir), what="an empty line")
    term.run("clear")
    return term


def foot(text):
    return re.compile(rf"^ {text}(?: *Ctrl-Space shows it *)?$", re.M)


def complete(term, line, wanted):
    term.send(line + "\t")
    return term.wait_for(wanted)


# The menu.

def test_kinds_are_told(term):
    complete(term, "cat a", foot("4 files"))
    assert "a-link@" in term.text and "apple-one " in term.text
    term.send("\x15")
    complete(term, "cat ", foot("[0-9]+ files and directories"))
    assert "run-me*" in term.text and "odd name/" in term.text
    term.send("\x15")
    complete(term, "my", foot("[0-9]+ candidates"))
    assert "myalias alias" in term.text and "myfunction()" in term.text
    term.send("\x15")
    complete(term, "echo $BASH_", foot("[0-9-]+ of [0-9]+ variables|[0-9]+ variables"))


def test_typing_narrows_and_backspace_widens(term):
    complete(term, "cat apple-", foot("3 files"))
    term.send("t")
    term.wait_for(foot("2 files"))
    term.send("\x7f")
    term.wait_for(foot("3 files"))
    # Beyond what was asked for: the host is asked again, the menu stays.
    term.send("\x7f\x7f")
    term.wait_line("cat appl")
    term.send("\x7f\x7f\x7f")
    term.wait_for(foot("4 files"))
    # None begins so: by the letters, in their order.
    term.send("thre")
    term.wait_for(foot("1 similar file"))
    term.send("\t")
    term.wait_line("cat apple-three ")


def test_the_selected_is_taken_and_not_run(term):
    complete(term, "echo apple-", foot("3 files"))
    term.send("\t\t\r")
    term.wait_line("echo apple-three ")
    term.wait_gone("3 files")
    # Nothing selected: Enter runs the line as it is.
    complete(term, "apple-", foot("3 files"))
    term.send("\r")
    term.wait_for(re.compile(r"^apple-three apple-$", re.M))


def test_escape_and_other_words_close_it(term):
    complete(term, "cat apple-", foot("3 files"))
    term.send("\x1b")
    term.wait_gone("3 files")
    term.wait_line("cat apple-")
    term.send("\t")
    term.wait_for(foot("3 files"))
    term.send(" x")
    term.wait_gone("3 files")
    term.send("\x7f\x7f\t")
    term.wait_for(foot("3 files"))
    term.send("\x03")
    term.wait_gone("3 files")


def test_a_preview(term):
    complete(term, "cat apple-", foot("3 files"))
    term.send("\x00")
    term.wait_for("second  line")
    assert "file: apple-one" in term.text
    term.send("\x1b")
    term.wait_gone("second  line")
    term.wait_for(foot("1 of 3 files"))
    term.send("\x15ls odd\\ name/../s\t\x15")
    term.wait_line("")
    complete(term, "ls ", foot("[0-9]+ files and directories"))
    term.send("od\x00")
    term.wait_for("within")
    term.send("\x03")
    complete(term, "mk", foot("[0-9]+ candidates|[0-9]+ commands"))
    term.send("dir\x1bOP")
    term.wait_for(re.compile(r"command: mkdir.*\n.*/mkdir"))


def test_it_works_in_a_small_window(here, term):
    term.resize(5, 20)
    term.wait_for(lambda: len(term.status_line) <= 20 and "web1" in term.status_line)
    term.send("\x15cat apple-\t")
    term.wait_for(lambda: any(row.startswith(" apple-one") for row in term.lines))
    term.send("\t\t")
    term.wait_for(re.compile("^>apple-three", re.M))
    term.send("\r")
    term.wait_for(re.compile("apple-three"))
    term.send("\x03")
    term.resize(20, 120)
    term.wait_for(lambda: len(term.picture().split("\n")[1]) == 122 and term.at_prompt())


# What it costs.

def sent(here):
    """Bytes to the host, once it is silent: whatever was asked has been answered."""
    while True:
        before = here.far.stats()
        here.term.read_for(0.1)
        if here.far.stats() == before:
            return before["up"]


def test_the_second_tab_costs_nothing(here, term):
    complete(term, "cat app", lambda: term.typed() == "cat apple-")
    before = sent(here)
    term.send("\t")
    term.wait_for(foot("3 files"))
    term.send("\x1b")
    term.wait_gone("3 files")
    term.send("t\t")
    term.wait_for(foot("2 files"))
    term.send("h\t")
    term.wait_line("cat apple-three ")
    term.send("\x15cat app\t\t")
    term.wait_for(foot("3 files"))
    assert sent(here) == before
    # A command was run: who knows what it did. Another kind of word: another question.
    term.send("\x15")
    term.run("touch apple-four")
    complete(term, "cat apple-", foot("4 files"))
    before = sent(here)
    term.send("\x15ls -\t")
    term.wait_line("ls --")
    assert sent(here) > before
    term.send("\x15")
    term.run("rm apple-four")


# Ten thousand, and more.

def test_of_twelve_thousand_the_first_are_listed_and_it_is_told(term):
    complete(term, "many item", re.compile("of the first 10000 of 12000"))
    term.send("\t" + "\x1b[6~" * 20)
    term.wait_for(re.compile(r">item03\d\d\d"))
    # What is typed is looked for among all of them.
    term.send("11")
    term.wait_for(re.compile(r"1000 candidates"))
    term.send("999\t")
    term.wait_line("many item11999 ")


# While an answer is on its way.

@contextlib.contextmanager
def going(here):
    """What `slow` waits for is there."""
    go = here.dir / "go"
    go.touch()
    yield
    go.unlink()


def test_typing_goes_on_and_narrows(here, term):
    term.send("slow s\t")
    term.wait_for("completing")
    term.send("low-")
    term.wait_line("slow slow-")
    with going(here):
        term.wait_for(foot("2 candidates"))


def test_a_second_tab_shows_what_is_left(here, term):
    term.send("slow s\t")
    term.wait_for("completing")
    term.send("\t")
    with going(here):
        term.wait_for(foot("2 candidates"))
        term.wait_line("slow slow-")


def test_enter_behind_tab_waits_for_it(here, term):
    term.send("echo uni-\x15cat read\t\r")
    term.wait_for(re.compile("> cat readme"))
    term.wait_prompt()
    term.send("slow o\t")
    term.wait_for("completing")
    term.send("\rech")
    with going(here):
        term.wait_for("> slow other  ")
        term.wait_line("ech")


def test_what_is_written_behind_the_word_stays_there(here, term):
    """As in a shell that was waited for, but that nobody waits."""
    term.send("slow o\t")
    term.wait_for("completing")
    term.send("; cat ")
    term.wait_line("slow o; cat ")
    with going(here):
        term.wait_line("slow other ; cat ")
    # A second Tab waits for the first, and a third for that; Escape leaves them.
    for keys, shown in (("\t; cat re\t| wc", "slow other ; slow slow-one ; cat readme | wc"),
                        ("\t| wc\x1b", "slow o; slow slow-o| wc")):
        term.send("\x15")
        term.run("clear")  # and the answers kept are forgotten
        term.send("slow o\t")
        term.wait_for("completing")
        term.send("; slow slow-o" + keys)
        if keys.endswith("\x1b"):
            term.wait_gone("completing")
        with going(here):
            term.wait_line(shown)
    term.send("\x15")
    term.run("clear")
    # What several could be is left as it was written.
    term.send("slow s\t")
    term.wait_for("completing")
    term.send(" x\r")
    with going(here):
        term.wait_for("> slow slow- x")
        term.wait_prompt()


def test_it_is_dropped(here, term):
    for key in ("\x1b", "\x03", "\x15"):
        term.send("slow s\t")
        term.wait_for("completing")
        term.send(key)
        term.wait_gone("completing")
        term.send("\x15echo a''live\r")
        with going(here):
            term.wait_for(re.compile("^alive$", re.M))
            term.wait_prompt()
        term.run("clear")
    # One that goes on is stopped; the next line waits for that.
    term.send("slow s\t")
    term.wait_for("completing")
    term.send("\x7f")
    term.wait_gone("completing")
    term.send("\x15")
    term.run("echo a''live", "alive")
    assert "slow-one" not in term.text and not re.search(r"^\^C", term.text, re.M)
    assert "stopped" not in term.status_line


# What a completion may do to the shell.

def test_a_completion_that_hangs_is_stopped(term):
    term.send("echo before; hang x\t")
    term.wait_for("completing")
    start = time.monotonic()
    term.send("yz")
    term.wait_line("echo before; hang xyz")
    term.wait_for("the completion was stopped: web1's shell took too long over it")
    assert time.monotonic() - start < 15
    assert term.typed() == "echo before; hang xyz"
    assert "^C" not in term.text
    term.send("\x15echo a''live\r")
    term.wait_for(re.compile("^alive$", re.M))


def test_a_completion_that_prints(term):
    """What it prints to the terminal itself is shown as a job's output is, and controls nothing."""
    term.run("echo a row")
    complete(term, "print p", lambda: term.typed() == "print printed ")
    assert "garbage" not in term.text
    assert re.search("^a row$", term.text, re.M) and re.search("^evil$", term.text, re.M)
    term.send("\x15echo a''live\r")
    term.wait_for(re.compile("^alive$", re.M))


def test_a_completion_that_changes_the_directory(term):
    """As in bash itself, it stays changed; the next prompt tells."""
    complete(term, "move m", lambda: term.typed() == "move moved ")
    term.send("\x15pwd\r")
    term.wait_for(re.compile("^/usr$", re.M))
    term.wait_for(lambda: term.at_prompt() == "/usr")
    term.run("cd")


def test_a_completion_that_leaves(here):
    """As in bash itself, that is the end."""
    term = here.enter()
    term.send("leave x\t")
    assert term.wait_exit() == 3
    assert "session ended: exit status 3" in term.history


# The commands that the host has: see shells.py, too.

def test_the_question_is_in_nobodys_way(here):
    """Asked of the shell as the first line is begun: neither that line nor what it does, nor the
    shell's history, shows anything of it. What it costs is what the manual says."""
    term = here.enter(rows=20, cols=120)
    before = sent(here)
    term.send("e")
    term.wait_for(lambda: sent(here) > before)
    assert sent(here) - before < 4000
    term.send("cho a''live\r")
    term.wait_for(re.compile("^alive$", re.M))
    term.wait_prompt()
    term.run("history | grep -c '__''tt'", re.compile("^0$", re.M))
    term.run("export A=1 B") # behind which it is asked again
    term.run("echo is:$_:", "is:B:")
    term.send("\x04")
    term.wait_exit()
    # At once: the line overtakes nothing, and is not delayed.
    term = here.tether("web1", rows=20, cols=120)
    term.wait_prompt()
    term.send("echo a''live\r")
    term.wait_for(re.compile("^alive$", re.M))
    assert "__tt" not in term.text
    term.send("\x04")
    term.wait_exit()


def test_nothing_is_asked_if_it_is_not_wanted(here):
    config = here.home.path / "config/tether/config"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("commands = no\nhistory = no\n")
    config.chmod(0o600)
    term = here.enter(rows=20, cols=120, env={"NO_COLOR": "1"})
    before = sent(here)
    term.send("nosuchthing; ls")
    wait_looks(term, "nosuchthing", KNOWN)  # a command's looks, no more
    here.term = term
    assert sent(here) == before
    config.unlink()
    term.send("\x03\x04")
    term.wait_exit()
    # Told without color too.
    here.term = term = here.enter(rows=20, cols=120, env={"NO_COLOR": "1"})
    term.send("nosuchthing; ls")
    wait_looks(term, "nosuchthing", UNKNOWN)
    assert not re.search(rb"\x1b\[[0-9;:]*(?:3[0-7]|38|58)[;:m]", bytes(term.raw))
