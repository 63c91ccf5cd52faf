"""Servers that are made for one case: sshd, dropbear, and kbdint_host.

`sshd -i` takes a connection from whoever has accepted it, as inetd did. So a server of its own
for each case costs nothing until somebody comes, and what it wrote belongs to that connection
alone.
"""

import dataclasses
import os
import re
import shutil
import signal
import socket
import subprocess
import threading

from kbdint import find_program
from sshd import USER_ID, Accounts, find_sshd, free_port, wait_for_port
from terminal import DEADLINE


PEOPLE = ["ann", "bob", "CORP\\ann"]  # on every server, all with the same password
PASSWORD = "tr0ub4dor"


def add_people(accounts, homes):
    for person in PEOPLE:
        home = homes / person.replace("\\", "-")
        home.mkdir(parents=True)
        (home / ".hushlogin").touch()
        own(home)
        accounts.add(person, "/bin/bash", home, USER_ID if os.getuid() == 0 else os.getuid())
        accounts.set_password(person, PASSWORD)


def own(home):
    """Give it to the accounts."""
    for path in [home, *home.rglob("*")] if os.getuid() == 0 else []:
        os.chown(path, USER_ID, USER_ID)


@dataclasses.dataclass(frozen=True)
class Host:
    """A server. `options` are lines of sshd_config, which come before ours, or what the kind
    has instead; `authorized` are names in the key ring or whole lines of authorized_keys, `keys`
    its own; the first `drop` connections are closed at once."""
    options: tuple = ()
    authorized: tuple = ("main",)
    keys: tuple = ("host",)
    user: str = "ann"
    kind: str = "sshd"
    drop: int = 0


class Door:
    """A port of 127.0.0.1 behind which a server stands."""

    log = None  # the class that reads what it wrote

    def __init__(self, folder, host, accounts, ring):
        self.folder, self.host, self.accounts, self.ring = folder, host, accounts, ring
        self.folder.mkdir()
        self.processes = []
        self.logs = []
        self.port = self.open()

    def expand(self, text):
        """{keys} is the key ring's folder, {here} the server's own; {KEY.pub} a public key."""
        text = text.replace("{keys}", str(self.ring.folder)).replace("{here}", str(self.folder))
        return re.sub(r"\{([\w-]+)\.pub\}", lambda m: self.ring.public(m[1]).strip(), text)

    def write_authorized_keys(self):
        path = self.folder / "authorized_keys"
        lines = [name if " " in name else self.ring.public(name) for name in self.host.authorized]
        path.write_text("".join(self.expand(line).rstrip("\n") + "\n" for line in lines))
        return path

    def start(self, command, log, accounts=True, **streams):
        """A process of the server, in a group of its own, its standard error in the log. One with
        a sanitizer in it must not have the accounts' library loaded before that."""
        env = {**os.environ, **(self.accounts.env if accounts else {})}
        with open(log, "wb") as file:
            process = subprocess.Popen(
                command, stderr=file, env=env,
                start_new_session=True, **{"stdin": subprocess.DEVNULL, **streams})
        self.processes.append(process)
        self.logs.append(log)
        return process

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if process.stdout:
                process.stdout.close()

    def logged(self):
        """What each connection came to, in the server's own words."""
        return [self.log(log.read_text(errors="replace"), self.ring) for log in self.logs]


class Log:
    """A server's account of a connection. `tries` are the proofs that were offered, each once
    and in order, as "METHOD[ KEY]: OUTCOME"; `requests` what was asked for once it was in."""

    def __init__(self, text, ring):
        self.text, self.ring = text, ring

    def key(self, line):
        """The name of the first key whose fingerprint is in a line, with a blank before it."""
        found = re.search(r"SHA256:[A-Za-z0-9+/]+", line)
        name = found and " " + self.ring.names.get(found[0], "unknown key")
        return (name or "") + ("-cert" if "-CERT" in line else "")


