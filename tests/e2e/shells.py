"""The same scenarios in every shell that can be a login shell here: test_shells_*.py play them.

One session of each shell plays most of them, one after the other; what ends a session, or needs
a start-up file, has one of its own. Where the shell can be asked what it should have printed, it
is asked: see Shell.truth.
"""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest
from conftest import Lab
from sshd import Dropbear
from terminal import DEADLINE
from test_marks import forged

PASTE = "\x1b[200~{}\x1b[201~"

# What is said differently in other languages than sh's. {s} is the status.
POSIX = {
    "s": "$?", "level": "$SHLVL", "undefined": "is::", "interrupted": 130,
    "block": 'for i in 1 2; do\n\techo "item\t$i"\ndone',
    "unfinished": ("if true; then", "echo inside", "fi"),
    "wrong": "if )",
    "function": "f() {\n  # many lines\n\n  echo \"f: $1\"\n  return 7\n}\nf 'a  b'",
    "here": "cat <<'X'\n\ttab $HOME `no`\n  \"two\" !  \nX",
    "here shows": r" +tab \$HOME `no`\n  \"two\" !",
    "read": "read -r x; echo got:$x",
    "set": "v={}; echo ${{#v}}",
    "fail": "(exit {})",
    "background": "(sleep 0.4; echo from the back) &",
    "job": "sleep 0.2 &",
    "trap": "trap 'echo tra''pped' USR1; kill -USR1 $$; trap - USR1",
    "quoted": "echo 'a!b' \"c! d\" e\\!f",
    "variable": ("echo $MYVAR", "echo $MYVARIABLE"),
    "value": "$MYVARIABLE", "project": "$PROJECT",
    "editor": "export VISUAL=$HOME/editor",
    "path": "PATH=~/bin:$PATH", "setup": "sh setup", "new": "newthing() { echo ne''w; }",
    "nested line": "PS1='nested> ' {}",
    "before directory": "",
    "rc": "PS1='mine $ '; export MYVARIABLE=1; echo rc sp''eaks\n",
    "ask": "printf 'Which? '; read -r p; export PROJECT=$p\n",
    "exec": "exec sh -c 'exit 4'",
}


class Shell:
    """A shell: how it is found, its start-up file, and what is different in it."""

    def __init__(self, name, program=None, file=".profile", lacks=(), **other):
        self.name = name
        self.program = program or name
        self.file = file
        self.lacks = lacks
        self.say = {**POSIX, **other}

    def path(self, folder):
        if self.program != "busybox":
            return shutil.which(self.program)
        path = folder / self.name
        if not path.exists():
            path.symlink_to(shutil.which("busybox"))
        return str(path)

    def truth(self, script, cwd=None):
        """What the shell prints if nobody is between."""
        argv = [shutil.which(self.program), *(["ash"] if self.program == "busybox" else [])]
        return subprocess.run([*argv, "-c", script], cwd=cwd, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False).stdout


