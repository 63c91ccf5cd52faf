"""One connection made twice, by `ssh` and by the program, and what came of each.

A case says what a person has (config, keys, agent), which servers there are, what is run and
what is answered. Both runs get a home of their own, made anew. What is compared, and what the
two are meant to differ in, is said in the case: nothing else may differ.
"""

import concurrent.futures
import dataclasses
import difflib
import itertools
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import termios
import time

from doors import Host, add_people, open_door
from keyring import CERTIFICATES, KeyRing
from sshd import Accounts, Home, free_port
from terminal import DEADLINE

NETCAT = pathlib.Path(__file__).with_name("netcat.py").resolve()


@dataclasses.dataclass(frozen=True)
class Case:
    """`args` are the program's. In them, in `client`, `config` and `known`, {NAME} is the port
    of the host NAME, {home} the person's home, {keys} the folder of all keys, {KEY.pub} a key's
    type and blob. The command `nc HOST PORT` is there for proxies.

    `keys` are files of ~/.ssh, "FILE=KEY" with its public half, "FILE.pub=KEY.pub" that alone,
    each with an optional mode behind it ("id_rsa=rsa 644"). `agent` lists keys; a word in it
    may be what is wrong with the agent (see Agent); None: there is none. `files` are further
    files below the home, `modes` what chmod does to any of them; None takes the file away.

    `agreed` lists what of the key exchange must be the same (SshdLog.agreed).

    `answers` None: there is no terminal. Otherwise standard input is one, unless there is
    `stdin`; each answer is for the next question, and when none is left the terminal is hung up.

    `ended` is what ssh must come to, a word of ENDS; "": the command ran.

    `differs` maps a field of the outcome to (tether's value, the reason): strict both ways.
    `ignore` maps a field to the reason why it is not compared."""
    name: str
    args: tuple = ("web1", "echo in")
    client: tuple = ()
    config: str = None
    hosts: dict = dataclasses.field(default_factory=lambda: {"web1": Host()})
    keys: tuple = ("id_ed25519=main",)
    agent: tuple = None
    known: str = None
    files: dict = dataclasses.field(default_factory=dict)
    modes: dict = dataclasses.field(default_factory=dict)
    env: dict = dataclasses.field(default_factory=dict)
    stdin: bytes = None
    answers: tuple = None
    agreed: tuple = ()
    ended: str = ""
    differs: dict = dataclasses.field(default_factory=dict)
    ignore: dict = dataclasses.field(default_factory=dict)

    @property
    def needs_root(self):
        """sshd checks passwords only as root."""
        return any("PasswordAuthentication yes" in host.options for host in self.hosts.values())


@dataclasses.dataclass
class Outcome:
    status: int
    stdout: bytes
    ended: str      # a word for why it could not be done, from standard error
    silent: bool    # nothing on standard error, where nobody is asked
    asked: list     # the questions, in words that both share
    connections: dict  # of each host: how many came,
    users: dict        # as whom,
    tries: dict        # what proofs they offered (doors.Log),
    requests: dict     # and what they asked for once they were in
    home: dict      # files that are new or changed below the home
    agent: list     # the keys it holds afterwards
    agreed: tuple   # the algorithms, where both must take the same
    stderr: str     # not compared

    def compared(self):
        fields = dataclasses.asdict(self)
        del fields["stderr"]
        return fields


# Answers that are signals, as the terminal would send them.
HANG_UP, CTRL_C = "hang up", "\x03"
SIGNALS = {HANG_UP: signal.SIGHUP, CTRL_C: signal.SIGINT}

# What only one of them says, on its way: that there will be, or was, no terminal.
OWN_WORDS = re.compile(rb"(Pseudo-terminal will not be allocated|Connection to \S+ closed"
                       rb"|tether: no terminal on the host)[^\n]*\n")

