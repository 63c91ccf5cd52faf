"""One host key judged twice, by `ssh` and by the program, each on a terminal and in a home of its
own; and what came of it in words that both share."""

import base64
import dataclasses
import hashlib
import hmac
import re
import select
import subprocess
import time

from sshd import Home, Sshd
from terminal import DEADLINE, Terminal

KINDS = {"ed": ("ed25519",), "ec": ("ecdsa",), "rsa": ("rsa", "-b", "2048")}
AT_ONCE = 6

# A question of either, at the end of what was printed.
QUESTION = re.compile(r"(\((?:yes/no[^()]*)\)\? |'yes'[^\n]*: )$")

# What either says when it gives up, in one word. The first that is found counts.
REASONS = [
    ("changed", r"IDENTIFICATION HAS CHANGED|KEY HAS CHANGED"),
    ("revoked", r"revoked"),
    ("revocations unread", r"Error checking host key|RevokedHostKeys: "),
    ("too small", r"Bad server host key|RequiredRSASize asks"),
    ("unread", r"key cannot be checked: cannot read"),
    ("no algorithm", r"no matching host key type|no common HostKeyAlgorithms"),
    ("unknown", r"host key is known|known host|verification failed|was not accepted|given up"),
]
PLACE = re.compile(r"Offending [\w-]+ key in (\S+):(\d+)|([^\s(]+):(\d+) has another")
ART = re.compile(r"\+-*\[\w+ \d+\]-*\+(?:\s+\|.{17}\|){9}\s+\+-*\[\w+\]-*\+")


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """`known` is ~/.ssh/known_hosts, None: there is none; `files` are others below the home, a
    name that ends in / a folder. In texts {ed}, {ec} and {rsa} are the host's keys as type and
    blob, {cert} the first of them certified, {ed2}, {ec2} and {rsa2} others; {n} is the host in known_hosts, {port} its port, {h:x}
    the hash of the name x, {home} the home, {print} and {md5} the fingerprints of {ed}.

    `config` are lines for ~/.ssh/config. Each of `answers` is for the next question; when none
    is left, ^C is. `differs` maps a field of the outcome to (the program's, the reason): they
    must differ just so."""
    name: str
    known: str = None
    config: tuple = ()
    answers: tuple = ()
    files: dict = dataclasses.field(default_factory=dict)
    differs: dict = dataclasses.field(default_factory=dict)
    command: tuple = ("true",)


@dataclasses.dataclass
class Outcome:
    accepted: bool
    asked: int
    reason: str  # "" if it was accepted
    place: str   # FILE:LINE of the key that stands against it
    files: dict  # those below the home that are new or changed, hashes replaced by the names
    said: str    # not compared


class Hosts:
    """The host, its keys, and others that are not its own."""

    def __init__(self, folder):
        self.path = folder
        self.keys = {}
        for name, kind in KINDS.items():
            for suffix in ("", "2"):
                path = folder / (name + suffix)
                subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", "", "-f", path, "-t", *kind],
                               check=True)
                self.keys[path.name] = path.with_suffix(".pub").read_text().strip()
        self.keys["cert"] = self._certificate(folder)
        self.sshd = Sshd(folder / "host", [f"HostKey {folder / name}" for name in KINDS])
        self.sshd.host_key = folder / "ed"
        self.sshd.add_user("ann", "/bin/sh")
        self.sshd.start()

    @staticmethod
    def _certificate(folder):
        """Of the host's key, signed by another of its keys."""
        subprocess.run(["ssh-keygen", "-q", "-s", folder / "ec", "-I", "x", "-h", folder / "ed.pub"],
                       check=True)
        return " ".join((folder / "ed-cert.pub").read_text().split()[:2])

    @property
    def name(self):
        return f"[127.0.0.1]:{self.sshd.port}"

    def print(self, digest="sha256", key="ed"):
        hashed = hashlib.new(digest, base64.b64decode(self.keys[key].split()[1])).digest()
        if digest == "md5":
            return "MD5:" + ":".join(f"{byte:02x}" for byte in hashed)
        return "SHA256:" + base64.b64encode(hashed).decode().rstrip("=")

    @staticmethod
    def hashed(name, salt=bytes(range(20))):
        digest = hmac.new(salt, name.encode(), "sha1").digest()
        return "|1|" + "|".join(base64.b64encode(part).decode() for part in (salt, digest))

    def fill(self, text, home):
        words = {**self.keys, "n": self.name, "port": str(self.sshd.port), "home": str(home),
                 "print": self.print(), "md5": self.print("md5")}
        text = re.sub(r"\{(\w+)\}", lambda m: words.get(m[1], m[0]), text)
        return re.sub(r"\{h:([^}]*)\}", lambda m: self.hashed(m[1]), text)


