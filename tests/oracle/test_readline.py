"""bash's own editor beside ours: the same keys, the same line. Every key that bash has bound stands in
a table here, with keys to compare or with what we do instead, and why."""

import fcntl
import os
import pty
import re
import select
import subprocess
import termios
import time

import pytest

DEADLINE = 60
HISTORY = ["ls -l /tmp", "git commit -m 'two words'", "make one two three", "git push origin main"]
NAMES = {"ESC": "\x1b", "BS": "\x7f", "CR": "\r", "Tab": "\t", "lt": "<", "Left": "\x1b[D",
         "Right": "\x1b[C", "Up": "\x1b[A", "Down": "\x1b[B", "Home": "\x1b[H", "End": "\x1b[F",
         "Del": "\x1b[3~", "Ins": "\x1b[2~", "C-Left": "\x1b[1;5D", "C-Right": "\x1b[1;5C",
         "M-Left": "\x1b[1;3D", "M-Right": "\x1b[1;3C", "C-Del": "\x1b[3;5~", "M-BS": "\x1b\x7f"}


def one(name):
    if name in NAMES:
        return NAMES[name]
    if name.startswith("M-"):
        return "\x1b" + one(name[2:])
    if name.startswith("C-"):
        return "\x7f" if name == "C-?" else chr(ord(name[2].upper()) & 0x1F)
    assert len(name) == 1, name
    return name


def keys(script):
    return re.sub(r"<(M->|[^>]+)>", lambda m: one(m.group(1)), script)


class Bash:
    """An interactive bash; its line is read by a key of our own."""

    def __init__(self, mode):
        master, slave = pty.openpty()
        env = {"PATH": os.environ["PATH"], "TERM": "xterm", "PS1": "PROMPT> ", "INPUTRC": "/dev/null",
               "HISTFILE": "/dev/null", "LANG": "C.UTF-8", "HOME": "/nonexistent"}
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "-i"], stdin=slave, stdout=slave, stderr=slave, env=env,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.fd = master
        self.seen = b""
        quoted = ("'" + line.replace("'", "'\\''") + "'" for line in HISTORY)
        self.wait(b"PROMPT> ")
        self.enter(b" PROMPT_COMMAND='printf READY'")
        for line in (
            "HISTCONTROL=ignorespace; stty intr undef start undef stop undef -ixon",
            "bind 'set enable-bracketed-paste off'; bind 'set keyseq-timeout 20'; set -o " + mode,
            "dump() { printf '<<%s %s>>' \"$READLINE_POINT\" \"$(printf %s \"$READLINE_LINE\" | "
            "od -An -v -tx1 | tr -d ' \\n')\"; READLINE_LINE= READLINE_POINT=0; }",
            "for m in emacs-standard vi-insert vi-command; do "
            "bind -m $m -x '\"\\e[9999~\": dump'; done",
            "history -c; " + "; ".join("history -s -- " + line for line in quoted),
        ):
            self.enter(b" " + line.encode())

    def wait(self, what):
        deadline = time.monotonic() + DEADLINE
        while what not in self.seen:
            ready = select.select([self.fd], [], [], max(0, deadline - time.monotonic()))[0]
            assert ready, f"bash does not say {what}: {self.seen[-500:]}"
            self.seen += os.read(self.fd, 65536)
        before, _, self.seen = self.seen.partition(what)
        return before

    def enter(self, line):
        """The prompt is drawn anew for our key as well: this one is another line's."""
        os.write(self.fd, line + b"\r")
        self.wait(b"READY")
        self.wait(b"PROMPT> ")

    def press(self, text):
        os.write(self.fd, text.encode() + b"\x1b[9999~")
        cursor, line = re.search(rb"<<(\d+) ([0-9a-f]*)$", self.wait(b">>")).groups()
        self.enter(b"")  # a new line: at the history's end, vi inserting
        return show(int(cursor), bytes.fromhex(line.decode()).decode())

    @staticmethod
    def bound(keymap):
        out = subprocess.run(["bash", "--norc", "--noprofile", "-i", "-c", f"bind -m {keymap} -p"],
                             env={"PATH": os.environ["PATH"], "INPUTRC": "/dev/null", "TERM": "xterm",
                                  "LANG": "C.UTF-8"},
                             capture_output=True, text=True, check=True).stdout
        found = re.findall(r'^"(.*)": (\S+)$', out, re.M)
        typed = ("self-insert", "do-lowercase-version", "digit-argument", "vi-arg-digit",
                 "bracketed-paste-begin")
        return {key for key, function in found if function not in typed}

    def close(self):
        self.process.kill()
        os.close(self.fd)
        self.process.wait(DEADLINE)