# What either program says when it gives up, in one word. The first that is found counts.
ENDS = [
    ("usage", r"^usage: |cannot execute command-line and remote|unknown option"
              r"|option -. (is ssh's|needs)"),
    ("too many", r"too many (authentication )?fail"),
    ("password expired", r"password has to be changed"),
    ("denied", r"permission denied"),
    ("host key changed", r"remote host identification has changed|has changed its key|changed key"
                         r"|key has changed"),
    ("host key revoked", r"revoked"),
    ("host key unknown", r"host key verification failed|no .*host key is known|known host"),
    ("no common algorithm", r"no matching .* found|no common "),
    ("wrong config", r"configuration option|bad owner or permissions|is not accepted by ssh"
                     r"|config:? line \d+|in the ssh config|_expand: |configuration includes"
                     r"|can't open user config|command-line:? line \d+|invalid -j argument"
                     r"|invalid proxyjump"),
    ("refused by name", r"refused: it begins with"),
    ("no way", r"administratively prohibited|does not forward"),
    ("no subsystem", r"subsystem request failed|has no subsystem"),
    ("cannot bind", r"cannot assign requested|no suitable addresses|BindInterface"),
    ("key too short", r"invalid key length|RequiredRSASize"),
    ("refused", r"connection refused"),
    ("unresolved", r"could not resolve|cannot be looked up|not known|no host named"),
    ("timeout", r"timed out|no answer within"),
    ("closed", r"kex_exchange_identification|broken pipe|closed|ended before|reset|disconnect"
               r"|ended the connection"),
    ("no channel", r"session open refused|opened no channel|open failed"),
    ("no terminal", r"pty allocation request failed|gave no terminal"),
    ("no command", r"exec request failed|did not start"),
]

# A question of either program in words that both share. {1} is what the pattern captures.
QUESTIONS = [
    (r"(?:Enter p|P)assphrase for (?:key )?'?([^\r\n']*?)'?(?: \(\S*@\S*\))?: $", "passphrase {1}"),
    (r"authenticity of host '([^']*)'.*\? $", "host key {1}"),
    (r"(?s)host key.*\? $", "host key"),
    (r"(?:^|[\r\n]|\) )(?:[^\r\n]*'s password|[Pp]assword): ?$", "password"),
    (r"\(yes/no(?:/\[?fingerprint\]?)?\)\? $", "host key"),
    (r"(?:^|[\r\n])(?:\([^()\r\n]*@[^()\r\n]*\) )?([^\r\n]*[:?>]) ?$", "{1}"),
]


class Agent:
    """An ssh-agent and its keys. Words among the keys: "locked", "dead" (a socket without an
    agent)."""

    WORDS = ("locked", "dead")

    def __init__(self, folder, wanted, ring):
        self.path = folder / "agent"
        self.env = {"SSH_AUTH_SOCK": str(self.path)}
        self.process = subprocess.Popen(["ssh-agent", "-D", "-a", self.path],
                                        stdout=subprocess.DEVNULL)
        self._wait()
        for name in wanted:
            if name not in self.WORDS:
                self._add(self._beside(folder, ring, name) if name in CERTIFICATES
                          else ring.path(name))
        if "locked" in wanted:
            self._add("-x", input="x\nx\n")
        if "dead" in wanted:
            self.process.kill()
            self.process.wait()

    def _wait(self):
        end = time.monotonic() + DEADLINE
        with socket.socket(socket.AF_UNIX) as there:
            while there.connect_ex(str(self.path)) != 0:
                assert self.process.poll() is None and time.monotonic() < end
                time.sleep(0.005)

    @staticmethod
    def _beside(folder, ring, name):
        """A certificate is added with the key that it lies beside."""
        key = folder / name
        shutil.copy(ring.path(CERTIFICATES[name][0]), key)
        shutil.copy(ring.path(f"{name}.pub"), f"{key}-cert.pub")
        return key

    def _add(self, *args, input=None):
        subprocess.run(["setsid", "ssh-add", "-q", *args], env={**os.environ, **self.env},
                       check=True, input=input, text=True, stderr=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)

    def holds(self, ring):
        if self.process.poll() is not None:
            return []
        done = subprocess.run(["ssh-add", "-L"], env={**os.environ, **self.env}, text=True,
                              capture_output=True)
        return [ring.blobs.get(line.split()[1], "unknown") for line in done.stdout.splitlines()
                if line.startswith(("ssh-", "ecdsa-", "sk-"))]

    def close(self):
        self.process.kill()
        self.process.wait()