SHELLS = [
    Shell("bash", file=".bash_profile", nested="bash --norc", rows="sh rows &", alias="alias myalias=true\n",
          rcs=["PROMPT_COMMAND='hooked=yes'\nset -o vi",
               "one() { PS1='framework '; }\ntwo() { case $? in esac; }\nPROMPT_COMMAND=(one two)\n"
               "preexec() { last=$1; }\ntrap 'preexec \"$BASH_COMMAND\"' DEBUG\n"
               "trap 'echo bye' EXIT\n(sleep 0.1; echo a job) &",
               "PROMPT_COMMAND='PS1=framework'\nshopt -s failglob nullglob extglob",
               "alias printf=false local=false eval=false\nset -eu\ntrap 'x=1' DEBUG"]),
    Shell("zsh", file=".zshrc", nested="zsh -f", rows="sh rows &", alias="alias myalias=true\n",
          described=("ls --a", "list all except"),
          rcs=["precmd() { hooked=yes }\nprecmd_functions=()\npreexec_functions=()\nbindkey -v",
               "setopt promptsubst transientrprompt\nprecmd_functions=(p10)\npreexec_functions=(p10)\n"
               "p10() { PROMPT='%F{2}${:-frame}%f'$'\\n''> '; RPROMPT='%~ right' }\n"
               "zle-line-init() { zle reset-prompt }\nzle -N zle-line-init\n"
               "TRAPEXIT() { echo bye }\nset -u\n(sleep 0.1; echo a job) &",
               "precmd_functions+=(framework)\nframework() { PS1='frame> ' RPS1=right }",
               "setopt ksharrays shwordsplit noglob nounset correct promptsp promptcr",
               "setopt errreturn\nunset zle_bracketed_paste\nbindkey -d\nTRAPINT() { return 1 }",
               "alias print=false local=false zle=false emulate=false typeset=false"]),
    Shell("fish", file=".config/fish/config.fish", nested="fish --no-config", **{"nested prompt": r"^\S+@\S+ \S+> ?$"},
          described=("who", "effective user"), rows="sh rows &",
          path="set PATH ~/bin $PATH", new="function newthing; echo ne''w; end",
          s="$status", block='for i in 1 2\n\techo "item\t$i"\nend',
          unfinished=("if true", "echo inside", "end"), wrong="end )",
          function="function f\n  # many lines\n\n  echo \"f: $argv[1]\"\n  return 7\nend\nf 'a  b'",
          read="read -P '' x; echo got:$x", set="set v '{}'; string length $v",
          fail="sh -c 'exit {}'", background="sh -c 'sleep 0.4; echo from the back' &",
          trap="function t --on-signal USR1; echo tra''pped; end; kill -USR1 $fish_pid",
          quoted="echo 'a!b' \"c! d\" e!f",
          # fish reads its file for a command too, as `ssh host command` shows.
          rc="status is-interactive; or exit\nfunction fish_prompt; echo -n 'mine $ '; end\n"
             "set -x MYVARIABLE 1; echo rc sp''eaks\nalias myalias true\n",
          ask="status is-interactive; or exit\nread -P 'Which? ' p; set -x PROJECT $p\n",
          rcs=["fish_vi_key_bindings\nfunction fish_right_prompt; echo right; end",
               "function fish_mode_prompt; echo mode; end\nbind --erase --all\n"
               "function later --on-event fish_prompt\nfunction fish_prompt; echo 'frame> '; end\nend"],
          # (What completes there cannot tell a tab in a name from that before a description.)
          lacks=("here", "options", "\t")),
    # Tab completes what the host can list, not what lives in the shell.
    Shell("dash", lacks=("functions", "editor", "cursor", "\n", "\t"),
          variable=("echo $HOM", "echo $HOME"), alias="alias myalias=true\n",
          rcs=["export ENV='$HOME/shrc'; echo \"PS1='mine env '; set -u\" > ~/shrc"]),
    Shell("mksh", lacks=("cursor", "editor", "\n", "\t"), alias="alias myalias=true\n",
          variable=("echo $HOM", "echo $HOME"),
          rcs=["set -o vi\nPS1='!!$ '\nset -eu"]),
    Shell("ksh", "ksh93", lacks=("editor",), alias="alias myalias=true\n", interrupted=258,
          # (Its own sleep is no program.)
          rc="builtin -d sleep\n" + POSIX["rc"],
          rcs=["set -o vi\nPS1='!!$ '\nset -eu",
               "export ENV='$HOME/shrc'; echo \"PS1='mine env '; set -u\" > ~/shrc",
               "trap 'x=1' DEBUG\ntrap 'y=1' KEYBD\nfunction PS1.get { .sh.value='mine $ '; }",
               "alias print=false read=false eval=false\nset +o emacs -o noglob\nexport PS1"]),
    Shell("yash", file=".yashrc", lacks=("cursor", "editor", "\n", "\t"),
          alias="alias myalias=true\n", variable=("echo $HOM", "echo $HOME"), interrupted=386, nested="yash --norcfile",
          **{"nested prompt": r"^\$ ?$"},
          rcs=["set -o vi\nPS1='framework '\nset -eu",
               "YASH_PS1='frame> '\nPROMPT_COMMAND=('hooked=yes' 'case $? in esac')"]),
    Shell("tcsh", file=".tcshrc", nested="tcsh -f",
          lacks=("editor", "cursor", "here", "options", "\n", "\t"), alias="alias myalias true\n",
          path="setenv PATH ~/bin:$PATH", setup="sh setup; rehash", new="alias newthing 'echo ne''w'",
          variable=("echo $HOM", "echo $HOME"), interrupted=1, s="${status}",
          block='foreach i (1 2)\n\techo "item\t$i"\nend',
          unfinished=("foreach i (1)", "echo inside", "end"), wrong="@ x = 1 +",
          function="alias f 'echo \"f: \"\\!:1; (exit 7)'\n\nf 'a  b'",
          read="set x=\"$<\"; echo \"got:$x\"", set="set size='{}'; echo $%size",
          trap="onintr -; onintr; echo tra''pped", quoted="echo 'a\\!b' \"c! d\" e\\!f",
          value="${MYVARIABLE}", undefined="MYVARIABLE: Undefined variable", project="${PROJECT}",
          level="${SHLVL}",
          # It reads its file for a command, too.
          rc="if (! $?prompt) exit\nset prompt='mine $ '\nsetenv MYVARIABLE 1\n"
             "echo rc sp''eaks\n",
          ask="if (! $?prompt) exit\nprintf 'Which? '\nsetenv PROJECT \"$<\"\n",
          rcs=["alias precmd 'set prompt=\"framework> \"'\nset notify correct=cmd edit",
               "unset prompt\nset echo_style=none noclobber\nalias printf false"],
          **{"nested line": "{}", "nested prompt": r"^[>#%] ?$"}),
    Shell("ash", "busybox", lacks=("functions", "editor", "\n", "\t"),
          variable=("echo $HOM", "echo $HOME"), alias="alias myalias=true\n", nested="busybox ash"),
]

