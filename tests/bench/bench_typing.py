"""bench_typing.py PROGRAM: from a key at the prompt to its character on the screen, beside ssh, in
bash, zsh and fish, at 0 and at 200 ms of round trip.

Both screens are read back by the same emulator, and the keys are typed by turns, so that both meet
the same machine. Nothing here fails on time: it prints.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from relay import Relay  # noqa: E402
from sshd import Home, Sshd  # noqa: E402
from terminal import Terminal  # noqa: E402

WORDS = "echo the quick brown fox jumps"
REST = 0.05  # between keys: nobody types faster for long
FILES = {".bash_profile": "PS1='READY$ '\n", ".zshrc": "PS1='READY$ '\n",
         ".config/fish/config.fish": "set -g fish_greeting\nfunction fish_prompt; echo -n 'READY$ '; end\n"}


def key_to_screen(term, key):
    """Milliseconds until the cursor has moved behind the key's character."""
    row, col = term.cursor
    start = time.monotonic()
    term.send(key)
    term.wait_for(lambda: term.cursor == (row, col + 1) and
                  term.screen.buffer[row][col].data == key, what=repr(key))
    took = (time.monotonic() - start) * 1000
    term.read_for(REST)
    return took


def measure(home, program, name, delay):
    # (What fish suggests from its history would be on the screen before it is typed.)
    ways = {"ssh": (["ssh", "-tt", name], "READY$ "), "tether": ([program, "--private", name], "> ")}
    terms, took = {}, {label: [] for label in ways}
    for label, (argv, prompt) in ways.items():
        terms[label] = Terminal(argv, home.env)
        terms[label].wait_for(lambda label=label, prompt=prompt:
                              terms[label].before_cursor().endswith(prompt), what="a prompt")
        terms[label].read_for(4 * delay + 0.3)
    for key in WORDS:
        for label, term in terms.items():
            took[label].append(key_to_screen(term, key))
    for term in terms.values():
        term.close()
    return took


def told(times):
    times = sorted(times)
    return f"median {statistics.median(times):6.1f} ms, 90 % under {times[len(times) * 9 // 10]:6.1f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    program = os.path.abspath(parser.parse_args().program)
    with tempfile.TemporaryDirectory(prefix="b-", dir="/tmp") as folder:
        path = pathlib.Path(folder)
        path.chmod(0o755)
        home = Home(path / "me")
        for shell in ("bash", "zsh", "fish"):
            sshd = Sshd(path / shell)
            sshd.add_user("ann", shutil.which(shell), FILES)
            with sshd, Relay(sshd.port) as relay:
                home.add_host(shell, sshd, "ann", port=relay.port)
                for delay in (0.0, 0.1):
                    relay.delay(delay)
                    took = measure(home, program, shell, delay)
                    ratio = statistics.median(took["tether"]) / statistics.median(took["ssh"])
                    print(f"{shell:5} {delay * 2000:3.0f} ms   ssh {told(took['ssh'])}   "
                          f"tether {told(took['tether'])}   ratio {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
