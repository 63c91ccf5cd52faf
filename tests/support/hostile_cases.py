"""Runs the program against many hostile servers at once, and judges how each run ended.

A case is a server's script and what must become of the program: how it ends, what its one line
says, that the terminal is as before, that it took little memory and that nothing the server
wrote reached the terminal as a control.
"""

import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile
import time
import typing

from hostile import Server
from terminal import DEADLINE, IUTF8, Terminal

SHOWN_MAX = 20000  # bytes of what a host wants to have shown
MEMORY_MAX = 64 * 1024  # KiB
TOGETHER = 16
# For a server that says nothing more: long enough for the honest part of a script on a busy
# machine, short enough to wait for.
PATIENCE = 2 if DEADLINE <= 20 else 6

# What every script's text may hold, and no terminal may see: a title, a colour, a C1 control,
# an override of the writing direction, an end of bracketed paste.
EVIL = b"\x1b]0;pwned\x07\x1b[66;6mred\x9b6n\xe2\x80\xae\x1b[201~\0\r\n"
FORBIDDEN = (b"\x1b]0;pwned", b"\x1b[66;6m", b"\xe2\x80\xae", b"\x1b[201~", b"\x9b6n", b"\0")


@dataclasses.dataclass
class Case:
    name: str  # the host's, too
    script: typing.Callable
    words: tuple = ()  # patterns that the one line must hold, in any order
    args: tuple = ()  # options of the program
    options: tuple = ()  # lines of ~/.ssh/config
    command: tuple = ("true",)
    data: bytes = b""  # its standard input
    status: int = 255
    output: bytes | None = b""  # its standard output; None: it does not matter
    silent: bool = False  # the server stops answering: the timeout is short
    trust: bool = True
    shows: tuple = ()  # patterns in what is shown beside that line
    answer: str = ""  # typed at every question, on the screen
    hop: bool = False  # the server is a jump host on the way
    host: typing.Any = None  # a real one behind the script
    may_work: bool = False  # it is as well if nothing was noticed
    leave: bool = False  # the screen stays when the link is lost, and is left by a key


@dataclasses.dataclass
class Result:
    status: int
    out: bytes
    err: bytes
    memory: int


def sanitized():
    """Is the program one built with AddressSanitizer, whose memory says nothing?"""
    return DEADLINE > 20