class Run:
    """One program's run of one case, in a folder of its own."""

    def __init__(self, case, folder, accounts, ring):
        self.case, self.folder, self.ring = case, folder, ring
        self.folder.mkdir(parents=True)
        self.doors = {}
        self.agent = None
        try:
            self.home = Home(folder / "me", key=False)
            for name, host in case.hosts.items():
                self.doors[name] = open_door(folder / name, host, accounts, ring)
            self.words = {"home": str(self.home.path), "keys": str(ring.folder),
                          "closed": str(free_port()),
                          **{name: str(door.port) for name, door in self.doors.items()}}
            self._furnish()
            if case.agent is not None:
                self.agent = Agent(folder, case.agent, ring)
        except BaseException:
            self.close()
            raise

    def expand(self, text):
        text = re.sub(r"\{([\w-]+)\.pub\}", lambda m: self._public(m[1]), text)
        return re.sub(r"\{([\w-]+)\}", lambda m: self.words.get(m[1], m[0]), text)

    def normal(self, text):
        """Ports, folders and keys by their names, so that two runs can be compared."""
        for name, word in self.words.items():
            if name in self.doors or name == "closed":
                text = re.sub(rf"\b{word}\b", f"{{{name}}}", text)
            else:
                text = text.replace(word, f"{{{name}}}")
        for blob, name in self.ring.blobs.items():
            text = text.replace(blob, f"{{{name}}}")
        return text

    def _furnish(self):
        ssh = self.home.path / ".ssh"
        for item in self.case.keys:
            file, name = item.split("=")
            name, _, mode = name.partition(" ")
            self._put_key(ssh / file, name, int(mode or "600", 8))
        config = self.case.config
        if config is None:
            client = "".join(f"    {line}\n" for line in self.case.client)
            config = "".join(f"Host {name}\n    HostName 127.0.0.1\n    Port {{{name}}}\n"
                             f"    User {host.user}\n{client if name == 'web1' else ''}"
                             for name, host in self.case.hosts.items())
        self.home.config.write_text(self.expand(config))
        known = self.case.known
        if known is None:
            known = "".join(f"[127.0.0.1]:{{{name}}} {self._public(host.keys[0])}\n"
                            for name, host in self.case.hosts.items())
        if known:
            self.home.known_hosts.write_text(self.expand(known))
        for name, text in self.case.files.items():
            path = self.home.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.expand(text))
        for name, mode in self.case.modes.items():
            path = self.home.path / name
            path.unlink() if mode is None else path.chmod(mode)
        netcat = self.home.path / "bin/nc"
        netcat.write_text(f'#!/bin/sh\nexec /usr/bin/python3 {NETCAT} "$@"\n')
        netcat.chmod(0o755)

    def _public(self, name):
        return " ".join(self.ring.public(name).split()[:2])

    def _put_key(self, path, name, mode):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not name.endswith(".pub"):
            shutil.copy(self.ring.path(name), path)
            path.chmod(mode)
            path, name = path.with_name(path.name + ".pub"), name + ".pub"
        shutil.copy(self.ring.path(name), path)

    # Running it.

    def outcome(self, program, env):
        before = self._tree()
        argv = [program, *map(self.expand, self.case.args)]
        env = {**env, **self.home.env, **(self.agent.env if self.agent else {}),
               **{key: self.expand(value) for key, value in self.case.env.items()}}
        out, err = self.folder / "stdout", self.folder / "stderr"
        with open(out, "wb") as stdout, open(err, "wb") as stderr:
            files = {"stdout": stdout, "stderr": stderr, "env": env, "cwd": self.home.path}
            status, asked = self._run(argv, files)
        for door in self.doors.values():
            door.close()
        stderr = OWN_WORDS.sub(b"", err.read_bytes()).decode(errors="replace")
        logs = {name: door.logged() for name, door in self.doors.items()}
        return Outcome(
            status=status,
            stdout=self.normal(out.read_bytes().decode("latin-1")).encode("latin-1"),
            ended=self._ended(status, stderr), silent=self.case.answers is not None or not stderr,
            asked=asked,
            connections={name: door.connections for name, door in self.doors.items()},
            users={name: [log.user for log in logs[name]] for name in logs},
            tries={name: [log.tries for log in logs[name]] for name in logs},
            requests={name: [log.requests for log in logs[name]] for name in logs},
            home=self._changed(before, self._tree()),
            agent=self.agent.holds(self.ring) if self.agent else [],
            agreed=tuple(log.agreed(what) for what in self.case.agreed for log in logs["web1"]),
            stderr=stderr)

    def _run(self, argv, files):
        if self.case.answers is not None:
            return self._converse(argv, files)
        done = subprocess.run(argv, input=self.case.stdin or b"", start_new_session=True,
                              timeout=3 * DEADLINE, **files)
        return done.returncode, []

    def _converse(self, argv, files):
        """On a terminal: answer what is asked."""
        master, slave = os.openpty()
        if self.case.stdin is not None:
            (self.folder / "stdin").write_bytes(self.case.stdin)
            argv = ["sh", "-c", f'exec "$@" <{self.folder}/stdin', "sh", *argv]
        process = subprocess.Popen(["setsid", "-c", *argv], stdin=slave, **files)
        try:
            asked = _answer(master, process, self.case.answers, self.normal)
            return process.wait(), asked
        finally:
            process.kill()
            process.wait()
            os.close(master)
            os.close(slave)

    # What came of it.

    @staticmethod
    def _ended(status, stderr):
        if status != 255 and status != 2:
            return ""
        if not stderr:
            return "silently"
        for word, pattern in ENDS:
            if re.search(pattern, stderr, re.I | re.M):
                return word
        return "for another reason"

    def _tree(self):
        """Each file below the home with its mode and text."""
        found = {}
        for path in sorted(self.home.path.rglob("*")):
            name = str(path.relative_to(self.home.path))
            if path.is_file() and not name.startswith("bin/"):
                text = path.read_bytes().decode("latin-1")
                text = re.sub(r"\|1\|\S+", "|hashed|", self.normal(text))
                found[name] = (oct(path.stat().st_mode & 0o777), text)
        return found

    @staticmethod
    def _changed(before, after):
        return {name: after.get(name, "removed") for name in {**before, **after}
                if before.get(name) != after.get(name)}

    def close(self):
        for door in self.doors.values():
            door.close()
        if self.agent:
            self.agent.close()


