"""bench_tmux.py BENCH_VSCREEN: seconds that `cat FILE` takes through a pty, into our emulator
and into tmux's, on the same files in the same run. Nothing here fails on time: it prints.
"""

import os
import subprocess
import sys
import tempfile
import time


def tmux_seconds(path, socket):
    """A detached tmux of the same size and scrollback; the pty's end is seen by a file that
    the pane's shell writes when cat has come to its end (so tmux has read nearly all)."""
    base = ["tmux", "-f", "/dev/null", "-L", socket]
    env = {k: v for k, v in os.environ.items() if k != "TMUX"}
    subprocess.run(base + ["new-session", "-d", "-x", "80", "-y", "24", "cat"], check=True, env=env)
    try:
        subprocess.run(base + ["set", "-g", "history-limit", "100000"], check=True, env=env)
        start = time.monotonic()
        subprocess.run(
            base + ["new-window", f"cat '{path}'; tmux -L {socket} wait-for -S done"],
            check=True, env=env)
        subprocess.run(base + ["wait-for", "done"], check=True, env=env, timeout=120)
        return time.monotonic() - start
    finally:
        subprocess.run(base + ["kill-server"], check=False, env=env,
                       stderr=subprocess.DEVNULL)


def main():
    bench = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        files = subprocess.run([bench, "--write", folder], check=True, text=True,
                               stdout=subprocess.PIPE).stdout.split()
        print(f"{'':12} {'ours':>8} {'tmux':>8}   (seconds for {os.path.getsize(files[0]) / 1e6:.1f}"
              " MB through a pty)")
        for path in files:
            name = os.path.basename(path)
            out = subprocess.run([bench, "--pty", path, path], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
            ours = min(float(line.split()[1]) for line in out.splitlines())
            tmux = min(tmux_seconds(path, f"bench{os.getpid()}-{name}-{i}") for i in range(2))
            print(f"{name:12} {ours:8.3f} {tmux:8.3f}   {tmux / ours:.1f} times")


if __name__ == "__main__":
    main()
