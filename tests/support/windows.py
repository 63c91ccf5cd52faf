"""A host that says it is Windows' own OpenSSH: kbdint_host by that banner, with PowerShell, with
Wine's cmd, or with a script as its shell. What sshd there does with a command (`cmd /c COMMAND`,
`powershell -c COMMAND`), the shell's wrapper here does."""

import glob
import os
import pathlib
import shutil
import subprocess

from kbdint import KbdintHost
from sshd import Accounts

BANNER = "OpenSSH_for_Windows_9.5"


def find_pwsh():
    """In PATH, where its own package and `dotnet tool` put it, or where install-deps.sh did."""
    places = [os.environ.get("TETHER_TEST_PWSH"), shutil.which("pwsh"), "/usr/bin/pwsh",
              "/opt/pwsh/pwsh", os.path.expanduser("~/.dotnet/tools/pwsh"),
              str(pathlib.Path(__file__).parents[2] / "build/pwsh/pwsh")]
    return next((path for path in places if path and os.access(path, os.X_OK)), None)


def pwsh_program(folder):
    """PowerShell as a login shell in that folder. (What dotnet's tools are started by would start
    dotnet twice.)"""
    found = find_pwsh()
    tool = glob.glob(f"{os.path.dirname(found)}/.store/powershell/*/powershell/*/tools/*/any/unix/"
                     "pwsh.dll")
    path = pathlib.Path(folder) / "pwsh"
    if not path.exists():
        program = f"dotnet {tool[0]}" if tool else found
        path.write_text("#!/bin/sh\nexport POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off\n"
                        f'exec {program} "$@"\n')
        path.chmod(0o755)
    return str(path)


def find_wine():
    return shutil.which("wine64") or next(iter(glob.glob("/usr/lib/wine/wine64")), None)


class Wine:
    """A Windows of its own, made once and ended with everything in it."""

    def __init__(self, folder):
        self.program = find_wine()
        self.env = {"WINEPREFIX": str(folder), "WINEDEBUG": "-all", "HOME": str(folder),
                    "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        self.drive = folder / "drive_c"
        self._run("wineboot", "-i")
        self._server("-w") # what that has begun

    def _run(self, *argv):
        subprocess.run([self.program, *argv], env=self.env, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                       timeout=120)

    def _server(self, *argv):
        path = shutil.which("wineserver") or "/usr/lib/wine/wineserver"
        subprocess.run([path, *argv], env=self.env, check=False, timeout=120)

    def close(self):
        self._server("-k")

    def shell(self, path):
        """A login shell that is cmd."""
        exports = "".join(f"export {name}='{value}'\n" for name, value in self.env.items())
        path.write_text(f"#!/bin/sh\n{exports}cd '{self.drive}/users'\n"
                        f'[ "$1" = -c ] || exec {self.program} cmd\n'
                        # (Wine would quote the command's own quotes.)
                        # In a file `for`'s variables have two signs.
                        f"printf '@%s\\r\\n' \"$2\" | sed 's/%~*[de]\\>/%&/g' >'{self.drive}'/run.$$.cmd\n"
                        f"exec {self.program} cmd /c 'C:\\run.'$$.cmd\n")
        path.chmod(0o755)
        return path


class WindowsHost(KbdintHost):
    def __init__(self, folder, shell, banner=BANNER):
        folder.mkdir(parents=True, exist_ok=True)
        accounts = Accounts(folder)
        accounts.add("ann", str(shell), str(folder), os.getuid())
        # (The sanitizer would be the first to be loaded.)
        asan = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        super().__init__(folder, f"version\t{banner}\nfactor\tpublickey\n", ASAN_OPTIONS=asan,
                         **accounts.env)


def pwsh_shell(path):
    """A login shell that is PowerShell, as far as it can be told on a Unix."""
    pwsh = pwsh_program(path.parent)
    path.write_text(f"#!/bin/sh\nexport OS=Windows_NT PATH={path.parent}:$PATH\n"
                    f'exec {pwsh} "$@"\n')
    path.chmod(0o755)
    return path
