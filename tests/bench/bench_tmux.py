"""bench_tmux.py [--count] BENCH_VSCREEN: `cat FILE` through a pty into our emulator and into
tmux's, the same files in the same run. Told are seconds by the clock, in which the pty has its
part, and of the work that each does: reading, parsing, storing. With --count, by valgrind:
instructions for each byte, which do not depend on what else the machine does. Nothing here fails
on time: it prints.
"""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

TICK = os.sysconf("SC_CLK_TCK")
ROUNDS = 3
COUNTED = 1000 * 1000  # bytes: valgrind takes its time


def valgrind(out, *argv):
    return ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *argv]


def instructions(out):
    return int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)[1])


class Tmux:
    """A detached server with the size and scrollback that bench_vscreen has. `count`: a file for
    valgrind's figures."""

    def __init__(self, folder, name, count=None):
        conf = folder / "tmux.conf"
        conf.write_text("set -g history-limit 100000\nset -g status off\n")
        self.socket = f"bench{os.getpid()}-{name}"
        self.count = count
        self.base = ["tmux", "-f", str(conf), "-L", self.socket]
        self.env = {k: v for k, v in os.environ.items() if k != "TMUX"}

    def run(self, *argv):
        return subprocess.run([*self.base, *argv], check=True, env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300).stdout

    def __enter__(self):
        server = [*self.base, "-D"]
        self.server = subprocess.Popen(valgrind(self.count, *server) if self.count else server,
                                       env=self.env, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        while True:  # until it listens
            with contextlib.suppress(subprocess.CalledProcessError):
                self.run("-N", "new-session", "-d", "-x", "80", "-y", "24", "cat")
                break
            time.sleep(0.1)
        self.pid = self.run("display", "-p", "#{pid}").strip()
        return self

    def __exit__(self, *_):
        self.run("kill-server")
        self.server.wait()

    def work(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def cat(self, path):
        """Until the shell behind cat runs on, when tmux has read nearly all."""
        start, work = time.monotonic(), self.work()
        self.run("new-window", f"cat '{path}'; tmux -L {self.socket} wait-for -S done; sleep 1000")
        self.run("wait-for", "done")
        return time.monotonic() - start, self.work() - work


def ours(bench, path):
    out = subprocess.run([bench, "--pty", *[path] * ROUNDS], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    rounds = [[float(n) for n in line.split()[1:]] for line in out.splitlines()]
    return [min(column) for column in zip(*rounds)]


def count_ours(bench, path, folder):
    out = folder / "ours.out"
    subprocess.run(valgrind(out, bench, "--pty", path), check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return instructions(out)


def count_tmux(path, folder):
    out = folder / "tmux.out"
    with Tmux(folder, path.name, out) as tmux:
        tmux.cat(path)
    return instructions(out)


def time_all(bench, files, folder):
    print(f"seconds for {files[1].stat().st_size / 1e6:.1f} MB "
          f"(of yes {files[0].stat().st_size / 1e6:.1f})")
    print(f"{'':12}  by the clock                the work alone")
    print(f"{'':12} {'ours':>7} {'tmux':>7}  ratio {'ours':>11} {'tmux':>7}  ratio")
    for path in files:
        mine = ours(bench, path)
        with Tmux(folder, path.name) as tmux:
            theirs = [min(column) for column in zip(*(tmux.cat(path) for _ in range(ROUNDS)))]
        print(f"{path.name:12} {mine[0]:7.3f} {theirs[0]:7.3f} {theirs[0] / mine[0]:6.1f} "
              f"{mine[1]:11.3f} {theirs[1]:7.3f} {theirs[1] / mine[1]:6.1f}", flush=True)


def count_all(bench, files, folder):
    print(f"instructions a byte\n{'':12} {'ours':>7} {'tmux':>7}  ratio")
    empty = folder / "empty"
    empty.touch()
    base = count_ours(bench, empty, folder), count_tmux(empty, folder)
    for path in files:
        path.write_bytes(path.read_bytes()[:COUNTED])
        mine = (count_ours(bench, path, folder) - base[0]) / COUNTED
        theirs = (count_tmux(path, folder) - base[1]) / COUNTED
        print(f"{path.name:12} {mine:7.1f} {theirs:7.1f} {theirs / mine:6.1f}", flush=True)


def main():
    bench = os.path.abspath(sys.argv[-1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        out = subprocess.run([bench, "--write", folder], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
        files = [pathlib.Path(path) for path in out.split()]
        (count_all if "--count" in sys.argv else time_all)(bench, files, folder)


if __name__ == "__main__":
    main()