FILES = {"uniquefile": "found it\n", "apple-one": "", "apple-two": "", "apple-three": "",
         "sub/inner": "inner one\n", "evil": forged(),
         "rows": "until [ -e go ]; do sleep 0.02; done\ni=0\n"
                 "while [ $i -lt 120 ]; do i=$((i + 1)); echo row-$i; sleep 0.01; done\n"}
NAMES = ["two words", "it's", 'a"b', "do$lar", "back`tick", "semi;colon", "(paren)", "star*",
         "#hash", "ünï日", "-dash", "back\\slash", "a=b:c", "a!b", "~tilde", "{a,b}", "tab\there",
         "new\nline"]


class Session:
    """A host with that login shell, and one session on it that many tests use."""

    def __init__(self, shell, folder, server=None):
        self.shell = shell
        self.say = shell.say
        self.lab = Lab(folder)
        rc = {shell.file: shell.say["rc"] + shell.say.get("alias", "")}
        for n, name in enumerate(NAMES):
            rc[f"n{n}/{name}"] = f"this is {n}\n"
        self.host = self.lab.host(shell=shell.path(folder), files={**FILES, **rc},
                                  **({"server": server} if server else {}))
        self.home = self.host.home("ann")
        self.term = None

    def ready(self):
        """At an empty prompt in the home directory, after whatever the last test did."""
        if not self.usable():
            if self.term:
                self.term.close()
            self.term = self.lab.enter()
        if self.term.at_prompt() != str(self.home):
            self.term.run("cd")
        self.term.run("clear")
        return self

    def anew(self):
        """The same in a session that nobody has used."""
        self.term.close()
        return self.ready().term

    def usable(self):
        if not self.term or self.term.fd is None or self.term.screen.columns != 80:
            return False
        with contextlib.suppress(AssertionError):
            self.press("\x03", 2)
            return True
        return False

    def press(self, key, timeout=DEADLINE):
        """A key that brings another prompt, of the same look."""
        before = self.term.lines[:-1]
        self.term.send(key)
        self.term.wait_for(lambda: self.term.at_prompt() and self.term.lines[:-1] != before, timeout,
                           what="another prompt")

    def start(self, command, wanted=None, term=None):
        """Run a command that goes on."""
        term = term or self.term
        term.wait_prompt()
        term.send(command + "\r")
        term.wait_for(wanted or (lambda: not term.at_prompt()))

    def paste(self, text):
        """Paste a text of several lines and run it."""
        self.term.wait_prompt()
        self.term.send(PASTE.format(text))
        last = text.rstrip("\n").split("\n")[-1].strip()[-20:]
        self.term.wait_for(lambda: self.term.before_cursor().rstrip().endswith(last))
        self.term.send("\r")

    def wait_child(self, name):
        """Until a program of that name runs in the session (a Ctrl-C is for it)."""
        def runs():
            uid = str(self.host.home("ann").stat().st_uid)
            found = subprocess.run(["pgrep", "-u", uid, "-x", name], capture_output=True, text=True,
                                   check=False).stdout.split()
            return any(str(self.home) == cwd(pid) for pid in found)
        self.term.wait_for(runs, what=f"{name} to run")

    def nested(self):
        """The same shell, run from within itself, without its start-up files."""
        return self.shell.say.get("nested", self.shell.program)

    def close(self):
        self.lab.close()

    def completes(self, typed, line, term=None):
        term = term or self.term
        term.send(typed + "\t")
        term.wait_for(lambda: (term.typed() or "").rstrip() == line.rstrip(), what=line)
        term.send("\x15")
        term.wait_prompt()


