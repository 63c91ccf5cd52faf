"""bench.py PROGRAM: figures of this program beside ssh's, from one run on one machine.

    time to the first prompt   against `ssh -tt`, at 0, 50 and 200 ms of round trip, with a key
                               file, with an agent, and by way of a jump host
    time to a command's output the same, against `ssh HOST COMMAND`
    cat of a large file        against `ssh -tt ... > /dev/null`
    key to screen              at the prompt, over 200 ms of round trip
    Tab to candidates          over the round trip of 0 and 200 ms, beside bash's own Tab by way of
                               ssh; and the same Tab again
    key to list                Ctrl-R, and a letter in it, with a history of 100,000 lines
    resident memory            at the prompt, and after the large file

Nothing here fails on time: it prints.
"""

import argparse
import contextlib
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from relay import Relay  # noqa: E402
from sshd import Home, Sshd, keygen  # noqa: E402
from terminal import Terminal  # noqa: E402

PROMPT = re.compile(r"\[[^]]+\]: \S.*[>#] $")
FILE_SIZE = 200 * 1000 * 1000


class Raw:
    """A program on a pty whose output is only searched, not emulated: costs nothing."""

    def __init__(self, argv, env):
        self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            os.execvpe(argv[0], argv, env)
        self.data = b""

    def wait(self, wanted):
        while wanted not in self.data:
            piece = os.read(self.fd, 1 << 20)
            if not piece:
                raise EOFError(self.data[-500:])
            self.data = (self.data + piece)[-100000:]

    def end(self):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def first_prompt(argv, env, wanted):
    """Seconds from the start to the prompt's bytes, ready for a line."""
    start = time.monotonic()
    program = Raw(argv, env)
    program.wait(wanted)
    took = time.monotonic() - start
    program.end()
    return took


def measure_pairs(bench, relay, name, delay, rounds, env=(), command=()):
    """ssh and the program by turns, so that both meet the same machine; the median of ratios."""
    relay.delay(delay / 2)
    ways = {"ssh": (["ssh", *(command and [] or ["-tt"]), name, *command],
                    command and b"done" or b"READY$ "),
            "tether": ([bench.program, name, *command], command and b"done" or b"]:")}
    took = {label: [] for label in ways}
    for _ in range(rounds):
        for label, (argv, wanted) in ways.items():
            took[label].append(first_prompt(argv, {**bench.home.env, **dict(env)}, wanted))
    ratio = statistics.median(t / s for s, t in zip(took["ssh"], took["tether"]))
    ssh, tether = (statistics.median(took[label]) * 1000 for label in ways)
    return f"ssh {ssh:6.0f} ms, tether {tether:6.0f} ms, ratio {ratio:.2f}"


def measure_connecting(bench, relay, rounds):
    """The relay is in front of web1's host, which is the jump host too."""
    with bench.agent() as agent:
        print("First prompt, the median of pairs (aims over 200 ms: key file 0.85, agent 0.95)")
        for delay in (0.0, 0.05, 0.2):
            for label, name, env in (("key file", "far", ()), ("agent", "held", agent),
                                     ("one jump", "behind", ())):
                print(f"  {delay * 1000:3.0f} ms  {label:9}",
                      measure_pairs(bench, relay, name, delay, rounds, env))
        print("A command's output, with a key file")
        for delay in (0.0, 0.05, 0.2):
            print(f"  {delay * 1000:3.0f} ms           ",
                  measure_pairs(bench, relay, "far", delay, rounds, command=["echo done"]))


def stages(bench, name):
    """Where the round trips go: the program's own account, from -v."""
    term = Terminal([bench.program, "-v", name], bench.home.env)
    term.wait_for(lambda: PROMPT.search(term.before_cursor()), what="a prompt")
    term.send("exit\r")
    term.wait_exit()
    print("  tether -v, over 200 ms:")
    for line in term.history.split("\n"):
        if re.search(r"\d+ ms|: (resolve|connect|banner|key|host|auth|channel|shell)", line):
            print("    " + line.strip())


