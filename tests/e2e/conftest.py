"""Fixtures of the whole-program tests: a host, a person's home, the program on a pty."""

import os
import pathlib
import re
import sys

import pytest

pytest.register_assert_rewrite("shells")
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from compare import Comparison, judge  # noqa: E402
from fixtures import folder, new_folder  # noqa: E402, F401
from relay import Relay  # noqa: E402
from sshd import Home, Sshd  # noqa: E402
from terminal import Terminal  # noqa: E402

TETHER = os.environ.get("TETHER", "build/release/tether")

# A prompt of ours, at the cursor: [web1]: /home/ann>, or [web1]: PS /home/ann>
PROMPT = re.compile(r"\[[^]]+\]: (?:PS )?(\S.*?)[>#] ?$")


class Program(Terminal):
    """tether on a pty."""

    @property
    def status_line(self):
        return self.lines[-1]

    @property
    def page(self):
        """The rows that are not empty, but the status line; without what is told at the right of
        finished commands' prompts."""
        times = re.compile(r" {3,}(?:exit \d+  )?[\d.]+ (?:s|min \d+ s|h \d+ min)$")
        return [times.sub("", line) for line in self.lines[:-1] if line]

    def at_prompt(self):
        """The cursor is behind a prompt with nothing typed; returns the working directory."""
        match = PROMPT.search(self.before_cursor().rstrip())
        return match and self.emulator.screen.alternate and match[1]

    def is_at(self, path):
        """At a prompt that shows this directory, its middle left out or not."""
        shown = self.at_prompt()
        return shown and re.fullmatch(re.escape(shown).replace("…", ".*"), str(path))

    def wait_prompt(self, timeout=None):
        return self.wait_for(self.at_prompt, *([timeout] if timeout else []), what="a prompt")

    def typed(self):
        """What is typed behind the prompt, up to the cursor, over as many rows as it takes;
        None if there is no prompt."""
        text = self.before_cursor()
        for y in range(self.cursor[0], -1, -1):
            match = re.match(r"\[[^]]+\]: \S.*?[>#] (.*)$", text)
            if match:
                return match[1]
            row = self.screen.buffer[y - 1]
            text = "".join(row[x].data for x in range(self.screen.columns)) + text
        return None

    def wait_line(self, typed):
        """The line being edited, up to the cursor, is this."""
        self.wait_for(lambda: self.typed() == typed, what=f"the line {typed!r}")

    def run(self, command, wanted=None):
        """Type a command at the prompt, wait for the next prompt (and for what it shows)."""
        self.wait_prompt()
        self.send(command)
        self.wait_line(command)
        self.send("\r")
        self.wait_prompt()
        if wanted is not None:
            self.wait_for(wanted)

    def shown(self, pattern):
        """A row that is this pattern from end to end."""
        return self.wait_for(re.compile(f"^(?:{pattern})$", re.M))


def sanitizer_options(folder):
    logs = f"log_path={folder}/report"
    known = pathlib.Path(__file__).parent.parent / "support/lsan.supp"
    return {"ASAN_OPTIONS": f"{logs}:exitcode=99", "UBSAN_OPTIONS": f"{logs}:print_stacktrace=1",
            "LSAN_OPTIONS": f"suppressions={known}:print_suppressions=0"}


def sanitizer_reports(folder):
    reports = [path.read_text(errors="replace") for path in folder.iterdir()]
    # The one line that every program with coroutines gets, reported or not.
    return [r for r in reports if not re.fullmatch(r".*WARNING: ASan doesn't fully support "
                                                   r"makecontext/swapcontext.*\n", r)]


class Lab:
    """What one test has: hosts, relays, homes and programs, ended after it."""

    def __init__(self, folder):
        self.folder = folder
        self.home = Home(folder / "me")
        self.reports = folder / "reports"
        self.reports.mkdir(mode=0o777)
        self.ends = []
        self.programs = []

    def host(self, name="web1", shell="/bin/bash", user="ann", files=(), options=(),
             client=(), trust=True, server=Sshd):
        """A host in ~/.ssh/config with one account."""
        sshd = server(self.folder / name, options)
        sshd.add_user(user, shell, files)
        sshd.start()
        self.ends.append(sshd.stop)
        self.home.add_host(name, sshd, user, trust=trust, options=client)
        return sshd

    def relay(self, name, sshd, delay=0.0, user="ann", options=()):
        """The same host by another name, behind a relay."""
        relay = Relay(sshd.port, delay)
        self.ends.append(relay.close)
        self.home.add_host(name, sshd, user, port=relay.port, options=options)
        return relay

    def env(self, **more):
        return {**self.home.env, **sanitizer_options(self.reports), **more}

    def tether(self, *args, rows=24, cols=80, env=(), argv=None):
        term = Program(argv or [os.path.abspath(TETHER), *args], self.env(**dict(env)),
                       rows, cols, cwd=self.home.path)
        self.ends.append(term.close)
        self.programs.append(term)
        return term

    def shell(self, rows=24, cols=80):
        """A local shell, to start the program from as a person does."""
        env = self.env(PS1="local$ ")
        (self.home.path / "bin/tether").symlink_to(os.path.abspath(TETHER))
        term = Program(["bash", "--norc", "--noprofile"], env, rows, cols, cwd=self.home.path)
        self.ends.append(term.close)
        term.wait_for("local$")
        return term

    def enter(self, name="web1", **kwargs):
        """Start the program and wait for the first prompt."""
        term = self.tether(name, **kwargs)
        term.wait_prompt()
        return term

    def close(self):
        for end in reversed(self.ends):
            end()
        reports = sanitizer_reports(self.reports)
        # What UBSan has to say goes to the terminal, whatever its log_path.
        for program in self.programs:
            said = re.search(rb"[^\n]*(runtime error:|ERROR: AddressSanitizer)[^\n]*", program.raw)
            if said:
                reports.append(said[0].decode(errors="replace"))
        assert not reports, "\n".join(reports)


@pytest.fixture
def lab(folder):  # noqa: F811
    lab = Lab(folder)
    yield lab
    lab.close()


@pytest.fixture(scope="module")
def comparison(request):
    """All selected cases of the module, run through ssh and through the program."""
    with new_folder() as path:
        reports = path / "reports"
        reports.mkdir()
        comparison = Comparison(path, os.path.abspath(TETHER), sanitizer_options(reports))
        comparison.begin([item.callspec.params["case"] for item in request.session.items
                          if item.module is request.module and hasattr(item, "callspec")])
        yield comparison
        comparison.close()
        assert not sanitizer_reports(reports)


@pytest.fixture
def as_ssh(comparison):
    """Of a case: that what came of it is the same, but for what the case says."""
    def check(case):
        if case.needs_root and os.getuid() != 0:
            pytest.skip("sshd checks passwords only as root")
        said = judge(case, *comparison.outcomes(case))
        if said:
            pytest.fail("\n".join([case.name, *said]), pytrace=False)
    return check
