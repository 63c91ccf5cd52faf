"""Tab beside bash itself: for each line what bash, on a pty, puts in and lists, with the completions
of the bash-completion package; tether must put in and list the same. Where it does not, DIFFERENT
says why.
"""

import os
import re
import select
import time

import pytest
from conftest import Lab
from fixtures import new_folder
from terminal import DEADLINE

PROFILE = """\
alias gco='git checkout' greeting=true
grow() { :; }
growing() { :; }
TEST_ONE=1 TEST_TWO=2 TEST_DIR=~/deep
complete -W 'alpha beta betamax' greek
complete -o nospace -W 'key= keyword=' keyed
complete -o filenames -W 'sub/' filed
complete -A signal sigs
complete -d onlydirs
complete -f -X '!*.txt' texts
_colon() { COMPREPLY=($(compgen -W 'one:two one:three' -- "$cur")); }
_upper() { COMPREPLY=(UPPER-ONE UPPER-TWO); }
complete -F _upper upper
complete -F _late late
"""
NAMES = ["two words", "it's me", 'say"so', "do$lar", "back`tick", "semi;colon", "(paren)", "star*s",
         "#hash", "ünï日", "emoji😀", "-dash", "back\\slash", "a=b:c", "bang!", "~tilde", "{a,b}",
         "new\nline", "quest?", "[set]", "amp&er", "pipe|d", "less<", "more>", "tab\there", "100%"]
FILES = {
    ".bash_profile": PROFILE, "uniquefile": "", "apple-one": "", "apple-two": "", "apple-three": "",
    "sub/inner": "", "sub/innermost/x": "", "deep/deeper/deepest": "", ".hidden": "", ".hideous": "",
    "notes.txt": "", "notes.md": "", "Makefile": "all:\n\nalso:\n\nclean:\n",
    "tar.tar.gz": "", "picture.png": "", "one file": "", "one folder/within": "",
    ".ssh/config": "Host alpha beta betamax\n", "link/target": "", "Case": "", "case": "",
    **{f"n/{n}/{name}": "" for n, name in enumerate(NAMES)},
    **{f"all/{name}": "" for name in NAMES if "\n" not in name},
}

# The lines, and one for each awkward name by itself, some of them in each quote too.
LINES = """\
cat uni
cat app
cat nothing
cat sub/
cat sub/inn
cat sub/inner
cat ./su
cat ~/uni
cat $HOME/uni
cat $TEST_DIR/de
cat ${TEST_DIR}/de
cat "$HOME/uni
cat .hid
cat .
cat one
cat one\\ f
cat "one f
cat 'one f
cat all/
cat "all/
cat 'all/
cat all/\\~
cat all/\\#
cat all/-
cat ca
cat sub/inner uni
cd s
cd su
cd one
cd ~/de
ls -
ls --a
ls --color=al
grep --inc
sort --o
tar xf t
git che
git chec
git checkout -
git remote a
git add un
gco -
ssh be
ssh al
ssh -
scp un
systemctl sta
apt ins
apt-cache po
make al
make c
kill -US
export TEST_
declare -
echo $TEST_
echo $TEST_O
echo ${TEST_O
echo "$TEST_O
echo '$TEST_O
echo ~roo
echo x > uni
echo x >uni
cat uni 2> app
true || gre
true | whoam
true |whoam
echo $(cat uni
echo $(whoam
echo `whoam
(cat uni
if tru
for f in uni
X=uni
command whoam
type grow
alias g
complete -
help comp
trap x SIGUS
grow
greet
whoam
/usr/bin/whoam
./Make
sub/
sub/inn
greek a
greek z
keyed key
filed s
sigs SIGUS
onlydirs s
texts no
dd if=uni
dd i
chmod u+x uni
chown root:roo
find . -na
ps -
python3 no
. no
ln -s uni
""".split("\n")[:-1]

QUOTED = set(" '\"$`\\!日")

# What differs: the line that comes of it here, and why.
CLOSED = "bash leaves such things to whoever types on"
SPARED = "bash-completion quotes what needs no quotes"
DIFFERENT = {
    "cat n/17/": ("cat n/17/new$'\\n'line ",
                  "to bash-completion a newline ends a name: it offers two that are no file's"),
    "cat n/24/": ("cat n/24/tab$'\\t'here ", "the tab is in quotes of its own"),
    "cat n/13/": ("cat n/13/a=b:c ", SPARED),
    "cat n/16/": ("cat n/16/\\{a,b\\} ", SPARED),
    "cat n/8/": ("cat n/8/\\#hash ", "a # is quoted that needs it only where a word begins"),
    "cat all/\\#": ("cat all/\\#hash ", "the backslash that was typed stays"),
    'cat "n/14/': ('cat "n/14/bang"\\!"" ',
                   "the quotes that were typed stay, but about the ! that means history in them"),
    'cat "$HOME/uni': ('cat "$HOME/uniquefile" ',
                       "bash puts a backslash before the variable, so that it is none any more"),
    'echo "$TEST_O': ('echo "$TEST_ONE" ', CLOSED),
    "echo $(cat uni": ("echo $(cat uniquefile ", CLOSED),
    "echo `whoam": ("echo `whoami ", CLOSED),
}