def cwd(pid):
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return None


def open_shells(*wanted):
    """The fixture that a test file needs: a session of each of these shells."""
    known = {shell.name: shell for shell in SHELLS}
    shells = [shell if isinstance(shell, Shell) else known[shell] for shell in wanted]

    @pytest.fixture(scope="module", params=shells, ids=lambda shell: shell.name)
    def opened(request):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="t-", dir="/tmp"))
        folder.chmod(0o755)
        session = Session(request.param, folder)
        yield session
        session.close()
        shutil.rmtree(folder, ignore_errors=True)
    return opened


@pytest.fixture
def on(opened):
    return opened.ready()


@pytest.fixture
def term(on):
    return on.term


@pytest.fixture
def say(on):
    return on.say


@pytest.fixture
def alone(opened, lab):
    """For sessions of their own: called with the start-up file and options, gives a program that
    has not got its first prompt yet."""
    hosts = []

    def start(rc, *options):
        if not hosts:
            hosts.append(lab.host(shell=opened.shell.path(lab.folder)))
        path = hosts[0].home("ann") / opened.shell.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rc + "\n")
        hosts[0].own(hosts[0].home("ann"))
        return lab.tether(*options, "web1")
    return start


# The prompt.

def test_prompt_and_directory(on, term):
    lead = "[web1]: " + on.say["before directory"]
    assert term.before_cursor() == f"{lead}{on.home}> "
    term.run("cd /usr/bin")
    assert term.before_cursor() == f"{lead}/usr/bin> "
    term.run("cd ..")
    assert term.before_cursor() == f"{lead}/usr> "


def test_the_page_holds_what_was_said_and_no_more(on, term):
    term.run("echo one")
    on.press("\r")
    term.run("echo two")
    head = f"[web1]: {on.say['before directory']}{on.home}>"
    # (The screen was cleared by a command, whose line that took away.)
    assert term.page == [
        f"{head} echo one", "one", head, f"{head} echo two", "two", head]


def test_status(on, term, say):
    term.run(say["fail"].format(42))
    term.wait_for(lambda: re.search(r"\bexit 42\b", term.status_line))
    term.run(f"echo status={say['s']}", "status=42")
    # A block of lines begins with it, too.
    term.run(say["fail"].format(43))
    on.paste(f"echo block={say['s']}\necho two")
    term.shown("block=43\ntwo")
    term.wait_prompt()
    term.run("echo fine")
    term.wait_for(lambda: not re.search(r"\bexit\b", term.status_line))


def test_directories_with_awkward_names(on, term):
    for n, name in enumerate(["two words", "it's", "do$lar", "semi;colon", "ünï日", "100%", "a!b"]):
        folder = on.home / "dirs" / str(n) / name
        folder.mkdir(parents=True, exist_ok=True)
        on.host.own(on.home / "dirs")
        term.run(f"cd dirs/{n}/*")
        assert term.is_at(folder)
        term.run("cd")


def test_comments_and_empty_lines(on, term):
    for line in ("", "   ", "# only a comment"):
        term.send(line)
        term.wait_line(line)
        on.press("\r")
    term.run("echo fi''ne", "fine")


# Lines.

def test_a_block_of_lines_with_tabs(on, term, say):
    on.paste(say["block"])
    term.wait_for(re.compile("^item +1\nitem +2$", re.M))
    term.wait_prompt()


def test_the_shell_asks_for_the_rest(on, term, say):
    first, *rest = say["unfinished"]
    open_line(term, first)
    for line in rest:
        term.send(line)
        term.wait_for(lambda line=line: term.before_cursor().endswith(line), what=line)
        term.send("\r")
    term.shown("inside")
    term.wait_prompt()
    # And is told when it is not to come.
    open_line(term, first)
    term.send("\x03")
    term.wait_prompt()
    term.run("echo fi''ne", "fine")


