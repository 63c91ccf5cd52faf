"""The test support itself, against plain bash and ssh: what the other tests stand on."""

import re
import socket
import time

import pytest
from kbdint import KbdintHost
from relay import Relay
from screen import Emulator
from sshd import Home, Sshd
from terminal import Terminal


@pytest.fixture
def home(folder):
    return Home(folder / "me")


@pytest.fixture
def host(folder, home):
    sshd = Sshd(folder / "host")
    sshd.add_user("ann")
    with sshd:
        home.add_host("web1", sshd)
        yield sshd


@pytest.fixture
def terminal():
    started = []

    def start(argv, env, **kwargs):
        started.append(Terminal(argv, env, **kwargs))
        return started[-1]

    yield start
    for term in started:
        term.close()


def test_ssh_enters_the_account(home, host, terminal):
    term = terminal(["ssh", "-tt", "web1"], home.env)
    term.wait_for(re.compile(r"\$$"))
    term.send("id -un; pwd; stty size\r")
    term.wait_for(re.compile(rf"^ann\n{host.home('ann')}\n24 80$", re.M))
    term.resize(30, 100)
    term.send("stty size\r")
    term.wait_for(re.compile("^30 100$", re.M))
    term.send("exit 7\r")
    assert term.wait_exit() == 7


def test_relay_delays_and_counts(home, host, terminal):
    with Relay(host.port, delay=0.1) as relay:
        home.add_host("slow", host, port=relay.port)
        term = terminal(["ssh", "-tt", "slow", "stty -echo; while read x; do echo got $x; done"],
                        home.env)
        term.wait_for(lambda: relay.stats()["turns"] >= 8)
        term.send("one\r")
        term.wait_for("got one")
        before = relay.stats()["turns"]
        start = time.monotonic()
        term.send("two\r")
        term.wait_for("got two")
        assert 0.2 <= time.monotonic() - start < 1.0
        assert relay.stats()["turns"] == before + 1


def test_relay_counts_what_had_to_be_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as listener, \
            Relay(listener.getsockname()[1], delay=0.02) as relay:
        client = socket.create_connection(("127.0.0.1", relay.port))
        server, _ = listener.accept()
        with client, server:
            def says(speaker, text, listener):
                speaker.sendall(text)
                assert listener.recv(100) == text
            # Both greet at once: the client does not wait for the server's greeting.
            client.sendall(b"hello")
            says(server, b"welcome", client)
            assert server.recv(100) == b"hello"
            assert relay.stats()["trips"] == 0
            says(server, b"first answer", client)
            assert relay.stats()["trips"] == 1
            says(server, b"more of it", client)
            assert relay.stats()["trips"] == 1
            # Two questions without an answer between them are one turn.
            says(client, b"second", server)
            says(client, b"third", server)
            assert (relay.stats()["turns"], relay.stats()["trips"]) == (2, 1)
            says(server, b"answer to both", client)
            assert (relay.stats()["turns"], relay.stats()["trips"]) == (2, 2)


def test_relay_stalls_and_cuts(home, host, terminal):
    with Relay(host.port) as relay:
        home.add_host("slow", host, port=relay.port)
        term = terminal(["ssh", "-tt", "slow"], home.env)
        term.wait_for(re.compile(r"\$$"))
        relay.stall()
        term.send("echo hel''lo\r")
        term.read_for(0.3)
        assert "hello" not in term.text
        relay.resume()
        term.wait_for("hello")
        relay.down()
        assert term.wait_exit() == 255
        assert terminal(["ssh", "slow", "true"], home.env).wait_exit() == 255
        relay.up()
        assert terminal(["ssh", "slow", "true"], home.env).wait_exit() == 0


def test_relay_passes_bulk_unchanged(home, host, terminal):
    with Relay(host.port, delay=0.01) as relay:
        home.add_host("slow", host, port=relay.port)
        term = terminal(["sh", "-c", "ssh slow 'seq 300000' | md5sum; seq 300000 | md5sum"],
                        home.env)
        term.wait_exit()
        first, second = term.text.split("\n")
        assert first == second


