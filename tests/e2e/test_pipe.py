"""One command, or no terminal: what `ssh` does, case by case, beside `ssh` itself."""

import hashlib
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import termios
import time

import pytest
from compare import OWN_WORDS
from conftest import TETHER
from sshd import keygen
from terminal import DEADLINE


def argv(program, lab, *args):
    path = os.path.abspath(TETHER) if program == "tether" else str(lab.home.path / "bin/ssh")
    return [path, *args]


def run(lab, program, *args, data=b"", **kwargs):
    """Run it without a terminal; returns status, stdout, stderr."""
    done = subprocess.run(argv(program, lab, *args), input=data, capture_output=True,
                          env=lab.env(**kwargs.pop("env", {})), cwd=lab.home.path,
                          start_new_session=True, timeout=3 * DEADLINE, **kwargs)
    return done.returncode, done.stdout, OWN_WORDS.sub(b"", done.stderr)


def both(lab, *args, **kwargs):
    """The same through ssh and through tether: the outcome must be one."""
    ssh = run(lab, "ssh", *args, **kwargs)
    tether = run(lab, "tether", *args, **kwargs)
    assert tether == ssh
    return tether


CASES = [
    # args, standard input, status
    (["web1", "true"], b"", 0),
    (["web1", "exit 3"], b"", 3),
    (["web1", "exit 255"], b"", 255),
    (["web1", "echo out; echo err >&2"], b"", 0),
    (["web1", "cat"], b"abc\0\xff\r\n\x03~.\n~.\n", 0),
    (["web1", "cat"], b"", 0),
    (["web1", "cat >&2"], b"to stderr", 0),
    (["web1", "echo", "a  b", "$HOME", "'c  d'"], b"", 0),
    (["web1", "printf '%s|' \"a b\" 'c'\\''d' $((1+1)); echo \\\\"], b"", 0),
    (["web1", "printf '%s\\n' caf\u00e9 \u65e5\u672c"], b"", 0),
    (["web1", "no-such-command"], b"", 127),
    (["web1", "sh -c 'kill -TERM $$'; exit $?"], b"", 143),
    (["web1"], b"echo from the shell; exit 5\n", 5),
    (["web1"], b"", 0),
    (["-T", "web1"], b"tty; exit 1\n", 1),
    (["-n", "web1", "cat"], b"not to be read", 0),
    (["-t", "web1", "tty"], b"", 1),
    (["-tt", "web1", "tty >/dev/null && stty size; exit 4"], b"", 4),
    (["web1", "-l", "ann", "--", "id", "-un"], b"", 0),
    (["-q", "-4", "web1", "echo quiet"], b"", 0),
    (["web1", "head -c 3"], b"x" * 1000000, 0),
    (["web1", "sleep 0.2; exit 7"], b"unread" * 1000, 7),
    (["web1", "exec >&-; exec 2>&-; cat >/dev/null; exit 6"], b"more", 6),
]


@pytest.fixture
def one(lab):
    lab.host()
    return lab


@pytest.mark.parametrize("args, data, status", CASES, ids=[" ".join(c[0])[:40] for c in CASES])
def test_as_ssh(one, args, data, status):
    assert both(one, *args, data=data)[0] == status


def test_nothing_of_ours_in_the_output(one):
    assert run(one, "tether", "web1", "exit 3") == (3, b"", b"")


@pytest.mark.parametrize("signo", ["KILL", "TERM", "SEGV"])
def test_ended_by_a_signal(one, signo):
    """The contract is 128+N, where ssh says 255."""
    number = 128 + getattr(signal, "SIG" + signo)
    assert run(one, "tether", "web1", f"kill -{signo} $$") == (number, b"", b"")


def test_binary_both_ways(one):
    data = os.urandom(20_000_000)
    status, out, err = run(one, "tether", "web1", "cat", data=data)
    assert (status, err) == (0, b"")
    assert hashlib.sha256(out).digest() == hashlib.sha256(data).digest()
    status, out, _ = run(one, "tether", "web1", "tee /dev/stderr | sha256sum", data=data[:3000000])
    assert out.split()[0].decode() == hashlib.sha256(data[:3000000]).hexdigest()


def start(lab, *args, **kwargs):
    program = subprocess.Popen(argv("tether", lab, *args), env=lab.env(), cwd=lab.home.path,
                               start_new_session=True, **kwargs)
    lab.ends.append(lambda: (program.kill(), program.wait()))
    return program


def wait_until(check):
    end = time.monotonic() + DEADLINE
    while not check():
        assert time.monotonic() < end
        time.sleep(0.01)


def settled(read):
    """Wait until a value no longer changes; return it."""
    last, since = read(), time.monotonic()
    end = since + DEADLINE
    while time.monotonic() - since < 0.5:
        assert time.monotonic() < end
        time.sleep(0.02)
        now = read()
        if now != last:
            last, since = now, time.monotonic()
    return last


