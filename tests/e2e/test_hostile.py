"""Servers that are no servers, or lie, up to the end of the key exchange."""

import signal
import subprocess

import hostile as h
import pytest
from hostile_cases import EVIL, Case, on_screen, piped, program
from support_local import alive
from terminal import Terminal


def silence(peer):
    pass


def says(text):
    return lambda peer: peer.write(text)


def says_and_ends(text):
    def script(peer):
        peer.write(text)
        peer.close()
    return script


def says_and_resets(text):
    def script(peer):
        peer.write(text)
        peer.reset()
    return script


def floods(piece, first=b""):
    def script(peer):
        peer.write(first)
        peer.flood(piece)
    return script


def trickles(text):
    return lambda peer: h.trickle(peer, text)


def honest(peer):
    channel = peer.start()
    peer.send(h.data(channel, "hello\n"))
    peer.finish(channel, 3)


def with_lines_before(peer):
    peer.write(b"Welcome.\r\nThis host is watched.\n" + EVIL)
    honest(peer)


VERSION = b"SSH-2.0-Hostile_1\r\n"
TLS_ALERT = b"\x15\x03\x01\x00\x02\x02\x46"

BANNER = [
    Case("silence", silence, ("banner", "no answer within"), silent=True),
    Case("one-byte", says(b"S"), ("banner", "no answer within|not an SSH server"), silent=True),
    Case("half-a-version", says(b"SSH-2.0-Open"), ("banner", "no answer within"), silent=True),
    Case("trickle", trickles(VERSION[:-2]), ("banner", "no answer within"), silent=True),
    Case("trickle-of-junk", trickles(b"x"), ("banner", "not an SSH server"), silent=True),
    Case("trickle-of-lines", trickles(b"x\n" * 5 + b"\n"), ("banner", "not an SSH server"),
         silent=True),
    Case("flood", floods(b"x"), ("banner", "not an SSH server", "xxxx")),
    Case("flood-of-zeros", floods(b"\0"), ("banner", "not an SSH server")),
    Case("flood-of-lines", floods(b"Welcome to the flood.\r\n"),
         ("banner", "not an SSH server", "Welcome to the flood")),
    Case("flood-of-empty-lines", floods(b"\n"), ("banner", "not an SSH server")),
    Case("flood-of-versions", floods(VERSION), ("key exchange",)),
    Case("long-lines", says((b"y" * 8190 + b"\r\n") * 3 + VERSION), ("banner", "not an SSH")),
    Case("long-version", says(b"SSH-2.0-" + b"z" * 8000 + b"\r\n"), ("banner", "too long")),
    Case("version-1", says(b"SSH-1.5-OpenSSH_1.2\r\n"), ("banner", "version 1|SSH-1.5")),
    Case("version-3", says(b"SSH-3.0-Future\r\n"), ("banner", "SSH-3.0")),
    Case("version-none", says(b"SSH-\r\n"), ("banner", "SSH-")),
    Case("version-words", says(b"SSH-two-point-oh\r\n"), ("banner", "SSH-two")),
    Case("version-evil", says_and_ends(b"SSH-2.0-" + EVIL), ("closed the connection",)),
    Case("version-evil-3", says(b"SSH-9" + EVIL), ("banner", r"\\x1b")),
    Case("http", says_and_ends(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
         ("banner", "not an SSH server", "HTTP/1.1 400")),
    Case("smtp", says(b"220 mail.example.org ESMTP\r\n"),
         ("banner", "not an SSH server", "220 mail.example.org"), silent=True),
    Case("tls", says_and_ends(TLS_ALERT), ("banner", "not an SSH server")),
    Case("evil", says_and_ends(EVIL), ("banner", "not an SSH server", r"\\x1b")),
    Case("ends-at-once", says_and_ends(b""), ("banner", "closed the connection")),
    Case("resets-at-once", says_and_resets(b""), ("connect|banner", "closed|reset")),
    Case("resets-later", says_and_resets(VERSION),
         ("connect|banner|key exchange", "closed|reset")),
    Case("ends-after-the-version", says_and_ends(VERSION), ("key exchange", "closed")),
    Case("silent-after-the-version", says(VERSION), ("key exchange", "no answer"), silent=True),
]
CUT_BANNER = [Case(f"cut-{n}", says_and_ends(VERSION[:n]),
                   ("banner|key exchange", "closed the connection|not an SSH server"))
              for n in range(1, len(VERSION))]


def test_honest_servers(lab):
    """What all of this is compared with; and a few things that an honest server may do."""
    piped(lab, [
        Case("honest", honest, status=3, output=b"hello\n"),
        Case("lines-before", with_lines_before, status=3, output=b"hello\n"),
    ])


@pytest.mark.parametrize("way", [piped, on_screen])
def test_no_banner(lab, way):
    way(lab, BANNER)


def test_a_banner_cut_anywhere(lab):
    piped(lab, CUT_BANNER)


TALKS = "sh -c 'echo $$ >%d/pid; while :; do echo a line that nobody reads >&2; done'"


@pytest.mark.parametrize("proxy, words", [
    ("cat /dev/zero", ("banner", "not an SSH server")),
    ("yes", ("banner", "not an SSH server", "answered 'y'")),
    ("false", ("banner", "ended before the host answered")),
    ("printf 'no way: \\033[31m\\n' >&2; exit 1", ("banner", "no way: .x1b")),
    ("printf SSH-2.0-x", ("banner", "ended before the host answered")),
])
def test_a_proxy_command(lab, proxy, words):
    piped(lab, [Case("proxied", silence, words, options=(f"ProxyCommand {proxy}",))])


def test_a_proxy_command_that_complains_without_end(lab):
    """Its complaints take no memory, and it goes with us, even if we are killed."""
    proxy = (f"ProxyCommand {TALKS.replace('%d', str(lab.folder))}",)
    piped(lab, [Case("talks", silence, ("banner", "no answer"), options=proxy, silent=True)])
    assert not alive(int((lab.folder / "pid").read_text()))
    (lab.folder / "pid").unlink()
    ours = subprocess.Popen([program(), "talks", "true"], env=lab.env(), cwd=lab.home.path,
                            start_new_session=True)
    Terminal.wait_until(lambda: (lab.folder / "pid").exists()
                        and (lab.folder / "pid").read_text().endswith("\n"))
    pid = int((lab.folder / "pid").read_text())
    ours.send_signal(signal.SIGKILL)
    ours.wait()
    Terminal.wait_until(lambda: not alive(pid))