class Bash:
    """bash with its own readline, on a pty, in that environment."""

    RC = r"""
. /etc/profile
. ~/.bash_profile
cd
dump() {
    printf '\001%s' "${READLINE_LINE//$'\n'/^J}$(printf '\002')"
    READLINE_LINE= READLINE_POINT=0
}
bind -x '"\e[7790~": dump' 2>/dev/null
bind '"\e[7791~": possible-completions' '"\e[7792~": complete' 2>/dev/null
bind 'set bell-style none' 2>/dev/null
bind 'set completion-query-items -1' 2>/dev/null
bind 'set page-completions off' 2>/dev/null
bind 'set completion-display-width 1' 2>/dev/null
bind 'set enable-bracketed-paste on' 2>/dev/null
PS1='@@' PROMPT_COMMAND=
"""

    def __init__(self, folder, home, env):
        rc = folder / "truth.rc"
        rc.write_text(self.RC)
        self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            owner = home.stat()
            os.setgroups([])
            os.setgid(owner.st_gid)
            os.setuid(owner.st_uid)
            os.chdir(home)
            os.execvpe("bash", ["bash", "--rcfile", str(rc), "-i"], {**env, "TERM": "dumb"})
        self._until("@@")

    def _until(self, wanted):
        data, end = b"", time.monotonic() + DEADLINE
        while wanted.encode() not in data:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"bash said {data!r}")
            data += os.read(self.fd, 65536)
        return data.decode(errors="replace")

    def _ask(self, line, key):
        os.write(self.fd, f"\x1b[200~{line}\x1b[201~{key}\x1b[7790~".encode())
        shown, after = re.fullmatch("(?s).*?@?@?(.*)\x01(.*)\x02.*", self._until("\x02")).groups()
        return after, shown

    def tab(self, line):
        """The line after Tab, and what is listed of it."""
        after, _ = self._ask(line, "\x1b[7792~")
        if after != line and after[-1] in " /":
            return after, ["the only one"]
        _, shown = self._ask(line, "\x1b[7791~")
        return after, [row for row in shown.split("\r\n")[1:] if not row.startswith("@@")]

    def close(self):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


# What stands behind a name in either menu: kinds, as ls -F has them or in a word.
KIND = re.compile(r"(?:[/@*=]|\(\)| alias| builtin| keyword)$")


def shown_in_menu(term, count):
    """The labels in the menu, if there is room for all of them."""
    row = term.cursor[0]
    rows = [f"{line:<120}" for line in term.lines[row + 1:-1]]
    foot = next(i for i, line in enumerate(rows) if is_foot(line, count))
    return {KIND.sub("", name.strip()) for line in rows[:foot]
            for name in re.split(r" {2,}", line[1:].rstrip()) if name}


def plain(names):
    return {KIND.sub("", name) for name in names}


def is_foot(line, count):
    return re.match(rf" (?:[\d-]+ of )?{count} [a-z]", line)


class Tether:
    """The program at its prompt on the same host, in the same directory."""

    def __init__(self, term):
        self.term = term

    def tab(self, line, after, names):
        """Type the line, Tab, and Tab again if there is a choice; None if the outcome is that,
        else what it is."""
        term = self.term
        term.send(f"\x1b[200~{line}\x1b[201~\t")
        try:
            if not names:
                term.wait_for("no completion")
            else:
                term.wait_for(lambda: term.typed() == after)
            if len(names) > 1:
                if after != line:
                    term.send("\t")
                term.wait_for(lambda: any(is_foot(row, len(names)) for row in term.lines))
                found = shown_in_menu(term, len(names))
                if not re.search(r"\d-\d+ of", term.text) and found != plain(names):
                    return f"listed {sorted(found - plain(names))}, not {sorted(plain(names) - found)}"
        except AssertionError:
            listed = " ".join(term.lines[term.cursor[0] + 1:-1]).split()
            return f"{term.typed()!r} {listed[:9]}, not {after!r} {names[:9]}"
        finally:
            if not names:
                term.send("\x03\r")
                term.wait_gone("no completion")
            term.send("\x03")
            term.wait_for(lambda: not term.typed(), what="an empty line")
        return None



@pytest.fixture(scope="module")
def both():
    with new_folder() as folder:
        lab = Lab(folder)
        host = lab.host(files=FILES)
        term = lab.enter(rows=40, cols=120)
        term.run("env -0 > env; clear")
        home = host.home("ann")
        env = dict(pair.split("=", 1) for pair in (home / "env").read_text().split("\0") if pair)
        (home / "env").unlink()
        bash = Bash(folder, home, env)
        yield bash, Tether(term)
        bash.close()
        lab.close()


def lines():
    for n, name in enumerate(NAMES):
        for quote in ("", "'", '"') if set(name) & QUOTED else ("",):
            yield f"cat {quote}n/{n}/"
    yield from LINES


def test_what_bash_offers(both):
    bash, tether = both
    differ = []
    for line in lines():
        after, names = bash.tab(line)
        names = sorted({name.rstrip() for name in names} - {""})
        if line in DIFFERENT:
            ours, why = DIFFERENT[line]
            assert ours != after, f"{line}: not different any more: {why}"
            after, names = ours, ["the only one"]
        said = tether.tab(line, after, names)
        if said:
            differ.append(f"{line!r}: {said}")
    assert not differ, "\n".join(differ)