def cat_by_ssh(bench):
    argv = ["ssh", "-tt", "web1", f"cat {bench.large}"]
    start = time.monotonic()
    subprocess.run(argv, env=bench.home.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   stdin=subprocess.DEVNULL, check=True)
    return time.monotonic() - start


def cat_in_session(bench, program):
    program.data = b""
    start = time.monotonic()
    os.write(program.fd, f"cat {bench.large}; echo en''ded\r".encode())
    program.wait(b"ended")
    took = time.monotonic() - start
    program.wait(b"]:")
    return took


def measure_cat(bench, rounds):
    """By turns, each of ours between two of ssh's; the median of ratios."""
    program = Raw([bench.program, "web1"], bench.home.env)
    program.wait(b"]:")
    ssh, ours = [cat_by_ssh(bench)], []
    for _ in range(rounds):
        ours.append(cat_in_session(bench, program))
        ssh.append(cat_by_ssh(bench))
    memory = resident(program.pid)
    program.end()
    for label, seconds in (("ssh", min(ssh)), ("tether", min(ours))):
        print(f"  {label:7} {seconds:8.2f} s   {FILE_SIZE / seconds / 1e6:6.1f} MB/s at best")
    ratio = statistics.median(2 * t / (a + b) for t, a, b in zip(ours, ssh, ssh[1:]))
    print(f"  ratio   {ratio:8.2f}     of the time (aim: 1.1)")
    return memory


def resident(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


def measure_keys(bench):
    program = Raw([bench.program, "far"], bench.home.env)
    program.wait(b"]:")
    times = []
    for key in b"echo the quick brown fox jumps over the lazy dog"[:40]:
        time.sleep(0.05)
        program.data = b""
        start = time.monotonic()
        os.write(program.fd, bytes([key]))
        os.read(program.fd, 65536)
        times.append((time.monotonic() - start) * 1000)
    memory = resident(program.pid)
    program.end()
    times.sort()
    print(f"  median {statistics.median(times):.1f} ms, 90 % under {times[len(times) * 9 // 10]:.1f} "
          f"ms, most {times[-1]:.1f} ms   (aim: a few ms; the round trip is 200)")
    return memory


# Lines that have one answer, and how that begins. A command between makes it be asked anew.
COMPLETIONS = [("ls /us", b"r/"), ("git chec", b"kout"), ("cat .bash_pro", b"file")]


def tab(program, line, added):
    """Milliseconds from Tab behind the line to what it adds; the line is dropped again."""
    os.write(program.fd, line.encode())
    program.wait(line[-3:].encode())
    time.sleep(0.1)
    program.data = b""
    start = time.monotonic()
    os.write(program.fd, b"\t")
    program.wait(added)
    took = (time.monotonic() - start) * 1000
    os.write(program.fd, b"\x15")
    time.sleep(0.02)
    return took


def measure_completion(bench, relay, delay):
    """By turns with bash's own Tab over ssh, which runs the same completion functions."""
    relay.delay(delay / 2)
    program = Raw([bench.program, "far"], bench.home.env)
    ssh = Raw(["ssh", "-tt", "far"], bench.home.env)
    program.wait(b"]:")
    ssh.wait(b"READY$ ")
    trip = delay * 1000
    for line, added in COMPLETIONS:
        times = {"ssh": [], "asked": [], "kept": []}
        for _ in range(12):
            times["ssh"].append(tab(ssh, line, added) - trip)
            times["asked"].append(tab(program, line, added) - trip)
            times["kept"].append(tab(program, line, added))
            # (At the screen's end nothing but the scrolling tells of the next prompt.)
            os.write(program.fd, b"true\r")
            time.sleep(delay * 3 + 0.2)
        own, asked, kept = (statistics.median(times[label][1:]) for label in times)
        ours = statistics.median(t - s for s, t in zip(times["ssh"][1:], times["asked"][1:]))
        print(f"  {trip:3.0f} ms  {line:14} {asked:5.1f} ms over the round trip (aim: 10), of which "
              f"bash needs {own:.1f} by itself and {ours:.1f} are ours; again {kept:.1f} ms")
    ssh.end()
    program.end()


def measure_list(bench):
    path = pathlib.Path(bench.home.env["XDG_STATE_HOME"]) / "tether/history/web1"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"\x1f0a.{n} {1600000000 + n} 0 12 /srv/site{n % 40}\x1fmake target-{n} "
                            f"CFLAGS='-O2 -g{n % 7}'\n" for n in range(100000)))
    program = Raw([bench.program, "web1"], bench.home.env)
    program.wait(b"]:")
    took = {}
    for label, keys, wanted in (("Ctrl-R", b"\x12", b"history"), ("a letter", b"7", b"7"),
                                ("one more", b"9", b"9"), ("Escape", b"\x1b", b"]:")):
        program.data = b""
        start = time.monotonic()
        os.write(program.fd, keys)
        program.wait(wanted)
        took[label] = (time.monotonic() - start) * 1000
    program.end()
    path.unlink()
    print("  " + ", ".join(f"{label} {ms:.0f} ms" for label, ms in took.items()))