def _answer(master, process, answers, normal):
    """Read the terminal until the program has ended; the questions that it asked."""
    answers, asked, text, signal_it = list(answers), [], "", None
    end = time.monotonic() + 3 * DEADLINE
    while time.monotonic() < end:
        ready, _, _ = select.select([master], [], [], 0.02)
        if ready:
            text += os.read(master, 65536).decode(errors="replace").replace("\r\n", "\n")
            question = _question(text)
            if question:
                asked.append(normal(question))
                text = ""
                signal_it = None
                answer = answers.pop(0) if answers else HANG_UP
                if answer in SIGNALS:
                    signal_it = SIGNALS[answer]
                else:
                    _wait_for_reader(master, question, end)
                    os.write(master, answer.encode())
        elif process.poll() is not None:
            return asked
        elif signal_it:
            # More than once: ssh loses one that comes between its question and its read().
            process.send_signal(signal_it)
    raise AssertionError(f"it did not end; last on the terminal: {text[-500:]!r}")


def _question(text):
    for pattern, words in QUESTIONS:
        match = re.search(pattern, text)
        if match:
            return words.replace("{1}", match[1] if match.groups() else "")
    return None


def _wait_for_reader(master, question, end):
    """A secret is not typed before the terminal has stopped to echo."""
    secret = question == "password" or question.startswith("passphrase")
    while secret and termios.tcgetattr(master)[3] & termios.ECHO and time.monotonic() < end:
        time.sleep(0.005)


class Comparison:
    """What all cases of a module share: accounts, keys, and a few that run at a time."""

    WORKERS = 4

    def __init__(self, folder, tether, env):
        self.folder, self.tether, self.env = folder, tether, env
        self.ring = KeyRing(folder / "keys")
        self.accounts = Accounts(folder)
        add_people(self.accounts, folder / "homes")
        self.pool = concurrent.futures.ThreadPoolExecutor(self.WORKERS)
        self.futures = {}
        self.runs = itertools.count()

    def begin(self, cases):
        for case in cases:
            self.futures[case.name] = self.pool.submit(self._both, case)

    def outcomes(self, case):
        """ssh's, then the program's."""
        return self.futures[case.name].result()

    def _both(self, case):
        return [self._one(case, program) for program in ("ssh", "tether")]

    def _one(self, case, program):
        folder = self.folder / f"run{next(self.runs)}"
        run = Run(case, folder, self.accounts, self.ring)
        try:
            path = run.home.path / "bin/ssh" if program == "ssh" else self.tether
            return run.outcome(str(path), self.env)
        finally:
            run.close()

    def close(self):
        self.pool.shutdown(cancel_futures=True)


def judge(case, ssh, tether):
    """The complaints: where the two differ and should not, or should and do not."""
    said = []
    ours, theirs = tether.compared(), ssh.compared()
    if ssh.ended != case.ended:
        said.append(f"ssh came to {ssh.ended!r}, the case says {case.ended!r}")
    for field in ours:
        if field in case.ignore:
            continue
        wanted = theirs[field]
        if field in case.differs:
            wanted = case.differs[field][0]
            if wanted == theirs[field]:
                said.append(f"{field} is meant to differ, and ssh has it too: {wanted!r}")
        if ours[field] != wanted:
            said.append(f"{field}:\n" + _both(wanted, ours[field]))
    if said:
        said += [f"ssh said {ssh.stderr.strip()!r}", f"tether said {tether.stderr.strip()!r}"]
    return said


def _both(wanted, got):
    lines = [repr(value).replace("), ", "),\n").replace("], ", "],\n").splitlines()
             for value in (wanted, got)]
    return "\n".join("    " + line for line in difflib.ndiff(*lines))