def open_line(term, first):
    """Hand over an unfinished line: a row of it begins; an empty row asks the shell all the same."""
    term.send(first + "\r")
    term.wait_for(lambda: term.before_cursor().strip() == "", what="a row")
    term.send("\r")
    term.wait_for(lambda: term.before_cursor().strip() in (">", ">>"), what="a second prompt")


def test_a_syntax_error(on, term, say):
    term.run(say["wrong"])
    term.wait_for(re.compile("(?i)syntax|parse|unexpected|outside"))
    term.run("echo fi''ne", "fine")


def test_a_function_of_many_lines(on, term, say):
    on.paste(say["function"])
    term.shown("f: a  b")
    term.wait_prompt()
    term.wait_for(lambda: re.search(r"\bexit 7\b", term.status_line))


def test_a_here_document(on, term, say):
    if "here" in on.shell.lacks:
        pytest.skip("this shell has none")
    on.paste(say["here"])
    term.wait_for(re.compile(f"^{say['here shows']}$", re.M))
    term.wait_prompt()


def test_quotes_and_history_characters(on, term, say):
    term.run(say["quoted"])
    term.shown(re.escape(on.shell.truth(say["quoted"]).rstrip("\n")))


def test_utf8(on, term):
    term.run("echo häl''f 日本 é", "hälf 日本 é")


def test_a_line_of_64_kilobytes(on, term, say):
    size = 65000
    term.send(PASTE.format(say["set"].format("x" * size)))
    term.wait_for(lambda: "#v" in term.text or "string" in term.text or "size" in term.text)
    term.send("\r")
    term.shown(str(size))
    term.wait_prompt()


def test_the_line_is_colored(on, term, say):
    keyword = say["unfinished"][0].split()[0]
    for text in (say["unfinished"][0], "ls -l 'a b' 'op"):
        term.send("\x15" + text)
        term.wait_for(lambda text=text: term.before_cursor().endswith(text), what=text)
        row = term.screen.buffer[term.cursor[0]]
        at = {word: row[term.cursor[1] - len(text) + text.index(word)]
              for word in (keyword, "-l", "'a", "'op") if word in text}
        assert keyword not in at or (at[keyword].bold and at[keyword].fg == "magenta")
    assert (at["-l"].fg, at["'a"].fg) == ("cyan", "green") and at["'op"].reverse
    term.send("\x15")
    term.wait_line("")


# Completion.

def test_completion(on, term, say):
    on.completes("cat uni", "cat uniquefile")
    on.completes("cd su", "cd sub/")
    on.completes("cat sub/i", "cat sub/inner")
    on.completes("echo x | whoa", "echo x | whoami")
    on.completes(*say["variable"])
    on.completes("cat app", "cat apple-")
    on.completes("myal", "myalias")
    term.run("cd sub")
    on.completes("cat inn", "cat inner")


def test_a_menu_and_what_is_said_in_it(on, term, say):
    term.send("echo apple-\t")
    term.wait_for(re.compile("apple-one.*apple-three.*apple-two", re.S))
    term.send("\t\r")
    term.wait_gone("apple-two")
    assert term.typed().strip() == "echo apple-one"
    term.send("\x15")
    if "described" in say:
        typed, told = say["described"]
        term.send(typed + "\t")
        term.wait_for(told)


def test_completion_of_awkward_names(on, term, say):
    """The completed name, run by the shell, is the very file."""
    for n, name in enumerate(NAMES):
        if set(name) & set(on.shell.lacks):
            continue
        term.send(f"cat n{n}/\t")
        rest = len(f"cat n{n}/")
        term.wait_for(lambda rest=rest: len((term.typed() or "").rstrip()) > rest, what=name)
        term.send("\r")
        term.shown(f"this is {n}")
        term.wait_prompt()


def test_completion_leaves_the_status_alone(on, term, say):
    term.run(say["fail"].format(9))
    term.send(f"echo is:{say['s']}: uni\t")
    term.wait_for(lambda: (term.typed() or "").rstrip().endswith("uniquefile"))
    term.send("\r")
    term.shown("is:9: uniquefile")
    term.wait_prompt()


# The commands that the host has.

def looks(term, word):
    """Of the word's first character: (bold, underlined)."""
    row = term.screen.buffer[term.cursor[0]]
    line = "".join(row[x].data for x in range(term.screen.columns))
    at = line.find(word, line.find("> "))
    return (row[at].bold, row[at].underscore) if at >= 0 else None