def show(cursor, line):
    return line[:cursor] + "|" + line[cursor:]


class Ours:
    def __init__(self, mode):
        self.mode = mode
        self.process = subprocess.Popen([os.environ["EDITOR_DUMP"], *HISTORY], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def press(self, text):
        print(self.mode, text.encode().hex(), file=self.process.stdin, flush=True)
        cursor, line = self.process.stdout.readline().rstrip("\n").split(" ")
        return show(int(cursor), bytes.fromhex(line).decode())

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(DEADLINE) == 0


def compare(mode, table, scripts):
    """`table`: bash's keys, each to a script, or to (script, our line, why) where we differ, or to a
    word why there is nothing to see in the line."""
    bash, ours = Bash(mode), Ours(mode)
    wrong = []
    try:
        for case in [*table.values(), *scripts]:
            script, expected = (case[0], case[1]) if isinstance(case, tuple) else (case, None)
            if script.startswith("no: "):
                continue
            got = ours.press(keys(script))
            if expected is None:
                expected = bash.press(keys(script))
            if got != expected:
                wrong.append(f"{script}: {got} not {expected}")
    finally:
        bash.close()
        ours.close()
    assert not wrong, "\n".join(wrong)


LINE = "one two-three"
FIND = "no: opens the history's list"
TAB = "no: Tab completes, as it does for this: EDITOR_COMPLETE in test_editor"
NONE = "no: it means nothing here"

EMACS = {
    r"\C-@": "one two<C-b><C-@><C-a><C-x><C-x>x",
    r"\C-a": LINE + "<C-a>x",
    r"\C-b": LINE + "<C-b>x",
    r"\C-d": LINE + "<C-a><C-d>",
    r"\C-e": LINE + "<C-a><C-e>x",
    r"\C-f": LINE + "<C-a><C-f>x",
    r"\C-g": LINE + "<C-g>x",
    r"\C-h": LINE + "<C-h>",
    r"\C-i": TAB,
    r"\C-j": "no: Enter",
    r"\C-k": LINE + "<M-b><C-k>",
    r"\C-l": "no: the page scrolls away: test_line",
    r"\C-m": "no: Enter",
    r"\C-n": "<C-p><C-p><C-n>",
    r"\C-o": "no: the next line of the history comes next: test_editor",
    r"\C-p": "<C-p>",
    r"\C-q": "x<C-q><C-a>y",
    r"\C-r": FIND,
    r"\C-s": "no: test_editor",
    r"\C-t": LINE + "<C-b><C-t>",
    r"\C-u": LINE + "<M-b><C-u>",
    r"\C-v": "x<C-v><C-a>y",
    r"\C-w": "ls /a/b-c<C-w>",
    r"\C-x\C-?": LINE + "<M-b><C-x><BS>",
    r"\C-x\C-e": "no: EDITOR_EXTERNAL in test_editor",
    r"\C-x\C-g": LINE + "<C-x><C-g>x",
    r"\C-x\C-r": "no: a search in the line; ~/.editrc is read once",
    r"\C-x\C-u": ("one two<C-x><C-u>", "one |", "a word at a time"),
    r"\C-x\C-v": NONE,
    r"\C-x\C-x": "one two<C-b><C-x><C-x>y<C-x><C-x>z",
    r"\C-x!": TAB, r"\C-x$": TAB, r"\C-x*": TAB, r"\C-x/": TAB, r"\C-x@": TAB, r"\C-xg": TAB,
    r"\C-x~": TAB,
    r"\C-x(": ("<C-x>(ab <C-x>)<C-x>e", "ab ab |", "a key of bash's that runs a function ends macros"),
    r"\C-x)": ("<C-x>(ab<C-b><C-x>)<C-x>e", "aa|bb", "so does this"),
    r"\C-xe": ("<C-x>(ab <C-x>)<M-3><C-x>e", "ab ab ab ab |", "so does this"),
    r"\C-xs": NONE,
    r"\C-y": LINE + "<C-w><C-y>",
    r"\C-]": LINE + "<C-a><C-]>tx",
    r"\C-_": ("one two<C-_>", "one |", "a word at a time"),
    r"\C-?": LINE + "<BS>",
    r"\e\C-b": "one 'two three' four<M-C-b><M-C-b>x",
    r"\e\C-d": "one 'two three' four<C-a><M-C-f><M-C-d>",
    r"\e\C-e": NONE,
    r"\e\C-f": "one 'two three' four<C-a><M-C-f><M-C-f>x",
    r"\e\C-g": LINE + "<M-C-g>x",
    r"\e\C-h": LINE + "<M-C-h>",
    r"\e\C-i": NONE,
    r"\e\C-l": "no: as Ctrl-L",
    r"\e\C-r": LINE + "<M-C-r>",
    r"\e\C-t": "one 'two three' four<M-C-t>x",
    r"\e\C-y": "x <M-C-y>",
    r"\e\C-]": LINE + "<M-C-]>tx",
    r"\e\C-?": LINE + "<M-BS>",
    r"\e\e\000": TAB, r"\e\e": TAB,
    r"\e\e[C": LINE + "<C-a><M-Right>x",
    r"\e\e[D": LINE + "<M-Left>x",
    r"\e ": "one two<M-b><M- ><C-a><C-x><C-x>y",
    r"\e!": TAB, r"\e$": TAB, r"\e*": TAB, r"\e=": TAB, r"\e?": TAB, r"\e@": TAB, r"\eg": TAB,
    r"\e{": TAB, r"\e~": TAB,
    r"\e/": ("one two<C-_><M-/>", "one two|", "redo, as fish has it; Tab completes file names"),
    r"\e#": "no: EDITOR_ACCEPT in test_editor",
    r"\e&": NONE, r"\e^": NONE,
    r"\e.": "x <M-.><M-.>",
    r"\e_": "x <M-2><M-_><M-_>",
    r"\e<": "<M-lt>",
    r"\e>": "x<M-lt><M->>",
    r"\e\\": "one   two<C-a><M-f><C-f><M-\\>x",
    r"\eb": LINE + "<M-b>x",
    r"\ec": "one tWO<C-a><M-c><M-c>x",
    r"\ed": LINE + "<C-a><M-d><M-d>",
    r"\ef": LINE + "<C-a><M-f><M-f>x",
    r"\el": "ONE TWO<C-a><M-l>x",
    r"\en": ("git<M-p><M-p><M-n>", "git| push origin main", "no second line for a pattern is asked for"),
    r"\ep": ("git<M-p><M-p>", "git| commit -m 'two words'", "so for this"),
    r"\er": LINE + "<M-r>",
    r"\et": "one two three<C-a><M-f><M-t>x",
    r"\eu": LINE + "<C-a><M-u>x",
    r"\ey": ("one two<C-w>x<C-w><C-y><M-y>", "one two|", "bash inserts both here"),
    r"\eOA": "<Up>", r"\eOB": "<Up><Up><Down>", r"\eOC": LINE + "<Home><Right>x",
    r"\eOD": LINE + "<Left>x", r"\eOF": LINE + "<Home><End>x", r"\eOH": LINE + "<Home>x",
    r"\e[A": "<Up>", r"\e[B": "<Up><Up><Down>", r"\e[C": LINE + "<Home><Right>x",
    r"\e[D": LINE + "<Left>x", r"\e[F": LINE + "<Home><End>x", r"\e[H": LINE + "<Home>x",
    r"\e[1~": LINE + "<Home>x", r"\e[4~": LINE + "<Home><End>x",
    r"\e[2~": ("x<Ins><C-k>y", "x\x0by|", "bash loses the key behind it"),
    r"\e[3~": LINE + "<Home><Del>",
    r"\e[5~": "no: scrolls", r"\e[6~": "no: scrolls",
    r"\e[1;3C": LINE + "<Home><M-Right>x", r"\e[1;3D": LINE + "<M-Left>x",
    r"\e[1;5C": LINE + "<Home><C-Right>x", r"\e[1;5D": LINE + "<C-Left>x",
    r"\e[5C": LINE + "<Home><C-Right>x", r"\e[5D": LINE + "<C-Left>x",
    r"\e[3;5~": LINE + "<Home><C-Del>",
}

EMACS_MORE = [
    "one two<M-2><C-b>x", "one two<M-2><M-b>x", "one two three<M--><M-f>x", "one two<M--><C-b>x",
    "one two<M-3><BS>", "one two three<M-2><C-w>", "one two three<C-a><M-2><M-d>",
    "one two three<M--><M-d>", "one two<M--><M-u>x", "one two<M-5><C-f>x", "<M-3>x", "<M-1>2x",
    "one two<C-a><C-k><C-y><C-y>", "one two<C-u><C-y>x", "one two three<C-w><C-w><C-y>",
    "one two<C-a><M-d><M-d><C-y>", "one two<C-t>", "one two<C-a><C-t>", "one<M-t>",
    "one two three<M-b><M-t>", "x <M-1><M-.>", "x <M-0><M-.>", "x <M-2><M-.><M-.>",
    "x <M-.><M-.><M-.>", "x <M-2><M-C-y>", "x <M-0><M-C-y>", "one two<M-2><M-C-]>ox",
    "one two<C-a><M--><C-]>ox", "one two<M--><C-]>ox", "one two<C-a><M-C-h>", "one two<C-a><C-w>",
    "\u00fcn\u00ef c\u00f6d\u00e9<M-b><M-c>", "\u00fcn\u00ef c\u00f6d\u00e9<M-b><M-u>",
    "\u65e5\u672c \u8a9e<M-b>x", "<C-k><C-u><C-w><M-d>x",
    ("one two three<C-a><M-d><M-d><C-_>", "| two three", "the cursor is where it was"),
]

VI = {
    r"\C-g": "one<ESC><C-g>x",
    r"\C-h": "one<ESC><C-h>x",
    r"\C-j": "no: Enter",
    r"\C-k": "one two<ESC>0<C-k>",
    r"\C-l": "no: the page scrolls away",
    r"\C-m": "no: Enter",
    r"\C-d": "no: EDITOR_EOF in test_editor",
    r"\C-n": "<ESC><C-p><C-p><C-n>",
    r"\C-p": "<ESC><C-p>",
    r"\C-q": NONE,
    r"\C-r": ("one two<ESC>0dwu<C-r>", "|two", "redo, as vi has it; / searches"),
    r"\C-s": "no: a search",
    r"\C-t": "one<ESC><C-t>",
    r"\C-u": "one two<ESC><C-u>x",
    r"\C-v": NONE,
    r"\C-w": "one two<ESC><C-w>x",
    r"\C-y": ("one two<ESC><C-w><C-y>", "one tw|o", "the cursor is on a character"),
    r"\C-_": ("one two<ESC>0x<C-_>", "|one two", "the cursor is where it was"),
    r"\eOA": "<ESC>k", r"\eOB": "<ESC>kkj", r"\eOC": "one<ESC>0lx", r"\eOD": "one<ESC>hx",
    r"\eOF": "one<ESC>0$x", r"\eOH": "one<ESC>0x",
    r"\e[A": "<ESC>k", r"\e[B": "<ESC>kkj", r"\e[C": "one<ESC>0<Right>x", r"\e[D": "one<ESC>0$<Left>x",
    r"\e[F": "one<ESC>0<End>x", r"\e[H": "one<ESC>0$<Home>x",
    r"\e[1;3C": ("one two<ESC>0<M-Right>x", "one|two", "one word is all it goes, as in Emacs' keys"),
    r"\e[1;3D": "one two<ESC>0$<M-Left>x",
    r"\e[1;5C": ("one two<ESC>0<C-Right>x", "one|two", "so does this"),
    r"\e[1;5D": "one two<ESC>0$<C-Left>x",
    r"\e[2~": NONE, r"\e[3~": "one two<ESC>0<Del>", r"\e[3;5~": "one two<ESC>0<C-Del>",
    r"\e[5~": "no: scrolls", r"\e[6~": "no: scrolls",
    " ": "one<ESC>0 x",
    "#": "no: EDITOR_ACCEPT in test_editor",
    "$": "one<ESC>0$x",
    "%": "f(a b)<ESC>%x",
    "&": NONE,
    "+": "<ESC>-+", "-": "<ESC>-",
    ",": "one two<ESC>0foFe,x",
    ".": "one two three<ESC>0dw.",
    "/": "no: a search",
    "0": "one<ESC>0x",
    ";": "one two three<ESC>0fo;x",
    "?": "no: a search",
    "A": "one<ESC>0Ax", "B": "a.b c-d<ESC>Bx", "C": "one two<ESC>bCx<ESC>", "D": "one two<ESC>bD",
    "E": "a.b c-d<ESC>0Ex", "F": "one two<ESC>Fox", "G": "<ESC>G",
    "I": ("  one<ESC>I>", "  >|one", "before the text, as vi has it"),
    "N": "no: a search", "P": "one two<ESC>0ywP", "R": "abcd<ESC>0RXY<ESC>", "S": "one<ESC>Sx<ESC>",
    "T": "one two<ESC>Tox", "U": "one two three<ESC>0xxxU",
    "W": "a.b c-d<ESC>0Wx", "X": "abc<ESC>X", "Y": "one two<ESC>bY0P",
    "^": "  one<ESC>^x",
    "_": "ls<ESC>_",
    "`": "one two<ESC>0wma0`ax",
    "a": "one<ESC>0ax", "b": "a.b c-d<ESC>bx", "c": "one two<ESC>0cwX<ESC>", "d": "one two<ESC>0dw",
    "e": "a.b c-d<ESC>0ex", "f": "one two<ESC>0ftx", "h": "one<ESC>hx", "i": "one<ESC>hix",
    "j": "<ESC>kkj", "k": "<ESC>k", "l": "one<ESC>0lx", "m": "one two<ESC>0wma0d`a",
    "n": "no: a search", "p": "one two<ESC>0xp", "r": "abc<ESC>0rX", "s": "one<ESC>0sX<ESC>",
    "t": "one two<ESC>0ttx", "u": ("one two<ESC>0dwu", "|one two", "the cursor is where it was"),
    "v": "no: EDITOR_EXTERNAL in test_editor", "w": "a.b c-d<ESC>0wx", "x": "abc<ESC>0x",
    "y": "one two<ESC>0ywP", "|": "one two<ESC>5|x", "~": "aBc<ESC>0~~",
}

VI_MORE = [
    "one two three<ESC>02wx", "one two three<ESC>02ex", "one two three<ESC>02dw",
    "one two three<ESC>0d2w", "one two three<ESC>0dW", "one two three<ESC>0de", "one two three<ESC>db",
    "one two three<ESC>dB", "one two three<ESC>bdw", "one two three<ESC>bbd$", "one two three<ESC>bd0",
    "  one two<ESC>d^", "one two three<ESC>dd", "one two three<ESC>0dfw", "one two three<ESC>0dtw",
    "one two three<ESC>dFo", "one two three<ESC>dTo", "one two three<ESC>0fo;,x",
    "one two three<ESC>Fe;x", "one two three<ESC>02fex", "one two three<ESC>0c2wX<ESC>",
    "one two three<ESC>0cWX<ESC>", "one two three<ESC>bcbX<ESC>", "one two three<ESC>ccX<ESC>",
    "one two three<ESC>b2sX<ESC>", "a b<ESC>0cwX<ESC>", "one two three<ESC>0yw$p",
    "one two three<ESC>0dwp", "one two three<ESC>0yyp", "one two three<ESC>0x3p", "abc<ESC>0xxp",
    "abc<ESC>03x", "abcdef<ESC>3X", "abc<ESC>02~", "abcd<ESC>02rX", "abcd<ESC>0RXYZ<BS><BS>Q<ESC>",
    "abcd<ESC>0RXYZWVU<ESC>", "abc<ESC>0iX<ESC>.", "abc<ESC>0iX<ESC>3.", "one two three four<ESC>0dw2.",
    "one two three<ESC>0A!<ESC>0.", "one two three<ESC>0rXl.", "one two three<ESC>0~.",
    "f(a b)c<ESC>0d%", "one two three<ESC>99|x", "<ESC>2k", "<ESC>2G", "ls<ESC>2_",
    "one two<ESC>0ma$d`a", "one two<ESC>3hx", "one two<ESC>03lx", "one two<ESC>dh", "one two<ESC>0d3l",
    "one two<C-w>x", "one two<C-u>x", "one two<ESC>0wy$P", "one two<ESC>0yfoP", "<ESC>x", "<ESC>dw",
    "<ESC>cwx", "<ESC>$ix", "one two<ESC>3bx", "one two<ESC>0dkx", "a  b<ESC>0dw", "a  b<ESC>0ldw",
    ("f(a b)c<ESC>hd%", "f|c", "both brackets, as in vi"),
    ("one two<ESC>byb", "|one two", "the cursor goes to the begin, as in vi"),
    ("one two three<ESC>0tex;", "oe two th|ree", "on to the next one, as in vi"),
    ("abcd<ESC>09rX", "|abcd", "so many or none, as in vi"),
    ("a (b 'c d')<ESC>hci'x<ESC>", "a (b '|x')", "text objects"),
    ("a (b c)<ESC>hdi(", "a (|)", "text objects"),
    ("one two three<ESC>bbdaw", "one |three", "text objects"),
    ("<ESC>qaA-<ESC>q@a2@@", "---|-", "macros"),
]


@pytest.mark.parametrize("mode,keymap,table,more",
                         [("emacs", "emacs-standard", EMACS, EMACS_MORE), ("vi", "vi-command", VI, VI_MORE)])
def test_keys(mode, keymap, table, more):
    missing = Bash.bound(keymap) - set(table)
    assert not missing, f"bash's keys that stand in no table: {sorted(missing)}"
    compare(mode, table, more)
