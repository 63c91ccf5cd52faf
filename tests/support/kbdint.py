"""kbdint_host, the server whose login is a script (its source's head tells the script's words),
as a host beside those of sshd.py:

    with KbdintHost(folder, "factor\\tkeyboard-interactive\\nround\\t\\t\\nhidden\\tCode: \\t42\\n"):
        ...
"""

import os
import pathlib
import subprocess

from sshd import keygen


def find_program():
    found = os.environ.get("KBDINT_HOST")
    return found or str(pathlib.Path(os.environ.get("TETHER", "build/debug/tether")).parent
                        / "tests/support/kbdint_host")


class KbdintHost:
    def __init__(self, folder, script, **env):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.script = self.folder / "script"
        self.script.write_text(script)
        self.log_file = self.folder / "log"
        self.log_file.touch()
        self.authorized_keys = self.folder / "authorized_keys"
        self.authorized_keys.touch()
        self.host_key = keygen(self.folder / "host_key")
        self.process = subprocess.Popen(
            [find_program(), str(self.host_key), str(self.script), str(self.log_file),
             str(self.authorized_keys)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            text=True, env={**os.environ, "HOME": str(self.folder), **env}, start_new_session=True)
        self.port = int(self.process.stdout.readline())

    @property
    def log(self):
        """What came from the clients, a line each."""
        return self.log_file.read_text().splitlines()

    def authorize(self, public_key):
        with open(self.authorized_keys, "a") as file:
            file.write(pathlib.Path(public_key).read_text())

    def known_hosts_line(self, port=None):
        public = pathlib.Path(f"{self.host_key}.pub").read_text().split()
        return f"[127.0.0.1]:{port or self.port} {public[0]} {public[1]}\n"

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