def wait_looks(term, word, wanted):
    term.wait_for(lambda: looks(term, word) == wanted, what=f"{word}: {wanted}")


KNOWN, UNKNOWN, OPEN = (True, False), (False, True), (False, False)


def test_commands_are_known_or_not(on, term, say):
    if "functions" in on.shell.lacks: # which other tests have defined
        term = on.anew()
    term.run(say["fail"].format(5))
    term.send("ls; nosuchthing; cd; " + ("myalias" if say.get("alias") else ""))
    wait_looks(term, "nosuchthing", UNKNOWN)
    for word in ("ls", "cd", *(["myalias"] if say.get("alias") else [])):
        assert looks(term, word) == KNOWN, word
    # Nothing is claimed of paths and expansions, nor of what may become a name.
    term.send("\x15./nosuch; ..; nosu*; xx; mkdi")
    wait_looks(term, "xx", UNKNOWN)
    for word in ("./nosuch", "..", "nosu*", "mkdi"):
        assert looks(term, word) == OPEN, word
    term.send("x")
    wait_looks(term, "mkdix", UNKNOWN)
    # The question has left no trace.
    term.send(f"\x15echo status={say['s']}\r")
    term.shown("status=5")
    term.wait_prompt()


def test_what_becomes_a_command_is_known_then(on, term, say):
    if "functions" in on.shell.lacks:
        term = on.anew()
    term.send("nosuchthing; newtool")
    wait_looks(term, "newtool", UNKNOWN)
    term.send("\x15")
    term.run("mkdir -p bin")
    term.run(say["path"])
    # By a program that nobody would take for one that installs.
    (on.home / "setup").write_text("printf '#!/bin/sh\necho to''ol\n' >bin/newtool; chmod 755 bin/newtool")
    term.run(say["setup"])
    term.send("newtool")
    wait_looks(term, "newtool", KNOWN)
    term.send("\r")
    term.shown("tool")
    term.wait_prompt()
    term.send("nosuchthing; newthing")
    wait_looks(term, "newthing", UNKNOWN)
    term.send("\x15")
    term.run(say["new"])
    term.send("nosuchthing; newthing")
    # (Where functions cannot be told nothing is claimed any more.)
    wait_looks(term, "newthing", OPEN if "functions" in on.shell.lacks else KNOWN)
    term.send("\x15newthing\r")
    term.shown("new")
    term.wait_prompt()


# The shell's own editor.

def test_a_line_edited_on_the_host(on, term):
    # (A plain terminal's line has no cursor.)
    plain = "cursor" in on.shell.lacks
    term.send("echo one three")
    term.wait_line("echo one three")
    if not plain:
        term.send("\x1bb")
        term.wait_line("echo one ")
    term.send("\x1de")
    term.wait_for("edited on the host")
    term.wait_for(lambda: "one three" in term.cursor_line)
    term.send("\x15echo one two three" if plain else "two ")
    term.wait_for("one two three")
    term.send("\r")
    term.shown("one two three")
    term.wait_prompt()
    term.run("echo fi''ne", "fine")


def test_a_line_in_the_persons_editor(on, term):
    if "editor" in on.shell.lacks:
        pytest.skip("this shell starts no editor for its lines")
    editor = on.home / "editor"
    editor.write_text('#!/bin/sh\nfor f; do :; done; sed -i s/old/new/ "$f"\n')
    editor.chmod(0o755)
    term.run(on.say["editor"])
    term.send("echo the old one")
    term.wait_line("echo the old one")
    term.send("\x18\x05")
    term.shown("the new one")
    term.wait_prompt()
    term.run("echo fi''ne", "fine")


# While a command runs.

def test_ctrl_c(on, term, say):
    term.send("echo not this")
    term.wait_line("echo not this")
    term.send("\x03")
    term.wait_prompt()
    for command in ("sleep 100", "sleep 100 | cat"):
        on.start(command, lambda: re.search("running", term.status_line))
        on.wait_child("sleep")
        term.send("\x03")
        term.wait_prompt()
        term.run(f"echo status={say['s']}", re.compile(f"^status={say['interrupted']}$", re.M))
        term.run("clear")


def test_ctrl_c_ends_a_block(on, term, say):
    on.paste("sleep 100\necho no >>ran\ntouch ran")
    on.wait_child("sleep")
    term.send("\x03")
    if say["interrupted"] in (130, 258, 386):
        term.wait_for("have not run")
    term.wait_prompt()
    if "stop" not in on.shell.lacks:
        assert not (on.home / "ran").exists()
    term.run(say["fail"].format(130))
    on.paste("echo one\necho two")
    term.wait_for(re.compile("^one\ntwo$", re.M))
    term.wait_prompt()