def test_a_slow_reader_holds_the_host_back(one):
    marker = one.folder / "web1/home/ann/count"
    sent = ("python3 -c 'import sys\nfor i in range(400):\n"
            f" sys.stdout.write(\"x\" * 65536); open(\"{marker}\", \"w\").write(str(i))'")
    program = start(one, "web1", sent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    wait_until(marker.exists)
    stopped_at = int(settled(marker.read_text) or 0)
    assert 0 < stopped_at < 200  # of 400: the rest waits on the host
    assert len(program.stdout.read()) == 400 * 65536
    assert program.wait(DEADLINE) == 0


def test_a_slow_host_holds_our_input_back(one):
    program = start(one, "web1", "while [ ! -e go ]; do sleep 0.05; done; sha256sum",
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    os.set_blocking(program.stdin.fileno(), False)
    given = bytearray()

    def feed():
        try:
            given.extend(b"y" * os.write(program.stdin.fileno(), b"y" * 65536))
        except BlockingIOError:
            pass
        return len(given)
    wait_until(lambda: feed() > 65536)  # more than the pipe holds: it has begun to read
    assert settled(feed) < 16_000_000
    (one.folder / "web1/home/ann/go").touch()
    program.stdin.close()
    assert program.stdout.read().split()[0].decode() == hashlib.sha256(given).hexdigest()


def test_the_input_is_not_made_non_blocking(one):
    """The descriptors are shared with the programs around us."""
    read, write = os.pipe()
    program = start(one, "web1", "cat", stdin=read, stdout=subprocess.PIPE)
    os.write(write, b"x")
    assert program.stdout.read(1) == b"x"
    assert os.get_blocking(read) and os.get_blocking(program.stdout.fileno())
    os.close(read)
    os.close(write)
    assert program.wait(DEADLINE) == 0


def shell_line(lab, program, line):
    """A shell's pipeline with the program's path for @."""
    line = line.replace("@", shlex.quote(argv(program, lab)[0]))
    done = subprocess.run(["bash", "-c", line], stdin=subprocess.DEVNULL, capture_output=True,
                          env=lab.env(), cwd=lab.home.path, start_new_session=True,
                          timeout=3 * DEADLINE)
    return done.returncode, done.stdout, OWN_WORDS.sub(b"", done.stderr)


@pytest.mark.parametrize("line", [
    "@ web1 'yes' | head -c 10",
    "@ web1 'seq 100000' | head -n 2",
    "echo 'echo hi' | @ web1",
    "printf 'a\\nb\\n' | while read line; do @ -n web1 echo $line; done",
    "printf 'a\\nb\\n' | while read line; do echo $line; @ web1 cat; done",
    "@ web1 'echo x >&2; echo y' 2>/dev/null",
    "@ web1 'echo x >&2; echo y' >/dev/null",
    "@ web1 'cat; echo end' <&-",
    "tar cf - .ssh/config | @ web1 'tar tf -'",
])
def test_in_a_pipeline(one, line):
    assert shell_line(one, "tether", line) == shell_line(one, "ssh", line)


def test_variables(lab):
    """SetEnv and SendEnv, as far as the host accepts them."""
    lab.host(client=["SetEnv LC_ONE=\"a b\" NOT_ACCEPTED=x", "SendEnv LC_TWO"])
    for args in (["web1", "echo $LC_ONE-$LC_TWO-$NOT_ACCEPTED"], ["web1"]):
        assert both(lab, *args, data=b"echo $LC_ONE-$LC_TWO-$NOT_ACCEPTED\n",
                    env={"LC_TWO": "two"})[1] == b"a b-two-\n"


def test_by_way_of_a_jump_host(lab):
    lab.host("jump")
    lab.host(client=["ProxyJump jump"])
    assert both(lab, "web1", "cat; exit 3", data=b"through")[:2] == (3, b"through")
    lab.host("web2")
    assert both(lab, "-J", "jump", "web2", "echo in")[:2] == (0, b"in\n")


def test_request_tty_from_the_config(lab):
    lab.host(client=["RequestTTY force"])
    assert both(lab, "web1", "tty >/dev/null && exit 9")[0] == 9
    assert both(lab, "-T", "web1", "tty >/dev/null || exit 8")[0] == 8


# What cannot be done.

def says(lab, *args, words, **kwargs):
    assert run(lab, "ssh", *args, **kwargs)[0] == 255
    status, out, err = run(lab, "tether", *args, **kwargs)
    assert (status, out) == (255, b"")
    assert err.count(b"\n") == 1 and err.startswith(b"tether: ")
    for word in words:
        assert re.search(word, err.decode(), re.I), err
    return err


def test_refused(lab):
    lab.host().stop()
    says(lab, "web1", "true", words=["refused", "web1"])
    assert run(lab, "tether", "-q", "web1", "true") == run(lab, "ssh", "-q", "web1", "true")


def test_unknown_host_without_a_terminal(lab):
    lab.host(trust=False)
    says(lab, "web1", "true", words=["known host", "SHA256:", "no terminal"], data=b"yes\n")
    assert not lab.home.known_hosts.exists()


def test_an_unknown_host_in_batch_mode(lab):
    lab.host(trust=False)
    says(lab, "-oBatchMode=yes", "web1", "true", words=["known host", "BatchMode"])


@pytest.mark.skipif(os.getuid() != 0, reason="sshd checks passwords only as root")
def test_a_password_without_a_terminal(lab):
    host = lab.host(options=["PasswordAuthentication yes"])
    host.authorized_keys.write_text("")
    host.accounts.set_password("ann", "tr0ub4dor")
    says(lab, "web1", "true", words=["password", "no terminal"], data=b"tr0ub4dor\n")


def test_a_locked_key_is_passed_over_without_a_terminal(lab):
    host = lab.host()
    locked = keygen(lab.folder / "locked", "ed25519", "secret")
    host.authorize(f"{locked}.pub")
    assert both(lab, "-i", str(locked), "-i", str(lab.home.key), "web1", "echo in")[:2] == \
        (0, b"in\n")


def test_the_link_is_lost(lab):
    relay = lab.relay("far", lab.host())
    program = start(lab, "far", "echo begun; sleep 100", stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert program.stdout.readline() == b"begun\n"
    relay.close()
    out, err = program.communicate(timeout=DEADLINE)
    assert (program.returncode, out) == (255, b"")
    assert err.startswith(b"tether: far: ") and err.count(b"\n") == 1


@pytest.mark.parametrize("signo", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_as_ssh(one, signo):
    ends = []
    for name in ("ssh", "tether"):
        program = subprocess.Popen(argv(name, one, "web1", "echo begun; cat"), env=one.env(),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, start_new_session=True)
        assert program.stdout.readline() == b"begun\n"
        program.send_signal(signo)
        ends.append((program.wait(DEADLINE), program.stderr.read()))
        program.stdin.close()
    assert ends[0] == ends[1]


def test_a_banner_goes_to_stderr(lab):
    (lab.folder / "banner").write_text("be\x1b[31mware\n")
    lab.host(options=[f"Banner {lab.folder}/banner"])
    status, out, err = run(lab, "tether", "web1", "echo out")
    assert (status, out) == (0, b"out\n")
    assert b"ware" in err and b"\x1b" not in err
    assert run(lab, "tether", "-q", "web1", "echo out") == (0, b"out\n", b"")


# With a terminal here.

def test_a_terminal_on_the_host(one):
    term = one.tether("-t", "web1", "stty size; tty; read x; echo \"got $x\"; read y; stty size",
                      rows=31, cols=97)
    shape = shape_of(term)
    term.wait_for("31 97")
    term.wait_for("/dev/pts/")
    term.send("ab\x7fc\r")
    term.wait_for("got ac")
    term.resize(20, 50)
    term.read_for(0.3)
    term.send("\r")
    term.wait_for("20 50")
    assert term.wait_exit() == 0
    assert term.last_settings is None or term.last_settings[1:4] == shape[1:4]
    assert not term.screen.alternate


def shape_of(term):
    return termios.tcgetattr(term.fd)


@pytest.mark.parametrize("end", ["~.", "\x03", "exit", signal.SIGTERM, signal.SIGHUP])
def test_the_terminal_is_put_back(one, end):
    term = one.shell()
    term.send("tether -t web1 'echo begun; cat'; echo \"status $?\"\r")
    before = shape_of(term)
    term.wait_for(re.compile("^begun", re.M))
    term.wait_until(lambda: not shape_of(term)[3] & termios.ICANON)
    if isinstance(end, str):
        term.send({"exit": "\x04"}.get(end, "\r" + end))
    else:
        done = subprocess.run(["pgrep", "-f", "^tether -t web1", "-P", str(term.pid)],
                              capture_output=True, text=True)
        os.kill(int(done.stdout.split()[0]), end)
    term.wait_for(re.compile(r"status \d+"))
    term.wait_until(lambda: shape_of(term)[3] & termios.ISIG)
    assert shape_of(term)[1] == before[1]  # output processing


def test_suspend_with_a_terminal(one):
    term = one.shell()
    term.send("tether -t web1 'echo begun; cat'\r")
    term.wait_for(re.compile("^begun", re.M))
    term.wait_until(lambda: not shape_of(term)[3] & termios.ICANON)
    term.send("\r~\x1a")
    term.wait_for("Stopped")
    term.send("fg\r")
    term.wait_until(lambda: not shape_of(term)[3] & termios.ISIG)
    term.send("still here\r")
    term.wait_for(lambda: term.text.count("still here") >= 2)
    term.send("\x04")


def test_questions_go_to_the_terminal_and_leave_the_input_alone(lab):
    host = lab.host()
    key = keygen(lab.folder / "locked", "ed25519", "correct horse")
    host.authorized_keys.write_text(pathlib.Path(f"{key}.pub").read_text())
    term = lab.shell()
    term.send(f"printf data | tether -i {key} -o IdentitiesOnly=yes web1 'cat; echo; exit 7' "
              ">out; echo \"status $?\"\r")
    term.wait_for(re.compile("Passphrase for .*locked", re.S))
    term.wait_until(lambda: not shape_of(term)[3] & termios.ECHO)
    term.send("wrong\r")
    term.wait_for("does not open")
    term.wait_for(lambda: term.text.count("Passphrase") == 2)
    term.wait_until(lambda: not shape_of(term)[3] & termios.ECHO)
    term.send("correct horse\r")
    term.wait_for("status 7")
    assert (lab.home.path / "out").read_bytes() == b"data\n"
    assert b"horse" not in term.raw and b"wrong" not in term.raw


@pytest.mark.skipif(os.getuid() != 0, reason="sshd checks passwords only as root")
def test_a_password_on_the_terminal(lab):
    host = lab.host(options=["PasswordAuthentication yes"])
    host.authorized_keys.write_text("")
    host.accounts.set_password("ann", "tr0ub4dor")
    term = lab.tether("web1", "cat; exit 3")
    term.wait_for("password:")
    term.wait_until(lambda: not shape_of(term)[3] & termios.ECHO)
    term.send("tr0ub4dor\r")
    term.wait_until(lambda: shape_of(term)[3] & termios.ECHO)
    term.send("hello\r")
    term.wait_for(lambda: term.text.count("hello") == 2)
    term.send("\x04")
    assert term.wait_exit() == 3
    assert b"tr0ub4dor" not in term.raw


@pytest.mark.parametrize("key, status", [("\x03", 130), ("\x04", 255)])
def test_giving_up_at_a_question(lab, key, status):
    lab.host(trust=False)
    term = lab.shell()
    term.send("tether web1 true\r")
    term.wait_for("SHA256:")
    term.wait_for("[fingerprint])?")
    term.send(key)
    term.wait_for(lambda: term.before_cursor() == "local$ ")
    term.send("echo \"status $?\"\r")
    term.wait_for(f"status {status}")
    assert not lab.home.known_hosts.exists()


def test_stopped_at_a_secret_and_continued(lab):
    host = lab.host()
    key = keygen(lab.folder / "locked", "ed25519", "correct horse")
    host.authorized_keys.write_text(pathlib.Path(f"{key}.pub").read_text())
    term = lab.shell()
    term.send(f"tether -i {key} -o IdentitiesOnly=yes web1 'echo in'; echo \"status $?\"\r")
    term.wait_for("Passphrase")
    term.wait_until(lambda: not shape_of(term)[3] & termios.ECHO)
    term.send("\x1a")
    term.wait_for("Stopped")
    term.send("fg\r")
    term.wait_for(lambda: term.text.count("Passphrase") == 2)
    term.wait_until(lambda: not shape_of(term)[3] & termios.ECHO
                    and shape_of(term)[3] & termios.ICANON)
    term.send("correct horse\r")
    term.wait_for(re.compile("^in$", re.M))
    assert b"horse" not in term.raw


def test_ctrl_c_without_a_terminal_on_the_host(one):
    term = one.shell()
    term.send("tether web1 'echo begun; cat'; echo \"status $?\"\r")
    term.wait_for(re.compile("^begun", re.M))
    term.send("\x03")
    term.wait_for("status 255")


def test_output_that_is_no_terminal(one):
    """`tether HOST | tee`: no screen, as ssh."""
    term = one.shell()
    term.send("tether web1 | cat; echo done\r")
    term.wait_for(re.compile("^ann@", re.M))
    term.wait_until(lambda: not shape_of(term)[3] & termios.ICANON)
    term.send("echo $((40 + 2))x\r")
    term.wait_for("42x")
    assert not term.screen.alternate
    term.send("exit\r")
    term.wait_for(re.compile("^done", re.M))


def test_a_stalled_host_times_out(lab):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(8)
    lab.ends.append(listener.close)
    status, _, err = run(lab, "tether", "--timeout", "1", "-p", str(listener.getsockname()[1]),
                         "127.0.0.1", "true")
    assert status == 255 and b"banner" in err