class Person:
    """A home that is made anew for each case."""

    def __init__(self, folder, hosts):
        self.hosts = hosts
        self.home = Home(folder)
        hosts.sshd.authorize(f"{self.home.key}.pub")
        self.kept = {path for path in self.home.path.rglob("*")}

    def prepare(self, case):
        for path in sorted(self.home.path.rglob("*"), reverse=True):
            if path not in self.kept:
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        given = [self.hosts.fill(line, self.home.path) for line in case.config]
        usual = ["HostName 127.0.0.1", f"Port {self.hosts.sshd.port}", "User ann",
                 "GlobalKnownHostsFile ~/.ssh/global", "HashKnownHosts no", "UpdateHostKeys no"]
        self.home.config.write_text("\n    ".join(["Host web1", *given, *usual]) + "\n")
        files = dict(case.files)
        if case.known is not None:
            files[".ssh/known_hosts"] = case.known
        for name, content in files.items():
            self._make(self.home.path / name, name.endswith("/"), content)
        self.before = self._read()

    def _make(self, path, folder, content):
        path.parent.mkdir(parents=True, exist_ok=True)
        if folder:
            path.mkdir(mode=0o700)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(self.hosts.fill(content, self.home.path), newline="")

    def _read(self):
        return {str(path.relative_to(self.home.path)): path.read_bytes()
                for path in self.home.path.rglob("*")
                if path.is_file() and path not in self.kept and path != self.home.config}

    def written(self):
        """What is new or changed, each hashed name as <hash of NAME>."""
        return {name: self._plain(data.decode(errors="replace"))
                for name, data in self._read().items() if data != self.before.get(name)}

    def _plain(self, text):
        names = [self.hosts.name, "127.0.0.1", "pool", "Pool", "web1"]

        def name_of(match):
            salt = base64.b64decode(match[1])
            found = [name for name in names if self.hosts.hashed(name, salt) == match[0]]
            return f"<hash of {found[0] if found else 'something else'}>"
        return re.sub(r"\|1\|([\w+/]+=*)\|[\w+/]+=*", name_of, text)


class Run:
    """One program at one case."""

    def __init__(self, argv, env, person, case):
        person.prepare(case)
        self.person, self.case = person, case
        self.answers = [person.hosts.fill(text, person.home.path) for text in case.answers]
        self.asked = 0
        self.seen = 0  # of the output, up to the end of the last question
        self.end = time.monotonic() + 3 * DEADLINE
        self.term = Terminal([*argv, "web1", *case.command], env, rows=50, cols=200,
                             cwd=person.home.path)

    def step(self):
        """True: it goes on."""
        term = self.term
        if term.fd is None:
            return False
        term.read_for(0.001)
        if time.monotonic() > self.end:
            raise AssertionError(f"{self.case.name}: no end\n{term.picture()}")
        said = bytes(term.raw[self.seen:]).decode(errors="replace")
        if QUESTION.search(said):
            self.seen = len(term.raw)
            term.send(self.answers[self.asked] + "\r" if self.asked < len(self.answers) else "\x03")
            self.asked += 1
        return True

    def outcome(self):
        status = self.term.wait_exit()
        said = bytes(self.term.raw).decode(errors="replace").replace("\r", "")
        last = bytes(self.term.raw[self.seen:]).decode(errors="replace")
        reason = next((word for word, pattern in REASONS if re.search(pattern, last, re.I)), last.strip())
        place = PLACE.search(said)
        home = f"{self.person.home.path}/"
        place = ":".join(part for part in place.groups() if part) if place else ""
        return Outcome(accepted=status == 0, asked=self.asked, reason="" if status == 0 else reason,
                       place=place.replace(home, ""), files=self.person.written(), said=said)


class Judges:
    """Cases are run a few at once: most of their time is spent waiting."""

    def __init__(self, folder, tether, options):
        self.hosts = Hosts(folder)
        self.options = options
        self.programs = {"ssh": ["ssh"], "tether": [tether]}
        self.free = [Person(folder / f"me{i}", self.hosts) for i in range(AT_ONCE)]
        self.results = {}

    def run(self, cases):
        waiting = [(case, name) for case in dict.fromkeys(cases) for name in self.programs]
        active = {}
        while waiting or active:
            while waiting and self.free:
                case, name = waiting.pop(0)
                person = self.free.pop()
                env = {**person.home.env, **self.options}
                active[case.name, name] = Run(self.programs[name], env, person, case)
            fds = [run.term.fd for run in active.values() if run.term.fd is not None]
            select.select(fds, [], [], 0.1)
            for key, run in list(active.items()):
                if not run.step():
                    self.results[key] = run.outcome()
                    self.free.append(active.pop(key).person)

    def outcomes(self, case):
        return self.results[case.name, "ssh"], self.results[case.name, "tether"]

    def wanted(self, case, field, value):
        """What `differs` says of a field, filled in; of others, the value itself."""
        if field not in case.differs:
            return value, "as ssh"
        meant, reason = case.differs[field]
        if field == "files":
            meant = {name: self.hosts.fill(text, "") for name, text in meant.items()}
        return meant, reason

    def disagreements(self, case):
        """What differs, and is not meant to; or is meant to, and does not."""
        ssh, tether = self.outcomes(case)
        found = []
        for field in ("accepted", "asked", "reason", "place", "files"):
            theirs, ours = getattr(ssh, field), getattr(tether, field)
            wanted, reason = self.wanted(case, field, theirs)
            if ours != wanted:
                found.append(f"{field}: {ours!r}, not {wanted!r} ({reason}; ssh: {theirs!r})")
            elif field in case.differs and ours == theirs:
                found.append(f"{field}: as ssh's, {ours!r}, and not meant to be ({reason})")
        return found

    def close(self):
        self.hosts.sshd.stop()