def test_a_full_screen_program(on, term):
    term.run("echo be''fore", "before")
    on.start("seq 500 | less", re.compile("^:$", re.M))
    assert "before" not in term.text
    term.send("q")
    term.wait_prompt()
    assert "before" in term.text


def test_type_ahead(on, term):
    on.start("sleep 0.5")
    term.send("rm- häl")
    term.wait_line("rm- häl")
    term.send("\x15echo cle''an\r")
    term.shown("clean")
    term.wait_prompt()
    assert "rm-echo" not in term.text and "not found" not in term.text


def test_lines_typed_ahead_run_in_order(on, term):
    (on.home / "log").unlink(missing_ok=True)
    on.start("sleep 0.5")
    term.send("echo one >> log\recho two >> log\r")
    log = on.home / "log"
    term.wait_for(lambda: log.exists() and log.read_text() == "one\ntwo\n")
    term.run("echo fi''ne", "fine")


def test_a_program_reads_what_is_typed(on, term, say):
    on.start(say["read"])
    term.send("typed words\r")
    term.shown("got:typed words")
    term.wait_prompt()


def test_resize(on, term):
    term.resize(30, 100)
    term.wait_for(lambda: term.screen.lines == 30 and term.status_line)
    term.run("stty size", re.compile("^29 100$", re.M))
    term.resize(24, 80)
    term.wait_for(lambda: term.status_line)
    term.run("stty size", re.compile("^23 80$", re.M))
    term.run("echo fi''ne", "fine")


def test_background_output_while_editing(on, term, say):
    if "background" in on.shell.lacks:
        pytest.skip("this shell has no such command")
    term.run(say["background"])
    term.send("typing on")
    term.wait_line("typing on")
    term.wait_for(re.compile("^from the back", re.M))
    term.wait_line("typing on")


def test_completion_loses_nothing_that_a_job_prints(on):
    if "rows" not in on.say:
        pytest.skip("the shell itself completes nothing")
    on.lab.relay("far", on.host, delay=0.03)
    term = on.lab.enter("far", rows=160)
    term.run(on.say["rows"])
    on.completes("cat uni", "cat uniquefile", term)
    (on.home / "go").touch()
    # (The word is another command's each time, so that the host is asked.)
    asked = 0
    while "row-120" not in term.text:
        asked += 1
        on.completes(f"c{asked} uni", f"c{asked} uniquefile", term)
    assert asked > 5
    # Each row once, and nothing else; fish and zsh may tell already that the job has ended.
    printed = term.page[term.page.index("row-1"):]
    assert printed[:120] == [f"row-{n}" for n in range(1, 121)]
    assert [row for row in printed[120:] if "sh rows" not in row] == [term.cursor_line]
    term.close()


def test_a_job_that_ends_at_the_prompt(on, term, say):
    if "jobs" in on.shell.lacks:
        pytest.skip("this shell says nothing of its jobs")
    term.run(say["job"])
    term.read_for(0.4)
    term.send("echo fi''ne\r")
    term.shown("fine")
    term.wait_prompt()
    on.press("\r")
    assert re.search("(?i)done|ended", term.text)


# What must not be believed.

@pytest.mark.parametrize("reader", ["cat evil", "/usr/bin/python3 -c 'print(open(\"evil\").read())'"])
def test_marks_cannot_be_forged(on, term, reader):
    on.start(f"{reader}; head -n 1")
    on.wait_child("head")
    term.send("private words")
    term.wait_for("private words")
    assert not term.at_prompt()
    term.send("\r")
    term.wait_for(lambda: term.text.count("private words") == 2)
    assert term.wait_prompt() == str(on.home)
    for path in on.lab.home.history.iterdir():
        assert "private" not in path.read_text()


def test_nothing_of_ours_is_inherited(on, term):
    term.run("env > all; cat /proc/self/environ | tr '\\0' '\\n' >> all; grep -c tt_ all; rm all",
             re.compile("^0$", re.M))
    term.run("ls -l /proc/self/fd | grep -c '[89] -> '", re.compile("^0$", re.M))
    term.run("ls -d /tmp/tmp.*/.z* 2>/dev/null | wc -l", re.compile("^0$", re.M))