class SshdLog(Log):
    """At LogLevel DEBUG1."""

    TRY = re.compile(r"^(Accepted|Failed|Partial) (\S+) for .* from \S+ port \d+ ssh2(.*)")
    # A key that will do is found when it is asked about, and again when it has signed.
    FOUND = "Accepted key "

    @property
    def tries(self):
        found = []
        for line in self.text.splitlines():
            match = self.TRY.match(line)
            if match and match[2] != "none":
                what, outcome = match[2] + self.key(match[3]), match[1].lower()
            elif line.startswith(self.FOUND):
                what, outcome = "publickey" + self.key(line), "found"
            else:
                continue
            if found and found[-1] == f"{what}: found":
                found.pop()
            found.append(f"{what}: {outcome}")
        return found

    @property
    def user(self):
        match = re.search(r"userauth-request for user (.*) service", self.text)
        return match and match[1]

    @property
    def requests(self):
        return re.findall(r"server_input_channel_req: channel \d+ request (\S+) reply", self.text)

    def agreed(self, what):
        """A choice of the key exchange: "algorithm", "host key algorithm", "client->server"."""
        match = re.search(rf"kex: {re.escape(what)}:? ([^[\n]*)", self.text)
        return match and match[1].strip()


class SshdDoor(Door):
    log = SshdLog

    def open(self):
        self.command = [find_sshd(), "-i", "-e", "-f", str(self._config())]
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        return self.listener.getsockname()[1]

    def _config(self):
        setenv = " ".join(f"{k}={v}" for k, v in self.accounts.env.items())
        config = self.folder / "sshd_config"
        config.write_text("\n".join([
            *map(self.expand, self.host.options),
            *(f"HostKey {self.ring.path(name)}" for name in self.host.keys),
            "PidFile none", "StrictModes no", "UsePAM no", "UseDNS no", "LogLevel DEBUG1",
            f"AuthorizedKeysFile {self.write_authorized_keys()}", "PasswordAuthentication no",
            "KbdInteractiveAuthentication no", "PrintLastLog no", "PrintMotd no",
            f"SetEnv {setenv}", ""]))
        return config

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                if self.connections > self.host.drop:
                    self.start(self.command, self.folder / f"log.{self.connections}",
                               stdin=connection, stdout=connection)

    def close(self):
        """Take no more, and wait until all who came have been served."""
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.thread.join(DEADLINE)
        for process in self.processes:
            try:
                process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                pass
        super().close()


class DropbearLog(Log):
    """What it says of who came in, and of passwords that were wrong."""

    @property
    def tries(self):
        return re.findall(r"((?:Password|Pubkey) auth succeeded|Bad password attempt) for",
                          self.text)

    @property
    def user(self):
        match = re.search(r" for '(.*?)'", self.text)
        return match and match[1]

    requests = []  # it does not say


class DropbearDoor(Door):
    """It takes keys only from the accounts' homes, so it has accounts of its own."""

    log = DropbearLog

    def open(self):
        self.accounts = Accounts(self.folder)
        add_people(self.accounts, self.folder / "homes")
        keys = self.write_authorized_keys()
        for home in (self.folder / "homes").iterdir():
            (home / ".ssh").mkdir(mode=0o700)
            shutil.copy(keys, home / ".ssh")
            own(home)
        port = free_port()
        process = self.start(
            ["dropbear", "-F", "-E", *self.host.options, "-p", f"127.0.0.1:{port}",
             "-r", str(self.ring.dropbear(self.host.keys[0])), "-P", str(self.folder / "pid")],
            self.folder / "log")
        wait_for_port(port, process)
        return port

    @property
    def connections(self):
        """But for our own, which found out that it was there."""
        return self.logs[0].read_text().count("Child connection from") - 1


class ScriptLog(Log):
    """kbdint_host's log is all that was tried; a key counts when it has signed."""

    @property
    def tries(self):
        return [line.split(" SHA256:")[0] + self.key(line) for line in self.text.splitlines()
                if line != "none" and not line.startswith("offered")]

    user, requests = None, []  # it does not say


class ScriptDoor(Door):
    """kbdint_host; the options are the lines of its script."""

    log = ScriptLog
    connections = None  # it does not say

    def open(self):
        script, log = self.folder / "script", self.folder / "said"
        script.write_text("".join(line + "\n" for line in self.host.options))
        log.touch()
        process = self.start([find_program(), str(self.ring.path(self.host.keys[0])), str(script),
                              str(log), str(self.write_authorized_keys())], self.folder / "log",
                             accounts=False, stdout=subprocess.PIPE)
        self.logs = [log]
        return int(process.stdout.readline())


KINDS = {"sshd": SshdDoor, "dropbear": DropbearDoor, "script": ScriptDoor}


def open_door(folder, host, accounts, ring):
    return KINDS[host.kind](folder, host, accounts, ring)
