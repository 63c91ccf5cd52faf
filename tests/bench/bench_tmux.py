"""bench_tmux.py BENCH_VSCREEN: `cat FILE` through a pty into our emulator and into tmux's, the same
files in the same run. Told are seconds by the clock, in which the pty has its part, and of the
work that each does: reading, parsing, storing. Nothing here fails on time: it prints.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

TICK = os.sysconf("SC_CLK_TCK")
ROUNDS = 3


class Tmux:
    """A detached server with the size and scrollback that bench_vscreen has."""

    def __init__(self, socket):
        self.base = ["tmux", "-f", "/dev/null", "-L", socket]
        self.env = {k: v for k, v in os.environ.items() if k != "TMUX"}

    def run(self, *argv):
        return subprocess.run([*self.base, *argv], check=True, env=self.env, text=True,
                              stdout=subprocess.PIPE, timeout=120).stdout

    def __enter__(self):
        self.run("new-session", "-d", "-x", "80", "-y", "24", "cat")
        self.run("set", "-g", "history-limit", "100000")
        self.pid = self.run("display", "-p", "#{pid}").strip()
        return self

    def __exit__(self, *_):
        self.run("kill-server")

    def work(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def cat(self, path):
        """Until the shell behind cat runs on, when tmux has read nearly all."""
        start, work = time.monotonic(), self.work()
        socket = self.base[-1]
        self.run("new-window", f"cat '{path}'; tmux -L {socket} wait-for -S done")
        self.run("wait-for", "done")
        return time.monotonic() - start, self.work() - work


def ours(bench, path):
    out = subprocess.run([bench, "--pty", *[path] * ROUNDS], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    rounds = [[float(n) for n in line.split()[1:]] for line in out.splitlines()]
    return [min(column) for column in zip(*rounds)]


def main():
    bench = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        files = subprocess.run([bench, "--write", folder], check=True, text=True,
                               stdout=subprocess.PIPE).stdout.split()
        print(f"seconds for {os.path.getsize(files[1]) / 1e6:.1f} MB (yes: {os.path.getsize(files[0]) / 1e6:.1f})")
        print(f"{'':12}  by the clock                the work alone")
        print(f"{'':12} {'ours':>7} {'tmux':>7}  ratio {'ours':>11} {'tmux':>7}  ratio")
        for path in files:
            name = os.path.basename(path)
            mine = ours(bench, path)
            with Tmux(f"bench{os.getpid()}-{name}") as tmux:
                theirs = [min(column) for column in zip(*(tmux.cat(path) for _ in range(ROUNDS)))]
            print(f"{name:12} {mine[0]:7.3f} {theirs[0]:7.3f} {theirs[0] / mine[0]:6.1f} "
                  f"{mine[1]:11.3f} {theirs[1]:7.3f} {theirs[1] / mine[1]:6.1f}", flush=True)


if __name__ == "__main__":
    main()