# The shell's own ways.

def test_traps_and_options(on, term, say):
    if "trap" in on.shell.lacks:
        pytest.skip("this shell has no such thing")
    term.run(say["trap"], "trapped")
    if "options" in on.shell.lacks:
        return
    term.run("set -u")
    term.run("echo fi''ne", "fine")
    term.run("set +u")
    term.run("set -e; true")
    term.run("echo still he''re", "still here")
    term.run("set +e")


def test_tracing_shows_nothing_of_ours(on, term):
    if "options" in on.shell.lacks:
        pytest.skip("this shell has no such thing")
    term.run("set -x")
    term.run("echo tra''ced", re.compile("^traced$", re.M))
    term.run("set +x")
    # (bash names what it runs from PROMPT_COMMAND.)
    assert len(re.findall("__tt", term.text)) <= 2 and "7770" not in term.text


def test_a_nested_shell_and_back(on, term, say):
    on.start(say["nested line"].format(on.nested()), re.compile(say.get("nested prompt", "^nested> ?$"), re.M))
    term.send("echo in''side\r")
    term.shown("inside")
    assert not term.at_prompt()
    term.send("exit 4\r")
    term.wait_prompt()
    term.run(f"echo status={say['s']}", "status=4")


# What ends a session, or begins one.

def test_start_up_files(on, alone):
    """They print, set the prompt and options, and take the hooks away."""
    say = on.say
    for rc in say.get("rcs", [""]):
        term = alone(say["rc"] + rc)
        term.wait_prompt()
        assert "rc speaks" in term.text, rc
        term.run(f"echo is:{say['value']}: o''ne", "is:1: one")
        term.run("cd /usr")
        assert term.at_prompt() == "/usr", rc
        if "set -e" not in rc:
            term.run(say["fail"].format(3))
            term.wait_for(lambda: re.search(r"\bexit 3\b", term.status_line))
        term.send("whoa\t")
        term.wait_for(lambda: (term.typed() or "").rstrip() == "whoami", what=rc)
        term.send("\x03")
        term.wait_prompt()
        on.start("sleep 0.3", term=term)
        term.send("ahead")
        term.wait_line("ahead")
        assert not re.search("mine|frame|right", term.text), rc
        term.send("\x15exit 7\r")
        assert term.wait_exit() == 7, rc


def test_a_start_up_file_that_asks(on, alone):
    term = alone(on.say["ask"])
    term.wait_for("Which?")
    term.send("apollo\r")
    term.wait_prompt()
    term.run(f"echo is:{on.say['project']}:", "is:apollo:")
    term.send("\x04")
    assert term.wait_exit() == 0


def test_no_profile(on, alone):
    term = alone(on.say["rc"], "--no-profile")
    term.wait_prompt()
    term.run(f'echo "is:{on.say["value"]}:"', on.say["undefined"])
    assert "rc speaks" not in term.text
    term.send(on.say["exec"] + "\r")
    assert term.wait_exit() == 4


def test_the_shell_is_the_login_shell(on, term):
    if "$$" in on.shell.lacks:
        pytest.skip("this shell has no such variable")
    term.run(f"echo is:{on.say['level']}:; ls -l /proc/$$/exe", re.compile("^is:1?:$", re.M))
    assert pathlib.Path(shutil.which(on.shell.program)).resolve().name in term.text


# Behind dropbear, which takes no command of 9000 bytes.

def test_behind_dropbear(opened, folder):
    """(It lets in no shell that /etc/shells does not name, so that ash is not among them.)"""
    if opened.shell.path(folder) not in pathlib.Path("/etc/shells").read_text().split("\n"):
        pytest.skip("not in /etc/shells")
    with contextlib.closing(Session(opened.shell, folder, Dropbear)) as on:
        term = on.ready().term
        assert term.at_prompt() == str(on.home)
        term.run(f"cd /usr; {on.say['fail'].format(3)}")
        term.wait_for(lambda: re.search(r"\b3\b", term.status_line))
        assert term.at_prompt() == "/usr"
        term.run("cd")
        on.completes("cat uni", "cat uniquefile")
        on.start("sleep 100", lambda: re.search("running", term.status_line))
        on.wait_child("sleep")
        term.send("\x03")
        term.wait_prompt()
        term.send("exit 4\r")
        assert term.wait_exit() == 4
