"""A real OpenSSH sshd on a free port of 127.0.0.1, with accounts of its own.

The accounts exist only in passwd and group files that nss_wrapper shows to this sshd and to
what it starts, so that every test has the login shells and homes it wants and the machine is
not touched. As root the accounts have a user id of their own; otherwise they have ours.
"""

import glob
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

USER_ID = 4242


def wrapper_library():
    found = glob.glob("/usr/lib/*/libnss_wrapper.so") + glob.glob("/usr/lib64/libnss_wrapper.so")
    if not found:
        raise RuntimeError("nss_wrapper is not installed (package libnss-wrapper)")
    return found[0]


def find_sshd():
    """The system's sshd, or the one that scripts/test.sh unpacked without installing it."""
    for path in (os.environ.get("TETHER_TEST_SSHD"), "/usr/sbin/sshd"):
        if path and os.access(path, os.X_OK):
            return path
    raise RuntimeError("there is no sshd: run scripts/test.sh once, or set TETHER_TEST_SSHD")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port, process):
    """Until a server takes connections; it may see one that says nothing."""
    end = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{process.args[0]} did not start") from None
            time.sleep(0.01)


def keygen(path, kind="ed25519", passphrase=""):
    rounds = ["-a", "1"] if passphrase else []
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", *rounds,
                    "-f", str(path)], check=True, stdin=subprocess.DEVNULL)
    return pathlib.Path(path)