def test_alternate_screen_comes_and_goes(terminal, home):
    text = "\n".join(f"line {i}" for i in range(60))
    (home.path / "f").write_text(text)
    term = terminal(["bash", "--norc"], {**home.env, "PS1": "$ "}, cwd=home.path)
    term.send("echo before; less f\r")
    term.wait_for("line 20")
    assert term.screen.alternate and "before" not in term.text
    term.send("q")
    term.wait_for(lambda: not term.screen.alternate)
    term.wait_for(re.compile(r"^before\n\$$", re.M))
    assert "line 20" not in term.text


def test_a_failed_wait_shows_the_screen(terminal, home):
    term = terminal(["sh", "-c", "echo some text; sleep 60"], home.env)
    term.wait_for("some text")
    with pytest.raises(AssertionError, match=r"(?s)waited 0.2 s for 'other'.*\|some text +\|"):
        term.wait_for("other", timeout=0.2)


def test_what_scrolled_off_is_kept(terminal, home):
    term = terminal(["seq", "100"], home.env)
    term.wait_exit()
    assert term.history.split("\n")[:100] == [str(i) for i in range(1, 101)]


@pytest.mark.parametrize("split", [1, 2, 3, 7, 1000])
def test_sequences_pyte_lacks(split):
    emulator = Emulator(5, 20)
    data = (b"\x1b[>4;1mplain\x1b[4:3munder\x1b[0m\x1bP$qm\x1b\\\x1b_gone\x1b\\"
            b"\x1b[38:2::1:2:3mc\x1b[58:5:1m\x1b[m\r\n"
            b"x\x1b[3bend\x1b[?2026h\x1b[2 q\r\nthird\x1b[S\x1b[T")
    for at in range(0, len(data), split):
        emulator.feed(data[at:at + split])
    screen = emulator.screen
    assert screen.row_text(0) == ""
    assert screen.row_text(1) == "xxxxend"
    assert screen.row_text(2) == "third"
    assert emulator.sync
    emulator.feed(b"\x1b[H\x1b[4:3mu\x1b[4:0mn\x1b[38:2::1:2:3mc")
    row = screen.buffer[0]
    assert (row[0].underscore, row[1].underscore, row[2].fg) == (True, False, "010203")


def test_the_terminal_answers(terminal, home):
    term = terminal(["bash", "-c", r"stty raw -echo; printf '\033[6n'; "
                     r'IFS= read -rd R answer; stty sane; printf "%q\n" "$answer"'],
                    home.env)
    term.wait_for("E[1;1")


def test_a_scripted_login(terminal, home, folder):
    """ssh itself gets through: key, then two rounds of questions, a push, a command."""
    push = folder / "push"
    with KbdintHost(folder / "k", "banner\tHello\\n\nfactor\tpublickey\n"
                    "factor\tkeyboard-interactive\nround\tToken\tLook here.\n"
                    "shown\tName: \tann\nhidden\tCode: \t42\nround\t\t\nhidden\tPIN: \t7\n"
                    f"push\t{push}\n") as host:
        home.add_host("k", host)
        term = terminal(["ssh", "k", "echo in''side"], home.env)
        term.wait_for("Name:")
        assert "Hello" in term.text and "Look here." in term.text
        for prompt, answer in ("Name: ", "ann"), ("Code: ", "41"), ("Name: ", "ann"), \
                              ("Code: ", "42"), ("PIN: ", "7"):
            term.wait_for(lambda: term.before_cursor().endswith(prompt), what=prompt)
            term.send(answer + "\r")
        term.wait_until(lambda: "waiting" in host.log)
        assert "inside" not in term.text
        push.touch()
        assert term.wait_exit() == 0
        assert "inside" in term.text
        log = [line.split()[0] for line in host.log]
        assert log == ["none", "offered", "signed", "partial", "begin", "answer", "answer",
                       "denied", "begin", "answer", "answer", "answer", "waiting", "accepted"]


def test_a_scripted_password_change(terminal, home, folder):
    with KbdintHost(folder / "k", "factor\tpassword\told\nchange\tExpired.\n") as host:
        home.add_host("k", host)
        term = terminal(["ssh", "k", "true"], home.env)
        term.wait_for("password:")
        term.send("old\r")
        term.wait_for("Expired.")
        term.wait_for("old password:")
        assert host.log == ["none", "password old"]