def memory_of(pid):
    """The most it ever had, in KiB; 0 once it has ended, and while it is still a copy of us."""
    try:
        if os.readlink(f"/proc/{pid}/exe") != os.path.realpath(program()):
            return 0
        found = re.search(r"VmHWM:\s*(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0


def start_server(lab, case):
    server = Server(case.script, case.host)
    lab.ends.append(server.close)
    name = f"hop-{case.name}" if case.hop else case.name
    lab.home.add_host(name, server, trust=case.trust, options=case.options)
    if case.hop:
        with open(lab.home.config, "a") as file:
            file.write(f"Host {case.name}\n    HostName 192.0.2.1\n    ProxyJump {name}\n")
    return server


def arguments(case, command):
    patience = ("--timeout", str(PATIENCE)) if case.silent else ()
    return [*patience, *case.args, case.name, *command]


class _Piped:
    """A run without a terminal."""

    def __init__(self, lab, case):
        self.case = case
        self.server = start_server(lab, case)
        self.files = [tempfile.TemporaryFile() for _ in range(3)]
        self.files[0].write(case.data)
        self.files[0].seek(0)
        self.process = subprocess.Popen(
            [program(), *arguments(case, case.command)], stdin=self.files[0], stdout=self.files[1],
            stderr=self.files[2], env=lab.env(), cwd=lab.home.path, start_new_session=True)
        self.memory = 0

    def turn(self):
        """True: it has ended."""
        self.memory = max(self.memory, memory_of(self.process.pid))
        return self.process.poll() is not None

    def result(self):
        out = []
        for file in self.files[1:]:
            file.seek(0)
            out.append(file.read())
        return Result(self.process.returncode, *out, self.memory)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.server.close()
        for file in self.files:
            file.close()


class _OnScreen:
    """A run on a pty, full screen."""

    def __init__(self, lab, case):
        self.case = case
        self.server = start_server(lab, case)
        self.term = Terminal([program(), *arguments(case, ())], lab.env(), 24, 100,
                             cwd=lab.home.path)
        lab.programs.append(self.term)
        self.memory = 0
        self.seen, self.answered, self.left = 0, 0.0, False

    def turn(self):
        self.memory = max(self.memory, memory_of(self.term.pid))
        self.term._pump(0)
        self.term._reap()
        if self.case.answer and self.term.fd is not None:
            self._answer()
        if self.case.leave and not self.left and "Enter connec" in self.term.lines[-1]:
            self.term.send("\x1d.")
            self.left = True
        return self.term.status is not None and self.term.fd is None

    def _answer(self):
        """At each question; again, if it is still or again there later."""
        seen, now = len(self.term.raw), time.monotonic()
        if ("waiting for your answer" in self.term.lines[-1] and seen != self.seen
                and now > self.answered + 0.02):
            self.term.send(self.case.answer)
            self.seen, self.answered = seen, now

    def result(self):
        return Result(self.term.status, bytes(self.term.raw), self.term.history.encode(),
                      self.memory)

    def close(self):
        self.term.close()
        self.server.close()


def run_together(runs):
    """Wait until all have ended; those that have not in time are told by name."""
    end = time.monotonic() + 4 * DEADLINE  # they share the machine
    left = list(runs)
    while left:
        left = [run for run in left if not run.turn()]
        if time.monotonic() > end:
            break
        time.sleep(0.01)
    assert not left, f"still running: {[(r.case.name, r.result()) for r in left]}"


def program():
    return os.path.abspath(os.environ.get("TETHER", "build/release/tether"))


def in_batches(lab, kind, cases, judge):
    """Run all cases, some at a time; the failures are told together."""
    assert len({case.name for case in cases}) == len(cases)
    wrong = []
    for at in range(0, len(cases), TOGETHER):
        runs = []
        try:
            for case in cases[at:at + TOGETHER]:
                runs.append(kind(lab, case))
            run_together(runs)
            for run in runs:
                try:
                    judge(run)
                except AssertionError as error:
                    wrong.append(f"{run.case.name}: {str(error).splitlines()[0]}\n    "
                                 f"{str(run.result())[:3000]}")
        finally:
            for run in runs:
                run.close()
    assert not wrong, "\n".join(wrong)


def judge_text(case, said):
    """One line, of the host and the reason."""
    assert said.count("tether: ") == 1, "not one line of ours"
    assert case.name in said, "the host is not named"
    assert len(said) < 500, "too long"
    for pattern in case.words:
        assert re.search(pattern, said, re.I), f"no {pattern!r} in it"


def judge_common(run, result, seen):
    assert result.status == run.case.status or (result.status == 0 and run.case.may_work), \
        "the status"
    for sequence in FORBIDDEN:
        assert sequence not in seen, f"{sequence!r} got through"
    assert sanitized() or result.memory < MEMORY_MAX, f"{result.memory} KiB of memory"


def judge_piped(run):
    case, result = run.case, run.result()
    judge_common(run, result, result.err)
    assert case.output is None or result.out == case.output, "the output"
    assert re.fullmatch(rb"[^\x00-\x08\x0b-\x1f\x7f]*", result.err), "control characters"
    said = result.err.decode()
    assert len(said) < SHOWN_MAX, f"{len(said)} bytes are shown"
    for pattern in case.shows:
        assert re.search(pattern, said), f"no {pattern!r} is shown"
    if case.words and not (case.may_work and result.status == 0):
        ours = said[said.rindex("tether: "):]
        assert re.fullmatch("[^\n]+\n", ours), "not one line"
        judge_text(case, ours)
    if not case.shows:
        assert said.count("\n") == (result.status == case.status and bool(case.words)), \
            "more or less than one line"


def same_settings(term):
    before, after = [list(settings) for settings in (term.settings, term.last_settings)]
    # Set by the terminal itself, after it had been looked at.
    before[0] |= IUTF8
    after[0] |= IUTF8
    return before == after


def judge_on_screen(run):
    term, result = run.term, run.result()
    judge_common(run, result, result.out)
    assert not term.screen.alternate, "the alternate screen is left on"
    assert not term.emulator.modes - {7, 25}, f"modes left on: {term.emulator.modes}"
    assert not term.screen.cursor.hidden, "the cursor is hidden"
    assert same_settings(term), "the terminal's settings"
    for pattern in run.case.shows:
        assert re.search(pattern.encode(), result.out), f"no {pattern!r} is shown"
    shown = "".join(row.ljust(term.screen.columns) for row in term.history.split("\n"))
    judge_text(run.case, shown[shown.rindex("tether: "):].rstrip())


def piped(lab, cases):
    in_batches(lab, _Piped, cases, judge_piped)


def on_screen(lab, cases):
    in_batches(lab, _OnScreen, cases, judge_on_screen)