class Accounts:
    """passwd and group files, and the environment that makes programs see them."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.passwd = self.folder / "passwd"
        self.group = self.folder / "group"
        shutil.copy("/etc/passwd", self.passwd)
        shutil.copy("/etc/group", self.group)
        if "\nsshd:" not in self.passwd.read_text():
            self._append(self.passwd, "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin")
        if os.getuid() != 0:
            self._own_ttys()

    def _own_ttys(self):
        """sshd gives a terminal to the group tty, which only root may do unless it has it."""
        master, slave = os.openpty()
        gid = os.fstat(slave).st_gid
        os.close(master)
        os.close(slave)
        self.group.write_text(re.sub("(?m)^tty:.*$", f"tty:x:{gid}:", self.group.read_text()))

    @staticmethod
    def _append(path, line):
        with open(path, "a") as file:
            file.write(line + "\n")

    def add(self, user, shell, home, uid):
        """An account; its entry comes first, so that its user id has its name."""
        gid = uid if uid != os.getuid() else os.getgid()
        if uid != os.getuid():
            self._append(self.group, f"{user}:x:{gid}:")
        self._prepend(f"{user}:x:{uid}:{gid}:{user}:{home}:{shell}")

    def _prepend(self, entry):
        self.passwd.write_text(f"{entry}\n{self.passwd.read_text()}")

    def set_password(self, user, password):
        coded = subprocess.run(["openssl", "passwd", "-6", password], capture_output=True,
                               text=True, check=True).stdout.strip()
        text = self.passwd.read_text()
        self.passwd.write_text(text.replace(f"{user}:x:", f"{user}:{coded}:", 1))

    def replace_home(self, home):
        """Our own entry with another home, before all others: for ssh, which asks passwd."""
        name = next((f[0] for f in self._entries() if int(f[2]) == os.getuid()), "me")
        self._prepend(f"{name}:x:{os.getuid()}:{os.getgid()}::{home}:/bin/bash")

    def _entries(self):
        return [line.split(":") for line in self.passwd.read_text().splitlines() if ":" in line]

    @property
    def env(self):
        return {"LD_PRELOAD": wrapper_library(), "NSS_WRAPPER_PASSWD": str(self.passwd),
                "NSS_WRAPPER_GROUP": str(self.group)}


class Sshd:
    """`options` are lines of sshd_config. Homes are under FOLDER/home/USER."""

    def __init__(self, folder, options=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.accounts = Accounts(self.folder)
        self.options = list(options)
        self.port = free_port()
        self.process = None
        self.host_key = keygen(self.folder / "host_key")
        self.authorized_keys = self.folder / "authorized_keys"
        self.authorized_keys.touch()
        self.log = self.folder / "log"

    def home(self, user):
        return self.folder / "home" / user

    def add_user(self, user, shell="/bin/bash", files=()):
        """Add an account; `files` maps names in its home to text."""
        uid = USER_ID if os.getuid() == 0 and user != "root" else os.getuid()
        home = self.home(user)
        home.mkdir(parents=True)
        if shell.endswith("fish"):
            # Else its first start reads all of the machine's man pages, and the tests wait for it.
            (home / ".local/share/fish/generated_completions").mkdir(parents=True)
        self.accounts.add(user, shell, home, uid)
        for name, text in {".hushlogin": "", **dict(files)}.items():
            if text is not None:
                path = home / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        self.own(home)
        return home

    def own(self, path):
        """Give a file or folder to the accounts."""
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", f"{USER_ID}:{USER_ID}", str(path)], check=True)

    def authorize(self, public_key):
        with open(self.authorized_keys, "a") as file:
            file.write(pathlib.Path(public_key).read_text())

    def known_hosts_line(self, port=None, key=None):
        public = pathlib.Path(f"{key or self.host_key}.pub").read_text().split()
        return f"[127.0.0.1]:{port or self.port} {public[0]} {public[1]}\n"

    def start(self):
        if os.getuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        setenv = " ".join(f"{k}={v}" for k, v in self.accounts.env.items())
        config = self.folder / "sshd_config"
        # The first value of an option counts: a test's come before ours.
        config.write_text("\n".join([
            *self.options, f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {self.host_key}",
            "PidFile none", "StrictModes no", "UsePAM no", "UseDNS no", "LogLevel VERBOSE",
            f"AuthorizedKeysFile {self.authorized_keys}", "PasswordAuthentication no",
            "KbdInteractiveAuthentication no", "PrintLastLog no", "AcceptEnv LANG LC_*",
            "MaxStartups 100", f"SetEnv {setenv}", ""]))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [find_sshd(), "-D", "-e", "-f", str(config)], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env={**os.environ, **self.accounts.env},
                start_new_session=True)
        return self._wait()

    def _wait(self):
        try:
            wait_for_port(self.port, self.process)
        except RuntimeError as error:
            raise RuntimeError(f"{error}:\n{self.log.read_text()}") from None
        return self

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class Dropbear(Sshd):
    """The small server of small machines, with the same accounts. It takes no options."""

    def authorize(self, public_key):
        super().authorize(public_key)
        for home in (self.folder / "home").iterdir():
            (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
            shutil.copy(self.authorized_keys, home / ".ssh/authorized_keys")
            self.own(home)

    def start(self):
        key = self.folder / "dropbear_key"
        subprocess.run(["dropbearconvert", "openssh", "dropbear", str(self.host_key), str(key)],
                       check=True, stderr=subprocess.DEVNULL)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                ["dropbear", "-F", "-E", "-s", "-r", str(key), "-p", f"127.0.0.1:{self.port}",
                 "-P", str(self.folder / "pid")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **self.accounts.env}, start_new_session=True)
        return self._wait()


class Home:
    """The person's side: a home with ~/.ssh/config, a key and known_hosts, and an environment
    in which both `ssh` and the program take it for theirs. Without `key` it has no key yet."""

    def __init__(self, folder, key=True):
        self.path = pathlib.Path(folder)
        (self.path / ".ssh").mkdir(parents=True, mode=0o700)
        (self.path / "bin").mkdir()
        self.key = self.path / ".ssh/id_ed25519"
        if key:
            keygen(self.key)
        self.config = self.path / ".ssh/config"
        self.known_hosts = self.path / ".ssh/known_hosts"
        self.accounts = Accounts(self.path / "bin")
        self.accounts.replace_home(self.path)
        # ssh takes the home from passwd, not from $HOME.
        preload = " ".join(f"'{k}={v}'" for k, v in self.accounts.env.items())
        for program in ("ssh", "ssh-add"):
            real = shutil.which(program)
            wrapper = self.path / "bin" / program
            wrapper.write_text(f'#!/bin/sh\nexec env {preload} {real} "$@"\n')
            wrapper.chmod(0o755)

    def add_host(self, name, sshd, user="ann", port=None, trust=True, options=()):
        """Name a host in ~/.ssh/config, with its key known unless `trust` is false."""
        sshd.authorize(f"{self.key}.pub")
        lines = [f"Host {name}", "HostName 127.0.0.1", f"Port {port or sshd.port}",
                 f"User {user}", *options, ""]
        with open(self.config, "a") as file:
            file.write("\n    ".join(lines).rstrip(" ") + "\n")
        if trust:
            with open(self.known_hosts, "a") as file:
                file.write(sshd.known_hosts_line(port))

    @property
    def env(self):
        return {"HOME": str(self.path), "PATH": f"{self.path}/bin:/usr/local/bin:/usr/bin:/bin",
                "TERM": "xterm-256color", "LANG": "C.UTF-8", "SHELL": "/bin/bash",
                "USER": "me", "LOGNAME": "me", "XDG_RUNTIME_DIR": str(self.path),
                "XDG_STATE_HOME": str(self.path / "state"),
                "XDG_CONFIG_HOME": str(self.path / "config")}

    @property
    def history(self):
        return self.path / "state/tether/history"
