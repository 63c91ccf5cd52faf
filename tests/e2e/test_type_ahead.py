"""Keys typed while a command runs, at every split: before it ends, before its prompt has come here,
before the shell has given back what it had, and after. The relay holds back what it is told to, so
that no split is a matter of time."""

import os
import re
import shutil
import time

import pytest
from terminal import DEADLINE

FILES = {"a": "#!/bin/sh\necho \"$*\" >>log\necho x >>all\necho ran $(wc -l <all)\n",
         ".hushlogin": "", ".config/fish/config.fish": "set -g fish_greeting\n"}


BEGIN, END = b"\x1b[200~", b"\x1b[201~"  # of a paste


class Ahead:
    """A session whose command ends when it is told to."""

    def __init__(self, lab, shell):
        self.shell = shell
        host = lab.host(shell=shutil.which(shell), files=FILES)
        self.home = host.home("ann")
        (self.home / "a").chmod(0o755)
        os.mkfifo(self.home / "gate")
        host.own(self.home)
        self.relay = lab.relay("slow", host)
        self.term = lab.enter("slow")
        self.log = self.home / "log"
        self.typed = None
        self.runs = 0

    def count(self, name):
        return self.relay.stats()[name]

    def wait_until(self, check, what):
        """As wait_for, for what is not on the screen."""
        end = time.monotonic() + DEADLINE
        while not check():
            assert time.monotonic() < end, f"no {what}, typed as {self.typed}\n{self.term.picture()}"
            self.term.read_for(0.003)

    def raw(self, data):
        """Type to the host; until it has got that, and has answered if it is to run something."""
        if data.replace(BEGIN, b"").replace(END, b""):
            before, held = self.count("up"), self.count("down held")
            self.term.send(data)
            self.wait_until(lambda: self.count("up") > before, "key at the host")
            if b"\r" in data and held:
                self.wait_until(lambda: self.count("down held") > held, "answer to Enter")
        else:
            self.term.send(data)

    def command(self):
        self.term.send("cat gate\r")
        self.term.wait_for("running")
        self.gate = None
        self.wait_until(self.opened, "command")

    def opened(self):
        try:
            self.gate = os.open(self.home / "gate", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        return True

    def is_over(self):
        """The command, as far as it is known here; what the status line has for it is no silence."""
        state = self.term.status_line
        return "cat gate" not in state and ("prompt" in state or "running" in state)

    def type(self, running, at_prompt, here):
        """What is typed while the command runs; when the host is at its prompt, but nobody here
        knows; and when the prompt is here, but not what the shell had been given."""
        self.typed = (running, at_prompt, here)
        self.command()
        self.raw(running)
        self.relay.stall("down")
        os.close(self.gate)
        self.wait_until(lambda: self.count("down held") > 0, "prompt")
        self.raw(at_prompt)
        self.relay.stall("up")
        self.relay.resume("down")
        self.wait_until(lambda: self.count("down held") == 0, "end of the prompt")
        self.wait_until(self.is_over, "prompt here")
        self.term.send(here)
        self.relay.resume("up")

    def logged(self, *lines, instead=None):
        """These have run, each once, or that one instead, and the line is empty."""
        texts = ["".join(f"{line}\n" for line in lines), f"{instead}\n"]
        self.wait_until(lambda: self.log.exists() and self.log.read_text() in texts,
                        f"{texts} in the log")
        self.runs += len(lines)
        self.term.wait_for(self.shown, what=f"the prompt behind run {self.runs}, {self.typed}")
        self.log.unlink()

    def shown(self):
        rows = self.term.lines[:self.term.cursor[0]]
        # (A key of ours that came too late for the shell's editor is echoed by the tty before it.)
        ran = any(re.fullmatch(rf"(\^\[\S*~)?ran {self.runs}", row) for row in rows)
        return ran and self.term.at_prompt()


@pytest.fixture(params=["bash", "zsh", "fish", "dash"])
def ahead(lab, request):
    return Ahead(lab, request.param)


def splits(data, points):
    """In three: at all pairs of places next to each other, and with nothing in the middle or at the
    end."""
    points = [*points, len(data)]
    for n, at in enumerate(points):
        yield data[:at], b"", data[at:]
        yield data[:at], data[at:], b""
        if n:
            yield data[:points[n - 1]], data[points[n - 1]:at], data[at:]


def test_a_line_at_every_split(ahead):
    line = "./a oné"
    ends = [len(line[:n].encode()) for n in range(len(line) + 1)]  # of characters
    for parts in splits(f"{line}\r".encode(), ends):
        ahead.type(*parts)
        ahead.logged("oné")
    assert "not found" not in ahead.term.text


READS = [
    (b"", b"", b"read x\rhello\r./a is $x\r"), (b"rea", b"d x", b"\rhello\r./a is $x\r"),
    (b"read x\r", b"", b"hello\r./a is $x\r"), (b"read x", b"\r", b"hello\r./a is $x\r"),
    (b"read x\rhello\r", b"", b"./a is $x\r")]


def test_what_reads_some_of_it(ahead):
    """A line that runs what reads the next one. (What is behind an Enter that a shell's editor gets
    is spoilt for a command, under ssh too: the terminal's settings were the editor's then.)"""
    for parts in READS:
        ahead.type(*parts)
        ahead.logged("is hello")


def test_pastes_and_ctrl_c(ahead):
    paste = BEGIN + "./a pasé".encode() + END + b"\r"
    for parts in splits(paste, [len(BEGIN) + 2, len(paste) - 8, len(paste) - 7, len(paste) - 1]):
        ahead.type(*parts)
        ahead.logged("pasé")
    # Ctrl-C takes what was typed before it, and no more. (fish, whose prompt's functions it stops,
    # has none then.)
    for parts in ((b"./a ", b"no", b"\x03./a yes\r"), (b"", b"./a no\x03", b"./a yes\r"),
                  (b"./a no", b"\x03", b"./a yes\r")):
        if ahead.shell != "fish" or b"\x03" not in parts[1]:
            ahead.type(*parts)
            ahead.logged("yes")


UP = b"\x1b[A"
# Keys, what runs in the end, and what does if a tty without an editor behind it had the Enter.
KEYS = [((b"./a uniq", b"\t", b"\r"), "uniquefile", "uniq"),
        ((UP + UP, b"\r"), "pas\u00e9", None),
        ((b"./a twoo", b"\x7f\x7f", b"z\r"), "twz", "twz")]


def test_keys_at_every_split(ahead):
    """What is more than text: Tab, Up, Backspace. The shell's editor or ours acts on them,
    in their order; ours alone where the shell has none."""
    for name in ("uniquefile", "apple-one", "apple-two"):
        (ahead.home / name).touch()
    for keys, wanted, at_tty in KEYS:
        for n in range(1, len(keys) + 1):
            head, rest = b"".join(keys[:n]), b"".join(keys[n:])
            for parts in ((head, b"", rest), (b"", head, rest)):
                expected = at_tty if ahead.shell == "dash" and not rest else wanted
                if expected is None:
                    continue
                ahead.term.run("./a pas\u00e9")
                ahead.logged("pas\u00e9")
                ahead.type(*parts)
                ahead.logged(expected)


def test_search_and_escape(ahead):
    ahead.term.run("./a pas\u00e9")
    ahead.logged("pas\u00e9")
    # The search is begun anew here, with what is known of its pattern; it runs nothing by itself.
    for parts in ((b"\x12", b"", b"./a\r"), (b"", b"\x12", b"./a\r"), (b"\x12./", b"", b"a\r"),
                  (b"", b"\x12./", b"a\r")):
        ahead.type(*parts)
        ahead.term.wait_line("./a pas\u00e9")
        ahead.term.send("\r")
        ahead.logged("pas\u00e9")
    # Escape makes the next key another one, if it has not gone yet: nothing else comes of it.
    for parts in ((b"./a x\x1b", b"", b"y\r"), (b"./a x", b"\x1b", b"y\r"), (b"", b"./a x\x1b", b"y\r")):
        ahead.type(*parts)
        ahead.logged("xy", instead="x")
    assert "not found" not in ahead.term.text