class Bench:
    def __init__(self, program, folder):
        self.program = os.path.abspath(program)
        folder.chmod(0o755)
        self.home = Home(folder / "me")
        self.sshd = Sshd(folder / "host")
        home = self.sshd.add_user("ann", files={".bash_profile": "PS1='READY$ '\n"})
        line = b"All work and no play makes a dull page of a screen. %08d 0123456789abcdef\n"
        self.large = home / "large"
        with open(self.large, "wb") as file:
            written = 0
            while written < FILE_SIZE:
                block = b"".join(line % n for n in range(20000))
                written += file.write(block)
            file.truncate(FILE_SIZE)
        self.sshd.own(home)

    @contextlib.contextmanager
    def agent(self):
        """An agent with a key that is in no file, for the host "held"; gives its environment."""
        folder = self.home.path / "agent"
        folder.mkdir()
        key = keygen(folder / "key")
        self.sshd.authorize(f"{key}.pub")
        env = {"SSH_AUTH_SOCK": str(folder / "socket")}
        process = subprocess.Popen(["ssh-agent", "-D", "-a", env["SSH_AUTH_SOCK"]],
                                   stdout=subprocess.DEVNULL)
        try:
            while subprocess.run(["ssh-add", "-q", key], env={**os.environ, **env},
                                 stderr=subprocess.DEVNULL).returncode == 2:
                time.sleep(0.01)
            key.unlink()
            yield env
        finally:
            process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="b-", dir="/tmp") as folder:
        bench = Bench(options.program, pathlib.Path(folder))
        with bench.sshd, Relay(bench.sshd.port) as far:
            bench.home.add_host("web1", bench.sshd)
            bench.home.add_host("far", bench.sshd, port=far.port)
            bench.home.add_host("held", bench.sshd, port=far.port, trust=False, options=[
                f"IdentityFile {bench.home.path}/agent/key.pub", "IdentitiesOnly yes"])
            bench.home.add_host("behind", bench.sshd, options=["ProxyJump far"])
            measure_connecting(bench, far, options.rounds)
            far.delay(0.1)
            stages(bench, "far")
            print("cat of 200 MB to the terminal")
            large = measure_cat(bench, options.rounds)
            print("Key to screen at the prompt, 200 ms of round trip")
            small = measure_keys(bench)
            print("Tab to candidates, the median of 11")
            for delay in (0.0, 0.2):
                measure_completion(bench, far, delay)
            far.delay(0.1)
            print("Key to list, with a history of 100,000 lines")
            measure_list(bench)
            print("Resident memory")
            print(f"  at the prompt {small:.1f} MB, with a full scrollback {large:.1f} MB")


if __name__ == "__main__":
    main()
